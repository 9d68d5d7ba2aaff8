//! `@config`: a setting as production ends up with it.

mod level;

pub(super) use level::level;

use super::{Probe, Question, Word};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::config::{Config, Connection, Held, Key, Layer, Setting, Unparsed, squashed};
use crate::pattern::{Lazy, Regex, compile};
use crate::quantity::{Quantity, looks_like_quantity};
use crate::value::{Map, Value};

/// `@config(key…)`.
pub static PROBE: Probe = Probe {
    name: "config",
    summary: "A setting as production ends up with it: files, then the image's environment, then that of its workloads",
    usage: "@config(key…) {all, as: flag|word|level, on: [word], off: [word], unit}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["all", "as", "on", "off", "unit"],
    look,
};

/// Sections that are about something else than production.
const NEVER_SECTIONS: &[&str] =
    &["test", "tests", "testing", "ci", "dev", "development", "staging", "example", "examples"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let config = facts.config();
    let form = Form {
        shape: question.option_text("as"),
        unit: question.option_text("unit"),
        on: texts(&question.options, "on"),
        off: texts(&question.options, "off"),
    };
    let words: Vec<&Word> = question.words_from(0).collect();
    let mut answer = read(facts, &words, &form, question.is_set("all"));
    answer.blind.extend(config.blind(may_hold(&words)));
    answer
}

/// Whether a file that could not be read may hold a setting that one of the words names.
pub(super) fn may_hold(words: &[&Word]) -> impl Fn(&Unparsed) -> bool {
    let is_any = words.iter().any(|word| word.is_pattern);
    let keys: Vec<String> = words.iter().flat_map(|word| spread(&word.text)).collect();
    move |file| is_any || keys.iter().any(|key| file.may_hold(key))
}

/// What a value is meant to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Form<'q> {
    /// `flag`, `word` or `level`; by the look of the value when it is not given.
    pub(super) shape: Option<&'q str>,
    /// The unit of a bare number whose key names none.
    pub(super) unit: Option<&'q str>,
    /// Words that mean on; a value that is neither on nor off then says nothing.
    pub(super) on: Option<Vec<String>>,
    /// Words that mean off.
    pub(super) off: Option<Vec<String>>,
}

/// The settings of some keys: what production ends up with is seen, what is overridden is a note.
pub(super) fn read(facts: &Facts<'_>, words: &[&Word], form: &Form<'_>, all: bool) -> Answer {
    let config = facts.config();
    let matches = matching(config, words);
    let settings: Vec<&Setting> = matches.iter().map(|(setting, _)| *setting).filter(|one| !one.is_foreign).collect();
    let effective = config.effective(&settings);
    let mut answer = Answer::default();
    for &setting in &effective.winners {
        let word = matches.iter().find(|(one, _)| std::ptr::eq(*one, setting)).map(|(_, word)| *word);
        let Some(sighting) = word.and_then(|word| sighting(facts, setting, word, form)) else { continue };
        if let Some(switch) = switched_off(config, setting) {
            answer.notes.push(note(sighting, &format!("`{}` is off in {}", switch.name, switch.layer.name())));
            continue;
        }
        let outranked = effective.winners.iter().find(|other| config.outranks(other, setting));
        match outranked.filter(|_| !all) {
            Some(other) => {
                answer.notes.push(note(sighting, &format!("`{}` counts: {}", other.name, other.layer.name())));
            }
            None => answer.seen.push(sighting),
        }
    }
    for (setting, stronger) in effective.overridden {
        let word = matches.iter().find(|(one, _)| std::ptr::eq(*one, setting)).map(|(_, word)| *word);
        let Some(sighting) = word.and_then(|word| sighting(facts, setting, word, form)) else { continue };
        answer.notes.push(note(sighting, &format!("overridden by `{}` in {}", stronger.name, stronger.place.path)));
    }
    answer
}

/// The switch of a section that a setting stands in, when production ends up with it off: `cors.enabled: false` leaves
/// `cors.allowed_origins` without effect, and `maps.enabled: false` leaves `maps.limits.requests` so. What is off itself
/// is off whatever stands further out.
fn switched_off<'c>(config: &'c Config, setting: &Setting) -> Option<&'c Setting> {
    let (section, _) = setting.name.rsplit_once('.')?;
    let key = Key::of(&format!("{section}.enabled"));
    let own =
        off_in_production(config, setting, |other| other.key.same(&key)).filter(|own| !setting.key.same(&own.key));
    let further_out = || {
        let mut sections = std::iter::successors(outward(section), |inner| outward(inner));
        sections.find_map(|section| {
            let name = format!("{section}.enabled");
            off_in_production(config, setting, |other| other.name.eq_ignore_ascii_case(&name))
        })
    };
    own.or_else(|| if is_off(setting) { None } else { further_out() })
}

