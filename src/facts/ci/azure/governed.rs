//! Pipelines that extend a template of their company: it runs the stages that it is given, and adds its own scans.

use super::Scope;
use crate::evidence::Blind;
use crate::facts::ci::follow::Walk;
use crate::value::Value;

/// Templates of which it is known: those of Microsoft.
const KNOWN: &[&str] = &["1es.official.", "1es.unofficial.", "microbuild.1es."];

/// What such a template is given to run. What it adds is noted as scans that cannot be read.
pub(super) fn given<'f>(walk: &mut Walk<'f>, scope: &Scope<'f>, extends: &'f Value) -> Option<&'f Value> {
    let written = extends.get("template")?;
    let name = scope.fill(written.as_str()?);
    let (file, _) = name.rsplit_once('@')?;
    let file = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    if !KNOWN.iter().any(|known| file.starts_with(known)) {
        return None;
    }
    let given = extends.get("parameters")?;
    ["stages", "jobs", "steps"].iter().find_map(|key| given.get(key))?;
    let why = "the scans of a template of another repository are not in this tree".to_owned();
    walk.ci.scans_unread.push(Blind { place: Some(scope.place(written.span)), why });
    Some(given)
}
