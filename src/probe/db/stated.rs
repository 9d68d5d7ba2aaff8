//! What the source itself fixes about the database.

use super::ENDLESS;
use super::facts::Fact;
use crate::evidence::{Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, Language, Scope, observe, serves_not};
use crate::facts::config::{not_chosen, script};
use crate::pattern::{compile, escape, pattern};
use crate::probe::Word;
use crate::probe::config::matching;
use crate::quantity::Quantity;
use crate::source::{enclosing, floor};

/// Code that dials through a provider's connector, which encrypts whatever the connection text says.
const CONNECTORS: &[&str] =
    &["alloydbconn", "cloudsqlconn", "cloud-sql-connector", "cloud_sql_connector", "cloud.sql.connector"];

// A pool for the start alone: `initPoolConfig.MinConns = 1`.
pattern!(PREPARES, r"(?i)^\s*(?:\w+\.)*(?:init|setup|bootstrap|migrat\w{0,4})_?(?:db_?)?(?:pool|conn)\w*\.\w+\s*=");

// A pool that another one has taken the place of: `oldDB.SetMaxIdleConns(0)`.
pattern!(REPLACED, r"^(?:\w+\.)*(?:old|previous|stale|retired)(?:[A-Z_]\w*)?\.Set\w*\(");

/// What encrypts the connections of `tokio-postgres`.
const TLS_CONNECTORS: &[&str] = &["MakeRustlsConnect", "MakeTlsConnector"];

/// What the source fixes; a value that only a variable knows is opaque.
pub(super) fn stated(facts: &Facts<'_>, fact: &Fact) -> Vec<Sighting> {
    let found = facts.code().find_all(facts, Scope::Product, fact.stated);
    let counts = |pattern: &str, hit: &Hit| is_of_a_text(pattern) || !facts.code().is_quoted(facts, hit);
    let found = fact.stated.iter().zip(&found).flat_map(|(pattern, hits)| hits.iter().map(move |hit| (pattern, hit)));
    let found = found.filter(|(pattern, hit)| counts(pattern, hit));
    found
        .filter_map(|(_, hit)| Some((hit, stated_at(facts, fact, hit)?)))
        .flat_map(|(hit, one)| each(facts, fact, hit, &one))
        .collect()
}

/// A sighting for each number that a name stands for, where a condition chooses between two: `let most = if single { 1 }
/// else { 5 };`; else the one that there is.
fn each(facts: &Facts<'_>, fact: &Fact, hit: &Hit, sighting: &Sighting) -> Vec<Sighting> {
    let arms = || {
        let (name, _) = hit.value.as_ref().filter(|_| matches!(sighting.value, Some(Observed::Opaque(_))))?;
        let code = facts.code().file(&hit.path)?.code(facts)?.product();
        let escaped = escape(name);
        let number = |group: &str| format!(r"(?<{group}>\d[\d_]*)");
        let (one, other) = (number("one"), number("other"));
        let pattern =
            format!(r"\blet\s+{escaped}\b[^=;\n]*=\s*if\b[^{{}};]*\{{\s*{one}\s*\}}\s*else\s*\{{\s*{other}\s*\}}\s*;");
        let found = compile(&pattern).ok()?.captures(code)?;
        let arms = [&found["one"], &found["other"]].map(|text| {
            let message = format!("{}, where `{name}` may be {text}", sighting.message);
            Sighting { message, ..sighting.clone() }.with(observe(code, text, fact.form.unit))
        });
        Some(arms.to_vec())
    };
    arms().unwrap_or_else(|| vec![sighting.clone()])
}

/// Whether a pattern looks for a parameter of a connection text or a statement of SQL, which stand in quotes; what else
/// stands there is only spoken of.
fn is_of_a_text(pattern: &str) -> bool {
    pattern.starts_with("(?i)") || pattern.contains("=(?<value>")
}

