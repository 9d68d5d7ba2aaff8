//! How a path in test code is asked for: the method of the request that its text ends up in, if in any.

use super::calls::{Calls, TestFile};
use super::outline::{Outline, unquoted};
use super::tables;
use crate::facts::code::Language;
use crate::facts::secrets::words;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// How many uses of a name are looked at for a request.
const MOST_USES: usize = 20;

/// The text of the string at an index; what stands between the parts of a template (`${base}/orders/${id}`) as `${}`.
pub(super) fn whole(outline: &Outline, index: usize) -> Cow<'_, str> {
    const MOST: usize = 24;
    let piece = |span: &Span| &outline.code[span.range()];
    let Some(first) = outline.strings.get(index).map(piece) else { return Cow::Borrowed("") };
    if !first.starts_with('`') || !first.ends_with("${") {
        return Cow::Borrowed(unquoted(first));
    }
    let mut text = format!("{}}}", &first[1..]);
    // A string inside of the braces is no part of the template.
    let parts = outline.strings[index + 1..].iter().take(MOST).map(piece).filter(|part| part.starts_with('}'));
    for part in parts {
        if let Some(last) = part[1..].strip_suffix('`') {
            text.push_str(last);
            break;
        }
        text.push_str(&part[1..]);
        text.push('}');
    }
    Cow::Owned(text)
}

/// Calls that only shape a text on its way to the request.
const SHAPING: &[&str] = &[
    "format!",
    "format",
    "concat!",
    "concat",
    "String::from",
    "to_string",
    "to_owned",
    "parse",
    "Url::parse",
    "Some",
    "Ok",
    "join",
    "Join",
    "url",
    "uri!",
    "from_static",
    "Uri::from_static",
    "as_str",
    "into",
    "try_from",
    "Sprintf",
    "URI::create",
    "build_url",
    "Cow::from",
];

/// How the path at a span is asked for: the method in a request, `*` when it is not said.
pub(super) fn asked(file: &TestFile, span: Span, calls: &Calls) -> Option<String> {
    match taken(file, span.start as usize, calls) {
        Taken::AsRequest(method) => Some(method),
        Taken::Otherwise => None,
        Taken::ByNothing => {
            let (outline, offset) = (&file.outline, span.start as usize);
            let in_row = || tables::method_in_row(outline, offset);
            let sent = || in_row().filter(|_| calls.sends_rows.contains(&file.language));
            let used = || bound(file, span, calls).map(|method| in_row().unwrap_or(method));
            tables::method_beside(outline, offset).or_else(sent).or_else(used)
        }
    }
}

/// Whether a text of the tests may become the path of a request in a way that is not followed. What is compared, told to a
/// mock, declared or only reported does not.
pub(super) fn may_be_asked(file: &TestFile, span: Span) -> bool {
    #[rustfmt::skip]
    const TELLS: &[&str] = &[
        "assert", "equal", "contain", "match", "handle", "route", "redirect", "prefix", "suffix", "startswith", "endswith", "replace",
        "error", "fatal", "println", "panic", "log", "describe", "header", "given", "when", "nock", "require", "import", "open", "read", "parametrize", "each",
    ];
    let outline = &file.outline;
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, behind) = (outline.bare[..start].trim_end(), outline.bare[end..].trim_start());
    let is_compared = ["==", "!=", "case", " in"].iter().any(|sign| before.ends_with(sign))
        || behind.starts_with("==")
        || behind.starts_with("!=");
    let bytes = outline.bare.as_bytes();
    let calls = outline.around(start).take_while(|&open| matches!(bytes[open], b'(' | b'['));
    let mut names =
        calls.map(|open| outline.callee(open).to_ascii_lowercase()).filter(|name| !name.is_empty()).peekable();
    // What stands in no call is a row of a table, or a list, unless a constant of Rust holds it.
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let is_constant = ["static ", "const "].iter().any(|word| line.starts_with(word)) && before.ends_with('=');
    if names.peek().is_none() && !(file.language == Language::Rust && is_constant) {
        return false;
    }
    let tells = |name: String| {
        let last = name.rsplit(['.', ':']).find(|part| !part.is_empty()).unwrap_or_default().to_owned();
        is_told(&last)
            || matches!(last.as_str(), "run" | "it" | "test" | "eq" | "ne" | "print" | "printf")
            || TELLS.iter().any(|word| last.contains(word))
    };
    !is_compared && !names.any(tells)
}

