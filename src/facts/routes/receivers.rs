//! On what operations of Go are declared: routers, groups of them, and the functions that are given one.

use super::Shaped;
use super::constants::Constants;
use super::outline::Outline;
use super::prefixes::Container;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Groups of groups deeper than this are cut off.
const MAX_DEPTH: usize = 6;

/// What a call is made on, as far as it can be read back from its dot.
pub(super) struct Receiver<'o> {
    /// The name at the beginning.
    pub(super) name: &'o str,
    /// Whether the name is that of a field: `routers.Admin.HandleFunc(…)`.
    pub(super) is_field: bool,
    /// The path of the groups that are made on the way: `r.Group("/orders").Use(signed).POST(…)`.
    pub(super) path: String,
    /// Whether what is made on the way is a router: a group, or one with something before its handlers.
    pub(super) is_router: bool,
}

/// What stands before the dot of a call.
pub(super) fn receiver(outline: &Outline, dot: usize) -> Option<Receiver<'_>> {
    const MADE: &[&str] = &["Group", "PathPrefix", "Subrouter", "With", "Use"];
    let (mut path, mut is_router, mut at) = (String::new(), false, dot);
    loop {
        let before = outline.bare.get(..at)?.trim_end();
        let Some(inside) = before.strip_suffix(')') else {
            let name = last_word(before);
            let is_field = before[..before.len() - name.len()].ends_with('.');
            return Some(Receiver { name, is_field, path, is_router });
        };
        let open = outline.partner(inside.len())?;
        let name = last_word(&outline.bare[..open]);
        is_router |= MADE.contains(&name);
        if let ("Group" | "PathPrefix", Some((own, _))) = (name, outline.string_from(open + 1)) {
            path = format!("{own}/{path}");
        }
        let start = outline.bare[..open].len() - name.len();
        let Some(rest) = outline.bare[..start].trim_end().strip_suffix('.') else {
            let makes_one = ["router", "mux"].iter().any(|word| name.to_ascii_lowercase().ends_with(word));
            return Some(Receiver { name, is_field: false, path, is_router: is_router || makes_one });
        };
        is_router |= name.ends_with("Router");
        at = rest.len();
    }
}

fn last_word(text: &str) -> &str {
    let start = text.rfind(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    start.map_or(text, |at| &text[at + text[at..].chars().next().map_or(1, char::len_utf8)..])
}

/// `v1 := r.Group("/v1")`, `s := r.PathPrefix("/s").Subrouter()`: name → parent and prefix.
pub(super) fn groups(outline: &Outline) -> BTreeMap<String, (String, String)> {
    static GROUP: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"\b(\w+)\s*:?=\s*(\w+)\.(?:Group|PathPrefix)\(\s*"([^"]*)""#).ok());
    let all = GROUP.iter().flat_map(|one| one.captures_iter(&outline.code));
    all.map(|one| (one[1].to_owned(), (one[2].to_owned(), one[3].to_owned()))).collect()
}

pub(super) fn group(groups: &BTreeMap<String, (String, String)>, name: &str) -> String {
    let (mut prefix, mut name) = (String::new(), name.to_owned());
    for _ in 0..MAX_DEPTH {
        let Some((parent, own)) = groups.get(&name) else { break };
        prefix = format!("{own}/{prefix}");
        name.clone_from(parent);
    }
    prefix
}

/// Below what a router is that a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// The path, as far as it is known.
    pub(super) prefix: String,
    /// Whether more may stand before it.
    pub(super) is_below: bool,
}

/// The routers that are made below a path and put into a field, by the field's name:
/// `Admin: mux.NewRouter().PathPrefix(AdminPath).Subrouter()`.
pub(super) fn fields(files: &[Shaped], constants: &Constants<'_, '_>) -> BTreeMap<String, Held> {
    static MADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"(?m)(?:^\s*|[.{,]\s*)(?<field>\w+)\s*(?::|=)\s*(?<from>[^\n=,;]*?)(?:\.(?<below>Group|PathPrefix)\(|\b(?:NewRouter|NewServeMux)\(\)\s*(?:[,\n;}]|$))",
        )
        .ok()
    });
    let mut found: BTreeMap<String, Held> = BTreeMap::new();
    for file in files {
        let outline = &file.outline;
        for made in MADE.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
            let Some(whole) = made.get(0) else { continue };
            let is_below = made.name("below").is_some();
            let open = whole.end() - 1;
            let text = is_below.then(|| outline.string_from(open + 1)).flatten().map(|(text, _)| text.to_owned());
            let named = || {
                let inside = outline.inside(open).filter(|_| is_below)?;
                let bare = &outline.bare[inside.range()];
                let parts = constants.in_expression(&file.path, &outline.code, bare);
                (!parts.is_empty()).then(|| parts.join("/"))
            };
            let prefix = text.or_else(named);
            let is_known = !is_below || prefix.is_some() && made["from"].contains("New");
            let held = Held { prefix: prefix.unwrap_or_default(), is_below: !is_known };
            // Fields of one name in two types hold different routers.
            let several = Held { prefix: String::new(), is_below: true };
            found
                .entry(made["field"].to_owned())
                .and_modify(|one| {
                    if *one != held {
                        one.clone_from(&several);
                    }
                })
                .or_insert(held);
        }
    }
    found
}

/// The router at the root of a group.
pub(super) fn root<'n>(groups: &'n BTreeMap<String, (String, String)>, name: &'n str) -> &'n str {
    let mut name = name;
    for _ in 0..MAX_DEPTH {
        let Some((parent, _)) = groups.get(name) else { break };
        name = parent;
    }
    name
}

/// A router that a function is given by its caller, who may have mounted it anywhere.
pub(super) struct Given {
    pub(super) function: String,
    /// Whether the function belongs to a type, so that its name alone says little.
    pub(super) is_method: bool,
    /// Which of the parameters it is.
    pub(super) position: usize,
    pub(super) router: String,
    pub(super) body: Span,
}

/// `func (h *Handler) Register(group *gin.RouterGroup) { … }`.
pub(super) fn given(outline: &Outline) -> Vec<Given> {
    static GIVEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"\bfunc\s*(?<of>\([^)]*\)\s*)?(?<function>\w+)\s*\((?<before>(?:[^)]*,)?)\s*(?<name>\w+)\s+\*?(?:gin\.I?Routes|(?:\w+\.)?\w*Router(?:Group)?|(?:\w+\.)?RouteGroup|echo\.Group)\b[^)]*\)[^{\n]*\{",
        )
        .ok()
    });
    let functions = GIVEN.iter().flat_map(|one| one.captures_iter(&outline.bare));
    functions
        .filter_map(|one| {
            Some(Given {
                function: one["function"].to_owned(),
                is_method: one.name("of").is_some(),
                position: one["before"].matches(',').count(),
                router: one["name"].to_owned(),
                body: outline.inside(one.get(0)?.end() - 1)?,
            })
        })
        .collect()
}

/// `r.Route("/users", func(r chi.Router) { … })`, outermost first.
pub(super) fn containers(outline: &Outline) -> Vec<Container> {
    static ROUTE: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\.Route\s*\(").ok());
    let calls = ROUTE.iter().flat_map(|one| one.find_iter(&outline.bare));
    calls
        .filter_map(|call| {
            let open = call.end() - 1;
            let (text, _) = outline.string_from(open + 1)?;
            let inside: Span = outline.inside(open)?;
            Some(Container { span: inside, prefix: text.to_owned() })
        })
        .collect()
}
