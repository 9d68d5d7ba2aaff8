//! What a `RUN` line compiles.

use super::image::Build;

/// The Cargo builds of the project itself in a shell text, each with the offset of its command.
pub(super) fn cargo_builds(text: &str) -> Vec<(Build, usize)> {
    commands(text).into_iter().filter_map(|(words, at)| Some((cargo_build(&words)?, at))).collect()
}

/// Commands of a shell text: the words between `&&`, `||`, `;`, `|`, `(`, `)` and line ends, with their offset.
fn commands(text: &str) -> Vec<(Vec<&str>, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(['\n', ';', '&', '|', '(', ')']) {
        found.push((&text[start..at], start));
        start = at + mark.len();
    }
    found.push((&text[start..], start));
    found
        .into_iter()
        .map(|(command, at)| {
            let indent = command.len() - command.trim_start().len();
            let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
            (words, at + indent)
        })
        .filter(|(words, _)| !words.is_empty() && !words[0].starts_with('#'))
        .collect()
}

/// How a command builds this project with Cargo; `None` if it does not, or if its profile is not known here.
fn cargo_build(words: &[&str]) -> Option<Build> {
    let cargo =
        words.iter().position(|word| matches!(word.rsplit('/').next(), Some("cargo" | "cross" | "xx-cargo")))?;
    // `echo cargo build` is no build: before it stand only assignments and wrappers.
    let wraps = |word: &&str| {
        word.contains('=')
            || ["env", "exec", "time", "sudo", "bash", "sh", "-c", "then", "else", "do", "!", "{"].contains(word)
    };
    if !words[..cargo].iter().all(wraps) {
        return None;
    }
    let rest = words[cargo + 1..].iter().copied().skip_while(|word| word.starts_with(['+', '-']));
    let rest: Vec<&str> = rest.collect();
    let (verb, options) = rest.split_first()?;
    let options = &options[..options.iter().position(|word| *word == "--").unwrap_or(options.len())];
    match *verb {
        "build" | "b" | "rustc" | "zigbuild" | "run" | "r" | "auditable" | "leptos" => profile(options, Build::Debug),
        // Cargo installs with the release profile; only from a path is it this project.
        "install" if options.iter().any(|word| *word == "--path" || word.starts_with("--path=")) => {
            profile(options, if options.contains(&"--debug") { Build::Debug } else { Build::Release })
        }
        _ => None,
    }
}

/// The profile that options choose, or the default; `None` when a variable chooses it.
fn profile(options: &[&str], default: Build) -> Option<Build> {
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let named = match *option {
            "--release" | "-r" => "release",
            "--profile" => options.next()?,
            // An unresolved variable may well hold `--release`.
            other if other.starts_with('$') => return None,
            other => match other.strip_prefix("--profile=") {
                Some(name) => name,
                None => continue,
            },
        };
        return match named {
            "dev" | "debug" | "test" => Some(Build::Debug),
            name if name.contains('$') || name.is_empty() => None,
            _ => Some(Build::Release),
        };
    }
    Some(default)
}
