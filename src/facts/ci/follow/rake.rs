//! `rake` without a task: what the Rakefile, or Rails, makes of it.

use super::super::path;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::pattern::pattern;
use crate::source::Span;

pattern!(DEFAULT, r"(?m)^[ \t]*task[ \t(]+(?::default[ \t]*=>|default:)[ \t]*(?P<tasks>(?:%[iw])?\[[^\]]*\]|[^\n#]+)");
pattern!(TASK, r"[A-Za-z_][\w:-]*");
pattern!(OF_RAILS, r"(?m)^[ \t]*(?:\w+(?:::\w+)*\.)+load_tasks\b");

impl Walk<'_> {
    /// Lists the tasks that `rake` runs when it is given none.
    pub(super) fn rake(&mut self, words: &[String], place: &Place, call: &Call) {
        let names_a_task = words[1..].iter().any(|word| !word.starts_with('-') && !word.contains('='));
        let Some(file) = self.nearest(&call.dir, &["Rakefile", "rakefile", "Rakefile.rb"]).filter(|_| !names_a_task)
        else {
            return;
        };
        let Some(source) = self.facts.tree.text(&file) else { return };
        let text = source.text();
        let mut tasks: Vec<(String, Span)> = Vec::new();
        for found in DEFAULT.captures_iter(text) {
            let Some(listed) = found.name("tasks") else { continue };
            let span = Span::new(listed.start(), listed.end());
            let names = listed.as_str().trim_start_matches("%i").trim_start_matches("%w");
            tasks.extend(TASK.find_all(names).map(|(task, _)| (task.as_str().trim_end_matches(':').to_owned(), span)));
        }
        if let Some(loads) = OF_RAILS.find(text) {
            let gems = self.facts.tree.text(&path::join(path::folder(&file), "Gemfile"));
            let has_rspec = gems.is_some_and(|gems| gems.text().contains("rspec-rails"));
            let task = if has_rspec { "spec" } else { "test" };
            tasks.push((task.to_owned(), Span::new(loads.start(), loads.end())));
        }
        for (task, span) in tasks {
            let at = Place::at(file.clone(), span);
            if let Some(inner) = call.inside(words.join(" "), place, format!("{file} {task}")) {
                self.list(&["rake".to_owned(), task], &at, &inner);
            }
        }
    }
}
