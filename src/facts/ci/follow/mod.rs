//! Follows a command into what it runs: recipes, targets, package scripts, scripts of the tree, hooks.

mod bake;
mod cargo;
mod cargo_make;
mod click;
mod composer;
mod filter;
mod foreign;
mod hooks;
mod image;
mod just;
mod just_file;
mod linters;
mod make;
mod make_conditions;
mod make_file;
mod make_functions;
mod mix;
mod nix;
mod node;
mod rake;
mod rake_file;
mod skaffold;
mod stops;
mod task;

use super::excerpt::Excerpt;
use super::model::{Action, Ci, Command, Link, Step};
use super::path;
use super::shell::{self, Run, Settings, Variables};
use super::tools;
use super::wrap::{self, Inner};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most commands that are listed for one tree.
const MAX_COMMANDS: usize = 50_000;
/// How many recipes, targets and scripts call one another before following stops.
const MAX_DEPTH: usize = 12;
/// The most scripts, recipes and targets that are walked for one tree.
const MAX_CALLS: usize = 20_000;

/// Programs that a script which is not in the tree may start, with the words behind them: `with-limits.sh cargo clippy`.
const STARTED: &[&str] = &["cargo", "go", "npm", "pnpm", "yarn", "mvn", "gradle", "dotnet", "pytest", "mix", "rake"];

/// Walks from steps to commands and collects them.
pub(super) struct Walk<'f> {
    pub(super) facts: &'f Facts<'f>,
    pub(super) ci: Ci,
    seen: BTreeSet<(usize, Place, String, bool)>,
    calls: usize,
    /// What the Nix expressions of the tree may run, once it was asked for.
    nix: Option<Vec<&'static str>>,
    /// How many calls of bake were followed.
    bakes: usize,
}

/// How a piece of script is come to.
#[derive(Clone)]
pub(super) struct Call {
    /// The step that began it.
    pub(super) step: Arc<Step>,
    /// The calls on the way.
    pub(super) chain: Vec<Link>,
    /// The folder.
    pub(super) dir: String,
    /// The environment.
    pub(super) env: Arc<BTreeMap<String, String>>,
    /// Why a failure does not fail the run.
    pub(super) excuse: Option<String>,
    /// How the shell is started.
    pub(super) settings: Settings,
    /// The arguments of the script.
    pub(super) arguments: Option<Vec<String>>,
    /// `false` when it is only supposed that this is reached.
    pub(super) sure: bool,
    /// What is being followed, so that no recipe follows itself.
    pub(super) stack: Vec<String>,
}

impl Call {
    /// The call one level further in, reached by `what` at `place`; `None` where following must stop.
    pub(super) fn inside(&self, what: String, place: &Place, key: String) -> Option<Self> {
        if self.stack.len() >= MAX_DEPTH || self.stack.contains(&key) {
            return None;
        }
        let mut inner = self.clone();
        inner.stack.push(key);
        if inner.chain.last().is_none_or(|link| link.what != what) {
            inner.chain.push(Link { what, place: place.clone() });
        }
        inner.settings = Settings::default();
        inner.arguments = None;
        Some(inner)
    }

    fn variables(&self) -> Variables {
        let own = self.env.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Variables::new([("CI", "true")].into_iter().chain(own), self.arguments.clone())
    }

    /// The same with a failure excused, unless it already is.
    pub(super) fn excused(mut self, why: Option<&str>) -> Self {
        if self.excuse.is_none() {
            self.excuse = why.map(str::to_owned);
        }
        self
    }
}

