//! Whether a Dockerfile's image is what production runs: no tester, no packager, no image of others as it comes.

use super::super::dockerfile::{Dockerfile, Instruction};
use super::super::third_party_image;
use crate::facts::disowned::is_for_tests;
use crate::facts::own_name::OwnName;
use crate::facts::production::{self, Stage, Standing};
use crate::pattern::pattern;
use std::collections::BTreeSet;

/// Stages and Dockerfiles of these names are for developers.
const ASIDE: &[&str] = &[
    "debug",
    "builder",
    "base",
    "devcontainer",
    "lint",
    "toolchain",
    "cross",
    "bench",
    "loadtest",
    "locust",
    "e2e",
    "smoke",
    "smoketest",
    "tilt",
];

/// Programs that test a service or put load on it, as commands and as images to start from.
const TESTERS: &[&str] = &[
    "dredd",
    "newman",
    "bru",
    "k6",
    "locust",
    "runlocust.sh",
    "artillery",
    "vegeta",
    "gatling",
    "gatling.sh",
    "jmeter",
    "wrk",
    "wrk2",
    "hey",
    "oha",
    "autocannon",
    "bombardier",
    "siege",
    "fortio",
    "ghz",
    "taurus",
    "bzt",
    "tsung",
    "cypress",
    "playwright",
    "schemathesis",
    "karate",
    "tavern-ci",
    "robot",
    "behave",
    "pytest",
    "jest",
    "mocha",
    "rspec",
    "testcafe",
    "hurl",
    "goss",
    "bats",
    "pact-verifier",
];

/// Commands that test what the image holds, or keep a container open that serves nothing; and what they do, in words.
const IDLE: &[(&str, &[&str], &str)] = &[
    ("cargo", &["test", "nextest", "bench", "clippy"], "runs the tests of its code"),
    ("go", &["test"], "runs the tests of its code"),
    ("npm", &["test", "t"], "runs the tests of its code"),
    ("yarn", &["test"], "runs the tests of its code"),
    ("pnpm", &["test"], "runs the tests of its code"),
    ("dotnet", &["test"], "runs the tests of its code"),
    ("mvn", &["test", "verify"], "runs the tests of its code"),
    ("mix", &["test"], "runs the tests of its code"),
    ("tail", &["/dev/null"], "is kept open and starts nothing"),
    ("sleep", &["infinity"], "is kept open and starts nothing"),
];

/// What the comment at the head of a Dockerfile says, where it says that the whole file is for developers, or is not for
/// production.
pub(super) fn of_head(text: &str) -> Option<Standing> {
    const SAYS: &[&str] = &[
        "dev dockerfile",
        "development dockerfile",
        "for dev purpose",
        "for development purpose",
        "for local development",
        "for development only",
        "used to test",
        "only for development",
        "not for production",
        "not meant for production",
        "not intended for production",
        "not use in production",
        "not use this in production",
    ];
    let text = without_captions(text);
    let mut lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let head: String =
        lines.by_ref().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n").to_lowercase();
    let says = SAYS.iter().any(|words| head.contains(words)) || DISOWNED.is_match(&head) || is_for_tests(&text);
    let is_aside = says && !head.contains("--target");
    is_aside.then(|| Standing::Aside("its first comment says that it is not for production".into()))
}

// `For local testing:`, `# To try it on your machine:`; what also speaks of the image (`this image is for tests only:`) says
// more than what the commands below it do.
pattern!(CAPTION, r"(?i)\A[#\s-]*(?:for|to|when) [^.;:]*:[#\s-]*\z");
pattern!(SAMPLE_COMMAND, r"\A#[#\s]*(?:\$[ ])?(?:sudo[ ])?(?:docker|podman|buildah|nerdctl|make)[ ]");

/// A text without the lines of comment that only say what the sample commands right below them are for.
fn without_captions(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let heads_commands = |at: usize| {
        let below = lines[at + 1..].iter().find(|line| !line.trim_matches(['#', ' ', '\t']).is_empty());
        below.is_some_and(|line| SAMPLE_COMMAND.is_match(line.trim_start()))
    };
    let is_caption = |at: usize| {
        let line = lines[at].trim();
        line.starts_with('#') && CAPTION.is_match(line) && !line.contains(" only") && heads_commands(at)
    };
    (0..lines.len()).filter(|&at| !is_caption(at)).map(|at| lines[at]).collect::<Vec<_>>().join("\n")
}

