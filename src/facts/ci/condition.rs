//! Conditions of a job: whether it can run on an event, as far as the text can tell.
//!
//! Two spellings are read into one tree: infix (`build.branch == "main" && !build.tag`, `type = push AND tag IS blank`) and
//! functions (`and(succeeded(), eq(variables['Build.Reason'], 'PullRequest'))`).

mod functions;
mod infix;

pub(super) use functions::parse as functions;
pub(super) use infix::parse as infix;

use super::model::{Event, Trigger};
use super::pattern::glob;

/// How deep a condition may nest.
const MAX_DEPTH: usize = 32;
/// The longest condition that is read.
const MAX_TEXT: usize = 4096;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// Any of them.
    Any(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// A name compared with values; any of them is enough.
    Compares(String, Comparison, Vec<String>),
    /// Always, or never.
    Is(bool),
    /// Something before it failed.
    Failed,
    /// Not known.
    Unknown,
}

/// How a name is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// The value is one of those given.
    Equals,
    /// The value begins with one of those given.
    Begins,
    /// There is a value.
    Present,
    /// A pattern that is not read.
    Matches,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// What started the run.
    Kind,
    /// The branch.
    Branch,
    /// The tag.
    Tag,
    /// The pull request.
    PullRequest,
    /// Something else.
    Other,
}

/// The words of a system.
pub(super) struct Words {
    /// What a name stands for.
    pub(super) field: fn(&str) -> Field,
    /// What the system calls an event.
    pub(super) kind: fn(&Event) -> &'static [&'static str],
    /// On a pull request, the branch is the one that it is to be merged into.
    pub(super) merges_into: bool,
}

/// Whether the event of a run decides a condition, and nothing else.
pub(super) fn is_decided(condition: &Condition, words: &Words) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(|part| is_decided(part, words)),
        Condition::Not(inner) => is_decided(inner, words),
        Condition::Compares(name, how, _) => (words.field)(name) != Field::Other && *how != Comparison::Matches,
        Condition::Is(_) => true,
        Condition::Failed | Condition::Unknown => false,
    }
}

/// The triggers on which a condition can hold, pushes narrowed to the branches that it names, and whether it asks for a
/// failure.
pub(super) fn held(condition: &Condition, triggers: &[Trigger], words: &Words) -> (Vec<Trigger>, bool) {
    let mut failed = false;
    let triggers = triggers
        .iter()
        .filter_map(|trigger| {
            let mut asked = Asked { words, event: &trigger.event, branches: Vec::new(), failed: false };
            if asked.holds(condition, true) == Some(false) {
                return None;
            }
            failed |= asked.failed;
            let event = match &trigger.event {
                Event::Push(_) if !asked.branches.is_empty() => Event::Push(asked.branches),
                event => event.clone(),
            };
            Some(Trigger { event, place: trigger.place.clone() })
        })
        .collect();
    (triggers, failed)
}

struct Asked<'a> {
    words: &'a Words,
    event: &'a Event,
    branches: Vec<String>,
    failed: bool,
}

impl Asked<'_> {
    /// `None` if it cannot be known; `plain` while under no negation.
    fn holds(&mut self, condition: &Condition, plain: bool) -> Option<bool> {
        match condition {
            Condition::All(parts) => self.settled(parts, false, plain),
            Condition::Any(parts) => self.settled(parts, true, plain),
            Condition::Not(inner) => self.holds(inner, !plain).map(|held| !held),
            Condition::Is(held) => Some(*held),
            Condition::Failed => {
                self.failed = true;
                None
            }
            Condition::Unknown => None,
            Condition::Compares(name, how, values) => self.compares((self.words.field)(name), *how, values, plain),
        }
    }

    /// What parts come to of which one `decisive` one is enough.
    fn settled(&mut self, parts: &[Condition], decisive: bool, plain: bool) -> Option<bool> {
        let held: Vec<Option<bool>> = parts.iter().map(|part| self.holds(part, plain)).collect();
        if held.contains(&Some(decisive)) {
            return Some(decisive);
        }
        if held.contains(&None) { None } else { Some(!decisive) }
    }

    fn compares(&mut self, field: Field, how: Comparison, values: &[String], plain: bool) -> Option<bool> {
        let present = match field {
            Field::Kind => {
                let kinds = (self.words.kind)(self.event);
                return (how == Comparison::Equals && !kinds.is_empty())
                    .then(|| values.iter().any(|value| kinds.iter().any(|kind| kind.eq_ignore_ascii_case(value))));
            }
            Field::Branch => return self.branch(how, values, plain),
            Field::Tag => matches!(self.event, Event::Tag),
            Field::PullRequest => matches!(self.event, Event::PullRequest),
            Field::Other => return None,
        };
        match how {
            Comparison::Present => Some(present),
            _ if present => None,
            _ => Some(false),
        }
    }

    fn branch(&mut self, how: Comparison, values: &[String], plain: bool) -> Option<bool> {
        let whole = |value: &String| value.starts_with("refs/");
        match self.event {
            Event::Push(known) => {
                let named: Vec<String> = values
                    .iter()
                    .filter_map(|value| {
                        let name = value.strip_prefix("refs/heads/").or((!whole(value)).then_some(value.as_str()))?;
                        Some(if how == Comparison::Begins { format!("{name}*") } else { name.to_owned() })
                    })
                    .collect();
                match how {
                    Comparison::Present => return Some(true),
                    Comparison::Matches => return None,
                    _ if named.is_empty() => return Some(false),
                    _ => {}
                }
                if !known.is_empty() {
                    let meets = |name: &String| known.iter().any(|one| glob(one, name) || glob(name, one));
                    if !named.iter().any(meets) {
                        return Some(false);
                    }
                }
                if plain {
                    self.branches.extend(named.into_iter().filter(|name| name != "*"));
                    None
                } else {
                    // `branch != main` leaves out what is released.
                    let released = |name: &String| matches!(name.as_str(), "main" | "master" | "*");
                    (named.iter().any(released) || known.iter().any(|one| named.contains(one))).then_some(true)
                }
            }
            Event::Tag => match how {
                Comparison::Begins => Some(values.iter().any(|value| value.starts_with("refs/tags"))),
                Comparison::Equals => Some(false),
                Comparison::Present | Comparison::Matches => None,
            },
            Event::PullRequest if self.words.merges_into => None,
            Event::PullRequest | Event::MergeQueue => match how {
                Comparison::Begins => Some(values.iter().any(|value| value.starts_with("refs/pull"))),
                Comparison::Equals => Some(false),
                Comparison::Present | Comparison::Matches => None,
            },
            Event::Schedule(_) | Event::Manual | Event::Other(_) => None,
        }
    }
}
