//! JavaScript and TypeScript: schemas that the environment is parsed with (zod, envalid, joi, convict).

use super::rust_items::{closing, pieces};
use super::{Bound, Field, Root, SettingsTypes};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::facts::config::Key;
use crate::pattern::{Regex, compile, escape, pattern};
use crate::source::Span;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

// The name of the schema that envalid is given.
pattern!(NAMED, r"\bcleanEnv\(\s*process\.env\s*,\s*(?P<name>[A-Za-z_]\w*)\s*[,)]");

/// What parses the environment: the schema stands in the same file.
static PARSES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"\.(?:safeParse|parse|validate|parseAsync)\(\s*process\.env\b|cleanEnv\(\s*process\.env\b|createEnv\(\s*\{|\bconvict\(\s*\{|validationSchema\s*:").ok()
});
/// What parses an object whose values are read from the environment one by one.
static PARSES_PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"\.(?:safeParse|parse|parseAsync|safeParseAsync|validate|validateSync|validateAsync)\(\s*\{").ok()
});
/// A value of that object: the field, and the variable that it is read from.
static PART: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\b(?P<field>\w+)\s*:\s*[^,{}:]{0,120}?\bprocess\.env\.(?P<name>\w+)").ok());
static OBJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?:z|zod|Joi|joi|yup)\s*\.\s*(?:object|strictObject|looseObject)\(\s*(?:\)\s*\.keys\(\s*)?\{|cleanEnv\(\s*process\.env\s*,\s*\{|\bserver\s*:\s*\{|convict\(\s*\{")
        .ok()
});
static TYPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"\b(?:(?:z|zod|Joi|joi|yup)(?:\.coerce)?\.)?(?P<type>string|number|boolean|bool|enum|num|int|str|port|url|email|host|nativeEnum|stringbool)\(").ok()
});
/// A field that is an object itself, whose own fields are read for themselves.
static NESTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^\s*(?:z|zod|Joi|joi|yup)\s*\.\s*(?:object|strictObject|looseObject)\(").ok());
static END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"\.(?P<end>min|max|gte|lte|gt|lt|positive|nonnegative|port)\(\s*(?P<value>-?[\d_]*)").ok()
});

/// Reads the schemas of the environment.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let is_script = |language: Language| matches!(language, Language::JavaScript);
    for file in facts.code().product(facts).filter(|file| is_script(file.language)) {
        let Some(source) = file.source(facts) else { continue };
        if !source.text().contains("process.env")
            && !source.text().contains("createEnv")
            && !source.text().contains("validationSchema")
        {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        let code = code.product();
        let whole = PARSES.as_ref().and_then(|pattern| pattern.find(code)).map(|found| found.range());
        let parts = by_parts(code);
        let variables = variables(parts.as_ref().and_then(|range| code.get(range.clone())).unwrap_or_default());
        let is_whole = whole.is_some();
        // What one of several objects asks for is only needed by who chooses that one.
        let has_variants = code.contains("discriminatedUnion(");
        let Some(parses) = whole.or(parts) else { continue };
        let before = types.fields.len();
        let objects = OBJECT.iter().flat_map(|pattern| pattern.find_iter(code).map(|object| object.end() - 1));
        for open in objects.chain(named_schema(code)).take(20) {
            let Some(end) = closing(code, open) else { continue };
            for (from, to) in pieces(code, open + 1, end - 1).into_iter().take(400) {
                let Some(mut field) = field(&file.path, code, from, to) else { continue };
                let variable = variables.get(field.name.as_str()).copied();
                // Which of its objects an environment fills that is read one by one, the variables say.
                if is_whole || variable.is_some() {
                    field.variable = variable.flatten().map(Key::of);
                    field.is_open = has_variants && field.bound == Bound::default();
                    types.fields.push(field);
                }
            }
        }
        if types.fields.len() > before {
            let place = Place::at(file.path.clone(), Span::new(parses.start, parses.end));
            types.roots.push(Root { name: "process.env".to_owned(), place, denies_unknown: false, is_untyped: false });
        }
    }
}

