//! Runs under load: k6, Vegeta, oha, wrk, autocannon, Locust, Gatling, `JMeter`, Goose.
//!
//! Times are seconds and rates are per second, whatever the tool writes: Vegeta counts nanoseconds, oha seconds, the
//! others milliseconds (their own documentation).

use crate::source::Span;
use crate::value::{Map, Value};

/// A number of a report, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The number in base units.
    pub value: f64,
    /// Where it stands.
    pub span: Span,
}

/// A run under load.
#[derive(Debug, Default)]
pub struct Load {
    /// What wrote it.
    pub tool: &'static str,
    /// Where it begins.
    pub span: Span,
    /// How many requests were made.
    pub requests: Option<Measured>,
    /// The 95th percentile of the response time.
    pub p95: Option<Measured>,
    /// A higher percentile, where the tool tells no 95th.
    pub above_p95: Option<Measured>,
    /// Successful requests a second.
    pub throughput: Option<Measured>,
    /// The share of requests that failed.
    pub error_rate: Option<Measured>,
    /// How long it ran.
    pub seconds: Option<f64>,
    /// Users at once, at the most.
    pub users: Option<f64>,
    /// A threshold of the run's own that was crossed.
    pub crossed: Option<Span>,
    /// Whether the tool sends as many requests as it is told, so that fewer say nothing about what the service can do.
    pub paced: bool,
}

impl Measured {
    /// The same number in another unit.
    fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, ..self }
    }
}

/// The number at a path; a text that is a number counts.
fn number(value: &Value, path: &[&str]) -> Option<Measured> {
    let found = value.at(path)?;
    let amount = found.as_number().or_else(|| found.as_str()?.replace(',', "").parse().ok())?;
    amount.is_finite().then_some(Measured { value: amount, span: found.span })
}

/// The part of all that some are; it stands where they are counted.
fn share(some: Option<Measured>, all: Option<Measured>) -> Option<Measured> {
    let (some, all) = (some?, all?);
    (all.value > 0.0).then(|| Measured { value: some.value / all.value, ..some })
}

/// A run of any of the tools that write JSON.
pub(super) fn json(value: &Value) -> Option<Load> {
    k6(value)
        .or_else(|| vegeta(value))
        .or_else(|| oha(value))
        .or_else(|| autocannon(value))
        .or_else(|| gatling(value))
        .or_else(|| jmeter(value))
        .or_else(|| goose(value))
}

/// `k6 run --summary-export` and what `handleSummary` gets.
fn k6(value: &Value) -> Option<Load> {
    let metrics = value.get("metrics")?;
    let time = ["http_req_duration", "grpc_req_duration"].into_iter().find(|name| metrics.get(name).is_some())?;
    let of = |metric: &str, key: &str| {
        let metric = metrics.get(metric)?;
        number(metric.get("values").unwrap_or(metric), &[key])
    };
    let error_rate = of("http_req_failed", "rate").or_else(|| of("http_req_failed", "value"));
    let failed = error_rate.map_or(0.0, |rate| rate.value);
    // Times of failed requests are short; where they are few, the times of the others alone are what users wait.
    let expected = (failed < 0.01).then(|| of("http_req_duration{expected_response:true}", "p(95)")).flatten();
    let requests = of("http_reqs", "count");
    let rate = of("http_reqs", "rate");
    let told = number(value, &["state", "testRunDurationMs"]).map(|time| time.value / 1e3);
    let derived = || Some(requests?.value / rate?.value).filter(|seconds| seconds.is_finite());
    let dropped = of("dropped_iterations", "count").is_some_and(|dropped| dropped.value > 0.0);
    Some(Load {
        tool: "k6",
        span: metrics.span,
        requests,
        p95: expected.or_else(|| of(time, "p(95)")).map(|time| time.times(1e-3)),
        above_p95: of(time, "p(99)").map(|time| time.times(1e-3)),
        throughput: rate.map(|rate| rate.times(1.0 - failed)),
        error_rate,
        seconds: told.or_else(derived),
        users: of("vus_max", "value").or_else(|| of("vus_max", "max")).map(|users| users.value),
        crossed: crossed(metrics),
        paced: !dropped && failed < 0.01,
    })
}

