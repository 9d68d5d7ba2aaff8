//! Tests of `src/tusk`.

mod call;
mod constructs;
mod de;
mod errors;
mod markdown;
mod properties;
