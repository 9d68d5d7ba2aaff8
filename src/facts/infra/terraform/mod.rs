//! Terraform and `OpenTofu`: stacks, the modules that they call, and the resources that come of it.
//!
//! A folder is a stack unless another folder calls it as its module. A stack is read with the values that production gives
//! to its variables; a module with what its caller gives. A folder of modules that no stack calls declares nothing; one
//! that only examples call is what the project ships, and is read as a stack.

mod functions;
pub(super) mod registry;
mod scope;
mod source;
mod terragrunt;
mod types;
mod vars;

use super::fold::{entries, is_off};
use super::resource::{Resource, Tool};
use super::{Infra, MAX_RESOURCES, Remote};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing, is_example, is_fixture, stage_of_path};
use crate::source::{Source, Span};
use crate::value::{Expr, ExprKind, Field, Kind, Map, Value};
use scope::{Input, Scope, each};
use source::{Block, Folder, Node};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// How deep modules may call modules.
const MAX_CALLS: usize = 8;
/// How many entries of a `for_each` become resources of their own.
const MAX_EACH: usize = 50;
/// What all expressions of a tree together may cost.
const BUDGET: usize = 3_000_000;

/// Reads every stack.
pub(super) fn read(facts: &Facts<'_>, view: &mut Infra) {
    let folders = source::folders(facts, &mut view.blind);
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

/// Whether what stands at a path may speak for the project: no test and no example.
fn is_real(path: &str) -> bool {
    !is_example(path) && !is_fixture(path)
}

fn of_path(path: &str) -> Standing {
    match stage_of_path(path) {
        Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
        _ => Standing::Production,
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
    of_path(&format!("{path}/"))
}

/// The folder that a call of a local module means.
fn local_target(from: &str, source: &str) -> Option<String> {
    (source.starts_with("./") || source.starts_with("../")).then_some(())?;
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Folder {
    fn modules(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.word == "module")
    }
}

/// One module with its inputs, as a stack or as somebody calls it.
struct Instance<'i> {
    path: &'i str,
    /// `module.db.`; empty for a stack.
    address: &'i str,
    standing: Standing,
    is_stack: bool,
    calls: usize,
}

struct Reader<'a> {
    folders: &'a BTreeMap<String, Folder>,
    view: &'a mut Infra,
    budget: &'a Cell<usize>,
}

