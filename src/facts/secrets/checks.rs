//! Checks on the value that a detector's pattern captured: checksums, structure, entropy, placeholders.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// One check of a detector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Check {
    /// Base32 whose first bytes hold a 12-digit account number (AWS key ids).
    AwsAccount,
    /// The last six characters are the CRC32 of the 30 before them, in base 62 (GitHub, npm).
    Crc32,
    /// A JSON header with `alg`, and a JSON body.
    Jwt,
    /// Base64 that begins as a private key does.
    Pem,
    /// An armoured block with a body.
    Pgp,
    /// A base64 body.
    Putty,
    /// At least so many bits per character.
    Entropy(f64),
    /// Letters and digits both.
    Mixed,
    /// Forty characters of base64 that are no hexadecimal digest and no word.
    Base64Of40,
    /// Base64 of `user:password`, neither of them a placeholder.
    Basic,
    /// The password part of a URL.
    Url,
}

/// What a check says about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It has the format.
    Passed,
    /// A checksum fits: nobody writes this by hand.
    Proven,
    /// The shape is there, the checksum is wrong: reported with low confidence.
    Doubtful,
    /// It is something else.
    Failed,
}

impl Check {
    /// The check of a word in `detectors.tsk`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "aws_account" => Self::AwsAccount,
            "crc32" => Self::Crc32,
            "jwt" => Self::Jwt,
            "pem" => Self::Pem,
            "pgp" => Self::Pgp,
            "putty" => Self::Putty,
            "mixed" => Self::Mixed,
            "base64_40" => Self::Base64Of40,
            "basic" => Self::Basic,
            "url" => Self::Url,
            _ => Self::Entropy(word.strip_prefix("entropy_")?.parse().ok()?),
        })
    }

    /// Looks at a value.
    pub(super) fn look(self, value: &str) -> Outcome {
        let passed = match self {
            Self::Crc32 => return crc32_outcome(value),
            Self::AwsAccount => is_aws_key_id(value),
            Self::Jwt => is_jwt(value),
            Self::Pem => is_pem_body(value),
            Self::Pgp => armour_body(value).len() >= 64,
            Self::Putty => entropy(value) > 3.5,
            Self::Entropy(least) => entropy(value) >= least,
            Self::Mixed => has_letter_and_digit(value),
            Self::Base64Of40 => is_aws_secret(value),
            Self::Basic => basic_password(value).is_some(),
            Self::Url => true,
        };
        if passed { Outcome::Passed } else { Outcome::Failed }
    }
}

/// Shannon entropy in bits per byte.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in text.as_bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = text.len() as f64;
    let share = |&count: &u32| f64::from(count) / total;
    -counts.iter().filter(|count| **count > 0).map(share).map(|p| p * p.log2()).sum::<f64>()
}

fn has_letter_and_digit(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn crc32_outcome(token: &str) -> Outcome {
    let Some((_, body)) = token.split_once('_') else { return Outcome::Failed };
    let Some((random, sum)) = body.split_at_checked(body.len().saturating_sub(6)) else { return Outcome::Failed };
    let fits = |text: &str| base62(crc32fast::hash(text.as_bytes())) == sum;
    if fits(random) || fits(&token[..token.len() - sum.len()]) { Outcome::Proven } else { Outcome::Doubtful }
}

fn base62(mut number: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

/// The account stands in bits 1 to 40 of the base32 behind the four-letter prefix; it has at most 12 digits.
fn is_aws_key_id(id: &str) -> bool {
    let Some(body) = id.get(4..) else { return false };
    let mut bits: u64 = 0;
    for byte in body.bytes().take(10) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return false,
        };
        bits = bits << 5 | u64::from(digit);
    }
    let first_six_bytes = bits >> 2;
    let account = (first_six_bytes & 0x7fff_ffff_ff80) >> 7;
    (1..1_000_000_000_000).contains(&account)
}

fn is_aws_secret(value: &str) -> bool {
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    // The keys of reCAPTCHA are as long.
    let is_of_captcha = value.starts_with("6L") && value.get(8..13) == Some("AAAAA");
    let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    !is_hex && !is_of_captcha && kinds.iter().all(|kind| value.bytes().any(|byte| kind(&byte)))
}

/// The JSON of a part of a token.
fn json(part: Option<&str>) -> Option<serde_json::Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Until when a token is good, in seconds since 1970, if it says so.
pub(super) fn jwt_expiry(token: &str) -> Option<i64> {
    json(token.split('.').nth(1))?.get("exp")?.as_i64()
}

