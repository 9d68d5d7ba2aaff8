//! What depends on a condition: `"DEBUG" if DEBUG else "WARNING"`. Which of the two production has, where the condition says so.

use crate::pattern::pattern;
use crate::source::enclosing;

pattern!(
    CONDITIONAL,
    r#"^\s*if\s+(?<condition>[^,()"'\n]{1,60}(?:\(["'\w., ]{0,60}\)[^,()"'\n]{0,30})?(?:["'][\w-]{0,30}["'])?)\s+else\s+(?:["'](?<text>[^"'\n]*)["']|(?<bare>[\w.]+))"#
);
pattern!(NOT_PRODUCTION, r"(?i)(?:^|[^a-z])(?:debug|dev|devel|development|local|test|testing)(?:[^a-z]|$)");
pattern!(PRODUCTION, r"(?i)(?:^|[^a-z])(?:prod|production)(?:[^a-z]|$)");

/// What production has of a literal and the text behind it; `None` where only the program's run would tell.
pub(super) fn in_production(literal: &str, behind: &str) -> Option<String> {
    let Some(found) = CONDITIONAL.captures(behind) else { return Some(literal.to_owned()) };
    let condition = found.name("condition").map_or("", |condition| condition.as_str().trim());
    let other = found.name("text").or_else(|| found.name("bare")).map(|other| other.as_str().to_owned());
    let is_negated = condition.starts_with("not ") || condition.contains("!=") || condition.contains(" not in ");
    match (NOT_PRODUCTION.is_match(condition), PRODUCTION.is_match(condition)) {
        (true, false) => {
            if is_negated {
                Some(literal.to_owned())
            } else {
                other
            }
        }
        (false, true) => {
            if is_negated {
                other
            } else {
                Some(literal.to_owned())
            }
        }
        _ => None,
    }
}

/// Whether a statement stands where somebody has asked for more: `if verbose {`, `case "debug":`, `def enable_debug(self):`.
pub(crate) fn is_asked_for(before: &str) -> bool {
    let asks = |line: &str| {
        let line = line.trim_start().trim_start_matches(['}', ' ']).trim_start_matches("else ");
        let is_branch = ["if ", "if(", "elif ", "elsif "].iter().any(|word| line.starts_with(word));
        let lower = line.to_ascii_lowercase();
        let turned = line.contains('!') || lower.contains(" not ") || lower.contains("== false");
        let words = ["debug", "verbose", "trace", "development", "isdev", "is_dev", "get_flag"];
        let is_called_for = ["def ", "func ", "fn ", "function "].iter().any(|word| line.starts_with(word))
            && ["debug", "verbose"].iter().any(|word| lower.split('(').next().is_some_and(|head| head.contains(word)));
        line.starts_with("case ")
            || is_called_for
            || is_branch && !turned && words.iter().any(|word| lower.contains(word))
    };
    let own = before.rsplit('\n').next().unwrap_or_default();
    asks(own) || enclosing(before).any(asks)
}

// The first line of a branch that asks whether this is a development machine, or is not production, and nothing else.
pattern!(
    DEVELOPING,
    r#"^\s*(?:\}\s*else\s+)?(?:el)?if\s*\(?\s*(?:(?:\w+\.)*(?i:\w*mode|env(?:ironment)?|stage)(?:\(\))?\s*===?\s*(?:(?:\w+(?:\.|::))*\w*(?:Dev|DEV)(?:elopment|ELOPMENT)?|["']dev(?:elopment)?["'])|(?:\w+\.)*(?:DEBUG|isDevelopment|IsDevelopment|is_development|isDev|is_dev|IS_DEV\w*)(?:\(\))?|cfg!\(debug_assertions\)|(?:not\s+|!\s*)(?:\w+\.)*(?i:(?:is_?)?prod(?:uction)?)(?:\(\))?|[\w.]*(?:NODE_ENV|APP_ENV|ENVIRONMENT|(?i:environment))["'\])]*\s*(?:!==?\s*["']prod(?:uction)?["']|===?\s*["']dev(?:elopment)?["']))\s*(?:\)\s*\{?|:|\{)?\s*$"#
);

/// Whether a statement stands in a branch that only development takes: `if settings.DEBUG:`, `if (!isProduction) {`.
pub(crate) fn is_left_to_development(before: &str) -> bool {
    enclosing(before).any(|line| DEVELOPING.is_match(line))
}