/// The object that stands under a name of its own: `const spec = { … }; cleanEnv(process.env, spec)`.
fn named_schema(code: &str) -> Option<usize> {
    let name = NAMED.captures(code)?.name("name")?.as_str();
    let declared = compile(&format!(r"\b(?:const|let|var)\s+{}\s*(?::[^=\n]*)?=\s*\{{", escape(name))).ok()?;
    Some(declared.find(code)?.end() - 1)
}

/// Where an object of variables is parsed: `schema.safeParse({ port: process.env.PORT })`.
fn by_parts(code: &str) -> Option<Range<usize>> {
    let mut calls = PARSES_PARTS.as_ref()?.find_iter(code).take(20);
    calls.find_map(|call| {
        let end = closing(code, call.end() - 1)?;
        code.get(call.end()..end)?.contains("process.env").then_some(call.start()..end)
    })
}

/// The variable of each field of such an object; `None` where the same name is read from several.
fn variables(object: &str) -> BTreeMap<&str, Option<&str>> {
    let mut found = BTreeMap::new();
    for part in PART.iter().flat_map(|pattern| pattern.captures_iter(object)) {
        let (Some(field), Some(name)) = (part.name("field"), part.name("name")) else { continue };
        let known = found.entry(field.as_str()).or_insert(Some(name.as_str()));
        if *known != Some(name.as_str()) {
            *known = None;
        }
    }
    found
}

fn field(path: &std::sync::Arc<str>, code: &str, from: usize, to: usize) -> Option<Field> {
    let text = &code[from..to];
    let start = from + text.len() - text.trim_start().len();
    let (name, rule) = text.split_once(':')?;
    let name = name.trim().trim_matches(['"', '\'']);
    if NESTED.as_ref().is_some_and(|pattern| pattern.is_match(rule)) {
        return None;
    }
    let written = TYPE.as_ref()?.captures(rule)?.name("type")?.as_str();
    let written = match written {
        "num" | "number" => "number",
        "str" => "string",
        "nativeEnum" => "enum",
        "stringbool" => "bool",
        other => other,
    };
    let place = Place::at(path.clone(), Span::new(start, to));
    let mut field = Field::new(name.to_owned(), written, place);
    if written == "number" && (rule.contains(".int(") || rule.contains(".integer(")) {
        field.shape = super::Shape::Integer;
    }
    let has_default = rule.contains(".default(")
        || rule.contains("default:")
        || rule.contains("devDefault:") && rule.contains("default:");
    let is_optional = rule.contains(".optional()") || rule.contains(".nullish()") || rule.contains("undefined");
    let joi_optional = (rule.contains("Joi.") || rule.contains("joi.")) && !rule.contains(".required()");
    field.is_required = !(has_default || is_optional || joi_optional);
    field.default = has_default
        .then(|| rule.split("default").nth(1).unwrap_or_default().trim_matches(['(', ')', ':', ' ', '}']).to_owned());
    field.bound = bound(rule, field.bound);
    field.is_checked |= field.bound != Bound::default()
        || [".refine(", ".superRefine(", ".regex(", ".url(", ".email(", "choices:", ".valid("]
            .iter()
            .any(|word| rule.contains(word));
    Some(field)
}

fn bound(rule: &str, of_type: Bound) -> Bound {
    let mut bound = of_type;
    if rule.contains(".string(") {
        return bound;
    }
    for found in END.iter().flat_map(|pattern| pattern.captures_iter(rule)) {
        let value = found.name("value").and_then(|value| value.as_str().replace('_', "").parse().ok());
        match found.name("end").map_or("", |end| end.as_str()) {
            "min" | "gte" | "gt" => bound.min = value.or(bound.min),
            "positive" => bound.min = Some(1.0),
            "nonnegative" => bound.min = Some(0.0),
            "port" => bound = Bound { min: Some(0.0), max: Some(65535.0) },
            _ => bound.max = value.or(bound.max),
        }
    }
    bound
}
