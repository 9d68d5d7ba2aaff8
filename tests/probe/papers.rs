//! `@openapi`, `@record`, `@doc.states`, `@doc.dangling`.

use jiff::Timestamp;
use tusk_check::evidence::{Answer, Observed};
use tusk_check::facts::Facts;
use tusk_check::probe::{self, Question, Word};
use tusk_check::source::Span;
use tusk_check::tree::Tree;
use tusk_check::value::{Field, Kind, Value};

fn ask(files: &[(&str, &str)], probe: &str, args: &[&str], options: &[(&str, &str)]) -> Answer {
    let tree = Tree::in_memory(files.iter().map(|&(path, text)| (path, text)));
    let now: Timestamp = "2026-06-30T12:00:00Z".parse().expect("a time");
    let word = |text: &&str| vec![Word { text: (*text).into(), ..Word::default() }];
    let field = |text: &str| Field { key: Span::default(), value: Value::new(Kind::Str(text.into()), Span::default()) };
    let question = Question {
        args: args.iter().map(word).collect(),
        options: options.iter().map(|(name, text)| ((*name).to_owned(), field(text))).collect(),
    };
    (probe::find(probe).expect("a probe").look)(&Facts::new(&tree, now), &question)
}

fn amounts(answer: &Answer) -> Vec<f64> {
    let values = answer.seen.iter().filter_map(|sighting| match &sighting.value {
        Some(Observed::Quantity(quantity)) => Some(quantity.amount),
        _ => None,
    });
    values.collect()
}

const SPEC: &str = "openapi: 3.1.0\ninfo:\n  title: Shop\n  version: '1'\npaths:\n  /orders:\n    get:\n      responses: {}\n    post:\n      responses: {}\n  /token/refresh:\n    post: {}\ncomponents:\n  securitySchemes:\n    user:\n      type: http\n      scheme: bearer\n      bearerFormat: JWT\n";

