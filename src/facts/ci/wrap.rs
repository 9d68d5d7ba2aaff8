//! Takes wrappers off a command: what does `sudo -E env X=1 npx --yes eslint .` really run?

use super::shell::Settings;

/// The most wrappers around one command.
const MAX_WRAPPERS: usize = 12;

/// What a command comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::facts) enum Inner {
    /// A program and its arguments.
    Words(Vec<String>),
    /// A script given as text: `bash -c '…'`.
    Script(String, Settings),
    /// A script of the tree, with its arguments.
    File(String, Vec<String>, Settings),
}

/// Wrappers whose options stand before the command, or between their own words; the options named take a value of their own.
const PREFIXES: &[(&[&str], &[&str])] = &[
    (&["sudo"], &["-u", "-g", "-h", "-p", "-C", "--user"]),
    (&["doas"], &["-u"]),
    (&["env"], &["-u", "-C", "--chdir"]),
    (&["command"], &[]),
    (&["builtin"], &[]),
    (&["exec"], &["-a"]),
    (&["nohup"], &[]),
    (&["time"], &["-f", "-o"]),
    (&["nice"], &["-n"]),
    (&["ionice"], &["-c", "-n"]),
    (&["stdbuf"], &[]),
    (&["setarch"], &[]),
    (&["unbuffer"], &[]),
    (&["catchsegv"], &[]),
    (&["xvfb-run"], &["-s", "-n", "-e", "--server-args"]),
    (&["caffeinate"], &[]),
    (&["npx"], &["-p", "--package", "-c"]),
    (&["bunx"], &[]),
    (&["bun", "x"], &["--cwd", "--filter"]),
    (&["npm", "exec"], &["-p", "--package", "-w", "--workspace", "--prefix", "-C"]),
    (&["npm", "x"], &["-p", "--package", "-w", "--workspace", "--prefix", "-C"]),
    (&["pnpm", "exec"], &["--filter", "-F", "-C", "--dir"]),
    (&["pnpm", "dlx"], &["--package", "-C", "--dir"]),
    (&["yarn", "dlx"], &["-p", "--cwd"]),
    (&["yarn", "exec"], &["--cwd"]),
    (&["poetry", "run"], &["-C", "--directory", "-P", "--project"]),
    (&["pipenv", "run"], &[]),
    (&["pdm", "run"], &[]),
    (&["rye", "run"], &[]),
    (
        &["uv", "run"],
        &["--with", "--extra", "--group", "--project", "--python", "-p", "--package", "--only-group", "--directory"],
    ),
    (&["uvx"], &["--with", "--from", "--python", "-p"]),
    (&["uv", "tool", "run"], &["--with", "--from", "--python"]),
    (&["pipx", "run"], &["--spec"]),
    (&["bundle", "exec"], &[]),
    (&["mise", "exec"], &[]),
    (&["mise", "x"], &[]),
    (&["op", "run"], &["--env-file"]),
    (&["doppler", "run"], &["-p", "-c", "--project", "--config"]),
    (&["infisical", "run"], &["--env", "--projectId"]),
    (&["xargs"], &["-I", "-n", "-P", "-L", "-d", "-a", "-s"]),
    (&["devbox", "run"], &["-c"]),
    (&["go", "tool"], &[]),
    (&["dotenv"], &["-f", "-e", "-v", "-p"]),
    (&["dotenvx", "run"], &["-f", "-e", "--env-file"]),
    (&["env-cmd"], &["-f", "-r", "-e", "--file", "--environments"]),
    (&["cross-env"], &[]),
    (&["cross-env-shell"], &[]),
    (&["sfw"], &[]),
    (&["tini"], &["-p", "-e"]),
    (&["dumb-init"], &[]),
    (
        &["dockerize"],
        &["-wait", "-timeout", "-template", "-stdout", "-stderr", "-wait-retry-interval", "-wait-http-header"],
    ),
    (&["percy", "exec"], &["-P", "-t", "--port", "--config", "-c", "--allowed-hostname", "-h"]),
];

