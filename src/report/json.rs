//! A report for programs: the model as it is, versioned (see the model's documentation).

use super::Report;

/// The whole report, with a line end at its end.
pub fn write(report: &Report) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(report)? + "\n")
}
