//! What a `RUN` line compiles.

use super::image::Build;

/// The Cargo builds of the project itself in a shell text, each with the offset of its command and whether it surely
/// runs; what stands in a branch that is not taken is none.
pub(super) fn cargo_builds(text: &str) -> Vec<(Build, usize, bool)> {
    // `else cargo build`: the line of the command is meant.
    builds(text, cargo_build, "cargo")
}

/// The same of `CMake`, by the kind of build that a command is given; where the text fetches sources they are another's.
pub(super) fn cmake_builds(text: &str) -> Vec<(Build, usize, bool)> {
    let fetches = ["git clone", "curl ", "wget "].iter().any(|fetch| text.contains(fetch));
    if fetches { Vec::new() } else { builds(text, cmake_build, BUILD_TYPE) }
}

/// What tells `CMake` how to build.
const BUILD_TYPE: &str = "-DCMAKE_BUILD_TYPE=";

/// The builds in a shell text, each at the first word that holds a part.
fn builds(text: &str, read: fn(&[&str]) -> Option<Build>, part: &str) -> Vec<(Build, usize, bool)> {
    let mut branches = Branches::default();
    let mut found = Vec::new();
    for (words, at, mark) in commands(text) {
        let taken = branches.step(&words, mark);
        if taken != Some(false)
            && let Some(build) = read(&words)
        {
            let word = words.iter().copied().find(|word| word.contains(part)).unwrap_or("");
            found.push((build, at + text[at..].find(word).unwrap_or(0), taken.is_some()));
        }
    }
    found
}

/// How a command has `CMake` build; `None` if it does not say, or in a word that is not known here.
fn cmake_build(words: &[&str]) -> Option<Build> {
    if words.first().is_some_and(|word| *word == "echo") {
        return None;
    }
    match words.iter().find_map(|word| word.strip_prefix(BUILD_TYPE))? {
        "Debug" => Some(Build::Debug),
        "Release" | "RelWithDebInfo" | "MinSizeRel" => Some(Build::Release),
        _ => None,
    }
}

/// Commands of a shell text: the words between `&&`, `||`, `;`, `|`, `(`, `)` and line ends, with their offset and the
/// mark before them.
fn commands(text: &str) -> Vec<(Vec<&str>, usize, &str)> {
    let mut found = Vec::new();
    let (mut start, mut before) = (0, "");
    let mut marks = text.match_indices(['\n', ';', '&', '|', '(', ')']).peekable();
    while let Some((at, mark)) = marks.next() {
        found.push((&text[start..at], start, before));
        let twice =
            matches!(mark, "&" | "|") && marks.peek().is_some_and(|&(next, other)| next == at + 1 && other == mark);
        if twice {
            marks.next();
        }
        let end = at + mark.len() * (1 + usize::from(twice));
        (start, before) = (end, &text[at..end]);
    }
    found.push((&text[start..], start, before));
    found
        .into_iter()
        .map(|(command, at, mark)| {
            let indent = command.len() - command.trim_start().len();
            let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
            (words, at + indent, mark)
        })
        .filter(|(words, ..)| !words.is_empty() && !words[0].starts_with('#'))
        .collect()
}

/// Where in `if … else … fi` a command stands; `None` is a condition that cannot be told.
#[derive(Default)]
struct Branches {
    open: Vec<Branch>,
    /// What the test before `&&` or `||` came to.
    tested: Option<bool>,
    is_tested: bool,
}

struct Branch {
    in_condition: bool,
    condition: Option<bool>,
    /// Whether an earlier branch was taken.
    earlier: Option<bool>,
    taken: Option<bool>,
}

impl Branches {
    /// Takes one command in; says whether it runs.
    fn step(&mut self, words: &[&str], mark: &str) -> Option<bool> {
        let not = |value: Option<bool>| value.map(|value| !value);
        match words[0] {
            "if" => {
                let condition = test(&words[1..]);
                let branch = Branch { in_condition: true, condition, earlier: Some(false), taken: Some(true) };
                self.open.push(branch);
            }
            "case" => {
                self.open.push(Branch { in_condition: false, condition: None, earlier: None, taken: None });
            }
            "fi" | "esac" => drop(self.open.pop()),
            word => {
                if let Some(branch) = self.open.last_mut() {
                    match word {
                        "then" => {
                            branch.in_condition = false;
                            branch.taken = and(not(branch.earlier), branch.condition);
                        }
                        "elif" | "else" => {
                            branch.earlier = not(and(not(branch.earlier), not(branch.condition)));
                            branch.taken = not(branch.earlier);
                            branch.in_condition = word == "elif";
                            branch.condition = if word == "elif" { test(&words[1..]) } else { None };
                        }
                        // A second part of the condition.
                        _ if branch.in_condition => branch.condition = None,
                        _ => {}
                    }
                }
            }
        }
        let within = self.open.iter().map(|branch| branch.taken).fold(Some(true), and);
        let alone = match mark {
            "&&" if self.is_tested => self.tested,
            "||" if self.is_tested => not(self.tested),
            _ => Some(true),
        };
        if matches!(words[0], "[" | "[[" | "test") {
            self.is_tested = true;
            self.tested = test(words);
        } else if !matches!(mark, "&&" | "||") {
            self.is_tested = false;
        }
        and(within, alone)
    }
}

fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// What a test of two texts comes to, where both are known.
fn test(words: &[&str]) -> Option<bool> {
    let (first, rest) = words.split_first()?;
    let inner = match *first {
        "[" => rest.strip_suffix(&["]"])?,
        "[[" => rest.strip_suffix(&["]]"])?,
        "test" => rest,
        _ => return None,
    };
    if inner.iter().any(|word| word.contains(['$', '`', '*'])) {
        return None;
    }
    match inner {
        [one, "=" | "==", other] => Some(one == other),
        [one, "!=", other] => Some(one != other),
        ["-z", one] => Some(one.is_empty()),
        ["-n", one] => Some(!one.is_empty()),
        _ => None,
    }
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
