//! What runs on a clock outside CI: Kubernetes `CronJob`s, periodic jobs of Nomad, systemd timers, crontab files, Ansible's cron tasks, clocks of a cloud,
//! Sidekiq's schedule, and those that a program carries.
//!
//! Each program that a clock starts is one entry; scripts of the tree that it starts are followed one step.

mod ansible;
mod cloud;
mod crontab;
mod kubernetes;
mod nomad;
mod program;
mod sidekiq;
mod systemd;

use super::Facts;
use super::ci::cron;
use super::ci::excerpt::Excerpt;
use super::ci::shell::{Settings, Variables, run};
use super::ci::wrap::{Inner, unwrap};
use super::production::{self, Stage};
use crate::evidence::{Blind, Place};
use std::sync::Arc;

/// The most programs that are kept.
const MOST: usize = 5000;

/// What runs on a clock.
#[derive(Debug, Default)]
pub struct Clocks {
    /// The programs, in the order of the files.
    pub runs: Vec<Run>,
    /// What may hold a clock and could not be read.
    pub blind: Vec<Blind>,
}

/// One program that a clock starts, or the image that it starts.
#[derive(Clone, Debug)]
pub struct Run {
    /// The program and its arguments, wrappers taken away; empty when the image alone is known.
    pub words: Vec<String>,
    /// The image that it runs in, where one is named.
    pub image: Option<String>,
    /// Where the program, or else the image, is named.
    pub place: Place,
    /// The clock as it is written.
    pub expression: String,
    /// The longest time between two runs, in seconds; `None` if the clock cannot be read.
    pub gap: Option<f64>,
    /// What it belongs to: `CronJob "backup"`.
    pub whence: String,
    /// Why it counts for nothing: it is suspended, its failure is hidden, it is no production.
    pub excuse: Option<String>,
    /// Whether it is production's and never runs as things stand: suspended, or a timer that nothing enables.
    pub is_off: bool,
}

/// A clock before what it starts is known.
#[derive(Clone, Debug)]
struct Clock {
    expression: String,
    gap: Option<f64>,
    whence: String,
    off: Option<String>,
    aside: Option<String>,
}

impl Clock {
    fn cron(expression: &str, whence: impl Into<String>) -> Self {
        Self {
            expression: expression.to_owned(),
            gap: cron::longest_gap(expression),
            whence: whence.into(),
            off: None,
            aside: None,
        }
    }

    fn run(&self, words: Vec<String>, image: Option<String>, place: Place, excuse: Option<&str>) -> Run {
        Run {
            words,
            image,
            place,
            expression: self.expression.clone(),
            gap: self.gap,
            whence: self.whence.clone(),
            excuse: self.aside.clone().or_else(|| self.off.clone()).or_else(|| excuse.map(str::to_owned)),
            is_off: self.off.is_some() && self.aside.is_none(),
        }
    }
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Clocks {
    let mut clocks = Clocks::default();
    kubernetes::read(facts, &mut clocks);
    nomad::read(facts, &mut clocks);
    systemd::read(facts, &mut clocks);
    crontab::read(facts, &mut clocks);
    ansible::read(facts, &mut clocks);
    cloud::read(facts, &mut clocks);
    sidekiq::read(facts, &mut clocks);
    program::read(facts, &mut clocks);
    clocks.runs.truncate(MOST);
    clocks
}

impl Clocks {
    /// Adds every program that a script runs, and that a script of the tree runs which it starts.
    fn script(&mut self, facts: &Facts<'_>, clock: &Clock, script: &Excerpt, image: Option<&str>, depth: usize) {
        for run in run(script.text(), Settings::default(), Variables::new([], None)) {
            let place = script.place(run.range.clone());
            self.program(facts, clock, run.words, &place, image, run.excuse, depth);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one program with where it stands and what it belongs to")]
    fn program(
        &mut self,
        facts: &Facts<'_>,
        clock: &Clock,
        words: Vec<String>,
        place: &Place,
        image: Option<&str>,
        excuse: Option<&str>,
        depth: usize,
    ) {
        if self.runs.len() >= MOST || words.is_empty() {
            return;
        }
        let image_text = image.map(str::to_owned);
        match unwrap(words) {
            Inner::Words(words) => {
                if depth > 0
                    && let Some(found) = words.first().and_then(|word| in_tree(facts, word))
                {
                    self.follow(facts, clock, &found, image, excuse, depth);
                }
                self.runs.push(clock.run(words, image_text, place.clone(), excuse));
            }
            Inner::Script(text, _) if depth > 0 => {
                let excerpt = Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), text);
                self.script(facts, clock, &excerpt, image, depth - 1);
            }
            Inner::File(file, arguments, _) => {
                if depth > 0
                    && let Some(found) = in_tree(facts, &file)
                {
                    self.follow(facts, clock, &found, image, excuse, depth);
                }
                let words = std::iter::once(file).chain(arguments).collect();
                self.runs.push(clock.run(words, image_text, place.clone(), excuse));
            }
            Inner::Script(..) => {}
        }
    }

    fn follow(
        &mut self,
        facts: &Facts<'_>,
        clock: &Clock,
        path: &Arc<str>,
        image: Option<&str>,
        excuse: Option<&str>,
        depth: usize,
    ) {
        let Some(source) = facts.tree.text(path) else { return };
        let before = self.runs.len();
        let whole = crate::source::Span::new(0, source.text().len());
        let mut inner = clock.clone();
        inner.whence = format!("{} by {path}", clock.whence);
        self.script(facts, &inner, &Excerpt::verbatim(source, whole), image, depth - 1);
        for run in &mut self.runs[before..] {
            run.excuse = run.excuse.take().or_else(|| excuse.map(str::to_owned));
        }
    }
}

/// The script of the tree that a program's path means: `/usr/local/bin/backup.sh` is `scripts/backup.sh` when no other
/// file has that name.
fn in_tree(facts: &Facts<'_>, word: &str) -> Option<Arc<str>> {
    let name = word.rsplit('/').next()?;
    let is_shell = |path: &str| path.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension, "sh" | "bash"));
    if !(is_shell(name) || word.contains('/')) || word.starts_with("/usr/bin/") {
        return None;
    }
    let is_script =
        |path: &str| facts.tree.text(path).is_some_and(|source| source.text().starts_with("#!") || is_shell(path));
    let mut named = facts
        .tree
        .files()
        .iter()
        .filter(|file| file.name() == name && !production::is_fixture(&file.path) && is_script(&file.path));
    let first = named.next()?;
    named.next().is_none().then(|| first.path.clone())
}

/// Why a file's clocks are no production, by its path.
fn aside(path: &str) -> Option<String> {
    match production::stage_of_path(path) {
        Stage::Never(word) => Some(format!("\"{word}\" in its path")),
        _ => None,
    }
}
