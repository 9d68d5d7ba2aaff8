//! What analysers found: SARIF 2.1.0 of any tool, and cargo's own messages.

use crate::source::Span;
use crate::value::Value;

/// The results of one tool.
#[derive(Debug, Default)]
pub struct Findings {
    /// The tool's name, as the report gives it.
    pub tool: String,
    /// Where its part of the report begins.
    pub span: Span,
    /// The results that nobody suppressed.
    pub open: Vec<Finding>,
    /// How many were suppressed.
    pub suppressed: usize,
    /// Whether the tool says that it ran to its end.
    pub is_whole: bool,
}

/// One result.
#[derive(Debug)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: String,
    /// `error`, `warning`, `note` or `none`.
    pub level: String,
    /// What is wrong.
    pub message: String,
    /// Where the result stands in the report.
    pub span: Span,
}

/// The runs of a SARIF report.
pub(super) fn sarif(value: &Value) -> Option<Vec<Findings>> {
    value.get("version")?.as_str().filter(|version| version.starts_with("2.1"))?;
    let runs = value.get("runs")?.as_list()?;
    let mut all = Vec::new();
    for run in runs {
        let Some(driver) = run.at(&["tool", "driver"]) else { continue };
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("").to_owned();
        let mut findings = Findings {
            tool: text(driver.get("name")),
            span: driver.span,
            is_whole: ended_well(run),
            ..Findings::default()
        };
        for result in run.get("results").and_then(Value::as_list).unwrap_or_default() {
            if is_suppressed(result) {
                findings.suppressed += 1;
                continue;
            }
            let level = text(result.get("level"));
            findings.open.push(Finding {
                rule: text(result.get("ruleId")),
                level: if level.is_empty() { "warning".into() } else { level },
                message: text(result.at(&["message", "text"])),
                span: result.span,
            });
        }
        all.push(findings);
    }
    (!all.is_empty()).then_some(all)
}

/// A result is closed by an accepted suppression, by being gone, or by being no problem (SARIF 3.27.9, .23, .24).
fn is_suppressed(result: &Value) -> bool {
    let suppressions = result.get("suppressions").and_then(Value::as_list).unwrap_or_default();
    let accepted = suppressions
        .iter()
        .any(|suppression| matches!(suppression.get("status").and_then(Value::as_str), None | Some("accepted")));
    let kind = result.get("kind").and_then(Value::as_str);
    let state = result.get("baselineState").and_then(Value::as_str);
    accepted || state == Some("absent") || matches!(kind, Some("pass" | "notApplicable" | "informational"))
}

fn ended_well(run: &Value) -> bool {
    let invocations = run.get("invocations").and_then(Value::as_list).unwrap_or_default();
    !invocations.iter().any(|run| run.get("executionSuccessful").and_then(Value::as_bool) == Some(false))
}

/// `cargo clippy --message-format json`: one message a line.
pub(super) fn cargo(text: &str) -> Findings {
    let mut findings = Findings { tool: "rustc".into(), ..Findings::default() };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        match message["reason"].as_str() {
            Some("build-finished") => findings.is_whole = true,
            Some("compiler-message") => {
                let inner = &message["message"];
                let (Some(level), Some(text)) = (inner["level"].as_str(), inner["message"].as_str()) else { continue };
                let rule = inner["code"]["code"].as_str().unwrap_or("");
                // The closing "3 warnings emitted" and notes are no results.
                if !matches!(level, "warning" | "error" | "error: internal compiler error")
                    || inner["spans"].as_array().is_none_or(Vec::is_empty)
                {
                    continue;
                }
                if rule.starts_with("clippy::") {
                    findings.tool = "clippy".into();
                }
                findings.open.push(Finding { rule: rule.into(), level: level.into(), message: text.into(), span });
            }
            _ => {}
        }
    }
    findings
}
