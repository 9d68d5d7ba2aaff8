//! What the classes of a pattern mean.

use tusk_check::pattern::{AnyOf, Globs, Lazy, Paths, PatternSet, Regex, Words, compile};
use tusk_check::rules::{Proof, embedded};

fn found(pattern: &str, text: &str) -> Option<String> {
    compile(pattern).unwrap().find(text).map(|found| found.as_str().to_owned())
}

#[test]
fn words_and_digits_are_ascii() {
    assert_eq!(found(r"\w+", "été").as_deref(), Some("t"));
    assert_eq!(found(r"[\w-]+", "–a-b_9é").as_deref(), Some("a-b_9"));
    assert_eq!(found(r"[^\W\d]+", "1é9ab2").as_deref(), Some("ab"));
    assert_eq!(found(r"\D\d{2}", "٣a42").as_deref(), Some("a42"));
    assert_eq!(found(r"\bab\b", "éab é").as_deref(), Some("ab"));
}

#[test]
fn a_bracket_that_stands_first_belongs_to_its_class() {
    assert_eq!(found(r"[]\w]+", "é]a").as_deref(), Some("]a"));
    assert_eq!(found(r"[^]\w]+\w", "]ab…–c").as_deref(), Some("…–c"));
    assert_eq!(found(r"\[\w\]", "[é][a]").as_deref(), Some("[a]"));
}

#[test]
fn any_letter_may_be_written_as_a_class() {
    assert_eq!(found(r"(?i)a[\s\S]b", "A\nB").as_deref(), Some("A\nB"));
}

#[test]
fn a_broken_pattern_is_an_error() {
    assert!(compile("(").is_err());
    assert!(compile("a\\").is_err());
    assert!(Regex::new("(", true).is_err());
}

#[test]
fn what_is_compiled_when_it_is_needed_matches_the_same_and_nothing_when_it_is_broken() {
    assert!(Lazy::new("^ready$").is_match("ready") && !Lazy::new("^ready$").is_match("not\nready"));
    assert!(Lazy::of_lines("^ready$").is_match("not\nready"));
    assert!(!Lazy::new("(ready").is_match("(ready") && Lazy::new("(ready").scan().is_none());
    assert!(AnyOf::new(["(ready", "steady"]).is_match("steady") && !AnyOf::new(["(ready"]).is_match("(ready"));
}

fn scanned(pattern: &str, text: &str) -> Vec<String> {
    let scan = Regex::new(pattern, true).unwrap();
    scan.find_all(text).map(|(found, value)| value.unwrap_or(found).as_str().to_owned()).collect()
}

#[test]
fn a_scan_never_splits_a_letter() {
    assert_eq!(scanned(r"a.", "aé"), ["aé"]);
    assert_eq!(scanned(r".b", "éb"), ["éb"]);
    assert_eq!(scanned(r"[^x]{1,3}?z", "ééz"), ["ééz"]);
    assert_eq!(scanned(r"(?<value>.)=", "é=1"), ["é"]);
    assert_eq!(scanned(r"[–-]\s*\d", "– 1\n- 2"), ["– 1", "- 2"]);
}

#[test]
fn a_scan_knows_the_ends_of_lines_where_it_is_told_to() {
    assert_eq!(scanned("^b$", "a\nb\nc"), ["b"]);
    assert!(Regex::new("^b$", false).unwrap().captures("a\nb\nc").is_none());
}

#[test]
fn a_pattern_is_tried_only_where_all_it_needs_is_there() {
    let patterns = [
        r"(?i)\bfn\s+(?:ready|health)\w*[^{]*\{[\s\S]{0,600}?(?:SELECT\s+1|\.execute\()",
        r"\w+",
        "ab|abc",
        r"keep_?alive(?:_timeout)?",
    ];
    let set = PatternSet::new(patterns);
    assert_eq!(set.candidates("fn ready() { x }"), [1]);
    assert_eq!(set.candidates("fn Ready() { db.Execute(1) }"), [0, 1]);
    assert_eq!(set.candidates("fn healthz() { select\t1 } abc"), [0, 1, 2]);
    assert_eq!(set.candidates("keepalive"), [1, 3]);
    assert_eq!(set.len(), patterns.len());
}

/// Whether a pattern is tried on a text at all.
fn is_tried(pattern: &str, text: &str) -> bool {
    let set = PatternSet::new([pattern]);
    !set.candidates(text).is_empty()
}

