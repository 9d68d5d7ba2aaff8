//! `npm run lint`, `pnpm test`, `yarn build`, `turbo run test`: the scripts of `package.json`.

use super::super::excerpt::Excerpt;
use super::super::{path, wrap};
use super::image::quoted;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::value::Value;

/// The most packages whose script of one name is followed.
const MAX_PACKAGES: usize = 40;
/// Words after the package manager that are its own, not scripts.
const OWN: &[&str] = &[
    "install",
    "i",
    "ci",
    "add",
    "remove",
    "audit",
    "publish",
    "pack",
    "config",
    "cache",
    "exec",
    "dlx",
    "link",
    "login",
    "version",
    "view",
    "info",
    "set",
    "workspaces",
    "why",
    "outdated",
    "update",
    "up",
    "dedupe",
    "fetch",
    "import",
    "init",
    "create",
    "store",
    "deploy",
    "npm",
    "plugin",
];

impl Walk<'_> {
    pub(super) fn node(&mut self, words: &[String], place: &Place, call: &Call) {
        let mut dir = call.dir.clone();
        let mut everywhere = matches!(words[0].as_str(), "turbo" | "nx" | "lerna");
        let mut every_name = words[0] == "turbo";
        let mut filter = None;
        let mut names: Vec<String> = Vec::new();
        let mut arguments = Vec::new();
        let mut rest = words[1..].iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--prefix" | "-C" | "--dir" | "--cwd" => {
                    dir = path::join(&call.dir, rest.next().map_or("", String::as_str));
                }
                "-w" | "--workspace" | "--filter" | "-F" if words[0] != "pnpm" || word != "-w" => {
                    filter = rest.next().cloned();
                }
                "-r" | "--recursive" | "--workspaces" | "-ws" | "workspaces" | "run-many" => everywhere = true,
                "-t" | "--target" | "--targets" if words[0] == "nx" => {
                    names = rest.next().into_iter().flat_map(|list| list.split(',')).map(str::to_owned).collect();
                    every_name = true;
                }
                option if words[0] == "nx" && (option.starts_with("--target=") || option.starts_with("--targets=")) => {
                    names = option
                        .split_once('=')
                        .into_iter()
                        .flat_map(|(_, list)| list.split(','))
                        .map(str::to_owned)
                        .collect();
                    every_name = true;
                }
                "affected" if words[0] == "nx" => everywhere = true,
                "--" => {
                    arguments.extend(rest.by_ref().cloned());
                }
                option if option.starts_with("--workspace=") || option.starts_with("--filter=") => {
                    filter = option.split_once('=').map(|(_, value)| value.to_owned());
                }
                option if option.starts_with("--prefix=") => dir = path::join(&call.dir, &option[9..]),
                option if option.starts_with('-') => arguments.push(option.to_owned()),
                name if names.len() < 2 || words[0] == "turbo" => names.push(name.to_owned()),
                other => arguments.push(other.to_owned()),
            }
        }
        let workspace = words[0] == "yarn" && names.first().is_some_and(|name| name == "workspace");
        if workspace {
            filter = names.get(1).cloned();
            names = arguments.first().cloned().into_iter().collect();
        }
        let runs = names.first().is_some_and(|name| matches!(name.as_str(), "run" | "run-script"));
        if runs {
            names.remove(0);
        }
        // `nx run web:e2e`, `nx e2e web`: the target is the script.
        let mut project = names.get(1).filter(|_| !everywhere_of(words) && !every_name).cloned();
        if let Some(name) = names.first_mut().filter(|_| words[0] == "nx" && runs)
            && let Some((own, target)) = name.split_once(':')
        {
            project = Some(own.to_owned());
            *name = target.to_owned();
        }
        let scripts: Vec<String> = names.iter().take(if every_name { 20 } else { 1 }).cloned().collect();
        if !every_name && words[0] != "nx" && names.len() > 1 {
            arguments.splice(0..0, names.drain(1..));
        }
        let filter = filter.map(|filter| filter.trim_matches(|c: char| "./*{}".contains(c)).to_owned());
        for script in scripts {
            let script = match script.as_str() {
                "t" | "tst" => "test",
                own if !runs && OWN.contains(&own) => continue,
                name => name,
            };
            if words[0] == "nx" {
                self.nx_target(script, project.as_deref(), place, call);
            }
            let filter = filter.as_ref().or(project.as_ref().filter(|_| words[0] == "nx"));
            if everywhere || filter.is_some() {
                for path in self.packages(filter.map(String::as_str)) {
                    self.package_script(&path, script, &arguments, place, call);
                }
            } else if let Some(path) = self.package(&dir, call)
                && self.has_script(&path, script)
            {
                if script == "test" {
                    self.excuse_of_nothing(words, &path);
                }
                self.package_script(&path, script, &arguments, place, call);
            } else if matches!(words[0].as_str(), "pnpm" | "yarn" | "bun") && !matches!(script, "test" | "build") {
                self.binary(script, words, place, call);
            }
        }
    }

    /// The nearest `package.json` from a folder upwards, or the file of the tree that the job has copied to that name.
    fn package(&self, dir: &str, call: &Call) -> Option<String> {
        let copied = || {
            let mut commands = self.ci.commands.iter().rev().filter(|command| command.step.job == call.step.job);
            commands.find_map(|command| match command.words.as_slice() {
                [program, from, to] if program == "cp" && to.rsplit('/').next() == Some("package.json") => {
                    Some(path::join(&command.dir, from)).filter(|from| self.facts.tree.file(from).is_some())
                }
                _ => None,
            })
        };
        self.nearest(dir, &["package.json"]).or_else(copied)
    }

    /// `run-s clean test:*`, `npm-run-all lint:*`: scripts by their names, of which some may stand for many.
    pub(super) fn run_all(&mut self, words: &[String], place: &Place, call: &Call) {
        let Some(path) = self.package(&call.dir, call) else { return };
        let facts = self.facts;
        let scripts = facts.parsed(&path).and_then(|parsed| parsed.first()?.get("scripts")?.as_map());
        let Some(scripts) = scripts else { return };
        for named in words[1..].iter().take_while(|word| *word != "--").filter(|word| !word.starts_with('-')) {
            // `"test -- --watch"`: a script with its arguments.
            let (named, arguments) = named.split_once(' ').unwrap_or((named, ""));
            let arguments: Vec<String> =
                arguments.split_whitespace().filter(|word| *word != "--").map(str::to_owned).collect();
            for name in scripts.keys().filter(|name| is_one_of(name, named)) {
                self.package_script(&path, name, &arguments, place, call);
            }
        }
    }

    fn has_script(&self, path: &str, script: &str) -> bool {
        self.facts.parsed(path).and_then(|parsed| parsed.first()?.at(&["scripts", script])).is_some()
    }

    /// Lets `npm test`, which was listed last, off where its script only says something or looks at the style.
    fn excuse_of_nothing(&mut self, words: &[String], path: &str) {
        let parsed = self.facts.parsed(path).and_then(|parsed| parsed.first()?.at(&["scripts", "test"]));
        let is_nothing = parsed.and_then(Value::as_str).is_some_and(tests_nothing);
        if let Some(listed) = self.ci.commands.last_mut().filter(|listed| is_nothing && listed.words == words)
            && listed.excuse.is_none()
        {
            listed.excuse = Some("its script tests nothing".to_owned());
        }
    }

    /// `pnpm playwright test`: where no script has the name, the program of a package has.
    fn binary(&mut self, name: &str, words: &[String], place: &Place, call: &Call) {
        let Some(at) = words.iter().position(|word| word == name) else { return };
        self.anchored(&words[at..], place, call);
    }

    /// `nyc --reporter=text mocha`: what is run while the coverage is measured.
    pub(super) fn measured(&mut self, words: &[String], place: &Place, call: &Call) {
        const OWN: &[&str] = &["report", "merge", "check-coverage", "instrument", "help"];
        const VALUED: &[&str] = &[
            "-r",
            "--reporter",
            "-x",
            "--exclude",
            "-n",
            "--include",
            "-t",
            "--temp-dir",
            "--report-dir",
            "--reports-dir",
            "-o",
            "-e",
            "--extension",
            "--cwd",
            "--require",
            "-i",
            "--temp-directory",
            "--src",
        ];
        let inner = wrap::after_options(&words[1..], VALUED);
        if inner.first().is_some_and(|first| !OWN.contains(&first.as_str())) {
            self.anchored(&inner, place, call);
        }
    }

    /// `start-server-and-test start http://localhost:3000 e2e`: the last script or command decides.
    pub(super) fn server_and_test(&mut self, words: &[String], place: &Place, call: &Call) {
        let is_option = |word: &&String| word.starts_with('-');
        let Some(last) = words[1..].iter().rfind(|word| !is_option(word)).filter(|_| words.len() > 2) else { return };
        let path = self.nearest(&call.dir, &["package.json"]);
        match path.filter(|path| self.has_script(path, last)) {
            Some(path) => self.package_script(&path, last, &[], place, call),
            None if last.contains(' ') => {
                let words: Vec<String> = last.split_whitespace().map(str::to_owned).collect();
                self.anchored(&words, place, call);
            }
            None => {}
        }
    }

    /// Walks a command that was given as words.
    pub(super) fn anchored(&mut self, words: &[String], place: &Place, call: &Call) {
        let script = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        let Some(mut inner) = call.inside(script.clone(), place, format!("words {script}")) else { return };
        inner.chain.pop();
        self.script(&Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), script), &inner);
    }

    fn packages(&self, filter: Option<&str>) -> Vec<String> {
        let files = self
            .facts
            .tree
            .files()
            .iter()
            .filter(|file| file.name() == "package.json" && !file.path.contains("node_modules/"));
        let is_called = |path: &str, filter: &str| {
            self.facts.parsed(path).and_then(|parsed| parsed.first()?.get("name")?.as_str().map(|name| name == filter))
                == Some(true)
        };
        let named = |path: &str| {
            filter.is_none_or(|filter| {
                path::folder(path).ends_with(filter)
                    || is_called(path, filter)
                    || is_called(&path::join(path::folder(path), "project.json"), filter)
            })
        };
        files.map(|file| file.path.to_string()).filter(|path| named(path)).take(MAX_PACKAGES).collect()
    }

    fn package_script(&mut self, path: &str, script: &str, arguments: &[String], place: &Place, call: &Call) {
        let facts = self.facts;
        let Some(parsed) = facts.parsed(path) else { return };
        let Some(scripts) = parsed.first().and_then(|value| value.get("scripts")) else { return };
        for name in [format!("pre{script}"), script.to_owned(), format!("post{script}")] {
            let Some(value) = scripts.get(&name) else { continue };
            let Some(text) = value.as_str() else { continue };
            let key = format!("{path}:{name} {}", arguments.join(" "));
            let Some(mut inner) = call.inside(format!("npm run {name}"), place, key) else { continue };
            path::folder(path).clone_into(&mut inner.dir);
            let excerpt = Excerpt::scalar(&parsed.source, value.span, text);
            let excerpt = if name == script && !arguments.is_empty() {
                let end = text.len();
                excerpt.replaced(&[(end..end, format!(" {}", arguments.join(" ")))])
            } else {
                excerpt
            };
            self.script(&excerpt, &inner);
        }
    }
}

