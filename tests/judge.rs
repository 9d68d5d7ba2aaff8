//! The judge alone: outcomes in, verdict out, nothing read.

use tusk_check::ask::{Outcome, State};
use tusk_check::checklist::Expectation;
use tusk_check::evidence::{Blind, Observed, Place, Sighting, Strength};
use tusk_check::judge::{Asked, Judgement, Verdict, judge};
use tusk_check::quantity::Quantity;
use tusk_check::rules::{self, Rule, RuleSet};
use tusk_check::source::{Source, Span};
use tusk_check::value::{Kind, Value};

/// The one rule of a text; `lines` are added to a plain rule.
fn rules(lines: &str) -> RuleSet {
    let text = format!("[a.b]\nasks: \"?\"\nclass: \"tree\"\nproof:\n  - @file(\"x\")\n{lines}");
    let (rules, faults) = rules::load(&[Source::new("r.tsk", text)]);
    assert!(faults.is_empty(), "{faults:?}");
    rules
}

fn sighting(strength: Strength, value: Option<Observed>) -> Sighting {
    let mut sighting = Sighting::new(Place::file("f"), strength, "seen");
    sighting.value = value;
    sighting
}

fn holds(strength: Strength, value: Option<Observed>) -> Outcome {
    Outcome { seen: vec![sighting(strength, value)], strength: Some(strength), ..Outcome::bare(State::Holds) }
}

fn verdict(lines: &str, expects: &Expectation, asked: Asked) -> String {
    let rules = rules(lines);
    let rule: &Rule = rules.rules().next().unwrap();
    shown(&judge(rule, expects, asked))
}

fn shown(judgement: &Judgement) -> String {
    match &judgement.verdict {
        Verdict::Met(proven) => format!("met {}", proven.strength.word()),
        Verdict::Unmet(proven) => format!("unmet {}", proven.strength.word()),
        Verdict::Missing { absence, .. } => format!("missing {absence}"),
        Verdict::Unknown { reason, .. } => format!("unknown {reason}"),
        Verdict::NotDue => "not due".into(),
        Verdict::NotApplicable { .. } => "not applicable".into(),
    }
}

const YES: Expectation = Expectation::Flag(true);

fn weighed(support: Strength, contradiction: Strength) -> String {
    let asked =
        Asked { proof: vec![holds(support, None)], refuted_by: vec![holds(contradiction, None)], ..Asked::default() };
    verdict("", &YES, asked)
}

#[test]
fn contradiction_wins_over_support_of_equal_or_lower_strength() {
    assert_eq!(weighed(Strength::Configured, Strength::Configured), "unmet configured");
    assert_eq!(weighed(Strength::Documented, Strength::Configured), "unmet configured");
    assert_eq!(weighed(Strength::Enforced, Strength::Configured), "met enforced");
    assert_eq!(weighed(Strength::Measured, Strength::Enforced), "met measured");
}

#[test]
fn a_whole_is_as_strong_as_its_weakest_part_says_the_outcome() {
    let mut outcome = holds(Strength::Enforced, None);
    outcome.strength = Some(Strength::Documented);
    assert_eq!(verdict("", &YES, Asked { proof: vec![outcome], ..Asked::default() }), "met documented");
}

#[test]
fn absence_is_unmet_only_where_the_right_place_was_searched() {
    let lines = "unmet_where: @file(\"ci\")\nabsence: \"no gate\"\n";
    let absent = || vec![Outcome::bare(State::Absent)];
    let ask = |place: Outcome| Asked { proof: absent(), place: Some(place), ..Asked::default() };
    assert_eq!(verdict(lines, &YES, ask(holds(Strength::Enforced, None))), "missing no gate");
    assert!(verdict(lines, &YES, ask(Outcome::bare(State::Absent))).starts_with("unknown"));
    let mut blind = Outcome::bare(State::Open);
    blind.blind.push(Blind { place: None, why: "CI is elsewhere".into() });
    assert_eq!(verdict(lines, &YES, ask(blind)), "unknown CI is elsewhere");
}

#[test]
fn what_could_not_be_read_makes_an_absence_unknown() {
    let mut open = Outcome::bare(State::Open);
    open.blind.push(Blind { place: Some(Place::file("ci.yml")), why: "not valid YAML".into() });
    let asked = Asked { proof: vec![open], place: Some(holds(Strength::Enforced, None)), ..Asked::default() };
    let lines = "unmet_where: @file(\"ci\")\nabsence: \"no gate\"\n";
    assert_eq!(verdict(lines, &YES, asked), "unknown not valid YAML");
}

fn text(text: &str) -> Value {
    Value::new(Kind::Str(text.to_owned()), Span::default())
}

