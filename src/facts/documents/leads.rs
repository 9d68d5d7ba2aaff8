//! Links of the project's documents that leave the tree, and whose the place is that each of them leads to.

use super::reference::{host, is_reference};
use super::{Document, Link, Section, Target, is_page, resolve};
use crate::evidence::Place;
use crate::facts::{Facts, submodules};
use crate::pattern::pattern;
use crate::source::floor;

// Where the documentation as a whole is: "refer to the website for documentation"; that of one API or tool is less.
pattern!(
    WHOLE,
    r"(?i)\b(?:for|to|find|read|the|our|full|complete|official|user|more|all|further|detailed)\s+(?:(?:comprehensive|detailed|complete|extensive|thorough|in-depth|official)\s+)?(?:documentation|docs|manual|handbook|guides)\b|\bfor\s+(?:[\w-]+,?\s+){1,5}(?:and|or|&)\s+(?:documentation|docs|manuals?)\b|\bdocumented\s+(?:(?:directly|fully|further|in\s+(?:full|detail)|thoroughly)\s+)*(?:on|at|in)\s+(?:the|our)\s+(?:\w+\s+){0,2}(?:web)?site\b"
);
// What is done by a guide that no more is said of.
pattern!(
    HOW,
    r"(?i)\b(?:how ?to|set(?:ting)?[- ]?up|install\w*|configur\w+|creat\w+|writ(?:e|ing)|contribut\w+|migrat\w+|upgrad\w+)\b"
);
pattern!(INLINE_TARGET, r"\]\([^)\s]*\)|\]\[[^\]\n]*\]");

/// More of a sentence is another matter.
const SENTENCE: usize = 300;
/// A name of fewer letters stands in hosts by chance.
const NAME: usize = 4;

/// A link out of the tree, with all of it that is the same for every topic.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is an answer about the place that it leads to")]
pub struct Lead {
    /// Where it stands.
    pub place: Place,
    /// Its text.
    pub text: String,
    /// The page of a wiki that it leads to, where its text says nothing.
    pub page: Option<String>,
    /// The parts of its address after the host, as words.
    pub parts: Vec<String>,
    /// The sentence around it, where its text names no more than a place to read.
    pub spoken: Option<String>,
    /// The heading that it follows at once, where its text names no more than a place to read.
    pub headed: Option<String>,
    /// Whether it names a product by its first word, as the host does.
    pub is_product: bool,
    /// Whether the place is another's manual.
    pub is_others: bool,
    /// Whether the place is where the project speaks of its own, and not built from this tree.
    pub is_theirs: bool,
    /// Whether teams keep there what they write for themselves.
    pub is_of_a_team: bool,
    /// Whether it leads from the readme to the documentation as a whole.
    pub is_whole: bool,
}

/// The links of the project's documents that leave the tree, and the documentation that is a submodule which is not
/// checked out.
pub(in crate::facts) fn read(facts: &Facts<'_>) -> Vec<Lead> {
    let documents = facts.documents();
    let mut leads = Vec::new();
    for document in documents.of_project() {
        for section in &document.sections {
            let look = Look { facts, document, section, leads_there: leads_there(facts, document, section) };
            let outside = |link: &&Link| resolve(facts.tree, documents, document, &link.url) == Target::Outside;
            leads.extend(section.links.iter().filter(outside).map(|link| look.lead(link)));
        }
    }
    leads.extend(submodules::absent(facts.tree).into_iter().filter_map(|(folder, span)| {
        let name = folder.rsplit('/').next().filter(|name| names_documentation(name))?;
        let place = Place::at(submodules::FILE, span);
        Some(Lead { text: name.to_owned(), is_whole: true, ..Lead::nowhere(place) })
    }));
    leads
}

impl Lead {
    /// One that promises nothing yet.
    fn nowhere(place: Place) -> Self {
        Self {
            place,
            text: String::new(),
            page: None,
            parts: Vec::new(),
            spoken: None,
            headed: None,
            is_product: false,
            is_others: false,
            is_theirs: false,
            is_of_a_team: false,
            is_whole: false,
        }
    }
}

/// Whether a section of the readme that is titled as the documentation leads to no page of it in the tree.
fn leads_there(facts: &Facts<'_>, document: &Document, section: &Section) -> bool {
    let here = |url: &str| resolve(facts.tree, facts.documents(), document, url);
    document.is_readme()
        && names_documentation(&section.title)
        && !section.links.iter().any(|link| matches!(here(&link.url), Target::Inside(path) if is_page(&path)))
}

