//! Which documents may speak for operations, and why the others may not (items-2.md §0.4).

use super::section::{BlockKind, Section};
use super::starter;
use crate::facts::code::is_left_behind;
use crate::pattern::pattern;
use crate::source::head;

// What a document says of itself: in its front matter, its title, a sentence or a mark of its own line.
pattern!(
    OUTDATED,
    r"(?im)^(?:status|state)\s*:\s*\W*(?:deprecated|outdated|obsolete|superseded|archived|retired|withdrawn)\b|^(?:deprecated|outdated|obsolete|archived)\s*:\s*(?:true|yes)\b|^#{1,2}\s.*[(\[](?:deprecated|outdated|obsolete|superseded|archived|out[- ]of[- ]date)[)\]]|^(?:[#>!:\s\[(_]|\*\*|:\w+:|[^\x00-\x7F])*(?:(?:warning|note|notice|caution|important|status|state)\W+)?(?:deprecated|outdated|obsolete|superseded|archived|out[- ]of[- ]date)(?:[*\])!.:,;]|_+(?:\W|$)|\s*$|\s+(?:by|in favou?r of|since|as of|see|please|-|–|—)\s)|\b(?:this|these|the)\s+(?:(?:following|whole|entire|below)\s+)?(?:document(?:ation)?|page|guide|docs?|read-?me|manual|run-?book|playbook|instructions|procedures?|plan|policy|content|information|file|article|wiki|steps)\s+(?:(?:below|here|on this page|in this (?:document|file|guide|page))\s+)?(?:is|are|has been|have been|was|were)\s+(?:(?:now|currently|very|hopelessly|partly|badly|severely|marked|marked as|considered|being)\s+)?(?:deprecated|outdated|obsolete|superseded|archived|retired|out[- ]of[- ]date|no longer (?:maintained|valid|accurate|in use|used|supported|current|correct|relevant|updated|up[- ]to[- ]date|applicable|applies))\b"
);

// What a page begins with whose subject this tree may not have: the plans that it is sold with.
pattern!(
    PAID,
    r"\b(?:only\s+)?(?:available|included|offered)\s+(?:only\s+)?(?:on|in|with|for|to)\s+(?:the\s+|our\s+|all\s+)?\W{0,2}(?:business|enterprise|pro|professional|premium|paid|team|teams|cloud|plus|scale)\W{0,2}(?:(?:,|/|\s+and|\s+or)\s+\W{0,2}\w+\W{0,2})?\s+(?:plans?|editions?|tiers?|subscriptions?|customers|licen[cs]es?)\b|\b(?:business|enterprise|premium|paid|cloud)(?:[- ](?:edition|plan))?[- ]only\b|\bnot (?:available|included|part of) (?:in |of )?the (?:open[- ]source|community|free|self[- ]hosted) (?:edition|version)\b"
);

// Whom a page says that it is for: those who change what it describes.
pattern!(
    FOR_THE_CODE,
    r"\bthis\s+(?:document|page|guide|read-?me|file|text|overview|reference)\s+(?:is|was|serves\s+as)\s+(?:\w+\s+)?(?:(?:the|an?)\s+(?:\w+\s+)?(?:entry[- ]?point|introduction|reference|guide|overview|starting\s+point)\s+)?(?:for|at)\s+(?:any(?:one|body)|every(?:one|body)|whoever|people|those|(?:\w+\s+)?(?:developers?|contributors?|maintainers?|engineers?))\s+(?:who\s+)?(?:(?:is|are|wants?\s+to|needs?\s+to)\s+)?(?:review|extend|chang|modif|maintain|implement|work|hack)\w*\s+(?:[\w-]+\s+){0,4}?(?:features?|code|code-?base|sources?|modules?|packages?|crates?|implementation|internals)\b"
);

