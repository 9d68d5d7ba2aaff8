//! Programs beside the service: what migrates, seeds or exports starts no service.

use super::{CodeFile, Language, Role, is_end_of_a_pipe, mask};
use crate::facts::Facts;
use crate::facts::containers::image::is_dockerfile;
use crate::facts::manifests::{Ecosystem, Package};
use crate::facts::production::is_in_tools;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::tree::path::{folder_of, is_below, upwards};
use std::sync::LazyLock;

/// Words of a program that serves. To bind flags is to read a command line, and a consumer of JSON decodes an answer.
static SERVES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(
        r"(?i)serv|listen|\bbind(?:\b|_?(?:addr|host|ip|port|to))|router|\bhttp|\bapp\b|[wa]sgi|launch|lambda|worker|(?-i:(?:^|[^N])[cC]onsum)",
    )
    .ok()
});

/// Words of a program that may hand over to what serves; `StartCPUProfile` measures.
static RUNS: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"(?i)\bstart(?:[^c]|c[^p]|$)|\b(?:run|execute)\w*\(").ok());

/// Words of a program that prepares or moves data, or speaks SQL itself.
static PREPARES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?i)migrat|schema|\bseed|dump|export|import_|back_?up|backfill|fixture|\.cursor\(").ok()
});

/// A field of a record that is filled in, named after the service that the record is about: `header.ServiceClass = 200`.
static SERVICE_OF_A_RECORD: LazyLock<Regex> = LazyLock::new(|| Regex::constant(r"\.\w*Service[A-Z]\w*[ \t]*=[ \t]"));

/// Whether a file is the start of a program that serves nothing, or belongs to a client, while another program of the
/// tree serves.
pub fn serves_not(facts: &Facts<'_>, path: &str) -> bool {
    let code = facts.code();
    let is_aside = code.is_behind_a_command_line(facts, path) || code.is_of_an_unused_library(facts, path);
    if is_aside || is_end_of_a_pipe(facts, path) || is_of_a_typed_module(facts, path) || is_script_beside(facts, path) {
        return true;
    }
    if is_of_a_command_line(path) || is_below_a_command_line(facts, path) {
        let is_other =
            |other: &CodeFile| !is_of_a_command_line(&other.path) && !is_below_a_command_line(facts, &other.path);
        return code.product(facts).any(|other| is_other(other) && is_start(facts, other));
    }
    let Some(file) = code.file(path).filter(|file| is_start(facts, file)) else { return false };
    let serves = |file: &CodeFile| {
        let text = file.code(facts).map(|code| mask::blank(code.product(), &code.strings)).unwrap_or_default();
        let text = SERVICE_OF_A_RECORD.replace_all(&text, |_| String::new());
        let says = |pattern: &Option<Regex>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(&text));
        says(&SERVES) || says(&RUNS) && !says(&PREPARES) && !is_named_after_data(&file.path)
    };
    !serves(file) && code.product(facts).any(|other| other.path != file.path && is_start(facts, other) && serves(other))
}

/// Whether the folder of a program says that it fills or moves data: `cmd/backfill-index/`.
fn is_named_after_data(path: &str) -> bool {
    let name = folder_of(path).rsplit('/').next().unwrap_or_default();
    name.split(['-', '_']).any(|word| matches!(word, "backfill" | "migrate" | "migration" | "migrations" | "seed"))
}

/// Whether a file is a script in `bin/`, `scripts/` or at the root, in a language that the service is not written in, and no image
/// takes it in: `bin/launch.rb` of a service in Java.
fn is_script_beside(facts: &Facts<'_>, path: &str) -> bool {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    if !matches!(folder, "" | "bin" | "script" | "scripts") {
        return false;
    }
    let is_foreign = |language: Language| {
        (matches!(language, Language::Python | Language::Ruby)
            || language == Language::JavaScript && !folder.is_empty())
            && !facts.code().languages(facts).contains(&language)
    };
    let is_in = |text: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    Language::of(path).is_some_and(is_foreign)
        && !facts
            .tree
            .files()
            .iter()
            .any(|file| is_dockerfile(&file.path) && file.text().is_some_and(|source| is_in(source.text())))
}

