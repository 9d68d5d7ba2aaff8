//! Judges the literal beside a name: a reference, a placeholder, data of another kind, or a secret of some grade.

use super::checks::{self, Outcome};
use super::names::{self, Sort};

/// How much a literal looks like a secret that somebody uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    /// Random: a machine made it, or a careful person.
    Strong,
    /// A password as people choose them, or a short key.
    Fair,
    /// A bare word.
    Weak,
    /// What everybody types first: `root`, `123456`, `test1`. Only in production it is worth a word.
    Trivial,
    /// A kind of key that is made to be published or only to write.
    Public,
}

/// Whole values that stand for nothing.
const EMPTY_WORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "none",
    "nil",
    "undefined",
    "yes",
    "no",
    "on",
    "off",
    "required",
    "optional",
    "string",
    "str",
    "text",
    "varchar",
    "char",
    "integer",
    "int",
    "number",
    "bool",
    "boolean",
    "object",
    "array",
    "bytes",
    "any",
    "void",
    "hidden",
    "invalid",
    "missing",
    "empty",
    "unset",
    "unknown",
    "disabled",
    "enabled",
    "n/a",
    "na",
    "tbd",
    "todo",
    "fixme",
    "default",
    "auto",
    "static",
    "dynamic",
    "input",
    "output",
    "bearer",
    "basic",
    "digest",
    "oauth",
    "oauth2",
    "jwt",
    "apikey",
    "header",
    "query",
    "cookie",
    "body",
    "form",
    "email",
    "username",
    "login",
    "file",
    "env",
    "environment",
    "vault",
    "plain",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "bcrypt",
    "scram-sha-256",
    "plaintext",
    "cleartext",
    "base64",
    "hex",
    "utf8",
    "utf-8",
    "const",
    "let",
    "var",
    "self",
    "this",
    "new",
    "return",
    "function",
    "async",
    "await",
    "prompt",
    "ask",
    "masked",
    "encrypted",
    "random",
    "generated",
    "generate",
    "internal",
    "external",
    "public",
    "private",
    "write",
    "read",
    "admin:admin",
    "include",
    "same-origin",
    "omit",
    "inherit",
    "never",
    "always",
    "anonymous",
    "client_credentials",
    "authorization_code",
    "mysql_native_password",
    "caching_sha2_password",
    "sha256_password",
    "on_create",
    "if_set",
    "keyword",
    "type",
    "name",
    "value",
    "id",
    "key",
    "data",
    "content",
    "label",
    "field",
    "column",
    "uuid",
    "date",
    "ignore",
    "verify",
];

/// Parts of a value that say "put yours here".
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "change_this",
    "change-this",
    "changethis",
    "change it",
    "replace",
    "placeholder",
    "your_",
    "your-",
    "your ",
    "yourpass",
    "yourtoken",
    "yoursecret",
    "yourkey",
    "yourapi",
    "youraccess",
    "<your",
    "example",
    "xxxx",
    "****",
    "....",
    "redacted",
    "todo",
    "insert",
    "fixme",
    "dummy",
    "foobar",
    "lorem",
    "not-a-",
    "notreal",
    "not_real",
    "enter_",
    "enter-",
    "fill",
    "_here",
    "-here",
    "some_",
    "some-",
    "undefined",
    "put_",
    "put-your",
    "sanitized",
    "removed",
    "fake",
    "goes here",
    "user:pass",
    "username:password",
    "____",
    "secret-value",
    "secretvalue",
    "mock",
    "sample",
];