// What a tool hands to a model, which then writes code or a text: an element names the model, another one the file.
pattern!(PROMPT, r#"(?m)^<[A-Z]\w*\s[^>\n]*\bmodel="[\w.-]+/[\w.:-]+"[^>\n]*>"#);

// Whom else a page may say that it is for.
pattern!(
    FOR_AGENTS,
    r"\b(?:this|these)\s+(?:\w+\s+){0,2}?(?:is|are|contains?|holds?|gives?|provides?)\s+(?:the\s+)?instructions\s+for\s+(?:an?\s+|the\s+|your\s+)?(?:ai|coding|llm)\b"
);

/// Words without which nothing of a document's age matches.
const OUTDATED_WORDS: &[&str] = &[
    "deprecated",
    "outdated",
    "obsolete",
    "superseded",
    "archived",
    "retired",
    "withdrawn",
    "out of date",
    "out-of-date",
    "no longer",
];

/// Whether a document may speak for the project's operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Project,
    /// It is about the insides of the code: for those who change it, not for those who run it.
    Code,
    /// A form that others fill in.
    Template,
    /// It never may, for this reason.
    Never(&'static str),
}

/// Words that a file's name begins with; the rest may follow behind `-`, `_` or `.`.
const LEGAL: &[&str] =
    &["licence", "license", "copying", "notice", "unlicense", "patents", "third-party", "third_party", "cla"];
const CHANGES: &[&str] =
    &["changelog", "changes", "history", "news", "release-notes", "release_notes", "releases-notes", "releases_notes"];
const PEOPLE: &[&str] = &[
    "code-of-conduct",
    "code_of_conduct",
    "code-of_conduct",
    "code_of-conduct",
    "authors",
    "contributors",
    "maintainers",
    "governance",
    "owners",
    "acknowledgements",
    "acknowledgments",
    "credits",
    "sponsors",
    "backers",
    "thanks",
    "adopters",
];
const CODE: &[&str] = &[
    "contributing",
    "hacking",
    "development",
    "developing",
    "develop",
    "build",
    "building",
    "maintenance-guide",
    "developer-guide",
    "developer_guide",
    "developers-guide",
    "developers_guide",
    "dev-guide",
    "dev_guide",
    "contributor-guide",
    "contributors-guide",
];
/// The same, with other words before them: `rust-style-guide.md`.
const HABITS: &[&str] = &["style", "styleguide", "conventions"];

const CHANGES_FOLDERS: &[&str] =
    &["release-notes", "release_notes", "changelog", "changelogs", "changeset", "changesets", ".changeset"];
const POSTS_FOLDERS: &[&str] = &["blog", "blogs", "_posts"];
/// What a name says of the record of an incident.
const INCIDENTS: &[&str] = &["postmortem", "post-mortem", "post_mortem", "incident-report", "incident-review"];
const TEMPLATES: &[&str] =
    &["issue_template", "pull_request_template", "merge_request_templates", "discussion_template"];
const AGENTS: &[&str] =
    &["agents", "claude", "gemini", "copilot-instructions", "llms", "llms-full", "skill", "ai-policy", "ai_policy"];
const AGENTS_FOLDERS: &[&str] = &[
    ".claude",
    "superpowers",
    ".agents",
    ".cursor",
    ".codex",
    ".windsurf",
    ".gemini",
    ".aider",
    ".junie",
    ".roo",
    ".continue",
    ".copilot",
    ".kiro",
    ".opencode",
    ".clinerules",
    "skills",
    "skill-assets",
    "agent-skills",
    "agent_skills",
    "agent-instructions",
    "agent_instructions",
];
const FOREIGN_FOLDERS: &[&str] = &[
    "vendor",
    "vendored",
    "third-party",
    "third_party",
    "thirdparty",
    "node_modules",
    "bower_components",
    "site-packages",
    ".yarn",
    "external",
    ".venv",
    "dist",
    "target",
    "generated",
    "_build",
    "_site",
    "assets",
    "static",
    "public",
    "submodules",
    "extern",
    "deps",
];
const TRIAL_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testdata",
    "test-data",
    "test_data",
    "fixture",
    "fixtures",
    "extras",
    "__tests__",
    "mock",
    "mocks",
    "snapshot",
    "snapshots",
    "benches",
    "benchmark",
    "benchmarks",
    "benchmarking",
    "example",
    "examples",
    "demo",
    "demos",
    "sample",
    "samples",
    "playground",
    "corpus",
    "spec-test",
    "spec-tests",
    "specs-test",
    "specs-tests",
];
const CODE_FOLDERS: &[&str] = &[
    "internal",
    "internals",
    "maintenance-guide",
    "maintenance-guides",
    "maintainer",
    "maintainers",
    "rfc",
    "rfcs",
    "adr",
    "adrs",
    "decisions",
    "decision-log",
    "decision-records",
    "architecture-decision-log",
    "architecture-decision-records",
    "architecture-decisions",
    "superpowers",
    "openspec",
    "prd",
    "prds",
    "rfd",
    "rfds",
    "design-docs",
    "design_docs",
    "designdocs",
    "design",
    "designs",
    "architecture",
    "dev",
    "developer",
    "developers",
    "development",
    "contributing",
    "contributor",
];
/// Those of them that hold what a team writes for itself.
const TEAM_FOLDERS: &[&str] =
    &["dev", "developer", "developers", "development", "contributing", "contributor", "maintainer", "maintainers"];
