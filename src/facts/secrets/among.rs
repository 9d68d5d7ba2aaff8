//! Names that stand among other names, or ask for a secret, and are given no value.

use super::names;
use crate::source::floor;

/// `Question::password("db_admin_password")`: what is asked for, by a thing that is made to ask.
pub(super) fn names_a_prompt(text: &str, name: (usize, usize), value: &str) -> bool {
    let is_made = text[..name.0].ends_with("::");
    is_made && value.contains('_') && value.to_lowercase().ends_with(&text[name.0..name.1].to_lowercase())
}

/// `('email', 'password', 'first_name')`, `["password", "password2"]`: a list of the names of fields, and no pair.
pub(super) fn is_one_of_names(text: &str, name: (usize, usize), value_end: usize, value: &str) -> bool {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`');
    let before = text[..name.0].trim_end_matches(is_quote).trim_end();
    let follows_one = || before.strip_suffix(',').is_some_and(|list| list.trim_end().ends_with(is_quote));
    let begins = || before.ends_with('[');
    let after = text.get(value_end..).unwrap_or_default().trim_start_matches(is_quote).trim_start();
    let leads_to_one = || after.strip_prefix(',').is_some_and(|list| list.trim_start().starts_with(is_quote));
    // `'password1', 'password2'`: a name may count, if it is one.
    let word = match names::sort_of(value) {
        Some(_) => value.trim_end_matches(|c: char| c.is_ascii_digit()),
        None => value.strip_prefix(&text[name.0..name.1]).and_then(|rest| rest.strip_prefix(':')).unwrap_or(value),
    };
    let is_word = word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    // `"password", "password_hash" or "tier"`: names in a sentence.
    let is_said = || text[name.1..].starts_with("\\\"") && value.contains(&text[name.0..name.1]);
    // `duplicate("password", "password_file")`: two names, the one inside the other.
    let holds_it = || {
        let (asked, said) = (names::words(&text[name.0..name.1]), names::words(value));
        said.len() > asked.len() && (said.starts_with(&asked) || said.ends_with(&asked))
    };
    is_word && (follows_one() || leads_to_one() || begins() || is_said() || holds_it())
}

/// `if password == "…" { return Err("the example password is insecure") }`: one that everybody knows, and that is refused.
pub(super) fn is_refused(text: &str, value_start: usize, value_end: usize) -> bool {
    const REACH: usize = 240;
    let before = text[..value_start].trim_end_matches(['"', '\'', '`']).trim_end();
    let after = text.get(value_end..).unwrap_or_default();
    let after = after[..floor(after, REACH.min(after.len()))].to_ascii_lowercase();
    let ends = || ["err", "throw", "raise", "panic", "bail", "exit(", "fatal"].iter().any(|word| after.contains(word));
    let says_why = || ["insecure", "example", "default", "change"].iter().any(|word| after.contains(word));
    before.ends_with("==") && ends() && says_why()
}

/// `type:"password","onUpdate":…`: what follows is the name of the next value.
pub(super) fn is_name_of_next(text: &str, value_end: usize) -> bool {
    let after = text.get(value_end..).unwrap_or_default().trim_start_matches(['"', '\'', '`']).trim_start();
    after.starts_with(':') && !after.starts_with("::")
}

/// `https://plans.shop.io/3#share-token=…`: a link that lets everybody in who has it.
pub(super) fn is_shared(text: &str, name_start: usize) -> bool {
    let word = text[..name_start].rsplit(|letter: char| letter.is_whitespace() || letter == '"').next().unwrap_or("");
    word.contains("://") && word.ends_with('#') && text[name_start..].starts_with("share")
}

/// Whether a line of a script is a remark, or only says how a setting is written: `REM SET KEY=…`, `echo "set KEY=…"`.
pub(super) fn is_said(line: &str) -> bool {
    let line = line.trim_start_matches('@');
    let first = line.split_whitespace().next().unwrap_or_default();
    let goes_nowhere = || !line.contains(['>', '|']);
    line.starts_with("::") || first.eq_ignore_ascii_case("rem") || first == "echo" && goes_nowhere()
}

