//! Parses the arguments, calls `run`, maps its answer to an exit status, prints one error chain.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use tusk_check::checklist::Broken;
use tusk_check::cli;
use tusk_check::run::{Exit, Screen, run};

/// A run makes very many small values (texts, maps, sightings), so the allocator decides a good part of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let exit =
        match cli::parse(std::env::args_os()).and_then(|task| run(task, &mut out, &mut std::io::stderr(), screen())) {
            Ok(exit) => exit,
            Err(error) => failure(&error),
        };
    ExitCode::from(exit.status())
}

/// What standard output is.
fn screen() -> Screen {
    let is_terminal = std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    Screen { width: is_terminal.then_some(width), forced: forced() }
}

/// `NO_COLOR` (set and not empty) forbids colours; `CLICOLOR_FORCE` (set and not `0`) asks for them.
fn forced() -> Option<bool> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Some(false)
    } else {
        set("CLICOLOR_FORCE").then_some(true)
    }
}

/// Prints what went wrong: help and usage as clap writes them, a broken text with its lines, anything else as a chain.
fn failure(error: &anyhow::Error) -> Exit {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        let _ = usage.print();
        return if usage.use_stderr() { Exit::Failed } else { Exit::Ready };
    }
    let colour = forced().unwrap_or_else(|| std::io::stderr().is_terminal());
    let text = match error.downcast_ref::<Broken>() {
        Some(broken) => broken.render(colour),
        None => format!("error: {}\n", tusk_check::diagnostic::visible(&format!("{error:#}"))),
    };
    // Nothing is left to be done where the error itself cannot be written.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    Exit::Failed
}
