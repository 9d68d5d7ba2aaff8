//! What stands around a literal: a test, a sample, a command that only builds or tries something out.

use super::context::is_test_word;
use super::detectors::Detector;
use super::names;
use crate::facts::production::{is_in_class_aside, is_mode};
use crate::pattern::pattern;
use crate::source::{enclosing, floor};

/// Whether a value stands in a function or a module whose name says that it is for tests or only shown: `fn test()`,
/// `def make_key_for_tests()`, `fn samples()`, `mod test_utils`.
pub(super) fn is_in_a_test_function(path: &str, text: &str, offset: usize) -> bool {
    const INTRODUCTIONS: &[&str] = &["fn", "func", "def", "function", "fun", "mod"];
    let is_code = [".rs", ".go", ".py", ".js", ".ts", ".kt", ".rb", ".php"].iter().any(|end| path.ends_with(end));
    let Some(before) = text.get(..offset).filter(|_| is_code) else { return false };
    enclosing(before).any(|line| {
        let mut words = line.split_whitespace().skip_while(|word| !INTRODUCTIONS.contains(word)).skip(1);
        let name = words.next().unwrap_or_default();
        // `func (Test) E2E()`: a receiver of Go comes first.
        let name = name.trim_start_matches('(').split(['(', ')', '<', ':']).next().unwrap_or_default();
        let said = names::words(name);
        let is_test = |word: Option<&String>| word.is_some_and(|word| matches!(word.as_str(), "test" | "tests"));
        let is_shown = |word: Option<&String>| {
            word.is_some_and(|word| matches!(word.as_str(), "sample" | "samples" | "example" | "examples"))
        };
        is_test(said.first())
            || (is_test(said.last()) && said.iter().any(|word| word == "for"))
            || is_shown(said.first())
            || is_shown(said.last())
    })
}

/// Whether a value stands in a list that code calls its test cases: `testCases = [`, `const TEST_CASES: &[Case] = &[`.
pub(super) fn is_in_test_cases(text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset) else { return false };
    enclosing(before).any(|line| {
        let opens = line.trim_end().ends_with(['[', '{', '(']);
        let Some((named, _)) = line.split_once('=').filter(|_| opens) else { return false };
        let mut parts = named.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        parts.any(|part| match names::words(part).as_slice() {
            [.., word, last] if word == "test" => matches!(last.as_str(), "case" | "cases"),
            [.., last] => matches!(last.as_str(), "testcase" | "testcases"),
            [] => false,
        })
    })
}

/// An item of Rust from its own word on, without who may see it.
pub(super) fn item(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix("pub").map_or(text, |rest| rest.trim_start_matches("(crate)").trim_start())
}

/// Whether a value stands in a constant that is only compiled for tests, however long it is.
pub(super) fn is_a_constant_of_tests(path: &str, text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset).filter(|_| path.rsplit_once('.').is_some_and(|(_, end)| end == "rs")) else {
        return false;
    };
    let Some((_, item)) = before.rsplit_once("#[cfg(test)]") else { return false };
    let head = self::item(item);
    (head.starts_with("const ") || head.starts_with("static "))
        && item.lines().all(|line| !line.trim_end().ends_with(';'))
}

/// Whether a value is given to a constant whose name says that it is for tests: `const TEST_FAKE_KEY: &str = "…`. A block
/// of PEM begins above its value.
pub(super) fn is_named_for_tests(text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset) else { return false };
    let head = &before[floor(before, before.len().saturating_sub(60))..];
    let before = head.rfind("-----BEGIN").map_or(before, |at| &before[..before.len() - head.len() + at]);
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let named = line.split('=').next().filter(|_| line.contains('='));
    named.is_some_and(|named| {
        named.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(names::is_of_tests)
    })
}

