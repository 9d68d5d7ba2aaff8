//! What this tool wrote, or asks, is no evidence for the next run.

use super::example;
use tusk_check::checklist::BUILT_IN;
use tusk_check::facts::Facts;
use tusk_check::facts::documents::Standing;
use tusk_check::report::markdown;
use tusk_check::tree::Tree;

const GUIDE: &str =
    "# Guide\n\n## Rollback\n\n1. Stop\n2. Switch back\n3. Check\n\n```toml\n[server]\n[database]\n[log]\n```\n";

#[test]
fn reports_and_checklists_speak_for_no_project() {
    let checklist = format!("# Checklist\n\n```rust\n{}\n```\n", BUILT_IN[0].text);
    let files =
        [("READINESS.md", markdown::write(&example())), ("production.md", checklist), ("GUIDE.md", GUIDE.to_owned())];
    let tree = Tree::in_memory(files);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let standing = |path: &str| {
        facts.documents().all().iter().find(|document| &*document.path == path).map(|document| document.standing)
    };
    assert_eq!(standing("READINESS.md"), Some(Standing::Never("a report of this tool")));
    assert_eq!(standing("production.md"), Some(Standing::Never("a checklist")));
    assert_eq!(standing("GUIDE.md"), Some(Standing::Project));
}
