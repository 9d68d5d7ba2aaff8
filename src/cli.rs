//! What was typed, and what it means.

use crate::checklist::{BUILT_IN, Phase, Selection};
use anyhow::{Context, bail};
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

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
    list: ChecklistArgs,
    /// Only this section (may be given several times)
    #[arg(long = "section", value_name = "NAME")]
    sections: Vec<String>,
    /// Only this category, by its heading or the first words of it (several times)
    #[arg(long = "category", value_name = "NAME")]
    categories: Vec<String>,
    /// Only this item, or the items below it (several times)
    #[arg(long = "item", value_name = "ID")]
    items: Vec<String>,
    /// Which phase of the release it is; items of later phases are not due
    #[arg(long, value_name = "PHASE", default_value = "pre-release", value_parser = phase_of)]
    pub phase: Phase,
    /// Let unknown items pass: only unmet ones make the project not ready
    #[arg(long)]
    pub allow_unknown: bool,
    /// Take away what proved each met item, in memory, and judge again: an item that stays met by it is vacuous
    #[arg(long)]
    falsify: bool,
    /// How to write the report; the --output after it takes it, otherwise standard output does
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Vec<Format>,
    /// Where to write it; without a --format before it, the end of the name tells (.json, .md, .txt)
    ///
    /// Several pairs may be given in one run: `--format terminal --format json --output a.json --output a.md`.
    #[arg(long, short, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Show every item with all that was seen
    #[arg(long, short)]
    pub verbose: bool,
    /// When colours are used; `NO_COLOR` and `CLICOLOR_FORCE` are heeded
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// A clone of the RustSec advisory database (its age is shown; after 90 days it tells nothing)
    #[arg(long, value_name = "FOLDER")]
    advisory_db: Option<PathBuf>,
    /// The moment that ages are counted from: a day or an RFC 3339 time [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<jiff::Timestamp>,
}

/// Which checklist.
#[derive(Debug, Args)]
struct ChecklistArgs {
    /// A checklist: the name of a built-in one, or a .tsk, .md, .yaml or .toml file
    #[arg(long, value_name = "FILE|NAME", default_value = BUILT_IN[0].name)]
    checklist: String,
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
    list: ChecklistArgs,
    /// When colours are used; `NO_COLOR` and `CLICOLOR_FORCE` are heeded
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// A clone of the RustSec advisory database (its age is shown; after 90 days it tells nothing)
    #[arg(long, value_name = "FOLDER")]
    advisory_db: Option<PathBuf>,
    /// The moment that ages are counted from: a day or an RFC 3339 time [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<jiff::Timestamp>,
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
    list: ChecklistArgs,
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

/// A report to write: in which format, and to which file; `None` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The file.
    pub file: Option<PathBuf>,
}

/// One check, as asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The folder.
    pub root: PathBuf,
    /// The checklist's name or path.
    pub checklist: String,
    /// Which of its items.
    pub selection: Selection,
    /// The phase.
    pub phase: Phase,
    /// Whether unknown items may pass.
    pub allow_unknown: bool,
    /// Whether what proved the met items is taken away and judged again.
    pub falsify: bool,
    /// The moment that ages are counted from.
    pub now: jiff::Timestamp,
    /// A clone of the RustSec advisory database.
    pub advisory_db: Option<PathBuf>,
}

/// A command with its arguments understood.
#[derive(Debug)]
pub enum Task {
    /// Check, and write reports.
    Check(Request, Vec<Target>, Show),
    /// Explain items.
    Explain(Request, Show),
    /// List.
    List(Listed, ListFormat, String),
    /// Convert.
    Convert(ConvertArgs),
}

/// How reports for people look.
#[derive(Clone, Copy, Debug)]
pub struct Show {
    /// When colours are used.
    pub colour: Colour,
    /// Whether everything is shown.
    pub verbose: bool,
}

