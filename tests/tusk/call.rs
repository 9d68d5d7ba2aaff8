//! Expressions read as questions.

use tusk_check::source::{Source, Span};
use tusk_check::tusk;
use tusk_check::tusk::call::{self, Argument, Call, Query, TermKind};
use tusk_check::value::{Kind, Map, Value};

/// A query in one line: names, `Text`, `~pattern`, `word`, `$ref`, alternatives with `|`, options in `{}`.
fn shape(query: &Query) -> String {
    let comparison = query.comparison.as_ref().map(|it| format!(" {} {}", it.operator.sign(), value(&it.value)));
    format!("{}{}", call_shape(&query.call), comparison.unwrap_or_default())
}

fn call_shape(call: &Call) -> String {
    let args: Vec<String> = call.args.iter().map(argument).collect();
    let options = if call.options.is_empty() { String::new() } else { options(&call.options) };
    format!("{}({}){options}", call.name, args.join(", "))
}

fn argument(argument: &Argument) -> String {
    let terms = argument.terms.iter().map(|term| match &term.kind {
        TermKind::Text(text) => format!("{text:?}"),
        TermKind::Pattern(pattern) => format!("~{pattern}~"),
        TermKind::Word(word) => word.clone(),
        TermKind::Number(number) => format!("#{number}"),
        TermKind::Bool(flag) => format!("#{flag}"),
        TermKind::Ref(path) => format!("${path}"),
        TermKind::List(items) => format!("[{}]", items.iter().map(self::argument).collect::<Vec<_>>().join(", ")),
        TermKind::Query(query) => shape(query),
    });
    terms.collect::<Vec<_>>().join(" | ")
}

