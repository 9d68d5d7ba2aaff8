//! Web firewalls before public entries: whether they stop anything.

use crate::evidence::{Answer, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::path::Path;
use crate::probe::entry::infra::{holds, protects};
use crate::value::Value;

/// Firewalls that something is put behind: those that block, and those that only count.
pub(super) fn firewalls(facts: &Facts<'_>, blocking: bool, answer: &mut Answer) {
    let all: Vec<&Resource> = facts.infra().production().collect();
    for acl in all.iter().filter(|resource| resource.is_kind("aws_wafv2_web_acl") && protects(resource, &all)) {
        let blocks = blocks(acl);
        if blocks == blocking {
            let what = if blocks { "blocks what its rules name" } else { "only counts: nothing is blocked" };
            let message = format!("{} {what}", acl.title());
            answer.seen.push(Sighting::new(acl.place(), Strength::Configured, message));
        }
    }
    // An association with a firewall that stands elsewhere, which may do either.
    let known = all.iter().any(|resource| resource.is_kind("aws_wafv2_web_acl"));
    let associated = all.iter().find(|resource| resource.is_kind("aws_wafv2_web_acl_association"));
    if let (false, true, Some(association)) = (known, blocking, associated) {
        let message = format!("{} puts an entry behind a firewall that is not in the tree", association.title());
        answer.seen.push(Sighting::new(association.place(), Strength::Configured, message));
    }
}

fn blocks(acl: &Resource) -> bool {
    let by_default = acl.setting("default_action").is_some_and(|action| holds(&action.value, "block"));
    let rules = Path::parse("rule").find_through_lists(&acl.value);
    let stops = |rule: &Value| !holds(rule, "count");
    let mut each = rules.iter().flat_map(|found| match found.value.as_list() {
        Some(list) => list.iter().collect::<Vec<_>>(),
        None => vec![found.value],
    });
    by_default || each.any(stops)
}
