//! Tests of `@file`, `@text` and `@source`.

use tusk_check::evidence::{Answer, Observed};
use tusk_check::facts::Facts;
use tusk_check::probe::{self, Question, Word};
use tusk_check::quantity::Quantity;
use tusk_check::source::Span;
use tusk_check::tree::Tree;
use tusk_check::value::{Field, Kind, Value};

/// Asks a probe of a tree: positional words, and options as text.
pub(crate) fn ask(files: &[(&str, &str)], name: &str, words: &[&str], options: &[(&str, &str)]) -> Answer {
    let tree = Tree::in_memory(files.iter().copied());
    let facts = Facts::new(&tree, "2026-01-01T00:00:00Z".parse().unwrap());
    let args = words.iter().map(|&text| vec![Word { text: text.into(), ..Word::default() }]).collect();
    let field = |text: &str| {
        let kind = match (text, text.parse()) {
            ("true", _) => Kind::Bool(true),
            (_, Ok(number)) => Kind::Int(number),
            _ => Kind::Str(text.to_owned()),
        };
        Field { key: Span::default(), value: Value::new(kind, Span::default()) }
    };
    let options = options.iter().map(|&(key, value)| (key.to_owned(), field(value))).collect();
    (probe::find(name).unwrap().look)(&facts, &Question { args, options })
}

/// Where things were seen: `path:line`, from the text of the tree.
pub(crate) fn places(files: &[(&str, &str)], sightings: &[tusk_check::evidence::Sighting]) -> Vec<String> {
    let tree = Tree::in_memory(files.iter().copied());
    let line = |sighting: &tusk_check::evidence::Sighting| match (sighting.place.span, tree.text(&sighting.place.path))
    {
        (Some(span), Some(source)) => format!("{}:{}", sighting.place.path, source.line_col(span.start).line),
        _ => sighting.place.path.to_string(),
    };
    sightings.iter().map(line).collect()
}

#[test]
fn a_picture_says_nothing_and_holds_nothing() {
    let files = [("chart/templates/icon.png", "\0"), ("chart/templates/service.yaml", "kind: Service")];
    assert!(ask(&files, "text", &["**/templates/**", "host"], &[]).blind.is_empty());
    let files = [("chart/templates/service.yaml", "\0")];
    assert_eq!(ask(&files, "text", &["**/templates/**", "host"], &[]).blind.len(), 1);
}

#[test]
fn files_count_unless_empty_foreign_or_shown() {
    let files = [
        ("api/openapi.yaml", "openapi: 3.1.0"),
        ("docs/openapi.yaml", "openapi: 3.1.0"),
        ("empty/openapi.yaml", " \n"),
        ("examples/openapi.yaml", "openapi: 3.1.0"),
        ("tests/fixtures/openapi.yaml", "openapi: 3.1.0"),
        ("node_modules/x/openapi.yaml", "openapi: 3.1.0"),
        ("tests/api.rs", "x"),
    ];
    let answer = ask(&files, "file", &["**/openapi.y*ml"], &[]);
    assert_eq!(places(&files, &answer.seen), ["api/openapi.yaml", "docs/openapi.yaml"]);
    assert_eq!(answer.notes.len(), 4);
    assert_eq!(ask(&files, "file", &["tests/*.rs"], &[]).seen.len(), 1);
    assert_eq!(ask(&files, "file", &["*.yaml"], &[]), Answer::default(), "a star stops at a slash");
}

#[test]
fn text_is_read_without_comments() {
    let files = [
        ("a.toml", "# fail-under = 95\nfail-under = 80 # was 70\nname = \"#1 fail-under = 5\"\n"),
        ("b.sql", "-- create index gone\ncreate index kept on t (a); /* create index gone */"),
        ("c.yaml", "note: don't\n# replicas: 1\nreplicas: 3\n"),
        ("m.md", "<!-- RTO: 1 h -->\nRTO: 4 h\n"),
    ];
    let toml = ask(&files, "text", &["*.toml", r"^fail-under\s*=\s*(?<value>\d+)"], &[("unit", "%")]);
    assert_eq!(places(&files, &toml.seen), ["a.toml:2"]);
    assert_eq!(toml.seen[0].value, Some(Observed::Quantity(Quantity::ratio(0.8))));
    assert_eq!(places(&files, &ask(&files, "text", &["*.sql", "create index"], &[]).seen), ["b.sql:2"]);
    assert_eq!(places(&files, &ask(&files, "text", &["*.yaml", "replicas"], &[]).seen), ["c.yaml:3"]);
    assert_eq!(places(&files, &ask(&files, "text", &["*.md", "RTO"], &[]).seen), ["m.md:2"]);
}

