//! Manifests that scripts apply to clusters of developers and of tests alone.

use super::mentioned;
use crate::facts::Facts;
use crate::facts::containers::joined;
use crate::facts::production::Stage;
use crate::pattern::pattern;
use crate::source::Source;
use crate::tree::path::{folder_of, is_at, is_below};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The files and folders that scripts apply.
#[derive(Default)]
pub(super) struct Applied {
    /// Each with the script that applies it to a cluster of developers; none where another one applies it in earnest.
    paths: BTreeMap<String, Option<Arc<str>>>,
}

// A cluster on one machine is started, or asked about.
pattern!(LOCAL_CLUSTER, r"\bminikube[ \t]+\w|\bk3d[ \t]+cluster\b|\bkind[ \t]+(?:create|load|get)[ \t]|\bkind-[$\w]");
// `-n shop-dev`, `--namespace "$(SHOP_DEV_NAMESPACE)"`.
pattern!(DEVELOPING, r#"(?:[ \t]-n|--namespace)[ =]*["']?[$({]*(?:[\w.]+[_-])?(?i:dev|test|e2e)\b"#);
pattern!(DEVELOPING_NAMESPACE, r#"(?:[ \t]-n|--namespace)[ =]*["']?[$({]*(?:\w+_)?(?i:dev|test|e2e)_\w+"#);
// A secret that everybody can read: `admin.client_secret=adminsecret`.
pattern!(OPEN_SECRET, r#"(?i)\b\w*(?:secret|password|passwd)=["']?[a-z]\w*["']?(?:[ \t]|$)"#);
// What follows `-f`, `-k` and `<`.
pattern!(
    NAMED,
    r#"(?:[ \t](?:-f|-k|--filename|--kustomize)[ =]?|<[ \t]*|\bkustomize[ \t]+build[ \t]+)["']?(?<path>[\w./-]+)"#
);
// `$(KUBECTL) apply`, `"${kubectl}" apply`.
pattern!(
    BY_A_VARIABLE,
    r#"["']?\$(?:\([kK][uU][bB][eE][cC][tT][lL]\)|\{[kK][uU][bB][eE][cC][tT][lL]\}|[kK][uU][bB][eE][cC][tT][lL]\b)["']?"#
);
// The target of a recipe.
pattern!(TARGET, r"^(?<name>[\w.-]+):(?:[^=]|$)");

impl Applied {
    /// Reads the scripts of the tree.
    pub(super) fn read(facts: &Facts<'_>) -> Self {
        let mut applied = Self::default();
        for file in facts.tree.files().iter().filter(|file| mentioned::is_script(&file.path)) {
            let calls = |text: &&str| text.contains("kubectl") || text.contains("KUBECTL");
            let Some(text) = file.text().map(Source::text).filter(calls) else {
                continue;
            };
            let is_aside = matches!(facts.own_name().stage(&file.path), Stage::Never(_))
                || file.path.ends_with("sh") && LOCAL_CLUSTER.is_match(text);
            let mut target = "";
            let joined = text.replace("\\\n", " ");
            let text = BY_A_VARIABLE.replace_all(&joined, |_| "kubectl".to_owned());
            for line in text.lines() {
                if let Some(found) = TARGET.captures(line) {
                    target = found.name("name").map_or("", |name| name.as_str());
                }
                if !["kubectl apply", "kubectl create", "kubectl replace"].iter().any(|words| line.contains(words)) {
                    continue;
                }
                let script = (is_aside || is_for_developers(target, line)).then(|| file.path.clone());
                for path in named(facts, &file.path, line) {
                    let known = applied.paths.entry(path).or_insert_with(|| script.clone());
                    if script.is_none() {
                        *known = None;
                    }
                }
            }
        }
        applied
    }

    /// The script that alone applies a manifest, to a cluster of developers; or that does so with what stands beside its
    /// folder, where nothing in the tree names it.
    pub(super) fn only_by(&self, facts: &Facts<'_>, path: &str) -> Option<&Arc<str>> {
        let folder = folder_of(path);
        let mut covering = self.paths.iter().filter(|(named, _)| is_at(path, named)).peekable();
        let is_named = || mentioned::is_named_outside_of_scripts(facts, folder);
        if covering.peek().is_some() {
            let scripts: Option<Vec<&Arc<str>>> = covering.map(|(_, script)| script.as_ref()).collect();
            return scripts?.first().copied().filter(|_| !is_named());
        }
        let parent = Some(folder_of(folder)).filter(|parent| !parent.is_empty())?;
        let beside = self.paths.iter().filter(|(named, _)| is_below(named, parent));
        let scripts: Option<Vec<&Arc<str>>> = beside.map(|(_, script)| script.as_ref()).collect();
        scripts?.first().copied().filter(|_| !mentioned::is_named(facts, folder))
    }
}

/// Whether a command is for the cluster of developers, by the target of its recipe or by what it is given.
fn is_for_developers(target: &str, line: &str) -> bool {
    const WORDS: &[&str] = &["dev", "local", "test", "e2e", "kind", "minikube", "k3d", "demo"];
    target.split(['-', '_', '.']).any(|word| WORDS.contains(&word))
        || DEVELOPING.is_match(line)
        || DEVELOPING_NAMESPACE.is_match(line)
        || OPEN_SECRET.is_match(line)
}

/// The files and folders of the tree that a command names, from the folder of its script, the one above, or the root.
fn named(facts: &Facts<'_>, script: &str, line: &str) -> Vec<String> {
    let folder = folder_of(script);
    let starts = [folder, folder_of(folder), ""];
    let files = facts.tree.files();
    let is_there = |path: &String| {
        let next = files.partition_point(|file| *file.path < **path);
        !path.is_empty() && files[next..].iter().take(2).any(|file| is_at(&file.path, path))
    };
    let words = NAMED.captures_iter(line).filter_map(|found| Some(found.name("path")?.as_str()));
    let paths = words.map(|word| word.trim_end_matches('/')).filter(|word| !word.is_empty());
    paths.filter_map(|word| starts.iter().filter_map(|start| joined(start, word)).find(|path| is_there(path))).collect()
}
