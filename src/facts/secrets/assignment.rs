//! Reads the assignment around a name that means a secret, in the grammar of the file, and finds the literal.

use super::among::{
    follows_a_text, is_given_to_a_name, is_name_of_next, is_no_name, is_one_of_names, is_one_of_paths, is_refused,
    is_replaced, is_said, is_shared, is_thrown_away, leads_others, names_a_prompt,
};
use super::context::Grammar;
use super::literal::{self, Grade};
use super::names::{self, Sort};
use super::pair::{markup_value, value_of_pair};
use crate::source::floor;

/// A name, and the literal it is given, if that is a secret.
#[derive(Debug)]
pub(super) struct Found {
    /// Where the name begins.
    pub(super) name_start: usize,
    /// Just past the name.
    pub(super) name_end: usize,
    /// The literal.
    pub(super) literal: Option<Literal>,
}

/// A literal that looks like a secret.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) grade: Grade,
    pub(super) is_commented: bool,
    /// Whether it stands in a block of settings that are all commented out, to show how they are written.
    pub(super) is_sample: bool,
}

/// How a value is joined to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// `=`, `:`, `=>`, `:=`, and elements and attributes of markup.
    Assigned,
    /// `==`, `("name", "value")`, `setName("value")`: compared or passed.
    Passed,
    /// `--password value`, `password "value"`, `IDENTIFIED BY 'value'`.
    Beside,
}

/// The longest name, and the longest value, that is read.
const MAX_NAME: usize = 120;
const MAX_VALUE: usize = 600;

/// Reads around the anchor at `start..end`; `None` when no secret is named there.
pub(super) fn read(text: &str, start: usize, end: usize, grammar: Grammar) -> Option<Found> {
    let bytes = text.as_bytes();
    let (name_start, name_end) = name_around(bytes, start, end);
    let name = text.get(name_start..name_end)?;
    if is_no_name(text, (name_start, name_end)) {
        return None;
    }
    let spoken = name.eq_ignore_ascii_case("identified by");
    let sort = if spoken { Sort::Password } else { names::sort_of(name)? };
    let literal = literal(text, (name_start, name_end), sort, grammar);
    Some(Found { name_start, name_end, literal })
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn name_around(bytes: &[u8], start: usize, end: usize) -> (usize, usize) {
    let least = start.saturating_sub(MAX_NAME);
    let before = bytes[least..start].iter().rev().take_while(|byte| is_name_byte(**byte)).count();
    let most = (end + MAX_NAME).min(bytes.len());
    let after = bytes[end..most].iter().take_while(|byte| is_name_byte(**byte)).count();
    let (mut from, mut to) = (start - before, end + after);
    while to > end && matches!(bytes[to - 1], b'.' | b'-') {
        to -= 1;
    }
    while from < start && matches!(bytes[from], b'.') {
        from += 1;
    }
    // `\napiKey`: a line of its own, as a text of a program writes it.
    if from > 0 && from < start && bytes[from - 1] == b'\\' && matches!(bytes[from], b'n' | b'r' | b't') {
        from += 1;
    }
    (from, to)
}

fn literal(text: &str, name: (usize, usize), sort: Sort, grammar: Grammar) -> Option<Literal> {
    let line = line_around(text, name.0);
    let own_line = text[line.0..line.1].trim_start();
    let is_commented = is_comment(own_line, grammar)
        || is_in_block_comment(text, name.0, grammar)
        || grammar == Grammar::Bare && is_said(own_line);
    let is_sample = is_commented
        && matches!(grammar, Grammar::Bare | Grammar::Quoted)
        && stands_among_comments(text, line, grammar);
    let (at, join) = value_start(text, name, grammar)?;
    let (start, end, is_quoted) = value_at(text, at, name.0 - line.0.min(name.0), grammar, join)?;
    let (start, end) = trimmed(text, start, end);
    let (start, value) = (start, text.get(start..end)?);
    // Sentences of a comment put names in backticks one after the other.
    if join == Join::Passed
        && (is_commented
            || is_name_of_next(text, end)
            || is_refused(text, start, end)
            || names_a_prompt(text, name, value)
            || is_one_of_names(text, name, end, value)
            || is_thrown_away(text, name, end))
    {
        return None;
    }
    let own = &text[name.0..name.1];
    let is_arm = || text[..at].trim_end().ends_with("=>") && names::is_variant(&text[..name.0], own);
    if grammar == Grammar::Code && (names::says_itself(own, value) || is_arm() && names::is_code_name(own, value)) {
        return None;
    }
    // `${DB_PASSWORD:-dev}`: the default of a reference.
    let defaults = text[..name.0].ends_with("${");
    let value = if defaults { value.trim_start_matches('-') } else { value };
    let plain = decoded(value, text, grammar);
    let is_guessed =
        sort == Sort::Password && literal::is_called_so(&plain) && is_given_to_kubernetes(text, name.0, grammar);
    let grade = if is_guessed { Grade::Fair } else { literal::grade(&plain, sort, own)? };
    let grade = if is_shared(text, name.0) { Grade::Public } else { grade };
    let grade = if grade == Grade::Fair && is_account(text, name, value) { Grade::Weak } else { grade };
    let is_default = defaults && grade != Grade::Strong;
    let is_enough = !is_default
        && match (join, grade) {
            (Join::Assigned, _) | (_, Grade::Strong | Grade::Public) => true,
            (Join::Beside | Join::Passed, Grade::Weak | Grade::Trivial) => false,
            (Join::Passed | Join::Beside, Grade::Fair) => is_quoted || grammar != Grammar::Prose,
        };
    is_enough.then_some(Literal { start, end, grade, is_commented, is_sample })
}

/// Whether a place stands in a Kubernetes Secret that nothing fills in.
fn is_given_to_kubernetes(text: &str, at: usize, grammar: Grammar) -> bool {
    let (before, after) = text.split_at(at);
    let start = before.rfind("\n---").unwrap_or(0);
    let end = after.find("\n---").map_or(text.len(), |end| at + end);
    let document = &text[start..end];
    grammar == Grammar::Bare
        && !document.contains("{{")
        && document.lines().any(|line| line.trim_end() == "kind: Secret")
}

/// A Kubernetes Secret holds base64: what counts is what it says.
fn decoded(value: &str, text: &str, grammar: Grammar) -> String {
    use base64::Engine as _;
    let is_secret = grammar == Grammar::Bare && value.len() >= 4 && text.contains("kind: Secret");
    let bytes = is_secret.then(|| base64::engine::general_purpose::STANDARD.decode(value).ok()).flatten();
    let plain = bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|plain| plain.chars().all(|c| !c.is_control() || c == '\n'));
    plain.map_or_else(|| value.to_owned(), |plain| plain.trim().to_owned())
}

