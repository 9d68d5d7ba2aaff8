//! Memory and processor that a program used: GNU time, docker stats, dhat, an export of Prometheus.

use super::load::Measured;
use crate::source::Span;
use crate::value::Value;

/// The most that was used.
#[derive(Debug, Default)]
pub struct Usage {
    /// What wrote it.
    pub tool: &'static str,
    /// What it is about, as the tool calls it.
    pub subject: String,
    /// Bytes at the peak.
    pub memory: Option<Measured>,
    /// The share of what the program may use, 0 to 1. A share of one core is none: nobody knows how many there are.
    pub cpu: Option<Measured>,
}

/// What the output of GNU `time -v` says.
pub(super) fn gnu_time(text: &str) -> Option<Usage> {
    const MARK: &str = "Maximum resident set size (kbytes): ";
    let at = text.find(MARK)?;
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let kilobytes: f64 = text[at + MARK.len()..end].trim().parse().ok()?;
    let command =
        text.find("Command being timed: ").map(|at| text[at + 21..].lines().next().unwrap_or("").trim_matches('"'));
    let subject = command.unwrap_or("the program").to_owned();
    let memory = Some(Measured { value: kilobytes * 1024.0, span: Span::new(at, end) });
    Some(Usage { tool: "GNU time", subject, memory, cpu: None })
}

/// `docker stats --format json`: one sample a line; the highest of each container.
pub(super) fn docker(lines: &str) -> Vec<Usage> {
    let mut all: Vec<Usage> = Vec::new();
    let mut start = 0;
    for line in lines.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let used = value["MemUsage"].as_str().and_then(|text| text.split('/').next());
        let used = used.and_then(|text| crate::quantity::Quantity::parse(text.trim()).ok());
        let (Some(used), Some(name)) = (used, value["Name"].as_str()) else { continue };
        let memory = Measured { value: used.amount, span };
        match all.iter_mut().find(|usage| usage.subject == name) {
            Some(usage) if usage.memory.is_none_or(|peak| peak.value < memory.value) => usage.memory = Some(memory),
            Some(_) => {}
            None => all.push(Usage { tool: "docker stats", subject: name.to_owned(), memory: Some(memory), cpu: None }),
        }
    }
    all
}

/// Usage in one JSON value.
pub(super) fn json(value: &Value) -> Option<Vec<Usage>> {
    dhat(value).or_else(|| prometheus(value))
}

/// The heap at its largest, as dhat wrote it.
fn dhat(value: &Value) -> Option<Vec<Usage>> {
    let version = value.get("dhatFileVersion")?;
    let points = value.get("pps")?.as_list()?;
    let peak: f64 = points.iter().filter_map(|point| point.get("gb")?.as_number()).sum();
    let subject = value.get("cmd").and_then(Value::as_str).unwrap_or("the program").to_owned();
    let memory = Some(Measured { value: peak, span: version.span });
    Some(vec![Usage { tool: "dhat", subject, memory, cpu: None }])
}

/// The answer of Prometheus to a query about resident memory, or about the share of the processor in use.
fn prometheus(value: &Value) -> Option<Vec<Usage>> {
    value.at(&["data", "resultType"])?;
    let series = value.at(&["data", "result"])?.as_list()?;
    let found: Vec<Usage> = series.iter().filter_map(of_series).collect();
    (!found.is_empty()).then_some(found)
}

fn of_series(series: &Value) -> Option<Usage> {
    let name = series.at(&["metric", "__name__"])?.as_str()?;
    let one = series.get("value").and_then(Value::as_list).map(|pair| vec![pair]);
    let many = || Some(series.get("values")?.as_list()?.iter().filter_map(Value::as_list).collect());
    let samples: Vec<&[Value]> = one.or_else(many)?;
    let sample = |pair: &&[Value]| {
        let text = pair.get(1)?;
        Some(Measured { value: text.as_str()?.parse().ok()?, span: text.span })
    };
    let peak = samples.iter().filter_map(sample).max_by(|a, b| a.value.total_cmp(&b.value))?;
    let job = ["pod", "container", "job", "instance"].iter().find_map(|key| series.at(&["metric", key])?.as_str());
    let usage = Usage { tool: "Prometheus", subject: job.unwrap_or(name).to_owned(), ..Usage::default() };
    if ["process_resident_memory_bytes", "container_memory_working_set_bytes"].contains(&name) {
        return Some(Usage { memory: Some(peak), ..usage });
    }
    let is_share = ["cpu_utilisation", "cpu_utilization", "cpu_usage_ratio"].iter().any(|part| name.contains(part));
    (is_share && peak.value <= 1.0).then_some(Usage { cpu: Some(peak), ..usage })
}
