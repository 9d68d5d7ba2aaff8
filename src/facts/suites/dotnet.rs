//! Which projects `dotnet test` runs: the one that it is given, those of a solution, or that of the folder it is run in.

use super::File;
use super::runs::values;
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::pattern::pattern;
use crate::tree::path::{folder_of, is_at, join};

/// Whether a command runs the tests of a file.
pub(super) fn tests(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    if words.get(1) != Some(&"test") || is_filtered_out(words, file) {
        return false;
    }
    let is_target = |word: &&&str| is_project(word) || is_solution(word);
    let named = words.iter().skip(2).find(is_target).copied();
    let asked = || values(words, &["--project", "--solution"]).first().copied();
    // The first word is what is tested: `dotnet test ./test --no-build`; options of MSBuild begin with a slash.
    let first = || words.get(2).copied().filter(|word| !word.starts_with(['-', '/', '$']));
    let target = named.or_else(asked).or_else(first).unwrap_or("");
    if is_solution(target) {
        return true;
    }
    let path = if is_project(target) { folder_of(target) } else { target };
    // What leads out of the tree is the tree itself under another name: a container, a variable.
    let Some(folder) = join(command.dir.trim_end_matches('/'), path) else { return true };
    let has_solution = || facts.tree.files().iter().any(|one| folder_of(&one.path) == folder && is_solution(&one.path));
    folder.is_empty()
        || file.path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        || !is_project(target) && has_solution()
}

/// Whether a filter of names leaves a file's tests out: `FullyQualifiedName!~AcceptanceTests`.
fn is_filtered_out(words: &[&str], file: &File) -> bool {
    const NAMES: &[&str] = &["FullyQualifiedName", "ClassName"];
    let name = file.path.replace('/', ".");
    let term = |term: &str, mark: &str| {
        let (key, value) = term.trim_matches([' ', '(', ')']).split_once(mark)?;
        NAMES.contains(&key).then(|| name.contains(value))
    };
    let leaves_out = |part: &str| term(part, "!~").unwrap_or_else(|| term(part, "~").is_some_and(|holds| !holds));
    values(words, &["--filter"]).iter().any(|filter| !filter.contains('|') && filter.split('&').any(leaves_out))
}

fn is_project(word: &str) -> bool {
    [".csproj", ".fsproj", ".vbproj"].iter().any(|end| word.ends_with(end))
}

fn is_solution(word: &str) -> bool {
    [".sln", ".slnf", ".slnx"].iter().any(|end| word.ends_with(end))
}

// How a program of ASP.NET is started by another.
pattern!(
    HOSTS,
    r"\bUseKestrel\(|\bUseTestServer\(|\bnew TestServer\(|\bWebApplicationFactory<|\bWebApplication\.Create\w*\("
);

/// Whether the project that a file belongs to starts programs of the web in its own process.
pub(super) fn hosts(facts: &Facts<'_>, path: &str) -> bool {
    let projects = facts.tree.files().iter().filter(|one| is_project(&one.path)).map(|one| folder_of(&one.path));
    let Some(folder) = projects.filter(|folder| is_at(path, folder)).max_by_key(|folder| folder.len()) else {
        return false;
    };
    let mut files = facts.code().files().iter().filter(|file| is_at(&file.path, folder));
    files.any(|file| file.source(facts).is_some_and(|source| HOSTS.is_match(source.text())))
}

/// Whether a file stands in the folder of a project.
pub(super) fn is_of_a_project(facts: &Facts<'_>, file: &File) -> bool {
    let mut projects = facts.tree.files().iter().filter(|one| is_project(&one.path));
    projects.any(|project| file.path.strip_prefix(folder_of(&project.path)).is_some_and(|rest| rest.starts_with('/')))
}
