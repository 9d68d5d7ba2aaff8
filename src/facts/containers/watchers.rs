//! Start commands that watch the source and start the program anew: watchers, servers of frameworks for those who develop.

use super::Fact;
use super::start::{is_reached_unset, scripts};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::pattern::pattern;
use crate::source::Span;
use crate::tree::File;
use crate::tree::path::{folder_of, upwards, within};
use crate::value::Value;

pattern!(
    WATCHES,
    r#"(?:^|[\s"'`/;&|(=])(?<what>cargo[ -]watch|cargo\s+leptos\s+watch|bacon|watchexec|systemfd|nodemon|ts-node-dev|tsnd|tsx\s+(?:--)?watch|node\s+(?:--?[\w=./-]+\s+){0,4}--watch(?:-path=\S+)?|bun\s+(?:run\s+)?--(?:watch|hot)|deno\s+\w+\s+(?:--?[\w=./,-]+\s+){0,6}--watch|nest\s+start\s(?:[^;&|\n]*\s)?--watch|(?:next|vite|nuxt|nuxi|astro|remix|vinxi)\s+dev|vite(?:\s+serve)?(?:\s+--(?:host|port)\b[^;&|]*)?\s*$|ng\s+serve|vue-cli-service\s+serve|react-scripts\s+start|webpack-dev-server|webpack\s+serve|gatsby\s+develop|strapi\s+dev(?:elop)?|wrangler\s+dev|docusaurus\s+start|quarkus(?::dev|Dev|\s+dev)|gradlew?\s(?:[^;&|\n]*\s)?(?:--continuous|-t)|rerun\s|(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?dev(?::[\w-]+)?|reflex\s+-\S+|air(?:\s+-c|\s*$)|CompileDaemon|dotnet\s+watch|flask\s(?:[^;&|\n]*\s)?--debug|fastapi\s+dev|watchmedo|manage\.py\s+runserver(?:_plus)?|--reload)(?:$|[\s"'`;&|)])"#
);
pattern!(RUNS_SCRIPT, r"(?:^|[\s;&|])(?:npm|pnpm|yarn|bun)\s+(?:(?:run|run-script)\s+)?(?<name>[A-Za-z][\w:.-]*)");
pattern!(RUNS_PYTHON, r"\bpython[\d.]*(?:\s+-[A-Za-z]+)*\s+(?<file>[\w./-]+\.py)\b");
// A program that serves by itself, and reads its source anew.
pattern!(
    RELOADS,
    r"\buvicorn\.run\([^)]{0,300}?\breload\s*=\s*True\b|\bapp\.run\([^)]{0,300}?\b(?:debug|use_reloader)\s*=\s*True\b|\brun_simple\([^)]{0,300}?\buse_reloader\s*=\s*True\b"
);
pattern!(ASKS, r"(?i)\b(?:if|elif)\b[^\n]*(?:debug|\bdev|local|reload)");

/// So many lines above a call may ask whether it is meant.
const GUARD: usize = 4;

/// How many scripts lead to one another.
const DEPTH: usize = 3;

/// What a start command, or a script that it runs, watches the source with, and where.
pub fn watcher(facts: &Facts<'_>, command: &Fact<String>) -> Option<(Place, String)> {
    let own = in_text(&command.value).or_else(|| in_package(facts, &command.place.path, &command.value, DEPTH));
    let own = own.map(|what| (command.place.clone(), what));
    let beside = folder_of(&command.place.path);
    own.or_else(|| in_python(facts, beside, &command.value))
        .or_else(|| scripts(facts, &command.value).find_map(|file| in_script(facts, file, beside)))
}

/// What a script watches the source with; what stands further in depends on what stands above it.
fn in_script(facts: &Facts<'_>, file: &File, beside: &str) -> Option<(Place, String)> {
    let text = file.text()?.text();
    let mut start = 0;
    text.split_inclusive('\n').find_map(|line| {
        let above = &text[..start];
        start += line.len();
        let is_reached = || !line.starts_with([' ', '\t']) || WATCHES.is_match(line) && is_reached_unset(facts, above);
        if line.trim_start().starts_with('#') || !is_reached() {
            return None;
        }
        let found = in_text(line).map(|what| (Place::file(file.path.clone()), what));
        found.or_else(|| in_python(facts, beside, line))
    })
}

fn in_text(text: &str) -> Option<String> {
    let found = WATCHES.captures(text)?;
    let what = found.name("what")?.as_str().trim_end();
    (!text.contains("--noreload")).then(|| what.to_owned())
}

/// The call of the file of Python that a command starts, where that serves and reads its source anew.
fn in_python(facts: &Facts<'_>, beside: &str, command: &str) -> Option<(Place, String)> {
    let named = RUNS_PYTHON.captures(command)?.name("file")?.as_str();
    // `/app/shop/main.py` of the image may be `shop/main.py` of the tree.
    let parts: Vec<&str> = named.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let mut paths = (0..parts.len()).map(|from| parts[from..].join("/"));
    let file =
        paths.find_map(|path: String| facts.tree.file(&within(beside, &path)).or_else(|| facts.tree.file(&path)))?;
    let text = file.text()?.text();
    let found = RELOADS.find(text)?;
    let asks = text[..found.start()].lines().rev().take(GUARD).any(|line| ASKS.is_match(line));
    let call = found.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    (!asks).then(|| (Place::at(file.path.clone(), Span::new(found.start(), found.end())), call))
}

/// What the script of the nearest package does that a command names: `npm run serve`.
fn in_package(facts: &Facts<'_>, beside: &str, command: &str, depth: usize) -> Option<String> {
    let found = RUNS_SCRIPT.captures(command).filter(|_| depth > 0)?;
    let name = found.name("name")?.as_str();
    let package = upwards(folder_of(beside)).find_map(|folder| facts.parsed(&within(folder, "package.json")))?;
    let script = package.first()?.get("scripts")?.get(name).and_then(Value::as_str)?;
    in_text(script).or_else(|| in_package(facts, beside, script, depth - 1))
}
