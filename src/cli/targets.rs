//! Which report goes where: formats and files as they were typed, paired.

use super::{Format, Target};
use anyhow::bail;
use clap::ArgMatches;
use std::path::{Path, PathBuf};

/// Pairs formats with files in the order in which they were typed: a file takes the format before it, if no other file
/// has taken that one; otherwise the end of its name tells the format.
pub(super) fn targets(formats: &[Format], files: &[PathBuf], matches: &ArgMatches) -> anyhow::Result<Vec<Target>> {
    enum Typed<'a> {
        Format(Format),
        File(&'a Path),
    }
    let indices = |name: &str| matches.indices_of(name).into_iter().flatten().collect::<Vec<_>>();
    let formats = indices("format").into_iter().zip(formats.iter().map(|format| Typed::Format(*format)));
    let files = indices("output").into_iter().zip(files.iter().map(|file| Typed::File(file)));
    let mut typed: Vec<_> = formats.chain(files).collect();
    typed.sort_by_key(|(index, _)| *index);

    let mut targets: Vec<Target> = Vec::new();
    let mut open = false;
    for (_, typed) in typed {
        match typed {
            Typed::Format(format) => {
                targets.push(Target { format, file: None });
                open = true;
            }
            Typed::File(file) => {
                // `a.json` and `./a.json` are one file.
                let plain = |path: &Path| path.strip_prefix(".").map_or_else(|_| path.to_owned(), Path::to_owned);
                if targets.iter().filter_map(|target| target.file.as_deref()).any(|other| plain(other) == plain(file)) {
                    bail!("two reports for one file: `{}`", file.display());
                }
                match targets.last_mut().filter(|_| open) {
                    Some(target) => target.file = Some(file.to_owned()),
                    None => targets.push(Target { format: format_of(file)?, file: Some(file.to_owned()) }),
                }
                open = false;
            }
        }
    }
    if targets.is_empty() {
        targets.push(Target { format: Format::Terminal, file: None });
    }
    if targets.iter().filter(|target| target.file.is_none()).count() > 1 {
        bail!("two reports for standard output; give each --format but one an --output behind it");
    }
    Ok(targets)
}

fn format_of(file: &Path) -> anyhow::Result<Format> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "json" => Ok(Format::Json),
        "md" | "markdown" => Ok(Format::Markdown),
        "txt" => Ok(Format::Terminal),
        _ => bail!(
            "which format is `{}`? give a --format before it, or end its name in .json, .md or .txt",
            file.display()
        ),
    }
}
