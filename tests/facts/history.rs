//! History: repositories made here, by git itself with no settings of anybody's.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use tusk_check::evidence::{Answer, Observed};
use tusk_check::facts::Facts;
use tusk_check::facts::history::{Freshness, History};
use tusk_check::probe::{self, Question, Word};
use tusk_check::source::Span;
use tusk_check::tree::Tree;
use tusk_check::value::{Field, Kind, Value};

const ALICE: &str = "Alice <alice@example.org>";
const BOB: &str = "Bob <bob@example.org>";
const FORGE: &str = "GitHub <noreply@github.com>";

/// A repository under construction; each commit is one day later.
pub(crate) struct Repo {
    pub(crate) folder: TempDir,
    day: u32,
}

impl Repo {
    pub(crate) fn new() -> Self {
        let repo = Self { folder: TempDir::new().expect("a folder"), day: 0 };
        repo.git(&["init", "-q", "-b", "main"], &[]);
        repo
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, args: &[&str], env: &[(&str, &str)]) {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(env.iter().copied())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("written");
    }

    pub(crate) fn commit_by(&mut self, author: &str, committer: &str, message: &str) {
        self.day += 1;
        let date = format!("2026-01-{:02}T12:00:{:02}Z", self.day % 28 + 1, self.day / 28);
        let split = |who: &str| {
            let (name, email) = who.split_once(" <").expect("a name and an address");
            (name.to_owned(), email.trim_end_matches('>').to_owned())
        };
        let ((name, email), (by, by_email)) = (split(author), split(committer));
        self.git(&["add", "-A"], &[]);
        self.git(
            &["commit", "-q", "--allow-empty", "-m", message],
            &[
                ("GIT_AUTHOR_NAME", &name),
                ("GIT_AUTHOR_EMAIL", &email),
                ("GIT_AUTHOR_DATE", &date),
                ("GIT_COMMITTER_NAME", &by),
                ("GIT_COMMITTER_EMAIL", &by_email),
                ("GIT_COMMITTER_DATE", &date),
            ],
        );
    }

    pub(crate) fn commit(&mut self, message: &str) {
        self.commit_by(ALICE, ALICE, message);
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&Facts<'_>) -> T) -> T {
        with(self.path(), look)
    }
}

fn with<T>(root: &Path, look: impl FnOnce(&Facts<'_>) -> T) -> T {
    let tree = Tree::walk(root).expect("a tree");
    look(&Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH))
}

fn ask(facts: &Facts<'_>, fact: &str) -> Answer {
    let word = Word { text: fact.into(), ..Word::default() };
    let probe = probe::find("git").expect("a probe");
    (probe.look)(facts, &Question { args: vec![vec![word]], ..Question::default() })
}

fn share(answer: &Answer) -> Option<f64> {
    match &answer.seen.first()?.value {
        Some(Observed::Quantity(quantity)) => Some(quantity.amount),
        _ => None,
    }
}

#[test]
fn without_a_repository_nothing_is_known() {
    let folder = TempDir::new().expect("a folder");
    with(folder.path(), |facts| {
        let answer = ask(facts, "via_pr");
        assert!(answer.seen.is_empty());
        assert_eq!(answer.blind[0].why, "no git history here");
    });
}

#[test]
fn pull_requests_are_told_by_subject_and_by_the_forge() {
    let mut repo = Repo::new();
    for number in 0..6 {
        repo.commit(&format!("Add thing {number} (#{number})"));
    }
    repo.commit("Merge pull request #9 from alice/thing");
    repo.commit_by(ALICE, FORGE, "Squashed by a button");
    repo.commit("Merge branch 'x' into 'main'\n\nSee merge request acme/shop!12");
    repo.commit("Mentions (#12) in the middle");
    repo.commit_by("dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", FORGE, "Bump x");
    repo.commit_by("github-action-benchmark <github@users.noreply.github.com>", FORGE, "add benchmark result");
    repo.with(|facts| {
        let answer = ask(facts, "via_pr");
        assert_eq!(share(&answer), Some(0.9), "{answer:?}");
        assert!(answer.seen[0].message.contains("9 of the last 10"));
        assert_eq!(&*answer.seen[0].place.path, ".git");
        assert!(ask(facts, "pushed_directly").seen.is_empty());
    });
}

