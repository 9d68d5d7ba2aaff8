//! `rake`: the tasks that it is given, or those of `default`, with what they need and the commands that they run.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::rake_file::{Act, Definition, Outcome, definitions};
use super::{Call, Walk};
use crate::evidence::Place;
use crate::pattern::pattern;
use crate::source::{Source, Span};

// `import "tasks/lint.rake"`, also where the folder is told by the Rakefile's own.
pattern!(
    NAMED,
    r#"(?m)^[ \t]*(?:import|load|require_relative)\b[^"'\n]*["'](?:#\{__dir__\}/|\./)?(?P<file>[^"'#\n]+\.rake)["']"#
);
pattern!(OF_RAILS, r"(?m)^[ \t]*(?:\w+(?:::\w+)*\.)+load_tasks\b");

/// The tasks that the Rakefile of a folder declares, and the files that it loads.
struct Tasks<'f> {
    /// The Rakefile.
    file: String,
    defined: Vec<(&'f Source, Definition)>,
}

impl<'f> Walk<'f> {
    /// Lists what the tasks run that `rake` is given, and the tasks that it runs when it is given none.
    pub(super) fn rake(&mut self, words: &[String], place: &Place, call: &Call) {
        const ONLY_TELLS: &[&str] = &["-T", "--tasks", "-D", "--describe", "-n", "--dry-run"];
        if words.iter().any(|word| ONLY_TELLS.contains(&word.as_str())) {
            return;
        }
        let Some(tasks) = self.tasks_of_rake(&call.dir) else { return };
        let given = words[1..].iter().filter(|word| !word.starts_with('-') && !word.contains('='));
        let given: Vec<&str> = given.map(|word| word.split('[').next().unwrap_or(word)).collect();
        if given.is_empty() && words[0] != "rails" {
            self.task_of_rake(&tasks, "default", words, place, call);
            self.default_of_rails(&tasks.file, words, place, call);
        }
        for name in given {
            self.task_of_rake(&tasks, name, words, place, call);
        }
    }

    fn tasks_of_rake(&self, dir: &str) -> Option<Tasks<'f>> {
        let tree: &'f crate::tree::Tree = self.facts.tree;
        let file = self.nearest(dir, &["Rakefile", "rakefile", "Rakefile.rb"])?;
        let own = tree.text(&file)?;
        let folder = path::folder(&file);
        let loads = OF_RAILS.is_match(own.text()) || own.text().contains(".rake");
        let below = [("rakelib", true), ("lib/tasks", loads)].into_iter().filter(|(_, is_loaded)| *is_loaded);
        let below: Vec<String> = below.map(|(name, _)| format!("{}/", path::join(folder, name))).collect();
        let is_loaded = |path: &str| {
            path.rsplit_once('.').is_some_and(|(_, end)| end == "rake")
                && below.iter().any(|folder| path.starts_with(folder.as_str()))
        };
        let named: Vec<String> =
            NAMED.captures_iter(own.text()).map(|found| path::join(folder, &found["file"])).collect();
        let is_named = |path: &str| named.iter().any(|name| name == path);
        let files = tree.files().iter().filter(|file| is_loaded(&file.path) || is_named(&file.path));
        let sources = std::iter::once(own).chain(files.filter_map(|file| file.text()));
        let defined = sources.flat_map(|source| definitions(source.text()).into_iter().map(move |one| (source, one)));
        let defined = defined.collect();
        Some(Tasks { file, defined })
    }

    /// The tests that Rails adds to `default`.
    fn default_of_rails(&mut self, file: &str, words: &[String], place: &Place, call: &Call) {
        let Some(source) = self.facts.tree.text(file) else { return };
        let Some(loads) = OF_RAILS.find(source.text()) else { return };
        let gems = self.facts.tree.text(&path::join(path::folder(file), "Gemfile"));
        let has_rspec = gems.is_some_and(|gems| gems.text().contains("rspec-rails"));
        let task = if has_rspec { "spec" } else { "test" };
        let at = Place::at(file.to_owned(), Span::new(loads.start(), loads.end()));
        if let Some(inner) = call.inside(words.join(" "), place, format!("{file} {task}")) {
            self.list(&["rake".to_owned(), task.to_owned()], &at, &inner);
        }
    }

    /// Lists what all the definitions of a task need and run: a later one adds to those before it.
    fn task_of_rake(&mut self, tasks: &Tasks<'_>, name: &str, words: &[String], place: &Place, call: &Call) {
        let Some(mut inner) = call.inside(words.join(" "), place, format!("{} task {name}", tasks.file)) else {
            return;
        };
        path::folder(&tasks.file).clone_into(&mut inner.dir);
        for (source, defined) in tasks.defined.iter().filter(|(_, defined)| defined.name == name) {
            let mut inner = inner.clone();
            inner.sure &= !defined.is_conditional || name == "default";
            for (needed, span) in &defined.needs {
                let inside = format!("{}{needed}", defined.space);
                let is_inside = tasks.defined.iter().any(|(_, other)| other.name == inside);
                let needed = if is_inside { &inside } else { needed };
                self.needed_task(tasks, needed, &Place::at(source.name(), *span), &inner);
            }
            for act in &defined.acts {
                self.act_of_rake(tasks, source, act, &inner);
            }
        }
    }

    fn needed_task(&mut self, tasks: &Tasks<'_>, name: &str, at: &Place, call: &Call) {
        let words = ["rake".to_owned(), name.to_owned()];
        self.list(&words, at, call);
        self.task_of_rake(tasks, name, &words, at, call);
    }

    fn act_of_rake(&mut self, tasks: &Tasks<'_>, source: &Source, act: &Act, call: &Call) {
        let mut call = call.clone();
        call.sure &= act.is_sure;
        if act.outcome == Outcome::Invoked {
            let name = source.text()[act.span.range()].to_owned();
            self.needed_task(tasks, &name, &Place::at(source.name(), act.span), &call);
            return;
        }
        let call =
            call.excused((act.outcome == Outcome::Dropped).then_some("the task of Rake drops what it ends with"));
        let text = Excerpt::verbatim(source, act.span);
        let values = interpolations(text.text());
        self.script(&text.replaced(&values), &call);
    }
}

/// `#{…}` in a command of Ruby, as a variable of the shell that nothing sets.
fn interpolations(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    pattern!(VALUE, r"#\{[^}\n]*\}");
    VALUE.find_iter(text).map(|found| (found.range(), "$ruby_value".to_owned())).collect()
}