#[test]
fn what_a_pattern_needs_is_read_off_its_text() {
    let cases = [
        (r"serve\(", "serve[", "serve("),
        (r"a[Bb]cd", "acd", "abcd"),
        (r"needle{2}", "needl", "needlee"),
        (r"need(?:le)+s?", "need", "needles"),
        (r"\bfoo\b\.bar", "foo bar", "foo.bar"),
        (r"(?P<value>alpha|beta)gamma", "gamma", "betagamma"),
        (r"\x22quoted\x27", "quoted", "\"quoted'"),
        (r"[^x]word[]x]?", "wor", "aword]"),
        (r"(?i)Key(?-i:S)", "key", "KEYS"),
        (r"(?:one|two)\s+(?:three|four)", "one five", "two  four"),
        (r"abcd|", "", ""),
        (r"is_?admin", "his admin", "isadmin"),
        (r"#\[(?:get|post)\(", "# get(", "#[get("),
        (r"TIMEOUT", "timeout", "TIMEOUT"),
        (r"(?i)TIMEOUT", "time", "timeout"),
        (r"log(?:ger|ging)?\.(?:info|warn)\(", "dialog.warns(", "logging.warn("),
        (r"['\x22]EX['\x22]", "'EX ", "'EX\""),
        (r"\b[Jj]wt\.verify", "JWT.verify", "Jwt.verify"),
        (r"(?:a|b|c|d|e)(?:f|g|h|i|j)(?:k|l)mno", "afmno", "ejlmno"),
    ];
    for (pattern, without, with) in cases {
        let needs_nothing = without == with;
        assert_eq!(is_tried(pattern, without), needs_nothing, "{pattern} on {without:?}");
        assert!(is_tried(pattern, with), "{pattern} on {with:?}");
        assert!(compile(pattern).unwrap().is_match(with), "{pattern} on {with:?}");
    }
}

#[test]
fn what_may_be_left_out_is_not_needed() {
    for (pattern, text) in [
        ("words?", "word"),
        ("(?:long)?text{0,3}", "tex"),
        ("abc*def", "abdef"),
        ("[a-z]{0}xyz", "xyz"),
        ("(?:|alpha)beta", "beta"),
        (r"naïve caf[eé]", "naïve café"),
        (r"(?x) spaced \s out", "spaced out"),
    ] {
        let is_match = Regex::new(pattern, true).unwrap().is_match(text);
        assert!(is_match && is_tried(pattern, text), "{pattern} on {text:?}");
    }
}

#[test]
fn no_pattern_of_the_catalogue_is_passed_over_where_it_matches() {
    let mut matched = 0;
    for rule in embedded().rules() {
        let path = format!("{}/tests/rules/{}.md", env!("CARGO_MANIFEST_DIR"), rule.id);
        let Ok(cases) = std::fs::read_to_string(path) else { continue };
        let mut patterns = Vec::new();
        rule.each_proof(&mut |proof| {
            if let Proof::Probe(call) = proof {
                patterns.extend(tusk_check::probe::source::patterns(&call.question));
            }
        });
        let set = PatternSet::new(patterns);
        let candidates = set.candidates(&cases);
        for at in 0..set.len() {
            let pattern = set.get(at).unwrap();
            if pattern.scan().is_some_and(|scan| scan.is_match(&cases)) {
                matched += 1;
                assert!(candidates.contains(&at), "{} in {}", pattern.text(), rule.id);
            }
        }
    }
    assert!(matched > 500, "{matched} patterns matched: too few to show anything");
}

#[test]
fn globs_match_in_either_case_whatever_they_end_with() {
    let matching = |glob: &str, path: &str| Globs::new(vec![glob.to_owned()]).is_match(path);
    let cases = [
        ("**/*.YML", "deploy/App.yml", true),
        ("**/*.yml", "deploy/app.yaml", false),
        ("*.{yml,y*ml}", "a.yaml", true),
        ("{a,b{c,d}}", "bd", true),
        ("{a,b}", "c", false),
        ("docs/{,old}", "docs/", true),
        ("*.[ch]", "a.h", true),
        ("*.[!c]", "a.c", false),
        (r"a\*", "a*", true),
        (r"a\*", "ab", false),
        ("Dockerfile*", "dockerfile.prod", true),
        ("**/logs/**", "a/logs/b/c", true),
        ("**/Cargo.toml", "Cargo.toml", true),
        ("**/{Cargo.toml,a}", "Cargo.toml", true),
        ("Makefile", "sub/Makefile", false),
        ("**/*deploy*/**", "ops/Deploy-prod/run", true),
        ("**/*deploy*/**", "ops/run", false),
        ("docs/**/guide*.md", "docs/guide.md", true),
        ("a?c/**", "abc/d", true),
    ];
    for (glob, path, matches) in cases {
        assert_eq!(matching(glob, path), matches, "{glob} on {path}");
        // Among other paths it is found at its place, or not.
        let paths = Paths::new(["0", path, "z.rs"].into_iter());
        let found = Globs::new(vec![glob.to_owned()]).matching(&paths);
        assert_eq!(found.contains(&1), matches, "{glob} among {path}");
    }
    assert!(!Globs::default().is_match("a"));
}

#[test]
fn words_are_found_in_any_case_with_those_inside_of_them() {
    let words = Words::new(vec!["Token".to_owned(), "tok".to_owned(), "é".to_owned()]);
    let text = "a TOKEN é tok";
    let find = |text: &str| {
        let found =
            words.find(text).into_iter().map(|word| (word.start, word.index, text[word.start..word.end].to_owned()));
        found.collect::<std::collections::BTreeSet<_>>()
    };
    let wanted = [(2, 1, "TOK"), (2, 0, "TOKEN"), (8, 2, "é"), (11, 1, "tok")];
    let wanted = wanted.map(|(start, index, word)| (start, index, word.to_owned())).into();
    assert_eq!(find(text), wanted);
    // After much text another machine looks, and finds the same.
    assert!(find(&"- ".repeat(1 << 19)).is_empty());
    assert_eq!(find(text), wanted);
    assert_eq!(find("to"), [].into());
}
