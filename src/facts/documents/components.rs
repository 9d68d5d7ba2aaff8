//! The steps of MDX: `<Step title="Install">`, or `<Step>` with a heading below it.

use memchr::memmem;
use std::borrow::Cow;

/// The text with steps as items of a numbered list. Every line keeps its length, so that places stay what they are.
pub(super) fn with_steps(text: &str) -> Cow<'_, str> {
    if memmem::find(text.as_bytes(), b"<Step").is_none() {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    let (mut in_code, mut begins) = (false, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            in_code = !in_code;
        }
        let indent = line.len() - line.trim_start().len();
        let item = if in_code { None } else { item(bare, indent, &mut begins) };
        let Some(item) = item else {
            written.push_str(line);
            continue;
        };
        let end = line.trim_end_matches(['\n', '\r']).len();
        written.push_str(&item);
        written.push_str(&" ".repeat(end.saturating_sub(item.len())));
        written.push_str(&line[end..]);
    }
    Cow::Owned(written)
}

/// What stands in the place of a line: an item, or nothing; `None` for a line that is as it should be. `begins` is set
/// between a `<Step>` and the heading that names it.
fn item(line: &str, indent: usize, begins: &mut bool) -> Option<String> {
    if ["<Steps>", "</Steps>", "</Step>"].contains(&line) {
        return Some(String::new());
    }
    if let Some(rest) = line.strip_prefix("<Step").filter(|rest| rest.starts_with([' ', '>'])) {
        *begins = rest == ">";
        return match (title(rest), rest.strip_prefix('>')) {
            (Some(title), _) if rest.ends_with('>') => {
                Some(format!("{}1. {title}", " ".repeat(indent.saturating_sub(1))))
            }
            (_, Some(_)) if *begins => Some(String::new()),
            (_, Some(said)) => Some(format!("{}   1. {said}", " ".repeat(indent))),
            _ => None,
        };
    }
    if line.is_empty() || !std::mem::take(begins) {
        return None;
    }
    let heading = line.trim_start_matches('#');
    let hashes = line.len() - heading.len();
    let title = heading.strip_prefix(' ').filter(|_| (2..6).contains(&hashes))?;
    Some(format!("{}1.{}{title}", " ".repeat(indent), " ".repeat(hashes - 1)))
}

/// What the attribute `title` of a tag holds.
fn title(tag: &str) -> Option<&str> {
    let (_, value) = tag.split_once(" title=")?;
    let quote = value.chars().next().filter(|c| ['"', '\''].contains(c))?;
    value[1..].split(quote).next()
}