/// What takes a text or a name as an argument.
enum Taken {
    /// A request with this method.
    AsRequest(String),
    Otherwise,
    ByNothing,
}

/// What the innermost call around an offset makes of its argument, past what only shapes it.
fn taken(file: &TestFile, offset: usize, calls: &Calls) -> Taken {
    let outline = &file.outline;
    for open in outline.around(offset) {
        let bytes = outline.bare.as_bytes();
        if bytes[open] != b'(' && bytes[open] != b'[' {
            break;
        }
        let callee = outline.callee(open);
        let name = callee.rsplit(['.', ':']).find(|part| !part.is_empty()).unwrap_or("");
        // The head of a loop takes nothing: what its body does with each of them does.
        if matches!(name, "for" | "in") {
            break;
        }
        if is_separator(outline, open, callee, offset) {
            return Taken::Otherwise;
        }
        if bytes[open] == b'['
            || name.is_empty()
            || SHAPING.iter().any(|one| name == one.rsplit(':').next().unwrap_or(one))
        {
            continue;
        }
        if is_builtin(file, callee) {
            return Taken::Otherwise;
        }
        return as_request(file, open, callee, name, offset, calls).map_or(Taken::Otherwise, Taken::AsRequest);
    }
    Taken::ByNothing
}

/// Whether the text at an offset stands between the parts that a call joins: `strings.Join(parts, "/")`, `parts.join("/")`.
/// An address is joined with a path: `base_url.join("/")`.
fn is_separator(outline: &Outline, open: usize, callee: &str, offset: usize) -> bool {
    const ADDRESSES: &[&str] = &["url", "uri", "base", "addr", "host", "path"];
    let Some(receiver) = callee.strip_suffix("join").or_else(|| callee.strip_suffix("Join")) else { return false };
    let Some((text, span)) =
        outline.inside(open).and_then(|inside| outline.string_in(*outline.arguments(inside).last()?))
    else {
        return false;
    };
    let receiver = receiver.to_ascii_lowercase();
    span.start as usize == offset
        && text.bytes().all(|byte| byte == b'/')
        && receiver.ends_with('.')
        && !ADDRESSES.iter().any(|word| receiver.contains(word))
}

/// Whether a call takes a key out of a map, as every program of Go can: `delete(found, "/orders")`.
fn is_builtin(file: &TestFile, callee: &str) -> bool {
    file.language == Language::Go && callee == "delete"
}

