//! GitLab's own templates, which a pipeline includes by name.

use crate::evidence::Place;
use crate::facts::ci::follow::{Call, Walk};
use crate::facts::ci::model::{Event, Job, Step, Trigger};
use crate::facts::ci::shell::Settings;
use std::collections::BTreeMap;
use std::sync::Arc;

/// GitLab's own templates are listed by name; most of their jobs are allowed to fail.
pub(super) fn walk(templates: &[(String, Place)], walk: &mut Walk<'_>) {
    for (template, place) in templates {
        let index = walk.ci.jobs.len();
        let triggers = vec![Trigger { event: Event::Push(Vec::new()), place: place.clone() }];
        walk.ci.jobs.push(Job::new(template, place.clone(), triggers.clone()));
        let step = Step {
            job: index,
            order: 0,
            name: None,
            place: place.clone(),
            triggers,
            on_failure: false,
            env: Arc::default(),
            with: BTreeMap::new(),
        };
        let call = Call {
            step: Arc::new(step),
            chain: Vec::new(),
            dir: String::new(),
            env: Arc::default(),
            excuse: Some("the jobs of this template may fail (`allow_failure: true`)".into()),
            settings: Settings::default(),
            arguments: None,
            sure: true,
            stack: Vec::new(),
        };
        walk.action(template, "", BTreeMap::new(), place.clone(), &call);
    }
}