fn line_around(text: &str, at: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |before| before + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |after| at + after);
    (start, end)
}

fn is_comment(line: &str, grammar: Grammar) -> bool {
    let marks: &[&str] = match grammar {
        Grammar::Code => &["//", "#", "*", "/*", "--", ";"],
        Grammar::Bare | Grammar::Quoted => &["#", "//", ";"],
        Grammar::Markup => &["<!--"],
        Grammar::Prose | Grammar::Other => &[],
    };
    marks.iter().any(|mark| line.starts_with(mark))
}

/// Whether a place of code stands between `/*` and `*/`.
fn is_in_block_comment(text: &str, at: usize, grammar: Grammar) -> bool {
    let before = &text[floor(text, at.saturating_sub(4_000))..at];
    let open = || before.rfind("/*").filter(|&open| before[..open].trim_end_matches([' ', '\t']).ends_with('\n'));
    grammar == Grammar::Code && open().is_some_and(|open| !before[open..].contains("*/"))
}

/// Whether the line before and the line after are comments too, or blank.
fn stands_among_comments(text: &str, line: (usize, usize), grammar: Grammar) -> bool {
    let is_aside = |line: &str| line.trim().is_empty() || is_comment(line.trim_start(), grammar);
    let before = text[..line.0].lines().next_back().is_none_or(is_aside);
    before && text[line.1..].lines().nth(1).is_none_or(is_aside)
}

