//! Kubernetes objects: which production applies, and what patches make of them.

use tusk_check::facts::Facts;
use tusk_check::facts::containers::EnvValue;
use tusk_check::facts::kubernetes::path::Path;
use tusk_check::facts::kubernetes::{Kubernetes, Object};
use tusk_check::facts::production::Standing;
use tusk_check::tree::Tree;

fn with<T>(files: &[(&str, &str)], look: impl FnOnce(&Kubernetes) -> T) -> T {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    look(facts.kubernetes())
}

/// The production objects as `Kind/name`.
fn production(files: &[(&str, &str)]) -> Vec<String> {
    with(files, |view| view.production().map(|object| format!("{}/{}", object.kind, object.name)).collect())
}

fn deployment(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  template:\n    spec:\n      containers:\n      \
         - name: app\n        image: shop/{name}\n        ports: [{{containerPort: 80}}]\n"
    )
}

#[test]
fn plain_files_count_unless_their_path_says_otherwise() {
    let web = deployment("web");
    let both = format!("{web}---\napiVersion: v1\nkind: Service\nmetadata: {{name: web}}\n");
    assert_eq!(production(&[("k8s/web.yaml", &both)]), ["Deployment/web", "Service/web"]);
    for path in ["k8s/staging/web.yaml", "examples/web.yaml", "docs/k8s/web.yaml", "test/web.yaml"] {
        assert!(production(&[(path, &web)]).is_empty(), "{path}");
    }
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}", web.trim_end().replace('\n', "\n  "));
    assert_eq!(production(&[("all.yaml", &list)]), ["Deployment/web"]);
}

#[test]
fn a_workload_without_replicas_runs_nothing_unless_something_scales_it() {
    let stopped = deployment("web").replace("spec:\n  template", "spec:\n  replicas: 0\n  template");
    assert!(production(&[("k8s/web.yaml", &stopped)]).is_empty());
    let scaled = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {name: web}\n";
    let both = format!("{stopped}---\n{scaled}");
    assert_eq!(production(&[("k8s/web.yaml", &both)]), ["Deployment/web", "ScaledObject/web"]);
}

