//! Which items of a checklist a run is about.

use super::{Checklist, Item};
use crate::nearest::{hint, nearest};
use anyhow::bail;
use std::collections::BTreeSet;

/// What was asked for; empty lists select everything, and several kinds narrow each other.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Names of sections.
    pub sections: Vec<String>,
    /// Categories, in any case, whole or their first words.
    pub categories: Vec<String>,
    /// Ids of items, or of what holds them (`environment_config.production.database`).
    pub items: Vec<String>,
}

impl Selection {
    /// The ids of the items that it picks. A name that fits nothing is an error with the nearest one that does.
    pub fn of<'c>(&self, checklist: &'c Checklist) -> anyhow::Result<BTreeSet<&'c str>> {
        let categories = self.known_categories(checklist)?;
        self.known_sections(checklist)?;
        self.known_items(checklist)?;
        let wanted = |item: &&Item| {
            (self.sections.is_empty() || self.sections.contains(&item.section))
                && (categories.is_empty() || categories.contains(item.category.as_str()))
                && (self.items.is_empty() || self.items.iter().any(|id| holds(id, &item.id)))
        };
        Ok(checklist.items().filter(wanted).map(|item| item.id.as_str()).collect())
    }

    fn known_sections(&self, checklist: &Checklist) -> anyhow::Result<()> {
        let names: BTreeSet<&str> = checklist.sections.iter().map(|section| section.name.as_str()).collect();
        for name in &self.sections {
            if !names.contains(name.as_str()) {
                bail!("no section `{name}` in the checklist `{}`{}", checklist.name, hint(name, &names));
            }
        }
        Ok(())
    }

    fn known_categories<'c>(&self, checklist: &'c Checklist) -> anyhow::Result<BTreeSet<&'c str>> {
        let names: BTreeSet<&str> = checklist.sections.iter().map(|section| section.category.as_str()).collect();
        let mut picked = BTreeSet::new();
        for name in &self.categories {
            let fitting: Vec<&str> =
                names.iter().copied().filter(|known| begins(&words(known), &words(name))).collect();
            let exact = fitting.iter().copied().find(|known| words(known) == words(name));
            match (exact, fitting.as_slice()) {
                (Some(one), _) | (None, &[one]) => picked.insert(one),
                (None, []) => bail!("no category `{name}` in the checklist `{}`{}", checklist.name, hint(name, &names)),
                (None, several) => bail!("`{name}` fits several categories: {}", several.join(", ")),
            };
        }
        Ok(picked)
    }

    fn known_items(&self, checklist: &Checklist) -> anyhow::Result<()> {
        for id in &self.items {
            if !checklist.items().any(|item| holds(id, &item.id)) {
                bail!("no item `{id}` in the checklist `{}`{}", checklist.name, near_item(id, checklist));
            }
        }
        Ok(())
    }
}

/// The item whose id, or whose own key, is nearest: `clipy` means `quality_checks.clippy`.
fn near_item(name: &str, checklist: &Checklist) -> String {
    let last = |id: &str| id.rsplit('.').next().unwrap_or_default().to_owned();
    let keys: Vec<(String, &str)> = checklist.items().map(|item| (last(&item.id), item.id.as_str())).collect();
    let ids: BTreeSet<&str> = keys.iter().map(|(_, id)| *id).collect();
    let key = nearest(&last(name), keys.iter().map(|(key, _)| key.as_str()));
    let by_key = key.and_then(|key| keys.iter().find(|(known, _)| known == key));
    match by_key.filter(|_| !name.contains('.')) {
        Some((_, id)) => format!("; the nearest is `{id}`"),
        None => hint(name, &ids),
    }
}

/// Whether an id is meant by a name: it is the id, or what holds it.
fn holds(name: &str, id: &str) -> bool {
    id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn begins(known: &[String], start: &[String]) -> bool {
    !start.is_empty() && known.starts_with(start)
}
