//! The program, read from the top: [`run`] is its table of contents.

use crate::check::{Plan, bind};
use crate::checklist::{self, Broken, Checklist, Loaded};
use crate::cli::{Colour, Format, ListFormat, Listed, Request, Show, Target, Task};
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::facts::advisories::AdvisoryDb;
use crate::facts::attestations::{self, Attestations};
use crate::facts::own_files::OwnFile;
use crate::facts::parallel;
use crate::facts::project::{self, Project};
use crate::falsify::Trial;
use crate::nearest::nearest;
use crate::report::terminal::{self, Look};
use crate::report::{self, ChecklistReport, Outcome, Report, Run, Unread, Warning, json, markdown};
use crate::rules::{self, Binding, RuleSet};
use crate::source::Source;
use crate::tree::Tree;
use crate::{explain, file, list, translate};
use anyhow::{anyhow, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the project is ready, or the command did what it was asked.
    Ready,
    /// 1: the project is not ready.
    NotReady,
    /// 2: it could not be checked.
    Failed,
    /// 3: nothing was checked.
    NothingChecked,
}

impl Exit {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::NotReady => 1,
            Self::Failed => 2,
            Self::NothingChecked => 3,
        }
    }
}

/// Where standard output goes, as the process knows it.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Columns, if it is a terminal.
    pub width: Option<usize>,
    /// Whether the environment asks for colours (`CLICOLOR_FORCE`), forbids them (`NO_COLOR`), or neither.
    pub forced: Option<bool>,
}

/// Does what was asked for, and writes to `out` what belongs on standard output.
///
/// What is odd about a text that was read, and stands in no report, goes to `notes`.
pub fn run(task: Task, out: &mut dyn Write, notes: &mut dyn Write, screen: Screen) -> anyhow::Result<Exit> {
    match task {
        Task::Check(request, targets, show) => {
            let report = check(&request)?;
            write_reports(&report, &targets, show, out, screen)?;
            Ok(exit(report.outcome))
        }
        Task::Explain(request, show) => {
            let text = explain::explain(&request, screen.look(show))?;
            print(out, &text)
        }
        Task::List(Listed::Items, _, name) => print(out, &list::items(&checklist::load(&name)?.checklist)),
        Task::List(Listed::Rules, ListFormat::Terminal, _) => print(out, &list::rules(rules::embedded())),
        Task::List(Listed::Rules, ListFormat::Markdown, _) => print(out, &list::rules_markdown(rules::embedded())),
        Task::List(Listed::Probes, ..) => print(out, &list::probes()),
        Task::List(Listed::Checklists, ..) => print(out, &list::checklists()?),
        Task::Convert(convert) => {
            let (text, odd) = translate::translate(&convert)?;
            // Where warnings cannot be written, nothing can be said about it either.
            let _ = notes.write_all(odd.as_bytes());
            match &convert.output {
                Some(path) => file::write(path, &text).map(|()| Exit::Ready),
                None => print(out, &text),
            }
        }
    }
}

