//! Whether a section is about a developer's machine or about production (ruling 2).

use super::candidates::Candidate;
use super::deed;
use super::topic::{Action, Topic};
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Document, Section, Standing, beside_the_team};
use crate::pattern::{Regex, pattern};
use crate::tree::path::{folder_of, join};

/// What a section is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Nothing says that it is about anything but production.
    Production,
    /// A developer's machine, an example or somebody else's product, in the words that say so.
    Development(String),
    /// Both are said.
    Uncertain(String),
}

pattern!(
    DEVELOPMENT,
    r"(?i)\b(?:local(?:ly|host)?|dev|development|developers?|minikube|k3d|kind cluster|docker[- ]?desktop|contribut(?:ing|ors?|e)|hacking|tutorial|walk-?through|getting[- ]started|quick[- ]?start|demos?|examples?|samples?|sandbox|playground|staging|preview|uat|qa|testing|tests?|benchmarks?|from source|apple silicon|mac m\d|wsl2?|homebrew)\b"
);
pattern!(BEGINNING, r"(?i)^(?:getting[- ]started|quick[- ]?start)$");
// "Running the example", "This sample demonstrates how orders are processed".
pattern!(
    RUNS_SAMPLE,
    r"(?i)^\W*(?:\d+[.)]?\s*)?(?:run(?:ning)?|try(?:ing)?(?: out)?|start(?:ing)?|deploy(?:ing)?)\s+(?:the|this)\s+(?<what>example|demo|sample)$"
);
pattern!(
    IS_SAMPLE,
    r"(?i)^\W*this\s+(?:[\w-]+\s+){0,2}?(?<what>example|demo|sample|tutorial)\s+(?:\w+\s+)?(?:shows?|demonstrates?|illustrates?|walks?|explains?|implements?|describes?|uses?|is|contains?|consists?)\b"
);
// What goes on running after it was typed.
pattern!(
    PUT_UP,
    r"(?m)^\s*(?:[$>#] )?(?:sudo )?(?:helm (?:install|upgrade)\b|kubectl (?:apply|create)\b|systemctl (?:--now )?enable\b|docker stack deploy\b|nomad (?:job )?run\b|oc apply\b|pm2 (?:startup|save)\b)"
);
pattern!(BEGINNERS, r"(?i)(?:^|/)(?:getting[-_]?started|quick[-_]?start)/");
// A page on how the service is installed.
pattern!(INSTALLS, r"(?i)(?:^|/)(?:install(?:ation|ing)?|deploy(?:ment|ing)?)(?:/|\.\w+$)");
// What stands before a block of commands that are typed to try something out: "For a quick local example, run:".
pattern!(
    TRIAL,
    r"(?i)\b(?:locally|local (?:example|tests?|testing|use|set-?up|environment|development|run|instance|machine)|quick (?:local )?(?:example|test|try|demo|look)|try(?:ing)? (?:it|this|things) out|on your (?:own )?(?:machine|laptop|computer))\b"
);
pattern!(
    ASIDE,
    r"(?i)\b(?:local(?:ly|host)?|dev|development|minikube|k3d|kind cluster|docker[- ]?desktop|from source|contributing|staging|uat|preview|review apps?|acceptance environments?)\b"
);
pattern!(PRODUCTION, r"(?i)\b(?:production|prod|live (?:environment|system|cluster)|release(?:d|s)?)\b");
pattern!(
    INTRODUCTION,
    r"(?i)\b(?:(?:this|an?|the) (?:\w+ )?(?:example|demo|sample|tutorial)\b|(?:local|development|dev) (?:cluster|environment|set-?up|deployment|use|only)|not (?:meant|intended|suitable|suited|ready|recommended)[\w ]* production|for (?:local )?development\b|on your (?:own )?(?:machine|laptop|computer))"
);
// What shows a text, points to another page, or has something tried elsewhere before it is done here: it says nothing of
// the system that the page is about.
pattern!(
    SHOWN,
    r"(?i)\b(?:this|an?|the) (?:\w+ )?(?:example|sample) (?:(?:shell|terminal|console) )?(?:sessions?|transcripts?|outputs?|commands?|snippets?|invocations?|(?:[\w-]+ ){0,2}(?:dashboards?|files?))\b|\b(?:follow(?:ing)?|see|read(?:ing)?|refer to|consult)\s+the\s+(?:\w+\s+)?(?:example|demo|tutorial)\b|\b(?:test|try|verify|validate|check)\w*\b[^.]*?\b(?:development|dev|local) (?:cluster|environment|set-?up|deployment)s?\s+(?:first|before)\b"
);
pattern!(
    ONE_MACHINE,
    r"(?i)^(?:\$ |> |# )?(?:sudo )?(?:docker[- ]compose|docker run|docker build|docker exec|docker swarm$|docker ps|docker volume|docker network|minikube|kind|k3d|cd|git (?:clone|checkout|switch|pull|fetch|add|commit|reset|submodule|lfs|config|init|branch|merge|rebase|stash|status|log|diff|apply|remote|tag)|export|source|\. |\./|cp|mkdir|cat|echo|open|make|just|cargo|rustup|npm|npx|yarn|pnpm|pip3?|poetry|uv|python3?|go|brew|apt(?:-get)?|dnf|yum|pacman|choco|winget|curl|psql|sqlx|diesel|redis-cli|tilt|skaffold dev|ulimit|chmod|#)(?:\s|$)"
);
pattern!(
    SERVER,
    r"(?i)\b(?:production|prod|servers|remote (?:server|host)|on (?:your|the|a|an|each|our) (?:server|host|vps|vm)|vps|domain|tls|https|reverse proxy|self[- ]?host\w*|ssh|registry|systemd|container apps?|azure|heroku|cloud (?:run|shell|console)|kubernetes|pods?)\b"
);

