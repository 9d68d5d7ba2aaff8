//! The three phases of a release.

use std::fmt;

/// When an item has to hold; items of a later phase are not due yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the release.
    #[default]
    PreRelease,
    /// While releasing.
    Release,
    /// After the release.
    PostRelease,
}

impl Phase {
    /// All phases, in their order in time.
    pub const ALL: [Self; 3] = [Self::PreRelease, Self::Release, Self::PostRelease];

    /// The word that checklists, rules and the command line use.
    pub fn word(self) -> &'static str {
        match self {
            Self::PreRelease => "pre-release",
            Self::Release => "release",
            Self::PostRelease => "post-release",
        }
    }

    /// The phase of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
