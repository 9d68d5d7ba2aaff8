//! Runs a template: what it prints, with the place of every letter.
//!
//! Nothing outside of the chart is looked at, and everything is bounded: the steps, the depth, the length of texts. What
//! cannot be worked out is a hidden value; what stands under a condition on one is printed and marked as doubtful.

use super::data::{Data, Item};
use super::functions;
use super::rope::{self, From, Origin, Rope, TooLong};
use super::syntax::{self, Node, Operand, Pipeline};
use crate::source::{Source, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How deep blocks, expressions and named templates may stand in each other while they run.
const MAX_DEPTH: usize = 160;
/// How many keys that templates set are remembered.
const MAX_CHANGED: usize = 200;
/// What a step costs, beside one for each letter that it makes.
const STEP: usize = 10;
/// What the call of a named template costs.
const CALL: usize = 100;
/// How often a loop over a number may go round.
const MAX_COUNT: i64 = 1_000;

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

    /// `if` and `with`.
    fn choose(
        &mut self,
        enters: bool,
        arms: &[(Pipeline, Vec<Node>)],
        otherwise: &[Node],
        dot: &Item,
        out: &mut Rope,
    ) -> Result<Flow, Stop> {
        for (index, (condition, body)) in arms.iter().enumerate() {
            let value = self.pipeline(condition, dot)?;
            let inner = if enters { &value } else { dot };
            match value.truth() {
                Some(true) => return self.nodes(body, inner, out),
                Some(false) => {}
                None => {
                    let outer = self.doubt.clone();
                    self.doubt.get_or_insert_with(|| doubt(&value));
                    let mut either = Rope::default();
                    self.nodes(body, inner, &mut either)?;
                    let mut other = Rope::default();
                    self.deeper(|this| this.choose(enters, &arms[index + 1..], otherwise, dot, &mut other))?;
                    let none = None;
                    if either.text().trim().is_empty() {
                        out.append(&other, From::Nowhere, none)?;
                    } else {
                        out.append(&either, From::Nowhere, none)?;
                        if is_object(either.text()) && is_object(other.text()) {
                            out.push("\n---\n", From::Nowhere, self.doubt.as_ref())?;
                            out.append(&other, From::Nowhere, none)?;
                        }
                    }
                    self.doubt = outer;
                    return Ok(Flow::On);
                }
            }
        }
        self.nodes(otherwise, dot, out)
    }

    fn range(
        &mut self,
        over: &Pipeline,
        body: &[Node],
        otherwise: &[Node],
        dot: &Item,
        out: &mut Rope,
    ) -> Result<Flow, Stop> {
        let found = self.pipeline_value(over, dot)?;
        let entries: Vec<(Item, Item)> = match &found.data {
            Data::List(list) => (0..).zip(list.iter()).map(|(index, item)| (Item::int(index), item.clone())).collect(),
            Data::Map(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort();
                let entry = |key: &String| {
                    let entry = map.get(key)?;
                    Some((Item::name(key, entry.key), entry.item.clone()))
                };
                keys.into_iter().filter_map(entry).collect()
            }
            Data::Int(count) => {
                (0..(*count).clamp(0, MAX_COUNT)).map(|index| (Item::int(index), Item::int(index))).collect()
            }
            Data::Hidden(_) | Data::Text(_) if found.is_hidden() => {
                let outer = self.doubt.clone();
                self.doubt.get_or_insert_with(|| doubt(&found));
                let inner = Item::hidden("item");
                self.declare(over, &[inner.clone(), inner.clone()]);
                self.nodes(body, &inner, out)?;
                self.doubt = outer;
                return Ok(Flow::On);
            }
            _ => Vec::new(),
        };
        if entries.is_empty() {
            return self.nodes(otherwise, dot, out);
        }
        let known = self.variables.len();
        for (key, item) in entries {
            self.spend(1)?;
            self.declare(over, &[key, item.clone()]);
            let flow = self.nodes(body, &item, out)?;
            self.variables.truncate(known);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(Flow::On)
    }

    /// The variables of a loop: the value, or the key and the value.
    fn declare(&mut self, over: &Pipeline, [key, item]: &[Item; 2]) {
        match over.variables.as_slice() {
            [value] => self.variables.push((value.clone(), item.clone())),
            [first, second, ..] => {
                self.variables.push((first.clone(), key.clone()));
                self.variables.push((second.clone(), item.clone()));
            }
            [] => {}
        }
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

    /// A text of the values that is a template itself.
    fn text_as_template(&mut self, args: &[Item]) -> Result<Item, Stop> {
        let Some(rope) = args.first().and_then(Item::printed) else { return Ok(Item::hidden("tpl")) };
        if !rope.text().contains("{{") {
            return Ok(Item::rope(rope));
        }
        if rope.is_hidden() {
            return Ok(Item::hidden("tpl"));
        }
        let Ok(template) = syntax::parse(rope.text()) else { return Ok(Item::hidden("tpl")) };
        self.spend(rope.text().len())?;
        let context = args.get(1).cloned().unwrap_or_else(Item::nil);
        let outer = (self.file, self.adhoc.replace(Source::new("", rope.text())));
        self.file = ADHOC;
        let inner = self.deeper(|this| this.run(&template.body, &context));
        (self.file, self.adhoc) = outer;
        let inner = inner?;
        let origin = rope.origin(Span::new(0, rope.text().len()));
        let from = origin.map_or(From::Nowhere, From::Whole);
        Ok(Item::rope(Rope::of(inner.text(), from)))
    }

    /// The value of an expression; the variables that it sets are set.
    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Item) -> Result<Item, Stop> {
        let value = self.pipeline_value(pipeline, dot)?;
        if let [name] = pipeline.variables.as_slice() {
            if pipeline.declares {
                self.variables.push((name.clone(), value.clone()));
            } else {
                self.set(name, value.clone());
            }
        }
        Ok(value)
    }

    /// Gives a variable another value; under a doubtful condition nobody knows which.
    fn set(&mut self, name: &str, value: Item) {
        let value = match &self.doubt {
            Some(_) => Item::hidden(name),
            None => value,
        };
        if let Some((_, known)) = self.variables.iter_mut().rev().find(|(known, _)| known == name) {
            *known = value;
        }
    }

    fn pipeline_value(&mut self, pipeline: &Pipeline, dot: &Item) -> Result<Item, Stop> {
        self.deeper(|this| {
            let mut value = None;
            for command in &pipeline.commands {
                value = Some(this.command(command, dot, value)?);
            }
            Ok(value.unwrap_or_else(Item::nil))
        })
    }

    fn command(&mut self, command: &[Operand], dot: &Item, piped: Option<Item>) -> Result<Item, Stop> {
        self.spend(STEP)?;
        let Some((first, rest)) = command.split_first() else { return Ok(Item::nil()) };
        if let Operand::Function(name) = first {
            let mut args = rest.iter().map(|operand| self.operand(operand, dot)).collect::<Result<Vec<_>, _>>()?;
            args.extend(piped);
            return self.function(name, &args, rest.first());
        }
        let value = self.operand(first, dot)?;
        if rest.is_empty() && piped.is_none() {
            return Ok(value);
        }
        // Only methods take arguments: `.Capabilities.APIVersions.Has "batch/v1"`, `.Files.Get "x"`.
        let (Operand::Field(fields) | Operand::Variable(_, fields)) = first else { return Ok(Item::hidden("call")) };
        let asks_api = fields.ends_with(&["APIVersions".to_owned(), "Has".to_owned()]);
        let argument = rest.first().map(|operand| self.operand(operand, dot)).transpose()?;
        Ok(match argument.as_ref().and_then(Item::printed) {
            Some(api) if asks_api => functions::has_api(api.text()),
            _ => Item::hidden(&fields.join(".")),
        })
    }

    fn operand(&mut self, operand: &Operand, dot: &Item) -> Result<Item, Stop> {
        Ok(match operand {
            Operand::Field(fields) => self.walk(dot, fields),
            Operand::Variable(name, fields) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                found.map_or_else(|| Item::hidden(name), |(_, value)| self.walk(value, fields))
            }
            Operand::Function(name) => self.function(name, &[], None)?,
            Operand::Text(text) => Item::text(text),
            Operand::Int(number) => Item::int(*number),
            Operand::Float(number) => Item::new(Data::Float(*number)),
            Operand::Bool(flag) => Item::bool(*flag),
            Operand::Nil => Item::nil(),
            Operand::Group(pipeline, fields) => {
                let value = self.pipeline(pipeline, dot)?;
                self.walk(&value, fields)
            }
        })
    }

    fn function(&mut self, name: &str, args: &[Item], first: Option<&Operand>) -> Result<Item, Stop> {
        match name {
            "include" => {
                let Some(named) = args.first().filter(|name| !name.is_hidden()).and_then(Item::printed) else {
                    return Ok(Item::hidden("include"));
                };
                let argument = args.get(1).cloned().unwrap_or_else(Item::nil);
                return Ok(Item::rope(self.call(named.text(), &argument)?));
            }
            "tpl" => return self.text_as_template(args),
            _ => {}
        }
        let value = functions::call(name, args, self.work).map_err(|_| Stop("it takes too many steps"))?;
        if let Data::Text(rope) = &value.data {
            self.spend(rope.text().len())?;
        }
        // These change the map that they are given, in Go.
        if matches!(name, "set" | "unset" | "merge" | "mergeOverwrite" | "mustMerge" | "mustMergeOverwrite") {
            match first {
                Some(Operand::Variable(variable, fields)) if fields.is_empty() && !variable.is_empty() => {
                    self.set(variable, value.clone());
                }
                Some(Operand::Field(_) | Operand::Variable(..)) if self.changed.len() < MAX_CHANGED => {
                    self.changed.extend(args.get(1).and_then(Item::printed).map(|key| key.text().to_owned()));
                }
                _ => {}
            }
        }
        Ok(value)
    }

    /// What stands under some names; hidden where a template has put something else.
    fn walk(&self, item: &Item, fields: &[String]) -> Item {
        if let Some(changed) = fields.iter().find(|field| self.changed.contains(field)) {
            return Item::hidden(changed);
        }
        let Some((first, rest)) = fields.split_first() else { return item.clone() };
        rest.iter().fold(item.get(first), |found, field| found.get(field))
    }
}

/// Whether a rendered text holds an object of its own, or only a part of one.
fn is_object(text: &str) -> bool {
    text.contains("apiVersion:") && text.contains("kind:") && text.contains("metadata:")
}

fn doubt(value: &Item) -> Arc<str> {
    let what = match &value.data {
        Data::Hidden(what) => what.to_string(),
        Data::Text(rope) => rope::shown(rope.text()),
        _ => "something unknown".to_owned(),
    };
    format!("whether it is there depends on {what}, which this tree does not say").into()
}
