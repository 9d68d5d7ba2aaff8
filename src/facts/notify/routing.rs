//! Routing trees, as Alertmanager and Grafana walk them: which receivers an alert comes to.
//!
//! An alert enters at the root. The first child that matches takes it, unless it says `continue`; where no child does,
//! the route itself keeps it. Labels that nobody knows may or may not match, so both ways are walked.

use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::value::{Kind, Value};
use std::sync::Arc;

/// How deep routes may nest.
const MAX_DEPTH: usize = 32;

/// One route with those below it.
#[derive(Clone, Debug)]
pub struct Route {
    /// Where it stands.
    pub span: Span,
    receiver: Option<String>,
    matchers: Vec<Matcher>,
    goes_on: bool,
    routes: Vec<Route>,
}

/// A condition on one label.
#[derive(Clone, Debug)]
struct Matcher {
    label: String,
    differs: bool,
    wanted: Wanted,
}

#[derive(Clone, Debug)]
enum Wanted {
    Text(String),
    /// A pattern for the whole value, and its text.
    Pattern(Arc<Regex>, String),
    /// What cannot be read may match anything.
    Anything,
}

/// What is known of a label of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<'l> {
    /// Its value; empty where the alert has no such label.
    Is(&'l str),
    /// It may be anything but one of these.
    Other(&'static [&'static str]),
    /// It may be anything.
    Free,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fits {
    No,
    Perhaps,
    Yes,
}

impl Route {
    /// A route as it is written, with keys of any of its spellings (`group_by` beside `groupBy`).
    pub fn of(value: &Value) -> Option<Self> {
        Self::at(value, 0)
    }

    fn at(value: &Value, depth: usize) -> Option<Self> {
        value.as_map().filter(|_| depth < MAX_DEPTH)?;
        let receiver = value.get("receiver").or_else(|| value.get("contact_point"));
        let below = ["routes", "policy"].iter().filter_map(|key| value.get(key));
        let below = below.flat_map(|value| value.as_list().map_or(std::slice::from_ref(value), |list| list));
        Some(Self {
            span: receiver.map_or(value.span, |receiver| receiver.span),
            receiver: receiver.and_then(name),
            matchers: matchers(value),
            goes_on: value.get("continue").and_then(Value::as_bool) == Some(true),
            routes: below.filter_map(|route| Self::at(route, depth + 1)).collect(),
        })
    }

    /// The receivers that an alert of these labels may come to.
    pub fn receivers<'r, 'l>(&'r self, label: &dyn Fn(&str) -> Label<'l>) -> Vec<&'r str> {
        let mut found = Vec::new();
        self.deliver(label, None, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn deliver<'r, 'l>(
        &'r self,
        label: &dyn Fn(&str) -> Label<'l>,
        inherited: Option<&'r str>,
        found: &mut Vec<&'r str>,
    ) {
        let own = self.receiver.as_deref().or(inherited);
        let mut is_taken = false;
        for route in &self.routes {
            let fits = route.fits(label);
            if fits == Fits::No {
                continue;
            }
            route.deliver(label, own, found);
            is_taken |= fits == Fits::Yes;
            if fits == Fits::Yes && !route.goes_on {
                break;
            }
        }
        if !is_taken {
            found.extend(own);
        }
    }

    fn fits<'l>(&self, label: &dyn Fn(&str) -> Label<'l>) -> Fits {
        let fits = self.matchers.iter().map(|matcher| matcher.fits(label(&matcher.label)));
        fits.fold(Fits::Yes, |all, one| match (all, one) {
            (Fits::No, _) | (_, Fits::No) => Fits::No,
            (Fits::Yes, Fits::Yes) => Fits::Yes,
            _ => Fits::Perhaps,
        })
    }

    /// The values that conditions on some labels name, here and below.
    pub fn values_of<'r>(&'r self, labels: &[&str], values: &mut Vec<&'r str>) {
        for matcher in self.matchers.iter().filter(|matcher| labels.contains(&matcher.label.as_str())) {
            match &matcher.wanted {
                Wanted::Text(text) => values.push(text),
                Wanted::Pattern(_, text) => {
                    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    values.extend(text.split('|').filter(is_word));
                }
                Wanted::Anything => {}
            }
        }
        self.routes.iter().for_each(|route| route.values_of(labels, values));
    }

    /// Whether this route or one below names a label with one of some values, and the receiver it then leads to.
    pub fn named_for(&self, label: &str, values: &[&str]) -> Option<&str> {
        let is_for = |matcher: &Matcher| matcher.label == label && !matcher.differs && matcher.names_only(values);
        if self.matchers.iter().any(is_for) {
            return self.receiver.as_deref();
        }
        self.routes.iter().find_map(|route| route.named_for(label, values))
    }
}

