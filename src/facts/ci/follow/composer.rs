//! `composer test`, `composer run-script lint`: the scripts of `composer.json`; `composer exec phpunit`.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::{Call, Walk};
use crate::evidence::Place;
use std::sync::Arc;

/// Words after `composer` that are its own, not scripts.
const OWN: &[&str] = &[
    "about",
    "archive",
    "audit",
    "browse",
    "bump",
    "check-platform-reqs",
    "clear-cache",
    "config",
    "create-project",
    "depends",
    "diagnose",
    "dump-autoload",
    "dumpautoload",
    "exec",
    "fund",
    "global",
    "help",
    "init",
    "install",
    "licenses",
    "normalize",
    "outdated",
    "prohibits",
    "reinstall",
    "remove",
    "require",
    "search",
    "self-update",
    "show",
    "status",
    "suggests",
    "update",
    "upgrade",
    "validate",
];

impl Walk<'_> {
    /// Follows a script, of the `composer.json` that is nearest.
    pub(super) fn composer(&mut self, words: &[String], place: &Place, call: &Call) {
        let mut dir = call.dir.clone();
        let mut name: Option<&str> = None;
        let mut runs = false;
        let mut arguments: Vec<&str> = Vec::new();
        let mut rest = words[1..].iter().map(String::as_str);
        while let Some(word) = rest.next() {
            match word {
                "-d" | "--working-dir" => dir = path::join(&call.dir, rest.next().unwrap_or("")),
                "--" => arguments.extend(rest.by_ref()),
                option if option.starts_with("--working-dir=") => dir = path::join(&call.dir, &option[14..]),
                option if option.starts_with('-') && name.is_none() => {}
                "run" | "run-script" if name.is_none() && !runs => runs = true,
                word if name.is_none() => name = Some(word),
                word => arguments.push(word),
            }
        }
        if name == Some("exec") && !arguments.is_empty() {
            let words: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
            return self.anchored(&words, place, call);
        }
        let Some(name) = name.filter(|name| runs || !OWN.contains(name)) else { return };
        if let Some(path) = self.nearest(&dir, &["composer.json"]) {
            self.composer_script(&path, name, &arguments, place, call);
        }
    }

    fn composer_script(&mut self, path: &str, name: &str, arguments: &[&str], place: &Place, call: &Call) {
        let facts = self.facts;
        let Some(parsed) = facts.parsed(path) else { return };
        let Some(script) = parsed.first().and_then(|value| value.at(&["scripts", name])) else { return };
        let key = format!("{path}:{name} {}", arguments.join(" "));
        let Some(mut inner) = call.inside(format!("composer {name}"), place, key) else { return };
        path::folder(path).clone_into(&mut inner.dir);
        for step in script.as_list().unwrap_or(std::slice::from_ref(script)) {
            let Some(text) = step.as_str() else { continue };
            if let Some((name, value)) = text.strip_prefix("@putenv ").and_then(|set| set.trim().split_once('=')) {
                let mut env = (*inner.env).clone();
                env.insert(name.to_owned(), value.to_owned());
                inner.env = Arc::new(env);
            } else if !is_callback(text) {
                self.script(&written_out(&Excerpt::scalar(&parsed.source, step.span, text), text, arguments), &inner);
            }
        }
    }
}

/// `Acme\Scripts::warm`: a function, which is not read.
fn is_callback(text: &str) -> bool {
    text.split_once("::").is_some_and(|(class, method)| {
        let is_name =
            |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\'));
        is_name(class) && is_name(method)
    })
}

/// The command that a step of a script is: `@lint` is another script, `@php` and `@composer` are the programs.
fn written_out(step: &Excerpt, text: &str, arguments: &[&str]) -> Excerpt {
    let mut changes = Vec::new();
    if let Some(called) = text.strip_prefix('@') {
        let is_program = ["php ", "composer "].iter().any(|program| called.starts_with(program));
        changes.push((0..1, if is_program { String::new() } else { "composer run-script ".to_owned() }));
    }
    if !arguments.is_empty() {
        changes.push((text.len()..text.len(), format!(" {}", arguments.join(" "))));
    }
    step.replaced(&changes)
}
