//! Which documents may speak for operations, and why the others may not (items-2.md §0.4).

use super::section::{BlockKind, Section};
use crate::pattern::compile;
use regex::Regex;
use std::sync::LazyLock;

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

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| compile($pattern).expect("a constant pattern"));
    };
}

pattern!(LEGAL, r"(?i)(?:^|/)(?:licen[cs]e|copying|notice|unlicense|patents|third[-_]party|cla)(?:[-_.][^/]*)?$");
pattern!(
    CHANGES,
    r"(?i)(?:^|/)(?:changelog|changes|history|news|releases?[-_]notes)(?:[-_.][^/]*)?$|(?i)(?:^|/)(?:release[-_]notes|changelogs?|changesets?|\.changeset)/"
);
pattern!(
    PEOPLE,
    r"(?i)(?:^|/)(?:code[-_]of[-_]conduct|authors|contributors|maintainers|governance|owners|acknowledge?ments|credits|sponsors|backers|thanks|adopters)(?:[-_.][^/]*)?$"
);
pattern!(
    TEMPLATE,
    r"(?i)(?:^|/)(?:issue_template|pull_request_template|merge_request_templates|discussion_template)(?:[/.][^/]*)*$|(?i)(?:^|/)[^/]*(?:[-_.]template|^template)\.[a-z]+$"
);
pattern!(
    AGENTS,
    r"(?i)(?:^|/)(?:agents|claude|gemini|copilot-instructions|llms(?:-full)?|skill|ai[-_]policy)\.(?:md|mdx|txt)$|(?i)(?:^|/)\.(?:claude|agents|cursor|codex|windsurf|gemini|aider|junie|roo|continue)/|(?i)(?:^|/)skills/|(?i)\.(?:instructions|prompt)\.md$"
);
pattern!(
    FOREIGN,
    r"(?i)(?:^|/)(?:vendor|vendored|third[-_]?party|node_modules|bower_components|site-packages|external|\.venv|dist|target|generated|_build|_site|assets|static|public|resources|submodules|extern|deps)/"
);
pattern!(
    TRIAL,
    r"(?i)(?:^|/)(?:tests?|testdata|test[-_]?data|fixtures?|__tests__|mocks?|snapshots?|benches|benchmarks?|examples?|samples?|playground|corpus|specs?-tests?)/"
);
pattern!(
    CODE,
    r"(?i)(?:^|/)(?:internals?|maintenance-guides?|maintainers?|rfcs?|adrs?|decisions|design|designs|proposals|architecture)/|(?i)(?:^|/)(?:contributing|hacking|development|developing|building|maintenance-guide|(?:[a-z]+[-_])*(?:style|styleguide|conventions))(?:[-_.][^/]*)?$|(?i)(?:^|/)(?:dev|developers?|development|contributing|contributor)/"
);
pattern!(OWN, r"(?:^|/)\.tusk-check/|(?i)(?:^|/)checklists?/");

/// What a document may speak for.
pub(super) fn of(path: &str, text: &str, sections: &[Section]) -> Standing {
    let reasons: [(&Regex, Standing); 9] = [
        (&FOREIGN, Standing::Never("vendored or generated")),
        (&TRIAL, Standing::Never("an example or a test's own data")),
        (&OWN, Standing::Never("a checklist")),
        (&LEGAL, Standing::Never("a licence")),
        (&CHANGES, Standing::Never("a list of changes")),
        (&PEOPLE, Standing::Never("about people")),
        (&AGENTS, Standing::Never("instructions for coding agents")),
        (&TEMPLATE, Standing::Template),
        (&CODE, Standing::Code),
    ];
    let by_path = reasons.into_iter().find(|(pattern, _)| pattern.is_match(path)).map(|(_, standing)| standing);
    by_path.unwrap_or_else(|| by_content(text, sections))
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
    let mut head = text.len().min(600);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let head = text[..head].to_ascii_lowercase();
    if head.contains("do not edit") && head.contains("generated") {
        return Standing::Never("vendored or generated");
    }
    if head.contains("this is not a user manual") || head.contains("not a user manual") {
        return Standing::Code;
    }
    Standing::Project
}
