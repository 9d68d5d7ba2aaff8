//! The shape of an expression: which line it draws through its metric, its conditions and alternatives.

use crate::facts::alerts::promql::Expr;

/// `scale * core + offset`.
pub(super) struct Line<'e> {
    /// What the core is multiplied with.
    pub(super) scale: f64,
    /// What is added.
    pub(super) offset: f64,
    /// What varies; `None` for a constant.
    pub(super) core: Option<&'e Expr>,
}

/// A line through an expression: constants folded, aggregations that keep the scale looked through.
pub(super) fn line(expr: &Expr, depth: usize) -> Option<Line<'_>> {
    let whole = || Some(Line { scale: 1.0, offset: 0.0, core: Some(expr) });
    if depth > 40 {
        return None;
    }
    match expr {
        Expr::Number(number) => Some(Line { scale: 0.0, offset: *number, core: None }),
        Expr::Call(name, args) if KEEPING.contains(&name.as_str()) => {
            let inner = line(args.last()?, depth + 1)?;
            inner.core.is_some().then_some(inner)
        }
        Expr::Binary(operator, left, right) => {
            let (one, two) = (line(left, depth + 1)?, line(right, depth + 1)?);
            match (operator.as_str(), one.core, two.core) {
                ("+", Some(_), None) => Some(Line { offset: one.offset + two.offset, ..one }),
                ("+", None, Some(_)) => Some(Line { offset: one.offset + two.offset, ..two }),
                ("-", Some(_), None) => Some(Line { offset: one.offset - two.offset, ..one }),
                ("-", None, Some(_)) => Some(Line { scale: -two.scale, offset: one.offset - two.offset, ..two }),
                ("*", Some(_), None) => {
                    Some(Line { scale: one.scale * two.offset, offset: one.offset * two.offset, ..one })
                }
                ("*", None, Some(_)) => {
                    Some(Line { scale: two.scale * one.offset, offset: two.offset * one.offset, ..two })
                }
                ("/", Some(_), None) => {
                    Some(Line { scale: one.scale / two.offset, offset: one.offset / two.offset, ..one })
                }
                // `avail * 100 / size`: the factors of a quotient stand before it.
                ("/", Some(_), Some(_)) if one.offset == 0.0 && two.offset == 0.0 => {
                    Some(Line { scale: one.scale / two.scale, offset: 0.0, core: Some(expr) })
                }
                (_, None, None) => {
                    let folded = match operator.as_str() {
                        "+" => one.offset + two.offset,
                        "-" => one.offset - two.offset,
                        "*" => one.offset * two.offset,
                        "/" => one.offset / two.offset,
                        "^" => one.offset.powf(two.offset),
                        _ => return None,
                    };
                    Some(Line { scale: 0.0, offset: folded, core: None })
                }
                _ => whole(),
            }
        }
        _ => whole(),
    }
}

/// Functions after which a share is still a share.
const KEEPING: &[&str] =
    &["avg", "min", "max", "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "clamp_min", "round"];

/// The conditions that all have to hold, when an expression is a conjunction.
pub(super) fn conditions(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Binary(operator, left, right) if operator == "and" => [conditions(left), conditions(right)].concat(),
        Expr::Binary(operator, left, _) if operator == "unless" => conditions(left),
        _ => vec![expr],
    }
}

/// The parts of which one has to hold, when an expression is a disjunction.
pub(super) fn alternatives(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Binary(operator, left, right) if operator == "or" => [alternatives(left), alternatives(right)].concat(),
        _ => vec![expr],
    }
}

/// Whether a core is a quotient of two metrics, and whether of a difference: `(size - avail) / size`.
pub(super) fn quotient(core: &Expr) -> (bool, bool) {
    match core {
        Expr::Binary(operator, left, right) if operator == "/" => {
            let two_metrics = line(right, 0).is_some_and(|line| line.core.is_some());
            let minuend = match &**left {
                Expr::Binary(operator, minuend, _) if operator == "-" => {
                    line(minuend, 0).is_some_and(|line| line.core.is_some())
                }
                _ => false,
            };
            (two_metrics, minuend)
        }
        _ => (false, false),
    }
}

/// A comparison seen from its other side.
pub(super) fn turned(operator: &str) -> &str {
    match operator {
        ">" => "<",
        "<" => ">",
        ">=" => "<=",
        "<=" => ">=",
        same => same,
    }
}

/// Whether a function is called anywhere inside.
pub(super) fn calls(expr: &Expr, wanted: &str) -> bool {
    match expr {
        Expr::Call(name, args) => name == wanted || args.iter().any(|arg| calls(arg, wanted)),
        Expr::Binary(_, left, right) => calls(left, wanted) || calls(right, wanted),
        _ => false,
    }
}
