//! `@source`: what the product's code says, without comments, tests, examples, vendored and generated code.

use super::file::Globs;
use super::text::{line_of, without_lead};
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, fallback_of, literal_of, observe, serves_not, serves_nothing};
use crate::facts::config::conditional::is_left_to_development;
use crate::facts::config::{is_connector, not_chosen};
use crate::facts::production::is_in_class_aside;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::enclosing;
use crate::value::Value;
use std::cell::{LazyCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// More sightings than this say nothing more.
const MOST: usize = 50;

/// How far `near` reaches when `lines` is not given.
const NEAR_LINES: u32 = 10;

/// How many lines above a match `unless` looks at.
const UNLESS_LINES: u32 = 8;

/// `@source(regex…)`.
pub static PROBE: Probe = Probe {
    name: "source",
    summary: "Matches of a pattern in code that ships; yields the group `value`, constants folded. `near` keeps those with \
              another pattern within so many lines; `unless` drops those with one on their line or in the eight (`above`) over it; \
              `unless_with` drops those with one between the same brackets or in the same block; `but` drops those whose own text matches; \
              `called_from` keeps those in a file with another pattern, or in a function that such a file calls; \
              `called` drops a function that nothing else names, and what stands in it; \
              `inside` keeps those in a type, function or block whose first line matches, `outside` drops them; \
              `production` drops those in a branch that only development takes, and in its class of settings; \
              `server` drops those in code of browsers and in scripts; \
              `own` drops those in code that calls somebody else's API, by its path, or reaches databases of the users; \
              `service` drops those in programs that serve nothing, where another one does; `says` is what such a line does, in words; `default` marks values that nobody may have set; \
              `path` keeps those in files that a glob matches, or drops them where it begins with `!`; \
              `chosen` drops a database driver that production's environment does not choose; \
              `literal` keeps those whose group `value` is a text of the tree or the name of one, and never shows it; \
              `fallback` those where it is one as long as the environment of production gives nothing; \
              `switchable` keeps those behind a switch that is off only where the environment does not give it",
    usage: "@source(regex…) {near: regex, lines: n, unless: regex, above: n, unless_with: regex, but: regex, called_from: regex, called, inside: regex, outside: regex, path: glob, production, server, own, service, chosen, literal, fallback, switchable, default: \"the program\", unit, says: \"what it does\"}",
    arity: (1, usize::MAX),
    patterns_from: Some(0),
    facts: &[],
    options: &[
        "near",
        "lines",
        "unless",
        "above",
        "unless_with",
        "but",
        "called_from",
        "called",
        "inside",
        "outside",
        "path",
        "production",
        "server",
        "own",
        "service",
        "chosen",
        "literal",
        "fallback",
        "switchable",
        "default",
        "unit",
        "says",
        "some",
    ],
    look,
};

/// The patterns that a question looks for, as the view of the code wants them gathered.
pub fn patterns(question: &Question) -> impl Iterator<Item = &str> {
    question.words_from(0).map(|word| &*word.text).chain(question.option_text("called_from"))
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let code = facts.code();
    let (near, unless) = (Around::of(question, "near"), Around::of(question, "unless"));
    // Who calls is looked for when there is something to call.
    let callers =
        LazyCell::new(|| question.option_text("called_from").map(|pattern| paths(&code.find(facts, pattern))));
    let lines = question.option("lines").and_then(Value::as_number).map_or(NEAR_LINES, whole);
    let above = question.option("above").and_then(Value::as_number).map_or(UNLESS_LINES, whole);
    let compiled = |option| question.option_text(option).map(|pattern| compile(pattern).ok());
    let inside = LazyCell::new(|| compiled("inside"));
    let outside = LazyCell::new(|| compiled("outside").flatten());
    let unless_with = LazyCell::new(|| compiled("unless_with").flatten());
    let but = LazyCell::new(|| compiled("but").flatten());
    let globs = question.option_text("path").map(|glob| {
        let left_out = glob.strip_prefix('!');
        let word = Word { text: left_out.unwrap_or(glob).into(), ..Word::default() };
        (Globs::of(std::iter::once(&word)), left_out.is_none())
    });
    let mut answer = Answer::default();
    for word in question.words_from(0) {
        for hit in code.find(facts, &word.text).iter() {
            let is_elsewhere = question.is_set("server") && serves_nothing(&hit.path)
                || question.is_set("own") && (calls_another(&hit.path) || is_connector(facts, &hit.path))
                || globs.as_ref().is_some_and(|(globs, wanted)| globs.matches(&hit.path) != *wanted);
            let is_about_another = unless.as_ref().is_some_and(|unless| unless.is_above(facts, hit, above));
            let is_outside = inside.as_ref().is_some_and(|inside| !is_inside(facts, inside.as_ref(), hit))
                || outside.as_ref().is_some_and(|outside| is_inside(facts, Some(outside), hit));
            let is_for_development = question.is_set("production") && is_for_development(facts, hit);
            let is_mention = asks_for_a_call(&word.text) && code.is_quoted(facts, hit) || code.is_printed(facts, hit);
            let is_answered =
                unless_with.as_ref().is_some_and(|with| around(facts, hit).is_some_and(|text| with.is_match(text)));
            let is_excepted =
                but.as_ref().is_some_and(|but| own_text(facts, hit).is_some_and(|text| but.is_match(text)));
            if is_elsewhere
                || is_excepted
                || is_about_another
                || is_answered
                || is_outside
                || is_for_development
                || is_mention
                || question.is_set("called") && code.is_left_alone(facts, hit)
                || near.as_ref().is_some_and(|near| !near.is_within(facts, hit, lines))
                || callers.as_ref().is_some_and(|callers| !is_called_from(facts, callers, hit))
            {
                continue;
            }
            let found = if question.is_set("literal") {
                named(hit, literal_of(facts, hit), question)
            } else if question.is_set("fallback") {
                named(hit, fallback_of(facts, hit), question)
            } else {
                sighting(facts, hit, question)
            };
            let Some(mut sighting) = found else { continue };
            let beside = || {
                (question.is_set("service") && serves_not(facts, &hit.path))
                    .then_some("a program that is not the service")
            };
            let other = question.is_set("chosen").then(|| not_chosen(facts, &hit.path)).flatten();
            if let Some(why) = other.or_else(|| beside().map(str::to_owned)) {
                sighting.message = format!("{}; {why}", sighting.message);
                answer.notes.extend((answer.notes.len() < MOST).then_some(sighting));
                continue;
            }
            sighting.default_of = question.option_text("default").map(str::to_owned);
            if let Some(why) = code.left_out(facts, &hit.path, hit.span.start) {
                sighting.message = format!("{}; {why}", sighting.message);
                let is_open =
                    question.is_set("switchable") && code.is_left_to_the_environment(facts, &hit.path, hit.span.start);
                let found = if is_open { &mut answer.seen } else { &mut answer.notes };
                if found.len() < MOST {
                    found.push(sighting);
                }
            } else if answer.seen.len() < MOST {
                answer.seen.push(sighting);
            }
        }
    }
    answer
}

fn sighting(facts: &Facts<'_>, hit: &Hit, question: &Question) -> Option<Sighting> {
    let source = facts.tree.text(&hit.path)?;
    let whole = without_lead(source.text(), hit.span);
    let line = line_of(source, whole.start);
    let message = match question.option_text("says") {
        Some(says) => format!("{says}: `{line}`"),
        None => line,
    };
    let unit = question.option_text("unit");
    Some(match &hit.value {
        None => Sighting::new(Place::at(hit.path.clone(), whole), Strength::Configured, message),
        Some((value, span)) => {
            let code = facts.code().file(&hit.path)?.code(facts)?;
            let place = Place::at(hit.path.clone(), *span);
            Sighting::new(place, Strength::Configured, message).with(observe(code.product(), value, unit))
        }
    })
}

/// The text of the tree that a match is given, by what it is for and the name that it has there.
fn named(hit: &Hit, place: Option<Place>, question: &Question) -> Option<Sighting> {
    let place = place?;
    let says = question.option_text("says").unwrap_or("a text of the tree");
    let name = hit.value.as_ref().map(|(name, _)| name.as_str()).filter(|name| !name.contains(['"', '\'', '`']));
    let message = name.map_or_else(|| says.to_owned(), |name| format!("{says}: `{name}`"));
    Some(Sighting::new(place, Strength::Configured, message))
}

/// Whether a pattern looks for code that calls something or names it by its module, and not for words (a statement of
/// SQL, a name, a path).
fn asks_for_a_call(pattern: &str) -> bool {
    let calls = ["\\(", "::", "#\\["].iter().any(|mark| pattern.contains(mark));
    calls && !pattern.starts_with("(?i)") && !pattern.contains(['"', '\'', '`'])
}

/// The files of some hits.
fn paths(hits: &[Hit]) -> BTreeSet<Arc<str>> {
    hits.iter().map(|hit| hit.path.clone()).collect()
}

/// What must, or must not, stand around a match; looked for in the files that have one.
struct Around<'q> {
    pattern: &'q str,
    /// The lines of a file that it stands on.
    lines: RefCell<BTreeMap<Arc<str>, Vec<u32>>>,
}

