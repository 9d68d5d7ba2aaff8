//! Terragrunt: files that call one module each, with inputs.

use super::super::fold::entries;
use super::local_target;
use super::scope::{Input, Scope};
use super::source::{Folder, hcl};
use crate::facts::Facts;
use crate::tree::path::folder_of;
use crate::value::Value;
use std::cell::Cell;
use std::collections::BTreeMap;

/// One `terragrunt.hcl` that calls a module of the tree.
pub(super) struct Wrapper {
    /// The folder that it stands in.
    pub(super) path: String,
    /// The folder of the module.
    pub(super) module: String,
    pub(super) inputs: BTreeMap<String, Input>,
    /// Whether no other file adds inputs.
    pub(super) is_whole: bool,
}

/// Every call of a local module.
pub(super) fn read(facts: &Facts<'_>, folders: &BTreeMap<String, Folder>) -> Vec<Wrapper> {
    let files = facts.tree.files().iter().filter(|file| file.name() == "terragrunt.hcl" && file.len < 200_000);
    let wrapper = |file: &crate::tree::File| {
        let source = file.text()?;
        let body = hcl(source).ok()?;
        let path = folder_of(&file.path).to_owned();
        let terraform = body.get_blocks("terraform").next()?;
        let target = terraform.body.get_attribute("source")?.value.as_str()?.replace("//", "/");
        let module = local_target(&path, &target).filter(|module| folders.contains_key(module))?;
        let (empty, budget) = (Folder::default(), Cell::new(100_000));
        let scope = Scope::new(&empty, &budget);
        let inputs = body.get_attribute("inputs").map(|inputs| scope.eval(source.text(), &inputs.value));
        let input = |(key, value): (Value, Value)| {
            let line = source.line_col(key.span.start).line;
            Some((key.scalar_text()?, Input { value, origin: format!("{}:{line}", file.path) }))
        };
        let known = inputs.as_ref().and_then(entries);
        let is_whole = !body.has_blocks("include") && (inputs.is_none() || known.is_some());
        let inputs = known.unwrap_or_default().into_iter().filter_map(input).collect();
        Some(Wrapper { path, module, inputs, is_whole })
    };
    files.filter_map(wrapper).collect()
}
