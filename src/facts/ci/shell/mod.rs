//! Shell scripts: which programs they run, with which arguments, and whether a failure of each fails the script.
//!
//! Nothing is executed. Variables that the script itself sets are filled in; a condition that CI decides
//! (`[ "$CI" = true ]`) is decided; every other branch is taken to be possible.

mod expand;
mod fate;
mod parse;
mod run;
mod syntax;

pub use expand::Variables;
pub use run::{ASKED, PipedTo, Run, Settings, run};