// `# a push-only token that is safe to be exposed`; `not safe to share` says the contrary.
pattern!(
    SAID_PUBLIC,
    r"(?i)\b(?:push|write|upload|send)-only (?:\w+ )?(?:token|key|credential)|(?:\b(?:is|are|it's|made|meant)|[(,;:]|#|//)\s*(?:\w+ly )?(?:safe|fine|ok|okay) to (?:be )?(?:expos|publish|commit|shar|leak|(?:made? )?public)|\b(?:is|are) not (?:actually |really )?(?:a )?secret\b|\b(?:public|published|exposed) (?:by design|on purpose|intentionally)|\bintentionally (?:public|published|exposed)\b"
);
// A name with the word in it; what frameworks put before every variable that a browser gets says nothing of the value.
pattern!(NAMED_PUBLIC, r"\b(?<first>[A-Z][A-Z0-9]*)(?:_[A-Z0-9]+)*?_PUBLIC_(?:[A-Z0-9]+_)*(?:TOKEN|KEY|PAT)\b");

/// Whether a value is there for everybody: a remark on its line or right above says so, or the name that it is given to.
pub(super) fn is_said_to_be_public(text: &str, offset: usize) -> bool {
    const FRAMEWORKS: &[&str] = &["NEXT", "NUXT", "EXPO", "VITE", "REACT", "GATSBY", "PLASMO"];
    let (Some(before), Some(after)) = (text.get(..offset), text.get(offset..)) else { return false };
    let own = before.rsplit('\n').next().unwrap_or_default();
    let behind = after.split('\n').next().unwrap_or_default();
    let is_remark = |line: &&str| line.trim_start().starts_with(['#', '/']) && !line.trim_start().starts_with("#[");
    let mut above = before.rsplit('\n').skip(1).take(3).take_while(is_remark);
    let remark = ["#", "//"].iter().find_map(|mark| Some(&behind[behind.find(mark)?..]));
    let is_named = NAMED_PUBLIC.captures(own).is_some_and(|found| !FRAMEWORKS.contains(&&found["first"]));
    is_named
        || remark.is_some_and(|remark| SAID_PUBLIC.is_match(remark))
        || above.any(|line| SAID_PUBLIC.is_match(line))
}

/// A key of the program's own in a class of settings for something else than production: `class Development(Config):`.
pub(super) fn class_aside(path: &str, text: &str, offset: usize, name: &str) -> Option<&'static str> {
    (names::is_of_the_program(name) && is_in_class_aside(path, text, offset))
        .then_some("in a class of settings that production does not use")
}

/// Whether a value is given to a container that is removed as soon as it stops: `docker run --rm -e PASSWORD=x postgres`.
pub(super) fn is_for_a_throwaway(text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset) else { return false };
    let command = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    command
        .find("docker run ")
        .or_else(|| command.find("podman run "))
        .is_some_and(|at| command[at..].split_whitespace().any(|word| word == "--rm"))
}

/// Whether a value stands in a script of a package that tests it, by the script's name or the program that it runs.
pub(super) fn is_in_a_test_script(path: &str, text: &str, offset: usize) -> bool {
    const ALSO: &[&str] = &["e2e", "jest", "vitest", "mocha", "newman"];
    let is_package = path == "package.json" || path.ends_with("/package.json");
    let Some(before) = text.get(..offset).filter(|_| is_package) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default().trim_start();
    let Some((name, script)) = line.strip_prefix('"').and_then(|rest| rest.split_once('"')) else { return false };
    let program = script.trim_start_matches([':', ' ', '"']).split_whitespace().next().unwrap_or_default();
    let is_of_tests = |word: &str| is_test_word(word) || ALSO.contains(&word);
    // `"testpostgres": "env SHOP_DB=… npm run test"`.
    let is_glued = || name.starts_with("test") && script.split([' ', '"']).any(is_of_tests);
    name.split([':', '-', '_', '.']).chain(std::iter::once(program)).any(is_of_tests) || is_glued()
}

