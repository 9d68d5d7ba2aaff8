//! What the body of a block comes to: attributes, nested blocks, what `dynamic` makes; in either syntax.

use super::super::source::{Block, Content, span_of};
use super::{MAX_ENTRIES, Scope, each};
use crate::facts::infra::fold::{entries, respan, unknown};
use crate::source::Span;
use crate::value::{ExprKind, Field, Kind, Map, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};

/// The key under which the first label of a nested block stands: no attribute can be called so.
pub(in crate::facts) const LABEL: &str = "@label";

/// Keeps the label of a block with what stands in it.
pub(in super::super) fn keep_label(map: &mut Map, label: &str, key: Span, at: Span) {
    map.insert(LABEL, Field { key, value: Value::new(Kind::Str(label.to_owned()), at) });
}

impl Scope<'_> {
    /// What a block's body comes to: attributes, and lists of nested blocks.
    pub(in super::super) fn body(&self, block: &Block) -> Map {
        match &block.content {
            Content::Hcl(body) => self.hcl_body(self.text_of(block), body),
            Content::Json(value) => match self.json(value).kind {
                Kind::Map(map) => map,
                _ => Map::default(),
            },
        }
    }

    fn hcl_body(&self, text: &str, body: &Body) -> Map {
        let mut map = Map::default();
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
                            let mut map = self.hcl_body(text, &block.body);
                            if let Some(label) = block.labels.first() {
                                keep_label(&mut map, label.as_str(), key, span_of(label.span()));
                            }
                            (block.ident.to_string(), vec![Value::new(Kind::Map(map), key)])
                        }
                    };
                    if bodies.is_empty() {
                        continue;
                    }
                    let list =
                        map.or_insert_with(name, || Field { key, value: Value::new(Kind::List(Vec::new()), key) });
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

    pub(super) fn json(&self, value: &Value) -> Value {
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
}
