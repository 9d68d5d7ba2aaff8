//! Cron expressions: how long is the longest gap between two runs?

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// The longest time between two runs, in seconds; `None` if it is no cron expression or never runs.
///
/// `min hour day month weekday`, also with seconds before them, and `@daily` and its kin.
pub fn longest_gap(expression: &str) -> Option<f64> {
    let expression = expression.trim();
    match expression {
        "@hourly" => return Some(HOUR),
        "@daily" | "@midnight" => return Some(DAY),
        "@weekly" => return Some(7.0 * DAY),
        "@monthly" => return Some(31.0 * DAY),
        "@yearly" | "@annually" => return Some(366.0 * DAY),
        _ => {}
    }
    if let Some(every) = expression.strip_prefix("@every ") {
        return crate::quantity::Quantity::parse(every).ok().map(|every| every.amount);
    }
    let fields: Vec<&str> = expression.split_whitespace().filter(|field| !field.contains('=')).collect();
    let fields = match fields.len() {
        5 => &fields[..],
        6 => &fields[1..],
        _ => return None,
    };
    let minutes = values(fields[0], 0, 59)?;
    let hours = values(fields[1], 0, 23)?;
    let days = values(fields[2], 1, 31)?;
    let months = values(fields[3], 1, 12)?;
    let weekdays: Vec<u32> = {
        let mut list: Vec<u32> = values(fields[4], 0, 7)?.into_iter().map(|day| day % 7).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let any_day = free(fields[2]);
    let any_weekday = free(fields[4]);
    let mut runs: Vec<u32> = Vec::new();
    // Two years, of which the second is a leap year, begun on each weekday in turn would differ by a day at most.
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut day_number = 0u32;
    for year in 0..2 {
        for (month, length) in lengths.iter().enumerate() {
            let length = if month == 1 { 28 + year } else { *length };
            for day in 1..=length {
                let by_day = days.contains(&day);
                let by_weekday = weekdays.contains(&(day_number % 7));
                let on = match (any_day, any_weekday) {
                    (true, true) => true,
                    (false, true) => by_day,
                    (true, false) => by_weekday,
                    // With both given, cron runs on either.
                    (false, false) => by_day || by_weekday,
                };
                if on && months.contains(&(month as u32 + 1)) {
                    runs.push(day_number);
                }
                day_number += 1;
            }
        }
    }
    let between_days = runs.windows(2).map(|pair| pair[1] - pair[0]).max();
    let within = within_day(&minutes, &hours)?;
    match (runs.len(), between_days) {
        (0, _) => None,
        (1, _) => Some(366.0 * DAY),
        (_, Some(1)) => Some(within.0.max(within.1)),
        (_, Some(days)) => Some(f64::from(days - 1) * DAY + within.1),
        (_, None) => None,
    }
}

/// The longest gap between two runs of one day, and from the last run of a day to the first of the next.
fn within_day(minutes: &[u32], hours: &[u32]) -> Option<(f64, f64)> {
    let mut times: Vec<f64> = Vec::new();
    for hour in hours {
        times.extend(minutes.iter().map(|minute| f64::from(*hour) * HOUR + f64::from(*minute) * MINUTE));
    }
    let (first, last) = (*times.first()?, *times.last()?);
    let inside = times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
    Some((inside, DAY - last + first))
}

fn free(field: &str) -> bool {
    matches!(field, "*" | "?" | "*/1")
}

/// The values of a field, sorted.
fn values(field: &str, low: u32, high: u32) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (named(from)?, named(to)?),
            None if matches!(range, "*" | "?") => (low, high),
            None if range == "H" => (low, low),
            None => {
                let from = named(range)?;
                (from, if part.contains('/') { high } else { from })
            }
        };
        if from < low || to > high || from > to {
            return None;
        }
        found.extend((from..=to).step_by(step as usize));
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

fn named(text: &str) -> Option<u32> {
    const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let upper = text.to_ascii_uppercase();
    let day = DAYS.iter().position(|name| *name == upper).map(|at| at as u32);
    day.or_else(|| MONTHS.iter().position(|name| *name == upper).map(|at| at as u32 + 1))
}
