//! Checklists from text, and what is wrong with a text.

use super::tusk;
use tusk_check::checklist::{BUILT_IN, Expectation, Form, load, read};
use tusk_check::source::Source;

/// The ids of the production checklist, in its order: the contract.
const IDS: &str = include_str!("../fixtures/ids.txt");

#[test]
fn the_production_checklist_has_its_items_in_their_order() {
    let production = load("production").expect("the built-in checklist").checklist;
    let ids: Vec<&str> = production.items().map(|item| item.id.as_str()).collect();
    let expected: Vec<&str> = IDS.lines().collect();
    assert_eq!(ids, expected);
    assert_eq!((production.sections.len(), ids.len()), (56, 293));
    assert_eq!(production.path, None);
}

#[test]
fn the_section_that_stands_twice_keeps_both_headings() {
    let production = load("production").expect("the built-in checklist").checklist;
    let twice: Vec<_> = production.sections.iter().filter(|section| section.name == "security_config").collect();
    let headings: Vec<_> = twice.iter().map(|section| (section.category.as_str(), section.title.as_str())).collect();
    assert_eq!(headings, [("Security Checklist", "Network Security"), ("Database Checklist", "Database Security")]);
    assert_eq!(production.item("security_config.ssl_mode").expect("an item").category, "Database Checklist");
}

#[test]
fn built_in_checklists_have_no_warnings_and_a_heading_for_each_section() {
    for built_in in BUILT_IN {
        let loaded = load(built_in.name).expect(built_in.name);
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        for section in &loaded.checklist.sections {
            assert!(!section.category.is_empty() && !section.title.is_empty(), "{}", section.name);
        }
    }
}

#[test]
fn an_item_knows_its_place_its_words_and_its_reason() {
    let production = load("production").expect("the built-in checklist").checklist;
    let item = production.item("environment_config.production.database.ssl_mode").expect("an item");
    assert_eq!(item.title, "Production, Database: SSL mode");
    assert_eq!(item.expected_text, "require");
    assert!(item.why.as_deref().is_some_and(|why| why.contains("in the clear")));
    assert_eq!(item.source.line(item.line_col().line).trim(), "ssl_mode: \"require\"");
    let entry = production.item("alerting_config.critical_alerts.service_down").expect("an entry");
    assert_eq!(entry.entry.as_deref(), Some("service_down"));
    assert_eq!(entry.source.line(entry.line_col().line).trim(), "- \"service_down\"");
    assert!(entry.why.is_some(), "an entry has the reason of its list");
}

#[test]
fn yaml_and_toml_of_the_same_shape_read_the_same() {
    let list =
        tusk("[checks]\n$category: \"One\"\nssl_mode: \"require\"\ndb:\n  pool: 5\nalerts: [\"down\", \"slow\"]\n");
    let yaml =
        "checks:\n  $category: One\n  ssl_mode: require\n  db:\n    pool: 5\n  alerts:\n    - down\n    - slow\n";
    let toml =
        "[checks]\n\"$category\" = \"One\"\nssl_mode = \"require\"\ndb.pool = 5\nalerts = [\"down\", \"slow\"]\n";
    let shape = |loaded: tusk_check::checklist::Loaded| -> Vec<(String, Expectation, String)> {
        let items = loaded.checklist.items();
        items.map(|item| (item.id.clone(), item.expects.clone(), item.category.clone())).collect()
    };
    let expected = shape(list.expect("tusk"));
    assert_eq!(expected.len(), 4);
    for (name, form, text) in [("list.yaml", Form::Yaml, yaml), ("list.toml", Form::Toml, toml)] {
        let source = Source::new(name, text);
        let loaded = read(&source, form, "list").expect(name);
        let pool = loaded.checklist.item("checks.db.pool").expect("an item");
        assert!(source.line(pool.line_col().line).contains("pool"), "{name}");
        let mut items = shape(loaded);
        items.sort_by_key(|(id, ..)| expected.iter().position(|(other, ..)| other == id));
        assert_eq!(items, expected, "{name}");
    }
}

const DOCUMENT: &str = "# Ours\n\n## \u{1f680} First things\n\n### Checks\n\n```rust\n[checks]\nclippy: \"no_warnings\"\n\n[more]\nx: true\n```\n\n### Others\n\n```yaml\nservices:\n  web: 1\n```\n\n```\n[others]\ny: [\"a\"]\n```\n\n# Annex\n\n```tsk\n[late]\nz: true\n```\n";

#[test]
fn a_markdown_document_gives_its_headings_and_places() {
    let source = Source::new("list.md", DOCUMENT);
    let loaded = read(&source, Form::Markdown, "list").expect("a checklist");
    let found: Vec<_> = loaded
        .checklist
        .sections
        .iter()
        .flat_map(|section| section.items.iter().map(|item| (section.category.as_str(), section.title.as_str(), item)))
        .map(|(category, title, item)| (category, title, item.id.as_str(), item.line_col().line))
        .collect();
    let expected = [
        ("First things", "Checks", "checks.clippy", 9),
        ("First things", "Checks", "more.x", 12),
        ("First things", "Others", "others.y.a", 24),
        ("", "Late", "late.z", 31),
    ];
    assert_eq!(found, expected);
    let warnings: Vec<&str> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(warnings, ["this block has no `[section]`, so nothing of it is an item"]);
}