// `this is not a production-grade Dockerfile`, `not suitable for use in production`, `for demo purposes only`.
pattern!(
    DISOWNED,
    r"\bnot[\s#]+(?:an?[\s#]+)?production(?:[\s-]+(?:grade|ready|quality))?[\s#]+(?:docker[\s-]*file|container|image)|\b(?:this|dockerfile|image)\b[^.;:\n]*\bnot[\s#]+(?:yet[\s#]+|an?[\s#]+)?production[\s-]+(?:grade|ready|quality)\b|\bnot[\s#]+(?:be[\s#]+)?(?:suitable|suited|fit|ready|recommended|designed|used|run)[\s#]+(?:for[\s#]+use[\s#]+)?(?:in|for)[\s#]+(?:an?[\s#]+)?production\b|\bfor[\s#]+(?:demo|demonstration|testing|test)(?:[\s#]+purposes?)?[\s#]+only\b"
);

/// Whether an image is what production runs, by its path and by what its stages are made from and start.
pub(super) fn of(path: &str, file: &Dockerfile, shipped: &[usize], own: &OwnName) -> Standing {
    if let Some(word) = aside_word(path) {
        return Standing::Aside(format!("\"{word}\" in its path"));
    }
    if production::is_fixture(path) {
        return Standing::Aside("it serves tests".into());
    }
    if builds_packages(path, file, shipped) {
        return Standing::Aside("it builds packages of the product".into());
    }
    if shipped.is_empty() {
        return Standing::Aside("its only stages are for development".into());
    }
    if let Some(why) = tester(file, shipped) {
        return Standing::Aside(why);
    }
    if is_of_others(file, shipped, own) {
        return Standing::Aside("it clones another project, and takes nothing from this tree".into());
    }
    let base = shipped.iter().find_map(|&stage| {
        let root = file.lineage(stage).last().copied()?;
        third_party_image(&file.stages[root].base)
    });
    match base {
        Some(product) if !compiles(file, shipped) && !starts_what_is_copied(file, shipped) => {
            Standing::Aside(format!("an image of {product}"))
        }
        _ => Standing::Production,
    }
}

/// Whether an image is there to build packages of a system: `packaging/rpm/Dockerfile`, one that starts `rpmbuild`.
fn builds_packages(path: &str, file: &Dockerfile, shipped: &[usize]) -> bool {
    const SYSTEMS: &[&str] = &["deb", "debian", "dpkg", "rpm", "redhat", "fedora", "centos", "arch", "archlinux"];
    const PROGRAMS: &[&str] = &["rpmbuild", "dpkg-buildpackage", "debuild", "makepkg", "abuild", "nfpm", "fpm"];
    let folders: Vec<&str> = path.split('/').collect();
    let by_folder = folders
        .windows(2)
        .any(|pair| matches!(pair[0], "packaging" | "packages" | "package") && SYSTEMS.contains(&pair[1]));
    let starts = |&stage: &usize| {
        let mut starts = ["ENTRYPOINT", "CMD"].into_iter().filter_map(|keyword| file.effective(stage, keyword));
        starts.any(|each| {
            let line = each.command();
            line.split(|c: char| c.is_whitespace() || "\"',[]".contains(c)).any(|word| PROGRAMS.contains(&word))
        })
    };
    by_folder || (!shipped.is_empty() && shipped.iter().all(starts))
}

