//! What a setting holds: a text of the tree, or a reference to something that stands elsewhere.

use crate::pattern::pattern;
use crate::value::{Kind, Value};

/// What a setting holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// An empty text or an empty list.
    Empty,
    /// A text, as written.
    Plain(String),
    /// A list of texts.
    List(Vec<String>),
    /// A reference: how production gets it, and the reference as written.
    Elsewhere(Way, String),
}

/// How a value that is not in the tree reaches production.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// An environment variable, with its name where one is given.
    Env(Option<String>),
    /// A file that is mounted or put there.
    File,
    /// A Kubernetes Secret.
    KubernetesSecret,
    /// A sealed secret.
    Sealed,
    /// SOPS.
    Sops,
    /// A secret store, by the word of the scale `secret_store`.
    Store(&'static str),
    /// A template that a deployment fills: `{{ .Values.password }}`, `<password>`.
    Template,
    /// The program computes it: `SECRET_KEY = file.read().strip()`.
    Computed,
}

impl Way {
    /// The word of the scale `secret_store`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Env(_) | Self::Template | Self::Computed => "env_plain",
            Self::File => "file",
            Self::KubernetesSecret => "kubernetes_secret",
            Self::Sealed => "sealed_secrets",
            Self::Sops => "sops",
            Self::Store(word) => word,
        }
    }
}

impl Held {
    /// What a value holds, and the default that stands in it for when nothing else is given; `None` for null and maps.
    pub fn of(value: &Value, raw: &str) -> Option<(Self, Option<String>)> {
        match &value.kind {
            Kind::Null => None,
            Kind::Map(map) => {
                // One entry under a tag or an intrinsic function: `!Ref X`, `{"Ref": "X"}`, `{"Fn::GetAtt": […]}`.
                let (name, _) = map.first().filter(|_| map.len() == 1)?;
                let refers = name.starts_with('!') || name.starts_with("Fn::") || name == "Ref";
                refers.then(|| (Self::Elsewhere(Way::Template, raw.to_owned()), None))
            }
            Kind::List(items) if items.is_empty() => Some((Self::Empty, None)),
            Kind::List(items) => {
                let texts: Vec<String> = items.iter().filter_map(Value::scalar_text).collect();
                (texts.len() == items.len()).then_some((Self::List(texts), None))
            }
            Kind::Expr(expression) => Some(expression_of(&expression.raw)),
            Kind::Str(text) => Some(Self::of_text(text)),
            // `1.10` and `0644` as they were written.
            _ => Some((Self::Plain(raw.trim().to_owned()), None)),
        }
    }

    /// What a text holds, and the default that stands in it.
    pub fn of_text(text: &str) -> (Self, Option<String>) {
        let text = text.trim();
        if text.is_empty() {
            return (Self::Empty, None);
        }
        if let Some(way) = store(text) {
            return (Self::Elsewhere(way, text.to_owned()), None);
        }
        if let Some(Variable { name, default }) = of_ruby(text) {
            return match default {
                Some(default) if default.is_empty() => (Self::Empty, name),
                Some(default) => (Self::Plain(default), name),
                None => (Self::Elsewhere(Way::Env(name), text.to_owned()), None),
            };
        }
        match variable(text) {
            Some(Variable { default: Some(default), .. }) if default.is_empty() => (Self::Empty, Some(text.to_owned())),
            Some(Variable { default: Some(default), .. }) => (Self::Plain(default), Some(text.to_owned())),
            Some(Variable { name, default: None }) => (Self::Elsewhere(Way::Env(name), text.to_owned()), None),
            None if is_placeholder(text) => (Self::Elsewhere(Way::Template, text.to_owned()), None),
            None => (Self::Plain(text.to_owned()), None),
        }
    }

    /// A text that is the name of a variable, as what that variable holds.
    #[must_use]
    pub(super) fn into_variable(self) -> Self {
        match self {
            Self::Plain(name) => Self::Elsewhere(Way::Env(Some(name.clone())), name),
            other => other,
        }
    }

    /// The text, if it stands in the tree.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            _ => None,
        }
    }
}

/// `@env("NAME", "default")` of TuskLang; any other expression is computed elsewhere.
fn expression_of(raw: &str) -> (Held, Option<String>) {
    let call = raw.trim_start_matches('@');
    let (name, rest) = call.split_once('(').unwrap_or((call, ""));
    let mut arguments =
        rest.trim_end().trim_end_matches(')').splitn(2, ',').map(|part| part.trim().trim_matches(['"', '\'']));
    let first = arguments.next().filter(|first| !first.is_empty());
    match name {
        "env" | "env.secure" => match arguments.next().filter(|_| name == "env") {
            Some("") => (Held::Empty, Some(raw.to_owned())),
            Some(default) => (Held::Plain(default.to_owned()), Some(raw.to_owned())),
            None => (Held::Elsewhere(Way::Env(first.map(str::to_owned)), raw.to_owned()), None),
        },
        "file" | "file.secure" | "file.read" => (Held::Elsewhere(Way::File, raw.to_owned()), None),
        _ => (Held::Elsewhere(Way::Template, raw.to_owned()), None),
    }
}

struct Variable {
    name: Option<String>,
    default: Option<String>,
}