#[test]
fn changes_on_the_page_of_the_forge_are_no_pull_requests() {
    let mut repo = Repo::new();
    for number in 0..8 {
        repo.commit_by(ALICE, FORGE, if number % 2 == 0 { "Update CHANGELOG.md" } else { "Add files via upload" });
    }
    for number in 0..3 {
        repo.commit_by(ALICE, FORGE, &format!("Update docs/list{number}.md (#{number})"));
    }
    repo.commit_by(ALICE, FORGE, "Update the way orders are read");
    repo.with(|facts| {
        assert!(ask(facts, "via_pr").seen[0].message.contains("4 of the last 12"));
        assert!(ask(facts, "pushed_directly").seen[0].message.contains("8 of the last 12"));
    });
}

#[test]
fn direct_pushes_are_seen_as_such() {
    let mut repo = Repo::new();
    for number in 0..12 {
        repo.commit(&format!("Change {number}"));
    }
    repo.with(|facts| {
        assert_eq!(share(&ask(facts, "pushed_directly")), Some(1.0));
        assert_eq!(share(&ask(facts, "via_pr")), Some(0.0));
        assert_eq!(share(&ask(facts, "reviewed")), Some(0.0));
    });
}

#[test]
fn commits_that_others_apply_tell_nothing() {
    let mut repo = Repo::new();
    for number in 0..8 {
        repo.commit(&format!("Change {number}"));
    }
    for number in 0..4 {
        repo.commit_by(BOB, ALICE, &format!("Bob's change {number}"));
    }
    repo.with(|facts| {
        for fact in ["via_pr", "pushed_directly"] {
            let answer = ask(facts, fact);
            assert!(answer.seen.is_empty());
            assert!(answer.blind[0].why.starts_with("4 of 12 commits were applied by somebody else"), "{answer:?}");
        }
    });
}

#[test]
fn bots_take_no_room_among_the_commits_by_people() {
    let mut repo = Repo::new();
    for number in 0..12 {
        repo.commit(&format!("Change {number}"));
    }
    for _ in 0..110 {
        repo.commit_by("dependabot[bot] <bot@example.org>", FORGE, "Bump x");
    }
    repo.with(|facts| {
        let direct = ask(facts, "pushed_directly");
        assert!(direct.seen[0].message.starts_with("12 of the last 12"), "{direct:?}");
    });
}

#[test]
fn a_copy_of_another_repository_has_few_commits_by_people() {
    let mut repo = Repo::new();
    repo.commit("Add a thing (#1)");
    for _ in 0..12 {
        repo.commit_by("copier <copier@example.org>", "copier <copier@example.org>", "Synchronize from the source");
    }
    for number in 0..12 {
        repo.commit_by("acme-sdk <sdk@example.org>", "acme-sdk <sdk@example.org>", &format!("Publish {number}"));
    }
    repo.with(|facts| {
        let answer = ask(facts, "pushed_directly");
        assert_eq!(answer.blind[0].why, "only 1 commits by people are here", "{answer:?}");
    });
    // Who often writes the same short word is a person all the same.
    for _ in 0..12 {
        repo.commit("wip");
    }
    repo.with(|facts| assert!(ask(facts, "pushed_directly").seen[0].message.starts_with("12 of the last 13")));
}

#[test]
fn merges_by_fast_forward_leave_no_mark() {
    let mut repo = Repo::new();
    for number in 0..12 {
        repo.commit(&format!("Change {number}"));
    }
    repo.write(
        ".github/workflows/merge.yml",
        "on: [issue_comment]\njobs:\n  merge:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: sequoia-pgp/fast-forward@v1\n",
    );
    repo.with(|facts| {
        for fact in ["via_pr", "pushed_directly"] {
            let answer = ask(facts, fact);
            assert!(answer.seen.is_empty());
            assert!(answer.blind[0].why.contains("merges pull requests by fast-forward"), "{answer:?}");
        }
        assert_eq!(share(&ask(facts, "reviewed")), Some(0.0));
    });
}

