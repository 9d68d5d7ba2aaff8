//! Whether production runs what a compose file declares (items-1.md §0.3).

use super::super::elsewhere::{definitions, is_of_deployment, unit};
use super::super::mounted::volumes;
use super::super::{Containers, Env, EnvValue, Platform, Role, Service};
use super::{UNNAMED_COMPOSE, build_file, is_compose, is_stack, joined, needs_profile};
use crate::facts::Facts;
use crate::facts::ci::Action;
use crate::facts::disowned::{AN_EXAMPLE, DISOWNED, is_an_example, is_disowned, is_for_tests};
use crate::facts::documents::may_say;
use crate::facts::introduced::{called_an_example, introduction, is_of_an_example};
use crate::facts::production::{self, Stage, Standing, is_mode};
use crate::facts::secrets::is_secret;
use crate::pattern::pattern;
use crate::tree::File;
use crate::tree::path::{folder_of, is_at, is_below};
use crate::value::Value;
use std::sync::Arc;

/// Whether a workflow that deploys, by its name, starts the file: `docker compose -f compose.yml -f compose.deploy.yml up`.
fn is_deployed(facts: &Facts<'_>, path: &str) -> bool {
    let deploys = |file: &&File| {
        let name = file.name().to_lowercase();
        is_below(&file.path, ".github/workflows")
            && ["deploy", "deployment"].iter().any(|word| name.split(['-', '_', '.']).any(|part| part == *word))
            && !matches!(production::stage_of_path(&file.path), Stage::Never(_))
    };
    let starts = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let names_it =
            |pair: &[&str]| matches!(pair[0], "-f" | "--file") && joined("", pair[1]).as_deref() == Some(path);
        line.contains("compose") && words.contains(&"up") && words.windows(2).any(names_it)
    };
    let workflows = facts.tree.files().iter().filter(deploys).filter_map(File::text);
    workflows.into_iter().any(|source| source.text().lines().any(starts))
}

/// Services that only developers run.
const DEVELOPER_SERVICES: &[&str] =
    &["localstack", "minio", "azurite", "fake-gcs-server", "mailhog", "mailpit", "adminer", "pgadmin", "pgadmin4"];

