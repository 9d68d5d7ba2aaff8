//! The project's own name: a word of it (`opentelemetry-demo`, `sandbox-api`) marks none of its files as an example.
//!
//! The name of the root folder is not asked, since a checkout may be called anything: manifests, the addresses that they
//! give, the title and the badges of the README and the conditions of workflows name the project.

mod charts;
mod given;
mod introduction;
mod owners;

use super::Facts;
use super::production::{Stage, stage_of_path};
use crate::pattern::pattern;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The words that, standing alone in a path or a step's name, a project's own name can take the meaning from. Plural
/// folders (`examples/`) and what tells tests and environments apart are none of them.
const ALONE: &[&str] = &[
    "demo",
    "example",
    "sample",
    "playground",
    "sandbox",
    "quickstart",
    "tutorial",
    "template",
    "preview",
    "showcase",
    "interop",
];
/// In the name of a file these stay marks even so: `example.env`, `config.sample.toml`.
const MARKS_FILES: &[&str] = &["example", "sample", "template"];
/// What stands in the place of a word that marks nothing.
const OWN: &str = "own";
/// More of a file says nothing more about its name.
const HEAD: usize = 20_000;
/// Parts of hosts that say nothing about whose they are.
const OF_ANY_SITE: &[&str] =
    &["github", "gitlab", "readthedocs", "docs", "documentation", "manual", "handbook", "wiki"];
/// A shorter name stands in hosts by chance.
const SITE_NAME: usize = 4;
// What a README calls its project that shows how something is built.
pattern!(
    SAMPLE,
    r"(?i)\b(?:sample|demo|demonstration|example)\s+(?:[\w.#-]+\s+){0,3}?(?:app|application|project|service|shop|store)\b"
);
pattern!(THE_SAMPLE, r"(?i)\b(?:the|this|our)\s+(?:sample|demo|example)(?:\s+(?:app|application|project))?\b");

/// The project's own name.
#[derive(Clone, Debug, Default)]
pub struct OwnName {
    /// The names of several words, each as its words.
    phrases: BTreeSet<Vec<String>>,
    /// All names, their words joined by hyphens.
    names: BTreeSet<String>,
    /// The words of [`ALONE`] in any of the names.
    alone: BTreeSet<String>,
    /// All words of the names, and who owns the repository.
    words: BTreeSet<String>,
    /// The words, and what the manifests and the README say that the program is.
    says: String,
    /// What the manifests call it, in words.
    called: Vec<String>,
    /// Who owns the repository.
    owners: owners::Owners,
    /// Whether the README introduces the project as a sample or a demonstration.
    is_sample: bool,
    /// Folders of charts that CI publishes, whatever they are called: `dev/helm/`.
    published: Vec<String>,
}

/// Gathers the names that the project gives itself.
pub fn read(facts: &Facts<'_>) -> OwnName {
    let mut names = given::by_manifests(facts);
    let called = names.iter().map(|name| name.to_lowercase().replace(['-', '_'], " ")).collect();
    names.extend(given::by_texts(facts));
    let mut own = OwnName::of(&names);
    // What Kubebuilder keeps of a project that it began: an operator, whose manual is about what its users run.
    let is_operator = facts.tree.text("PROJECT").is_some_and(|source| source.text().contains("kubebuilder.io"));
    let operator = is_operator.then(|| "kubernetes operator".to_owned());
    let introduction = introduction::of_readme(facts);
    own.is_sample = introduction.as_ref().is_some_and(|sentence| SAMPLE.is_match(sentence));
    let said = introduction::of_manifests(facts, &own).into_iter().chain(introduction).chain(operator);
    own.says = own.words.iter().cloned().chain(said).collect::<Vec<_>>().join("\n");
    own.owners = owners::read(facts, &own);
    own.words.extend(own.owners.by_manifests().map(str::to_owned));
    own.called = called;
    own.published = charts::published(facts);
    own
}

