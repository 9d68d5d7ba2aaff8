//! `@db`: the production database. The client's side comes from settings, then source, then the library's own default;
//! the server's side from what declares it.

mod facts;
mod server;
mod stated;

pub(super) use server::is_encrypted;

use super::config::{Variables, matching, may_hold, read};
use super::{Probe, Question, Word, config};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, Language, Scope};
use crate::facts::config::{Config, EnvRead, Held, Setting, Unparsed, is_of_another_engine};
use crate::quantity::Quantity;
use facts::{FACTS, Fact, Fixed};
pub(super) use stated::is_migration;
use stated::stated;
use std::sync::Arc;

/// `@db(fact, key…)`.
pub static PROBE: Probe = Probe {
    name: "db",
    summary: "A property of the production database: of its client, the settings of these keys, else what the source fixes, else the library's default; \
              of its servers, what declares them says",
    usage: "@db(pool_max|pool_min|pool_idle|acquire_timeout|ssl_mode|encrypted|user, key…) or @db(in_file|replicas|replicated|failover|consistency|tls|at_rest|cipher|audit|audited|insights|identity|network)",
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
        "in_file",
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

/// Words of a section or variable that is about a database.
const DATABASE_WORDS: &[&str] =
    &["database", "db", "postgres", "postgresql", "pg", "mysql", "sql", "datasource", "mongo", "mongodb", "mariadb"];

/// The patterns that a question looks for in source code, as the view of the code wants them gathered.
pub fn patterns(question: &Question) -> impl Iterator<Item = &str> {
    let fact = FACTS.iter().find(|fact| fact.name == question.fact());
    let defaults = |fact: &'static Fact| fact.defaults.iter().map(|(_, used, _)| *used);
    fact.into_iter().flat_map(move |fact| fact.stated.iter().copied().chain(defaults(fact)))
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let config = facts.config();
    let words: Vec<&Word> = question.words_from(1).collect();
    // The address of a database may tell anything of it.
    let is_named = may_hold(&words);
    let may_tell = |file: &Unparsed| file.has_word(DATABASE_WORDS) || is_named(file);
    let mut answer = Answer { blind: config.blind(may_tell), ..Answer::default() };
    if let Some(answer) = server::look(facts, question.fact()) {
        return answer;
    }
    let in_file = matches!(question.fact(), "ssl_mode" | "encrypted" | "user" | "in_file").then(|| in_a_file(config));
    if let Some(setting) = in_file.flatten() {
        let message = format!("`{}` keeps the data in a file, to which nothing connects", setting.name);
        let sighting = Sighting::new(setting.place.clone(), Strength::Configured, message);
        let kept = if question.fact() == "in_file" { &mut answer.seen } else { &mut answer.notes };
        kept.push(sighting);
        return answer;
    }
    match question.fact() {
        "encrypted" => return encrypted(facts, question),
        "user" => return user(facts, question),
        _ => {}
    }
    let Some(fact) = FACTS.iter().find(|fact| fact.name == question.fact()) else { return answer };
    answer.extend(read(facts, &words, &fact.form, false));
    let (idle, seen) = std::mem::take(&mut answer.seen).into_iter().partition(|one| is_of_no_use(facts, one));
    answer.seen = seen;
    answer.notes.extend::<Vec<_>>(idle);
    if matches!(fact.name, "acquire_timeout" | "pool_idle") {
        answer.seen.iter_mut().for_each(endless);
    }
    let is_set = answer.seen.iter().any(|sighting| sighting.default_of.is_none());
    let mut stated = stated(facts, fact);
    if fact.name == "pool_max" && stated.iter().any(|sighting| !is_single(sighting)) {
        // The one connection of a helper says nothing of the pool that requests go through.
        stated.retain(|sighting| !is_single(sighting));
    }
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
    if is_configured(config) {
        answer.seen.extend(by_default(facts, fact, &stated));
    }
    answer.seen.extend(stated);
    answer
}

/// Whether what a setting is by itself is about an engine that nobody chooses.
fn is_of_no_use(facts: &Facts<'_>, sighting: &Sighting) -> bool {
    let name = sighting.default_of.as_ref().and_then(|default| default.split('`').nth(1));
    name.is_some_and(|name| is_of_another_engine(facts, name))
}

/// The setting of the engine, where the effective one is `SQLite`.
pub(super) fn in_a_file(config: &Config) -> Option<&Setting> {
    const NAMES: &[&str] = &["type", "driver", "engine", "dialect", "backend", "connection", "client"];
    let words: Vec<Word> = ["database", "db", "database_config", "db_config"]
        .iter()
        .flat_map(|parent| {
            NAMES.iter().map(move |name| Word { text: format!("{parent}.{name}").into(), ..Word::default() })
        })
        .collect();
    let words: Vec<&Word> = words.iter().collect();
    let settings: Vec<&Setting> = matching(config, &words).into_iter().map(|(setting, _)| setting).collect();
    let effective = config.effective(&settings);
    let is_file = |setting: &&Setting| matches!(&setting.held, Held::Plain(text) if ["sqlite", "sqlite3", "better-sqlite3"].contains(&text.to_ascii_lowercase().as_str()));
    effective.winners.iter().all(is_file).then(|| effective.winners.first().copied()).flatten()
}

/// Whether a pool holds one connection.
fn is_single(sighting: &Sighting) -> bool {
    matches!(&sighting.value, Some(Observed::Quantity(quantity)) if (quantity.amount - 1.0).abs() < f64::EPSILON)
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

fn is_in_use(facts: &Facts<'_>, hit: &Hit) -> bool {
    stated::is_of_the_service(facts, hit) && !facts.code().is_quoted(facts, hit)
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
    // Rails names no section of the database in the file that is about nothing else.
    let is_of_rails = |setting: &&Setting| {
        setting.place.path.rsplit('/').next() == Some("database.yml")
            && setting.key.words().last().is_some_and(|last| last == "url")
    };
    let of_rails = config.settings().iter().filter(is_of_rails);
    let told = |place: &Place, name: &str| {
        Sighting::new(place.clone(), Strength::Configured, format!("the connection text `{name}` stands elsewhere"))
            .with(Observed::Opaque(name.to_owned()))
    };
    let set =
        effective.winners.into_iter().chain(of_rails).filter(opaque).map(|setting| told(&setting.place, &setting.name));
    let bare: Vec<Word> = words.iter().map(|&word| word.clone()).collect();
    let variables = Variables::of(&bare);
    // A file or a server on the developer's machine is what it is when nothing sets it: production does.
    let is_stand_in = |default: &str| default.starts_with("sqlite") || default.contains("localhost");
    let is_elsewhere = |read: &&EnvRead| read.default.as_deref().is_none_or(is_stand_in);
    let read = config.reads.iter().filter(|read| is_elsewhere(read) && variables.name(&read.name));
    set.chain(read.map(|read| told(&read.place, &read.name))).collect()
}

/// The language that a library is for, where code of another has names like its own.
fn language_of(library: &str) -> Option<Language> {
    match library {
        "SQLAlchemy" => Some(Language::Python),
        "node-postgres" | "Sequelize" | "Knex" | "Prisma" => Some(Language::JavaScript),
        _ => None,
    }
}

/// Whether nothing that is stated reaches the code of a path: it is of a crate that is a program alone, as is that of all
/// that is stated.
fn is_of_another_program(facts: &Facts<'_>, path: &str, stated: &[Sighting]) -> bool {
    let program = |path: &str| {
        let own = facts.manifests().crate_of(path)?.folder();
        let has = |name: &str| facts.tree.file(&format!("{own}{name}")).is_some();
        (has("src/main.rs") && !has("src/lib.rs")).then_some(own)
    };
    let Some(own) = program(path) else { return stated.is_empty() };
    stated.iter().all(|one| program(&one.place.path).is_some_and(|other| other != own))
}

/// The defaults of the libraries in use, each at its first use in a program for which nothing is stated.
fn by_default(facts: &Facts<'_>, fact: &Fact, stated: &[Sighting]) -> Vec<Sighting> {
    let uses: Vec<&str> = fact.defaults.iter().map(|(_, used, _)| *used).collect();
    let found: Vec<Arc<Vec<Hit>>> = facts.code().find_all(facts, Scope::Product, &uses);
    let mut sightings = Vec::new();
    for (&(library, _, default), hits) in fact.defaults.iter().zip(found) {
        // Functions of other languages have that name too.
        let is_its_own = |hit: &&Hit| language_of(library).is_none_or(|own| Language::of(&hit.path) == Some(own));
        let Some(hit) = hits
            .iter()
            .find(|hit| is_its_own(hit) && is_of_another_program(facts, &hit.path, stated) && is_in_use(facts, hit))
        else {
            continue;
        };
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
