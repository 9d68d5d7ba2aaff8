//! The instructions of a Dockerfile from its lines: continuations, flags and heredocs.

use super::{Instruction, is_name};
use crate::source::Span;

/// A line of the file with its offset.
type Line<'t> = (usize, &'t str);

/// The instructions of a file, unresolved.
pub(super) fn instructions(text: &str) -> Vec<Instruction> {
    let escape = escape_of(text);
    let mut offset = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let at = offset;
        offset += line.len();
        (at, line.trim_end_matches(['\n', '\r']))
    });
    let mut lines = lines.peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if is_skipped(line.1) {
            continue;
        }
        let (mut instruction, text) = logical_line(line, &mut lines, escape);
        instruction.text = text;
        if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
            take_heredocs(&mut instruction, &mut lines);
        }
        found.push(instruction);
    }
    found
}

fn is_skipped(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// The parser directive `# escape=` at the top.
fn escape_of(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim_start().strip_prefix('#'));
    let is_backtick = |line: &str| line.trim().to_lowercase().replace(' ', "") == "escape=`";
    if directives.into_iter().any(is_backtick) { '`' } else { '\\' }
}

/// One instruction from its first line and the lines that continue it, and its text without keyword and flags.
fn logical_line<'t>(
    first: Line<'t>,
    lines: &mut std::iter::Peekable<impl Iterator<Item = Line<'t>>>,
    escape: char,
) -> (Instruction, String) {
    let indent = first.1.len() - first.1.trim_start().len();
    let body = first.1.trim_start();
    let keyword_end = body.find(char::is_whitespace).unwrap_or(body.len());
    let keyword = body[..keyword_end].to_uppercase();
    let mut piece = &body[keyword_end..];
    let mut at = first.0 + indent + keyword_end;
    let mut end = first.0 + first.1.len();
    let mut text = String::new();
    let mut starts = Vec::new();
    loop {
        let trimmed = piece.trim_end();
        let continued = trimmed.strip_suffix(escape);
        starts.push((text.len(), at));
        text.push_str(continued.unwrap_or(piece));
        if continued.is_none() {
            break;
        }
        text.push(' ');
        let next = loop {
            match lines.next() {
                Some((_, line)) if is_skipped(line) => {}
                other => break other,
            }
        };
        let Some((start, line)) = next else { break };
        (piece, at, end) = (line, start, start + line.len());
    }
    let span = Span::new(first.0 + indent, end);
    let (flags, cut) = leading_flags(&text);
    let text = text[cut..].to_owned();
    // Lines that the flags used up keep their place: they fold into the start of the text.
    let lines = starts.iter().map(|&(start, at)| (start.saturating_sub(cut), at));
    let mut folded: Vec<(usize, usize)> = Vec::with_capacity(starts.len());
    for line in lines {
        match folded.last_mut() {
            Some(last) if last.0 == line.0 => *last = line,
            _ => folded.push(line),
        }
    }
    (Instruction { keyword, flags, text: String::new(), span, lines: folded }, text)
}

/// The flags `--name=value` at the start, and where they end.
fn leading_flags(text: &str) -> (Vec<(String, String)>, usize) {
    let mut flags = Vec::new();
    let mut cut = text.len() - text.trim_start().len();
    while let Some(flag) = text[cut..].strip_prefix("--") {
        let end = flag.find(char::is_whitespace).unwrap_or(flag.len());
        let (name, value) = flag[..end].split_once('=').unwrap_or((&flag[..end], ""));
        flags.push((name.to_owned(), value.trim_matches('"').to_owned()));
        let rest = &flag[end..];
        cut = text.len() - rest.trim_start().len();
    }
    (flags, cut)
}

/// Appends the bodies of `<<EOF` documents to the text.
fn take_heredocs<'t>(instruction: &mut Instruction, lines: &mut std::iter::Peekable<impl Iterator<Item = Line<'t>>>) {
    for word in heredoc_words(&instruction.text) {
        for (start, line) in lines.by_ref() {
            instruction.span.end = (start + line.len()) as u32;
            if line.trim_start_matches('\t') == word {
                break;
            }
            instruction.text.push('\n');
            instruction.lines.push((instruction.text.len(), start));
            instruction.text.push_str(line);
        }
    }
}

/// The end marks of the heredocs that a line opens.
fn heredoc_words(text: &str) -> Vec<String> {
    let openings = text.match_indices("<<").map(|(at, _)| &text[at + 2..]);
    let marks = openings.filter(|rest| !rest.starts_with('<')).map(|rest| {
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(['"', '\'']);
        rest.chars().take_while(|&letter| is_name(letter)).collect::<String>()
    });
    // `1 << 4` in arithmetic is no document.
    marks.filter(|mark| mark.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')).collect()
}
