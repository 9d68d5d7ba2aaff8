//! One module, as a stack or as somebody calls it: the resources of its blocks, and the modules that it calls.

use super::inputs::{given, set_inputs};
use super::presence::{MAX_EACH, bind, presences, weaker};
use super::scope::{Input, Scope};
use super::source::{Block, Folder};
use super::{is_real, local_target, of_path, registry};
use crate::evidence::Place;
use crate::facts::infra::fold::entries;
use crate::facts::infra::resource::{Resource, Tool};
use crate::facts::infra::{Hides, Infra, MAX_RESOURCES, Remote};
use crate::facts::production::Standing;
use crate::value::{Field, Kind, Map, Value};
use std::cell::Cell;
use std::collections::BTreeMap;

/// How deep modules may call modules.
const MAX_CALLS: usize = 8;

/// One module with its inputs, as a stack or as somebody calls it.
pub(super) struct Instance<'i> {
    pub(super) path: &'i str,
    /// `module.db.`; empty for a stack.
    pub(super) address: &'i str,
    pub(super) standing: Standing,
    pub(super) is_stack: bool,
    pub(super) calls: usize,
}

/// What reading modules needs, and what comes of it.
pub(super) struct Reader<'a> {
    pub(super) folders: &'a BTreeMap<String, Folder>,
    pub(super) view: &'a mut Infra,
    pub(super) budget: &'a Cell<usize>,
}

impl Reader<'_> {
    /// Reads a module with what is given to its variables; `whole` says that nothing else can be given.
    pub(super) fn instance(&mut self, instance: &Instance<'_>, given: BTreeMap<String, Input>, whole: bool) {
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
            map.remove(meta);
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
            match map.get(switch).map(|field| &field.value.kind) {
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
            if let Some(field) = map.remove(input).filter(|field| field.value.kind != Kind::Null) {
                place_at(map, path, field);
            }
        }
        let whole = made.clone();
        self.parts(&whole, known);
    }

    /// What the entries of a known module's inputs make besides its resource.
    fn parts(&mut self, whole: &Resource, known: &registry::Known) {
        for (input, kind) in known.parts {
            let Some(value) = whole.value.get(input) else { continue };
            if matches!(value.kind, Kind::Expr(_)) {
                let (place, source) =
                    (whole.at(value.span), format!("{} with {input} that are not known here", known.source));
                self.view.remote.push(Remote { place, source, provider: Some("aws".into()), hides: Hides::Anything });
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
            let hides = Hides::of_module(source.trim_matches('"'));
            self.view.remote.push(Remote { place, source, provider, hides });
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

/// Puts a value under a dotted path of nested maps.
fn place_at(map: &mut Map, path: &str, field: Field) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(rest) = rest else {
        map.insert(first.to_owned(), field);
        return;
    };
    let key = field.key;
    let inner = map.or_insert_with(first, || Field { key, value: Value::new(Kind::Map(Map::default()), key) });
    if let Kind::Map(inner) = &mut inner.value.kind {
        place_at(inner, rest, field);
    }
}
