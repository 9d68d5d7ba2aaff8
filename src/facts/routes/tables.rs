//! Requests that stand in a table, and that a helper of the tests makes one after the other:
//! `{URL: "/v1/orders", Method: http.MethodGet, …}`.

use super::outline::Outline;
use crate::pattern::Regex;
use crate::pattern::compile;
use std::sync::LazyLock;

/// The method that stands beside the path at an offset, where a field of a literal holds it.
pub(super) fn method_beside(outline: &Outline, offset: usize) -> Option<String> {
    static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?:[A-Za-z]*(?:URL|Url|URI|Uri|Path|Endpoint|Route)|url|uri|path|endpoint|route|target)\s*:\s*(?:fmt\.Sprintf\s*\(\s*)?$").ok()
    });
    static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"^(?i)(?:http_?)?(?:method|verb)\s*:\s*(?:\w+\.Method|Method(?:::|\.)|["'`])(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)\b"#)
            .ok()
    });
    let line = outline.bare[..offset].rfind(['\n', '{', ',']).map_or(0, |at| at + 1);
    FIELD.as_ref()?.find(&outline.bare[line..offset])?;
    let open = outline.around(offset).into_iter().find(|&open| outline.bare.as_bytes()[open] == b'{')?;
    let inside = outline.inside(open)?;
    let fields = outline.arguments(inside);
    let said = fields.iter().find_map(|field| METHOD.as_ref()?.captures(outline.code[field.range()].trim_start()));
    said.map(|method| method[1].to_ascii_uppercase())
}
