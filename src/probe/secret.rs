//! `@secret`: how production gets a secret.

use super::config::{Variables, matching, may_hold};
use super::db::is_migration;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{is_of_a_client_library, is_of_another_command, serves_not};
use crate::facts::config::{Config, Connection, EnvRead, Held, Layer, Setting, Way, squashed};
use crate::facts::manifests::Beside;
use crate::facts::secrets::{is_placeholder, is_public_by_design, is_trivial, names_a_secret, readable};
use crate::facts::settings_types::Field;
use crate::pattern::escape;

/// `@secret(key…)`.
pub static PROBE: Probe = Probe {
    name: "secret",
    summary: "How production gets each secret of these names: a word of the scale `secret_store`, `literal` if it stands in the tree",
    usage: "@secret(key…) {way: literal|leaked|reference}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["way"],
    look,
};

/// Words of a text that holds an address, in which a password may stand.
const ADDRESSES: &[&str] =
    &["url", "uri", "dsn", "postgres", "postgresql", "mysql", "mongodb", "redis", "rediss", "amqp", "amqps"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let config = facts.config();
    let words: Vec<&Word> = question.words_from(0).collect();
    // `require_master_key = true`: a switch holds no secret.
    let is_switch = |setting: &Setting| {
        let name = setting.name.rsplit(['.', ':']).next().unwrap_or(&setting.name).to_ascii_lowercase();
        ["require_", "requires_", "enable_"].iter().any(|verb| name.starts_with(verb))
    };
    // A word that only a value can tell (`url`, if it is that of a database) tells nothing of a value that is elsewhere.
    let can_tell = |setting: &Setting, word: &Word| {
        !(word.attributes.contains_key("only") && matches!(setting.held, Held::Elsewhere(..)))
    };
    let found = matching(config, &words).into_iter();
    let found = found.filter(|(setting, word)| can_tell(setting, word) && !is_switch(setting));
    let settings: Vec<&Setting> = found.map(|(setting, _)| setting).collect();
    let effective = config.effective(&settings);
    let mut answer = Answer::default();
    let way = question.option_text("way");
    for &setting in &effective.winners {
        let is_asked_by_another = || setting.layer == Layer::Program && serves_not(facts, &setting.place.path);
        // Nobody gets in anywhere with a word in the place of a key that somebody else checks.
        let is_no_key = || {
            way == Some("leaked")
                || setting.default_in.is_none() && (is_key_of_others(setting) || is_word_of_its_file(config, setting))
        };
        let is_stock = || way == Some("leaked") && is_of_a_fresh_server(setting);
        let is_no_secret = || stands_for_one(setting) || way == Some("leaked") && is_first_try(setting);
        let is_form = || {
            let is_one = |text: &str| {
                is_constant_of_one(text)
                    || is_crossed_out(text)
                    || setting.layer >= Layer::Image && is_to_be_filled_in(text)
            };
            setting.default_in.is_none() && setting.held.plain().is_some_and(is_one)
        };
        if is_form() || is_no_secret() && is_no_key() || is_stock() || is_asked_by_another() {
            continue;
        }
        let Some(said) = way_of(config, setting) else { continue };
        let is_literal = matches!(said, Secret::Literal);
        if let Some(why) = idle(config, setting).filter(|_| is_literal) {
            let mut note = sighting(setting, &Secret::Literal);
            note.message = format!("{}; {why}", note.message);
            answer.notes.push(note);
        } else if !(is_literal && is_refused(facts, setting)) {
            answer.seen.push(sighting(setting, &said));
        }
    }
    for (setting, stronger) in effective.overridden {
        let Some(Secret::Literal) = way_of(config, setting) else { continue };
        let mut note = sighting(setting, &Secret::Literal);
        note.message = format!("{}; overridden by `{}` in {}", note.message, stronger.name, stronger.place.path);
        answer.notes.push(note);
    }
    let beside = Beside::new(facts);
    let is_elsewhere = |path: &str| {
        beside.holds(path)
            || is_migration(path)
            || serves_not(facts, path)
            || is_of_another_command(facts, path)
            || is_of_a_client_library(facts, path)
    };
    let serves = |read: &&EnvRead| !is_elsewhere(&read.place.path);
    answer.seen.extend(reads(config, &words).filter(serves).map(read_sighting));
    let required = super::schema::required(facts, &words).into_iter();
    let required = required.filter(|field| !is_elsewhere(&field.place.path) && !is_set(config, field));
    answer.seen.extend(required.map(required_sighting));
    keep(&mut answer, way);
    let is_named = may_hold(&words);
    answer.blind.extend(config.blind(|file| file.has_word(ADDRESSES) || is_named(file)));
    answer
}

