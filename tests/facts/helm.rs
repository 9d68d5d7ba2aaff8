//! Helm charts: what their templates make, where every part of it was written, and what stays unknown.

use tusk_check::facts::Facts;
use tusk_check::facts::containers::EnvValue;
use tusk_check::facts::kubernetes::Kubernetes;
use tusk_check::facts::kubernetes::path::Path;
use tusk_check::facts::production::Standing;
use tusk_check::tree::Tree;

pub(super) fn with<T>(files: &[(&str, &str)], look: impl FnOnce(&Tree, &Kubernetes) -> T) -> T {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    look(&tree, facts.kubernetes())
}

const CHART: (&str, &str) = ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: \"7\"\n");

/// What a template prints as the value of an annotation, with values beside it.
fn evaluates(expression: &str, values: &str) -> String {
    let template = format!("apiVersion: v1\nkind: K\nmetadata:\n  name: k\n  annotations:\n    a: {expression}\n");
    with(&[CHART, ("chart/values.yaml", values), ("chart/templates/k.yaml", &template)], |_, view| {
        let object = view.objects.first().unwrap_or_else(|| panic!("{expression}: {:?}", view.unread(&[])));
        let found = object.value.at(&["metadata", "annotations", "a"]).expect("a");
        found.scalar_text().unwrap_or_else(|| format!("{:?}", found.kind))
    })
}

/// The values at a path with their places, `value path:line`.
fn places(files: &[(&str, &str)], path: &str) -> Vec<String> {
    with(files, |tree, view| {
        let found = view.objects.iter().flat_map(|object| {
            Path::parse(path).find(&object.value).into_iter().map(move |found| (object, found.value.clone()))
        });
        let shown = found.map(|(object, value)| {
            let place = object.at(value.span);
            let line = tree.text(&place.path).expect("file").line_col(place.span.expect("span").start).line;
            format!("{} {}:{line}", value.scalar_text().unwrap_or_default(), place.path)
        });
        shown.collect()
    })
}

fn standings(files: &[(&str, &str)]) -> Vec<String> {
    with(files, |_, view| {
        let standing = |standing: &Standing| match standing {
            Standing::Production => "yes",
            Standing::Aside(_) => "aside",
            Standing::Uncertain(_) => "uncertain",
        };
        view.objects.iter().map(|object| format!("{} {}", object.title(), standing(&object.standing))).collect()
    })
}

