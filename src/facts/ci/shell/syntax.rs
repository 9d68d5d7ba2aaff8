//! What a shell script is made of. Ranges are byte offsets into the text that was parsed.

use std::ops::Range;

/// Statements, one after the other.
pub(super) type Body = Vec<Statement>;

/// Pipelines joined by `&&` and `||`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    /// The first pipeline.
    pub first: Pipeline,
    /// The others, each with what joins it.
    pub rest: Vec<(Join, Pipeline)>,
    /// Ended with `&`.
    pub background: bool,
}

/// What joins two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pipeline {
    /// Begins with `!`.
    pub negated: bool,
    /// The commands; never empty.
    pub stages: Vec<Command>,
}

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    /// Assignments, a program and its arguments.
    Simple(Simple),
    /// `{ …; }`
    Group(Body),
    /// `( … )`
    Subshell(Body),
    /// `if … then … elif … else … fi`
    If {
        /// Each condition with what it guards.
        branches: Vec<(Body, Body)>,
        /// After `else`.
        otherwise: Body,
    },
    /// `while` and `until`
    While {
        /// `until`.
        until: bool,
        /// The condition.
        condition: Body,
        /// What is repeated.
        body: Body,
    },
    /// `for x in …`
    For {
        /// The variable.
        name: String,
        /// Its values.
        items: Vec<Word>,
        /// What is repeated.
        body: Body,
    },
    /// `case … in … esac`
    Case {
        /// What is compared.
        subject: Word,
        /// Patterns and what they guard.
        arms: Vec<(Vec<Word>, Body)>,
    },
    /// `name() { … }`
    Function {
        /// Its name.
        name: String,
        /// What it runs.
        body: Body,
    },
}

/// Assignments, a program and its arguments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Simple {
    /// `NAME=value` before the program.
    pub assignments: Vec<Assignment>,
    /// The program and its arguments; empty for a bare assignment.
    pub words: Vec<Word>,
    /// Where output goes: `>>` and the file.
    pub redirects: Vec<(String, Word)>,
    /// All of it.
    pub range: Range<usize>,
}

/// `NAME=value`, `NAME+=value`, `NAME=(…)`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Assignment {
    /// The variable.
    pub name: String,
    /// `+=`
    pub append: bool,
    /// One word, or the words of an array.
    pub value: Vec<Word>,
    /// `(…)`
    pub array: bool,
}

/// A word before expansion.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Word {
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// Whether any of it was quoted, so that it is a word even when empty.
    pub quoted: bool,
    /// Where it stands.
    pub range: Range<usize>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// As it stands.
    Text(String),
    /// `$NAME`, `${NAME…}`.
    Variable {
        /// The name, or a digit, `@`, `*`, `#`, `?`.
        name: String,
        /// After `:-` or `-`.
        default: Option<Vec<Part>>,
        /// What is taken off it, and whether from its end: `${NAME#start}`, `${NAME%end}`.
        cut: Option<(String, bool)>,
        /// Whether it stands in double quotes, so that it is not split.
        quoted: bool,
    },
    /// `$(…)` or backquotes.
    Output {
        /// What runs.
        body: Body,
        /// As written.
        raw: String,
    },
}

impl Word {
    /// The text, if nothing in it needs expanding.
    pub(super) fn literal(&self) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Variable { .. } | Part::Output { .. } => return None,
            }
        }
        Some(text)
    }

    /// Whether it mentions a variable.
    pub(super) fn mentions(&self, variable: &str) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Variable { name, .. } if name == variable))
    }
}
