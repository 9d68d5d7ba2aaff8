//! Texts that name the key of a secret instead of holding it: `namespace_secrets: {db: {DB_PASS: database_password}}`.
//!
//! Charts of many teams turn such maps into `secretKeyRef`s: an object's name, under it variables, and for each the key
//! of the object that it is read from.

use super::{Held, Way};

/// Words that keys of secrets end with.
const KEYS: &[&str] = &[
    "url",
    "uri",
    "urls",
    "uris",
    "name",
    "username",
    "user",
    "login",
    "id",
    "arn",
    "address",
    "host",
    "hostname",
    "port",
    "endpoint",
    "endpoints",
    "database",
    "password",
    "pass",
    "passwd",
    "secret",
    "token",
    "key",
    "keys",
    "string",
    "dsn",
    "cert",
    "certificate",
    "ca",
    "region",
    "bucket",
    "queue",
    "topic",
    "account",
    "salt",
    "credentials",
];

/// What a setting holds whose text may be the name of a key; `path` are its keys with dots between them.
pub(super) fn held(path: &str, text: &str) -> Option<Held> {
    if is_reference(path) {
        return Some(Held::Elsewhere(Way::KubernetesSecret, text.to_owned()));
    }
    let mut keys = path.rsplit('.');
    let variable = keys.next().filter(|name| is_variable(name))?;
    if text == variable && text.contains('_') {
        // `A_TOKEN: A_TOKEN`: a name for itself, which may be a secret's key or a variable.
        return Some(Held::Empty);
    }
    keys.next().filter(|object| object.contains('-'))?;
    if !keys.any(is_of_secrets) {
        return None;
    }
    let words: Vec<&str> = text.split(['_', '-', '.']).collect();
    let is_name = words.iter().all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic()));
    let names_key = words.last().is_some_and(|last| KEYS.contains(&last.to_ascii_lowercase().as_str()));
    match words.len() {
        _ if !is_name || !names_key => None,
        // `password` may be the key of that name, and a careless password.
        1 => Some(Held::Empty),
        _ => Some(Held::Elsewhere(Way::KubernetesSecret, text.to_owned())),
    }
}

/// Whether the keys are those of a reference: `secretObjects[0].data[1].key`, `remoteRef.key`, `secretKeyRef.name`.
fn is_reference(path: &str) -> bool {
    const PARTS: &[&str] =
        &["key", "name", "property", "objectname", "objectalias", "secretname", "secretkey", "version"];
    const REFERENCES: &[&str] =
        &["secretobjects", "remoteref", "secretkeyref", "secretref", "valuefrom", "existingsecret"];
    let path = path.to_ascii_lowercase();
    let mut keys = path.rsplit('.').map(|key| key.split('[').next().unwrap_or(key));
    keys.next().is_some_and(|last| PARTS.contains(&last)) && keys.any(|key| REFERENCES.contains(&key))
}

fn is_variable(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// `secrets`, `namespace_secrets`, `secretEnv`, `envFromSecret`.
fn is_of_secrets(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("secrets") || key.ends_with("secret") || key.contains("secretenv") || key.contains("secret_env")
}