/// Where a page bears the day on which it was planned to change the code, or the number of that change.
const PLANS_FOLDERS: &[&str] = &["plan", "plans", "spec", "specs", "tasks"];
/// What somebody would like to build is not there yet.
const PROPOSAL_FOLDERS: &[&str] = &["proposal", "proposals", "enhancement", "enhancements", "keps"];
const OWN_FOLDERS: &[&str] = &[".tusk-check", "checklist", "checklists"];

/// What a form leaves open in its title: `# Contributing to [project-title]`.
const BLANKS: &[&str] =
    &["[project-title]", "[project title]", "[project-name]", "[project name]", "[your project]", "<project name>"];

/// What a document may speak for.
pub(super) fn of(path: &str, text: &str, sections: &[Section]) -> Standing {
    match by_path(&path.to_ascii_lowercase()) {
        Some(Standing::Code) if is_for_operators(&path.to_ascii_lowercase(), sections) => by_content(text, sections),
        Some(standing) => standing,
        None => by_content(text, sections),
    }
}

// What those who change the code write for those who run it.
pattern!(
    OPERATORS,
    r"(?i)^(?:(?:the|our|how to) )?(?:\w+ )?(?:release (?:process|procedure|guide)|releasing|deploy(?:ing|ment|ments)?|incidents?|on-?call|roll(?:ing)?[- ]?backs?|run-?books?|outages?|operations (?:guide|manual|handbook))\b"
);

/// Whether a document among those for developers says by its title that it is about the service that runs.
fn is_for_operators(path: &str, sections: &[Section]) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_documentation = folders.split('/').any(|folder| ["docs", "doc", "documentation"].contains(&folder));
    let is_of_code = !is_documentation || begins(name, CODE) || is_habit(name) || is_of_ci(folders);
    let is_inside = folders.split('/').any(|folder| CODE_FOLDERS.contains(&folder) && !TEAM_FOLDERS.contains(&folder));
    let title = sections.iter().map(|section| section.title.as_str()).find(|title| !title.is_empty());
    !is_of_code && !is_inside && title.is_some_and(|title| OPERATORS.is_match(title))
}

/// Whether a document's path leaves open that it says how the project is run: no list of changes, no proposal, no form.
pub fn may_say(path: &str) -> bool {
    !matches!(by_path(&path.to_ascii_lowercase()), Some(Standing::Never(_) | Standing::Template))
}

/// The path of a document without the folders of what a team writes for itself: what stands there and may speak all the
/// same is not for developers alone.
pub fn beside_the_team(path: &str) -> String {
    let kept = path.split('/').filter(|part| !TEAM_FOLDERS.contains(&part.to_ascii_lowercase().as_str()));
    kept.collect::<Vec<_>>().join("/")
}

fn by_path(path: &str) -> Option<Standing> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let under = |list: &[&str]| folders.split('/').any(|folder| list.contains(&folder));
    // Beside code they are what the program carries; a site may call its own pages so.
    let carries = || format!("/{folders}/").contains("/main/resources/") || folders.ends_with("resources");
    Some(match () {
        () if carries() => Standing::Never("vendored or generated"),
        () if under(FOREIGN_FOLDERS) => Standing::Never("vendored or generated"),
        () if under(TRIAL_FOLDERS) => Standing::Never("an example or a test's own data"),
        () if under(OWN_FOLDERS) => Standing::Never("a checklist"),
        () if folders.split('/').any(is_left_behind) => Standing::Never("among documents of before"),
        // `proposals-done/` keeps those that were agreed on; what became of them is said elsewhere.
        () if under(PROPOSAL_FOLDERS) || folders.split('/').any(|folder| folder.starts_with("proposals")) => {
            Standing::Never("a proposal")
        }
        () if begins(name, LEGAL) => Standing::Never("a licence"),
        () if begins(name, CHANGES) => Standing::Never("a list of changes"),
        // What went wrong and what came of it is a record wherever it is published.
        () if under(POSTS_FOLDERS) && INCIDENTS.iter().any(|word| name.contains(word)) => Standing::Code,
        () if under(CHANGES_FOLDERS) || under(POSTS_FOLDERS) => Standing::Never("a list of changes"),
        () if begins(name, PEOPLE) => Standing::Never("about people"),
        () if is_for_agents(name) || under(AGENTS_FOLDERS) => Standing::Never("instructions for coding agents"),
        () if is_template(path, name) => Standing::Template,
        () if begins(name, CODE) || is_habit(name) || under(CODE_FOLDERS) || is_of_ci(folders) => Standing::Code,
        () if under(PLANS_FOLDERS) && path.split('/').any(is_planned) => Standing::Code,
        () => return None,
    })
}

