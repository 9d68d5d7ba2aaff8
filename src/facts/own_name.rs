//! The project's own name: a word of it (`opentelemetry-demo`, `sandbox-api`) marks none of its files as an example.
//!
//! The name of the root folder is not asked, since a checkout may be called anything: manifests, the addresses that they
//! give, the title and the badges of the README and the conditions of workflows name the project.

use super::Facts;
use super::documents::{address, own_addresses};
use super::production::{Stage, is_example, is_fixture, stage_of_path};
use crate::pattern::pattern;
use crate::source::{Source, head};
use crate::tree::path::folder_of;
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
/// Words that a sentence has at least.
const SENTENCE: usize = 5;

// What a README calls its project that shows how something is built.
pattern!(
    SAMPLE,
    r"(?i)\b(?:sample|demo|demonstration|example)\s+(?:[\w.#-]+\s+){0,3}?(?:app|application|project|service|shop|store)\b"
);
pattern!(THE_SAMPLE, r"(?i)\b(?:the|this|our)\s+(?:sample|demo|example)(?:\s+(?:app|application|project))?\b");

// A chart that is made for others to install.
pattern!(PUBLISHES_CHART, r"\bhelm[ \t]+(?:cm-push|push|package|s3[ \t]+push)\b[^\n|;&]*");

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
    owners: Vec<String>,
    /// Who owns it by the address that the README gives for it.
    owner_in_readme: Option<String>,
    /// Whether the README introduces the project as a sample or a demonstration.
    is_sample: bool,
    /// Folders of charts that CI publishes, whatever they are called: `dev/helm/`.
    published: Vec<String>,
}

/// Gathers the names that the project gives itself.
pub fn read(facts: &Facts<'_>) -> OwnName {
    let mut names: Vec<String> = own_addresses(facts).iter().filter_map(|one| last(one)).collect();
    names.extend(MANIFESTS.iter().filter_map(|(file, find)| last(&find(facts.tree.text(file)?.text())?)));
    let called = names.iter().map(|name| name.to_lowercase().replace(['-', '_'], " ")).collect();
    for file in facts.tree.files() {
        let lower = file.path.to_ascii_lowercase();
        if matches!(lower.as_str(), "readme.md" | "readme.rst" | "readme.adoc" | "readme" | "readme.markdown") {
            let text = file.text().map_or("", |source| head(source.text(), HEAD));
            names.extend(title(text));
            names.extend(badge(text));
        } else if lower.starts_with(".github/workflows/") {
            names.extend(file.text().into_iter().flat_map(|source| conditions(source.text())));
        }
    }
    let mut own = OwnName::of(&names);
    // What Kubebuilder keeps of a project that it began: an operator, whose manual is about what its users run.
    let is_operator = facts.tree.text("PROJECT").is_some_and(|source| source.text().contains("kubebuilder.io"));
    let operator = is_operator.then(|| "kubernetes operator".to_owned());
    let introduction = introduction(facts);
    own.is_sample = introduction.as_ref().is_some_and(|sentence| SAMPLE.is_match(sentence));
    let said = descriptions(facts, &own).into_iter().chain(introduction).chain(operator);
    own.says = own.words.iter().cloned().chain(said).collect::<Vec<_>>().join("\n");
    own.owners = owners(facts);
    own.owner_in_readme = owner_in_readme(facts, &own);
    own.words.extend(own.owners.iter().cloned());
    own.called = called;
    own.published = published(facts);
    own
}

/// The folders of charts that a workflow packages or pushes, and whose path would set them aside.
fn published(facts: &Facts<'_>) -> Vec<String> {
    let charts = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml");
    let aside =
        charts.map(|file| folder_of(&file.path)).filter(|folder| matches!(stage_of_path(folder), Stage::Never(_)));
    let aside: Vec<&str> = aside.filter(|folder| !is_example(folder) && !is_fixture(folder)).collect();
    if aside.is_empty() {
        return Vec::new();
    }
    let workflows = facts.tree.files().iter().filter(|file| file.path.starts_with(".github/workflows/"));
    let texts = workflows.filter_map(|file| Some(file.text()?.text()));
    let commands: Vec<&str> =
        texts.flat_map(|text| PUBLISHES_CHART.find_iter(text)).map(|found| found.as_str()).collect();
    let is_named = |folder: &&str| {
        let mut words = commands.iter().flat_map(|command| command.split_whitespace());
        words.any(|word| word.trim_matches(['"', '\'']).trim_start_matches("./").trim_end_matches('/') == *folder)
    };
    aside.into_iter().filter(is_named).map(|folder| format!("{folder}/")).collect()
}

