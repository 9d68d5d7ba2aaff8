//! `convert`: the same values in another language.

use super::{folder, run};

const TUSK: &str =
    "[app]\nname: \"shop\"\nport: 8080\nratio: 0.5\ndebug: false\nhost: @env(\"HOST\")\n\n[app.db]\npools: [1, 2]\n";

#[test]
fn tusk_becomes_json_yaml_and_toml() {
    let folder = folder(&[("a.tsk", TUSK)]);
    let json = run(&folder, &["convert", "a.tsk", "--to", "json"]);
    assert_eq!((json.status, json.err.as_str()), (0, ""));
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["app"]["db"]["pools"], serde_json::json!([1, 2]));
    assert_eq!(value["app"]["host"], serde_json::json!({"$expr": "@env(\"HOST\")", "kind": "op", "op": "env"}));
    let keys: Vec<&str> = value["app"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["name", "port", "ratio", "debug", "host", "db"]);
    for language in ["yaml", "toml"] {
        let other = run(&folder, &["convert", "a.tsk", "--to", language, "--output", "b"]);
        assert_eq!((other.status, other.out.as_str(), other.err.as_str()), (0, "", ""), "{language}");
        let back = run(&folder, &["convert", "b", "--from", language, "--to", "json"]);
        let again: serde_json::Value = serde_json::from_str(&back.out).unwrap();
        assert_eq!(again, value, "{language}");
    }
}

#[test]
fn other_languages_become_tusk_and_read_back_the_same() {
    let yaml = "top: 1\napp:\n  name: \"sh\\\"op\\n\\tx\\e\"\n  pools: [1, -2, 0.5, [a, {b: c}], {}]\n  quoted: \"8080\"\n  words: \"true\"\n  range: \"1-2\"\n  op: \"@env('X')\"\n  none: null\n  empty: {}\n  \"a.b c\": ''\n  db:\n    deep:\n      url: 'http://x # y'\nlate: 2\nlast: {x: 1}\nlist.of: {y: 1e30}\n";
    let folder = folder(&[("a.yaml", yaml), ("b.tsk", TUSK)]);
    for file in ["a.yaml", "b.tsk"] {
        let tusk = run(&folder, &["convert", file, "--to", "tusk", "--output", "c.tsk"]);
        assert_eq!((tusk.status, tusk.err.as_str()), (0, ""), "{file}");
        let [there, back] = [file, "c.tsk"].map(|file| run(&folder, &["convert", file, "--to", "json"]));
        assert_eq!((back.err.as_str(), &there.out), ("", &back.out), "{file}");
        std::fs::write(folder.path().join("d.json"), &there.out).unwrap();
        run(&folder, &["convert", "d.json", "--to", "tusk", "--output", "e.tsk"]);
        let again = run(&folder, &["convert", "e.tsk", "--to", "json"]);
        assert_eq!(again.out, there.out, "{file}");
    }
}

