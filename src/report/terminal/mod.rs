//! A report for a person at a terminal, or for a log.

mod card;
mod item;
mod page;
mod summary;
mod unknown;

pub use card::Card;
pub use page::Look;

use super::text::{place, plain};
use super::{CategoryReport, Fate, ItemReport, Report, Verdict};
use crate::facts::parallel;
use page::{Page, Tone};
use textwrap::core::display_width;

/// The whole report.
pub fn write(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    heading(&mut page, report);
    for part in parallel::map_each(&report.categories, |part| category(report, part, look)) {
        page.blank();
        page.append(&part);
    }
    vacuous(&mut page, report);
    troubles(&mut page, report);
    summary::summary(&mut page, report);
    page.into_text()
}

/// A category with its items.
fn category(report: &Report, category: &CategoryReport, look: Look) -> Page {
    let mut page = Page::new(look);
    let items: Vec<&ItemReport> = report.items.iter().filter(|item| item.category == category.name).collect();
    category_heading(&mut page, &category.name, &category.summary);
    for item in &items {
        match item.same_as.as_deref().filter(|first| !look.verbose && is_shown(report, first)) {
            _ if !look.verbose && item.verdict != Verdict::Unmet => {}
            Some(first) => item::repeated(&mut page, item, first),
            None => item::item(&mut page, item),
        }
    }
    if !look.verbose {
        unknown::unknown(&mut page, &items);
    }
    page
}

/// Whether an item is shown in full.
fn is_shown(report: &Report, id: &str) -> bool {
    report.item(id).is_some_and(|item| item.verdict == Verdict::Unmet)
}

fn heading(page: &mut Page, report: &Report) {
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    page.line(0, &[(&tool, Tone::Heading)]);
    page.labelled(0, "project", 11, &plain(&project(report)), Tone::Plain);
    let list = &report.checklist;
    let part = if list.selected == list.items { String::new() } else { format!("{} of ", list.selected) };
    let about = format!("{}, {part}{}, {}", plain(&list.name), item::items(list.items), report.phase);
    page.labelled(0, "checklist", 11, &about, Tone::Plain);
    if !report.own_files.is_empty() {
        page.labelled(0, "read", 11, &plain(&report.own_files.join(", ")), Tone::Plain);
    }
}

/// The folder as it was named, with its own name where that says nothing (`.`).
fn project(report: &Report) -> String {
    let said = report.root.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if said == report.project { report.root.clone() } else { format!("{} ({})", report.project, report.root) }
}

fn category_heading(page: &mut Page, name: &str, summary: &super::Summary) {
    let name = if name.is_empty() { "Items".to_owned() } else { plain(name) };
    let counts = item::counts(summary);
    let texts: Vec<&str> = counts.iter().map(|(text, _)| text.as_str()).collect();
    let wide = display_width(&name) + display_width(&texts.join("  ")) + 2 > page.look.width;
    let room = page.look.width.saturating_sub(display_width(&texts.join("  ")));
    let mut pieces = vec![(if wide { name.clone() } else { page::pad(&name, room) }, Tone::Heading)];
    if wide {
        page.line(0, &[(&name, Tone::Heading)]);
        pieces.clear();
    }
    for (at, (text, tone)) in counts.into_iter().enumerate() {
        pieces.push((if at == 0 { String::new() } else { "  ".to_owned() }, Tone::Plain));
        pieces.push((text, tone));
    }
    let pieces: Vec<(&str, Tone)> = pieces.iter().map(|(text, tone)| (text.as_str(), *tone)).collect();
    page.line(0, &pieces);
}

/// Met items that nothing proves, as `--falsify` found.
fn vacuous(page: &mut Page, report: &Report) {
    if report.summary.vacuous == 0 {
        return;
    }
    page.blank();
    page.line(0, &[("Vacuous", Tone::Bad)]);
    for item in &report.items {
        let Some(falsified) = item.falsified.as_ref().filter(|it| it.fate == Fate::Vacuous) else { continue };
        page.line(2, &[(&plain(&item.id), Tone::Heading)]);
        let path = falsified.path.as_deref().map(|path| place(path, falsified.line)).unwrap_or_default();
        page.place(4, "", 0, &path);
        page.labelled(4, "", 0, falsified.message.as_deref().unwrap_or_default(), Tone::Plain);
    }
}

/// What could not be read, and what is odd.
fn troubles(page: &mut Page, report: &Report) {
    if !report.unread.is_empty() {
        page.blank();
        page.line(0, &[("Not read", Tone::Heading)]);
        for unread in &report.unread {
            let path = unread.path.as_deref().map(|path| place(path, unread.line)).unwrap_or_default();
            page.place(2, "", 0, &path);
            page.labelled(4, "", 0, &plain(&unread.why), Tone::Plain);
        }
    }
    if !report.warnings.is_empty() {
        page.blank();
        page.line(0, &[("Odd", Tone::Heading)]);
        for warning in &report.warnings {
            page.place(2, "", 0, &place(&warning.path, warning.line));
            page.labelled(4, "", 0, &plain(&warning.message), Tone::Plain);
        }
    }
}
