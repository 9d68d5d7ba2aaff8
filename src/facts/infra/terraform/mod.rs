//! Terraform and `OpenTofu`: stacks, the modules that they call, and the resources that come of it.
//!
//! A folder is a stack unless another folder calls it as its module. A stack is read with the values that production gives
//! to its variables; a module with what its caller gives. A folder of modules that no stack calls declares nothing; one
//! that only examples call is what the project ships, and is read as a stack.

mod functions;
mod inputs;
mod module;
mod presence;
pub(super) mod registry;
mod scope;
mod source;
mod terragrunt;
mod types;
mod vars;

use super::Infra;
use crate::evidence::Blind;
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing, is_example, is_fixture, stage_of_path};
use crate::source::Source;
use crate::tree::path;
use crate::value::{Kind, Value};
use module::{Instance, Reader};
pub(in crate::facts) use scope::LABEL;
use scope::{Scope, keep_label};
use source::{Block, Folder};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// What all expressions of a tree together may cost.
const BUDGET: usize = 3_000_000;

/// Reads every stack.
pub(super) fn read(facts: &Facts<'_>, view: &mut Infra) {
    let (folders, mut illegible) = source::folders(facts);
    illegible.retain(|file| file.blind.place.as_ref().is_none_or(|place| is_real(&place.path)));
    view.illegible = illegible;
    let wrappers = terragrunt::read(facts, &folders);
    if folders.is_empty() {
        return;
    }
    let mut called: BTreeSet<String> =
        wrappers.iter().filter(|wrapper| is_real(&wrapper.path)).map(|wrapper| wrapper.module.clone()).collect();
    for (path, folder) in folders.iter().filter(|(path, _)| is_real(path)) {
        called.extend(folder.modules().filter_map(|block| local_target(path, &block.content.text("source")?)));
    }
    let stacks: Vec<&str> = folders.keys().map(String::as_str).filter(|path| !called.contains(*path)).collect();
    let mut values = vars::read(facts, &stacks, &mut view.blind);
    let budget = Cell::new(BUDGET);
    let mut reader = Reader { folders: &folders, view, budget: &budget };
    for stack in &stacks {
        let Some(folder) = folders.get(*stack) else { continue };
        let standing = standing_of(stack, folder);
        let given = values.remove(*stack).unwrap_or_default();
        reader.instance(&Instance { path: stack, address: "", standing, is_stack: true, calls: 0 }, given, true);
    }
    for wrapper in wrappers {
        let standing = of_path(&format!("{}/terragrunt.hcl", wrapper.path));
        let instance = Instance { path: &wrapper.module, address: "", standing, is_stack: false, calls: 1 };
        reader.instance(&instance, wrapper.inputs, wrapper.is_whole);
    }
}

/// Whether a file of Terraform at this path may say what production is given.
pub(in crate::facts) fn may_be_production(path: &str) -> bool {
    matches!(path.rsplit_once('.'), Some((_, "tf" | "tofu"))) && is_real(path) && of_path(path) == Standing::Production
}

/// What the blocks of a word come to in a file of HCL that is no module of Terraform (`job`, in one of Nomad), with what the
/// file's own variables default to; the first label stands under [`LABEL`].
pub(in crate::facts) fn blocks_of_file(source: &Source, word: &str) -> Result<Vec<Value>, Blind> {
    let blocks = source::hcl_blocks(source::hcl(source)?);
    let folder = Folder { files: vec![source.clone()], blocks };
    let budget = Cell::new(BUDGET);
    let mut scope = Scope::new(&folder, &budget);
    inputs::set_inputs(&mut scope, &folder, BTreeMap::new(), true);
    let body = |block: &Block| {
        let mut map = scope.body(block);
        if let Some(label) = block.labels.first() {
            keep_label(&mut map, label, block.span, block.span);
        }
        Value::new(Kind::Map(map), block.span)
    };
    Ok(folder.blocks.iter().filter(|block| block.word == word).map(body).collect())
}

/// Whether what stands at a path may speak for the project: no test and no example.
fn is_real(path: &str) -> bool {
    !is_example(path) && !is_fixture(path)
}

/// Folders with machines that put load on the service, or measure it.
const LOAD: &[&str] =
    &["performance", "perf", "loadtest", "loadtests", "load-test", "load-tests", "load_test", "stress"];

fn of_path(path: &str) -> Standing {
    match stage_of_path(path) {
        Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
        _ => match path.split('/').find(|part| LOAD.contains(part)) {
            Some(part) => Standing::Aside(format!("\"{part}\" in its path")),
            None => Standing::Production,
        },
    }
}

/// Whether production has a folder that no other calls.
fn standing_of(path: &str, folder: &Folder) -> Standing {
    let among_modules =
        path.split('/').any(|part| matches!(part, "modules" | "module" | "tf-modules" | "terraform-modules"));
    let has_own_state = folder.blocks.iter().any(|block| {
        (block.word == "terraform" && (block.content.has_block("backend") || block.content.has_block("cloud")))
            || (block.word == "provider" && !block.content.is_empty())
    });
    if among_modules && !has_own_state {
        return Standing::Aside("no stack of the tree calls this module".into());
    }
    match stage_of_state(folder) {
        Some(word) => Standing::Aside(format!("\"{word}\" in the name of its state")),
        None => of_path(&format!("{path}/")),
    }
}

/// The word in the name under which a stack keeps its state that says it is for something else than production.
fn stage_of_state(folder: &Folder) -> Option<&'static str> {
    const STAGES: &[&str] =
        &["dev", "development", "e2e", "test", "tests", "testing", "staging", "sandbox", "qa", "uat"];
    let settings = folder.blocks.iter().filter(|block| block.word == "terraform");
    let names = settings.flat_map(|block| block.content.texts_in("backend", &["bucket", "key", "prefix", "path"]));
    let names: Vec<String> = names.collect();
    let is_word = |stage: &str| names.iter().any(|name| name.split(['-', '_', '/', '.']).any(|word| word == stage));
    STAGES.iter().copied().find(|stage| is_word(stage))
}

/// The folder that a call of a local module means.
fn local_target(from: &str, source: &str) -> Option<String> {
    (source.starts_with("./") || source.starts_with("../")).then_some(())?;
    path::join(from, source)
}

impl Folder {
    fn modules(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.word == "module")
    }
}
