//! Tests that are called end to end and stay in their own process: nothing is asked from outside. They build the application
//! of Nest there, or put something in the place of what the program talks to.

use crate::facts::Facts;
use crate::facts::code::{CodeFile, Language};
use crate::pattern::pattern;
use crate::tree::path::{folder_of, join};

pattern!(BUILDS, r"\bcreateTestingModule\(|\bcreateNestApplication\b|\.getHttpServer\(\)");

pattern!(BRINGS_IN, r#"(?:\bfrom|\bimport|\brequire\()\s*["'](?<path>\.\.?/[^"'\n]+)["']"#);

/// Whether the tests of a file, or a file that they bring in, build the application beside them.
pub(super) fn builds(facts: &Facts<'_>, file: &CodeFile) -> bool {
    let text = |file: &CodeFile| file.source(facts).map(crate::source::Source::text);
    let Some(own) = text(file).filter(|_| file.language == Language::JavaScript) else { return false };
    let is_built_by =
        |path: &str| helper(facts, &file.path, path).and_then(text).is_some_and(|text| BUILDS.is_match(text));
    BUILDS.is_match(own) || BRINGS_IN.captures_iter(own).any(|found| is_built_by(&found["path"]))
}

// Something in the place of another part of the program.
pattern!(
    REPLACES,
    r"\bunittest\.mock\b|\bMagicMock\b|\bmonkeypatch\.setattr\b|\bmocker\.patch\b|\b(?:jest|vi)\.mock\("
);

// A client, a browser, another process: what runs beside the tests is asked.
pattern!(
    ASKS,
    r"\b(?:requests|httpx|aiohttp|websockets?|socket|urllib|subprocess|pexpect|docker|testcontainers|playwright|selenium|grpc|boto3)\b|\bTestClient\b|\bclient\.(?:get|post|put|patch|delete)\(|\b(?:fetch|axios|supertest|request|execa|spawn\w*|exec\w*|fork)\(|\bchild_process\b|https?://(?:localhost|127\.0\.0\.1)"
);

/// Whether the tests of a file replace a part of the program, and ask nothing that runs beside them.
pub(super) fn replaces_parts(facts: &Facts<'_>, file: &CodeFile) -> bool {
    let may = matches!(file.language, Language::Python | Language::JavaScript);
    let text = file.source(facts).filter(|_| may).map(crate::source::Source::text);
    text.is_some_and(|text| REPLACES.is_match(text) && !ASKS.is_match(text))
}

/// The file that a relative import names.
fn helper<'f>(facts: &'f Facts<'_>, from: &str, import: &str) -> Option<&'f CodeFile> {
    let path = join(folder_of(from), import)?;
    let base = path.trim_end_matches(".js").trim_end_matches(".ts");
    let ends = [".ts", ".js", ".tsx", ".mts", ".mjs", "/index.ts", "/index.js"];
    ends.iter().find_map(|end| facts.code().file(&format!("{base}{end}")))
}
