//! Parses the arguments, calls `run`, maps its answer to an exit status, prints one error chain.

fn main() {}
