//! `@balancer`: what spreads requests over the instances of a service, how, and whether it keeps a client at one of them.

mod envoy;
mod infra;
mod kubernetes;
mod text;

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::{Platform, Service};
use crate::facts::scaling::Scaled;

/// `@balancer(fact)`.
pub static PROBE: Probe = Probe {
    name: "balancer",
    summary: "The balancing layer of production (Ingress, Gateway, mesh, load balancers of a cloud, nginx, HAProxy, Caddy, Envoy, a \
              platform's edge): its `algorithm` as a word, whether it keeps a client at one instance (`affinity`, a flag), \
              what switches its health check off (`unchecked`); `spread` holds when several instances may stand behind it, \
              `lone` names a single one, `layer` the layer itself",
    usage: "@balancer(algorithm|affinity|unchecked|health|spread|lone|layer)",
    arity: (1, 1),
    patterns_from: None,
    facts: &["algorithm", "affinity", "unchecked", "health", "spread", "lone", "layer"],
    options: &[],
    look,
};

/// One thing that spreads requests.
struct Layer {
    title: String,
    place: Place,
    algorithm: Told<String>,
    affinity: Told<bool>,
    /// A health check of its own, `false` when it is switched off.
    checks: Option<(bool, Place)>,
    /// The workloads behind it, where the tree shows which they are.
    behind: Vec<Place>,
}

/// What a layer says of itself.
enum Told<T> {
    /// It is written, or it is what such a layer takes.
    Is(T, Place, String),
    /// The layer decides by itself and the tree does not show how, or it has no word for it.
    Unknown(String),
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let mut layers = kubernetes::layers(facts, &mut answer);
    layers.extend(infra::layers(facts, &mut answer));
    layers.extend(text::layers(facts));
    layers.extend(envoy::layers(facts));
    layers.extend(facts.containers().production().filter_map(platform));
    for layer in &layers {
        match question.fact() {
            "algorithm" => layer.tell(&layer.algorithm, |word| Observed::Word(word.clone()), &mut answer),
            "affinity" => layer.tell(&layer.affinity, |flag| Observed::Flag(*flag), &mut answer),
            "unchecked" => answer.seen.extend(layer.check(false)),
            "health" => answer.seen.extend(layer.check(true)),
            "layer" => answer.seen.push(seen(&layer.place, layer.title.clone())),
            _ => {}
        }
    }
    match question.fact() {
        "spread" | "lone" => spread(facts, &layers, question.fact() == "spread", &mut answer),
        // A layer that says nothing leaves open what another one does not decide.
        "algorithm" | "affinity" if !answer.seen.is_empty() => answer.blind.clear(),
        _ => {}
    }
    answer
}

/// The own workloads of the cluster that stand behind a balancing layer.
pub(in crate::probe) fn behind_layers(facts: &Facts<'_>) -> Vec<Place> {
    let layers = kubernetes::layers(facts, &mut Answer::default());
    layers.into_iter().flat_map(|layer| layer.behind).collect()
}

impl Layer {
    fn tell<T>(&self, told: &Told<T>, value: impl Fn(&T) -> Observed, answer: &mut Answer) {
        match told {
            Told::Is(what, place, message) => answer.seen.push(seen(place, message.clone()).with(value(what))),
            Told::Unknown(why) => answer.blind.push(Blind { place: Some(self.place.clone()), why: why.clone() }),
        }
    }

    fn check(&self, on: bool) -> Option<Sighting> {
        let (checks, place) = self.checks.as_ref()?;
        let message = if on { "checks what stands behind it" } else { "has its health check switched off" };
        (*checks == on).then(|| seen(place, format!("{} {message}", self.title)))
    }
}

fn seen(place: &Place, message: String) -> Sighting {
    Sighting::new(place.clone(), Strength::Configured, message)
}

/// Whether the instances behind every layer may be several.
fn spread(facts: &Facts<'_>, layers: &[Layer], wanted: bool, answer: &mut Answer) {
    let workloads = &facts.scaling().workloads;
    let mut fronted: Vec<(&Layer, &Scaled)> = Vec::new();
    for layer in layers {
        let behind = workloads.iter().filter(|workload| layer.behind.contains(&workload.place));
        fronted.extend(behind.map(|workload| (layer, workload)));
    }
    let single = |workload: &Scaled| workload.is_many() == Some(false);
    let lone: Vec<Sighting> = fronted
        .iter()
        .filter(|(_, workload)| single(workload))
        .map(|(layer, workload)| {
            seen(&workload.min.place, format!("{} has one instance behind {}", workload.title, layer.title))
        })
        .collect();
    if !wanted {
        answer.seen = lone;
        return;
    }
    for (layer, workload) in fronted.iter().filter(|(_, workload)| workload.is_many().is_none()) {
        let why = format!("how many instances of {} stand behind {} is not in the tree", workload.title, layer.title);
        answer.blind.push(Blind { place: Some(workload.place.clone()), why });
    }
    if fronted.is_empty() {
        answer.blind.extend(facts.scaling().blind.iter().cloned());
    }
    let open = fronted.iter().any(|(_, workload)| workload.is_many().is_none());
    if lone.is_empty() && !open {
        let several = fronted.iter().map(|(layer, workload)| {
            seen(&layer.place, format!("{} spreads over the instances of {}", layer.title, workload.title))
        });
        answer.seen.extend(several);
    } else {
        answer.notes.extend(lone);
    }
}

/// The edge of a platform balances by itself, and its spec has no word for how.
fn platform(service: &Service) -> Option<Layer> {
    let name = service.platform.name();
    if !service.serves() || !service.platform.has_edge() {
        return None;
    }
    let algorithm = match service.platform {
        // https://fly.io/docs/reference/load-balancing/: the machine with the fewest requests at hand.
        Platform::Fly => Told::Is(
            "least_requests".to_owned(),
            service.place.clone(),
            "the proxy of Fly.io balances by load".to_owned(),
        ),
        _ => Told::Unknown(format!("{name} decides how it balances")),
    };
    Some(Layer {
        title: format!("the edge of {name}"),
        place: service.place.clone(),
        algorithm,
        affinity: Told::Unknown(format!("a spec of {name} has no word for sticky sessions")),
        checks: service.health.first().map(|health| (true, health.place.clone())),
        behind: vec![service.place.clone()],
    })
}
