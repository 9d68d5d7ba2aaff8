//! Cloud Deploy: a release reaches the first stage of its pipeline, and a person moves it on to the next.

use crate::evidence::{Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::deploy::Deployment;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::path::Path;
use crate::value::Value;

const PIPELINE: &str = "google_clouddeploy_delivery_pipeline";

/// Where the pipeline stands on whose first stage a release is put; `None` where it reaches production by itself, or nothing
/// is known of its stages.
pub(super) fn moved_on_by_hand(facts: &Facts<'_>, deployment: &Deployment) -> Option<Place> {
    let is_release = deployment.what.starts_with("gcloud deploy releases create");
    if !is_release || deployment.what.contains("--to-target") || promotes_by_itself(facts) {
        return None;
    }
    let infra = facts.infra();
    let of_infra = infra.of_kind(PIPELINE).find(|pipeline| has_several(pipeline)).map(Resource::place);
    of_infra.or_else(|| {
        let objects = facts.kubernetes().production();
        let mut pipelines = objects.filter(|object| object.is_kind("DeliveryPipeline"));
        let stages =
            |value: &Value| value.at(&["serialPipeline", "stages"]).and_then(Value::as_list).map_or(0, <[_]>::len);
        pipelines.find(|object| stages(&object.value) > 1).map(crate::facts::kubernetes::Object::place)
    })
}

/// Targets that a person must approve before they are deployed to.
pub(super) fn approved(facts: &Facts<'_>) -> Vec<Sighting> {
    let targets = facts.infra().of_kind("google_clouddeploy_target");
    let asks = |target: &Resource| {
        let setting = target.setting("require_approval").filter(|asks| asks.text().as_deref() == Some("true"))?;
        let message = format!("{} asks for approval", target.title());
        Some(Sighting::new(setting.place.clone(), Strength::Configured, message))
    };
    targets.filter_map(asks).collect()
}

/// Whether something promotes a release as soon as it may.
fn promotes_by_itself(facts: &Facts<'_>) -> bool {
    facts.infra().of_kind("google_clouddeploy_automation").next().is_some()
        || facts
            .kubernetes()
            .production()
            .any(|object| object.is_kind("Automation") && object.value.at(&["rules"]).is_some())
}

/// Whether a pipeline has more than one stage: several blocks, or one that is written for each of a list.
fn has_several(pipeline: &Resource) -> bool {
    let targets = pipeline.settings(&Path::parse("serial_pipeline.stages.target_id"));
    targets.len() > 1
        || targets.iter().any(|target| {
            let name = crate::facts::infra::written(&target.value).unwrap_or_default();
            name.contains(".value") || name.contains("each.")
        })
}