fn amount(lines: &str, expects: &Expectation, observed: Observed) -> String {
    verdict(lines, expects, Asked { proof: vec![holds(Strength::Configured, Some(observed))], ..Asked::default() })
}

#[test]
fn amounts_compare_by_the_rules_direction() {
    let thirty = Expectation::Quantity(Quantity::seconds(30.0));
    let seen = |seconds| Observed::Quantity(Quantity::seconds(seconds));
    assert_eq!(amount("compare: \"at_most\"\n", &thirty, seen(20.0)), "met configured");
    assert_eq!(amount("compare: \"at_most\"\n", &thirty, seen(31.0)), "unmet configured");
    assert_eq!(amount("compare: \"at_least\"\n", &thirty, seen(31.0)), "met configured");
    assert_eq!(amount("compare: \"exactly\"\n", &thirty, seen(31.0)), "unmet configured");
    assert!(amount("compare: \"exactly\"\n", &thirty, Observed::Quantity(Quantity::ratio(0.3))).starts_with("unknown"));
    assert!(amount("compare: \"exactly\"\n", &thirty, Observed::Opaque("$T".into())).contains("elsewhere"));
}

#[test]
fn a_bound_on_a_signal_is_a_threshold_and_the_rule_says_which_side_is_fine() {
    let alert = Expectation::of_value("cpu_usage", &text("alert > 80%")).unwrap();
    let rollback = Expectation::of_value("rollback_trigger", &text("error_rate > 2%")).unwrap();
    let seen = |share| Observed::Quantity(Quantity::ratio(share));
    let at_most = "compare: \"at_most\"\n";
    assert_eq!(amount(at_most, &alert, seen(0.75)), "met configured", "it fires before 80 %");
    assert_eq!(amount(at_most, &alert, seen(0.95)), "unmet configured", "it fires too late");
    assert_eq!(amount(at_most, &rollback, seen(0.01)), "met configured");
    assert_eq!(amount(at_most, &rollback, seen(0.05)), "unmet configured");
    // Without a signal the operator is about the value itself, whatever the rule says.
    let coverage = Expectation::of_value("coverage", &text(">=80%")).unwrap();
    assert_eq!(amount(at_most, &coverage, seen(0.9)), "met configured");
}

#[test]
fn a_default_may_contradict_and_never_proves() {
    let thirty = Expectation::Quantity(Quantity::seconds(30.0));
    let of_sqlx = |seconds| {
        let mut outcome = holds(Strength::Configured, Some(Observed::Quantity(Quantity::seconds(seconds))));
        outcome.seen[0].default_of = Some("sqlx".into());
        Asked { proof: vec![outcome], ..Asked::default() }
    };
    assert!(verdict("compare: \"at_most\"\n", &thirty, of_sqlx(30.0)).starts_with("unknown a default fits"));
    assert_eq!(verdict("compare: \"at_most\"\n", &thirty, of_sqlx(60.0)), "unmet configured");
}

#[test]
fn the_first_alternative_that_yields_a_value_decides() {
    let hundred = Expectation::Quantity(Quantity::count(100.0));
    let set = |count| holds(Strength::Configured, Some(Observed::Quantity(Quantity::count(count))));
    let asked = |first, second| Asked { proof: vec![set(first), set(second)], ..Asked::default() };
    assert_eq!(verdict("compare: \"exactly\"\n", &hundred, asked(100.0, 10.0)), "met configured");
    assert_eq!(verdict("compare: \"exactly\"\n", &hundred, asked(10.0, 100.0)), "unmet configured");
}

#[test]
fn words_stand_on_scales() {
    let scale = "compare: \"scale:ssl\"\n[scale.ssl]\norder: [\"disable\", \"prefer\", \"require\", \"verify-full\"]\nsame:\n  require: [\"true\", \"REQUIRED\"]\n";
    let require = Expectation::Word("require".into());
    let word = |word: &str| Observed::Word(word.into());
    assert_eq!(amount(scale, &require, word("VerifyFull")), "met configured");
    assert_eq!(amount(scale, &require, word("prefer")), "unmet configured");
    assert_eq!(amount(scale, &require, Observed::Flag(true)), "met configured");
    assert!(amount(scale, &require, word("maybe")).contains("no word of the scale"));
}

#[test]
fn a_flag_must_be_the_expected_flag_and_presence_is_enough_for_the_rest() {
    let no = Expectation::Flag(false);
    assert_eq!(amount("", &no, Observed::Flag(false)), "met configured");
    assert_eq!(amount("", &no, Observed::Flag(true)), "unmet configured");
    assert_eq!(amount("", &YES, Observed::Word("1.2.3".into())), "met configured");
    assert_eq!(amount("compare: \"exactly\"\n", &no, Observed::Quantity(Quantity::count(0.0))), "met configured");
}