/// Beginnings of values that name where the secret is.
const REFERENCES: &[&str] = &[
    "$",
    "%",
    "@",
    "#{",
    "{{",
    "{%",
    "<%",
    "<#",
    "<",
    "[",
    "&",
    "*",
    "!",
    "arn:",
    "vault:",
    "ssm:",
    "op://",
    "file:",
    "env:",
    "env(",
    "env.",
    "secret:",
    "secret/",
    "secrets.",
    "secrets/",
    "awssecretsmanager",
    "process.env",
    "os.environ",
    "os.getenv",
    "getenv",
    "system.getenv",
    "config.",
    "config[",
    "settings.",
    "options.",
    "params.",
    "params[",
    "req.",
    "request.",
    "self.",
    "this.",
    "args.",
    "props.",
    "state.",
    "ctx.",
    "context.",
    "data.",
    "var.",
    "local.",
    "module.",
    "each.",
    "azurerm_",
    "aws_",
    "google_",
    "random_",
    "enc[",
    "enc:",
    "enc(",
    "{cipher}",
    "{aes}",
    "{bcrypt}",
    "{sha",
    "{ssha",
    "{md5}",
    "{crypt}",
    "agb",
    "sops:",
    "ref+",
    "keyring:",
    "{env",
    "lookup(",
    "$$",
    "`",
    "sha256:",
    "sha512-",
    "sha1-",
    "sha384-",
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$6$",
    "$5$",
    "$1$",
    "pbkdf2",
    "data:",
    "urn:",
    "ssh-rsa ",
    "ssh-ed25519 ",
];

/// Inside a value, these mark a template or an expression.
const EXPRESSIONS: &[&str] = &[
    "${", "{{", "}}", "<%", "#{", "%s", "%v", "%d", "%(", "%{", "$(", "()", "=>", "->", "::", "\\w", "\\d", "[a-z",
    "[^", ".*", "${{", "{0}", "{}", "{1}",
];

/// The grade of a literal; `None` when it is no secret.
pub(super) fn grade(value: &str, sort: Sort, name: &str) -> Option<Grade> {
    let least = if sort == Sort::Password { 3 } else { 8 };
    if value.len() < least || value.len() > 512 || !value.is_ascii() && sort == Sort::Key {
        return None;
    }
    if is_reference(value) || is_placeholder(value, name) || is_other_data(value) || is_uuid(value) {
        return None;
    }
    if is_public_by_design(value, name) {
        return Some(Grade::Public);
    }
    if is_trivial(value) {
        return (sort == Sort::Password).then_some(Grade::Trivial);
    }
    let shape = Shape::of(value);
    match sort {
        Sort::Password => Some(shape.password_grade()),
        Sort::Key => shape.key_grade(),
    }
}

/// Names where a secret is, or computes it, instead of being one.
pub(in crate::facts) fn is_reference(value: &str) -> bool {
    let lower = value.to_lowercase();
    let begins = REFERENCES.iter().any(|start| lower.starts_with(start)) && !is_symbol_password(value);
    begins || EXPRESSIONS.iter().any(|part| lower.contains(part)) || is_path(value) || is_call(value)
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
}

fn is_call(value: &str) -> bool {
    let Some((head, _)) = value.split_once('(') else { return false };
    value.ends_with([')', ';', ','])
        && !head.is_empty()
        && head.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:>-$".contains(&byte))
}

/// Written to stand for a value: a word that says so, the name again, one character repeated.
pub(in crate::facts) fn is_placeholder(value: &str, name: &str) -> bool {
    let lower = value.to_lowercase();
    if EMPTY_WORDS.contains(&lower.as_str()) || PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return true;
    }
    let run = checks::longest_run(value);
    let counts = checks::longest_count(&lower);
    if run >= 5 || run * 2 > value.len() || counts >= 8 && counts * 2 > value.len() && value.len() > 10 {
        return true;
    }
    let said = names::words(value);
    let asked = names::words(name);
    // `db_password: dbPassword`, `token: access-token`: the words of names alone. One bare word may still be a password.
    let is_name_word = |word: &String| {
        asked.contains(word) || NAME_WORDS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
    };
    !said.is_empty() && said.iter().all(is_name_word) && !value.bytes().any(|byte| byte.is_ascii_digit())
}

const NAME_WORDS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "pass",
    "secret",
    "secrets",
    "token",
    "key",
    "api",
    "access",
    "auth",
    "authorization",
    "user",
    "db",
    "database",
    "username",
    "client",
    "id",
    "credential",
    "credentials",
    "private",
    "confirm",
    "confirmation",
    "the",
    "a",
    "value",
    "my",
    "new",
    "old",
    "current",
    "login",
    "form",
    "field",
    "input",
    "type",
    "name",
    "refresh",
    "csrf",
    "session",
    "oauth",
    "jwt",
    "bearer",
    "app",
    "super",
    "email",
    "and",
    "or",
    "is",
    "not",
    "with",
    "for",
    "of",
    "to",
    "in",
    "on",
    "x",
    "service",
    "account",
    "grant",
    "reset",
    "change",
    "forgot",
    "wrong",
    "bad",
    "incorrect",
];

