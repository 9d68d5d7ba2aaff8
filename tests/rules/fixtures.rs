//! Runs every fixture: the verdict of each case, and the lines that must be among its evidence.

use super::fixture::{self, Case};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tusk_check::check::{self, Plan};
use tusk_check::checklist::{self, Checklist, Form};
use tusk_check::facts::Facts;
use tusk_check::falsify::Trial;
use tusk_check::report::{self, Fate, ItemReport};
use tusk_check::rules::{self, Binding, RuleSet};
use tusk_check::source::Source;
use tusk_check::tree::Tree;

/// The rules and the production checklist, which every case needs.
pub(crate) struct Book {
    rules: RuleSet,
    production: Checklist,
    bindings: Vec<Option<Binding>>,
}

impl Book {
    pub(crate) fn of(rules: RuleSet) -> Self {
        let production = checklist::production();
        let bindings = check::bind(&production, &rules).unwrap();
        Self { rules, production, bindings }
    }

    /// What is to be judged: the production checklist, or one with only this item and its own value.
    fn plan<'b>(&'b self, own: Option<&'b Checklist>) -> Plan<'b> {
        let checklist = own.unwrap_or(&self.production);
        let bindings = own.map_or_else(|| self.bindings.clone(), |own| check::bind(own, &self.rules).unwrap());
        let behind = Some((&self.production, self.bindings.clone()));
        Plan { checklist, bindings, behind, phase: checklist::Phase::PostRelease }
    }
}

/// Judges one item of a plan on a small tree, and puts it to the test if it is met.
fn judged(plan: &Plan<'_>, id: &str, files: &[(String, String)]) -> ItemReport {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let facts = Facts::new(&tree, now);
    let check = plan.on(&facts);
    let mut judged = check.run(|item| item.id == id || item.id.starts_with(&format!("{id}:")));
    let last = judged.pop().unwrap_or_else(|| panic!("no item `{id}`"));
    let trial = Trial { plan, tree: &tree, now, patterns: Arc::default(), advisories: None };
    let fate = trial.run(&[last]).remove(last.0.id.as_str());
    report::build::tried(&tree, report::build::item(&facts, last.0, last.1, last.2), fate.as_ref())
}

/// A checklist with only this item and its own value.
fn checklist_of(id: &str, value: &str) -> Checklist {
    let (section, key) = id.split_once('.').unwrap();
    let text = format!("[{section}]\n{key}: {value}\n");
    checklist::read(&Source::new("case.tsk", text), Form::Tusk, "case").unwrap().checklist
}

/// What is wrong with a case, if anything.
pub(crate) fn fault(book: &Book, id: &str, case: &Case) -> Option<String> {
    let own = case.expects.as_deref().map(|value| checklist_of(id, value));
    let report = judged(&book.plan(own.as_ref()), id, &case.files);
    let told: Vec<String> = report
        .evidence
        .iter()
        .map(|seen| format!("    {}:{} {} [{:?}]", seen.path, seen.line.unwrap_or(0), seen.message, seen.supports))
        .chain(report.unread.iter().map(|blind| format!("    not read: {:?} {}", blind.path, blind.why)))
        .collect();
    let told = told.join("\n");
    let verdict = report.verdict.word();
    if verdict != case.verdict {
        return Some(format!(
            "{id}: {}\n  want {}, got {verdict}: {}\n{told}",
            case.title, case.verdict, report.reason
        ));
    }
    let deciding: Vec<String> = report
        .evidence
        .iter()
        .filter(|seen| verdict == "unknown" || seen.supports != report::Bearing::Note)
        .filter_map(|seen| Some(format!("{}:{}", seen.path, seen.line?)))
        .collect();
    if let Some(vacuous) = report.falsified.filter(|falsified| falsified.fate == Fate::Vacuous) {
        let (path, line) = (vacuous.path.unwrap_or_default(), vacuous.line.unwrap_or(0));
        let why = vacuous.message.unwrap_or_default();
        return Some(format!("{id}: {}\n  met, and vacuous: {path}:{line} {why}\n{told}", case.title));
    }
    let missing: Vec<&String> = case.here.iter().filter(|here| !deciding.contains(here)).collect();
    (!missing.is_empty())
        .then(|| format!("{id}: {}\n  {verdict}, without {missing:?} among its evidence\n{told}", case.title))
}

#[test]
fn every_case_gets_its_verdict_and_its_evidence() {
    let (rules, faults) = rules::load(&rules::sources());
    assert!(faults.is_empty(), "the catalogue does not load: tests/rules/catalogue.rs says why");
    let book = Book::of(rules);
    let only = std::env::var("FIXTURE").ok();
    let paths = super::fixture_files();
    let (next, cases_run) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut wrong = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let text = std::fs::read_to_string(path).unwrap();
            let (id, cases) = fixture::parse(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            if only.as_ref().is_some_and(|only| !id.contains(only.as_str())) {
                continue;
            }
            cases_run.fetch_add(cases.len(), Ordering::Relaxed);
            wrong.extend(cases.iter().filter_map(|case| fault(&book, &id, case)));
        }
        wrong
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    wrong.sort();
    let cases_run = cases_run.into_inner();
    assert!(wrong.is_empty(), "{} of {cases_run} cases are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