/// Whether a file of Go holds a command that people type beside one that serves: `hydra revoke token` asks for their
/// own client's secret.
pub fn is_of_another_command(facts: &Facts<'_>, path: &str) -> bool {
    const SERVING: &[&str] = &["serve", "server", "start", "run", "daemon", "root", "main", "worker", "api", "web"];
    let is_go = Language::of(path) == Some(Language::Go);
    if !is_go || path.split(['/', '.', '_', '-']).any(|word| SERVING.contains(&word)) {
        return false;
    }
    let starts = facts.code().find(facts, r#"\bUse:\s*"(?:serve|server|start|run|daemon)\b"#);
    let commands = || facts.code().find(facts, r#"\bUse:\s*"[a-z]"#);
    !starts.is_empty() && starts.iter().all(|hit| &*hit.path != path) && commands().iter().any(|hit| &*hit.path == path)
}

/// Whether a file belongs to a program whose name says that people type it: `cmd/shop-cli/`, `cmd/shopcli/`, `shopctl/` of
/// Go, a plugin of `kubectl`, `cli/` beside the others, `shop_cli.rs` and `bin/shop_tool.rs`; a crate of that name may be the
/// service's own start.
pub(super) fn is_of_a_command_line(path: &str) -> bool {
    let is_one = |part: &str| {
        part.ends_with("-cli")
            || part.ends_with("_cli")
            || part.ends_with("ctl") && part.len() > 4
            || part.starts_with("kubectl-")
    };
    let program = path.strip_prefix("cmd/").and_then(|rest| rest.split_once('/')).map_or("", |(program, _)| program);
    match Language::of(path) {
        Some(Language::Go) => {
            path.starts_with("cli/") || program.ends_with("cli") || path.split('/').rev().skip(1).any(is_one)
        }
        Some(Language::Rust) => {
            path.ends_with("_cli.rs")
                || path.contains("/bin/") && ["_tool.rs", "-tool.rs"].iter().any(|end| path.ends_with(end))
        }
        _ => false,
    }
}

/// Whether a file of Go stands in a folder `cli` below others that is a program of its own.
fn is_below_a_command_line(facts: &Facts<'_>, path: &str) -> bool {
    let at = path.find("/cli/").map(|at| at + 4);
    let main = |at: usize| facts.tree.file(&format!("{}/main.go", &path[..at])).is_some();
    Language::of(path) == Some(Language::Go) && at.is_some_and(main)
}

/// Whether a file is the start of a program that only talks to what another one of the tree serves: a shell, a client.
pub fn is_client(facts: &Facts<'_>, path: &str) -> bool {
    static ASKS: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\bClient::connect\(|\b(?:rustyline|reedline)::").ok());
    static ANSWERS: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"(?:\bserve|\blisten|Listener::bind|Server::(?:new|bind|builder))\s*\(").ok());
    let code = facts.code();
    let says = |file: &CodeFile, pattern: &Option<Regex>| {
        let text = file.code(facts).map_or("", |code| code.product());
        pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
    };
    let is_one = |file: &CodeFile| {
        file.language == Language::Rust && file.path.split('/').any(|part| part == "bin") && is_start(facts, file)
    };
    let Some(file) = code.file(path).filter(|file| is_one(file)) else { return false };
    says(file, &ASKS)
        && !says(file, &ANSWERS)
        && code.product(facts).any(|other| other.path != file.path && is_start(facts, other) && says(other, &ANSWERS))
}

/// Whether a file belongs to a package that users of the service build into their own programs: `clients/python/`,
/// `sdk/node/`, beside others; or to its settings, `config/client/` beside `config/server/`.
pub fn is_of_a_client_library(facts: &Facts<'_>, path: &str) -> bool {
    const FOLDERS: &[&str] = &["clients", "sdk", "sdks", "client-libraries", "client_libraries"];
    if is_of_settings_of_a_client(facts, path) {
        return true;
    }
    let is_library = |folder: &str| folder.split('/').any(|part| FOLDERS.contains(&part));
    let manifests = facts.manifests();
    // `sdk/python/shop.py`: a library may have no manifest where it stands.
    let is_kept = path.split('/').next().is_some_and(|root| matches!(root, "sdk" | "sdks"));
    (is_kept || manifests.nearest(path, |_| true).map(Package::folder).is_some_and(is_library))
        && manifests.packages.iter().any(|package| !is_library(package.folder()))
}

/// Whether a file of Go is about the settings of a client, which lie beside those of the server.
fn is_of_settings_of_a_client(facts: &Facts<'_>, path: &str) -> bool {
    let at = path.find("/client/").filter(|_| Language::of(path) == Some(Language::Go));
    let Some(parent) = at.map(|at| &path[..at]) else { return false };
    let is_about_settings = matches!(parent.rsplit('/').next(), Some("config" | "conf" | "settings"));
    is_about_settings && facts.tree.files().iter().any(|file| is_below(&file.path, &format!("{parent}/server")))
}

/// Whether a file belongs to a module of Go below another one's that reads a command line and listens to nobody.
pub fn is_of_a_typed_module(facts: &Facts<'_>, path: &str) -> bool {
    const COMMAND_LINES: &[&str] = &["spf13/cobra", "urfave/cli", "alecthomas/kong", "bubbletea"];
    const LISTENS: &str = r"\bListenAndServe\w*\(|\bnet\.Listen\w*\(|\bgrpc\.NewServer\(|\b(?:echo|gin|fiber|chi)\.New\w*\(|\bgin\.Default\(|\bhttp\.(?:Serve|NewServeMux)\w*\(";
    let is_go = |package: &Package| package.ecosystem == Ecosystem::Go;
    if Language::of(path) != Some(Language::Go) {
        return false;
    }
    let module = facts.manifests().nearest(path, is_go).filter(|module| !module.folder().is_empty());
    let Some(module) = module else { return false };
    let reads = |name: &str| COMMAND_LINES.iter().any(|one| name.contains(one));
    let is_below_another = || facts.manifests().packages.iter().any(|one| is_go(one) && one.folder().is_empty());
    let listens = || facts.code().find(facts, LISTENS).iter().any(|hit| hit.path.starts_with(module.folder()));
    module.dependencies.iter().any(|one| reads(&one.name)) && is_below_another() && !listens()
}

/// Whether a file belongs to an app of Tauri in a folder of its own, which users start on their machines, in a tree with
/// an image of something else.
pub(super) fn is_of_a_desktop_app(facts: &Facts<'_>, path: &str) -> bool {
    let is_app =
        |folder: &&str| !folder.is_empty() && facts.tree.file(&format!("{folder}/src-tauri/tauri.conf.json")).is_some();
    let Some(app) = upwards(folder_of(path)).find(is_app) else { return false };
    let is_outside = |other: &str| !is_below(other, app);
    facts.tree.files().iter().any(|file| is_dockerfile(&file.path) && is_outside(&file.path))
}

/// Whether a file stands in a folder of tools, and the product in none.
pub(super) fn is_tool(facts: &Facts<'_>, path: &str) -> bool {
    let code = facts.code();
    // By path alone: what a file is for may depend on this answer.
    let may_ship = |file: &CodeFile| file.role == Role::Product && !is_in_tools(&file.path);
    let starts_elsewhere = || code.files().iter().any(|file| may_ship(file) && is_start(facts, file));
    is_in_tools(path) && *code.starts_outside_tools.get_or_init(starts_elsewhere)
}

/// Whether a file of Elixir holds the settings of one environment that is not production: `config/hex.exs`, where
/// `config.exs` imports the file of the environment that it is built for, and none imports this one by its name.
pub(in crate::facts) fn is_of_another_environment(facts: &Facts<'_>, path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/').filter(|(folder, _)| folder.rsplit('/').next() == Some("config"))
    else {
        return false;
    };
    let text = |name: &str| facts.tree.text(&format!("{folder}/{name}.exs")).map_or("", |source| source.text());
    let imports = |text: &str, what: &str| {
        let mut lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("import_config "));
        lines.any(|rest| rest.contains(what))
    };
    let Some(name) = name.strip_suffix(".exs") else { return false };
    !matches!(name, "config" | "prod" | "runtime" | "releases")
        && imports(text("config"), "#{")
        && !["config", "prod"].iter().any(|by| imports(text(by), &format!("\"{name}.exs\"")))
}

