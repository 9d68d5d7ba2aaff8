//! Go templates as a tree: text, printed expressions, conditions, loops and named templates.

use super::lexer::{self, Token};
use crate::source::Span;
use std::sync::Arc;

/// How deep blocks and parentheses may nest.
const MAX_DEPTH: usize = 64;

/// Why a template could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The offset.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) what: String,
}

impl Fault {
    pub(super) fn new(at: usize, what: &str) -> Self {
        Self { at, what: what.to_owned() }
    }
}

/// One part of a template.
#[derive(Debug)]
pub(super) enum Node {
    /// Text that is copied.
    Text(Span),
    /// `{{ pipeline }}`, also `{{ $x := … }}`, which prints nothing.
    Print(Pipeline, Span),
    /// `{{ if … }}` and `{{ with … }}`: the first arm whose condition holds.
    Choose {
        /// Whether the value of the condition becomes the dot.
        enters: bool,
        /// Conditions and what they guard.
        arms: Vec<(Pipeline, Vec<Node>)>,
        /// What stands behind `else`.
        otherwise: Vec<Node>,
    },
    /// `{{ range … }}`
    Range {
        /// What it goes over; the variables are those of the pipeline.
        over: Pipeline,
        /// What is repeated.
        body: Vec<Node>,
        /// What stands there when there is nothing to go over.
        otherwise: Vec<Node>,
    },
    /// `{{ template "name" . }}`
    Call(String, Option<Pipeline>, Span),
    /// `{{ break }}`
    Break,
    /// `{{ continue }}`
    Continue,
}

/// An expression: commands, each the last argument of the next.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// The variables that it sets.
    pub(super) variables: Vec<String>,
    /// Whether they are new.
    pub(super) declares: bool,
    /// The commands.
    pub(super) commands: Vec<Vec<Operand>>,
}

/// One word of a command.
#[derive(Debug)]
pub(super) enum Operand {
    /// `.a.b`
    Field(Vec<String>),
    /// `$x.a`
    Variable(String, Vec<String>),
    /// The name of a function.
    Function(String),
    /// A literal text.
    Text(String),
    /// A literal number.
    Int(i64),
    /// A literal number.
    Float(f64),
    /// `true`, `false`
    Bool(bool),
    /// `nil`
    Nil,
    /// `(pipeline).a`
    Group(Pipeline, Vec<String>),
}

/// A named template.
#[derive(Debug)]
pub(super) struct Define {
    /// Its name.
    pub(super) name: String,
    /// What it holds.
    pub(super) body: Arc<Vec<Node>>,
}

/// A template file.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// What it prints.
    pub(super) body: Vec<Node>,
    /// The named templates that it defines.
    pub(super) defines: Vec<Define>,
}

/// Reads a template.
pub(super) fn parse(text: &str) -> Result<Template, Fault> {
    let mut parser = Parser { parts: split(text)?.into_iter(), defines: Vec::new(), depth: 0 };
    let (body, end) = parser.block()?;
    match end {
        None => Ok(Template { body, defines: parser.defines }),
        Some(closing) => Err(Fault::new(closing.span.start as usize, "an `end` or `else` without its beginning")),
    }
}

/// A stretch of the text, or an action.
enum Part {
    Text(Span),
    Action(Vec<Token>, Span),
}

fn split(text: &str) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut trims = false;
    loop {
        let open = memchr::memmem::find(&text.as_bytes()[at..], b"{{").map(|found| at + found);
        let mut piece = &text[at..open.unwrap_or(text.len())];
        let mut start = at;
        if trims {
            start += piece.len() - piece.trim_start().len();
            piece = piece.trim_start();
        }
        let Some(open) = open else {
            parts.push(Part::Text(Span::new(start, start + piece.len())));
            return Ok(parts);
        };
        let mut inside = open + 2;
        let rest = &text[inside..];
        if rest.starts_with('-') && rest[1..].starts_with(|letter: char| letter.is_whitespace()) {
            piece = piece.trim_end();
            inside += 1;
        }
        if !piece.is_empty() {
            parts.push(Part::Text(Span::new(start, start + piece.len())));
        }
        let body = text[inside..].trim_start();
        if body.starts_with("/*") {
            (at, trims) = lexer::comment(text, text.len() - body.len())?;
            continue;
        }
        let action = lexer::action(text, inside)?;
        parts.push(Part::Action(action.tokens, Span::new(open, action.end)));
        (at, trims) = (action.end, action.trims);
    }
}

