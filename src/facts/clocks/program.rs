//! Clocks inside the program: the schedulers that services carry, with the line that says what runs.

use super::{Clock, Clocks};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{Hit, Scope};

/// How a time is given as a cron expression: tokio-cron-scheduler, node-cron, cron, Nest, Spring and Quartz, robfig's cron,
/// `APScheduler`.
const CRONS: &[&str] = &[
    r#"\bJob::new(?:_async)?\(\s*"(?P<value>[^"\n]{5,60})""#,
    r#"\bcron\.schedule\(\s*["'`](?P<value>[^"'`\n]{5,60})["'`]"#,
    r#"\bnew CronJob\(\s*["'`](?P<value>[^"'`\n]{5,60})["'`]"#,
    r#"@Cron\(\s*["'`](?P<value>[^"'`\n]{5,60})["'`]"#,
    r#"@Scheduled\(\s*cron\s*=\s*"(?P<value>[^"\n]{5,60})""#,
    r#"\bcronSchedule\(\s*"(?P<value>[^"\n]{5,60})""#,
    r#"\.AddFunc\(\s*"(?P<value>[^"\n]{5,60})""#,
    r#"\bCronTrigger\.from_crontab\(\s*["'](?P<value>[^"'\n]{5,60})["']"#,
];
/// How Celery and `APScheduler` name the fields.
const FIELDS: &[&str] = &[
    r"\bcrontab\((?P<value>[^()\n]{1,120})\)",
    r#"\b(?:scheduled_job|add_job)\([^()\n]{0,80}["']cron["']\s*,\s*(?P<value>[^()\n]{1,120})\)"#,
    r"\bCronTrigger\((?P<value>[^()\n]{1,120})\)",
];

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    // One pass over the code serves all of them.
    let patterns: Vec<&str> = CRONS.iter().chain(FIELDS).copied().collect();
    for (index, hits) in facts.code().find_all(facts, Scope::Product, &patterns).iter().enumerate() {
        clocks.runs.extend(hits.iter().filter_map(|hit| run(facts, hit, index >= CRONS.len())));
    }
}

fn run(facts: &Facts<'_>, hit: &Hit, named: bool) -> Option<super::Run> {
    let (written, _) = hit.value.as_ref()?;
    let expression = if named { of_fields(written) } else { written.clone() };
    let source = facts.tree.text(&hit.path)?;
    let line = source.line_col(hit.span.start).line;
    // What runs stands on the line, on the one after it, or, where fields are named in an entry, before it.
    let other = if named { line.saturating_sub(1) } else { line + 1 };
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    let text = |wanted: u32| code.lines().nth((wanted as usize).checked_sub(1)?).map(str::trim);
    let what = [text(line), text(other).filter(|_| other != line)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let clock = Clock::cron(&expression, format!("the program ({})", hit.path));
    clock.gap?;
    Some(clock.run(vec![what], None, Place::at(hit.path.clone(), hit.span), None))
}

/// `hour=2, minute="30"` as an expression; a field that is not named is free, and below one that is named it is 0.
fn of_fields(text: &str) -> String {
    let named = |name: &str| {
        let mut fields = text.split(',').filter_map(|field| field.split_once('='));
        let (_, value) = fields.find(|(key, _)| key.trim() == name)?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    let free = || "*".to_owned();
    let days = named("day_of_month").or_else(|| named("day"));
    let weekdays = named("day_of_week");
    let below = |is_set: bool| if is_set { "0".to_owned() } else { free() };
    let hour = named("hour").unwrap_or_else(|| below(days.is_some() || weekdays.is_some()));
    let minute = named("minute").unwrap_or_else(|| below(hour != "*"));
    let month = named("month_of_year").or_else(|| named("month")).unwrap_or_else(free);
    format!("{minute} {hour} {} {month} {}", days.unwrap_or_else(free), weekdays.unwrap_or_else(free))
}
