//! Folds expressions as far as the tree alone allows: variables, locals, conditions, arithmetic, templates, loops.
//!
//! What stays unknown is its own text (`Kind::Expr`); where it may turn out to be off, its kind is a ternary, so that
//! `count = var.on ? 1 : 0` is told from `count = length(data.zones)`. Everything spends from one budget.

mod block;
mod expression;
mod traversal;

pub(in crate::facts) use block::LABEL;
pub(super) use block::keep_label;

use super::super::fold::{extent, is_environment};
use super::source::{Block, Folder, Node};
use crate::facts::production::{Stage, stage_of_path};
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// How deep evaluation may nest, locals of locals included.
const MAX_DEPTH: usize = 96;
/// How many entries a loop may make.
const MAX_ENTRIES: usize = 1_000;

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
}

/// `each` or the variable of a dynamic block: an object of `key` and `value`.
pub(super) fn each(key: Value, value: Value, span: Span) -> Value {
    let field = |value| Field { key: span, value };
    Value::new(Kind::Map(Map::from_iter([("key".to_owned(), field(key)), ("value".to_owned(), field(value))])), span)
}
