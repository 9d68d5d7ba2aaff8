//! Which documents and sections are about a topic.

use super::setting;
use super::topic::Topic;
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::documents::{Document, Section, Standing, Target, resolve};
use crate::source::Span;
use crate::tree::File;
use crate::tree::path::folder_of;
use std::collections::BTreeSet;

/// What stands at the root of a program, beside its page.
const MANIFESTS: &[&str] =
    &["Cargo.toml", "go.mod", "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "Dockerfile"];

/// A section, with its subsections, that is about a topic.
#[derive(Clone, Copy, Debug)]
pub(in crate::probe) struct Candidate<'f> {
    /// Its document.
    pub(in crate::probe) document: &'f Document,
    /// The section; 0 is the whole document.
    pub(in crate::probe) section: usize,
    /// The section to show when the document is meant as a whole.
    shown: usize,
}

impl<'f> Candidate<'f> {
    /// The section and its subsections.
    pub(in crate::probe) fn tree(&self) -> &'f [Section] {
        self.document.tree(self.section)
    }

    /// The section and its subsections with their indices, without those that turn to a developer's machine, unless the
    /// topic may speak of one.
    pub(in crate::probe) fn speaking(&self, topic: &Topic) -> impl Iterator<Item = (usize, &'f Section)> {
        let (from, development) = (self.section, topic.development || topic.code);
        let mut aside = 0;
        self.tree().iter().enumerate().map(move |(index, section)| (index + from, section)).filter(
            move |&(index, section)| {
                if !development && index > from && setting::is_aside(&section.title) {
                    aside = aside.max(section.end);
                }
                index >= aside
            },
        )
    }

    /// Where it begins.
    pub(in crate::probe) fn place(&self) -> Place {
        match &self.document.sections[self.shown] {
            section if section.level == 0 => {
                let text = self.document.source.text();
                Place::at(self.document.path.clone(), Span::new(0, text.find('\n').unwrap_or(text.len())))
            }
            section => Place::at(self.document.path.clone(), section.heading),
        }
    }

    /// Whether it describes the program rather than how it is run: the use of a command, `RESTORE [options] <file>`, or
    /// the page of a module among its sources.
    pub(in crate::probe) fn is_of_the_code(&self, facts: &Facts<'_>) -> bool {
        let title = &self.document.sections[self.shown].title;
        if title.to_ascii_lowercase().contains("[option") || title.contains("[flags]") {
            return true;
        }
        let folder = folder_of(&self.document.path);
        if !folder.split('/').any(|part| part == "src") {
            return false;
        }
        let beside = || facts.tree.files().iter().filter(|file| folder_of(&file.path) == folder);
        let is_source =
            |name: &str| [".rs", ".go", ".java", ".kt", ".cs", ".cpp", ".c"].iter().any(|end| name.ends_with(end));
        let is_root = |name: &str| MANIFESTS.contains(&name) || name.ends_with(".csproj");
        beside().any(|file| is_source(file.name())) && !beside().any(|file| is_root(file.name()))
    }

    /// Whether it is a section of a document, and not the whole of it.
    pub(in crate::probe) fn is_section(&self) -> bool {
        self.section > 0
    }

    /// Its heading, quoted.
    pub(in crate::probe) fn name(&self) -> String {
        let title = match &self.document.sections[self.shown].title {
            title if title.is_empty() => self.document.title(),
            title => title,
        };
        format!("\"{title}\"")
    }
}

/// The sections that are about a topic, outermost ones only.
pub(in crate::probe) fn find<'f>(facts: &'f Facts<'_>, topic: &Topic) -> Vec<Candidate<'f>> {
    let documents = facts.documents();
    let mut found: Vec<Candidate<'f>> = Vec::new();
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    for document in documents.all().iter().filter(|document| may_speak(document, topic)) {
        let of_document = candidates(document, topic);
        whole.extend(of_document.iter().filter(|candidate| candidate.section == 0).map(|_| &*document.path));
        found.extend(of_document);
    }
    let linked: Vec<Candidate<'f>> = found.iter().flat_map(|candidate| linked(facts, topic, candidate)).collect();
    for candidate in linked {
        if whole.insert(&candidate.document.path) {
            found.push(candidate);
        }
    }
    found
}

