//! The program as it is run: arguments in; exit status, standard output and standard error out.

mod convert;

mod outputs;
mod project;
mod statements;
mod status;
mod usage;

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a run came to.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

/// Runs the program in a folder, without the colours that the environment might ask for.
fn run_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tusk-check"));
    command.current_dir(folder).args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    let output = command.envs(environment.iter().copied()).output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(folder: &TempDir, arguments: &[&str]) -> Ran {
    run_with(folder.path(), arguments, &[])
}

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A project with a changelog, and a checklist beside it that asks for one.
fn project() -> TempDir {
    folder(&[
        ("app/CHANGELOG.md", "# Changelog\n\n## 1.0.0\n\n- The first release\n"),
        ("app/src/main.rs", "fn main() {}\n"),
        ("met.tsk", "[team]\nchangelog: @file(\"CHANGELOG.md\")\n"),
        ("unmet.tsk", "[team]\nchangelog: @file(\"CHANGELOG.md\")\nnotice: @file(\"NOTICE.md\")\n"),
        ("unknown.tsk", "[team]\nchangelog: @file(\"CHANGELOG.md\")\nlunch: true\n"),
    ])
}
