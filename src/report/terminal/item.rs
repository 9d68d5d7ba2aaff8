//! One item with everything that is known about it.

use super::page::{Page, Tone};
use crate::report::text::{count, place, plain};
use crate::report::{Bearing, EvidenceReport, ItemReport, Verdict};

/// How many observations of one kind are shown, and how many where much is asked for.
const FEW: usize = 3;
const MANY: usize = 12;
const INDENT: usize = 10;
const COLUMN: usize = 9;

/// The tone of a verdict.
pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Met => Tone::Good,
        Verdict::Unmet => Tone::Bad,
        Verdict::Unknown => Tone::Open,
        Verdict::NotDue | Verdict::NotApplicable => Tone::Faint,
    }
}

/// The item's id and verdict, and below it what was seen, where, and what to do.
pub(super) fn item(page: &mut Page, item: &ItemReport) {
    let word = format!("{:<7} ", item.verdict.word());
    page.line(2, &[(&word, tone(item.verdict)), (&plain(&item.id), Tone::Heading)]);
    let verbose = page.look.verbose;
    if verbose {
        row_if(page, "asks", item.question.as_deref());
    }
    row(page, "expects", &item.expects, Tone::Plain);
    findings(page, item);
    if verbose {
        row_if(page, "why", item.why.as_deref());
        if let Some(first) = &item.same_as {
            row(page, "same as", first, Tone::Plain);
        }
        page.place(INDENT, "asked in", COLUMN, &place(&item.demanded_by.path, Some(item.demanded_by.line)));
    }
}

/// An item that repeats the question of another one that is shown in full.
pub(super) fn repeated(page: &mut Page, item: &ItemReport, first: &str) {
    let word = format!("{:<7} ", item.verdict.word());
    page.line(2, &[(&word, tone(item.verdict)), (&plain(&item.id), Tone::Heading)]);
    row(page, "same as", first, Tone::Plain);
}

/// The verdict and what was found, where the question has been shown already.
pub(super) fn answer(page: &mut Page, item: &ItemReport) {
    page.line(2, &[(item.verdict.word(), tone(item.verdict))]);
    findings(page, item);
    page.place(INDENT, "asked in", COLUMN, &place(&item.demanded_by.path, Some(item.demanded_by.line)));
}

fn findings(page: &mut Page, item: &ItemReport) {
    if !item.is_said_by_evidence() {
        row(page, "because", &item.reason, Tone::Plain);
    }
    for (bearing, label) in [
        (Bearing::Contradicts, "against"),
        (Bearing::Searched, "searched"),
        (Bearing::Supports, "for"),
        (Bearing::Note, "note"),
    ] {
        evidence(page, item, bearing, label);
    }
    let (shown, hint) = most(page);
    for unread in item.unread.iter().take(shown) {
        if let Some(path) = &unread.path {
            page.place(INDENT, "unread", COLUMN, &place(path, unread.line));
            row(page, "", &unread.why, Tone::Plain);
        } else {
            row(page, "unread", &unread.why, Tone::Plain);
        }
    }
    rest(page, item.unread.len().saturating_sub(shown), hint);
    if matches!(item.verdict, Verdict::Unknown) || page.look.verbose {
        row_if(page, "proof", item.would_prove.as_deref());
    }
    if matches!(item.verdict, Verdict::Unmet | Verdict::Unknown) {
        fix(page, item);
    }
}

fn fix(page: &mut Page, item: &ItemReport) {
    if let Some(fix) = &item.fix {
        let effort = item.effort.map(|effort| format!(" ({})", effort.word())).unwrap_or_default();
        row(page, "fix", &format!("{fix}{effort}"), Tone::Plain);
    }
}

fn evidence(page: &mut Page, item: &ItemReport, bearing: Bearing, label: &str) {
    let seen: Vec<&EvidenceReport> = item.evidence.iter().filter(|seen| seen.supports == bearing).collect();
    let (shown, hint) = most(page);
    for (at, seen) in seen.iter().take(shown).enumerate() {
        let label = if at == 0 { label } else { "" };
        page.place(INDENT, label, COLUMN, &place(&seen.path, seen.line));
        row(page, "", &said(seen), Tone::Plain);
    }
    rest(page, seen.len().saturating_sub(shown), hint);
}

/// How many of one kind are shown, and what shows more of them.
fn most(page: &Page) -> (usize, &'static str) {
    if page.look.verbose { (MANY, "`check --format json` shows all") } else { (FEW, "--verbose") }
}

/// How many are left that are not shown.
fn rest(page: &mut Page, left: usize, hint: &str) {
    if left > 0 {
        row(page, "", &format!("and {left} more like it ({hint})"), Tone::Faint);
    }
}

/// What an observation says, its value where the words do not hold it, and its strength.
fn said(seen: &EvidenceReport) -> String {
    let message = plain(&seen.message);
    let value = seen.value.as_deref().map(plain).filter(|value| !message.contains(value.as_str()));
    let value = value.map(|value| format!(": {value}")).unwrap_or_default();
    match seen.supports {
        Bearing::Note | Bearing::Searched => format!("{message}{value}"),
        _ => format!("{message}{value} [{}]", seen.strength.word()),
    }
}

fn row_if(page: &mut Page, label: &str, text: Option<&str>) {
    if let Some(text) = text {
        row(page, label, text, Tone::Plain);
    }
}

fn row(page: &mut Page, label: &str, text: &str, tone: Tone) {
    page.labelled(INDENT, label, COLUMN, &plain(text), tone);
}

/// `3 met, 2 unmet, 1 unknown`, without what there is none of.
pub(super) fn counts(summary: &crate::report::Summary) -> Vec<(String, Tone)> {
    [
        (summary.met, "met", Tone::Good),
        (summary.unmet, "unmet", Tone::Bad),
        (summary.unknown, "unknown", Tone::Open),
        (summary.not_due, "not due", Tone::Faint),
        (summary.not_applicable, "not applicable", Tone::Faint),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, word, tone)| (format!("{number} {word}"), tone))
    .collect()
}

/// `12 items`, for headings.
pub(super) fn items(number: usize) -> String {
    count(number, "item")
}
