//! Heroku and its kin: `Procfile`, with `app.json` beside it.
//!
//! A Procfile has no word for a health check, for memory or for a strategy: those stay unknown (ruling 2).

use super::super::fields::Spec;
use super::super::image::Image;
use super::super::{Env, EnvValue, Fact, Limit, Platform, Role, Scale, Service};
use super::standing;
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing, is_example, is_fixture, stage_of_path};
use crate::pattern::pattern;
use crate::source::Span;
use crate::tree::File;
use crate::tree::path::{folder_of, within};
use crate::value::Value;

pub(super) fn services(facts: &Facts<'_>, file: &File, images: &[Image]) -> Vec<Service> {
    let Some(source) = file.text() else { return Vec::new() };
    let image = images.iter().find(|image| starts_it(facts, &image.path, &file.path));
    let starter = image.map(|image| format!("the image of {}", image.path));
    let starter = starter.or_else(|| script_that_starts(facts, &file.path));
    let standing = match (developer_process(source.text()), starter) {
        (Some(process), _) => Standing::Aside(format!("it starts {process}, as developers do")),
        (None, Some(starter)) => Standing::Aside(format!("{starter} starts its processes")),
        (None, None) => {
            let example = starts_an_example(facts, &file.path, source.text());
            let example = example.map(|folder| format!("it starts the example application in {folder}"));
            let doubt = example.or_else(|| for_developers(source.text()));
            doubt.map_or_else(|| standing(facts, &file.path, None), Standing::Uncertain)
        }
    };
    let env = app_json_env(facts, &file.path);
    let mut found = Vec::new();
    let mut release = None;
    let mut offset = 0;
    for line in source.text().split_inclusive('\n') {
        let span = Span::new(offset, offset + line.trim_end().len());
        offset += line.len();
        let Some((name, command)) = line.split_once(':') else { continue };
        let name = name.trim();
        if name.is_empty() || name.starts_with('#') || name.contains(char::is_whitespace) {
            continue;
        }
        let place = Place::at(file.path.clone(), span);
        let mut service = Service::new(name.to_owned(), Platform::Heroku, place.clone(), standing.clone());
        service.role = match name {
            "web" => Role::Serving,
            "release" => Role::Job,
            _ => Role::Worker,
        };
        if name == "release" {
            release = Some(place.clone());
        }
        service.command = Some(Fact::new(command.trim().to_owned(), place));
        service.env.clone_from(&env);
        service.env.extend(of_buildpacks(facts, file, &service.place, &env));
        service.scale = formation(facts, &file.path, name);
        if name == "web" {
            service.tls = router(facts, &file.path);
        }
        found.push(service);
    }
    // A release phase that fails leaves the old version running, on Heroku: others read a Procfile too.
    let web = found.iter_mut().find(|service| service.name == "web" && service.tls.is_some());
    if let (Some(place), Some(web)) = (release, web) {
        web.reverts = Some(Fact::new(true, place));
    }
    found
}

/// Programs that start the processes of a Procfile on one machine.
const MANAGERS: &[&str] = &["forego", "foreman", "goreman", "honcho", "hivemind", "overmind"];

/// Whether a Dockerfile puts a Procfile into its image, or has one started there: its processes share a container.
fn starts_it(facts: &Facts<'_>, dockerfile: &str, procfile: &str) -> bool {
    let Some(source) = facts.tree.text(dockerfile) else { return false };
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    source.text().lines().map(str::trim_start).filter(|line| !line.starts_with('#')).any(|line| {
        let mut words = line.split(|c: char| c.is_whitespace() || "\"'[],".contains(c)).filter(|word| !word.is_empty());
        let Some(first) = words.next() else { return false };
        let words: Vec<&str> = words.collect();
        let copies = matches!(first, "COPY" | "ADD") && words.iter().any(|word| ends_with_path(procfile, word));
        copies || words.windows(2).any(|pair| MANAGERS.contains(&name(pair[0]).as_str()) && pair[1] == "start")
    })
}

/// The script that has a manager of processes start a Procfile below the root: `honcho --procfile /app/jobs/Procfile start`.
/// The one at the root is a platform's as well.
fn script_that_starts(facts: &Facts<'_>, procfile: &str) -> Option<String> {
    let starts = |text: &str| {
        let words = || text.split(|c: char| c.is_whitespace() || "\"'=".contains(c));
        words().any(|word| MANAGERS.contains(&word)) && words().any(|word| ends_with_path(word, procfile))
    };
    let is_script =
        |file: &&File| procfile.contains('/') && file.name().rsplit_once('.').is_some_and(|(_, end)| end == "sh");
    let mut scripts = facts.tree.files().iter().filter(is_script);
    scripts.find(|file| file.text().is_some_and(|source| starts(source.text()))).map(|file| file.path.to_string())
}