/// What every shipped stage does to test a service, its own code, or to put load on it: by what it starts, or without that
/// by what the image is made from.
fn tester(file: &Dockerfile, shipped: &[usize]) -> Option<String> {
    let known = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        TESTERS.iter().find(|tool| **tool == name).map(|tool| format!("it runs {tool}, which tests a service"))
    };
    let of_stage = |&stage: &usize| {
        let starts: Vec<&Instruction> =
            ["ENTRYPOINT", "CMD"].into_iter().filter_map(|keyword| file.effective(stage, keyword)).collect();
        let line = starts.iter().map(|each| each.command()).collect::<Vec<_>>().join(" ");
        // What runs another program stands before it: `npx k6`, `python -m locust`, `sh -c "newman run"`.
        let run = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']'));
        let words: Vec<&str> = run.filter(|word| !word.is_empty() && !word.starts_with('-')).take(3).collect();
        let idle = |(program, told, what): &(&str, &[&str], &str)| {
            let is_told = words.iter().skip(1).any(|word| told.contains(word));
            (words.first() == Some(program) && is_told).then(|| format!("it {what}"))
        };
        if let Some(why) = IDLE.iter().find_map(idle) {
            return Some(why);
        }
        let mut program = words.iter().skip_while(|word| RUNNERS.contains(word));
        let root = &file.stages[*file.lineage(stage).last()?];
        let base = root.base.split(['@']).next().unwrap_or_default();
        let base = base.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(base, |(name, _)| name);
        let from_base = || known(base);
        program
            .next()
            .map_or_else(from_base, |name| known(name))
            .or_else(|| from_base().filter(|_| file.stages.len() == 1))
    };
    let mut found = shipped.iter().map(of_stage);
    let first = found.next()??;
    found.all(|why| why.is_some()).then_some(first)
}

/// What starts the program that follows it.
const RUNNERS: &[&str] = &[
    "npx",
    "pnpm",
    "yarn",
    "exec",
    "run",
    "sh",
    "bash",
    "/bin/sh",
    "/bin/bash",
    "node",
    "python",
    "python3",
    "bundle",
    "uv",
    "poetry",
    "pipenv",
];

/// Whether anything is built in the stages that the shipped ones need.
fn compiles(file: &Dockerfile, shipped: &[usize]) -> bool {
    shipped.iter().any(|&stage| file.needed(stage).len() > file.lineage(stage).len())
}

/// Whether the stages that are needed clone a repository of another name, and nothing of this tree comes in.
fn is_of_others(file: &Dockerfile, shipped: &[usize], own: &OwnName) -> bool {
    let needed: BTreeSet<usize> = shipped.iter().flat_map(|&stage| file.needed(stage)).collect();
    let instructions = || needed.iter().flat_map(|&stage| &file.stages[stage].instructions);
    let comes_in = |each: &Instruction| matches!(each.keyword.as_str(), "COPY" | "ADD") && each.flag("from").is_none();
    let is_named = |each: &Instruction| {
        matches!(each.keyword.as_str(), "RUN" | "ARG" | "ENV") && own.is_in(&each.command()) != Some(false)
    };
    let clones = |each: &Instruction| each.keyword == "RUN" && each.command().contains("git clone");
    instructions().any(clones) && !instructions().any(|each| comes_in(each) || is_named(each))
}

/// Whether a shipped stage starts a program that was built outside and is copied in: `COPY ntfy /usr/bin`, then
/// `ENTRYPOINT ["ntfy"]`. A script that is copied to be run has an ending.
fn starts_what_is_copied(file: &Dockerfile, shipped: &[usize]) -> bool {
    let name = |word: &str| word.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    shipped.iter().any(|&stage| {
        let start = file.effective(stage, "ENTRYPOINT").or_else(|| file.effective(stage, "CMD"));
        let program = start.and_then(|each| each.command().split_whitespace().next().map(name));
        let Some(program) = program.filter(|program| !program.contains('.')) else { return false };
        let own = |each: &&Instruction| matches!(each.keyword.as_str(), "COPY" | "ADD") && each.flag("from").is_none();
        let lineage = file.lineage(stage);
        let mut copies = lineage.iter().flat_map(|&index| &file.stages[index].instructions).filter(own);
        copies.any(|each| each.command().split_whitespace().any(|word| name(word) == program))
    })
}

/// The word of a name that says it is not for production.
pub(super) fn aside_word(name: &str) -> Option<&'static str> {
    let listed =
        ASIDE.iter().copied().find(|word| name.to_lowercase().split(['-', '_', '.', '/']).any(|part| part == *word));
    listed.or(match production::stage_of_path(name) {
        Stage::Never(word) => Some(word),
        _ => None,
    })
}
