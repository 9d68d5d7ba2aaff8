//! What a TuskLang text says: statements above the first section, and the sections in order.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use smol_str::SmolStr;
use std::collections::{HashMap, hash_map};

/// A text as it was written: nothing merged, every section with its own header and body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The statements above the first section.
    pub root: Map,
    /// The sections in the order of the text; a name may stand twice.
    pub sections: Vec<Section>,
}

/// One section: a header and what stands under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The name, cut at its dots; each part with its place. Never empty.
    pub path: Vec<(String, Span)>,
    /// Where the header stands, with its brackets.
    pub span: Span,
    /// Its statements.
    pub body: Map,
}

impl Section {
    /// The name as written, with dots: `app.db`.
    pub fn name(&self) -> String {
        self.path.iter().map(|(part, _)| part.as_str()).collect::<Vec<_>>().join(".")
    }

    /// The parts of the name.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(|(part, _)| part.as_str())
    }
}

impl Document {
    /// The text as one map: sections nest by the dots in their names, and a section that stands twice is merged.
    ///
    /// A repeated section is a warning that names both places; a key that stands twice in the merged map is an error
    /// that names both, and the first one is kept.
    pub fn merged(&self) -> (Map, Vec<Diagnostic>) {
        self.clone().into_merged()
    }

    /// [`Document::merged`] without the copy.
    pub fn into_merged(self) -> (Map, Vec<Diagnostic>) {
        let mut map = self.root;
        let mut diagnostics = Vec::new();
        let mut headers: HashMap<Vec<String>, Span> = HashMap::new();
        for section in self.sections {
            let path: Vec<String> = section.parts().map(str::to_owned).collect();
            match headers.entry(path) {
                hash_map::Entry::Occupied(first) => {
                    let message = format!("section `{}` stands twice; both are read as one", section.name());
                    diagnostics.push(Diagnostic::warning(section.span, message).and(*first.get(), "first stands here"));
                }
                hash_map::Entry::Vacant(slot) => {
                    slot.insert(section.span);
                }
            }
            merge_section(&mut map, section, &mut diagnostics);
        }
        (map, diagnostics)
    }
}

fn merge_section(map: &mut Map, section: Section, diagnostics: &mut Vec<Diagnostic>) {
    let whole = section.span;
    let mut target = map;
    for (part, span) in section.path {
        let field =
            target.or_insert_with(part, || Field { key: span, value: Value::new(Kind::Map(Map::default()), whole) });
        let at = field.key;
        let Kind::Map(inner) = &mut field.value.kind else {
            diagnostics.push(
                Diagnostic::error(span, "this section has the name of a key that holds a value; expected another name")
                    .and(at, "the key stands here"),
            );
            return;
        };
        target = inner;
    }
    for (key, field) in section.body {
        insert(target, key, field, diagnostics);
    }
}

/// The keys that the reader adds itself, for statements that are no pairs.
pub(super) const DIRECTIVES: &str = "$directives";
/// See [`DIRECTIVES`].
pub(super) const STATEMENTS: &str = "$statements";

/// Adds a field. Where the key is taken, two maps are merged, with a warning when both were written out as blocks of
/// that key; anything else is an error that names both places, and the first stays.
pub(crate) fn insert(map: &mut Map, key: SmolStr, field: Field, diagnostics: &mut Vec<Diagnostic>) {
    let name = key.clone();
    let Err((first, field)) = map.add(key, field) else { return };
    let collects = [DIRECTIVES, STATEMENTS].contains(&name.as_str());
    let (place, implied) = (first.key, is_implied(first) || is_implied(&field));
    match (&mut first.value.kind, field.value.kind) {
        (Kind::Map(first), Kind::Map(second)) => {
            if !implied {
                let message = format!("key `{name}` stands twice; both are read as one");
                diagnostics.push(Diagnostic::warning(field.key, message).and(place, "first stands here"));
            }
            for (key, field) in second {
                insert(first, key, field, diagnostics);
            }
        }
        (Kind::List(first), Kind::List(second)) if collects => first.extend(second),
        _ => {
            let message = format!("key `{name}` stands twice; the first one is kept");
            diagnostics.push(Diagnostic::error(field.key, message).and(place, "first stands here"));
        }
    }
}

/// Whether a map was only implied, by a dotted key or a section's name: its span then starts with its own key.
fn is_implied(field: &Field) -> bool {
    field.value.span.start <= field.key.start
}