fn options(map: &Map) -> String {
    let fields = map.iter().map(|(key, field)| format!("{key}: {}", value(&field.value)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

fn value(value: &Value) -> String {
    match &value.kind {
        Kind::Str(text) => format!("{text:?}"),
        Kind::List(list) => format!("[{}]", list.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Kind::Map(map) => options(map),
        Kind::Expr(expr) => format!("<{}>", expr.raw),
        Kind::Null => "null".to_owned(),
        _ => format!("#{}", value.scalar_text().unwrap()),
    }
}

/// Each text with what it reads as.
const READS: &[(&str, &str)] = &[
    ("@openapi()", "openapi()"),
    ("@openapi", "openapi()"),
    (r#"@ci.runs("cargo clippy", "-D warnings")"#, r#"ci.runs("cargo clippy", "-D warnings")"#),
    (
        r#"@ci.runs($c.clippy, "-D warnings" | "-Dwarnings"){gate}"#,
        r#"ci.runs($c.clippy, "-D warnings" | "-Dwarnings"){gate: #true}"#,
    ),
    (r#"@x("a"){gate, value: "--min"}"#, r#"x("a"){gate: #true, value: "--min"}"#),
    (r#"@x("a", {open: 0, share: 0.5, off: false})"#, r#"x("a"){open: #0, share: #0.5, off: #false}"#),
    (r#"@x("a", {own}){gate}"#, r#"x("a"){own: #true, gate: #true}"#),
    (r#"@x("a") {gate}"#, r#"x("a"){gate: #true}"#),
    ("@attested(quarterly, measured: rto)", "attested(quarterly){measured: \"rto\"}"),
    (
        "@x({near: [\"a\", 'b'], any: \"c\" | \"d\", deep: {e}})",
        r#"x(){near: ["a", "b"], any: ["c", "d"], deep: {e: #true}}"#,
    ),
    ("@x({words: $c.all, like: ~\"^a\", then: @y(1)})", "x(){words: <$c.all>, like: <~\"^a\">, then: <@y(1)>}"),
    (r#"@text("**/*.sql", ~"(?i)create\s+\\w \"x\" \$")"#, r#"text("**/*.sql", ~(?i)create\s+\w "x" \$~)"#),
    (r"@text('a', ~'it\'s \d+')", r#"text("a", ~it's \d+~)"#),
    (r#"@x(["a", "b" | $c.d], "a\tb\s")"#, r#"x(["a", "b" | $c.d], "a\tb\\s")"#),
    ("@any(@x(), @all(@y(\"a\") == true, @not(@z())))", "any(x(), all(y(\"a\") == #true, not(z())))"),
    ("@config(\"a.b\") == \"require\"", "config(\"a.b\") == \"require\""),
    ("@config(a.b) != off", "config(a.b) != \"off\""),
    ("@count(x) >= 3", "count(x) >= #3"),
    ("@count(x)<=0.5", "count(x) <= #0.5"),
    ("@count(x) > -1", "count(x) > #-1"),
    ("@count(x) < 80%", "count(x) < \"80%\""),
    ("@x(\n  \"a\",   # why\n  \"b\",\n)\n", "x(\"a\", \"b\")"),
    (
        "@report.load(*, p95, -5, 1e3, 10s, a/b-c_d.e, http://x:8080)",
        "report.load(*, p95, #-5, #1000, 10s, a/b-c_d.e, http://x:8080)",
    ),
    ("@item($entry, $expected, $c.sub.sub-sub, $list.*)", "item($entry, $expected, $c.sub.sub-sub, $list.*)"),
    ("@env.secure('DB_PASSWORD')", "env.secure(\"DB_PASSWORD\")"),
];

#[test]
fn queries_read_as_written() {
    for (text, expected) in READS {
        match call::parse(text, 0) {
            Ok(query) => assert_eq!(shape(&query), *expected, "for {text}"),
            Err(error) => panic!("{text}: {}", error.message),
        }
    }
}

/// Each text with the offset of its error and a part of the message.
const ERRORS: &[(&str, u32, &str)] = &[
    ("", 0, "expected a call such as `@file(\"README.md\")`, found the end"),
    ("file(\"x\")", 0, "expected a call"),
    ("@", 1, "expected a name after `@`"),
    ("@ci.(1)", 4, "expected a name after `@`, found `(`"),
    ("@x(\"a\"", 2, "this `(` is never closed; expected `)`"),
    ("@x(\"a)", 3, "this string is never closed"),
    ("@x(~a)", 4, "expected a quoted regular expression after `~`, found `a`"),
    ("@x([1, 2)", 8, "expected `,` or `]`, found `)`"),
    ("@x({a: 1)", 8, "expected `,` or `}`, found `)`"),
    ("@x(\"a\" \"b\")", 7, "expected `,` or `)`, found `\"`"),
    ("@x(, 1)", 3, "expected an argument"),
    ("@x(\"a\" |)", 8, "expected an argument"),
    ("@x(\"a\" || \"b\")", 8, "expected an argument"),
    ("@x($)", 4, "expected a name after `$`"),
    ("@x() and", 5, "expected a comparison or the end of the expression, found `a`"),
    ("@x() == @y()", 8, "expected a string, a number, a boolean or a word"),
    ("@x() ==", 7, "expected an argument"),
    ("@x(a=1)", 4, "expected `,` or `)`, found `=`"),
    ("@x({a: 1}){a: 2}", 11, "option `a` stands twice"),
    ("@x({1: 2", 3, "this `{` is never closed"),
    ("@x() é", 5, "found `é`"),
];

#[test]
fn errors_name_their_place() {
    for (text, at, part) in ERRORS {
        let error = call::parse(text, 100).expect_err(text);
        assert!(error.message.contains(part), "{text}: {}", error.message);
        assert_eq!(error.span.start, 100 + at, "{text}: {}", error.message);
    }
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("@x(", ")"), ("[", "]"), ("{a: ", "}")] {
        let text = format!("@x({}1{})", open.repeat(100_000), close.repeat(100_000));
        let error = call::parse(&text, 0).expect_err("too deep");
        assert!(error.message.contains("more than 64 levels deep"), "{}", error.message);
    }
}

#[test]
fn spans_point_into_the_file() {
    let text = "[r]\nproof:\n  - @any(@x(\"é\"), $c.d){gate} >= 5 # why\nquoted: \"@env.secure('KEY')\"\nescaped: \"@env(\\\"KEY\\\")\"\n";
    let source = Source::new("r.tsk", text);
    let (document, diagnostics) = tusk::parse(&source);
    assert_eq!(diagnostics, []);
    let body = &document.sections[0].body;
    let shown = |span: Span| &text[span.range()];

    let query = call::of(&body["proof"].value.as_list().unwrap()[0]).unwrap().unwrap();
    assert_eq!(shown(query.span), "@any(@x(\"é\"), $c.d){gate} >= 5");
    assert_eq!(shown(query.call.name_span), "@any");
    assert_eq!(shown(query.call.args[0].terms[0].span), "@x(\"é\")");
    assert_eq!(shown(query.call.args[1].span), "$c.d");
    assert_eq!(shown(query.call.options["gate"].key), "gate");
    assert_eq!(shown(query.comparison.unwrap().value.span), "5");

    let quoted = call::of(&body["quoted"].value).unwrap().unwrap();
    assert_eq!(shown(quoted.call.args[0].span), "'KEY'");
    let escaped = call::of(&body["escaped"].value).unwrap().unwrap();
    assert_eq!(shape(&escaped), "env(\"KEY\")");
    assert_eq!(
        shown(escaped.call.args[0].span),
        "\"@env(\\\"KEY\\\")\"",
        "with escapes, the whole string is the place"
    );
}

#[test]
fn other_values_are_no_questions() {
    for text in ["a: 5", "a: word", "a: \"text @x()\"", "a: [@x()]", "a: null"] {
        let (document, _) = tusk::parse_text(text);
        assert!(call::of(&document.root["a"].value).is_none(), "{text}");
    }
}