/// Whether a value stands under `example:`, `examples:` or samples of code in a description of an API.
pub(super) fn is_shown_in_a_schema(path: &str, text: &str, offset: usize) -> bool {
    let is_data = [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end));
    let Some(before) = text.get(..offset).filter(|_| is_data) else { return false };
    let says = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    if !["openapi", "swagger", "asyncapi", "$schema"].iter().any(|mark| says(mark)) {
        return false;
    }
    let is_example = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ").trim_start_matches('"');
        let key = line.split(['"', ':']).next().unwrap_or("");
        ["example", "examples", "x-codeSamples", "x-code-samples"].contains(&key)
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let own = text[start..].lines().next().unwrap_or("");
    let mut level = indent(own);
    let mut levels = 0;
    if is_example(own) {
        return true;
    }
    for line in text[..start].lines().rev().take(200).filter(|line| !line.trim().is_empty()) {
        // A list may stand as deep as the key that it belongs to.
        let encloses = indent(line) < level
            || indent(line) == level
                && own.trim_start().starts_with("- ")
                && levels == 0
                && !line.trim_start().starts_with("- ");
        if encloses {
            if is_example(line) {
                return true;
            }
            level = indent(line);
            levels += 1;
        }
        if levels > 6 || level == 0 {
            return false;
        }
    }
    false
}

/// Whether a value stands in a fenced sample of code that is written into a text of the program: the description of an API.
pub(super) fn is_in_a_fenced_sample(text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset) else { return false };
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    line.contains("\\n") && line.matches("```").count() % 2 == 1
}

/// Whether a value stands beside the key `example`, on its line or on the one before.
pub(super) fn is_an_example(text: &str, offset: usize) -> bool {
    let Some(all) = text.get(..offset) else { return false };
    let before = all.trim_end_matches(|letter: char| letter != '\n' && !matches!(letter, ':' | '=' | '>'));
    let key = before.trim_end().trim_end_matches(['>', '=', ':']).trim_end().trim_end_matches(['"', '\'']);
    let word = key.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default();
    matches!(word, "example" | "examples" | "sample") || is_given_with_example(all) || is_in_an_example(all)
}

/// Whether a value stands in a longer text on its line that is given as an example: `examples = "Endpoint=a;AccountKey=b"`.
fn is_in_an_example(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let Some((given, _)) = line.rsplit_once(['"', '\'']) else { return false };
    let key = given.trim_end().trim_end_matches('[').trim_end().trim_end_matches(['=', ':']).trim_end();
    let is_given = key.len() < given.trim_end().len();
    is_given && ["example", "examples"].iter().any(|word| key.ends_with(word))
}

/// Whether a value stands in a line of help that shows what is typed at a prompt: `$ shop login -token "…"`.
pub(super) fn is_typed_at_a_prompt(text: &str, offset: usize) -> bool {
    let line = text.get(..offset).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let quoted = line.trim_start().trim_start_matches(['`', '"', '\'']);
    quoted.len() < line.trim_start().len() && quoted.trim_start().starts_with("$ ")
}

/// Whether a file of Go is one of tests whatever it is called: it starts containers for them, or states what has to hold.
pub(super) fn is_of_tests_in_go(path: &str, text: &str) -> bool {
    const PACKAGES: &[&str] = &["github.com/ory/dockertest", "github.com/stretchr/testify/"];
    let imports = || text.split("\nfunc ").next().unwrap_or(text);
    let is_go = path.rsplit_once('.').is_some_and(|(_, end)| end == "go");
    is_go && PACKAGES.iter().any(|package| imports().contains(package))
}

/// Whether what stands before a value ends a call that gives `example` its value: `insert("example".to_string(), json!(`.
fn is_given_with_example(before: &str) -> bool {
    let before = before[floor(before, before.len().saturating_sub(120))..].trim_end_matches(['"', '\'']);
    let Some((given, between)) = before.rsplit_once(['"', '\'']) else { return false };
    let call = given.strip_suffix("example").and_then(|given| given.strip_suffix(['"', '\'']));
    call.is_some_and(|call| call.trim_end().ends_with('('))
        && between.contains(',')
        && !between.contains([';', '{', '}'])
}