/// Whether a name is one that a pattern stands for: `*` for one part between colons, `**` for any.
fn is_one_of(name: &str, pattern: &str) -> bool {
    let (mut names, mut patterns) = (name.split(':'), pattern.split(':'));
    loop {
        match (names.next(), patterns.next()) {
            (None, None) | (Some(_), Some("**")) => return true,
            (Some(_), Some("*")) => {}
            (Some(name), Some(pattern)) if name == pattern => {}
            _ => return false,
        }
    }
}

/// Whether a script called `test` runs no test: it prints, or lints, formats and compiles.
fn tests_nothing(script: &str) -> bool {
    const NOTHING: &[&str] =
        &["echo", "exit", "true", ":", "eslint", "tsc", "prettier", "stylelint", "biome", "oxlint"];
    const SCRIPTS: &[&str] = &["lint", "format", "format:check", "typecheck", "type-check", "check-types", "prettier"];
    let is_nothing = |part: &str| {
        let mut words = part.split_whitespace().filter(|word| !matches!(*word, "npx" | "run" | "exec"));
        match words.next() {
            None => true,
            Some("npm" | "pnpm" | "yarn" | "bun") => words.next().is_some_and(|script| SCRIPTS.contains(&script)),
            Some(program) => NOTHING.contains(&program),
        }
    };
    script.split("&&").flat_map(|part| part.split(';')).all(is_nothing)
}

