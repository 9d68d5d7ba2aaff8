//! Objects from the text that a template has printed, each part with the place where it was written.

use super::super::super::format::{self, Format};
use super::super::super::production::Standing;
use super::super::object::Object;
use super::Unread;
use super::render::Library;
use super::rope::{self, Rope};
use crate::evidence::Place;
use crate::source::{MAX_FILE, Source, Span};
use crate::value::{Kind, Value};
use std::sync::Arc;

/// How many files one object may be put together from; each takes a range of offsets of its own.
const MAX_FILES: usize = 60;
/// How many documents of one template are looked at.
const MAX_DOCUMENTS: usize = 2_000;
/// How many doubtful stretches of one document are looked at one by one.
const MAX_DOUBTS: usize = 200;
/// What may be missing or unknown there changes no answer that anybody asks for.
const HARMLESS: &[&str] = &[
    "labels",
    "matchLabels",
    "affinity",
    "tolerations",
    "nodeSelector",
    "topologySpreadConstraints",
    "imagePullSecrets",
    "volumes",
    "volumeMounts",
];
/// Under these a single unknown value stands for many.
const STRUCTURES: &[&str] = &[
    "spec",
    "template",
    "containers",
    "resources",
    "requests",
    "limits",
    "securityContext",
    "readinessProbe",
    "livenessProbe",
    "startupProbe",
    "httpGet",
    "env",
    "envFrom",
    "ports",
    "metrics",
    "tls",
    "rules",
    "annotations",
    "strategy",
    "selector",
    "data",
    "stringData",
];

/// What a template has made.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) objects: Vec<Object>,
    pub(super) unread: Vec<Unread>,
}

/// Reads what the template of a number has printed.
pub(super) fn read(printed: &Rope, library: &Library, template: u16) -> Made {
    let rope = with_hidden_lines(printed);
    let mut made = Made::default();
    let mut files = Files { library, known: vec![template] };
    let doubts = rope.doubts();
    for span in documents(rope.text()).into_iter().take(MAX_DOCUMENTS) {
        let text = &rope.text()[span.range()];
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        let document = Document { rope: &rope, doubts: &doubts, span };
        document.read(&mut files, &mut made);
    }
    made
}

/// One document of what was printed.
struct Document<'r> {
    rope: &'r Rope,
    /// What of the whole text may not be there.
    doubts: &'r [(Span, Arc<str>)],
    span: Span,
}

impl Document<'_> {
    fn read(&self, files: &mut Files<'_>, made: &mut Made) {
        let text = &self.rope.text()[self.span.range()];
        let source = Source::new("", text);
        let place = |files: &Files<'_>| {
            let start = text.len() - text.trim_start().len();
            let origin =
                self.rope.origin(Span::new(self.span.start as usize + start, self.span.start as usize + start + 1));
            let own = origin.filter(|origin| origin.file == files.known[0]);
            let path = files.path(0);
            own.map_or_else(|| Place::file(path.clone()), |origin| Place::at(path.clone(), origin.span))
        };
        let parsed = format::read(Format::Yaml, &source);
        let broken = !parsed.problems.is_empty();
        for document in parsed.documents {
            let mut objects = Vec::new();
            super::super::each_object(&document, |value| objects.push(self.object(value, files)));
            for object in objects.into_iter().flatten() {
                if object.kind.contains("${") {
                    let why = "what kind this Helm template makes is not in the tree".into();
                    made.unread.push(Unread { place: place(files), why, text: String::new() });
                } else {
                    made.objects.push(object);
                }
            }
        }
        if broken {
            let why = "what this Helm template makes with the values of the tree is no YAML".into();
            made.unread.push(Unread { place: place(files), why, text: text.to_owned() });
        }
    }

    /// The object of a document.
    fn object(&self, document: &Value, files: &mut Files<'_>) -> Option<Object> {
        let mut value = document.clone();
        let mut finding = Finding { document: self, files, doubt: None, harmless: Vec::new() };
        let file = finding.files.known[0];
        finding.visit(&mut value, Span::default(), false, file);
        let doubt = finding.doubt.take().or_else(|| finding.doubtful(document.span));
        let mut object = Object::of(&files.path(0), &value)?;
        object.files = files.table();
        let hook = object.value.at(&["metadata", "annotations", "helm.sh/hook"]).and_then(Value::scalar_text);
        if hook.is_some_and(|hook| hook.starts_with("test")) {
            object.standing = Standing::Aside("it is a test of the Helm chart".into());
        } else if let Some(why) = doubt {
            object.standing = Standing::Uncertain(why);
        }
        Some(object)
    }
}

