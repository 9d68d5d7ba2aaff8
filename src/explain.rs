//! `explain`: what an item asks for, what would prove and contradict it, and what was found.

use crate::checklist::{self, Expectation, Item};
use crate::cli::Request;
use crate::report::terminal::{Card, Look};
use crate::rules::{self, Binding, Compare, Proof, Rule};
use crate::run::{bound, check};

/// The items of the request's selection, one after the other.
pub fn explain(request: &Request, look: Look) -> anyhow::Result<String> {
    let list = checklist::load(&request.checklist)?.checklist;
    let selected = request.selection.of(&list)?;
    let bindings = bound(&list, rules::embedded())?;
    let report = check(request)?;
    let mut card = Card::new(look);
    for (item, binding) in list.items().zip(&bindings) {
        let wanted = selected.contains(item.id.as_str());
        if let Some(found) = report.item(&item.id).filter(|_| wanted) {
            question(&mut card, item, binding.as_ref());
            card.found(found, &request.root.to_string_lossy());
        }
    }
    Ok(card.into_text())
}

/// What is asked, independent of any project.
fn question(card: &mut Card, item: &Item, binding: Option<&Binding>) {
    card.title(&item.id, &item.category);
    let Some(binding) = binding else {
        card.row("expects", &item.expected_text);
        card.row("asks", "no rule asks for this yet: state it by hand");
        return;
    };
    let rule = &*binding.rule;
    card.row("asks", &rule.asks);
    card.row("expects", &expects(item, rule));
    if let Some(why) = &item.why {
        card.row("why", why);
    }
    card.row("decides", &format!("{} evidence, {}", rule.class.word(), item.phase(rule.phase)));
    let words = rule.words();
    if !words.is_empty() {
        card.row("words", &words.join(", "));
    }
    let evidence = binding.evidence();
    let last = (!rules::asks_for_statements(evidence)).then(|| rules::LAST_PROOF.to_owned());
    card.list("proof", evidence.proof.iter().map(Proof::to_string).chain(last));
    // A word's own contradictions stand beside those of the whole rule.
    let of_rule = binding.word.as_ref().map(|_| &rule.evidence.refuted_by).into_iter().flatten();
    card.list("against", evidence.refuted_by.iter().chain(of_rule).map(Proof::to_string));
    card.list("shown", rule.shown.iter().map(Proof::to_string));
    card.list("place", rule.unmet_where.iter().map(Proof::to_string));
    if let Some(by_hand) = &rule.by_hand {
        card.row("by hand", by_hand);
    }
    if !rule.also.is_empty() {
        card.row("also", &rule.also.join(", "));
    }
}

/// The value as written, and as it was understood where that says more.
fn expects(item: &Item, rule: &Rule) -> String {
    let how = match (&item.expects, &rule.compare) {
        (Expectation::Quantity(_), Compare::AtLeast) => " or more",
        (Expectation::Quantity(_), Compare::AtMost) => " or less",
        (Expectation::Cadence(_), _) => " or more often",
        (Expectation::Word(_), Compare::Scale { .. }) => " or stronger",
        _ => "",
    };
    let read = item.expects.to_string();
    let read = if read == item.expected_text { String::new() } else { format!(" (read as {read})") };
    format!("{}{how}{read}", item.expected_text)
}