/// Whether production runs what a compose file declares.
pub(super) fn standing(
    facts: &Facts<'_>,
    containers: &Containers,
    path: &str,
    document: &Value,
    services: &[Service],
) -> Standing {
    if facts.project().is_production(path) {
        return Standing::Production;
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    match facts.own_name().stage(path) {
        Stage::Never(word) => return Standing::Aside(format!("\"{word}\" in its path")),
        Stage::Production => return Standing::Production,
        Stage::Base | Stage::Unmarked => {}
    }
    if name.contains("override") || path.starts_with(".devcontainer/") || name.contains("debug") {
        return Standing::Aside("a compose file for developers, by its name".into());
    }
    if is_stack(&name) {
        return Standing::Production;
    }
    if is_deployed(facts, path) {
        return Standing::Production;
    }
    if production::is_in_tools(path) {
        return Standing::Aside("it stands in a folder of tools".into());
    }
    if let Some(mark) = developer_mark(facts, path, document, services) {
        return Standing::Aside(mark);
    }
    let declares =
        |service: &&Service| service.platform != Platform::Compose && !matches!(service.standing, Standing::Aside(_));
    let declaring = || containers.services.iter().filter(declares);
    if let Some(other) = declaring().find(|other| other.standing == Standing::Production) {
        return Standing::Aside(format!("production is declared in {}", other.place.path));
    }
    if let Some(other) = declaring().next() {
        return Standing::Uncertain(format!("{} may declare production, too", other.place.path));
    }
    let is_shown = |other: &str| {
        facts.tree.text(other).is_some_and(|source| is_an_example(source.text()))
            || called_an_example(facts, other).is_some()
    };
    let (shown, in_earnest): (Vec<_>, Vec<_>) =
        definitions(facts, path).map(|(other, _)| other).partition(|other| is_shown(other));
    if let Some(other) = in_earnest.first() {
        return Standing::Aside(format!("production is declared in {other}"));
    }
    if let Some(other) = shown.first() {
        return Standing::Uncertain(format!("{other} shows another way to run the same"));
    }
    if let Some(above) = compose_above(facts, path) {
        return Standing::Uncertain(format!("{above} declares how the project runs, too"));
    }
    if let Some(document) = sample_beside(facts, path).or_else(|| called_an_example(facts, path)) {
        return Standing::Uncertain(format!("{document} calls it a sample"));
    }
    if facts.tree.text(path).is_some_and(|source| is_an_example(source.text())) {
        return Standing::Uncertain(AN_EXAMPLE.into());
    }
    if keeps_in_memory(facts, path, services) && alternatives(facts, path, services).next().is_some() {
        return Standing::Uncertain("it keeps the data in memory, and others beside it run the same".into());
    }
    if is_variation(&name) && alternatives(facts, path, services).nth(1).is_some() {
        return Standing::Uncertain("others beside it run the same, and nothing says which one is used".into());
    }
    match described(facts, &name) {
        Standing::Production => {
            let kept = secret_of_developers(services).or_else(|| data_of_developers(facts, path));
            kept.map_or(Standing::Production, Standing::Uncertain)
        }
        other => other,
    }
}

/// Words for the work on the program, where they stand alone.
const DEVELOPMENT: &[&str] = &["dev", "development", "local"];

/// What says that a service of the project's own gets a secret for the work on it: `API_SECRET: dev`.
fn secret_of_developers(services: &[Service]) -> Option<String> {
    let own = services.iter().filter(|service| service.role != Role::ThirdParty);
    let mut secrets = own.flat_map(|service| service.env.iter().filter_map(move |env| Some((service, literal(env)?))));
    let is_meant = |name: &str, value: &str| {
        DEVELOPMENT.contains(&value.trim_matches('"').to_lowercase().as_str()) && is_secret(name)
    };
    let (service, (name, value)) = secrets.find(|(_, (name, value))| is_meant(name, value))?;
    Some(format!("\"{}\" runs with {name}={value}", service.name))
}

/// What says that a service gets its data or settings from a folder for the work on the program: `./dev/first.sql:/…`.
fn data_of_developers(facts: &Facts<'_>, path: &str) -> Option<String> {
    let is_meant = |mounted: &String| mounted.split('/').any(|part| matches!(part, "dev" | "development"));
    let is_kept = |mounted: &String| facts.tree.files().iter().any(|file| is_at(&file.path, mounted));
    let mounted = volumes(facts, path).filter(is_meant).find(is_kept)?;
    Some(format!("it mounts {mounted}, a folder of developers"))
}

/// Words of a compose file's name that say nothing of a purpose, or say that it is for a server.
const PLAIN: &[&str] = &[
    "docker",
    "compose",
    "base",
    "default",
    "common",
    "app",
    "main",
    "deploy",
    "deployment",
    "release",
    "server",
    "host",
    "hosted",
    "hosting",
    "self",
    "selfhost",
    "selfhosted",
    "swarm",
];

/// Whether the name of a file says that it is one way to run among others: `docker-compose-eureka.yml`.
fn is_variation(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut words = stem.split(['.', '-', '_']).filter(|word| !word.is_empty());
    words.any(|word| !PLAIN.contains(&word.trim_end_matches(|letter: char| letter.is_ascii_digit())))
}

/// The compose files beside one that run a service of the project's own under the same name, or its image.
fn alternatives<'f>(facts: &'f Facts<'_>, path: &'f str, services: &'f [Service]) -> impl Iterator<Item = &'f str> {
    let is_beside = move |other: &&str| is_compose(other) && *other != path && folder_of(other) == folder_of(path);
    let files = facts.tree.files().iter().map(|file| &*file.path).filter(is_beside);
    let bare = |image: &str| image.split(['@', ':']).next().unwrap_or(image).to_owned();
    let own = services.iter().filter(|service| service.role != Role::ThirdParty);
    let own: Vec<(&str, Option<String>)> =
        own.map(|one| (one.name.as_str(), one.image.as_ref().map(|image| bare(&image.value)))).collect();
    let runs_it = move |(name, field): (&str, &Value)| {
        let image = field.get("image").and_then(Value::scalar_text).map(|image| bare(&image));
        let is_whole = image.is_some() || field.get("build").is_some();
        is_whole && own.iter().any(|(own, own_image)| *own == name || (image.is_some() && image == *own_image))
    };
    files.filter(move |other| {
        let document = facts.parsed(other).and_then(|parsed| parsed.first());
        let declared = document.and_then(|document| document.get("services")?.as_map());
        !matches!(facts.own_name().stage(other), Stage::Never(_))
            && declared.is_some_and(|map| map.iter().any(|(name, field)| runs_it((name.as_str(), &field.value))))
    })
}

// `dsn: memory`, `DATASTORE_ENGINE=memory`, `"db_url": "sqlite://:memory:"`.
pattern!(
    IN_MEMORY,
    r#"(?im)^[ \t]*(?:-[ \t]+)?["']?(?:[\w.]+[_.])?(?:dsn|(?:db|database)_?(?:url|uri)|(?:data_?store|storage)(?:_(?:engine|driver|type))?)["']?[ \t]*[:=][ \t]*["']?(?:in-?memory|memory|mem|(?:sqlite\S*)?:memory:)\b"#
);

/// Whether the environment of a service of the project's own, or the settings that the file mounts, choose a store that
/// forgets everything with the process: somebody tries the program out.
fn keeps_in_memory(facts: &Facts<'_>, path: &str, services: &[Service]) -> bool {
    let own = services.iter().filter(|service| service.role != Role::ThirdParty);
    let stated = own.flat_map(|service| service.env.iter().filter_map(literal));
    let is_stated = stated.into_iter().any(|(name, value)| IN_MEMORY.is_match(&format!("{name}={value}")));
    let says = |path: String| facts.tree.text(&path).is_some_and(|source| IN_MEMORY.is_match(source.text()));
    is_stated || volumes(facts, path).any(says)
}

/// The document in the same folder whose introduction says that this is only one way to begin.
fn sample_beside(facts: &Facts<'_>, path: &str) -> Option<Arc<str>> {
    const SHOWN: &[&str] = &["configuration", "setup", "deployment", "compose", "docker", "stack", "environment"];
    let (folder, _) = path.rsplit_once('/')?;
    let (document, introduction) = introduction(facts, folder)?;
    let speaks = ["compose", "docker"].iter().any(|word| introduction.contains(word));
    (speaks && is_of_an_example(&introduction, SHOWN)).then_some(document)
}

/// Another compose file in a folder above: this one is a variation of it, for a test or a demonstration. The one in a folder
/// of the deployment is deployed, even below another one.
fn compose_above(facts: &Facts<'_>, path: &str) -> Option<Arc<str>> {
    let (folder, _) = path.rsplit_once('/')?;
    if is_of_deployment(folder) {
        return None;
    }
    let is_above = |other: &str| match other.rsplit_once('/') {
        None => true,
        Some((above, _)) => is_below(folder, above),
    };
    let unmarked = |path: &str| !matches!(facts.own_name().stage(path), Stage::Never(_));
    let files = facts.tree.files().iter().map(|file| &file.path);
    files.filter(|other| is_compose(other) && is_above(other) && unmarked(other)).min().cloned()
}

/// What in a compose file says that it is for developers.
fn developer_mark(facts: &Facts<'_>, path: &str, document: &Value, services: &[Service]) -> Option<String> {
    if services.iter().all(|service| service.role == Role::ThirdParty) {
        return Some("runs nothing of the project itself".into());
    }
    if names_only_others(facts, document, services) {
        return Some("runs nothing of the project itself, whose image is built here".into());
    }
    let starts = |service: &Service| {
        let value = document.at(&["services", &service.name]);
        service.role == Role::Serving && value.is_some_and(|value| !needs_profile(value))
    };
    let starts_another = services.iter().any(starts);
    for service in services {
        let value = document.at(&["services", &service.name])?;
        let image = service.image.as_ref().map_or(service.name.as_str(), |image| &image.value);
        if let Some(tool) = image.split(['/', ':']).find(|part| DEVELOPER_SERVICES.contains(part)) {
            return Some(format!("it starts {tool}"));
        }
        let is_developer =
            |text: String| ["dev", "development", "debug", "local"].contains(&text.to_lowercase().as_str());
        if value.at(&["build", "target"]).and_then(Value::scalar_text).is_some_and(is_developer) {
            return Some(format!("\"{}\" is built for development", service.name));
        }
        let build = value.get("build");
        let pulled = service.image.is_some();
        if let Some(missing) = build.filter(|_| !pulled).and_then(|build| missing_file(facts, path, build)) {
            return Some(format!("\"{}\" is built by {missing}, which is not in the tree", service.name));
        }
        let context = build.and_then(|build| build.get("context").unwrap_or(build).scalar_text());
        let is_for_local_work =
            |context: &str| context.split(['/', '-', '_']).any(|word| is_developer(word.to_owned()));
        if let Some(context) = context.filter(|context| is_for_local_work(context)) {
            return Some(format!("\"{}\" is built in {context}", service.name));
        }
        let args = value.at(&["build", "args"]);
        if args.and_then(|args| args.get("PROFILE")).and_then(Value::scalar_text).is_some_and(is_developer) {
            return Some(format!("\"{}\" is built with the development profile", service.name));
        }
        let chosen = service.env.iter().filter(|env| service.role != Role::ThirdParty && is_mode(&env.name));
        if let Some((name, mode)) = chosen.filter_map(literal).find(|(_, mode)| is_developer(mode.to_string())) {
            return Some(format!("\"{}\" runs with {name}={mode}", service.name));
        }
        if service.role == Role::Serving && needs_profile(value) && !starts_another {
            return Some(format!("\"{}\" is only started with a profile", service.name));
        }
        if let Some(mount) = &service.mounts_source {
            return Some(format!("\"{}\" mounts the source folder {}", service.name, mount.value));
        }
    }
    let text = facts.tree.text(path)?.text();
    if is_disowned(text) {
        return Some(DISOWNED.into());
    }
    if is_for_tests(text) {
        return Some("its first comment says that it is for tests".into());
    }
    let comments = text.lines().filter_map(|line| line.split_once('#').map(|(_, comment)| comment.to_lowercase()));
    let says = |comment: String| {
        ["local development", "for development", "development only", "dev environment", "local testing"]
            .iter()
            .any(|words| comment.contains(words))
    };
    comments.into_iter().any(says).then(|| "a comment in it says that it is for development".into())
}

/// The file, named by a service, that builds it in a folder of the tree where no such file stands.
fn missing_file(facts: &Facts<'_>, path: &str, build: &Value) -> Option<String> {
    build.get("dockerfile")?;
    let file = build_file(path, build).filter(|file| !file.contains('$'))?;
    let folder = folder_of(&file);
    let holds_files = || facts.tree.files().iter().any(|file| folder.is_empty() || is_below(&file.path, folder));
    (facts.tree.file(&file).is_none() && holds_files()).then_some(file)
}

/// What an entry of the environment is set to for everybody.
fn literal(env: &Env) -> Option<(&str, &str)> {
    match &env.value {
        EnvValue::Literal(value) => Some((&env.name, value)),
        EnvValue::Reference(_) | EnvValue::Default(_) => None,
    }
}

/// Whether the project builds an image of its own, and no service is built here or bears the project's name in its image:
/// these are servers that developers and tests need.
fn names_only_others(facts: &Facts<'_>, document: &Value, services: &[Service]) -> bool {
    let is_foreign = |service: &Service| {
        let value = document.at(&["services", &service.name]);
        let image = service.image.as_ref().map(|image| &image.value).filter(|image| !image.contains('$'));
        value.is_some_and(|value| value.get("build").is_none())
            && image.is_some_and(|image| facts.own_name().is_in(image) == Some(false))
    };
    let builds_own = || {
        let mut files = facts.tree.files().iter().filter(|file| matches!(file.name(), "Dockerfile" | "Containerfile"));
        files.any(|file| !matches!(facts.own_name().stage(&file.path), Stage::Never(_)))
    };
    services.iter().all(is_foreign) && builds_own()
}

// `build the image locally`, `cached locally`: where something is kept, whoever runs it.
pattern!(
    KEPT_LOCALLY,
    r"\b(?:buil[dt](?:ing)?|cached?|stored?|stores)[ ](?:(?:the|an?|your|own|docker|container)[ ])*(?:(?:images?|files?|data)[ ])?locally\b|\blocally[ -](?:built|cached|stored)\b"
);

/// What the documents say about starting the compose file; nothing said about it is a mark against a variation alone.
fn described(facts: &Facts<'_>, name: &str) -> Standing {
    let is_variation = is_variation(name);
    let is_markdown = |path: &str| path.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("md"));
    let files = facts.tree.files().iter();
    let is_near = |path: &str| path.matches('/').count() <= 2;
    let documents = files.filter(|file| is_markdown(&file.path) && is_near(&file.path) && may_say(&file.path));
    let (mut developing, mut deploying, mut trying) = (None, false, None);
    for file in documents {
        let Some(source) = file.text().filter(|source| !lists_releases(file.name(), source.text())) else { continue };
        for section in sections(source.text()) {
            let section = KEPT_LOCALLY.replace_all(&section.to_lowercase(), |_| String::new()).into_owned();
            let mentions: &[&str] = if is_variation { &[name] } else { &["docker compose", "docker-compose", name] };
            if !mentions.iter().any(|mention| section.contains(mention)) {
                continue;
            }
            if [
                "local development",
                "developing",
                "for development",
                "development environment",
                "contributing",
                "locally",
                "run the tests",
                "running the tests",
                "running tests",
            ]
            .iter()
            .any(|words| section.contains(words))
            {
                developing.get_or_insert_with(|| file.path.clone());
            }
            if is_for_trying(facts, source.text(), &section) {
                trying.get_or_insert_with(|| file.path.clone());
            }
            deploying |=
                ["production", "self-host", "deployment", "deploying"].iter().any(|word| section.contains(word));
        }
    }
    match developing {
        Some(path) if deploying => {
            Standing::Uncertain(format!("{path} and other documents name it for development and for production"))
        }
        Some(path) => Standing::Aside(format!("{path} describes it for development")),
        None if is_variation && !deploying => {
            Standing::Uncertain("its name says that it is one way to run among others".into())
        }
        None if !deploying && is_started_by_ci_alone(facts, name) => {
            Standing::Uncertain("only workflows of CI name it".into())
        }
        None if deploying => Standing::Production,
        None => {
            let tried = trying.map(|path| format!("{path} names it for trying the program out"));
            let by_unit = || unit(facts).map(|unit| format!("{unit} runs the program without it"));
            let other = tried.or_else(|| deployed_elsewhere(facts)).or_else(by_unit);
            other.map_or(Standing::Production, Standing::Uncertain)
        }
    }
}