/// Whether a candidate is about production.
///
/// The names of the project and of a tool say nothing of it: `Deploying Shop Demo`, `Azure Developer CLI`.
pub(super) fn of(facts: &Facts<'_>, candidate: &Candidate<'_>, topic: &Topic) -> Setting {
    let document = candidate.document;
    let own_name = facts.own_name();
    let title =
        |index: usize| own_name.cleared_heading(&document.sections[index].title).replace("Developer CLI", "CLI");
    let heading = title(candidate.section);
    let heading = heading.as_str();
    let says_production = PRODUCTION.is_match(heading);
    if !says_production && let Some(word) = DEVELOPMENT.find(heading) {
        return Setting::Development(quoted(word.as_str()));
    }
    let above = document.ancestors(candidate.section).map(title);
    // A folder for those who begin may hold the pages on how the service is kept running, too.
    let keeps_running = || blocks_of(candidate).any(|block| PUT_UP.is_match(&block.text));
    let path = if BEGINNERS.is_match(&document.path) && keeps_running() {
        BEGINNERS.replace_all(&document.path, |_| "/".to_owned())
    } else {
        (&*document.path).into()
    };
    let path = if document.standing == Standing::Project { beside_the_team(&path) } else { path.into_owned() };
    let path = path.replace(['/', '_', '-', '.'], " ");
    let introduction = document.sections.iter().take(2).flat_map(|section| &section.blocks).take(3);
    let introduction: Vec<&str> = introduction.map(|block| block.text.as_str()).collect();
    // A page for those who begin tells how the service is tried, and may tell too how its data is kept.
    let is_mark = |word: &str| topic.action == Action::Steps || !BEGINNING.is_match(word);
    let found = |scan: &Regex, text: &str| {
        scan.find_iter(text).find(|word| is_mark(word.as_str())).map(|word| quoted(word.as_str()))
    };
    // A page on how the service is installed may be called after those who begin with that.
    let is_lifted =
        |title: &str| BEGINNING.is_match(title.trim()) && INSTALLS.is_match(&document.path) && keeps_running();
    let outside = above.filter(|title| !is_lifted(title)).find_map(|title| found(&DEVELOPMENT, &title));
    let outside = outside.or_else(|| found(&DEVELOPMENT, &own_name.cleared_text(&path)));
    let introduced = |text: &str| {
        let text = own_name.cleared_text(text);
        found(&INTRODUCTION, &SHOWN.replace_all(&text, |_| String::new()))
    };
    let outside = outside.or_else(|| introduction.iter().find_map(|text| introduced(text)));
    let outside = outside.or_else(|| of_a_sample(facts, document));
    let prose = || candidate.tree().iter().any(|section| PRODUCTION.is_match(&section.title) || text_says(section));
    match outside {
        Some(word) if says_production || prose() => Setting::Uncertain(word),
        Some(word) => Setting::Development(word),
        None if is_one_machine(candidate, topic) => {
            Setting::Development("one machine: every command runs locally".into())
        }
        None => Setting::Production,
    }
}

