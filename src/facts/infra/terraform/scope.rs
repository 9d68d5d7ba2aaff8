//! Folds expressions as far as the tree alone allows: variables, locals, conditions, arithmetic, templates, loops.
//!
//! What stays unknown is its own text (`Kind::Expr`); where it may turn out to be off, its kind is a ternary, so that
//! `count = var.on ? 1 : 0` is told from `count = length(data.zones)`. Everything spends from one budget.

use super::super::fold::{as_number, entries, extent, is_environment, is_off, number, respan, same, truth, unknown};
use super::functions;
use super::source::{Block, Content, Folder, Node, span_of};
use crate::facts::production::{Stage, stage_of_path};
use crate::source::Span;
use crate::value::{ExprKind, Field, Kind, Map, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Conditional, Expression, ForExpr, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::Element;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// How deep evaluation may nest, locals of locals included.
const MAX_DEPTH: usize = 96;
/// How many entries a loop may make.
const MAX_ENTRIES: usize = 1_000;
/// How long a text may grow.
const MAX_TEXT: usize = 64 * 1024;

/// A variable's value, and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) value: Value,
    /// `prod.tfvars:3`
    pub(super) origin: String,
}

/// What expressions of one module instance may refer to.
pub(super) struct Scope<'a> {
    folder: &'a Folder,
    pub(super) inputs: BTreeMap<String, Input>,
    locals: BTreeMap<&'a str, (usize, Node<'a>)>,
    /// Locals that are known; `None` while one is being made.
    known: RefCell<BTreeMap<String, Option<Value>>>,
    /// `each`, `count` and the variables of loops.
    bound: RefCell<Vec<(String, Value)>>,
    origins: RefCell<Vec<(Span, String)>>,
    budget: &'a Cell<usize>,
    depth: Cell<usize>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(folder: &'a Folder, budget: &'a Cell<usize>) -> Self {
        let blocks = folder.blocks.iter().filter(|block| block.word == "locals");
        let locals = blocks.flat_map(|block| {
            block.content.attributes().into_iter().map(move |(name, node)| (name, (block.file, node)))
        });
        Self {
            folder,
            inputs: BTreeMap::new(),
            locals: locals.collect(),
            known: RefCell::default(),
            bound: RefCell::default(),
            origins: RefCell::default(),
            budget,
            depth: Cell::new(0),
        }
    }

    /// The text of a block's file.
    pub(super) fn text_of(&self, block: &Block) -> &'a str {
        self.folder.files.get(block.file).map_or("", |source| source.text())
    }

    /// Runs with a name bound to a value.
    pub(super) fn with<T>(&self, name: &str, value: Value, run: impl FnOnce() -> T) -> T {
        self.bound.borrow_mut().push((name.to_owned(), value));
        let result = run();
        self.bound.borrow_mut().pop();
        result
    }

    /// Where the values of the last block came from, which are then forgotten.
    pub(super) fn take_origins(&self) -> Vec<(Span, String)> {
        self.origins.take()
    }

    /// Takes from the budget; once it is spent everything stays unknown.
    fn spend(&self, amount: usize) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(amount));
        left >= amount
    }

    /// What an attribute as written comes to.
    pub(super) fn node(&self, text: &str, node: Node<'_>) -> Value {
        match node {
            Node::Hcl(expression) => self.eval(text, expression),
            Node::Json(value) => self.json(value),
        }
    }

    /// What a block's body comes to: attributes, and lists of nested blocks.
    pub(super) fn body(&self, block: &Block) -> Map {
        match &block.content {
            Content::Hcl(body) => self.hcl_body(self.text_of(block), body),
            Content::Json(value) => match self.json(value).kind {
                Kind::Map(map) => map,
                _ => Map::new(),
            },
        }
    }

    fn hcl_body(&self, text: &str, body: &Body) -> Map {
        let mut map = Map::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let value = self.eval(text, &attribute.value);
                    map.insert(attribute.key.to_string(), Field { key: span_of(attribute.key.span()), value });
                }
                Structure::Block(block) => {
                    let key = span_of(block.ident.span());
                    let (name, bodies) = match block.labels.first() {
                        Some(label) if block.ident.as_str() == "dynamic" => {
                            (label.as_str().to_owned(), self.dynamic(text, label.as_str(), block))
                        }
                        _ => {
                            let map = self.hcl_body(text, &block.body);
                            (block.ident.to_string(), vec![Value::new(Kind::Map(map), key)])
                        }
                    };
                    if bodies.is_empty() {
                        continue;
                    }
                    let list = map
                        .entry(name)
                        .or_insert_with(|| Field { key, value: Value::new(Kind::List(Vec::new()), key) });
                    if let Kind::List(list) = &mut list.value.kind {
                        list.extend(bodies);
                    }
                }
            }
        }
        map
    }

    /// The blocks that `dynamic "name" { for_each = …  content { … } }` makes.
    fn dynamic(&self, text: &str, name: &str, block: &hcl_edit::structure::Block) -> Vec<Value> {
        let at = span_of(block.ident.span());
        let Some(content) = block.body.get_blocks("content").next() else { return Vec::new() };
        let iterator = block.body.get_attribute("iterator").and_then(|attribute| match &attribute.value {
            Expression::Variable(name) => Some(name.to_string()),
            _ => None,
        });
        let iterator = iterator.as_deref().unwrap_or(name);
        let Some(over) = block.body.get_attribute("for_each") else { return Vec::new() };
        let over = self.eval(text, &over.value);
        let Some(entries) = entries(&over) else {
            return vec![Value::new(over.kind, at)];
        };
        let body = |(key, value)| {
            let bound = each(key, value, at);
            Value::new(Kind::Map(self.with(iterator, bound, || self.hcl_body(text, &content.body))), at)
        };
        entries.into_iter().take(MAX_ENTRIES).map(body).collect()
    }

    fn json(&self, value: &Value) -> Value {
        if !self.spend(1) {
            return unknown("", value.span, ExprKind::Ref);
        }
        let kind = match &value.kind {
            Kind::Str(text) if text.contains("${") => match hcl_edit::parser::parse_template(text) {
                Ok(template) => self.template(text, value.span, template.iter()).kind,
                Err(_) => value.kind.clone(),
            },
            Kind::List(list) => Kind::List(list.iter().map(|item| self.json(item)).collect()),
            Kind::Map(map) => Kind::Map(
                map.iter()
                    .map(|(key, field)| (key.clone(), Field { key: field.key, value: self.json(&field.value) }))
                    .collect(),
            ),
            other => other.clone(),
        };
        let mut folded = Value::new(kind, value.span);
        if matches!(value.kind, Kind::Str(_)) {
            respan(&mut folded, value.span);
        }
        folded
    }

    /// What an expression comes to.
    pub(super) fn eval(&self, text: &str, expression: &Expression) -> Value {
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
                let mut map = Map::new();
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
                    UnaryOperator::Neg => number(-value.as_number()?),
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

    fn lookup(&self, name: &str) -> Option<Value> {
        let bound = self.bound.borrow();
        let (_, value) = bound.iter().rev().find(|(bound, _)| bound == name)?;
        self.may_copy(value).then(|| value.clone())
    }

    /// Whether a value may be used again: the budget bears its size, and it is not nested so deep that locals of locals
    /// could pile up without end.
    fn may_copy(&self, value: &Value) -> bool {
        let (size, depth) = extent(value);
        depth <= MAX_DEPTH && self.spend(size)
    }

    /// The text of a template; one interpolation alone keeps its type.
    fn template<'t>(&self, text: &str, span: Span, elements: impl Iterator<Item = &'t Element>) -> Value {
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
            Plus => both().map(|(left, right)| number(left + right))?,
            Minus => both().map(|(left, right)| number(left - right))?,
            Mul => both().map(|(left, right)| number(left * right))?,
            Div => both().filter(|(_, right)| *right != 0.0).map(|(left, right)| number(left / right))?,
            Mod => both().filter(|(_, right)| *right != 0.0).map(|(left, right)| number(left % right))?,
        })
    }

    fn traversal(&self, text: &str, span: Span, traversal: &Traversal) -> Option<Value> {
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

    fn variable(&self, name: &str, span: Span) -> Option<Value> {
        let input = self.inputs.get(name)?;
        if !self.may_copy(&input.value) {
            return None;
        }
        self.origins.borrow_mut().push((span, format!("var.{name} at {}", input.origin)));
        let text = input.value.as_str();
        // What a stack for development takes by default is not what production is given.
        if is_environment(name) && text.is_some_and(|text| matches!(stage_of_path(text), Stage::Never(_))) {
            return None;
        }
        Some(input.value.clone())
    }

    fn local(&self, name: &str, span: Span) -> Option<Value> {
        let known = self.known.borrow().get(name).cloned();
        let &(file, node) = self.locals.get(name)?;
        let source = self.folder.files.get(file)?;
        let value = if let Some(known) = known {
            known?
        } else {
            self.known.borrow_mut().insert(name.to_owned(), None);
            // A local sees no loop variables, and where its own parts come from is not told.
            let (bound, origins) = (self.bound.take(), self.origins.take());
            let value = self.node(source.text(), node);
            self.bound.replace(bound);
            self.origins.replace(origins);
            self.known.borrow_mut().insert(name.to_owned(), Some(value.clone()));
            value
        };
        let line = source.line_col(node.span().start).line;
        self.origins.borrow_mut().push((span, format!("local.{name} at {}:{line}", source.name())));
        self.may_copy(&value).then_some(value)
    }

    fn for_each(&self, text: &str, span: Span, each: &ForExpr) -> Option<Value> {
        let over = self.eval(text, &each.intro.collection_expr);
        let maybe_off = || Some(unknown(text.get(span.range()).unwrap_or(""), span, ExprKind::Ternary));
        let Some(entries) = entries(&over) else {
            return if each.cond.is_some() { maybe_off() } else { Some(Value::new(over.kind, span)) };
        };
        let (mut list, mut map) = (Vec::new(), Map::new());
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

/// `each` or the variable of a dynamic block: an object of `key` and `value`.
pub(super) fn each(key: Value, value: Value, span: Span) -> Value {
    let field = |value| Field { key: span, value };
    Value::new(Kind::Map(Map::from_iter([("key".to_owned(), field(key)), ("value".to_owned(), field(value))])), span)
}

/// The attribute of an object; one that a known object lacks is null.
fn attribute(value: Value, name: &str) -> Option<Value> {
    let span = value.span;
    match value.kind {
        Kind::Map(mut map) => Some(map.swap_remove(name).map_or(Value::new(Kind::Null, span), |field| field.value)),
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
                let mut production = map.keys().filter(|key| stage_of_path(key) == Stage::Production).cloned();
                let key = production.next().filter(|_| production.next().is_none())?;
                map.swap_remove(&key).map(|field| field.value)
            }
            _ => map.swap_remove(&index.scalar_text()?).map(|field| field.value),
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
