//! `@db`: the production database. The client's side comes from settings, then source, then the library's own default;
//! the server's side from what declares it.

mod facts;
mod server;

pub(super) use server::is_encrypted;

use super::config::{Variables, matching, read};
use super::{Probe, Question, Word, config};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, Language, Scope, observe};
use crate::facts::config::{Config, EnvRead, Held, Setting, not_chosen, script};
use crate::quantity::Quantity;
use crate::source::{enclosing, floor};
use facts::{FACTS, Fact, Fixed};
use std::sync::Arc;

/// `@db(fact, key…)`.
pub static PROBE: Probe = Probe {
    name: "db",
    summary: "A property of the production database: of its client, the settings of these keys, else what the source fixes, else the library's default; \
              of its servers, what declares them says",
    usage: "@db(pool_max|pool_min|pool_idle|acquire_timeout|ssl_mode|encrypted|user, key…) or @db(replicas|replicated|failover|consistency|tls|at_rest|cipher|audit|audited|insights|identity|network)",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[
        "pool_max",
        "pool_min",
        "pool_idle",
        "acquire_timeout",
        "ssl_mode",
        "encrypted",
        "user",
        "replicas",
        "replicated",
        "failover",
        "consistency",
        "tls",
        "at_rest",
        "cipher",
        "audit",
        "audited",
        "insights",
        "identity",
        "network",
    ],
    options: &[],
    look,
};

/// Code that dials through a provider's connector, which encrypts whatever the connection text says.
const CONNECTORS: &[&str] =
    &["alloydbconn", "cloudsqlconn", "cloud-sql-connector", "cloud_sql_connector", "cloud.sql.connector"];

/// Words of a section or variable that is about a database.
const DATABASE_WORDS: &[&str] =
    &["database", "db", "postgres", "postgresql", "pg", "mysql", "sql", "datasource", "mongo", "mongodb", "mariadb"];

/// The patterns that a question looks for in source code, as the view of the code wants them gathered.
pub fn patterns(question: &Question) -> Vec<String> {
    let fact = FACTS.iter().find(|fact| fact.name == question.fact());
    let patterns = fact
        .into_iter()
        .flat_map(|fact| fact.stated.iter().copied().chain(fact.defaults.iter().map(|(_, used, _)| *used)));
    patterns.map(str::to_owned).collect()
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let config = facts.config();
    let mut answer = Answer { blind: config.blind.clone(), ..Answer::default() };
    if let Some(answer) = server::look(facts, question.fact()) {
        return answer;
    }
    match question.fact() {
        "encrypted" => return encrypted(facts, question),
        "user" => return user(facts, question),
        _ => {}
    }
    let Some(fact) = FACTS.iter().find(|fact| fact.name == question.fact()) else { return answer };
    let words: Vec<&Word> = question.words_from(1).collect();
    answer.extend(read(facts, &words, &fact.form, false));
    if matches!(fact.name, "acquire_timeout" | "pool_idle") {
        answer.seen.iter_mut().for_each(endless);
    }
    let is_set = answer.seen.iter().any(|sighting| sighting.default_of.is_none());
    let stated = stated(facts, fact);
    if is_set || !answer.seen.is_empty() {
        answer.notes.extend(stated.into_iter().map(|mut sighting| {
            sighting.message.push_str("; the setting counts");
            sighting
        }));
        return answer;
    }
    if fact.name == "ssl_mode" {
        answer.seen.extend(inside_a_reference(config));
    }
    if fact.name == "ssl_mode" && stated.len() > 1 && differ(&stated) {
        // A choice between modes: what decides it was not found among the settings.
        answer.notes.extend(stated);
        return answer;
    }
    if !answer.seen.is_empty() {
        answer.notes.extend(stated);
        return answer;
    }
    if stated.is_empty() && is_configured(config) {
        answer.seen.extend(by_default(facts, fact));
    }
    answer.seen.extend(stated);
    answer
}

