//! TypeScript: classes of settings whose fields class-validator checks at the start (`@IsInt() port: number`).

use super::{Bound, Field, Root, SettingsTypes};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Language};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// The check at the start, of the object itself or of the environment.
static CHECKS: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\bvalidate(?:Sync|OrReject)?\(\s*(?:this\b|\w*(?i:env|config|settings)\w*)").ok());
/// A check that ends the program.
static FATAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\bprocess\.exit\(\s*[1-9]|\bthrow\s|\bvalidateOrReject\(").ok());
/// A field with its decorators before it.
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?P<decorators>(?:@\w+\((?:[^()]|\([^()]*\))*\)\s*)+)(?:(?:public|private|protected|readonly|declare)\s+)*(?P<name>\w+)\s*[!?]?\s*(?::\s*(?P<type>[\w.\[\]<> |\x22']+?))?\s*(?P<default>=[^;\n]*)?[;\n]").ok()
});
/// What a decorator says of the sort.
const SORTS: &[(&str, &str)] = &[
    ("@IsInt(", "int"),
    ("@IsPort(", "port"),
    ("@IsNumber(", "number"),
    ("@IsPositive(", "number"),
    ("@IsBoolean(", "bool"),
    ("@IsEnum(", "enum"),
    ("@IsIn(", "enum"),
    ("@IsUrl(", "url"),
    ("@IsEmail(", "email"),
    ("@IsString(", "string"),
    ("@IsNotEmpty(", "string"),
];

/// Reads the classes.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    for file in facts.code().product(facts).filter(|file| file.language == Language::JavaScript) {
        if file.source(facts).is_some_and(|source| source.text().contains("class-validator")) {
            class(facts, file, types);
        }
    }
}

fn class(facts: &Facts<'_>, file: &CodeFile, types: &mut SettingsTypes) {
    let Some(code) = file.code(facts) else { return };
    let code = code.product();
    let is_fatal = FATAL.as_ref().is_some_and(|pattern| pattern.is_match(code));
    let Some(check) = CHECKS.as_ref().and_then(|pattern| pattern.find(code)).filter(|_| is_fatal) else { return };
    let is_environment =
        code.contains("process.env") || code.contains("class Env") || code.contains("EnvironmentVariables");
    if !is_environment {
        return;
    }
    let before = types.fields.len();
    for found in FIELD.iter().flat_map(|pattern| pattern.captures_iter(code)).take(400) {
        let decorators = &found["decorators"];
        let Some((_, sort)) = SORTS.iter().find(|(name, _)| decorators.contains(name)) else { continue };
        let (Some(name), Some(whole)) = (found.name("name"), found.get(0)) else { continue };
        let place = Place::at(file.path.clone(), Span::new(name.start(), whole.end()));
        let mut field = Field::new(name.as_str().to_owned(), sort, place);
        let default = found.name("default").map_or("", |text| text.as_str());
        field.is_required = !decorators.contains("@IsOptional(") && !default.contains("??") && !default.contains("||");
        field.bound = bound(decorators, field.bound);
        field.is_checked |= !matches!(*sort, "string" | "number" | "int" | "bool") || field.bound != Bound::default();
        types.fields.push(field);
    }
    if types.fields.len() > before {
        let place = Place::at(file.path.clone(), Span::new(check.start(), check.end()));
        types.roots.push(Root { name: "process.env".to_owned(), place, denies_unknown: false, is_untyped: false });
    }
}

fn bound(decorators: &str, of_type: Bound) -> Bound {
    let end = |name: &str| {
        let (_, rest) = decorators.split_once(name)?;
        rest.split([')', ',']).next()?.trim().replace('_', "").parse::<f64>().ok()
    };
    if decorators.contains("@IsPort(") {
        return Bound { min: Some(0.0), max: Some(65535.0) };
    }
    let least = if decorators.contains("@IsPositive(") { Some(1.0) } else { None };
    Bound { min: end("@Min(").or(least).or(of_type.min), max: end("@Max(").or(of_type.max) }
}