impl<'q> Around<'q> {
    fn of(question: &'q Question, option: &str) -> Option<Self> {
        question.option_text(option).map(|pattern| Self { pattern, lines: RefCell::default() })
    }

    /// Whether it stands on some line, given that line and that of a match.
    fn stands(&self, facts: &Facts<'_>, hit: &Hit, fits: impl Fn(u32, u32) -> bool) -> bool {
        let Some(source) = facts.tree.text(&hit.path) else { return false };
        let line = |hit: &Hit| source.line_col(hit.span.start).line;
        let mut lines = self.lines.borrow_mut();
        let found = lines
            .entry(hit.path.clone())
            .or_insert_with(|| facts.code().find_in(facts, &hit.path, self.pattern).iter().map(line).collect());
        let own = line(hit);
        found.iter().any(|&other| fits(other, own))
    }

    /// Whether it stands within so many lines of a match.
    fn is_within(&self, facts: &Facts<'_>, hit: &Hit, reach: u32) -> bool {
        self.stands(facts, hit, |other, own| other.abs_diff(own) <= reach)
    }

    /// Whether it stands on the line of a match, or on one of the few above it.
    fn is_above(&self, facts: &Facts<'_>, hit: &Hit, reach: u32) -> bool {
        self.stands(facts, hit, |other, own| other <= own && own - other <= reach)
    }
}