impl<'f> Walk<'f> {
    pub(super) fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, ci: Ci::default(), seen: BTreeSet::new(), calls: 0, nix: None, bakes: 0 }
    }

    /// Walks a script; gives the variables that it publishes to later steps.
    pub(super) fn script(&mut self, script: &Excerpt, call: &Call) -> Vec<(String, String)> {
        let mut published = Vec::new();
        self.calls += 1;
        if self.calls > MAX_CALLS {
            return published;
        }
        for run in shell::run(script.text(), call.settings, call.variables()) {
            published.extend(run.published.iter().cloned());
            let place = script.place(run.range.clone());
            self.command(run, &place, script, call);
        }
        published
    }

    /// Lists a command and follows it.
    fn command(&mut self, run: Run, place: &Place, script: &Excerpt, call: &Call) {
        let dir = path::join(&call.dir, &run.dir);
        let fails = run.piped_to.as_ref().filter(|end| self.fails_on_findings(&end.words, &dir));
        let mut call = call.clone().excused(fails.map_or(run.excuse, |end| end.excuse));
        if !run.dir.is_empty() {
            call.dir = dir;
        }
        if !run.env.is_empty() {
            let mut env = (*call.env).clone();
            env.extend(run.env);
            call.env = Arc::new(env);
        }
        let line = run.words.join(" ");
        let entered = self.entry_of_service(&run.words, &call);
        if run.words[0] == "ssh" {
            self.list(&run.words, place, &call);
        }
        match wrap::unwrap(run.words) {
            Inner::Words(words)
                if self.is_foreign_collection(&words, &call.dir)
                    || tools::tests(&words) && self.is_in_another_tree(&call) =>
            {
                self.foreign_tests(&words, place, &call);
            }
            Inner::Words(words) => {
                self.list(&words, place, &call);
                self.follow(&words, place, &call);
            }
            Inner::Script(text, settings) => {
                let span = place.span.unwrap_or_default();
                let excerpt = Excerpt::anchored(script.path().clone(), span, text);
                if let Some(mut inner) =
                    call.inside(line.chars().take(40).collect(), place, format!("text {}", excerpt.text()))
                {
                    inner.chain.pop();
                    inner.settings = settings;
                    self.script(&excerpt, &inner);
                }
            }
            Inner::File(file, arguments, settings) => {
                let words: Vec<String> = std::iter::once(file.clone()).chain(arguments.iter().cloned()).collect();
                self.list(&words, place, &call);
                self.file(&file, script.path(), arguments, settings, place, &call);
            }
        }
        if let Some((entry, arguments)) = entered {
            self.file(&entry, script.path(), arguments, Settings::default(), place, &call);
        }
    }

    /// Adds a command to the list.
    pub(super) fn list(&mut self, words: &[String], place: &Place, call: &Call) {
        if words.is_empty() || self.ci.commands.len() >= MAX_COMMANDS {
            return;
        }
        let key = (call.step.job, place.clone(), words.join("\u{1f}"), call.excuse.is_some());
        if !self.seen.insert(key) {
            return;
        }
        let job = call.step.job;
        if call.excuse.is_none()
            && call.sure
            && let Some(why) = self.stops_at(words)
        {
            self.ci.stop(job, why);
        }
        self.ci.commands.push(Command {
            words: words.to_vec(),
            step: call.step.clone(),
            place: place.clone(),
            chain: call.chain.clone(),
            excuse: call.excuse.clone().or_else(|| only_tells(words).map(str::to_owned)),
            env: call.env.clone(),
            dir: call.dir.clone(),
            sure: call.sure && !self.ci.stopped.contains_key(&job),
        });
    }

    /// Adds an action to the list.
    pub(super) fn action(
        &mut self,
        name: &str,
        version: &str,
        mut with: BTreeMap<String, String>,
        place: Place,
        call: &Call,
    ) {
        if name.ends_with("/bake-action") && !with.contains_key("push") && self.bakes_to_registry(&with) {
            with.insert("outputs".to_owned(), "type=registry".to_owned());
        }
        if name.ends_with("/bake-action") {
            self.bake(&place, call);
        }
        let built = name.ends_with("/build-push-action").then(|| (with.clone(), place.clone()));
        self.ci.actions.push(Action {
            name: name.to_owned(),
            version: version.to_owned(),
            with,
            step: call.step.clone(),
            place,
            chain: call.chain.clone(),
            excuse: call.excuse.clone(),
        });
        if let Some((with, place)) = built {
            self.image_of_action(&with, &place, call);
        }
    }

    /// Follows a command that runs others.
    fn follow(&mut self, words: &[String], place: &Place, call: &Call) {
        match words[0].as_str() {
            "make" | "gmake" => self.make(words, place, call),
            "just" => self.just(words, place, call),
            "task" | "go-task" => self.task(words, place, call),
            "npm" | "pnpm" | "yarn" | "bun" | "turbo" | "nx" | "lerna" => self.node(words, place, call),
            "npm-run-all" | "npm-run-all2" | "run-s" | "run-p" => self.run_all(words, place, call),
            "nyc" | "c8" => self.measured(words, place, call),
            "start-server-and-test" | "start-test" | "server-test" => self.server_and_test(words, place, call),
            "cargo" => self.cargo(words, place, call),
            "composer" => self.composer(words, place, call),
            "nix" | "nix-build" => self.nix(words, place, call),
            "skaffold" => self.skaffold(words, place, call),
            "rake" | "rails" => self.rake(words, place, call),
            "mix" => self.mix(words, place, call),
            "makers" => self.cargo_make(&words[1..], place, call),
            "pre-commit" | "prek" => self.hooks(words, place, call),
            "flask" => self.own_command(words.get(1), place, call),
            program if program.rsplit('/').next() == Some("manage.py") => {
                self.own_command(words.get(1), place, call);
            }
            "python" | "python3" if words.get(1).is_some_and(|file| file.ends_with("manage.py")) => {
                self.own_command(words.get(2), place, call);
            }
            "python" | "python3" | "ruby" => self.interpreted(words, place, call),
            _ if runs_tcl_tests(words) => self.foreign_tests(words, place, call),
            "mage" | "inv" | "invoke" | "dagger" | "earthly" | "nuke" => self.program(words, place),
            "dotnet" if words.get(1).is_some_and(|verb| verb == "cake") => self.cake_of(words, place, call),
            "dotnet-cake" => self.cake_of(words, place, call),
            "dotnet" => self.dotnet(words, place, call),
            "go" if runs_mage(words) => self.program(words, place),
            "go" if self.installs_own_module(words, call) => {
                let named = words[2..].iter().filter(|word| !word.starts_with('-')).cloned();
                let built: Vec<String> = ["go", "build"].map(str::to_owned).into_iter().chain(named).collect();
                self.list(&built, place, call);
            }
            "docker" if words.iter().take(3).any(|word| word == "bake") => self.bake(place, call),
            "docker" | "podman" | "nerdctl" | "buildah" | "docker-compose" => self.image(words, place, call),
            program if path::has_extension(program, "sh") => self.started(&words[1..], place, call),
            program if self.is_alias_of_cargo(program, &call.dir) => {
                let words: Vec<String> = std::iter::once("cargo".to_owned()).chain(words.iter().cloned()).collect();
                self.cargo(&words, place, call);
            }
            _ => {}
        }
    }

    /// Leaves open what a script that is not in the tree makes of the command behind it.
    fn started(&mut self, words: &[String], place: &Place, call: &Call) {
        if words.first().is_some_and(|program| STARTED.contains(&program.as_str())) {
            self.list(words, place, &Call { sure: false, ..call.clone() });
        }
    }

    /// Follows a script of the tree, named in the file `from`.
    fn file(&mut self, file: &str, from: &str, arguments: Vec<String>, settings: Settings, place: &Place, call: &Call) {
        let Some((path, source)) = self.find(file, from, &call.dir) else {
            let is_brought =
                || self.brings_another_tree(call.step.job) || self.is_in_a_submodule(&path::join(&call.dir, file));
            // Which of the tests in a folder is known when they run: `./e2e-tests/$test/run`.
            let is_one_of_a_folder =
                || file.split('/').take_while(|part| !part.contains('$')).any(foreign::tests_by_name);
            let is_told = foreign::tests_by_name(file) && is_brought();
            if is_told || file.contains("/$") && is_one_of_a_folder() {
                let words: Vec<String> = std::iter::once(file.to_owned()).chain(arguments).collect();
                self.foreign_tests(&words, place, call);
            } else {
                self.started(&arguments, place, call);
                self.fetched(file, place, call);
            }
            return;
        };
        let text = source.text();
        let shebang = text.lines().next().filter(|line| line.starts_with("#!")).unwrap_or_default();
        let is_shell = ["sh", "bash", "dash", "zsh", "ksh"].iter().any(|shell| {
            shebang.split(['/', ' ']).any(|word| word == *shell)
                || path.rsplit_once('.').is_some_and(|(_, end)| end == *shell)
        });
        let bare = shebang.is_empty() && !path.rsplit('/').next().unwrap_or_default().contains('.');
        if !is_shell && !bare || text.len() > 1 << 20 {
            return;
        }
        let key = format!("{path} {}", arguments.join(" "));
        let Some(mut inner) = call.inside(format!("{file} {}", arguments.join(" ")).trim().to_owned(), place, key)
        else {
            return;
        };
        inner.settings = settings;
        inner.settings.errexit |= shebang.split(' ').skip(1).any(|flags| flags.starts_with('-') && flags.contains('e'));
        inner.arguments = Some(arguments);
        let span = Span::new(0, text.len());
        self.script(&Excerpt::verbatim(source, span), &inner);
    }

    /// A script that a command names: relative to its folder or to the root; `$DIR/x.sh` beside the script that says it.
    fn find(&self, file: &str, from: &str, dir: &str) -> Option<(String, &'f crate::source::Source)> {
        let candidates = match file.rsplit_once(['}', ')']) {
            Some((_, tail)) => {
                let tail = tail.trim_start_matches('/');
                vec![path::join(path::folder(from), tail), path::join("", tail), path::join(dir, tail)]
            }
            None => vec![path::join(dir, file), path::join("", file)],
        };
        let candidates = candidates.into_iter().chain(mounted(file).map(str::to_owned));
        candidates.into_iter().find_map(|candidate| Some((candidate.clone(), self.facts.tree.text(&candidate)?)))
    }

    /// Whether Go compiles the module that stands here, by its own path or by that of a folder: `go install ./cmd/shop`.
    fn installs_own_module(&self, words: &[String], call: &Call) -> bool {
        let verb = words.get(1).map(String::as_str);
        if !matches!(verb, Some("get" | "install")) || words.iter().any(|word| word == "-d") {
            return false;
        }
        let module = || {
            let source = self.facts.tree.text(&self.nearest(&call.dir, &["go.mod"])?)?;
            Some(source.text().lines().find_map(|line| line.strip_prefix("module "))?.trim())
        };
        let named = words.iter().skip(2).filter(|word| !word.starts_with('-'));
        named.into_iter().any(|word| {
            let is_here = word.starts_with("./") && verb == Some("install");
            is_here || module().is_some_and(|own| word == own || word.starts_with(&format!("{own}/")))
        })
    }

    /// The nearest of some files, from a folder upwards.
    pub(super) fn nearest(&self, dir: &str, names: &[&str]) -> Option<String> {
        path::upwards(dir).find_map(|folder| {
            names
                .iter()
                .map(|name| path::join(folder, name))
                .find(|candidate| self.facts.tree.file(candidate).is_some())
        })
    }
}