/// Whether a value stands in a sample of JSON in a text of the program, such as the help of a command: between quotes that
/// are escaped, below a line that says so, `Example response:`.
pub(super) fn is_in_an_escaped_sample(text: &str, offset: usize) -> bool {
    const MOST_LINES: usize = 80;
    let Some(before) = text.get(..offset) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    if !before[start..].contains("\\\"") {
        return false;
    }
    for line in text[..start].lines().rev().take(MOST_LINES) {
        let plain = line.replace("\\\"", "");
        if plain.trim_end().ends_with(':') && plain.to_ascii_lowercase().contains("example ") {
            return true;
        }
        if plain.contains('"') {
            return false;
        }
    }
    false
}

// `Example: {"token": …`, `e.g. token=…`, but not `example.com: …`.
pattern!(
    SAID_TO_BE_SHOWN,
    r"(?i)\be\.g\.|\bfor (?:example|instance)[\s,:]|\b(?:examples?|samples?)(?: \w+){0,3}:[\s\x22{`]"
);

/// Whether a comment shows a value only: its line says before it that an example follows, or gives the address of the
/// reader's own machine beside it.
pub(super) fn is_shown_in_a_comment(text: &str, offset: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..offset), text.get(offset..)) else { return false };
    let own = before.rsplit('\n').next().unwrap_or_default();
    let behind = after.split('\n').next().unwrap_or_default();
    let is_here = |part: &str| ["//localhost", "//127.0.0.1", "//[::1]"].iter().any(|host| part.contains(host));
    SAID_TO_BE_SHOWN.is_match(own) || is_here(own) || is_here(behind)
}

/// Whether a value stands in a text of several lines that a script holds: a description with a sample in it.
pub(super) fn is_in_a_long_text(path: &str, text: &str, offset: usize) -> bool {
    let has_long_texts = [".py", ".ex", ".exs"].iter().any(|end| path.ends_with(end));
    has_long_texts && text.get(..offset).is_some_and(|before| before.matches("\"\"\"").count() % 2 == 1)
}

/// Whether a value stands in a sample that a page shows: `<pre>headers = {"Auth-Token": "…"}</pre>`.
pub(super) fn is_shown_on_a_page(path: &str, text: &str, offset: usize) -> bool {
    const REACH: usize = 4_000;
    let is_page = [
        ".html",
        ".htm",
        ".html.j2",
        ".jinja2",
        ".vue",
        ".svelte",
        ".erb",
        ".hbs",
        ".ejs",
        ".twig",
        ".blade.php",
        ".phtml",
        ".cshtml",
        ".heex",
        ".liquid",
        ".mustache",
        ".njk",
    ];
    let Some(before) = text.get(..offset).filter(|_| is_page.iter().any(|end| path.ends_with(end))) else {
        return false;
    };
    let before = &before[floor(before, before.len().saturating_sub(REACH))..];
    let is_open = |tag: &str| {
        let opened = [format!("<{tag}>"), format!("<{tag} ")].iter().filter_map(|mark| before.rfind(mark)).max();
        opened.is_some_and(|at| !before[at..].contains(&format!("</{tag}")))
    };
    is_open("pre") || is_open("code")
}

/// Whether a generator wrote a file with a key of its own in a comment, which shows how one is set.
pub(super) fn is_of_a_generator(path: &str) -> bool {
    path.ends_with("config/initializers/devise.rb")
}

