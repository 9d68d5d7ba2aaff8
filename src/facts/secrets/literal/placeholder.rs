//! Literals that stand for a value, and those that everybody types first.

use crate::facts::secrets::{checks, names};

/// Whole values that stand for nothing.
#[rustfmt::skip]
const EMPTY_WORDS: &[&str] = &[
    "true", "false", "null", "none", "nil", "yes", "no", "on", "off", "required", "optional", "string", "str",
    "text", "varchar", "char", "integer", "int", "number", "bool", "boolean", "object", "array", "bytes", "any",
    "void", "hidden", "invalid", "missing", "empty", "unset", "unknown", "disabled", "enabled", "n/a", "na", "tbd",
    "default", "auto", "static", "dynamic", "input", "output", "bearer", "basic", "digest", "oauth", "oauth2", "jwt",
    "apikey", "header", "query", "cookie", "body", "form", "email", "username", "login", "file", "env",
    "environment", "vault", "plain", "md5", "sha1", "sha256", "sha512", "bcrypt", "scram-sha-256", "plaintext",
    "cleartext", "base64", "hex", "utf8", "utf-8", "const", "let", "var", "self", "this", "new", "return",
    "function", "async", "await", "prompt", "ask", "masked", "encrypted", "random", "generated", "generate",
    "internal", "external", "public", "private", "write", "read", "admin:admin", "include", "same-origin", "omit",
    "inherit", "never", "always", "anonymous", "client_credentials", "authorization_code", "mysql_native_password",
    "caching_sha2_password", "sha256_password", "on_create", "if_set", "keyword", "type", "name", "value", "id",
    "key", "data", "content", "label", "field", "column", "uuid", "date", "ignore", "verify",
];

/// Parts of a value that say "put yours here".
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "changeme", "change_me", "change-me", "change_this", "change-this", "changethis", "change it", "replace",
    "placeholder", "your_", "your-", "your ", "yourpass", "yourtoken", "yoursecret", "yourkey", "yourapi",
    "youraccess", "<your", "example", "xxxx", "****", "....", "redacted", "todo", "insert", "fixme", "dummy",
    "foobar", "lorem", "not-a-", "notreal", "not_real", "enter_", "enter-", "fill", "_here", "-here", "some_",
    "some-", "undefined", "put_", "put-your", "sanitized", "removed", "fake", "goes here", "user:pass",
    "username:password", "____", "secret-value", "secretvalue", "mock", "sample",
    "shouldbe", "should-be", "should_be", "needs-to-be", "needs_to_be", "needstobe", "must-be", "must_be", "mustbe",
    "do-not-use", "do_not_use", "donotuse", "in-production", "in_production", "base64key", "0123456789abcdef",
    // The digests of `test`.
    "a94a8fe5ccb19ba61c4c", "098f6bcd4621d373cade",
];

/// Words that names are made of.
#[rustfmt::skip]
const NAME_WORDS: &[&str] = &[
    "password", "passwd", "pwd", "pass", "secret", "secrets", "token", "key", "api", "access", "auth",
    "authorization", "user", "db", "database", "username", "client", "id", "credential", "credentials", "private",
    "confirm", "confirmation", "the", "a", "value", "my", "new", "old", "current", "login", "form", "field", "input",
    "type", "name", "refresh", "csrf", "session", "oauth", "jwt", "bearer", "app", "super", "email", "and", "or",
    "is", "not", "with", "for", "of", "to", "in", "on", "x", "service", "account", "grant", "reset", "change",
    "forgot", "wrong", "bad", "incorrect",
];

/// Accounts and words that are their own password, digits behind them aside.
#[rustfmt::skip]
const ACCOUNTS: &[&str] = &[
    "root", "admin", "guest", "user", "test", "postgres", "mysql", "redis", "minio", "rabbitmq", "sa", "demo", "a",
    "abc", "foo", "bar", "baz", "qwe", "qwerty", "asdf", "minioadmin", "username", "passw0rd", "p@ssw0rd", "hello",
    "world", "temp", "tmp", "system", "administrator", "",
];