impl OwnName {
    /// A project of these names.
    pub fn of<N: AsRef<str>>(names: &[N]) -> Self {
        let mut own = Self::default();
        for name in names {
            let lower = name.as_ref().to_lowercase();
            let words: Vec<String> = words(&lower).map(|(at, length)| lower[at..at + length].to_owned()).collect();
            // A title of many words is a sentence.
            if words.is_empty() || words.len() > 5 {
                continue;
            }
            own.words.extend(words.iter().filter(|word| word.len() > 2).cloned());
            own.alone.extend(words.iter().filter(|word| ALONE.contains(&word.as_str())).cloned());
            own.names.insert(words.join("-"));
            if words.len() > 1 {
                own.phrases.insert(words);
            }
        }
        own
    }

    /// Whether a text bears a word of the project's name or of its owner's; `None` where the project gives itself none.
    pub fn is_in(&self, text: &str) -> Option<bool> {
        let text = text.to_lowercase();
        (!self.words.is_empty()).then(|| self.words.iter().any(|word| text.contains(word)))
    }

    /// Whether an image bears the project's whole name, whoever publishes it: `grafana/oncall` in the tree of `oncall`.
    pub fn is_image(&self, image: &str) -> bool {
        let name = image.split('@').next().unwrap_or(image);
        let last = name.rsplit('/').next().unwrap_or(name);
        let last = last.split(':').next().unwrap_or(last).to_lowercase();
        self.names.contains(&last.replace(['_', '.'], "-"))
    }

    /// Whether the last two parts of a host are the project's name together: `kio.sk` of `kiosk`.
    pub fn spells(&self, host: &str) -> bool {
        let mut labels = host.rsplit('.');
        let (Some(end), Some(name)) = (labels.next(), labels.next()) else { return false };
        self.is_whole(&format!("{name}{end}"))
    }

    /// Whether a host bears the project's whole name: `docs.shop.example`, `getshop.example`, `sh.op`.
    pub fn is_site(&self, host: &str) -> bool {
        let host = host.to_lowercase().replace('-', "");
        if self.spells(&host) {
            return true;
        }
        let mut labels = host.split('.').filter(|label| !OF_ANY_SITE.contains(label));
        labels.any(|label| {
            let bears = |name: &String| name.len() >= SITE_NAME && label.contains(&name.replace('-', ""));
            self.names.iter().any(bears)
        })
    }

    /// Whether a word is the whole of its name, whatever joins the parts, or its owner's that is called after it.
    pub fn is_whole(&self, word: &str) -> bool {
        let word = plain(word);
        let is_named = |owner: &&str| self.names.iter().any(|name| plain(owner).contains(&plain(name)));
        let owners = self.owners.by_manifests().filter(is_named);
        self.names.iter().map(String::as_str).chain(owners).any(|name| plain(name) == word)
    }

    /// Whether a word is one of its name.
    pub fn is_word(&self, word: &str) -> bool {
        self.names.iter().any(|name| name.split('-').any(|own| own == word))
    }

    /// Whether a word is the name of its owner, by the manifests or by the README.
    pub fn is_owner(&self, word: &str) -> bool {
        self.owners.any(word)
    }

    /// What its manifests call it, in words: `metrics server`.
    pub fn called(&self) -> &[String] {
        &self.called
    }

    /// What its manifests call it, and what people call it for short: `dashboard`, of the `Kubernetes Dashboard`.
    pub fn in_full(&self) -> impl Iterator<Item = &str> {
        let short = self.phrases.iter().filter_map(|phrase| phrase.last()).filter(|word| !word.ends_with('s'));
        self.called.iter().chain(short).map(String::as_str)
    }