/// The word by which a page below the root is one of a sample: a heading runs that, or the readme beside the page is
/// about nothing else. The project itself may be called so.
fn of_a_sample(facts: &Facts<'_>, document: &Document) -> Option<String> {
    let folder = folder_of(&document.path);
    if folder.is_empty() {
        return None;
    }
    let own_name = facts.own_name();
    if own_name.is_collection() {
        return Some(quoted("one of the samples"));
    }
    let found = |scan: &Regex, text: &str| {
        let text = own_name.cleared_heading(text);
        scan.captures(&text).and_then(|found| found.name("what")).map(|word| quoted(word.as_str()))
    };
    let headings = document.sections.iter().map(|section| section.title.as_str());
    let is_said = headings.into_iter().find_map(|title| found(&RUNS_SAMPLE, title));
    is_said.or_else(|| {
        let readme = join(folder, "README.md").and_then(|path| facts.documents().at(&path))?;
        let blocks = readme.sections.iter().take(2).flat_map(|section| &section.blocks);
        blocks
            .filter(|block| block.kind == BlockKind::Paragraph)
            .take(3)
            .find_map(|block| found(&IS_SAMPLE, &block.text))
    })
}

/// Whether a heading below the candidate's own turns to a developer's machine, or to an environment that is none of the
/// users': "### On minikube", "### UAT deployments".
pub(super) fn is_aside(title: &str) -> bool {
    ASIDE.is_match(title) && !PRODUCTION.is_match(title)
}

/// Whether a sentence gives the commands below it to somebody who tries the service out.
pub(super) fn is_trial(text: &str) -> bool {
    let last = last_sentence(text);
    TRIAL.is_match(last) && !PRODUCTION.is_match(last) && !SERVER.is_match(last)
}

/// The sentence that leads to what stands below a text.
pub(super) fn last_sentence(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches([':', '.']);
    text.rsplit(". ").next().unwrap_or(text)
}

fn blocks_of<'f>(candidate: &Candidate<'f>) -> impl Iterator<Item = &'f Block> {
    candidate.tree().iter().flat_map(|section| &section.blocks)
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.to_lowercase())
}

fn text_says(section: &Section) -> bool {
    section.blocks.iter().any(|block| PRODUCTION.is_match(&block.text) && !INTRODUCTION.is_match(&block.text))
}

/// Whether the section gives commands and every one of them is what developers type, with no word of a server in it or in
/// the title of its page. A command that does what the topic is about is not typed to try something out.
fn is_one_machine(candidate: &Candidate<'_>, topic: &Topic) -> bool {
    let blocks = || blocks_of(candidate).filter(|block| !deed::is_developers(block));
    let lines = blocks().flat_map(|block| match block.kind {
        BlockKind::Command => block.text.lines(),
        _ => block.inline.lines(),
    });
    let commands: Vec<&str> = lines.collect();
    let typed = commands.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let is_continued = |line: &str| line.starts_with(['-', '|', '&', '\\', '}', '"', '\'']) || line.contains("EOF");
    let mut typed = typed.filter(|line| !is_continued(line)).peekable();
    // Where the page is opened on the machine itself, the address that the sources come from makes no server of it.
    let opens = |block: &Block| ["http://localhost", "http://127.0.0.1"].iter().any(|own| block.text.contains(own));
    let is_opened_here = blocks().any(opens);
    let says_server = |text: &str| {
        if is_opened_here { SERVER.is_match(&text.replace("https://", "")) } else { SERVER.is_match(text) }
    };
    typed.peek().is_some()
        && typed.all(|line| (ONE_MACHINE.is_match(line) || line.contains("localhost")) && !topic.is_done_by(line))
        && !blocks().any(|block| says_server(&block.text))
        && !candidate.tree().iter().any(|section| SERVER.is_match(&section.title))
        && !SERVER.is_match(candidate.document.title())
}