/// What the manifests at the root and the project's own charts say that the program is.
fn descriptions(facts: &Facts<'_>, own: &OwnName) -> Vec<String> {
    let is_manifest = |path: &str| MANIFESTS.iter().any(|(file, _)| *file == path);
    let is_chart = |path: &str| path.rsplit('/').next() == Some("Chart.yaml");
    let files = facts.tree.files().iter().filter(|file| is_manifest(&file.path) || is_chart(&file.path));
    let texts = files.filter_map(|file| Some((is_chart(&file.path), head(file.text()?.text(), HEAD))));
    let value = |text: &str, key: &str| {
        text.lines().find_map(|line| {
            let rest = line.trim_start().trim_start_matches('"').strip_prefix(key)?.trim_start_matches(['"', ' ']);
            Some(rest.strip_prefix([':', '='])?.trim().to_owned())
        })
    };
    let is_own = |text: &str| value(text, "name").is_some_and(|name| own.is_in(&name) == Some(true));
    let said = texts.filter(|&(is_chart, text)| !is_chart || is_own(text));
    said.filter_map(|(_, text)| value(text, "description")).collect()
}

/// The first sentence of the README: `Keeper gives you tools to back up your cluster`.
fn introduction(facts: &Facts<'_>) -> Option<String> {
    let readme = readme(facts)?;
    let is_prose = |line: &&str| {
        line.starts_with(|letter: char| letter.is_alphanumeric() || "*_`".contains(letter))
            && !line.starts_with("* ")
            && line.split_whitespace().count() >= SENTENCE
    };
    let lines = head(readme.text(), HEAD).lines().map(str::trim);
    let mut lines = lines.skip_while(|line| !is_prose(line)).take_while(|line| !line.is_empty());
    let paragraph = lines.by_ref().collect::<Vec<_>>().join(" ");
    paragraph.split(". ").next().filter(|sentence| !sentence.is_empty()).map(str::to_owned)
}

/// Who owns the repository, by the addresses that the manifests give for it.
fn owners(facts: &Facts<'_>) -> Vec<String> {
    own_addresses(facts).into_iter().filter_map(|one| Some(one.split('/').nth(1)?.to_ascii_lowercase())).collect()
}

/// Who owns the repository, by an address in the README that bears the project's whole name: what is to be cloned.
fn owner_in_readme(facts: &Facts<'_>, own: &OwnName) -> Option<String> {
    let text = head(readme(facts)?.text(), HEAD);
    text.match_indices("github.com").take(200).find_map(|(at, _)| {
        let written = text[at..].split(|c: char| c.is_whitespace() || "()<>[]\"'#?`".contains(c)).next()?;
        let address = address(written).filter(|address| own.is_image(address))?;
        Some(address.split('/').nth(1)?.to_ascii_lowercase())
    })
}