    /// Whether the project is there to be learnt from, by its own name: `shop-workshop`.
    pub fn teaches(&self) -> bool {
        const WORDS: &[&str] = &["workshop", "workshops", "tutorial", "tutorials", "course", "bootcamp", "lessons"];
        self.called.iter().any(|name| name.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word)))
    }

    /// Whether the project is many samples side by side, by its own name: `shop-samples`.
    pub fn is_collection(&self) -> bool {
        const WORDS: &[&str] = &["samples", "examples", "quickstarts", "demos"];
        self.names.iter().any(|name| name.rsplit('-').next().is_some_and(|word| WORDS.contains(&word)))
    }

    /// Whether a text bears a word of what its manifests call it, or its owner's whole name.
    pub fn is_called(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let words = self.called.iter().flat_map(|name| name.split(' '));
        words.chain(self.owners.by_manifests()).any(|word| word.len() > 2 && text.contains(word))
    }

    /// The words of its name, and what its manifests say that the program is.
    pub fn says(&self) -> &str {
        &self.says
    }

    /// A path whose words that only name the project, or the folder of a chart that it publishes, mark nothing.
    pub fn cleared<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if let Some(folder) = self.published.iter().find(|folder| path.starts_with(folder.as_str())) {
            return format!("{OWN}/{}", &path[folder.len()..]).into();
        }
        if self.alone.is_empty() && self.phrases.is_empty() {
            return path.into();
        }
        let (folders, file) = path.rsplit_once('/').map_or((0, path), |(folders, file)| (folders.len(), file));
        let parts = path[..folders].split('/').map(|part| self.clear(part, |word, _| self.alone.contains(word)));
        let mut cleared: Vec<Cow<'_, str>> = parts.collect();
        let first = |word: &str, at: usize| at == 0 && self.alone.contains(word) && !MARKS_FILES.contains(&word);
        cleared.push(self.clear(file, first));
        if cleared.iter().all(|part| matches!(part, Cow::Borrowed(_))) {
            return path.into();
        }
        let skip = usize::from(folders == 0);
        cleared[skip..].join("/").into()
    }

    /// The stage that the words of a path speak for, those that mark nothing left out.
    pub fn stage(&self, path: &str) -> Stage {
        stage_of_path(&self.cleared(path))
    }

    /// A name of a step, a job or an environment, whose words that only name the project mark nothing.
    pub fn cleared_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.clear(text, |word, _| self.alone.contains(word))
    }

    /// The same of a heading, where a project that is a sample may be called no more than that: `Running the sample`.
    pub fn cleared_heading<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.cleared_text(text) {
            cleared if self.is_sample => Cow::Owned(THE_SAMPLE.replace_all(&cleared, |_| OWN.to_owned()).into_owned()),
            cleared => cleared,
        }
    }

    /// Replaces the words of whole names, and the words that `is_own` (by word and offset).
    fn clear<'t>(&self, text: &'t str, is_own: impl Fn(&str, usize) -> bool) -> Cow<'t, str> {
        if !text.is_ascii() || (self.alone.is_empty() && self.phrases.is_empty()) {
            return text.into();
        }
        let lower = text.to_ascii_lowercase();
        let found: Vec<(usize, usize)> = words(&lower).collect();
        let word = |index: usize| found.get(index).map_or("", |&(at, length)| &lower[at..at + length]);
        let mut own = vec![false; found.len()];
        for index in 0..found.len() {
            own[index] |= is_own(word(index), found[index].0);
            for phrase in &self.phrases {
                if phrase.iter().enumerate().all(|(offset, one)| word(index + offset) == one) {
                    own[index..index + phrase.len()].fill(true);
                }
            }
        }
        if !own.contains(&true) {
            return text.into();
        }
        let mut cleared = String::with_capacity(text.len());
        let mut done = 0;
        for (&(at, length), _) in found.iter().zip(own).filter(|(_, own)| *own) {
            cleared.push_str(&text[done..at]);
            cleared.push_str(OWN);
            done = at + length;
        }
        cleared.push_str(&text[done..]);
        cleared.into()
    }
}

/// A name in lower case, its parts joined.
fn plain(name: &str) -> String {
    name.replace('-', "").to_lowercase()
}

/// The words of a text without those of a name; `None` where it does not bear the name.
pub fn without(text: &str, name: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let all: Vec<&str> = words(&lower).map(|(at, length)| &lower[at..at + length]).collect();
    let name: Vec<&str> = name.split(' ').collect();
    let (mut rest, mut at) = (Vec::new(), 0);
    while at < all.len() {
        if all[at..].starts_with(&name) {
            at += name.len();
        } else {
            rest.push(all[at]);
            at += 1;
        }
    }
    (rest.len() < all.len()).then(|| rest.join(" "))
}

/// Where the words of a text stand and how long they are.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    let start = text.as_ptr() as usize;
    parts.filter(|part| !part.is_empty()).map(move |part| (part.as_ptr() as usize - start, part.len()))
}
