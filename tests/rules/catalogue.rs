//! The embedded catalogue as a whole: it loads, it binds the production checklist, every rule has its fixture.

use super::fixture;
use std::collections::BTreeSet;
use tusk_check::rules;
use tusk_check::{check, checklist};

#[test]
fn it_loads_without_a_fault() {
    let (_, faults) = rules::load(&rules::sources());
    let shown: Vec<String> = faults.iter().map(|(source, fault)| fault.render(source, false)).collect();
    assert!(shown.is_empty(), "{} faults:\n{}", shown.len(), shown.join("\n"));
}

#[test]
fn it_knows_every_word_of_the_production_checklist() {
    let (rules, _) = rules::load(&rules::sources());
    let faults = check::bind(&checklist::production(), &rules).err().unwrap_or_default();
    let shown: Vec<String> = faults.iter().map(|(source, fault)| fault.render(source, false)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn every_rule_binds_an_item_of_the_production_checklist() {
    let (rules, _) = rules::load(&rules::sources());
    let production = checklist::production();
    let bound: BTreeSet<&str> =
        production.items().filter_map(|item| rules.of_item(item)).map(|rule| rule.id.as_str()).collect();
    let idle: Vec<&str> = rules.rules().map(|rule| rule.id.as_str()).filter(|id| !bound.contains(id)).collect();
    assert!(idle.is_empty(), "rules that no item asks for: {idle:?}");
}

#[test]
fn every_rule_has_a_fixture_with_a_case_that_is_not_met() {
    let (rules, _) = rules::load(&rules::sources());
    let mut fixtures = std::collections::BTreeMap::new();
    for path in super::fixture_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let (id, cases) = fixture::parse(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        fixtures.insert(id, cases);
    }
    let mut wrong = Vec::new();
    for rule in rules.rules() {
        let list = rule.id.strip_suffix('*');
        let own = fixtures.iter().filter(|(id, _)| **id == rule.id || list.is_some_and(|list| id.starts_with(list)));
        let cases: Vec<_> = own.flat_map(|(_, cases)| cases).collect();
        if !cases.iter().any(|case| case.verdict != "met") {
            wrong.push(format!("{}: no case that is not met", rule.id));
        }
        if !cases.iter().any(|case| case.verdict == "met") && rule.by_hand.is_none() {
            wrong.push(format!("{}: no case that is met", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{} gaps:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_to_do_speaks_of_cargo_only_where_there_is_rust() {
    use tusk_check::facts::code::Language::{Go, Php, Rust};
    let (rules, _) = rules::load(&rules::sources());
    let speaks = |text: Option<&str>| text.is_some_and(|text| text.contains("cargo") || text.contains("RUSTDOCFLAGS"));
    for rule in rules.rules() {
        assert!(!speaks(rule.fix_for(&[Php])), "{}: `{:?}` in a tree of PHP", rule.id, rule.fix);
    }
    let rule = rules.rules().find(|rule| rule.id == "code_quality.static_analysis").unwrap();
    assert!(speaks(rule.fix_for(&[])) && speaks(rule.fix_for(&[Go, Rust])));
    assert!(rule.fix_for(&[Go]).is_some_and(|fix| fix.contains("golangci-lint")));
}
