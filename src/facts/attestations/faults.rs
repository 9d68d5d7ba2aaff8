//! What keeps an entry from counting: what its kind must carry and it does not, or what it carries and is not so.

use super::entry::{Attestation, Evidence, Kind, is_url};
use super::{Digests, PATH};
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::source::Span;
use crate::tusk::de::Spanned;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Everything that is wrong with an entry, beyond what could not be read at all.
pub(super) fn find(facts: &Facts<'_>, entry: &Attestation, digests: &mut Digests) -> Vec<Diagnostic> {
    let mut faults = Faults { entry: entry.place.span.unwrap_or_default(), found: Vec::new() };
    if entry.items.is_empty() {
        faults.missing("item");
    }
    faults.text("by", entry.by.as_ref());
    let today = facts.now.to_zoned(TimeZone::UTC).date();
    match (entry.date, entry.faults.is_empty()) {
        (Some(date), _) if date > today => {
            faults.say(faults.entry, format!("it is dated {date}, which is yet to come"));
        }
        (None, true) => faults.missing("date"),
        _ => {}
    }
    match entry.kind {
        None => faults.missing("kind"),
        Some(kind) => of_kind(facts, entry, kind, &mut faults),
    }
    if entry.window.is_some_and(|window| window.to > facts.now) {
        faults.say(faults.entry, "its window ends in the future");
    }
    for evidence in &entry.evidence {
        shown(facts, evidence, digests, &mut faults);
    }
    faults.found
}

fn of_kind(facts: &Facts<'_>, entry: &Attestation, kind: Kind, faults: &mut Faults) {
    let text = &entry.text;
    if kind != Kind::Approval && entry.evidence.is_empty() {
        faults.missing("evidence");
    }
    if matches!(kind, Kind::Drill | Kind::Observation) && entry.measured.is_empty() && entry.results.is_empty() {
        faults.missing("measured");
    }
    match kind {
        Kind::Drill => {
            faults.text("environment", text.environment.as_ref());
            if entry.result.is_none() {
                faults.missing("result");
            }
        }
        Kind::Report => {
            faults.text("scope", text.scope.as_ref());
            if text.open.is_none() {
                faults.missing("open");
            }
            if let Some(who) = faults.text("performed_by", text.performed_by.as_ref())
                && authors(facts).iter().any(|author| author.eq_ignore_ascii_case(who))
            {
                let span = text.performed_by.as_ref().map_or(faults.entry, Spanned::span);
                faults.say(span, format!("`{who}` wrote part of the code, so this is no report by somebody else"));
            }
        }
        Kind::Review => review(entry, faults),
        Kind::Approval => approval(facts, entry, faults),
        Kind::Observation => {
            if !entry.says_window() {
                faults.missing("window");
            }
        }
    }
}

/// Two people at least.
fn review(entry: &Attestation, faults: &mut Faults) {
    let text = &entry.text;
    let attendees: BTreeSet<String> = text.attendees.iter().flat_map(Spanned::get).map(|name| plain(name)).collect();
    let by = entry.by.as_ref().map(|by| plain(by));
    let second = text.reviewed_by.as_ref().map(|name| plain(name)).filter(|name| !is_hole(name));
    if attendees.iter().filter(|name| !is_hole(name)).count() < 2 && (second.is_none() || second == by) {
        faults.say(faults.entry, "a review takes two people: `attendees`, or `reviewed_by` somebody else than `by`");
    }
    if entry.actions.is_none() {
        faults.missing("actions");
    }
}

/// Somebody who may, for one version, who is not alone with their own work.
fn approval(facts: &Facts<'_>, entry: &Attestation, faults: &mut Faults) {
    faults.text("role", entry.text.role.as_ref());
    if entry.version.is_none() && entry.commit.is_none() {
        faults.missing("version` or `commit");
    }
    let Some(by) = &entry.by else { return };
    let mut people = BTreeSet::new();
    for commit in facts.history().by_people() {
        people.insert(plain(&commit.author.email));
    }
    let alone = people.len() == 1 && authors(facts).iter().any(|author| author.eq_ignore_ascii_case(by.trim()));
    if alone {
        faults.say(by.span(), format!("`{}` is the only author of the change and cannot approve it", by.trim()));
    }
}

/// The names and addresses of whoever wrote the last commits.
fn authors<'f>(facts: &'f Facts<'_>) -> BTreeSet<&'f str> {
    facts.history().by_people().flat_map(|commit| [commit.author.name.trim(), commit.author.email.trim()]).collect()
}

/// A file has to be there with its digest; an address has to be one.
fn shown(facts: &Facts<'_>, evidence: &Evidence, digests: &mut Digests, faults: &mut Faults) {
    match (&evidence.file, &evidence.url) {
        (None, None) => faults.say(faults.entry, "evidence needs a `file` or a `url`"),
        (None, Some(url)) if !is_url(url) => faults.say(url.span(), "expected an address that begins with https://"),
        (None, Some(_)) => {}
        (Some(file), _) if file.as_str() == PATH => faults.say(file.span(), "this file cannot prove itself"),
        (Some(file), _) => match (digests.of(facts, file), &evidence.sha256) {
            (None, _) => faults.say(file.span(), format!("`{}` is not in the tree", file.as_str())),
            (Some(digest), None) => {
                faults.say(file.span(), format!("it needs the digest of `{}`: sha256: \"{digest}\"", file.as_str()));
            }
            (Some(digest), Some(said)) => {
                let stated = said.trim().to_ascii_lowercase();
                if stated.strip_prefix("sha256:").unwrap_or(&stated) != digest {
                    faults.say(said.span(), format!("`{}` has another digest: {digest}", file.as_str()));
                }
            }
        },
    }
}

struct Faults {
    entry: Span,
    found: Vec<Diagnostic>,
}

impl Faults {
    fn say(&mut self, span: Span, what: impl Into<String>) {
        self.found.push(Diagnostic::warning(span, what));
    }

    fn missing(&mut self, field: &str) {
        self.say(self.entry, format!("`{field}` is missing"));
    }

    /// A text that says something.
    fn text<'t>(&mut self, field: &str, text: Option<&'t Spanned<String>>) -> Option<&'t str> {
        match text {
            None => self.missing(field),
            Some(text) if is_hole(text) => self.say(text.span(), format!("`{field}` says nothing")),
            Some(text) => return Some(text.trim()),
        }
        None
    }
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether a text only holds the place of one.
fn is_hole(text: &str) -> bool {
    let text = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    ["", "todo", "tbd", "tbc", "xxx", "fixme", "n/a", "none", "unknown", "someone", "nobody"].contains(&text.as_str())
}