/// The section that a section stands in.
fn outward(section: &str) -> Option<&str> {
    section.rsplit_once('.').map(|(outer, _)| outer)
}

/// The first of some switches beside a setting, when production ends up with all of them off.
fn off_in_production<'c>(
    config: &'c Config,
    setting: &Setting,
    is_switch: impl Fn(&Setting) -> bool,
) -> Option<&'c Setting> {
    let is_one = |other: &&Setting| !other.is_foreign && other.owner == setting.owner && is_switch(other);
    let switches: Vec<&Setting> = config.settings().iter().filter(is_one).collect();
    let winners = config.effective(&switches).winners;
    winners.first().copied().filter(|_| winners.iter().all(|switch| is_off(switch)))
}

fn is_off(setting: &Setting) -> bool {
    setting.held.plain().and_then(switch) == Some(false)
}

fn note(mut sighting: Sighting, why: &str) -> Sighting {
    sighting.message = format!("{}; {why}", sighting.message);
    sighting
}

/// More settings of one question than this are not compared with each other; those of weaker layers are left out.
const MOST: usize = 1000;

/// The settings that the words name, each with the word that says most of its name, strongest layer first.
pub(super) fn matching<'c, 'w>(config: &'c Config, words: &[&'w Word]) -> Vec<(&'c Setting, &'w Word)> {
    // With each, how many words of the key the word leaves out: `disable_profiler` says more than `profiler`.
    let mut found: Vec<(&Setting, &Word, usize)> = Vec::new();
    for &word in words {
        let only = word.attributes.get("only").and_then(|only| only.value.as_str()).map(Lazy::new);
        if word.is_pattern {
            let Ok(pattern) = compile(&word.text) else { continue };
            let hits = config.settings().iter().filter(|setting| pattern.is_match(&setting.key.words().join("_")));
            let admitted = hits.filter(|setting| admits(word, only.as_ref(), setting, &[]));
            found.extend(admitted.map(|setting| (setting, word, usize::MAX)));
        } else {
            for tail in spread(&word.text) {
                let hits =
                    config.ending_in(&tail).filter(|(setting, before)| admits(word, only.as_ref(), setting, before));
                found.extend(hits.map(|(setting, before)| (setting, word, before.len())));
            }
        }
    }
    found.sort_by(|(a, _, left), (b, _, right)| {
        let layer = b.layer.cmp(&a.layer);
        layer.then_with(|| a.place.cmp(&b.place)).then_with(|| a.name.cmp(&b.name)).then(left.cmp(right))
    });
    found.dedup_by(|(a, ..), (b, ..)| std::ptr::eq(*a, *b));
    found.into_iter().take(MOST).map(|(setting, word, _)| (setting, word)).collect()
}

/// Words that name variables of the environment, ready to be compared with many.
pub(super) struct Variables(Vec<(Vec<String>, Vec<String>)>);

impl Variables {
    /// What the words name; what only its value or its file would tell cannot be told by a name.
    pub(super) fn of(words: &[Word]) -> Self {
        let tells = |word: &&Word| !["only", "file"].iter().any(|name| word.attributes.contains_key(name));
        let by_name = words.iter().filter(tells);
        let tails = |word: &Word| spread(&word.text).iter().map(|tail| squashed(tail)).collect();
        let barred = |word: &Word| texts(&word.attributes, "not_under").unwrap_or_default();
        Self(by_name.map(|word| (tails(word), barred(word))).collect())
    }

    /// Whether any of them names a variable.
    pub(super) fn name(&self, variable: &str) -> bool {
        let key = Key::of(variable);
        self.0.iter().any(|(tails, barred)| {
            let mut before = tails.iter().filter_map(|tail| key.before_tail(tail));
            before.any(|before| !is_barred(barred, before))
        })
    }
}

/// The most keys that one word may stand for.
const MOST_KEYS: usize = 1000;

/// Every key that a word with alternatives stands for: `{a,b}.{c,d}` is four.
pub(super) fn spread(text: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut rest = text;
    while let Some((before, inside, after)) = braces(rest) {
        let choices: Vec<&str> = inside.split(',').map(str::trim).collect();
        if keys.len() * choices.len() > MOST_KEYS {
            break;
        }
        let longer = keys.iter().flat_map(|key| choices.iter().map(move |choice| [key, before, choice].concat()));
        keys = longer.collect();
        rest = after;
    }
    keys.iter().map(|key| [key, rest].concat()).collect()
}

fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}

/// Whether any of these sections stands before a key; one of several words (`initial_cluster`) stands there as a whole.
pub(super) fn is_barred(list: &[String], before: &[String]) -> bool {
    list.iter().any(|barred| {
        let words: Vec<&str> = barred.split('_').collect();
        before.windows(words.len()).any(|window| window.iter().zip(&words).all(|(section, word)| section == word))
    })
}

/// Whether the attributes of a word let a setting through: `under`, `not_under`, `variable`, `whole`, `written`, `only`.
///
/// `only` is the attribute of that name, which most settings are never compared with.
fn admits(word: &Word, only: Option<&Lazy>, setting: &Setting, before: &[String]) -> bool {
    if before.iter().any(|section| NEVER_SECTIONS.contains(&section.as_str())) {
        return false;
    }
    let attributes = &word.attributes;
    let named = |list: &[String], section: &String| list.contains(section);
    if let Some(under) = texts(attributes, "under") {
        // The name of a program may stand before a variable's own name.
        let at_root = before.is_empty() || (setting.is_variable && before.len() == 1);
        let in_section = before.last().is_some_and(|last| named(&under, last));
        let at_root = at_root && under.iter().any(String::is_empty);
        if !in_section && !at_root {
            return false;
        }
    }
    if texts(attributes, "not_under").is_some_and(|list| is_barred(&list, before)) {
        return false;
    }
    if is_on(attributes, "variable") && !setting.is_variable {
        return false;
    }
    if is_on(attributes, "whole") && !fills_sections(&setting.name, setting.key.words().len() - before.len()) {
        return false;
    }
    let file = || setting.place.path.rsplit('/').next().unwrap_or_default().to_owned();
    if texts(attributes, "file").is_some_and(|list| !named(&list, &file())) {
        return false;
    }
    if is_on(attributes, "set") && setting.layer == Layer::Program {
        return false;
    }
    // A default that the program brings along was chosen by nobody.
    if is_on(attributes, "chosen") && setting.default_in.is_some() {
        return false;
    }
    if is_on(attributes, "written") && setting.held.plain().is_none() {
        return false;
    }
    // Of a list, one of its texts is enough.
    let fits = |pattern: &Regex| match &setting.held {
        Held::Plain(text) => pattern.is_match(text),
        Held::List(texts) => texts.iter().any(|text| pattern.is_match(text)),
        // What nobody has to give may be nothing.
        Held::Elsewhere(..) => setting.default_in.is_none(),
        Held::Empty => true,
    };
    only.and_then(Lazy::scan).is_none_or(fits)
}

/// Whether the last words of a name that dots divide fill whole sections of it: `detailed-metrics-enabled` in
/// `ring.detailed-metrics-enabled` is a key of its own.
fn fills_sections(name: &str, words: usize) -> bool {
    let mut sections = name.rsplit('.').map(|section| Key::of(section).words().len());
    let mut left = words;
    !name.contains('.')
        || std::iter::from_fn(|| {
            let next = left.checked_sub(sections.next()?);
            left = next.unwrap_or(0);
            next
        })
        .any(|left| left == 0)
}

pub(super) fn texts(attributes: &Map, name: &str) -> Option<Vec<String>> {
    let value = &attributes.get(name)?.value;
    Some(match value.as_list() {
        Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
        None => value.scalar_text().into_iter().collect(),
    })
}

fn is_on(attributes: &Map, name: &str) -> bool {
    attributes.get(name).is_some_and(|field| field.value.as_bool() != Some(false))
}

/// A setting with its typed value; `None` when the value says nothing about the question.
fn sighting(facts: &Facts<'_>, setting: &Setting, word: &Word, form: &Form<'_>) -> Option<Sighting> {
    let value = typed(facts, setting, word, form)?;
    let message = format!("`{}` is {} in {}", setting.name, shown(setting), setting.layer.name());
    let sighting = Sighting::new(setting.place.clone(), Strength::Configured, message).with(value);
    Some(match &setting.default_in {
        Some(reference) if setting.layer == Layer::Program => {
            sighting.default_of(format!("the program (`{reference}`)"))
        }
        Some(reference) => sighting.default_of(format!("`{reference}`")),
        None => sighting,
    })
}

