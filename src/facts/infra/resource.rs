//! One declared resource, what it says, and where.

use super::super::kubernetes::path::{Found, Path, glob};
use super::super::production::Standing;
use super::{defaults, names};
use crate::evidence::Place;
use crate::source::Span;
use crate::value::{Kind, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// What declares a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// Terraform or `OpenTofu`.
    Terraform,
    /// AWS `CloudFormation`, SAM included.
    CloudFormation,
    /// Pulumi YAML.
    Pulumi,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its kind by Terraform's name (`aws_db_instance`), or as written where Terraform's is not known.
    pub kind: String,
    /// Its kind as written: `AWS::RDS::DBInstance`, `terraform-aws-modules/rds/aws` for a known module.
    pub declared: String,
    /// Its address: `module.db.aws_db_instance.main`.
    pub name: String,
    /// What declares it.
    pub tool: Tool,
    /// The file that declares it.
    pub path: Arc<str>,
    /// Its heading.
    pub span: Span,
    /// Its settings, folded; a nested block is a list of maps.
    pub value: Value,
    /// Whether production has it: not when `count` is 0, nor in a stack for development.
    pub standing: Standing,
    /// How many of it there are, where the tree says.
    pub count: Option<usize>,
    /// Spans of `value` that were written elsewhere, and where: `var.encrypted at prod.tfvars:3`.
    pub(super) origins: Vec<(Span, String)>,
}

/// What a resource says at a path.
#[derive(Clone, Debug)]
pub struct Setting<'r> {
    /// The value; a [`Kind::Expr`] when the tree does not show it.
    pub value: Cow<'r, Value>,
    /// Where it is written, or the resource's own place for a default.
    pub place: Place,
    /// The name under which it stood last.
    pub key: String,
    /// Whose default it is, when nobody wrote it.
    pub default_of: Option<&'static str>,
    /// Where the value comes from, if from another place.
    pub origin: Option<&'r str>,
}

/// A value as it is written: an expression's own text, or the scalar.
pub fn written(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Expr(expression) => Some(expression.raw.clone()),
        _ => value.scalar_text(),
    }
}

impl Setting<'_> {
    /// Whether the tree does not show the value.
    pub fn is_opaque(&self) -> bool {
        matches!(self.value.kind, Kind::Expr(_))
    }

    /// The value as text, for a scalar.
    pub fn text(&self) -> Option<String> {
        self.value.scalar_text()
    }
}

impl Resource {
    /// Whether it is of a kind, under either of its names; `*` at the start or end stands for anything.
    pub fn is_kind(&self, wanted: &str) -> bool {
        // Providers are kept beside the resources for their regions; nobody means them by `*`.
        let is_provider = self.kind.starts_with("provider.") && !wanted.starts_with("provider.");
        !is_provider && (glob(wanted, &self.kind) || glob(wanted, &self.declared))
    }

    /// What it says at a path, nested blocks walked through, or the default that its provider takes.
    ///
    /// A setting that cannot be seen (it, or what it stands in, is an expression that stays unknown) is opaque.
    pub fn settings<'s>(&'s self, path: &Path) -> Vec<Setting<'s>> {
        let found = path.find_through_lists(&self.value);
        if !found.is_empty() {
            let setting = |found: Found<'s>| Setting {
                value: Cow::Borrowed(found.value),
                place: self.at(found.span),
                origin: self.origin_of(found.span),
                key: found.key,
                default_of: None,
            };
            return found.into_iter().map(setting).collect();
        }
        if let Some(hidden) = self.hidden(path) {
            return vec![hidden];
        }
        self.default(path).into_iter().collect()
    }

    /// The first of [`Self::settings`] at a path as rules write it.
    pub fn setting(&self, path: &str) -> Option<Setting<'_>> {
        self.settings(&Path::parse(path)).into_iter().next()
    }

    /// The expression on the way to a path that hides what stands there.
    fn hidden(&self, path: &Path) -> Option<Setting<'_>> {
        let mut parent = path.parent();
        loop {
            let found = parent.find_through_lists(&self.value);
            let hides = |value: &&Value| matches!(value.kind, Kind::Expr(_));
            let hiding = |value: &Value| {
                let entries = value.as_list().unwrap_or_default();
                std::iter::once(value).chain(entries).find(hides).cloned()
            };
            if let Some((found, value)) = found.iter().find_map(|found| Some((found, hiding(found.value)?))) {
                return Some(Setting {
                    value: Cow::Owned(value),
                    place: Place::at(self.path.clone(), found.span),
                    key: found.key.clone(),
                    default_of: None,
                    origin: self.origin_of(found.span),
                });
            }
            if parent.is_empty() {
                return None;
            }
            parent = parent.parent();
        }
    }

    /// The default of its provider or module.
    fn default(&self, path: &Path) -> Option<Setting<'_>> {
        let key = path.dotted()?;
        let (kind, whose) = defaults::of(self.tool, &self.kind, &self.declared, &key)?;
        Some(Setting {
            value: Cow::Owned(Value::new(kind, self.span)),
            place: self.place(),
            key: key.rsplit('.').next().unwrap_or(&key).to_owned(),
            default_of: Some(whose),
            origin: None,
        })
    }

    fn origin_of(&self, span: Span) -> Option<&str> {
        let inside = |origin: &Span| span.start <= origin.start && origin.end <= span.end;
        self.origins.iter().find(|(origin, _)| inside(origin)).map(|(_, text)| text.as_str())
    }

    /// Whether a text, as [`written`] gives it, names this resource: by its whole address, or by the part inside of its module.
    pub fn is_named_in(&self, text: &str) -> bool {
        let label = self.name.rsplit('.').next().unwrap_or(&self.name);
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '-');
        [self.name.clone(), format!("{}.{label}", self.kind)].iter().any(|name| {
            text.match_indices(name.as_str()).any(|(at, _)| {
                is_edge(text[..at].chars().next_back()) && is_edge(text[at + name.len()..].chars().next())
            })
        })
    }

    /// Where it is declared.
    pub fn place(&self) -> Place {
        Place::at(self.path.clone(), self.span)
    }

    /// The place of a part of it.
    pub fn at(&self, span: Span) -> Place {
        Place::at(self.path.clone(), span)
    }

    /// Its address with its kind: `aws_db_instance.main`, `module "db" (terraform-aws-modules/rds/aws)`.
    pub fn title(&self) -> String {
        if names::is_module(&self.declared) {
            return format!("{} ({})", self.name, self.declared);
        }
        if self.name.contains(&self.declared) {
            self.name.clone()
        } else {
            format!("{} \"{}\"", self.declared, self.name)
        }
    }
}
