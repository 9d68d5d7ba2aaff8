//! How traffic moves to a new version, step by step: whoever moves it, as one list of stages.

use super::{managed, weights, word};
use crate::evidence::{Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::kubernetes::Object;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::quantity::Quantity;
use crate::source::Span;
use crate::value::{Kind, Value};
use std::sync::LazyLock;

/// A pause that a person ends; longer than any bound that people write.
const UNTIL_A_PERSON: f64 = 10.0 * 365.0 * 86_400.0;

/// A share of traffic for the new version, and how long it is watched there.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// 0 to 1.
    pub(super) weight: f64,
    /// Seconds; `None` where the tree does not say.
    pub(super) window: Option<f64>,
    /// Where the weight is written.
    pub(super) place: Place,
}

/// How one object or resource moves its traffic.
pub(super) struct Steps<'o> {
    /// `Rollout "web"`.
    pub(super) title: String,
    /// The object, when Kubernetes moves it.
    pub(super) object: Option<&'o Object>,
    /// Stages below full traffic, in order; none when all of it moves at once.
    pub(super) stages: Vec<Stage>,
    /// Where it says that everything moves at once.
    pub(super) at_once: Option<Place>,
}

/// What the production objects that shift traffic say about a fact.
pub(super) fn look(facts: &Facts<'_>, fact: &str) -> Vec<Sighting> {
    let view = facts.kubernetes();
    let all: Vec<&Object> = view.production().collect();
    let own = view.own_workloads().map(Object::place).collect::<Vec<_>>();
    let is_own = |object: &Object| object.is_kind("Canary.flagger.app") || own.contains(&object.place());
    let shifting = all.iter().copied().filter(|object| is_own(object)).filter_map(steps);
    match fact {
        "error_threshold" | "success_threshold" | "no_error_metric" => {
            shifting.filter_map(|steps| steps.object).flat_map(|object| criteria(object, &all, fact)).collect()
        }
        _ => {
            let mut seen: Vec<Sighting> =
                shifting.chain(managed::steps(facts.infra())).filter_map(|steps| steps.tell(fact)).collect();
            if fact == "initial_weight" {
                seen.extend(all.iter().filter_map(|object| weights::initial(object)));
                seen.extend(weights::of_cloud_run(facts.infra()));
            }
            seen
        }
    }
}

fn steps(object: &Object) -> Option<Steps<'_>> {
    if object.is_kind("Canary.flagger.app") {
        return flagger(object);
    }
    if object.kind != "Rollout" {
        return None;
    }
    let strategy = object.value.at(&["spec", "strategy"])?.as_map()?;
    if let Some(field) = strategy.get("blueGreen") {
        return Some(Steps::of(object, Vec::new(), Some(field.key)));
    }
    let field = strategy.get("canary")?;
    let written = field.value.get("steps").and_then(Value::as_list).unwrap_or_default();
    let stages = argo(object, written);
    let at_once = stages.is_empty().then_some(field.key);
    Some(Steps::of(object, stages, at_once))
}

/// The stages of `canary.steps`: a pause or an analysis belongs to the weight before it.
fn argo(object: &Object, written: &[Value]) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for step in written {
        if let Some(weight) = step.get("setWeight")
            && let Some(percent) = weight.as_number()
        {
            stages.push(Stage { weight: percent / 100.0, window: Some(0.0), place: object.at(weight.span) });
        }
        let pause = step.get("pause").map(|pause| pause.get("duration").map_or(UNTIL_A_PERSON, duration));
        let analysis = step.get("analysis").map(|_| 0.0);
        if let (Some(seconds), Some(stage)) = (pause.or(analysis), stages.last_mut()) {
            stage.window = stage.window.map(|window| window + seconds);
        }
    }
    // A dark start sends nobody to the new version, and full traffic is no stage.
    stages.retain(|stage| stage.weight > 0.0 && stage.weight < 1.0);
    stages
}

/// `stepWeight` up to `maxWeight`, or `stepWeights`; each watched for `interval`.
fn flagger(object: &Object) -> Option<Steps<'_>> {
    let analysis = object.value.at(&["spec", "analysis"])?;
    let window = analysis.get("interval").map_or(60.0, duration);
    let stage = |percent: f64, span| Stage { weight: percent / 100.0, window: Some(window), place: object.at(span) };
    if let Some(list) = analysis.get("stepWeights").and_then(Value::as_list) {
        let stages = list.iter().filter_map(|weight| Some(stage(weight.as_number()?, weight.span))).collect();
        return Some(Steps::of(object, stages, None));
    }
    let Some(step) = analysis.get("stepWeight") else {
        return Some(Steps::of(object, Vec::new(), Some(analysis.span)));
    };
    let size = step.as_number().filter(|size| *size >= 1.0)?;
    let most = analysis.get("maxWeight").and_then(Value::as_number).unwrap_or(100.0).min(100.0);
    let count = (1..=100_u32).map(f64::from).take_while(|n| n * size <= most && n * size < 100.0);
    let stages = count.map(|n| stage(n * size, step.span)).collect();
    Some(Steps::of(object, stages, None))
}