/// The first threshold that was crossed: `--summary-export` writes `true` for it, `handleSummary` `{ok: false}`.
fn crossed(metrics: &Value) -> Option<Span> {
    let thresholds = metrics.as_map()?.values().filter_map(|metric| metric.value.get("thresholds")?.as_map());
    let mut all = thresholds.flat_map(Map::values);
    let is_crossed = |verdict: &Value| match verdict.get("ok") {
        Some(ok) => ok.as_bool() == Some(false),
        None => verdict.as_bool() == Some(true),
    };
    all.find(|threshold| is_crossed(&threshold.value)).map(|threshold| threshold.key)
}

/// `vegeta report -type=json`.
fn vegeta(value: &Value) -> Option<Load> {
    let latencies = value.get("latencies")?;
    let success = number(value, &["success"])?;
    Some(Load {
        tool: "Vegeta",
        span: latencies.span,
        requests: number(value, &["requests"]),
        p95: number(latencies, &["95th"]).map(|time| time.times(1e-9)),
        above_p95: number(latencies, &["99th"]).map(|time| time.times(1e-9)),
        throughput: number(value, &["throughput"]),
        error_rate: Some(Measured { value: 1.0 - success.value, ..success }),
        seconds: number(value, &["duration"]).map(|time| time.value * 1e-9),
        paced: success.value > 0.99,
        ..Load::default()
    })
}

/// `oha --output-format json`.
fn oha(value: &Value) -> Option<Load> {
    let percentiles = value.get("latencyPercentiles")?;
    let summary = value.get("summary")?;
    let success = number(summary, &["successRate"])?;
    let codes = value.get("statusCodeDistribution").and_then(Value::as_map);
    let count = codes.map(|codes| codes.values().filter_map(|code| code.value.as_number()).sum::<f64>());
    Some(Load {
        tool: "oha",
        span: summary.span,
        requests: count.map(|value| Measured { value, span: summary.span }),
        p95: number(percentiles, &["p95"]),
        above_p95: number(percentiles, &["p99"]),
        throughput: number(summary, &["requestsPerSec"]).map(|rate| rate.times(success.value)),
        error_rate: Some(Measured { value: 1.0 - success.value, ..success }),
        seconds: number(summary, &["total"]).map(|time| time.value),
        ..Load::default()
    })
}

/// `autocannon --json`; it tells the 97.5th percentile and no 95th.
fn autocannon(value: &Value) -> Option<Load> {
    let above_p95 = number(value, &["latency", "p97_5"])?.times(1e-3);
    let requests = number(value, &["requests", "total"]);
    let bad = ["errors", "non2xx"].iter().filter_map(|key| number(value, &[key])).map(|count| count.value).sum::<f64>();
    let share = requests.filter(|all| all.value > 0.0).map(|all| Measured { value: (bad / all.value).min(1.0), ..all });
    let failed = share.map_or(0.0, |share| share.value);
    Some(Load {
        tool: "autocannon",
        span: above_p95.span,
        requests,
        above_p95: Some(above_p95),
        throughput: number(value, &["requests", "average"]).map(|rate| rate.times(1.0 - failed)),
        error_rate: share,
        seconds: number(value, &["duration"]).map(|time| time.value),
        users: number(value, &["connections"]).map(|users| users.value),
        ..Load::default()
    })
}

