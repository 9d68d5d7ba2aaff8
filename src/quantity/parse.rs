//! Text to amounts: `80%`, `30_days`, `within_24_hours`, `1gb`, `512Mi`, `1000 req/min`, `3 h 10 min`.

use super::{Dimension, Quantity};

/// Names of units, what they measure, and how many base units they are. The first name is the one that messages show.
const UNITS: &[(&[&str], Dimension, f64)] = &[
    (&["ns", "nanosecond", "nanoseconds"], Dimension::Time, 1e-9),
    (&["us", "µs", "μs", "microsecond", "microseconds"], Dimension::Time, 1e-6),
    (&["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"], Dimension::Time, 1e-3),
    (&["s", "sec", "secs", "second", "seconds"], Dimension::Time, 1.0),
    (&["min", "m", "mins", "minute", "minutes"], Dimension::Time, 60.0),
    (&["h", "hr", "hrs", "hour", "hours"], Dimension::Time, 3600.0),
    (&["d", "day", "days"], Dimension::Time, 86_400.0),
    (&["w", "wk", "week", "weeks"], Dimension::Time, 604_800.0),
    (&["mo", "month", "months"], Dimension::Time, 2_592_000.0),
    (&["quarter", "quarters"], Dimension::Time, 7_948_800.0),
    (&["y", "yr", "yrs", "year", "years"], Dimension::Time, 31_536_000.0),
    (&["B", "byte", "bytes"], Dimension::Data, 1.0),
    (&["kB", "kilobyte", "kilobytes"], Dimension::Data, 1e3),
    (&["MB", "megabyte", "megabytes"], Dimension::Data, 1e6),
    (&["GB", "gigabyte", "gigabytes"], Dimension::Data, 1e9),
    (&["TB", "terabyte", "terabytes"], Dimension::Data, 1e12),
    (&["PB", "petabyte", "petabytes"], Dimension::Data, 1e15),
    (&["KiB", "Ki", "kibibyte", "kibibytes"], Dimension::Data, 1024.0),
    (&["MiB", "Mi", "mebibyte", "mebibytes"], Dimension::Data, 1_048_576.0),
    (&["GiB", "Gi", "gibibyte", "gibibytes"], Dimension::Data, 1_073_741_824.0),
    (&["TiB", "Ti", "tebibyte", "tebibytes"], Dimension::Data, 1_099_511_627_776.0),
    (&["percent", "pct", "pp"], Dimension::Ratio, 0.01),
    (&["rps", "qps", "tps"], Dimension::Rate, 1.0),
    (&["rpm", "qpm"], Dimension::Rate, 1.0 / 60.0),
];

/// What may be counted per unit of time; nothing (`1000/min`) will do as well.
const EVENTS: &[&str] = &[
    "",
    "r",
    "req",
    "reqs",
    "request",
    "requests",
    "q",
    "query",
    "queries",
    "call",
    "calls",
    "hit",
    "hits",
    "op",
    "ops",
    "operation",
    "operations",
    "tx",
    "transaction",
    "transactions",
    "msg",
    "message",
    "messages",
    "event",
    "events",
];

/// For whom a rate holds; said in the checklist for people, and not part of the amount.
const SCOPES: &[&str] = &["client", "ip", "user", "tenant", "key", "token", "account", "session", "instance"];

impl Quantity {
    /// The amount that a text states; all of the text must be understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (quantity, rest) = Self::parse_start(text.trim())?;
        if rest.is_empty() || is_scope(rest) {
            return Ok(quantity);
        }
        Err(format!(
            "`{text}` is no quantity: `{}` after `{quantity}` is not understood",
            rest.trim_start_matches(SEPARATORS)
        ))
    }

    /// The amount that a text begins with, and what follows it.
    pub(super) fn parse_start(text: &str) -> Result<(Self, &str), String> {
        let bare = strip_word(text, "within").unwrap_or(text);
        let (mut total, mut rest) = single(bare).map_err(|why| format!("`{text}` is no quantity: {why}"))?;
        while total.dimension == Dimension::Time && skip(rest).starts_with(|first: char| first.is_ascii_digit()) {
            let (part, after) = single(skip(rest)).map_err(|why| format!("`{text}` is no quantity: {why}"))?;
            if part.dimension != Dimension::Time {
                break;
            }
            total.amount += part.amount;
            rest = after;
        }
        Ok((total, rest))
    }
}

