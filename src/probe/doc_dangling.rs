//! `@doc.dangling(topic)`: commands of a document that name scripts, targets or charts which the tree lacks.

use super::doc::{self, candidates, topic::Topic};
use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Document, has_folder};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::tree::path::{folder_of, join};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// `@doc.dangling`.
pub static PROBE: Probe = Probe {
    name: "doc.dangling",
    summary: "commands in the documents on a topic that name a script, manifest, chart or make target which the tree lacks",
    usage: "@doc.dangling(topic)",
    arity: (1, 1),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

/// A path of this tree in a command: a script that is run, a manifest that is applied, a chart that is installed.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?m)^\s*(?:\$ |> )?(?:sudo )?(?:(?:bash|sh|zsh|python3?|node|ruby) (?:-\w+ )*(?P<run>[\w./-]+\.(?:sh|bash|py|js|rb))\b|(?P<script>\./[\w./-]+)(?:\s|$)|kubectl (?:apply|create|delete|replace)(?: --?[\w-]+(?:[= ][\w-]+)?)*? (?:-f|-k|--filename|--kustomize)[ =](?P<manifest>[\w./-]+)(?:\s|$)|helm (?:install|upgrade)(?: --?[\w-]+)* [\w-]+ (?P<chart>\./[\w./-]+|charts?/[\w./-]+)(?:\s|$)|(?:docker[- ]compose|podman-compose) (?:-p \S+ )?-f (?P<compose>[\w./-]+\.ya?ml)\b|ansible-playbook (?:-\w+ \S+ )*(?P<playbook>[\w./-]+\.ya?ml)\b|make (?P<target>[a-z][\w-]*)\s*$)";
    compile(pattern).expect("a constant pattern")
});

/// Something that brings files which the tree need not hold, or leaves the folder that the paths start from.
static BRINGS: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?m)\bgit clone\b|\b(?:curl|wget)\b|\bunzip\b|\btar \S*x|(?:^|\s|&&\s*)cd\s|>\s*\S|\btee\b|\bcp\b|\bmv\b|\bscp\b|\bssh\b|\bhelm (?:pull|create)\b|\bdocker (?:exec|run)\b|\bkubectl exec\b|\bcargo build\b|\bgo build\b|<<")
        .expect("a constant pattern")
});

/// A script or a file of settings that a sentence names by its path.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?:^|[\s(,:])(?P<path>(?:[\w-][\w.-]*/)+[\w.-]*\w\.(?:sh|bash|py|rb|pl|ya?ml|toml|ini|conf))(?:[\s),:;]|\.(?:\s|$)|$)")
        .expect("a constant pattern")
});

/// A file that the reader, or a tool, is yet to make; or one among others that might be there.
static YET: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)\b(?:creat|generat|cop(?:y|ie)|add|renam|writ|sav|produce|output|download|mount|your own|for example|for instance|e\.g\.|such as|if |optional|removed|no longer)\w*")
        .expect("a constant pattern")
});

/// What stands on a line of commands before the name of a file that it makes.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"(?:>|\btee(?:\s+-a)?\s|\btouch\s|\b(?:nano|vim?|emacs|micro)\s|\s-[oO]\s|\s--output(?:-document)?[\s=]|\b(?:cp|mv|curl|wget|install)\s[^|;&]*[\s/])\s*["']?(?:[\w.~-]*/)*$"#)
        .expect("a constant pattern")
});

/// What stands in a sentence before the name of a file that its reader, or a step before, makes.
static SAVED: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)\b(?:creat(?:e|es|ing)|mak(?:e|ing)|writ(?:e|es|ing)|sav(?:e|es|ed|ing)|(?:re-?)?generat(?:e|es|ing))\b[^.:;]{0,60}?\b(?:file|script|as|to|at|called|named|in|into)\b[^.:;]{0,20}?(?:\.{0,2}/(?:[\w.-]+/)*)?$")
        .expect("a constant pattern")
});

