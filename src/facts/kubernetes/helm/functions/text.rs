//! Functions on texts. Those that only move or wrap a text keep the places of its letters.

use super::super::super::super::format::{self, Format};
use super::super::data::{Data, Entry, Item};
use super::super::rope::{self, From, Rope};
use super::super::yaml;
use super::text_of;
use crate::source::Span;
use base64::Engine as _;

/// How far `indent` goes, and how often `repeat` repeats.
const MAX_REPEAT: usize = 200;

/// Functions that do their work whether or not a part of the text is hidden.
pub(super) fn keeping(name: &str, args: &[Item]) -> Option<Item> {
    Some(match name {
        "quote" => wrapped(args, '"'),
        "squote" => wrapped(args, '\''),
        "toYaml" | "toYamlPretty" => {
            let written = args.first().map(yaml::write);
            written.and_then(Result::ok).map_or_else(|| Item::hidden(name), Item::rope)
        }
        // JSON is YAML; nobody looks at its blanks.
        "toJson" | "toPrettyJson" | "toRawJson" | "mustToJson" => match args.first().map(|item| &item.data) {
            Some(Data::Map(_) | Data::List(_)) | None => Item::hidden(name),
            Some(Data::Text(text)) => Item::rope(same_place(text, &yaml::quoted(text.text()))),
            Some(_) => args[0].clone(),
        },
        "indent" | "nindent" => match (args.first().and_then(Item::as_int), args.get(1).and_then(Item::printed)) {
            (Some(width), Some(text)) => indented(width, &text, name == "nindent"),
            _ => Item::hidden(name),
        },
        "printf" => printf(args),
        "print" | "println" | "cat" => {
            let mut out = Rope::default();
            for (index, arg) in args.iter().enumerate() {
                let (Some(text), false) = (arg.printed(), out.text().len() > 4096) else {
                    return Some(Item::hidden(name));
                };
                if index > 0 && name != "print" {
                    let _ = out.push(" ", From::Nowhere, None);
                }
                let _ = out.append(&text, From::Nowhere, None);
            }
            Item::rope(out)
        }
        "toString" => args.first().and_then(Item::printed).map_or_else(|| Item::hidden(name), Item::rope),
        // What is hidden within the text stays where it is.
        "trim" | "trimPrefix" | "trimSuffix" | "trimAll" => {
            let (text, others) = args.split_last()?;
            let whole = text.printed().filter(|rope| !rope::is_all_hidden(rope.text()));
            return if whole.is_some() && !others.iter().any(Item::is_hidden) { sliced(name, args) } else { None };
        }
        _ => return None,
    })
}

pub(super) fn call(name: &str, args: &[Item]) -> Option<Item> {
    if name == "trunc" {
        return sliced(name, args);
    }
    let text = |index: usize| text_of(args, index);
    let last = args.len().saturating_sub(1);
    Some(match name {
        "lower" | "upper" | "title" | "nospace" | "b64enc" | "b64dec" | "replace" | "snakecase" | "kebabcase" => {
            let subject = text(last);
            let made = match name {
                "lower" => subject.to_lowercase(),
                "upper" => subject.to_uppercase(),
                "title" => titled(&subject),
                "nospace" => subject.split_whitespace().collect(),
                "b64enc" => base64::engine::general_purpose::STANDARD.encode(&subject),
                "b64dec" => {
                    let bytes = base64::engine::general_purpose::STANDARD.decode(&subject).ok()?;
                    String::from_utf8(bytes).ok()?
                }
                "replace" if args.len() == 3 && !text(0).is_empty() => subject.replace(&text(0), &text(1)),
                _ => return None,
            };
            let whole = args.get(last).and_then(Item::printed).unwrap_or_default();
            Item::rope(same_place(&whole, &made))
        }
        "contains" => Item::bool(text(1).contains(&text(0))),
        "hasPrefix" => Item::bool(text(1).starts_with(&text(0))),
        "hasSuffix" => Item::bool(text(1).ends_with(&text(0))),
        "repeat" => {
            let count = usize::try_from(args.first()?.as_int()?).unwrap_or(0).min(MAX_REPEAT);
            Item::text(&text(1).repeat(count))
        }
        "join" => {
            let items = args.get(1)?.as_list()?;
            let parts: Option<Vec<String>> =
                items.iter().map(|item| item.printed().map(|rope| rope.text().to_owned())).collect();
            let joined = parts?.join(&text(0));
            if rope::is_hidden(&joined) { Item::hidden(name) } else { Item::text(&joined) }
        }
        "split" | "splitList" => {
            let (by, whole) = (text(0), args.get(1).and_then(Item::printed).unwrap_or_default());
            let parts: Vec<Item> = whole.text().split(&by).map(|part| Item::rope(same_place(&whole, part))).collect();
            if name == "splitList" {
                return Some(Item::list(parts));
            }
            let entries = parts.into_iter().enumerate();
            Item::map(entries.map(|(index, item)| (format!("_{index}"), Entry { key: None, item })).collect())
        }
        "semverCompare" => match satisfies(&text(0), &text(1)) {
            Some(satisfied) => Item::bool(satisfied),
            None => Item::hidden(name),
        },
        "fromYaml" | "fromJson" | "fromYamlArray" | "mustFromJson" => {
            let source = crate::source::Source::new("", text(0));
            let documents = format::parse(Format::Yaml, &source).ok()?;
            documents.first().map_or_else(Item::nil, |value| Item::of(value, u16::MAX))
        }
        _ => return None,
    })
}

