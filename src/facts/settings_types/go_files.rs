//! Go: the struct that a settings file is decoded into, by `yaml.Unmarshal(data, &config)` and the like.

use super::{Field, Root, SettingsTypes, go};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::facts::config::Key;
use crate::pattern::{Captures, pattern};
use crate::source::Span;

pattern!(
    DECODES,
    r"\b(?:\w+\.)*\w*(?:[uU]nmarshal|[dD]ecode)\w*\((?:[^()\n]|\([^()\n]*\))*?&?(?P<variable>[a-zA-Z]\w*)\s*\)"
);
pattern!(
    DECLARED,
    r"(?:\bvar\s+(?P<var>\w+)\s+|\b(?P<short>\w+)\s*:?=\s*(?:&|new\()?|[(,]\s*(?P<given>\w+)\s+\*?)(?:(?P<package>\w+)\.)?(?P<type>\w*(?:Config|Configuration|Settings|Conf|Options)|config|settings)\b"
);
// A variable of any type: what a function that loads settings fills holds them, whatever it is called.
pattern!(FILLED, r"\bvar\s+(?P<variable>\w+)\s+(?:(?P<package>\w+)\.)?(?P<type>[A-Z]\w*)\s");
pattern!(LOADS, r"^func\s+(?:\([^)\n]*\)\s*)?(?i:load|read|parse|open|new)\w*(?i:config|conf\b|settings)\w*\(");
// What a function of the same package makes: `config := DefaultConfig()`.
pattern!(MADE, r"\b(?P<variable>\w+)(?:\s*,\s*\w+)?\s*:?=\s*(?P<function>\w*(?:[cC]onf|[sS]ettings|[oO]ptions)\w*)\(");
pattern!(RESULT, r"^[^{}]*\)\s*\(?(?:\w+\s+)?\*?(?P<type>[A-Za-z]\w*)\s*(?:,\s*\w+\s*(?:error)?\s*\))?\s*\{");
pattern!(FIELD, r"^\s*(?P<name>[A-Z]\w*)\s+(?P<type>[\w.\[\]*]+)(?:\s+`(?P<tags>[^`\n]*)`)?\s*(?://.*)?$");
pattern!(NESTED, r"^\s*(?P<name>[A-Z]\w*)\s+\*?struct\s*\{\s*$");

/// What says that a file of settings is read: an API's payload comes from elsewhere.
const READS: &[&str] = &["os.ReadFile(", "os.Open(", "ioutil.ReadFile(", "DecodeFile("];
const STRICT: &[&str] = &["DisallowUnknownFields(", "UnmarshalStrict(", "KnownFields(true)", ".Undecoded("];
const TAGS: &[&str] = &["yaml", "json", "toml", "hcl", "mapstructure"];
const MAX_DEPTH: usize = 5;
const MAX_FIELDS: usize = 500;

/// Reads the structs that settings files are decoded into.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    for file in facts.code().product(facts).filter(|file| file.language == Language::Go) {
        let Some(source) = file.source(facts) else { continue };
        if !READS.iter().any(|call| source.text().contains(call)) {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        let code = code.product();
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let calls: Vec<_> = DECODES.captures_iter(code).collect();
        if calls.is_empty() {
            continue;
        }
        let here = Structs { facts, folder, package: None };
        for Decoded { span, package, name } in
            decoded(code, &calls).chain(made(code, &calls, &here)).chain(loaded(code, &calls))
        {
            if is_of_before(folder, &name) || folder.split('/').any(|part| matches!(part, "client" | "cli")) {
                continue;
            }
            let structs = Structs { facts, folder, package };
            let before = types.fields.len();
            structs.fields(&name, "", 0, &mut types.fields);
            if types.fields.len() > before {
                let place = Place::at(file.path.clone(), span);
                let denies_unknown = STRICT.iter().any(|call| code.contains(call));
                types.roots.push(Root { name, place, denies_unknown, is_untyped: false });
                break;
            }
        }
    }
}

/// Whether a type holds settings as they once were, which a program reads to write them anew.
fn is_of_before(folder: &str, name: &str) -> bool {
    const WORDS: &[&str] = &["old", "legacy", "previous", "deprecated"];
    let is_marked = |rest: &str| rest.starts_with(|c: char| c.is_ascii_uppercase());
    let word = |word: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    WORDS.iter().any(|one| word(one) && name.get(one.len()..).is_some_and(is_marked))
        || folder.split('/').any(|part| matches!(part, "migrate" | "migration" | "migrations"))
}

/// A call that fills a variable of a type of settings.
struct Decoded<'c> {
    span: Span,
    package: Option<&'c str>,
    name: String,
}

