//! Infrastructure as code: what Terraform and `OpenTofu`, `CloudFormation` and Pulumi YAML declare for production.
//!
//! Every resource has one name for its kind and its settings, Terraform's: `AWS::RDS::DBInstance` and its
//! `BackupRetentionPeriod` are also `aws_db_instance` and `backup_retention_period`, so that a question is asked once.
//! Nothing is planned or fetched: expressions are folded as far as the tree alone allows (`terraform`), and what stays
//! unknown is kept as its own text ([`Kind::Expr`](crate::value::Kind::Expr)).
//!
//! Use it so: [`Infra::of_kind`] gives the production resources of a kind (`aws_db_instance`, `aws_*`), each
//! [`Resource::settings`] what one says at a path (`settings.backup_configuration.enabled`), the provider's default
//! included and marked; [`Infra::unread`] says what could hide a resource of these kinds. Empty and nothing unread: not
//! there.

mod aws;
mod azure;
mod bicep;
mod cloudformation;
mod defaults;
mod fold;
mod kinds;
mod names;
mod pulumi;
mod resource;
mod terraform;

pub use resource::{Resource, Setting, Tool, written};
pub(super) use terraform::{LABEL, blocks_of_file, may_be_production};

use super::Facts;
use super::production::Standing;
use crate::evidence::{Blind, Place};

/// How many resources are kept; a tree that declares more is not one deployment.
const MAX_RESOURCES: usize = 20_000;

/// What the tree's infrastructure code declares.
#[derive(Debug, Default)]
pub struct Infra {
    /// The resources, by file and in the order of their text.
    pub resources: Vec<Resource>,
    /// Files that could not be read.
    pub blind: Vec<Blind>,
    /// Files of Terraform that could not be read and of Bicep, which hide what their texts name.
    pub illegible: Vec<Illegible>,
    /// Calls of modules that stand outside of the tree, which may declare anything of their providers.
    pub remote: Vec<Remote>,
}

/// A file whose text could be looked at and not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Illegible {
    /// Where and why.
    pub blind: Blind,
    /// What it may declare.
    hides: Hides,
}

/// What a part that is not read may declare.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Hides {
    /// Whatever there is.
    Anything,
    /// The kinds that its text names, or what a module has that it calls.
    Named(String),
    /// What these services of Azure offer.
    Azure(azure::Services),
    /// What comes with this service of AWS.
    Aws(aws::Service),
}

impl Hides {
    /// What a module may declare by its address.
    fn of_module(source: &str) -> Self {
        let azure = || azure::Services::of_module(source).map(Self::Azure);
        let aws = || aws::Service::of_module(source).map(Self::Aws);
        azure().or_else(aws).unwrap_or(Self::Anything)
    }

    fn may_hold(&self, kind: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Named(text) => text.contains("module \"") || text.contains(kind.trim_matches('*')),
            Self::Azure(services) => services.may_hold(kind),
            Self::Aws(service) => service.may_hold(kind),
        }
    }
}

/// A module that is called and not in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where it is called.
    pub place: Place,
    /// Its source, as written.
    pub source: String,
    /// The provider that it is for, where its address says so: `aws` of `cloudposse/rds/aws`.
    pub provider: Option<String>,
    /// What it may declare by its address, where that says more than the provider.
    hides: Hides,
}

impl Infra {
    /// The resources that production has.
    pub fn production(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|resource| resource.standing == Standing::Production)
    }

    /// The resources of a kind that production has; `*` at the start or end stands for anything.
    pub fn of_kind<'i>(&'i self, kind: &'i str) -> impl Iterator<Item = &'i Resource> {
        self.production().filter(move |resource| resource.is_kind(kind))
    }

    /// What could hide a resource of some kinds: files that could not be read, modules that stand elsewhere, resources
    /// that may or may not be there.
    pub fn unread(&self, kinds: &[&str]) -> Vec<Blind> {
        let remote = self.remote.iter().filter(|remote| kinds.iter().any(|kind| remote.may_hold(kind)));
        let remote = remote.map(|remote| Blind {
            place: Some(remote.place.clone()),
            why: format!("the module {} is not in the tree", remote.source),
        });
        let uncertain = self.resources.iter().filter_map(|resource| match &resource.standing {
            Standing::Uncertain(why) if kinds.iter().any(|kind| resource.is_kind(kind)) => Some(Blind {
                place: Some(resource.place()),
                why: format!("{} may not be there: {why}", resource.title()),
            }),
            _ => None,
        });
        let illegible = self.illegible.iter().filter(|file| kinds.iter().any(|kind| file.hides.may_hold(kind)));
        let illegible = illegible.map(|file| file.blind.clone());
        self.blind.iter().cloned().chain(illegible).chain(remote).chain(uncertain).collect()
    }
}

impl Remote {
    /// Whether it could declare a resource of a kind: its provider's kinds begin with the provider's name.
    fn may_hold(&self, kind: &str) -> bool {
        let Some(provider) = &self.provider else { return true };
        let family = kind.split(['_', ':', '/']).next().unwrap_or(kind).trim_end_matches('*');
        let is_of_provider =
            family.is_empty() || !names::PROVIDERS.contains(&family) || names::same_provider(family, provider);
        is_of_provider && self.hides.may_hold(kind)
    }
}

/// Reads everything.
pub fn read(facts: &Facts<'_>) -> Infra {
    let mut view = Infra::default();
    terraform::read(facts, &mut view);
    view.illegible.extend(bicep::read(facts));
    cloudformation::read(facts, &mut view);
    pulumi::read(facts, &mut view);
    if view.resources.len() > MAX_RESOURCES {
        view.resources.truncate(MAX_RESOURCES);
        view.blind.push(Blind { place: None, why: format!("more than {MAX_RESOURCES} resources are declared") });
    }
    view.resources.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    view
}
