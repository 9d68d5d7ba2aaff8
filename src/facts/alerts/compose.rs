//! Conditions put together of parts: a metric of a cloud and its threshold, or the steps of a rule of Grafana.

use super::Watched;
use super::promql::{self, Expr};
use super::signals;

/// When an alert fires.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// The condition in a line.
    pub(super) text: String,
    /// Whether its bound is not in the tree; the number in its place is not one.
    pub(super) is_open: bool,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    /// As its text says, in `PromQL` or `LogQL`.
    Text,
    /// An expression, and the longest time that it looks back over, in seconds.
    Expr(Expr, f64),
    /// What is watched is known without an expression.
    Known(&'static str),
    /// All of these have to be so.
    All(Vec<Condition>),
    /// It cannot be read.
    Unread,
}

impl Condition {
    /// A condition in `PromQL` or `LogQL`.
    pub(super) fn text(text: String) -> Self {
        Self { text, is_open: false, body: Body::Text }
    }

    /// An expression that was put together; `range` is the longest time that it looks back over, in seconds.
    pub(super) fn expr(text: String, expr: Expr, range: f64) -> Self {
        let mut is_open = false;
        each_number(&expr, &mut |number| is_open |= number.is_nan());
        Self { text, is_open, body: Body::Expr(expr, range) }
    }

    /// A condition of which is known what it watches.
    pub(super) fn known(signal: &'static str, text: String) -> Self {
        Self { text, is_open: false, body: Body::Known(signal) }
    }

    /// Conditions that have to be so together; the first of them says what is watched.
    pub(super) fn all(conditions: Vec<Self>) -> Self {
        let texts: Vec<&str> = conditions.iter().map(|condition| condition.text.as_str()).collect();
        let is_open = conditions.iter().any(|condition| condition.is_open);
        Self { text: texts.join(" and "), is_open, body: Body::All(conditions) }
    }

    /// A condition that cannot be read, in its own words.
    pub(super) fn unread(text: String) -> Self {
        Self { text, is_open: false, body: Body::Unread }
    }

    /// What it watches, and whether that could not be told.
    pub(super) fn watched(&self) -> (Vec<Watched>, bool) {
        match &self.body {
            Body::Text => {
                let watched = signals::classify(&self.text);
                let is_unread = watched.is_none();
                (watched.unwrap_or_default(), is_unread)
            }
            Body::Expr(expr, range) => {
                let watched = signals::classify_expr(expr, *range);
                // With another number in place of the one that is not in the tree, it might watch something.
                let might = |number: f64| !signals::classify_expr(&with_number(expr, number), *range).is_empty();
                let is_unread = self.is_open && watched.is_empty() && (might(1.0) || might(1e9));
                (watched, is_unread)
            }
            Body::Known(signal) => (vec![Watched { signal: (*signal).to_owned(), above: None }], false),
            Body::All(conditions) => {
                let found: Vec<_> = conditions.iter().map(Self::watched).collect();
                let is_unread = found.iter().any(|(_, is_unread)| *is_unread);
                let watched = found.into_iter().map(|(watched, _)| watched).find(|watched| !watched.is_empty());
                // Whatever else has to hold makes the bound higher, or says nothing of it.
                let watched = watched.filter(|_| !is_unread).unwrap_or_default();
                (watched, is_unread)
            }
            Body::Unread => (Vec::new(), true),
        }
    }
}

/// Two sides and what stands between them.
pub(super) fn binary(operator: &str, left: Expr, right: Expr) -> Expr {
    Expr::Binary(operator.to_owned(), Box::new(left), Box::new(right))
}

/// A function of one argument.
pub(super) fn call(name: &str, argument: Expr) -> Expr {
    Expr::Call(name.to_owned(), vec![argument])
}

/// Puts expressions in the place of the series that stand for them; `None` where one cannot be had.
pub(super) fn substitute(expr: &Expr, of: &mut dyn FnMut(&str) -> Option<Option<Expr>>) -> Option<Expr> {
    Some(match expr {
        Expr::Series(name, _) => match of(name) {
            Some(found) => found?,
            None => expr.clone(),
        },
        Expr::Call(name, args) => {
            let args: Option<Vec<Expr>> = args.iter().map(|arg| substitute(arg, of)).collect();
            Expr::Call(name.clone(), args?)
        }
        Expr::Binary(operator, left, right) => binary(operator, substitute(left, of)?, substitute(right, of)?),
        other => other.clone(),
    })
}

/// A name that `PromQL` can bear: as Google maps the names of its metrics, `compute_googleapis_com:instance_cpu_utilization`.
pub(super) fn plain_name(name: &str) -> String {
    let (service, rest) = match name.split_once('/') {
        Some((service, rest)) if service.contains('.') => (Some(service), rest),
        _ => (None, name),
    };
    let plain = |text: &str| -> String {
        text.chars().map(|letter| if letter.is_alphanumeric() || letter == ':' { letter } else { '_' }).collect()
    };
    let whole = service.map_or_else(|| plain(rest), |service| format!("{}:{}", plain(service), plain(rest)));
    if whole.starts_with(|letter: char| letter.is_ascii_digit()) { format!("_{whole}") } else { whole }
}

fn each_number(expr: &Expr, visit: &mut impl FnMut(f64)) {
    match expr {
        Expr::Number(number) => visit(*number),
        Expr::Call(_, args) => args.iter().for_each(|arg| each_number(arg, visit)),
        Expr::Binary(_, left, right) => {
            each_number(left, visit);
            each_number(right, visit);
        }
        Expr::Text(_) | Expr::Series(..) => {}
    }
}

fn with_number(expr: &Expr, number: f64) -> Expr {
    match expr {
        Expr::Number(old) if old.is_nan() => Expr::Number(number),
        Expr::Call(name, args) => Expr::Call(name.clone(), args.iter().map(|arg| with_number(arg, number)).collect()),
        Expr::Binary(operator, left, right) => binary(operator, with_number(left, number), with_number(right, number)),
        other => other.clone(),
    }
}

/// The longest time in brackets that some queries look back over, in seconds.
pub(super) fn range_of<'t>(texts: impl Iterator<Item = &'t str>) -> f64 {
    texts.map(promql::longest_range).fold(0.0, f64::max)
}
