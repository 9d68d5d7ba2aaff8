//! Workloads that hand out the metrics of others.

use super::object::{Container, Object};
use crate::pattern::pattern;
use crate::value::Value;

// `prometheus_exporter -b 0.0.0.0`, in a command.
pattern!(EXPORTER, r"(?:^|[\s/;&])(?:\w+[-_])?exporter(?:\s|$)");

impl Object {
    /// Whether all that it runs of the project's own hands out metrics of the others: it answers nobody whom the project
    /// serves, and is neither scaled nor taken out of traffic.
    pub fn exports_metrics(&self) -> bool {
        let runs = |container: &Container<'_>| {
            let started = ["command", "args"].into_iter().filter_map(|key| container.value.get(key)?.as_list());
            let started: Vec<String> = started.flatten().filter_map(Value::scalar_text).collect();
            EXPORTER.is_match(&started.join(" "))
        };
        let containers = self.own_containers();
        !containers.is_empty() && containers.iter().all(runs)
    }
}
