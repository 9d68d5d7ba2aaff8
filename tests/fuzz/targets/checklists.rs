//! Any checklist, in every language, is read or refused with a message that can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tusk_check::checklist::{self, Form};
use tusk_check::source::Source;

fuzz_target!(|text: &str| {
    for form in [Form::Tusk, Form::Markdown, Form::Yaml, Form::Toml] {
        if let Err(broken) = checklist::read(&Source::new("list", text), form, "list") {
            assert!(!broken.render(false).is_empty());
        }
    }
});
