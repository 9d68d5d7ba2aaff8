//! What the program knows, as lists.

use crate::checklist::{self, BUILT_IN, Checklist};
use crate::probe;
use crate::report::markdown::escape;
use crate::rules::{Proof, Rule, RuleSet};
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

/// The reference of the catalogue, as Markdown: every rule with all that it says, file by file.
pub fn rules_markdown(rules: &RuleSet) -> String {
    let count = rules.rules().count();
    let mut text = format!("# The rules of tusk-check\n\n{count} rules. An item that no rule binds is unknown.\n");
    let mut file = None;
    for rule in rules.rules() {
        if file != Some(rule.source.name()) {
            file = Some(rule.source.name());
            let _ = writeln!(text, "\n## {}", rule.source.name());
        }
        rule_markdown(&mut text, rule);
    }
    text
}

fn rule_markdown(text: &mut String, rule: &Rule) {
    let _ = writeln!(text, "\n### `{}`\n\n{}\n", rule.id, escape::text(&rule.asks));
    let also: Vec<String> = rule.also.iter().map(|id| format!("`{id}`")).collect();
    if !also.is_empty() {
        let _ = writeln!(text, "- also {}", also.join(", "));
    }
    let _ = writeln!(text, "- {} evidence, {}, due {}", rule.class.word(), rule.compare.words(), rule.phase);
    let words: Vec<String> = rule.words().iter().map(|word| format!("`{word}`")).collect();
    if !words.is_empty() {
        let _ = writeln!(text, "- words {}", words.join(", "));
    }
    let mut listed = |label: &str, proofs: &mut dyn Iterator<Item = &Proof>| {
        for (at, proof) in proofs.enumerate() {
            let head = if at == 0 { format!("- {label}\n") } else { String::new() };
            let _ = writeln!(text, "{head}  - {}", escape::code(&proof.to_string()));
        }
    };
    listed("proof", &mut rule.evidence.proof.iter());
    for (word, evidence) in &rule.values {
        listed(&format!("proof of `{word}`"), &mut evidence.proof.iter());
        listed(&format!("against `{word}`"), &mut evidence.refuted_by.iter());
    }
    listed("against", &mut rule.evidence.refuted_by.iter());
    listed("shown, never deciding", &mut rule.shown.iter());
    listed("unmet if nothing of it is found, and there is", &mut rule.unmet_where.iter());
    for (label, words) in [
        ("unmet then says", &rule.absence),
        ("would prove it", &rule.would_prove),
        ("fix", &rule.fix),
        ("by hand", &rule.by_hand),
    ] {
        if let Some(words) = words {
            let _ = writeln!(text, "- {label}: {}", escape::text(words));
        }
    }
    for (language, words) in &rule.fix_in {
        let _ = writeln!(text, "- fix, {language}: {}", escape::text(words));
    }
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