/// Whether a token says that it is made by and for the machine itself alone: no other takes it.
pub(super) fn is_jwt_of_one_machine(token: &str) -> bool {
    let claims = json(token.split('.').nth(1)).unwrap_or_default();
    let is_itself = |claim: &str| {
        let url = claims.get(claim).and_then(|value| value.as_str()).unwrap_or_default();
        let host = url.split_once("://").map_or("", |(_, rest)| rest).split(['/', ':']).next();
        matches!(host, Some("localhost" | "127.0.0.1"))
    };
    is_itself("iss") && is_itself("aud")
}

fn is_jwt(token: &str) -> bool {
    let mut parts = token.split('.');
    let header = json(parts.next());
    let alg = header.as_ref().and_then(|header| header.get("alg")).and_then(|alg| alg.as_str());
    let body = json(parts.next());
    let signature = parts.next().unwrap_or_default();
    alg.is_some_and(|alg| alg != "none") && body.is_some_and(|body| body.is_object()) && entropy(signature) > 3.5
}

/// The base64 of an armoured body, without line ends (real or escaped), quotes and concatenation marks.
fn armour_body(text: &str) -> String {
    let text = text.split("-----").next().unwrap_or_default();
    let text = text.replace("\\r", " ").replace("\\n", " ").replace("\\t", " ");
    let lines = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '+' | '\\' | '`' | ';'));
    let is_base64 = |line: &&str| {
        line.len() > 12 && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=#".contains(&byte))
    };
    lines.filter(is_base64).take(400).collect()
}

fn is_pem_body(text: &str) -> bool {
    // A line of dots says that the rest is left out.
    let is_left_out = |line: &str| matches!(line.trim_matches([' ', '\t', '#', '/', '*', '"', '\'']), "..." | "…");
    if text.split("-----").next().unwrap_or_default().lines().any(is_left_out) {
        return false;
    }
    let body = armour_body(text);
    let Some(head) = body.get(..48) else { return false };
    // A DER sequence begins with 0x30; OpenSSH's own format with its name. An encrypted PEM has headers and any bytes.
    let is_encrypted = text.get(..200).is_some_and(|start| start.contains("DEK-Info") || start.contains("Proc-Type"));
    let Ok(bytes) = STANDARD_NO_PAD.decode(head) else { return false };
    let begins = bytes.first() == Some(&0x30) || bytes.starts_with(b"openssh-key-v1");
    body.len() >= 64 && (begins || is_encrypted) && entropy(&body) > 3.5
}

/// The password in the base64 of `user:password`.
pub(super) fn basic_password(value: &str) -> Option<String> {
    let bytes = STANDARD_NO_PAD.decode(value.trim_end_matches('=')).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
    (plain(user) && plain(password)).then(|| password.to_owned())
}

/// Whether a value was visibly written to stand for another one: repeated or counting characters, the word itself.
pub(super) fn is_vendor_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let words = ["example", "xxxx", "your", "placeholder", "redacted", "changeme", "dummy", "<", "..."];
    let said = words.iter().any(|word| lower.contains(word)) && value.len() < 200;
    let counts = |text: &str| longest_count(&text.to_lowercase()) >= 8;
    said || longest_run(value) >= 8 || counts(value) || readable(value).is_some_and(|text| counts(&text))
}

/// Length of the longest run of one character.
pub(super) fn longest_run(text: &str) -> usize {
    longest(text, |before, after| before == after)
}

/// Length of the longest run of characters that count up: `12345678`, `abcdefgh`, `789abc`, `89012`.
pub(super) fn longest_count(text: &str) -> usize {
    let follows =
        |before: u8, after: u8| before.wrapping_add(1) == after || before == b'9' && matches!(after, b'a' | b'0');
    longest(text, |before, after| after.is_ascii_alphanumeric() && follows(before, after))
}

/// The text that base64 was made of, where it is one that people read.
pub(crate) fn readable(value: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD_NO_PAD.decode(value.trim_end_matches('=')).ok()?).ok()?;
    (text.len() > 11 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')).then_some(text)
}

fn longest(text: &str, goes_on: impl Fn(u8, u8) -> bool) -> usize {
    let (mut best, mut run) = (usize::from(!text.is_empty()), 1);
    for pair in text.as_bytes().windows(2) {
        run = if goes_on(pair[0], pair[1]) { run + 1 } else { 1 };
        best = best.max(run);
    }
    best
}
