//! Rules of Prometheus, Loki and Mimir, and rules of Grafana, wherever they stand: in files and objects of their own, in
//! config maps, and in the values of charts.

use super::compose::Condition;
use super::{Alert, Alerts, grafana, labels, signals, slo};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::embedded::{self, Look, Site};
use crate::facts::format::Format;
use crate::facts::kubernetes::is_template_of_a_chart;
use crate::facts::production::{self, Stage, Standing};
use crate::value::Value;
use memchr::memmem;

/// Kinds of objects that are groups of rules.
const GROUPS: &[&str] = &["PrometheusRule", "VMRule", "Rules", "ClusterRules", "GlobalRules", "GrafanaAlertRuleGroup"];

/// Kinds of objects that may hold groups of rules, in themselves or as text.
const HOLDERS: &[&str] = &["ConfigMap", "HelmRelease", "HelmChart", "Application"];

/// What a file of Sloth begins with.
const SLOTH: &str = "prometheus/v1";

/// Reads all of them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Alerts) {
    view.blind.extend(facts.kubernetes().unread(&["PrometheusRule", "VMRule", "GrafanaAlertRuleGroup"]));
    let mut reader = Reader { view };
    for object in &facts.kubernetes().objects {
        if !GROUPS.iter().chain(HOLDERS).any(|kind| object.kind == *kind) {
            continue;
        }
        let is_off = object.value.at(&["spec", "suspend"]).and_then(Value::as_bool) == Some(true);
        let standing = if is_off && object.kind == "GrafanaAlertRuleGroup" {
            Standing::Aside("it is suspended".to_owned())
        } else {
            object.standing.clone()
        };
        if standing == Standing::Production && HOLDERS.contains(&object.kind.as_str()) {
            reader.view.blind.extend(shipped(&object.value, object.place()));
        }
        let at = |span| object.at(span);
        embedded::walk(facts, &mut reader, "", &object.value, &Site::new(&at, standing));
    }
    for file in facts.tree.files() {
        reader.file(facts, &file.path);
    }
    for resource in facts.infra().resources.iter().filter(|resource| resource.is_kind("helm_release")) {
        if resource.standing == Standing::Production {
            reader.view.blind.extend(shipped(&resource.value, resource.place()));
        }
        let at = |span| resource.at(span);
        embedded::walk(facts, &mut reader, "", &resource.value, &Site::new(&at, resource.standing.clone()));
    }
}

/// Charts that ship rules of their own on machines, workloads and Prometheus itself.
const CHARTS: &[&str] = &["kube-prometheus-stack", "victoria-metrics-k8s-stack", "prometheus-operator"];

/// The rules that a release of a chart brings, which are not in the tree; none where its values leave them out.
fn shipped(release: &Value, place: Place) -> Option<Blind> {
    const NAMES: &[&[&str]] = &[
        &["chart"],
        &["spec", "chart"],
        &["spec", "chart", "spec", "chart"],
        &["spec", "chartRef", "name"],
        &["spec", "source", "chart"],
        &["spec", "source", "path"],
    ];
    let chart = NAMES.iter().filter_map(|path| release.at(path)?.scalar_text()).find_map(|name| {
        let last = name.rsplit('/').next().unwrap_or(&name);
        CHARTS.iter().find(|chart| **chart == last)
    })?;
    let is_off = release.at(&["spec", "values", "defaultRules", "create"]).and_then(Value::as_bool) == Some(false);
    let why = format!("the rules that the chart {chart} ships are not in the tree");
    (!is_off).then_some(Blind { place: Some(place), why })
}

struct Reader<'v> {
    view: &'v mut Alerts,
}

impl Reader<'_> {
    fn file(&mut self, facts: &Facts<'_>, path: &str) {
        let is_settings = matches!(Format::of(path), Some(Format::Yaml | Format::Json));
        let is_jsonnet = path.ends_with(".jsonnet") || path.ends_with(".libsonnet");
        let cleared = facts.own_name().cleared(path);
        let is_aside = production::is_fixture(&cleared) || production::is_example(&cleared);
        if !(is_settings || is_jsonnet) || is_aside || is_template_of_a_chart(facts.tree, path) {
            return;
        }
        let Some(source) = facts.tree.text(path).filter(|source| self.may_be_in(source.text())) else { return };
        if is_jsonnet {
            if holds(source.text(), "alert:") {
                let why = "alerts in jsonnet cannot be evaluated".to_owned();
                self.view.blind.push(Blind { place: Some(Place::file(path)), why });
            }
            return;
        }
        let Some(parsed) = facts.parsed(path) else { return };
        self.view.blind.extend(parsed.blind());
        let standing = match production::stage_of_path(&cleared) {
            Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
            _ => Standing::Production,
        };
        let at = |span| Place::at(path, span);
        for document in parsed.documents.iter().filter(|document| document.get("kind").is_none()) {
            embedded::walk(facts, self, "", document, &Site::new(&at, standing.clone()));
        }
    }
}

impl Look for Reader<'_> {
    fn may_be_in(&self, text: &str) -> bool {
        holds(text, "alert:")
            || holds(text, "\"alert\"")
            || holds(text, SLOTH)
            || holds(text, "condition") && (holds(text, "datasourceUid") || holds(text, "datasource_uid"))
    }

    /// Groups of rules: maps with a list of them.
    fn take(&mut self, _: &str, value: &Value, site: &Site<'_>) -> bool {
        if value.get("version").and_then(Value::as_str) == Some(SLOTH) {
            let alerts = slo::sloth(value, site.at).into_iter();
            self.view.rules.extend(alerts.map(|alert| alert.standing_in(&site.standing)));
            return true;
        }
        let Some(rules) = value.get("rules").and_then(Value::as_list) else { return false };
        let before = self.view.rules.len();
        for rule in rules {
            let alert = prometheus(rule, site).or_else(|| grafana::rule(rule, site.at));
            self.view.rules.extend(alert.map(|alert| alert.annotated(rule).standing_in(&site.standing)));
        }
        self.view.rules.len() > before
    }

    fn unreadable(&mut self, _: &str, place: Place) {
        let why = "alert rules inside of it cannot be read".to_owned();
        self.view.blind.push(Blind { place: Some(place), why });
    }
}

/// A rule of Prometheus or its kin that has an expression.
fn prometheus(rule: &Value, site: &Site<'_>) -> Option<Alert> {
    let name = rule.get("alert")?.scalar_text()?;
    let expr = rule.get("expr")?;
    let text = expr.scalar_text().filter(|text| !text.trim().is_empty() && !signals::looks_at_nothing(text))?;
    Some(Alert::new(name, (site.at)(expr.span), Condition::text(text), labels(rule.get("labels"))))
}

fn holds(text: &str, word: &str) -> bool {
    memmem::find(text.as_bytes(), word.as_bytes()).is_some()
}
