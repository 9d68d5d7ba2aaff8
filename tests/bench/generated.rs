//! Texts and trees to measure with.

use std::fmt::Write as _;

/// A kind of text: its name, and how it is written to some size.
type Text = (&'static str, fn(usize) -> String);

/// TuskLang of many kinds, each of about the size that is asked for.
pub(crate) const TEXTS: &[Text] = &[
    // What people have: the built-in checklist and the rules, over and over.
    ("checklist", |size| repeated(size, |text, _| text.write_str(include_str!("../../checklists/production.tsk")))),
    ("rules", |size| repeated(size, |text, _| text.write_str(include_str!("../../src/rules/environment.tsk")))),
    // What costs most: as much structure in as few bytes as can be.
    ("pairs", |size| repeated(size, |text, n| writeln!(text, "setting_{n}: \"value {n}\""))),
    ("sections", |size| repeated(size, |text, n| writeln!(text, "[service.s{n}]\nport: {n}\nenabled: true\n"))),
    ("blocks", |size| {
        repeated(size, |text, n| {
            writeln!(text, "a{n} {{\n  b {{\n    c {{ d: {n}, e: [1, 2, {{ f: true }}] }}\n  }}\n}}")
        })
    }),
    ("indented", |size| {
        repeated(size, |text, n| {
            writeln!(text, "a{n}:\n  b:\n    c:\n      d: {n}\n      e:\n        - one\n        - two")
        })
    }),
    ("list", |size| {
        let items = repeated(size, |text, n| writeln!(text, "  \"entry {n}\","));
        format!("all: [\n{items}]\n")
    }),
    ("string", |size| format!("text: \"{}\"\n", "word ".repeat(size / 5))),
    ("heredoc", |size| format!("text: \"\"\"\n{}\"\"\"\n", "a line of some text\n".repeat(size / 20))),
    ("comments", |size| {
        repeated(size, |text, n| writeln!(text, "# what the setting {n} is for, and who may change it"))
    }),
    ("calls", |size| {
        repeated(size, |text, n| writeln!(text, "check_{n}: @config(\"database.{n}\", {{unit: \"s\"}}) >= 3"))
    }),
    ("broken", |size| repeated(size, |text, n| writeln!(text, "key_{n} = [1, 2\n}} ] \"open"))),
];

fn repeated(size: usize, line: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = String::with_capacity(size + 200);
    let mut n = 0;
    while text.len() < size && line(&mut text, n).is_ok() {
        n += 1;
    }
    text
}

/// The moment of every run.
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// A project of so many services: each with code, settings, a manifest of the cluster, a workflow and a document.
pub(crate) fn tree(services: usize) -> Vec<(String, String)> {
    let mut files = vec![
        ("Cargo.toml".to_owned(), "[workspace]\nmembers = [\"services/*\"]\n".to_owned()),
        ("README.md".to_owned(), "# Shop\n\nServices of a shop.\n".to_owned()),
    ];
    for n in 0..services {
        let folder = format!("services/s{n}");
        files.push((format!("{folder}/Cargo.toml"), manifest(n)));
        files.push((format!("{folder}/src/main.rs"), code(n)));
        files.push((
            format!("{folder}/config/production.yaml"),
            format!("database:\n  host: db{n}\n  ssl_mode: require\n  max_connections: 20\n"),
        ));
        files.push((format!("deploy/s{n}.yaml"), workload(n)));
        files.push((format!(".github/workflows/s{n}.yml"), workflow(n)));
        files.push((format!("docs/runbook-{n}.md"), document(n)));
    }
    files
}

fn manifest(n: usize) -> String {
    format!(
        "[package]\nname = \"s{n}\"\nversion = \"0.1.0\"\n\n[dependencies]\naxum = \"0.8\"\nsqlx = \"0.8\"\ntracing = \"0.1\"\n"
    )
}

fn code(n: usize) -> String {
    let mut text = String::from("use axum::{Router, routing::get};\n\n#[tokio::main]\nasync fn main() {\n");
    let _ = writeln!(
        text,
        "    let pool = PgPoolOptions::new().max_connections({n}).connect(&env(\"DATABASE_URL\")).await;"
    );
    text.push_str("    axum::serve(listener, Router::new().route(\"/healthz\", get(health))).await;\n}\n\n");
    for function in 0..40 {
        let _ = writeln!(
            text,
            "/// Step {function} of the order.\nfn step_{function}(order: &Order) -> Result<Total, Error> {{\n    let total = order.lines.iter().map(|line| line.price * line.amount).sum();\n    Ok(Total {{ total, tax: total * {n} / 100 }})\n}}\n"
        );
    }
    text
}

fn workload(n: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: s{n}\nspec:\n  replicas: 3\n  selector:\n    matchLabels: {{app: s{n}}}\n  template:\n    metadata:\n      labels: {{app: s{n}}}\n    spec:\n      containers:\n        - name: s{n}\n          image: registry.internal/s{n}:1.{n}\n          resources:\n            limits: {{cpu: 500m, memory: 256Mi}}\n          readinessProbe:\n            httpGet: {{path: /healthz, port: 8080}}\n"
    )
}

fn workflow(n: usize) -> String {
    format!(
        "name: s{n}\non:\n  pull_request:\n  push:\n    branches: [main]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo clippy -p s{n} -- -D warnings\n      - run: cargo test -p s{n}\n"
    )
}

fn document(n: usize) -> String {
    format!(
        "# Runbook of s{n}\n\nWhat to do when the service s{n} does not answer any more.\n\n## Roll back\n\n1. Find the last release that worked.\n2. Run `kubectl rollout undo deployment/s{n}`.\n3. Check that `/healthz` answers with 200.\n\n```sh\nkubectl rollout undo deployment/s{n}\nkubectl rollout status deployment/s{n}\n```\n"
    )
}