/// Why a setting has no effect, when another beside it says so.
fn idle(config: &Config, setting: &Setting) -> Option<String> {
    const SERVERS: &[&str] =
        &["postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb", "database", "db"];
    if let Some(url) = address_of_rails(config, setting) {
        return Some(format!("`{}` beside it, which is elsewhere, wins", url.name));
    }
    let is_of_a_server = setting.key.words().iter().any(|word| SERVERS.contains(&word.as_str()));
    let engine = super::db::in_a_file(config).filter(|_| is_of_a_server)?;
    let is_beside = engine.place.path == setting.place.path && engine.owner == setting.owner;
    is_beside.then(|| format!("`{}` beside it keeps the data in a file", engine.name))
}

/// The address that stands beside a part of one in the settings of Rails' databases, where it comes from elsewhere: what
/// it says of user and password wins over what the others inherit.
fn address_of_rails<'c>(config: &'c Config, setting: &Setting) -> Option<&'c Setting> {
    let (_, parents) = setting.key.words().split_last()?;
    let is_beside = |other: &&Setting| {
        other.place.path == setting.place.path
            && other.layer == setting.layer
            && other.key.words().split_last().is_some_and(|(last, above)| last == "url" && above == parents)
            && matches!(&other.held, Held::Elsewhere(way, _) if !matches!(way, Way::Computed))
    };
    let is_of_rails = setting.place.path.rsplit('/').next() == Some("database.yml");
    config.settings().iter().filter(|_| is_of_rails).find(is_beside)
}

/// Whether the program holds a literal of its settings against that very text, as one does that does not start with it.
fn is_refused(facts: &Facts<'_>, setting: &Setting) -> bool {
    const LEAST: usize = 8;
    let Held::Plain(text) = &setting.held else { return false };
    if setting.layer >= Layer::Image || text.len() < LEAST || !text.contains(char::is_alphabetic) {
        return false;
    }
    let quoted = format!("[\"'`]{}[\"'`]", escape(text));
    let pattern = format!(r"[!=]==?\s*{quoted}|{quoted}\s*[!=]==?|\b(?:is|eq|ne)\s+{quoted}|\.equals\(\s*{quoted}");
    // `paperless` is a word of many a comparison: this one is about the setting.
    let words = setting.key.words();
    let named = words[words.len().saturating_sub(2)..].concat();
    facts.code().find(facts, &pattern).iter().any(|hit| {
        let line = facts.tree.text(&hit.path).map(|source| source.line(source.line_col(hit.span.start).line));
        line.is_some_and(|line| squashed(line).contains(&named))
    })
}

/// A literal that everybody may read, since it only says that one belongs there: `please_change_me`, `---`. A program that
/// runs with it is badly set up; nothing has leaked. What a workload is given is in use, whatever it says, but for a Secret to be
/// filled in and the key of somebody else's service.
fn stands_for_one(setting: &Setting) -> bool {
    let texts = match &setting.held {
        Held::Plain(text) => std::slice::from_ref(text),
        Held::List(texts) => texts,
        Held::Empty | Held::Elsewhere(..) => return false,
    };
    if setting.layer >= Layer::Image {
        return texts.iter().all(|text| is_to_be_filled_in(text) || is_key_of_others(setting) && stands_in(text));
    }
    texts.iter().all(|text| {
        !text.contains(|c: char| c.is_alphanumeric())
            || is_placeholder(text, &setting.name)
            || is_key_of_others(setting) && stands_in(text)
    })
}

/// `REPLACE-WITH-YOUR-KEY`, as it stands or in base64.
fn is_to_be_filled_in(text: &str) -> bool {
    let says_so = |text: &str| text.to_ascii_lowercase().starts_with("replace");
    says_so(text) || readable(text).is_some_and(|plain| says_so(&plain))
}

