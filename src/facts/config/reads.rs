//! Where the program reads its environment, and the defaults that stand beside.

use super::{Config, Held, Layer, Setting, conditional, script};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{Hit, Language, Scope, fills_or_dumps, is_of_a_client_library, written};
use crate::facts::containers::image::Image;
use crate::facts::production::{self, Standing};
use crate::pattern::{Regex, pattern};
use crate::source::{Span, enclosing, floor};
use std::sync::LazyLock;

/// One reading of an environment variable in source.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvRead {
    /// The variable.
    pub name: String,
    /// The literal for when it is not set, without quotes; a constant of the same file is followed.
    pub default: Option<String>,
    /// Where.
    pub place: Place,
    /// The variable that chooses among kinds of databases, and the texts of which it must be one for this reading to be made.
    pub chosen_by: Option<(String, Vec<String>)>,
    /// Whether only tests or developers read it: a variable of theirs, or a class of settings for them.
    pub is_of_tests: bool,
}

/// `A: bool({ default: false })`, among the variables that `envalid` cleans.
const ENVALID: &str =
    r"(?:^|[\s{,])(?<value>[A-Z][A-Z0-9_]{2,}):\s*(?:bool\(\{|str\(\{|num\(\{|port\(\{|host\(\{|url\(\{|email\(\{)";

/// `env("A")`, `std::env::var("A")`, `require_env("A")`, `os.getenv("A")`, `process.env.A`, `ENV["A"]`, `configuration["A"]` of .NET,
/// `config("A")` of python-decouple and Starlette,
/// `#[arg(env = "A")]`. `env!("A")` is read when the program is built and is not among them.
pub(crate) const READS: &[&str] = &[
    r#"(?i:\b[\w.:]*env[\w.:]*)(?:<[^>;{}()]{0,60}>)?\(\s*(?:&?[\w.]+,\s*)?["'](?<value>[A-Z][A-Z0-9_]{2,})["']"#,
    r#"\bSystem\.fetch_env!\(\s*"(?<value>[A-Z][A-Z0-9_]{2,})""#,
    r"\bprocess\.env\.(?<value>[A-Z][A-Z0-9_]{2,})\b",
    r#"\b(?:process\.env|ENV|environ|os\.environ)\[\s*["'](?<value>[A-Z][A-Z0-9_]{2,})["']\s*\]"#,
    r#"\b_?[cC]onfiguration\[\s*"(?<value>[A-Z][A-Z0-9_]{2,})"\s*\]"#,
    r#"(?:^|[^\w.])config\(\s*["'](?<value>[A-Z][A-Z0-9_]{2,})["']"#,
    r#"\benv\s*=\s*"(?<value>[A-Z][A-Z0-9_]{2,})""#,
    ENVALID,
    r#"#\[envconfig\([^\]]{0,80}from\s*=\s*"(?<value>[A-Z][A-Z0-9_]{2,})""#,
];

/// Readers that know the name of their variable by themselves: `dj_database_url.config(default="…")`, `env.db()` of django-environ.
pub(crate) const UNNAMED: &[&str] = &[
    r"\bdj_database_url\.config\((?<value>[^;]{0,300})",
    r"\benv\.(?:db|db_url)\(\s*(?<value>\)|default\b)",
    r"\bdjango_cache_url\.config\((?<value>[^;]{0,300})",
    r"\benv\.(?:cache|cache_url)\(\s*(?<value>\)|default\b)",
];

