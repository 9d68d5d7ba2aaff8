//! Crontab files: `crontab`, `*.cron`, `cron.d/*`, and scripts in `cron.daily/`.

use super::{Clock, Clocks, aside};
use crate::facts::Facts;
use crate::facts::ci::cron;
use crate::facts::ci::excerpt::Excerpt;
use crate::source::{Source, Span};
use crate::tree::File;

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    for file in facts.tree.files() {
        if is_crontab(file) {
            let Some(source) = file.text() else { continue };
            lines(facts, clocks, file, source);
        } else if let Some(expression) = by_folder(&file.path) {
            let Some(source) = file.text().filter(|source| source.text().starts_with("#!")) else { continue };
            let mut clock = Clock::cron(expression, format!("a script in {}", folder(&file.path)));
            clock.aside = aside(&file.path);
            let excerpt = Excerpt::verbatim(source, Span::new(0, source.text().len()));
            clocks.script(facts, &clock, &excerpt, None, 2);
        }
    }
}

fn is_crontab(file: &File) -> bool {
    let name = file.name();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let by_name = matches!(name, "crontab" | "crontab.txt" | "crontabs" | "cronjobs" | "crontab.cfg" | "supercronic")
        || (name.starts_with("crontab.") && !matches!(extension, "yaml" | "yml" | "rs"))
        || matches!(extension, "cron" | "crontab")
        || folder(&file.path) == "cron.d"
        || file.path.contains("/crontabs/");
    by_name && file.len < 100_000
}

fn folder(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or("")
}

fn by_folder(path: &str) -> Option<&'static str> {
    Some(match folder(path) {
        "cron.hourly" => "@hourly",
        "cron.daily" => "@daily",
        "cron.weekly" => "@weekly",
        "cron.monthly" => "@monthly",
        _ => return None,
    })
}

fn lines(facts: &Facts<'_>, clocks: &mut Clocks, file: &File, source: &Source) {
    let mut offset = 0;
    for line in source.text().split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let text = line.trim_end();
        let body = text.trim_start();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        let Some((expression, rest)) = split(body) else { continue };
        let mut clock = Clock::cron(&expression, format!("crontab {}", file.path));
        clock.aside = aside(&file.path);
        let at = start + text.len() - rest.len();
        let excerpt = Excerpt::verbatim(source, Span::new(at, start + text.len()));
        clocks.script(facts, &clock, &excerpt, None, 3);
    }
}

/// The clock of a line and what it runs. A system crontab names a user between the two: a lone word before the program.
fn split(line: &str) -> Option<(String, &str)> {
    let fields = if line.starts_with('@') { 1 } else { 5 };
    let mut rest = line;
    let mut expression: Vec<&str> = Vec::new();
    for _ in 0..fields {
        let end = rest.find(char::is_whitespace)?;
        expression.push(rest.get(..end)?);
        rest = rest.get(end..)?.trim_start();
    }
    let expression = expression.join(" ");
    cron::longest_gap(&expression)?;
    // As in /etc/crontab: root, postgres, www-data.
    if let Some((user, command)) = rest.split_once(char::is_whitespace)
        && [
            "root",
            "postgres",
            "mysql",
            "mongodb",
            "backup",
            "www-data",
            "app",
            "deploy",
            "ubuntu",
            "barman",
            "pgbackrest",
        ]
        .contains(&user)
        && command.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '.')
        && !command.trim_start().starts_with('-')
    {
        return Some((expression, command.trim_start()));
    }
    Some((expression, rest))
}
