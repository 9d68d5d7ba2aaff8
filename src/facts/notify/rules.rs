//! The labels of alert rules, which routes ask about.

use super::SEVERITY;
use crate::facts::Facts;
use crate::facts::production::Standing;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An alert rule of production with its labels.
#[derive(Clone, Debug)]
pub struct LabelledRule {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

impl LabelledRule {
    /// Whether its labels say that it pages somebody, or say nothing about how loud it is.
    pub fn pages(&self) -> bool {
        let words = SEVERITY.iter().filter_map(|label| self.labels.get(*label));
        words.clone().next().is_none() || words.into_iter().any(|word| super::alertmanager::pages(word))
    }
}

/// The labels of every rule that the view of alerts knows.
pub(super) fn read(facts: &Facts<'_>) -> Vec<LabelledRule> {
    let production = facts.alerts().rules.iter().filter(|rule| rule.standing == Standing::Production);
    let paths: BTreeSet<&str> = production.map(|rule| &*rule.place.path).collect();
    let mut found = Vec::new();
    for object in facts.kubernetes().production().filter(|object| paths.contains(&*object.path)) {
        found.extend(object.value.at(&["spec", "groups"]).into_iter().flat_map(of_groups));
    }
    for path in paths {
        let documents = facts.parsed(path).map(|parsed| parsed.documents.iter()).into_iter().flatten();
        let plain = documents.filter(|document| document.get("apiVersion").is_none());
        found.extend(plain.filter_map(|document| document.get("groups")).flat_map(of_groups));
    }
    found
}

fn of_groups(groups: &Value) -> Vec<LabelledRule> {
    let groups = groups.as_list().unwrap_or_default().iter();
    let rules = groups.filter_map(|group| group.get("rules")?.as_list()).flatten();
    let labelled = rules.filter_map(|rule| {
        let name = rule.get("alert")?.scalar_text()?;
        let labels = rule.get("labels").and_then(Value::as_map).into_iter().flatten();
        let labels = labels.filter_map(|(key, field)| Some((key.clone(), field.value.scalar_text()?))).collect();
        Some(LabelledRule { name, labels })
    });
    labelled.collect()
}
