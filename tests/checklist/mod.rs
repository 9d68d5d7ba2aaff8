//! Tests of `src/checklist`.

mod expectation;
mod load;
mod select;

use tusk_check::checklist::{Broken, Form, Loaded, read};
use tusk_check::source::Source;

/// A checklist in TuskLang.
fn tusk(text: &str) -> Result<Loaded, Broken> {
    read(&Source::new("list.tsk", text), Form::Tusk, "list")
}
