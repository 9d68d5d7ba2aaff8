//! Tests of `src/report`: one report through every writer.

mod hostile;
mod model;
mod own;
mod snapshot;

use tusk_check::checklist::Phase;
use tusk_check::evidence::Strength;
use tusk_check::report::{
    Bearing, Cause, ChecklistReport, Effort, EvidenceReport, ItemReport, PlaceReport, Report, Run, Unread, Verdict,
    Warning,
};

/// An item about which nothing is known.
fn item(category: &str, id: &str, expects: &str, line: u32) -> ItemReport {
    ItemReport {
        id: id.into(),
        category: category.into(),
        section: id.split('.').next().unwrap_or_default().into(),
        title: id.rsplit('.').next().unwrap_or_default().replace('_', " "),
        phase: Phase::PreRelease,
        expects: expects.into(),
        verdict: Verdict::Unknown,
        strength: None,
        reason: "nothing was found to judge by".into(),
        cause: Some(Cause::NothingToLookAt),
        evidence: Vec::new(),
        unread: Vec::new(),
        demanded_by: PlaceReport { path: "production.tsk".into(), line },
        question: None,
        why: None,
        would_prove: None,
        fix: None,
        effort: None,
        same_as: None,
        falsified: None,
    }
}

fn decided(mut item: ItemReport, verdict: Verdict, strength: Option<Strength>, reason: &str) -> ItemReport {
    item.verdict = verdict;
    item.strength = strength;
    item.reason = reason.into();
    item.cause = None;
    item
}

fn open(mut item: ItemReport, cause: Cause, reason: &str, would_prove: Option<&str>) -> ItemReport {
    item.cause = Some(cause);
    item.reason = reason.into();
    item.would_prove = would_prove.map(str::to_owned);
    item
}

fn seen(path: &str, line: u32, message: &str, strength: Strength, supports: Bearing) -> EvidenceReport {
    EvidenceReport {
        path: path.into(),
        line: Some(line),
        column: Some(5),
        message: message.into(),
        value: None,
        strength,
        supports,
    }
}

fn run(selected: usize) -> Run {
    Run {
        root: ".".into(),
        project: "shop".into(),
        checklist: ChecklistReport { name: "production".into(), path: None, items: 293, selected },
        phase: Phase::PreRelease,
        now: "2026-11-22T23:30:00.5Z".parse().expect("a time"),
        allow_unknown: false,
        own_files: vec![".tusk-check/attestations.tsk".into()],
    }
}

/// One item of every kind.
fn example() -> Report {
    const QUALITY: &str = "Pre-Deployment Checklist";
    const CONFIG: &str = "Configuration Management";
    let clippy = item(QUALITY, "quality_checks.clippy", "no_warnings", 30);
    let mut clippy =
        decided(clippy, Verdict::Unmet, Some(Strength::Enforced), "CI runs no Clippy that fails on warnings");
    let step = "`cargo clippy || true` in job \"lint\" cannot fail";
    clippy.evidence = vec![
        seen(".github/workflows/ci.yml", 12, "3 jobs that gate a merge", Strength::Enforced, Bearing::Searched),
        seen(".github/workflows/ci.yml", 31, step, Strength::Enforced, Bearing::Note),
    ];
    clippy.question = Some("Does Clippy pass with warnings denied?".into());
    clippy.why = Some("Warnings that are allowed to stay hide the one that matters".into());
    clippy.fix = Some("Run `cargo clippy --all-targets -- -D warnings` in the pull-request workflow".into());
    clippy.effort = Some(Effort::Minutes);
    let mut twin = clippy.clone();
    twin.id = "code_quality.static_analysis".into();
    twin.same_as = Some(clippy.id.clone());

    let coverage = item(QUALITY, "quality_checks.test_coverage", ">=80%", 33);
    let mut coverage = decided(coverage, Verdict::Met, Some(Strength::Measured), "84.2 % of lines are covered");
    coverage.evidence = vec![EvidenceReport {
        value: Some("84.2 %".into()),
        ..seen("coverage/lcov.info", 1, "line coverage of a report from today", Strength::Measured, Bearing::Supports)
    }];
    coverage.evidence[0].line = None;

    let mode = item(CONFIG, "environment_config.production.database.ssl_mode", "require", 97);
    let mut mode =
        decided(mode, Verdict::Unmet, Some(Strength::Configured), "production turns TLS to the database off");
    mode.evidence = vec![EvidenceReport {
        value: Some("disable".into()),
        ..seen("configuration/production.yaml", 12, "database.ssl_mode", Strength::Configured, Bearing::Contradicts)
    }];
    mode.fix = Some("Set `ssl_mode: require` under `database` in configuration/production.yaml".into());

    let response = item(QUALITY, "performance_metrics.response_time", "<100ms", 80);
    let proof = "a fresh load report (k6, Vegeta, oha, Gatling) whose 95th percentile is below the bound";
    let response = open(response, Cause::NothingToLookAt, "no load report", Some(proof));
    let pool = item(CONFIG, "environment_config.production.database.connection_pool_size", "100", 95);
    let mut pool = open(pool, Cause::Inconclusive, "the default of sqlx, 10, is all there is; state the size", None);
    pool.evidence =
        vec![seen("src/db.rs", 44, "PgPoolOptions::new() (default of sqlx)", Strength::Configured, Bearing::Note)];
    let manifest = open(
        item(CONFIG, "secrets_management.backend", "hashicorp_vault", 122),
        Cause::Unreadable,
        "deploy/app.yaml is not valid YAML",
        Some("an ExternalSecret or a Vault annotation on the workload"),
    );
    let broken =
        Unread { path: Some("deploy/app.yaml".into()), line: Some(7), why: "not valid YAML: found a tab".into() };
    let manifest = ItemReport { unread: vec![broken.clone()], ..manifest };
    let team = item("Operational Procedures", "incident_response.response_team", "defined", 500);
    let team = open(team, Cause::Person, "nobody has stated it", Some("a statement that names the team, with a date"));
    let rules = open(
        item(CONFIG, "config_validation.business_rules", "true", 150),
        Cause::NoRule,
        "no rule asks for this yet",
        None,
    );
    let later = item("Go-Live Checklist", "go_live_checklist.post_deployment.logs_clean", "logs_clean", 800);
    let mut later = decided(later, Verdict::NotDue, None, "due after the release");
    later.phase = Phase::PostRelease;
    let canary = item("Deployment Strategy", "canary_config.initial_traffic", "10", 400);
    let canary = decided(canary, Verdict::NotApplicable, None, "releases are blue-green only");

    let items = vec![clippy, twin, coverage, response, mode, pool, manifest, rules, team, later, canary];
    let odd = Warning {
        path: "production.tsk".into(),
        line: Some(9),
        column: Some(1),
        message: "section `a` has no items".into(),
    };
    Report::new(run(items.len()), items, vec![broken], vec![odd])
}
