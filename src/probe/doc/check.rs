//! Whether something is looked at: the check that steps end in.

use crate::pattern::pattern;

// Somebody is told to look, or what is then to be seen; "should be kept apart" and "search-console verification" are no check.
pattern!(
    CHECK,
    r"(?i)(?:^|[.!?:;,(]\s*|\b(?:and|or|to|then|now|please|finally|next|must|should|can|could|will|also|first|by|\w+ly)\s+)(?:verify|check|confirm|make sure|ensure|validate|test (?:that|the|it|your|whether|if))(?:[\s:,;)\x22'`*-]|$)|(?:^|\bby |[.!?:;]\s*)(?:verifying|checking|confirming|making sure|testing that)\b|\bsmoke[- ]tests?\b|\byou should (?:now )?(?:see|get|be able)\b|\bshould (?:now )?(?:be (?:now )?(?:running|up|ready|available|healthy|accessible|reachable|live|green|active|visible|online|listening|deployed)|return|respond|report|show|open)\b|^\W*(?:[\w-]+[ .)]+){0,3}(?:verification|validation|checks?)\W*$|\bkubectl (?:rollout status|get|wait)\b|\bhelm (?:status|test)\b|\bsystemctl status\b|\bflux (?:get|check)\b"
);
// What is to be set or installed, or to be had beforehand, is a step, and shows nothing of what came of it.
pattern!(
    SETS,
    r"(?i)\b(?:ensure|make sure)\b(?:[^.!?\n]|\.\S)*?\b(?:is|are|be|been)\s+(?:\w+ly\s+)?(?:set|configured|installed|exported|defined|filled|enabled)\b|\b(?:in|within|inside)\s+(?:[\w'’]+\s+){0,3}(?:configuration|config|settings|environment)(?:\s+files?)?\s*,?\s*(?:\w+\s+)?(?:ensure|make sure)\b|\b(?:ensure|make sure)\s+(?:that\s+)?you\s+(?:have|are|can)\b"
);
pattern!(
    SEEN,
    r"(?i)\bshould (?:now )?be (?:now )?(?:running|up|ready|available|accessible|reachable|live|online)\b|\byou should (?:now )?(?:see|be able)\b"
);
pattern!(CURL, r#"\bcurl\s+(?:-|["'<$]|https?:|localhost\b|[\w.-]+[:/])(?:[^\n\\]|\\[\s\S])*"#);
// What is fetched to be kept, unpacked or run, and what is sent, shows nothing.
pattern!(
    TAKES,
    r"\s(?:-[a-zA-Z]*[oO]\b|--(?:output|remote-name\S*)\b|(?:-X|--request)[ =]?(?:POST|PUT|PATCH|DELETE)\b|-d\b|--data\S*)|\|\s*(?:sudo\s+)?(?:(?:ba|z|da)?sh|tar|tee|gpg|apt-key|python3?|kubectl|docker|psql)\b|(?:^|[^-=2&])>{1,2}\s*[\w./~$]"
);

/// Whether a text tells its reader to look whether something worked, or gives a command that shows it.
pub(super) fn is_check(text: &str) -> bool {
    let shows = |command: &str| command.contains("/dev/null") || !TAKES.is_match(command);
    CHECK.is_match(&SETS.replace_all(text, |_| String::new()))
        || CURL.find_iter(text).any(|command| shows(command.as_str()))
}

/// Whether a text says what its reader then sees of what runs.
pub(super) fn tells_what_is_seen(text: &str) -> bool {
    SEEN.is_match(text)
}
