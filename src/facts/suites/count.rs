//! How many tests a file holds, and how many of them are switched off.

use super::{File, Suite, Tests};
use crate::facts::Facts;
use crate::facts::code::{Language, Role};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// Counts the tests of a file in its code text: a test in a comment is none.
pub(super) fn of(facts: &Facts<'_>, file: &File) -> Tests {
    let Some(language) = file.language else { return script(facts, file) };
    let code = facts.code();
    let Some(source) = code.file(&file.path) else { return Tests::default() };
    let is_product = code.role(facts, source) == Role::Product;
    let raw = source.source(facts).map_or("", |source| source.text());
    // Go runs what stands in files of that name alone; elsewhere it is a helper, whatever it is called.
    let is_helper = language == Language::Go && file.suite != Suite::Load && !file.path.ends_with("_test.go");
    // Pytest takes what tests share from this file, and no tests.
    let is_helper = is_helper || file.path.rsplit('/').next() == Some("conftest.py");
    if is_helper || language == Language::Rust && !raw.contains("test") {
        return Tests::default();
    }
    let Some(text) = source.code(facts) else { return Tests::default() };
    if file.suite == Suite::Load {
        return one_if(is_load(&text.code), Span::new(0, text.code.len().min(1)));
    }
    // Macros are compiled, not run: `trybuild` tests a crate's errors.
    if text.code.contains("trybuild::") {
        return Tests::default();
    }
    let tests = if is_product { text.tests() } else { text.code.clone() };
    counted(language, &tests)
}

fn counted(language: Language, code: &str) -> Tests {
    // Some macros make a test of each file of a folder.
    static RUST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"#\[\s*(?:\w+::)*(?:(?:\w+_)?test(?:_\w+)?|rstest)\b[^\]]*\]|\b(?:test_each_file|test_each_path|test_each_blob)!\s*[{(\[]|\bdatatest_stable::harness!|\blibtest_mimic::run\(")
            .ok()
    });
    static SCRIPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?:it|test)(?<off>\.skip|\.todo|\.fixme)?(?:\.\w+)?\s*\(\s*[\x22'`]|\b(?<x>xit|xtest)\s*\(").ok()
    });
    static PYTHON: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?m)^\s*(?:async\s+)?def\s+test\w*\s*\(").ok());
    static GO: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?m)^func\s+Test\w*\s*\(").ok());
    static ANNOTATED: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"@(?:Test|ParameterizedTest)\b|\[(?:Fact|Theory|Test|TestMethod)[\](,]").ok());
    static RUBY: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?m)^\s*(?:(?<off>xit|skip)|it|test|scenario)\s+["']|^\s*def\s+test_"#).ok());
    static PHP: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?m)^\s*(?:public\s+)?function\s+test\w*\s*\(|^\s*#\[(?:\w+\\)*Test\b|^\s*(?:it|test)\(\s*["']"#)
            .ok()
    });
    let pattern = match language {
        Language::Rust => &RUST,
        Language::Php => &PHP,
        Language::JavaScript => &SCRIPT,
        Language::Python => &PYTHON,
        Language::Go => &GO,
        Language::Ruby | Language::Elixir => &RUBY,
        _ => &ANNOTATED,
    };
    let mut tests = Tests::default();
    for found in pattern.iter().flat_map(|pattern| pattern.captures_iter(code)) {
        let Some(whole) = found.get(0) else { continue };
        if language == Language::Python && is_fixture(&code[..whole.start()]) {
            continue;
        }
        let off = found.iter().skip(1).flatten().next().is_some();
        let lead = whole.as_str().len() - whole.as_str().trim_start().len();
        let span = Span::new(whole.start() + lead, whole.end());
        if off || is_off(language, code, whole.start(), whole.end()) {
            tests.ignored += 1;
            tests.first.get_or_insert(span);
        } else {
            tests.running += 1;
            if tests.running == 1 {
                tests.first = Some(span);
            }
        }
    }
    tests
}

/// Whether the decorators that a text of Python ends in make what follows a fixture, whatever it is called.
fn is_fixture(before: &str) -> bool {
    let above = before.lines().rev().map(str::trim).skip_while(|line| line.is_empty());
    let mut decorators = above.take_while(|line| !line.is_empty() && !line.ends_with(':'));
    decorators.any(|line| line.starts_with('@') && line.contains("fixture"))
}

/// Whether an attribute or decorator beside a test switches it off.
fn is_off(language: Language, code: &str, start: usize, end: usize) -> bool {
    match language {
        Language::Rust => {
            let after = code[end..].split("fn ").next().unwrap_or("");
            let before = code[..start].rsplit(['}', ';']).next().unwrap_or("");
            after.contains("#[ignore") || before.contains("#[ignore")
        }
        Language::Python => {
            code[..start].lines().next_back().is_some_and(|line| line.contains("mark.skip") && !line.contains("skipif"))
        }
        Language::Java | Language::Kotlin => {
            let after = code[end..].split(['(', '{']).next().unwrap_or("");
            after.contains("@Disabled") || after.contains("@Ignore")
        }
        Language::CSharp => is_off_in_dotnet(code, start, end),
        Language::Go => {
            let body = code[end..].split("\nfunc ").next().unwrap_or("");
            body.lines().nth(1).is_some_and(|line| line.trim_start().starts_with("t.Skip("))
        }
        _ => false,
    }
}

/// Whether a test of .NET is switched off: by its own attribute, `[Fact(Skip = "…")]`, unless a condition decides that, or by
/// one beside it, `[Ignore("…")]`.
fn is_off_in_dotnet(code: &str, start: usize, end: usize) -> bool {
    let own = code[end..].split(']').next().filter(|_| !code[..end].ends_with(']')).unwrap_or("");
    let has = |name: &str| own.split(',').any(|part| part.split(['=', '(', ')']).next().unwrap_or("").trim() == name);
    let around = [
        code[..start].rsplit(['}', ';', '{']).next().unwrap_or(""),
        code[end..].split(['{', ';']).next().unwrap_or(""),
    ];
    let is_beside = |name: &str| around.iter().any(|text| text.contains(name));
    has("Skip") && !has("SkipUnless") && !has("SkipWhen")
        || has("Ignore")
        || is_beside("[Ignore]")
        || is_beside("[Ignore(")
}

/// Whether a script makes load: it says for how many users, or at which rate.
fn is_load(code: &str) -> bool {
    const MARKS: &[&str] =
        &["HttpUser", "k6/http", "vus", "GooseAttack", "rampUsers", "constantUsersPerSec", "FastHttpUser"];
    MARKS.iter().any(|mark| code.contains(mark))
}

fn script(facts: &Facts<'_>, file: &File) -> Tests {
    let Some(source) = facts.tree.text(&file.path) else { return Tests::default() };
    let text = source.text();
    let wanted = match file.path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "feature" => text.lines().any(|line| line.trim_start().starts_with("Scenario")),
        "goml" => text.lines().any(|line| line.starts_with("assert") || line.starts_with("wait-for")),
        "hurl" => text.lines().any(|line| line.starts_with("HTTP")),
        _ => !text.trim().is_empty(),
    };
    one_if(wanted, Span::new(0, text.lines().next().map_or(0, str::len)))
}

fn one_if(holds: bool, span: Span) -> Tests {
    if holds { Tests { running: 1, ignored: 0, first: Some(span) } } else { Tests::default() }
}
