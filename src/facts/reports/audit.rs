//! Known vulnerabilities of dependencies: cargo-audit, cargo-deny, npm, pip-audit, Trivy, Grype, OSV.

use crate::source::Span;
use crate::value::Value;

/// What an audit of dependencies found.
#[derive(Debug, Default)]
pub struct Audit {
    /// What wrote it.
    pub tool: &'static str,
    /// Where it begins.
    pub span: Span,
    /// Whether it says that it looked at no dependency at all.
    pub is_hollow: bool,
    /// The vulnerabilities that nobody ignored.
    pub open: Vec<Vulnerability>,
}

/// One known vulnerability.
#[derive(Debug)]
pub struct Vulnerability {
    /// Its id: `RUSTSEC-2024-0001`, `CVE-…`, `GHSA-…`.
    pub id: String,
    /// The package that has it.
    pub package: String,
    /// Where it stands in the report.
    pub span: Span,
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or("").to_owned()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_list).unwrap_or_default()
}

/// An audit of any of the known kinds in one JSON value.
pub(super) fn json(value: &Value) -> Option<Audit> {
    cargo_audit(value)
        .or_else(|| npm(value))
        .or_else(|| trivy(value))
        .or_else(|| grype(value))
        .or_else(|| pip_audit(value))
        .or_else(|| osv(value))
}

fn cargo_audit(value: &Value) -> Option<Audit> {
    value.get("lockfile")?;
    let vulnerabilities = value.get("vulnerabilities")?;
    vulnerabilities.get("found")?;
    let open = list(vulnerabilities, "list").iter().map(|entry| Vulnerability {
        id: text(entry.at(&["advisory", "id"])),
        package: text(entry.at(&["package", "name"])),
        span: entry.span,
    });
    let is_hollow = value.at(&["lockfile", "dependency-count"]).and_then(Value::as_number) == Some(0.0);
    Some(Audit { tool: "cargo-audit", span: vulnerabilities.span, is_hollow, open: open.collect() })
}

fn npm(value: &Value) -> Option<Audit> {
    value.get("auditReportVersion")?;
    let packages = value.get("vulnerabilities")?;
    let open = packages.as_map()?.iter().map(|(name, field)| Vulnerability {
        id: text(field.value.get("severity")),
        package: name.to_string(),
        span: field.key,
    });
    let is_hollow = value.at(&["metadata", "dependencies", "total"]).and_then(Value::as_number) == Some(0.0);
    Some(Audit { tool: "npm audit", span: packages.span, is_hollow, open: open.collect() })
}

fn trivy(value: &Value) -> Option<Audit> {
    value.get("SchemaVersion")?;
    let results = value.get("Results")?;
    let open = results.as_list()?.iter().flat_map(|result| list(result, "Vulnerabilities")).map(|entry| {
        Vulnerability { id: text(entry.get("VulnerabilityID")), package: text(entry.get("PkgName")), span: entry.span }
    });
    Some(Audit { tool: "Trivy", span: results.span, open: open.collect(), ..Audit::default() })
}

fn grype(value: &Value) -> Option<Audit> {
    value.at(&["descriptor", "name"])?.as_str().filter(|name| *name == "grype")?;
    let open = list(value, "matches").iter().map(|entry| Vulnerability {
        id: text(entry.at(&["vulnerability", "id"])),
        package: text(entry.at(&["artifact", "name"])),
        span: entry.span,
    });
    Some(Audit { tool: "Grype", span: value.span, open: open.collect(), ..Audit::default() })
}

fn pip_audit(value: &Value) -> Option<Audit> {
    let dependencies = value.get("dependencies")?.as_list()?;
    dependencies.iter().find(|dependency| dependency.get("vulns").is_some())?;
    let open = dependencies.iter().flat_map(|dependency| {
        let package = text(dependency.get("name"));
        list(dependency, "vulns").iter().map(move |entry| Vulnerability {
            id: text(entry.get("id")),
            package: package.clone(),
            span: entry.span,
        })
    });
    Some(Audit { tool: "pip-audit", span: value.span, open: open.collect(), ..Audit::default() })
}

fn osv(value: &Value) -> Option<Audit> {
    let results = value.get("results")?.as_list()?;
    results.iter().find(|result| result.get("packages").is_some())?;
    let packages = results.iter().flat_map(|result| list(result, "packages"));
    let open = packages.flat_map(|package| {
        let name = text(package.at(&["package", "name"]));
        list(package, "vulnerabilities").iter().map(move |entry| Vulnerability {
            id: text(entry.get("id")),
            package: name.clone(),
            span: entry.span,
        })
    });
    Some(Audit { tool: "OSV-Scanner", span: value.span, open: open.collect(), ..Audit::default() })
}

/// `cargo deny --format json check`: one diagnostic a line.
pub(super) fn cargo_deny(lines: &str) -> Audit {
    let mut audit =
        Audit { tool: "cargo-deny", span: Span::new(0, lines.find('\n').unwrap_or(lines.len())), ..Audit::default() };
    let mut start = 0;
    for line in lines.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let fields = &value["fields"];
        let is_advisory = fields["advisory"].is_object() && fields["severity"].as_str() == Some("error");
        if value["type"].as_str() == Some("diagnostic") && is_advisory {
            audit.open.push(Vulnerability {
                id: fields["advisory"]["id"].as_str().unwrap_or("").to_owned(),
                package: fields["advisory"]["package"].as_str().unwrap_or("").to_owned(),
                span,
            });
        }
    }
    audit
}