impl Reader<'_> {
    /// Reads a module with what is given to its variables; `whole` says that nothing else can be given.
    fn instance(&mut self, instance: &Instance<'_>, given: BTreeMap<String, Input>, whole: bool) {
        let Some(folder) = self.folders.get(instance.path) else { return };
        let mut scope = Scope::new(folder, self.budget);
        set_inputs(&mut scope, folder, given, whole);
        for block in &folder.blocks {
            if self.view.resources.len() > MAX_RESOURCES {
                return;
            }
            match (block.word.as_str(), block.labels.as_slice()) {
                ("resource", [kind, name]) => self.resource(instance, &scope, block, kind, name),
                ("module", [name]) => self.call(instance, &scope, block, name),
                ("provider", [name]) => {
                    let kind = format!("provider.{name}");
                    self.push(instance, &scope, block, &kind, name, (Standing::Production, Some(1)));
                }
                _ => {}
            }
        }
    }

    fn resource(&mut self, instance: &Instance<'_>, scope: &Scope<'_>, block: &Block, kind: &str, name: &str) {
        let label = format!("{kind}.{name}");
        for (bound, presence) in presences(scope, block) {
            let run = || self.push(instance, scope, block, kind, &label, presence);
            bind(scope, bound, run);
        }
    }

    /// Adds a resource with what its block says.
    fn push(
        &mut self,
        instance: &Instance<'_>,
        scope: &Scope<'_>,
        block: &Block,
        kind: &str,
        label: &str,
        (standing, count): (Standing, Option<usize>),
    ) {
        let Some(source) = self.folders.get(instance.path).and_then(|folder| folder.files.get(block.file)) else {
            return;
        };
        let mut map = scope.body(block);
        for meta in ["count", "for_each", "depends_on"] {
            map.shift_remove(meta);
        }
        let resource = Resource {
            kind: kind.to_owned(),
            declared: kind.to_owned(),
            name: format!("{}{label}", instance.address),
            tool: Tool::Terraform,
            path: source.name().into(),
            span: block.span,
            value: Value::new(Kind::Map(map), block.span),
            standing: weaker(block_standing(instance, source.name()), standing),
            count,
            origins: scope.take_origins(),
        };
        self.view.resources.push(resource);
    }

    fn call(&mut self, instance: &Instance<'_>, scope: &Scope<'_>, block: &Block, name: &str) {
        let source = block.content.text("source").unwrap_or_default();
        let file = self.folders.get(instance.path).and_then(|folder| folder.files.get(block.file));
        let Some(path) = file.map(|file| file.name().to_owned()) else { return };
        for (bound, (standing, count)) in presences(scope, block) {
            let run = || {
                let standing = weaker(block_standing(instance, &path), standing);
                if let Some(target) = local_target(instance.path, &source) {
                    if instance.calls >= MAX_CALLS || !self.folders.contains_key(&target) {
                        return self.remote(&path, block, &source, &standing);
                    }
                    let address = format!("{}module.{name}.", instance.address);
                    let given = file.map(|file| given(scope, block, file)).unwrap_or_default();
                    let called = Instance {
                        path: &target,
                        address: &address,
                        standing,
                        is_stack: false,
                        calls: instance.calls + 1,
                    };
                    return self.instance(&called, given, true);
                }
                match registry::find(&source) {
                    Some(known) => self.known(instance, scope, block, name, known, (standing, count)),
                    None => self.remote(&path, block, &source, &standing),
                }
            };
            bind(scope, bound, run);
        }
    }

    /// A module of the registry whose inputs are known: it stands for the resource that it makes.
    fn known(
        &mut self,
        instance: &Instance<'_>,
        scope: &Scope<'_>,
        block: &Block,
        name: &str,
        known: &'static registry::Known,
        (mut standing, count): (Standing, Option<usize>),
    ) {
        let label = format!("module.{name}");
        let before = self.view.resources.len();
        self.push(instance, scope, block, known.kind, &label, (standing.clone(), count));
        let Some(made) = self.view.resources.get_mut(before) else { return };
        known.source.clone_into(&mut made.declared);
        let Kind::Map(map) = &mut made.value.kind else { return };
        for switch in known.switches {
            match map.get(*switch).map(|field| &field.value.kind) {
                Some(Kind::Bool(false)) => {
                    standing = weaker(standing, Standing::Aside(format!("off: `{switch}` is false")));
                }
                Some(Kind::Expr(_)) => {
                    standing = weaker(standing, Standing::Uncertain(format!("`{switch}` is not known here")));
                }
                _ => {}
            }
        }
        made.standing = weaker(made.standing.clone(), standing);
        for (input, path) in known.renamed {
            if let Some(field) = map.shift_remove(*input).filter(|field| field.value.kind != Kind::Null) {
                place_at(map, path, field);
            }
        }
        let whole = made.clone();
        for (input, kind) in known.parts {
            let Some(value) = whole.value.get(input) else { continue };
            if let Some(Kind::Expr(_)) = Some(&value.kind) {
                let (place, source) =
                    (whole.at(value.span), format!("{} with {input} that are not known here", known.source));
                self.view.remote.push(Remote { place, source, provider: Some("aws".into()) });
                continue;
            }
            for (key, value) in entries(value).unwrap_or_default().into_iter().take(MAX_EACH) {
                let (kind, span) = ((*kind).to_owned(), key.span);
                let name = format!("{}.{input}[{}]", whole.name, key.scalar_text().unwrap_or_default());
                self.view.resources.push(Resource { declared: kind.clone(), kind, name, span, value, ..whole.clone() });
            }
        }
    }

    /// A module that is not in the tree hides what it makes, where production calls it.
    fn remote(&mut self, path: &str, block: &Block, source: &str, standing: &Standing) {
        if !matches!(standing, Standing::Aside(_)) {
            let place = Place::at(path, block.span);
            let source =
                if source.is_empty() { "whose source is computed".to_owned() } else { format!("\"{source}\"") };
            let provider = registry::provider(source.trim_matches('"'));
            self.view.remote.push(Remote { place, source, provider });
        }
    }
}

