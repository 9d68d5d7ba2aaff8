//! Benchmarks: the reader, the secret scan, the judge, and a whole run. `cargo bench`; never part of the tests.

mod generated;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tusk_check::ask::{Outcome, State};
use tusk_check::check::{Plan, bind};
use tusk_check::checklist::{self, Expectation, Phase};
use tusk_check::evidence::{Place, Sighting, Strength};
use tusk_check::facts::Facts;
use tusk_check::judge::{Asked, judge};
use tusk_check::rules;
use tusk_check::tree::Tree;
use tusk_check::tusk;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The reader on texts of 100 KB and 10 MB: the second takes a hundred times the first, or the reader is not linear.
fn reader(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reader");
    group.sample_size(10);
    for (kind, text) in generated::TEXTS {
        for size in [100_000, 10_000_000] {
            let text = text(size);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(BenchmarkId::new(*kind, size), |bencher| {
                bencher.iter(|| tusk::parse_text(black_box(&text)));
            });
        }
    }
    group.finish();
}

/// The catalogue and the checklist, which every run reads first.
fn catalogue(criterion: &mut Criterion) {
    criterion.bench_function("catalogue", |bencher| bencher.iter(rules::read_embedded));
    criterion.bench_function("checklist", |bencher| bencher.iter(|| checklist::load(black_box("production"))));
}

/// The scan of a tree for secrets.
fn secrets(criterion: &mut Criterion) {
    let files = generated::tree(300);
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let tree = Tree::in_memory(files);
    let mut group = criterion.benchmark_group("secrets");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("tree", |bencher| {
        bencher.iter(|| Facts::new(&tree, generated::now()).secrets().findings.len());
    });
    group.finish();
}

/// The judge over every rule of the catalogue, with one sighting for and one against.
fn judging(criterion: &mut Criterion) {
    let rules = rules::embedded();
    let outcome = |strength| {
        let sighting = Sighting::new(Place::file("f"), strength, "seen");
        Outcome { seen: vec![sighting], strength: Some(strength), ..Outcome::bare(State::Holds) }
    };
    let asked = || Asked {
        proof: vec![outcome(Strength::Configured)],
        refuted_by: vec![outcome(Strength::Documented)],
        ..Asked::default()
    };
    criterion.bench_function("judge", |bencher| {
        bencher.iter(|| {
            let verdicts = rules.rules().map(|rule| judge(rule, &Expectation::Flag(true), asked()));
            verdicts.filter(|judgement| judgement.notes.is_empty()).count()
        });
    });
}

/// A whole run over a generated tree in memory.
fn run(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(20);
    for services in [10, 300] {
        let tree = Tree::in_memory(generated::tree(services));
        group.bench_function(BenchmarkId::from_parameter(services), |bencher| bencher.iter(|| whole(&tree)));
    }
    group.finish();
}

fn whole(tree: &Tree) -> usize {
    let Ok(loaded) = checklist::load("production") else { return 0 };
    let Ok(bindings) = bind(&loaded.checklist, rules::embedded()) else { return 0 };
    let plan = Plan { checklist: &loaded.checklist, bindings, behind: None, phase: Phase::PreRelease };
    let facts = Facts::new(tree, generated::now()).with_patterns(plan.patterns());
    plan.on(&facts).run(|_| true).len()
}

criterion_group!(benches, reader, catalogue, secrets, judging, run);
criterion_main!(benches);
