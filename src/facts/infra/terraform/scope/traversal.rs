//! What `var.db.size`, `local.zones[0]` or `list[*].name` comes to: a root, and steps down from it.

use super::Scope;
use crate::facts::infra::fold::{as_number, is_environment, respan};
use crate::facts::production::{Stage, stage_of_path};
use crate::source::Span;
use crate::value::{Kind, Value};
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};

impl Scope<'_> {
    pub(super) fn traversal(&self, text: &str, span: Span, traversal: &Traversal) -> Option<Value> {
        let (root, steps) = match (&traversal.expr, traversal.operators.as_slice()) {
            (Expression::Variable(name), [first, rest @ ..]) => {
                let named = match first.value() {
                    TraversalOperator::GetAttr(attribute) => Some(attribute.as_str()),
                    _ => None,
                };
                match (name.as_str(), named) {
                    ("var", Some(name)) => (self.variable(name, span)?, rest),
                    ("local", Some(name)) => (self.local(name, span)?, rest),
                    (name, _) => (self.lookup(name)?, traversal.operators.as_slice()),
                }
            }
            (expression, steps) => (self.eval(text, expression), steps),
        };
        let mut value = root;
        for (at, step) in steps.iter().enumerate() {
            value = match step.value() {
                TraversalOperator::GetAttr(name) => attribute(value, name.as_str())?,
                TraversalOperator::LegacyIndex(index) => {
                    index_of(value, &Value::new(Kind::Int(i64::try_from(*index.value()).ok()?), span))?
                }
                TraversalOperator::Index(index) => index_of(value, &self.eval(text, index))?,
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    return splat(value, steps.get(at + 1..).unwrap_or_default(), span);
                }
            };
        }
        respan(&mut value, span);
        Some(value)
    }
}

/// The attribute of an object; one that a known object lacks is null.
fn attribute(value: Value, name: &str) -> Option<Value> {
    let span = value.span;
    match value.kind {
        Kind::Map(mut map) => Some(map.remove(name).map_or(Value::new(Kind::Null, span), |field| field.value)),
        _ => None,
    }
}

fn index_of(value: Value, index: &Value) -> Option<Value> {
    match value.kind {
        Kind::List(mut list) => {
            let at = usize::try_from(as_number(index)? as i64).ok()?;
            (at < list.len()).then(|| list.swap_remove(at))
        }
        Kind::Map(mut map) => match &index.kind {
            // Production's entry, where the environment is the unknown key and one entry is named so.
            Kind::Expr(expression) if is_environment(&expression.raw) => {
                map.retain(|key, _| stage_of_path(key) == Stage::Production);
                map.remove_first().filter(|_| map.is_empty()).map(|(_, field)| field.value)
            }
            _ => map.remove(&index.scalar_text()?).map(|field| field.value),
        },
        _ => None,
    }
}

/// `list[*].name.…`: the rest of the path for each entry.
fn splat(value: Value, rest: &[hcl_edit::Decorated<TraversalOperator>], span: Span) -> Option<Value> {
    let list = match value.kind {
        Kind::List(list) => list,
        Kind::Null => Vec::new(),
        Kind::Expr(_) => return None,
        kind => vec![Value::new(kind, span)],
    };
    let each = |mut item: Value| {
        for step in rest {
            let TraversalOperator::GetAttr(name) = step.value() else { return None };
            item = attribute(item, name.as_str())?;
        }
        Some(item)
    };
    let mut value = Value::new(Kind::List(list.into_iter().map(each).collect::<Option<_>>()?), span);
    respan(&mut value, span);
    Some(value)
}