/// `make_password("waste-time")` on a line of its own: nobody keeps what is hashed there for the time that it takes.
pub(super) fn is_thrown_away(text: &str, name: (usize, usize), value_end: usize) -> bool {
    let verbs = ["make", "hash", "derive"];
    let hashes = names::words(&text[name.0..name.1]).first().is_some_and(|verb| verbs.contains(&verb.as_str()));
    let before = &text[text[..name.0].rfind('\n').map_or(0, |at| at + 1)..name.0];
    let after = text.get(value_end..).unwrap_or_default().lines().next().unwrap_or_default();
    let ends = || matches!(after.trim_start_matches(['"', '\'']).trim_end(), ")" | ");");
    hashes && matches!(before.trim(), "" | "await") && ends()
}

/// `["username", "password", "level"]`: one of several names, with no value to it.
pub(super) fn follows_a_text(text: &str, name_start: usize) -> bool {
    let before = text[..name_start].trim_end_matches(['"', '\'', '`']);
    let earlier = before.trim_end().strip_suffix(',').map(str::trim_end);
    before.len() < name_start && earlier.is_some_and(|earlier| earlier.ends_with(['"', '\'', '`']))
}

/// `"/reset-password", "/reset-password-done"`: paths of pages, one beside the other.
pub(super) fn is_one_of_paths(text: &str, name_start: usize, after: usize) -> bool {
    let next = text.get(after..).unwrap_or_default().trim_start();
    text[..name_start].ends_with('/') && ["\"/", "'/"].iter().any(|start| next.starts_with(start))
}

/// `url.replace("first-password", "confirm-address")`: a piece of a text, and what takes its place.
pub(super) fn is_replaced(text: &str, name_start: usize) -> bool {
    let before = text[..name_start].trim_end_matches(['"', '\'', '/']).trim_end();
    let call = before.strip_suffix('(').filter(|_| before.len() < name_start);
    call.is_some_and(|call| {
        [".replace", ".replaceAll", ".replaceFirst", ".sub", ".gsub"].iter().any(|end| call.ends_with(end))
    })
}

/// `"password": "password", "host": "…"`: what a key of a JSON in a text holds, and no name of the next one.
pub(super) fn is_given_to_a_name(text: &str, name_start: usize) -> bool {
    let before = text[..name_start].trim_end_matches(['"', '\'', '\\']);
    let key = before.trim_end().strip_suffix(':').map(str::trim_end);
    before.len() < name_start && key.is_some_and(|key| key.ends_with(['"', '\'']))
}

/// Whether the text that begins at a place is followed by more arguments.
pub(super) fn leads_others(text: &str, at: usize) -> bool {
    let Some(rest) = text.get(at..) else { return false };
    let rest = rest.trim_start_matches(['b', 'r']);
    let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return false };
    let line = rest.lines().next().unwrap_or_default();
    let end = line[1..].find(quote).map(|end| end + 2);
    end.and_then(|end| line.get(end..)).is_some_and(|after| after.trim_start().starts_with(','))
}

/// Whether a word only looks like the name of what follows it: in `checksum/secret: 9f86…`, Helm's sum over a manifest,
/// which rolls the pods when it changes, and in `eof_action=pass:repeatlast=0`, where it is a value.
pub(super) fn is_no_name(text: &str, name: (usize, usize)) -> bool {
    let before = &text[..name.0];
    let is_value = |given: &str| given.ends_with(|letter: char| letter.is_ascii_alphanumeric());
    // `isPasscode ? "passcode" : "recovery_code"`: one arm of a choice.
    let is_quote = |letter: char| matches!(letter, '"' | '\'' | '`');
    let is_arm = || before.ends_with(is_quote) && before.trim_end_matches(is_quote).trim_end().ends_with('?');
    before.ends_with("checksum/")
        || is_arm()
        || text[name.1..].starts_with(':') && before.strip_suffix('=').is_some_and(is_value)
}
