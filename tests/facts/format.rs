//! Tests of `src/facts/format`.

use tusk_check::facts::Facts;
use tusk_check::facts::format::{Format, Parsed, parse, read};
use tusk_check::source::Source;
use tusk_check::tree::Tree;
use tusk_check::value::{Kind, Value};

fn parsed(format: Format, text: &str) -> Parsed {
    read(format, &Source::new("x", text))
}

fn one(format: Format, text: &str) -> (Parsed, Value) {
    let parsed = parsed(format, text);
    assert_eq!(parsed.problems, [], "{text}");
    let value = parsed.first().expect("a document").clone();
    (parsed, value)
}

/// Every scalar as `path=raw text of its span`.
fn flat(parsed: &Parsed) -> Vec<String> {
    fn walk(parsed: &Parsed, value: &Value, path: &str, out: &mut Vec<String>) {
        match &value.kind {
            Kind::Map(map) => {
                for (key, field) in map {
                    let written = &parsed.source.text()[field.key.range()];
                    assert!(written.contains(key.trim_start_matches('!')), "key {key:?} stands at {written:?}");
                    walk(parsed, &field.value, &format!("{path}/{key}"), out);
                }
            }
            Kind::List(list) => {
                list.iter().enumerate().for_each(|(at, item)| walk(parsed, item, &format!("{path}/{at}"), out));
            }
            _ => out.push(format!("{path}={}", parsed.raw(value))),
        }
    }
    let mut out = Vec::new();
    parsed.documents.iter().for_each(|value| walk(parsed, value, "", &mut out));
    out
}

#[test]
fn yaml_has_places_in_bytes_whatever_the_letters_and_line_ends() {
    let (parsed, value) =
        one(Format::Yaml, "# grüße ☃\r\nä: \"ö ☃\"\r\nport: 8080 # x\r\nlist:\r\n  - é\r\n  - 1.10\r\n");
    assert_eq!(flat(&parsed), ["/ä=\"ö ☃\"", "/port=8080", "/list/0=é", "/list/1=1.10"]);
    assert_eq!(value.get("port").expect("port").kind, Kind::Int(8080));
    let (parsed, _) = one(Format::Yaml, "\u{feff}a: b\nc: |\n  text\n\nd: e\n");
    assert_eq!(flat(&parsed), ["/a=b", "/c=text", "/d=e"]);
}

#[test]
fn long_texts_of_wide_letters_keep_their_places() {
    let lines: Vec<_> = (0..400).map(|n| format!("schlüssel{n}: wert☃{n}\n")).collect();
    let text = lines.concat();
    let (parsed, _) = one(Format::Yaml, &text);
    assert_eq!(flat(&parsed)[399], "/schlüssel399=wert☃399");
}

#[test]
fn yaml_scalars_are_typed_by_the_core_schema() {
    let (_, value) = one(
        Format::Yaml,
        "a: yes\nb: true\nc: ~\nd: 0x1F\ne: 1e3\nf: '1'\ng: 1.2.3\nh:\ni: !!str 5\nj: -7\nk: 1_000\non: push\n",
    );
    let kind = |key: &str| value.get(key).expect(key).kind.clone();
    assert_eq!(kind("a"), Kind::Str("yes".into()));
    assert_eq!(kind("b"), Kind::Bool(true));
    assert_eq!(kind("c"), Kind::Null);
    assert_eq!(kind("d"), Kind::Int(31));
    assert_eq!(kind("e"), Kind::Float(1000.0));
    assert_eq!(kind("f"), Kind::Str("1".into()));
    assert_eq!(kind("g"), Kind::Str("1.2.3".into()));
    assert_eq!(kind("h"), Kind::Null);
    assert_eq!(kind("i"), Kind::Str("5".into()));
    assert_eq!(kind("j"), Kind::Int(-7));
    assert_eq!(kind("k"), Kind::Str("1_000".into()));
    assert_eq!(kind("on"), Kind::Str("push".into()));
}

#[test]
fn yaml_streams_have_many_documents_and_aliases_are_expanded() {
    let (parsed, _) = one(Format::Yaml, "a: 1\n---\nb: 2\n---\n");
    assert_eq!(parsed.documents.len(), 3);
    let (parsed, value) = one(Format::Yaml, "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nagain: *b\n");
    assert_eq!(value.at(&["use", "y"]).expect("y").kind, Kind::Int(3));
    assert_eq!(value.at(&["use", "x"]).expect("x").kind, Kind::Int(1));
    assert_eq!(parsed.raw(value.get("again").expect("again")), "&b {x: 1, y: 2}");
}

