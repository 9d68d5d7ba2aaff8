//! Amounts back to text, as people write them: `512 MB`, `16.67 req/s`, `30 days`, `80 %`.

use super::{Dimension, Quantity};
use std::fmt;

/// Units of time, largest first; the plural ends in `s` where a unit is a word.
const TIMES: [(f64, &str); 6] =
    [(31_536_000.0, "year"), (86_400.0, "day"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms")];
/// Longer than anybody means: a thousand years stand for what never ends.
const ENDLESS: f64 = 31_536_000_000.0;
const DECIMAL: [(f64, &str); 6] = [(1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")];
const BINARY: [(f64, &str); 4] =
    [(1_099_511_627_776.0, "TiB"), (1_073_741_824.0, "GiB"), (1_048_576.0, "MiB"), (1024.0, "KiB")];

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.amount;
        match self.dimension {
            Dimension::Count => out.write_str(&number(amount)),
            Dimension::Ratio => write!(out, "{} %", number(amount * 100.0)),
            Dimension::Rate => write!(out, "{} req/s", number(amount)),
            Dimension::Time => time(out, amount),
            Dimension::Data => size(out, amount),
        }
    }
}

/// The largest unit that gives a whole number; without one, the largest that gives at least 1.
fn time(out: &mut fmt::Formatter<'_>, amount: f64) -> fmt::Result {
    if amount >= ENDLESS {
        return out.write_str("without end");
    }
    let whole = TIMES.iter().find(|(unit, _)| amount >= *unit && is_whole(amount / unit));
    let (unit, name) = whole.or_else(|| TIMES.iter().find(|(unit, _)| amount >= *unit)).copied().unwrap_or((1.0, "s"));
    let shown = number(amount / unit);
    let plural = if name.len() > 2 && shown != "1" && name != "min" { "s" } else { "" };
    write!(out, "{shown} {name}{plural}")
}

/// Binary units where they give a whole number and decimal ones do not.
fn size(out: &mut fmt::Formatter<'_>, amount: f64) -> fmt::Result {
    let binary = BINARY.iter().find(|(unit, _)| amount >= *unit && is_whole(amount / unit));
    let neat = DECIMAL.iter().find(|(unit, _)| *unit > 1.0 && amount >= *unit && is_whole(amount / unit));
    let largest = DECIMAL.iter().find(|(unit, _)| amount >= *unit);
    let (unit, name) = neat.or(binary).or(largest).copied().unwrap_or((1.0, "B"));
    write!(out, "{} {name}", number(amount / unit))
}

fn is_whole(amount: f64) -> bool {
    (amount - amount.round()).abs() <= 1e-9 * amount.abs()
}

/// At most three significant places after the point for small numbers, two for others, no trailing zeros.
fn number(amount: f64) -> String {
    if is_whole(amount) && amount.abs() < 1e15 {
        return format!("{:.0}", amount.round());
    }
    let digits = if amount.abs() >= 1.0 { 2 } else { 4 };
    let text = format!("{amount:.digits$}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "0" | "-0" => format!("{amount:e}"),
        short => short.to_owned(),
    }
}
