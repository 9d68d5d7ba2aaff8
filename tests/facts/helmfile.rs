//! What installs a chart: helmfiles, Argo CD, Flux and CI, and the values that they set.

use super::helm::with;
use tusk_check::facts::production::Standing;

/// What a helmfile makes of one chart with a Deployment: each object's replicas with their place, and its standing.
fn released(helmfile: &str, others: &[(&str, &str)]) -> Vec<String> {
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: '{{ .Release.Name }}'}\nspec:\n  replicas: {{ .Values.replicas }}\n";
    let mut files = vec![
        ("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("charts/shop/values.yaml", "replicas: 1\n"),
        ("charts/shop/templates/shop.yaml", template),
        ("helmfile.yaml.gotmpl", helmfile),
    ];
    files.extend_from_slice(others);
    with(&files, |tree, view| {
        let shown = view.objects.iter().map(|object| {
            let standing = match &object.standing {
                Standing::Production => "production".to_owned(),
                Standing::Aside(why) | Standing::Uncertain(why) => why.clone(),
            };
            let replicas = object.value.at(&["spec", "replicas"]).map(|value| {
                let place = object.at(value.span);
                let line = tree.text(&place.path).expect("file").line_col(place.span.expect("span").start).line;
                format!("{} {}:{line}", value.scalar_text().unwrap_or_default(), place.path)
            });
            format!("{} {} {}: {standing}", object.kind, object.name, replicas.unwrap_or_default())
        });
        shown.collect()
    })
}

#[test]
fn a_helmfile_sets_the_values_of_production() {
    let helmfile = "environments:\n  staging: {}\n  production:\n    values: [env/production.env]\n---\nhelmDefaults:\n  kubeContext: {{ .Environment.Name }}\nreleases:\n  - name: web\n    chart: ./charts/shop\n    values: [values/web.yaml.gotmpl]\n  - name: worker\n    chart: ./charts/shop\n    installed: {{ eq .Environment.Name \"staging\" }}\n  - name: logs\n    chart: fluent/fluent-bit\n";
    let values = "{{ if eq .Environment.Name \"production\" }}\nreplicas: {{ .StateValues.WEB }}\n{{ else }}\nreplicas: 2\n{{ end }}\nkey: {{ requiredEnv \"KEY\" }}\n";
    let others = [("env/production.env", "WEB: 6\n"), ("values/web.yaml.gotmpl", values)];
    let expected = [
        "Deployment web 6 values/web.yaml.gotmpl:2: production",
        "Deployment worker 1 charts/shop/values.yaml:1: helmfile.yaml.gotmpl does not install it in production",
        "Release logs : production",
    ];
    assert_eq!(released(helmfile, &others), expected);
}

#[test]
fn what_a_helmfile_leaves_open_is_uncertain() {
    let head = "releases:\n  - name: web\n    chart: ./charts/shop\n";
    let lost = format!("{head}    values: ['../elsewhere/{{{{ .Environment.Name }}}}.yaml']\n");
    assert_eq!(
        released(&lost, &[]),
        [
            "Deployment web 1 charts/shop/values.yaml:1: helmfile.yaml.gotmpl sets its values by ../elsewhere/default.yaml, which cannot be read"
        ]
    );
    let condition = format!("{head}    installed: {{{{ env \"WITH_SHOP\" }}}}\n");
    assert!(released(&condition, &[])[0].ends_with("whether helmfile.yaml.gotmpl installs it, the tree does not say"));
    let plain = format!("{head}    values: [{{replicas: 3}}]\n    set: [{{name: replicas, value: 4}}]\n");
    assert!(released(&plain, &[])[0].ends_with(": production"));
    assert!(released(&plain, &[])[0].starts_with("Deployment web 4 "));
    // A chart that no release names, and the charts of others, whatever they make.
    let beside = [
        ("charts/old/Chart.yaml", "apiVersion: v2\nname: old\nversion: 1.0.0\n"),
        ("charts/old/templates/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: old}\n"),
    ];
    assert!(released(head, &beside)[0].ends_with("no release of the helmfile installs its chart"));
    let other = "releases:\n  - name: db\n    chart: oci://registry.example.org/charts/postgresql\n  - name: mesh\n    chart: mesh/control-plane\n";
    let why = with(&[("helmfile.yaml", other)], |_, view| view.unread(&[]));
    assert_eq!(why.len(), 1, "{why:?}");
    assert!(why[0].why.contains("control-plane"));
}

