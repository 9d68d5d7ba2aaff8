//! Constants of Go that hold a text: `const OrdersPath = "/orders"`, and what other packages of the tree call `api.OrdersPath`.

use crate::facts::Facts;
use crate::facts::code::Language;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::tree::path::folder_of;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

/// Constants that are put together of others deeper than this are cut off.
const MAX_DEPTH: usize = 4;

/// An expression of more parts is not put together.
const MAX_PARTS: usize = 20;

/// The texts of a package by the names that it gives them; `None` for a name that stands for several.
type Texts = BTreeMap<String, Option<String>>;

/// The constants of the packages that were asked for.
pub(super) struct Constants<'f, 't> {
    facts: &'f Facts<'t>,
    packages: RefCell<BTreeMap<String, Rc<Texts>>>,
}

impl<'f, 't> Constants<'f, 't> {
    pub(super) fn new(facts: &'f Facts<'t>) -> Self {
        Self { facts, packages: RefCell::default() }
    }

    /// The texts of the names in an expression of a file, in their order: `path.Join(Prefix, api.OrdersPath)`.
    pub(super) fn in_expression(&self, file: &str, code: &str, written: &str) -> Vec<String> {
        let is_between = |letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.'));
        written.split(is_between).filter_map(|name| self.text(file, code, name.trim_matches('.'))).collect()
    }

    /// The path that an expression of a file is put together to of constants, `{}` for each part that is not known:
    /// `path.Join(OrdersPath, id, "lines")`, `server.URL + OrdersPath + "/" + id`. `None` where no constant is a path.
    pub(super) fn put_together(&self, file: &str, code: &str, written: &str) -> Option<String> {
        let mut holds_path = false;
        let text = self.parts_of(file, code, written, &mut holds_path, 0);
        text.filter(|_| holds_path)
    }

    fn parts_of(&self, file: &str, code: &str, written: &str, holds_path: &mut bool, depth: usize) -> Option<String> {
        const JOINING: &[&str] = &["path.Join(", "url.JoinPath("];
        let written = written.trim();
        let joined = JOINING.iter().find_map(|call| written.strip_prefix(call)?.strip_suffix(')'));
        let (list, between) = match joined {
            Some(inside) => (split(inside, b','), "/"),
            None => (split(written, b'+'), ""),
        };
        if depth > MAX_DEPTH || list.len() > MAX_PARTS {
            return None;
        }
        let is_whole = joined.is_none() && list.len() == 1;
        let mut texts = Vec::new();
        for part in list {
            let quoted = part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let is_name = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
            texts.push(match quoted {
                Some(text) => text.to_owned(),
                None if is_name => {
                    let known = self.text(file, code, part);
                    *holds_path |= known.as_deref().is_some_and(|text| text.starts_with('/'));
                    known.unwrap_or_else(|| "{}".to_owned())
                }
                None if is_whole => "{}".to_owned(),
                None => self.parts_of(file, code, part, holds_path, depth + 1)?,
            });
        }
        Some(texts.join(between))
    }

    /// The text that names joined by `+` stand for in a file, where they are names and nothing else.
    pub(super) fn of_names(&self, file: &str, code: &str, names: &str) -> Option<String> {
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
        let mut names = names.split('+').map(str::trim);
        names.try_fold(String::new(), |text, name| {
            let one = if is_name(name) { self.text(file, code, name) } else { None };
            Some(text + &one?)
        })
    }

    /// The text that a name stands for in a file.
    fn text(&self, file: &str, code: &str, name: &str) -> Option<String> {
        match name.split_once('.') {
            None => self.of_package(folder_of(file), name),
            Some((package, name)) => self.of_package(&self.imported(code, package)?, name),
        }
    }

    fn of_package(&self, folder: &str, name: &str) -> Option<String> {
        let known = self.packages.borrow().get(folder).cloned();
        let texts = known.unwrap_or_else(|| {
            let texts = Rc::new(self.read(folder));
            self.packages.borrow_mut().insert(folder.to_owned(), texts.clone());
            texts
        });
        texts.get(name)?.clone()
    }

    /// The folder of the tree that a file imports under a name.
    fn imported(&self, code: &str, package: &str) -> Option<String> {
        let path = imported_path(code, package)?;
        let mut ends = std::iter::successors(Some(path), |rest| rest.split_once('/').map(|(_, rest)| rest));
        ends.find(|folder| self.files(folder).next().is_some()).map(str::to_owned)
    }

    fn files<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = &'s crate::facts::code::CodeFile> {
        let files = self.facts.code().files().iter();
        files.filter(move |file| file.language == Language::Go && folder_of(&file.path) == folder)
    }

    fn read(&self, folder: &str) -> Texts {
        static CONSTANT: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(
                r#"(?m)^[ \t]*(?:(?:const|var)[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*(?:string[ \t]*)?=[ \t]*(?<value>(?:"[^"\n]*"|[A-Za-z_]\w*)(?:[ \t]*\+[ \t]*(?:"[^"\n]*"|[A-Za-z_]\w*))*)[ \t]*$"#,
            )
            .ok()
        });
        let mut written: BTreeMap<String, Option<String>> = BTreeMap::new();
        for file in self.files(folder) {
            let code = file.code(self.facts).map_or("", |text| text.code.as_str());
            for one in CONSTANT.iter().flat_map(|one| one.captures_iter(code)) {
                let value = Some(one["value"].to_owned());
                let known = written.entry(one["name"].to_owned()).or_insert_with(|| value.clone());
                *known = known.take().filter(|own| Some(own) == value.as_ref());
            }
        }
        written.keys().map(|name| (name.clone(), text_of(&written, name, 0))).collect()
    }
}

/// The parts of an expression between a sign that stands in no text and in no bracket.
fn split(written: &str, sign: u8) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    let bytes = written.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if at == 0 || bytes[at - 1] != b'\\' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ if byte == sign && depth == 0 => {
                parts.push(&written[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&written[from..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The path that a file imports under a name: `net/http/pprof` under `pp`.
pub(super) fn imported_path<'c>(code: &'c str, package: &str) -> Option<&'c str> {
    static IMPORT: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?m)^\s*(?:import\s+)?(?:(?<name>\w+)\s+)?"(?<path>[^"\n]+)"\s*$"#).ok());
    let last = |path: &str| path.rsplit('/').next() == Some(package);
    let mut all = IMPORT.as_ref()?.captures_iter(code);
    all.find_map(|one| {
        let path = one.name("path")?;
        let is_it = one.name("name").map_or_else(|| last(path.as_str()), |name| name.as_str() == package);
        is_it.then(|| code.get(path.start()..path.end())).flatten()
    })
}

/// The text of a name: those of its parts, one after the other.
fn text_of(written: &BTreeMap<String, Option<String>>, name: &str, depth: usize) -> Option<String> {
    let value = written.get(name)?.as_deref().filter(|_| depth < MAX_DEPTH)?;
    let parts = value.split('+').map(str::trim);
    let texts = parts.map(|part| match part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => Some(text.to_owned()),
        None => text_of(written, part, depth + 1),
    });
    texts.collect()
}
