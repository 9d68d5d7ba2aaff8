//! Settings that an image of production carries: `COPY os-build/config.toml /etc/shop/config.toml`.

use crate::facts::Facts;
use crate::facts::containers::dockerfile::Instruction;
use crate::facts::containers::{image::Image, start};
use crate::facts::format::Format;
use crate::facts::production::Standing;
use crate::source::Source;
use crate::tree::File;
use crate::tree::path::{folder_of, within};
use std::collections::BTreeSet;

/// Files of settings that images take along.
#[derive(Default)]
pub(super) struct Shipped {
    paths: BTreeSet<String>,
    /// Those that the start puts in the place of the settings: `cp /app/default.toml /data/shop.toml`.
    starting: BTreeSet<String>,
    /// Whether there is one image only, so that what it leaves behind is nobody's.
    is_alone: bool,
    /// Folders of images that take nothing from the tree and bear nothing of the project's name: programs of others.
    foreign: BTreeSet<String>,
}

impl Shipped {
    /// Finds them: what is put where settings are looked for, or what the image is started with.
    pub(super) fn read(facts: &Facts<'_>) -> Self {
        let images = &facts.containers().images;
        let images: Vec<_> = images.iter().filter(|image| image.standing == Standing::Production).collect();
        let (mut paths, mut starting) = (BTreeSet::new(), BTreeSet::new());
        for image in &images {
            for &stage in &image.shipped {
                let command = image.command(stage).map(|command| command.value).unwrap_or_default();
                let lineage = image.file.lineage(stage);
                let all = lineage.iter().flat_map(|&index| &image.file.stages[index].instructions);
                starting.extend(put_in_place(facts, &command, all.clone()));
                for (from, to) in all.filter_map(copied) {
                    // What ends in `.ini` there is mostly that of PHP or of what starts the programs.
                    let is_plain = to.starts_with("/etc/") && Format::of(&to) != Some(Format::Ini);
                    let is_read = is_plain || command.split_whitespace().any(|word| word == to);
                    let candidates = [from.clone(), within(folder_of(&image.path), &from)];
                    let found = candidates.into_iter().find(|path| facts.tree.file(path).is_some());
                    paths.extend(found.filter(|path| is_read && Format::of(path).is_some()));
                }
            }
        }
        let foreign = facts.containers().images.iter().filter(|image| takes_nothing(facts, image));
        let foreign = foreign.map(|image| folder_of(&image.path).to_owned()).collect();
        Self { paths, starting, is_alone: images.len() == 1, foreign }
    }

    /// Whether the image of a folder runs a program of others.
    pub(super) fn is_of_another(&self, folder: &str) -> bool {
        !folder.is_empty() && self.foreign.contains(folder)
    }

    /// Whether an image carries a file.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether the start of an image makes a file the settings of who has none.
    pub(super) fn starts_with(&self, path: &str) -> bool {
        self.starting.contains(path)
    }

    /// Whether a file bears the name of one that the only image carries, and stays behind itself.
    pub(super) fn leaves_behind(&self, path: &str) -> bool {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.is_alone && !self.holds(path) && self.paths.iter().any(|shipped| name(shipped) == name(path))
    }
}

/// The files of settings that a script which an image starts with copies to where the program looks for its own, and that
/// the image took from the tree.
fn put_in_place<'i>(
    facts: &Facts<'_>,
    command: &str,
    instructions: impl Iterator<Item = &'i Instruction>,
) -> Vec<String> {
    let name = |path: &str| path.trim_matches(['"', '\'']).rsplit('/').next().unwrap_or_default().to_owned();
    let taken: BTreeSet<String> = instructions.flat_map(words).map(|word| name(&word)).collect();
    let texts = start::scripts(facts, command).filter_map(File::text).map(Source::text);
    let moved = texts.flat_map(str::lines).filter_map(|line| {
        let mut words = line.split_whitespace().filter(|word| !word.starts_with('-'));
        (words.next() == Some("cp")).then(|| words.next().map(name)).flatten()
    });
    let moved = moved.filter(|name| taken.contains(name) || taken.contains("."));
    let found = moved.filter_map(|name| {
        let mut files =
            facts.tree.files().iter().filter(|file| file.name() == name && Format::of(&file.path).is_some());
        files.next().filter(|_| files.next().is_none()).map(|file| file.path.to_string())
    });
    found.collect()
}

/// Whether an image installs what it runs, takes nothing from the tree, and does not name the project.
fn takes_nothing(facts: &Facts<'_>, image: &Image) -> bool {
    let text = facts.tree.text(&image.path).map_or("", Source::text);
    let installs = ["go install ", "pip install ", "npm install ", "apt-get install ", "apk add ", "cargo install "];
    let takes = |instruction: &Instruction| !words(instruction).is_empty() || instruction.flag("mount").is_some();
    installs.iter().any(|install| text.contains(install))
        && facts.own_name().is_in(text) == Some(false)
        && !image.file.stages.iter().flat_map(|stage| &stage.instructions).any(takes)
}

/// What an instruction takes from the tree, and behind it where that is put.
fn words(instruction: &Instruction) -> Vec<String> {
    if !matches!(instruction.keyword.as_str(), "COPY" | "ADD") || instruction.flag("from").is_some() {
        return Vec::new();
    }
    instruction.exec().unwrap_or_else(|| instruction.text.split_whitespace().map(str::to_owned).collect())
}

/// The one file that an instruction takes from the tree, and where it puts it.
fn copied(instruction: &Instruction) -> Option<(String, String)> {
    let [from, to] = <[String; 2]>::try_from(words(instruction)).ok()?;
    Some((from.trim_start_matches("./").trim_start_matches('/').to_owned(), to))
}