/// The calls that may fill settings, by what their variables are declared as.
fn decoded<'c>(code: &'c str, calls: &[Captures<'c>]) -> impl Iterator<Item = Decoded<'c>> {
    DECLARED.captures_iter(code).filter_map(|one| {
        let variable = ["var", "short", "given"].iter().find_map(|part| one.name(part))?.as_str();
        let package = one.name("package").map(|package| package.as_str());
        Some(Decoded { span: filling(calls, variable)?, package, name: one.name("type")?.as_str().to_owned() })
    })
}

/// The calls that fill what a function of the package has made.
fn made<'c>(code: &'c str, calls: &[Captures<'c>], package: &Structs<'_, '_>) -> impl Iterator<Item = Decoded<'c>> {
    MADE.captures_iter(code).filter_map(|one| {
        let span = filling(calls, &one["variable"])?;
        Some(Decoded { span, package: None, name: package.result_of(&one["function"])? })
    })
}

/// The calls that fill a variable of any type in a function that loads settings.
fn loaded<'c>(code: &'c str, calls: &[Captures<'c>]) -> impl Iterator<Item = Decoded<'c>> {
    FILLED.captures_iter(code).filter_map(|one| {
        let span = filling(calls, &one["variable"])?;
        let before = code.get(..one.whole().start())?;
        let head = before.get(before.rfind("\nfunc ")? + 1..)?;
        let package = one.name("package").map(|package| package.as_str());
        LOADS.is_match(head).then(|| Decoded { span, package, name: one["type"].to_owned() })
    })
}

/// Where a variable is filled.
fn filling(calls: &[Captures<'_>], variable: &str) -> Option<Span> {
    let call = calls.iter().find(|call| &call["variable"] == variable)?.whole();
    Some(Span::new(call.start(), call.end()))
}

/// The structs of the package that the settings are in.
struct Structs<'f, 't> {
    facts: &'f Facts<'t>,
    folder: &'f str,
    package: Option<&'f str>,
}

impl Structs<'_, '_> {
    fn is_here(&self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match self.package {
            Some(package) => folder.rsplit('/').next() == Some(package),
            None => folder == self.folder,
        }
    }

    /// The type of what a function of the package gives.
    fn result_of(&self, function: &str) -> Option<String> {
        let head = format!("func {function}(");
        let files = self.facts.code().product(self.facts);
        files.filter(|file| file.language == Language::Go && self.is_here(&file.path)).find_map(|file| {
            let code = file.code(self.facts)?.product();
            let rest = &code[code.find(&head)? + head.len()..];
            Some(RESULT.captures(head_of(rest))?["type"].to_owned())
        })
    }

    /// The fields of a struct, those of its own structs with their whole path.
    fn fields(&self, name: &str, above: &str, depth: usize, fields: &mut Vec<Field>) {
        if depth > MAX_DEPTH {
            return;
        }
        let head = format!("type {name} struct {{");
        let files = self.facts.code().product(self.facts);
        for file in files.filter(|file| file.language == Language::Go && self.is_here(&file.path)) {
            let Some(code) = file.code(self.facts) else { continue };
            let code = code.product();
            let Some(start) = code.find(&head).map(|at| at + head.len()) else { continue };
            let mut inside = vec![above.to_owned()];
            let mut at = start;
            for line in code[start..].split_inclusive('\n') {
                let span = Span::new(at + (line.len() - line.trim_start().len()), at + line.trim_end().len());
                at += line.len();
                if line.trim_start().starts_with('}') {
                    inside.pop();
                }
                let Some(within) = inside.last().cloned() else { return };
                let line = line.trim_end();
                if let Some(found) = NESTED.captures(line) {
                    inside.push(path(&within, &found["name"].to_lowercase()));
                } else if let Some(found) = FIELD.captures(line) {
                    let tags = found.name("tags").map_or("", |tags| tags.as_str());
                    let called = TAGS.iter().find_map(|name| go::tag(tags, name)?.split(',').next());
                    let called = called.filter(|called| !called.is_empty()).unwrap_or(&found["name"]);
                    if called == "-" || fields.len() >= MAX_FIELDS {
                        continue;
                    }
                    let whole = path(&within, called);
                    let before = fields.len();
                    self.fields(found["type"].trim_start_matches('*'), &whole, depth + 1, fields);
                    if fields.len() == before {
                        let place = Place::at(file.path.clone(), span);
                        fields.push(field(whole, &found["type"], tags, place));
                    }
                }
            }
            return;
        }
    }
}

/// Where the first line of a function ends, also where it takes several.
fn head_of(rest: &str) -> &str {
    &rest[..rest.find('{').map_or(rest.len(), |at| at + 1)]
}

fn path(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") }
}

fn field(name: String, written: &str, tags: &str, place: Place) -> Field {
    let rules = go::tag(tags, "validate").or_else(|| go::tag(tags, "binding")).unwrap_or_default();
    let mut field = Field::new(name, written, place);
    field.key = Key::of(&field.name);
    field.is_required = rules.split(',').any(|rule| rule == "required");
    field.is_open = rules.is_empty();
    field.default = go::tag(tags, "default").map(str::to_owned);
    field.bound = go::bound(rules, field.bound);
    field.is_checked |= rules.split(',').any(|rule| !matches!(rule, "" | "required" | "omitempty"));
    field
}