#[test]
fn kustomize_applies_what_the_production_overlay_reaches() {
    let (web, extra) = (deployment("web"), deployment("extra"));
    let files = [
        ("k8s/base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("k8s/base/web.yaml", web.as_str()),
        ("k8s/base/extra.yaml", extra.as_str()),
        ("k8s/overlays/prod/kustomization.yaml", "resources: [../../base]\n# components: [../../extra]\n"),
        ("k8s/overlays/dev/kustomization.yaml", "resources: [../../base, only-dev.yaml]\n"),
        ("k8s/overlays/dev/only-dev.yaml", extra.as_str()),
        ("k8s/extra/kustomization.yaml", "kind: Component\nresources: [x.yaml]\n"),
        ("k8s/extra/x.yaml", extra.as_str()),
    ];
    assert_eq!(production(&files), ["Deployment/web"]);
}

#[test]
fn what_an_overlay_of_production_declares_is_a_flavour_elsewhere() {
    let (web, exporter) = (deployment("web"), deployment("exporter"));
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {LOG: debug}\n";
    let scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n\
                  spec: {scaleTargetRef: {kind: Deployment, name: web}}\n";
    let files = |overlay: &str| {
        production(&[
            ("apart/scaler.yaml", scaler),
            ("apart/sql/web.yaml", web.as_str()),
            ("apart/sql/map.yaml", map),
            ("apart/metrics/exporter.yaml", exporter.as_str()),
            ("k8s/base/web.yaml", web.as_str()),
            ("k8s/base/kustomization.yaml", "resources: [web.yaml]\n"),
            (&format!("k8s/overlays/{overlay}/kustomization.yaml"), "resources: [../../base]\n"),
        ])
    };
    assert_eq!(files("production"), ["Deployment/exporter", "Deployment/web"]);
    assert_eq!(
        files("europe"),
        ["Deployment/exporter", "HorizontalPodAutoscaler/web", "ConfigMap/web", "Deployment/web", "Deployment/web",]
    );
}

#[test]
fn without_a_production_overlay_the_root_counts_and_components_only_when_listed() {
    let web = deployment("web");
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {}\n";
    let listing = |components: &str| {
        let root = format!("resources: [base]\n{components}\n");
        production(&[
            ("deploy/kustomization.yaml", root.as_str()),
            ("deploy/base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("deploy/base/web.yaml", web.as_str()),
            ("deploy/policies/kustomization.yaml", "kind: Component\nresources: [deny.yaml]\n"),
            ("deploy/policies/deny.yaml", policy),
        ])
    };
    assert_eq!(listing("# components: [policies]"), ["Deployment/web"]);
    assert_eq!(listing("components: [policies]"), ["Deployment/web", "NetworkPolicy/deny"]);
}

#[test]
fn a_base_that_only_development_lists_is_uncertain() {
    let web = deployment("web");
    let files = [
        ("k8s/base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("k8s/base/web.yaml", web.as_str()),
        ("k8s/overlays/dev/kustomization.yaml", "resources: [../../base]\n"),
    ];
    with(&files, |view| {
        assert!(matches!(view.objects[0].standing, Standing::Uncertain(_)), "{:?}", view.objects[0].standing);
    });
}

fn patched(overlay: &str, patch: &str, look: impl FnOnce(&Object)) {
    let web = deployment("web");
    let files = [
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", web.as_str()),
        ("prod/kustomization.yaml", overlay),
        ("prod/patch.yaml", patch),
    ];
    with(&files, |view| {
        let all: Vec<&Object> = view.production().collect();
        assert_eq!(all.len(), 1, "{all:?}");
        look(all[0]);
    });
}

#[test]
fn patches_change_the_object_and_keep_their_own_place() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        readinessProbe: {httpGet: {path: /ready}}\n";
    for overlay in [
        "resources: [../base]\npatches: [{path: patch.yaml}]\n",
        "resources: [../base]\npatchesStrategicMerge: [patch.yaml]\n",
        "resources: [../base]\npatches: [{path: patch.yaml, target: {kind: Deployment, name: web}}]\n",
    ] {
        patched(overlay, patch, |web| {
            let found = Path::parse("spec.template.spec.containers[*].readinessProbe").find(&web.value);
            assert_eq!(found.len(), 1, "{overlay}");
            let place = web.at(found[0].span);
            assert_eq!(&*place.path, "prod/patch.yaml");
            let span = place.span.expect("a span");
            assert!(patch[span.range()].starts_with("readinessProbe"), "{}", &patch[span.range()]);
            // What the patch did not touch still points into the base.
            let image = Path::parse("spec.template.spec.containers[*].image").find(&web.value)[0].span;
            assert_eq!(&*web.at(image).path, "base/web.yaml");
        });
    }
}

#[test]
fn json_patches_deletions_and_replicas() {
    let overlay = "resources: [../base]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/containers/0/livenessProbe\n      value: {tcpSocket: {port: 80}}\n    - op: remove\n      path: /spec/template/spec/containers/0/ports\nreplicas:\n- name: web\n  count: 3\n";
    patched(overlay, "", |web| {
        let has = |path: &str| !Path::parse(path).find(&web.value).is_empty();
        assert!(has("spec.template.spec.containers[*].livenessProbe.tcpSocket"));
        assert!(!has("spec.template.spec.containers[*].ports"));
        let replicas = Path::parse("spec.replicas").find(&web.value);
        assert_eq!(replicas[0].value.as_number(), Some(3.0));
        assert_eq!(&*web.at(replicas[0].span).path, "prod/kustomization.yaml");
    });
    let delete = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        $patch: delete\n";
    patched("resources: [../base]\npatches: [{path: patch.yaml}]\n", delete, |web| {
        assert!(web.containers().is_empty());
    });
}

#[test]
fn generated_copies_are_counted_once_and_lone_ones_count() {
    let web = deployment("web");
    let generated = format!("# WARNING: This file is autogenerated. Do not edit.\n{web}");
    assert_eq!(production(&[("k8s/web.yaml", &web), ("release/all.yaml", &generated)]), ["Deployment/web"]);
    assert_eq!(production(&[("release/all.yaml", &generated)]), ["Deployment/web"]);
}

#[test]
fn the_environment_goes_through_config_maps() {
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: web\n        envFrom: [{configMapRef: {name: settings}}]\n        env:\n        - {name: LEVEL, value: warn}\n        - {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: token}}}\n        - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}\n";
    let map =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {LEVEL: info, PORT: \"80\", mode: prod}\n";
    with(&[("web.yaml", web), ("map.yaml", map)], |view| {
        let object = view.find("Deployment", "web").expect("web");
        let env = object.containers()[0].env();
        let value = |name: &str| env.iter().find(|entry| entry.name == name).map(|entry| entry.value.clone());
        assert_eq!(value("LEVEL"), Some(EnvValue::Literal("warn".into())));
        assert_eq!(value("PORT"), Some(EnvValue::Literal("80".into())));
        assert_eq!(value("MODE"), Some(EnvValue::Literal("prod".into())));
        assert_eq!(value("TOKEN"), Some(EnvValue::Reference("secretKeyRef s/token".into())));
    });
}

