//! What cannot be read.

use tusk_check::tusk;

#[test]
fn a_problem_at_the_very_end_stays_inside_the_text() {
    for text in ["[a", "[é", "[a.", "[aé"] {
        let (_, diagnostics) = tusk::parse_text(text);
        assert_eq!(diagnostics.len(), 1, "for {text}");
        assert!(text.get(diagnostics[0].span.range()).is_some(), "{text}: {:?}", diagnostics[0].span);
    }
}

#[test]
fn texts_that_are_never_closed_are_named_however_many() {
    // Each line looks for its own end; looking in vain is paid from a budget, or this would take minutes.
    let text = "a: <<EOT\n".repeat(40_000);
    let (_, diagnostics) = tusk::parse_text(&text);
    assert!(diagnostics[0].message.contains("never closed"), "{:?}", diagnostics[0]);
    let text = "a: <<EOT\n  EOT is a word here\nb: EOT\nEOT\nc: 1\n";
    let (document, diagnostics) = tusk::parse_text(text);
    assert_eq!(diagnostics, []);
    assert_eq!(document.root["a"].value.as_str(), Some("  EOT is a word here\nb: EOT"));
    assert_eq!(document.root["c"].value.as_number(), Some(1.0));
}
