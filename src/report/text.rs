//! Text from the tree, made safe to show: it may try to drive a terminal or to reorder what is read.

/// The longest text that is shown of one observation, in characters.
const LONGEST: usize = 600;

/// One line without control characters, escape sequences, and marks that are invisible or turn the reading direction;
/// white space of any kind becomes single blanks.
pub fn plain(text: &str) -> String {
    let mut kept = String::with_capacity(text.len().min(4 * LONGEST));
    let mut count = 0;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if count >= LONGEST {
            kept.push('…');
            break;
        }
        match character {
            '\u{1B}' => skip_escape(&mut characters),
            '\u{9B}' => skip_until(&mut characters, |c| ('@'..='~').contains(&c)),
            _ if character.is_whitespace() => {
                if !kept.is_empty() && !kept.ends_with(' ') {
                    kept.push(' ');
                    count += 1;
                }
            }
            _ if is_hidden(character) => {}
            _ => {
                kept.push(character);
                count += 1;
            }
        }
    }
    kept.truncate(kept.trim_end().len());
    kept
}

/// What follows an ESC: `[…X` (CSI), `]…BEL` and its kin, or one character.
fn skip_escape(characters: &mut std::str::Chars<'_>) {
    match characters.next() {
        Some('[') => skip_until(characters, |c| ('@'..='~').contains(&c)),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_until(characters, |c| c == '\u{7}' || c == '\\'),
        _ => {}
    }
}

/// Skips to the end of a sequence; a line end ends it too, so that an unfinished one does not swallow the rest.
fn skip_until(characters: &mut std::str::Chars<'_>, is_end: impl Fn(char) -> bool) {
    for character in characters.by_ref() {
        if is_end(character) || character == '\n' {
            return;
        }
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A place as editors and terminals understand it: `path:line`.
pub(super) fn place(path: &str, line: Option<u32>) -> String {
    let path = plain(path);
    line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"))
}

/// `1 item`, `2 items`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
