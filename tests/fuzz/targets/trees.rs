//! Any bytes under any name are judged by the whole catalogue without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tusk_check::check::{self, Plan};
use tusk_check::checklist::{self, Checklist, Phase};
use tusk_check::facts::Facts;
use tusk_check::rules::{self, Binding};
use tusk_check::tree::Tree;

/// Names that decide how the bytes are read.
const NAMES: &[&str] = &[
    ".github/workflows/ci.yml",
    ".gitlab-ci.yml",
    ".tusk-check/attestations.tsk",
    "Cargo.toml",
    "Dockerfile",
    "Makefile",
    "README.md",
    "alertmanager.yml",
    "chart/Chart.yaml",
    "chart/templates/app.yaml",
    "compose.yaml",
    "config/production.toml",
    "deploy/app.yaml",
    "infra/main.tf",
    "lcov.info",
    "migrations/1_init.sql",
    "openapi.json",
    "package.json",
    "report.sarif",
    "src/main.rs",
];

static CHECKLIST: LazyLock<Checklist> = LazyLock::new(checklist::production);
static BINDINGS: LazyLock<Vec<Option<Binding>>> =
    LazyLock::new(|| check::bind(&CHECKLIST, rules::embedded()).expect("the embedded checklist binds"));

fuzz_target!(|files: Vec<(u8, Vec<u8>)>| {
    let named = files.into_iter().map(|(name, bytes)| (NAMES[usize::from(name) % NAMES.len()], bytes));
    let named: std::collections::BTreeMap<&str, Vec<u8>> = named.collect();
    let tree = Tree::in_memory(named);
    let plan = Plan { checklist: &CHECKLIST, bindings: BINDINGS.clone(), behind: None, phase: Phase::PostRelease };
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let check = plan.on(&facts);
    assert_eq!(check.run(|_| true).len(), CHECKLIST.items().count());
});