/// Wrappers that take so many words of their own before the command.
const COUNTED: &[(&[&str], usize)] = &[
    (&["timeout"], 1),
    (&["gtimeout"], 1),
    (&["flock"], 1),
    (&["taskset"], 1),
    (&["rustup", "run"], 1),
    (&["direnv", "exec"], 1),
    (&["chamber", "exec"], 1),
    (&["gosu"], 1),
    (&["su-exec"], 1),
    (&["aws-vault", "exec"], 1),
    (&["retry"], 0),
];

/// Takes the wrappers off.
pub(in crate::facts) fn unwrap(words: Vec<String>) -> Inner {
    let mut words = words;
    for _ in 0..MAX_WRAPPERS {
        words = named(words);
        let Some(program) = words.first().cloned() else { break };
        if let Some(inner) = shell(&program, &words) {
            return inner;
        }
        match peel(&program, &words) {
            Some(next) if next.len() < words.len() && !next.is_empty() => words = next,
            _ => break,
        }
    }
    if words.first().is_some_and(|program| is_script(program)) {
        let file = words.remove(0);
        return Inner::File(file, words, Settings::default());
    }
    Inner::Words(words)
}

/// Gives a program its plain name: `/usr/bin/x`, `node_modules/.bin/x`, `$CARGO`, `cargo-deny deny`.
fn named(mut words: Vec<String>) -> Vec<String> {
    let Some(program) = words.first() else { return words };
    let mut name = program.clone();
    if let Some(variable) = name.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
        && matches!(
            variable,
            "CARGO"
                | "MAKE"
                | "JUST"
                | "NPM"
                | "YARN"
                | "PNPM"
                | "PYTHON"
                | "DOCKER"
                | "KUBECTL"
                | "HELM"
                | "TERRAFORM"
                | "GO"
                | "SUDO"
        )
    {
        name = variable.to_lowercase();
    }
    // `$(which pytest)`: wherever it stands, it is that program.
    if let Some(asked) = ["$(which ", "$(command -v ", "$(type -p "].iter().find_map(|start| name.strip_prefix(start)) {
        name = asked.trim_end_matches(')').trim().into();
    }
    // `./bin/deploy` is the tree's own, as `bin/deploy` is.
    let path = name.strip_prefix("./").unwrap_or(&name);
    let plain = (["/bin/", "/.bin/", "/sbin/", "/dist/"].iter().any(|folder| path.contains(folder))
        || is_fetched(path)
        || is_unpacked_here(&name))
        && !super::path::has_extension(&name, "sh");
    if plain && let Some((_, last)) = name.rsplit_once('/') {
        name = last.to_string();
    }
    if let Some(short) = name.strip_suffix(".exe") {
        name = short.to_string();
    }
    words[0] = match name.as_str() {
        // The name that pytest once had.
        "py.test" => "pytest".to_owned(),
        go if is_toolchain_of_go(go) => "go".to_owned(),
        _ => name,
    };
    if words[0] == "cargo" && words.get(1).is_some_and(|word| word.starts_with('+')) {
        words.remove(1);
    }
    if let Some(inner) = passed_to_cargo(&words) {
        return inner;
    }
    if let Some(subcommand) = words[0].strip_prefix("cargo-").map(str::to_owned) {
        words[0] = "cargo".into();
        if words.get(1) != Some(&subcommand) {
            words.insert(1, subcommand);
        }
    }
    words
}

/// Whether a program is Go by the name of its version, as golang.org/dl installs it: `gotip`, `go1.26.1`.
fn is_toolchain_of_go(name: &str) -> bool {
    let is_version = |version: &str| version.starts_with(|letter: char| letter.is_ascii_digit());
    name == "gotip" || name.strip_prefix("go1.").is_some_and(is_version)
}