/// The README at the root.
fn readme<'f>(facts: &'f Facts<'_>) -> Option<&'f Source> {
    ["README.md", "Readme.md", "readme.md"].iter().find_map(|name| facts.tree.text(name))
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
        let plain = |name: &str| name.replace('-', "").to_lowercase();
        let word = plain(word);
        let is_named = |owner: &&String| self.names.iter().any(|name| plain(owner).contains(&plain(name)));
        self.names.iter().chain(self.owners.iter().filter(is_named)).any(|name| plain(name) == word)
    }

    /// Whether a word is one of its name.
    pub fn is_word(&self, word: &str) -> bool {
        self.names.iter().any(|name| name.split('-').any(|own| own == word))
    }

    /// Whether a word is the name of its owner.
    pub fn is_owner(&self, word: &str) -> bool {
        self.owners.iter().any(|owner| owner.replace('-', "") == word.replace('-', ""))
    }

    /// Whether a word is the name of who owns the repository, by the manifests or by the README.
    pub fn is_owned_by(&self, word: &str) -> bool {
        self.owners.iter().chain(&self.owner_in_readme).any(|owner| owner.eq_ignore_ascii_case(word))
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

    /// Whether a text bears a word of what its manifests call it, or its owner's whole name.
    pub fn is_called(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let words = self.called.iter().flat_map(|name| name.split(' '));
        words.chain(self.owners.iter().map(String::as_str)).any(|word| word.len() > 2 && text.contains(word))
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

/// The last part of an address, a scoped package or a module path; its major version is none.
fn last(name: &str) -> Option<String> {
    let parts = name.trim().trim_matches(['"', '\'']).split(['/', ':']).filter(|part| !part.is_empty());
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    parts.rev().find(|part| !is_version(part)).map(str::to_owned)
}

type Find = fn(&str) -> Option<String>;

/// Manifests at the root, and how each names its package.
const MANIFESTS: &[(&str, Find)] = &[
    ("Cargo.toml", |text| after(text, "[package]", "name")),
    ("pyproject.toml", |text| after(text, "[project]", "name").or_else(|| after(text, "[tool.poetry]", "name"))),
    ("package.json", json_name),
    ("composer.json", json_name),
    ("settings.gradle", |text| after(text, "", "rootProject.name")),
    ("settings.gradle.kts", |text| after(text, "", "rootProject.name")),
    ("go.mod", |text| text.lines().find_map(|line| Some(line.strip_prefix("module ")?.trim().to_owned()))),
    ("pom.xml", |text| {
        let own = text.split_once("</parent>").map_or(text, |(_, own)| own);
        let value = own.split_once("<artifactId>")?.1.split_once("</artifactId>")?.0;
        Some(value.trim().to_owned())
    }),
];

fn json_name(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.get("name")?.as_str().map(str::to_owned)
}

/// The value of the first `key` behind a heading and before the next one.
fn after(text: &str, heading: &str, key: &str) -> Option<String> {
    let (_, body) = text.split_once(heading)?;
    let lines = body.lines().map(str::trim_start).take_while(|line| !line.starts_with('[')).take(60);
    let value = |line: &str| {
        let rest = line.strip_prefix(key)?.trim_start();
        let rest = rest.strip_prefix(['=', ':'])?;
        let text = rest.trim().trim_end_matches(',').trim_matches(['"', '\'']);
        (!text.is_empty()).then(|| text.to_owned())
    };
    lines.into_iter().find_map(value)
}

/// The text of a line that is a heading: marked, underlined, or an element.
fn heading(line: &str, is_underlined: bool) -> Option<&str> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("= "));
    let rest = rest.or_else(|| Some(line.split_once("<h1")?.1.split_once('>')?.1));
    rest.or_else(|| Some(line).filter(|line| is_underlined && line.starts_with(char::is_alphanumeric)))
}

/// The first heading of a README, without its markup.
fn title(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(40).map(str::trim).collect();
    let is_underlined =
        |at: usize| lines.get(at + 1).is_some_and(|next| next.len() >= 3 && next.replace('=', "").is_empty());
    let found = lines.iter().copied().enumerate().find_map(|(at, line)| heading(line, is_underlined(at)))?;
    // A badge behind the name is no part of it.
    let found = found.split("[![").next().filter(|name| !name.trim().is_empty()).unwrap_or(found);
    let mut plain = String::new();
    let mut depth = 0_usize;
    for letter in found.chars() {
        match letter {
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    // `Name: what it does` names it before the colon.
    let name = plain.split([':', '–', '—', '|']).next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The repository whose workflows the README shows a badge of first: its own.
fn badge(text: &str) -> Option<String> {
    text.match_indices("github.com/").take(200).find_map(|(at, start)| {
        let mut parts = text[at + start.len()..].splitn(4, '/');
        let (_, name, then) = (parts.next()?, parts.next()?, parts.next()?);
        let is_name = !name.is_empty() && name.len() < 100 && !name.contains(char::is_whitespace);
        (is_name && (then == "workflows" || then == "actions")).then(|| name.to_owned())
    })
}

/// The repositories that conditions of a workflow ask for: `github.repository == 'owner/name'`.
fn conditions(text: &str) -> Vec<String> {
    let found = text.match_indices("github.repository ").take(50).filter_map(|(at, start)| {
        let rest = text[at + start.len()..].trim_start().strip_prefix("==")?.trim_start().strip_prefix(['\'', '"'])?;
        let slug = rest.split(['\'', '"', '\n']).next()?;
        last(address(&format!("github.com/{slug}"))?.as_str())
    });
    found.collect()
}
