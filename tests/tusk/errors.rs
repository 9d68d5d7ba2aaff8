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