/// Whether a value stands in a command that only runs while an image is built: `RUN SECRET_KEY=x manage.py …`.
pub(super) fn is_in_a_build_step(path: &str, text: &str, offset: usize) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_recipe =
        name.starts_with("dockerfile") || name.starts_with("containerfile") || name.ends_with(".dockerfile");
    let Some(before) = text.get(..offset).filter(|_| is_recipe) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let mut lines = before[..start].lines().rev();
    let own = before[start..].trim_start();
    let first = if lines.clone().next().is_some_and(|line| line.trim_end().ends_with('\\')) {
        let goes_on = |line: &&str| line.trim_end().ends_with('\\') || line.trim_start().starts_with('#');
        lines.by_ref().take_while(goes_on).last().unwrap_or_default().trim_start()
    } else {
        own
    };
    first.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("run "))
}

/// Whether a value of a CI file only serves a run of tests: the environment around it says so, or the name of the job or of
/// the file, or it is given to a service that goes with its job.
///
/// A job that also deploys is none.
pub(super) fn serves_a_test_run(path: &str, text: &str, offset: usize) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_gitlab = name.ends_with(".gitlab-ci.yml");
    let is_ci = path.starts_with(".github/workflows/") || path.starts_with(".circleci/") || is_gitlab;
    let Some(before) = text.get(..offset).filter(|_| is_ci) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let counts = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut below = text[start..].lines().filter(counts);
    let Some(own) = below.next() else { return false };
    let level = indent(own);
    let above = || text[..start].lines().rev().filter(counts);
    let is_sibling = |line: &&str| indent(line) >= level;
    if above()
        .take_while(is_sibling)
        .chain(below.take_while(is_sibling))
        .any(|line| indent(line) == level && is_test_mode(line))
    {
        return true;
    }
    let mut least = level;
    let mut enclosing: Vec<&str> = Vec::new();
    for line in above() {
        if indent(line) < least {
            least = indent(line);
            enclosing.push(line.trim());
        }
    }
    if enclosing == ["env:"] && path.starts_with(".github/workflows/") {
        return tests_alone(text, name);
    }
    let is_jobs = enclosing.last().is_some_and(|top| *top == "jobs:");
    // What is at the top of a file of GitLab is a job, but for what all jobs share.
    let job = if is_gitlab { enclosing.last() } else { enclosing.iter().rev().nth(1).filter(|_| is_jobs) };
    let Some(job) = job else { return false };
    if is_jobs && enclosing.contains(&"services:") {
        return true;
    }
    let stem = name.split('.').next().filter(|_| !is_gitlab).unwrap_or_default();
    let words: Vec<String> = names::words(job).into_iter().chain(names::words(stem)).collect();
    let is_staged = || is_gitlab && is_in_stage_of_tests(text, start);
    let is_checked = || words.iter().any(|word| is_of_linters(word)) && starts_for_requests_alone(text);
    (words.iter().any(|word| is_of_tests(word)) || is_staged() || is_checked())
        && !words.iter().any(|word| is_of_a_release(word))
}

/// A word of the names of what reads code and only tells of it.
fn is_of_linters(word: &str) -> bool {
    matches!(word, "lint" | "linter" | "linters" | "linting" | "rubocop" | "typecheck")
}

/// Whether a workflow of GitHub only starts for requests to merge, those of strangers too, which no secret is given.
fn starts_for_requests_alone(text: &str) -> bool {
    let is_event = |name: &str| ["pull_request", "merge_group"].contains(&name);
    let bare = |line: &str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    let mut lines = text.lines().map(bare).skip_while(|line| !line.starts_with("on:"));
    let Some(given) = lines.next().map(|line| line["on:".len()..].trim().to_owned()) else { return false };
    if !given.is_empty() {
        return given.trim_matches(['[', ']']).split(',').all(|name| is_event(name.trim().trim_matches(['"', '\''])));
    }
    let counts = |line: &String| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let lines: Vec<String> = lines.filter(counts).take_while(|line| line.starts_with([' ', '-'])).collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let level = lines.first().map_or(0, |line| indent(line));
    let mut events = lines.iter().filter(|line| indent(line) == level).peekable();
    events.peek().is_some()
        && events.all(|line| is_event(line.trim().trim_start_matches("- ").split(':').next().unwrap_or_default()))
}