#[test]
fn a_file_that_cannot_be_read_is_said() {
    let tree = Tree::in_memory([("a.toml", vec![0_u8, 159, 146])]);
    let facts = Facts::new(&tree, "2026-01-01T00:00:00Z".parse().unwrap());
    let word = |text: &str| vec![Word { text: text.into(), ..Word::default() }];
    let question = Question { args: vec![word("*.toml"), word("x")], ..Question::default() };
    let answer = (probe::find("text").unwrap().look)(&facts, &question);
    assert_eq!(answer.blind.len(), 1);
}

#[test]
fn source_values_are_typed_and_constants_folded() {
    let code = "const WAIT: Duration = Duration::from_secs(10 * 60);\nconst SIZE: u32 = 1_000;\n\
                fn a() { b.timeout(WAIT).limit(50 * 1024).size(Self::SIZE).go(30 * time.Second).env(env::var(\"X\")).flag(true).mode(\"verify-full\") }";
    let files = [("src/a.rs", code)];
    let value = |method: &str| {
        let pattern = format!(r"\.{method}\((?<value>[^()]*(?:\([^()]*\))?)\)");
        ask(&files, "source", &[&pattern], &[]).seen[0].value.clone().unwrap()
    };
    assert_eq!(value("timeout"), Observed::Quantity(Quantity::seconds(600.0)));
    assert_eq!(value("limit"), Observed::Quantity(Quantity::count(51200.0)));
    assert_eq!(value("size"), Observed::Quantity(Quantity::count(1000.0)));
    assert_eq!(value("go"), Observed::Quantity(Quantity::seconds(30.0)));
    assert_eq!(value("env"), Observed::Opaque("env::var(\"X\")".to_owned()));
    assert_eq!(value("flag"), Observed::Flag(true));
    assert_eq!(value("mode"), Observed::Word("verify-full".to_owned()));
}

#[test]
fn near_asks_for_both() {
    let files = [("a.go", "retry(3)\n// backoff\n\n\nretry(4)\nbackoff()\n")];
    let near = ask(&files, "source", &[r"retry\("], &[("near", "backoff"), ("lines", "2")]);
    assert_eq!(places(&files, &near.seen), ["a.go:5"]);
}

#[test]
fn durations_are_read_as_each_language_writes_them() {
    let value = |path: &str, code: &str| {
        let answer = ask(&[(path, code)], "source", &[r"until\((?<value>[^\n]+)\)$"], &[("unit", "s")]);
        answer.seen[0].value.clone().unwrap()
    };
    let hours = |hours: f64| Observed::Quantity(Quantity::seconds(hours * 3600.0));
    assert_eq!(value("a.rs", "until(chrono::Duration::hours(2))"), hours(2.0));
    assert_eq!(value("a.rs", "until(TimeDelta::try_days(1))"), hours(24.0));
    assert_eq!(value("a.py", "until(timedelta(minutes=90))"), hours(1.5));
    assert_eq!(value("a.py", "LIFE = 60 * 2\nuntil(timedelta(minutes=LIFE))"), hours(2.0));
    assert_eq!(value("a.cs", "until(AddMinutes(30))"), hours(0.5));
    assert_eq!(value("a.java", "until(plusHours(3))"), hours(3.0));
    assert_eq!(value("a.rb", "until(24.hours)"), hours(24.0));
    assert_eq!(value("a.go", "package a\n\nconst (\n\tLife = 15 * time.Minute\n)\n\nuntil(Life)"), hours(0.25));
    // A name that is set anew elsewhere is no constant.
    let set = value("a.go", "package a\n\nfunc f() {\n\tlife = 15 * time.Minute\n}\nuntil(life)");
    assert_eq!(set, Observed::Word("life".to_owned()));
}