/// Whether a name begins with the day or the number of a change: `2024-03-05-split-the-store.md`, `003-split-the-store/`.
fn is_planned(name: &str) -> bool {
    pattern!(CHANGE, r"^(?:20\d\d-?[01]\d-?[0-3]\d|\d{3})[-_][a-z]");
    CHANGE.is_match(name)
}

/// Whether a folder holds what the forge runs or answers with: its workflows and actions, the machines that run them, the
/// texts of its bots.
fn is_of_ci(folders: &str) -> bool {
    const PARTS: &[&str] = &["actions", "workflows", "scripts", "runner", "label", "response", "comment", "repl"];
    let inside = [".github/", ".gitea/", ".forgejo/"].iter().find_map(|forge| folders.strip_prefix(forge));
    inside.is_some_and(|folder| PARTS.iter().any(|part| folder.contains(part)))
}

/// Whether a name is one of some words, or one of them with more behind `-`, `_` or `.`.
fn begins(name: &str, words: &[&str]) -> bool {
    let behind = |word: &&str| {
        name.strip_prefix(*word).is_some_and(|rest| matches!(rest.bytes().next(), None | Some(b'-' | b'_' | b'.')))
    };
    words.iter().any(behind)
}

fn is_for_agents(name: &str) -> bool {
    let known = |(stem, extension): (&str, &str)| AGENTS.contains(&stem) && ["md", "mdx", "txt"].contains(&extension);
    name.rsplit_once('.').is_some_and(known)
        || [".instructions.md", ".prompt.md", "-prompt.md", ".agent.md", ".chatmode.md"]
            .iter()
            .any(|end| name.ends_with(end))
        || name.split_once('.').is_some_and(|(stem, end)| stem.starts_with("copilot-") && end == "md")
}

/// `.github/ISSUE_TEMPLATE/bug.md`, `postmortem-template.md`, `template.md` at the root.
fn is_template(path: &str, name: &str) -> bool {
    let named = |part: &str| {
        TEMPLATES
            .iter()
            .any(|word| part.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    let by_stem = |(stem, extension): (&str, &str)| {
        let marked = ["-template", "_template", ".template"].iter().any(|end| stem.ends_with(end));
        let letters = !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_lowercase());
        letters && (marked || (stem == "template" && path == name))
    };
    path.split('/').any(named) || name.rsplit_once('.').is_some_and(by_stem)
}

fn is_habit(name: &str) -> bool {
    let mut rest = name;
    loop {
        if begins(rest, HABITS) {
            return true;
        }
        let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        match rest.as_bytes().get(letters) {
            Some(b'-' | b'_') if letters > 0 => rest = &rest[letters + 1..],
            _ => return false,
        }
    }
}

fn by_content(text: &str, sections: &[Section]) -> Standing {
    let checklists = sections.iter().flat_map(|section| &section.blocks);
    let checklists = checklists.filter(|block| matches!(&block.kind, BlockKind::Code(language) if language.starts_with("tsk") || language.starts_with("tusk")));
    if checklists.take(3).count() == 3 {
        return Standing::Never("a checklist");
    }
    if crate::checklist::is_checklist(text) {
        return Standing::Never("a checklist");
    }
    if text.contains(crate::report::markdown::MARKER) {
        return Standing::Never("a report of this tool");
    }
    let head = head(text, 600).to_ascii_lowercase();
    if head.lines().any(|line| line.starts_with('#') && BLANKS.iter().any(|blank| line.contains(blank))) {
        return Standing::Template;
    }
    if head.contains("do not edit") && head.contains("generated") {
        return Standing::Never("vendored or generated");
    }
    if starter::is_untouched(sections) {
        return Standing::Never("the text of a starter, as it came");
    }
    if OUTDATED_WORDS.iter().any(|word| head.contains(word)) && OUTDATED.is_match(&head) {
        return Standing::Never("outdated, as it says itself");
    }
    if PAID.is_match(&head) {
        return Standing::Never("about an edition that is paid for");
    }
    if text.contains("<Output ") && PROMPT.is_match(text) || FOR_AGENTS.is_match(&head) {
        return Standing::Never("instructions for coding agents");
    }
    if head.contains("not a user manual") || FOR_THE_CODE.is_match(&head) {
        return Standing::Code;
    }
    Standing::Project
}
