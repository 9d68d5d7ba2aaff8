//! Expressions of a template: pipelines, commands and their operands, variables, `include` and `tpl`.

use super::super::data::{Data, Item};
use super::super::functions;
use super::super::rope::{From, Rope};
use super::super::syntax::{self, Operand, Pipeline};
use super::{ADHOC, Renderer, STEP, Stop};
use crate::source::{Source, Span};

/// How many keys that templates set are remembered.
const MAX_CHANGED: usize = 200;

impl Renderer<'_> {
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
    pub(super) fn pipeline(&mut self, pipeline: &Pipeline, dot: &Item) -> Result<Item, Stop> {
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

    pub(super) fn pipeline_value(&mut self, pipeline: &Pipeline, dot: &Item) -> Result<Item, Stop> {
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
