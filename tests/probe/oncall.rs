//! Who answers: escalations and rotas, in Terraform and in files of their own.

use super::searching::ask;
use tusk_check::evidence::{Observed, Sighting};

fn amounts(seen: &[Sighting]) -> Vec<f64> {
    let amount = |sighting: &Sighting| match &sighting.value {
        Some(Observed::Quantity(quantity)) => quantity.amount,
        other => panic!("{other:?}"),
    };
    seen.iter().map(amount).collect()
}

#[track_caller]
fn check(path: &str, text: &str, fact: &str, expected: &[f64]) {
    let answer = ask(&[(path, text)], "oncall", &[fact], &[]);
    assert_eq!(amounts(&answer.seen), expected, "{fact} of {path}: {answer:?}");
}

#[test]
fn a_rota_file_gives_levels_delays_and_people() {
    let text = "levels:\n- contact: '@ann'\n  timeout: 15m\n- contact: '@bob'\n  timeout: 10m\n- contact: '@cid'\n";
    check("oncall.yaml", text, "levels", &[3.0]);
    check("oncall.yaml", text, "delay", &[900.0]);
    let text = "[[escalation]]\nnotify = \"primary\"\n[[escalation]]\nnotify = \"secondary\"\nafter_minutes = 20\n";
    check("ops/escalation.toml", text, "delay", &[1200.0]);
    check("rota.json", "{\"members\": [{\"name\": \"Ann\"}, {\"handle\": \"@bob\"}, \"TBD\"]}", "people", &[2.0]);
    check("rota.json", "{\"members\": []}", "people", &[0.0]);
}

#[test]
fn a_bare_number_has_no_unit_unless_its_key_says_so() {
    check("oncall.yaml", "levels:\n- {user: a, timeout: 15}\n- {user: b}\n", "delay", &[]);
    check("oncall.yaml", "levels:\n- {user: a, timeout_minutes: 15}\n- {user: b}\n", "delay", &[900.0]);
}

#[test]
fn what_only_looks_like_a_rota_is_none() {
    let levels = "levels:\n- {user: a}\n- {user: b}\n";
    check("config/logging.yaml", levels, "levels", &[]);
    check("examples/oncall.yaml", levels, "levels", &[]);
    check("src/oncall.yaml", levels, "levels", &[]);
    check("oncall.yaml", "apiVersion: v1\nkind: ConfigMap\nlevels:\n- {user: a}\n", "levels", &[]);
    check("oncall.yaml", "levels:\n- {user: TBD}\n- {name: debug}\n", "levels", &[]);
    check("oncall.yaml", "levels: high\n", "levels", &[]);
}

const POLICY: &str = "resource \"pagerduty_escalation_policy\" \"p\" {\n  name = \"NAME\"\n  rule {\n    escalation_delay_in_minutes = 10\n    target {\n      id = a.b.id\n    }\n  }\n  rule {\n    escalation_delay_in_minutes = 10\n    target {\n      id = c.d.id\n    }\n  }\n}\nresource \"pagerduty_service\" \"s\" {\n  escalation_policy = pagerduty_escalation_policy.p.id\n}\n";

#[test]
fn what_can_wait_is_no_measure() {
    check("pager.tf", &POLICY.replace("NAME", "Production"), "delay", &[600.0]);
    check("pager.tf", &POLICY.replace("NAME", "Low urgency"), "delay", &[]);
}

#[test]
fn a_path_of_incident_io_gives_levels() {
    let text = "resource \"incident_escalation_path\" \"p\" {\n  path = [\n    { type = \"level\", level = { targets = [{ type = \"schedule\", id = incident_schedule.one.id }], time_to_ack_seconds = 300 } },\n    { type = \"level\", level = { targets = [{ type = \"user\", id = \"U1\" }], time_to_ack_seconds = 300 } },\n  ]\n}\nresource \"incident_alert_route\" \"r\" {\n  path = incident_escalation_path.p.id\n}\n";
    check("pager.tf", text, "levels", &[2.0]);
    check("pager.tf", text, "delay", &[300.0]);
}
