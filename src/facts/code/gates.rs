//! What code stands behind: features of Cargo, and whether a release has them; settings that are off.

use super::{Code, CodeText};
use crate::facts::Facts;
use std::sync::Arc;

impl Code {
    /// The features that the code at a place needs.
    pub fn features_at(&self, facts: &Facts<'_>, path: &str, offset: u32) -> Vec<String> {
        let text = self.file(path).and_then(|file| file.code(facts));
        text.map(|text| text.features_at(offset).into_iter().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Why production does not have the code at a place: a release leaves it out, or a setting that it stands behind is off.
    pub fn left_out(&self, facts: &Facts<'_>, path: &str, offset: u32) -> Option<String> {
        self.not_built(facts, path, offset).or_else(|| self.switched_off(facts, path, offset))
    }

    /// Whether production has the code at a place as soon as a variable of its environment says so.
    pub fn is_left_to_the_environment(&self, facts: &Facts<'_>, path: &str, offset: u32) -> bool {
        self.not_built(facts, path, offset).is_none() && self.waits_for_a_variable(facts, path, offset)
    }

    /// Why a release leaves the code at a place out: a feature that the code or the module around it needs and that a
    /// release is built without, or one that they are there instead of and that every release is built with.
    fn not_built(&self, facts: &Facts<'_>, path: &str, offset: u32) -> Option<String> {
        path.strip_suffix(".rs")?;
        let manifests = facts.manifests();
        let package = manifests.crate_of(path)?.name.as_deref()?;
        let own = || {
            let text = self.file(path).and_then(|file| file.code(facts))?;
            let missing = text.features_at(offset).into_iter().find(|one| !manifests.features.is_on(package, one));
            let missing = missing.map(|feature| format!("behind the feature `{feature}`, which a release leaves out"));
            missing.or_else(|| {
                let there = |one: &&str| manifests.features.is_always_on(package, one);
                let feature = text.without_at(offset).into_iter().find(there)?;
                Some(format!("only without the feature `{feature}`, which a release has"))
            })
        };
        let of_module = || self.file(path)?.gate.get_or_init(|| self.module_left_out(facts, path)).clone();
        own().or_else(of_module)
    }

    /// Why a release leaves the module of a file out, where each of its declarations is left out.
    fn module_left_out(&self, facts: &Facts<'_>, path: &str) -> Option<String> {
        let (parents, name) = parents(path)?;
        let mut why = None;
        for parent in parents {
            let Some(text) = self.file(&parent).and_then(|file| file.code(facts)) else { continue };
            for offset in declarations(text, name) {
                why = Some(self.not_built(facts, &parent, offset)?);
            }
        }
        why
    }
}

/// The files that may declare the module of a file, and its name: `src/a/b.rs` is declared as `b` in `src/a.rs` or
/// `src/a/mod.rs`.
fn parents(path: &str) -> Option<(Vec<Arc<str>>, &str)> {
    let stem = path.strip_suffix(".rs")?;
    let (folder, name) = stem.rsplit_once('/')?;
    let (folder, name) = if name == "mod" { folder.rsplit_once('/')? } else { (folder, name) };
    let root = folder.rsplit('/').next() == Some("src");
    if root && matches!(name, "lib" | "main") {
        return None;
    }
    let files: &[&str] = if root { &["/lib.rs", "/main.rs"] } else { &["/mod.rs", ".rs"] };
    Some((files.iter().map(|file| format!("{folder}{file}").into()).collect(), name))
}

/// Where a module of a name is declared whose code stands in another file.
fn declarations(text: &CodeText, name: &str) -> Vec<u32> {
    let code = text.product();
    let declared = format!("mod {name};");
    let is_word = |at: usize| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
    let found = code.match_indices(&declared).filter(|&(at, _)| is_word(at));
    found.filter_map(|(at, _)| u32::try_from(at).ok()).collect()
}