#[test]
fn yaml_tags_of_other_tools_are_values_and_not_literals() {
    let (_, value) = one(
        Format::Yaml,
        "password: !Ref DbPassword\nurl: !Sub \"${A}/b\"\nscript:\n  - !reference [.setup, script]\nn: !!python/name:a.b\n",
    );
    assert_eq!(value.at(&["password", "!Ref"]).and_then(Value::as_str), Some("DbPassword"));
    assert_eq!(value.get("password").and_then(Value::scalar_text), None);
    let script = value.get("script").and_then(Value::as_list).expect("a list");
    assert_eq!(script[0].get("!reference").and_then(Value::as_list).map(<[Value]>::len), Some(2));
}

#[test]
fn yaml_bombs_and_deep_nests_are_refused_with_a_place() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let refs = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb = [bomb, format!("a{n}: &a{n} [{refs}]\n")].concat();
    }
    let problems = parse(Format::Yaml, &Source::new("x", bomb)).expect_err("a bomb");
    assert!(problems[0].message.contains("aliases expand"), "{problems:?}");
    for deep in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(10_000)] {
        assert!(parse(Format::Yaml, &Source::new("x", deep)).is_err());
    }
    assert!(parse(Format::Yaml, &Source::new("x", "&a [*a]")).is_err());
    let problems = parse(Format::Yaml, &Source::new("x", "ü: 1\nb: [1\nc: }")).expect_err("broken");
    assert!(problems[0].span.start >= 4, "{problems:?}");
}

#[test]
fn yaml_that_only_other_readers_take_keeps_its_places() {
    let quoted = "crd:\n  description: 'Says what it\n  is. It''s long,\n\n  and ends here'\n  note: \"a\n  b\"\n  script: |\n    echo: 'open\n    done\n  port: 80\n";
    let (parsed, value) = one(Format::Yaml, quoted);
    assert_eq!(value.at(&["crd", "port"]).expect("port").kind, Kind::Int(80));
    assert_eq!(value.at(&["crd", "script"]).and_then(Value::as_str), Some("echo: 'open\ndone\n"));
    assert!(value.at(&["crd", "description"]).and_then(Value::as_str).is_some_and(|text| text.contains("It's long,")));
    assert!(flat(&parsed).contains(&"/crd/port=80".to_owned()));
    let aliased = "issuer: &meta https://x.example\nof:\n  *meta:\n    name: shop\nlist: [\n  a\n]\n";
    let (parsed, value) = one(Format::Yaml, aliased);
    assert_eq!(parsed.raw(value.at(&["of", "_meta", "name"]).expect("name")), "shop");
    // What is no YAML stays none.
    for broken in ["a: 'open\nb: 1\n", "*meta: 1\n  x: 2\n", "{{ range . }}\n- a: 'b\n  c'\n{{ end }}\n"] {
        assert!(parse(Format::Yaml, &Source::new("x", broken)).is_err(), "{broken}");
    }
}

#[test]
fn toml_has_places() {
    let (parsed, value) =
        one(Format::Toml, "a.b = 1\n[c]\nd = \"x\"\nt = 1979-05-27\nlist = [1, 2.5]\n[[e]]\nf = true\n");
    assert_eq!(
        flat(&parsed),
        ["/a/b=1", "/c/d=\"x\"", "/c/t=1979-05-27", "/c/list/0=1", "/c/list/1=2.5", "/e/0/f=true"]
    );
    assert_eq!(value.at(&["c", "t"]).and_then(Value::as_str), Some("1979-05-27"));
    let problems = parse(Format::Toml, &Source::new("x", "a = 1\nb = \n")).expect_err("no value");
    assert_eq!(Source::new("x", "a = 1\nb = \n").line_col(problems[0].span.start).line, 2);
    for deep in [format!("{} = 1", vec!["a"; 200_000].join(".")), format!("a = {}", "[".repeat(100_000))] {
        assert!(parse(Format::Toml, &Source::new("x", deep)).is_err());
    }
    let (_, prose) = one(Format::Toml, "a = \"...............................................\"\n");
    assert!(prose.get("a").is_some());
}

#[test]
fn json_reads_comments_and_refuses_nonsense() {
    let (parsed, value) = one(Format::Json, "{\n // why\n \"a\": [1, 2.0, null,],\n \"b\": {\"ü\": \"\\u0041\"}\n}");
    assert_eq!(flat(&parsed), ["/a/0=1", "/a/1=2.0", "/a/2=null", "/b/ü=\"\\u0041\""]);
    assert_eq!(value.at(&["b", "ü"]).and_then(Value::as_str), Some("A"));
    assert!(parse(Format::Json, &Source::new("x", "{\"a\" 1}")).is_err());
    assert!(parse(Format::Json, &Source::new("x", "[".repeat(100_000))).is_err());
    assert_eq!(parse(Format::Json, &Source::new("x", "")), Ok(vec![]));
}