#[test]
fn a_markdown_document_becomes_one_document_with_its_headings() {
    let text = "## 🔒 First *things*\n\n```rust\n[a]\nx: true\n```\n\n### In detail\n\n```\n[b]\nlist:\n  - \"one\"\n\n[b]\ny: 1\n```\n\n# Else\n\n```sh\n$ ls\n```\n\n```\n[c]\n$title: \"Own\"\nz: @file(\"A\")\n```\n";
    let folder = folder(&[("list.md", text)]);
    let tusk = run(&folder, &["convert", "list.md", "--to", "tsk"]);
    assert_eq!((tusk.status, tusk.err.as_str()), (0, ""));
    assert_eq!(
        tusk.out,
        "[a]\n$category: \"First things\"\nx: true\n\n[b]\n$category: \"First things\"\n$title: \"In detail\"\nlist: [\"one\"]\n\n[b]\n$category: \"First things\"\n$title: \"In detail\"\ny: 1\n\n[c]\n$category: \"\"\n$title: \"Own\"\nz: @file(\"A\")\n"
    );
    let json = run(&folder, &["convert", "list.md", "--from", "markdown", "--to", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        value["b"],
        serde_json::json!({"$category": "First things", "$title": "In detail", "list": ["one"], "y": 1})
    );
    assert!(json.err.contains("list.md:15:1") && json.err.contains("section `b` stands twice"), "{}", json.err);
    for language in ["yaml", "toml"] {
        let file = format!("list.{language}");
        let other = run(&folder, &["convert", "list.md", "--to", language, "--output", &file]);
        assert_eq!(other.status, 0, "{}", other.err);
        let ids = |file: &str| -> Vec<String> {
            let listed = run(&folder, &["list", "items", "--checklist", file]).out;
            listed
                .lines()
                .filter(|line| line.starts_with("  "))
                .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect()
        };
        let (here, there) = (ids("list.md"), ids(&file));
        assert_eq!(here.len(), 4);
        assert_eq!(here, there, "{language}");
    }
}

#[test]
fn a_section_under_two_headings_keeps_the_first_where_only_one_can_stand() {
    let folder = folder(&[("a.md", "## A\n```\n[s]\nx: 1\n```\n## B\n```\n[s]\ny: 1\n```\n")]);
    let ran = run(&folder, &["convert", "a.md", "--to", "yaml"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "s:\n  $category: A\n  x: 1\n  y: 1\n"));
    for words in ["`$category` of the second `[s]` is left out", "a.md:6:1", "a.md:1:1", "section `s` stands twice"] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    let ran = run(&folder, &["convert", "a.md", "--to", "tsk"]);
    assert_eq!((ran.out.matches("[s]").count(), ran.err.as_str()), (2, ""), "{}", ran.out);
}

#[test]
fn the_embedded_checklist_can_be_converted() {
    let text = tusk_check::checklist::BUILT_IN[0].text;
    let folder = folder(&[("p.tsk", text)]);
    let tusk = run(&folder, &["convert", "p.tsk", "--to", "tusk", "--output", "q.tsk"]);
    assert_eq!((tusk.status, tusk.err.as_str()), (0, ""));
    let [there, back] = ["p.tsk", "q.tsk"].map(|file| run(&folder, &["list", "items", "--checklist", file]).out);
    assert_eq!(there, back);
    for language in ["json", "yaml", "toml"] {
        assert_eq!(run(&folder, &["convert", "p.tsk", "--to", language]).status, 0, "{language}");
    }
}

#[test]
fn whole_numbers_stay_whole_however_large() {
    let big = "18446744073709551615";
    let folder = folder(&[
        ("a.json", &format!("{{\"n\": {big}, \"m\": -9223372036854775809, \"o\": 123456789012345678901234567890}}")),
        ("b.tsk", "n: 0xFFFF_FFFF_FFFF_FFFF\nm: 9_223_372_036_854_775_808\n"),
        ("c.yaml", "n: .inf\n"),
    ]);
    let ran = run(&folder, &["convert", "a.json", "--to", "tusk"]);
    assert_eq!(ran.out, format!("n: {big}\nm: -9223372036854775809\no: 123456789012345678901234567890\n"));
    let ran = run(&folder, &["convert", "b.tsk", "--to", "json"]);
    assert_eq!(ran.out, format!("{{\n  \"n\": {big},\n  \"m\": 9223372036854775808\n}}\n"));
    let ran = run(&folder, &["convert", "c.yaml", "--to", "json"]);
    assert!(ran.status == 2 && ran.err.contains("c.yaml:1:4"), "{}", ran.err);
}

#[test]
fn what_cannot_be_converted_says_why() {
    let folder = folder(&[
        ("a.tsk", "[app]\nx: \"open\n"),
        ("list.json", "[1, 2]"),
        ("null.json", "{\"a\": null}"),
        ("two.yaml", "a: 1\n---\nb: 2\n"),
        ("name", "a: 1\n"),
        ("none.md", "# A\n\n```\nfn main() {}\n```\n"),
    ]);
    for (file, to, words) in [
        ("a.tsk", "json", "a.tsk:2:"),
        ("list.json", "toml", "only keys with values"),
        ("null.json", "toml", "cannot be written as TOML"),
        ("two.yaml", "json", "a second document begins here"),
        ("name", "json", "which language is `name`? say it with --from"),
        (".", "json", "`.` is no file"),
        ("none.md", "json", "no block of this document is TuskLang"),
        ("missing.yaml", "json", "cannot read `missing.yaml`"),
    ] {
        let ran = run(&folder, &["convert", file, "--to", to]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{file}");
        assert!(ran.err.contains(words), "{file}: {}", ran.err);
    }
}