/// The links of one section.
struct Look<'a, 'f> {
    facts: &'a Facts<'f>,
    document: &'a Document,
    section: &'a Section,
    /// The section is titled as the documentation.
    leads_there: bool,
}

impl Look<'_, '_> {
    fn lead(&self, link: &Link) -> Lead {
        let (facts, url) = (self.facts, link.url.as_str());
        // The one word that a picture is called by names no page.
        let text =
            Some(link.text.trim()).filter(|text| text.contains(' ') || !self.is_picture(link)).unwrap_or_default();
        let is_built_here = facts.site().is_built_here;
        let is_site = is_own_site(facts, url);
        let is_documentation = is_own_documentation(facts, self.document, url);
        let is_own = is_site || is_documentation;
        let is_reference = is_of_others(facts, url);
        let is_of_one_thing = || is_bare_guide(text) && HOW.is_match(&self.sentence(link));
        let names_it = names_documentation(&self.without_own_name(text)) && !is_of_one_thing();
        let is_named = self.leads_there || names_it || is_documentation || is_site && spells_documentation(text);
        let is_whole = || is_site && WHOLE.is_match(&self.sentence(link));
        // One page of a wiki is not all of it, unless the repository is there for what is written.
        let is_page = wiki_address(url).is_some_and(|page| !names_documentation(&page) && !is_front(&page));
        let is_page = is_page && !is_of_manuals(url);
        let is_elsewhere = (text.to_ascii_lowercase().contains("wiki") || !is_built_here) && !is_page;
        let is_others = is_reference && !(self.leads_there && is_site) && !is_documentation
            || !self.leads_there && is_of_another_project(facts, url);
        let speaks = !self.is_picture(link) && (says_nothing(text) || is_place_to_read(text));
        let path = url.split("://").nth(1).and_then(|rest| rest.split_once('/')).map_or("", |(_, path)| path);
        let parts = path.split(['?', '#']).next().unwrap_or_default().split('/');
        let parts = parts.map(|part| part.split('.').next().unwrap_or(part).replace(['-', '_'], " "));
        // The program's own name says nothing of the page.
        let is_said = |part: &String| !facts.own_name().in_full().any(|name| name == part);
        Lead {
            place: Place::at(self.document.path.clone(), link.span),
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            page: wiki_page(text, url),
            parts: parts.filter(is_said).collect(),
            spoken: speaks.then(|| self.sentence(link)),
            headed: (speaks && self.is_first(link)).then(|| self.section.title.clone()),
            is_product: is_product(facts, text, url),
            is_others: is_reference && !is_own,
            // What a site says that is built from this tree stands here.
            is_theirs: is_repository_beside(facts, url) || !is_reference && is_own && !is_built_here,
            is_of_a_team: is_of_a_team(url),
            is_whole: (self.document.is_readme() || is_front_of_folder(&self.document.path))
                && is_elsewhere
                && !is_others
                && (is_named || is_whole()),
        }
    }

    /// A text without the words of the project's name: "Shop docs".
    fn without_own_name(&self, text: &str) -> String {
        let own = self.facts.own_name();
        text.split_whitespace().filter(|word| own.is_in(word) != Some(true)).collect::<Vec<_>>().join(" ")
    }

    /// Whether a link stands in the first paragraph below the heading.
    fn is_first(&self, link: &Link) -> bool {
        self.section.blocks.first().is_some_and(|block| link.span.start < block.span.end)
    }

    /// Whether a picture stands for the text of a link.
    fn is_picture(&self, link: &Link) -> bool {
        let written = self.document.source.text().get(link.span.start as usize..link.span.end as usize);
        written.is_some_and(|written| written.starts_with("[!["))
    }

    /// The sentence that a link stands in, without the addresses in it.
    fn sentence(&self, link: &Link) -> String {
        let text = self.document.source.text();
        let (start, end) = (link.span.start as usize, link.span.end as usize);
        let (from, until) = (floor(text, start.saturating_sub(SENTENCE)), floor(text, end.saturating_add(SENTENCE)));
        let (Some(before), Some(after)) = (text.get(from..start), text.get(end..until)) else { return String::new() };
        let ends = |mark: &&str| before.rfind(*mark).map(|at| at + mark.len());
        let marks = ["\n\n", ". ", ".\n", "! ", "? ", "\n- ", "\n* ", "\n#", "|"];
        let from = marks.iter().filter_map(ends).max().unwrap_or(0);
        let until = marks.iter().filter_map(|mark| after.find(mark)).min().unwrap_or(after.len());
        let sentence = format!("{}{}{}", &before[from..], link.text, &after[..until]);
        INLINE_TARGET.replace_all(&sentence, |_| "]".to_owned()).into_owned()
    }
}