/// `tclsh tests/test_helper.tcl`: tests in a language that is not read, also where a variable says which Tcl.
fn runs_tcl_tests(words: &[String]) -> bool {
    let Some(at) = words.iter().position(|word| word.rsplit_once('.').is_some_and(|(_, end)| end == "tcl")) else {
        return false;
    };
    let is_tcl = at == 0 || words[..at].iter().any(|word| word.to_ascii_lowercase().contains("tclsh"));
    is_tcl && foreign::tests_by_name(&words[at])
}

/// `go run mage.go test:unit`: Mage without installing it.
fn runs_mage(words: &[String]) -> bool {
    words.get(1).is_some_and(|verb| verb == "run")
        && words.get(2).is_some_and(|what| {
            let name = what.rsplit('/').next().unwrap_or(what);
            matches!(name, "mage.go" | "magefile.go" | "magefiles") || what.contains("magefile/mage")
        })
}

/// Why a command does nothing: it only says how it is called, or which version it is.
fn only_tells(words: &[String]) -> Option<&'static str> {
    let options = words.get(1..).unwrap_or_default();
    let last = options.last().map_or("", String::as_str);
    // `helm upgrade --version 1.2.0` takes a version; as the last word it asks for one.
    let asks = options.iter().any(|word| word == "--help") || ["--version", "-V", "-h"].contains(&last);
    asks.then_some("it only shows its help or its version")
}

/// What an absolute path may be in the tree, which is mounted somewhere in the container of a job: its ends of two names
/// and more, the longest first: `/root/shop/scripts/test.sh`, `scripts/test.sh`.
fn mounted(file: &str) -> impl Iterator<Item = &str> {
    const OF_THE_SYSTEM: &[&str] = &["usr", "bin", "sbin", "etc", "lib", "dev", "proc", "tmp"];
    let inside = file.strip_prefix('/').filter(|path| {
        let first = path.split('/').next().unwrap_or_default();
        !OF_THE_SYSTEM.contains(&first) && !path.contains("..")
    });
    let ends = std::iter::successors(inside, |path| path.split_once('/').map(|(_, rest)| rest));
    ends.skip(1).filter(|path| path.contains('/'))
}
