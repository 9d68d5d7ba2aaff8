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
    let comment = first_comment(text);
    if !comment.contains("production") {
        return false;
    }
    let Some(says) = SAYS.as_ref() else { return false };
    says.captures_iter(&comment).any(|found| !UNLESS.iter().any(|word| found[0].contains(word)))
}

/// The reason, in words.
pub(in crate::facts) const AN_EXAMPLE: &str = "its first comment calls it an example";

// `this is only an example of deploying shop`, `Example manifest for a cluster`; `for example` speaks of something else.
pattern!(
    SHOWS,
    r"\b(?:this|it)(?: [\w-]+){0,2}? is (?:only |just |merely |simply )?an? (?:(?:minimal|simple|basic|bare|plain|working|full) )*(?:example|sample)\b|^(?:an? )?(?:(?:minimal|simple|basic|bare|plain) )*(?:example|sample) (?:of (?:a |an |the |how )?\w+|deployment|manifest|configuration|setup|kubernetes|k8s|docker|compose|stack)"
);

/// Whether the first comment of a text calls it an example.
pub fn is_an_example(text: &str) -> bool {
    SHOWS.is_match(&first_comment(text))
}

pattern!(
    FOR_TESTS,
    r"\b(?:for|in) (?:[a-z]+ )?(?:testing|tests)\b|\bintegration[- ]tests?\b|\b(?:test|testing|staging) (?:environment|deployment|server|instance|stack|setup)s?\b|\bnot (?:to be )?(?:(?:used|use|meant|intended) )?for [a-z]* ?(?:deployment|deploying)"
);

// The same file may be for both.
pattern!(AND_PRODUCTION, r"\b(?:and|or|/|,|as well as) (?:for |in )?production|\bproduction(?:,| and| or| as well)\b");

/// Whether the first comment of a text says that tests run what it declares, or that nobody is to deploy it.
pub fn is_for_tests(text: &str) -> bool {
    let comment = first_comment(text);
    FOR_TESTS.is_match(&comment) && !AND_PRODUCTION.is_match(&comment)
}

/// The words of the first comment, in lower case; nothing where a text begins with something else.
fn first_comment(text: &str) -> String {
    let first = head(text, HEAD);
    if !first.starts_with(['#', '/', '-', ';', '\n', '\r', ' ']) {
        return String::new();
    }
    let lines = first.lines().map(str::trim).take(60).take_while(|line| is_comment(line));
    let words = lines.flat_map(|line| line.trim_start_matches(['#', '/', ';', '*', '-']).split_whitespace());
    words.collect::<Vec<_>>().join(" ").to_lowercase().replace('*', "")
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