/// Reads the command line. The error is clap's own for what does not parse (`--help` too), or says what contradicts.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<Task> {
    let matches = Cli::command().try_get_matches_from(arguments)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let inner = matches.subcommand().map_or(&matches, |(_, inner)| inner);
    match cli.command {
        None => cli.check.task(inner),
        Some(Command::Check(check)) => check.task(inner),
        Some(Command::Explain(explain)) => Ok(explain.task()),
        Some(Command::List(list)) => list.task(),
        Some(Command::Convert(convert)) => Ok(Task::Convert(convert)),
    }
}

impl CheckArgs {
    fn task(self, matches: &ArgMatches) -> anyhow::Result<Task> {
        let targets = targets(&self.format, &self.output, matches)?;
        let show = Show { colour: self.color, verbose: self.verbose };
        let request = Request {
            root: self.root,
            checklist: self.list.checklist,
            selection: Selection { sections: self.sections, categories: self.categories, items: self.items },
            phase: self.phase,
            allow_unknown: self.allow_unknown,
            falsify: self.falsify,
            now: self.now.unwrap_or_else(jiff::Timestamp::now),
            advisory_db: self.advisory_db,
        };
        Ok(Task::Check(request, targets, show))
    }
}

impl ListArgs {
    fn task(self) -> anyhow::Result<Task> {
        if self.format == ListFormat::Markdown && self.what != Listed::Rules {
            bail!("Markdown is there for rules only: `tusk-check list rules --format markdown`");
        }
        Ok(Task::List(self.what, self.format, self.list.checklist))
    }
}

impl ExplainArgs {
    fn task(self) -> Task {
        let request = Request {
            root: self.root,
            checklist: self.list.checklist,
            selection: Selection { items: vec![self.item], ..Selection::default() },
            // The last phase: what is explained is judged, whenever it is due.
            phase: Phase::PostRelease,
            allow_unknown: false,
            falsify: false,
            now: self.now.unwrap_or_else(jiff::Timestamp::now),
            advisory_db: self.advisory_db,
        };
        Task::Explain(request, Show { colour: self.color, verbose: true })
    }
}

/// Pairs formats with files in the order in which they were typed: a file takes the format before it, if no other file
/// has taken that one; otherwise the end of its name tells the format.
fn targets(formats: &[Format], files: &[PathBuf], matches: &ArgMatches) -> anyhow::Result<Vec<Target>> {
    enum Typed<'a> {
        Format(Format),
        File(&'a Path),
    }
    let indices = |name: &str| matches.indices_of(name).into_iter().flatten().collect::<Vec<_>>();
    let formats = indices("format").into_iter().zip(formats.iter().map(|format| Typed::Format(*format)));
    let files = indices("output").into_iter().zip(files.iter().map(|file| Typed::File(file)));
    let mut typed: Vec<_> = formats.chain(files).collect();
    typed.sort_by_key(|(index, _)| *index);

    let mut targets: Vec<Target> = Vec::new();
    let mut open = false;
    for (_, typed) in typed {
        match typed {
            Typed::Format(format) => {
                targets.push(Target { format, file: None });
                open = true;
            }
            Typed::File(file) => {
                // `a.json` and `./a.json` are one file.
                let plain = |path: &Path| path.strip_prefix(".").map_or_else(|_| path.to_owned(), Path::to_owned);
                if targets.iter().filter_map(|target| target.file.as_deref()).any(|other| plain(other) == plain(file)) {
                    bail!("two reports for one file: `{}`", file.display());
                }
                match targets.last_mut().filter(|_| open) {
                    Some(target) => target.file = Some(file.to_owned()),
                    None => targets.push(Target { format: format_of(file)?, file: Some(file.to_owned()) }),
                }
                open = false;
            }
        }
    }
    if targets.is_empty() {
        targets.push(Target { format: Format::Terminal, file: None });
    }
    if targets.iter().filter(|target| target.file.is_none()).count() > 1 {
        bail!("two reports for standard output; give each --format but one an --output behind it");
    }
    Ok(targets)
}

fn format_of(file: &Path) -> anyhow::Result<Format> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "json" => Ok(Format::Json),
        "md" | "markdown" => Ok(Format::Markdown),
        "txt" => Ok(Format::Terminal),
        _ => bail!(
            "which format is `{}`? give a --format before it, or end its name in .json, .md or .txt",
            file.display()
        ),
    }
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
