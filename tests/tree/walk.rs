//! What the walk lists, and what it says that it did not look at.

use std::fs;
use std::path::Path;
use tusk_check::tree::Tree;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn listed(tree: &Tree) -> Vec<&str> {
    tree.files().iter().map(|file| &*file.path).collect()
}

#[test]
fn lists_sorted_and_honours_nested_ignore_files() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, ".gitignore", "/target\n*.log\n");
    write(root, "target/out", "");
    write(root, "b.txt", "");
    write(root, "a/keep.log", "");
    write(root, "a/drop.log", "");
    write(root, "a/.gitignore", "!keep.log\nonly-here\n");
    write(root, "a/only-here", "");
    write(root, "z/only-here", "");
    write(root, ".git/HEAD", "ref: refs/heads/main\n");
    let tree = Tree::walk(root).unwrap();
    assert_eq!(listed(&tree), [".gitignore", "a/.gitignore", "a/keep.log", "b.txt", "z/only-here"]);
    assert_eq!(tree.blind(), []);
}

#[test]
fn a_folder_below_the_repository_inherits_its_ignore_rules() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, ".git/info/exclude", "private\n");
    write(root, ".gitignore", "*.tmp\n");
    write(root, "service/a.tmp", "");
    write(root, "service/private", "");
    write(root, "service/kept", "");
    assert_eq!(listed(&Tree::walk(&root.join("service")).unwrap()), ["kept"]);
}

/// Writes an index of some paths.
fn track(root: &Path, paths: &[&str]) {
    use gix::index::entry::{Flags, Mode, Stat};
    let kind = gix::hash::Kind::Sha1;
    let mut state = gix::index::State::new(kind);
    for path in paths {
        state.dangerously_push_entry(Stat::default(), kind.null(), Flags::empty(), Mode::FILE, (*path).into());
    }
    fs::create_dir_all(root.join(".git")).unwrap();
    gix::index::File::from_state(state, root.join(".git/index")).write(gix::index::write::Options::default()).unwrap();
}

#[test]
fn what_is_tracked_is_listed_whatever_the_ignore_files_say() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, ".gitignore", ".env\n/out\n");
    for path in [".env", "a/.env", "out/deep/kept", "out/deep/made", "out/made", "main.c"] {
        write(root, path, "");
    }
    track(root, &[".env", "main.c", "out/deep/kept"]);
    assert_eq!(listed(&Tree::walk(root).unwrap()), [".env", ".gitignore", "main.c", "out/deep/kept"]);
    assert_eq!(listed(&Tree::walk(&root.join("out")).unwrap()), ["deep/kept", "deep/made", "made"]);
}

#[test]
fn an_index_that_ends_too_early_tracks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, ".gitignore", ".env\n");
    write(root, ".env", "");
    track(root, &[".env", "main.c"]);
    let whole = fs::read(root.join(".git/index")).unwrap();
    for length in 0..whole.len() {
        fs::write(root.join(".git/index"), &whole[..length]).unwrap();
        assert_eq!(listed(&Tree::walk(root).unwrap()), [".gitignore"], "{length}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_those_that_lead_out_are_named() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret", "x");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "inside/file", "");
    let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, root.join(name)).unwrap();
    link(root, "loop");
    link(outside.path(), "out");
    link(&root.join("inside"), "alias");
    let tree = Tree::walk(root).unwrap();
    assert_eq!(listed(&tree), ["inside/file"]);
    let named: Vec<_> = tree.blind().iter().map(|blind| &*blind.place.as_ref().unwrap().path).collect();
    assert_eq!(named, ["out"]);
}

#[cfg(unix)]
#[test]
fn a_document_at_the_root_that_is_a_link_is_known_by_both_names() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for path in ["shop/README.md", "shop/main.rs", "docs/guide.md"] {
        write(root, path, path);
    }
    let link = |target: &str, name: &str| std::os::unix::fs::symlink(target, root.join(name)).unwrap();
    link("shop/README.md", "README.md");
    link("shop/main.rs", "main.rs");
    link("shop/GONE.md", "GONE.md");
    link("../shop/README.md", "docs/shop.md");
    let tree = Tree::walk(root).unwrap();
    assert_eq!(listed(&tree), ["README.md", "docs/guide.md", "shop/README.md", "shop/main.rs"]);
    assert_eq!(tree.text("README.md").unwrap().text(), "shop/README.md");
    assert!(tree.blind().is_empty());
}

#[test]
fn a_file_is_no_root_and_a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "f", "");
    let error = format!("{:#}", Tree::walk(&folder.path().join("f")).unwrap_err());
    assert!(error.contains("is not a folder"), "{error}");
    let error = format!("{:#}", Tree::walk(&folder.path().join("none")).unwrap_err());
    assert!(error.contains("cannot read") && error.contains("none"), "{error}");
}

#[test]
fn text_binary_and_invalid_utf8_are_told_apart() {
    let tree =
        Tree::in_memory([("a.yml", b"a: 1".to_vec()), ("b.yml", vec![0xff, 0xfe, 0]), ("c.yml", b"a\0b".to_vec())]);
    assert!(tree.text("a.yml").is_some());
    assert!(tree.text("b.yml").is_none());
    assert!(tree.text("c.yml").is_none());
}