/// Everybody's first password: a well-known account, `test` and what stands behind it, digits that count.
fn is_trivial(value: &str) -> bool {
    let lower = value.to_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == '!' || c == '@');
    let accounts = [
        "root",
        "admin",
        "guest",
        "user",
        "test",
        "postgres",
        "mysql",
        "redis",
        "minio",
        "rabbitmq",
        "sa",
        "demo",
        "a",
        "abc",
        "foo",
        "bar",
        "baz",
        "qwe",
        "qwerty",
        "asdf",
        "minioadmin",
        "username",
        "passw0rd",
        "p@ssw0rd",
        "hello",
        "world",
        "temp",
        "tmp",
        "system",
        "administrator",
        "",
    ];
    accounts.contains(&bare) && value.len() < 14
        || lower.starts_with("test")
        || lower.ends_with("test")
        || checks::longest_count(&lower) >= 6 && value.len() < 18
}

/// Data of another kind: prose, a type, a digest with its name, a selector, a number of seconds.
fn is_other_data(value: &str) -> bool {
    let has_space = value.trim().contains(char::is_whitespace);
    let is_number = value.len() < 5 && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = value.contains(['|', '\n', '\t', '<', '>', '"']) || value.contains("\\n") || value.contains("\\u");
    let is_list = value.matches(',').count() > 2 || value.contains(", ");
    let is_dotted = value.contains('.') && value.split('.').all(|part| Shape::of(part).is_word());
    let is_selector = value.starts_with(['.', '#']) && Shape::of(&value[1..]).is_words();
    let is_constant = value.contains('_') && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let ends_open = value.ends_with([':', '=', '?', '(', '[', '{', '-', '_', '.', '/'])
        && !value.ends_with("==")
        && value.len() < 24;
    let is_product = PRODUCTS.iter().any(|product| value.eq_ignore_ascii_case(product));
    has_space || is_number || is_code || is_list || is_dotted || is_selector || is_constant || ends_open || is_product
}

/// Programs that keep passwords: a label, not a password.
const PRODUCTS: &[&str] = &[
    "1password",
    "bitwarden",
    "dashlane",
    "enpass",
    "keepass",
    "keepass2",
    "keepassdx",
    "keepassxc",
    "lastpass",
    "nordpass",
    "protonpass",
    "samsungpass",
    "roboform",
    "passbolt",
    "psono",
    "padloc",
];

/// Ruling 22: tokens that only write, and keys that a browser shows.
fn is_public_by_design(value: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let names = [
        "percy",
        "chromatic",
        "codecov",
        "algolia",
        "publishable",
        "sitekey",
        "site_key",
        "mapbox",
        "public",
        "recaptcha_site",
        "firebase",
    ];
    names.iter().any(|word| name.contains(word)) || value.starts_with("pk_") || value.starts_with("pk.eyJ")
}

/// What a value is made of.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent observations of one text, not a state")]
struct Shape {
    len: usize,
    letters: bool,
    upper: bool,
    lower: bool,
    digits: bool,
    symbols: bool,
    is_hex: bool,
    entropy: f64,
    switches: usize,
    wordy: bool,
}

