//! What is reached on the trees under `/work/trees`, printed; not a test of anything but that it ends.

use tusk_check::facts::Facts;
use tusk_check::tree::Tree;

#[test]
#[ignore = "for looking, needs the trees"]
fn look() {
    let Ok(root) = std::env::var("LOOK") else { return };
    let tree = Tree::walk(std::path::Path::new(&root)).unwrap();
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let ci = facts.ci();
    let at = |place: &tusk_check::evidence::Place| {
        let line = place.span.and_then(|span| Some(tree.text(&place.path)?.line_col(span.start).line)).unwrap_or(0);
        format!("{}:{line}", place.path)
    };
    for job in &ci.jobs {
        let triggers: Vec<String> = job.triggers.iter().map(|t| t.event.name()).collect();
        println!(
            "JOB {} [{}] on {:?} needs {:?} env {:?} manual {:?} excuse {:?}",
            job.name,
            at(&job.place),
            triggers,
            job.needs,
            job.environment.as_ref().map(|e| &e.0),
            job.manual.is_some(),
            job.excuse
        );
    }
    for command in &ci.commands {
        let mark = match (&command.excuse, command.step.is_gate(), command.sure) {
            (_, _, false) => "?",
            (Some(_), _, _) => "-",
            (None, true, _) => "+",
            _ => ".",
        };
        let chain: Vec<String> =
            command.chain.iter().map(|link| format!("{}@{}", link.what, at(&link.place))).collect();
        println!(
            "{mark} {}#{} [{}] {} <= {} {}",
            ci.jobs[command.step.job].id,
            command.step.order,
            at(&command.place),
            command.line(),
            chain.join(" < "),
            command.excuse.as_deref().unwrap_or("")
        );
    }
    for action in &ci.actions {
        println!(
            "@ {}#{} [{}] {} {} {:?}",
            ci.jobs[action.step.job].id,
            action.step.order,
            at(&action.place),
            action.name,
            action.version,
            action.with.keys().collect::<Vec<_>>()
        );
    }
    for blind in ci.blind.iter().chain(&ci.elsewhere) {
        println!("BLIND {blind:?}");
    }
}

#[test]
#[ignore = "for looking, needs the trees"]
fn verdicts() {
    use tusk_check::{check, checklist, report, rules};
    let Ok(root) = std::env::var("LOOK") else { return };
    let sections = ["code_quality.", "quality_checks.", "deployment_pipeline.", "pipeline_stages."];
    let tree = Tree::walk(std::path::Path::new(&root)).unwrap();
    let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap());
    let (rules, _) = rules::load(&rules::sources());
    let production = checklist::production();
    let bindings = check::bind(&production, &rules).unwrap();
    let check = check::Check::new(&facts, &production, bindings, checklist::Phase::PostRelease);
    for (item, binding, judgement) in check.run(|item| sections.iter().any(|section| item.id.starts_with(section))) {
        let report = report::build::item(&tree, item, binding, judgement);
        println!("{} {} | {}", report.verdict.word().to_uppercase(), report.id, report.reason);
        for seen in report.evidence.iter().take(8) {
            println!("      {:?} {}:{} {}", seen.supports, seen.path, seen.line.unwrap_or(0), seen.message);
        }
        for blind in report.unread.iter().take(3) {
            println!("      not read: {:?} {}", blind.path, blind.why);
        }
    }
}
