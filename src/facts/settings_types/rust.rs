//! Rust: which struct a loader fills, and what its fields and attributes demand.

use super::generics;
use super::rust_attributes::{attribute, has_word, renamed, stated_bound};
use super::rust_items::{self, Item};
use super::{Bound, Field, Root, SettingsTypes, Shape};
use super::{rust_reads, shape};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Language};
use crate::facts::config::Key;
use crate::pattern::Regex;
use crate::pattern::{PatternSet, compile};
use crate::source::{Source, Span, floor};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// Types nest no deeper than this.
const MAX_DEPTH: usize = 8;
/// More fields than this are not settings.
const MAX_FIELDS: usize = 4_000;

/// What loads settings; the group names the type. Without it, the enclosing function's result does.
static LOADERS: LazyLock<PatternSet> = LazyLock::new(|| {
    let patterns = [
        r"<(?P<type>[A-Z]\w*)\s+as\s+(?:serde::)?Deserialize(?:<[^>]*>)?>::deserialize\(",
        r"\.(?:parse|deserialize|load|read)\w*::<(?P<type>[A-Z]\w*(?:Config|Settings)\w*)>\(",
        r"\.try_deserialize(?:::<(?P<type>[^>()]+(?:<[^>]*>)?)>)?\(\)",
        r"\.try_into(?:::<(?P<type>[A-Z]\w*(?:Config|Settings))>)\(\)",
        r"(?:Figment|figment)[\s\S]{0,600}?\.extract(?:_lossy)?(?:::<(?P<type>[^>()]+)>)?\(\)",
        r"envy::(?:from_env|from_iter)(?:::<(?P<type>[^>()]+)>)?\(",
        r"envy::prefixed\([^)]*\)\s*\.from_(?:env|iter)(?:::<(?P<type>[^>()]+)>)?\(",
        r"\b(?P<type>[A-Z]\w*)::(?:init_from_env|try_parse|parse|load_from_env|from_args(?:_safe)?)\(\)",
        r"\b(?P<type>[A-Z]\w*)::(?:from_arg_matches(?:_mut)?|(?:try_)?parse_from)\(",
        r"Config::<?(?P<type>[A-Z]\w*)>?::builder\(\)\s*\.env\(\)",
        r"(?:serde_ya?ml|toml|toml_edit::de|basic_toml|serde_json|json5|ron|serde_yml|yaml_serde)::(?:de::)?from_(?:str|slice|reader)(?:::<(?P<type>[^>()]+(?:<[^>]*>)?)>)?\(",
        r"(?:serde_ya?ml|toml|serde_json|json5|ron|serde_yml|yaml_serde)::(?:de::)?Deserializer::from_(?:str|slice|reader)\(",
        // Imported by name (`use deser_hjson::from_str`): the type says that it holds settings.
        r"\b(?:let\s+\w+\s*=|return|Ok\()\s*from_(?:str|slice|reader)::<(?P<type>\w*(?:Config|Settings|Configuration)(?:V\d+)?)>\(",
        r"confy::load(?:_path)?(?:::<(?P<type>[^>()]+)>)?\(",
    ];
    PatternSet::new(patterns)
});

pub(super) static RESULT: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"(?s)\bfn\s+\w+[^{;]*?->\s*(?P<result>[^{;]+?)\s*(?:where\b[^{;]*)?\{").ok());
static BINDING: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"let\s+(?:mut\s+)?\w+\s*:\s*(?P<type>[\w:<>, ]+?)\s*=\s*[^;]*$").ok());
static IMPL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?m)^\s*(?:(?:unsafe\s+)?impl(?:<[^>{]*>)?\s+(?:[\w:]+(?:<[^{]*?>)?\s+for\s+)?(?P<type>\w+)|(?:pub(?:\([^)\n]*\))?\s+)?trait\s+(?P<trait>\w+))").ok()
});
/// Reads the settings types of Rust code.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let files: Vec<&CodeFile> = facts.code().product(facts).filter(|file| file.language == Language::Rust).collect();
    if files.is_empty() {
        return;
    }
    let structs = Structs::index(facts, &files);
    let mut seen = BTreeSet::new();
    for file in &files {
        let Some(source) = file.source(facts) else { continue };
        if !mentions_loader(source.text()) {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        for (name, span) in loaded(code.product()) {
            let held = match generics::bounds_of(code.product(), span, &name) {
                None => vec![(name, file.path.clone())],
                Some(parameter) => structs.outermost(generics::meant(facts, &files, &parameter)),
            };
            for (name, near) in held {
                let found = Loaded { name, near, file: &file.path, code: code.product(), span };
                structs.take(&found, types, &mut seen);
            }
        }
    }
    // Beside what is loaded into a type, values that are anything are rendered or compared.
    let is_loaded = |root: &Root| {
        let text = facts.tree.text(&root.place.path).map(Source::text);
        let call = text.zip(root.place.span).and_then(|(text, span)| text.get(span.range()));
        !root.is_untyped && call.is_some_and(fills_what_is_asked)
    };
    if types.roots.iter().any(is_loaded) {
        types.roots.retain(|root| !root.is_untyped);
    }
    rust_reads::read(facts, &files, &structs, types);
    for (name, value) in files.iter().flat_map(|file| builder_defaults(facts, file)) {
        for field in types.fields.iter_mut().filter(|field| field.key == name) {
            field.is_required = false;
            field.default.get_or_insert_with(|| value.clone());
        }
    }
}

