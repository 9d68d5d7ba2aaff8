//! What an expression of source code amounts to: literals, products of literals, durations, and named constants.

use crate::evidence::Observed;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::quantity::{Dimension, Quantity, looks_like_quantity};
use std::sync::LazyLock;

/// How many names may stand for one another before a value is taken as not known.
const MAX_STEPS: usize = 4;

/// The typed value of an expression that stands in `code` (a file's code text, for its constants). A bare number is
/// counted in `unit` if one is given; what is read from the environment is opaque.
pub fn observe(code: &str, expression: &str, unit: Option<&str>) -> Observed {
    step(code, expression.trim(), unit, MAX_STEPS)
}

/// What an expression of a file's code amounts to, as a setting would write it: `30 * time.Second` is `30s`; `None` for
/// what only a run of the program would tell.
pub fn written(code: &str, expression: &str) -> Option<String> {
    let expression = expression.trim();
    match observe(code, expression, None) {
        Observed::Flag(flag) => Some(flag.to_string()),
        Observed::Quantity(quantity) if quantity.dimension == Dimension::Time => Some(format!("{}s", quantity.amount)),
        Observed::Quantity(quantity) => Some(quantity.amount.to_string()),
        Observed::Word(word) if word == expression || word.contains(['(', '{']) => None,
        Observed::Word(word) => Some(word),
        Observed::Opaque(_) => None,
    }
}

fn step(code: &str, expression: &str, unit: Option<&str>, left: usize) -> Observed {
    let text = expression.trim().trim_end_matches(';').trim();
    if let Some(quoted) = unquoted(text) {
        return word(quoted, unit);
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => return Observed::Flag(true),
        "false" => return Observed::Flag(false),
        _ => {}
    }
    if let Some(quantity) = duration(code, text, left).or_else(|| product(text).map(Quantity::count)) {
        return Observed::Quantity(unit.and_then(|unit| quantity.counted_in(unit).ok()).unwrap_or(quantity));
    }
    if is_environment(text) {
        return Observed::Opaque(text.to_owned());
    }
    let named = if left > 0 && is_name(text) { definition(code, text) } else { None };
    if let Some(value) = named {
        return step(code, value, unit, left - 1);
    }
    word(text, unit)
}

/// A text as a quantity where it is one, else as a word.
fn word(text: &str, unit: Option<&str>) -> Observed {
    if text.contains("${") {
        return Observed::Opaque(text.to_owned());
    }
    match Quantity::parse(text).ok().filter(|_| looks_like_quantity(text)) {
        Some(quantity) => Observed::Quantity(unit.and_then(|unit| quantity.counted_in(unit).ok()).unwrap_or(quantity)),
        None => Observed::Word(text.to_owned()),
    }
}

/// The inside of a quoted text.
fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then_some(inner)
}

/// `Duration::from_secs(10 * 60)`, `Duration::hours(24)`, `timedelta(minutes=LIFETIME)`, `AddHours(1)`, `2.hours`,
/// `30 * time.Second`, `time.Minute`; a name inside is followed.
fn duration(code: &str, text: &str, left: usize) -> Option<Quantity> {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"(?:(?:Duration|TimeSpan|TimeDelta|SignedDuration|timedelta)\s*(?:::|\.)\s*(?:from_|of|From|try_)?|\btimedelta\(\s*|\b[Aa]dd_?|\bplus_?)(?<unit>[A-Za-z_]+)\s*[(=](?<amount>[^()]*)\)$",
        )
        .ok()
    });
    static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"^(?<amount>\d[\d_]*)\.(?<unit>seconds?|minutes?|hours?|days?|weeks?)(?:\(\))?$").ok()
    });
    static GO: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"^(?:(?<before>[\d_ *().]+)\*\s*)?time\.(?<unit>Nanosecond|Microsecond|Millisecond|Second|Minute|Hour)(?:\s*\*\s*(?<after>[\d_ *().]+))?$").ok()
    });
    if let Some(found) = CALL.as_ref()?.captures(text).or_else(|| METHOD.as_ref()?.captures(text)) {
        return Some(Quantity::seconds(amount(code, &found["amount"], left)? * seconds_of(&found["unit"])?));
    }
    let found = GO.as_ref()?.captures(text)?;
    let factor = |name: &str| found.name(name).map_or(Some(1.0), |part| product(part.as_str()));
    Some(Quantity::seconds(factor("before")? * factor("after")? * seconds_of(&found["unit"])?))
}