/// Whether a call is a request, and with which method.
fn as_request(file: &TestFile, open: usize, callee: &str, name: &str, offset: usize, calls: &Calls) -> Option<String> {
    const MOCKING: &[&str] = &["Mock", "mock", "when", "given", "Expectation", "nock", "mock_server", "server"];
    let outline = &file.outline;
    let statement = &outline.code[outline.statement(offset).range()];
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "get" | "post" | "put" | "delete" | "patch" | "head" | "options" => {
            let receiver = callee.trim_end_matches(name).trim_end_matches(['.', ':']);
            let receiver = receiver.rsplit(['.', ':']).next().unwrap_or("");
            // What is awaited has answered: a server that is only told what to answer is not.
            let is_awaited = statement.contains(&format!("await {callee}")) || statement.contains(".await");
            let is_mock = MOCKING.contains(&receiver) && !(receiver == "server" && is_awaited)
                || statement.contains("Mock::given")
                || statement.contains("nock(");
            (!is_mock).then(|| lower.to_ascii_uppercase())
        }
        // The name that clients in JavaScript have for a word that the language keeps; a store takes a key out with it.
        "del" if file.language == Language::JavaScript && !is_store(callee) => Some("DELETE".to_owned()),
        "uri" | "path" | "url" if callee.starts_with('.') || callee.contains('.') => {
            let is_mock = statement.contains("when") || statement.contains("Mock") || statement.contains("expect(");
            (name != "path" && !is_mock).then(|| said(statement).unwrap_or_else(|| "GET".to_owned()))
        }
        "request" | "newrequest" | "newrequestwithcontext" | "send_request" | "fetch" | "inject" | "method" => {
            // A language without semicolons has one statement after the other here.
            let own = outline.inside(open).and_then(|inside| said(&outline.code[inside.range()]));
            let method = own.or_else(|| said(statement));
            Some(method.unwrap_or_else(|| if lower == "fetch" { "GET".to_owned() } else { unsaid() }))
        }
        "goto" | "visit" => Some("GET".to_owned()),
        "with_uri" => Some(said(statement).unwrap_or_else(|| "GET".to_owned())),
        // `parametrize(("method", "path"), [("GET", "/orders")])`, of which a request is made.
        "parametrize" | "each" if file.language != Language::Rust => {
            let row = tables::method_in_row(outline, offset).filter(|_| calls.sends_rows.contains(&file.language));
            row.or_else(|| by_parameter(file, open, offset, calls))
        }
        // `#[test_case("/from", "/to")]`: the first is what the test is about.
        "test_case" | "case" | "parametrize" => {
            let first = outline.arguments(outline.inside(open)?).first().copied()?;
            first.range().contains(&offset).then(unsaid)
        }
        _ if lower.starts_with("assert") || lower.starts_with("expect") => {
            // `assert_redirect("/from", "/to", …)` asks for the first and compares the second.
            let inside = outline.inside(open)?;
            let first = outline.arguments(inside).first().copied()?;
            (calls.requesting.contains(name) && first.range().contains(&offset)).then(unsaid)
        }
        // `self.make_request("get", "/path")`.
        "make_request" | "do_request" | "api_request" | "client_request" if file.language != Language::Rust => {
            Some(said(&statement.to_ascii_uppercase()).unwrap_or_else(unsaid))
        }
        // `doAuthenticatedRequest(ctx, http.MethodPut, "/path", body)`, `request_with_validation(api="/path", method="PUT")`.
        _ if file.language != Language::Rust && lower.contains("request") && !is_told(&lower) => {
            said(&outline.code[outline.inside(open)?.range()]).or_else(|| verb_in(&lower))
        }
        // `self.retry_put_json("/path")`: the helpers of other languages are told by their names.
        _ if file.language != Language::Rust => {
            let sent = || tables::method_before(outline, open, offset).filter(|_| is_sent(name));
            verb_in(&lower).or_else(sent)
        }
        _ => calls.requesting.contains(name).then(|| verb_in(&lower).unwrap_or_else(unsaid)),
    }
}

/// Whether a call is one of a store of keys: `redis.del("/orders")`.
fn is_store(callee: &str) -> bool {
    let callee = callee.to_ascii_lowercase();
    ["redis", "cache", "store", "memcached"].iter().any(|word| callee.contains(word))
}

/// The method of the request that the test below takes a parameter for: `parametrize("path", ["/orders", "/bills"])`.
fn by_parameter(file: &TestFile, open: usize, offset: usize, calls: &Calls) -> Option<String> {
    static NEXT: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\n[ \t]*(?:(?:async[ \t]+)?def[ \t]|@|class[ \t])").ok());
    let outline = &file.outline;
    let first = outline.arguments(outline.inside(open)?).first().copied()?;
    if file.language != Language::Python || first.range().contains(&offset) {
        return None;
    }
    let names = outline.code[first.range()].split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let rest = outline.bare.get(outline.partner(open)?..)?;
    let own = NEXT.as_ref()?.find_iter(rest).find(|one| one.as_str().contains("def"))?;
    let next = NEXT.as_ref()?.find_iter(rest).find(|next| next.start() >= own.end());
    let end = next.map_or(rest.len(), |next| next.start());
    let from = outline.bare.len() - rest.len();
    let range = from + own.end()..from + end;
    names.filter(|name| !name.is_empty()).find_map(|name| requested(file, range.clone(), name, calls))
}

