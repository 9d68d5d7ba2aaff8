//! Names that mean a secret: `db_password`, `apiKey`, `STRIPE_SECRET`; and names that only look so.

/// What sort of secret a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// People choose it: short and weak values are real ones.
    Password,
    /// Machines make it: a short word is none.
    Key,
}

/// The literals that the pass looks for; a name holds one of them.
#[rustfmt::skip]
pub(super) const ANCHORS: &[&str] = &[
    "pass", "pwd", "secret", "token", "apikey", "api_key", "api-key", "api key", "access_key", "access-key",
    "accesskey", "private_key", "private-key", "privatekey", "auth", "credential", "crypt_key", "cryption_key",
    "cryptionkey", "cryption-key", "signing_key", "signingkey", "signing-key", "master_key", "masterkey",
    "account_key", "accountkey", "app_key", "appkey", "shared_key", "sharedkey", "storage_key", "storagekey",
    "consumer_key", "consumerkey", "connectionstring", "connection_string", "hmac_key", "hmackey", "session_key",
    "cookie_key", "identified by", "client_key", "service_key", "fernet_key", "aes_key", "aeskey", "ssh_key",
    "subscription-key", "subscription_key", "license_key", "webhook_key", "passphrase", "cipherkey", "cipher_key",
];

/// Nouns for what a person chooses.
#[rustfmt::skip]
const PASSWORDS: &[&str] = &[
    "password", "passwd", "pwd", "pass", "passwort", "passphrase", "passcode", "passwords", "userpass", "dbpass",
    "pw", "pgpassword", "userpassword", "dbpassword", "dbpasswd", "mypassword", "psw", "pswd", "rootpassword",
    "storepass", "keypass", "sshpass", "requirepass", "masterauth", "storepassword", "keypassword",
    "truststorepassword", "keystorepassword", "adminpassword", "mysqlpassword",
];

/// Nouns for what a machine makes.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "secret", "secrets", "token", "tokens", "apikey", "credential", "credentials", "creds", "accesskey",
    "privatekey", "appkey", "appsecret", "authtoken", "accesstoken", "secretkey", "clientsecret", "apitoken",
    "apisecret", "auth", "authorization", "authkey", "connectionstring", "encryptionkey", "signingkey", "masterkey",
    "accountkey", "sharedkey", "storagekey", "consumerkey", "refreshtoken", "jwtsecret", "authpass",
];

/// Before `key`, these make a secret of it.
#[rustfmt::skip]
const QUALIFIERS: &[&str] = &[
    "api", "access", "secret", "private", "auth", "encryption", "crypt", "encrypt", "decryption", "signing", "sign",
    "master", "account", "app", "shared", "client", "storage", "hmac", "session", "cookie", "jwt", "token",
    "service", "consumer", "fernet", "aes", "cipher", "webhook", "subscription", "license", "server", "admin",
];

/// Behind the noun, these change nothing.
#[rustfmt::skip]
const NEUTRAL: &[&str] = &[
    "value", "string", "plain", "default", "prod", "production", "dev", "development", "staging", "main", "root",
    "admin", "old", "new", "current", "live", "raw", "base", "base64", "b64", "hex", "master", "primary",
    "secondary", "confirmation", "confirm", "again", "sha256", "override", "global", "local", "test", "decoded",
    "encoded", "const", "a", "b", "basic", "bearer",
];

/// Whether a name promises a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    sort_of(name).is_some()
}

/// What a name promises; `None` when it means something else (`token_url`, `password_field`, `author`).
pub(super) fn sort_of(name: &str) -> Option<Sort> {
    let words = words(name);
    let mut rest: &[String] = &words;
    while let Some((last, front)) = rest.split_last() {
        let is_neutral = NEUTRAL.contains(&last.as_str()) || last.bytes().all(|byte| byte.is_ascii_digit());
        if !is_neutral || front.is_empty() {
            break;
        }
        rest = front;
    }
    let (last, front) = rest.split_last()?;
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = front.last().map_or("", String::as_str);
    if matches!(
        before,
        "no" | "checksum"
            | "from"
            | "after"
            | "before"
            | "csrf"
            | "xsrf"
            | "is"
            | "has"
            | "hashed"
            | "encrypted"
            | "masked"
            | "redacted"
            | "reset"
            | "forgot"
            | "next"
            | "page"
            | "continuation"
            | "cancellation"
            | "cancel"
            | "invalid"
            | "missing"
            | "wrong"
            | "incorrect"
            | "expired"
            | "unknown"
    ) {
        return None;
    }
    // One time through the work: `FirstPass`, `single_pass`; what is handed on: `FlagsToPass`.
    if last == "pass"
        && matches!(before, "first" | "second" | "third" | "last" | "single" | "multi" | "one" | "two" | "to")
    {
        return None;
    }
    if PASSWORDS.contains(&last) {
        // `update-password`: what is done, and not what is known.
        let is_done = matches!(before, "update" | "change" | "recover" | "forget" | "validate" | "check" | "verify");
        return (!is_done).then_some(Sort::Password);
    }
    let is_key = last == "key" && QUALIFIERS.contains(&before)
        || last == "string" && before == "connection"
        || KEYS.contains(&last);
    is_key.then_some(Sort::Key)
}

