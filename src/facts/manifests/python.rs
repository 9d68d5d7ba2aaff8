//! Python: `pyproject.toml` (PEP 621, dependency groups, Poetry), `requirements*.txt`, `Pipfile`, `setup.cfg`.

use super::{Dependency, Ecosystem, Found, Purpose, document};
use crate::facts::Facts;
use crate::source::Span;
use crate::value::{Field, Map, Value};

/// A name as the registry compares it.
pub(super) fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// Whether a path is a list of requirements.
pub(super) fn is_requirements(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_text = matches!(extension, "txt" | "in");
    is_text && (name.starts_with("requirements") || stem.ends_with("requirements") || folder.ends_with("requirements"))
}

/// Reads a `pyproject.toml`.
pub(super) fn read_pyproject(facts: &Facts<'_>, path: &str) -> Found {
    let root = match document(facts, path) {
        Ok(root) => root,
        Err(found) => return found,
    };
    let mut all = Vec::new();
    listed(root.at(&["project", "dependencies"]), Purpose::Runtime, false, &mut all);
    for (extra, field) in root.at(&["project", "optional-dependencies"]).and_then(Value::as_map).into_iter().flatten() {
        listed(Some(&field.value), purpose_of(extra), true, &mut all);
    }
    for field in root.get("dependency-groups").and_then(Value::as_map).into_iter().flat_map(Map::values) {
        listed(Some(&field.value), Purpose::Dev, false, &mut all);
    }
    let poetry = root.at(&["tool", "poetry"]);
    let table = |name: &str| poetry.and_then(|poetry| poetry.get(name));
    tabled(table("dependencies"), Purpose::Runtime, &mut all);
    tabled(table("dev-dependencies"), Purpose::Dev, &mut all);
    for (group, field) in table("group").and_then(Value::as_map).into_iter().flatten() {
        let purpose = if group == "main" { Purpose::Runtime } else { Purpose::Dev };
        tabled(field.value.get("dependencies"), purpose, &mut all);
    }
    let name = root.at(&["project", "name"]).or_else(|| table("name")).and_then(Value::as_str).map(str::to_owned);
    if all.is_empty() && name.is_none() {
        return Found::Nothing;
    }
    Found::package(path, Ecosystem::Pypi, name, all)
}

/// Reads a `Pipfile`.
pub(super) fn read_pipfile(facts: &Facts<'_>, path: &str) -> Found {
    let root = match document(facts, path) {
        Ok(root) => root,
        Err(found) => return found,
    };
    let mut all = Vec::new();
    tabled(root.get("packages"), Purpose::Runtime, &mut all);
    tabled(root.get("dev-packages"), Purpose::Dev, &mut all);
    Found::package(path, Ecosystem::Pypi, None, all)
}

/// Reads a list of requirements, line by line.
pub(super) fn read_requirements(facts: &Facts<'_>, path: &str) -> Found {
    let Some(source) = facts.tree.text(path) else { return Found::Nothing };
    let name = path.rsplit('/').next().unwrap_or(path);
    let dependencies = lines(source.text(), 0, purpose_of(name.rsplit_once('.').map_or(name, |(stem, _)| stem)));
    Found::package(path, Ecosystem::Pypi, None, dependencies)
}

/// Reads `install_requires` of a `setup.cfg`.
pub(super) fn read_setup(facts: &Facts<'_>, path: &str) -> Found {
    let Some(source) = facts.tree.text(path) else { return Found::Nothing };
    let text = source.text();
    let Some(key) = text.find("\ninstall_requires") else { return Found::Nothing };
    let from = text[key..].find('=').map_or(text.len(), |equals| key + equals + 1);
    let mut end = from;
    for (number, line) in text[from..].split_inclusive('\n').enumerate() {
        if number > 0 && !line.starts_with([' ', '\t']) {
            break;
        }
        end += line.len();
    }
    Found::package(path, Ecosystem::Pypi, None, lines(&text[from..end], from, Purpose::Runtime))
}

fn lines(text: &str, offset: usize, purpose: Purpose) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut at = offset;
    for line in text.split_inclusive('\n') {
        let lead = line.len() - line.trim_start().len();
        let requirement = line.trim();
        let span = Span::new(at + lead, at + lead + requirement.len());
        at += line.len();
        if !requirement.starts_with(['#', '-']) {
            found.extend(requirement_of(requirement, purpose, span));
        }
    }
    found
}

/// `name[extra] >= 1.0; marker`.
fn requirement_of(text: &str, purpose: Purpose, span: Span) -> Option<Dependency> {
    let length = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let name = &text[..length];
    if name.is_empty() {
        return None;
    }
    let mut found = Dependency::new(name, purpose, span);
    let mut rest = text[length..].trim_start();
    if let Some((extras, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        found.features = extras.split(',').map(|extra| extra.trim().to_owned()).collect();
        rest = after;
    }
    let version = rest.split([';', '#']).next().unwrap_or_default().trim();
    found.version = (!version.is_empty()).then(|| version.to_owned());
    Some(found)
}

fn listed(list: Option<&Value>, purpose: Purpose, optional: bool, into: &mut Vec<Dependency>) {
    for value in list.and_then(Value::as_list).into_iter().flatten() {
        let found = value.as_str().and_then(|text| requirement_of(text, purpose, value.span));
        into.extend(found.map(|found| Dependency { optional, ..found }));
    }
}

fn tabled(table: Option<&Value>, purpose: Purpose, into: &mut Vec<Dependency>) {
    let entries = table.and_then(Value::as_map).into_iter().flatten();
    into.extend(entries.filter(|(name, _)| *name != "python").map(|(name, field)| entry(name, field, purpose)));
}

fn entry(name: &str, field: &Field, purpose: Purpose) -> Dependency {
    let mut found = Dependency::new(name, purpose, field.span());
    let version = field.value.as_str().or_else(|| field.value.get("version").and_then(Value::as_str));
    found.version = version.map(str::to_owned);
    let extras = field.value.get("extras").and_then(Value::as_list).into_iter().flatten();
    found.features = extras.filter_map(Value::as_str).map(str::to_owned).collect();
    found.optional = field.value.get("optional").and_then(Value::as_bool) == Some(true);
    found
}

/// A group named after tests, linters or documentation is for development.
fn purpose_of(group: &str) -> Purpose {
    const DEV: &[&str] = &["dev", "test", "lint", "doc", "bench", "typing", "ci", "local"];
    let group = group.to_ascii_lowercase();
    let words = group.split(['-', '_', '.', '/']);
    let is_dev = words
        .into_iter()
        .any(|word| DEV.iter().any(|dev| word == *dev || word == format!("{dev}s") || word == format!("{dev}ing")));
    if is_dev { Purpose::Dev } else { Purpose::Runtime }
}
