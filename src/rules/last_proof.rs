//! What every rule ends with: a person's statement for this version.

use super::rule::{Call, Evidence, Proof};
use crate::checklist::{Expectation, Item};
use crate::probe::{Question, Word, attested};
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};

/// `@attested("release")` for an item, as the last of its proofs.
///
/// A rule that asks for statements itself says which ones it takes; then only failures on record are looked for.
/// Where the item asks for an amount, the statement's measured value of that name is compared with it.
pub fn last_proof(item: &Item, evidence: &Evidence) -> Proof {
    let mut options = Map::default();
    let mut set = |name: &str, kind: Kind| {
        options.insert(name.to_owned(), Field { key: Span::default(), value: Value::new(kind, Span::default()) });
    };
    set("implied", Kind::Bool(true));
    if asks_for_statements(evidence) {
        set("failures", Kind::Bool(true));
    } else if matches!(item.expects, Expectation::Bound(_) | Expectation::Quantity(_) | Expectation::Range(_)) {
        let key = item.id.rsplit('.').next().unwrap_or(&item.id);
        set("measured", Kind::Str(key.to_owned()));
    }
    let release = Word { text: "release".into(), ..Word::default() };
    Proof::Probe(Call {
        probe: &attested::PROBE,
        question: Question { args: vec![vec![release]], options },
        text: TEXT.into(),
    })
}

/// As `explain` shows it.
pub const TEXT: &str = "@attested(\"release\")";

/// Whether some evidence names the statements that it takes.
pub fn asks_for_statements(evidence: &Evidence) -> bool {
    let mut asks = false;
    for proof in &evidence.proof {
        proof.each(&mut |part| {
            asks |= matches!(part, Proof::Probe(call) if call.probe.name == attested::PROBE.name);
        });
    }
    asks
}
