//! Tests of `src/tusk`.

mod call;
mod de;
mod errors;
mod markdown;
