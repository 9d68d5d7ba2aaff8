//! `@alert`: alert rules that watch a signal, with the use from which on they fire.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::alerts::{Alert, Make, Tier, Watched};
use crate::facts::production::Standing;
use crate::pattern::AnyOf;

/// `@alert(signal)`.
pub static PROBE: Probe = Probe {
    name: "alert",
    summary: "Alert rules that watch a signal (`*`: any), by pattern those whose expression fits; with `lowest`, the one that fires first, yielding the use from which on it does; with `self_run`, only those that the project's own Prometheus or Grafana looks at",
    usage: "@alert(signal, pattern…) {tier: \"page\" or \"ticket\", lowest, self_run}",
    arity: (1, 9),
    patterns_from: Some(1),
    facts: &[
        "*",
        "cpu",
        "memory",
        "disk",
        "down",
        "db_down",
        "cert",
        "net_latency",
        "latency",
        "error_rate",
        "security",
    ],
    options: &["tier", "lowest", "self_run"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let (signal, lowest) = (question.fact(), question.is_set("lowest"));
    let least = match question.option_text("tier") {
        Some("page") => Tier::Page,
        Some("ticket") => Tier::Ticket,
        _ => Tier::Info,
    };
    let view = facts.alerts();
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    let unread = view.rules.iter().filter(|alert| alert.is_unread && alert.standing == Standing::Production);
    answer.blind.extend(unread.map(|alert| Blind {
        place: Some(alert.place.clone()),
        why: format!("what alert {} watches cannot be read", alert.name),
    }));
    let is_open = |alert: &&Alert| {
        let watches = |watched: &Watched| watched.signal == signal && watched.above.is_none();
        lowest && alert.is_open && alert.standing == Standing::Production && alert.watched.iter().any(watches)
    };
    answer.blind.extend(view.rules.iter().filter(is_open).map(|alert| Blind {
        place: Some(alert.place.clone()),
        why: format!("from where on alert {} fires is not in the tree", alert.name),
    }));
    let scans = AnyOf::new(question.words_from(1).map(|word| &*word.text));
    let is_own = |alert: &&Alert| !question.is_set("self_run") || alert.make != Make::Cloud;
    let fits = |alert: &&Alert| is_own(alert) && (scans.is_empty() || scans.is_match(&alert.expr));
    for alert in view.rules.iter().filter(fits) {
        let Some(sighting) = sighting(alert, signal, lowest) else { continue };
        let why = match &alert.standing {
            Standing::Production if alert.tier < least => "it is not loud enough".to_owned(),
            Standing::Production => {
                answer.seen.push(sighting);
                continue;
            }
            Standing::Aside(why) | Standing::Uncertain(why) => why.clone(),
        };
        let message = format!("{}, which does not count: {why}", sighting.message);
        answer.notes.push(Sighting { message, value: None, ..sighting });
    }
    if lowest {
        keep_lowest(&mut answer);
    }
    answer
}

fn sighting(alert: &Alert, signal: &str, bounded: bool) -> Option<Sighting> {
    let watched = alert.watched.iter().find(|watched| watched.signal == signal);
    if watched.is_none() && signal != "*" {
        return None;
    }
    let above = watched.and_then(|watched| watched.above).filter(|_| bounded);
    let message = match above {
        Some(above) => format!("alert {} fires above {above}", alert.name),
        None if bounded => format!("alert {} on {signal}, which states no bound", alert.name),
        None => format!("alert {}", alert.name),
    };
    let sighting = Sighting::new(alert.place.clone(), Strength::Configured, message);
    Some(match above {
        Some(above) => sighting.with(Observed::Quantity(above)),
        None => sighting,
    })
}

/// The alert that fires first decides; the others, and those without a bound, are shown.
fn keep_lowest(answer: &mut Answer) {
    let amount = |sighting: &Sighting| match sighting.value {
        Some(Observed::Quantity(quantity)) => Some(quantity.amount),
        _ => None,
    };
    let mut seen = std::mem::take(&mut answer.seen);
    let bounded = (0..seen.len()).filter(|&index| amount(&seen[index]).is_some());
    let first = bounded
        .min_by(|&one, &two| amount(&seen[one]).partial_cmp(&amount(&seen[two])).unwrap_or(std::cmp::Ordering::Equal));
    if let Some(first) = first {
        let first = seen.remove(first);
        // One that could not be read may fire earlier.
        answer.seen.push(if answer.blind.is_empty() {
            first
        } else {
            first.only_proving("an alert that could not be read may fire earlier")
        });
    }
    answer.notes.extend(seen.into_iter().map(|sighting| Sighting { value: None, ..sighting }));
}