#[test]
fn operations_of_ones_own_api_are_counted() {
    let answer = ask(&[("api/openapi.yaml", SPEC)], "openapi", &[], &[]);
    assert_eq!(amounts(&answer), [3.0]);
    assert_eq!(answer.seen[0].message, "OpenAPI 3.1.0 \"Shop\" with 3 operations");
    assert_eq!(answer.seen[0].place.span.expect("a span").start, 0);
    assert_eq!(amounts(&ask(&[("a.yaml", SPEC)], "openapi", &["refresh$"], &[])), [1.0]);
    assert_eq!(amounts(&ask(&[("a.yaml", SPEC)], "openapi", &[], &[("security", "scheme: bearer.*JWT")])), [1.0]);
    assert_eq!(
        amounts(&ask(
            &[("s.json", r#"{"swagger":"2.0","paths":{"/a":{"get":{},"parameters":[]}}}"#)],
            "openapi",
            &[],
            &[]
        )),
        [1.0]
    );
    assert_eq!(
        amounts(&ask(
            &[("e.yml", "asyncapi: 2.6.0\nchannels:\n  a: {}\n  b: {}\n")],
            "openapi",
            &[],
            &[("kind", "asyncapi")]
        )),
        [2.0]
    );
}

#[test]
fn a_document_may_say_at_its_end_what_it_is() {
    let many = "# bread\n".repeat(10_000);
    let spec =
        format!("definitions: {{}}\n{many}info:\n  title: Shop\npaths:\n  /orders:\n    get: {{}}\nswagger: '2.0'\n");
    assert_eq!(amounts(&ask(&[("swagger.yaml", &spec)], "openapi", &[], &[])), [1.0]);
    let other = spec.replace("swagger: '2.0'", "x-swagger: '2.0'");
    assert!(ask(&[("swagger.yaml", &other)], "openapi", &[], &[]).seen.is_empty());
}

#[test]
fn leftovers_mocks_and_empty_documents_do_not_count() {
    let petstore = SPEC.replace("Shop", "Swagger Petstore");
    for (path, text, why) in [
        ("ui/mocks/api.yaml", SPEC, "by its place"),
        ("clients/billing/openapi.yaml", SPEC, "by its place"),
        ("openapi.yaml", petstore.as_str(), "somebody else's"),
        ("openapi.yaml", "openapi: 3.0.0\ninfo: {title: Shop}\npaths: {}\n", "no operation"),
    ] {
        let answer = ask(&[(path, text)], "openapi", &[], &[]);
        assert!(answer.seen.is_empty() && answer.notes[0].message.contains(why), "{path}: {answer:?}");
    }
    let generated = [
        ("openapi.json", r#"{"openapi":"3.0.0","paths":{"/a":{"get":{}}}}"#),
        ("build.rs", "progenitor::generate(\"openapi.json\")"),
    ];
    assert!(ask(&generated, "openapi", &[], &[]).seen.is_empty());
    assert_eq!(ask(&[("spec.yaml", "name: app\nservices: []\n")], "openapi", &[], &[]), Answer::default());
    assert_eq!(ask(&[("openapi.yaml", "openapi: 3.0.0\n  bad: [\n")], "openapi", &[], &[]).blind.len(), 1);
}

fn record(date: &str) -> String {
    format!(
        "# Restore drill\n\nDate: {date}\n\nWe restored the nightly backup of the orders database into an empty cluster and compared the number of rows of every table with the live one. ## Result\n\nIt took 3 h 10 min and passed. Action items: none, the next one is due in three months from now.\n"
    )
}

#[test]
fn records_are_dated_and_expire() {
    let fresh = record("2026-05-20");
    let files = [("docs/drills/restore.md", fresh.as_str())];
    let answer = ask(&files, "record", &["restore drill"], &[("cadence", "quarterly")]);
    assert_eq!(answer.seen[0].message, "\"Restore drill\" of 2026-05-20", "{answer:?}");
    assert_eq!(answer.seen[0].place.span.map(|span| span.start), Some(17));
    let age = ask(&files, "record", &["restore drill"], &[("age", "true")]);
    assert_eq!(amounts(&age), [41.5 * 86_400.0]);
    let old = record("3 January 2026");
    let answer = ask(&[("docs/drills/restore.md", &old)], "record", &["restore drill"], &[("cadence", "quarterly")]);
    assert!(answer.seen.is_empty() && answer.expired[0].message.ends_with("of 2026-01-03 has expired"), "{answer:?}");
    let future = record("2027-01-01");
    assert!(ask(&[("docs/drills/restore.md", &future)], "record", &["restore drill"], &[]).seen.is_empty());
    assert!(ask(&files, "record", &["postmortem"], &[]).seen.is_empty());
    let template = record("2026-05-20").replace("none", "TODO");
    assert!(ask(&[("docs/drills/restore.md", &template)], "record", &["restore drill"], &[]).seen.is_empty());
    let named = record("later").replace("Date: later", "");
    assert_eq!(ask(&[("docs/drills/2026-06-01-restore.md", &named)], "record", &["restore drill"], &[]).seen.len(), 1);
}

#[test]
fn quantities_are_stated_in_text_and_tables() {
    let states = |text: &str, names: &[&str]| amounts(&ask(&[("docs/dr.md", text)], "doc.states", names, &[]));
    assert_eq!(states("# DR\n\nRTO: 4 hours, RPO of 30 minutes.\n", &["RTO"]), [14_400.0]);
    assert_eq!(
        states("# DR\n\nThe recovery point objective is 1 h.\n", &["RPO", "recovery point objective"]),
        [3600.0]
    );
    assert_eq!(states("# DR\n\n| What | Bound |\n|--|--|\n| RTO | 4 h |\n", &["RTO"]), [14_400.0]);
    assert_eq!(states("# DR\n\n| Service | RTO | RPO |\n|--|--|--|\n| shop | 2 h | 5 min |\n", &["RPO"]), [300.0]);
    assert_eq!(states("# DR\n\nThe restore test is run quarterly.\n", &["restore test"]), [92.0 * 86_400.0]);
    assert_eq!(states("# Text\n\nitertools 4 hours, the rto 3 h, RTO: <value>\n", &["RTO"]), Vec::<f64>::new());
    let severities = "# Incidents\n\n| Severity | Response time |\n|--|--|\n| SEV1 | 15 min |\n| SEV2 | 4 hours |\n";
    assert_eq!(states(severities, &["response time"]), [900.0]);
    let answer =
        ask(&[("docs/i.md", "# I\n\nResponse time: 2 business days\n")], "doc.states", &["response time"], &[]);
    assert!(answer.seen.is_empty() && answer.notes.len() == 1);
    let elsewhere = "# Performance\n\nResponse time: 100 minutes\n\n# Incident response\n\nResponse time: 15 minutes\n";
    assert_eq!(
        amounts(&ask(&[("docs/x.md", elsewhere)], "doc.states", &["response time"], &[("topic", "incident")])),
        [900.0]
    );
}

#[test]
fn commands_that_the_tree_lacks_dangle() {
    let guide = "# Deploying\n\n1. build\n\n   ```sh\n   ./scripts/push.sh v1\n   kubectl apply -f k8s/prod.yaml\n   make ship\n   ./shop serve\n   ```\n";
    let all = [
        ("docs/deploy.md", guide),
        ("scripts/push.sh", ""),
        ("k8s/prod.yaml", ""),
        ("Makefile", "build ship: x\n\ttrue\n"),
    ];
    assert_eq!(ask(&all, "doc.dangling", &["deploy"], &[]), Answer::default());
    let answer = ask(&all[..1], "doc.dangling", &["deploy"], &[]);
    let said: Vec<_> = answer.seen.iter().map(|sighting| sighting.message.as_str()).collect();
    assert_eq!(said, ["names ./scripts/push.sh, which the tree lacks", "names k8s/prod.yaml, which the tree lacks"]);
    let other = [("docs/deploy.md", guide), ("scripts/push.sh", ""), ("k8s/prod.yaml", ""), ("Makefile", "build: x\n")];
    assert_eq!(ask(&other, "doc.dangling", &["deploy"], &[]).seen[0].message, "names make ship, which the tree lacks");
    let brought = guide.replace("./scripts/push.sh", "git clone https://x.dev/y && ./scripts/push.sh");
    assert_eq!(ask(&[("docs/deploy.md", &brought)], "doc.dangling", &["deploy"], &[]), Answer::default());
}