/// A word of the names of what tests.
fn is_of_tests(word: &str) -> bool {
    is_test_word(word) || matches!(word, "integration" | "e2e")
}

/// A word of the names of what brings the product to others.
fn is_of_a_release(word: &str) -> bool {
    ["deploy", "release", "publish", "production", "prod"].contains(&word)
}

/// Whether a workflow only tests, by its file's name or those of all its jobs, and speaks of no deployment.
fn tests_alone(text: &str, name: &str) -> bool {
    pattern!(JOB, r"(?m)^(?P<indent>[ ]+)(?P<name>[\w-]+):[ \t]*(?:#[^\n]*)?$");
    let Some((_, jobs)) = text.split_once("\njobs:") else { return false };
    let keys =
        JOB.captures_iter(jobs).filter_map(|found| Some((found.name("indent")?.as_str().len(), found.name("name")?)));
    let keys: Vec<(usize, &str)> = keys.map(|(deep, name)| (deep, name.as_str())).collect();
    let own = keys.iter().filter(|(deep, _)| Some(*deep) == keys.first().map(|(first, _)| *first));
    let jobs: Vec<Vec<String>> = own.map(|(_, name)| names::words(name)).collect();
    let stem = names::words(name.split('.').next().unwrap_or(name));
    let is_named = stem.iter().any(|word| is_of_tests(word));
    let all_test = || !jobs.is_empty() && jobs.iter().all(|job| job.iter().any(|word| is_of_tests(word)));
    (is_named || all_test())
        && !stem.iter().chain(jobs.iter().flatten()).any(|word| is_of_a_release(word))
        && !["deploy", "publish"].iter().any(|word| text.to_ascii_lowercase().contains(word))
}

/// Whether a job of GitLab says that it belongs to the stage of tests.
fn is_in_stage_of_tests(text: &str, start: usize) -> bool {
    let is_top = |line: &&str| line.starts_with(|letter: char| !letter.is_whitespace() && letter != '#');
    let says = |line: &str| line.trim().strip_prefix("stage:").is_some_and(|stage| is_test_word(stage.trim()));
    let above = text[..start].lines().rev().take_while(|line| !is_top(line));
    let below = text[start..].lines().take_while(|line| !is_top(line));
    above.chain(below).any(says)
}

/// `NODE_ENV: test`.
fn is_test_mode(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else { return false };
    let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    is_mode(name.trim()) && ["test", "testing"].contains(&value)
}

/// Names of what goes to every browser, and what stands near it then: a container of Google's Tag Manager, the search of
/// a site of documents, an app of Firebase.
const SHOWN: &[(&str, &[&str])] = &[("auth", &["GTM-"]), ("apikey", &["indexName", "authDomain"])];

pub(super) fn goes_to_browsers(name: &str, text: &str, at: usize) -> bool {
    let around = &text[floor(text, at.saturating_sub(200))..floor(text, at.saturating_add(200))];
    let name = name.trim_matches(['"', '\'']).to_ascii_lowercase().replace('_', "");
    SHOWN.iter().any(|(shown, beside)| *shown == name && beside.iter().any(|word| around.contains(word)))
}

/// What a pattern of secrets finds is shown beside it: `"ghp_[a-zA-Z0-9]{36}"`, then a token.
pub(super) fn stands_by_its_pattern(detector: &Detector, text: &str, start: usize) -> bool {
    let before = &text[floor(text, start.saturating_sub(300))..start];
    let is_pattern = |anchor: &String| {
        let mut places = before.match_indices(anchor.as_str());
        places.any(|(at, _)| before[at + anchor.len()..].starts_with(['[', '(', '\\']))
    };
    detector.anchors.iter().any(is_pattern)
}
