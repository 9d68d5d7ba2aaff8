//! What an expression comes to: values, templates, conditions, operators, loops.

use super::super::functions;
use super::super::source::span_of;
use super::{MAX_DEPTH, MAX_ENTRIES, Scope};
use crate::facts::infra::fold::{as_number, entries, is_off, same, truth, unknown};
use crate::source::Span;
use crate::value::{ExprKind, Field, Kind, Map, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOp, BinaryOperator, Conditional, Expression, ForExpr, ObjectKey, UnaryOperator};
use hcl_edit::template::Element;

/// How long a text may grow.
const MAX_TEXT: usize = 64 * 1024;

impl Scope<'_> {
    /// What an expression comes to.
    pub(in super::super) fn eval(&self, text: &str, expression: &Expression) -> Value {
        let span = span_of(expression.span());
        let raw = || unknown(text.get(span.range()).unwrap_or(""), span, ExprKind::Ref);
        if self.depth.get() >= MAX_DEPTH || !self.spend(1) {
            return raw();
        }
        self.depth.set(self.depth.get() + 1);
        let mut value = self.expression(text, expression, span).unwrap_or_else(raw);
        self.depth.set(self.depth.get() - 1);
        value.span = span;
        value
    }

    fn expression(&self, text: &str, expression: &Expression, span: Span) -> Option<Value> {
        let kind = match expression {
            Expression::Null(_) => Kind::Null,
            Expression::Bool(flag) => Kind::Bool(*flag.value()),
            Expression::Number(number) => match number.value().as_i64() {
                Some(whole) => Kind::Int(whole),
                None => Kind::Float(number.value().as_f64()?),
            },
            Expression::String(string) => Kind::Str(string.value().clone()),
            Expression::Array(array) => Kind::List(array.iter().map(|item| self.eval(text, item)).collect()),
            Expression::Object(object) => {
                let mut map = Map::default();
                for (key, value) in object {
                    let (name, at) = self.key(text, key);
                    map.insert(name, Field { key: at, value: self.eval(text, value.expr()) });
                }
                Kind::Map(map)
            }
            Expression::StringTemplate(template) => return Some(self.template(text, span, template.iter())),
            Expression::HeredocTemplate(heredoc) => return Some(self.template(text, span, heredoc.template.iter())),
            Expression::Parenthesis(inner) => return Some(self.eval(text, inner.inner())),
            Expression::Variable(name) => return self.lookup(name.as_str()),
            Expression::Conditional(conditional) => return Some(self.conditional(text, span, conditional)),
            Expression::FuncCall(call) => {
                let arguments: Vec<Value> = call.args.iter().map(|argument| self.eval(text, argument)).collect();
                let name = call.name.name.as_str();
                let raw = text.get(span.range()).unwrap_or("");
                return functions::call(name, arguments, call.args.expand_final(), raw, span);
            }
            Expression::Traversal(traversal) => return self.traversal(text, span, traversal),
            Expression::UnaryOp(operation) => {
                let value = self.eval(text, &operation.expr);
                match operation.operator.value() {
                    UnaryOperator::Not => Kind::Bool(!truth(&value)?),
                    UnaryOperator::Neg => Kind::of_number(-value.as_number()?),
                }
            }
            Expression::BinaryOp(operation) => self.binary(text, operation)?,
            Expression::ForExpr(each) => return self.for_each(text, span, each),
        };
        Some(Value::new(kind, span))
    }

    fn key(&self, text: &str, key: &ObjectKey) -> (String, Span) {
        match key {
            ObjectKey::Ident(ident) | ObjectKey::Expression(Expression::Variable(ident)) => {
                (ident.to_string(), span_of(ident.span()))
            }
            ObjectKey::Expression(expression) => {
                let value = self.eval(text, expression);
                let raw = || text.get(value.span.range()).unwrap_or("").to_owned();
                (value.scalar_text().unwrap_or_else(raw), value.span)
            }
        }
    }

    /// The text of a template; one interpolation alone keeps its type.
    pub(super) fn template<'t>(&self, text: &str, span: Span, elements: impl Iterator<Item = &'t Element>) -> Value {
        let raw = || unknown(text.get(span.range()).unwrap_or(text), span, ExprKind::Ref);
        let mut parts = Vec::new();
        for element in elements {
            parts.push(match element {
                Element::Literal(literal) => Value::new(Kind::Str(literal.value().clone()), span),
                Element::Interpolation(interpolation) => self.eval(text, &interpolation.expr),
                Element::Directive(_) => return raw(),
            });
        }
        if parts.len() == 1 {
            return parts.pop().unwrap_or_else(raw);
        }
        let mut out = String::new();
        for part in &parts {
            let Some(part) = part.scalar_text() else { return raw() };
            if out.len() + part.len() > MAX_TEXT || !self.spend(1 + part.len() / 64) {
                return raw();
            }
            out.push_str(&part);
        }
        Value::new(Kind::Str(out), span)
    }

    fn conditional(&self, text: &str, span: Span, conditional: &Conditional) -> Value {
        let condition = self.eval(text, &conditional.cond_expr);
        match truth(&condition) {
            Some(true) => self.eval(text, &conditional.true_expr),
            Some(false) => self.eval(text, &conditional.false_expr),
            None => {
                let (yes, no) = (self.eval(text, &conditional.true_expr), self.eval(text, &conditional.false_expr));
                if same(&yes, &no) == Some(true) {
                    return yes;
                }
                let kind = if is_off(&yes) || is_off(&no) { ExprKind::Ternary } else { ExprKind::Ref };
                unknown(text.get(span.range()).unwrap_or(""), span, kind)
            }
        }
    }

    fn binary(&self, text: &str, operation: &BinaryOp) -> Option<Kind> {
        use BinaryOperator::{And, Div, Eq, Greater, GreaterEq, Less, LessEq, Minus, Mod, Mul, NotEq, Or, Plus};
        let (left, right) = (self.eval(text, &operation.lhs_expr), self.eval(text, &operation.rhs_expr));
        let both = || Some((as_number(&left)?, as_number(&right)?));
        Some(match operation.operator.value() {
            And => match (truth(&left), truth(&right)) {
                (Some(false), _) | (_, Some(false)) => Kind::Bool(false),
                (Some(true), Some(true)) => Kind::Bool(true),
                _ => return None,
            },
            Or => match (truth(&left), truth(&right)) {
                (Some(true), _) | (_, Some(true)) => Kind::Bool(true),
                (Some(false), Some(false)) => Kind::Bool(false),
                _ => return None,
            },
            Eq => Kind::Bool(same(&left, &right)?),
            NotEq => Kind::Bool(!same(&left, &right)?),
            Less => both().map(|(left, right)| Kind::Bool(left < right))?,
            LessEq => both().map(|(left, right)| Kind::Bool(left <= right))?,
            Greater => both().map(|(left, right)| Kind::Bool(left > right))?,
            GreaterEq => both().map(|(left, right)| Kind::Bool(left >= right))?,
            Plus => both().map(|(left, right)| Kind::of_number(left + right))?,
            Minus => both().map(|(left, right)| Kind::of_number(left - right))?,
            Mul => both().map(|(left, right)| Kind::of_number(left * right))?,
            Div => both().filter(|(_, right)| *right != 0.0).map(|(left, right)| Kind::of_number(left / right))?,
            Mod => both().filter(|(_, right)| *right != 0.0).map(|(left, right)| Kind::of_number(left % right))?,
        })
    }

    fn for_each(&self, text: &str, span: Span, each: &ForExpr) -> Option<Value> {
        let over = self.eval(text, &each.intro.collection_expr);
        let maybe_off = || Some(unknown(text.get(span.range()).unwrap_or(""), span, ExprKind::Ternary));
        let Some(entries) = entries(&over) else {
            return if each.cond.is_some() { maybe_off() } else { Some(Value::new(over.kind, span)) };
        };
        let (mut list, mut map) = (Vec::new(), Map::default());
        for (key, value) in entries.into_iter().take(MAX_ENTRIES) {
            let step = || {
                let kept = each.cond.as_ref().map(|condition| truth(&self.eval(text, &condition.expr)));
                match kept {
                    Some(None) => return None,
                    Some(Some(false)) => return Some(()),
                    _ => {}
                }
                let value = self.eval(text, &each.value_expr);
                match &each.key_expr {
                    Some(key) => {
                        let key = self.eval(text, key);
                        map.insert(key.scalar_text()?, Field { key: key.span, value });
                    }
                    None => list.push(value),
                }
                Some(())
            };
            let value_name = each.intro.value_var.as_str();
            let done = match &each.intro.key_var {
                Some(name) => self.with(name.as_str(), key, || self.with(value_name, value, step)),
                None => self.with(value_name, value, step),
            };
            if done.is_none() {
                return maybe_off();
            }
        }
        let kind = if each.key_expr.is_some() { Kind::Map(map) } else { Kind::List(list) };
        Some(Value::new(kind, span))
    }
}