/// Whether a document may speak on a topic.
fn may_speak(document: &Document, topic: &Topic) -> bool {
    let by_standing = match document.standing {
        Standing::Project => true,
        Standing::Code => topic.code,
        Standing::Template => topic.templates,
        Standing::Never(_) => false,
    };
    by_standing && !topic.is_excluded(&document.path)
}

fn candidates<'f>(document: &'f Document, topic: &Topic) -> Vec<Candidate<'f>> {
    let titled = |index: usize| topic.is_title(&document.sections[index].title);
    // The largest heading, or the front matter, titles the document when everything else stands under it.
    let head = (0..document.sections.len().min(2)).find(|&index| !document.sections[index].title.is_empty());
    let is_head = head.is_some_and(|head| titled(head) && document.sections[head].end == document.sections.len());
    let is_other = head.is_some_and(|head| topic.is_other_title(&document.sections[head].title));
    if (topic.is_path(&document.path) && !is_other) || is_head {
        let is_shown = |index: &usize| titled(*index) && document.tree(*index).iter().any(Section::acts);
        let below = (head.map_or(1, |head| head + 1)..document.sections.len()).find(is_shown);
        let shown = below.filter(|_| head.is_some()).or(head).unwrap_or(0);
        return vec![Candidate { document, section: 0, shown }];
    }
    let mut found = Vec::new();
    let mut index = 1;
    while index < document.sections.len() {
        if titled(index) {
            found.push(Candidate { document, section: index, shown: index });
            index = document.sections[index].end.max(index + 1);
        } else {
            index += 1;
        }
    }
    found
}

/// A section that says little itself and points into the tree hands its topic on: "see docs/deploy.md".
fn linked<'f>(facts: &'f Facts<'_>, topic: &Topic, from: &Candidate<'f>) -> Vec<Candidate<'f>> {
    let words: usize = from.tree().iter().map(|section| section.words).sum();
    if words >= super::weigh::ENOUGH_WORDS {
        return Vec::new();
    }
    let documents = facts.documents();
    let links = from.tree().iter().flat_map(|section| &section.links);
    let inside = links.filter_map(|link| match resolve(facts.tree, documents, from.document, &link.url) {
        Target::Inside(path) => documents.at(&path),
        _ => None,
    });
    inside
        .filter(|document| document.path != from.document.path && may_speak(document, topic))
        .filter(|document| !topic.is_other_title(document.title()))
        .map(|document| Candidate { document, section: 0, shown: usize::from(document.sections.len() > 1) })
        .collect()
}

/// Links in documents of the project that promise the topic and leave the tree.
pub(in crate::probe) fn outside_links(facts: &Facts<'_>, topic: &Topic) -> Vec<Blind> {
    let documents = facts.documents();
    let mut blind = Vec::new();
    for document in documents.of_project() {
        let here = |url: &str| resolve(facts.tree, documents, document, url);
        for section in &document.sections {
            let leads_there = topic.elsewhere
                && is_readme(&document.path)
                && names_documentation(&section.title)
                && !section.links.iter().any(|link| matches!(here(&link.url), Target::Inside(path) if is_page(&path)));
            for link in &section.links {
                let text = link.text.trim();
                let promise = |text: &str| text.split_whitespace().count() <= 6 && topic.is_promised(text);
                let named = wiki_page(text, &link.url).filter(|page| promise(page));
                let promises = named.is_some() || promise(text);
                let what = named.as_deref().unwrap_or(text);
                let is_elsewhere = || text.to_ascii_lowercase().contains("wiki") || !builds_a_site(facts);
                let is_site = || {
                    topic.elsewhere
                        && is_readme(&document.path)
                        && (leads_there
                            || names_documentation(text)
                            || is_own_documentation(facts, document, &link.url))
                        && is_elsewhere()
                };
                let is_own = || {
                    (leads_there || promises) && is_own_site(facts, &link.url)
                        || is_own_documentation(facts, document, &link.url)
                };
                let is_others = is_reference(&link.url) && !is_own();
                if (promises || is_site()) && !is_others && here(&link.url) == Target::Outside {
                    blind.push(Blind {
                        place: Some(Place::at(document.path.clone(), link.span)),
                        why: format!("\"{what}\" is linked outside the tree, cannot be read offline"),
                    });
                }
            }
        }
    }
    blind
}