#[test]
fn expressions() {
    let values =
        "a: {b: hello, n: 3, t: true, f: false, e: \"\", l: [x, y], z: 0}\nurl: \"http://{{ .Release.Name }}/\"\n";
    for (expression, wanted) in [
        ("{{ .Values.a.b }}", "hello"),
        ("{{ $.Values.a.b | upper | quote }}", "HELLO"),
        ("{{ .Values.a.missing | default \"d\" }}", "d"),
        ("{{ default .Chart.AppVersion .Values.a.e | quote }}", "7"),
        ("{{ printf \"%s-%s:%d\" .Release.Name .Chart.Version (int .Values.a.n) }}", "shop-1.2.3:3"),
        ("{{ if and .Values.a.t (not .Values.a.f) }}x{{ else }}y{{ end }}", "x"),
        ("{{ if or .Values.a.f (eq .Values.a.b \"hello\" \"other\") }}x{{ end }}", "x"),
        ("{{ if ne .Values.a.b \"hello\" }}x{{ else if gt .Values.a.n 2 }}y{{ else }}z{{ end }}", "y"),
        ("{{ with .Values.a }}{{ .n }}{{ end }}", "3"),
        ("{{ with .Values.nope }}x{{ else }}none{{ end }}", "none"),
        ("{{ range $i, $v := .Values.a.l }}{{ $i }}{{ $v }}{{ end }}", "0x1y"),
        ("{{ range .Values.a.l }}{{ . }}{{ break }}{{ end }}", "x"),
        ("{{ $x := \"a\" }}{{ if .Values.a.t }}{{ $x = \"b\" }}{{ end }}{{ $x }}", "b"),
        ("{{ \"a-very-long-name-\" | trunc 7 | trimSuffix \"-\" }}", "a-very"),
        ("{{ (.Values.nope).deep.er | default \"safe\" }}", "safe"),
        ("{{ tpl .Values.url . }}", "http://shop/"),
        ("{{ hasKey .Values.a \"b\" }}", "true"),
        ("{{ empty .Values.a.e }}", "true"),
        ("{{ ternary \"y\" \"n\" .Values.a.t }}", "y"),
        ("{{ dig \"x\" \"y\" \"none\" .Values.a }}", "none"),
        ("{{ index .Values.a.l 1 }}", "y"),
        ("{{ join \",\" .Values.a.l }}", "x,y"),
        ("{{ .Values.a.b | b64enc }}", "aGVsbG8="),
        ("{{ toYaml .Values.a.n }}", "3"),
        ("{{ coalesce .Values.a.e .Values.a.z \"c\" }}", "c"),
        ("{{ if semverCompare \">=1.19-0\" .Capabilities.KubeVersion.GitVersion }}new{{ else }}old{{ end }}", "new"),
        ("{{ if .Capabilities.APIVersions.Has \"policy/v1\" }}v1{{ end }}", "v1"),
        ("{{ $d := dict \"k\" \"v\" }}{{ $_ := set $d \"k\" \"w\" }}{{ get $d \"k\" }}", "w"),
        ("{{ $_ := set .Values.a \"b\" \"other\" }}{{ .Values.a.b }}", "${b}"),
        ("x{{- /* a comment */ -}}", "x"),
        ("{{ lookup \"v1\" \"Secret\" \"a\" \"b\" }}", "${lookup}"),
        ("{{ required \"say it\" .Values.nope }}", "${required}"),
        ("http://{{ include \"not.there\" . }}/x", "http://${not.there}/x"),
        ("{{ genPrivateKey \"rsa\" | b64enc | quote }}", "${genPrivateKey}"),
    ] {
        assert_eq!(evaluates(expression, values), wanted, "{expression}");
    }
}

