//! What an expression is about, and from which use on it fires; the families of metrics are data
//! (`src/rules/alert-signals.tsk`), each signal with examples both ways that it has to pass.

mod catalogue;
mod fires;
mod shape;

pub use catalogue::fail_own_examples;

use super::promql::{self, Expr};
use crate::quantity::Quantity;
use catalogue::SIGNALS;

/// What an expression watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The signal: `cpu`, `disk`, `down`.
    pub signal: String,
    /// From which use on it fires, where the expression bounds it.
    pub above: Option<Quantity>,
}

/// The signals of the catalogue by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    SIGNALS.iter().map(|signal| signal.name.as_str())
}

/// What an expression watches, empty when it is about something else; `None` for one that cannot be read.
pub fn classify(text: &str) -> Option<Vec<Watched>> {
    if is_log_query(text) {
        let text = text.to_ascii_lowercase();
        return Some(SIGNALS.iter().filter_map(|signal| signal.in_lines(&text)).collect());
    }
    Some(classify_expr(&promql::parse(text)?, promql::longest_range(text)))
}

/// Whether a query looks at lines of logs.
pub(super) fn is_log_query(text: &str) -> bool {
    ["|=", "|~", "| json", "| logfmt"].iter().any(|filter| text.contains(filter))
}

/// Whether an expression is the same whatever happens. That of a watchdog, `vector(1)`, is so on purpose.
pub fn looks_at_nothing(text: &str) -> bool {
    promql::parse(text).filter(|_| text.trim() != "vector(1)").is_some_and(|expr| is_constant(&expr))
}

/// Whether an expression reads no series and no logs.
pub(super) fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Series(..) => false,
        Expr::Text(text) => !is_log_query(text),
        Expr::Number(_) => true,
        Expr::Call(_, args) => args.iter().all(is_constant),
        Expr::Binary(_, left, right) => is_constant(left) && is_constant(right),
    }
}

/// What an expression watches; `range` is the longest time that it looks back over, in seconds.
pub fn classify_expr(expr: &Expr, range: f64) -> Vec<Watched> {
    SIGNALS.iter().filter_map(|signal| signal.watched(expr, range)).collect()
}