/// A number inside of a duration: a product, or the name of one; `addWeek()` adds one.
fn amount(code: &str, text: &str, left: usize) -> Option<f64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(1.0);
    }
    product(text).or_else(|| {
        let value = Some(text).filter(|text| left > 0 && is_name(text)).and_then(|name| definition(code, name))?;
        amount(code, value, left - 1)
    })
}

fn seconds_of(unit: &str) -> Option<f64> {
    Some(match unit.to_ascii_lowercase().trim_end_matches("_f64").trim_end_matches("_f32") {
        "nanos" | "nanosecond" => 1e-9,
        "micros" | "microsecond" => 1e-6,
        "millis" | "millisecond" | "milliseconds" => 1e-3,
        "secs" | "second" | "seconds" => 1.0,
        "mins" | "minute" | "minutes" => 60.0,
        "hours" | "hour" => 3600.0,
        "days" | "day" => 86_400.0,
        "weeks" | "week" => 604_800.0,
        "months" | "month" => 30.0 * 86_400.0,
        "years" | "year" => 365.0 * 86_400.0,
        _ => return None,
    })
}

/// A product of numbers: `10 * 60`, `50_000`, `1 << 20`, `30u64`.
fn product(text: &str) -> Option<f64> {
    text.split('*').map(factor).try_fold(1.0, |total, factor| factor.map(|factor| total * factor))
}

fn factor(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches(['(', ')']).trim();
    if let Some((base, shift)) = text.split_once("<<") {
        return Some(number(base)? * 2_f64.powf(number(shift)?));
    }
    number(text)
}

/// A number as source code writes it, without underscores and type suffix.
fn number(text: &str) -> Option<f64> {
    const SUFFIXES: &[&str] = &["u8", "u16", "u32", "u64", "usize", "i32", "i64", "f32", "f64", "L", "l", "ul", "f"];
    let text = text.trim();
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let bare = SUFFIXES.iter().find_map(|suffix| text.strip_suffix(suffix)).unwrap_or(text);
    bare.trim_end_matches('_').replace('_', "").parse().ok()
}

fn is_environment(text: &str) -> bool {
    const READS: &[&str] = &[
        "env::var",
        "env!(",
        "process.env",
        "os.environ",
        "os.Getenv",
        "getenv(",
        "ENV[",
        "ENV.fetch",
        "System.getenv",
    ];
    READS.iter().any(|read| text.contains(read))
}

fn is_name(text: &str) -> bool {
    let last = text.rsplit("::").next().unwrap_or(text);
    last.len() > 1
        && last.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && last.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a line that follows this code stands in a group of constants: `const (` … `)`.
fn is_grouped(before: &str) -> bool {
    let opened = before.rfind("\nconst (").or_else(|| before.rfind("\nvar ("));
    opened.is_some_and(|at| !before[at..].contains("\n)"))
}

/// The expression that a name is defined as, in the same file.
fn definition<'c>(code: &'c str, name: &str) -> Option<&'c str> {
    let name = name.rsplit("::").next().unwrap_or(name);
    let mut found = None;
    for (at, _) in code.match_indices(name).take(200) {
        let line_start = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &code[line_start..at];
        let is_defined = before
            .split_whitespace()
            .any(|word| matches!(word, "const" | "static" | "let" | "final" | "var" | "val" | "#define"));
        let after = &code[at + name.len()..];
        let whole = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = after.split(['\n', ';']).next().unwrap_or_default();
        let value = rest.split_once('=').filter(|(kind, value)| !value.starts_with('=') && !kind.contains('('));
        // Python and Ruby write a constant without a word before it: in capitals, at the start of its line; Go writes
        // the word once, before a group.
        let is_constant = before.is_empty() && name.chars().all(|c| !c.is_lowercase())
            || before.trim().is_empty() && is_grouped(&code[..line_start]);
        let Some((_, value)) = value.filter(|_| (is_defined || is_constant) && whole) else { continue };
        if found.replace(value.trim()).is_some() {
            return None;
        }
    }
    found
}
