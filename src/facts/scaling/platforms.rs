//! Instances that a platform's spec or a compose file states.

use super::super::Facts;
use super::super::containers::{Fact, Limit, Platform, Scale, Service};
use super::{Amount, Bound, Scaled, Scaler, Scaling};
use crate::evidence::Blind;

/// Reads them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Scaling) {
    view.blind.extend(facts.containers().blind.iter().cloned());
    for service in facts.containers().production().filter(|service| service.serves()) {
        if let Some(scale) = &service.scale {
            view.workloads.push(scaled(service, scale));
            continue;
        }
        let platform = service.platform.name();
        let why = format!("the declaration of \"{}\" for {platform} does not say how many run", service.name);
        view.blind.push(Blind { place: Some(service.place.clone()), why });
    }
}

fn scaled(service: &Service, scale: &Scale) -> Scaled {
    let title = format!("{} service \"{}\"", service.platform.name(), service.name);
    let bound = |limit: &Limit, what: &str| {
        let what = format!("{what} of {title}");
        match limit {
            Limit::Written(fact) => Bound::new(Amount::Written(fact.value), fact.place.clone(), what),
            Limit::Default(number) => Bound::new(Amount::Default(*number), service.place.clone(), what),
            Limit::Unknown(why) => Bound::new(Amount::Unknown((*why).to_owned()), service.place.clone(), what),
        }
    };
    let threshold = |fact: &Option<Fact<f64>>, what: &str| {
        let fact = fact.as_ref()?;
        Some(Bound::new(Amount::Written(fact.value), fact.place.clone(), format!("{what} threshold of {title}")))
    };
    let scaler = scale.automatic.as_ref().map(|place| Scaler {
        title: format!("the autoscaling of {title}"),
        place: place.clone(),
        cpu: threshold(&scale.cpu, "cpu"),
        memory: threshold(&scale.memory, "memory"),
        states: match service.platform {
            Platform::Render | Platform::Nomad => &["cpu", "memory"],
            Platform::AppPlatform | Platform::AppEngine => &["cpu"],
            _ => &[],
        },
        broken: None,
    });
    let (min, max) = (bound(&scale.min, "fewest instances"), bound(&scale.max, "most instances"));
    Scaled { place: service.place.clone(), min, max, scaler, refused: None, title }
}