/// Written to stand for a value: a word that says so, the name again, one character repeated.
pub(crate) fn is_placeholder(value: &str, name: &str) -> bool {
    let lower = value.to_lowercase();
    if EMPTY_WORDS.contains(&lower.as_str()) || PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return true;
    }
    let run = checks::longest_run(value);
    let counts = checks::longest_count(&lower);
    let mostly_counts = counts >= 8 && counts * 2 > value.len() && value.len() > 10;
    if run >= 5 || run * 2 > value.len() || mostly_counts || counts >= 14 {
        return true;
    }
    // `dGVzdC1...`: base64 of `test-key-for-the-pipeline`.
    if checks::readable(value).is_some_and(|text| is_trivial(&text) || is_placeholder(&text, name)) {
        return true;
    }
    let said = names::words(value);
    let asked = names::words(name);
    // `OAUTH2_SECRET: "oauth2-secret"`, `KEY_OAUTH2_SECRET="oauth2-secret"`: the name again.
    let own = asked.strip_prefix(&["key".to_owned()]).filter(|rest| rest.len() > 1).unwrap_or(&asked);
    if own.len() > 1 && own.concat() == said.concat() {
        return true;
    }
    // `KEY_LDAP_AUTHENTIFICATION_PASSWORD="ldap-authentication-password"`: the name as somebody else spells it.
    let is_named_key = own.len() < asked.len() && own.len() > 2 && said.len() > 2;
    let is_plain = || value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_');
    if is_named_key && is_plain() && own.first() == said.first() && own.last() == said.last() {
        return true;
    }
    // `shop-smoke-secret-0123456789ab`: words, and a count to fill it up.
    let is_filler = |word: &str| checks::longest_count(word) == word.len();
    let is_letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut parts = lower.split(['-', '_']);
    if counts >= 10 && said.len() > 2 && parts.all(|part| is_letters(part) || is_filler(part)) {
        return true;
    }
    // `changePassword: "label.change-password"`: the key of a text, which says the name again in its folder.
    let is_key = |byte: u8| byte.is_ascii_alphabetic() || b".:/-_".contains(&byte);
    let is_in_folder = said.len() > asked.len() && value.contains(['.', ':', '/']) && value.bytes().all(is_key);
    if is_in_folder && !asked.is_empty() && said.ends_with(&asked) {
        return true;
    }
    // `yourWeak(!)Password`, as the documentation of servers spells it.
    let is_said = |word: &String| {
        ["weak", "strong", "own", "secure", "complex"].contains(&word.as_str()) || word.starts_with("passw")
    };
    if said.first().is_some_and(|first| first == "your") && said.iter().any(is_said) {
        return true;
    }
    // `thePassword1`, as comments spell it.
    if said.len() > 1 && said[0] == "the" && said.iter().all(|word| is_name_word(word)) {
        return true;
    }
    // `db_password: dbPassword`, `token: access-token`: the words of names alone. One bare word may still be a password.
    !said.is_empty()
        && said.iter().all(|word| asked.contains(word) || is_name_word(word))
        && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// What a password is called, given for the password itself, digits behind it aside: `pass`, `Password1`.
pub(crate) fn is_called_so(value: &str) -> bool {
    let lower = value.to_lowercase();
    let bare = lower.trim_end_matches(|letter: char| letter.is_ascii_digit());
    ["pass", "password", "passwd", "pwd", "secret"].contains(&bare)
}

/// A word that names are made of, digits behind it aside.
pub(super) fn is_name_word(word: &str) -> bool {
    NAME_WORDS.contains(&word.trim_end_matches(|letter: char| letter.is_ascii_digit()))
}

/// Everybody's first password: a well-known account, `test` and what stands behind it, digits that count.
pub(crate) fn is_trivial(value: &str) -> bool {
    let lower = value.to_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == '!' || c == '@');
    ACCOUNTS.contains(&bare) && value.len() < 14
        || lower.starts_with("test")
        || lower.starts_with("abc123")
        || lower.ends_with("test")
        || lower.ends_with("abc123") && value.len() < 18
        || checks::longest_count(&lower) >= 6 && value.len() < 18
}