/// The value for people; nothing that may be a secret.
fn shown(setting: &Setting) -> String {
    let hides = ["password", "pass", "pwd", "secret", "token", "key", "credentials"];
    match &setting.held {
        Held::Empty => "empty".to_owned(),
        Held::Elsewhere(_, text) => format!("`{}`", short(text)),
        _ if setting.key.words().last().is_some_and(|last| hides.contains(&last.as_str())) => "set".to_owned(),
        Held::Plain(text) if Connection::parse(text).is_some_and(|found| found.password.is_some()) => "set".to_owned(),
        Held::Plain(text) => format!("`{}`", short(text)),
        Held::List(list) => format!("[{}]", short(&list.join(", "))),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The value as the question means it.
fn typed(facts: &Facts<'_>, setting: &Setting, word: &Word, form: &Form<'_>) -> Option<Observed> {
    let attributes = &word.attributes;
    let shape = attributes.get("as").and_then(|field| field.value.as_str()).or(form.shape);
    let text = match &setting.held {
        Held::Elsewhere(_, text) => return Some(Observed::Opaque(short(text))),
        Held::Empty => return (shape == Some("flag") || is_on(attributes, "any")).then_some(Observed::Flag(false)),
        Held::List(list) if shape == Some("flag") || is_on(attributes, "any") => {
            return Some(Observed::Flag(!list.is_empty()));
        }
        Held::List(list) => list.join(","),
        Held::Plain(text) => text.clone(),
    };
    let listed = |list: &Option<Vec<String>>| {
        list.as_ref().is_some_and(|list| list.iter().any(|one| one.eq_ignore_ascii_case(&text)))
    };
    let flag = if listed(&form.off) {
        Some(false)
    } else if listed(&form.on) {
        Some(true)
    } else if form.on.is_some() {
        return None;
    } else {
        switch(&text)
    };
    let negated = is_on(attributes, "negated");
    match (shape, flag) {
        (Some("level"), _) => Some(level(facts, &text)),
        (Some("word"), _) => Some(Observed::Word(text)),
        (_, Some(flag)) if shape == Some("flag") || negated || !is_number(&text) => {
            Some(Observed::Flag(flag != negated))
        }
        (_, None) if is_on(attributes, "any") => Some(Observed::Flag(true)),
        (Some("flag"), _) => Some(Observed::Flag((text.parse::<f64>() != Ok(0.0)) != negated)),
        _ => Some(amount(setting, &text, attributes, form)),
    }
}

/// On or off, as settings write it.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "enabled" | "enable" | "1" | "t" | "y" => Some(true),
        "false" | "no" | "off" | "disabled" | "disable" | "none" | "0" | "f" | "n" => Some(false),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// A number with the unit that it, its key, its key's list entry or the question names; else a word.
fn amount(setting: &Setting, text: &str, attributes: &Map, form: &Form<'_>) -> Observed {
    let digits = text.replace('_', "");
    if let Ok(number) = digits.parse::<f64>() {
        let named = setting.key.words().last().and_then(|last| unit_of(last));
        // `timeout: 30000` counts seconds in one library and milliseconds in the next.
        let vague = attributes.get("vague_from").and_then(|field| field.value.scalar_text()?.parse::<f64>().ok());
        if named.is_none() && vague.is_some_and(|from| number >= from) {
            return Observed::Opaque(format!("{text}, in a unit that is not said"));
        }
        let unit = named.or_else(|| attributes.get("unit").and_then(|field| field.value.as_str())).or(form.unit);
        let counted = unit.and_then(|unit| Quantity::count(number).counted_in(unit).ok());
        return Observed::Quantity(counted.unwrap_or_else(|| Quantity::count(number)));
    }
    match Quantity::parse(text).ok().filter(|_| looks_like_quantity(text)) {
        Some(quantity) => Observed::Quantity(quantity),
        None => Observed::Word(text.to_owned()),
    }
}

/// The unit that the last word of a key names: `timeout_ms`.
fn unit_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "ms" | "millis" | "milliseconds" | "msec" => "ms",
        "s" | "sec" | "secs" | "seconds" => "s",
        "min" | "mins" | "minutes" => "min",
        "hours" | "hrs" => "h",
        "days" => "d",
        "bytes" => "B",
        "kb" => "KB",
        "mb" => "MB",
        "gb" => "GB",
        "percent" | "pct" => "%",
        "rps" => "req/s",
        "rpm" => "req/min",
        _ => return None,
    })
}
