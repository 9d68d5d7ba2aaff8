//! Conditions of makefiles that whoever calls make decides: `ifeq ($(PUSH), true)` with `PUSH=true` on the command line.

use std::collections::BTreeMap;

/// The conditions that are open at a line of a makefile.
#[derive(Default)]
pub(super) struct Conditions {
    open: Vec<Branch>,
}

/// One branch of a condition.
struct Branch {
    /// Whether its lines hold; `None` where the caller does not decide it.
    holds: Option<bool>,
    /// Whether one of the branches held.
    is_taken: bool,
}

impl Conditions {
    /// Takes in a line that begins, turns or ends a condition, and says whether it is such a line.
    pub(super) fn take(&mut self, line: &str, given: &BTreeMap<String, String>) -> bool {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                let holds = decided(line, given);
                self.open.push(Branch { holds, is_taken: holds == Some(true) });
            }
            "else" => {
                if let Some(branch) = self.open.last_mut() {
                    let next = if rest.trim().is_empty() { Some(true) } else { decided(rest.trim(), given) };
                    branch.holds = branch.holds.and(if branch.is_taken { Some(false) } else { next });
                    branch.is_taken |= branch.holds == Some(true);
                }
            }
            "endif" => drop(self.open.pop()),
            _ => return false,
        }
        true
    }

    /// Whether the lines here are left out.
    pub(super) fn leave_out(&self) -> bool {
        self.open.iter().any(|branch| branch.holds == Some(false))
    }

    /// Whether the lines here stand under a condition that is known to hold.
    pub(super) fn hold(&self) -> bool {
        !self.open.is_empty() && self.open.iter().all(|branch| branch.holds == Some(true))
    }
}

/// What a condition comes to that compares a variable of the caller with a plain text, or asks whether there is one.
fn decided(line: &str, given: &BTreeMap<String, String>) -> Option<bool> {
    let (word, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    if matches!(word, "ifdef" | "ifndef") {
        return given.get(rest).map(|value| value.is_empty() == (word == "ifndef"));
    }
    let inside = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let (left, right) = match inside {
        Some(inside) => inside.split_once(',')?,
        None => rest.split_once(char::is_whitespace)?,
    };
    let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    let value = |text: &str| {
        let name = text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
        let name = name.or_else(|| text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')));
        match name {
            Some(name) => given.get(name).cloned(),
            None => Some(text.to_owned()).filter(|text| !text.contains('$')),
        }
    };
    let (left, right) = (plain(left), plain(right));
    let is_asked = left.contains('$') || right.contains('$');
    let same = value(&left)? == value(&right)?;
    is_asked.then_some(same == (word == "ifeq"))
}