/// How a file comes from elsewhere: it ships with something, is installed or fetched.
static FETCHED: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)\b(?:ships? (?:with|in)|shipped|comes (?:with|in)|bundled (?:with|in)|(?:is|are|was|were|gets?) (?:installed|downloaded|provided|put)|downloads?|installer|curl|wget)\b")
        .expect("a constant pattern")
});

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let topics = question.arg(0).iter().filter_map(|word| Topic::named(&word.text).err());
    // The manual of what the program does for its users names what they have.
    for topic in topics.filter(|topic| !topic.is_trade_of(facts.own_name().says())) {
        let mut lacking: Vec<Sighting> = Vec::new();
        for candidate in candidates::find(facts, topic) {
            let commands: Vec<&Block> = candidate
                .tree()
                .iter()
                .flat_map(|section| &section.blocks)
                .filter(|block| block.kind == BlockKind::Command)
                .collect();
            let prose = candidate.tree().iter().flat_map(|section| &section.blocks);
            let brings = prose.filter(|block| block.commands).any(|block| BRINGS.is_match(&block.text));
            if !brings {
                lacking.extend(commands.iter().flat_map(|block| dangling(facts, candidate.document, block)));
                let prose = candidate.tree().iter().flat_map(|section| &section.blocks);
                lacking.extend(prose.flat_map(|block| said(facts, candidate.document, block)));
            }
        }
        // What one page names and the tree lacks says nothing against the guide that others give.
        let pages: BTreeSet<&str> = lacking.iter().map(|sighting| &*sighting.place.path).collect();
        let is_given_elsewhere = !pages.is_empty() && doc::suffices_without(facts, question, topic, &pages);
        if is_given_elsewhere { answer.notes.extend(lacking) } else { answer.seen.extend(lacking) }
    }
    answer
}

fn dangling(facts: &Facts<'_>, document: &Document, block: &Block) -> Vec<Sighting> {
    let mut lacking = Vec::new();
    let prints = document.sections.iter().flat_map(|section| &section.blocks).any(is_manifest);
    for found in NAMED.captures_iter(&block.text) {
        let path =
            ["run", "script", "manifest", "chart", "compose", "playbook"].iter().find_map(|name| found.name(name));
        let printed = found.name("manifest").or(found.name("compose")).filter(|_| prints);
        if printed.is_some_and(|path| is_saved_as(document, path.as_str())) {
            continue;
        }
        // A compiled program is no file of the tree.
        if found.name("script").is_some_and(|path| !path.as_str().trim_start_matches("./").contains('.')) {
            continue;
        }
        let missing = match (path, found.name("target")) {
            (Some(path), _) => lacks(facts, document, path.as_str()).then(|| path.as_str().to_owned()),
            (None, Some(target)) => lacks_target(facts, target.as_str()).then(|| format!("make {}", target.as_str())),
            (None, None) => None,
        };
        lacking.extend(missing.map(|what| sighting(document, block, &what)));
    }
    lacking
}

/// Whether the reader saves what a document prints under a path: a bare name, or one in a folder that the document gives
/// it outside of the commands.
fn is_saved_as(document: &Document, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let Some((_, name)) = path.rsplit_once('/') else { return true };
    let mut blocks = document.sections.iter().flat_map(|section| &section.blocks);
    name.contains('.') && blocks.any(|block| block.kind != BlockKind::Command && block.text.contains(name))
}

/// What the sentences of a block name in a folder of the tree, and the tree lacks.
fn said(facts: &Facts<'_>, document: &Document, block: &Block) -> Vec<Sighting> {
    if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item { .. }) {
        return Vec::new();
    }
    let sentences = block.text.split_inclusive(". ").filter(|sentence| !YET.is_match(sentence));
    let named = sentences.flat_map(|sentence| SAID.captures_iter(sentence)).filter_map(|found| found.name("path"));
    let is_of_a_folder = |path: &&str| has_folder(facts.tree, folder_of(path));
    let named = named.map(|path| path.as_str()).filter(is_of_a_folder);
    named.filter(|path| lacks(facts, document, path)).map(|path| sighting(document, block, path)).collect()
}