/// Walks through a value: gives every part its place, and finds what is not known.
struct Finding<'d, 'f, 'l> {
    document: &'d Document<'d>,
    files: &'f mut Files<'l>,
    doubt: Option<String>,
    harmless: Vec<Span>,
}

impl Finding<'_, '_, '_> {
    fn visit(&mut self, value: &mut Value, parent: Span, harmless: bool, file: u16) {
        let rendered = value.span;
        let (span, file) = self.place(rendered, parent, file);
        value.span = span;
        match &mut value.kind {
            Kind::Str(text) if rope::is_hidden(text) => *text = rope::shown(text),
            Kind::List(list) => {
                list.retain(|item| !self.is_hidden_line(item.as_str(), harmless));
                for item in list {
                    self.visit(item, span, harmless, file);
                }
            }
            Kind::Map(map) => {
                map.retain(|key, _| !self.is_hidden_line(Some(key), harmless));
                for (key, field) in map.iter_mut() {
                    let harmless = harmless || HARMLESS.contains(&key.as_str());
                    if harmless {
                        self.harmless.push(field.span());
                    }
                    field.key = self.place(field.key, span, file).0;
                    if let Some(text) = field.value.as_str()
                        && !harmless
                        && STRUCTURES.contains(&key.as_str())
                        && rope::is_all_hidden(text)
                    {
                        self.doubt.get_or_insert_with(|| unknown(text));
                    }
                    self.visit(&mut field.value, span, harmless, file);
                }
            }
            _ => {}
        }
    }

    /// Whether a key or an item of a list stands for any number of them that nobody knows.
    fn is_hidden_line(&mut self, text: Option<&str>, harmless: bool) -> bool {
        let Some(text) = text.filter(|text| rope::is_hidden(text)) else { return false };
        let is_line = rope::is_hidden_line(text);
        if is_line && !harmless {
            self.doubt.get_or_insert_with(|| unknown(text));
        }
        is_line
    }

    /// Where a stretch of the rendered text was written, as an offset of the object.
    fn place(&mut self, rendered: Span, parent: Span, file: u16) -> (Span, u16) {
        let start = self.document.span.start;
        let whole = Span { start: rendered.start + start, end: rendered.end + start };
        match self.document.rope.origin(whole).and_then(|origin| Some((self.files.offset(origin.file)?, origin))) {
            Some((offset, origin)) => {
                (Span { start: origin.span.start + offset, end: origin.span.end + offset }, origin.file)
            }
            None => (Span { start: parent.start, end: parent.start }, file),
        }
    }

    /// Why some of a document may not be there.
    fn doubtful(&self, document: Span) -> Option<String> {
        let start = self.document.span.start;
        let (from, to) = (document.start + start, document.end + start);
        let matters = |span: &Span| {
            let (from, to) = (span.start.max(from), span.end.min(to));
            let text = self.document.rope.text().get(from as usize..to as usize).unwrap_or("");
            let says = text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
            let from = from + (text.len() - text.trim_start().len()) as u32;
            let to = to - (text.len() - text.trim_end().len()) as u32;
            let inside = |own: &Span| own.start + start <= from && to <= own.end + start;
            says && !self.harmless.iter().any(inside)
        };
        let first = self.document.doubts.partition_point(|(span, _)| span.end <= from);
        let mut inside = self.document.doubts[first..].iter().take_while(|(span, _)| span.start < to);
        // So many of them are no accident.
        let found = inside.by_ref().take(MAX_DOUBTS).find(|(span, _)| matters(span)).or_else(|| inside.next());
        found.map(|(_, why)| why.to_string())
    }
}

