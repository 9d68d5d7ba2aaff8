//! One commit, and the marks in it that tell how it came in (rulings 9, 26, 35).

use crate::pattern::pattern;
use jiff::Timestamp;

/// Somebody's name and address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
}

/// One commit.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its id, in hexadecimal.
    pub id: String,
    /// When it was committed.
    pub time: Timestamp,
    /// Who wrote it.
    pub author: Person,
    /// Who put it here.
    pub committer: Person,
    /// Its message.
    pub message: String,
}

pattern!(
    BY_REQUEST,
    r"\((?:#|!|pull request #)\d+\)\s*$|^Merge pull request |^Merged in .*\(pull request #\d+\)|^(?:Auto merge of|Rollup merge of|Merge) #\d+|^Merge PR "
);
// What GitHub calls a change that is made on its page.
pattern!(
    BY_HAND,
    r"^(?:(?:Update|Create|Delete) [\w./-]*\w\.\w+|(?:Update|Create|Delete) (?:README|LICENSE|Dockerfile|Makefile|CODEOWNERS)|Add files via upload)$"
);
pattern!(GITLAB_MERGE, r"(?m)^See merge request \S+!\d+");
pattern!(BY_GERRIT, r"(?m)^Reviewed-on: \S+");
// `Reviewed-on` of Gitea and Gerrit is where it was looked at, and does not say that anybody approved.
pattern!(REVIEWED, r"(?mi)^\s*(?:Reviewed-by|Approved-by|Acked-by):\s*\S+");
// Bors and homu write who approved: `r=alice`.
pattern!(BORS, r"(?m)(?:^|\s)r=[A-Za-z0-9][\w,@-]*");
pattern!(
    BOT,
    r"(?i)\[bot\]|^(?:dependabot|renovate|greenkeeper|github-actions?|release-please|semantic-release|snyk|mergify|pre-commit-ci|imgbot|allcontributors|weblate|pyup|depfu|scala-steward)\b|-(?:bot|sdk|ci|automation|sync)$|\bautomation bot\b"
);

impl Commit {
    /// The first line of the message.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or("").trim()
    }

    /// The first characters of the id.
    pub fn short_id(&self) -> &str {
        self.id.get(..9).unwrap_or(&self.id)
    }

    /// Whether a program wrote it.
    pub fn is_by_bot(&self) -> bool {
        BOT.is_match(&self.author.name) || self.author.email.contains("[bot]")
    }

    /// Whether it bears the mark of a pull request or merge request.
    pub fn is_by_request(&self) -> bool {
        BY_REQUEST.is_match(self.subject())
            || GITLAB_MERGE.is_match(&self.message)
            || BY_GERRIT.is_match(&self.message)
            || self.is_by_forge() && !BY_HAND.is_match(self.subject())
    }

    /// Whether the forge itself committed it.
    pub fn is_by_forge(&self) -> bool {
        let email = self.committer.email.to_ascii_lowercase();
        email == "noreply@github.com" || (self.committer.name == "GitLab" && email.starts_with("noreply@"))
    }

    /// Whether it says who approved it.
    pub fn is_reviewed(&self) -> bool {
        let by_bors = self.subject().starts_with("Auto merge of #") || self.committer.name == "bors";
        REVIEWED.is_match(&self.message) || (by_bors && BORS.is_match(&self.message))
    }

    /// Whether somebody else than its author put it here, the forge left out.
    pub fn is_applied_by_other(&self) -> bool {
        let same = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
        let (author, committer) = (&self.author, &self.committer);
        !self.is_by_forge() && !same(&author.email, &committer.email) && !same(&author.name, &committer.name)
    }
}