/// The host of an address; empty where it has none.
fn host(url: &str) -> &str {
    url.split("://").nth(1).and_then(|rest| rest.split(['/', ':', '?', '#']).next()).unwrap_or_default()
}

/// Whether an address is of a site that bears the project's name: `opentelemetry.io` for `opentelemetry-demo`; the
/// foundation of many has a site for each of them.
fn is_own_site(facts: &Facts<'_>, url: &str) -> bool {
    let host = host(url);
    let name = host.strip_suffix(".apache.org").or_else(|| host.rsplit('.').nth(1));
    name.is_some_and(|name| facts.own_name().is_in(name) == Some(true))
}

/// The title of the page of a wiki that a link leads to whose text says nothing: "can be found [here](…/wiki/Common-Problems)".
fn wiki_page(text: &str, url: &str) -> Option<String> {
    let says_nothing = text.split_whitespace().all(|word| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        ["", "here", "this", "the", "in", "on", "page", "link", "wiki"].contains(&word.as_str())
    });
    let page = url.rsplit_once("/wiki/").filter(|_| says_nothing)?.1.split(['#', '?']).next()?;
    Some(page.replace(['-', '_'], " ").replace("%20", " ")).filter(|page| !page.is_empty())
}

/// Whether an address is of the documentation on a site that bears the project's whole name: `docs.shop.example`, or
/// `shop.example/docs/backup` where the document links to another page of it too; one alone may be about anything.
fn is_own_documentation(facts: &Facts<'_>, document: &Document, url: &str) -> bool {
    const NAMES: &[&str] = &["docs", "doc", "documentation", "manual", "handbook", "wiki"];
    let names_it = |part: &str| NAMES.contains(&part.to_ascii_lowercase().as_str());
    let is_page = |url: &str| url.split(['/', '?', '#']).skip(3).take(2).any(names_it);
    let own = host(url);
    let is_site = own.ends_with(".readthedocs.io") || own.split('.').next().is_some_and(names_it);
    let has_another = || {
        let links = document.sections.iter().flat_map(|section| &section.links).map(|link| link.url.as_str());
        let bare = |url: &str| url.split('#').next().unwrap_or(url).to_owned();
        links.into_iter().any(|other| host(other) == own && is_page(other) && bare(other) != bare(url))
    };
    (is_site || is_page(url) && has_another()) && facts.own_name().is_site(own)
}

/// Pages in folders of documentation that are a site of their own.
const A_SITE: usize = 20;

/// Whether a path is a folder of documentation or leads through one.
fn is_page(path: &str) -> bool {
    path.split('/').any(|part| ["doc", "docs", "documentation", "book"].contains(&part))
}