#[test]
fn own_and_serving() {
    let own = |text: &str| with(&[("w.yaml", text)], |view| view.own_workloads().count());
    assert_eq!(own(&deployment("web")), 1);
    assert_eq!(own(&deployment("loadgenerator")), 0);
    assert_eq!(own(&deployment("web").replace("shop/web", "redis:7-alpine")), 0);
    assert_eq!(own(&deployment("web").replace("shop/web", "docker.io/bitnami/postgresql:16")), 0);
    assert_eq!(own(&deployment("web").replace("kind: Deployment", "kind: Job").replace("apps/v1", "batch/v1")), 0);
}

#[test]
fn paths_choose_by_name_condition_and_position() {
    let text = "apiVersion: a/v1\nkind: K\nmetadata:\n  name: k\n  annotations: {a.b/c: x, a.b/d: y}\nspec:\n  metrics:\n  - {type: Resource, resource: {name: cpu, target: 80}}\n  - {type: Pods}\n  empty: null\n";
    with(&[("k.yaml", text)], |view| {
        let count = |path: &str| Path::parse(path).find(&view.objects[0].value).len();
        assert_eq!(count("metadata.annotations[a.b/c|a.b/d]"), 2);
        assert_eq!(count("metadata.annotations[a.b/*]"), 2);
        assert_eq!(count("metadata.annotations[nope]"), 0);
        assert_eq!(count("spec.metrics[?type=Resource&resource.name=cpu].resource.target"), 1);
        assert_eq!(count("spec.metrics[?resource.name==memory]"), 0);
        assert_eq!(count("spec.metrics[*].type"), 2);
        assert_eq!(count("spec.metrics[1].type"), 1);
        assert_eq!(count("spec.metrics[].type"), 2);
        assert_eq!(count("spec.empty"), 0);
        assert_eq!(count("spec.[[x]]..y["), 0);
    });
}

#[test]
fn cycles_and_doubling_overlays_end() {
    let mut files = vec![
        ("a/kustomization.yaml".to_owned(), "resources: [../b]\n".to_owned()),
        ("b/kustomization.yaml".to_owned(), "resources: [../a]\n".to_owned()),
    ];
    for level in 0..15 {
        files.push((
            format!("l{level}/kustomization.yaml"),
            format!("resources: [../l{next}, ../l{next}/.]\n", next = level + 1),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert!(production(&files).is_empty());
}

#[test]
fn of_files_named_by_versions_the_newest_runs() {
    let named = |name: &str| deployment(name);
    let (one, two, ten, other) = (named("one"), named("two"), named("ten"), named("other"));
    let files = [
        ("releases/shop-1.2.0.yaml", one.as_str()),
        ("releases/shop-1.10.0-rc1.yaml", two.as_str()),
        ("releases/shop-1.10.0.yaml", ten.as_str()),
        ("releases/other-1.0.yaml", other.as_str()),
    ];
    assert_eq!(production(&files), ["Deployment/other", "Deployment/ten"]);
    assert_eq!(production(&files[1..]).len(), 3, "two are no archive");
}