/// What the builder of a file's loader sets before any source: `.set_default("database.host", "localhost")`.
fn builder_defaults(facts: &Facts<'_>, file: &CodeFile) -> Vec<(Key, String)> {
    static DEFAULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"\.set_default\(\s*"(?P<name>[^"\n]+)"\s*,\s*(?P<value>[^()\n]*(?:\([^()\n]*\))?)\s*\)"#).ok()
    });
    let says = |text: &str| memchr::memmem::find(text.as_bytes(), b".set_default(").is_some();
    if !file.source(facts).is_some_and(|source| says(source.text())) {
        return Vec::new();
    }
    let code = file.code(facts).map_or("", |code| code.product());
    let found = DEFAULT.iter().flat_map(|pattern| pattern.captures_iter(code));
    found.map(|one| (Key::of(&one["name"]), one["value"].trim_matches(['"', ' ']).to_owned())).collect()
}

/// Whether a call is that of a library which gathers settings, and fills whatever type it is asked for.
fn fills_what_is_asked(call: &str) -> bool {
    call.contains("try_deserialize") || call.contains("extract")
}

fn mentions_loader(text: &str) -> bool {
    let words = [
        "try_deserialize",
        "try_into::<",
        "extract",
        "envy::",
        "init_from_env",
        "::parse()",
        "::try_parse()",
        "from_str",
        "from_slice",
        "from_reader",
        "confy::",
        ".env()",
        "load_from_env",
        "from_arg_matches",
        "parse_from(",
        "::from_args",
    ];
    words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// The types that loaders of a file return, and where.
fn loaded(code: &str) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for scan in LOADERS.candidates(code).into_iter().filter_map(|position| LOADERS.get(position)?.scan()) {
        for groups in scan.captures_iter(code) {
            let whole = groups.whole();
            let span = Span::new(whole.start(), whole.end());
            // What a chain ends in decides, however far above it begins.
            let at = whole.start() + whole.as_str().rfind(".extract").unwrap_or(0);
            let named = groups.name("type").map(|name| name.as_str().to_owned()).filter(|name| name != "_");
            let name = named.or_else(|| bound_type(code, at)).or_else(|| result_type(code, at));
            let name = name.map(|name| if name == "Self" { enclosing_impl(code, at).unwrap_or(name) } else { name });
            found.extend(name.map(|name| (name, span)));
        }
    }
    found
}

/// `let settings: Settings = toml::from_str(…)`.
fn bound_type(code: &str, at: usize) -> Option<String> {
    let from = floor(code, at.saturating_sub(200));
    let found = BINDING.as_ref()?.captures_iter(&code[from..at]).last()?;
    Some(found.name("type")?.as_str().to_owned())
}

/// The type in the result of the function around a place.
fn result_type(code: &str, at: usize) -> Option<String> {
    let from = floor(code, at.saturating_sub(4_000));
    let found = RESULT.as_ref()?.captures_iter(&code[from..at]).last()?;
    let result = found.name("result")?.as_str().trim();
    let inner = result.split_once("Result<").map_or(result, |(_, inner)| inner);
    let inner = inner.split_once("Option<").map_or(inner, |(_, inner)| inner);
    let name: String = inner.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
    let name = name.rsplit("::").next().unwrap_or_default().to_owned();
    (!name.is_empty()).then_some(name)
}

/// The type whose `impl` stands around a place; none where a trait does.
pub(super) fn enclosing_impl(code: &str, at: usize) -> Option<String> {
    enclosing_item(code, at)?.name("type").map(|name| name.as_str().to_owned())
}