/// Whether a function about requests makes none: it says what is to be expected or answered.
fn is_told(name: &str) -> bool {
    ["mock", "stub", "fake", "expect", "assert", "verify", "intercept", "match"].iter().any(|word| name.contains(word))
}

/// Whether a function that is given a method and a path makes a request of them, and no route: `newTestContext`.
fn is_sent(name: &str) -> bool {
    const MAKES: &[&str] = &["context", "ctx", "perform", "send", "call", "exec", "execute", "invoke", "fetch", "req"];
    const TELLS: &[&str] = &["register", "handle", "add", "on", "allow", "deny", "require"];
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(MAKES) && !has(TELLS) && !is_told(&name.to_ascii_lowercase())
}

/// The method of a request that does not say it.
fn unsaid() -> String {
    "*".to_owned()
}

/// The verb in the name of a function of the tests: `post_login`, `get_page`.
fn verb_in(name: &str) -> Option<String> {
    const VERBS: &[&str] = &["get", "post", "put", "delete", "patch", "head"];
    let found = name.split('_').find(|part| VERBS.contains(part));
    found.map(str::to_ascii_uppercase)
}

/// The method that a statement names beside its path: `Method::POST`, `.method("PUT")`, `TestRequest::delete()`.
pub(super) fn said(statement: &str) -> Option<String> {
    static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r#"(?:\bMethod(?:::|\.)|\bmethod\(\s*|\bmethod:\s*|http\.Method|["'`])(?:Method::)?["'`]?(?<a>GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|Get|Post|Put|Delete|Patch|Head)\b|(?:TestRequest|Request)::(?<b>get|post|put|delete|patch)\b"#,
        )
        .ok()
    });
    let found = METHOD.as_ref()?.captures(statement)?;
    found.name("a").or(found.name("b")).map(|method| method.as_str().to_ascii_uppercase())
}

/// The method of the request in which the binding around a span is used: `let url = format!(…); client.post(&url)`, and
/// `for path in ["/a", "/b"] { client.get(path) }`.
fn bound(file: &TestFile, span: Span, calls: &Calls) -> Option<String> {
    static BINDING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"(?:\b(?:let|const|var)\s+(?:mut\s+)?(\w+)|^\s*(?:(?:self|this|cls)\.)?(\w+))\s*(?::[^=]*)?:?=").ok()
    });
    let outline = &file.outline;
    let offset = span.start as usize;
    let (start, end) = if file.language == Language::Python || file.language == Language::Go {
        let start = outline.bare[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        (start, span.end as usize)
    } else {
        let statement = outline.statement(offset);
        (statement.start as usize, statement.end as usize)
    };
    let before = &outline.bare[start..offset];
    if file.language == Language::Python && before.trim_start().starts_with("return ") {
        return returned(file, start);
    }
    let body = outline.around(start).find(|&open| outline.bare.as_bytes()[open] == b'{');
    let limit = body.and_then(|open| outline.partner(open)).unwrap_or(outline.bare.len());
    let rest = end..limit;
    if let Some(looped) = LOOP.as_ref()?.captures(before) {
        return looped.name("each").and_then(|each| used_each(file, rest, each.as_str(), calls));
    }
    let found = BINDING.as_ref()?.captures(before)?;
    let name = found.get(1).or(found.get(2))?.as_str();
    requested(file, rest.clone(), name, calls).or_else(|| {
        let text = outline.bare.get(rest.clone())?;
        let looped = LOOP.iter().flat_map(|one| one.captures_iter(text));
        let mut over = looped.filter(|one| one.name("list").is_some_and(|list| list.as_str() == name));
        over.find_map(|one| used_each(file, rest.start + one.get(0)?.end()..rest.end, &one["each"], calls))
    })
}

