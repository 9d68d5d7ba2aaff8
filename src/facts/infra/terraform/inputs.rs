//! The values of a module's variables: what its caller gives, else their defaults.

use super::scope::{Input, Scope};
use super::source::{Block, Folder, Node};
use super::types;
use crate::source::{Source, Span};
use crate::value::Kind;
use std::collections::BTreeMap;

/// What a call gives to the variables of the module.
pub(super) fn given(scope: &Scope<'_>, block: &Block, source: &Source) -> BTreeMap<String, Input> {
    let map = scope.body(block);
    scope.take_origins();
    let meta = ["source", "version", "providers", "count", "for_each", "depends_on"];
    let origin = |span: Span| format!("{}:{}", source.name(), source.line_col(span.start).line);
    map.into_iter()
        .filter(|(name, _)| !meta.contains(&name.as_str()))
        .map(|(name, field)| (name.to_string(), Input { origin: origin(field.key), value: field.value }))
        .collect()
}

/// The values of variables: what is given, else the default; the type's own defaults on top.
pub(super) fn set_inputs(scope: &mut Scope<'_>, folder: &Folder, mut given: BTreeMap<String, Input>, whole: bool) {
    for block in folder.blocks.iter().filter(|block| block.word == "variable") {
        let Some(name) = block.labels.first() else { continue };
        let Some(source) = folder.files.get(block.file) else { continue };
        // With `nullable = false`, null means the default.
        let is_set = |input: &Input| input.value.kind != Kind::Null || block.content.attribute("nullable").is_none();
        let input = given.remove(name).filter(is_set).or_else(|| {
            let node = whole.then(|| block.content.attribute("default")).flatten()?;
            let value = scope.node(source.text(), node);
            let line = source.line_col(node.span().start).line;
            Some(Input { value, origin: format!("{}:{line} (default)", source.name()) })
        });
        let Some(mut input) = input else { continue };
        if let Some(Node::Hcl(of)) = block.content.attribute("type") {
            input.value = types::complete(scope, source.text(), of, input.value);
        }
        scope.inputs.insert(name.clone(), input);
    }
    scope.take_origins();
}
