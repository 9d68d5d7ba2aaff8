//! A mapping in the order of its text.
//!
//! Settings are mostly blocks of a few keys: those are looked through, and cost one allocation; from a dozen keys on
//! there is a table.

use super::Field;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smol_str::SmolStr;
use std::hash::BuildHasher;
use std::ops::Index;
use std::slice;

/// So many keys are looked through faster than a table is made for them.
const FEW: usize = 12;

/// Key → its span and its value, in the order of the text; each key once.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<(SmolStr, Field)>,
    table: Option<Box<Table>>,
}

/// Where each key stands, by its hash.
#[derive(Clone, Debug, Default)]
struct Table {
    hasher: RandomState,
    places: HashTable<u32>,
}

impl Map {
    /// An empty mapping with room for so many entries.
    pub fn with_capacity(entries: usize) -> Self {
        Self { entries: Vec::with_capacity(entries), table: None }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry under a key.
    pub fn get(&self, key: &str) -> Option<&Field> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// The entry under a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Field> {
        self.position(key).map(|at| &mut self.entries[at].1)
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Puts an entry at the end, or in the place of the one that had its key, which is given back.
    pub fn insert(&mut self, key: impl Into<SmolStr>, field: Field) -> Option<Field> {
        let (first, field) = self.add(key, field).err()?;
        Some(std::mem::replace(first, field))
    }

    /// Puts an entry at the end; where its key is taken, gives back what stands there, and the entry.
    pub fn add(&mut self, key: impl Into<SmolStr>, field: Field) -> Result<(), (&mut Field, Field)> {
        let key = key.into();
        if let Some(at) = self.position(&key) {
            return Err((&mut self.entries[at].1, field));
        }
        self.push(key, field);
        Ok(())
    }

    /// The entry under a key; where there is none, a new one at the end.
    pub fn or_insert_with(&mut self, key: impl Into<SmolStr>, make: impl FnOnce() -> Field) -> &mut Field {
        let key = key.into();
        let at = self.position(&key).unwrap_or_else(|| {
            self.push(key, make());
            self.len() - 1
        });
        &mut self.entries[at].1
    }

    /// Takes an entry out; those behind it move up.
    pub fn remove(&mut self, key: &str) -> Option<Field> {
        let at = self.position(key)?;
        let (_, field) = self.entries.remove(at);
        self.reindex();
        Some(field)
    }

    /// Takes the first entry out.
    pub fn remove_first(&mut self) -> Option<(SmolStr, Field)> {
        let first = (!self.is_empty()).then(|| self.entries.remove(0));
        self.reindex();
        first
    }

    /// Keeps the entries that `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&SmolStr, &mut Field) -> bool) {
        self.entries.retain_mut(|(key, field)| keep(key, field));
        self.reindex();
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&SmolStr, &Field)> {
        self.entries.first().map(|(key, field)| (key, field))
    }

    /// Every entry.
    pub fn iter(&self) -> Entries<'_> {
        self.into_iter()
    }

    /// Every entry, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&SmolStr, &mut Field)> {
        self.entries.iter_mut().map(|(key, field)| (&*key, field))
    }

    /// Every key.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &SmolStr> + ExactSizeIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// What stands under the keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Field> + ExactSizeIterator {
        self.entries.iter().map(|(_, field)| field)
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        self.entries.iter_mut().map(|(_, field)| field)
    }

    fn push(&mut self, key: SmolStr, field: Field) {
        self.entries.push((key, field));
        let last = self.entries.len() - 1;
        match &mut self.table {
            Some(table) => table.add(&self.entries, last),
            None if last >= FEW => self.reindex(),
            None => {}
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.table {
            Some(table) => table.position(&self.entries, key),
            None => self.entries.iter().position(|(own, _)| own == key),
        }
    }

    fn reindex(&mut self) {
        self.table = (self.entries.len() > FEW).then(Box::default);
        if let Some(table) = &mut self.table {
            (0..self.entries.len()).for_each(|at| table.add(&self.entries, at));
        }
    }
}

impl Table {
    fn add(&mut self, entries: &[(SmolStr, Field)], at: usize) {
        let Self { hasher, places } = self;
        let hash = |at: usize| hasher.hash_one(entries[at].0.as_str());
        places.insert_unique(hash(at), at as u32, |&at| hash(at as usize));
    }

    fn position(&self, entries: &[(SmolStr, Field)], key: &str) -> Option<usize> {
        let place = self.places.find(self.hasher.hash_one(key), |&at| entries[at as usize].0 == key);
        place.map(|&at| at as usize)
    }
}

/// The entry under a key that is known to be there.
impl Index<&str> for Map {
    type Output = Field;

    fn index(&self, key: &str) -> &Field {
        self.get(key).expect("an entry with this key")
    }
}

/// Two mappings are the same whatever the order of their keys.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, field)| other.get(key) == Some(field))
    }
}

/// The entries of a mapping.
#[derive(Clone, Debug)]
pub struct Entries<'m>(slice::Iter<'m, (SmolStr, Field)>);

impl<'m> Iterator for Entries<'m> {
    type Item = (&'m SmolStr, &'m Field);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, field)| (key, field))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, field)| (key, field))
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl<'m> IntoIterator for &'m Map {
    type Item = (&'m SmolStr, &'m Field);
    type IntoIter = Entries<'m>;

    fn into_iter(self) -> Entries<'m> {
        Entries(self.entries.iter())
    }
}

impl IntoIterator for Map {
    type Item = (SmolStr, Field);
    type IntoIter = std::vec::IntoIter<(SmolStr, Field)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Into<SmolStr>> Extend<(K, Field)> for Map {
    fn extend<T: IntoIterator<Item = (K, Field)>>(&mut self, entries: T) {
        entries.into_iter().for_each(|(key, field)| _ = self.insert(key, field));
    }
}

impl<K: Into<SmolStr>> FromIterator<(K, Field)> for Map {
    fn from_iter<T: IntoIterator<Item = (K, Field)>>(entries: T) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}
