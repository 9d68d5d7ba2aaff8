//! For which version a statement was made, over real histories.

use super::history::Repo;
use tusk_check::facts::Facts;
use tusk_check::facts::attestations::Bound;
use tusk_check::tree::Tree;

const ALICE: &str = "Alice <alice@example.org>";
const BOB: &str = "Bob <bob@example.org>";

/// What is wrong with the only statement, or whether it is about this version.
fn stated(repo: &Repo, entry: &str) -> String {
    let text = format!("attestations:\n  - {{ item: \"a.b\", kind: \"approval\", role: \"owner\", {entry} }}\n");
    repo.write(".tusk-check/attestations.tsk", &text);
    let tree = Tree::walk(repo.path()).unwrap();
    let facts = Facts::new(&tree, "2026-02-01T12:00:00Z".parse().unwrap());
    let stated = &facts.attestations().entries[0];
    match (stated.fault(), stated.bound(&facts)) {
        (Some(fault), _) => fault.message.clone(),
        (None, Bound::This(how)) => format!("this: {how}"),
        (None, Bound::Other(how)) => format!("other: {how}"),
        (None, Bound::Unsaid) => "unsaid".to_owned(),
        (None, Bound::CannotTell(why)) => format!("cannot tell: {why}"),
    }
}

/// Two commits to the source, on 2 and 3 January, by two people.
fn repo() -> (Repo, Vec<String>) {
    let mut repo = Repo::new();
    repo.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.2.0\"\n");
    repo.commit_by(ALICE, ALICE, "One");
    repo.write("src/main.rs", "fn main() {}\n");
    repo.commit_by(BOB, BOB, "Two");
    let ids = ids(&repo);
    (repo, ids)
}

fn ids(repo: &Repo) -> Vec<String> {
    let tree = Tree::walk(repo.path()).unwrap();
    let facts = Facts::new(&tree, "2026-02-01T12:00:00Z".parse().unwrap());
    facts.history().commits.iter().map(|commit| commit.id.clone()).collect()
}

#[test]
fn a_commit_counts_until_the_source_changes() {
    let (mut repo, ids) = repo();
    let by = |id: &str| format!("by: \"Carol\", date: \"2026-01-04\", commit: \"{id}\"");
    assert!(stated(&repo, &by(&ids[0])).starts_with("this: commit"));
    assert!(stated(&repo, &by(&ids[0][..9])).starts_with("this: commit"));
    assert!(stated(&repo, &by(&ids[0][..4])).starts_with("other: "), "too short");
    assert!(stated(&repo, &by(&ids[1])).ends_with("and the source changed since"));
    assert!(stated(&repo, &by("0123456789abcdef")).ends_with("which is none of the last ones here"));
    // The statement itself and documents are no change of the source.
    repo.write("docs/a.md", "# A\n");
    repo.commit_by(ALICE, ALICE, "State it");
    assert!(stated(&repo, &by(&ids[0])).contains("since when the source has not changed"));
    repo.write("src/main.rs", "fn main() { run() }\n");
    repo.commit_by(ALICE, ALICE, "Change it");
    assert!(stated(&repo, &by(&ids[0])).ends_with("and the source changed since"));
}

#[test]
fn an_approval_of_a_version_is_void_once_the_source_changed() {
    let (repo, _) = repo();
    let on = |date: &str| format!("by: \"Carol\", date: \"{date}\", version: \"1.2.0\"");
    assert_eq!(stated(&repo, &on("2026-01-03")), "this: version 1.2.0");
    assert!(stated(&repo, &on("2026-01-02")).starts_with("other: of 2026-01-02, and the source changed after it"));
    let other = "by: \"Carol\", date: \"2026-01-05\", version: \"1.3.0\"";
    assert_eq!(stated(&repo, other), "other: for version 1.3.0, and this is 1.2.0");
}

#[test]
fn whoever_wrote_all_of_it_cannot_approve_it() {
    let mut repo = Repo::new();
    repo.write("VERSION", "1.2.0\n");
    repo.commit_by(ALICE, ALICE, "One");
    repo.commit_by(ALICE, ALICE, "Two");
    let by = |who: &str| format!("by: \"{who}\", date: \"2026-01-09\", version: \"1.2.0\"");
    assert_eq!(stated(&repo, &by("alice")), "`alice` is the only author of the change and cannot approve it");
    assert_eq!(stated(&repo, &by("Bob")), "this: version 1.2.0");
    repo.write("a", "a");
    repo.commit_by(BOB, BOB, "Three");
    assert_eq!(stated(&repo, &by("alice")), "this: version 1.2.0");
}