const HELPERS: &str = "{{- define \"shop.name\" -}}\n{{ .Release.Name }}-web\n{{- end }}\n{{ define \"shop.labels\" }}\napp: {{ include \"shop.name\" . }}\nchart: {{ .Chart.Name | quote }}\n{{- end }}\n";
const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include \"shop.name\" . }}
  labels:
    {{- include \"shop.labels\" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    metadata:
      labels: {{- include \"shop.labels\" . | nindent 8 }}
    spec:
      containers:
        - name: web
          image: \"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"
          ports: [{containerPort: {{ .Values.port }}}]
          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
";
const VALUES: &str = "replicaCount: 1
image:
  repository: acme/shop
port: 8080
autoscaling:
  enabled: false
env:
  LOG_LEVEL: debug
resources:
  limits:
    memory: 256Mi
";

fn web<'t>(more: &[(&'t str, &'t str)]) -> Vec<(&'t str, &'t str)> {
    let chart = [
        CHART,
        ("chart/values.yaml", VALUES),
        ("chart/templates/_helpers.tpl", HELPERS),
        ("chart/templates/web.yaml", WEB),
        ("chart/templates/NOTES.txt", "{{ broken"),
    ];
    chart.iter().chain(more).copied().collect()
}

#[test]
fn every_value_has_the_place_where_it_was_written() {
    let files = web(&[]);
    assert_eq!(places(&files, "metadata.name"), ["shop-web chart/templates/_helpers.tpl:2"]);
    assert_eq!(places(&files, "spec.replicas"), ["1 chart/values.yaml:1"]);
    let container = "spec.template.spec.containers[*]";
    assert_eq!(places(&files, &format!("{container}.name")), ["web chart/templates/web.yaml:16"]);
    assert_eq!(places(&files, &format!("{container}.image")), ["acme/shop:7 chart/templates/web.yaml:17"]);
    assert_eq!(places(&files, &format!("{container}.resources.limits.memory")), ["256Mi chart/values.yaml:11"]);
    assert_eq!(places(&files, &format!("{container}.env[*].value")), ["debug chart/values.yaml:8"]);
    with(&files, |tree, view| {
        let object = &view.objects[0];
        assert_eq!((object.title().as_str(), view.objects.len()), ("Deployment \"shop-web\"", 1));
        assert_eq!(
            tree.text(&object.place().path)
                .map(|text| text.line_col(object.place().span.unwrap_or_default().start).line),
            Some(2)
        );
        assert!(view.unread(&[]).is_empty(), "{:?}", view.unread(&[]));
        assert_eq!(view.own_workloads().count(), 1);
        assert_eq!(object.labels().get("app").map(String::as_str), Some("shop-web"));
    });
}

#[test]
fn production_values_win_and_two_that_disagree_are_unknown() {
    let production = ("chart/values-prod.yaml", "replicaCount: 3\nenv: {LOG_LEVEL: warn}\n");
    let files = web(&[production, ("chart/values-staging.yaml", "replicaCount: 2\n")]);
    assert_eq!(places(&files, "spec.replicas"), ["3 chart/values-prod.yaml:1"]);
    let elsewhere = web(&[("deploy/production/values.yaml", "replicaCount: 4\n")]);
    assert_eq!(places(&elsewhere, "spec.replicas"), ["4 deploy/production/values.yaml:1"]);
    let second = ("chart/values-prod-us.yaml", "replicaCount: 5\nport: 80\n");
    let files = web(&[production, second]);
    assert_eq!(places(&files, "spec.replicas"), ["${differs} chart/values-prod-us.yaml:1"]);
    assert_eq!(
        places(&files, "spec.template.spec.containers[*].ports[*].containerPort"),
        ["80 chart/values-prod-us.yaml:2"]
    );
    // An autoscaler takes the fixed count away.
    let scaled = web(&[("chart/values-prod.yaml", "autoscaling: {enabled: true}\n")]);
    assert!(places(&scaled, "spec.replicas").is_empty());
}

#[test]
fn conditions_decide_what_is_there() {
    let object = |guard: &str| {
        format!(
            "{{{{- if {guard} }}}}\napiVersion: v1\nkind: K\nmetadata: {{name: k}}\nspec: {{a: 1}}\n{{{{- end }}}}\n"
        )
    };
    for (guard, wanted) in [
        (".Values.on", vec!["K \"k\" yes"]),
        (".Values.off", vec![]),
        (".Values.missing.deep", vec![]),
        ("and .Values.on .Values.off", vec![]),
        (".Capabilities.APIVersions.Has \"monitoring.coreos.com/v1\"", vec!["K \"k\" uncertain"]),
        ("or .Values.on (lookup \"v1\" \"a\" \"b\" \"c\")", vec!["K \"k\" yes"]),
        ("and .Values.off (lookup \"v1\" \"a\" \"b\" \"c\")", vec![]),
        ("not (lookup \"v1\" \"a\" \"b\" \"c\")", vec!["K \"k\" uncertain"]),
    ] {
        let template = object(guard);
        let files = [CHART, ("chart/values.yaml", "on: true\noff: false\n"), ("chart/templates/k.yaml", &template)];
        assert_eq!(standings(&files), wanted, "{guard}");
    }
}

#[test]
fn what_is_unknown_inside_makes_the_object_uncertain_where_it_matters() {
    let object = |body: &str| format!("apiVersion: v1\nkind: K\nmetadata:\n  name: k\n{body}");
    for (body, wanted) in [
        ("  labels:\n    {{- include \"no.labels\" . | nindent 4 }}\n    a: b\n", "yes"),
        ("spec:\n  a: {{ lookup \"x\" }}\n", "yes"),
        ("spec:\n  resources: {{ lookup \"x\" }}\n", "uncertain"),
        ("spec:\n  resources:\n    {{- toYaml (lookup \"x\") | nindent 4 }}\n", "uncertain"),
        ("spec:\n  args:\n    - a\n    {{- toYaml (lookup \"x\") | nindent 4 }}\n    - b\n", "uncertain"),
        ("spec:\n  a: 1\n  {{- if lookup \"x\" }}\n  b: 2\n  {{- end }}\n", "uncertain"),
        ("spec:\n  a: 1\n  {{- with lookup \"x\" }}\n  affinity: {{ toYaml . | nindent 4 }}\n  {{- end }}\n", "yes"),
        ("  annotations: {helm.sh/hook: test}\n", "aside"),
    ] {
        let template = object(body);
        assert_eq!(standings(&[CHART, ("chart/templates/k.yaml", &template)]), [format!("K \"k\" {wanted}")], "{body}");
    }
}

#[test]
fn an_empty_part_leaves_its_blanks_to_what_follows() {
    let template = "{{- define \"none\" }}{{ end }}{{- define \"init\" }}name: {{ lookup \"x\" }}\nimage: busybox{{ end -}}\n\
                    apiVersion: v1\nkind: K\nmetadata:\n  name: k\nspec:\n  a: 1\n  {{- include \"none\" . | nindent 2 -}}\n  \
                    b: 2\n  c:\n  - {{ include \"init\" . | indent 4 | trimPrefix \"    \" }}\n";
    let files = [CHART, ("chart/templates/k.yaml", template)];
    assert_eq!(places(&files, "spec.b"), ["2 chart/templates/k.yaml:10"]);
    assert_eq!(places(&files, "spec.c[*].image"), ["busybox chart/templates/k.yaml:2"]);
}

#[test]
fn what_cannot_be_read_is_blind_for_what_it_names() {
    let unread = |template: &str, words: &[&str]| {
        with(&[CHART, ("chart/templates/a.yaml", template)], |_, view| {
            assert!(view.objects.is_empty());
            view.unread(words).len()
        })
    };
    for template in [
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ if }}}\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .a }\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: [\n",
    ] {
        assert_eq!(unread(template, &["Deployment"]), 1, "{template}");
        assert_eq!(unread(template, &["ServiceMonitor", "prometheus.io/scrape"]), 0, "{template}");
    }
    let any = "apiVersion: v1\nkind: {{ lookup \"x\" }}\nmetadata: {name: a}\n";
    assert_eq!(unread(any, &["ServiceMonitor"]), 1);
    assert_eq!(unread(&format!("{}\n---\nkind: [\n", "# nothing"), &["Deployment"]), 0);
}