/// Where the value begins, and how it is joined to the name.
fn value_start(text: &str, name: (usize, usize), grammar: Grammar) -> Option<(usize, Join)> {
    let bytes = text.as_bytes();
    let mut at = name.1;
    let was_quoted = closing(bytes, &mut at);
    // `test "$mode,$pass" = "lib,link"`: what a variable holds is compared.
    if was_quoted && grammar == Grammar::Bare && text[..name.0].ends_with('$') {
        return None;
    }
    blanks(bytes, &mut at);
    if grammar == Grammar::Markup
        && let Some(found) = markup_value(text, at)
    {
        return Some((found, Join::Assigned));
    }
    if let Some(found) = value_of_pair(text, name, at) {
        return Some((found, Join::Assigned));
    }
    type_annotation(text, &mut at, grammar);
    let rest = text.get(at..)?;
    for (mark, join) in [
        ("===", Join::Passed),
        ("==", Join::Passed),
        ("!=", Join::Passed),
        (":=", Join::Assigned),
        ("=>", Join::Assigned),
        ("?=", Join::Assigned),
        ("||=", Join::Assigned),
        ("=", Join::Assigned),
        (":", Join::Assigned),
    ] {
        if rest.starts_with(mark) {
            at += mark.len();
            blanks(bytes, &mut at);
            return Some((at, join));
        }
    }
    let next = *bytes.get(at)?;
    let is_flag = name.0 >= 1 && bytes[name.0 - 1] == b'-' || text[name.0..].starts_with('-');
    match next {
        // A text in quotes is no function: `REFERENCES "access_tokens" ("access_token_id")`.
        // What is passed before other things is who asks, not the secret: `login_with_password("admin", secret)`.
        b'(' if !was_quoted
            && !leads_others(text, at + 1)
            && matches!(grammar, Grammar::Code | Grammar::Prose)
            && matches!(bytes.get(at + 1), Some(b'"' | b'\'' | b'b')) =>
        {
            Some((at + 1, Join::Passed))
        }
        b',' if was_quoted
            && grammar == Grammar::Code
            && !follows_a_text(text, name.0)
            && !is_one_of_paths(text, name.0, at + 1)
            && !is_replaced(text, name.0)
            && !is_given_to_a_name(text, name.0)
            && !is_numbered_alike(text, name, at + 1) =>
        {
            at += 1;
            blanks(bytes, &mut at);
            Some((at, Join::Passed))
        }
        b'"' | b'\'' if at > name.1 && !was_quoted => {
            Some((at, if is_sql(text, name) { Join::Assigned } else { Join::Beside }))
        }
        _ if at > name.1 && is_flag && !was_quoted && matches!(grammar, Grammar::Bare | Grammar::Prose) => {
            Some((at, Join::Beside))
        }
        _ => None,
    }
}

/// `'password1', 'password2'`: a list of names, of which the next one stands behind the comma.
fn is_numbered_alike(text: &str, name: (usize, usize), after: usize) -> bool {
    let bare = |word: &str| word.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
    let next = text.get(after..).unwrap_or_default().trim_start();
    let next = next.strip_prefix(['"', '\'']).and_then(|rest| rest.split(['"', '\'']).next());
    text.get(name.0..name.1).is_some_and(|name| next.is_some_and(|next| bare(next) == bare(name)))
}

/// `IDENTIFIED BY 'x'`, `CREATE USER a WITH PASSWORD 'x'`.
fn is_sql(text: &str, name: (usize, usize)) -> bool {
    let line = line_around(text, name.0);
    let before = text[line.0..name.0].to_ascii_lowercase();
    let spoken = text[name.0..name.1].to_ascii_lowercase();
    spoken == "identified by"
        || spoken == "password" && ["user ", "role ", "with ", "encrypted "].iter().any(|word| before.contains(word))
}

/// `CREATE USER shop_01@'%' IDENTIFIED BY 'shop_01'`: the account is its own password.
fn is_account(text: &str, name: (usize, usize), value: &str) -> bool {
    let before = &text[line_around(text, name.0).0..name.0];
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    is_sql(text, name) && before.split(|letter| !is_part(letter)).any(|word| word == value)
}

/// Skips what closes a quoted or indexed name: `"]`, `\"`, `')`.
fn closing(bytes: &[u8], at: &mut usize) -> bool {
    let start = *at;
    while *at - start < 4 && bytes.get(*at).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`' | b']' | b'\\')) {
        *at += 1;
    }
    if *at > start && bytes.get(*at) == Some(&b')') {
        *at += 1;
    }
    *at > start
}

fn blanks(bytes: &[u8], at: &mut usize) {
    while bytes.get(*at).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        *at += 1;
    }
}

/// Skips `: &str` and `: String` of a declaration, up to its `=`.
fn type_annotation(text: &str, at: &mut usize, grammar: Grammar) {
    let Some(rest) = text.get(*at..) else { return };
    if grammar != Grammar::Code || !rest.starts_with(':') && !rest.starts_with("string") && !rest.starts_with("String")
    {
        return;
    }
    let line = rest.lines().next().unwrap_or_default();
    let Some(equals) = line.find('=').filter(|equals| *equals < 40) else { return };
    let annotation = &line[..equals];
    let is_type = annotation.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" :&'<>[];_?|".contains(&byte));
    if is_type
        && !annotation.contains(['"'])
        && !annotation.trim_end().ends_with(':')
        && annotation.matches('\'').count() < 2
    {
        *at += equals;
    }
}

/// The value at a place: start, end, and whether it is quoted.
fn value_at(text: &str, at: usize, name_column: usize, grammar: Grammar, join: Join) -> Option<(usize, usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = at;
    // Prefixes of literals: b"…", r"…", @"…", and what wraps them in Rust and Go.
    while bytes.get(at).is_some_and(|byte| matches!(byte, b'b' | b'r' | b'u' | b'L' | b'N' | b'@' | b'&' | b'('))
        && bytes.get(at + 1).is_some_and(|byte| matches!(byte, b'"' | b'\''))
    {
        at += 1;
    }
    let escaped = bytes.get(at) == Some(&b'\\') && matches!(bytes.get(at + 1), Some(b'"' | b'\''));
    if escaped {
        at += 1;
    }
    let quote = *bytes.get(at)?;
    if matches!(quote, b'"' | b'\'' | b'`') {
        let (start, end) = quoted(bytes, at, quote, escaped)?;
        return (!goes_on(text.get(end + 1..).unwrap_or_default(), grammar)).then_some((start, end, true));
    }
    let (start, end) = bare(text, at, name_column, grammar, join)?;
    Some((start, end, false))
}