/// Checks a folder against a checklist.
pub fn check(request: &Request) -> anyhow::Result<Report> {
    // Reading the catalogue takes longer than reading a checklist and walking a small tree.
    let (rules, loaded, tree) = std::thread::scope(|scope| {
        let rules = scope.spawn(rules::embedded);
        let (loaded, tree) = (checklist::load(&request.checklist), Tree::walk(&request.root));
        (rules.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), loaded, tree)
    });
    let Loaded { checklist, source, warnings } = loaded?;
    let selected = request.selection.of(&checklist)?;
    let bindings = bound(&checklist, rules)?;
    // What the items of another checklist are composed of may stand in the production checklist only.
    let production = (checklist.name != "production").then(checklist::production);
    let behind = match &production {
        Some(production) => Some((production, bound(production, rules)?)),
        None => None,
    };
    let plan = Plan { checklist: &checklist, bindings, behind, phase: request.phase };
    let tree = tree.map_err(|error| mistyped(&request.root).unwrap_or(error))?;
    let advisories = request.advisory_db.as_deref().map(AdvisoryDb::open).transpose()?.map(Arc::new);
    let patterns = Arc::new(plan.patterns());
    let facts = Facts::new(&tree, request.now).with_advisories(advisories.clone()).with_patterns(Arc::clone(&patterns));
    let stated = facts.attestations();
    let project = facts.project();
    if let Some(broken) = stated.file.broken().or_else(|| project.file.broken()) {
        return Err(broken.into());
    }
    let check = plan.on(&facts);
    if let Some(item) = check.circle() {
        let message = format!("`{}` is composed of itself, by way of `@item`", item.id);
        return Err(broken(vec![(item.source.clone(), Diagnostic::error(item.span, message))]));
    }
    let is_whole = selected.len() == checklist.items().count();
    let judged = std::thread::scope(|scope| {
        // To gather the literals of all patterns takes as long as the first items, which look for none.
        if is_whole {
            scope.spawn(|| patterns.prepare());
        }
        check.run(|item| selected.contains(item.id.as_str()))
    });
    let trial = Trial { plan: &plan, tree: &tree, now: request.now, patterns, advisories };
    let fates = if request.falsify { trial.run(&judged) } else { BTreeMap::new() };
    let items = parallel::map(&judged, |&(item, binding, judgement)| {
        let report = report::build::item(&facts, item, binding, judgement);
        report::build::tried(&tree, report, fates.get(item.id.as_str()))
    });
    let unread = unread(&facts, is_whole, &items);
    let of_checklist = warnings.iter().map(|warning| shown(&source, warning));
    let known = checklist.items().chain(production.iter().flat_map(Checklist::items));
    let of_own_files = own_warnings(stated, project, &known.map(|item| item.id.as_str()).collect());
    let report = Report::new(
        header(request, &checklist, &tree, selected.len()),
        items,
        unread,
        of_checklist.chain(of_own_files).collect(),
    );
    // The process is about to end: to give back what is known of the tree piece by piece takes as long as to walk it.
    std::mem::forget(check);
    std::mem::forget(facts);
    std::mem::forget(tree);
    Ok(report)
}

/// Which rule asks for each item; a word that no rule knows is an error of the checklist.
pub(crate) fn bound(checklist: &Checklist, rules: &RuleSet) -> anyhow::Result<Vec<Option<Binding>>> {
    bind(checklist, rules).map_err(broken)
}

/// Faults of one or several texts as one error.
fn broken(faults: Vec<(Source, Diagnostic)>) -> anyhow::Error {
    let mut texts: Vec<Broken> = Vec::new();
    for (source, fault) in faults {
        match texts.last_mut().filter(|text| text.source.name() == source.name()) {
            Some(text) => text.diagnostics.push(fault),
            None => texts.push(Broken { source, diagnostics: vec![fault] }),
        }
    }
    match texts.len() {
        1 => texts.remove(0).into(),
        _ => anyhow!(texts.iter().map(Broken::to_string).collect::<Vec<_>>().join("\n")),
    }
}

fn header(request: &Request, checklist: &Checklist, tree: &Tree, selected: usize) -> Run {
    let project = tree.root().file_name().map(|name| name.to_string_lossy().into_owned());
    Run {
        root: request.root.to_string_lossy().into_owned(),
        project: project.unwrap_or_else(|| "/".to_owned()),
        checklist: ChecklistReport {
            name: checklist.name.clone(),
            path: checklist.path.clone(),
            items: checklist.items().count(),
            selected,
        },
        phase: request.phase,
        now: request.now,
        allow_unknown: request.allow_unknown,
        own_files: own_files(checklist, tree),
    }
}

/// The files of the project's own folder that this run read.
fn own_files(checklist: &Checklist, tree: &Tree) -> Vec<String> {
    let asked = checklist
        .path
        .as_deref()
        .into_iter()
        .filter_map(|path| path.find(".tusk-check/").and_then(|at| path.get(at..)));
    let stated = [attestations::PATH, project::PATH].into_iter().filter(|path| tree.file(path).is_some());
    asked.chain(stated).map(str::to_owned).collect()
}

