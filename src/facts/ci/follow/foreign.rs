//! Tests that CI fetches from another repository: which of them there are cannot be read here.

use super::super::github::{self, Does};
use super::super::model::{Action, Command};
use super::super::pattern::values_of;
use super::super::{deploy, path};
use super::{Call, Walk};
use crate::evidence::{Blind, Place};
use crate::facts::submodules;
use crate::tree::path::is_at;
use std::collections::BTreeMap;

/// The program that such tests are listed as, never as what surely runs; the lists of tests in the rules name it.
const PROGRAM: &str = "tests-of-another-repository";

/// Whether a script is named for tests: `run-api-tests.sh`.
pub(super) fn tests_by_name(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    name.split(|letter: char| !letter.is_alphanumeric()).any(|word| {
        ["test", "tests", "e2e", "integration", "newman", "postman", "conformance", "acceptance"].contains(&word)
    })
}

/// The program that a scan is listed as which an action of another repository makes, by its name or the key that it is given.
const SCAN: &str = "scans-of-another-repository";

/// The program that a job of an orb is listed as which may build what is released.
const BUILD: &str = "builds-of-another-repository";

/// Words of jobs that may check anything.
const CHECKING: &[&str] =
    &["check", "checks", "ci", "lint", "pipeline", "quality", "test", "tests", "validate", "verify"];

/// Whether an input of an action is what a scanner asks for: `snyk-token`.
fn is_for_a_scanner(input: &str) -> bool {
    let input = input.to_lowercase();
    let mut words = input.split(['-', '_']);
    let of_scanner = ["snyk", "mend", "whitesource", "veracode", "checkmarx", "sonatype"];
    words.next().is_some_and(|first| of_scanner.contains(&first)) && words.any(|word| ["token", "key"].contains(&word))
}

/// Actions whose inputs the rules read: what they fail on is known.
const KNOWN_SCANS: &[&str] = &["aquasecurity/", "anchore/", "google/", "snyk/", "docker/", "actions/", "github/"];

/// Whether an action is called after a scan for known vulnerabilities: `acme/actions/docker-scan`, `acme/plugin-trivy`.
fn is_called_a_scan(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let words: Vec<&str> = last.split(['-', '_']).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let scans = has(&["scan", "scanner", "scanning"])
        && has(&[
            "docker",
            "image",
            "container",
            "vulnerability",
            "vulnerabilities",
            "vuln",
            "cve",
            "security",
            "anchore",
            "grype",
        ]);
    let is_tool = has(&["trivy", "grype"]) && !has(&["setup", "install", "cache", "report", "sbom", "db"]);
    (scans || is_tool) && !KNOWN_SCANS.iter().any(|owner| name.starts_with(owner))
}

/// The repository that an address gives an archive of: `https://github.com/acme/shop-tests/archive/main.tar.gz`.
fn archived(address: &str) -> Option<String> {
    let (name, _) = address.split_once("github.com/")?.1.split_once("/archive/")?;
    Some(name.to_owned())
}

