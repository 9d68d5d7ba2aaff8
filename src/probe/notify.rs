//! `@notify`: where alerts go: the channels that a route of production reaches.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::notify::{Config, End, Notify, State, channel};
use crate::facts::production::Standing;

/// `@notify(channel…)`.
pub static PROBE: Probe = Probe {
    name: "notify",
    summary: "channels that alerts reach: receivers of Alertmanager and contact points of Grafana that a route leads to, \
              subscriptions, notification channels, action groups and pagers in infrastructure code, providers in the cluster; \
              `critical` asks for those that alerts which page come to, `silent` for a channel that is declared and that \
              nothing reaches, `leaked` for one whose key stands in the tree. `*` is any channel, `pager` any tool that calls \
              people by their own rules, `heartbeat` what watches for silence. `routed` names a paging alert rule of the tree \
              that a route brings to somebody, `unrouted` says that none of them is, `nobody` that nothing notifies \
              anybody, `muted watchdog` that the watchdog's route ends nowhere",
    usage: "@notify(channel… | \"*\" | \"pager\" | \"heartbeat\" | \"routed\" | \"unrouted\" | \"nobody\" | \"muted watchdog\") {critical, silent, leaked}",
    arity: (1, 1),
    patterns_from: None,
    facts: &[],
    options: &["critical", "silent", "leaked"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.notify();
    match question.fact() {
        "routed" => routed(facts, view),
        "unrouted" => unrouted(facts, view),
        "nobody" => nobody(view),
        "muted watchdog" => muted_watchdog(view),
        _ => channels(view, question),
    }
}

fn sighting(end: &End, message: String) -> Sighting {
    Sighting::new(end.place.clone(), Strength::Configured, message)
}

fn is_asked(question: &Question, word: &str) -> bool {
    question.arg(0).iter().any(|asked| match &*asked.text {
        "*" => word != channel::HEARTBEAT,
        "pager" => channel::PAGERS.contains(&word),
        asked => asked == word,
    })
}

/// The ends of some channels.
fn channels(view: &Notify, question: &Question) -> Answer {
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    let mut silent = Vec::new();
    for (config, end) in view.configs.iter().flat_map(|config| config.ends.iter().map(move |end| (config, end))) {
        let is_forwarder = channel::FORWARDERS.contains(&end.channel.as_str());
        if !is_asked(question, &end.channel) {
            if is_forwarder && config.counts() && matches!(end.state, State::Reached { .. } | State::Unclear(_)) {
                let why = format!("{} of {} may pass alerts on to it", end.channel, end.title);
                answer.blind.push(Blind { place: Some(end.place.clone()), why });
            }
            continue;
        }
        let what = format!("{} of {}", end.channel, end.title);
        match (&config.standing, &end.state) {
            (Standing::Aside(why) | Standing::Uncertain(why), _) => {
                if matches!(config.standing, Standing::Uncertain(_)) {
                    let why = format!("{what} may not be production's: {why}");
                    answer.blind.push(Blind { place: Some(end.place.clone()), why });
                }
                answer.notes.push(sighting(end, format!("{what} does not count: {why}")));
            }
            (_, State::Unclear(why)) => {
                answer.blind.push(Blind { place: Some(end.place.clone()), why: format!("{what}: {why}") });
            }
            (_, State::Silent(why)) => silent.push(sighting(end, format!("{what} notifies nobody: {why}"))),
            (_, State::Reached { critical: false }) if question.is_set("critical") => {
                silent.push(sighting(end, format!("{what} does not hear of alerts that page")));
            }
            (_, State::Reached { .. }) if question.is_set("leaked") && !end.is_leaked => {}
            (_, State::Reached { .. }) => answer.seen.push(sighting(end, reached(end, question))),
        }
    }
    answer.seen.dedup();
    if question.is_set("silent") {
        // One that alerts reach outweighs those that they do not.
        let heard = std::mem::take(&mut answer.seen);
        answer.seen = if heard.is_empty() { silent } else { Vec::new() };
        answer.notes.clear();
    } else {
        answer.notes.extend(silent);
    }
    answer
}

fn reached(end: &End, question: &Question) -> String {
    if question.is_set("leaked") {
        return format!("the key of {} of {} is written into the tree", end.channel, end.title);
    }
    format!("alerts reach {} by {}", end.channel, end.title)
}

/// What brings alerts to somebody, and what only seems to.
fn nobody(view: &Notify) -> Answer {
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    let somebody = |config: &Config| {
        config.ends.iter().any(|end| end.channel != channel::HEARTBEAT && !matches!(end.state, State::Silent(_)))
    };
    if !view.production().any(somebody) {
        answer.seen = view.production().map(|config| place(config, "notifies nobody")).collect();
    }
    answer
}

fn place(config: &Config, what: &str) -> Sighting {
    Sighting::new(config.place.clone(), Strength::Configured, format!("{} {what}", config.title))
}

/// The routing trees of production.
fn trees(view: &Notify) -> impl Iterator<Item = &Config> {
    view.production().filter(|config| config.routing.is_some())
}

/// Paging rules that a tree brings to somebody.
fn routed(facts: &Facts<'_>, view: &Notify) -> Answer {
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    for config in trees(view) {
        let Some(routing) = &config.routing else { continue };
        if let Some(rule) = Notify::paging(facts).find(|rule| routing.takes(rule)) {
            answer
                .seen
                .push(place(config, &format!("brings alert {} to a receiver that notifies somebody", rule.name)));
        }
    }
    // Grafana and the clouds name whom an alert goes to in the alert itself.
    let others = view.production().filter(|config| config.routing.is_none());
    let direct = others
        .flat_map(|config| &config.ends)
        .filter(|end| end.channel != channel::HEARTBEAT && matches!(end.state, State::Reached { critical: true }));
    answer.seen.extend(direct.map(|end| sighting(end, format!("alerts reach {} by {}", end.channel, end.title))));
    answer
}

/// Trees that bring none of the paging rules to anybody, where no other one does.
fn unrouted(facts: &Facts<'_>, view: &Notify) -> Answer {
    let routed = routed(facts, view);
    let has_rules = Notify::paging(facts).next().is_some();
    let mut answer = Answer { blind: routed.blind, ..Answer::default() };
    let silent = trees(view).all(|config| !config.ends.iter().any(|end| matches!(end.state, State::Unclear(_))));
    if routed.seen.is_empty() && has_rules && silent {
        answer.seen = trees(view).map(|config| place(config, "brings no alert that pages to anybody")).collect();
    }
    answer
}

fn muted_watchdog(view: &Notify) -> Answer {
    let places = trees(view).filter_map(|config| config.routing.as_ref()?.muted_watchdog.clone());
    let message = "the route of the watchdog ends at a receiver that notifies nobody";
    let seen = places.map(|place| Sighting::new(place, Strength::Configured, message)).collect();
    Answer { seen, ..Answer::default() }
}

/// `@place("notify")`: a configuration that says whom alerts reach.
pub(super) fn here(facts: &Facts<'_>) -> Answer {
    let view = facts.notify();
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    for config in view.production() {
        let channels: Vec<&str> = config.channels().into_iter().collect();
        let unclear = config.ends.iter().find(|end| matches!(end.state, State::Unclear(_)));
        let what = match (channels.is_empty(), unclear) {
            (false, _) => format!("notifies {}", channels.join(", ")),
            (true, Some(end)) => format!("notifies {}, at an address that stands elsewhere", end.channel),
            (true, None) => "notifies nobody".to_owned(),
        };
        answer.seen.push(place(config, &what));
    }
    let uncertain = view.configs.iter().filter_map(|config| match &config.standing {
        Standing::Uncertain(why) => Some(Blind {
            place: Some(config.place.clone()),
            why: format!("{} may not be production's: {why}", config.title),
        }),
        _ => None,
    });
    answer.blind.extend(uncertain);
    answer
}
