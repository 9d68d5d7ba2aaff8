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
        let again = run(&folder, &["convert", "d.json", "--to", "tusk"]);
        assert_eq!(again.out, std::fs::read_to_string(folder.path().join("c.tsk")).unwrap(), "{file}");
    }
}

#[test]
fn what_cannot_be_converted_says_why() {
    let folder = folder(&[
        ("a.tsk", "[app]\nx: \"open\n"),
        ("list.json", "[1, 2]"),
        ("null.json", "{\"a\": null}"),
        ("two.yaml", "a: 1\n---\nb: 2\n"),
        ("name", "a: 1\n"),
    ]);
    for (file, to, words) in [
        ("a.tsk", "json", "a.tsk:2:"),
        ("list.json", "toml", "only keys with values"),
        ("null.json", "toml", "cannot be written as TOML"),
        ("two.yaml", "json", "a second document begins here"),
        ("name", "json", "which language is `name`? say it with --from"),
        ("missing.yaml", "json", "cannot read `missing.yaml`"),
    ] {
        let ran = run(&folder, &["convert", file, "--to", to]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{file}");
        assert!(ran.err.contains(words), "{file}: {}", ran.err);
    }
}