#[test]
fn charts_in_charts() {
    let manifest = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: worker, version: 1.0.0, condition: worker.enabled}\n- {name: cache, alias: fast, repository: \"file://../cache\", version: 1.0.0}\n- {name: postgresql, repository: \"https://charts.example.com\", version: 1.0.0, condition: postgresql.enabled}\n- {name: redis, repository: \"https://charts.example.com\", version: 1.0.0, condition: redis.enabled}\n";
    let k =
        "apiVersion: v1\nkind: K\nmetadata: {name: {{ .Chart.Name }}-{{ .Values.size }}-{{ .Values.global.zone }}}\n";
    let values = "global: {zone: eu}\nworker: {enabled: true, size: 3}\nfast: {size: 4}\npostgresql: {enabled: true, auth: {database: shop}}\nredis: {enabled: false}\n";
    let tree = |values: &'static str| {
        vec![
            ("shop/Chart.yaml", manifest),
            ("shop/values.yaml", values),
            (
                "shop/templates/k.yaml",
                "apiVersion: v1\nkind: K\nmetadata: {name: \"{{ .Values.worker.size }}-{{ .Values.worker.color }}\"}\n",
            ),
            ("shop/charts/worker/Chart.yaml", "name: worker\n"),
            ("shop/charts/worker/values.yaml", "size: 1\ncolor: red\n"),
            ("shop/charts/worker/templates/k.yaml", k),
            ("cache/Chart.yaml", "name: cache\n"),
            ("cache/values.yaml", "size: 1\n"),
            ("cache/templates/k.yaml", k),
        ]
    };
    assert_eq!(standings(&tree(values)), ["K \"cache-4-eu\" yes", "K \"worker-3-eu\" yes", "K \"3-red\" yes"]);
    with(&tree(values), |_, view| {
        let names: Vec<&str> = view.dependencies.iter().map(|dependency| &*dependency.name).collect();
        assert_eq!(names, ["postgresql"]);
        assert!(view.unread(&[]).is_empty(), "a store of others hides nothing of the project");
    });
    assert!(!standings(&tree("worker: {enabled: false}\n")).iter().any(|object| object.contains("worker-")));
    // A chart of others of which nobody knows what it makes hides everything.
    let foreign =
        ("chart/Chart.yaml", "name: a\ndependencies: [{name: ingress, repository: \"https://x\", version: 1.0.0}]\n");
    with(&[foreign, ("chart/templates/k.yaml", k)], |_, view| assert_eq!(view.unread(&["ServiceMonitor"]).len(), 1));
    // One of which that is known hides what it may make.
    let known = "name: a\ndependencies: [{name: cert-manager, repository: \"https://x\", version: 1.0.0}]\n";
    with(&[("chart/Chart.yaml", known), ("chart/templates/k.yaml", k)], |_, view| {
        assert_eq!(view.unread(&["Certificate"]).len(), 1);
        assert_eq!(view.unread(&["ServiceMonitor"]).len(), 0);
    });
}

