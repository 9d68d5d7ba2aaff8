//! The file of settings that a tool reads where it runs, and whether it says what is asked.

use super::Question;
use crate::facts::Facts;
use crate::facts::ci::pattern::{glob, values_of};
use crate::facts::ci::{Action, Command};
use crate::pattern::Lazy;
use crate::tree::File;
use crate::tree::path::{folder_of, join, upwards};

/// What the option `nearest` asks for: names of files, and what the one has to say that the tool finds first.
pub(super) struct Nearest {
    names: Vec<String>,
    says: Lazy,
}

impl Nearest {
    pub(super) fn of(question: &Question) -> Option<Self> {
        let mut names = question.option_texts("nearest");
        let says = Lazy::new(&names.pop()?);
        Some(Self { names, says })
    }

    /// Why a command does not count.
    pub(super) fn unsaid_by_command(&self, facts: &Facts<'_>, command: &Command) -> Option<String> {
        self.unsaid(facts, &command.dir, &command.words)
    }

    /// Why an action does not count.
    pub(super) fn unsaid_by_action(&self, facts: &Facts<'_>, action: &Action) -> Option<String> {
        let input = |name: &str| action.with.get(name).map_or("", String::as_str);
        let words: Vec<String> = input("args").split_whitespace().map(str::to_owned).collect();
        self.unsaid(facts, input("working-directory"), &words)
    }

    fn unsaid(&self, facts: &Facts<'_>, folder: &str, words: &[String]) -> Option<String> {
        let file = self.file(facts, folder, words);
        let is_said = file.and_then(File::text).is_some_and(|text| self.says.is_match(text.text()));
        (!is_said).then(|| "its settings say nothing of it".to_owned())
    }

    /// The file that the words name, or the first one in the folder, above it, and above the folder that the words name. A
    /// path that is put together may be any.
    fn file<'f>(&self, facts: &'f Facts<'_>, folder: &str, words: &[String]) -> Option<&'f File> {
        let is_plain = |path: &&str| !path.starts_with('/') && !path.contains(['$', '{', '*']);
        let folder = Some(folder).filter(is_plain).and_then(|folder| join("", folder)).unwrap_or_default();
        let named = ["--config", "-c"].iter().find_map(|option| values_of(words, option).last().flatten());
        if let Some(path) = named.filter(is_plain) {
            return facts.tree.file(&join(&folder, path)?);
        }
        let read = words.iter().map(String::as_str).filter(is_plain).find(|word| word.starts_with("./"));
        let read = read.and_then(|path| join(&folder, path.trim_end_matches("...")));
        let folders: Vec<&str> = upwards(&folder).chain(read.as_deref().into_iter().flat_map(upwards)).collect();
        folders.into_iter().find_map(|folder| self.file_in(facts, folder))
    }

    fn file_in<'f>(&self, facts: &'f Facts<'_>, folder: &str) -> Option<&'f File> {
        let is_named = |file: &&File| self.names.iter().any(|name| glob(name, file.name()));
        facts.tree.files().iter().find(|file| folder_of(&file.path) == folder && is_named(file))
    }
}
