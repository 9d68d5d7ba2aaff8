//! Whether a file says of itself that production does not use it: in its first comment, or by what it switches on.

use crate::pattern::Regex;
use crate::pattern::{compile, pattern};
use crate::source::head;
use std::sync::LazyLock;

/// The reason, in words.
pub(in crate::facts) const DISOWNED: &str = "its first comment says that it is not for production";

/// A first comment is not longer.
const HEAD: usize = 4_000;

/// `do not use it in production`; `this manifest … should not be used in production environment`.
static SAYS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let told = r"(?:do not|don't|never) (?:use|run|deploy|apply)(?: (?:it|this|these|that|docker[- ]compose)\b[^.;:!]{0,40}?)? (?:in|for|on) (?:a |any )?production";
    let what = r"(?:file|manifest|config|configuration|setup|deployment|stack|compose|yaml)s?";
    let said = format!(
        r"\b(?:this|these) (?:[\w-]+ ){{0,3}}?{what}\b[^.;!]{{0,120}}?\b(?:not|never) (?:be )?(?:used|use|run|deployed|intended|meant|suitable|recommended|designed|ready|for|a)?[^.;!]{{0,30}}?\bproduction"
    );
    compile(&format!(
        r"(?:{told}|{said}|\bthis is not (?:a |for |meant for |intended for )?production)(?P<after>[^.;!]{{0,40}})"
    ))
    .ok()
});

/// What makes it depend on something: nobody says then that production does not use the file.
const UNLESS: &[&str] =
    &["without", "unless", "until", "before", "as is", "as-is", "not only", "not just", "by default"];

/// Whether the first comment of a text says that production does not use what it declares.
pub fn is_disowned(text: &str) -> bool {
    let first = head(text, HEAD);
    if !first.starts_with(['#', '/', '-', ';', '\n', '\r', ' ']) {
        return false;
    }
    let lines = first.lines().map(str::trim).take(60).take_while(|line| is_comment(line));
    let words = lines.flat_map(|line| line.trim_start_matches(['#', '/', ';', '*', '-']).split_whitespace());
    let comment = words.collect::<Vec<_>>().join(" ").to_lowercase().replace('*', "");
    if !comment.contains("production") {
        return false;
    }
    let Some(says) = SAYS.as_ref() else { return false };
    says.captures_iter(&comment).any(|found| !UNLESS.iter().any(|word| found[0].contains(word)))
}

// `dev_mode = true`, not in a comment.
pattern!(
    DEVELOPMENT,
    r#"(?mi)^[ \t]*["']?(?:dev|development|developer)[_-]?mode["']?[ \t]*[:=][ \t]*["']?(?:true|yes|on|1)["']?[ \t]*(?:[,;#].*)?\r?$"#
);

/// Whether settings turn the program's development mode on: they are for those who work on it.
pub fn is_for_development(text: &str) -> bool {
    DEVELOPMENT.is_match(text)
}

fn is_comment(line: &str) -> bool {
    line.is_empty() || line == "---" || line.starts_with(['#', ';']) || line.starts_with("//")
}
