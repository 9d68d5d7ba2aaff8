//! Any text is read without a panic, and what is written of a text without faults reads back as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tusk_check::{convert, tusk};

fuzz_target!(|text: &str| {
    let (document, problems) = tusk::parse_text(text);
    if problems.is_empty() {
        let (again, problems) = tusk::parse_text(&tusk::write::document(&document));
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(convert::json(&again.merged().0), convert::json(&document.merged().0));
    }
});