/// Hosts that many share, each under a name or a folder of its own.
const SHARED: &[&str] = &[
    ".apache.org",
    ".github.io",
    ".gitlab.io",
    ".readthedocs.io",
    ".gitbook.io",
    ".netlify.app",
    ".vercel.app",
    ".pages.dev",
];

/// The part of a host that names whose it is.
fn site_name(host: &str) -> Option<&str> {
    let shared = SHARED.iter().find_map(|end| host.strip_suffix(end));
    shared.or_else(|| host.rsplit('.').nth(1))
}

/// Whether an address is of a site that bears the project's name: `opentelemetry.io` for `opentelemetry-demo`; the
/// foundation of many has a site for each of them, and an owner's pages a folder for each project. The manual of a tool
/// that the title alone names, `kubernetes.io` for `Kubernetes Parcel Counter`, is none.
fn is_own_site(facts: &Facts<'_>, url: &str) -> bool {
    let own = facts.own_name();
    let is_titled_alone = |name: &str| is_of_others(facts, url) && !own.called().is_empty() && !own.is_called(name);
    let bears = |name: &str| own.is_in(name) == Some(true) && !is_titled_alone(name);
    let folder = || url.split('/').nth(3).unwrap_or_default();
    let host = host(url);
    site_name(host).is_some_and(bears)
        || own.spells(host)
        || is_folder_of_own(facts, url)
        || (host.ends_with(".github.io") || host.ends_with(".gitlab.io")) && bears(folder())
        || is_repository_beside(facts, url)
}

/// Whether an address is on a host that many share, under names of which none is the project's or its owner's.
fn is_of_another_project(facts: &Facts<'_>, url: &str) -> bool {
    SHARED.iter().any(|end| host(url).ends_with(end)) && facts.own_name().is_in(url) == Some(false)
}

/// Whether an address is of somebody else's manual: that of a tool is its own where the tree is the tool, or one of its
/// owner's that the path names: `prometheus.io/docs/alertmanager`.
fn is_of_others(facts: &Facts<'_>, url: &str) -> bool {
    let (own, host) = (facts.own_name(), host(url));
    let is_front = || matches!(host.split('.').collect::<Vec<_>>().as_slice(), [_, _] | ["www" | "docs", _, _]);
    let is_of_owner = |name: &str| own.is_owner(name) && is_front() && own.is_in(url) == Some(true);
    is_reference(url)
        && !site_name(host).is_some_and(|name| own.is_whole(name) || is_of_owner(name))
        && !is_folder_of_own(facts, url)
}

/// Whether an address begins with the folder of the project among the manuals of who makes it: `vendor.example/docs/kiosk`.
fn is_folder_of_own(facts: &Facts<'_>, url: &str) -> bool {
    let mut parts = url.split(['/', '?', '#']).skip(3);
    let (Some(docs), Some(name)) = (parts.next(), parts.next()) else { return false };
    matches!(docs, "docs" | "documentation") && name.len() >= NAME && facts.own_name().is_whole(name)
}

/// Whether an address is of another repository of the project, `github.com/acme/shop-dashboards` beside `acme/shop`, or of
/// a document in another one of its owner: `github.com/acme/platform/blob/main/docs/recovery.md`.
fn is_repository_beside(facts: &Facts<'_>, url: &str) -> bool {
    if !["github.com", "gitlab.com"].contains(&host(url)) {
        return false;
    }
    let mut parts = url.split('/').skip(3);
    let (Some(owner), Some(name)) = (parts.next(), parts.next()) else { return false };
    let is_document =
        parts.next().is_none_or(|part| ["", "blob", "tree", "wiki"].contains(&part) || part.starts_with('#'));
    let own = facts.own_name();
    let is_page_of_owner = || own.is_owner(owner) && is_page(url.split(['#', '?']).next().unwrap_or(url));
    let is_beside = own.is_image(owner) || own.is_in(name) == Some(true) || is_page_of_owner();
    is_document && is_beside && !own.is_image(name)
}

/// Whether a link names a product that bears the topic's word: "Voila dashboards" at `voila.readthedocs.io`,
/// "ingress-nginx installation" at `kubernetes.github.io/ingress-nginx`.
fn is_product(facts: &Facts<'_>, text: &str, url: &str) -> bool {
    let letters = |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    let first = text.split_whitespace().next().filter(|_| text.contains(' ')).unwrap_or_default();
    let name = letters(first);
    let site = site_name(host(url)).into_iter();
    let folder = url.split('/').nth(3).filter(|_| SHARED.iter().any(|end| host(url).ends_with(end)));
    (first.starts_with(char::is_uppercase) || first.contains('-'))
        && name.len() >= NAME
        && site.chain(folder).any(|place| letters(place).contains(&name))
        && !is_own_site(facts, url)
}

