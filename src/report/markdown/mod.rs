//! A report for a release manager: the answer first, then what has to be done, who has to say what, and a place to
//! sign. Everything that comes from the tree is escaped.

pub(crate) mod escape;

use super::text::count;
use super::{Bearing, Cause, EvidenceReport, Fate, ItemReport, Outcome, Report, Summary, Verdict};
use escape::{cell, code, code_cell, link, text};

/// How many observations of an item are listed.
const SHOWN: usize = 5;

/// What a reader of the source sees at the end of a report, so that the next run takes it for no document of the project.
pub const MARKER: &str = "<!-- written by tusk-check -->";

/// The whole report.
pub fn write(report: &Report) -> String {
    let mut page = String::new();
    answer(&mut page, report);
    categories(&mut page, report);
    unmet(&mut page, report);
    unknown(&mut page, report);
    items(&mut page, report);
    unread(&mut page, report);
    method(&mut page, report);
    signatures(&mut page);
    line(&mut page, &format!("\n{MARKER}"));
    page
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

fn answer(page: &mut String, report: &Report) {
    let summary = &report.summary;
    let due = summary.met + summary.unmet + summary.unknown;
    let answer = match report.outcome {
        Outcome::Ready if summary.unknown > 0 => "Ready, with unknown items allowed",
        Outcome::Ready => "Ready",
        Outcome::NotReady => "Not ready",
        Outcome::NothingChecked => "Nothing was checked",
    };
    line(page, &format!("# Production readiness of {}\n", text(&report.project)));
    line(
        page,
        &format!(
            "**{answer}**: of {} due, {} met, {} unmet, {} unknown.\n",
            count(due, "item"),
            summary.met,
            summary.unmet,
            summary.unknown
        ),
    );
    for (number, heading) in [
        (report.unread.len(), "[Not read](#not-read), and so perhaps missing above"),
        (report.warnings.len(), "[Odd](#odd), and perhaps not what was meant"),
    ] {
        if number > 0 {
            line(page, &format!("{heading}: {number}.\n"));
        }
    }
}

fn categories(page: &mut String, report: &Report) {
    if report.categories.is_empty() {
        return;
    }
    line(page, "## Summary\n");
    line(page, "| Category | Met | Unmet | Unknown | Not due | Not applicable |");
    line(page, "|:--|--:|--:|--:|--:|--:|");
    for category in &report.categories {
        line(page, &counts(&heading(&category.name), &category.summary));
    }
    line(page, &counts("**All**", &report.summary));
    page.push('\n');
}

fn counts(name: &str, summary: &Summary) -> String {
    let Summary { met, unmet, unknown, not_due, not_applicable, .. } = summary;
    format!("| {name} | {met} | {unmet} | {unknown} | {not_due} | {not_applicable} |")
}

fn heading(name: &str) -> String {
    if name.is_empty() { "Items".to_owned() } else { cell(name) }
}

fn unmet(page: &mut String, report: &Report) {
    let work: Vec<&ItemReport> = report.to_do.iter().filter_map(|id| report.item(id)).collect();
    if work.is_empty() {
        return;
    }
    line(page, "## To do\n");
    line(page, "What does not hold, cheapest to fix first.\n");
    for item in work {
        line(page, &format!("### {}\n", code(&item.id)));
        let reason = if item.is_said_by_evidence() { String::new() } else { format!(": {}", sentence(&item.reason)) };
        line(page, &format!("Expected {}{reason}.\n", code(&item.expects)));
        for seen in item.evidence.iter().take(SHOWN) {
            line(page, &format!("- {}", evidence(seen)));
        }
        let more = item.evidence.len().saturating_sub(SHOWN);
        if more > 0 {
            line(page, &format!("- and {more} more"));
        }
        if let Some(fix) = &item.fix {
            let effort = item.effort.map(|effort| format!(" ({})", effort.word())).unwrap_or_default();
            line(page, &format!("- **Fix**{effort}: {}", text(fix)));
        }
        let twins = report.items.iter().filter(|other| other.same_as.as_ref() == Some(&item.id));
        let twins: Vec<String> =
            twins.filter(|twin| twin.verdict == Verdict::Unmet).map(|twin| code(&twin.id)).collect();
        if !twins.is_empty() {
            line(page, &format!("- Also settles {}", twins.join(", ")));
        }
        page.push('\n');
    }
}

/// A sentence's words without the stop at its end, which the caller sets.
fn sentence(words: &str) -> String {
    text(words.trim_end_matches('.'))
}

fn evidence(seen: &EvidenceReport) -> String {
    let value = seen.value.as_ref().filter(|value| !seen.message.contains(value.as_str()));
    let value = value.map(|value| format!(": {}", code(value))).unwrap_or_default();
    let weight = match seen.supports {
        Bearing::Supports => format!("{}, for it", seen.strength.word()),
        Bearing::Contradicts => format!("{}, against it", seen.strength.word()),
        Bearing::Searched => "searched in vain".to_owned(),
        Bearing::Note => "counts for nothing".to_owned(),
    };
    format!("{}: {}{value} ({weight})", link(&seen.path, seen.line), text(&seen.message))
}

fn unknown(page: &mut String, report: &Report) {
    if report.summary.unknown == 0 {
        return;
    }
    line(page, "## Unknown\n");
    for (cause, who, column) in [
        (
            Some(Cause::Person),
            "Only a person can say these. A statement needs a name, a date and its evidence.",
            "Statement",
        ),
        (Some(Cause::Inconclusive), "Something was seen that does not decide.", "What was seen, and what would decide"),
        (Some(Cause::Unreadable), "A file that these need could not be read.", "What is in the way"),
        (Some(Cause::NothingToLookAt), "The project holds nothing that these can be judged by.", "What would prove it"),
        (None, "Nothing decides these.", "What would prove it"),
        (Some(Cause::NoRule), "No rule can judge these yet: they have to be checked by hand.", "Expected"),
    ] {
        let waiting = |item: &&ItemReport| item.verdict == Verdict::Unknown && item.cause == cause;
        let items: Vec<&ItemReport> = report.items.iter().filter(waiting).collect();
        if items.is_empty() {
            continue;
        }
        line(page, &format!("{who}\n"));
        line(page, &format!("| Item | {column} |"));
        line(page, "|:--|:--|");
        for item in items {
            line(page, &format!("| {} | {} |", code_cell(&item.id), needed(item)));
        }
        page.push('\n');
    }
}

/// What an unknown item needs, in one cell.
fn needed(item: &ItemReport) -> String {
    let proof = item.would_prove.as_deref().map(cell);
    match item.cause {
        Some(Cause::NoRule) => code_cell(&item.expects),
        Some(Cause::Inconclusive | Cause::Unreadable) => {
            let proof = proof.map(|proof| format!("; {proof}")).unwrap_or_default();
            format!("{}{proof}", cell(&item.reason))
        }
        _ => proof.unwrap_or_else(|| cell(&item.reason)),
    }
}

fn items(page: &mut String, report: &Report) {
    if report.items.is_empty() {
        return;
    }
    line(page, "## All items\n");
    for category in &report.categories {
        line(page, &format!("### {}\n", heading(&category.name)));
        line(page, "| Item | Expected | Verdict | Strength | Evidence |");
        line(page, "|:--|:--|:--|:--|:--|");
        for item in report.items.iter().filter(|item| item.category == category.name) {
            let strength = item.strength.map_or("", crate::evidence::Strength::word);
            let decided = item.strength.is_some();
            let place = item.evidence.first().filter(|_| decided).map(|seen| link(&seen.path, seen.line));
            line(
                page,
                &format!(
                    "| {} | {} | {} | {strength} | {} |",
                    code_cell(&item.id),
                    code_cell(&item.expects),
                    verdict(item),
                    place.unwrap_or_default()
                ),
            );
        }
        page.push('\n');
    }
}

fn verdict(item: &ItemReport) -> String {
    match item.verdict {
        Verdict::Unmet => "**unmet**".to_owned(),
        Verdict::NotApplicable => format!("not applicable: {}", cell(&item.reason)),
        other => other.word().to_owned(),
    }
}

fn unread(page: &mut String, report: &Report) {
    if !report.unread.is_empty() {
        line(page, "## Not read\n");
        for unread in &report.unread {
            let place = unread.path.as_deref().map(|path| format!("{}: ", link(path, unread.line)));
            line(page, &format!("- {}{}", place.unwrap_or_default(), text(&unread.why)));
        }
        page.push('\n');
    }
    if !report.warnings.is_empty() {
        line(page, "## Odd\n");
        for warning in &report.warnings {
            line(page, &format!("- {}: {}", link(&warning.path, warning.line), text(&warning.message)));
        }
        page.push('\n');
    }
}

fn method(page: &mut String, report: &Report) {
    let list = &report.checklist;
    let date = report.now.split('T').next().unwrap_or_default();
    line(page, "## Method\n");
    line(
        page,
        &format!(
            "{} {} read the files of the project on {} and ran none of them. It judged {} of the {} of the checklist {} \
             for the phase {}. An item is met only where evidence shows it, and each verdict names how strong that \
             evidence is: measured, enforced, configured, demonstrated, documented or attested. What nothing shows is \
             unknown, and unknown is not met.\n",
            report.tool.name,
            report.tool.version,
            text(date),
            list.selected,
            count(list.items, "item"),
            code(&list.name),
            report.phase,
        ),
    );
    let Summary { tried, falls, vacuous, .. } = report.summary;
    if tried > 0 {
        let more = tried - falls - vacuous;
        let none = if vacuous == 0 { "none stayed met without" } else { "these are vacuous, as nothing proves them" };
        line(
            page,
            &format!(
                "What proves the {} was taken away, in memory, and each was judged again: {falls} fell, {more} stood on \
                 other evidence, {none}.\n",
                count(tried, "met item"),
            ),
        );
        for item in &report.items {
            let Some(falsified) = item.falsified.as_ref().filter(|it| it.fate == Fate::Vacuous) else { continue };
            let place = falsified.path.as_deref().map(|path| link(path, falsified.line)).unwrap_or_default();
            let message = text(falsified.message.as_deref().unwrap_or_default());
            line(page, &format!("- {}: {place}: {message}", code(&item.id)));
        }
        if vacuous > 0 {
            page.push('\n');
        }
    }
    if !report.own_files.is_empty() {
        let files: Vec<String> = report.own_files.iter().map(|path| link(path, None)).collect();
        line(page, &format!("Of the project's own folder it read {}.\n", files.join(", ")));
    }
}

fn signatures(page: &mut String) {
    line(page, "## Signatures\n");
    line(page, "| Role | Name | Date | Decision |");
    line(page, "|:--|:--|:--|:--|");
    for role in ["Release manager", "Engineering", "Operations", "Security"] {
        line(page, &format!("| {role} | | | |"));
    }
}