// The default of such a reader and the variable that it is told to read instead, before its call ends.
pattern!(DEFAULT_OF_UNNAMED, r#"^(?:[^()]|\([^()]*\)){0,200}?\bdefault\s*=\s*["'](?<value>[^"'\n]*)["']"#);
pattern!(NAME_OF_UNNAMED, r#"^(?:[^()]|\([^()]*\)){0,200}?\benv\s*=\s*["'](?<value>\w+)["']"#);

/// What stands behind the name: `", 90u32)"`, `").unwrap_or_else(|_| "info".into())"`, `|| "x"`, `?? "x"`,
/// `", default_value = "x")]"`.
static DEFAULT: LazyLock<Regex> = LazyLock::new(|| {
    let literal = r#"(?:String::from\(|Some\(|std::time::|core::time::)*(?:"(?<text>[^"\n]*)"|'(?<single>[^'\n]*)'|(?<bare>-?\d[\w.]*(?:\s*\*\s*\d[\w.]*){0,3}|true|false|True|False|Duration::from_\w+\(\d[\d_]*\))|(?<name>[A-Za-z_][\w:]*)(?:[\s;),]|\.(?:to_string|to_owned|into|clone)\())"#;
    let lead = r#"(?::\s*\w+\(\{[^{}]*?\bdefault:\s*|\s*,\s*(?:default\s*=\s*|default_value(?:_t)?\s*=\s*)?|(?:[^;{}"'|?\n]|\?\.){0,30}\)?\s*(?:\|\||\?\?|\bor\b)\s*|\s*\)(?:\s*\.\w+\([^()"']{0,40}\)){0,2}\s*\.(?:unwrap_or|unwrap_or_else|or_else|or|getOrElse)\(\s*(?:\|[^|]*\|\s*)?)"#;
    Regex::constant(&format!("^{lead}{literal}"))
});

// A call that takes a value and what stands for it: `withDefault(process.env.A, "b")`.
pattern!(FALLS_BACK, r"(?i)\b\w*(?:default|fall_?back|coalesce|or_?else|first)\w*\(\s*$");

pattern!(BASE, r"^\s*,\s*(?:2|8|10|16)\s*\)");

/// Finds them, in the order of the patterns' files.
pub(super) fn read(facts: &Facts<'_>) -> Vec<EnvRead> {
    let found = facts.code().find_all(facts, Scope::Product, READS);
    let mut reads: Vec<EnvRead> = found.iter().flat_map(|hits| hits.iter()).filter_map(|hit| one(facts, hit)).collect();
    let found = facts.code().find_all(facts, Scope::Product, UNNAMED);
    reads.extend(found.iter().flat_map(|hits| hits.iter()).filter_map(|hit| unnamed(facts, hit)));
    reads.sort_by(|a, b| (&a.place, &a.name).cmp(&(&b.place, &b.name)));
    reads.dedup();
    reads
}

fn one(facts: &Facts<'_>, hit: &Hit) -> Option<EnvRead> {
    if script::is_aside(&hit.path) || fills_or_dumps(&hit.path) {
        return None;
    }
    let (name, at) = hit.value.clone()?;
    let text = facts.tree.text(&hit.path)?.text();
    if is_left_behind(&hit.path, text.get(..hit.span.start as usize)?) {
        return None;
    }
    let call = text.get(hit.span.range())?;
    if call.ends_with("({") && !text.contains("envalid") {
        return None;
    }
    let after = text.get(at.end as usize..)?.trim_start_matches(['"', '\'', ']']);
    if writes(call) || asks_the_request(call, &name) || is_given(text, hit, after) {
        return None;
    }
    let end = after.char_indices().nth(160).map_or(after.len(), |(at, _)| at);
    let after = if takes_no_default(text, hit.span) { past_the_base(&after[..end]) } else { &after[..end] };
    let found = DEFAULT.captures(after);
    let default = found.and_then(|found| {
        if let Some(name) = found.name("name") {
            let code = facts.code().file(&hit.path)?.code(facts)?;
            return written(code.product(), name.as_str());
        }
        let group = found.name("text").or_else(|| found.name("single")).or_else(|| found.name("bare"))?;
        conditional::in_production(group.as_str(), after.get(found.whole().end()..)?)
    });
    // What a class for developers falls back to, a command that somebody runs, or a crate that serves nothing, is no default of
    // the service.
    let is_of_tests = is_for_tests(&name) || production::is_in_class_aside(&hit.path, text, hit.span.start as usize);
    let is_aside = |path: &str| {
        path.contains("/management/commands/")
            || path.contains("Console/Commands/")
            || is_of_tests
            || facts.manifests().is_beside_service(path)
            || is_of_a_client_library(facts, path)
            || production::is_in_table_aside(path, text, hit.span.start as usize)
            || sets_on_demand(text, hit.span)
            || is_of_any_pool(path, text, hit.span)
    };
    // A program that sets a variable to what it has from elsewhere reads nothing there.
    if default.is_none() && call.contains("set_var") {
        return None;
    }
    // Without these a framework is in development on every machine; what production starts without them is so, too.
    let runs = || {
        let containers = facts.containers();
        let is_shipped = |image: &Image| image.standing == Standing::Production;
        containers.production().next().is_some() || containers.images.iter().any(is_shipped)
    };
    let is_mode = matches!(name.as_str(), "RAILS_ENV" | "RACK_ENV" | "HANAMI_ENV") && !runs();
    let default = default.filter(|text| !is_mode && !is_aside(&hit.path) && !is_next_name(call, text));
    let chosen_by = chosen_by(text.get(..hit.span.start as usize)?).or_else(|| chosen_among(text, hit));
    Some(EnvRead { name, default, place: Place::at(hit.path.clone(), hit.span), chosen_by, is_of_tests })
}

/// Whether a text behind the name of a variable is that of the variable to look at next: `firstEnv(env, "A_TOKEN", "B_TOKEN")`.
fn is_next_name(call: &str, text: &str) -> bool {
    let function = call.split('(').next().unwrap_or_default().to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    ["first", "any", "either", "oneof", "one_of", "coalesce"].iter().any(|word| function.contains(word))
        && text.contains('_')
        && text.bytes().all(is_name)
}

/// Whether a variable of Ruby is read for a pool of whatever its block makes: `ConnectionPool.new(size: ENV.fetch("POOL", 1)) { … }`.
/// The database's own pool stands in its settings.
fn is_of_any_pool(path: &str, text: &str, hit: Span) -> bool {
    let before = text.get(..hit.start as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    Language::of(path) == Some(Language::Ruby) && line.contains("ConnectionPool") && !line.contains("ActiveRecord")
}

/// A reader that names no variable, and reads the one that its package is made for.
fn unnamed(facts: &Facts<'_>, hit: &Hit) -> Option<EnvRead> {
    if script::is_aside(&hit.path) || fills_or_dumps(&hit.path) {
        return None;
    }
    let (_, arguments) = hit.value.as_ref()?;
    let text = facts.tree.text(&hit.path)?.text();
    let arguments = text.get(arguments.start as usize..)?;
    let is_cache = text.get(hit.span.range()).is_some_and(|call| call.contains("cache"));
    let given = |pattern: &Regex| Some(pattern.captures(arguments)?.name("value")?.as_str().to_owned());
    let name =
        given(&NAME_OF_UNNAMED).unwrap_or_else(|| if is_cache { "CACHE_URL" } else { "DATABASE_URL" }.to_owned());
    let default = given(&DEFAULT_OF_UNNAMED);
    Some(EnvRead { name, default, place: Place::at(hit.path.clone(), hit.span), chosen_by: None, is_of_tests: false })
}

/// Whether a comma behind a reading is no part of it: that of a subscript is followed by what comes next in a list, unless
/// it stands in a call that says so, `withDefault(process.env.A, "b")`.
fn takes_no_default(text: &str, hit: Span) -> bool {
    let is_call = text.get(hit.range()).is_some_and(|reading| reading.contains(['(', '=']));
    !is_call
        && !text
            .get(..hit.start as usize)
            .is_some_and(|before| FALLS_BACK.is_match(&before[floor(before, before.len().saturating_sub(60))..]))
}

/// What stands behind a reading and the base of its number: ` || 8080` of `parseInt(process.env.PORT, 10) || 8080`; nothing
/// where the comma leads to what comes next.
fn past_the_base(after: &str) -> &str {
    if after.trim_start().starts_with(',') {
        return BASE.captures(after).and_then(|found| after.get(found.whole().end()..)).unwrap_or_default();
    }
    after
}

// `if os.getenv("DB") == "postgres":`, `if (process.env.DB_TYPE === "mysql") {`, `if env("DB") in ["mysql", "mariadb"]:`.
pattern!(
    CHOOSES,
    r#"^\s*(?:\}\s*)?(?:else\s+|el)?if\b[^\n]*(?:["']|\benv\.)(?<name>[A-Z][A-Z0-9_]+)\b[^=\n]{0,20}(?:===?|\bin\b)(?<texts>[^\n]*["'](?:postgres\w*|mysql|mariadb|mssql|sqlite\w*|oracle|mongo\w*)["'][^\n]*)"#
);
pattern!(QUOTED, r#"["'](?<value>[^"'\n]+)["']"#);

/// Who chooses whether a reading is made, where that is one of several kinds of databases.
fn chosen_by(before: &str) -> Option<(String, Vec<String>)> {
    let found = enclosing(before).find_map(|line| CHOOSES.captures(line))?;
    let texts = QUOTED.captures_iter(found.name("texts")?.as_str());
    let texts = texts.filter_map(|one| Some(one.name("value")?.as_str().to_owned())).collect();
    Some((found.name("name")?.as_str().to_owned(), texts))
}

// `'default' => env('DB_CONNECTION', 'mysql'),` of Laravel.
pattern!(NAMES_ONE, r#"(?m)^\s*["']default["']\s*=>\s*env\(\s*["'](?<name>[A-Z][A-Z0-9_]+)["']"#);

/// The same of a table of Laravel's whose entries are alternatives: `'connections' => ['mysql' => [...], 'pgsql' => [...]]`
/// beside the `default` that names one of them.
fn chosen_among(text: &str, hit: &Hit) -> Option<(String, Vec<String>)> {
    let before = text.get(..hit.span.start as usize).filter(|_| Language::of(&hit.path) == Some(Language::Php))?;
    let heads = enclosing(before).filter_map(|line| line.split_once("=>"));
    let names: Vec<&str> = heads.map(|(name, _)| name.trim().trim_matches(['"', '\''])).collect();
    let table = names.iter().position(|name| matches!(*name, "connections" | "stores"))?;
    let entry = names.get(table.checked_sub(1)?)?;
    let by = NAMES_ONE.captures(text)?.name("name")?.as_str().to_owned();
    Some((by, vec![(*entry).to_owned()]))
}

/// Takes back the defaults that are read for a kind of database that no setting chooses.
pub(super) fn without_unchosen(config: &mut Config) {
    let is_chosen = |config: &Config, (name, texts): &(String, Vec<String>)| {
        let says = |setting: &&Setting| setting.is_variable && setting.name == *name;
        let strongest = config.settings.iter().filter(says).map(|setting| setting.layer).max();
        config
            .settings
            .iter()
            .filter(says)
            .filter(|setting| Some(setting.layer) == strongest)
            .any(|setting| setting.held.plain().is_some_and(|text| texts.iter().any(|one| one == text)))
    };
    // The entries of a table of Laravel's share their variables: what the one in effect does not read may still be meant.
    let is_read_there = |read: &EnvRead| {
        let same = |other: &&EnvRead| other.name == read.name && other.place.path == read.place.path;
        let mut others = config.reads.iter().filter(same).filter_map(|other| other.chosen_by.as_ref());
        Language::of(&read.place.path) != Some(Language::Php) || others.any(|choice| is_chosen(config, choice))
    };
    let is_idle = |read: &EnvRead| {
        read.chosen_by.as_ref().is_some_and(|choice| !is_chosen(config, choice)) && is_read_there(read)
    };
    let idle: Vec<Place> = config.reads.iter().filter(|read| is_idle(read)).map(|read| read.place.clone()).collect();
    config.settings.retain(|setting| setting.layer > Layer::Program || !idle.contains(&setting.place));
}

/// Whether a function of Go that reads the environment says of itself that another one took its place.
fn is_left_behind(path: &str, before: &str) -> bool {
    let Some(start) = before.rfind("\nfunc ").filter(|_| matches!(path.rsplit_once('.'), Some((_, "go")))) else {
        return false;
    };
    let mut remarks = before[..start].lines().rev().take_while(|line| line.starts_with("//"));
    remarks.any(|line| line.trim_start_matches('/').trim_start().starts_with("Deprecated:"))
}

/// Whether only tests set a variable, by its name: `UNITTEST_LOG_LEVEL`, `TEST_DATABASE_URL`.
fn is_for_tests(name: &str) -> bool {
    name.split('_').any(|word| ["TEST", "TESTS", "TESTING", "UNITTEST", "UNITTESTS", "E2E"].contains(&word))
}

/// Whether a program sets a variable for itself where somebody asks for more: `if debug { set_var("RUST_LOG", "debug") }`.
fn sets_on_demand(text: &str, call: Span) -> bool {
    let sets = text.get(call.range()).is_some_and(|call| call.contains("set_var"));
    sets && text.get(..call.start as usize).is_some_and(conditional::is_asked_for)
}

/// Whether a call gives a variable to a program instead of asking for one: `set_var`, `WithEnvVariable("A", "b")`.
fn writes(call: &str) -> bool {
    let name = call.split('(').next().unwrap_or(call).to_ascii_lowercase().replace('_', "");
    ["setenv", "putenv", "withenv", "addenv", "unsetenv", "removeenv", "envremove", "removevar"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether the variable is given a value there, by what stands behind its name: `process.env.A = b`, or a command of Rust
/// that hands it to what it starts, `Command::new("dump").env("PGPASSWORD", password)`.
fn is_given(text: &str, hit: &Hit, after: &str) -> bool {
    let (before, call) = (&text[..hit.span.start as usize], &text[hit.span.range()]);
    let after = after.trim_start();
    let is_assigned = || after.strip_prefix('=').is_some_and(|rest| !rest.starts_with(['=', '~', '>']));
    let is_of_a_command = || {
        let name = call.split('(').next().unwrap_or_default();
        name.strip_suffix("env").is_some_and(|receiver| receiver.ends_with('.'))
            || name == "env" && before.trim_end().ends_with('.')
    };
    let is_rust = Language::of(&hit.path) == Some(Language::Rust);
    !call.contains(['(', '=']) && is_assigned() || is_rust && after.starts_with(',') && is_of_a_command()
}

/// Whether a call asks the environment of a request in WSGI, which holds its headers: `environ.get("HTTP_X_TOKEN")`.
fn asks_the_request(call: &str, name: &str) -> bool {
    name.starts_with("HTTP_") && call.contains("environ") && !call.contains("os.environ")
}

/// The defaults as settings of the weakest layer.
pub(super) fn defaults(reads: &[EnvRead], settings: &mut Vec<Setting>) {
    for read in reads {
        let Some(default) = &read.default else { continue };
        let text = constant(default).unwrap_or_else(|| default.clone());
        // `json.loads(os.environ.get("KEYS", "{}"))` holds nothing either.
        let held = if ["", "{}", "[]", "null"].contains(&text.as_str()) { Held::Empty } else { Held::Plain(text) };
        let variable = Setting::variable(&read.name, held, read.place.clone(), Layer::Program, "".into());
        settings.push(Setting { default_in: Some(read.name.clone()), ..variable });
    }
}

/// `90u32` → 90, `10 * 60` → 600, `Duration::from_secs(30)` → 30s; `None` for what is no number.
pub(crate) fn constant(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((unit, number)) = text.strip_prefix("Duration::from_").and_then(|rest| rest.split_once('(')) {
        let unit = match unit {
            "millis" => "ms",
            "secs" | "secs_f64" | "secs_f32" => "s",
            "mins" => "min",
            "hours" => "h",
            _ => return None,
        };
        return Some(format!("{}{unit}", constant(number.trim_end_matches(')'))?));
    }
    let mut product = 1.0;
    for factor in text.split('*') {
        let digits = factor.trim().replace('_', "");
        let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(digits.len());
        let suffix = &digits[end..];
        let is_type =
            ["", "u8", "u16", "u32", "u64", "usize", "i32", "i64", "f32", "f64", "L", "f", "d"].contains(&suffix);
        product *= digits[..end].parse::<f64>().ok().filter(|_| is_type)?;
    }
    Some(product.to_string())
}