/// How many connections `SQLAlchemy` opens beyond the size of its pool, where the same call says it.
fn overflow(code: &str, hit: &Hit) -> Option<f64> {
    let call = code.get(hit.span.start as usize..)?;
    let call = call.get(..floor(call, 300)).unwrap_or(call);
    if !call.starts_with("pool_size") {
        return None;
    }
    let end = call.find(')').unwrap_or(call.len());
    let (_, rest) = call[..end].split_once("max_overflow")?;
    let rest = rest.trim_start_matches(['"', '\'', ' ', '=', ':']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// Whether code is a migration, whose own settings end with it, as do those of the tasks of a release in Elixir. Alembic
/// keeps its own in `versions`, wherever it is told to.
pub(in crate::probe) fn is_migration(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(part, "migrations" | "migrate" | "migration" | "alembic" | "release.ex" | "release_tasks.ex")
    }) || is_revision(path)
}

/// `revisions/versions/2021-09-16_3820a792d88a.py`: a step of Alembic, called after its number.
fn is_revision(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let stem = parts.next().and_then(|name| name.strip_suffix(".py")).unwrap_or_default();
    let is_number = |word: &str| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.next() == Some("versions") && stem.split(['_', '-']).any(is_number)
}

/// A program that only asks whether the service is well opens few connections of its own.
fn asks_for_health(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(name.split('.').next(), Some("healthcheck" | "health_check" | "health-check"))
}

// The address of a store that a user has described.
pattern!(
    OF_A_USER,
    r"\b(?:host|hostname|server|socketPath)['\x22]?\s*[:=]\s*(?:self\.)?(?:connection|conn|data_?[sS]ource|credentials)\.\w+"
);

/// Whether code is one driver of several for stores that users ask by way of the service: its address is theirs.
fn is_of_another_store(facts: &Facts<'_>, path: &str) -> bool {
    const DRIVERS: &[&str] = &["drivers", "connectors", "data_sources", "data-sources", "datasources", "query_runner"];
    let is_driver = path.split('/').rev().skip(1).any(|part| DRIVERS.contains(&part));
    is_driver && facts.tree.text(path).is_some_and(|source| OF_A_USER.is_match(source.text()))
}

/// Whether code is built into the service as production runs it, and works for it there.
pub(super) fn is_of_the_service(facts: &Facts<'_>, hit: &Hit) -> bool {
    !script::is_aside(&hit.path)
        && !is_migration(&hit.path)
        && !asks_for_health(&hit.path)
        && !is_of_another_store(facts, &hit.path)
        && !serves_not(facts, &hit.path)
        && not_chosen(facts, &hit.path).is_none()
        && facts.code().left_out(facts, &hit.path, hit.span.start).is_none()
        && !is_made_by_tests(facts, hit)
}

/// Whether a method of Go belongs to a type that only functions for tests make: `func InitTestStore() { s := &Store{…`.
fn is_made_by_tests(facts: &Facts<'_>, hit: &Hit) -> bool {
    let head = |path: &str, at: usize| {
        let code = facts.code().file(path)?.code(facts)?.product();
        let start = code.get(..at)?.rfind("\nfunc ")? + 1;
        code.get(start..)?.lines().next()
    };
    let receiver = || {
        let (receiver, _) = head(&hit.path, hit.span.start as usize)?.strip_prefix("func (")?.split_once(')')?;
        receiver.split_whitespace().last().map(|name| name.trim_start_matches('*'))
    };
    let Some(name) = receiver().filter(|_| Language::of(&hit.path) == Some(Language::Go)) else { return false };
    let made = facts.code().find(facts, &format!(r"\b{}\{{|\bnew\({0}\)", escape(name)));
    let is_of_tests = |made: &Hit| {
        let head = head(&made.path, made.span.start as usize).and_then(|head| head.strip_prefix("func "));
        head.and_then(|head| head.split('(').next()).is_some_and(|name| name.contains("Test"))
    };
    !made.is_empty() && made.iter().all(is_of_tests)
}