/// Seconds of `30`, `"30s"`, `"5m"`.
fn duration(value: &Value) -> f64 {
    let text = value.scalar_text().unwrap_or_default();
    let bare = text.parse::<f64>().ok();
    bare.or_else(|| Quantity::parse(&text).ok().map(|quantity| quantity.amount)).unwrap_or(0.0)
}

impl<'o> Steps<'o> {
    fn of(object: &'o Object, stages: Vec<Stage>, at_once: Option<Span>) -> Self {
        Self { title: object.title(), object: Some(object), stages, at_once: at_once.map(|span| object.at(span)) }
    }

    fn tell(&self, fact: &str) -> Option<Sighting> {
        let title = &self.title;
        let seen = |place: &Place, message: String| Sighting::new(place.clone(), Strength::Configured, message);
        let ratio = |share: f64| Observed::Quantity(Quantity::ratio(share));
        let seconds = |seconds: f64| Observed::Quantity(Quantity::seconds(seconds));
        if fact == "gradual" {
            let (place, kind, what) = match (self.stages.first(), self.stages.len()) {
                (None, _) => (self.at_once.as_ref()?, "all_at_once", "moves all traffic at once"),
                (Some(stage), 1) => (&stage.place, "single_step", "has one step before full traffic"),
                (Some(stage), _) => (&stage.place, "gradual_rollout", "moves traffic in steps"),
            };
            return Some(word(place.clone(), format!("{title} {what}"), kind));
        }
        if fact == "switch_duration" && self.stages.is_empty() {
            let message = format!("{title} switches all traffic at once");
            return Some(seen(self.at_once.as_ref()?, message).with(seconds(0.0)));
        }
        let first = self.stages.first()?;
        match fact {
            "initial_weight" => {
                let message = format!("{title} begins with {:.0} %", first.weight * 100.0);
                Some(seen(&first.place, message).with(ratio(first.weight)))
            }
            "max_step" => {
                let (place, step) = self.largest_step()?;
                Some(seen(place, format!("{title}: the largest step is {:.0} points", step * 100.0)).with(ratio(step)))
            }
            "step_window" => {
                let windows = self.stages.iter().map(|stage| Some((stage, stage.window?)));
                let windows = windows.collect::<Option<Vec<_>>>()?;
                let (shortest, window) = windows.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
                let message = format!("{title} watches {:.0} % for {}", shortest.weight * 100.0, told(window));
                Some(seen(&shortest.place, message).with(seconds(window)))
            }
            "total_duration" | "switch_duration" => {
                let total = self.stages.iter().map(|stage| stage.window).sum::<Option<f64>>()?;
                let message = format!("{title} takes {} from the first to full traffic", told(total));
                Some(seen(&first.place, message).with(seconds(total)))
            }
            _ => None,
        }
    }

    /// The largest difference between two weights. The last jump counts only where it is the only one: before it the
    /// new version was watched at every weight.
    fn largest_step(&self) -> Option<(&Place, f64)> {
        let mut before = 0.0;
        let mut largest = None;
        for stage in &self.stages {
            if largest.is_none_or(|(_, step)| stage.weight - before > step) {
                largest = Some((&stage.place, stage.weight - before));
            }
            before = stage.weight;
        }
        match self.stages.last() {
            Some(last) if self.stages.len() == 1 || last.window.is_some_and(|window| window <= 0.0) => {
                let jump = 1.0 - last.weight;
                largest.map(|(place, step)| if jump > step { (&last.place, jump) } else { (place, step) })
            }
            _ => largest,
        }
    }
}

fn told(seconds: f64) -> String {
    if seconds >= UNTIL_A_PERSON {
        "as long as a person waits".to_owned()
    } else {
        Quantity::seconds(seconds).to_string()
    }
}

/// `result[0] >= 0.95`, `result < 0.01`.
static CONDITION: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\bresult(?:\[0\])?\s*(>=?|<=?)\s*(\d+(?:\.\d+)?)").ok());
/// What a metric about errors is called, or what its query counts.
static ERRORS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?i)error|success|fail|status|response_code|grpc_code|code=~|[^a-z]5\.\.|[^a-z]5xx").ok()
});