/// What a program called after Cargo passes on to it, behind settings of its own: `just-cargo profile=release build`.
fn passed_to_cargo(words: &[String]) -> Option<Vec<String>> {
    const PASSED: &[&str] = &["build", "check", "clippy", "doc", "fmt", "test", "nextest", "bench", "deny", "audit"];
    let (program, rest) = words.split_first()?;
    let at = rest.iter().position(|word| !word.contains('='))?;
    let verb = &rest[at];
    if !program.ends_with("-cargo") || program.contains('/') || !PASSED.contains(&verb.as_str()) {
        return None;
    }
    let profile = rest[..at].iter().find(|word| word.starts_with("profile=") && verb == "build");
    let told = ["cargo".to_owned(), verb.clone()].into_iter().chain(profile.map(|word| format!("--{word}")));
    Some(told.chain(rest[at + 1..].iter().cloned()).collect())
}

/// Whether a path of the project's own is where it puts a tool that it fetches: `bin/gosec`, `dist/gotestsum`. What else
/// stands in `bin/` is a script of the tree.
fn is_fetched(name: &str) -> bool {
    const TOOLS: &[&str] = &[
        "golangci-lint",
        "gotestsum",
        "ginkgo",
        "govulncheck",
        "gosec",
        "staticcheck",
        "kustomize",
        "helm",
        "kubectl",
        // What Rails writes there only starts the tool of that name.
        "rails",
        "rake",
        "rspec",
        "rubocop",
        "brakeman",
        "bundler-audit",
        "bundle",
        "importmap",
        "yarn",
        "standardrb",
        "erb_lint",
        // What stands in a virtual environment of Python that is made in the folder itself.
        "pytest",
        "py.test",
        "nosetests",
        "nose2",
        "flake8",
        "pylint",
        "mypy",
        "tox",
        "coverage",
        // What Symfony and Composer write there, and what Makefiles of Go fetch.
        "console",
        "phpunit",
        "simple-phpunit",
        "phpstan",
        "behat",
        "controller-gen",
        "setup-envtest",
        "goreleaser",
        "gitleaks",
        "trivy",
        "grype",
        "hadolint",
        "actionlint",
        "shellcheck",
        "kubeconform",
        "conftest",
        "buf",
        "task",
        "ko",
    ];
    let in_bin = name.strip_prefix("bin/").is_some_and(|tool| TOOLS.contains(&tool));
    in_bin || name.starts_with("dist/")
}

/// Whether a command starts a scanner that was unpacked where it stands, `./trivy`: nobody calls a script of his own so.
fn is_unpacked_here(name: &str) -> bool {
    const SCANNERS: &[&str] = &[
        "trivy",
        "grype",
        "gitleaks",
        "hadolint",
        "actionlint",
        "gosec",
        "golangci-lint",
        "govulncheck",
        "staticcheck",
        "kubeconform",
        "conftest",
        "shellcheck",
        "osv-scanner",
        "kube-linter",
        "trufflehog",
        "syft",
    ];
    name.strip_prefix("./").is_some_and(|tool| SCANNERS.contains(&tool))
}

fn shell(program: &str, words: &[String]) -> Option<Inner> {
    let mut settings = Settings::default();
    match program {
        "bash" | "sh" | "dash" | "zsh" | "ash" => {
            let mut rest = words[1..].iter();
            while let Some(word) = rest.next() {
                let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')) else {
                    if word.starts_with("--") {
                        continue;
                    }
                    return Some(Inner::File(word.clone(), rest.cloned().collect(), settings));
                };
                settings.errexit |= flags.contains('e');
                if flags.contains('o') && rest.next().is_some_and(|option| option == "pipefail") {
                    settings.pipefail = true;
                }
                if flags.contains('c') {
                    return rest.next().map(|script| Inner::Script(script.clone(), settings));
                }
            }
            None
        }
        "source" | "." => words.get(1).map(|file| Inner::File(file.clone(), words[2..].to_vec(), settings)),
        "eval" => Some(Inner::Script(words[1..].join(" "), settings)),
        "nix-shell" => value_after(words, &["--run", "--command"]).map(|script| Inner::Script(script, settings)),
        "sops" if words.get(1).is_some_and(|word| word == "exec-env") => {
            words.last().map(|script| Inner::Script(script.clone(), settings))
        }
        "ssh" if words.len() > 2 => {
            words.last().filter(|last| last.contains(' ')).map(|script| Inner::Script(script.clone(), settings))
        }
        _ => None,
    }
}