/// Whether a program begins in a file.
pub(super) fn is_start(facts: &Facts<'_>, file: &CodeFile) -> bool {
    let begins = |words: &[&str]| {
        let text = file.source(facts).map_or("", |source| source.text());
        words.iter().all(|word| text.contains(word))
    };
    let in_folder = |names: &[&str]| file.path.split('/').any(|part| names.contains(&part));
    match file.language {
        Language::Rust => (file.path.ends_with("main.rs") || in_folder(&["bin"])) && begins(&["fn main("]),
        Language::Go => begins(&["package main", "func main("]),
        Language::Python => {
            begins(&["__name__", "__main__"])
                || in_folder(&["commands"])
                || ["= FastAPI(", "= Flask(__name__", "get_wsgi_application()", "get_asgi_application()"]
                    .iter()
                    .any(|made| begins(&[made]))
        }
        Language::Java | Language::Kotlin | Language::Scala => begins(&["void main("]) || begins(&["fun main("]),
        Language::CSharp => file.path.ends_with("Program.cs"),
        Language::JavaScript | Language::Ruby | Language::Php | Language::Elixir => {
            in_folder(&["scripts", "script", "tasks", "bin"])
                || ["server.", "index.", "main.", "app."]
                    .iter()
                    .any(|name| file.path.rsplit('/').next().is_some_and(|file| file.starts_with(name)))
        }
        _ => false,
    }
}
