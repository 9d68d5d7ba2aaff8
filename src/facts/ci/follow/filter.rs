//! The end of a pipe that is a program of the tree: whether it fails on what a scan tells it.

use super::super::path;
use super::Walk;
use crate::pattern::pattern;
use crate::source::Source;
use crate::tree::path::folder_of;

pattern!(
    READS,
    r"\bos\.Stdin\b|\bsys\.stdin\b|\bprocess\.stdin\b|/dev/stdin|\breadFileSync\(\s*0\b|\bSTDIN\.read|\$stdin\b"
);

pattern!(
    FAILS,
    r"\b(?:os\.Exit|sys\.exit|process\.exit)\(\s*[^0\s)]|\bprocess\.exitCode\s*=\s*[^0\s]|(?m:^\s*exit\(?\s*[1-9])"
);

impl Walk<'_> {
    /// Whether a program of the tree reads what is piped to it and fails on the vulnerabilities in it:
    /// `govulncheck ./... | go run ./hack/filter`.
    pub(super) fn fails_on_findings(&self, words: &[String], dir: &str) -> bool {
        let text = self.source_of(words, dir);
        READS.is_match(&text) && FAILS.is_match(&text) && text.to_lowercase().contains("vulnerab")
    }

    /// The source of a program that is started from the tree: of Go that of its whole folder.
    fn source_of(&self, words: &[String], dir: &str) -> String {
        let is_go = words.len() > 2 && words[0] == "go" && words[1] == "run";
        let is_interpreter = |word: &String| matches!(word.as_str(), "python" | "python3" | "node" | "ruby");
        let skipped = match words.first() {
            _ if is_go => 2,
            Some(program) if is_interpreter(program) => 1,
            _ => return String::new(),
        };
        let Some(given) = words[skipped..].iter().find(|word| !word.starts_with('-')) else { return String::new() };
        let own = path::join(dir, given);
        let is_part = |path: &str| {
            path == own
                || is_go && folder_of(path) == own && path::has_extension(path, "go") && !path.ends_with("_test.go")
        };
        let files = self.facts.tree.files().iter().filter(|file| is_part(&file.path));
        files.filter_map(|file| file.text()).map(Source::text).collect()
    }
}