#[test]
fn approvals_are_trailers() {
    let mut repo = Repo::new();
    for number in 0..9 {
        repo.commit(&format!("Change {number}\n\nReviewed-by: Bob <bob@example.org>"));
    }
    repo.commit("Auto merge of #7 - bob:x, r=alice\n\nWhy not");
    repo.commit("Reviewed-by nobody, r=nobody");
    repo.commit("Merge pull request 'x' (#8) from x into main\n\nReviewed-on: https://git.example.org/shop/pulls/8");
    repo.with(|facts| {
        let answer = ask(facts, "reviewed");
        assert!(answer.seen[0].message.starts_with("10 of the last 12"), "{answer:?}");
        assert!(ask(facts, "via_pr").seen[0].message.starts_with("2 of the last 12"));
    });
}

#[test]
fn few_commits_say_nothing() {
    let mut repo = Repo::new();
    repo.commit("One (#1)");
    repo.with(|facts| {
        let answer = ask(facts, "via_pr");
        assert!(answer.seen.is_empty());
        assert_eq!(answer.blind[0].why, "only 1 commits by people are here");
        assert_eq!(ask(facts, "branch").seen[0].message, "on main");
        assert!(ask(facts, "tag").seen.is_empty());
    });
    repo.git(&["tag", "-m", "x", "-a", "v1.0"], &[("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@b")]);
    repo.with(|facts| assert_eq!(ask(facts, "tag").seen[0].message, "this commit is tagged v1.0"));
}

/// Who merges.
const PERSON: &[(&str, &str)] = &[
    ("GIT_AUTHOR_NAME", "Alice"),
    ("GIT_AUTHOR_EMAIL", "alice@example.org"),
    ("GIT_COMMITTER_NAME", "Alice"),
    ("GIT_COMMITTER_EMAIL", "alice@example.org"),
];

/// What is asked of the commits above the last tag.
fn since_tag(facts: &Facts<'_>, fact: &str) -> Answer {
    let field = Field { key: Span::default(), value: Value::new(Kind::Bool(true), Span::default()) };
    let options = [("since_tag".to_owned(), field)].into_iter().collect();
    let word = Word { text: fact.into(), ..Word::default() };
    let probe = probe::find("git").expect("a probe");
    (probe.look)(facts, &Question { args: vec![vec![word]], options })
}

#[test]
fn what_has_changed_since_a_release_is_told_apart() {
    let mut repo = Repo::new();
    let direct = |facts: &Facts<'_>| share(&since_tag(facts, "pushed_directly"));
    for number in 0..12 {
        repo.commit(&format!("Change {number}"));
    }
    repo.git(&["tag", "v1.0"], &[]);
    repo.with(|facts| {
        assert_eq!(facts.history().since_tag, None);
        assert_eq!(direct(facts), Some(1.0));
    });
    for number in 0..11 {
        repo.commit(&format!("Add thing {number} (#{number})"));
    }
    repo.git(&["tag", "v1.1"], &[]);
    repo.with(|facts| {
        assert_eq!(facts.history().since_tag, Some(11));
        assert_eq!((direct(facts), share(&ask(facts, "pushed_directly"))), (None, Some(12.0 / 23.0)));
        assert_eq!(facts.history().tags, ["v1.1"]);
    });
}

#[test]
fn a_release_on_a_line_that_was_merged_ends_what_has_changed_since() {
    let mut repo = Repo::new();
    for number in 0..12 {
        repo.commit(&format!("Add thing {number} (#{number})"));
    }
    repo.git(&["checkout", "-q", "-b", "release"], &[]);
    repo.commit("Version 1.1");
    repo.git(&["tag", "v1.1"], &[]);
    repo.git(&["checkout", "-q", "main"], &[]);
    repo.commit("Fix link");
    repo.git(&["merge", "-q", "--no-ff", "-s", "ours", "-m", "Merge branch 'release'", "release"], PERSON);
    repo.commit("Fix another link");
    repo.with(|facts| {
        assert_eq!(facts.history().since_tag, Some(3));
        assert_eq!(share(&since_tag(facts, "via_pr")), Some(0.7));
        assert!(since_tag(facts, "pushed_directly").blind[0].why.starts_with("only 3 commits"));
    });
}