fn quoted(bytes: &[u8], at: usize, quote: u8, is_escaped: bool) -> Option<(usize, usize)> {
    let start = at + 1;
    let most = (start + MAX_VALUE).min(bytes.len());
    let mut here = start;
    while here < most {
        match bytes[here] {
            b'\n' => return None,
            b'\\' if is_escaped => return Some((start, here)),
            b'\\' => here += 2,
            byte if byte == quote => return Some((start, here)),
            _ => here += 1,
        }
    }
    None
}

/// Whether a literal is only the first part of an expression: `"Bearer " + token`, `"%s" % x`.
fn goes_on(rest: &str, grammar: Grammar) -> bool {
    let rest = rest.trim_start_matches([' ', '\t']);
    grammar == Grammar::Code
        && [".format", "+ ", "% ", ". $", "..", "&&", "||", "==", "!=", "? ", "in ", "=>"]
            .iter()
            .any(|mark| rest.starts_with(mark))
}

/// A value without quotes, in grammars that have such.
fn bare(text: &str, at: usize, name_column: usize, grammar: Grammar, join: Join) -> Option<(usize, usize)> {
    let (line_start, line_end) = line_around(text, at);
    let line = text.get(line_start..line_end)?;
    let end_of_line = line_end.min(at + MAX_VALUE);
    let rest = text.get(at..floor(text, end_of_line))?;
    let in_string = line.get(..name_column).is_some_and(|before| quotes(before) % 2 == 1);
    let stops: &[char] = match grammar {
        Grammar::Markup => &['<', '"'],
        Grammar::Code | Grammar::Quoted if !in_string => return None,
        Grammar::Code | Grammar::Quoted => &['"', '\'', '`', ' ', '&', ';', '\\', ',', ')', '@', '|'],
        Grammar::Prose => &[' ', '"', '\'', '`', '&', ';', ',', ')', '|', '<'],
        _ => &[' ', '\t', '"', '\'', ';', ',', '\\'],
    };
    // In a string of code, `password=x` is a setting, `password: ` is prose.
    if matches!(grammar, Grammar::Code | Grammar::Quoted) && (join != Join::Assigned || !text[..at].ends_with('=')) {
        return None;
    }
    let is_last = |end: usize| rest.get(end..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
    let end = rest.find(stops).unwrap_or(rest.len());
    let after = is_last(end);
    // Prose and YAML: a value with more words behind it is a sentence.
    let is_alone = after.is_empty()
        || after.starts_with('#')
        || !after.starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '\'')
        || grammar == Grammar::Code
        || grammar == Grammar::Quoted;
    let is_shell = text[..at].ends_with('=') || join == Join::Beside;
    (end > 0 && (is_alone || is_shell && grammar != Grammar::Prose)).then_some((at, at + end))
}

fn quotes(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b'"' | b'\'' | b'`')).count()
}

/// Without blanks around it, a scheme in front, and what closes a bracket behind.
fn trimmed(text: &str, start: usize, end: usize) -> (usize, usize) {
    let Some(value) = text.get(start..end) else { return (start, start) };
    let lead = value.len() - value.trim_start().len();
    let mut start = start + lead;
    let mut value = value.trim();
    for scheme in ["Bearer ", "bearer ", "Basic ", "Token ", "token ", "token=", "OAuth ", "ApiKey "] {
        if let Some(rest) = value.strip_prefix(scheme) {
            start += scheme.len();
            value = rest;
        }
    }
    let mut value = value.trim_end_matches('\r');
    // A bracket that the value itself opens belongs to it: `{password}` of a text that is filled in.
    while value.ends_with('}') && value.matches('}').count() > value.matches('{').count() {
        value = value[..value.len() - 1].trim_end_matches('\r');
    }
    (start, start + value.len())
}
