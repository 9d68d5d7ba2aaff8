//! What was typed, and what it means.

mod arguments;
mod targets;

pub use arguments::{
    CheckArgs, Cli, Colour, Command, ConvertArgs, ExplainArgs, Format, From, Language, ListArgs, ListFormat, Listed,
};

use crate::checklist::{Phase, Selection};
use anyhow::bail;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::path::PathBuf;
use targets::targets;

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

impl CheckArgs {
    fn task(self, matches: &ArgMatches) -> anyhow::Result<Task> {
        let targets = targets(&self.format, &self.output, matches)?;
        let show = Show { colour: self.look.color, verbose: self.verbose };
        let request = Request {
            root: self.root,
            checklist: self.list.checklist,
            selection: Selection { sections: self.sections, categories: self.categories, items: self.items },
            phase: self.phase,
            allow_unknown: self.allow_unknown,
            falsify: self.falsify,
            now: self.look.now(),
            advisory_db: self.look.advisory_db,
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
            now: self.look.now(),
            advisory_db: self.look.advisory_db,
        };
        Task::Explain(request, Show { colour: self.look.color, verbose: true })
    }
}
