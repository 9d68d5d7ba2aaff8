//! Variables of an image that nothing of the program reads.
//!
//! Frameworks that fill their settings from the environment by name cannot be judged so; Rails reads no variable of the
//! database but its address, and what else it should know stands in its settings, by name.

use crate::facts::Facts;
use crate::facts::code::{Role, folder_role};
use crate::tree::File;
use crate::tree::path::folder_of;

/// Whether a variable of the database is named nowhere that production of a program of Rails reads.
pub(super) fn is_unread(facts: &Facts<'_>, name: &str) -> bool {
    const FAMILIES: &[&str] = &["POSTGRES_", "MYSQL_", "DB_", "DATABASE_"];
    let is_of_the_database = FAMILIES.iter().any(|family| name.starts_with(family)) && !name.ends_with("_URL");
    let is_rails = || facts.tree.file("config/application.rb").is_some() && facts.tree.file("Gemfile").is_some();
    is_of_the_database && is_rails() && !facts.tree.files().iter().any(|file| may_read(file) && reads(file, name))
}

/// Sources, settings and scripts of the program; what describes an image or a workload only hands values over.
fn may_read(file: &File) -> bool {
    const ENDS: &[&str] = &[".rb", ".rake", ".ru", ".erb", ".sh", ".yml", ".yaml"];
    let folder = folder_of(&file.path);
    let is_program =
        || folder.split('/').all(|part| !matches!(folder_role(part), Role::Test | Role::Fixture | Role::Example));
    let is_settings = !file.name().ends_with("ml") || folder == "config";
    (ENDS.iter().any(|end| file.name().ends_with(end))
        || folder.split('/').next() == Some("bin")
        || file.name() == "Procfile")
        && is_settings
        && is_program()
}

/// Whether a text names a variable, outside of what is for tests and for developers alone.
fn reads(file: &File, name: &str) -> bool {
    let Some(text) = file.text().map(crate::source::Source::text) else { return false };
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, name.as_bytes()).any(|at| {
        let is_whole = !is_part(bytes.get(at + name.len())) && (at == 0 || !is_part(bytes.get(at - 1)));
        is_whole && !(file.name().ends_with("ml") && matches!(section(text, at), Some("test" | "development")))
    })
}

/// The key at the margin under which a place of a YAML stands.
fn section(text: &str, at: usize) -> Option<&str> {
    let mut lines = text[..at].lines().rev();
    lines.find_map(|line| {
        line.split_once(':')
            .map(|(key, _)| key)
            .filter(|key| key.starts_with(|first: char| first.is_ascii_alphabetic()))
    })
}
