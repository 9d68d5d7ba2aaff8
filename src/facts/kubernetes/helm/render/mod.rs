//! Runs a template: what it prints, with the place of every letter.
//!
//! Nothing outside of the chart is looked at, and everything is bounded: the steps, the depth, the length of texts. What
//! cannot be worked out is a hidden value; what stands under a condition on one is printed and marked as doubtful.

mod block;
mod expression;

use super::data::Item;
use super::rope::{From, Origin, Rope, TooLong};
use super::syntax::Node;
use crate::source::{Source, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How deep blocks, expressions and named templates may stand in each other while they run.
const MAX_DEPTH: usize = 160;
/// What a step costs, beside one for each letter that it makes.
const STEP: usize = 10;
/// What the call of a named template costs.
const CALL: usize = 100;

/// The number of a text that is no file.
const ADHOC: u16 = u16::MAX;

/// What the templates of a chart share.
#[derive(Debug, Default)]
pub(super) struct Library {
    /// Every file, by number.
    pub(super) files: Vec<Source>,
    /// Named templates with the number of their file.
    pub(super) defines: BTreeMap<String, (u16, Arc<Vec<Node>>)>,
}

impl Library {
    /// The file of a number.
    pub(super) fn file(&self, number: u16) -> Option<&Source> {
        self.files.get(usize::from(number))
    }

    /// Takes a file in and gives its number; `None` when there are too many.
    pub(super) fn add(&mut self, file: &Source) -> Option<u16> {
        let number = u16::try_from(self.files.len()).ok().filter(|&number| number != ADHOC)?;
        self.files.push(file.clone());
        Some(number)
    }
}

/// Why a template was given up.
#[derive(Debug)]
pub(super) struct Stop(pub(super) &'static str);

impl std::convert::From<TooLong> for Stop {
    fn from(_: TooLong) -> Self {
        Self("it makes more than any manifest holds")
    }
}

/// How a block ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// One run.
pub(super) struct Renderer<'l> {
    library: &'l Library,
    /// Steps that are left.
    work: &'l mut usize,
    file: u16,
    /// The text that runs as a template though it is none of the files, under the number [`ADHOC`].
    adhoc: Option<Source>,
    variables: Vec<(String, Item)>,
    doubt: Option<Arc<str>>,
    depth: usize,
    /// Keys that a template sets in a map which is no variable of its own, such as the values.
    changed: Vec<String>,
}

impl<'l> Renderer<'l> {
    /// A run of a file's own text.
    pub(super) fn new(library: &'l Library, file: u16, work: &'l mut usize) -> Self {
        Self { library, work, file, adhoc: None, variables: Vec::new(), doubt: None, depth: 0, changed: Vec::new() }
    }

    /// Prints a template with `$` and `.` set to a context.
    pub(super) fn run(&mut self, body: &[Node], context: &Item) -> Result<Rope, Stop> {
        let outer = std::mem::replace(&mut self.variables, vec![(String::new(), context.clone())]);
        let mut out = Rope::default();
        let done = self.nodes(body, context, &mut out);
        self.variables = outer;
        done.map(|_| out)
    }

    fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        *self.work = self.work.checked_sub(steps).ok_or(Stop("it takes too many steps"))?;
        Ok(())
    }

    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop("its templates call each other too deeply"));
        }
        self.depth += 1;
        let done = run(self);
        self.depth -= 1;
        done
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Item, out: &mut Rope) -> Result<Flow, Stop> {
        self.deeper(|this| {
            for node in nodes {
                let flow = this.node(node, dot, out)?;
                // Nobody knows whether a doubtful `break` is reached.
                if flow != Flow::On && this.doubt.is_none() {
                    return Ok(flow);
                }
            }
            Ok(Flow::On)
        })
    }

    fn node(&mut self, node: &Node, dot: &Item, out: &mut Rope) -> Result<Flow, Stop> {
        self.spend(STEP)?;
        match node {
            Node::Text(span) => {
                let file = if self.file == ADHOC { self.adhoc.clone() } else { self.library.file(self.file).cloned() };
                let text = file.as_ref().and_then(|file| file.text().get(span.range())).unwrap_or("");
                self.spend(text.len())?;
                out.push(text, From::Copied(self.here(*span)), self.doubt.as_ref())?;
            }
            Node::Print(pipeline, span) => {
                let item = self.pipeline(pipeline, dot)?;
                if pipeline.variables.is_empty() {
                    // A list or a map printed as it is makes no manifest.
                    let rope = item.printed().unwrap_or_else(|| Rope::hidden("list", From::Nowhere));
                    self.print(&rope, *span, out)?;
                }
            }
            Node::Choose { enters, arms, otherwise } => {
                let known = self.variables.len();
                let flow = self.choose(*enters, arms, otherwise, dot, out);
                self.variables.truncate(known);
                return flow;
            }
            Node::Range { over, body, otherwise } => {
                let known = self.variables.len();
                let flow = self.range(over, body, otherwise, dot, out);
                self.variables.truncate(known);
                return flow;
            }
            Node::Call(name, argument, span) => {
                let argument = argument.as_ref().map_or(Ok(Item::nil()), |pipeline| self.pipeline(pipeline, dot))?;
                let rope = self.call(name, &argument)?;
                self.print(&rope, *span, out)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn here(&self, span: Span) -> Origin {
        Origin { file: self.file, span }
    }

    fn print(&mut self, rope: &Rope, span: Span, out: &mut Rope) -> Result<(), Stop> {
        self.spend(rope.text().len())?;
        out.append(rope, From::Whole(self.here(span)), self.doubt.as_ref())?;
        Ok(())
    }

    /// What a named template prints; hidden if there is none of that name.
    fn call(&mut self, name: &str, argument: &Item) -> Result<Rope, Stop> {
        let Some((file, body)) = self.library.defines.get(name) else {
            return Ok(Rope::hidden(name, From::Nowhere));
        };
        self.spend(CALL)?;
        let outer = std::mem::replace(&mut self.file, *file);
        let done = self.run(body, argument);
        self.file = outer;
        done
    }
}
