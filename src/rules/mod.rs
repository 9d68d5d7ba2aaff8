//! The catalogue: rules, named lists, evidence groups and scales, all data (`*.tsk` beside this file).
//!
//! # The rule language
//!
//! A rule is one section, named after the item it binds:
//!
//! ```text
//! [quality_checks.clippy]
//! asks:  "Does Clippy pass with warnings denied?"
//! class: "tree"                       # tree, report, document, person, after-release
//! also:  ["security_checks.clippy"]   # the same question under another id, asked once
//! compare: "presence"                 # presence (default), exactly, at_least, at_most, range, cadence, scale:NAME
//! values:                             # words the item may expect; each its own proof, or another word it equals
//!   no_warnings:
//!     proof:
//!       - @report.sarif("clippy", {open: 0})
//!       - @ci.runs($c.clippy, "-D warnings" | "-Dwarnings"){gate}
//!   clean: "no_warnings"
//! proof:                              # alternatives, strongest first (when there is no `values:`)
//!   - @ci.runs($c.clippy){gate}
//!   - @all(@cargo.lint("warnings", "deny"), @ci.runs("cargo build"){gate})
//! refuted_by:                         # probes of their own that contradict, whatever the proof says at equal strength
//!   - @container("healthcheck_disabled")
//! shown:                              # seen and shown, never deciding: Dependabot, a rustfmt.toml
//!   - @file(".github/dependabot.yml")
//! unmet_where: @all(@place("ci"), @place("manifest", "cargo"))   # the right place: there and nothing found → unmet
//! absence: "CI runs no Clippy that fails on warnings"            # what unmet by absence says
//! would_prove: "a gate that runs `cargo clippy -- -D warnings`, or a fresh SARIF report"   # what unknown says
//! fix:    "Run `cargo clippy --all-targets -- -D warnings` in the pull-request workflow"
//! fix_in: {go: "Run `golangci-lint run` …", other: "…"}              # the same for trees without Rust, by their language
//! effort: "minutes"                   # minutes, hours, days, weeks
//! phase:  "pre-release"               # pre-release (default), release, post-release
//! by_hand: "why no tool can know"     # only for items that a person must state
//! ```
//!
//! `[section.key.*]` binds every entry of a list, `$entry` in arguments is the entry's text, `$entries` those of the whole list; `$expected` is the item's
//! value. An entry such as `"port: 1-65535"` is bound by its name: `[validation_rules.field_ranges.port]`.
//!
//! A proof is a probe call, `@any(…)`, `@all(…)`, `@not(…)`, `@item("id", …)`, `@group("name")`, or a probe call
//! compared with a literal (`@config("a.b") == "x"`, `>= 3`). Positional arguments are words; `"a" | "b"`, `["a", "b"]`
//! and `$c.clippy` mean any of them; `@item("section.*")` means every item of the section; `~"…"` is a regular expression. Options stand in a trailing `{…}`, after the
//! closing parenthesis or as the last argument; a bare name is `true`.
//!
//! `@limit(@k8s(…))` is an upper limit: it proves a bound that it lies within, and beyond it says nothing.
//!
//! `@not` proves only beside something that was really seen, inside `@all`: a verdict needs a sighting.
//!
//! How a proof decides. An alternative whose sightings carry values is compared with the expectation by `compare`; the
//! first alternative that yields values decides, and the later ones are shown. A sighting without a value proves by
//! its presence. A default of a library may contradict a bound and never proves.
//!
//! Every rule ends with `@attested("release")` for its own item: a statement in `.tusk-check/attestations.tsk` for this
//! version (`facts::attestations`). A rule that calls `@attested` itself says which statements it takes, with which
//! cadence, and this end is left out. A failure on record contradicts in both cases.
//!
//! Named lists are sections `[list.c]`, `[list.k]`, …: `clippy: ["cargo clippy", …]` is `$c.clippy`. An entry that is a
//! map (`{key: "disable_stats", negated: true}`) gives its first value as the word and the rest as its attributes; a
//! list may name other lists (`"$c.audit_rust"`). Evidence groups are sections `[group.NAME]` with `proof:`. Scales are
//! sections `[scale.NAME]` with `order:` (weakest first; a list inside is a tie) and `same:` (word → its synonyms).

mod expression;
mod last_proof;
mod load;
mod names;
mod places;
mod rule;
mod scale;
mod set;
mod text;

pub use last_proof::{TEXT as LAST_PROOF, asks_for_statements, last_proof};
pub use load::{Fault, embedded, load, read_embedded};
pub use names::Names;
pub use rule::{Call, Class, Compare, Effort, Evidence, Operator, Proof, Rule};
pub use scale::Scale;
pub use set::{Binding, RuleSet};

use crate::source::Source;

/// The files of the embedded catalogue.
#[rustfmt::skip]
const FILES: &[(&str, &str)] = &[
    ("access.tsk", include_str!("access.tsk")),
    ("alerting.tsk", include_str!("alerting.tsk")),
    ("caching.tsk", include_str!("caching.tsk")),
    ("data.tsk", include_str!("data.tsk")),
    ("database-security.tsk", include_str!("database-security.tsk")),
    ("database.tsk", include_str!("database.tsk")),
    ("delivery.tsk", include_str!("delivery.tsk")),
    ("documents.tsk", include_str!("documents.tsk")),
    ("encryption.tsk", include_str!("encryption.tsk")),
    ("environment.tsk", include_str!("environment.tsk")),
    ("exposure.tsk", include_str!("exposure.tsk")),
    ("final.tsk", include_str!("final.tsk")),
    ("golive.tsk", include_str!("golive.tsk")),
    ("incidents.tsk", include_str!("incidents.tsk")),
    ("lists-ci.tsk", include_str!("lists-ci.tsk")),
    ("lists-packages.tsk", include_str!("lists-packages.tsk")),
    ("lists-settings.tsk", include_str!("lists-settings.tsk")),
    ("monitoring.tsk", include_str!("monitoring.tsk")),
    ("network.tsk", include_str!("network.tsk")),
    ("notify.tsk", include_str!("notify.tsk")),
    ("operations.tsk", include_str!("operations.tsk")),
    ("optimisation.tsk", include_str!("optimisation.tsk")),
    ("performance.tsk", include_str!("performance.tsk")),
    ("perimeter.tsk", include_str!("perimeter.tsk")),
    ("quality.tsk", include_str!("quality.tsk")),
    ("recovery.tsk", include_str!("recovery.tsk")),
    ("reviews.tsk", include_str!("reviews.tsk")),
    ("rollout.tsk", include_str!("rollout.tsk")),
    ("scaling.tsk", include_str!("scaling.tsk")),
    ("secrets.tsk", include_str!("secrets.tsk")),
    ("security-tests.tsk", include_str!("security-tests.tsk")),
    ("security.tsk", include_str!("security.tsk")),
    ("testing.tsk", include_str!("testing.tsk")),
    ("validation.tsk", include_str!("validation.tsk")),
    ("watching-below.tsk", include_str!("watching-below.tsk")),
    ("watching.tsk", include_str!("watching.tsk")),
];

/// The embedded catalogue as sources.
pub fn sources() -> Vec<Source> {
    FILES.iter().map(|(name, text)| Source::new(format!("rules/{name}"), *text)).collect()
}
