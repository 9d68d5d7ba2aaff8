//! What can be typed, as clap reads it. The docs of this file are the text of `--help`.

use crate::checklist::{BUILT_IN, Phase};
use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Judges a project against a production checklist and shows what proves each verdict.
#[derive(Debug, Parser)]
#[command(
    name = "tusk-check",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = "Exit status: 0 ready; 1 not ready: an item is unmet or unknown; 2 could not check; 3 nothing was checked.\n\
                  Without a command, `tusk-check [PATH]` checks a folder: `tusk-check check --help` explains how."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to check, when no command is given.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a folder against a checklist (the default)
    Check(CheckArgs),
    /// Say what an item asks for, what would prove it, and what was found
    Explain(ExplainArgs),
    /// List what the program knows
    List(ListArgs),
    /// Read TuskLang (also out of Markdown), YAML, TOML or JSON and write another of them
    Convert(ConvertArgs),
}

/// How to check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The folder that holds the project
    #[arg(value_name = "PATH", default_value = ".")]
    pub root: PathBuf,
    #[command(flatten)]
    pub(super) list: ChecklistArgs,
    /// Only this section (may be given several times)
    #[arg(long = "section", value_name = "NAME")]
    pub(super) sections: Vec<String>,
    /// Only this category, by its heading or the first words of it (several times)
    #[arg(long = "category", value_name = "NAME")]
    pub(super) categories: Vec<String>,
    /// Only this item, or the items below it (several times)
    #[arg(long = "item", value_name = "ID")]
    pub(super) items: Vec<String>,
    /// Which phase of the release it is; items of later phases are not due
    #[arg(long, value_name = "PHASE", default_value = "pre-release", value_parser = phase_of)]
    pub phase: Phase,
    /// Let unknown items pass: only unmet ones make the project not ready
    #[arg(long)]
    pub allow_unknown: bool,
    /// Take away what proved each met item, in memory, and judge again: an item that stays met by it is vacuous
    #[arg(long)]
    pub(super) falsify: bool,
    /// How to write the report; the --output after it takes it, otherwise standard output does
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(super) format: Vec<Format>,
    /// Where to write it; without a --format before it, the end of the name tells (.json, .md, .txt)
    ///
    /// Several pairs may be given in one run: `--format terminal --format json --output a.json --output a.md`.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,
    /// Show every item with what was seen
    #[arg(long, short)]
    pub verbose: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

/// Which checklist.
#[derive(Debug, Args)]
pub(super) struct ChecklistArgs {
    /// A checklist: the name of a built-in one, or a .tsk, .md, .yaml or .toml file
    #[arg(long, value_name = "FILE|NAME", default_value = BUILT_IN[0].name)]
    pub(super) checklist: String,
}

/// How to look, and to show it.
#[derive(Debug, Args)]
pub(super) struct LookArgs {
    /// When colours are used; `NO_COLOR` and `CLICOLOR_FORCE` are heeded
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub(super) color: Colour,
    /// A clone of the RustSec advisory database (its age is shown; after 90 days it tells nothing)
    #[arg(long, value_name = "FOLDER")]
    pub(super) advisory_db: Option<PathBuf>,
    /// The moment that ages are counted from: a day or an RFC 3339 time [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<jiff::Timestamp>,
}

impl LookArgs {
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.now.unwrap_or_else(jiff::Timestamp::now)
    }
}

/// What to explain.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The item, by its id, or what holds several items
    pub item: String,
    /// The folder that holds the project
    #[arg(value_name = "PATH", default_value = ".")]
    pub root: PathBuf,
    #[command(flatten)]
    pub(super) list: ChecklistArgs,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

/// What to list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list
    #[arg(value_enum)]
    pub what: Listed,
    /// How to write it; Markdown is there for rules
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Terminal)]
    pub format: ListFormat,
    #[command(flatten)]
    pub(super) list: ChecklistArgs,
}

/// What to convert.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// The file to read
    pub file: PathBuf,
    /// What it is written in [default: told by its name]
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    pub from: Option<From>,
    /// What to write
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    pub to: Language,
    /// Where to write it [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// The items of the checklist
    Items,
    /// The rules, and the question that each asks
    Rules,
    /// The instruments that rules use
    Probes,
    /// The checklists that come with the program
    Checklists,
}

/// The formats of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For a person at a terminal
    Terminal,
    /// As a reference to publish
    Markdown,
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person at a terminal, or a log
    Terminal,
    /// For a release manager to sign
    Markdown,
    /// For programs
    Json,
}

/// The languages that `convert` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum From {
    /// `TuskLang`
    #[value(alias = "tsk")]
    Tusk,
    /// The `TuskLang` blocks of a Markdown document
    #[value(alias = "md")]
    Markdown,
    /// YAML
    #[value(alias = "yml")]
    Yaml,
    /// TOML
    Toml,
    /// JSON
    Json,
}

/// The languages that `convert` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// `TuskLang`
    #[value(alias = "tsk")]
    Tusk,
    /// YAML
    #[value(alias = "yml")]
    Yaml,
    /// TOML
    Toml,
    /// JSON
    Json,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn phase_of(word: &str) -> anyhow::Result<Phase> {
    let words = Phase::ALL.map(Phase::word);
    let hint = crate::nearest::hint(word, &words.into_iter().collect());
    Phase::of(word).with_context(|| format!("no phase `{word}`{hint}"))
}

/// A day (its first moment, UTC) or an RFC 3339 time.
fn moment(text: &str) -> anyhow::Result<jiff::Timestamp> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(moment);
    }
    let day: jiff::civil::Date =
        text.parse().ok().context("expected a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z")?;
    Ok(day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp())
}