/// Which statements do not count, and why. A statement may be about an item that only the built-in checklist has.
fn own_warnings(stated: &Attestations, project: &Project, known: &BTreeSet<&str>) -> Vec<Warning> {
    let files = [(&stated.file, stated.diagnostics(known)), (&project.file, project.diagnostics(known))];
    let of_file = |(file, found): (&OwnFile, Vec<Diagnostic>)| {
        file.source.iter().flat_map(|source| found.iter().map(|one| shown(source, one))).collect::<Vec<_>>()
    };
    files.into_iter().flat_map(of_file).collect()
}

/// Everything that could not be looked at, each once.
///
/// Whoever asks for everything is told of a settings file, too, that may hold nothing that is asked for.
fn unread(facts: &Facts<'_>, is_whole: bool, items: &[report::ItemReport]) -> Vec<Unread> {
    let tree = facts.tree;
    let of_settings = is_whole.then(|| facts.config().unparsed()).into_iter().flatten();
    let of_tree = tree.blind().iter().chain(of_settings).map(|blind| report::build::unread(tree, blind));
    let of_items = items.iter().flat_map(|item| item.unread.iter().cloned());
    let all: BTreeSet<Unread> = of_tree.chain(of_items).collect();
    all.into_iter().collect()
}

fn shown(source: &Source, warning: &Diagnostic) -> Warning {
    let start = source.line_col(warning.span.start);
    Warning {
        path: source.name().to_owned(),
        line: Some(start.line),
        column: Some(start.column),
        message: warning.message.clone(),
    }
}

/// Whoever mistypes a command has named a folder that is not there.
fn mistyped(root: &Path) -> Option<anyhow::Error> {
    let name = root.to_string_lossy();
    let could_be = !name.contains(['/', '.', '\\']) && !root.exists();
    let command = nearest(&name, ["check", "explain", "list", "convert"]).filter(|_| could_be)?;
    Some(anyhow!("no folder `{name}`, and no command of that name; the nearest is `{command}`"))
}

/// Writes each report where it belongs; files first, so that a closed pipe loses none.
fn write_reports(
    report: &Report,
    targets: &[Target],
    show: Show,
    out: &mut dyn Write,
    screen: Screen,
) -> anyhow::Result<()> {
    let (files, screens): (Vec<_>, Vec<_>) = targets.iter().partition(|target| target.file.is_some());
    for target in files {
        let Some(path) = &target.file else { continue };
        let look = Look { width: Screen::PIPE, colour: show.colour == Colour::Always, verbose: show.verbose };
        file::write(path, &written(report, target.format, look)?)?;
    }
    for target in screens {
        print(out, &written(report, target.format, screen.look(show))?)?;
    }
    Ok(())
}

fn written(report: &Report, format: Format, look: Look) -> anyhow::Result<String> {
    match format {
        Format::Terminal => Ok(terminal::write(report, look)),
        Format::Markdown => Ok(markdown::write(report)),
        Format::Json => json::write(report),
    }
}

fn print(out: &mut dyn Write, text: &str) -> anyhow::Result<Exit> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Exit::Ready),
        // Whoever reads has read enough; the verdict stands.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Ready),
        Err(error) => bail!("cannot write to standard output: {error}"),
    }
}

fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Ready => Exit::Ready,
        Outcome::NotReady => Exit::NotReady,
        Outcome::NothingChecked => Exit::NothingChecked,
    }
}

impl Screen {
    /// Columns where nobody says how many there are: a pipe, a file.
    pub const PIPE: usize = 100;

    fn look(self, show: Show) -> Look {
        let colour = match show.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => self.forced.unwrap_or(self.width.is_some()),
        };
        Look { width: self.width.map_or(Self::PIPE, |width| width.clamp(60, 120)), colour, verbose: show.verbose }
    }
}
