//! Literals that name where a secret is, or compute it: a variable, a template, a path, a call.

use super::placeholder::is_name_word;
use super::shape::Shape;
use crate::facts::secrets::names;

/// Beginnings of values that name where the secret is.
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "$", "%", "@", "{%", "<", "[", "&", "*", "!", "arn:", "vault:", "ssm:", "op://", "file:", "env:", "env(", "env.",
    "secret:", "secret/", "secrets.", "secrets/", "awssecretsmanager", "process.env", "os.environ", "os.getenv",
    "getenv", "system.getenv", "config.", "config[", "settings.", "options.", "params.", "params[", "req.",
    "request.", "self.", "this.", "args.", "props.", "state.", "ctx.", "context.", "data.", "var.", "local.",
    "module.", "each.", "azurerm_", "aws_", "google_", "random_", "enc[", "ej[", "encrypted:", "enc:", "enc(", "{cipher}", "{aes}",
    "{bcrypt}", "{sha", "{ssha", "{md5}", "{crypt}", "agb", "sops:", "ref+", "keyring:", "{env", "lookup(", "`",
    "sha256:", "sha512-", "sha1-", "sha384-", "pbkdf2", "data:", "urn:", "ssh-rsa ", "ssh-ed25519 ",
];

/// Inside a value, these mark a template or an expression.
#[rustfmt::skip]
const EXPRESSIONS: &[&str] = &[
    "${", "{{", "}}", "<%", "#{", "%s", "%v", "%d", "%(", "%{", "$(", "()", "=>", "->", "::", "\\w", "\\d", "[a-z",
    "[^", ".*", "{0}", "{}", "{1}", "{.",
];

/// Names where a secret is, or computes it, instead of being one.
pub(in crate::facts) fn is_reference(value: &str) -> bool {
    let lower = value.to_lowercase();
    let begins = REFERENCES.iter().any(|start| lower.starts_with(start)) && !is_symbol_password(value);
    begins
        || is_in_braces(value)
        || EXPRESSIONS.iter().any(|part| lower.contains(part))
        || is_path(value)
        || is_flag(value)
        || is_class(value)
        || is_call(value)
}

/// `--tls-passphrase`, `--enc=json`, `-initialSnapshot`: the flag of a command.
fn is_flag(value: &str) -> bool {
    const WORD: usize = 4;
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_word = |word: &str| {
        let begins = word.starts_with(|first: char| first.is_ascii_lowercase());
        begins && word.len() > WORD && word.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let long = value.strip_prefix("--").map(|flag| flag.split('=').next().unwrap_or(flag));
    long.is_some_and(|name| name.starts_with(|first: char| first != '-') && is_name(name))
        || value.strip_prefix('-').is_some_and(is_word)
}

/// `\Shop\Controller\PasswordController:change`: a class of PHP by its whole name, and what is called of it.
fn is_class(value: &str) -> bool {
    let (class, method) = value.split_once(':').unwrap_or((value, ""));
    let is_name = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins = |part: &str| part.starts_with(|first: char| first.is_ascii_uppercase());
    let parts = || class.split('\\').filter(|part| !part.is_empty());
    parts().count() > 1 && parts().all(|part| begins(part) && is_name(part)) && is_name(method.trim_start_matches(':'))
}

/// `{DbAdminPassword}`: what an installer fills in; `{wrap(key)}`, `{row.token}`, `{password!r}`: what a program does, where it
/// prints.
fn is_in_braces(value: &str) -> bool {
    let inner = value.trim_end_matches(';').strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.map(|inner| ["!r", "!s", "!a"].iter().find_map(|end| inner.strip_suffix(end)).unwrap_or(inner));
    inner.is_some_and(|inner| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_work = |byte: u8| is_name(byte) || b".()[]\"', ".contains(&byte);
        let begins = inner.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        !inner.is_empty() && inner.bytes().all(is_name) || begins && inner.bytes().all(is_work)
    })
}

/// `@Pa55w0rd!`, `$ecr3t9`: a symbol in front that is part of a password, since more classes follow it.
fn is_symbol_password(value: &str) -> bool {
    let mut chars = value.chars();
    let symbol = chars.next().is_some_and(|c| "@!*&%#".contains(c));
    let rest = chars.as_str();
    let shape = Shape::of(rest);
    symbol
        && shape.digits
        && shape.letters
        && rest.len() >= 6
        && shape.symbols
        && !rest.contains(['{', '(', '<', '.', '/'])
}

fn is_path(value: &str) -> bool {
    let is_windows = value.get(1..3).is_some_and(|colon| colon == ":\\" || colon == ":/");
    let rooted = ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start));
    let wordy = |part: &str| part.is_empty() || part.len() < 24 && !Shape::of(part).looks_random();
    let parts = || value.split('/');
    let extension = value.rsplit_once('.').map_or("", |(_, extension)| extension);
    let known = [
        "json", "yaml", "yml", "pem", "key", "txt", "env", "conf", "py", "js", "ts", "rs", "go", "php", "html", "crt",
        "toml", "xml", "com", "io", "org", "net", "md", "java", "css", "png", "svg",
    ];
    is_windows
        || rooted && parts().all(wordy)
        || value.contains("://")
        || known.contains(&extension)
        || parts().count() > 2 && parts().all(wordy)
        || is_path_of_a_store(value)
        || is_action(value)
        || is_handler(value)
        || is_parameter(value)
}

/// `shop/db-password`, `kv/secret2`: where a store keeps a secret, which the last part names.
fn is_path_of_a_store(value: &str) -> bool {
    let is_part = |part: &str| {
        let bare = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
    };
    value.split_once('/').is_some_and(|(store, name)| {
        let named = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        is_part(store) && is_part(name) && names::words(named).iter().all(|word| is_name_word(word))
    })
}

/// `users/reset_passwords#edit`: what Rails calls for a route.
fn is_action(value: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    value.split_once('#').is_some_and(|(path, action)| path.split('/').all(is_name) && is_name(action))
}

/// `SettingsController@password`: what Laravel calls for a route.
fn is_handler(value: &str) -> bool {
    let is_name = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\\');
    value.split_once('@').is_some_and(|(class, method)| {
        let starts =
            |part: &str, is_first: fn(&char) -> bool| part.chars().next().is_some_and(|first| is_first(&first));
        starts(class, char::is_ascii_uppercase)
            && starts(method, char::is_ascii_lowercase)
            && names::words(class).len() > 1
            && is_name(class)
            && is_name(method)
    })
}

/// `?token=:token` of a route, `:password` of a statement: what takes a value later.
fn is_parameter(value: &str) -> bool {
    value.strip_prefix(':').is_some_and(|rest| {
        let name = rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        rest.len() - name.len() > 1 && (name.is_empty() || name.starts_with(['&', '/', '?', '\'', '\\']))
    })
}

fn is_call(value: &str) -> bool {
    let Some((head, _)) = value.split_once('(') else { return false };
    value.ends_with([')', ';', ','])
        && !head.is_empty()
        && head.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:>-$".contains(&byte))
}
