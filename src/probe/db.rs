//! `@db`: the client's side of the production database, from settings, then source, then the library's own default.

use super::config::{Form, matching, read};
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, Scope, observe};
use crate::facts::config::{Config, Held, Setting, script};
use crate::quantity::Quantity;
use std::sync::Arc;

/// `@db(fact, key…)`.
pub static PROBE: Probe = Probe {
    name: "db",
    summary: "A property of the production database as its client sees it: the settings of these keys, else what the source fixes, else the library's default",
    usage: "@db(pool_max|acquire_timeout|ssl_mode, key…)",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &["pool_max", "acquire_timeout", "ssl_mode"],
    options: &[],
    look,
};

/// One fact: how source states it, and what holds when nobody does.
struct Fact {
    name: &'static str,
    form: Form<'static>,
    /// Each captures `value`.
    stated: &'static [&'static str],
    defaults: &'static [Default],
}

/// What a library does when nothing is set.
struct Default {
    library: &'static str,
    /// How source uses the library.
    used: &'static str,
    value: Fixed,
}

/// A default's value.
#[derive(Clone, Copy)]
enum Fixed {
    Count(f64),
    Seconds(f64),
    /// It waits or grows for ever.
    Unlimited,
    Word(&'static str),
}

const SQLX: &str = r"\b(?:PgPoolOptions|MySqlPoolOptions|PoolOptions::<\w+>|AnyPoolOptions)::new\(|\b(?:PgPool|MySqlPool|AnyPool)::connect(?:_lazy)?(?:_with)?\(";
const SQLX_POSTGRES: &str =
    r"\bPgPoolOptions::new\(|\bPgPool::connect|\bPgConnectOptions::new\(|\bPgConnection::connect";
const SQLX_MYSQL: &str = r"\bMySqlPoolOptions::new\(|\bMySqlPool::connect|\bMySqlConnectOptions::new\(";
const R2D2: &str = r"\br2d2::Pool::(?:new|builder)\(|\bConnectionManager::<[\w:]*Connection>::new\(";
const BB8: &str = r"\bbb8::Pool::builder\(|\bbb8_\w+::\w+ConnectionManager";
const DEADPOOL: &str = r"\bdeadpool_(?:postgres|diesel|sqlite|redis)::|\bdeadpool::managed::Pool";
const SQLALCHEMY: &str = r"\bcreate_(?:async_)?engine\(";
const GO_SQL: &str = r"\bsql\.Open\(|\bsqlx\.(?:Open|Connect|MustConnect)\(|\bgorm\.Open\(";
const NODE_PG: &str = r"\bnew\s+(?:pg\.)?Pool\(";

/// A number, a named constant or a duration, up to the call's end.
const FACTS: &[Fact] = &[
    Fact {
        name: "pool_max",
        form: Form { shape: None, unit: None, on: None, off: None },
        stated: &[
            r"\.max_connections\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.max_size\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bPoolConfig::new\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.max_open\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.SetMaxOpenConns\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\b(?:MaxConns|MaxOpenConns)\s*[:=]\s*(?<value>\d+)",
            r"\bpool_size\s*=\s*(?<value>\w+)",
            r"\bmaximumPoolSize\W{1,3}(?<value>\d+)",
            r"\bsetMaximumPoolSize\(\s*(?<value>\w+)\s*\)",
            r"\bconnectionLimit\s*:\s*(?<value>\d+)",
        ],
        defaults: &[
            Default { library: "sqlx", used: SQLX, value: Fixed::Count(10.0) },
            Default { library: "r2d2", used: R2D2, value: Fixed::Count(10.0) },
            Default { library: "bb8", used: BB8, value: Fixed::Count(10.0) },
            Default { library: "SQLAlchemy", used: SQLALCHEMY, value: Fixed::Count(5.0) },
            Default { library: "database/sql", used: GO_SQL, value: Fixed::Unlimited },
            Default { library: "node-postgres", used: NODE_PG, value: Fixed::Count(10.0) },
        ],
    },
    Fact {
        name: "acquire_timeout",
        form: Form { shape: None, unit: Some("s"), on: None, off: None },
        stated: &[
            r"\.(?:acquire_timeout|connection_timeout|wait_timeout|connect_timeout)\(\s*(?:Some\()?\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\bacquire_timeout\s*=\s*(?<value>Duration::\w+\([\w* ]*\))",
            r"\bpool_timeout\s*=\s*(?<value>\d+)",
            r"(?i)\bstatement_timeout\s*(?:=|to)\s*'?(?<value>\d+\s*(?:ms|s|min)\b)",
        ],
        defaults: &[
            Default { library: "sqlx", used: SQLX, value: Fixed::Seconds(30.0) },
            Default { library: "r2d2", used: R2D2, value: Fixed::Seconds(30.0) },
            Default { library: "bb8", used: BB8, value: Fixed::Seconds(30.0) },
            Default { library: "SQLAlchemy", used: SQLALCHEMY, value: Fixed::Seconds(30.0) },
            Default { library: "deadpool", used: DEADPOOL, value: Fixed::Unlimited },
            Default { library: "node-postgres", used: NODE_PG, value: Fixed::Unlimited },
        ],
    },
    Fact {
        name: "ssl_mode",
        form: Form { shape: Some("word"), unit: None, on: None, off: None },
        stated: &[
            r"\b(?:PgSslMode|MySqlSslMode|SslMode)::(?<value>\w+)",
            r"\bsslmode=(?<value>[a-zA-Z][\w-]*)",
            r"\b(?<value>NoTls)\b",
        ],
        defaults: &[
            Default { library: "sqlx for PostgreSQL", used: SQLX_POSTGRES, value: Fixed::Word("prefer") },
            Default { library: "sqlx for MySQL", used: SQLX_MYSQL, value: Fixed::Word("prefer") },
        ],
    },
];

/// Code that dials through a provider's connector, which encrypts whatever the connection text says.
const CONNECTORS: &[&str] =
    &["alloydbconn", "cloudsqlconn", "cloud-sql-connector", "cloud_sql_connector", "cloud.sql.connector"];

/// Words of a section or variable that is about a database.
const DATABASE_WORDS: &[&str] =
    &["database", "db", "postgres", "postgresql", "pg", "mysql", "sql", "datasource", "mongo", "mongodb", "mariadb"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let config = facts.config();
    let mut answer = Answer { blind: config.blind.clone(), ..Answer::default() };
    let Some(fact) = FACTS.iter().find(|fact| fact.name == question.fact()) else { return answer };
    let words: Vec<&Word> = question.words_from(1).collect();
    answer.extend(read(facts, &words, &fact.form, false));
    if fact.name == "acquire_timeout" {
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
    found.iter().flat_map(|hits| hits.iter()).filter_map(|hit| stated_at(facts, fact, hit)).collect()
}

fn stated_at(facts: &Facts<'_>, fact: &Fact, hit: &Hit) -> Option<Sighting> {
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    if script::is_aside(&hit.path) || facts.code().left_out(facts, &hit.path, hit.span.start).is_some() {
        return None;
    }
    if !speaks_of_a_database(code) || CONNECTORS.iter().any(|connector| code.contains(connector)) {
        return None;
    }
    let (text, span) = hit.value.as_ref()?;
    let place = Place::at(hit.path.clone(), *span);
    let value = match observe(code, text, fact.form.unit) {
        Observed::Word(word) if fact.form.shape == Some("word") => {
            Observed::Word(if word == "NoTls" { "disable".to_owned() } else { word })
        }
        Observed::Word(word) => Observed::Opaque(word),
        value => value,
    };
    let source = facts.tree.text(&hit.path)?;
    let line = source.line(source.line_col(hit.span.start).line).trim();
    Some(Sighting::new(place, Strength::Configured, format!("`{line}`")).with(value))
}

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
        "DataSource",
    ];
    WORDS.iter().any(|word| code.contains(word))
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
        .flat_map(|parent| names.iter().map(move |name| Word { text: format!("{parent}.{name}"), ..Word::default() }))
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
    let read = config.reads.iter().filter(|read| read.default.is_none() && super::config::names(&bare, &read.name));
    set.chain(read.map(|read| told(&read.place, &read.name))).collect()
}

