//! Tests of `src/tusk`.

mod call;
mod de;
mod markdown;