#[test]
fn unless_drops_what_is_about_something_else() {
    let code = "fn refresh_token() {\n    expires(7)\n}\n\n\n\n\n\n\n\nfn token() {\n    expires(1)\n}\n";
    let files = [("a.rs", code), ("web/menu.tsx", "expires(2)"), ("run.sh", "expires(3)")];
    let found = ask(&files, "source", &[r"expires\("], &[("unless", "refresh"), ("server", "true")]);
    assert_eq!(places(&files, &found.seen), ["a.rs:12"]);
    let default = ask(&files[..1], "source", &[r"expires\((?<value>\d)\)"], &[("default", "the program")]);
    assert!(default.seen.iter().all(|sighting| sighting.default_of.as_deref() == Some("the program")));
}

#[test]
fn a_match_begins_at_its_first_word() {
    let files = [
        ("otel.yaml", "processors:\n\n\n  redaction:\n    allow: true\n"),
        ("src/a.rs", "fn a() {\n\n\n    run();\n}\n"),
    ];
    let text = ask(&files, "text", &["**/*.yaml", r"(?m)^\s+redaction:\s*$"], &[]);
    assert_eq!((text.seen[0].message.as_str(), places(&files, &text.seen)[0].as_str()), ("redaction:", "otel.yaml:4"));
    let source = ask(&files, "source", &[r"(?m)^\s+run\(\)"], &[("says", "it runs")]);
    assert_eq!(source.seen[0].message, "it runs: `run();`");
    assert_eq!(places(&files, &source.seen), ["src/a.rs:4"]);
}

#[test]
fn inside_asks_for_what_encloses() {
    let files = [(
        "src/a.rs",
        "impl User {\n    fn a(&self) {\n        check()\n    }\n}\nimpl Forge {\n    fn b(&self) {\n        check()\n    }\n}\n",
    )];
    let answer = ask(&files, "source", &[r"\bcheck\(\)"], &[("inside", r"\bimpl User\b")]);
    assert_eq!(places(&files, &answer.seen), ["src/a.rs:3"]);
    // What stands around may take several lines to say so.
    let files = [
        (
            "src/a.ts",
            "export function start(\n  app: App,\n): Promise<void> {\n  check();\n}\nfunction other(\n  app: App,\n): void {\n  check();\n}\n",
        ),
        ("src/b.cs", "class Start\n{\n    public void start()\n    {\n        check();\n    }\n}\n"),
    ];
    let answer = ask(&files, "source", &[r"\bcheck\(\)"], &[("inside", r"\bstart\(")]);
    assert_eq!(places(&files, &answer.seen), ["src/a.ts:4", "src/b.cs:5"]);
}

#[test]
fn what_a_release_is_built_with_comes_first() {
    let workflow = "on: {push: {branches: [main]}}\njobs:\n  lint:\n    runs-on: x\n    steps:\n      - run: docker build -f tools/gen-proto.Dockerfile .\n  check:\n    runs-on: x\n    steps:\n      - run: docker build .\n  ship:\n    runs-on: x\n    steps:\n      - run: docker build -t ghcr.io/acme/shop:1 .\n      - run: docker push ghcr.io/acme/shop:1\n";
    let files = [(".github/workflows/ci.yml", workflow), ("Dockerfile", "FROM scratch\n")];
    let shipped = ask(&files, "ci.runs", &["docker build"], &[("gate", "true"), ("shipped", "true")]);
    let lines = [14, 10, 6].map(|line| format!(".github/workflows/ci.yml:{line}"));
    assert_eq!(places(&files, &shipped.seen), lines);
    let as_written = ask(&files, "ci.runs", &["docker build"], &[("gate", "true")]);
    assert_eq!(places(&files, &as_written.seen), [6, 10, 14].map(|line| format!(".github/workflows/ci.yml:{line}")));
}
