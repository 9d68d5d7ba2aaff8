//! The signals as data: families of metrics, what a high value of each says, and examples that each has to pass.

use crate::facts::kubernetes::path::glob;
use crate::tusk;
use crate::value::Value;
use anyhow::{Context as _, Result, bail};
use std::sync::LazyLock;

const BUILT_IN: &str = include_str!("../../../rules/alert-signals.tsk");

pub(super) static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| parse(BUILT_IN).unwrap_or_default());

/// One thing that can be watched.
#[derive(Debug)]
pub(super) struct Signal {
    pub(super) name: String,
    pub(super) families: Vec<(Sense, Family)>,
    pub(super) never: Vec<Family>,
    /// What a log query asks lines for.
    pub(super) lines: Vec<String>,
    /// Jobs that `up` and `probe_success` have to be about; empty for any.
    pub(super) jobs: Vec<String>,
    /// Jobs that are never meant.
    pub(super) other_jobs: Vec<String>,
    examples: Vec<String>,
    counterexamples: Vec<String>,
}

/// What a high value of a metric says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Used,
    Available,
    Share,
    Percent,
    Zero,
    Present,
    Left,
    Seconds,
    Milliseconds,
    Failed,
    Errors,
    Faults,
    Spare,
    SparePercent,
    Alive,
    DaysLeft,
}

const SENSES: &[(&str, Sense)] = &[
    ("used", Sense::Used),
    ("available", Sense::Available),
    ("share", Sense::Share),
    ("percent", Sense::Percent),
    ("zero", Sense::Zero),
    ("present", Sense::Present),
    ("left", Sense::Left),
    ("seconds", Sense::Seconds),
    ("milliseconds", Sense::Milliseconds),
    ("failed", Sense::Failed),
    ("errors", Sense::Errors),
    ("faults", Sense::Faults),
    ("spare", Sense::Spare),
    ("spare_percent", Sense::SparePercent),
    ("alive", Sense::Alive),
    ("days_left", Sense::DaysLeft),
];

/// A name with an optional label: `node_cpu_seconds_total{mode=idle}`.
#[derive(Debug)]
pub(super) struct Family {
    name: String,
    label: Option<(String, bool, String)>,
}

/// Runs every signal over its own examples; says which of them it fails.
pub fn fail_own_examples() -> Result<Vec<String>> {
    let mut failed = Vec::new();
    for signal in parse(BUILT_IN)? {
        let watched =
            |text: &str| Some(super::classify(text)?.into_iter().find(|watched| watched.signal == signal.name));
        for example in &signal.examples {
            let (text, wanted) = example.rsplit_once("=>").with_context(|| format!("no `=>` in {example}"))?;
            let wanted: Option<f64> = wanted.trim().parse().ok();
            let seen = watched(text).flatten().map(|watched| watched.above.map(|above| above.amount));
            let fits = matches!((seen, wanted), (Some(None), None))
                || matches!((seen, wanted), (Some(Some(seen)), Some(wanted)) if (seen - wanted).abs() < 1e-6);
            if !fits {
                failed.push(format!("{}: {example} (seen: {seen:?})", signal.name));
            }
        }
        for text in &signal.counterexamples {
            match watched(text) {
                None => failed.push(format!("{}: {text} cannot be read", signal.name)),
                Some(Some(watched)) => failed.push(format!("{}: {text} counts as {watched:?}", signal.name)),
                Some(None) => {}
            }
        }
    }
    Ok(failed)
}

fn parse(text: &str) -> Result<Vec<Signal>> {
    let (document, diagnostics) = tusk::parse_text(text);
    if let Some(diagnostic) = diagnostics.first() {
        bail!("{}", diagnostic.message);
    }
    let signals = document.sections.iter().map(|section| {
        let name = section.name();
        let name = name.strip_prefix("signal.").with_context(|| format!("[{name}] is no signal"))?;
        let texts = |key: &str| -> Vec<String> {
            let list = section.body.get(key).and_then(|field| field.value.as_list()).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let families = SENSES.iter().flat_map(|(key, sense)| {
            let families = texts(key);
            families.into_iter().map(|text| (*sense, Family::of(&text)))
        });
        Ok(Signal {
            name: name.to_owned(),
            families: families.collect(),
            never: texts("never").iter().map(|text| Family::of(text)).collect(),
            lines: texts("lines"),
            jobs: texts("jobs"),
            other_jobs: texts("other_jobs"),
            examples: texts("examples"),
            counterexamples: texts("counterexamples"),
        })
    });
    signals.collect()
}

impl Family {
    fn of(text: &str) -> Self {
        let (name, label) = text.split_once('{').unwrap_or((text, ""));
        let label = label.trim_end_matches('}').split_once('=').map(|(label, value)| {
            let label = label.trim_end_matches('!');
            (label.to_owned(), !text.contains("!="), value.to_owned())
        });
        Self { name: name.to_owned(), label }
    }

    pub(super) fn is(&self, name: &str, labels: &[(String, String, String)]) -> bool {
        glob(&self.name, name)
            && self.label.as_ref().is_none_or(|(label, equal, value)| {
                let operator = if *equal { ["=", "=~"] } else { ["!=", "!~"] };
                labels.iter().any(|(own, sign, text)| own == label && operator.contains(&&**sign) && glob(value, text))
            })
    }
}