/// The share of errors at which an object stops (`error_threshold`), or up to which it goes on (`success_threshold`).
fn criteria(object: &Object, all: &[&Object], fact: &str) -> Vec<Sighting> {
    let of_flagger = object.is_kind("Canary.flagger.app");
    let metrics: Vec<(&Object, &Value)> = if of_flagger {
        let list = object.value.at(&["spec", "analysis", "metrics"]).and_then(Value::as_list).unwrap_or_default();
        list.iter().map(|metric| (object, metric)).collect()
    } else {
        templates(object, all).into_iter().flat_map(metrics_of).collect()
    };
    let found: Vec<Sighting> = metrics
        .iter()
        .filter_map(|(owner, metric)| {
            let (span, share) = if of_flagger { flagger_share(metric) } else { argo_share(metric, fact) }?;
            let message = format!("{} allows {} % of errors", owner.title(), share * 100.0);
            let sighting = Sighting::new(owner.at(span), Strength::Configured, message);
            Some(sighting.with(Observed::Quantity(Quantity::ratio(share))))
        })
        .collect();
    if fact != "no_error_metric" {
        return found;
    }
    match metrics.first() {
        Some((owner, metric)) if found.is_empty() => {
            let message = format!("{} is analysed, and by nothing about errors", object.title());
            vec![Sighting::new(owner.at(metric.span), Strength::Configured, message)]
        }
        _ => Vec::new(),
    }
}

/// The analysis templates of the tree that a Rollout refers to.
fn templates<'o>(object: &Object, all: &[&'o Object]) -> Vec<&'o Object> {
    let mut names: Vec<&str> = Vec::new();
    let mut open: Vec<&Value> = object.value.at(&["spec", "strategy"]).into_iter().collect();
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::Map(map) => {
                names.extend(value.get("templateName").and_then(Value::as_str));
                open.extend(map.values().map(|field| &field.value));
            }
            Kind::List(list) => open.extend(list),
            _ => {}
        }
    }
    let is_template = |other: &&&Object| other.kind.ends_with("AnalysisTemplate") && names.contains(&&*other.name);
    all.iter().filter(is_template).copied().collect()
}

fn metrics_of(template: &Object) -> Vec<(&Object, &Value)> {
    let metrics = template.value.at(&["spec", "metrics"]).and_then(Value::as_list).unwrap_or_default();
    let dry: Vec<String> = template
        .value
        .at(&["spec", "dryRun"])
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(|run| run.get("metricName")?.scalar_text())
        .collect();
    let counts = |metric: &&Value| {
        metric.get("name").and_then(Value::as_str).is_none_or(|name| !dry.iter().any(|dry| dry == name))
    };
    metrics.iter().filter(counts).map(|metric| (template, metric)).collect()
}

/// `request-success-rate` with its least percentage.
fn flagger_share(metric: &Value) -> Option<(Span, f64)> {
    let name = metric.get("name")?.as_str()?;
    let bound =
        |key: &str| metric.at(&["thresholdRange", key]).and_then(|value| Some((value.span, value.as_number()?)));
    if name == "request-success-rate" || name.contains("success") {
        return bound("min").map(|(span, least)| (span, (100.0 - least) / 100.0));
    }
    let is_error = name.contains("error") || name.contains("5xx");
    bound("max").filter(|_| is_error).map(|(span, most)| (span, most / 100.0))
}

/// The bound of a metric about errors, as a share of errors.
fn argo_share(metric: &Value, fact: &str) -> Option<(Span, f64)> {
    let mut text = metric.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(query) = metric.at(&["provider", "prometheus", "query"]).and_then(Value::as_str) {
        text.push_str(query);
    }
    if !ERRORS.as_ref().is_some_and(|errors| errors.is_match(&text)) {
        return None;
    }
    let condition = |key: &str| {
        let value = metric.get(key)?;
        let found = CONDITION.as_ref()?.captures(value.as_str()?)?;
        let number: f64 = found[2].parse().ok()?;
        Some((value.span, found[1].starts_with('>'), if number > 1.0 { number / 100.0 } else { number }))
    };
    // Success above a share of successes, or below a share of errors; failure the other way round.
    let success = || condition("successCondition").map(|(span, above, at)| (span, if above { 1.0 - at } else { at }));
    let failure = || condition("failureCondition").map(|(span, above, at)| (span, if above { at } else { 1.0 - at }));
    if fact == "success_threshold" { success() } else { failure().or_else(success) }
}