fn value_after(words: &[String], names: &[&str]) -> Option<String> {
    let at = words.iter().position(|word| names.contains(&word.as_str()))?;
    words.get(at + 1).cloned()
}

/// What follows a wrapper that a command begins with: `vitest run` in `pnpm --filter web exec vitest run`. Options may stand
/// between its words.
fn behind(words: &[String], wrapper: &[&str], valued: &[&str]) -> Option<Vec<String>> {
    let (first, verbs) = wrapper.split_first()?;
    let mut rest = words.split_first().filter(|(word, _)| word == first)?.1.to_vec();
    for verb in verbs {
        rest = after_options(&rest, valued);
        if rest.first().is_none_or(|word| word != verb) {
            return None;
        }
        rest.remove(0);
    }
    (!rest.is_empty()).then_some(rest)
}

fn peel(program: &str, words: &[String]) -> Option<Vec<String>> {
    // `command -v x` asks whether there is one.
    if program == "command" && words.get(1).is_some_and(|word| matches!(word.as_str(), "-v" | "-V")) {
        return None;
    }
    let prefixed =
        PREFIXES.iter().find_map(|(prefix, valued)| Some(after_options(&behind(words, prefix, valued)?, valued)));
    if prefixed.is_some() {
        return prefixed;
    }
    if let Some((rest, count)) = COUNTED.iter().find_map(|(prefix, count)| Some((behind(words, prefix, &[])?, count))) {
        let rest = after_options(&rest, &["-k", "-s", "--kill-after", "--signal", "-w"]);
        let rest = rest.get(*count..)?;
        return Some(after_options(rest, &[]));
    }
    let rest = &words[1..];
    if waits(program) {
        let at = rest.iter().position(|word| word == "--")?;
        return Some(rest[at + 1..].to_vec());
    }
    match program {
        "nix" if rest.first().is_some_and(|word| matches!(word.as_str(), "develop" | "shell" | "run")) => {
            let at = rest.iter().position(|word| matches!(word.as_str(), "-c" | "--command"))?;
            Some(rest[at + 1..].to_vec())
        }
        "python" | "python3" | "py" => {
            let at = rest
                .iter()
                .position(|word| word == "-m")
                .filter(|at| rest[..*at].iter().all(|word| word.starts_with('-')))?;
            let mut inner = rest[at + 1..].to_vec();
            let module = inner.first_mut()?;
            // The name that the builder of packages gives itself says more than its module's.
            *module = if module == "build" { "pyproject-build".to_owned() } else { module.replace('_', "-") };
            Some(inner)
        }
        // `php8.3 -d memory_limit=1G vendor/bin/phpunit`; `php artisan test` is known by both words.
        php if php
            .strip_prefix("php")
            .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.')) =>
        {
            let inner = after_options(rest, &["-d", "-c"]);
            let is_tool =
                inner.first().is_some_and(|script| script.contains("vendor/bin/") || script.starts_with("bin/"));
            is_tool.then_some(inner)
        }
        "deno" if rest.first().is_some_and(|word| word == "run") => {
            let at = rest.iter().position(|word| word.starts_with("npm:"))?;
            let mut inner = rest[at..].to_vec();
            let name = inner[0].trim_start_matches("npm:").to_owned();
            inner[0] = name.rfind('@').filter(|at| *at > 0).map_or(name.clone(), |at| name[..at].to_owned());
            Some(inner)
        }
        "go" if rest.first().is_some_and(|word| word == "run") => {
            let at = rest.iter().position(|word| word.contains('@') && word.contains('/'))?;
            let mut inner = rest[at..].to_vec();
            let path = inner[0].split('@').next().unwrap_or_default().to_owned();
            inner[0] = path.rsplit_once('/').map_or(path.clone(), |(_, last)| last.to_owned());
            Some(inner)
        }
        "find" | "fd" | "fdfind" => {
            let at = rest.iter().position(|word| {
                matches!(word.as_str(), "-exec" | "--exec" | "-x" | "-X" | "--exec-batch" | "-execdir")
            })?;
            Some(rest[at + 1..].iter().take_while(|word| !matches!(word.as_str(), ";" | "+")).cloned().collect())
        }
        "docker" | "podman" | "docker-compose" | "nerdctl" => container(program, rest),
        _ => None,
    }
}

