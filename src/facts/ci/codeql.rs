//! Which languages `CodeQL` reads, as the workflow that runs it says.

use super::Action;
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::pattern::pattern;

/// The action that reports what was found.
const ANALYZE: &str = "github/codeql-action/analyze";

// `languages: go`, `language: ['ruby', "go"]`, `language:` with a list below, `- language: go` of a matrix.
pattern!(LANGUAGES, r"(?m)^[^\n#]*?\blanguages?[\x22']?[ \t]*:[ \t]*(?<list>[^\n#]*(?:\n[ \t]*-[ \t]+[^\n#:]*$)*)");

/// Why an action tells nothing of the service: it is `CodeQL`, and reads none of the languages that the service is written in.
pub fn reads_others(facts: &Facts<'_>, action: &Action) -> Option<String> {
    if action.name != ANALYZE {
        return None;
    }
    let written = facts.code().languages(facts);
    let text = facts.tree.text(&action.place.path)?.text();
    let lists = LANGUAGES.captures_iter(text).filter_map(|groups| Some(groups.name("list")?.as_str()));
    let named: Vec<&str> =
        lists.flat_map(words).filter(|word| language(word).is_some() || *word == "actions").collect();
    let is_known = |one: &Language| NAMES.iter().any(|(_, language)| language == one);
    let is_named = |one: &Language| {
        named.iter().any(|word| language(word).is_some_and(|read| read == *one || is_pair(read, *one)))
    };
    // Where none is named it looks for what it knows.
    let reads = |one: &Language| if named.is_empty() { is_known(one) } else { is_named(one) };
    let is_foreign = !written.is_empty() && !written.iter().any(reads);
    is_foreign.then(|| {
        let written: Vec<&str> = written.iter().map(|one| one.name()).collect();
        let reads = if named.is_empty() { "what it knows".to_owned() } else { named.join(", ") };
        format!("reads {reads}; the service is written in {}", written.join(", "))
    })
}

/// The names that `CodeQL` gives to languages, several of them for some.
const NAMES: &[(&str, Language)] = &[
    ("c", Language::C),
    ("cpp", Language::C),
    ("csharp", Language::CSharp),
    ("go", Language::Go),
    ("golang", Language::Go),
    ("java", Language::Java),
    ("kotlin", Language::Kotlin),
    ("javascript", Language::JavaScript),
    ("typescript", Language::JavaScript),
    ("python", Language::Python),
    ("ruby", Language::Ruby),
    ("rust", Language::Rust),
    ("swift", Language::Swift),
];

fn language(word: &str) -> Option<Language> {
    NAMES.iter().find(|(name, _)| *name == word).map(|(_, language)| *language)
}

/// Java and Kotlin are read together.
fn is_pair(one: Language, other: Language) -> bool {
    let jvm = [Language::Java, Language::Kotlin];
    jvm.contains(&one) && jvm.contains(&other)
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}
