//! `@changelog`: the newest release that the changelog tells of.

use tusk_check::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use tusk_check::facts::Facts;
use tusk_check::probe::{Probe, Question};
use tusk_check::source::Span;

pub static PROBE: Probe = Probe {
    name: "changelog",
    summary: "The newest release that CHANGELOG.md tells of, as a word",
    usage: "@changelog()",
    arity: (0, 0),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, _: &Question) -> Answer {
    let mut answer = Answer::default();
    let Some(file) = facts.tree.file("CHANGELOG.md") else { return answer };
    let place = |span| Place { path: file.path.clone(), span };
    let Some(source) = file.text() else {
        // What should have been looked at and could not: the answer is unknown then, and not "there is none".
        answer.blind.push(Blind { place: Some(place(None)), why: "not a text".to_owned() });
        return answer;
    };
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        // `## 1.4.0` or `## [1.4.0] - 2026-11-01`; `## Unreleased` is no release.
        let Some(heading) = line.strip_prefix("## ") else { continue };
        let version = heading.trim_start_matches(['[', 'v']).split([']', ' ']).next().unwrap_or_default().trim_end();
        if version.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("the changelog tells of {version}");
            let seen = Sighting::new(place(Some(span)), Strength::Documented, message);
            answer.seen.push(seen.with(Observed::Word(version.to_owned())));
            return answer;
        }
    }
    answer
}