// `### Try in Docker`, `you can try the gateway quickly`.
pattern!(TRIED, r"\A#+[^\n]*\b(?:try(?:ing)?|test[ -]drive)\b|\bquickly try\b|\btry [^\n.]*\bquickly\b");
pattern!(DEMO, r"\A#+[^\n]*\b(?:demo|playground)\b|\b(?:this|the) demo\b");
// How a document says that a cluster gets the program from elsewhere: by a chart, by a module of Terraform.
pattern!(
    INSTALLED,
    r"(?i)\bhelm[ ]+(?:repo[ ]+add|install|upgrade)\b|\[[^\]\n]*\b(?:helm[ ]chart|terraform[ ]module)[^\]\n]*\]\(https?://"
);

/// Whether a section, in lower case, starts the program for a look at it: it says that it is a demonstration, or the same
/// document installs the program in earnest by what is kept elsewhere.
fn is_for_trying(facts: &Facts<'_>, document: &str, section: &str) -> bool {
    let lines = section.lines().map(|line| facts.own_name().cleared_heading(line));
    let said = lines.collect::<Vec<_>>().join("\n");
    let is_demo = DEMO.is_match(&said);
    let is_tried = TRIED.is_match(&said);
    is_tried && (is_demo || INSTALLED.is_match(document))
}

