//! Times of code in the small: Criterion, hyperfine, pytest-benchmark.

use super::load::Measured;
use crate::source::Span;
use crate::value::Value;

/// A benchmark and its time.
#[derive(Debug)]
pub struct Bench {
    /// What wrote it.
    pub tool: &'static str,
    /// The benchmark's name; empty where the path of the report is the name.
    pub name: String,
    /// Seconds a run, or the change against the baseline as a share.
    pub mean: Measured,
    /// Whether the number is a change against a baseline: its lower bound when it is slower beyond doubt.
    pub slower: Option<f64>,
}

fn number(value: &Value, path: &[&str]) -> Option<Measured> {
    let found = value.at(path)?;
    Some(Measured { value: found.as_number()?, span: found.span })
}

/// The benchmarks of one JSON value; a change against a baseline is told by where Criterion writes it (`change/`).
pub(super) fn json(path: &str, value: &Value) -> Option<Vec<Bench>> {
    criterion(path, value).or_else(|| hyperfine(value)).or_else(|| pytest(value))
}

fn criterion(path: &str, value: &Value) -> Option<Vec<Bench>> {
    let mean = number(value, &["mean", "point_estimate"])?;
    let low = number(value, &["mean", "confidence_interval", "lower_bound"])?;
    let folders: Vec<&str> = path.split('/').collect();
    let kind = folders.iter().rev().nth(1).copied()?;
    let name = folders.iter().rev().skip(2).take_while(|part| **part != "criterion").copied();
    let name: Vec<&str> = name.collect::<Vec<_>>().into_iter().rev().collect();
    let bench = |mean, slower| Bench { tool: "Criterion", name: name.join("/"), mean, slower };
    match kind {
        "new" => Some(vec![bench(Measured { value: mean.value * 1e-9, ..mean }, None)]),
        // Criterion calls a change within 2 % noise.
        "change" => Some(vec![bench(mean, Some(low.value).filter(|low| *low > 0.02))]),
        _ => None,
    }
}

fn hyperfine(value: &Value) -> Option<Vec<Bench>> {
    let results = value.get("results")?.as_list()?;
    let bench = |result: &Value| {
        let name = result.get("command")?.as_str()?.to_owned();
        result.get("stddev")?;
        Some(Bench { tool: "hyperfine", name, mean: number(result, &["mean"])?, slower: None })
    };
    let found: Vec<Bench> = results.iter().filter_map(bench).collect();
    (!found.is_empty()).then_some(found)
}

fn pytest(value: &Value) -> Option<Vec<Bench>> {
    value.get("machine_info")?;
    let results = value.get("benchmarks")?.as_list()?;
    let bench = |result: &Value| {
        let name = result.get("name")?.as_str()?.to_owned();
        Some(Bench { tool: "pytest-benchmark", name, mean: number(result, &["stats", "mean"])?, slower: None })
    };
    let found: Vec<Bench> = results.iter().filter_map(bench).collect();
    (!found.is_empty()).then_some(found)
}

impl Bench {
    /// Where its number stands.
    pub fn span(&self) -> Span {
        self.mean.span
    }
}