#[test]
fn shallow_shared_and_linked_repositories_are_read() {
    let mut repo = Repo::new();
    for number in 0..12 {
        repo.commit(&format!("Change {number} (#{number})"));
    }
    let elsewhere = TempDir::new().expect("a folder");
    let clone = |name: &str, options: &[&str]| {
        let target = elsewhere.path().join(name);
        let url = format!("file://{}", repo.path().display());
        let mut args = vec!["clone", "-q"];
        args.extend(options);
        args.push(if options.contains(&"--shared") { repo.path().to_str().expect("a path") } else { &url });
        args.push(target.to_str().expect("a path"));
        repo.git(&args, &[]);
        target
    };
    with(&clone("shallow", &["--depth", "3"]), |facts| {
        let history = facts.history();
        assert!(history.is_shallow && history.blind.is_empty(), "{history:?}");
        assert_eq!(history.commits.len(), 3);
        assert_eq!(ask(facts, "via_pr").blind[0].why, "only 3 commits by people are here (a shallow clone)");
    });
    with(&clone("shared", &["--shared"]), |facts| assert_eq!(facts.history().commits.len(), 12));
    let worktree = elsewhere.path().join("worktree");
    repo.git(&["worktree", "add", "-q", worktree.to_str().expect("a path"), "-b", "other"], &[]);
    with(&worktree, |facts| {
        assert_eq!(facts.history().commits.len(), 12);
        assert_eq!(facts.history().branch.as_deref(), Some("other"));
    });
}

#[test]
fn a_broken_repository_is_blind_and_never_a_panic() {
    let spoil = |path: &str, bytes: &[u8]| {
        let mut repo = Repo::new();
        repo.commit("One");
        std::fs::write(repo.path().join(path), bytes).expect("written");
        repo.with(|facts| facts.history().blind.len())
    };
    assert_eq!(spoil(".git/HEAD", b"\xff\xfe garbage"), 1);
    assert_eq!(spoil(".git/refs/heads/main", b"0123456789012345678901234567890123456789\n"), 1);
    assert_eq!(spoil(".git/config", b"[[[["), 1);

    let mut repo = Repo::new();
    repo.commit("One");
    let objects = repo.path().join(".git/objects");
    for entry in walkdir::WalkDir::new(objects).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        std::fs::remove_file(entry.path()).expect("removed");
        std::fs::write(entry.path(), b"not an object").expect("written");
    }
    repo.with(|facts| assert_eq!(facts.history().blind.len(), 1));

    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join(".git"), "gitdir: /nowhere/at/all\n").expect("written");
    with(folder.path(), |facts| assert_eq!(facts.history().blind.len(), 1));
}

#[test]
fn a_report_is_as_old_as_its_commit_or_its_file() {
    let mut repo = Repo::new();
    repo.write("src/lib.rs", "fn a() {}\n");
    repo.write("reports/old.info", "TN:\n");
    repo.commit("Both");
    repo.write("src/lib.rs", "fn b() {}\n");
    repo.commit("Source");
    repo.write("reports/new.info", "TN:\n");
    repo.write("README.md", "words\n");
    repo.commit("A report of it");
    repo.write("target/fresh.info", "TN:\n");
    repo.write("target/stale.info", "TN:\n");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = std::fs::File::options().write(true).open(repo.path().join("target/stale.info")).expect("a file");
    file.set_modified(old).expect("a time");
    repo.with(|facts| {
        let fresh = |path: &str| facts.history().freshness(facts, path);
        assert!(matches!(fresh("reports/old.info"), Freshness::Stale(_)));
        assert_eq!(fresh("reports/new.info"), Freshness::Fresh);
        assert_eq!(fresh("target/fresh.info"), Freshness::Fresh);
        assert!(matches!(fresh("target/stale.info"), Freshness::Stale(_)));
    });
    let tree = Tree::in_memory([("a.info", "TN:")]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(History::default().freshness(&facts, "a.info"), Freshness::Fresh);
}