/// Whether an address is where teams keep what they write for themselves.
fn is_of_a_team(url: &str) -> bool {
    let host = host(url);
    let first = host.split('.').next().unwrap_or_default();
    ["wiki", "confluence", "intranet", "handbook", "runbooks", "sharepoint"].contains(&first)
        || ["notion.so", "notion.site", "atlassian.net", "docs.google.com", "drive.google.com", "sharepoint.com"]
            .iter()
            .any(|end| host.ends_with(end))
}

/// Whether the text of a link says nothing of where it leads: "here", "this page".
fn says_nothing(text: &str) -> bool {
    text.split_whitespace().all(|word| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        ["", "here", "this", "the", "our", "in", "on", "page", "link", "wiki"].contains(&word.as_str())
    })
}

/// Whether the text of a link names a place to read: "the service's technical guidance".
fn is_place_to_read(text: &str) -> bool {
    const PLACES: &[&str] = &[
        "checklist",
        "docs",
        "documentation",
        "guidance",
        "guide",
        "guides",
        "handbook",
        "instructions",
        "manual",
        "page",
        "pages",
        "site",
        "steps",
        "tutorial",
        "website",
        "wiki",
    ];
    let last =
        text.split_whitespace().last().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    last.is_some_and(|last| PLACES.contains(&last.as_str()))
}

/// The title of the page of a wiki that a link leads to whose text says nothing: "can be found [here](…/wiki/Common-Problems)".
fn wiki_page(text: &str, url: &str) -> Option<String> {
    wiki_address(url).filter(|_| says_nothing(text))
}

/// The title of the page of a wiki that an address leads to.
fn wiki_address(url: &str) -> Option<String> {
    let page = url.rsplit_once("/wiki/")?.1.split(['#', '?']).next()?;
    Some(page.replace(['-', '_'], " ").replace("%20", " ")).filter(|page| !page.is_empty())
}

/// Whether the wiki is that of a repository that holds nothing but documents: `acme/shop-manuals`.
fn is_of_manuals(url: &str) -> bool {
    const NAMES: &[&str] =
        &["doc", "docs", "documentation", "manual", "manuals", "handbook", "guides", "runbooks", "wiki"];
    let repository = url.split("/wiki/").next().and_then(|before| before.rsplit('/').next()).unwrap_or_default();
    repository.rsplit(['-', '_', '.']).next().is_some_and(|last| NAMES.contains(&last))
}

/// Whether a document is what the folder of the documentation begins with.
fn is_front_of_folder(path: &str) -> bool {
    matches!(path.to_ascii_lowercase().as_str(), "docs/readme.md" | "doc/readme.md")
}

/// Whether a page of a wiki is the one that it begins with.
fn is_front(page: &str) -> bool {
    ["home", "index", "main page", "start"].contains(&page.to_lowercase().as_str())
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
    facts.own_name().is_site(own) && (is_site || is_page(url) && has_another())
}

/// Whether the text of a link is the address of the documentation: `shop.example/docs`.
fn spells_documentation(text: &str) -> bool {
    let address = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/');
    let is_host = |host: &str| host.contains('.') && !host.contains(char::is_whitespace);
    address
        .split_once('/')
        .is_some_and(|(host, page)| is_host(host) && names_documentation(page) && !page.contains('/'))
}

/// Whether the text of a link is no more than the word for a guide, and what it is about is told around it.
fn is_bare_guide(text: &str) -> bool {
    matches!(&*text.to_lowercase(), "guide" | "the guide" | "manual" | "the manual")
}

/// Whether the text of a link names the documentation as a whole.
fn names_documentation(text: &str) -> bool {
    const NAMES: &[&str] = &["docs", "documentation", "wiki", "manual", "handbook", "guide"];
    const BEFORE: &[&str] = &[
        "the", "our", "official", "full", "project", "complete", "online", "user", "admin", "operator", "read", "see",
        "github", "gitlab",
    ];
    let lower = text.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && matches!(words.last(), Some(&("site" | "website"))) {
        words.pop();
    }
    match words.split_last() {
        Some((last, before)) => NAMES.contains(last) && before.iter().all(|word| BEFORE.contains(word)),
        None => false,
    }
}