/// The defaults of the libraries in use, each at its first use.
fn by_default(facts: &Facts<'_>, fact: &Fact) -> Vec<Sighting> {
    let uses: Vec<&str> = fact.defaults.iter().map(|default| default.used).collect();
    let found: Vec<Arc<Vec<Hit>>> = facts.code().find_all(facts, Scope::Product, &uses);
    let mut sightings = Vec::new();
    for (default, hits) in fact.defaults.iter().zip(found) {
        let Some(hit) = hits.first() else { continue };
        let (value, text) = match default.value {
            Fixed::Count(count) => (Observed::Quantity(Quantity::count(count)), count.to_string()),
            Fixed::Seconds(seconds) => (Observed::Quantity(Quantity::seconds(seconds)), format!("{seconds} s")),
            Fixed::Unlimited => (Observed::Quantity(Quantity::count(ENDLESS)), "no limit".to_owned()),
            Fixed::Word(word) => (Observed::Word(word.to_owned()), word.to_owned()),
        };
        let value = match (value, fact.form.unit) {
            (Observed::Quantity(quantity), Some(unit)) => {
                Observed::Quantity(quantity.counted_in(unit).unwrap_or(quantity))
            }
            (value, _) => value,
        };
        let message = format!("nothing sets {}; the default of {} is {text}", fact.name, default.library);
        let sighting = Sighting::new(Place::at(hit.path.clone(), hit.span), Strength::Configured, message);
        sightings.push(sighting.with(value).default_of(default.library));
    }
    sightings
}
