//! Forms of YAML that other readers take, and so the programs that the files are for, but this parser does not: each text
//! here says the same with every byte in its place, so that places hold.

/// A text in another form; nothing where that would not change it.
type Form = fn(&str) -> Option<String>;

const FORMS: [Form; 3] = [closers_joined, quotes_joined, aliases_named];

/// The same text in forms that the parser may take: each of them alone, then all together.
pub(super) fn forms(text: &str) -> impl Iterator<Item = String> {
    FORMS.into_iter().chain([all as Form]).filter_map(move |form| form(text))
}

fn all(text: &str) -> Option<String> {
    let changed = FORMS.iter().fold(text.to_owned(), |text, form| form(&text).unwrap_or(text));
    (changed != text).then_some(changed)
}

/// The text with a `]` or `}` that begins a line moved to the end of the line before: it may stand at any indentation. In a
/// flow collection a line end is a blank.
fn closers_joined(text: &str) -> Option<String> {
    let mut joined = Joined::of(text);
    let mut commented = false;
    for (start, line) in lines(text) {
        if line.trim_start().starts_with([']', '}']) && !commented {
            joined.before(start);
        }
        commented = line.contains('#');
    }
    joined.text()
}

/// The text with quoted values of several lines on one: what goes on below may stand as far to the left as its key. A line
/// end in quotes is a blank.
fn quotes_joined(text: &str) -> Option<String> {
    let mut joined = Joined::of(text);
    let mut open = None;
    // The indentation of the key that a block of text, which may hold quotes of its own, hangs on.
    let mut block = None;
    for (start, line) in lines(text) {
        if let Some(quote) = open {
            joined.before(start);
            open = open.filter(|_| !closes(line, quote));
            continue;
        }
        let body = line.trim();
        let indent = line.len() - line.trim_start().len();
        if body.is_empty() || body.starts_with('#') || block.is_some_and(|parent| indent > parent) {
            continue;
        }
        let entry = body.trim_start_matches("- ");
        let value = entry.split_once(": ").map_or(entry, |(_, value)| value).trim_start();
        // `! 'text'`: what stands behind a tag.
        let value = value.strip_prefix('!').and_then(|tag| tag.split_once(' ')).map_or(value, |(_, value)| value);
        block = value.starts_with(['|', '>']).then_some(indent);
        let quote = value.chars().next().filter(|first| matches!(first, '\'' | '"'));
        open = quote.filter(|quote| !closes(&value[1..], *quote));
    }
    joined.text()
}

/// Whether a quoted value ends in a line of it.
fn closes(line: &str, quote: char) -> bool {
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote && (quote == '"' || letters.next_if_eq(&quote).is_none()) {
            return true;
        }
    }
    false
}

/// The text with an alias that is a key, `*name: value`, as a plain key: the parser takes the colon for a part of the name.
fn aliases_named(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for (start, line) in lines(text) {
        let body = line.trim_start();
        let name = body.strip_prefix('*').and_then(|rest| rest.split_once(':'));
        let is_key = name.is_some_and(|(name, rest)| {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
                && rest.starts_with(char::is_whitespace)
        });
        if is_key {
            bytes[start + line.len() - body.len()] = b'_';
        }
    }
    String::from_utf8(bytes).ok().filter(|changed| changed != text)
}

/// The lines with where each begins, ends included.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// A text in which some line ends become blanks.
struct Joined {
    bytes: Vec<u8>,
    changed: bool,
}

impl Joined {
    fn of(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), changed: false }
    }

    /// Joins the line that begins at an offset to the one before.
    fn before(&mut self, start: usize) {
        if let Some(end) = start.checked_sub(1) {
            self.bytes[end] = b' ';
            if let Some(carriage) = end.checked_sub(1).filter(|at| self.bytes[*at] == b'\r') {
                self.bytes[carriage] = b' ';
            }
            self.changed = true;
        }
    }

    fn text(self) -> Option<String> {
        String::from_utf8(self.bytes).ok().filter(|_| self.changed)
    }
}
