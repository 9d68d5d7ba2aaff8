//! The password of a login as detectors capture it: inside a URL, inside a Basic header.

use super::placeholder::{is_placeholder, is_trivial};
use super::reference::is_reference;
use super::shape::Shape;
use crate::facts::secrets::checks::{self, Outcome};
use crate::pattern::Captures;

/// The password of a URL: a reference or a placeholder is none, and neither is one for this machine.
pub(in crate::facts::secrets) fn judge_url(groups: &Captures<'_>) -> Outcome {
    let part = |name: &str| groups.name(name).map_or("", |part| part.as_str());
    let (user, value, host) = (part("user"), part("value"), part("host").to_lowercase());
    if value.contains(['$', '{', '}', '<', '>', '*', '%', '(', '[', ',', ';'])
        && !value.contains("%4")
        && !value.contains("%2")
    {
        return Outcome::Failed;
    }
    let stands_for_one = ["my", "yourdomain", "your-domain", "yourcompany"].iter().any(|part| host.contains(part));
    let is_example =
        host.starts_with("example.") || host.contains(".example") || host.starts_with("host") || stands_for_one;
    let lower = value.to_lowercase();
    let is_name = ["password", "pass", "passwd", "pwd", "secret", "token", "pw", "user", "username", "port"]
        .contains(&lower.strip_prefix("my").unwrap_or(&lower));
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
pub(in crate::facts::secrets) fn judge_basic(value: &str) -> Outcome {
    let Some(password) = checks::basic_password(value) else { return Outcome::Failed };
    // The client of the examples in RFC 6749 and its successors: `s6BhdRkqt3`.
    if password.len() < 3 || value.starts_with("czZCaGRSa3F0Mz") || is_reference(&password) {
        return Outcome::Failed;
    }
    if is_placeholder(&password, "password") || !Shape::of(&password).looks_random() {
        Outcome::Doubtful
    } else {
        Outcome::Passed
    }
}