#[test]
fn charts_that_are_shown_or_tested_and_copies_do_not_count() {
    assert!(standings(&[("examples/c/Chart.yaml", "name: a\n"), ("examples/c/templates/w.yaml", WEB)]).is_empty());
    assert!(
        standings(&[
            ("lib/Chart.yaml", "name: a\ntype: library\n"),
            ("lib/templates/w.yaml", "apiVersion: v1\nkind: K\nmetadata: {name: a}\n")
        ])
        .is_empty()
    );
    let copy = "# Source: shop/templates/web.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-web}\n";
    let files = web(&[("release/all.yaml", copy)]);
    assert_eq!(standings(&files), ["Deployment \"shop-web\" yes", "Deployment \"shop-web\" aside"]);
}

#[test]
fn the_environment_of_a_chart_is_settings() {
    let files = web(&[]);
    with(&files, |_, view| {
        let env = view.objects[0].containers()[0].env();
        assert_eq!(env[0].value, EnvValue::Literal("debug".into()));
    });
    let hidden = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        env:\n        - {name: A, value: {{ lookup \"x\" }}}\n";
    with(&[CHART, ("chart/templates/w.yaml", hidden)], |_, view| {
        assert_eq!(view.objects[0].containers()[0].env()[0].value, EnvValue::Reference("${lookup}".into()));
    });
}

#[test]
fn hostile_templates_end() {
    let mut doubling = String::new();
    for level in 0..60 {
        let next = format!("{{{{ include \"l{}\" . }}}}", level + 1);
        doubling += &["{{ define \"l", &level.to_string(), "\" }}", &next, &next, "{{ end }}"].concat();
    }
    doubling += "{{ define \"l60\" }}x{{ end }}{{ include \"l0\" . }}";
    let endless = "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}".to_owned();
    let long =
        "{{ $x := \"xxxxxxxxxxxxxxxx\" }}".to_owned() + &"{{ $x = printf \"%s%s\" $x $x }}".repeat(60) + "{{ $x }}";
    let lists = "{{ $x := list 1 2 }}".to_owned() + &"{{ $x = list $x $x }}".repeat(60) + "{{ toYaml $x }}";
    let maps = "{{ $x := dict \"a\" 1 }}".to_owned()
        + &"{{ $x = dict \"a\" $x \"b\" $x }}".repeat(60)
        + "{{ $y := merge $x $x }}{{ $y := mergeOverwrite $x $y }}";
    let deep = "{{ if true }}".repeat(2000) + &"{{ end }}".repeat(2000);
    let parentheses = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    let loops = "{{ range until 1000 }}".repeat(20) + "x" + &"{{ end }}".repeat(20);
    let indent = "{{ nindent 100000 \"a\\nb\" }}".to_owned();
    let dict = "{{ $x := dict }}{{ range until 1000 }}{{ $x = dict \"a\" $x }}{{ end }}".repeat(50);
    for text in [doubling, endless, long, lists, maps, deep, parentheses, loops, indent, dict] {
        let template = format!("{text}\napiVersion: v1\nkind: K\nmetadata: {{name: k}}\n");
        with(&[CHART, ("chart/templates/k.yaml", &template)], |_, view| {
            assert!(view.objects.len() + view.unread(&["K"]).len() > 0, "{}", &template[..60]);
        });
    }
}
