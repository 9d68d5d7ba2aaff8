//! Which items a run is about.

use super::tusk;
use tusk_check::checklist::Selection;

const LIST: &str = "[clippy]\n$category: \"Code Quality\"\nx: true\n\n[tls]\n$category: \"Security Review\"\nedge: true\ndb:\n  mode: \"require\"\n  pool: 5\n[other]\n$category: \"Security Tests\"\nx: true\n";

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn picked(sections: &[&str], categories: &[&str], items: &[&str]) -> Result<Vec<String>, String> {
    let selection = Selection { sections: strings(sections), categories: strings(categories), items: strings(items) };
    let loaded = tusk(LIST).expect("a checklist");
    let ids = selection.of(&loaded.checklist).map_err(|error| error.to_string())?;
    Ok(ids.into_iter().map(str::to_owned).collect())
}

#[test]
fn nothing_asked_for_is_everything() {
    assert_eq!(picked(&[], &[], &[]).expect("all").len(), 5);
}

#[test]
fn kinds_narrow_each_other() {
    assert_eq!(picked(&["tls"], &[], &[]).expect("a section"), ["tls.db.mode", "tls.db.pool", "tls.edge"]);
    assert_eq!(picked(&[], &["code"], &[]).expect("the first word"), ["clippy.x"]);
    assert_eq!(picked(&[], &["SECURITY-review"], &[]).expect("any case"), ["tls.db.mode", "tls.db.pool", "tls.edge"]);
    assert_eq!(picked(&[], &[], &["tls.db"]).expect("what holds items"), ["tls.db.mode", "tls.db.pool"]);
    assert_eq!(picked(&["tls"], &[], &["tls.db.mode", "clippy.x"]).expect("both"), ["tls.db.mode"]);
    assert_eq!(picked(&["clippy"], &[], &["tls.db.mode"]).expect("none"), [""; 0]);
}

#[test]
fn unknown_names_get_the_nearest_one() {
    for (sections, categories, items, message) in [
        (&["clipy"][..], &[][..], &[][..], "no section `clipy` in the checklist `list`; the nearest is `clippy`"),
        (&[], &["Code Qualty"], &[], "the nearest is `Code Quality`"),
        (&[], &["security"], &[], "`security` fits several categories: Security Review, Security Tests"),
        (&[], &[], &["tls.db.mod"], "no item `tls.db.mod` in the checklist `list`; the nearest is `tls.db.mode`"),
        (&["zzz"], &[], &[], "expected one of `clippy`, `other`, `tls`"),
    ] {
        let error = picked(sections, categories, items).expect_err(message);
        assert!(error.contains(message), "{error}");
    }
}
