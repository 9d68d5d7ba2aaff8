//! `@infra`: what Terraform, `CloudFormation` and Pulumi declare. They are not read yet, and the probe says so.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place};
use crate::facts::Facts;
use crate::facts::production;

/// `@infra(resource…, attribute…)`.
pub static PROBE: Probe = Probe {
    name: "infra",
    summary: "Infrastructure as code. Not read yet: where the tree has any, the answer is open instead of \"not there\"",
    usage: "@infra(resource…, attribute…)",
    arity: (1, 2),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, _question: &Question) -> Answer {
    let mut answer = Answer::default();
    let kept = |path: &&str| !production::is_fixture(path) && !production::is_example(path);
    let paths = || facts.tree.files().iter().map(|file| &*file.path).filter(kept);
    let first = paths().find(|path| has_extension(path, &["tf", "tofu", "hcl"]) || path.ends_with(".tf.json"));
    let template =
        || paths().filter(|path| has_extension(path, &["yaml", "yml", "json"])).find(|path| is_template(facts, path));
    let pulumi = || paths().find(|path| path.rsplit('/').next() == Some("Pulumi.yaml"));
    let found = first.map(|path| (path, "Terraform")).or_else(|| pulumi().map(|path| (path, "Pulumi")));
    let found = found.or_else(|| template().map(|path| (path, "CloudFormation")));
    answer.blind.extend(
        found.map(|(path, kind)| Blind { place: Some(Place::file(path)), why: format!("{kind} is not read yet") }),
    );
    answer
}

fn has_extension(path: &str, wanted: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| wanted.contains(&extension))
}

fn is_template(facts: &Facts<'_>, path: &str) -> bool {
    facts.tree.text(path).is_some_and(|source| source.text().contains("AWSTemplateFormatVersion"))
}