/// Whether a text wants to be an amount, so that one that cannot be parsed is an error and not a word.
///
/// It starts with a digit, and is no address, date, version or range; or it ends in `%`.
pub fn looks_like_quantity(text: &str) -> bool {
    let text = text.trim();
    let text = strip_word(text, "within").unwrap_or(text);
    let text = text.strip_prefix(['+', '-', '~', '.']).unwrap_or(text);
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return text.ends_with('%');
    }
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let dots = text[..text.len() - after.len()].matches('.').count();
    dots < 2 && !after.starts_with([':', '-']) && !(after.starts_with('/') && skip_digit(&after[1..]))
}

fn skip_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

const SEPARATORS: [char; 2] = [' ', '_'];

fn skip(text: &str) -> &str {
    text.trim_start_matches(SEPARATORS)
}

/// The text after a word and a separator, in any case.
fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word))?;
    let rest = &text[head.len()..];
    rest.starts_with(SEPARATORS).then(|| skip(rest))
}

/// `per client`, `/ip`.
fn is_scope(rest: &str) -> bool {
    let rest = skip(rest);
    let scope = rest.strip_prefix('/').or_else(|| strip_word(rest, "per"));
    scope.is_some_and(|scope| SCOPES.contains(&scope.trim().to_ascii_lowercase().as_str()))
}

/// One number and its unit.
fn single(text: &str) -> Result<(Quantity, &str), String> {
    let (amount, rest) = number(text)?;
    let unit = skip(rest);
    if let Some(rest) = unit.strip_prefix('%') {
        return Ok((Quantity::ratio(amount / 100.0), rest));
    }
    let hyphen = unit.strip_prefix('-').filter(|rest| rest.starts_with(char::is_alphabetic));
    let (word, after) = letters(hyphen.unwrap_or(unit));
    if let Some((per, after)) = denominator(after)
        && EVENTS.contains(&word.to_ascii_lowercase().as_str())
    {
        return Ok((Quantity::per_second(amount / per), after));
    }
    if word.is_empty() {
        return Ok((Quantity::count(amount), rest));
    }
    let (dimension, factor) = unit_of(word)?;
    Ok((Quantity::new(amount * factor, dimension), after))
}

/// Digits with an optional fraction; `_` may stand between two digits.
fn number(text: &str) -> Result<(f64, &str), String> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if !digit(0) {
        return Err(format!("`{}` is no number", text.split(SEPARATORS).next().unwrap_or_default()));
    }
    let mut end = 0;
    let mut point = false;
    while digit(end) || (matches!(bytes.get(end), Some(b'_' | b'.')) && digit(end + 1)) {
        if bytes[end] == b'.' {
            if point {
                return Err("it has two points".into());
            }
            point = true;
        }
        end += 1;
    }
    let digits = text[..end].replace('_', "");
    match digits.parse::<f64>() {
        Ok(amount) if amount.is_finite() => Ok((amount, &text[end..])),
        _ => Err("the number is too large".into()),
    }
}

fn letters(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len()))
}

/// The seconds of `/s`, ` per minute`, and what follows.
fn denominator(text: &str) -> Option<(f64, &str)> {
    let unit = match skip(text).strip_prefix('/') {
        Some(rest) => rest.trim_start(),
        None => strip_word(skip(text), "per")?,
    };
    let (word, rest) = letters(unit);
    match unit_of(word) {
        Ok((Dimension::Time, seconds)) => Some((seconds, rest)),
        _ => None,
    }
}

/// A unit by name: exactly as written first (`m` is minutes, `M` is nothing), then in any case.
fn unit_of(word: &str) -> Result<(Dimension, f64), String> {
    let named =
        |same: fn(&str, &str) -> bool| UNITS.iter().find(|(names, ..)| names.iter().any(|name| same(name, word)));
    let loose: fn(&str, &str) -> bool = |name, word| name.len() > 1 && name.eq_ignore_ascii_case(word);
    if let Some((_, dimension, factor)) = named(|name, word| name == word).or_else(|| named(loose)) {
        return Ok((*dimension, *factor));
    }
    let nearest = UNITS.iter().flat_map(|(names, ..)| names.iter()).min_by_key(|name| strsim::levenshtein(name, word));
    match nearest {
        Some(name) if strsim::levenshtein(name, word) < word.chars().count() => {
            Err(format!("`{word}` is no unit that I know; the nearest is `{name}`"))
        }
        _ => Err(format!("`{word}` is no unit that I know")),
    }
}