/// Whether a program waits until something answers, and then runs what follows `--`: `/wait-for-it.sh shop:80 -- pytest`.
fn waits(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    ["wait-for", "wait_for"].iter().any(|start| name.starts_with(start))
}

/// Leaves out options (with their value, where they take one), `NAME=value` and `--`.
pub(super) fn after_options(words: &[String], valued: &[&str]) -> Vec<String> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            at += 1;
            break;
        }
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let assignment = word.split_once('=').is_some_and(|(name, _)| is_name(name))
            // `env $(grep -v '^#' .env | xargs) go test`: settings that a file has.
            || word.starts_with("$(") && word.contains("env");
        if !word.starts_with('-') && !assignment {
            break;
        }
        at += 1 + usize::from(valued.contains(&word.as_str()));
    }
    words[at.min(words.len())..].to_vec()
}

/// Options of `docker run`, `docker exec` and their twins in Compose that take no value.
pub(super) const CONTAINER_BARE: &[&str] = &[
    "--rm",
    "-i",
    "-t",
    "-it",
    "-ti",
    "-d",
    "--detach",
    "--init",
    "--privileged",
    "--interactive",
    "--tty",
    "--read-only",
    "-q",
    "--quiet",
    "-P",
    "--publish-all",
    "-T",
    "--no-deps",
    "--quiet-pull",
    "--build",
];

/// The command inside `docker run image command`, `docker compose run service command`, `docker exec name command`.
fn container(program: &str, rest: &[String]) -> Option<Vec<String>> {
    let compose = program == "docker-compose" || rest.first().is_some_and(|word| word == "compose");
    let verb = rest.iter().position(|word| matches!(word.as_str(), "run" | "exec"))?;
    if !compose && verb != 0 && rest.first().is_none_or(|word| word != "container") {
        return None;
    }
    let mut at = verb + 1;
    while let Some(word) = rest.get(at) {
        if !word.starts_with('-') && !holds_options(word, rest.get(at + 1)) {
            break;
        }
        at +=
            if word.starts_with('$') || CONTAINER_BARE.contains(&word.as_str()) || word.contains('=') { 1 } else { 2 };
    }
    let inner = rest.get(at + 1..)?.to_vec();
    // Arguments of the image's own entry point are no command.
    inner.first().is_some_and(|word| !word.starts_with('-')).then_some(inner)
}

/// `$(tty -s && echo -t)`, `$DOCKER_FLAGS`, and what stands before an option: more options, or none.
pub(super) fn holds_options(word: &str, next: Option<&String>) -> bool {
    let says = ["TTY", "FLAGS", "OPTS", "OPTIONS"].iter().any(|name| word.contains(name));
    word.starts_with('$')
        && (word.starts_with("$(shell tty")
            || word.starts_with("$(tty ")
            || says
            || next.is_some_and(|next| is_container_option(next)))
}

/// Whether a word is an option of the container's program, and none that an image would understand.
fn is_container_option(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    let valued =
        ["-v", "-e", "-w", "-u", "--volume", "--env", "--env-file", "--workdir", "--user", "--network", "--mount"];
    matches!(name, "--rm" | "--init" | "--privileged") || valued.contains(&name)
}

fn is_script(program: &str) -> bool {
    // `"$SCRIPT_DIR/x.sh"`: a folder that is not known, and a script whose name is.
    let tail = program.rsplit_once(['}', ')']).map_or(program, |(_, tail)| tail);
    // `/root/shop/scripts/test.sh`: where the tree is mounted in a container.
    tail.contains('/')
        && (!program.starts_with(['/', '~']) || program.starts_with('/') && super::path::has_extension(program, "sh"))
}