#[test]
fn dotenv_reads_quotes_comments_and_exports() {
    let (parsed, value) = one(
        Format::Dotenv,
        "# c\nexport A=1 # one\nB=\"two words # not a comment\"\nC='a\nb'\nD=\nE=postgres://u:p@h/db#x\r\nFROM_OUTSIDE\n",
    );
    assert_eq!(
        flat(&parsed),
        ["/A=1", "/B=\"two words # not a comment\"", "/C='a\nb'", "/D=", "/E=postgres://u:p@h/db#x"]
    );
    assert_eq!(value.get("B").and_then(Value::as_str), Some("two words # not a comment"));
    let (parsed, _) = one(Format::Dotenv, "A: one two\nB: 'c=d'\nC:\nD=http://x: y\n");
    assert_eq!(flat(&parsed), ["/A=one two", "/B='c=d'", "/C=", "/D=http://x: y"]);
    let odd = parsed_with_problem(Format::Dotenv, "A=1\n??? what\nB=2\n");
    assert_eq!(flat(&odd), ["/A=1", "/B=2"]);
}

fn parsed_with_problem(format: Format, text: &str) -> Parsed {
    let parsed = parsed(format, text);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.blind().count(), 1);
    parsed
}

#[test]
fn ini_reads_sections_repeats_and_continuations() {
    let (parsed, value) = one(
        Format::Ini,
        "top=1\n[mysqld]\nskip-networking\nport = 3306 ; default\n# no\n[Service]\nEnvironment=A=1\nEnvironment=B=2\n[tool:pytest]\naddopts =\n    -q\n    -x\n",
    );
    assert_eq!(value.at(&["mysqld", "port"]).and_then(Value::as_str), Some("3306"));
    assert_eq!(value.at(&["mysqld", "skip-networking"]).map(|v| v.kind.clone()), Some(Kind::Null));
    assert_eq!(value.at(&["Service", "Environment"]).and_then(Value::as_list).map(<[Value]>::len), Some(2));
    assert_eq!(value.at(&["tool:pytest", "addopts"]).and_then(Value::as_str), Some("\n-q\n-x"));
    assert!(flat(&parsed).contains(&"/top=1".to_owned()));
}

#[test]
fn properties_read_every_separator_and_go_on_over_lines() {
    let (parsed, value) =
        one(Format::Properties, "# c\na.b=1\nc : two\nd three\ne=x\\\n  y\nu=\\u00e4\n! d\nspring.url=jdbc:pg://h\n");
    assert_eq!(value.get("a.b").and_then(Value::as_str), Some("1"));
    assert_eq!(value.get("c").and_then(Value::as_str), Some("two"));
    assert_eq!(value.get("d").and_then(Value::as_str), Some("three"));
    assert_eq!(value.get("e").and_then(Value::as_str), Some("xy"));
    assert_eq!(value.get("u").and_then(Value::as_str), Some("ä"));
    assert!(flat(&parsed).contains(&"/spring.url=jdbc:pg://h".to_owned()));
}

#[test]
fn tusklang_is_read_by_its_own_reader() {
    let (parsed, value) = one(Format::Tusk, "[database]\nssl_mode: \"require\"\npool: @env(\"POOL\", 5)\n");
    assert_eq!(value.at(&["database", "ssl_mode"]).and_then(Value::as_str), Some("require"));
    assert_eq!(flat(&parsed), ["/database/ssl_mode=\"require\"", "/database/pool=@env(\"POOL\", 5)"]);
}

#[test]
fn each_file_of_a_tree_is_read_by_its_name() {
    let tree =
        Tree::in_memory([("a/compose.yaml", "x: 1"), (".env.production", "A=b"), ("b.txt", "x: 1"), ("c.yml", "[")]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    assert!(facts.parsed("a/compose.yaml").expect("yaml").first().is_some());
    assert!(facts.parsed(".env.production").expect("dotenv").first().is_some());
    assert!(facts.parsed("b.txt").is_none());
    assert!(facts.parsed("gone.yml").is_none());
    let blind: Vec<_> = facts.parsed("c.yml").expect("looked at").blind().collect();
    assert!(blind[0].why.starts_with("not valid YAML: "), "{blind:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "[-a-c0-1é\\[\\]{}:,&*!|>'\"#%@ \\n\\t\\\\=.<?~]{0,60}") {
        for format in [Format::Yaml, Format::Toml, Format::Json, Format::Ini, Format::Dotenv, Format::Properties] {
            let parsed = parsed(format, &text);
            flat_spans(&parsed);
        }
    }
}

/// Every span lies inside the text, on letters' edges.
fn flat_spans(parsed: &Parsed) {
    fn walk(parsed: &Parsed, value: &Value) {
        assert!(parsed.source.text().get(value.span.range()).is_some(), "{:?}", value.span);
        match &value.kind {
            Kind::Map(map) => map.values().for_each(|field| walk(parsed, &field.value)),
            Kind::List(list) => list.iter().for_each(|item| walk(parsed, item)),
            _ => {}
        }
    }
    parsed.documents.iter().for_each(|value| walk(parsed, value));
}