/// The trait that stands around a place.
pub(super) fn enclosing_trait(code: &str, at: usize) -> Option<String> {
    enclosing_item(code, at)?.name("trait").map(|name| name.as_str().to_owned())
}

fn enclosing_item(code: &str, at: usize) -> Option<crate::pattern::Captures<'_>> {
    let from = floor(code, at.saturating_sub(20_000));
    IMPL.as_ref()?.captures_iter(&code[from..at]).last()
}

/// Whether a type that was parsed holds settings: its name says so, or it is read from the environment or a settings file.
fn is_settings(item: &Item, code: &str, span: Span, path: &str) -> bool {
    let words = Key::of(&item.name);
    let named = words.words().iter().any(|word| {
        [
            "config",
            "settings",
            "conf",
            "configuration",
            "options",
            "opts",
            "opt",
            "args",
            "cli",
            "environment",
            "env",
            "setting",
        ]
        .contains(&word.as_str())
    });
    let call = code.get(span.range()).unwrap_or_default();
    let parsers =
        ["parse()", "parse_from(", "from_arg_matches(", "from_arg_matches_mut(", "from_args()", "from_args_safe()"];
    let is_parser = parsers.iter().any(|end| call.ends_with(end));
    let derives = |name: &str| item.attributes.contains(name);
    let in_tool = path.split('/').any(|part| part == "xtask" || part == "build.rs");
    match () {
        () if in_tool => false,
        () if is_parser => {
            (derives("Parser") || derives("StructOpt") || derives("Clap")) && !is_a_part(code, span.range().start)
        }
        () if (call.contains("from_") || call.contains("eserialize("))
            && !call.contains("envy")
            && !call.contains("try_deserialize") =>
        {
            named
                && !is_fetched(code, span)
                && !words
                    .words()
                    .iter()
                    .any(|word| ["request", "response", "metadata", "state"].contains(&word.as_str()))
        }
        () => true,
    }
}

/// Whether a place stands where a type says by hand how it is made of what was typed: what it takes over is a part of it.
fn is_a_part(code: &str, at: usize) -> bool {
    let before = code.get(floor(code, at.saturating_sub(4_000))..at).unwrap_or_default();
    before.rsplit_once("fn ").is_some_and(|(_, own)| own.contains("from_arg_matches"))
}

/// Whether what is parsed at a place is what the function around it waited for, and neither a file nor the environment:
/// somebody else's settings, which the program serves.
fn is_fetched(code: &str, span: Span) -> bool {
    let from = floor(code, (span.range().start).saturating_sub(4_000));
    let before = code.get(from..span.range().start).unwrap_or_default();
    let Some(at) = before.rfind("fn ") else { return false };
    let own = ["fs::", "read_to", "File::open", "env::", "include_str!", "stdin", ".path", "path:"];
    let body = &before[at..];
    before[..at].ends_with("async ") && body.contains(".await") && !own.iter().any(|word| body.contains(word))
}

/// What a loader fills, and where it does so.
struct Loaded<'f> {
    name: String,
    /// The file near which the type is looked for.
    near: Arc<str>,
    file: &'f Arc<str>,
    code: &'f str,
    span: Span,
}

/// What the way to a nested type says.
#[derive(Clone, Debug, Default)]
struct Above {
    prefix: String,
    is_optional: bool,
}

/// Where the structs of a tree are, and those that were read.
pub(super) struct Structs {
    by_name: BTreeMap<String, Vec<(Arc<str>, Item)>>,
}