/// `YOUR_DB_PASSWORD`, `TOKEN_VALUE`: the name of a secret in capitals, for whoever fills the file in.
fn is_constant_of_one(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') && names_a_secret(text)
}

/// `XXXX`, `yyyyyy`: the last letters of the alphabet, where somebody is to write what he has.
fn is_crossed_out(text: &str) -> bool {
    let letter = text.bytes().next().filter(|first| b"xyzXYZ".contains(first));
    text.len() > 2 && letter.is_some_and(|letter| text.bytes().all(|byte| byte == letter))
}

/// What everybody types first, `12345678`, where the program or the settings that production inherits say it: as the scan
/// for secrets judges it, only in what production itself is given it is worth a word. An image has it for whoever runs it.
fn is_first_try(setting: &Setting) -> bool {
    let Held::Plain(text) = &setting.held else { return false };
    let password = Connection::parse(text).and_then(|found| found.password);
    (setting.layer < Layer::Production || setting.layer == Layer::Image)
        && is_trivial(password.as_deref().unwrap_or(text))
}

/// What the program falls back to on a developer's machine: the password that a server of databases has when it is new, or
/// the address of one on the same machine.
fn is_of_a_fresh_server(setting: &Setting) -> bool {
    const NEW: &[&str] = &["postgres", "root", "mysql", "mariadb", "guest"];
    let Held::Plain(text) = &setting.held else { return false };
    let is_here = |host: &str| host == "localhost" || host.starts_with("127.");
    setting.default_in.is_some()
        && setting.layer < Layer::Image
        && (NEW.contains(&text.as_str())
            || Connection::parse(text).and_then(|found| found.host).is_some_and(|host| is_here(&host)))
}

/// With `way`, only literals or only references are seen, and what they are is enough.
fn keep(answer: &mut Answer, way: Option<&str>) {
    let Some(way) = way else { return };
    let is_literal = |sighting: &Sighting| sighting.value == Some(Observed::Word("literal".to_owned()));
    answer.seen.retain(|sighting| is_literal(sighting) == (way != "reference"));
    for sighting in &mut answer.seen {
        sighting.value = None;
    }
}

/// What a matching setting says.
enum Secret {
    /// It stands in the tree.
    Literal,
    /// It stands elsewhere.
    Reference(Way),
}

/// How a setting gives its secret; `None` when it holds none.
fn way_of(config: &Config, setting: &Setting) -> Option<Secret> {
    match &setting.held {
        Held::Empty | Held::Elsewhere(Way::Computed, _) => None,
        Held::Elsewhere(way, _) => Some(Secret::Reference(way.clone())),
        Held::List(list) => list.iter().any(|text| is_secret(text)).then_some(Secret::Literal),
        Held::Plain(text) => of_text(config, setting, text),
    }
}

fn of_text(config: &Config, setting: &Setting, text: &str) -> Option<Secret> {
    if let Some(connection) = Connection::parse(text) {
        // An address alone is no secret; the password in it may itself be a reference.
        let password = connection.password.filter(|_| setting.part_of.is_none())?;
        // `postgres://username:password@host/db`: what an address is made of.
        if connection.host.as_deref() == Some("host") && is_placeholder(&password, "password") {
            return None;
        }
        return match Held::of_text(&password).0 {
            Held::Elsewhere(way, _) => Some(Secret::Reference(way)),
            Held::Plain(_) if password.contains("${") || password.contains("$(") => {
                Some(Secret::Reference(Way::Env(None)))
            }
            Held::Plain(_) => Some(Secret::Literal),
            Held::Empty | Held::List(_) => None,
        };
    }
    if text.starts_with("arn:aws:kms:") || (text.starts_with("projects/") && text.contains("/cryptoKeys/")) {
        return Some(Secret::Reference(Way::Store("kms")));
    }
    // `key` is what a key is called in a Secret of Kubernetes.
    if text.eq_ignore_ascii_case("key")
        || is_file_in_a_secret(text)
        || is_public_by_design(text, &setting.name)
        || is_address(setting, text)
        || is_database_in_a_file(text)
        || is_encrypted(text)
        || is_made_by_a_machine(setting) && is_phrase(text)
    {
        return None;
    }
    if is_path(text) {
        return Some(Secret::Reference(Way::File));
    }
    if setting.default_in.is_some() && is_key_of_others(setting) && stands_in(text) {
        return Some(Secret::Reference(Way::Env(None)));
    }
    // The program's own default for a variable that production gives.
    let is_default = setting.layer == Layer::Program && config.stronger(setting).is_some();
    (is_secret(text) && !is_default).then_some(Secret::Literal)
}