/// Functions whose result is a part of their last argument.
fn sliced(name: &str, args: &[Item]) -> Option<Item> {
    let last = args.last()?.printed()?;
    let text = last.text();
    let end = text.len();
    let kept = |rest: &str| end - rest.len()..end;
    let range = match name {
        "trim" => {
            let start = end - text.trim_start().len();
            start..start + text.trim().len()
        }
        "trimSuffix" => 0..text.strip_suffix(text_of(args, 0).as_str()).unwrap_or(text).len(),
        "trimPrefix" => kept(text.strip_prefix(text_of(args, 0).as_str()).unwrap_or(text)),
        "trimAll" => {
            let letters: Vec<char> = text_of(args, 0).chars().collect();
            let inner = text.trim_start_matches(letters.as_slice());
            let start = end - inner.len();
            start..start + inner.trim_end_matches(letters.as_slice()).len()
        }
        "trunc" => {
            let length = args.first()?.as_int()?;
            let count = usize::try_from(length.unsigned_abs()).ok()?;
            let offset = |at: usize| text.char_indices().nth(at).map_or(end, |(at, _)| at);
            if length >= 0 { 0..offset(count) } else { offset(text.chars().count().saturating_sub(count))..end }
        }
        _ => return None,
    };
    Some(Item::rope(last.slice(range)))
}

/// A text that stands for another one, where that one was written.
fn same_place(whole: &Rope, text: &str) -> Rope {
    let origin = whole.origin(Span::new(0, whole.text().len()));
    Rope::of(text, origin.map_or(From::Nowhere, From::Whole))
}

fn wrapped(args: &[Item], mark: char) -> Item {
    let mut out = Rope::default();
    for arg in args.iter().filter(|arg| !matches!(arg.data, Data::Nil)) {
        let Some(text) = arg.printed() else { return Item::hidden("quote") };
        if !out.text().is_empty() {
            let _ = out.push(" ", From::Nowhere, None);
        }
        let plain = !text.text().contains(['"', '\\', '\n', '\'']) && !text.is_hidden();
        if rope::is_all_hidden(text.text()) {
            let _ = out.append(&text, From::Nowhere, None);
        } else if plain {
            let quote = mark.to_string();
            let _ = out.push(&quote, From::Nowhere, None);
            let _ = out.append(&text, From::Nowhere, None);
            let _ = out.push(&quote, From::Nowhere, None);
        } else {
            let _ = out.append(&same_place(&text, &yaml::quoted(text.text())), From::Nowhere, None);
        }
    }
    Item::rope(out)
}

