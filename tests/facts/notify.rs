//! Where alerts go: routes, and configurations that are not to be trusted.

use std::fmt::Write as _;
use tusk_check::facts::Facts;
use tusk_check::facts::notify::{Notify, State};
use tusk_check::tree::Tree;

fn with<T>(files: &[(&str, &str)], look: impl FnOnce(&Notify) -> T) -> T {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    look(facts.notify())
}

/// What comes to each receiver of `a`, `b` and `c`: `!` is what pages, `.` the rest, `-` nothing.
#[track_caller]
fn routes(route: &str, expected: &str) {
    let mut text = format!("route:\n{route}\nreceivers:\n");
    for name in ["a", "b", "c"] {
        let _ = writeln!(text, "- name: {name}\n  telegram_configs:\n  - chat_id: 1");
    }
    let seen: String = with(&[("alertmanager.yml", &text)], |view| {
        assert_eq!(view.blind, []);
        let states = view.configs.iter().flat_map(|config| &config.ends).map(|end| match end.state {
            State::Reached { critical: true } => '!',
            State::Reached { critical: false } => '.',
            State::Silent(_) => '-',
            State::Unclear(_) => '?',
        });
        states.collect()
    });
    assert_eq!(seen, expected, "{route}");
}

#[test]
fn an_alert_goes_to_the_first_route_that_takes_it() {
    routes("  receiver: a", "!--");
    routes("  receiver: a\n  routes:\n  - {receiver: b, match: {severity: critical}}", ".!-");
    routes("  receiver: a\n  routes:\n  - {receiver: b, matchers: ['severity=\"critical\"'], continue: true}", ".!-");
    routes("  receiver: a\n  routes:\n  - {receiver: b, continue: true}\n  - {receiver: c}", "-!!");
    routes("  receiver: a\n  routes:\n  - {receiver: b}\n  - {receiver: c, match: {severity: critical}}", "-!-");
    routes(
        "  receiver: a\n  routes:\n  - {receiver: b, match: {team: db}}\n  - {receiver: c, match: {severity: page}}",
        ".!!",
    );
    routes(
        "  receiver: a\n  routes:\n  - {receiver: b, match_re: {severity: 'critical|page'}}\n  - {receiver: c, match: {severity: warning}}",
        ".!.",
    );
    routes(
        "  receiver: a\n  routes:\n  - matchers: ['{severity=~\"warning|info\"}']\n    receiver: b\n    routes:\n    - {receiver: c, matchers: [severity = info]}",
        "!..",
    );
    routes(
        "  receiver: a\n  routes:\n  - {match: {severity: critical}, routes: [{receiver: b, match: {team: db}}]}",
        "!!-",
    );
}

#[test]
fn the_watchdog_is_no_alert() {
    routes("  receiver: a\n  routes:\n  - {receiver: b, matchers: [alertname = Watchdog]}", "!--");
    routes("  receiver: a\n  routes:\n  - {receiver: b, matchers: ['alertname!=\"Watchdog\"']}", "-!-");
    routes("  receiver: a\n  routes:\n  - {receiver: b, match_re: {alertname: 'Watchdog|InfoInhibitor'}}", "!--");
    routes("  receiver: a\n  routes:\n  - {receiver: b, match: {alertname: Down}}", "!!-");
}

#[test]
fn hostile_configurations_do_no_harm() {
    let nested = format!("route: {{receiver: a, routes: [{}]}}\nreceivers: [{{name: a}}]\n", "[".repeat(5_000));
    with(&[("alertmanager.yml", &nested)], |view| assert!(view.configs.is_empty()));
    let pattern = "route: {receiver: a, routes: [{receiver: b, match_re: {team: '((((a{99}){99}){99}){99})('}}]}\nreceivers: [{name: a}, {name: b, telegram_configs: [{chat_id: 1}]}]\n";
    with(&[("alertmanager.yml", pattern)], |view| assert_eq!(view.configs.len(), 1));
    let mut many = "route:\n  receiver: r0\n  routes:\n".to_owned();
    for number in 0..3_000 {
        let _ = writeln!(many, "  - {{receiver: r{number}, match: {{team: t{number}}}}}");
    }
    many.push_str("receivers:\n");
    for number in 0..3_000 {
        let _ = writeln!(many, "- {{name: r{number}, telegram_configs: [{{chat_id: 1}}]}}");
    }
    with(&[("alertmanager.yml", &many)], |view| assert_eq!(view.configs[0].ends.len(), 3_000));
}

#[test]
fn a_text_inside_of_a_manifest_keeps_its_lines() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: alertmanager\ndata:\n  alertmanager.yml: |\n    route:\n      receiver: a\n    receivers:\n    - name: a\n      telegram_configs:\n      - chat_id: 1\n";
    with(&[("a.yaml", text)], |view| {
        let place = &view.configs[0].ends[0].place;
        let span = place.span.expect("a span");
        assert_eq!(text.get(span.range()), Some("- chat_id: 1"));
    });
    let encoded = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: alertmanager-main\ndata:\n  alertmanager.yaml: cm91dGU6CiAgcmVjZWl2ZXI6IGEKcmVjZWl2ZXJzOgotIG5hbWU6IGEKICB0ZWxlZ3JhbV9jb25maWdzOgogIC0gY2hhdF9pZDogMQo=\n";
    with(&[("a.yaml", encoded)], |view| assert_eq!(view.configs[0].ends[0].channel, "telegram"));
}