/// `shop-license.json`: what a file is called in a Secret of Kubernetes.
fn is_file_in_a_secret(text: &str) -> bool {
    const ENDS: &[&str] = &["json", "yaml", "yml", "txt", "lic", "license", "conf", "env"];
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_';
    text.rsplit_once('.')
        .is_some_and(|(stem, end)| ENDS.contains(&end) && !stem.is_empty() && stem.bytes().all(is_name))
}

/// A key that somebody else's service checks: with a word in its place, nobody gets in anywhere.
fn is_key_of_others(setting: &Setting) -> bool {
    let words = setting.key.words();
    let ends = |noun: &str| words.ends_with(&["api".to_owned(), noun.to_owned()]);
    words.last().is_some_and(|last| last == "apikey") || ends("key") || ends("token")
}

/// A word that stands in so many places of one file of settings marks what is given elsewhere.
const MARKS: usize = 4;

/// Whether a file writes the same word for many things: `"token": "SECRET"`, `"connectionString": "SECRET"`.
fn is_word_of_its_file(config: &Config, setting: &Setting) -> bool {
    let Held::Plain(word) = &setting.held else { return false };
    let is_same = |other: &&Setting| {
        other.place.path == setting.place.path && matches!(&other.held, Held::Plain(text) if text == word)
    };
    config.settings().iter().filter(is_same).take(MARKS).count() == MARKS
}

/// `${OPENAI_API_KEY:demo}`: what the program says without a key.
fn stands_in(text: &str) -> bool {
    let words = [
        "demo",
        "none",
        "dummy",
        "placeholder",
        "test",
        "unset",
        "missing",
        "key",
        "api-key",
        "apikey",
        "not-set",
        "no-key",
    ];
    words.contains(&text.to_ascii_lowercase().as_str())
}

/// `jdbc:sqlite:shop.db`, `jdbc:h2:mem:shop`: what lies in a file or in memory asks nobody for a password, unless it says one.
fn is_database_in_a_file(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let engine = lower.strip_prefix("jdbc:").unwrap_or(&lower).split(':').next().unwrap_or("").to_owned();
    lower.contains(':')
        && ["sqlite", "h2", "hsqldb", "derby", "duckdb"].contains(&engine.as_str())
        && !lower.contains("pass")
}

/// `db.internal:5432/shop?sslmode=require`, `mysql:3306`: where something is, under a name that asks for that, and nobody's password.
fn is_address(setting: &Setting, text: &str) -> bool {
    let asks = ["url", "uri", "dsn", "addr", "address", "host", "endpoint"];
    let by_name = setting.key.words().last().is_some_and(|word| asks.contains(&word.as_str()));
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    let (host, rest) = place.split_once(':').unwrap_or((place, ""));
    let port = rest.split('/').next().unwrap_or("");
    let is_named = host.contains('.') || (port == rest && (2..=5).contains(&port.len()) && !host.is_empty());
    let is_host = is_named && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let is_port = !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
    by_name && is_host && is_port && !query.to_ascii_lowercase().contains("pass")
}

/// A token, or a key that somebody else's service checks: nobody chooses its letters.
fn is_made_by_a_machine(setting: &Setting) -> bool {
    is_key_of_others(setting) || setting.key.words().last().is_some_and(|last| last == "token")
}