impl Matcher {
    fn of(label: &str, operator: &str, value: &str) -> Self {
        let text = value.trim().trim_matches(['"', '\'']);
        let wanted = match operator {
            "=~" | "!~" => compile(&format!("^(?:{text})$"))
                .map_or(Wanted::Anything, |pattern| Wanted::Pattern(Arc::new(pattern), text.to_owned())),
            _ if text.contains("{{") || text.contains("${") => Wanted::Anything,
            _ => Wanted::Text(text.to_owned()),
        };
        Self { label: label.trim().trim_matches('"').to_owned(), differs: operator.starts_with('!'), wanted }
    }

    fn fits(&self, label: Label<'_>) -> Fits {
        let accepts = |value: &str| match &self.wanted {
            Wanted::Text(text) => Some(text == value),
            Wanted::Pattern(pattern, _) => Some(pattern.is_match(value)),
            Wanted::Anything => None,
        };
        match label {
            Label::Is(value) => match accepts(value) {
                Some(accepted) if accepted != self.differs => Fits::Yes,
                Some(_) => Fits::No,
                None => Fits::Perhaps,
            },
            Label::Other(not) if self.names_only(not) => {
                if self.differs {
                    Fits::Yes
                } else {
                    Fits::No
                }
            }
            Label::Other(_) | Label::Free => self.freely(),
        }
    }

    /// `=~ ".*"` takes whatever there is.
    fn freely(&self) -> Fits {
        match &self.wanted {
            Wanted::Pattern(_, text) if text == ".*" && self.differs => Fits::No,
            Wanted::Pattern(_, text) if text == ".*" => Fits::Yes,
            _ => Fits::Perhaps,
        }
    }

    /// Whether it accepts none but some values.
    fn names_only(&self, values: &[&str]) -> bool {
        match &self.wanted {
            Wanted::Text(text) => values.contains(&text.as_str()),
            Wanted::Pattern(_, text) => !text.is_empty() && text.split('|').all(|word| values.contains(&word)),
            Wanted::Anything => false,
        }
    }
}

/// The name of a receiver; a reference to one is its address.
fn name(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Expr(expression) => Some(address(&expression.raw)),
        _ => value.scalar_text(),
    }
}

/// `grafana_contact_point.ops.name` without its last part.
pub fn address(raw: &str) -> String {
    let raw = raw.trim().trim_start_matches("${").trim_end_matches('}');
    let bare = ["name", "id", "uid"].iter().find_map(|last| raw.strip_suffix(last)?.strip_suffix('.'));
    let bare = bare.unwrap_or(raw);
    bare.split('[').next().unwrap_or(bare).to_owned()
}

/// The conditions of a route in any of the ways to write them.
fn matchers(value: &Value) -> Vec<Matcher> {
    let mut found = Vec::new();
    for (key, operator) in [("match", "="), ("match_re", "=~"), ("matchRe", "=~")] {
        let map = value.get(key).and_then(Value::as_map).into_iter().flatten();
        found.extend(map.filter_map(|(label, field)| Some(Matcher::of(label, operator, &field.value.scalar_text()?))));
    }
    for key in ["matchers", "object_matchers", "objectMatchers", "matcher"] {
        match value.get(key).map(|value| (&value.kind, value)) {
            Some((Kind::List(list), _)) => list.iter().for_each(|one| matcher(one, &mut found)),
            Some((_, one)) => matcher(one, &mut found),
            None => {}
        }
    }
    found
}

/// `severity="page"`, `{name: severity, value: page}`, `[severity, =, page]`, `{label: severity, match: "=", value: page}`.
fn matcher(value: &Value, found: &mut Vec<Matcher>) {
    let text = |key: &str| value.get(key).and_then(Value::scalar_text);
    match &value.kind {
        Kind::Str(line) => {
            let inside = line.trim().trim_start_matches('{').trim_end_matches('}');
            found.extend(conditions(inside).into_iter().filter_map(condition));
        }
        Kind::List(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(Value::scalar_text).collect();
            if let [label, operator, value] = parts.as_slice() {
                found.push(Matcher::of(label, operator, value));
            }
        }
        Kind::Map(_) => {
            let Some(label) = text("name").or_else(|| text("label")) else { return };
            let is_pattern = value.get("regex").and_then(Value::as_bool) == Some(true);
            let operator = text("matchType").or_else(|| text("match"));
            let operator = operator.unwrap_or_else(|| if is_pattern { "=~" } else { "=" }.to_owned());
            let wanted = text("value").unwrap_or_else(|| "{{".to_owned());
            found.push(Matcher::of(&label, &operator, &wanted));
        }
        _ => found.push(Matcher { label: String::new(), differs: false, wanted: Wanted::Anything }),
    }
}

/// The conditions of `a="x", b=~"y,z"`: commas inside quotes part nothing.
fn conditions(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut is_quoted) = (0, false);
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => {
                parts.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&line[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn condition(text: &str) -> Option<Matcher> {
    let at = text.find(['=', '!'])?;
    let (label, rest) = text.split_at(at);
    let operator = ["=~", "!~", "!=", "="].into_iter().find(|operator| rest.starts_with(operator))?;
    Some(Matcher::of(label, operator, &rest[operator.len()..]))
}