fn stated_at(facts: &Facts<'_>, fact: &Fact, hit: &Hit) -> Option<Sighting> {
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    // What opens a file of SQLite speaks to no server.
    if hit.path.to_ascii_lowercase().contains("sqlite") || !is_of_the_service(facts, hit) {
        return None;
    }
    if !speaks_of_a_database(code) || CONNECTORS.iter().any(|connector| code.contains(connector)) {
        return None;
    }
    if is_of_one_request(code, hit) {
        return None;
    }
    let (text, span) = hit.value.as_ref()?;
    let before = &code[..floor(code, span.start as usize)];
    let before = before.lines().next_back().unwrap_or("").trim_start();
    if PREPARES.is_match(before) || REPLACED.is_match(before) {
        return None;
    }
    // An import uses nothing, and a help text shows what others may say.
    if text == "NoTls" && before.starts_with("use ")
        || ["Example:", "example:", "e.g."].iter().any(|mark| before.contains(mark))
    {
        return None;
    }
    let is_of_redis = |text: &str| text.to_ascii_lowercase().contains("redis");
    if is_of_redis(&hit.path) || code.get(hit.span.range()).is_some_and(is_of_redis) {
        return None;
    }
    if fact.name == "pool_max" && text.trim() == "1" && (is_of_sqlite(code, hit) || is_beside_a_wider_one(code, hit)) {
        return None;
    }
    let place = Place::at(hit.path.clone(), *span);
    let whole = code.get(hit.span.range()).unwrap_or_default();
    let in_millis = MILLISECONDS.iter().any(|mark| whole.contains(mark)) && !whole.contains("Duration");
    let unit = if in_millis { Some("ms") } else { fact.form.unit };
    // A number below nothing keeps no more than nothing does.
    let text = if text.starts_with('-') { "0" } else { text };
    let value = match observe(code, text, unit) {
        // Beside a connector that encrypts, it is what is left when the settings do not ask for that one.
        Observed::Word(word) if word == "NoTls" && TLS_CONNECTORS.iter().any(|name| code.contains(name)) => {
            Observed::Opaque("TLS or none, as the settings choose".to_owned())
        }
        Observed::Word(word) if fact.name == "ssl_mode" && is_one_of_several(code, &word) => {
            Observed::Opaque(format!("{word}, or what else the settings choose"))
        }
        Observed::Word(word) if fact.form.shape == Some("word") => {
            Observed::Word(if word == "NoTls" { "disable".to_owned() } else { word })
        }
        // `None`: nothing ends it.
        Observed::Word(word) if word == "None" => Observed::Quantity(Quantity::seconds(ENDLESS)),
        Observed::Word(word) => Observed::Opaque(word),
        value => value,
    };
    let of_settings = matches!(value, Observed::Opaque(_)).then(|| default_in_settings(facts, text)).flatten();
    let falls_back = ["get_env", "process.env", "??", "||"].iter().any(|mark| whole.contains(mark));
    let is_default = of_settings.is_some() || falls_back;
    let value = of_settings.unwrap_or(value);
    let source = facts.tree.text(&hit.path)?;
    let line = source.line(source.line_col(span.start).line).trim();
    let mut message = format!("`{line}`");
    let value = match (value, overflow(code, hit)) {
        (Observed::Quantity(mut quantity), Some(more)) if fact.name == "pool_max" => {
            quantity.amount += more;
            message = format!("`{line}` and {more} that may overflow");
            Observed::Quantity(quantity)
        }
        (value, _) => value,
    };
    let mut sighting = Sighting::new(place, Strength::Configured, message).with(value);
    // What the environment may say is only meant for when it says nothing.
    sighting.default_of = is_default.then(|| "the program".to_owned());
    Some(sighting)
}

