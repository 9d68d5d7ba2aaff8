//! `@health`: whether every own serving workload of production is checked, how often, and whether what is asked exists.

mod checks;
mod ecs;
mod port;
mod served;

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::{HealthKind, Platform, Timing};
use crate::facts::kubernetes::{Object, WORKLOADS};
use crate::facts::production::Standing;
use crate::quantity::Quantity;
use checks::{Check, Subject};
use std::collections::BTreeSet;

/// `@health(fact)`.
pub static PROBE: Probe = Probe {
    name: "health",
    summary: "Health checks of every own serving workload, whoever makes them (kubelet, compose, a platform, the image): \
              `probed` and `served` hold for all of them or not at all; `unprobed` and `unserved` name the others; `overlapping` names checks that wait \
              for as long as it takes until the next one; `balanced` asks only of those behind a balancer",
    usage: "@health(probed|unprobed|served|unserved|interval|timeout|overlapping) {balanced}",
    arity: (1, 1),
    patterns_from: None,
    facts: &["probed", "unprobed", "served", "unserved", "interval", "timeout", "overlapping"],
    options: &["balanced"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut subjects = checks::subjects(facts);
    let mut answer = Answer { blind: unread(facts), ..Answer::default() };
    if question.is_set("balanced") {
        keep_balanced(facts, &mut subjects);
        pass_over_images(facts, &mut subjects);
    }
    match question.fact() {
        "probed" => probed(&subjects, &mut answer),
        "unprobed" => answer.seen = subjects.iter().filter_map(lack).collect(),
        "served" => served_all(facts, &subjects, &mut answer),
        "unserved" => answer.seen = unserved(facts, &subjects),
        "overlapping" => answer.seen = live_checks(&subjects).filter_map(overlap).collect(),
        timing @ ("interval" | "timeout") => {
            answer.seen = timings(&subjects, timing);
            answer.blind.extend(subjects.iter().filter_map(Subject::unheard));
            if timing == "interval" {
                answer.seen.extend(unasked(&subjects));
            }
        }
        _ => {}
    }
    aside(facts, &mut answer);
    answer
}

/// Leaves those behind a balancer of the cluster, where the tree shows which they are; what runs elsewhere stays.
fn keep_balanced(facts: &Facts<'_>, subjects: &mut Vec<Subject>) {
    let balanced = super::balancer::behind_layers(facts);
    let in_cluster: Vec<Place> = facts.kubernetes().own_workloads().map(Object::place).collect();
    if !balanced.is_empty() {
        subjects.retain(|subject| balanced.contains(&subject.place) || !in_cluster.contains(&subject.place));
    }
}

/// Leaves open what the edge of Heroku asks, which starts what a Procfile says: the check of an image is for whatever else
/// runs that image.
fn pass_over_images(facts: &Facts<'_>, subjects: &mut [Subject]) {
    let (images, mut services) = (&facts.containers().images, facts.containers().production());
    let Some(service) = services.find(|service| service.platform == Platform::Heroku && service.serves()) else {
        return;
    };
    let is_of_image = |subject: &&mut Subject| images.iter().any(|image| image.path == subject.place.path);
    for subject in subjects.iter_mut().filter(is_of_image) {
        let why = format!("the edge that {} is behind asks no image whether it is well", service.place.path);
        subject.silent.get_or_insert(why);
    }
}

fn seen(place: &Place, message: String) -> Sighting {
    Sighting::new(place.clone(), Strength::Configured, message)
}

/// How often the few are asked says nothing of the many that nobody asks.
fn unasked(subjects: &[Subject]) -> Option<Sighting> {
    let unasked = || subjects.iter().filter(|subject| subject.silent.is_none() && !subject.is_asked());
    let (count, all) = (unasked().count(), subjects.len());
    let first = unasked().next().filter(|_| count * 2 > all && count < all)?;
    let message = format!("{count} of {all} own workloads have no check at all, such as {}", first.title);
    Some(seen(&first.place, message.clone()).with(Observed::Opaque(message)))
}

/// Every subject must have a check; one that cannot state it leaves the question open.
fn probed(subjects: &[Subject], answer: &mut Answer) {
    let mut found = Vec::new();
    for subject in subjects {
        answer.blind.extend(subject.unheard());
        for check in subject.checks.iter().filter(|check| check.is_live()) {
            found.push(seen(&check.place, format!("{} of {}: {}", check.what, subject.title, words(&check.kind))));
        }
    }
    let lacking: Vec<Sighting> = subjects.iter().filter_map(lack).collect();
    if lacking.is_empty()
        && !answer.blind.iter().any(|blind| subjects.iter().any(|one| Some(&one.place) == blind.place.as_ref()))
    {
        answer.seen = found;
    } else {
        answer.notes = lacking;
        answer.notes.extend(found);
    }
}

/// What a subject lacks: a check that tells whether it may take traffic.
fn lack(subject: &Subject) -> Option<Sighting> {
    if subject.silent.is_some() || subject.checks.iter().any(|check| check.is_live() && check.admits) {
        return None;
    }
    let disabled = subject.checks.iter().find(|check| !check.is_live());
    Some(match disabled {
        Some(check) => {
            seen(&check.place, format!("the {} of {} is switched off or cannot fail", check.what, subject.title))
        }
        None => seen(&subject.place, format!("{} has no {}", subject.title, subject.wanted)),
    })
}

/// Every path that is asked for must be served by the source of that workload.
fn served_all(facts: &Facts<'_>, subjects: &[Subject], answer: &mut Answer) {
    let mut found = Vec::new();
    let mut all = true;
    for subject in subjects {
        all &= subject.silent.is_none();
        answer.blind.extend(subject.unheard());
        if subject.is_built_elsewhere(subjects, facts.own_name()) {
            all = false;
            let why = format!("the source of {} is not in the tree: its image has a version of its own", subject.title);
            answer.blind.push(Blind { place: Some(subject.place.clone()), why });
            continue;
        }
        for check in subject.checks.iter().filter(|check| check.is_live()) {
            if let Some((asked, bound)) = port::other(facts, subject, check) {
                all = false;
                let why = format!("{} asks port {asked}, and the source binds {bound}", check.what);
                answer.blind.push(Blind { place: Some(check.place.clone()), why });
                continue;
            }
            match served::by_source(facts, subject, check) {
                served::Served::Here(sighting) => found.push(sighting),
                served::Served::NotAsked => {
                    found.push(seen(&check.place, format!("{} of {} asks no route", check.what, subject.title)));
                }
                served::Served::Unseen(what) => {
                    all = false;
                    let why = format!("no source was found that serves {what} for {}", subject.title);
                    answer.blind.push(Blind { place: Some(check.place.clone()), why });
                }
            }
        }
    }
    found.dedup();
    if all {
        answer.seen = found;
    } else {
        answer.notes = found;
    }
}

/// Paths that nothing serves, where every operation of the service is known: of several images, those whose source the
/// tree shows; the others may be built elsewhere.
fn unserved(facts: &Facts<'_>, subjects: &[Subject]) -> Vec<Sighting> {
    let images: BTreeSet<&str> = subjects.iter().map(|subject| checks::image_name(&subject.image)).collect();
    live_checks(subjects)
        .filter(|(subject, _)| subject.folder.is_some() || images.len() < 2)
        .filter_map(|(subject, check)| {
            let of = format!("{} of {}", check.what, subject.title);
            if let Some((asked, bound)) = port::other(facts, subject, check) {
                return Some(seen(&check.place, format!("{of} asks port {asked}, and the source binds {bound} alone")));
            }
            let path = served::is_refuted(facts, subject, check)?;
            Some(seen(&check.place, format!("{of} asks {path}, which no route serves")))
        })
        .collect()
}

/// The checks that somebody makes.
fn live_checks(subjects: &[Subject]) -> impl Iterator<Item = (&Subject, &Check)> {
    let heard = subjects.iter().filter(|subject| subject.silent.is_none());
    let checks = heard.flat_map(|subject| subject.checks.iter().map(move |check| (subject, check)));
    checks.filter(|(_, check)| check.is_live())
}

fn timings(subjects: &[Subject], what: &str) -> Vec<Sighting> {
    live_checks(subjects)
        .map(|(subject, check)| {
            let timing = if what == "interval" { &check.interval } else { &check.timeout };
            let of = format!("{} of {}", check.what, subject.title);
            let value = |seconds: f64| Observed::Quantity(Quantity::seconds(seconds));
            match timing {
                Timing::Written(fact) => {
                    seen(&fact.place, format!("{what} {} s, {of}", fact.value)).with(value(fact.value))
                }
                Timing::Default(seconds) => {
                    let message = format!("{what} {seconds} s, the default of a {of}");
                    seen(&check.place, message).with(value(*seconds))
                }
                Timing::Unknown => {
                    let opaque = Observed::Opaque(format!("the platform's own {what}"));
                    seen(&check.place, format!("{what} is not stated, {of}")).with(opaque)
                }
            }
        })
        .collect()
}

/// A check that is given as much time as passes until the next one, or more.
fn overlap((subject, check): (&Subject, &Check)) -> Option<Sighting> {
    // What nobody wrote is as the platform made it, and fits together.
    let (timeout, interval, place) = match (&check.timeout, &check.interval) {
        (Timing::Written(timeout), Timing::Written(interval)) => (timeout.value, interval.value, &timeout.place),
        (Timing::Written(timeout), Timing::Default(interval)) => (timeout.value, *interval, &timeout.place),
        (Timing::Default(timeout), Timing::Written(interval)) => (*timeout, interval.value, &interval.place),
        _ => return None,
    };
    let of = || format!("{} of {}", check.what, subject.title);
    (timeout >= interval).then(|| seen(place, format!("timeout {timeout} s of a check every {interval} s, {}", of())))
}

fn words(kind: &HealthKind) -> String {
    super::container::kind(kind)
}

/// Files that may hold a workload and could not be read.
fn unread(facts: &Facts<'_>) -> Vec<Blind> {
    facts.kubernetes().unread(WORKLOADS).into_iter().chain(facts.containers().blind.iter().cloned()).collect()
}

/// Checks of what is not production, or may not be.
fn aside(facts: &Facts<'_>, answer: &mut Answer) {
    for service in facts.containers().services.iter().filter(|service| service.serves()) {
        match &service.standing {
            Standing::Production => {}
            Standing::Aside(why) => answer.notes.extend(service.health.first().map(|health| {
                seen(&health.place, format!("the health check of \"{}\" does not count: {why}", service.name))
            })),
            Standing::Uncertain(why) => {
                let why = format!("{} may or may not be production: {why}", service.place.path);
                answer.blind.push(Blind { place: Some(service.place.clone()), why });
            }
        }
    }
}

impl Subject {
    /// Whether anything asks it how it is.
    fn is_asked(&self) -> bool {
        self.checks.iter().any(Check::is_live)
    }

    /// Why nothing is known of its checks.
    fn unheard(&self) -> Option<Blind> {
        let why = self.silent.clone()?;
        Some(Blind { place: Some(self.place.clone()), why })
    }
}

impl Check {
    /// Whether it can fail.
    fn is_live(&self) -> bool {
        self.kind != HealthKind::Disabled
    }
}
