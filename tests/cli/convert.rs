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