/// The head of a loop: the names that it gives, and the name of what it goes over, if it has one.
static LOOP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(
        r"\bfor\s*\(?\s*(?:(?:const|let|var)\s+)?(?<each>[^=;{}\n]{1,80}?)\s+(?:in|of|:=\s*range)\s+[&*]?(?<list>\w*)",
    )
    .ok()
});

/// The method of the request that takes one of the names that a loop gives.
fn used_each(file: &TestFile, range: Range<usize>, each: &str, calls: &Calls) -> Option<String> {
    let names = each
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|name| !matches!(*name, "" | "_" | "mut" | "ref"));
    names.into_iter().find_map(|name| requested(file, range.clone(), name, calls))
}

/// The method of the first request that takes a name: of a client's verb, or of a function of the tests.
fn requested(file: &TestFile, range: Range<usize>, name: &str, calls: &Calls) -> Option<String> {
    let verb = used(file, range.clone(), name);
    verb.map(method_of).or_else(|| used_by_helper(file, range, name, calls))
}

/// The method of the request that a function of the tests makes with a name: `send_get(&app, path)`.
fn used_by_helper(file: &TestFile, range: Range<usize>, name: &str, calls: &Calls) -> Option<String> {
    let bare = &file.outline.bare;
    let is_part =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
    let places =
        memchr::memmem::find_iter(bare.get(range.clone())?.as_bytes(), name.as_bytes()).map(|at| range.start + at);
    let whole = places.filter(|&at| {
        !is_part(bare[..at].chars().next_back())
            && !is_part(bare[at + name.len()..].chars().next().filter(|&c| c != '.'))
    });
    whole.take(MOST_USES).find_map(|at| match taken(file, at, calls) {
        Taken::AsRequest(method) => Some(method),
        Taken::Otherwise | Taken::ByNothing => None,
    })
}

/// The method that a verb names.
fn method_of(verb: &str) -> String {
    let verb = verb.to_ascii_uppercase();
    if matches!(verb.as_str(), "URI" | "GOTO" | "VISIT" | "FETCH") { "GET".to_owned() } else { verb }
}

/// The method of a request for what a helper of the tests gives: `def url(self): return f"/orders/{self.id}"`,
/// `self.client.get(self.url())`.
fn returned(file: &TestFile, start: usize) -> Option<String> {
    let (_, after) = file.outline.bare.get(..start)?.rsplit_once("def ")?;
    let name = after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().filter(|name| !name.is_empty())?;
    used(file, 0..file.outline.bare.len(), name).map(str::to_ascii_uppercase)
}

/// The verb of the first call that takes a name: `get(&name`.
fn used<'t>(file: &'t TestFile, range: Range<usize>, name: &str) -> Option<&'t str> {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?<verb>get|post|put|delete|patch|head|uri|goto|visit|fetch|Get|Post)\s*\(\s*&?\s*(?:(?:self|this|cls)\.)?(?<name>\w+)")
            .ok()
    });
    let text = file.outline.bare.get(range)?;
    // Most bindings are used in no call at all.
    memchr::memmem::find(text.as_bytes(), name.as_bytes())?;
    let mut at = 0;
    loop {
        let found = CALL.as_ref()?.captures_at(text, at)?;
        let (verb, taken) = (found.name("verb")?, found.name("name")?);
        let callee = if text[..verb.start()].ends_with('.') { "" } else { verb.as_str() };
        if taken.as_str() == name && !is_builtin(file, callee) {
            return Some(verb.as_str());
        }
        at = taken.start();
    }
}
