//! Settings that an image of production carries: `COPY os-build/config.toml /etc/shop/config.toml`.

use crate::facts::Facts;
use crate::facts::containers::dockerfile::Instruction;
use crate::facts::format::Format;
use crate::facts::production::Standing;
use crate::tree::path::{folder_of, within};
use std::collections::BTreeSet;

/// Files of settings that images take along.
#[derive(Default)]
pub(super) struct Shipped {
    paths: BTreeSet<String>,
    /// Whether there is one image only, so that what it leaves behind is nobody's.
    is_alone: bool,
}

impl Shipped {
    /// Finds them: what is put where settings are looked for, or what the image is started with.
    pub(super) fn read(facts: &Facts<'_>) -> Self {
        let images = &facts.containers().images;
        let images: Vec<_> = images.iter().filter(|image| image.standing == Standing::Production).collect();
        let mut paths = BTreeSet::new();
        for image in &images {
            for &stage in &image.shipped {
                let command = image.command(stage).map(|command| command.value).unwrap_or_default();
                let lineage = image.file.lineage(stage);
                let all = lineage.iter().flat_map(|&index| &image.file.stages[index].instructions);
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
        Self { paths, is_alone: images.len() == 1 }
    }

    /// Whether an image carries a file.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether a file bears the name of one that the only image carries, and stays behind itself.
    pub(super) fn leaves_behind(&self, path: &str) -> bool {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.is_alone && !self.holds(path) && self.paths.iter().any(|shipped| name(shipped) == name(path))
    }
}

/// The one file that an instruction takes from the tree, and where it puts it.
fn copied(instruction: &Instruction) -> Option<(String, String)> {
    if !matches!(instruction.keyword.as_str(), "COPY" | "ADD") || instruction.flag("from").is_some() {
        return None;
    }
    let words = instruction.exec().unwrap_or_else(|| instruction.text.split_whitespace().map(str::to_owned).collect());
    let [from, to] = words.as_slice() else { return None };
    let from = from.trim_start_matches("./").trim_start_matches('/').to_owned();
    Some((from, to.clone()))
}