/// Whether a path ends with another one, which names a Procfile: `docker/web/Procfile` with `web/Procfile`.
fn ends_with_path(path: &str, end: &str) -> bool {
    let end = end.trim_start_matches("./").trim_start_matches('/');
    end.rsplit('/').next() == Some("Procfile")
        && path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// What the comments above the first process say of it, where they name development and not production.
fn for_developers(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim);
    let above: Vec<String> =
        lines.take_while(|line| line.is_empty() || line.starts_with('#')).map(str::to_lowercase).collect();
    let says = |word: &str| above.iter().any(|line| line.contains(word));
    (says("development") && !says("production")).then(|| "a comment above its processes names development".to_owned())
}

/// The process of a Procfile that no platform is asked to run: a data server, or what compiles at each change.
fn developer_process(text: &str) -> Option<&'static str> {
    const PROCESSES: &[&str] = &[
        "redis-server",
        "postgres",
        "mysqld",
        "mongod",
        "memcached",
        "elasticsearch",
        "mailcatcher",
        "mailhog",
        "webpack-dev-server",
        "vite",
    ];
    let commands = text.lines().filter_map(|line| line.split_once(':').filter(|(name, _)| !name.starts_with('#')));
    commands.into_iter().find_map(|(_, command)| {
        let mut words = command.split_whitespace().filter(|word| !matches!(*word, "exec" | "npx" | "yarn" | "bundle"));
        let first = words.next()?.rsplit('/').next()?;
        let watches = words.clone().any(|word| word == "--watch" || word.ends_with(":watch")) && first != "sidekiq";
        let known = PROCESSES.iter().find(|process| **process == first).copied();
        // No platform routes to the loopback address of a process.
        let is_alone = || words.clone().any(|word| word.contains("127.0.0.1:") || word.contains("localhost:"));
        known
            .or_else(|| watches.then_some("a watcher of files"))
            .or_else(|| is_alone().then_some("what talks to its own machine alone"))
    })
}

