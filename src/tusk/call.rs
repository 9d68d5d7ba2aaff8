//! Expressions read as questions: `@ci.runs($c.clippy, "-D warnings" | "-Dwarnings"){gate}`, `@config("a.b") >= 3`.
//!
//! The reader keeps expressions as raw text; rules and checklists read them here, into calls with a span on every part.
//!
//! ```text
//! query    = call [ ("==" | "!=" | ">=" | "<=" | ">" | "<") literal ]
//! call     = "@" name { "." name } [ "(" [ item { "," item } [","] ] ")" ] [ options ]
//! item     = options | name ":" argument | argument          a name with ":" is an option
//! argument = term { "|" term }                               any one of them
//! term     = string | ~string | number | bool | $name{.name} | list | query | word
//! options  = "{" { name [ (":"|"=") argument ] "," } "}"      a bare name is true
//! ```
//!
//! In `~"…"` only `\\` and `\"` are escapes: the rest belongs to the regular expression. Line ends and comments are
//! blanks.

mod reader;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Kind, Map, Value};

/// A call, and what it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The call.
    pub call: Call,
    /// `== "require"`, `>= 3`.
    pub comparison: Option<Comparison>,
    /// Where it stands.
    pub span: Span,
}

/// `@name(arguments){options}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The name without `@`, with its dots: `ci.runs`.
    pub name: String,
    /// Where the name stands, with its `@`.
    pub name_span: Span,
    /// The positional arguments.
    pub args: Vec<Argument>,
    /// Named options; a bare name is `true`, alternatives are a list, `$x` and `~"…"` are expressions.
    pub options: Map,
    /// Where the call stands, with its options.
    pub span: Span,
}

/// One positional argument: any one of its terms will do.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The terms between `|`; never empty.
    pub terms: Vec<Term>,
    /// Where it stands.
    pub span: Span,
}

/// One term of an argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Where it stands.
    pub span: Span,
}

/// What a term is.
#[derive(Clone, Debug, PartialEq)]
pub enum TermKind {
    /// `"text"`, without quotes and escapes.
    Text(String),
    /// `~"regex"`, the regular expression.
    Pattern(String),
    /// A bare word.
    Word(String),
    /// `5`, `0.8`.
    Number(f64),
    /// `true`, `false`.
    Bool(bool),
    /// `$c.clippy`, without the `$`.
    Ref(String),
    /// `["a", "b"]`.
    List(Vec<Argument>),
    /// `@any(@x(), @y() == 1)`.
    Query(Box<Query>),
}

/// What a call is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How.
    pub operator: Operator,
    /// With what: a string, a number or a boolean; a bare word is a string.
    pub value: Value,
    /// Where operator and value stand.
    pub span: Span,
}

/// How a call is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
}

impl Operator {
    /// Every operator with how it is written, longer ones first.
    pub const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    /// How it is written.
    pub fn sign(self) -> &'static str {
        Self::ALL.iter().find(|(_, operator)| *operator == self).map_or("", |(sign, _)| sign)
    }
}

/// Reads a query that starts at a byte offset of its text.
pub fn parse(text: &str, offset: u32) -> Result<Query, Diagnostic> {
    reader::Reader::new(text, reader::Places::From(offset as usize)).query_alone()
}

/// Reads the query that a value is: an expression, or a string that begins with `@` (`"@env.secure('KEY')"`).
/// `None` for any other value.
pub fn of(value: &Value) -> Option<Result<Query, Diagnostic>> {
    let (text, places) = match &value.kind {
        Kind::Expr(expr) => (&expr.raw, reader::Places::From(value.span.start as usize)),
        Kind::Str(text) if text.starts_with('@') => {
            // Where quotes are all that differs from the text in the file, places inside are exact.
            let width = (value.span.end - value.span.start) as usize;
            let places = match width.checked_sub(text.len()) {
                Some(0) => reader::Places::From(value.span.start as usize),
                Some(2) => reader::Places::From(value.span.start as usize + 1),
                _ => reader::Places::Whole(value.span),
            };
            (text, places)
        }
        _ => return None,
    };
    Some(reader::Reader::new(text, places).query_alone())
}