/// `js/global_stats.json` or `js/stats.json` of Gatling; its third percentile is the 95th unless configured otherwise.
fn gatling(value: &Value) -> Option<Load> {
    let stats = value.get("stats").unwrap_or(value);
    let p95 = number(stats, &["percentiles3", "total"])?.times(1e-3);
    let requests = number(stats, &["numberOfRequests", "total"]);
    let ko = number(stats, &["numberOfRequests", "ko"]);
    let throughput = number(stats, &["meanNumberOfRequestsPerSecond", "ok"]);
    Some(Load {
        tool: "Gatling",
        span: stats.span,
        requests,
        p95: Some(p95),
        above_p95: number(stats, &["percentiles4", "total"]).map(|time| time.times(1e-3)),
        throughput,
        error_rate: share(ko, requests),
        seconds: requests
            .zip(number(stats, &["meanNumberOfRequestsPerSecond", "total"]))
            .map(|(all, rate)| all.value / rate.value),
        ..Load::default()
    })
}

/// `statistics.json` of a `JMeter` dashboard: its second percentile is the 95th unless configured otherwise.
fn jmeter(value: &Value) -> Option<Load> {
    let total = value.get("Total")?;
    let p95 = number(total, &["pct2ResTime"])?.times(1e-3);
    let error_rate = number(total, &["errorPct"]).map(|share| share.times(0.01));
    let failed = error_rate.map_or(0.0, |rate| rate.value);
    Some(Load {
        tool: "JMeter",
        span: total.span,
        requests: number(total, &["sampleCount"]),
        p95: Some(p95),
        above_p95: number(total, &["pct3ResTime"]).map(|time| time.times(1e-3)),
        throughput: number(total, &["throughput"]).map(|rate| rate.times(1.0 - failed)),
        error_rate,
        ..Load::default()
    })
}

/// The JSON report of Goose: the rows called `Aggregated`.
fn goose(value: &Value) -> Option<Load> {
    let row = |keys: &[&str]| {
        let rows = keys.iter().find_map(|key| value.get(key)?.as_list())?;
        rows.iter().find(|row| row.get("name").and_then(Value::as_str) == Some("Aggregated"))
    };
    let times = row(&["raw_response_metrics", "responses"])?;
    let counts = row(&["raw_request_metrics", "requests"])?;
    let requests = number(counts, &["number_of_requests"]);
    let failures = number(counts, &["number_of_failures"]);
    let error_rate = share(failures, requests);
    let failed = error_rate.map_or(0.0, |rate| rate.value);
    Some(Load {
        tool: "Goose",
        span: times.span,
        requests,
        p95: number(times, &["percentile_95"]).map(|time| time.times(1e-3)),
        above_p95: number(times, &["percentile_99"]).map(|time| time.times(1e-3)),
        throughput: number(counts, &["requests_per_second"]).map(|rate| rate.times(1.0 - failed)),
        error_rate,
        ..Load::default()
    })
}

/// A run of any of the tools that write text.
pub(super) fn text(text: &str) -> Option<Load> {
    if text.starts_with("Type,Name,Request Count,") {
        return locust(text);
    }
    if text.starts_with("timeStamp,elapsed,") {
        return samples(text);
    }
    (text.starts_with("Running ") && text.contains("threads and")).then(|| wrk(text)).flatten()
}

/// The lines of a text with where they stand.
fn lines(text: &str) -> impl Iterator<Item = (Span, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let trimmed = line.trim_end();
        let span = Span::new(start, start + trimmed.len());
        start += line.len();
        (span, trimmed)
    })
}

/// `*_stats.csv` of Locust: the row called `Aggregated`.
fn locust(text: &str) -> Option<Load> {
    let header: Vec<&str> = lines(text).next()?.1.split(',').collect();
    let (span, row) = lines(text).find(|(_, line)| line.split(',').nth(1) == Some("Aggregated"))?;
    let cells: Vec<&str> = row.split(',').collect();
    let cell = |name: &str| {
        let at = header.iter().position(|title| *title == name)?;
        Some(Measured { value: cells.get(at)?.parse().ok().filter(|value: &f64| value.is_finite())?, span })
    };
    let requests = cell("Request Count")?;
    let failures = cell("Failure Count").map_or(0.0, |count| count.value);
    let failed = if requests.value > 0.0 { failures / requests.value } else { 0.0 };
    let rate = cell("Requests/s");
    Some(Load {
        tool: "Locust",
        span,
        requests: Some(requests),
        p95: cell("95%").map(|time| time.times(1e-3)),
        above_p95: cell("99%").map(|time| time.times(1e-3)),
        throughput: rate.map(|rate| rate.times(1.0 - failed)),
        error_rate: Some(Measured { value: failed, span }),
        seconds: rate.filter(|rate| rate.value > 0.0).map(|rate| requests.value / rate.value),
        ..Load::default()
    })
}