/// A text that is one variable: `${A}`, `$A`, `$(A)`, `%A%`, `${A:-default}`, `${A:default}`, `%(ENV_A)s`, `env:A`.
fn variable(text: &str) -> Option<Variable> {
    let name = |name: &str| {
        let name = name.trim().trim_start_matches("env.").trim_start_matches("env:").trim_start_matches("ENV_");
        name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)).then(|| name.to_owned())
    };
    if let Some(inner) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        if inner.contains(['{', '}']) {
            return None;
        }
        let skipped = inner.len() - inner.trim_start_matches("env:").len();
        let cut = inner[skipped..].find([':', '-']).map(|at| at + skipped);
        // `${prison-api.client.secret}`: the hyphen of a property's name; only a shell's variable has a default behind one.
        let cut = cut.map(|cut| {
            let is_property =
                inner[cut..].starts_with('-') && inner[skipped..cut].bytes().any(|b| b.is_ascii_lowercase());
            if is_property { inner[cut..].find(':').map_or(inner.len(), |at| at + cut) } else { cut }
        });
        let cut = cut.filter(|&cut| cut < inner.len());
        let Some(cut) = cut else { return Some(Variable { name: name(inner), default: None }) };
        let default = inner[cut..].strip_prefix(":-").or_else(|| inner[cut..].strip_prefix(':'));
        let default = default.or_else(|| inner[cut..].strip_prefix('-'))?;
        // `${A:?must be set}` has no default.
        let default = (!default.starts_with('?')).then(|| default.to_owned());
        return Some(Variable { name: name(&inner[..cut]), default });
    }
    let wrapped = [("$(", ")"), ("%(", ")s"), ("%", "%"), ("$", ""), ("env:", "")];
    let inner = wrapped.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?;
    let is_name = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| Variable { name: name(inner), default: None })
}

// `<%= ENV["A"] %>`, `<%= ENV["A"].presence || "b" %>`, `<%= ENV.fetch("A") { 5 } %>`, `<%= ENV.fetch("A", nil) %>`.
pattern!(
    RUBY,
    r#"^<%=\s*(?:Integer\(\s*)?ENV(?:\[\s*|\.fetch\(\s*)["'](?<name>\w+)["']\s*(?:\]|(?:,\s*(?:"(?<argument>[^"]*)"|'(?<argument1>[^']*)'|(?<argument2>\d+)|nil)\s*)?\))(?:\.(?:presence|to_i|to_s))*\s*(?:(?:\|\||\{)\s*(?:"(?<block>[^"]*)"|'(?<block1>[^']*)'|(?<block2>\d+)|nil)?\s*\}?)?(?:\.to_i|\))*\s*-?%>$"#
);

/// A text that is one variable in a template of Ruby, as in the settings of Rails.
fn of_ruby(text: &str) -> Option<Variable> {
    let found = RUBY.captures(text)?;
    let defaults = ["argument", "argument1", "argument2", "block", "block1", "block2"];
    let default = defaults.iter().find_map(|name| found.name(name)).map(|group| group.as_str().to_owned());
    Some(Variable { name: found.name("name").map(|group| group.as_str().to_owned()), default })
}

/// A reference to a secret store, by its scheme.
fn store(text: &str) -> Option<Way> {
    let schemes: &[(&str, Way)] = &[
        ("ENC[AES256_GCM", Way::Sops),
        ("vault:", Way::Store("hashicorp_vault")),
        ("ref+vault://", Way::Store("hashicorp_vault")),
        ("ref+awssecrets://", Way::Store("aws_secrets_manager")),
        ("ref+awsssm://", Way::Store("aws_ssm")),
        ("ref+gcpsecrets://", Way::Store("gcp_secret_manager")),
        ("ref+azurekeyvault://", Way::Store("azure_key_vault")),
        ("arn:aws:secretsmanager:", Way::Store("aws_secrets_manager")),
        ("arn:aws:ssm:", Way::Store("aws_ssm")),
        ("{{resolve:secretsmanager:", Way::Store("aws_secrets_manager")),
        ("{{resolve:ssm-secure:", Way::Store("aws_ssm")),
        ("sm://", Way::Store("gcp_secret_manager")),
        ("@Microsoft.KeyVault(", Way::Store("azure_key_vault")),
        ("op://", Way::Store("onepassword")),
        ("secretKeyRef", Way::KubernetesSecret),
        ("/run/secrets/", Way::File),
        ("file:/run/secrets", Way::File),
        ("file:///run/secrets", Way::File),
    ];
    let found = schemes.iter().find(|(scheme, _)| text.starts_with(scheme)).map(|(_, way)| way.clone());
    let gcp = || text.starts_with("projects/") && text.contains("/secrets/");
    found.or_else(|| gcp().then_some(Way::Store("gcp_secret_manager")))
}

/// A text that something fills later: `{{ … }}`, `<password>`, `__PASSWORD__`, `@@X@@`, `#{X}#`, `token-from-env`.
fn is_placeholder(text: &str) -> bool {
    let whole = [
        ("%env(", ")%"),
        ("{{", "}}"),
        ("<", ">"),
        ("__", "__"),
        ("@@", "@@"),
        ("#{", "}#"),
        ("[[", "]]"),
        ("((", "))"),
    ];
    whole
        .iter()
        .any(|(open, close)| text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close))
        || text.contains("{{")
        || ["from-env", "from_env", "from env"].iter().any(|said| text.to_ascii_lowercase().ends_with(said))
}
