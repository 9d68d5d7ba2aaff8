//! `@logger`: how verbose the program's own logging is in production.

use super::config::{Form, may_hold, read};
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{CodeText, Hit, Scope, observe, serves_not};
use crate::facts::config::{Held, Setting, argument, conditional, script};
use crate::pattern::pattern;
use crate::tree::path::{folder_of, is_below};

/// `@logger("level", key…)`.
pub static PROBE: Probe = Probe {
    name: "logger",
    summary: "The log level of production: a cap that is compiled in, the settings of these keys, what the source fixes, the \
              default that stands in the source, the library's default",
    usage: "@logger(\"level\", key…)",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &["level"],
    options: &[],
    look,
};

/// How source states a level.
struct Statement {
    pattern: &'static str,
    /// It holds only where the environment says nothing.
    is_fallback: bool,
}

/// The root of Python's `LOGGING`.
const ROOT: &str = r#"["']root["']\s*:\s*\{[^{}]*?["']level["']\s*:\s*["'](?<value>\w+)["']"#;

/// A start of Python's that takes the level from the name of something.
const BY_NAME: &str = r"\blogging\.basicConfig\([^)\n]*\blevel\s*=\s*(?<value>\w*(?i:level)\w*)\s*[,)]";

const STATEMENTS: &[Statement] = &[
    Statement { pattern: BY_NAME, is_fallback: false },
    Statement { pattern: r"\.with_max_level\(\s*(?:[\w]+::)*(?<value>\w+)\s*\)", is_fallback: false },
    Statement { pattern: r"\bset_max_level\(\s*(?:[\w]+::)*(?<value>\w+)\s*\)", is_fallback: false },
    Statement { pattern: r"\bfilter_level\(\s*(?:[\w]+::)*(?<value>\w+)\s*\)", is_fallback: false },
    Statement { pattern: r"\bEnvFilter::(?:try_)?new\(\s*(?<value>[^()\n]+?)\s*\)", is_fallback: false },
    Statement {
        pattern: r"\bwith_default_directive\(\s*(?:LevelFilter::|Level::|tracing::Level::)(?<value>\w+)",
        is_fallback: true,
    },
    Statement {
        pattern: r"\bwith_default_directive\(\s*(?:Directive::from_str\(\s*)?(?<value>\x22[^\x22\n]+\x22|[a-z_]\w*)\s*[).]",
        is_fallback: true,
    },
    Statement {
        pattern: r"\bEnvFilter::builder\(\)(?:\s*\.\w+\([^()]*\))*?\s*\.parse(?:_lossy)?\(\s*(?<value>[^()\n]+?)\s*\)",
        is_fallback: true,
    },
    Statement { pattern: r"\bdefault_filter_or\(\s*(?<value>[^()\n]+?)\s*\)", is_fallback: true },
    Statement {
        pattern: r"\b\w+\.(?:SetLevel\(|Level\s*=\s*)\s*(?:logrus|log|zap|zerolog|slog)\.(?<value>\w+)",
        is_fallback: false,
    },
    Statement { pattern: r"\blogging\.basicConfig\([^)\n]*\blevel\s*=\s*logging\.(?<value>\w+)", is_fallback: false },
    Statement { pattern: r#"\blog_level\s*=\s*["'](?<value>\w+)["']"#, is_fallback: false },
    // A trait of Python's traitlets has its default beside it.
    Statement {
        pattern: r"\bdef\s+_?(?:default_)?log_level(?:_default)?\(self\)[^\n]*\n\s*return\s+logging\.(?<value>[A-Z]+)\b",
        is_fallback: true,
    },
    Statement { pattern: r#"\bwith_env_filter\(\s*(?<value>"[^"\n{}]+")"#, is_fallback: false },
    Statement {
        pattern: r#"\btry_from_(?:default_env|env)\([^)\n]*\)\s*\.(?:unwrap_or_else|or_else)\(\s*\|_\w*\|\s*(?<value>"[^"\n{}]+")"#,
        is_fallback: true,
    },
    Statement { pattern: r"\.with\(\s*(?:\w+::)*LevelFilter::(?<value>\w+)\s*\)", is_fallback: false },
    Statement { pattern: r"\bzerolog\.SetGlobalLevel\(\s*zerolog\.(?<value>\w+)", is_fallback: false },
    Statement { pattern: r"\bNewAtomicLevelAt\(\s*(?:zap|zapcore)\.(?<value>\w+)", is_fallback: false },
    Statement { pattern: r"\bHandlerOptions\{[^{}]{0,120}?\bLevel:\s*slog\.Level(?<value>\w+)", is_fallback: false },
    Statement { pattern: r"\bSetLogLoggerLevel\(\s*slog\.Level(?<value>\w+)", is_fallback: false },
    Statement { pattern: r#"\blogging\.basicConfig\([^)\n]*\blevel\s*=\s*["'](?<value>\w+)["']"#, is_fallback: false },
    Statement {
        pattern: r"\b(?:logging\.getLogger\(\)|root_logger)\.setLevel\(\s*logging\.(?<value>\w+)",
        is_fallback: false,
    },
    Statement { pattern: ROOT, is_fallback: false },
    Statement {
        pattern: r#"\b(?:createLogger|pino)\(\s*\{[^{}]{0,200}?\blevel\s*:\s*["'](?<value>\w+)["']"#,
        is_fallback: false,
    },
    Statement {
        pattern: r#"\blevel\s*:\s*[\w.]+\s*===?\s*["']dev\w*["']\s*\?\s*["']\w+["']\s*:\s*["'](?<value>\w+)["']"#,
        is_fallback: false,
    },
    Statement {
        pattern: r#"\blevel\s*:\s*[\w.]+\s*===?\s*["']prod\w*["']\s*\?\s*["'](?<value>\w+)["']"#,
        is_fallback: false,
    },
    Statement { pattern: r"\bSetMinimumLevel\(\s*LogLevel\.(?<value>\w+)", is_fallback: false },
    Statement {
        pattern: r"\bMinimumLevel\.(?:Is\(\s*LogEventLevel\.)?(?<value>Verbose|Debug|Information|Warning|Error|Fatal)\b",
        is_fallback: false,
    },
    Statement { pattern: r"\bconfig\(?\s*:logger,?[^\n]{0,80}\blevel:\s*:(?<value>\w+)", is_fallback: false },
    // The flags of Go's programs: `cli.StringFlag{Name: "log-level", Value: "info"}`, `StringVar(&level, "log-level", "info", …)`.
    Statement {
        pattern: r#"\bcli\.StringFlag\{[^{}\n]*\bName:\s*"log[-_.]?level"[^\n]*?\bValue:\s*(?:\w+\.)*"?(?<value>[A-Za-z]+)"?(?:\.String\(\))?\s*[,}]"#,
        is_fallback: true,
    },
    Statement {
        pattern: r#"\.String(?:Var)?P?\([^()\n]*"log[-_.]?level"\s*,\s*(?:"\w?"\s*,\s*)?"(?<value>\w+)""#,
        is_fallback: true,
    },
];

/// What a library does when nothing states a level.
const DEFAULTS: &[(&str, &str, &str)] = &[
    (
        "tracing-subscriber",
        r"\btracing_subscriber::fmt(?:::init\(\)|\(\)(?:\s*\.(?:json|compact|pretty|with_ansi|with_target)\([^()]*\))*\s*\.init\(\))",
        "info",
    ),
    ("env_logger", r"\benv_logger::init\(\)", "error"),
    ("zap for production", r"\bzap\.NewProduction\(\s*\)", "info"),
    ("slog", r"\bslog\.New(?:JSON|Text)Handler\([^,\n]+,\s*(?:nil|&slog\.HandlerOptions\{\s*\})\s*\)", "info"),
    ("pino", r"\bpino\(\s*\)", "info"),
    ("Fastify's logger", r"\b[fF]astify\(\s*\{[^{}]{0,100}?\blogger\s*:\s*true\b", "info"),
    ("tracing-subscriber's EnvFilter", r"\bEnvFilter::from_default_env\(\)", "error"),
];

/// The patterns that it looks for in source code, as the view of the code wants them gathered.
pub fn patterns<'p>() -> impl Iterator<Item = &'p str> {
    let stated = STATEMENTS.iter().map(|statement| statement.pattern);
    stated.chain(DEFAULTS.iter().map(|(_, pattern, _)| *pattern))
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let words: Vec<&Word> = question.words_from(1).collect();
    let mut answer = Answer { blind: facts.config().blind(may_hold(&words)), ..Answer::default() };
    answer.seen.extend(caps(facts));
    let mut set = read(facts, &words, &Form { shape: Some("level"), ..Form::default() }, false);
    if !set.seen.is_empty() {
        set.seen.extend(own_categories(facts));
    }
    let (stated, idle) = stated(facts);
    answer.notes.extend(set.notes);
    answer.notes.extend(idle);
    let (fallback, fixed): (Vec<_>, Vec<_>) = stated.into_iter().partition(|sighting| sighting.default_of.is_some());
    let (unheard, fallback) =
        fallback.into_iter().partition(|sighting| is_of_another_image(facts, &set.seen, sighting));
    set.seen.extend::<Vec<_>>(unheard);
    let mut layers = vec![set.seen];
    layers.extend([fixed, fallback]);
    if layers.iter().all(Vec::is_empty) && answer.seen.is_empty() {
        layers.push(by_default(facts));
    }
    for layer in layers {
        // A weaker layer is shown; whoever set the stronger one decided.
        if answer.seen.is_empty() { answer.seen = layer } else { answer.notes.extend(layer) }
    }
    answer
}

/// Whether what is set is said to the program of one image alone, which is made in a folder of its own, and a fallback
/// stands in the code of another program.
fn is_of_another_image(facts: &Facts<'_>, set: &[Sighting], fallback: &Sighting) -> bool {
    let images = &facts.containers().images;
    let folder = |sighting: &Sighting| {
        let image = images.iter().find(|image| image.path == sighting.place.path)?;
        Some(folder_of(&image.path)).filter(|folder| {
            !folder.is_empty() && facts.manifests().product().any(|one| one.folder().trim_end_matches('/') == *folder)
        })
    };
    let folders: Option<Vec<&str>> = set.iter().map(folder).collect();
    folders.is_some_and(|folders| {
        !folders.is_empty() && !folders.iter().any(|folder| is_below(&fallback.place.path, folder))
    })
}

/// What the settings write of the project's own packages and namespaces, whatever they write of the rest:
/// `logging.level.com.example.shop: DEBUG` beside a root at `WARN`.
fn own_categories(facts: &Facts<'_>) -> Vec<Sighting> {
    let config = facts.config();
    let is_own = |setting: &&Setting| category(&setting.name).is_some_and(|category| is_own(facts, category));
    let settings: Vec<&Setting> = config.settings().iter().filter(is_own).collect();
    let written = config.effective(&settings).winners.into_iter().filter_map(|setting| {
        let Held::Plain(text) = &setting.held else { return None };
        let message = format!("`{}` is `{text}` in {}", setting.name, setting.layer.name());
        let sighting = Sighting::new(setting.place.clone(), Strength::Configured, message);
        Some(sighting.with(super::config::level(facts, text)))
    });
    written.collect()
}

/// The package or namespace whose level a setting of Spring or of .NET gives.
fn category(name: &str) -> Option<&str> {
    let prefixes = ["logging.level.", "Logging.LogLevel."];
    prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).filter(|rest| !matches!(*rest, "root" | "Default"))
}

/// Whether a package lies in the source of the product, or a project of .NET bears the name.
fn is_own(facts: &Facts<'_>, category: &str) -> bool {
    let folder = format!("/{}/", category.replace('.', "/"));
    let is_within =
        |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    facts.tree.files().iter().any(|file| {
        let project = file.name().strip_suffix(".csproj");
        file.path.split_once("src/main/").is_some_and(|(_, rest)| rest.contains(&folder))
            || project.is_some_and(|project| is_within(category, project) || is_within(project, category))
    })
}

/// `release_max_level_warn`: whatever runs, nothing more verbose is compiled in.
fn caps(facts: &Facts<'_>) -> Vec<Sighting> {
    let manifests = facts.manifests();
    let mut found = Vec::new();
    for name in ["tracing", "log"] {
        for (package, dependency) in manifests.dependencies(name) {
            let cap = dependency.features.iter().find_map(|feature| feature.strip_prefix("release_max_level_"));
            // A cap at `debug` caps nothing that this question asks for.
            let Some(level) = cap.filter(|level| ["warn", "error", "off"].contains(level)) else { continue };
            let message = format!("`{name}` is built with `release_max_level_{level}`");
            let place = Place::at(package.path.clone(), dependency.span);
            found.push(Sighting::new(place, Strength::Configured, message).with(Observed::Word(level.to_owned())));
        }
    }
    found
}

/// What the source states, and what it states to no effect.
fn stated(facts: &Facts<'_>) -> (Vec<Sighting>, Vec<Sighting>) {
    let patterns: Vec<&str> = STATEMENTS.iter().map(|statement| statement.pattern).collect();
    let found = facts.code().find_all(facts, Scope::Product, &patterns);
    let by_name = STATEMENTS.iter().position(|statement| statement.pattern == BY_NAME);
    let starts: Vec<&Hit> = by_name.and_then(|at| found.get(at)).into_iter().flat_map(|hits| hits.iter()).collect();
    let (mut seen, mut idle) = (Vec::new(), Vec::new());
    for (statement, hits) in STATEMENTS.iter().zip(&found) {
        for hit in hits.iter().filter(|hit| !is_of_a_tool(facts, &hit.path)) {
            // Python's `basicConfig` does nothing once the start has called it, with the level that the settings say.
            let is_idle = statement.pattern.contains("basicConfig")
                && !starts.is_empty()
                && starts.iter().all(|start| start.path != hit.path);
            let told = stated_at(facts, statement, hit);
            if is_idle { idle.extend(told) } else { seen.extend(told) }
        }
    }
    (seen, idle)
}

/// A program in `src/bin/` beside the package's own `src/main.rs`, which serves nothing: its log is not the service's.
fn is_of_a_tool(facts: &Facts<'_>, path: &str) -> bool {
    let Some((package, _)) = path.split_once("src/bin/") else { return false };
    let serves = || facts.tree.text(path).is_some_and(|source| source.text().contains("serve"));
    facts.tree.text(&format!("{package}src/main.rs")).is_some() && !serves()
}

fn stated_at(facts: &Facts<'_>, statement: &Statement, hit: &Hit) -> Vec<Sighting> {
    let Some(code) = facts.code().file(&hit.path).and_then(|file| file.code(facts)).map(CodeText::product) else {
        return Vec::new();
    };
    let Some((text, span)) = &hit.value else { return Vec::new() };
    // `log.SetLevel(log.ToLevel(setting))`: what is called there says it.
    let is_called = code.get(span.end as usize..).is_some_and(|rest| rest.starts_with('('));
    if is_called || code.get(..hit.span.start as usize).is_some_and(conditional::is_asked_for) {
        return Vec::new();
    }
    if script::is_aside(&hit.path) || facts.code().left_out(facts, &hit.path, hit.span.start).is_some() {
        return Vec::new();
    }
    // `EnvFilter::new` behind an attempt to read the environment is a fallback too.
    let after_environment = ["from_default_env", "try_from_env", "from_env("].iter().any(|read| code.contains(read));
    let is_fallback = statement.is_fallback || (statement.pattern.contains("EnvFilter") && after_environment);
    let whole = Place::at(hit.path.clone(), *span);
    let mut found = vec![(text.trim_matches(['"', '\'']).to_owned(), whole)];
    if statement.pattern == ROOT && says_more_elsewhere(code, span.end as usize) {
        let message = format!("{}; other loggers beside it write more", line(facts, hit));
        let sighting = Sighting::new(Place::at(hit.path.clone(), *span), Strength::Configured, message);
        return vec![sighting.with(Observed::Opaque(text.clone()))];
    }
    let is_name = text.chars().all(|c| c.is_alphanumeric() || c == '_') && text.starts_with(|c: char| c.is_lowercase());
    if is_name && !is_level(text) {
        found = argument::literals(facts, &hit.path, hit.span.start, text);
        if found.is_empty() {
            let value = match observe(code, text, None) {
                Observed::Word(word) if word == *text => Observed::Opaque(word),
                value => value,
            };
            let sighting = Sighting::new(Place::at(hit.path.clone(), *span), Strength::Configured, line(facts, hit));
            return vec![sighting.with(value)];
        }
    }
    let told = found.into_iter().map(|(level, place)| {
        let message = format!("the level is `{level}`: {}", line(facts, hit));
        let value = super::config::level(facts, &level);
        let sighting = Sighting::new(place, Strength::Configured, message).with(value);
        if is_fallback { sighting.default_of("the program") } else { sighting }
    });
    told.collect()
}

/// Whether behind the root of a `LOGGING` others with handlers of their own write what it leaves out.
fn says_more_elsewhere(code: &str, from: usize) -> bool {
    pattern!(
        LOGGER,
        r#"\{[^{}]*(?:["']handlers["'][^{}]*["']level["']\s*:\s*["'](?:INFO|DEBUG)["']|["']level["']\s*:\s*["'](?:INFO|DEBUG)["'][^{}]*["']handlers["'])[^{}]*\}"#
    );
    let rest = code.get(from..).unwrap_or_default();
    // The dictionary ends where a line begins with its bracket.
    let end = rest.find("\n}").unwrap_or(rest.len());
    LOGGER.is_match(&rest[..end])
}

fn is_level(text: &str) -> bool {
    ["trace", "debug", "info", "warn", "warning", "error", "off"].contains(&text)
}

fn line(facts: &Facts<'_>, hit: &Hit) -> String {
    let source = facts.tree.text(&hit.path);
    let line = source.map(|source| source.line(source.line_col(hit.span.start).line).trim().to_owned());
    format!("`{}`", line.unwrap_or_default())
}

/// `slog.NewTextHandler(io.Discard, nil)`: what a library would write goes nowhere.
fn is_thrown_away(facts: &Facts<'_>, hit: &Hit) -> bool {
    let text = facts.tree.text(&hit.path).and_then(|source| source.text().get(hit.span.range()));
    text.is_some_and(|text| ["io.Discard", "ioutil.Discard"].iter().any(|nowhere| text.contains(nowhere)))
}

fn by_default(facts: &Facts<'_>) -> Vec<Sighting> {
    let patterns: Vec<&str> = DEFAULTS.iter().map(|(_, pattern, _)| *pattern).collect();
    let found = facts.code().find_all(facts, Scope::Product, &patterns);
    let mut sightings = Vec::new();
    for ((library, _, level), hits) in DEFAULTS.iter().zip(found) {
        let is_aside = |hit: &Hit| is_of_a_tool(facts, &hit.path) || serves_not(facts, &hit.path);
        let Some(hit) = hits.iter().find(|hit| !is_aside(hit) && !is_thrown_away(facts, hit)) else {
            continue;
        };
        let message = format!("nothing sets the log level; the default of {library} is {level}");
        let sighting = Sighting::new(Place::at(hit.path.clone(), hit.span), Strength::Configured, message);
        sightings.push(sighting.with(Observed::Word((*level).to_owned())).default_of(*library));
    }
    sightings
}