fn sighting(document: &Document, block: &Block, what: &str) -> Sighting {
    let place = Place::at(document.path.clone(), Span::new(block.span.start as usize, block.span.end as usize));
    Sighting::new(place, Strength::Documented, format!("names {what}, which the tree lacks"))
}

/// Whether the tree lacks a path, and no document says that the file comes from elsewhere.
fn lacks(facts: &Facts<'_>, document: &Document, path: &str) -> bool {
    is_missing(facts, document, path) && !is_made(document, path) && !is_fetched(facts, path)
}

/// Whether the reader of a document makes a file on its own machine: a command writes to it or opens it in an editor, or a
/// sentence says under which name it is saved, or where a step puts it.
fn is_made(document: &Document, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut blocks = document.sections.iter().flat_map(|section| &section.blocks);
    !name.is_empty()
        && blocks.any(|block| {
            let is_code = matches!(block.kind, BlockKind::Command | BlockKind::Code(_));
            block.text.match_indices(name).any(|(at, _)| {
                let line = block.text[..at].rsplit('\n').next().unwrap_or_default();
                WRITTEN.is_match(line) || !is_code && SAVED.is_match(line)
            })
        })
}

/// Whether a document of the project says that a file comes from elsewhere.
fn is_fetched(facts: &Facts<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let blocks = facts.documents().of_project().flat_map(|document| &document.sections);
    let mut blocks = blocks.flat_map(|section| &section.blocks);
    name.contains('.') && blocks.any(|block| block.text.contains(name) && FETCHED.is_match(&block.text))
}

/// Whether a block of code is a manifest or a composition, to be saved in a file.
fn is_manifest(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Code(_))
        && block.text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("services:"))
}

/// Whether a path is neither in the tree from its root, nor from the document's folder, nor at the end of any path.
fn is_missing(facts: &Facts<'_>, document: &Document, path: &str) -> bool {
    let folder = folder_of(&document.path);
    if path.starts_with('/') || path.starts_with("http") || path == "." || path == "-" {
        return false;
    }
    let is_there = |from: &str| {
        join(from, path).is_none_or(|path| facts.tree.file(&path).is_some() || has_folder(facts.tree, &path))
    };
    let name = path.trim_start_matches("./").trim_start_matches("../").trim_end_matches('/');
    let ends = |file: &crate::tree::File| file.path.ends_with(name) || file.path.contains(&format!("{name}/"));
    // A build's output and a wrapper that is downloaded are no files of the tree.
    let is_built =
        path.contains("target/") || path.contains("build/") || path.contains("dist/") || path.contains("bin/");
    !is_built && !is_there("") && !is_there(folder) && !facts.tree.files().iter().any(ends)
}

/// Whether the tree has a Makefile, and none of its Makefiles has the target.
fn lacks_target(facts: &Facts<'_>, target: &str) -> bool {
    let makefiles = facts.tree.files().iter().filter(|file| {
        matches!(file.name(), "Makefile" | "makefile" | "GNUmakefile")
            || file.name().rsplit_once('.').is_some_and(|(_, extension)| extension == "mk")
    });
    let texts: Vec<&str> = makefiles.filter_map(crate::tree::File::text).map(crate::source::Source::text).collect();
    let names = |text: &str| -> BTreeSet<String> {
        let rules = text.lines().filter(|line| !line.starts_with(['\t', ' ', '#', '.']));
        rules
            .filter_map(|line| line.split_once(':'))
            .flat_map(|(names, _)| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let is_dynamic = |text: &&str| text.contains('%') || text.contains("include ") || text.contains("$(");
    let known = |text: &&str| names(text).contains(target);
    let dynamic_rules = texts
        .iter()
        .any(|text| is_dynamic(text) && names(text).iter().any(|name| name.contains('%') || name.contains('$')));
    !texts.is_empty() && !texts.iter().any(known) && !dynamic_rules
}
