//! Alert rules: what their expressions are about.

use tusk_check::facts::Facts;
use tusk_check::facts::alerts::{promql, signals};
use tusk_check::tree::Tree;

#[test]
fn every_signal_passes_its_own_examples() {
    let failed = signals::fail_own_examples().expect("the signals load");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(signals::names().count() > 4);
}

#[test]
fn hostile_expressions_are_refused() {
    assert_eq!(promql::parse(&"(".repeat(10_000)), None);
    assert_eq!(promql::parse(&"-".repeat(10_000)), None);
    assert_eq!(promql::parse(&"1+".repeat(9_000)), None);
    assert_eq!(promql::parse("up == "), None);
    assert_eq!(promql::parse("up{job=\"web"), None);
}

#[test]
fn a_template_of_a_chart_speaks_by_what_it_makes() {
    let template = "{{- if .Values.rules.enabled }}\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n\
                    metadata:\n  name: shop\nspec:\n  groups:\n    - name: shop\n      rules:\n        - alert: Down\n          \
                    expr: up == 0\n          annotations:\n            {{`\n            summary: \"{{ $labels.job }} is down\"\n            \
                    `}}\n{{- end }}\n";
    for (values, wanted) in [("rules: {enabled: false}\n", 0), ("rules: {enabled: true}\n", 1)] {
        let tree = Tree::in_memory([
            ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
            ("chart/values.yaml", values),
            ("chart/templates/rules.yaml", template),
        ]);
        let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
        assert_eq!((facts.alerts().rules.len(), facts.alerts().blind.len()), (wanted, 0), "{values}");
    }
}