/// `Outcome::Pass`: a variant of an enumeration, in the arm of a match; in capitals it would be a constant.
pub(super) fn is_variant(before: &str, name: &str) -> bool {
    before.ends_with("::")
        && name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name.contains(|letter: char| letter.is_ascii_lowercase())
}

/// `DKIM2_ALLOW`, and `dkim2Pass` for `Dkim2Pass`: what a variant is called elsewhere.
pub(super) fn is_code_name(name: &str, value: &str) -> bool {
    let is_constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.eq_ignore_ascii_case(value) || value.contains('_') && value.bytes().all(is_constant)
}

/// Whether a value is only the name in other letters: `DeviceAuthKey = "pm-27581-device-auth-key"`,
/// `PROP_PRIVATE_KEY_PWD = "private_key_file_pwd"`.
///
/// Names of two words are left out: `SECRET_KEY = "super-secret-key"` is what it says.
pub(super) fn says_itself(name: &str, value: &str) -> bool {
    const LEADS: &[&str] = &[
        "prop",
        "property",
        "conf",
        "config",
        "param",
        "option",
        "opt",
        "field",
        "header",
        "env",
        "attr",
        "attribute",
        "claim",
        "column",
        "label",
        "command",
        "cmd",
    ];
    // What nginx calls it to hand a request on.
    const DIRECTIVES: &[&str] =
        &["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"];
    let own = words(name);
    if tells_one_kind(&own, value) {
        return true;
    }
    if !value.contains(['_', '-', '.']) {
        return false;
    }
    if DIRECTIVES.contains(&value) {
        return true;
    }
    // The name under which a browser keeps something.
    let is_of_letters = || value.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-.".contains(&byte));
    let is_stored = own.ends_with(&["storage".to_owned(), "key".to_owned()]);
    if is_stored && is_of_letters() {
        return true;
    }
    let is_key = value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.".contains(&byte));
    if !is_key {
        return false;
    }
    // A name that runs its words together otherwise.
    if is_stored || own.concat() == words(value).concat() && own.len() > 2 {
        return true;
    }
    // One option is told from another: `"replication-follower-password": "replication-primary-password"`.
    let said = words(value);
    if own.len() > 2 && said.len() > 2 && own.first() == said.first() && own.last() == said.last() {
        return true;
    }
    let own = own.strip_prefix(&own[..usize::from(own.first().is_some_and(|lead| LEADS.contains(&lead.as_str())))]);
    own.is_some_and(|own| own.len() >= 3 && own.iter().all(|word| said.contains(word)))
}

/// Whether a constant is what one kind of several is called, or a text in the files of translations:
/// `LoginMethodKeyAndPassword = "publickey+password"`, `I18nErrNoToken = "oauth2.no_token"`.
fn tells_one_kind(own: &[String], value: &str) -> bool {
    const KINDS: &[&str] = &["method", "type", "kind", "mode", "grant", "flow", "strategy", "reason"];
    let is_of_a_path = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if own.first().is_some_and(|first| first.starts_with("i18n"))
        && value.contains('.')
        && value.bytes().all(is_of_a_path)
    {
        return true;
    }
    let Some((noun, before)) = own.split_last() else { return false };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    before.iter().any(|word| KINDS.contains(&word.as_str()))
        && value.split(['-', '_', '+', '.']).all(is_word)
        && words(value).contains(noun)
}

/// The words of a name in lower case: `dbPassword`, `DB_PASSWORD`, `db-password` and `db.password` are `db`, `password`.
pub(in crate::facts) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let bytes = name.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| bytes[before]);
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let starts = byte.is_ascii_uppercase()
            && previous.is_some_and(|before| {
                before.is_ascii_lowercase() || before.is_ascii_digit() || before.is_ascii_uppercase() && next_is_lower
            });
        if (!byte.is_ascii_alphanumeric() || starts) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if byte.is_ascii_alphanumeric() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a constant is one of tests, or a sample, by its name: `NOT_ADMIN_TEST_PASSWORD`.
pub(super) fn is_of_tests(name: &str) -> bool {
    let is_constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    // `exampleAuthToken`: what something like it would look like.
    let shows = || words(name).first().is_some_and(|word| matches!(word.as_str(), "example" | "sample" | "dummy"));
    let tests = || name.split('_').any(|word| matches!(word, "TEST" | "TESTS" | "TESTING" | "FAKE" | "DUMMY" | "MOCK"));
    name.bytes().all(is_constant) && tests() || shows()
}

/// Whether a name is that of a key which the program signs or encrypts with itself, and of no account with somebody else:
/// `SECRET_KEY_BASE`, `TOKEN_SECRET_KEY`.
pub(super) fn is_of_the_program(name: &str) -> bool {
    #[rustfmt::skip]
    const OWN: &[&str] = &[
        "secret", "secrets", "key", "base", "token", "jwt", "session", "cookie", "signing", "encryption", "app",
        "django", "flask", "csrf", "hmac", "auth",
    ];
    let words = words(name);
    // The product's name may stand in front: `SHOP_SESSION_SECRET`.
    let names_its_work = matches!(
        words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
        [.., "session" | "cookie" | "csrf", "secret" | "key"]
            | [.., "encryption" | "signing", "key"]
            | [.., "rpc", "secret"]
    );
    names_its_work
        || words.iter().any(|word| matches!(word.as_str(), "key" | "secret"))
            && words.iter().all(|word| OWN.contains(&word.as_str()))
}