impl Structs {
    fn index(facts: &Facts<'_>, files: &[&CodeFile]) -> Self {
        let per_file = crate::facts::parallel::map(files, |file| {
            let words = ["onfig", "ettings", "Deserialize", "Parser", "StructOpt", "Args", "env::var", "FromStr"];
            let text = file.source(facts).map_or("", |source| source.text());
            let wanted = words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some());
            match file.code(facts) {
                Some(code) if wanted => rust_items::items(code.product()),
                _ => Vec::new(),
            }
        });
        let mut by_name: BTreeMap<String, Vec<(Arc<str>, Item)>> = BTreeMap::new();
        for (file, items) in files.iter().zip(per_file) {
            for item in items {
                by_name.entry(item.name.clone()).or_default().push((file.path.clone(), item));
            }
        }
        Self { by_name }
    }

    /// The item of a name nearest to a file.
    fn find(&self, name: &str, near: &str) -> Option<(Arc<str>, &Item)> {
        let candidates = self.by_name.get(name)?;
        let (path, item) = candidates
            .iter()
            .rev()
            .max_by_key(|(path, item)| (!item.fields.is_empty(), **path == *near, shared(path, near)))?;
        Some((path.clone(), item))
    }

    /// The item that a type written with its module means: `serve::Config` is that of `serve.rs`.
    fn find_written(&self, written: &str, near: &str) -> Option<(Arc<str>, &Item)> {
        let name = innermost(written);
        let module = written.rsplit_once(&format!("::{name}")).and_then(|(before, _)| {
            before
                .rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next()
                .filter(|one| !one.is_empty())
        });
        let is_there = |path: &str| {
            let parts = path.trim_end_matches(".rs").split('/');
            module.is_some_and(|module| parts.rev().take(2).any(|part| part == module))
        };
        let candidates = self.by_name.get(name).into_iter().flatten().filter(|(path, _)| is_there(path));
        let nearest = candidates.max_by_key(|(path, _)| shared(path, near));
        nearest.map(|(path, item)| (path.clone(), item)).or_else(|| self.find(name, near))
    }

    /// Those of some types that are no part of another one of them.
    fn outermost(&self, types: Vec<(String, Arc<str>)>) -> Vec<(String, Arc<str>)> {
        let fields = types.iter().filter_map(|(name, near)| self.find(name, near)).flat_map(|(_, item)| &item.fields);
        let parts: BTreeSet<&str> = fields.map(|field| innermost(&field.written)).collect();
        types.into_iter().filter(|(name, _)| !parts.contains(name.as_str())).collect()
    }

    /// Takes over what a loader fills.
    fn take(&self, loaded: &Loaded<'_>, types: &mut SettingsTypes, seen: &mut BTreeSet<(Arc<str>, String)>) {
        let Loaded { name, near, file, code, span } = loaded;
        let place = Place::at(Arc::clone(file), *span);
        // Untyped JSON is everywhere; only a loader of settings says that these are settings.
        let call = code.get(span.range()).unwrap_or_default();
        let is_untyped = Shape::of(name) == Shape::Any && fills_what_is_asked(call);
        if is_untyped {
            types.roots.push(Root { name: name.clone(), place, denies_unknown: false, is_untyped });
            return;
        }
        let Some((path, item)) = self.find(shape::head(name), near) else { return };
        if !is_settings(item, code, *span, file) {
            return;
        }
        let denies_unknown = item.attributes.contains("deny_unknown_fields");
        let root = Root { name: item.name.clone(), place, denies_unknown, is_untyped };
        if !types.roots.iter().any(|one| one.place == root.place && one.name == root.name) {
            types.roots.push(root);
        }
        if seen.insert((path.clone(), item.name.clone())) {
            self.follow(&path, item, &Above::default(), types, 0);
        }
    }

    fn follow(&self, path: &Arc<str>, item: &Item, above: &Above, types: &mut SettingsTypes, depth: usize) {
        let all_default = has_word(&item.attributes, "serde", "default");
        for field in &item.fields {
            if types.fields.len() >= MAX_FIELDS || has_word(&field.attributes, "serde", "skip") {
                continue;
            }
            let is_option = shape_is_option(&field.written);
            let name = renamed(&field.attributes).unwrap_or_else(|| field.name.clone());
            let full = if above.prefix.is_empty() { name } else { format!("{}.{name}", above.prefix) };
            let flat = ["flatten"].iter().any(|word| field.attributes.contains(word));
            if has_word(&field.attributes, "command", "subcommand") || has_word(&field.attributes, "clap", "subcommand")
            {
                self.follow_commands(path, &field.written, above, types, depth);
                continue;
            }
            // What a parser of the program's own makes of a text has no settings inside.
            let is_parsed = field.attributes.contains("value_parser");
            let inner =
                self.find(innermost(&field.written), path).filter(|(_, inner)| inner.name != item.name && !is_parsed);
            if let Some((inner_path, inner)) =
                inner.filter(|(_, inner)| !inner.is_enum && !inner.fields.is_empty() && depth < MAX_DEPTH)
            {
                let is_default = all_default || has_word(&field.attributes, "serde", "default");
                let prefix = if flat { above.prefix.clone() } else { full.clone() };
                let below = Above { prefix, is_optional: above.is_optional || is_option || is_default };
                self.follow(&inner_path, inner, &below, types, depth + 1);
                continue;
            }
            let place = Place::at(path.clone(), field.span);
            let mut found = Field::new(full, &field.written, place);
            self.fill(&mut found, path, &field.attributes);
            let has_default = all_default || found.default.is_some() || has_word(&field.attributes, "serde", "default");
            found.is_required = !(above.is_optional || is_option || has_default);
            if let Some(number) = item.defaults.get(&field.name).filter(|_| !found.is_required) {
                found.default = Some(number.clone());
            }
            types.fields.push(found);
        }
    }

    /// What somebody types says what to do, not how; what a command takes from the environment is a setting all the same.
    /// Where one of them serves, the others are for whoever calls it.
    fn follow_commands(&self, path: &Arc<str>, written: &str, above: &Above, types: &mut SettingsTypes, depth: usize) {
        let commands = self.find(innermost(written), path).filter(|_| depth < MAX_DEPTH);
        let variants = || commands.iter().flat_map(|(_, commands)| &commands.variants);
        let has_server = variants().any(|variant| is_of_the_server(&variant.name));
        for variant in variants().filter(|variant| !has_server || is_of_the_server(&variant.name)) {
            let Some((path, taken)) = self.find_written(&variant.written, path) else { continue };
            let mut of_command = SettingsTypes::default();
            self.follow(&path, taken, above, &mut of_command, depth + 1);
            let known: BTreeSet<Place> = types.fields.iter().map(|field| field.place.clone()).collect();
            let is_new = |field: &Field| field.variable.is_some() && !known.contains(&field.place);
            types.fields.extend(of_command.fields.into_iter().filter(is_new));
        }
    }

    /// What attributes and the type's own definition say about a field.
    pub(super) fn fill(&self, found: &mut Field, path: &str, attributes: &str) {
        let own = self.find(shape::head(&found.written), path);
        if own.as_ref().is_some_and(|(_, item)| item.is_enum) {
            found.shape = Shape::Enum;
            found.is_checked = true;
        }
        // A parser of the program's own refuses what it does not know.
        if found.shape == Shape::Other && attributes.contains("value_parser") {
            found.shape = Shape::Parsed;
        }
        if found.bound == Bound::default() {
            found.bound = Bound::of_type(innermost(&found.written));
        }
        found.default = attribute(attributes, &["default_value_t", "default_value", "default"]);
        // `#[arg(long, env)]`: the variable is called as the field is, in capitals.
        let own = || {
            let is_bare = ["clap", "arg", "structopt"].iter().any(|name| has_word(attributes, name, "env"));
            is_bare.then(|| Key::of(found.name.rsplit('.').next().unwrap_or(&found.name)))
        };
        found.variable = attribute(attributes, &["env", "from", "var"]).map(|name| Key::of(&name)).or_else(own);
        let stated = stated_bound(attributes);
        if stated != Bound::default() {
            found.bound = Bound { min: stated.min.or(found.bound.min), max: stated.max.or(found.bound.max) };
        }
        let validates =
            ["validate(", "garde(", "nutype", "value_parser", "deserialize_with", "conflicts_with", "requires ="]
                .iter()
                .any(|word| attributes.contains(word));
        let is_number_only = attributes.contains("from_string") && !attributes.contains("validate(");
        found.is_checked |=
            validates && !is_number_only || found.written.contains("NonZero") || stated != Bound::default();
    }
}

/// How many folders two paths have in common.
fn shared(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(a, b)| a == b).count()
}

/// Whether a command, by its name, is one that a running service is started by.
fn is_of_the_server(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "serve",
        "server",
        "start",
        "run",
        "daemon",
        "api",
        "web",
        "http",
        "worker",
        "workers",
        "consumer",
        "scheduler",
        "node",
        "proxy",
        "all",
    ];
    Key::of(name).words().iter().any(|word| WORDS.contains(&word.as_str()))
}

fn shape_is_option(written: &str) -> bool {
    written.trim().split(['<', ' ']).next().is_some_and(|head| head.rsplit("::").next() == Some("Option"))
}

/// The type at the heart of containers: `Vec<Box<Node>>` is `Node`.
fn innermost(written: &str) -> &str {
    let head = shape::head(written);
    let Some((_, inner)) = written.split_once(head) else { return head };
    match (head, inner.strip_prefix('<')) {
        ("Vec" | "HashMap" | "BTreeMap" | "IndexMap" | "VersionTrack", Some(inner)) => {
            shape::head(inner.rsplit(',').next().unwrap_or(inner).trim_end_matches('>'))
        }
        _ => head,
    }
}
