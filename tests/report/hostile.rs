//! Text from the tree that wants to drive a terminal, to forge a table, or to run in a browser.

use super::{decided, item, run, seen};
use pulldown_cmark::{Event, Options, Parser, Tag};
use tusk_check::evidence::Strength;
use tusk_check::report::terminal::{self, Look};
use tusk_check::report::{Bearing, ItemReport, Report, Unread, Verdict, json, markdown, plain};

const HOSTILE: [&str; 9] = [
    "\u{1b}[2J\u{1b}[1;31mmet\u{1b}[0m",
    "\u{1b}]8;;http://evil.example/\u{7}click\u{1b}]8;;\u{7}",
    "\u{9b}31m\u{90}x",
    "a\rb\nc\u{2028}| met | met |",
    "\u{202e}txt.exe\u{2066}\u{200b}",
    "<script>alert(1)</script><img src=x onerror=y> &lt;",
    "[x](javascript:alert(1)) ![i](http://evil.example/p.png) <http://evil.example>",
    "`code` ``two`` | pipe | **bold** # head\n# head\n- [ ] task @user http://evil.example www.evil.example",
    "\u{e0001}\u{e0041}\u{fff9}tags",
];

fn hostile(text: &str) -> Report {
    let broken = ItemReport {
        evidence: vec![seen(text, 3, text, Strength::Configured, Bearing::Contradicts)],
        fix: Some(text.into()),
        why: Some(text.into()),
        question: Some(text.into()),
        would_prove: Some(text.into()),
        unread: vec![Unread { path: Some(text.into()), line: None, why: text.into() }],
        ..decided(item(text, text, text, 1), Verdict::Unmet, Some(Strength::Configured), text)
    };
    let open = ItemReport { id: format!("{text}2"), verdict: Verdict::Unknown, ..broken.clone() };
    let mut run = run(2);
    run.project = text.into();
    run.checklist.name = text.into();
    Report::new(run, vec![broken, open], vec![Unread { path: None, line: None, why: text.into() }], Vec::new())
}

#[test]
fn no_control_reaches_a_terminal() {
    for text in HOSTILE {
        for verbose in [false, true] {
            let shown = terminal::write(&hostile(text), Look { width: 80, colour: false, verbose });
            let bad = shown.chars().find(|c| {
                c.is_control() && *c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{e0000}'..='\u{e0fff}')
            });
            assert_eq!(bad, None, "{text:?}\n{shown}");
        }
    }
}

#[test]
fn escape_sequences_go_whole_and_the_words_stay() {
    assert_eq!(plain(HOSTILE[0]), "met");
    assert_eq!(plain(HOSTILE[1]), "click");
    assert_eq!(plain("a\tb\r\n  c"), "a b c");
    assert_eq!(plain("\u{1b}[31"), "");
    assert_eq!(plain("\u{1b}]unfinished\nnext"), "next");
    assert_eq!(plain(&"x".repeat(100_000)).chars().count(), 601);
}

#[test]
fn markdown_has_no_markup_but_its_own() {
    for text in HOSTILE {
        let page = markdown::write(&hostile(text));
        let mut heads = 0;
        let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
        for (event, place) in Parser::new_ext(&page, options).into_offset_iter() {
            match event {
                // Outside of code, forges make links of bare addresses.
                Event::Text(_) => assert!(!page[place].contains("http://"), "{text:?} gives an address:\n{page}"),
                Event::Html(html) if html.trim() == markdown::MARKER => {}
                Event::Html(html) | Event::InlineHtml(html) => panic!("{text:?} gives HTML: {html}"),
                Event::TaskListMarker(_) => panic!("{text:?} gives a task"),
                Event::Start(Tag::Image { .. }) => panic!("{text:?} gives an image"),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let scheme = dest_url.split('/').next().unwrap_or_default();
                    assert!(!scheme.contains(':'), "{text:?} gives a link to {dest_url}");
                }
                Event::Start(Tag::Heading { .. }) => heads += 1,
                _ => {}
            }
        }
        assert_eq!(heads, 10, "{text:?} forges a heading:\n{page}");
    }
}

#[test]
fn markdown_tables_keep_their_shape() {
    for text in HOSTILE {
        let page = markdown::write(&hostile(text));
        let mut cells = 0;
        for event in Parser::new_ext(&page, Options::ENABLE_TABLES) {
            cells += usize::from(matches!(event, Event::Start(Tag::TableCell)));
        }
        // Summary 3 rows of 6, unknown 2 of 2, items 3 of 5 under each of one category, signatures 5 of 4.
        assert_eq!(cells, 18 + 4 + 15 + 20, "{text:?}\n{page}");
    }
}

#[test]
fn json_carries_the_text_as_it_is() {
    for text in HOSTILE {
        let written = json::write(&hostile(text)).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["items"][0]["evidence"][0]["message"], text);
    }
}