/// Executors of Nx whose command is known.
const EXECUTORS: &[(&str, &str)] = &[
    ("jest", "jest"),
    ("vite:test", "vitest run"),
    ("vitest", "vitest run"),
    ("eslint", "eslint ."),
    ("lint", "eslint ."),
    ("cypress", "cypress run"),
    ("playwright", "playwright test"),
    ("go:test", "go test ./..."),
    ("nx-go:test", "go test ./..."),
];

/// Whether a command of Nx is for all projects, or for those that changed.
fn everywhere_of(words: &[String]) -> bool {
    words.iter().any(|word| matches!(word.as_str(), "run-many" | "affected"))
}

impl Walk<'_> {
    /// What `nx` runs for a target: the command, or the executor, that each `project.json` gives it.
    fn nx_target(&mut self, target: &str, project: Option<&str>, place: &Place, call: &Call) {
        let facts = self.facts;
        let files = facts.tree.files().iter().filter(|file| file.name() == "project.json");
        let paths: Vec<String> = files.map(|file| file.path.to_string()).take(MAX_PACKAGES).collect();
        for path in paths {
            let Some(parsed) = facts.parsed(&path) else { continue };
            let Some(given) = parsed.first().and_then(|value| value.at(&["targets", target])) else { continue };
            let folder = path::folder(&path).to_owned();
            let name = parsed.first().and_then(|value| value.get("name")).and_then(Value::as_str);
            if project.is_some_and(|project| name != Some(project) && !folder.ends_with(project)) {
                continue;
            }
            let cwd = given.at(&["options", "cwd"]).and_then(Value::as_str);
            let dir = cwd.map_or_else(|| folder.clone(), |cwd| cwd.replace("{projectRoot}", &folder));
            let commands = given.at(&["options", "command"]).into_iter().chain(given.get("command"));
            let listed = given.at(&["options", "commands"]).and_then(Value::as_list).into_iter().flatten();
            let listed = listed.filter_map(|one| if one.as_str().is_some() { Some(one) } else { one.get("command") });
            for command in commands.chain(listed) {
                let Some(text) = command.as_str() else { continue };
                let key = format!("{path}:{target} {text}");
                let Some(mut inner) = call.inside(format!("nx run {target}"), place, key) else { continue };
                inner.dir.clone_from(&dir);
                self.script(&Excerpt::scalar(&parsed.source, command.span, text), &inner);
            }
            let named = given.get("executor").and_then(Value::as_str);
            let known = |name: &str| {
                let ends = |end: &str| name.strip_suffix(end).is_some_and(|before| before.ends_with([':', '/']));
                EXECUTORS.iter().find(|(end, _)| ends(end))
            };
            if let Some((_, command)) = named.and_then(known) {
                let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
                self.anchored(&words, place, &Call { dir, ..call.clone() });
            }
        }
    }
}

/// The text of a value, for readers of other files.
pub(super) fn text_of(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}
