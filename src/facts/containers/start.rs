//! What a start does with its stores before it serves: migrations that must succeed, loops that wait for an answer.

use super::{Fact, Platform, Role, Service};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::pattern::pattern;
use crate::source::Span;
use crate::tree::File;
use crate::tree::path::{folder_of, upwards, within};
use crate::value::Value;
use std::collections::BTreeSet;

pattern!(
    MIGRATES,
    r"\bmanage\.py\s+migrate\b|\bdjango-admin\s+migrate\b|\balembic\s[^\n;&|]*\bupgrade\b|\balembic\s+upgrade\b|\bflask\s[^\n;&|]*\bdb\s+upgrade\b|\b(?:rails|rake)\s+db:(?:migrate|prepare)\b|\bprisma\s+migrate\s+deploy\b|\b(?:knex|sequelize|sequelize-cli|typeorm|node-pg-migrate)\s[^\n;&|]*(?:migrate|migration:run)|\b(?:diesel\s+migration|sqlx\s+migrate)\s+run\b|\b(?:goose|dbmate|migrate)\s[^\n;&|]*\bup\b|\bflyway\s[^\n;&|]*\bmigrate\b|\becto\.migrate\b|\bartisan\s+migrate\b|(?:^|[\s;&|])(?:\./|/)[\w./-]+\s+(?:db[ :-])?migrate\b"
);
pattern!(
    WAITS,
    r"\b(?:until|while\s+!)\s[^\n]*\b(?:psql|pg_isready|nc|mysqladmin|mariadb-admin|redis-cli|mongosh)\b|\b(?:wait-for-it|wait-for)(?:\.sh)?\s+\S+:\d|\bdockerize\s[^\n]*-wait\b"
);
// `until flask db upgrade; do sleep 5; done`.
pattern!(
    RETRIES,
    r"^(?:until|while\s+!)\s[^\n;]*\b(?:manage\.py\s+migrate|alembic\s+upgrade|flask\s+db\s+upgrade|db:(?:migrate|prepare)|migrate\s+deploy|artisan\s+migrate|ecto\.migrate)\b"
);
pattern!(STOPS, r"(?m)^#!\S+(?:[ \t]+\S+)?[ \t]+-\w*e\w*\s*$|^[ \t]*set\s+(?:-\w+\s+)*-(?:\w*e\w*|o\s+errexit)\b");

/// One thing that a start does with its stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartCheck {
    /// Where.
    pub place: Place,
    /// The line that does it.
    pub line: String,
    /// Whether it is done at every start.
    pub is_sure: bool,
}

/// What a start command does with its stores, itself or in a script of the tree that it runs, where a failure keeps the
/// program from starting. `alone` says that the command stands for itself: the release phase of a platform.
pub fn checks(facts: &Facts<'_>, command: &Fact<String>, alone: bool) -> Vec<StartCheck> {
    let text = command.value.as_str();
    let own = [&MIGRATES, &WAITS].into_iter().flat_map(|pattern| pattern.find_all(text));
    let own = own.filter(|(found, _)| must_succeed(&text[found.end()..], alone || found.as_str().starts_with("wait")));
    let mut found: Vec<StartCheck> = own
        .map(|_| StartCheck { place: command.place.clone(), line: text.to_owned(), is_sure: true })
        .take(1)
        .collect();
    found.extend(in_packages(facts, &command.place, text, alone, &mut BTreeSet::new()));
    for file in scripts(facts, text) {
        if let Some(source) = file.text() {
            found.extend(in_script(facts, file, source.text()));
        }
    }
    found
}

/// Scripts of a manifest that call each other are followed to so many.
const MAX_SCRIPTS: usize = 16;

/// What the scripts of the nearest `package.json` do that a command calls: `npm run migrate && npm start`. Each is read once.
fn in_packages(
    facts: &Facts<'_>,
    at: &Place,
    text: &str,
    alone: bool,
    followed: &mut BTreeSet<String>,
) -> Vec<StartCheck> {
    pattern!(CALL, r"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(?<name>[a-z][\w:-]*)");
    let manifests = || upwards(folder_of(&at.path)).map(|folder| within(folder, "package.json"));
    let calls: Vec<_> = CALL.captures_iter(text).collect();
    if calls.is_empty() {
        return Vec::new();
    }
    let Some(parsed) = manifests().find_map(|path| facts.parsed(&path)) else { return Vec::new() };
    let Some(listed) = parsed.first().and_then(|root| root.at(&["scripts"])).and_then(Value::as_map) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for call in calls {
        let stops = call.get(0).is_some_and(|whole| must_succeed(&text[whole.end()..], alone));
        for (name, stops) in [(format!("pre{}", &call["name"]), true), (call["name"].to_owned(), stops)] {
            let Some(field) = listed.get(&name) else { continue };
            if followed.len() >= MAX_SCRIPTS || !followed.insert(name) {
                continue;
            }
            let script = field.value.as_str().unwrap_or_default();
            let place = Place::at(parsed.source.name(), field.span());
            let mut own = [&MIGRATES, &WAITS].into_iter().flat_map(|pattern| pattern.find_all(script));
            if own.any(|(one, _)| must_succeed(&script[one.end()..], stops)) {
                found.push(StartCheck { place, line: script.to_owned(), is_sure: true });
            } else {
                found.extend(in_packages(facts, &place, script, stops, followed));
            }
        }
    }
    found
}

