//! Judges the literal beside a name: a reference, a placeholder, data of another kind, or a secret of some grade.

mod login;
mod placeholder;
mod reference;
mod shape;

pub(super) use login::{judge_basic, judge_url};
pub(crate) use placeholder::{is_called_so, is_placeholder, is_trivial};
pub(in crate::facts) use reference::is_reference;

use super::names::Sort;
use shape::Shape;

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

/// Data of another kind: prose, a type, a digest with its name, a selector, a number of seconds.
fn is_other_data(value: &str) -> bool {
    let has_space = value.trim().contains(char::is_whitespace);
    let is_number = value.len() < 5 && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = value.contains(['|', '\n', '\t', '<', '>', '"']) || value.contains("\\n") || value.contains("\\u");
    let is_list = value.matches(',').count() > 2 || value.contains(", ");
    let is_dotted = value.contains('.') && value.split('.').all(|part| Shape::of(part).is_word());
    // A path of settings or of messages: `endpoints.secure.pkey_passphrase`, `ra.validation.passwordDoesNotMatch`.
    let is_name = |part: &str| part.contains('_') && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_said = |part: &str| {
        let shape = Shape::of(part);
        shape.is_word() || shape.is_words() || is_name(part)
    };
    let is_path = value.matches('.').count() > 1 && value.split('.').all(is_said);
    let is_selector = value.starts_with(['.', '#']) && Shape::of(&value[1..]).is_words();
    // A step of migrations by its number: `0012_alter_user_first_name_max_length`.
    let is_step = value.split_once('_').is_some_and(|(number, rest)| {
        number.len() == 4
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() > 3
            && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && rest.contains(|letter: char| letter.is_ascii_lowercase())
    });
    // A key or an index of a table: `FK_368A4209A76ED395`.
    let is_constraint = value.split_once('_').is_some_and(|(kind, rest)| {
        ["fk", "pk", "idx", "uniq"].iter().any(|known| kind.eq_ignore_ascii_case(known)) && !rest.is_empty()
    });
    // `mysql:3306`: where something listens.
    let is_address = value.rsplit_once(':').is_some_and(|(host, port)| {
        (2..=5).contains(&port.len())
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && host.split(['.', '-']).all(|part| Shape::of(part).is_word())
    });
    // `OAUTH2_CLIENT_SECRET` has a digit, and says what it is.
    let is_constant = value.contains('_')
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
        && (!value.bytes().any(|byte| byte.is_ascii_digit()) || is_named_constant(value));
    // `AWS4-HMAC-SHA256`: how something is signed.
    let is_algorithm =
        ["HMAC", "SHA1", "SHA256", "SHA384", "SHA512"].iter().any(|name| value.split('-').any(|part| part == *name))
            && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
    let ends_open = value.ends_with([':', '=', '?', '(', '[', '{', '-', '_', '.', '/'])
        && !value.ends_with("==")
        && value.len() < 24;
    let is_product = PRODUCTS.iter().any(|product| value.eq_ignore_ascii_case(product));
    has_space
        || is_number
        || is_code
        || is_list
        || is_dotted
        || is_path
        || is_selector
        || is_step
        || is_constraint
        || is_address
        || is_constant
        || is_algorithm
        || ends_open
        || is_product
}

/// Whether words in capitals, each with a letter or two in front, end in what a secret is called.
fn is_named_constant(value: &str) -> bool {
    super::names::sort_of(value).is_some()
        && value.split('_').all(|word| {
            let letters = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
            letters.len() > 1 && letters.bytes().all(|byte| byte.is_ascii_uppercase())
        })
}

/// Programs that keep passwords: a label, not a password.
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "1password", "bitwarden", "dashlane", "enpass", "keepass", "keepass2", "keepassdx", "keepassxc", "lastpass",
    "nordpass", "protonpass", "samsungpass", "roboform", "passbolt", "psono", "padloc",
];

fn is_uuid(value: &str) -> bool {
    let value = value.as_bytes();
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Ruling 22: tokens that only write, and keys that a browser shows.
pub(crate) fn is_public_by_design(value: &str, name: &str) -> bool {
    // What Datadog gives to pages.
    let is_of_pages =
        value.strip_prefix("pub").is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()));
    let name = name.to_lowercase();
    let names = [
        "percy",
        "chromatic",
        "codecov",
        "algolia",
        "docsearch",
        "docs_search",
        "publishable",
        "sitekey",
        "site_key",
        "mapbox",
        "public",
        "recaptcha_site",
        "firebase",
        "gtm",
        // Keys of analytics that only take events in.
        "segment_api_key",
        "segment_key",
        "segment_write",
        "segmentwrite",
        "posthog_api_key",
        "posthog_key",
        "posthog_project",
        "posthog_token",
        "mixpanel_token",
        "mixpanel_project",
        "amplitude_api_key",
        "amplitude_key",
    ];
    // A private key of Firebase is as private as any.
    let is_private = ["private", "secret", "passw", "service_account"].iter().any(|word| name.contains(word));
    is_of_pages
        || !is_private && names.iter().any(|word| name.contains(word))
        || ["pk_", "pk.eyJ", "phc_", "chpt_"].iter().any(|start| value.starts_with(start))
}