/// The mode of the connection as the question whether nothing goes in the clear.
fn encrypted(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut asked = question.clone();
    if let Some(first) = asked.args.first_mut().and_then(|arg| arg.first_mut()) {
        first.text = "ssl_mode".into();
    }
    let mut answer = look(facts, &asked);
    for mut sighting in std::mem::take(&mut answer.seen) {
        match &sighting.value {
            Some(Observed::Word(word)) => {
                let is_on = !IN_THE_CLEAR.iter().any(|weak| weak.eq_ignore_ascii_case(word));
                sighting.value = Some(Observed::Flag(is_on));
                answer.seen.push(sighting);
            }
            Some(Observed::Opaque(_)) => {
                let why = format!("{}: what it says of encryption cannot be read", sighting.message);
                answer.blind.push(Blind { place: Some(sighting.place), why });
            }
            _ => answer.seen.push(sighting),
        }
    }
    answer
}

/// Modes in which a connection may go in the clear.
const IN_THE_CLEAR: &[&str] =
    &["disable", "disabled", "false", "off", "none", "no", "0", "notls", "allow", "prefer", "preferred"];

/// What encrypts the connections of `tokio-postgres`.
const TLS_CONNECTORS: &[&str] = &["MakeRustlsConnect", "MakeTlsConnector"];

/// Names that servers give to who may do everything.
const ADMINISTRATORS: &[&str] =
    &["postgres", "root", "sa", "admin", "doadmin", "rdsadmin", "postgresadmin", "cloudsqladmin", "azure_superuser"];

/// Who the service connects as: an administrator may do everything; what another name may do, the server knows.
fn user(facts: &Facts<'_>, question: &Question) -> Answer {
    let words: Vec<&Word> = question.words_from(1).collect();
    let form = config::Form { shape: Some("word"), ..config::Form::default() };
    let mut answer = read(facts, &words, &form, false);
    for mut sighting in std::mem::take(&mut answer.seen) {
        match &sighting.value {
            Some(Observed::Word(name)) if ADMINISTRATORS.contains(&name.to_lowercase().as_str()) => {
                sighting.value = Some(Observed::Word("superuser".to_owned()));
                answer.seen.push(sighting);
            }
            Some(Observed::Opaque(_)) => {
                let why = format!("{}: the name stands elsewhere", sighting.message);
                answer.blind.push(Blind { place: Some(sighting.place), why });
            }
            _ => answer.notes.push(sighting),
        }
    }
    answer
}

/// More than any bound.
const ENDLESS: f64 = f64::MAX;

/// A timeout of zero is none: it waits for ever.
fn endless(sighting: &mut Sighting) {
    if let Some(Observed::Quantity(quantity)) = &mut sighting.value
        && quantity.amount == 0.0
    {
        quantity.amount = ENDLESS;
        sighting.message.push_str(", which waits for ever");
    }
}

fn differ(sightings: &[Sighting]) -> bool {
    sightings.windows(2).any(|pair| pair[0].value != pair[1].value)
}

/// What the source fixes; a value that only a variable knows is opaque.
fn stated(facts: &Facts<'_>, fact: &Fact) -> Vec<Sighting> {
    let found = facts.code().find_all(facts, Scope::Product, fact.stated);
    let counts = |pattern: &str, hit: &Hit| is_of_a_text(pattern) || !facts.code().is_quoted(facts, hit);
    let found = fact.stated.iter().zip(&found).flat_map(|(pattern, hits)| hits.iter().map(move |hit| (pattern, hit)));
    found.filter(|(pattern, hit)| counts(pattern, hit)).filter_map(|(_, hit)| stated_at(facts, fact, hit)).collect()
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

/// A migration's own limits end with it.
fn is_migration(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "migrations" | "migrate" | "migration" | "alembic"))
}