/// What Compose holds a service back for: a store beside it that has to be healthy first.
pub fn held_back(facts: &Facts<'_>, service: &Service) -> Option<StartCheck> {
    let parsed = facts.parsed(&service.place.path).filter(|_| service.platform == Platform::Compose)?;
    let depends = parsed.first()?.at(&["services", &service.name, "depends_on"])?.as_map()?;
    let is_store = |name: &str| {
        let mut others = facts.containers().services.iter();
        others
            .any(|other| other.name == name && other.place.path == service.place.path && other.role == Role::ThirdParty)
    };
    depends.iter().find_map(|(name, field)| {
        let condition = field.value.get("condition").filter(|_| is_store(name))?;
        (condition.as_str()? == "service_healthy").then(|| StartCheck {
            place: Place::at(service.place.path.clone(), condition.span),
            line: format!("depends_on {name}: service_healthy"),
            is_sure: true,
        })
    })
}

/// The scripts of the tree that a command runs and that must succeed.
pub fn scripts<'f>(facts: &'f Facts<'_>, command: &'f str) -> impl Iterator<Item = &'f File> {
    let is_edge = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | '[' | ']' | ';' | '&');
    let last = |word: &'f str| word.rsplit('/').next().unwrap_or(word);
    let words: Vec<&str> = command.split(is_edge).map(last).collect();
    let starts_overlay = command.split(is_edge).any(|word| word == "/init");
    facts.tree.files().iter().filter(move |file| {
        let name = file.name();
        let is_script = || !name.contains('.') || matches!(name.rsplit_once('.'), Some((_, "sh" | "bash" | "ash")));
        let is_run = |at: usize| {
            let before = command[..at].chars().next_back().is_none_or(|letter| letter == '/' || is_edge(letter));
            let after = &command[at + name.len()..];
            before && after.chars().next().is_none_or(is_edge) && must_succeed(after, true)
        };
        words.contains(&name) && is_script() && command.match_indices(name).any(|(at, _)| is_run(at))
            || starts_overlay && name_of_overlay(&file.path)
    })
}

/// Whether the s6 overlay runs a file before it starts the services; its `/init` is the image's command.
fn name_of_overlay(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let (name, folder) = (parts.next(), parts.next());
    let oneshot = name == Some("run") && folder.is_some_and(|folder| folder.starts_with("init-"));
    oneshot && parts.next() == Some("s6-rc.d") || folder == Some("cont-init.d")
}

/// Whether what follows a command waits for its success; `at_end` is the answer where nothing follows.
fn must_succeed(rest: &str, at_end: bool) -> bool {
    match rest.find(['&', '|', ';', '\n']).map(|at| &rest[at..]) {
        None => at_end,
        Some(next) if next.starts_with("&&") => true,
        Some(next) => next.strip_prefix("||").is_some_and(|other| other.trim_start().starts_with("exit")),
    }
}

fn in_script(facts: &Facts<'_>, file: &File, text: &str) -> Vec<StartCheck> {
    let stops = STOPS.is_match(text);
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let code = line.trim();
        if code.starts_with('#') {
            continue;
        }
        let waits = WAITS.is_match(code) || RETRIES.is_match(code);
        let Some(end) = MIGRATES.find(code).map(|found| found.end()).or(waits.then_some(code.len())) else { continue };
        let rest = &code[end..];
        let is_retried = !waits && is_retried(&text[..at], &text[start..]);
        if waits || is_retried || must_succeed(rest, stops) {
            let lead = line.len() - line.trim_start().len();
            let place = Place::at(file.path.clone(), Span::new(at + lead, at + lead + code.len()));
            // What stands further in depends on what stands above it.
            let is_sure = lead == 0 || is_retried || is_reached_unset(facts, &text[..at]);
            found.push(StartCheck { place, line: code.to_owned(), is_sure });
        }
    }
    found
}

/// Whether a loop goes round until a line of it succeeds: `while true; do` above, and below its status is asked for and
/// ends the loop.
fn is_retried(before: &str, after: &str) -> bool {
    const REACH: usize = 5;
    let above = before.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let opens = |line: &str| line.starts_with("while true") || line.starts_with("while :") || line == "do";
    let mut below = after.lines().take(REACH).take_while(|line| line.trim() != "done").map(str::trim);
    above.is_some_and(opens) && {
        let asks = below.find(|line| line.contains("$?"));
        let is_good = |line: &str| line.contains("-eq 0") || line.contains("= \"0\"") || line.contains("= 0");
        asks.is_some_and(|line| is_good(line) && (line.contains("break") || below.any(|next| next == "break")))
    }
}

/// Whether a script comes to what follows where nothing sets the switch that leads around it: behind the `else` of
/// `if [ "$SKIP" = "true" ]; then`.
pub(super) fn is_reached_unset(facts: &Facts<'_>, before: &str) -> bool {
    pattern!(
        SWITCHED,
        r#"^if\s+\[{1,2}\s+"?\$\{?(?<name>\w+)(?::-)?\}?"?\s+==?\s+"?(?:[Tt]rue|TRUE|1|yes|on)"?\s+\]{1,2}\s*(?:;(?:\s*then)?)?\s*$"#
    );
    let is_flush = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t', '#']);
    let mut lines = before.lines().rev().filter(is_flush).filter(|line| line.trim() != "then");
    let is_left = lines.next().is_some_and(|line| line.trim() == "else");
    let asked = lines.next().and_then(|line| SWITCHED.captures(line)).filter(|_| is_left);
    asked.is_some_and(|asked| facts.config().settings().iter().all(|setting| setting.name != asked["name"]))
}