/// In a stack, a file's own name may speak of another stage.
fn block_standing(instance: &Instance<'_>, path: &str) -> Standing {
    match &instance.standing {
        Standing::Production if instance.is_stack || !is_real(path) => of_path(path),
        standing => standing.clone(),
    }
}

/// What a call gives to the variables of the module.
fn given(scope: &Scope<'_>, block: &Block, source: &Source) -> BTreeMap<String, Input> {
    let map = scope.body(block);
    scope.take_origins();
    let meta = ["source", "version", "providers", "count", "for_each", "depends_on"];
    let origin = |span: Span| format!("{}:{}", source.name(), source.line_col(span.start).line);
    map.into_iter()
        .filter(|(name, _)| !meta.contains(&name.as_str()))
        .map(|(name, field)| (name, Input { origin: origin(field.key), value: field.value }))
        .collect()
}

/// The values of variables: what is given, else the default; the type's own defaults on top.
fn set_inputs(scope: &mut Scope<'_>, folder: &Folder, mut given: BTreeMap<String, Input>, whole: bool) {
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

/// Whether a resource is there, and how many of it.
type Presence = (Standing, Option<usize>);

/// The instances that `count` and `for_each` make, each with what it binds.
fn presences(scope: &Scope<'_>, block: &Block) -> Vec<(Option<(&'static str, Value)>, Presence)> {
    let text = scope.text_of(block);
    let (word, node) = match (block.content.attribute("count"), block.content.attribute("for_each")) {
        (Some(node), _) => ("count", node),
        (None, Some(node)) => ("for_each", node),
        (None, None) => return vec![(None, (Standing::Production, Some(1)))],
    };
    let value = scope.node(text, node);
    let origins = scope.take_origins();
    let from = origins.first().map_or(String::new(), |(_, origin)| format!(" ({origin})"));
    match &value.kind {
        Kind::Expr(Expr { kind: ExprKind::Ternary, raw }) => {
            let why = format!("its `{word}` is `{}`, and that is not known here{from}", short(raw));
            vec![(None, (Standing::Uncertain(why), None))]
        }
        Kind::Expr(_) => vec![(None, (Standing::Production, None))],
        _ if is_off(&value) => {
            vec![(None, (Standing::Aside(format!("off by default: its `{word}` comes to none{from}")), Some(0)))]
        }
        _ if word == "count" => {
            let amount = value.as_number().and_then(functions::whole);
            vec![(None, (Standing::Production, amount))]
        }
        _ => for_each(&value),
    }
}

fn for_each(value: &Value) -> Vec<(Option<(&'static str, Value)>, Presence)> {
    let all = entries(value).unwrap_or_default();
    if all.len() > MAX_EACH {
        return vec![(None, (Standing::Production, Some(all.len())))];
    }
    let is_set = value.as_list().is_some();
    all.into_iter()
        .map(|(key, value)| {
            let key = if is_set { value.clone() } else { key };
            let span = value.span;
            (Some(("each", each(key, value, span))), (Standing::Production, Some(1)))
        })
        .collect()
}

fn bind(scope: &Scope<'_>, bound: Option<(&'static str, Value)>, run: impl FnOnce()) {
    match bound {
        Some((name, value)) => scope.with(name, value, run),
        None => run(),
    }
}

/// The standing that says less for production.
fn weaker(first: Standing, second: Standing) -> Standing {
    match (&first, &second) {
        (Standing::Production, _) | (Standing::Uncertain(_), Standing::Aside(_)) => second,
        _ => first,
    }
}

/// Puts a value under a dotted path of nested maps.
fn place_at(map: &mut Map, path: &str, field: Field) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(rest) = rest else {
        map.insert(first.to_owned(), field);
        return;
    };
    let key = field.key;
    let inner =
        map.entry(first.to_owned()).or_insert_with(|| Field { key, value: Value::new(Kind::Map(Map::new()), key) });
    if let Kind::Map(inner) = &mut inner.value.kind {
        place_at(inner, rest, field);
    }
}

fn short(raw: &str) -> &str {
    raw.lines().next().unwrap_or(raw).trim()
}