fn indented(width: i64, text: &Rope, on_new_line: bool) -> Item {
    let blanks = " ".repeat(usize::try_from(width).unwrap_or(0).min(MAX_REPEAT));
    let mut out = Rope::default();
    let mut done = if on_new_line { out.push("\n", From::Nowhere, None) } else { Ok(()) };
    let mut start = 0;
    // As Helm does, what follows the last line break is a line too, though it may be empty: the next text stands there.
    let last = (text.text().is_empty() || text.text().ends_with('\n')).then_some("");
    for line in text.text().split_inclusive('\n').chain(last) {
        done = done.and_then(|()| out.push(&blanks, From::Nowhere, None));
        done = done.and_then(|()| out.append(&text.slice(start..start + line.len()), From::Nowhere, None));
        start += line.len();
    }
    done.map_or_else(|_| Item::hidden("indent"), |()| Item::rope(out))
}

/// Go's `Sprintf` for the verbs that templates use; the parts that are arguments keep their places.
fn printf(args: &[Item]) -> Item {
    let Some(format) = args.first().and_then(Item::printed) else { return Item::hidden("printf") };
    let mut out = Rope::default();
    let mut values = args[1..].iter();
    let mut rest = format.text();
    while let Some(at) = rest.find('%') {
        let _ = out.push(&rest[..at], From::Nowhere, None);
        let spec = &rest[at + 1..];
        let width = spec.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%').unwrap_or(spec.len());
        let verb = spec[width..].chars().next().unwrap_or('%');
        rest = spec.get(width + verb.len_utf8()..).unwrap_or("");
        if verb == '%' {
            let _ = out.push("%", From::Nowhere, None);
            continue;
        }
        let Some(value) = values.next().and_then(Item::printed) else { return Item::hidden("printf") };
        // Blanks and digits of a width change nothing that anybody looks for, except in numbers that are cut.
        if !spec[..width].is_empty() && verb != 's' {
            return Item::hidden("printf");
        }
        if verb == 'q' {
            let _ = out.append(&same_place(&value, &yaml::quoted(value.text())), From::Nowhere, None);
        } else {
            let _ = out.append(&value, From::Nowhere, None);
        }
    }
    match out.push(rest, From::Nowhere, None) {
        Ok(()) => Item::rope(out),
        Err(_) => Item::hidden("printf"),
    }
}

fn titled(text: &str) -> String {
    let mut begins = true;
    text.chars()
        .flat_map(|letter| {
            let upper = begins && letter.is_alphabetic();
            begins = !letter.is_alphanumeric();
            if upper { letter.to_uppercase().collect::<Vec<_>>() } else { vec![letter] }
        })
        .collect()
}

/// Whether a version satisfies a constraint such as `>=1.19-0, <1.25-0`; `None` for what is not understood.
fn satisfies(constraint: &str, version: &str) -> Option<bool> {
    if constraint.contains("||") {
        let parts: Option<Vec<bool>> = constraint.split("||").map(|part| satisfies(part, version)).collect();
        return Some(parts?.into_iter().any(|part| part));
    }
    let version = numbers(version)?;
    let mut all = true;
    let mut operator = String::new();
    for part in constraint.split([',', ' ']).filter(|part| !part.is_empty()) {
        let end = part.find(|letter: char| letter.is_ascii_digit() || letter == 'v').unwrap_or(part.len());
        operator.push_str(&part[..end]);
        if end == part.len() {
            continue;
        }
        let wanted = numbers(&part[end..])?;
        all &= match operator.as_str() {
            ">=" | "=>" => version >= wanted,
            ">" => version > wanted,
            "<=" | "=<" => version <= wanted,
            "<" => version < wanted,
            "=" | "==" | "" if !part.contains(['x', 'X', '*']) => version == wanted,
            "!=" => version != wanted,
            "^" => version >= wanted && version[0] == wanted[0],
            "~" => version >= wanted && version[..2] == wanted[..2],
            _ => return None,
        };
        operator.clear();
    }
    Some(all)
}

/// The three numbers of a version; what is missing or `x` is 0.
fn numbers(text: &str) -> Option<[u64; 3]> {
    let text = text.trim().trim_start_matches('v');
    let core = text.split(['-', '+']).next()?;
    let mut found = [0; 3];
    for (index, part) in core.split('.').take(3).enumerate() {
        found[index] = if matches!(part, "x" | "X" | "*") { 0 } else { part.parse().ok()? };
    }
    Some(found)
}