impl Shape {
    fn of(value: &str) -> Self {
        let has = |kind: fn(&u8) -> bool| value.bytes().any(|byte| kind(&byte));
        let class = |byte: u8| match byte {
            b'0'..=b'9' => 0,
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            _ => 3,
        };
        let parts = names::words(value);
        let wordy =
            parts.iter().filter(|word| reads_as_word(word)).map(String::len).sum::<usize>() * 10 >= value.len() * 6;
        Self {
            len: value.len(),
            letters: has(u8::is_ascii_alphabetic),
            upper: has(u8::is_ascii_uppercase),
            lower: has(u8::is_ascii_lowercase),
            digits: has(u8::is_ascii_digit),
            symbols: has(u8::is_ascii_punctuation),
            is_hex: value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit()),
            entropy: checks::entropy(value),
            switches: value.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count(),
            wordy,
        }
    }

    fn is_word(&self) -> bool {
        !self.digits && !self.symbols && self.len < 20
    }

    fn is_words(&self) -> bool {
        !self.digits && self.wordy
    }

    fn looks_random(&self) -> bool {
        let mixed = self.digits && self.letters;
        let hex = self.is_hex && mixed && self.entropy >= 2.8;
        let long = self.len >= 16 && mixed && self.entropy >= 3.3 && self.switches * 5 >= self.len && !self.wordy;
        let classes = [self.upper, self.lower, self.digits, self.symbols].iter().filter(|has| **has).count();
        let short = self.len >= 8 && classes >= 3 && self.entropy >= 2.7 && self.switches >= 3 && !self.wordy;
        let letters = self.len >= 24
            && self.upper
            && self.lower
            && self.entropy >= 4.0
            && self.switches * 3 >= self.len
            && !self.wordy;
        hex || long || short || letters
    }

    fn password_grade(&self) -> Grade {
        match () {
            () if self.looks_random() => Grade::Strong,
            () if self.letters && (self.digits || self.symbols && self.len >= 8) && self.len >= 5 => Grade::Fair,
            () => Grade::Weak,
        }
    }

    /// A key of words is the name of a key.
    fn key_grade(&self) -> Option<Grade> {
        match () {
            () if self.looks_random() && self.len >= 12 => Some(Grade::Strong),
            () if self.letters && self.digits && self.len >= 10 && self.entropy >= 2.8 && !self.wordy => {
                Some(Grade::Fair)
            }
            () => None,
        }
    }
}

/// Whether a run of letters could be a word: vowels and consonants take turns.
fn reads_as_word(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let vowels = word.bytes().filter(|byte| b"aeiouy".contains(byte)).count();
    let longest_consonants = word
        .bytes()
        .fold((0, 0), |(best, run), byte| {
            let run = if byte.is_ascii_alphabetic() && !b"aeiouy".contains(&byte) { run + 1 } else { 0 };
            (std::cmp::max(best, run), run)
        })
        .0;
    letters == word.len()
        && (3..=16).contains(&letters)
        && vowels * 5 >= letters
        && vowels * 3 <= letters * 2
        && longest_consonants <= 4
}

fn is_uuid(value: &str) -> bool {
    let value = value.as_bytes();
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// The password of a URL: a reference or a placeholder is none, and neither is one for this machine.
pub(super) fn judge_url(groups: &crate::pattern::Groups<'_>) -> Outcome {
    let part = |name: &str| groups.name(name).map_or("", |part| part.text);
    let (user, value, host) = (part("user"), part("value"), part("host").to_lowercase());
    if value.contains(['$', '{', '}', '<', '>', '*', '%', '(', '[', ',', ';'])
        && !value.contains("%4")
        && !value.contains("%2")
    {
        return Outcome::Failed;
    }
    let is_example =
        host.starts_with("example.") || host.contains(".example") || host.starts_with("host") || host.contains("my");
    let lower = value.to_lowercase();
    let is_name = ["password", "pass", "passwd", "pwd", "secret", "token", "pw", "user", "username", "port"]
        .contains(&lower.as_str());
    if is_example && !Shape::of(value).looks_random()
        || is_name
        || value == user
        || is_reference(value)
        || is_placeholder(value, "url password")
    {
        return Outcome::Failed;
    }
    let is_local = ["localhost", "127.", "0.0.0.0", "host.docker", "[::1]"].iter().any(|local| host.starts_with(local))
        || !host.split(['/', ':', '?']).next().unwrap_or_default().contains('.');
    if is_trivial(value) {
        return if is_local { Outcome::Failed } else { Outcome::Doubtful };
    }
    let is_weak = !Shape::of(value).looks_random();
    if is_weak && (is_local || value.len() < 4) { Outcome::Doubtful } else { Outcome::Passed }
}

/// The password of a Basic header.
pub(super) fn judge_basic(value: &str) -> Outcome {
    let Some(password) = checks::basic_password(value) else { return Outcome::Failed };
    if password.len() < 3 || is_reference(&password) {
        return Outcome::Failed;
    }
    if is_placeholder(&password, "password") || !Shape::of(&password).looks_random() {
        Outcome::Doubtful
    } else {
        Outcome::Passed
    }
}