/// What the field of the settings is by default that an expression names, `settings.max_connections`, where production
/// sets nothing of that name.
fn default_in_settings(facts: &Facts<'_>, expression: &str) -> Option<Observed> {
    let (owner, name) = expression.rsplit_once('.')?;
    let owner = owner.to_ascii_lowercase();
    if !["settings", "config", "cfg", "conf", "options"].iter().any(|word| owner.ends_with(word)) {
        return None;
    }
    let word = Word { text: name.into(), ..Word::default() };
    if !matching(facts.config(), &[&word]).is_empty() {
        return None;
    }
    let fields = facts.settings_types().fields.iter();
    let mut named = fields.filter(|field| field.name.rsplit('.').next() == Some(name));
    let default = named.next()?.default.as_deref()?;
    let is_one = named.all(|other| other.default.as_deref() == Some(default));
    let number: f64 = default.trim().replace('_', "").parse().ok().filter(|_| is_one)?;
    Some(Observed::Quantity(Quantity::count(number)))
}

/// Whether a limit is set by a statement in the course of some work, and not where connections are made.
fn is_of_one_request(code: &str, hit: &Hit) -> bool {
    let start = hit.span.start as usize;
    let Some(before) = code.get(..start) else { return false };
    let word = before.trim_end().rsplit(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    if !["set", "local", "session"].iter().any(|known| word.eq_ignore_ascii_case(known)) {
        return false;
    }
    // What is local ends with its transaction.
    if word.eq_ignore_ascii_case("local") {
        return true;
    }
    let makes = |line: &str| ["connect", "engine", "pool", "init", "setup"].iter().any(|word| line.contains(word));
    let near = &before[floor(before, before.len().saturating_sub(300))..];
    !makes(&near.to_ascii_lowercase()) && !enclosing(before).any(|line| makes(&line.to_ascii_lowercase()))
}

/// Whether a statement is about a file of `SQLite`, which takes one writer: its driver is named in the path or shortly before.
fn is_of_sqlite(code: &str, hit: &Hit) -> bool {
    let start = hit.span.start as usize;
    let before = code.get(..start).map_or("", |before| &before[floor(before, before.len().saturating_sub(1_500))..]);
    hit.path.to_lowercase().contains("sqlite") || before.to_lowercase().contains("sqlite")
}

/// Whether a weak mode stands in one text of several that the same code makes: who runs the program chooses among them.
fn is_one_of_several(code: &str, mode: &str) -> bool {
    const NAME: &str = "sslmode=";
    let is_weak = |mode: &str| ["disable", "allow", "prefer"].iter().any(|weak| mode.starts_with(weak));
    is_weak(mode) && code.match_indices(NAME).any(|(at, _)| !is_weak(&code[at + NAME.len()..]))
}

/// Whether the same call widens another pool right before or after: the one connection is that of the writer.
fn is_beside_a_wider_one(code: &str, hit: &Hit) -> bool {
    const CALL: &str = "SetMaxOpenConns(";
    let range = hit.span.range();
    let from = floor(code, range.start.saturating_sub(800));
    let to = floor(code, (range.end + 800).min(code.len()));
    let near = code.get(from..to).unwrap_or_default();
    near.match_indices(CALL).any(|(at, _)| !near[at + CALL.len()..].trim_start().starts_with("1)"))
}

/// Names of settings that Node and Java count in milliseconds.
const MILLISECONDS: &[&str] = &[
    "Millis",
    "idle:",
    "idle :",
    "acquire:",
    "acquire :",
    "acquireConnectionTimeout",
    "setIdleTimeout",
    "setConnectionTimeout",
];

fn speaks_of_a_database(code: &str) -> bool {
    const WORDS: &[&str] = &[
        "sqlx",
        "diesel",
        "r2d2",
        "bb8",
        "deadpool",
        "ostgres",
        "PgPool",
        "mysql",
        "MySql",
        "mongodb",
        "atabase",
        "ikari",
        "gorm",
        "sql.DB",
        "sqlalchemy",
        "create_engine",
        "prisma",
        "Prisma",
        "ypeorm",
        "ypeOrm",
        "equelize",
        "knex",
        "ongoose",
        "ActiveRecord",
        "Ecto",
        ".Repo",
        "asyncpg",
        "psycopg",
        "pgx",
        "sqlx.",
        "Npgsql",
        "SqlConnection",
        "DataSource",
        "\"pg\"",
        "'pg'",
    ];
    WORDS.iter().any(|word| code.contains(word))
}
