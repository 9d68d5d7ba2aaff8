//! systemd timers with the services that they start.

use super::{Clock, Clocks, aside};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::ci::shell::{Settings, Variables, run};
use crate::tree::path;
use crate::value::{Kind, Value};

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    for file in facts.tree.files().iter().filter(|file| file.path.ends_with(".timer")) {
        let Some(timer) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let Some((expression, gap)) = clock(timer) else { continue };
        let name = file.name();
        // A timer without `[Install]` is enabled by nobody.
        let off = timer.at(&["Install", "WantedBy"]).is_none().then(|| "nothing enables it: no [Install]".to_owned());
        let clock = Clock { expression, gap, whence: format!("timer {name}"), off, aside: aside(&file.path) };
        let unit = timer.at(&["Timer", "Unit"]).and_then(Value::scalar_text);
        let unit = unit.unwrap_or_else(|| name.replace(".timer", ".service"));
        let path = path::within(path::folder_of(&file.path), &unit);
        let Some(service) = facts.parsed(&path).and_then(|parsed| parsed.first()) else { continue };
        for key in ["ExecStartPre", "ExecStart", "ExecStartPost"] {
            let Some(value) = service.at(&["Service", key]) else { continue };
            let single = std::slice::from_ref(value);
            for line in value.as_list().unwrap_or(single) {
                let Kind::Str(text) = &line.kind else { continue };
                // `-` before the program: its failure is ignored.
                let hidden = text.starts_with('-').then_some("its failure is ignored");
                let text = text.trim_start_matches(['-', '@', '+', '!', ':']);
                let place = Place::at(path.as_str(), line.span);
                for run in run(text, Settings::default(), Variables::new([], None)) {
                    clocks.program(facts, &clock, run.words, &place, None, hidden.or(run.excuse), 3);
                }
            }
        }
    }
}

/// A timer's clock and its longest gap.
fn clock(timer: &Value) -> Option<(String, Option<f64>)> {
    let timer = timer.get("Timer")?;
    if let Some(calendar) = timer.get("OnCalendar") {
        let text = calendar.scalar_text().or_else(|| calendar.as_list()?.first()?.scalar_text())?;
        let gap = longest_gap(&text);
        return Some((text, gap));
    }
    let every = timer.get("OnUnitActiveSec").or_else(|| timer.get("OnUnitInactiveSec"))?.scalar_text()?;
    let gap = crate::facts::containers::duration(&every.replace(' ', "").replace("min", "m").replace("day", "d"));
    Some((every, gap))
}

/// The longest gap of a calendar event: `daily`, `*-*-* 02:00:00`, `Mon *-*-* 03:00`, `*:0/15`.
fn longest_gap(text: &str) -> Option<f64> {
    match text.trim().to_ascii_lowercase().as_str() {
        "minutely" => return Some(60.0),
        "hourly" => return Some(HOUR),
        "daily" => return Some(DAY),
        "weekly" => return Some(7.0 * DAY),
        "monthly" => return Some(31.0 * DAY),
        "quarterly" => return Some(92.0 * DAY),
        "semiannually" => return Some(184.0 * DAY),
        "yearly" | "annually" => return Some(366.0 * DAY),
        _ => {}
    }
    let (mut weekday, mut date, mut time) = ("*".to_owned(), "*-*-*".to_owned(), "00:00:00".to_owned());
    for part in text.split_whitespace() {
        if part.contains(':') {
            part.clone_into(&mut time);
        } else if part.contains('-') && part.chars().next().is_some_and(|c| c == '*' || c.is_ascii_digit()) {
            part.clone_into(&mut date);
        } else if part.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && !is_zone(part) {
            weekday = part.replace("..", "-");
        }
    }
    let mut clock = time.split(':');
    let (hour, minute) = (clock.next()?, clock.next()?);
    let mut days = date.split('-').rev();
    let (day, month) = (days.next()?, days.next()?);
    crate::facts::ci::cron::longest_gap(&format!(
        "{} {} {} {} {}",
        field(minute),
        field(hour),
        field(day),
        field(month),
        short(&weekday)
    ))
}

fn is_zone(part: &str) -> bool {
    part == "UTC" || part.contains('/')
}

/// `0/15` is every fifteenth from 0, `00` is 0, `1..5` a range.
fn field(text: &str) -> String {
    let plain = text.replace("..", "-");
    plain
        .split(',')
        .map(|part| match part.trim_start_matches('0') {
            "" => "0".to_owned(),
            rest if rest.starts_with(['/', '-']) => format!("0{rest}"),
            rest => rest.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

/// Weekdays by their first three letters.
fn short(weekdays: &str) -> String {
    let name = |part: &str| part.chars().take(3).collect::<String>();
    weekdays
        .split(',')
        .map(|part| part.split('-').map(name).collect::<Vec<_>>().join("-"))
        .collect::<Vec<_>>()
        .join(",")
}