#[test]
fn a_chart_of_charts_is_another_way_to_what_a_helmfile_installs() {
    let helmfile = "releases:\n  - name: web\n    chart: ./charts/shop\n    values: [{replicas: 3}]\n";
    let all = "apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n  - name: shop\n    version: 1.0.0\n    repository: file://../shop\n";
    let slim = "releases:\n  - name: small\n    chart: ./charts/shop\n";
    let found = released(helmfile, &[("charts/all/Chart.yaml", all), ("helmfile.slim.yaml", slim)]);
    assert_eq!(found, ["Deployment all 1 charts/shop/values.yaml:1: production"]);
    let found = released(helmfile, &[("helmfile.slim.yaml", slim)]);
    assert_eq!(found, ["Deployment web 3 charts/shop/templates/shop.yaml:5: production"]);
}

#[test]
fn argo_flux_and_ci_set_the_values_of_production_too() {
    let by = |others: &[(&str, &str)]| -> Vec<String> {
        released("", others).into_iter().filter(|one| one.starts_with("Deployment")).collect()
    };
    let argo = |name: &str, inner: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\nspec:\n  source:\n    path: charts/shop\n    helm:\n{inner}"
        )
    };
    let shop = argo(
        "shop",
        "      valueFiles: [values.yaml, /env/live.yaml]\n      parameters: [{name: replicas, value: \"5\"}]\n",
    );
    let live = ("env/live.yaml", "replicas: 4\n");
    let found = by(&[("apps/shop.yaml", &shop), live]);
    assert_eq!(found, ["Deployment shop 5 charts/shop/templates/shop.yaml:5: production"]);
    // One for another environment is none, and a file that is not here leaves it open.
    let staging = argo("shop-staging", "      valuesObject: {replicas: 9}\n");
    assert_eq!(by(&[("apps/shop.yaml", &staging)]), ["Deployment shop 1 charts/shop/values.yaml:1: production"]);
    let lost = argo("shop", "      valueFiles: [../other/live.yaml]\n");
    assert!(by(&[("apps/shop.yaml", &lost)])[0].ends_with("which cannot be read"));
    let flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop}\nspec:\n  chart:\n    spec:\n      chart: ./charts/shop\n      sourceRef: {kind: GitRepository, name: shop}\n  values: {replicas: 2}\n";
    let patch = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop}\nspec:\n  values: {replicas: 7}\n";
    let overlays =
        [("apps/base/shop.yaml", flux), ("apps/production/shop.yaml", patch), ("apps/staging/shop.yaml", patch)];
    assert!(by(&overlays)[0].starts_with("Deployment shop 7 "));
    let ci = |command: &str| {
        format!(
            "on:\n  push:\n    branches: [main]\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n"
        )
    };
    let upgrade = ci(
        "helm upgrade --install web ./charts/shop -n production -f env/live.yaml --set image.tag=$GITHUB_SHA --wait",
    );
    let found = by(&[(".github/workflows/ship.yml", &upgrade), live]);
    assert_eq!(found, ["Deployment web 4 env/live.yaml:1: production"]);
    let aside = ci("helm upgrade --install web ./charts/shop -n staging --set replicas=9");
    assert_eq!(
        by(&[(".github/workflows/ship.yml", &aside)]),
        ["Deployment shop 1 charts/shop/values.yaml:1: production"]
    );
}
