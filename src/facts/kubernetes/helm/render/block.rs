//! Blocks of a template: `if`, `with` and `range`, and both ways where nobody knows which is gone.

use super::super::data::{Data, Item};
use super::super::rope::{self, From, Rope};
use super::super::syntax::{Node, Pipeline};
use super::{Flow, Renderer, Stop};
use std::sync::Arc;

/// How often a loop over a number may go round.
const MAX_COUNT: i64 = 1_000;

impl Renderer<'_> {
    /// `if` and `with`.
    pub(super) fn choose(
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

    pub(super) fn range(
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
