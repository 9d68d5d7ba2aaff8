//! The end of a report: the answer, the counts, and what to do first.

use super::page::{Page, Tone};
use crate::report::text::{count, place, plain};
use crate::report::{ItemReport, Outcome, Report, Summary};

/// How many items are named as the first ones to do.
const FIRST: usize = 5;

/// The answer, the counts and the order of work.
pub(super) fn summary(page: &mut Page, report: &Report) {
    page.blank();
    let (answer, tone) = match report.outcome {
        Outcome::Ready => ("Ready", Tone::Good),
        Outcome::NotReady => ("Not ready", Tone::Bad),
        Outcome::NothingChecked => ("Nothing was checked", Tone::Open),
    };
    page.line(0, &[(answer, tone), (&reason(report), Tone::Plain)]);
    counts(page, report);
    tried(page, report);
    troubles(page, report);
    to_do(page, report);
    next(page, report);
}

fn reason(report: &Report) -> String {
    let summary = &report.summary;
    let due = summary.met + summary.unmet + summary.unknown;
    match report.outcome {
        Outcome::Ready if summary.unknown > 0 => {
            format!(": {} of {due} hold, {} unknown (allowed)", summary.met, summary.unknown)
        }
        Outcome::Ready => format!(": all {} hold", count(due, "item")),
        Outcome::NotReady => format!(": {} of {} hold", summary.met, count(due, "item")),
        Outcome::NothingChecked => ": no item is due".to_owned(),
    }
}

fn counts(page: &mut Page, report: &Report) {
    let summary = &report.summary;
    let unknown = [(summary.no_rule, "without a rule"), (summary.person, "for a person to say")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect::<Vec<_>>()
        .join(", ");
    for (number, word, tone, more) in [
        (summary.met, "met", Tone::Good, ""),
        (summary.unmet, "unmet", Tone::Bad, ""),
        (summary.unknown, "unknown", Tone::Open, unknown.as_str()),
        (summary.not_due, "not due", Tone::Faint, "of a later phase"),
        (summary.not_applicable, "not applicable", Tone::Faint, "as the project says"),
    ] {
        if number > 0 {
            let number = format!("{number:>6} ");
            page.line(0, &[(&number, tone), (&format!("{word:<15}"), tone), (more, Tone::Faint)]);
        }
    }
}

/// How the met items stood the test of `--falsify`.
fn tried(page: &mut Page, report: &Report) {
    let Summary { tried, falls, vacuous, .. } = report.summary;
    if tried > 0 {
        let more =
            format!("{falls} fall with their evidence, {} stand on more, {vacuous} vacuous", tried - falls - vacuous);
        let tone = if vacuous > 0 { Tone::Bad } else { Tone::Good };
        let number = format!("{tried:>6} ");
        page.line(0, &[(&number, tone), (&format!("{:<15}", "falsified"), tone), (&more, Tone::Faint)]);
    }
}

/// What was not read and what is odd may hide items: here it is counted and named, above it stands in full.
fn troubles(page: &mut Page, report: &Report) {
    for (number, word, first) in [
        (
            report.unread.len(),
            "not read",
            report.unread.first().and_then(|it| it.path.as_deref().map(|path| (path, it.line))),
        ),
        (report.warnings.len(), "odd", report.warnings.first().map(|it| (it.path.as_str(), it.line))),
    ] {
        if number > 0 {
            let count = format!("{number:>6} ");
            let first = first.map(|(path, line)| format!("see {}", place(path, line))).unwrap_or_default();
            let more = if number > 1 && !first.is_empty() { format!("{first} and the others above") } else { first };
            page.line(0, &[(&count, Tone::Open), (&format!("{word:<15}"), Tone::Open), (&more, Tone::Faint)]);
        }
    }
}

fn to_do(page: &mut Page, report: &Report) {
    if report.to_do.is_empty() {
        return;
    }
    page.blank();
    page.line(0, &[("Do first", Tone::Heading)]);
    let first: Vec<&ItemReport> = report.to_do.iter().take(FIRST).filter_map(|id| report.item(id)).collect();
    for (at, item) in first.into_iter().enumerate() {
        let effort = item.effort.map(|effort| format!("  {}", effort.word())).unwrap_or_default();
        let number = format!("{:>3}. ", at + 1);
        page.line(0, &[(&number, Tone::Plain), (&plain(&item.id), Tone::Heading), (&effort, Tone::Faint)]);
        page.labelled(5, "", 0, &plain(item.fix.as_deref().unwrap_or(&item.reason)), Tone::Plain);
        if let Some(seen) = item.evidence.first() {
            page.place(5, "", 0, &place(&seen.path, seen.line));
        }
    }
    let more = report.to_do.len().saturating_sub(FIRST);
    if more > 0 {
        page.line(5, &[(&format!("and {more} more"), Tone::Faint)]);
    }
}

fn next(page: &mut Page, report: &Report) {
    if report.items.is_empty() {
        return;
    }
    page.blank();
    let verbose = if page.look.verbose { "" } else { "; --verbose shows every item" };
    let text = format!("`tusk-check explain ITEM` says what an item asks for and what would prove it{verbose}.");
    page.labelled(0, "", 0, &text, Tone::Faint);
}