impl Walk<'_> {
    /// Lists the scan of an action that has one in its inputs or its name.
    pub(in crate::facts::ci) fn foreign_scan(
        &mut self,
        name: &str,
        with: &BTreeMap<String, String>,
        place: &Place,
        call: &Call,
    ) {
        if with.keys().any(|input| is_for_a_scanner(input)) || is_called_a_scan(name) {
            let call = Call { sure: false, ..call.clone() };
            self.list(&[SCAN.to_owned(), name.to_owned()], place, &call);
        }
    }

    /// Whether `newman run` is given a collection by its address, or one that the tree does not hold.
    pub(super) fn is_foreign_collection(&self, words: &[String], dir: &str) -> bool {
        let [program, verb, rest @ ..] = words else { return false };
        if program != "newman" || verb != "run" {
            return false;
        }
        let Some(collection) = rest.iter().find(|word| !word.starts_with('-')) else { return false };
        let here = || [path::join(dir, collection), path::join("", collection)];
        // `$SCRIPT_DIR/shop.postman_collection.json`: where it stands is not known, its name is.
        let is_json = |name: &&str| name.rsplit_once('.').is_some_and(|(_, end)| end == "json");
        let name = |word: &String| word.rsplit('/').next().filter(is_json).map(str::to_owned);
        let by_name = || {
            let named = rest.iter().find_map(name).filter(|name| collection.contains('$') && !name.contains('$'));
            named.is_some_and(|name| self.facts.tree.files().iter().any(|file| file.name() == name))
        };
        collection.contains("://") || !by_name() && here().iter().all(|path| self.facts.tree.file(path).is_none())
    }

    /// Whether a job checks out another repository or clones one.
    pub(super) fn brings_another_tree(&self, job: usize) -> bool {
        let checks_out = self.ci.actions.iter().filter(|action| action.step.job == job).any(|action| {
            let other = action.with.get("repository").is_some_and(|name| !name.contains("github.repository"));
            action.name == "actions/checkout" && other
        });
        let clones = |words: &[String]| {
            matches!(words.first().map(String::as_str), Some("git" | "gh")) && words.iter().any(|word| word == "clone")
        };
        checks_out || self.ci.commands.iter().any(|command| command.step.job == job && clones(&command.words))
    }

    /// Whether a step works in the checkout of another repository: what it tests there is not what this tree holds.
    pub(super) fn is_in_another_tree(&self, call: &Call) -> bool {
        let own = self.facts.own_name();
        // Whoever owns it, `${OWNER}/charts` is not the tree of `shop`.
        let is_other = |name: &String| {
            let is_told = name.rsplit_once('/').is_some_and(|(_, last)| !last.contains('$'));
            is_told && own.is_in(name).is_some() && !own.is_image(name)
        };
        if self.is_in_a_clone(call, &is_other)
            || self.is_in_an_archive(call, &is_other)
            || self.is_in_a_submodule(&call.dir)
        {
            return true;
        }
        let before = |action: &&Action| action.step.job == call.step.job && action.step.order <= call.step.order;
        let mut is_elsewhere = false;
        for checkout in self.ci.actions.iter().filter(before).filter(|action| action.name == "actions/checkout") {
            let is_foreign = checkout.with.get("repository").is_some_and(is_other);
            match checkout.with.get("path").map(|folder| folder.trim_start_matches("./").trim_end_matches('/')) {
                None => is_elsewhere = is_foreign,
                Some(folder) => {
                    if is_at(&call.dir, folder) {
                        return is_foreign;
                    }
                }
            }
        }
        is_elsewhere
    }

    /// Whether a path lies in a submodule, of which the tree holds nothing.
    pub(super) fn is_in_a_submodule(&self, path: &str) -> bool {
        submodules::absent(self.facts.tree).into_iter().any(|(folder, _)| is_at(path, folder))
    }

    /// Whether a step works in a folder into which its job has cloned another repository.
    fn is_in_a_clone(&self, call: &Call, is_other: &dyn Fn(&String) -> bool) -> bool {
        let mut clones = self.ci.commands.iter().filter(|command| {
            command.step.job == call.step.job
                && command.words.first().is_some_and(|program| program == "git")
                && command.words.get(1).is_some_and(|verb| verb == "clone")
        });
        clones.any(|command| {
            let mut words =
                command.words.iter().skip(2).skip_while(|word| !word.contains("://") && !word.contains('@'));
            let Some(address) = words.next() else { return false };
            let address = address.trim_end_matches('/').trim_end_matches(".git");
            let mut parts = address.rsplit(['/', ':']);
            let (Some(name), Some(owner)) = (parts.next(), parts.next()) else { return false };
            let folder = words.next().filter(|word| !word.starts_with('-')).map_or(name, String::as_str);
            let folder = path::join(&command.dir, folder);
            !folder.is_empty() && is_at(&call.dir, &folder) && is_other(&format!("{owner}/{name}"))
        })
    }

    /// Whether a step works in a folder into which its job has unpacked the archive of another repository.
    fn is_in_an_archive(&self, call: &Call, is_other: &dyn Fn(&String) -> bool) -> bool {
        let of_job = || self.ci.commands.iter().filter(|command| command.step.job == call.step.job);
        let is_program = |words: &[String], names: &[&str]| words.first().is_some_and(|name| names.contains(&&**name));
        let is_archive = |word: &String| archived(word).is_some_and(|name| is_other(&name));
        let fetches = |words: &[String]| is_program(words, &["wget", "curl"]) && words.iter().any(is_archive);
        let unpacks = |command: &Command| {
            let mut folders = values_of(&command.words, "-C").flatten().map(|folder| path::join(&command.dir, folder));
            is_program(&command.words, &["tar"])
                && folders.any(|folder| !folder.is_empty() && is_at(&call.dir, &folder))
        };
        of_job().any(|command| fetches(&command.words)) && of_job().any(unpacks)
    }

    /// Lists the suite that an action of somebody else runs, by what the step is called: `Run the e2e tests`.
    pub(in crate::facts::ci) fn foreign_suite(&mut self, action: &str, place: &Place, call: &Call) {
        let Some(step) = call.step.name.as_deref().map(str::to_ascii_lowercase) else { return };
        let says = |words: &[&str]| words.iter().any(|word| step.contains(word));
        let is_suite = says(&["e2e", "end-to-end", "end to end", "integration test", "acceptance test", "smoke test"]);
        let is_around = says(&[
            "set up",
            "setup",
            "install",
            "upload",
            "download",
            "cache",
            "report",
            "check out",
            "summar",
            "result",
            "comment",
            "notify",
            "label",
        ]);
        let is_plain = ["actions/", "docker/"].iter().any(|owner| action.starts_with(owner));
        if is_suite && !is_around && !is_plain {
            self.foreign_tests(&[action.to_owned()], place, call);
        }
    }

    /// A whole job of an orb: by its name it scans, deploys, builds or tests in a way that is not read.
    pub(in crate::facts::ci) fn foreign_job(&mut self, name: &str, place: &Place, call: &Call) {
        if self.ci.actions.last().is_some_and(|action| action.name == name && deploy::action_releases(action)) {
            return;
        }
        // Whose orb it is says nothing of what it does.
        let own = name.split_once('/').map_or(name, |(_, own)| own).replace('/', "-");
        let has = |list: &[&str]| own.split(['-', '_']).any(|word| list.contains(&word));
        let why =
            format!("job \"{}\" is `{name}` of an orb, which is not in this tree", self.ci.jobs[call.step.job].name);
        let blind = Blind { place: Some(place.clone()), why };
        match (github::does(&own), call.step.is_gate()) {
            (Does::Scans, _) => self.ci.scans_unread.push(blind),
            (Does::Deploys, true) => self.ci.deploys_unread.push(blind),
            (Does::Anything, true) if has(CHECKING) => self.ci.blind.push(blind),
            (Does::Anything, true) => {
                self.ci.deploys_unread.push(blind);
                let call = Call { sure: false, ..call.clone() };
                self.list(&[BUILD.to_owned(), name.to_owned()], place, &call);
            }
            (Does::Nothing | Does::Deploys | Does::Anything, _) => {}
        }
    }

    /// A script that its job fetches before it runs it, and that is named for a check: `lint-project.sh`.
    pub(super) fn fetched(&mut self, file: &str, place: &Place, call: &Call) {
        let name = file.rsplit('/').next().unwrap_or(file);
        let fetches = |command: &Command| {
            let has = |part: &str| command.words.iter().any(|word| word.contains(part));
            let is_client = matches!(command.words.first().map(String::as_str), Some("curl" | "wget"));
            is_client && command.step.job == call.step.job && has("://") && has(name)
        };
        let checks = name.split(|letter: char| !letter.is_alphanumeric()).any(|word| CHECKING.contains(&word));
        if checks && call.step.is_gate() && call.excuse.is_none() && self.ci.commands.iter().any(fetches) {
            self.unread(format!("`{name}` is fetched when it is to run, and what it runs is not in this tree"), place);
        }
    }

    /// Says once that something is not read.
    pub(super) fn unread(&mut self, why: String, place: &Place) {
        if !self.ci.blind.iter().any(|one| one.why == why) {
            self.ci.blind.push(Blind { place: Some(place.clone()), why });
        }
    }

    /// A task of a program that is written for it (Mage, Invoke, Dagger, …): which commands it runs is not read.
    pub(super) fn program(&mut self, words: &[String], place: &Place) {
        let only_asks = words.iter().skip(1).all(|word| word.starts_with('-'));
        let line: String = words.join(" ").chars().take(60).collect();
        if !only_asks {
            self.unread(format!("`{line}` is a program's task, and what it runs is not read"), place);
        }
    }

    /// `python scripts/build_images.py`: what a program of the tree builds, which its name says that it does, is not read.
    pub(super) fn interpreted(&mut self, words: &[String], place: &Place, call: &Call) {
        const BUILDS: &[&str] = &["build", "builder", "pipeline", "release"];
        let is_program = |file: &&String| ["py", "rb"].iter().any(|end| path::has_extension(file, end));
        let Some(file) = words.get(1).filter(is_program) else { return };
        let name = file.rsplit('/').next().unwrap_or(file);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
        let is_here =
            [path::join(&call.dir, file), path::join("", file)].iter().any(|path| self.facts.tree.file(path).is_some());
        if is_here && stem.split(['_', '-']).any(|word| BUILDS.contains(&word)) {
            let call = Call { sure: false, ..call.clone() };
            self.list(&[BUILD.to_owned(), file.clone()], place, &call);
        }
    }

    /// `dotnet cake --target=Tests`
    pub(super) fn cake_of(&mut self, words: &[String], place: &Place, call: &Call) {
        let target = values_of(words, "--target").flatten().next().or_else(|| values_of(words, "-t").flatten().next());
        self.cake(words, target.unwrap_or(""), place, call);
    }

    /// `dotnet run --project build/_build.csproj -- Test`: a project that is the program of the build, as those of Nuke are.
    pub(super) fn dotnet(&mut self, words: &[String], place: &Place, call: &Call) {
        const BUILDERS: &[&str] = &["Nuke.Common", "Cake.Frosting", "Bullseye", "ModularPipelines"];
        if words.get(1).is_none_or(|verb| verb != "run") {
            return;
        }
        let Some(project) = values_of(words, "--project").flatten().next() else { return };
        let tail = project.rsplit_once(['}', ')']).map_or(project, |(_, tail)| tail).trim_start_matches('/');
        let candidates = [path::join(&call.dir, tail), path::join("", tail)];
        let uses = |text: &str| BUILDERS.iter().any(|name| text.contains(name));
        let builds = |file: &String| self.facts.tree.text(file).is_some_and(|source| uses(source.text()));
        if candidates.iter().any(builds) {
            let targets = words.iter().skip_while(|word| *word != "--").skip(1).filter(|word| !word.starts_with('-'));
            let target = targets.map(String::as_str).collect::<Vec<_>>().join(" ");
            self.cake(words, &target, place, call);
        }
    }

    /// A target of a file of Cake, which is not read: what it is called for is left open.
    pub(in crate::facts::ci) fn cake(&mut self, words: &[String], target: &str, place: &Place, call: &Call) {
        let parts = target.split(|letter: char| !letter.is_ascii_alphanumeric());
        let parts: Vec<String> = parts.map(str::to_ascii_lowercase).filter(|part| !part.is_empty()).collect();
        let is_called = |names: &[&str]| parts.iter().any(|part| names.iter().any(|name| part.contains(name)));
        if is_called(&["release", "publish", "push", "deploy", "pack"]) {
            let line: String = words.join(" ").chars().take(60).collect();
            let why = format!("`{line}` is a program's task, and what it brings out is not read");
            self.ci.deploys_unread.push(Blind { place: Some(place.clone()), why });
        } else if is_called(&["test"]) {
            self.foreign_tests(words, place, call);
        } else if !is_called(&["clean", "restore", "build", "compile", "version", "doc"]) {
            self.program(words, place);
        }
    }

    /// Lists tests whose text is elsewhere.
    pub(super) fn foreign_tests(&mut self, words: &[String], place: &Place, call: &Call) {
        let words: Vec<String> = std::iter::once(PROGRAM.to_owned()).chain(words.iter().cloned()).collect();
        let call = Call { sure: false, ..call.clone() };
        self.list(&words, place, &call);
    }
}
