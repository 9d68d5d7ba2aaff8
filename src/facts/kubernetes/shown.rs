//! Applications that a project brings along to show itself with: a chart beside the product's own calls itself a demo.

use super::object::Object;
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing};
use crate::pattern::pattern;
use crate::tree::path::{folder_of, within};
use crate::value::Value;

pattern!(SHOWN, r"(?i)\b(?:demo|demonstration|example|sample) app(?:lication)?s?\b");

/// A chart of an application that is shown.
struct Chart<'f> {
    folder: &'f str,
    name: String,
}

/// Sets aside what charts of demo applications declare, and manifests in folders that bear their names.
pub(super) fn set_aside(facts: &Facts<'_>, objects: &mut [Object]) {
    let charts = charts(facts);
    let of = |path: &str| {
        let folder = folder_of(path).rsplit('/').next().unwrap_or_default();
        charts.iter().find(|chart| path.starts_with(&within(chart.folder, "")) || folder == chart.name)
    };
    for object in objects.iter_mut().filter(|object| object.standing == Standing::Production) {
        if let Some(chart) = of(&object.path) {
            object.standing = Standing::Aside(format!("the chart in {} is one of a demo application", chart.folder));
        }
    }
}

/// The charts that call themselves so, where another one does not: a project may be nothing else than a demo.
fn charts<'f>(facts: &'f Facts<'_>) -> Vec<Chart<'f>> {
    let own = facts.own_name();
    let manifests = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml");
    let ours = manifests.filter(|file| !matches!(own.stage(&file.path), Stage::Never(_)));
    let mut shown = Vec::new();
    let mut others = false;
    for file in ours {
        let Some(manifest) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let text = |key: &str| manifest.get(key).and_then(Value::scalar_text).unwrap_or_default();
        let folder = folder_of(&file.path);
        if !folder.is_empty() && SHOWN.is_match(&text("description")) {
            shown.push(Chart { folder, name: text("name") });
        } else {
            others = true;
        }
    }
    if others { shown } else { Vec::new() }
}