fn stated_at(facts: &Facts<'_>, fact: &Fact, hit: &Hit) -> Option<Sighting> {
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    // What opens a file of SQLite speaks to no server.
    if script::is_aside(&hit.path)
        || hit.path.to_ascii_lowercase().contains("sqlite")
        || is_migration(&hit.path)
        || not_chosen(facts, &hit.path).is_some()
        || facts.code().left_out(facts, &hit.path, hit.span.start).is_some()
    {
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
    if fact.name == "pool_max" && text.trim() == "1" && is_of_sqlite(code, hit) {
        return None;
    }
    let place = Place::at(hit.path.clone(), *span);
    let whole = code.get(hit.span.range()).unwrap_or_default();
    let in_millis = MILLISECONDS.iter().any(|mark| whole.contains(mark)) && !whole.contains("Duration");
    let unit = if in_millis { Some("ms") } else { fact.form.unit };
    let value = match observe(code, text, unit) {
        // Beside a connector that encrypts, it is what is left when the settings do not ask for that one.
        Observed::Word(word) if word == "NoTls" && TLS_CONNECTORS.iter().any(|name| code.contains(name)) => {
            Observed::Opaque("TLS or none, as the settings choose".to_owned())
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
    let is_default = of_settings.is_some() || whole.contains("get_env");
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

fn is_in_use(facts: &Facts<'_>, hit: &Hit) -> bool {
    not_chosen(facts, &hit.path).is_none() && !facts.code().is_quoted(facts, hit)
}

/// Whether production's settings or the program's environment name a database at all.
fn is_configured(config: &Config) -> bool {
    let read = |name: &str| name.split('_').any(|word| DATABASE_WORDS.contains(&word.to_ascii_lowercase().as_str()));
    config.has_settings(DATABASE_WORDS).is_some() || config.reads.iter().any(|one| read(&one.name))
}

/// The connection text of the database, when it stands elsewhere: what it says about the mode cannot be read.
fn inside_a_reference(config: &Config) -> Vec<Sighting> {
    let names = ["url", "uri", "dsn", "connection_string"];
    let words: Vec<Word> = DATABASE_WORDS
        .iter()
        .flat_map(|parent| {
            names.iter().map(move |name| Word { text: format!("{parent}.{name}").into(), ..Word::default() })
        })
        .collect();
    let words: Vec<&Word> = words.iter().collect();
    let opaque = |setting: &&Setting| matches!(setting.held, Held::Elsewhere(..));
    let settings: Vec<&Setting> = matching(config, &words).into_iter().map(|(setting, _)| setting).collect();
    let effective = config.effective(&settings);
    let told = |place: &Place, name: &str| {
        Sighting::new(place.clone(), Strength::Configured, format!("the connection text `{name}` stands elsewhere"))
            .with(Observed::Opaque(name.to_owned()))
    };
    let set = effective.winners.into_iter().filter(opaque).map(|setting| told(&setting.place, &setting.name));
    let bare: Vec<Word> = words.iter().map(|&word| word.clone()).collect();
    let variables = Variables::of(&bare);
    // A file or a server on the developer's machine is what it is when nothing sets it: production does.
    let is_stand_in = |default: &str| default.starts_with("sqlite") || default.contains("localhost");
    let is_elsewhere = |read: &&EnvRead| read.default.as_deref().is_none_or(is_stand_in);
    let read = config.reads.iter().filter(|read| is_elsewhere(read) && variables.name(&read.name));
    set.chain(read.map(|read| told(&read.place, &read.name))).collect()
}

/// The defaults of the libraries in use, each at its first use.
fn by_default(facts: &Facts<'_>, fact: &Fact) -> Vec<Sighting> {
    let uses: Vec<&str> = fact.defaults.iter().map(|(_, used, _)| *used).collect();
    let found: Vec<Arc<Vec<Hit>>> = facts.code().find_all(facts, Scope::Product, &uses);
    let mut sightings = Vec::new();
    for (&(library, _, default), hits) in fact.defaults.iter().zip(found) {
        // Functions of other languages have that name too.
        let is_its_own = |hit: &&Hit| library != "SQLAlchemy" || Language::of(&hit.path) == Some(Language::Python);
        let Some(hit) = hits.iter().find(|hit| is_its_own(hit) && is_in_use(facts, hit)) else { continue };
        let (value, text) = match default {
            Fixed::Count(count) => (Observed::Quantity(Quantity::count(count)), count.to_string()),
            Fixed::Seconds(seconds) => (Observed::Quantity(Quantity::seconds(seconds)), format!("{seconds} s")),
            Fixed::Unlimited => (Observed::Quantity(Quantity::count(ENDLESS)), "no limit".to_owned()),
            Fixed::Word(word) => (Observed::Word(word.to_owned()), word.to_owned()),
            Fixed::Varies(how) => (Observed::Opaque(how.to_owned()), how.to_owned()),
        };
        let value = match (value, fact.form.unit) {
            (Observed::Quantity(quantity), Some(unit)) => {
                Observed::Quantity(quantity.counted_in(unit).unwrap_or(quantity))
            }
            (value, _) => value,
        };
        let message = format!("nothing sets {}; the default of {} is {text}", fact.name, library);
        let sighting = Sighting::new(Place::at(hit.path.clone(), hit.span), Strength::Configured, message);
        sightings.push(sighting.with(value).default_of(library));
    }
    sightings
}
