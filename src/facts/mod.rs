//! Parsed views of the tree, each read on first use and shared by every probe.

pub mod advisories;
pub mod alerts;
pub mod attestations;
pub mod ci;
pub mod clocks;
pub mod code;
pub mod config;
pub mod containers;
pub mod dashboards;
pub mod disowned;
pub mod documents;
mod embedded;
pub mod format;
pub mod history;
pub mod infra;
mod introduced;
pub mod kubernetes;
pub mod manifests;
pub mod migrations;
pub mod notify;
pub mod own_files;
pub mod own_name;
pub(crate) mod parallel;
pub mod production;
pub mod project;
pub mod reports;
pub mod routes;
pub mod scaling;
pub mod secrets;
pub mod settings_types;
pub mod stores;
mod submodules;
pub mod suites;
pub mod test_data;
pub mod texts;
pub mod unpacked;
pub mod vendored;

use crate::pattern::PatternSet;
use crate::tree::Tree;
use std::sync::Arc;

/// The tree and its parsed views.
///
/// A view is read by the first probe that asks for it; other threads wait for it. Views never depend on rules.
#[derive(Debug)]
pub struct Facts<'t> {
    /// The files.
    pub tree: &'t Tree,
    /// The moment that ages are counted from.
    pub now: jiff::Timestamp,
    /// What the rules look for, gathered so that one pass over a file serves them all; may be empty.
    pub patterns: Arc<Patterns>,
    /// The advisory database that the user named.
    pub advisory_db: Option<Arc<advisories::AdvisoryDb>>,
    slots: Slots,
}

/// The patterns of all rules that were selected.
#[derive(Debug, Default)]
pub struct Patterns {
    /// Those that are looked for in source code.
    pub code: PatternSet,
    /// Those that `@text` looks for in files by their paths.
    pub text: PatternSet,
}

impl Patterns {
    /// Gathers their literals now rather than when the first text is looked through.
    pub fn prepare(&self) {
        self.code.prepare();
        self.text.prepare();
    }
}

/// Declares the lazily read views: a slot and an accessor for each, from one list.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $read:path;)*) => {
        #[derive(Debug, Default)]
        struct Slots { $($name: std::sync::OnceLock<$type>,)* }
        impl Facts<'_> {
            $($(#[$doc])* pub fn $name(&self) -> &$type {
                self.slots.$name.get_or_init(|| $read(self))
            })*
        }
    };
}

views! {
    /// Alert rules, and what they watch.
    alerts: alerts::Alerts = alerts::read;
    /// Files of the formats that can be read into values.
    parsed_files: format::Files = format::list;
    /// The effective settings of production, with their layers.
    config: config::Config = config::read;
    /// Folders of connectors to the databases of the program's users.
    connectors: std::collections::BTreeSet<String> = config::chosen::connectors;
    /// Folders with the code of both ends of pipes that the program's users lay.
    pipes: std::collections::BTreeSet<String> = code::pipes;
    /// What CI runs, and which of it can stop a merge or a release.
    ci: ci::Ci = ci::read;
    /// Dockerfiles, compose files and platform specs.
    containers: containers::Containers = containers::read;
    /// Jobs of Nomad.
    nomad: containers::nomad::Jobs = containers::nomad::read;
    /// Dashboards of Grafana.
    dashboards: dashboards::Dashboards = dashboards::read;
    /// Kubernetes objects that production applies.
    kubernetes: kubernetes::Kubernetes = kubernetes::read;
    /// What Terraform, `CloudFormation` and Pulumi declare.
    infra: infra::Infra = infra::read;
    /// Package manifests and lock files of every ecosystem.
    manifests: manifests::Manifests = manifests::read;
    /// Prose: headings, sections and their substance.
    documents: documents::Documents = documents::read;
    /// Links of documents that leave the tree.
    leads: Vec<documents::Lead> = documents::read_leads;
    /// The site of the documentation.
    site: documents::site::Site = documents::site::read;
    /// The names that the project gives itself.
    own_name: own_name::OwnName = own_name::read;
    /// Charts that were copied from other projects.
    vendored: vendored::Vendored = vendored::read;
    /// The folders of charts whose values a helmfile sets.
    released_charts: Vec<String> = kubernetes::released_charts;
    /// Where alerts go.
    notify: notify::Notify = notify::read;
    /// Reports that other tools left in the tree.
    reports: reports::Reports = reports::read;
    /// The last commits on the first-parent line.
    history: history::History = history::read;
    /// Source code without comments and tests.
    code: code::Code = code::read;
    /// The types that the program reads its settings into.
    settings_types: settings_types::SettingsTypes = settings_types::read;
    /// Operations that the service declares.
    routes: routes::Routes = routes::read;
    /// What the SQL migrations come to.
    migrations: migrations::Migrations = migrations::read;
    /// What runs on a clock outside CI.
    clocks: clocks::Clocks = clocks::read;
    /// The durable stores of production, and what backs them up.
    stores: stores::Stores = stores::read;
    /// Test code by suite.
    suites: suites::Suites = suites::read;
    /// Which patterns may match in which file.
    texts: texts::Texts = texts::read;
    /// What people state, with dates and evidence.
    attestations: attestations::Attestations = attestations::read;
    /// The paths of the tree, for globs.
    paths: crate::pattern::Paths = paths;
    /// What the project says of itself.
    project: project::Project = project::read;
    /// How many instances of each own serving workload production may run.
    scaling: scaling::Scaling = scaling::read;
    /// Folders of data that only tests of Go read.
    test_data: test_data::TestData = test_data::read;
    /// Packages of Python that were unpacked into the tree.
    unpacked: unpacked::Unpacked = unpacked::read;
    /// What the scan for secrets found.
    secrets: secrets::Secrets = secrets::read;
}

fn paths(facts: &Facts<'_>) -> crate::pattern::Paths {
    crate::pattern::Paths::new(facts.tree.files().iter().map(|file| &*file.path))
}

impl<'t> Facts<'t> {
    /// Facts of a tree, as seen at a moment.
    pub fn new(tree: &'t Tree, now: jiff::Timestamp) -> Self {
        Self { tree, now, patterns: Arc::default(), advisory_db: None, slots: Slots::default() }
    }

    /// The same, with an advisory database.
    #[must_use]
    pub fn with_advisories(mut self, database: Option<Arc<advisories::AdvisoryDb>>) -> Self {
        self.advisory_db = database;
        self
    }

    /// The same, with the patterns that the rules will look for.
    #[must_use]
    pub fn with_patterns(mut self, patterns: impl Into<Arc<Patterns>>) -> Self {
        self.patterns = patterns.into();
        self
    }
}