#[test]
fn a_document_without_a_checklist_is_refused() {
    let message = read(&Source::new("a.md", "# A\n\nText\n"), Form::Markdown, "a").expect_err("none").to_string();
    assert_eq!(message, "a.md:1:1: the checklist holds no items");
}

#[test]
fn a_mistake_in_a_fence_has_its_place_in_the_document() {
    let source = Source::new("a.md", "## A\n\n- point\n\n  ```rust\n  [a]\n  x: \"80%%\"\n  ```\n");
    let message = read(&source, Form::Markdown, "a").expect_err("broken").to_string();
    assert!(message.starts_with("a.md:7:6: `x`: `80%%` is no quantity"), "{message}");
}

/// A text that cannot be used: each part of an expected line (`line:column: words`) must be in the message.
fn refused(text: &str, lines: &[&str]) {
    let message = tusk(text).expect_err(text).to_string();
    let found: Vec<&str> = message.lines().collect();
    assert_eq!(found.len(), lines.len(), "{text}\n{message}");
    for (found, expected) in found.iter().zip(lines) {
        assert!(found.starts_with(&format!("list.tsk:{expected}")), "{text}\nfound {found}\nexpected {expected}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    refused(
        "[a]\nx: \">=80%%\"\ny: true\nz: \"5 parsecs\"\n",
        &["2:4: `x`: `80%%` is no quantity", "4:4: `z`: `5 parsecs` is no"],
    );
    refused("[a]\nx: true\n[a]\nx: false\n", &["4:1: the item `a.x` stands twice"]);
    refused("[a]\nx: [\"one\", \"one\"]\n", &["2:12: the item `a.x.one` stands twice"]);
    refused("[a]\nx: []\n", &["2:1: the list `x` has no entries"]);
    refused("[a]\nx:\ny: true\n", &["2:1: `x`: the item expects nothing"]);
    refused("[a]\nx: $other\n", &["2:4: `x`: an expression is never evaluated"]);
    refused("[a]\n$colour: \"red\"\nx: true\n", &["2:1: `$colour` is no item; the names with `$` are"]);
    refused("[a]\nx: true\n$why: { y: \"because\" }\n", &["3:9: `$why` names `y`, which is not in its section"]);
    refused("[a]\nx: true\n$title: 5\n", &["3:9: `$title` expects a text"]);
    refused("[a]\n$phase: \"releas\"\nx: true\n", &["2:9: no phase `releas`; the nearest is `release`"]);
    refused("x: true\n", &["1:1: `x` stands in no section"]);
    refused("", &["1:1: the checklist holds no items"]);
    refused("[a]\n", &["1:1: the checklist holds no items"]);
}

#[test]
fn a_section_may_say_when_its_items_are_due() {
    use tusk_check::checklist::Phase;
    let list = tusk("[a]\nx: true\n[b]\n$phase: \"post-release\"\ny: true\n").expect("a checklist").checklist;
    let phases: Vec<Phase> = list.items().map(|item| item.phase(Phase::Release)).collect();
    assert_eq!(phases, [Phase::Release, Phase::PostRelease]);
}

#[test]
fn an_empty_section_is_a_warning() {
    let loaded = tusk("[a]\n[b]\nx: true\n").expect("a checklist");
    let messages: Vec<&str> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(messages, ["section `a` has no items"]);
}

#[test]
fn a_checklist_that_is_not_there_is_named_with_the_nearest() {
    let message = format!("{:#}", load("prodction").expect_err("no such checklist"));
    assert!(
        message.starts_with("no checklist `prodction`") && message.contains("the nearest is `production`"),
        "{message}"
    );
}

#[test]
fn broken_yaml_and_toml_are_refused_with_their_place() {
    for (form, name, text) in [(Form::Yaml, "a.yaml", "a:\n  b: [1\n"), (Form::Toml, "a.toml", "[a]\nb = \n")] {
        let message = read(&Source::new(name, text), form, "a").expect_err(name).to_string();
        assert!(message.starts_with(&format!("{name}:")) && message.contains("not valid"), "{message}");
    }
}

/// A rule that only looks whether something is there would let any amount pass.
#[test]
fn every_amount_of_the_production_checklist_is_compared() {
    use tusk_check::rules::{self, Compare};
    let rules = rules::embedded();
    let production = tusk_check::checklist::production();
    let amounts = production.items().filter(|item| {
        let signal = matches!(&item.expects, Expectation::Bound(bound) if bound.signal.is_some());
        signal || matches!(item.expects, Expectation::Quantity(_) | Expectation::Cadence(_) | Expectation::Range(_))
    });
    let loose: Vec<&str> = amounts
        .filter(|item| rules.of_item(item).is_some_and(|rule| matches!(rule.compare, Compare::Presence)))
        .map(|item| item.id.as_str())
        .collect();
    assert!(loose.is_empty(), "items with an amount whose rule compares nothing: {loose:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "([\\[\\]{}:@$\"'#<>|\n -]|[a-z0-9%]|\\PC){0,120}") {
        for form in [Form::Tusk, Form::Markdown, Form::Yaml, Form::Toml] {
            if let Err(broken) = read(&Source::new("a", text.as_str()), form, "a") {
                assert!(!broken.to_string().is_empty() && !broken.render(false).is_empty());
            }
            let fenced = format!("## A\n\n```tsk\n[a]\n{text}\n```\n");
            let _ = read(&Source::new("a.md", fenced), Form::Markdown, "a");
        }
    }
}