/// The samples that `jmeter -n -l results.csv` writes, one a line.
fn samples(text: &str) -> Option<Load> {
    let header: Vec<&str> = lines(text).next()?.1.split(',').collect();
    let column = |name: &str| header.iter().position(|title| *title == name);
    let (at, took, success) = (column("timeStamp")?, column("elapsed")?, column("success")?);
    let mut times: Vec<f64> = Vec::new();
    let (mut first, mut last, mut bad) = (f64::INFINITY, 0.0_f64, 0.0);
    for (_, line) in lines(text).skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let parse = |at: usize| cells.get(at)?.parse::<f64>().ok().filter(|value| value.is_finite());
        let (Some(start), Some(time)) = (parse(at), parse(took)) else { continue };
        first = first.min(start);
        last = last.max(start + time);
        bad += f64::from(u8::from(cells.get(success) != Some(&"true")));
        times.push(time);
    }
    times.sort_by(f64::total_cmp);
    let count = times.len() as f64;
    // The nearest rank, in whole numbers: the smallest time that 95 % of the samples do not exceed.
    let rank = (times.len() * 95).div_ceil(100).saturating_sub(1);
    let span = lines(text).next()?.0;
    let seconds = (last - first) / 1e3;
    let measured = |value: f64| Some(Measured { value, span });
    Some(Load {
        tool: "JMeter",
        span,
        requests: measured(count),
        p95: times.get(rank).and_then(|time| measured(time / 1e3)),
        throughput: (seconds > 0.0).then(|| (count - bad) / seconds).and_then(measured),
        error_rate: (count > 0.0).then(|| bad / count).and_then(measured),
        seconds: (seconds > 0.0).then_some(seconds),
        ..Load::default()
    })
}

/// The output of wrk, and of wrk2 which keeps a constant rate; without `--latency` it tells no percentile.
fn wrk(text: &str) -> Option<Load> {
    let mut load = Load { tool: "wrk", ..Load::default() };
    let mut bad = 0.0;
    for (span, line) in lines(text) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Running", time, "test", ..] => {
                load.span = span;
                load.seconds = seconds(time);
            }
            [count, "requests", "in", ..] => {
                load.requests = count.parse().ok().map(|value| Measured { value, span });
            }
            ["Requests/sec:", rate] => load.throughput = rate.parse().ok().map(|value| Measured { value, span }),
            ["Non-2xx", "or", "3xx", "responses:", count] => bad = count.parse().unwrap_or(0.0),
            [_, "threads", "and", users, "connections"] => load.users = users.parse().ok(),
            ["95%" | "95.000%", time] => load.p95 = seconds(time).map(|value| Measured { value, span }),
            ["99%" | "99.000%", time] => load.above_p95 = seconds(time).map(|value| Measured { value, span }),
            _ => {}
        }
    }
    let requests = load.requests?;
    let failed = if requests.value > 0.0 { bad / requests.value } else { 0.0 };
    load.error_rate = Some(Measured { value: failed, ..requests });
    load.throughput = load.throughput.map(|rate| rate.times(1.0 - failed));
    load.paced = text.contains("calibration");
    Some(load)
}

/// `635.00us`, `3.95ms`, `30s`, `1.5m`.
fn seconds(text: &str) -> Option<f64> {
    let quantity = crate::quantity::Quantity::parse(text).ok()?;
    (quantity.dimension == crate::quantity::Dimension::Time).then_some(quantity.amount)
}