fn unknown(text: &str) -> String {
    format!("a part of it depends on {}, which this tree does not say", rope::shown(text))
}

/// The files that the parts of one template's objects come from.
struct Files<'l> {
    library: &'l Library,
    /// Their numbers, the template's own first.
    known: Vec<u16>,
}

impl Files<'_> {
    fn path(&self, index: usize) -> Arc<str> {
        let name = self.known.get(index).and_then(|&number| self.library.file(number)).map_or("", Source::name);
        name.into()
    }

    /// How far the offsets of a file are moved; `None` for what is no file, and for one too many.
    fn offset(&mut self, file: u16) -> Option<u32> {
        self.library.file(file)?;
        let index = self.known.iter().position(|&known| known == file).or_else(|| {
            (self.known.len() < MAX_FILES).then(|| {
                self.known.push(file);
                self.known.len() - 1
            })
        })?;
        u32::try_from(index).ok()?.checked_mul(MAX_FILE as u32 + 1)
    }

    fn table(&self) -> Vec<(u32, Arc<str>)> {
        (0..self.known.len()).map(|index| (index as u32 * (MAX_FILE as u32 + 1), self.path(index))).collect()
    }
}

/// The stretches between lines of three dashes.
fn documents(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") && line[3..].starts_with(|letter: char| letter.is_whitespace()) || line == "---" {
            found.push(Span::new(start, at));
            start = at + line.len();
        }
        at += line.len();
    }
    found.push(Span::new(start, at));
    found
}

/// The text with every line that is hidden as a whole made an entry of what stands around it: nobody knows how many
/// entries it stands for.
pub(super) fn with_hidden_lines(rope: &Rope) -> Rope {
    let lines: Vec<&str> = rope.text().split_inclusive('\n').collect();
    if !lines.iter().any(|line| rope::is_all_hidden(line.trim())) {
        return rope.clone();
    }
    let mut out = Rope::default();
    let mut at = 0;
    for (index, line) in lines.iter().enumerate() {
        let body = line.trim();
        let whole = rope.slice(at..at + line.len());
        at += line.len();
        // A longer text would not have been printed at all.
        let _ = if rope::is_all_hidden(body) {
            let indent = line.len() - line.trim_start().len();
            let entry = Rope::hidden_line(index, body);
            let mark = if beside_list(&lines, index, indent) { "- " } else { "" };
            let end = if mark.is_empty() { ": 0\n" } else { "\n" };
            let origin = rope.origin(Span::new(at - line.len() + indent, at));
            let from = origin.map_or(rope::From::Nowhere, rope::From::Whole);
            out.push(&line[..indent], rope::From::Nowhere, None)
                .and_then(|()| out.push(mark, from, None))
                .and_then(|()| out.append(&entry, from, None))
                .and_then(|()| out.push(end, from, None))
        } else {
            out.append(&whole, rope::From::Nowhere, None)
        };
    }
    out
}

/// Whether a line of the same indentation next to one, nothing shallower between, begins an entry of a list.
fn beside_list(lines: &[&str], index: usize, indent: usize) -> bool {
    let depth = |line: &&&str| line.len() - line.trim_start().len();
    let telling = |line: &&&str| !line.trim().is_empty() && depth(line) <= indent && !rope::is_all_hidden(line.trim());
    let is_entry =
        |line: Option<&&str>| line.is_some_and(|line| depth(&line) == indent && line.trim_start().starts_with("- "));
    is_entry(lines[..index].iter().rev().take(500).find(telling))
        || is_entry(lines[index + 1..].iter().take(500).find(telling))
}