/// A number of lines; a negative one is none.
fn whole(lines: f64) -> u32 {
    u32::try_from(lines as i64).unwrap_or(0)
}

/// Whether a match stands in one of some files, or in a function that one of them calls.
fn is_called_from(facts: &Facts<'_>, callers: &BTreeSet<Arc<str>>, hit: &Hit) -> bool {
    callers.contains(&hit.path) || callers.iter().any(|path| facts.code().calls(facts, path, hit))
}

/// Whether a match stands in something whose first line matches, as the indentation shows it.
fn is_inside(facts: &Facts<'_>, first_line: Option<&Regex>, hit: &Hit) -> bool {
    let (Some(first_line), Some(before)) = (first_line, before(facts, hit)) else { return false };
    enclosing(before).any(|line| first_line.is_match(line))
}

/// The text that a pattern matched.
fn own_text<'f>(facts: &'f Facts<'_>, hit: &Hit) -> Option<&'f str> {
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    code.get(hit.span.start as usize..hit.span.end as usize)
}

/// Whether a match stands in a branch that production does not take, or in a class of settings for something else.
fn is_for_development(facts: &Facts<'_>, hit: &Hit) -> bool {
    let names_settings = ["config", "settings"].iter().any(|word| hit.path.contains(word));
    before(facts, hit).is_some_and(|before| {
        is_left_to_development(before) || names_settings && is_in_class_aside(&hit.path, before, before.len())
    })
}

/// The code that stands before a match.
fn before<'f>(facts: &'f Facts<'_>, hit: &Hit) -> Option<&'f str> {
    let code = facts.code().file(&hit.path)?.code(facts)?;
    code.product().get(..hit.span.start as usize)
}

/// How far brackets around a match are looked for, both ways.
const BRACKETED: usize = 4_000;

/// The text between the innermost brackets around a match: the fields of its literal, the arguments of its call. Where
/// none are, its block.
fn around<'f>(facts: &'f Facts<'_>, hit: &Hit) -> Option<&'f str> {
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    let (start, end) = (hit.span.start as usize, hit.span.end as usize);
    bracketed(code, start, end).or_else(|| indented(code, start))
}

fn bracketed(code: &str, start: usize, end: usize) -> Option<&str> {
    let edge = |bytes: &mut dyn Iterator<Item = &u8>, opening: &[u8], closing: &[u8]| {
        let mut depth = 0_usize;
        bytes.take(BRACKETED).position(|byte| {
            if closing.contains(byte) {
                depth += 1;
            } else if opening.contains(byte) {
                if depth == 0 {
                    return true;
                }
                depth -= 1;
            }
            false
        })
    };
    let (open, close) = (b"({[", b")}]");
    let before = edge(&mut code.as_bytes().get(..start)?.iter().rev(), open, close)?;
    let after = edge(&mut code.as_bytes().get(end..)?.iter(), close, open)?;
    code.get(start - before..end + after)
}

/// The lines around a place that stand as deep as its own, or deeper.
fn indented(code: &str, at: usize) -> Option<&str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let first = code.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let own = depth(code.get(first..)?.lines().next()?);
    let belongs = |line: &&str| line.trim().is_empty() || depth(line) >= own;
    let above: usize = code[..first].split_inclusive('\n').rev().take_while(belongs).map(str::len).sum();
    let below: usize = code[first..].split_inclusive('\n').take_while(belongs).map(str::len).sum();
    (own > 0).then(|| &code[first - above..first + below])
}

/// Whether code calls somebody else's API, by its path: what it proves and checks there is not what the service asks of
/// its own users.
fn calls_another(path: &str) -> bool {
    const FOLDERS: &[&str] =
        &["client", "clients", "integration", "integrations", "connector", "connectors", "thirdparty"];
    // Whom the service believes: who its issuer is and how it is reached is said of somebody else.
    const PROVIDERS: &[&str] = &["identity_provider", "identityprovider", "identity-provider"];
    const WORDS: &[&str] = &[
        "client",
        "github",
        "gitlab",
        "bitbucket",
        "apns",
        "fcm",
        "vapid",
        "webpush",
        "docusign",
        "snowflake",
        "zoom",
        "gcs",
        "gcp",
        "s3",
        "bigquery",
        "pubsub",
    ];
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = name.split('.').next().unwrap_or(name);
    let says_so = |name: &str| name.split(['-', '_']).any(|word| WORDS.contains(&word));
    // `uaaClient.js`, too.
    folders.split('/').any(|folder| FOLDERS.contains(&folder) || says_so(folder))
        || says_so(stem)
        || stem.ends_with("client")
        || PROVIDERS.contains(&stem)
}
