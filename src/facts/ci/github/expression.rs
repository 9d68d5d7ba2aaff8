//! GitHub's expressions, as far as they can be known without a run: events, refs, matrix values, inputs, `failure()`.

use super::super::model::Event;

/// The most tokens that an expression may have.
const MAX_TOKENS: usize = 400;
/// How deep parentheses are followed.
const MAX_DEPTH: usize = 30;

/// What an expression may look up.
pub(super) struct Scope<'a> {
    /// Values of `matrix.x`, `inputs.x`, `env.x`.
    pub(super) known: &'a dyn Fn(&str) -> Option<String>,
    /// What started the run.
    pub(super) event: Option<&'a Event>,
    /// Whether something before has failed.
    pub(super) failed: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    /// Begins so; how it goes on is not known.
    Begins(String),
    Bool(bool),
    /// Counts as true; what it is is not known.
    Truthy,
    Unknown,
}

/// Whether a condition holds; `None` if it cannot be known. Without a status function it needs success.
pub(super) fn holds(condition: &str, scope: &Scope<'_>) -> Option<bool> {
    let inner = unwrapped(condition);
    let names_status =
        ["always()", "failure()", "success()", "cancelled()"].iter().any(|name| inner.replace(' ', "").contains(name));
    if !names_status && scope.failed {
        return Some(false);
    }
    truth(&evaluate(inner, scope))
}

/// The text that an expression comes to; `None` if it cannot be known.
pub(super) fn text(expression: &str, scope: &Scope<'_>) -> Option<String> {
    match evaluate(expression, scope) {
        Value::Text(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Begins(_) | Value::Truthy | Value::Unknown => None,
    }
}

/// The inside of `${{ … }}`, or the text itself.
fn unwrapped(condition: &str) -> &str {
    let trimmed = condition.trim();
    match trimmed.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")) {
        Some(inner) if !inner.contains("${{") => inner,
        _ => trimmed,
    }
}