/// Whether the site of documentation is built from this tree, so that what stands there stands here.
fn builds_a_site(facts: &Facts<'_>) -> bool {
    const BUILDERS: &[&str] =
        &["mkdocs.yml", "mkdocs.yaml", "docusaurus.config.", "antora.yml", "book.toml", ".readthedocs.", "hugo.toml"];
    const IN_THEIR_FOLDER: &[&str] = &["astro.config.", "mint.json", "conf.py"];
    // A program among the sources may build a site of something else.
    let is_builder = |file: &&File| {
        let named = |names: &[&str]| names.iter().any(|name| file.name().starts_with(name));
        (named(BUILDERS) || named(IN_THEIR_FOLDER) && is_page(&file.path))
            && !file.path.split('/').any(|part| part == "src")
    };
    let mut files = facts.tree.files().iter();
    files.any(|file| is_builder(&file) || file.path.contains(".vitepress/config."))
        || facts.documents().of_project().filter(|document| is_page(&document.path)).count() >= A_SITE
}

/// The readme of the whole tree.
pub(super) fn is_readme(path: &str) -> bool {
    !path.contains('/') && path.to_ascii_lowercase().starts_with("readme")
}

/// Whether a document is where somebody who operates the service begins: the readme, or the runbook.
pub(super) fn leads_operators(facts: &Facts<'_>, path: &str) -> bool {
    let is_runbook = |document: &Document| {
        Topic::named("runbook").is_err_and(|topic| topic.is_path(path) || topic.is_title(document.title()))
    };
    is_readme(path) || facts.documents().at(path).is_some_and(is_runbook)
}

/// Whether the text of a link names the documentation as a whole.
fn names_documentation(text: &str) -> bool {
    const NAMES: &[&str] = &["docs", "documentation", "wiki", "manual", "handbook", "guide"];
    const BEFORE: &[&str] = &[
        "the", "our", "official", "full", "project", "complete", "online", "user", "admin", "operator", "read", "see",
    ];
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.split_last() {
        Some((last, before)) => NAMES.contains(last) && before.iter().all(|word| BEFORE.contains(word)),
        None => false,
    }
}

/// Hosts of other people's manuals: a link there explains a tool and is not this project's guide.
pub(in crate::probe) fn is_reference(url: &str) -> bool {
    const HOSTS: &[&str] = &[
        "kubernetes.io",
        "docker.com",
        "amazon.com",
        "cloud.google.com",
        "microsoft.com",
        "hashicorp.com",
        "wikipedia.org",
        "docs.github.com",
        "docs.gitlab.com",
        "postgresql.org",
        "prometheus.io",
        "grafana.com",
        "datadoghq.com",
        "rust-lang.org",
        "crates.io",
        "docs.rs",
        "pkg.go.dev",
        "godoc.org",
        "javadoc.io",
        "rubydoc.info",
        "deepwiki.com",
        "npmjs.com",
        "pypi.org",
        "helm.sh",
        "istio.io",
        "redis.io",
        "stackoverflow.com",
        "digitalocean.com",
        "heroku.com",
        "fly.io",
        "opentelemetry.io",
        "jaegertracing.io",
        "mozilla.org",
        "youtube.com",
        "medium.com",
        "terraform.io",
        "elastic.co",
        "mongodb.com",
        "mysql.com",
        "apache.org",
        "python.org",
        "nodejs.org",
        "shields.io",
        "img.shields.io",
        "badge.fury.io",
        "github.com",
        "sre.google",
        "spring.io",
        "instana.io",
        "instana.com",
        "ibm.com",
        "oracle.com",
        "djangoproject.com",
        "rubyonrails.org",
        "laravel.com",
        "symfony.com",
        "nginx.org",
        "nginx.com",
        "letsencrypt.org",
        "cloudflare.com",
        "newrelic.com",
        "openapis.org",
        "swagger.io",
        "atlassian.com",
        "pagerduty.com",
        "google.com",
    ];
    // What a team writes itself: documents of Google's office, the wiki of a repository.
    if ["docs.google.com/", "drive.google.com/", "sites.google.com/"].iter().any(|office| url.contains(office)) {
        return false;
    }
    if url.contains("github.com/") && url.split('/').nth(5).is_some_and(|part| part == "wiki") {
        return false;
    }
    let host = host(url);
    HOSTS.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}
