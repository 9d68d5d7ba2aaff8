//! The types that the program reads its settings into: what must be there, of which type, inside which bounds.
//!
//! A type counts when a loader returns it: `try_deserialize::<T>()`, `T::parse()`, `env.Parse(&cfg)`, `BaseSettings`,
//! `z.object({…}).parse(process.env)`. A type of an API that is merely deserialised does not.

mod decorated;
mod dynaconf;
mod generics;
mod go;
mod go_files;
mod node;
mod python;
mod rust;
mod rust_attributes;
mod rust_defaults;
mod rust_items;
mod rust_reads;
mod schema_files;
mod shape;
mod supplied;

use super::Facts;
use super::code::{is_of_a_client_library, is_of_a_typed_module};
use super::config::Key;
use crate::evidence::Place;

pub(in crate::facts) use go::tag;
pub use shape::{Bound, Shape};

/// The types that the program reads its settings into.
#[derive(Debug, Default)]
pub struct SettingsTypes {
    /// Where settings are loaded into a type.
    pub roots: Vec<Root>,
    /// Every field of those types, nested ones with their whole path, by place.
    pub fields: Vec<Field>,
}

/// A place where settings are loaded into a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The type's name.
    pub name: String,
    /// Where it is loaded.
    pub place: Place,
    /// Whether an unknown key is an error.
    pub denies_unknown: bool,
    /// Whether it lets anything pass: `HashMap`, `serde_json::Value`.
    pub is_untyped: bool,
}

/// One field of a settings type.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its path: `database.port`.
    pub name: String,
    /// The same as words.
    pub key: Key,
    /// The environment variable that fills it, when the type says so.
    pub variable: Option<Key>,
    /// Its type as written, without `Option`.
    pub written: String,
    /// What sort of value it holds.
    pub shape: Shape,
    /// Whether loading fails without it.
    pub is_required: bool,
    /// Whether the type leaves open what it may hold: what a Go struct lacks is empty, and code may refuse that, and more.
    pub is_open: bool,
    /// What it is without a value, where the type says so.
    pub default: Option<String>,
    /// Its least and greatest value, where the type or an attribute says so.
    pub bound: Bound,
    /// Whether its meaning is checked: a range, a pattern, a type that refuses nonsense.
    pub is_checked: bool,
    /// Where it stands.
    pub place: Place,
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> SettingsTypes {
    let mut types = SettingsTypes::default();
    rust::read(facts, &mut types);
    go::read(facts, &mut types);
    go_files::read(facts, &mut types);
    python::read(facts, &mut types);
    dynaconf::read(facts, &mut types);
    node::read(facts, &mut types);
    decorated::read(facts, &mut types);
    schema_files::read(facts, &mut types);
    supplied::read(facts, &mut types);
    // What calls the service has settings of its own.
    let is_of_a_caller = |path: &str| is_of_a_client_library(facts, path) || is_of_a_typed_module(facts, path);
    types.roots.retain(|root| !is_of_a_caller(&root.place.path));
    types.fields.retain(|field| !is_of_a_caller(&field.place.path));
    types.roots.sort_by(|a, b| a.place.cmp(&b.place));
    types.fields.sort_by(|a, b| (&a.place, &a.name).cmp(&(&b.place, &b.name)));
    types.fields.dedup_by(|a, b| a.place == b.place && a.name == b.name);
    types
}

impl Field {
    /// A required field without bounds; what the type says is filled in by its reader.
    fn new(name: String, written: &str, place: Place) -> Self {
        let key = Key::of(&name);
        let shape = Shape::of(written);
        Self {
            name,
            key,
            variable: None,
            written: written.to_owned(),
            shape,
            is_required: true,
            is_open: false,
            default: None,
            bound: Bound::of_type(written),
            is_checked: shape.refuses_nonsense(),
            place,
        }
    }
}
