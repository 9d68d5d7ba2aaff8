//! Go: structs whose tags name environment variables or settings, when something fills them.

use super::{Bound, Field, Root, SettingsTypes};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Language};
use crate::facts::config::Key;
use crate::facts::parallel;
use crate::pattern::pattern;
use crate::source::Span;
use std::cell::LazyCell;

pattern!(
    LOADERS,
    r"\bconf\.Parse(?:OSArgs)?\(|\bkong\.(?:Parse|Must|New)\(|\b(?:env|envconfig|cleanenv|viper|koanf|\w*[vV]iper|k)\.(?:Parse(?:AsWithOptions|WithOptions|As)?|Process|MustProcess|ReadConfig|ReadEnv|Unmarshal(?:Exact)?|UnmarshalWithConf)\b(?:\[[^\]]*\])?\(|\b\w+\.UnmarshalWithConf\("
);
// It takes what is to be filled alone, or first: `json.Unmarshal(data, &claims)` of the same file fills it with something else.
pattern!(OF_VIPER, r"\b\w+\.Unmarshal(?:Exact)?\(\s*(?:&|[\w.]+\s*(?:\)|,\s*(?:viper|func)\b))");
pattern!(OF_INI, r"\b\w+\.(?:Strict)?MapTo\(\s*[&\w]");
pattern!(TAGGED, r"(?m)^[ \t]*(?P<name>[A-Z]\w*)[ \t]+(?P<type>[\w.\[\]*]+)[ \t]+`(?P<tags>[^`\n]*)`");
/// More files than this are not searched for what fills a struct.
const MAX_FILES: usize = 2_000;
const TAGS: &[&str] = &["env", "envconfig", "mapstructure", "koanf", "config", "conf", "ini"];
/// A tag of `envconfig` that names no variable: the field's own name says it.
const SPLIT: &str = "split_words:\"true\"";

/// Reads the settings structs of Go code.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let loaders = LazyCell::new(|| loaders(facts));
    for file in facts.code().product(facts).filter(|file| file.language == Language::Go) {
        let Some(source) = file.source(facts) else { continue };
        // A struct of kong's commands has its help in it, and need not name a variable.
        let is_of_kong = ["kong.Parse(", "kong.Must(", "kong.New("].iter().any(|call| source.text().contains(call));
        let is_split = source.text().contains(SPLIT);
        if !is_of_kong && !is_split && !TAGS.iter().any(|tag| source.text().contains(&format!("{tag}:\""))) {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        let code = code.product();
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // What fills it stands in the same package, or anywhere.
        let near = loaders.iter().find(|place| place.path.starts_with(folder)).or(loaders.first());
        let Some(place) = near.cloned() else { continue };
        let before = types.fields.len();
        for found in TAGGED.captures_iter(code) {
            let text = |name: &str| found.name(name).map_or("", |part| part.as_str());
            let tagged = TAGS.iter().find_map(|name| Some((*name, tag(text("tags"), name)?)));
            let helped = || is_of_kong.then(|| ("kong", text("name"))).filter(|_| text("tags").contains("help:\""));
            let split = || Some(("envconfig", text("name"))).filter(|_| text("tags").contains(SPLIT));
            let tagged = tagged.filter(|(_, name)| *name != "-").or_else(helped).or_else(split);
            let (Some(whole), Some((library, variable))) = (found.get(0), tagged) else {
                continue;
            };
            let name = variable.split(',').next().unwrap_or_default();
            let start = whole.start() + whole.as_str().len() - whole.as_str().trim_start().len();
            let place = Place::at(file.path.clone(), Span::new(start, whole.end()));
            let mut field = Field::new(text("name").to_owned(), text("type"), place);
            let stated = tag(text("tags"), "envDefault").or_else(|| tag(text("tags"), "default"));
            // `conf:"default:5s,mask"` names no variable, and says all in one tag.
            let within = || variable.split(',').find_map(|word| word.strip_prefix("default:"));
            field.variable = (!matches!(library, "conf" | "kong")).then(|| Key::of(name));
            field.default = stated.or_else(within).map(str::to_owned);
            let rules = tag(text("tags"), "validate").unwrap_or_default();
            let says_required = variable.split(',').any(|word| matches!(word.trim(), "required" | "notEmpty"))
                || tag(text("tags"), "required") == Some("true");
            field.is_required = says_required || rules.split(',').any(|rule| rule == "required");
            // Libraries of files fill what is there; those of the environment can demand it.
            field.is_open = !field.is_required
                && rules.is_empty()
                && !library.starts_with("env")
                && !matches!(library, "conf" | "kong");
            field.bound = bound(rules, field.bound);
            field.is_checked |= rules.split(',').any(|rule| !matches!(rule, "" | "required" | "omitempty"));
            // What kong does not find among these it refuses.
            field.is_checked |= library == "kong" && tag(text("tags"), "enum").is_some();
            types.fields.push(field);
        }
        if types.fields.len() > before {
            types.roots.push(Root { name: "struct".to_owned(), place, denies_unknown: false, is_untyped: false });
        }
    }
}

/// Where structs are filled.
fn loaders(facts: &Facts<'_>) -> Vec<Place> {
    let files: Vec<&CodeFile> =
        facts.code().product(facts).filter(|file| file.language == Language::Go).take(MAX_FILES).collect();
    let places = parallel::map(&files, |file| {
        let code = file.code(facts)?.product();
        // A variable holds what fills it, whatever its name.
        let of_viper = || OF_VIPER.find(code).filter(|_| code.contains("spf13/viper"));
        let of_ini = || OF_INI.find(code).filter(|_| code.contains("ini.v1\"") || code.contains("go-ini/ini\""));
        let found = LOADERS.find(code).or_else(of_viper).or_else(of_ini)?;
        Some(Place::at(file.path.clone(), Span::new(found.start(), found.end())))
    });
    places.into_iter().flatten().collect()
}

/// The value of a tag: `env:"PORT,required"`.
pub(in crate::facts) fn tag<'t>(tags: &'t str, name: &str) -> Option<&'t str> {
    tags.split_whitespace().find_map(|tag| {
        let (key, value) = tag.split_once(":\"")?;
        (key == name).then(|| value.split('"').next().unwrap_or_default())
    })
}

/// The bounds that rules of a tag state: `min=1,max=9`.
pub(super) fn bound(rules: &str, of_type: Bound) -> Bound {
    let end = |names: &[&str]| {
        rules.split(',').find_map(|rule| rule.split_once('=').filter(|(name, _)| names.contains(name))?.1.parse().ok())
    };
    Bound { min: end(&["min", "gte", "gt"]).or(of_type.min), max: end(&["max", "lte", "lt"]).or(of_type.max) }
}
