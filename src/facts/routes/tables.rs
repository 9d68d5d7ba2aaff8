//! Requests that stand in a table, and that a helper of the tests makes one after the other:
//! `{URL: "/v1/orders", Method: http.MethodGet, …}`, `{"lists orders", "GET", "/v1/orders", …}`.

use super::outline::Outline;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// The method that stands beside the path at an offset, where a field of a literal holds it.
pub(super) fn method_beside(outline: &Outline, offset: usize) -> Option<String> {
    static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?:[A-Za-z]*(?:URL|Url|URI|Uri|Path|Endpoint|Route)|url|uri|path|endpoint|route|target)\s*:\s*(?:fmt\.Sprintf\s*\(\s*)?$").ok()
    });
    static METHOD: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"^(?:http_?|HTTP)?(?:[mM]ethod|[vV]erb)\s*:\s*").ok());
    let line = outline.bare[..offset].rfind(['\n', '{', ',']).map_or(0, |at| at + 1);
    FIELD.as_ref()?.find(&outline.bare[line..offset])?;
    let open = outline.around(offset).find(|&open| outline.bare.as_bytes()[open] == b'{')?;
    fields(outline, open).into_iter().find_map(|field| {
        let text = outline.code[field.range()].trim_start();
        let name = METHOD.as_ref()?.find(text)?;
        method(&text[name.end()..])
    })
}

/// The method that stands beside the path at an offset in a row whose fields have no names: `("POST", "/orders")`.
pub(super) fn method_in_row(outline: &Outline, offset: usize) -> Option<String> {
    let open = outline.around(offset).next()?;
    if outline.bare.as_bytes()[open] != b'{' && !outline.callee(open).is_empty() {
        return None;
    }
    fields(outline, open).into_iter().find_map(|field| method(outline.code[field.range()].trim()))
}

/// The method that is the argument right before that at an offset: `newContext("GET", "/orders/1")`.
pub(super) fn method_before(outline: &Outline, open: usize, offset: usize) -> Option<String> {
    let arguments = fields(outline, open);
    let at = arguments.iter().position(|one| one.range().contains(&offset))?;
    method(outline.code[arguments.get(at.checked_sub(1)?)?.range()].trim())
}

/// Whether code makes a request by a method that a name holds: `http.NewRequest(one.method, one.url, nil)`,
/// `request(app)[method](path)`, `getattr(client, method)(path)`.
pub(super) fn sends_rows(outline: &Outline) -> bool {
    static SENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?:NewRequest(?:WithContext)?|[rR]equest|open)\(\s*(?:[\w.]+(?:\(\))?\s*,\s*)?(?:\w+\.)*\w*(?:[mM]ethod|[vV]erb)\w*\s*,|\[\s*(?:\w+\.)*\w*(?:[mM]ethod|[vV]erb)\w*(?:\.toLowerCase\(\))?(?:\s+as\s+[^\]\n]+)?\s*\]\(|\bgetattr\(\s*[\w.]+\s*,\s*\w*(?:method|verb)\w*").ok()
    });
    SENT.as_ref().is_some_and(|sent| sent.is_match(&outline.bare))
}

fn fields(outline: &Outline, open: usize) -> Vec<Span> {
    outline.inside(open).map(|inside| outline.arguments(inside)).unwrap_or_default()
}

/// The method that a value is, and nothing else.
fn method(value: &str) -> Option<String> {
    static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r#"^(?i)(?:(?:\w+(?:::|\.))*Method(?:::|\.)?|b?["'`])(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)["'`]?\s*$"#,
        )
        .ok()
    });
    METHOD.as_ref()?.captures(value.trim_end()).map(|found| found[1].to_ascii_uppercase())
}