/// What ended a block.
struct Closing {
    /// The words behind `else`; `None` for `end`.
    alternative: Option<Vec<Token>>,
    span: Span,
}

struct Parser {
    parts: std::vec::IntoIter<Part>,
    defines: Vec<Define>,
    depth: usize,
}

impl Parser {
    fn block(&mut self) -> Result<(Vec<Node>, Option<Closing>), Fault> {
        let mut nodes = Vec::new();
        while let Some(part) = self.parts.next() {
            let (mut tokens, span) = match part {
                Part::Text(span) => {
                    nodes.push(Node::Text(span));
                    continue;
                }
                Part::Action(tokens, span) => (tokens, span),
            };
            let keyword = match tokens.first() {
                Some(Token::Word(word)) => word.clone(),
                _ => String::new(),
            };
            match keyword.as_str() {
                "end" => return Ok((nodes, Some(Closing { alternative: None, span }))),
                "else" => return Ok((nodes, Some(Closing { alternative: Some(tokens.split_off(1)), span }))),
                "if" | "with" | "range" | "define" | "block" => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(Fault::new(span.start as usize, "blocks are nested too deeply"));
                    }
                    let node = self.open(&keyword, tokens.split_off(1), span)?;
                    self.depth -= 1;
                    nodes.extend(node);
                }
                "template" => nodes.push(call(tokens.split_off(1), span)?),
                "break" => nodes.push(Node::Break),
                "continue" => nodes.push(Node::Continue),
                _ if tokens.is_empty() => return Err(Fault::new(span.start as usize, "an empty action")),
                _ => nodes.push(Node::Print(pipeline(tokens, span)?, span)),
            }
        }
        Ok((nodes, None))
    }

    /// A block that ends with an `end`.
    fn open(&mut self, keyword: &str, tokens: Vec<Token>, span: Span) -> Result<Option<Node>, Fault> {
        let unclosed = || Fault::new(span.start as usize, "a block is never closed");
        match keyword {
            "define" | "block" => {
                let (name, rest) = named(tokens, span)?;
                let (body, end) = self.block()?;
                if end.ok_or_else(unclosed)?.alternative.is_some() {
                    return Err(Fault::new(span.start as usize, "an `else` in a named template"));
                }
                self.defines.push(Define { name: name.clone(), body: Arc::new(body) });
                let argument = if rest.is_empty() { None } else { Some(pipeline(rest, span)?) };
                Ok((keyword == "block").then_some(Node::Call(name, argument, span)))
            }
            "range" => {
                let over = pipeline(tokens, span)?;
                let (body, end) = self.block()?;
                let mut otherwise = Vec::new();
                if end.ok_or_else(unclosed)?.alternative.is_some() {
                    let (nodes, end) = self.block()?;
                    otherwise = nodes;
                    end.filter(|end| end.alternative.is_none()).ok_or_else(unclosed)?;
                }
                Ok(Some(Node::Range { over, body, otherwise }))
            }
            _ => self.choose(keyword, tokens, span).map(Some),
        }
    }

    fn choose(&mut self, keyword: &str, tokens: Vec<Token>, span: Span) -> Result<Node, Fault> {
        let unclosed = || Fault::new(span.start as usize, "a block is never closed");
        let mut arms = Vec::new();
        let mut condition = tokens;
        loop {
            let (body, end) = self.block()?;
            arms.push((pipeline(condition, span)?, body));
            let Some(mut alternative) = end.ok_or_else(unclosed)?.alternative else {
                return Ok(Node::Choose { enters: keyword == "with", arms, otherwise: Vec::new() });
            };
            if alternative.first().is_some_and(|word| *word == Token::Word(keyword.to_owned())) {
                condition = alternative.split_off(1);
                continue;
            }
            if !alternative.is_empty() {
                return Err(Fault::new(span.start as usize, "an `else` of another kind"));
            }
            let (otherwise, end) = self.block()?;
            end.filter(|end| end.alternative.is_none()).ok_or_else(unclosed)?;
            return Ok(Node::Choose { enters: keyword == "with", arms, otherwise });
        }
    }
}

