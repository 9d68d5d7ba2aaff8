//! What the program knows, as lists.

use crate::checklist::{self, BUILT_IN, Checklist};
use crate::probe;
use crate::rules::RuleSet;
use std::fmt::Write;

/// The items of a checklist under their categories: the id and what it expects.
pub fn items(checklist: &Checklist) -> String {
    let mut text = String::new();
    let mut category = None;
    for section in &checklist.sections {
        if category != Some(&section.category) {
            let line_end = if category.is_some() { "\n" } else { "" };
            let _ = writeln!(text, "{line_end}{}", shown(&section.category));
            category = Some(&section.category);
        }
        let width = section.items.iter().map(|item| item.id.chars().count()).max().unwrap_or(0);
        for item in &section.items {
            let _ = writeln!(text, "  {:width$}  {}", shown(&item.id), shown(&item.expected_text));
        }
    }
    text
}

/// The rules: the item that each binds, what kind of evidence decides it, and its question.
pub fn rules(rules: &RuleSet) -> String {
    let mut text = String::new();
    for rule in rules.rules() {
        let _ = writeln!(text, "{}  ({}, {})\n    {}", rule.id, rule.class.word(), rule.phase, rule.asks);
        for id in &rule.also {
            let _ = writeln!(text, "    also {id}");
        }
    }
    text
}

/// The instruments: how each is called, and what it looks at.
pub fn probes() -> String {
    let mut probes: Vec<_> = probe::ALL.to_vec();
    probes.sort_by_key(|probe| probe.name);
    let mut text = String::new();
    for probe in probes {
        let _ = writeln!(text, "{}", probe.usage);
        for line in textwrap::wrap(probe.summary, 96) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// The checklists that come with the program.
pub fn checklists() -> anyhow::Result<String> {
    let mut text = String::new();
    for built_in in BUILT_IN {
        let list = checklist::load(built_in.name)?.checklist;
        let (sections, items) = (list.sections.len(), list.items().count());
        let _ = writeln!(text, "{}  {}: {sections} sections, {items} items", built_in.name, built_in.about);
    }
    Ok(text)
}

/// A checklist may come from anywhere.
fn shown(text: &str) -> String {
    crate::report::plain(text)
}