fn evaluate(expression: &str, scope: &Scope<'_>) -> Value {
    let tokens = tokens(expression);
    if tokens.len() > MAX_TOKENS || tokens.is_empty() {
        return Value::Unknown;
    }
    let mut reader = Reader { tokens: &tokens, at: 0, scope, depth: 0 };
    let value = reader.or();
    if reader.at == tokens.len() { value } else { Value::Unknown }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Text(text) => Some(!text.is_empty() && text != "false" && text != "0"),
        Value::Begins(text) if !text.is_empty() => Some(true),
        Value::Truthy => Some(true),
        Value::Begins(_) | Value::Unknown => None,
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let len = if c == '\'' {
            rest[1..].find('\'').map_or(rest.len(), |at| at + 2)
        } else if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || "_.-*[]'".contains(c))).unwrap_or(rest.len())
        } else if ["==", "!=", "&&", "||", "<=", ">="].iter().any(|operator| rest.starts_with(operator)) {
            2
        } else {
            c.len_utf8()
        };
        found.push(rest[..len].to_owned());
        if found.len() > MAX_TOKENS {
            break;
        }
        rest = rest[len..].trim_start();
    }
    found
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
    scope: &'a Scope<'a>,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn take(&mut self, token: &str) -> bool {
        let here = self.peek() == token;
        self.at += usize::from(here);
        here
    }

    fn or(&mut self) -> Value {
        let mut value = self.and();
        while self.take("||") {
            let other = self.and();
            value = match (truth(&value), truth(&other)) {
                (Some(true), _) => value,
                (Some(false), _) => other,
                (None, Some(true)) if other == Value::Bool(true) => other,
                (None, Some(true)) => Value::Truthy,
                (None, _) => Value::Unknown,
            };
        }
        value
    }

    fn and(&mut self) -> Value {
        let mut value = self.compare();
        while self.take("&&") {
            let other = self.compare();
            value = match (truth(&value), truth(&other)) {
                (Some(false), _) | (_, Some(false)) => Value::Bool(false),
                (Some(true), _) => other,
                (None, _) => Value::Unknown,
            };
        }
        value
    }

    fn compare(&mut self) -> Value {
        let left = self.unary();
        for (operator, equal) in [("==", true), ("!=", false)] {
            if self.take(operator) {
                let right = self.unary();
                return same(&left, &right).map_or(Value::Unknown, |is| Value::Bool(is == equal));
            }
        }
        if ["<", ">", "<=", ">="].iter().any(|operator| self.take(operator)) {
            self.unary();
            return Value::Unknown;
        }
        left
    }

    fn unary(&mut self) -> Value {
        if self.depth > MAX_DEPTH {
            self.at = self.tokens.len() + 1;
            return Value::Unknown;
        }
        self.depth += 1;
        let value = if self.take("!") {
            let inner = self.unary();
            truth(&inner).map_or(Value::Unknown, |flag| Value::Bool(!flag))
        } else if self.take("(") {
            let inner = self.or();
            self.take(")");
            inner
        } else {
            self.operand()
        };
        self.depth -= 1;
        value
    }

    fn operand(&mut self) -> Value {
        let token = self.peek().to_owned();
        self.at += 1;
        if let Some(text) = token.strip_prefix('\'') {
            return Value::Text(text.trim_end_matches('\'').to_owned());
        }
        match token.as_str() {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            return Value::Text(token);
        }
        if self.take("(") {
            let mut arguments = Vec::new();
            while self.at < self.tokens.len() && !self.take(")") {
                arguments.push(self.or());
                self.take(",");
            }
            return self.function(&token, &arguments);
        }
        self.name(&token)
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Value {
        match (name, arguments) {
            ("always", _) => Value::Bool(true),
            ("success", _) => Value::Bool(!self.scope.failed),
            ("failure", _) => Value::Bool(self.scope.failed),
            ("cancelled", _) => Value::Bool(false),
            ("startsWith", [Value::Text(text), Value::Text(prefix)]) => Value::Bool(text.starts_with(prefix.as_str())),
            ("startsWith", [Value::Begins(text), Value::Text(prefix)]) => {
                if text.starts_with(prefix.as_str()) {
                    Value::Bool(true)
                } else if prefix.starts_with(text.as_str()) {
                    Value::Unknown
                } else {
                    Value::Bool(false)
                }
            }
            ("endsWith", [Value::Text(text), Value::Text(suffix)]) => Value::Bool(text.ends_with(suffix.as_str())),
            ("contains", [Value::Text(text), Value::Text(part)]) => Value::Bool(text.contains(part.as_str())),
            _ => Value::Unknown,
        }
    }

    fn name(&self, name: &str) -> Value {
        if let Some(text) = (self.scope.known)(name) {
            return match text.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::Text(text),
            };
        }
        let Some(event) = self.scope.event else { return Value::Unknown };
        match name {
            "github.event_name" => match event {
                Event::Push(_) => Value::Text("push".into()),
                Event::PullRequest => Value::Begins("pull_request".into()),
                Event::MergeQueue => Value::Text("merge_group".into()),
                Event::Schedule(_) => Value::Text("schedule".into()),
                Event::Manual => Value::Text("workflow_dispatch".into()),
                Event::Tag | Event::Other(_) => Value::Unknown,
            },
            "github.ref" => match event {
                Event::Push(branches) => match &branches[..] {
                    [only] if !only.contains('*') => Value::Text(format!("refs/heads/{only}")),
                    _ => Value::Begins("refs/heads/".into()),
                },
                Event::PullRequest => Value::Begins("refs/pull/".into()),
                Event::MergeQueue => Value::Begins("refs/heads/gh-readonly-queue/".into()),
                Event::Tag => Value::Begins("refs/tags/".into()),
                Event::Schedule(_) => Value::Begins("refs/heads/".into()),
                Event::Manual | Event::Other(_) => Value::Unknown,
            },
            "github.ref_type" => match event {
                Event::Tag => Value::Text("tag".into()),
                Event::Manual | Event::Other(_) => Value::Unknown,
                _ => Value::Text("branch".into()),
            },
            "github.ref_name" => match event {
                Event::Push(branches) if branches.len() == 1 && !branches[0].contains('*') => {
                    Value::Text(branches[0].clone())
                }
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }
}

fn same(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(a.eq_ignore_ascii_case(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Begins(begin), Value::Text(text)) | (Value::Text(text), Value::Begins(begin)) => {
            // A pull request is also `pull_request_target`: which of them it was is not kept.
            if text.starts_with(begin.as_str()) { if text == begin { Some(true) } else { None } } else { Some(false) }
        }
        (Value::Bool(flag), Value::Text(text)) | (Value::Text(text), Value::Bool(flag)) => {
            Some(*text == flag.to_string())
        }
        _ => None,
    }
}