/// The example that the `config.ru` beside a Procfile starts, where a library shows what it does: the environment it
/// requires stands in `spec/example_app`. A process that names another file of Rack starts that one.
fn starts_an_example(facts: &Facts<'_>, procfile: &str, text: &str) -> Option<String> {
    pattern!(REQUIRED, r#"(?m)^\s*require\b[^\n#]*?["'](?:\.{1,2}/)*(?<value>[\w./-]+)/config/environment["']"#);
    let starts_rack = |command: &str| command.contains("puma") || command.contains("rackup");
    let starts_rack = text.lines().filter_map(|line| line.strip_prefix("web:")).any(|command| {
        let is_other = |word: &str| word.rsplit_once('.').is_some_and(|(_, end)| end == "ru") && word != "config.ru";
        starts_rack(command) && !command.split_whitespace().any(is_other)
    });
    let rack = facts.tree.text(&within(folder_of(procfile), "config.ru")).filter(|_| starts_rack)?;
    let folder = REQUIRED.captures(rack.text())?.name("value")?.as_str();
    let inside = within(folder, "app.rb");
    let is_shown = is_example(&inside) || is_fixture(&inside);
    let in_tests = || ["spec", "test", "dummy"].iter().any(|part| folder.split('/').any(|folder| folder == *part));
    (is_shown || in_tests()).then(|| folder.to_owned())
}

/// What an `app.json` says that its apps are: it makes review apps and those of a deploy button, and may name their
/// environment (`RAILS_ENV: review`).
pub fn environment_of_app(document: &Value) -> Standing {
    // What only apps that are made for a pull request and taken away again need.
    if document.at(&["scripts", "pr-predestroy"]).is_some() || document.at(&["env", "HEROKU_PARENT_APP_NAME"]).is_some()
    {
        return Standing::Aside("it is for review apps".into());
    }
    // What is shown to whoever presses the button.
    if let Some(key) = ["logo", "keywords", "success_url"].into_iter().find(|key| document.get(key).is_some()) {
        return Standing::Uncertain(format!("it is made for a deploy button: it has a `{key}`"));
    }
    let Some(env) = document.get("env").and_then(Value::as_map) else { return Standing::Production };
    for (name, field) in env.iter().filter(|(name, _)| *name == "ENVIRONMENT" || name.ends_with("_ENV")) {
        let text = field.value.scalar_text().or_else(|| field.value.get("value")?.scalar_text());
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        if text == "review" || matches!(stage_of_path(&format!("config/{text}.json")), Stage::Never(_)) {
            return Standing::Aside(format!("`{name}` is `{text}` in it"));
        }
    }
    Standing::Production
}

/// An `app.json` that does not say it is for something else than production.
fn for_production<'f>(facts: &'f Facts<'_>, path: &str) -> Option<&'f Value> {
    let document = facts.parsed(path)?.first()?;
    matches!(environment_of_app(document), Standing::Production).then_some(document)
}

/// How many dynos `app.json` starts with; a Procfile alone has no word for it.
fn formation(facts: &Facts<'_>, procfile: &str, name: &str) -> Option<Scale> {
    let path = app_json(procfile);
    let spec = Spec(path.as_str().into());
    let kinds = for_production(facts, &path)?.get("formation")?.as_map()?;
    let quantity = spec.number(&kinds.get(name)?.value, "quantity")?;
    Some(Scale::fixed(Limit::Written(quantity)))
}

/// Where `app.json` says that this is Heroku, whose router takes TLS for each app. A Procfile alone may be Dokku's or foreman's.
fn router(facts: &Facts<'_>, procfile: &str) -> Option<Fact<bool>> {
    let path = app_json(procfile);
    let document = facts.parsed(&path)?.first()?;
    // What whoever presses a button would get is not how the project itself runs.
    if matches!(environment_of_app(document), Standing::Uncertain(_)) {
        return None;
    }
    // Dokku builds with the same buildpacks, and takes TLS where somebody has set it up.
    if document.at(&["scripts", "dokku"]).is_some() {
        return None;
    }
    let map = document.as_map()?;
    let of_heroku = |text: &str| text.starts_with("heroku");
    let named = |key: &str, name: &str| {
        let field = map.get(key)?;
        let texts = |value: &Value| value.scalar_text().or_else(|| value.get(name)?.scalar_text());
        let says = match field.value.as_list() {
            Some(list) => {
                list.iter().filter_map(texts).any(|text| of_heroku(&text) || text.contains("github.com/heroku/"))
            }
            None => texts(&field.value).is_some_and(|text| of_heroku(&text)),
        };
        says.then(|| Fact::new(true, Place::at(path.as_str(), field.span())))
    };
    named("addons", "plan")
        .or_else(|| named("buildpacks", "url"))
        .or_else(|| named("stack", ""))
        .or_else(|| named("image", ""))
}

/// What the buildpack of a language sets to `production` in every app, unless the app sets it; an image beside the
/// Procfile needs no buildpack.
fn of_buildpacks(facts: &Facts<'_>, procfile: &File, place: &Place, own: &[Env]) -> Vec<Env> {
    let is_beside = |name: &str| facts.tree.file(&within(folder_of(&procfile.path), name)).is_some();
    if is_beside("Dockerfile") {
        return Vec::new();
    }
    let manifests = [("Gemfile", "RAILS_ENV"), ("Gemfile", "RACK_ENV"), ("package.json", "NODE_ENV")];
    let set =
        manifests.into_iter().filter(|(manifest, name)| is_beside(manifest) && own.iter().all(|env| env.name != *name));
    let value = || EnvValue::Reference("set by the buildpack".into());
    set.map(|(_, name)| Env { name: name.to_owned(), value: value(), place: place.clone() }).collect()
}

/// The `app.json` beside a Procfile.
fn app_json(procfile: &str) -> String {
    within(folder_of(procfile), "app.json")
}

/// What `app.json` sets; an entry without a value is asked for at creation.
fn app_json_env(facts: &Facts<'_>, procfile: &str) -> Vec<Env> {
    let path = app_json(procfile);
    let Some(env) = for_production(facts, &path).and_then(|document| document.get("env")?.as_map()) else {
        return Vec::new();
    };
    let spec = Spec(path.into());
    env.iter()
        .map(|(name, field)| {
            let text = field.value.scalar_text().or_else(|| field.value.get("value")?.scalar_text());
            let value = text.map_or_else(|| EnvValue::Reference("set on the platform".into()), EnvValue::Literal);
            Env { name: name.to_string(), value, place: spec.entry(field) }
        })
        .collect()
}
