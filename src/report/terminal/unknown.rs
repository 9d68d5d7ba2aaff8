//! The unknown items of a category, short: they are many, and what each waits for is what matters.

use super::page::{Page, Tone, cut, pad};
use crate::report::text::plain;
use crate::report::{Cause, ItemReport, Verdict};
use textwrap::core::display_width;

const INDENT: usize = 4;
/// Ids longer than this do not push the text of the others to the right.
const LONG_ID: usize = 46;
/// Fewer columns than this say nothing.
const ROOM: usize = 20;

/// The unknown items, by what they wait for.
pub(super) fn unknown(page: &mut Page, items: &[&ItemReport]) {
    let open = |cause: Option<Cause>| -> Vec<&ItemReport> {
        items.iter().copied().filter(|item| item.verdict == Verdict::Unknown && item.cause == cause).collect()
    };
    for (cause, heading) in [
        (Some(Cause::Inconclusive), "seen, and not decisive"),
        (Some(Cause::Unreadable), "could not be read"),
        (Some(Cause::NothingToLookAt), "nothing in the tree to judge by; this would prove it"),
        (None, "nothing decides; this would prove it"),
        (Some(Cause::Person), "only a person can say"),
    ] {
        group(page, heading, &open(cause));
    }
    let no_rule = open(Some(Cause::NoRule));
    if !no_rule.is_empty() {
        page.line(2, &[("unknown ", Tone::Open), ("no rule yet", Tone::Faint)]);
        let ids: Vec<String> = no_rule.iter().map(|item| plain(&item.id)).collect();
        page.labelled(INDENT, "", 0, &ids.join(", "), Tone::Plain);
    }
}

fn group(page: &mut Page, heading: &str, items: &[&ItemReport]) {
    if items.is_empty() {
        return;
    }
    page.line(2, &[("unknown ", Tone::Open), (heading, Tone::Faint)]);
    let widths = items.iter().map(|item| display_width(&item.id)).filter(|width| *width <= LONG_ID);
    let column = widths.max().unwrap_or(0) + 2;
    for item in items {
        let id = pad(&plain(&item.id), column);
        let room = page.look.width.saturating_sub(INDENT + display_width(&id));
        let below = page.look.width.saturating_sub(INDENT + 2);
        if room >= ROOM {
            page.line(INDENT, &[(&id, Tone::Plain), (&cut(&hint(item), room), Tone::Faint)]);
        } else {
            page.line(INDENT, &[(&id, Tone::Plain)]);
            page.line(INDENT + 2, &[(&cut(&hint(item), below), Tone::Faint)]);
        }
    }
}

/// What was seen where that is what holds it up; otherwise what would prove it.
fn hint(item: &ItemReport) -> String {
    let seen = matches!(item.cause, Some(Cause::Inconclusive | Cause::Unreadable));
    let proof = item.would_prove.as_deref().filter(|_| !seen);
    plain(proof.unwrap_or(&item.reason))
}