/// What says that CI deploys the project to the cluster of its production, by an action whose definition of what runs there
/// is not in the tree.
fn deployed_elsewhere(facts: &Facts<'_>) -> Option<String> {
    const CLUSTERS: &[&str] = &["argocd", "argo", "kube", "kubernetes", "k8s", "helm", "ecs"];
    let goes_to_a_cluster = |action: &&Action| {
        let name = action.name.to_lowercase();
        name.split(['/', '-', '_']).any(|word| CLUSTERS.contains(&word))
    };
    let ci = facts.ci();
    let in_earnest = ci.unknown_deployments().filter(|action| ci.leads_to_production(action));
    let action = in_earnest.into_iter().find(goes_to_a_cluster)?;
    Some(format!("{} deploys to production by {}", action.place.path, action.name))
}

/// Whether a document says what each release changed: `releases.md`, with headings that are versions.
fn lists_releases(name: &str, text: &str) -> bool {
    pattern!(VERSION, r"(?m)^#+[ \t][^\n]*\bv?\d+\.\d+\b");
    name.to_lowercase().starts_with("release") && VERSION.find_iter(text).nth(2).is_some()
}

/// Whether workflows start a file that has to be named to be started.
fn is_started_by_ci_alone(facts: &Facts<'_>, name: &str) -> bool {
    let mut workflows = facts.tree.files().iter().filter(|file| file.path.starts_with(".github/workflows/"));
    !UNNAMED_COMPOSE.contains(&name)
        && workflows.any(|file| file.text().is_some_and(|source| source.text().contains(name)))
}

/// The parts of a Markdown text between its headings.
fn sections(text: &str) -> impl Iterator<Item = &str> {
    let heads = text.match_indices("\n#").map(|(at, _)| at + 1);
    let mut starts: Vec<usize> = std::iter::once(0).chain(heads).collect();
    starts.push(text.len());
    (1..starts.len()).map(move |index| &text[starts[index - 1]..starts[index]])
}