/// `the token of your bot`: words that say what belongs there, a scheme in front of a token aside.
fn is_phrase(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_scheme = |word: &str| ["bearer", "basic", "token"].iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
    let said = &words[words.len().min(words.first().is_some_and(|word| is_scheme(word)).into())..];
    said.len() > 1 && said.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// `encrypted:BG8M…` of dotenvx, `EJ[1:…]` of EJSON: only who has the key can read it.
fn is_encrypted(text: &str) -> bool {
    ["encrypted:", "EJ["].iter().any(|mark| text.starts_with(mark))
}

/// `/etc/ssl/key.pem`, `certs/key.txt`, `signing.rsa`: where a secret is kept.
fn is_path(text: &str) -> bool {
    let ends = |list: &[&str]| list.iter().any(|end| text.ends_with(end));
    let is_key = ends(&[".pem", ".key", ".rsa", ".p12", ".pfx", ".jks"]);
    let is_file = is_key || ends(&[".crt", ".json", ".txt"]);
    !text.contains(char::is_whitespace)
        && (text.starts_with('/') && text[1..].contains('/') || is_file && text.contains('/') || is_key)
}

/// A text that could be a secret: no switch or number, no address, and nothing that is published by design.
fn is_secret(text: &str) -> bool {
    let published = ["pk_live_", "pk_test_", "pk.eyJ", "sha256:", "http://", "https://"];
    let switches = ["true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"];
    let lower = text.to_ascii_lowercase();
    !switches.contains(&lower.as_str())
        && !published.iter().any(|prefix| text.starts_with(prefix))
        && !text.starts_with("-----BEGIN PUBLIC")
        && !text.starts_with("-----BEGIN CERTIFICATE")
}

fn sighting(setting: &Setting, secret: &Secret) -> Sighting {
    let (word, message) = match secret {
        Secret::Literal if setting.default_in.is_some() => {
            let message = format!("`{}` is a reference with a literal for its default", setting.name);
            ("literal", format!("{message}, in {}", setting.layer.name()))
        }
        Secret::Literal => ("literal", format!("`{}` is a literal in {}", setting.name, setting.layer.name())),
        Secret::Reference(way) => {
            let how = match way {
                Way::Env(_) | Way::Template | Way::Computed => "a reference",
                Way::File => "a file",
                Way::KubernetesSecret => "a Kubernetes Secret",
                Way::Sealed => "a sealed secret",
                Way::Sops => "encrypted by SOPS",
                Way::Store(store) => store,
            };
            (way.word(), format!("`{}` is {how} in {}", setting.name, setting.layer.name()))
        }
    };
    Sighting::new(setting.place.clone(), Strength::Configured, message).with(Observed::Word(word.to_owned()))
}

/// The readings of variables of these names that have no literal beside them.
fn reads<'c>(config: &'c Config, words: &[&Word]) -> impl Iterator<Item = &'c EnvRead> {
    let bare: Vec<Word> = words.iter().map(|&word| word.clone()).collect();
    let variables = Variables::of(&bare);
    config.reads.iter().filter(move |read| {
        // A variable that the tree sets is judged by what it is set to.
        read.default.is_none()
            && !read.is_of_tests
            && variables.name(&read.name)
            && !says_what_to_do(&read.name)
            && !config.settings().iter().any(|setting| setting.is_variable && setting.name == read.name)
    })
}

/// Whether the tree sets the variable of a field, which is judged by what it is set to.
fn is_set(config: &Config, field: &Field) -> bool {
    let keys = || [Some(&field.key), field.variable.as_ref()].into_iter().flatten();
    config.settings().iter().any(|setting| setting.is_variable && keys().any(|key| *key == setting.key))
}

/// `FORCE_UPDATE_PRIVATE_KEY`, `SKIP_TOKEN`: a switch about a secret, and not the secret.
fn says_what_to_do(name: &str) -> bool {
    const DEEDS: &[&str] = &[
        "ALLOW",
        "CHECK",
        "DISABLE",
        "ENABLE",
        "ENABLED",
        "DISABLED",
        "FORCE",
        "GENERATE",
        "IGNORE",
        "REGENERATE",
        "REQUIRE",
        "RESET",
        "ROTATE",
        "SKIP",
        "UPDATE",
        "USE",
        "VALIDATE",
        "VERIFY",
    ];
    name.split('_').any(|word| DEEDS.contains(&word))
}

fn read_sighting(read: &EnvRead) -> Sighting {
    let message = format!("the program reads `{}` from its environment", read.name);
    Sighting::new(read.place.clone(), Strength::Configured, message).with(Observed::Word("env_plain".to_owned()))
}

fn required_sighting(field: &Field) -> Sighting {
    let message = format!("the program reads `{}` from its environment and does not start without it", field.name);
    Sighting::new(field.place.clone(), Strength::Configured, message).with(Observed::Word("env_plain".to_owned()))
}