fn named(mut tokens: Vec<Token>, span: Span) -> Result<(String, Vec<Token>), Fault> {
    let rest = tokens.split_off(1.min(tokens.len()));
    match tokens.pop() {
        Some(Token::Text(name)) => Ok((name, rest)),
        _ => Err(Fault::new(span.start as usize, "a template without a name")),
    }
}

fn call(tokens: Vec<Token>, span: Span) -> Result<Node, Fault> {
    let (name, rest) = named(tokens, span)?;
    let argument = if rest.is_empty() { None } else { Some(pipeline(rest, span)?) };
    Ok(Node::Call(name, argument, span))
}

/// An expression from its words.
fn pipeline(tokens: Vec<Token>, span: Span) -> Result<Pipeline, Fault> {
    let mut words = Words { tokens: tokens.into_iter().peekable(), span, depth: 0 };
    let found = words.pipeline()?;
    match words.tokens.next() {
        None => Ok(found),
        Some(_) => Err(words.fault("a parenthesis too many")),
    }
}

struct Words {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    span: Span,
    depth: usize,
}

impl Words {
    fn fault(&self, what: &str) -> Fault {
        Fault::new(self.span.start as usize, what)
    }

    fn pipeline(&mut self) -> Result<Pipeline, Fault> {
        let mut found = Pipeline { variables: Vec::new(), declares: false, commands: vec![Vec::new()] };
        loop {
            match self.tokens.peek() {
                None | Some(Token::Close(_)) => break,
                Some(Token::Declare | Token::Assign | Token::Comma) => {
                    let token = self.tokens.next();
                    // What stood before was the name of a variable.
                    let Some(Operand::Variable(name, fields)) = found.commands[0].pop() else {
                        return Err(self.fault("only a variable can be set"));
                    };
                    if !fields.is_empty() || found.commands.len() != 1 || !found.commands[0].is_empty() {
                        return Err(self.fault("only a variable can be set"));
                    }
                    found.variables.push(name);
                    found.declares |= token == Some(Token::Declare);
                }
                Some(Token::Pipe) => {
                    self.tokens.next();
                    found.commands.push(Vec::new());
                }
                Some(_) => {
                    let operand = self.operand()?;
                    if let Some(command) = found.commands.last_mut() {
                        command.push(operand);
                    }
                }
            }
        }
        if found.commands.iter().any(Vec::is_empty) {
            return Err(self.fault("an expression is missing"));
        }
        Ok(found)
    }

    fn operand(&mut self) -> Result<Operand, Fault> {
        Ok(match self.tokens.next() {
            Some(Token::Field(fields)) => Operand::Field(fields),
            Some(Token::Variable(name, fields)) => Operand::Variable(name, fields),
            Some(Token::Text(text)) => Operand::Text(text),
            Some(Token::Int(number)) => Operand::Int(number),
            Some(Token::Float(number)) => Operand::Float(number),
            Some(Token::Word(word)) => match word.as_str() {
                "true" => Operand::Bool(true),
                "false" => Operand::Bool(false),
                "nil" => Operand::Nil,
                _ => Operand::Function(word),
            },
            Some(Token::Open) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(self.fault("parentheses are nested too deeply"));
                }
                let inner = self.pipeline()?;
                self.depth -= 1;
                match self.tokens.next() {
                    Some(Token::Close(fields)) => Operand::Group(inner, fields),
                    _ => return Err(self.fault("a parenthesis is never closed")),
                }
            }
            _ => return Err(self.fault("an expression is missing")),
        })
    }
}
