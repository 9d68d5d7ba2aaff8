//! Faults of rule files: each is named, at its place, with what would have been right.

use tusk_check::rules;
use tusk_check::source::Source;

/// The faults of a text, each as `line:column message`.
fn faults(text: &str) -> Vec<String> {
    let source = Source::new("r.tsk", text);
    let (_, faults) = rules::load(std::slice::from_ref(&source));
    let told = faults.iter().map(|(source, fault)| {
        let at = source.line_col(fault.span.start);
        format!("{}:{} {}", at.line, at.column, fault.message)
    });
    told.collect()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let found = faults(text);
    assert!(found.iter().any(|fault| fault.contains(expected)), "want {expected:?}, got {found:#?}");
}

const RULE: &str = "[a.b]\nasks: \"?\"\nclass: \"tree\"\n";

#[test]
fn a_good_rule_has_no_fault() {
    let text = format!(
        "{RULE}proof:\n  - @file(\"x\")\n  - @any(@file(\"y\" | \"z\"), @all(@file(\"v\"), @not(@file(\"w\"))))\n"
    );
    assert_eq!(faults(&text), Vec::<String>::new());
}

#[test]
fn every_fault_is_named_at_its_place() {
    check(&format!("{RULE}prof: []\n"), "4:1");
    check(&format!("{RULE}prof: []\n"), "proof");
    check(&format!("{RULE}proof:\n  - @fil(\"x\")\n"), "5:5 no probe `fil`");
    check(&format!("{RULE}proof:\n  - @file()\n"), "5:5");
    check(&format!("{RULE}proof:\n  - @file(\"x\"){{loud}}\n"), "loud");
    check(&format!("{RULE}proof:\n  - @file($c.none)\n"), "no list `$c.none`");
    check(&format!("{RULE}proof:\n  - @source(\"(\")\n"), "no regular expression");
    check(&format!("{RULE}proof:\n  - @not(@file(\"x\"))\n"), "@not");
    check(&format!("{RULE}proof:\n  - \"words\"\n"), "5:5");
    check(&format!("{RULE}compare: \"sideways\"\nproof:\n  - @file(\"x\")\n"), "4:10 `sideways` compares nothing");
    check(&format!("{RULE}compare: \"scale:none\"\nproof:\n  - @file(\"x\")\n"), "no scale `none`");
    check("[a.b]\nasks: \"?\"\nclass: \"wood\"\nproof:\n  - @file(\"x\")\n", "3:8 `wood` is no class");
    check(RULE, "needs `proof:`");
    check(&format!("{RULE}proof:\n  - @item(\"a.b\")\n"), "composed of itself");
    check(&format!("{RULE}proof:\n  - @file(\"x\")\nunmet_where: @file(\"y\")\n"), "needs `absence:`");
    check("stray: 1\n", "1:1 `stray` stands outside every section");
    check(&format!("{RULE}values:\n  x: \"y\"\n"), "said to equal `y`");
}
