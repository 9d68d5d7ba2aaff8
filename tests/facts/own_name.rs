//! The words of a project's own name mark nothing; every other example stays one.

use tusk_check::facts::Facts;
use tusk_check::facts::own_name::OwnName;
use tusk_check::facts::production::{Stage, is_example, stage_of_path};
use tusk_check::tree::Tree;

fn is_demo(files: &[(&str, &str)]) -> bool {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    facts.own_name().cleared("pb/demo.proto") == "pb/own.proto"
}

#[track_caller]
fn examples(own: &OwnName, expected: bool, paths: &[&str]) {
    for path in paths {
        let cleared = own.cleared(path);
        let is_one = is_example(&cleared) || matches!(stage_of_path(&cleared), Stage::Never(_));
        assert_eq!(is_one, expected, "{path} as {cleared}");
    }
}

#[test]
fn a_project_that_is_called_a_demo_ships_its_files() {
    let own = OwnName::of(&["shop-demo"]);
    let shipped = ["pb/demo.proto", "dashboards/demo/red.json", "charts/shop-demo/Chart.yaml", "k8s/shop_demo.yaml"];
    examples(&own, false, &shipped);
    let shown =
        ["examples/pb/x.proto", "demos/a.yaml", "values.demo.yaml", ".env.demo", "docs/demo/a.yaml", "k8s/dev/x.yaml"];
    examples(&own, true, &shown);
}

#[test]
fn what_is_written_to_be_copied_stays_an_example() {
    let own = OwnName::of(&["realworld-example-app"]);
    let shown = [".env.example", "config.example.yaml", "example.env", "src/config.ts.example", "examples/app.yaml"];
    examples(&own, true, &shown);
    examples(&own, false, &["charts/realworld-example-app/values.yaml"]);
}

#[test]
fn a_project_without_such_a_word_shows_its_demo() {
    let own = OwnName::of(&["shop", "Shop Backend"]);
    examples(&own, true, &["pb/demo.proto", "dashboards/demo/red.json", "example/app.yaml", "k8s/shop-demo.yaml"]);
}

#[test]
fn words_of_tests_and_environments_are_cleared_in_the_whole_name_only() {
    let own = OwnName::of(&["load-test-service"]);
    examples(&own, false, &["k8s/load-test-service.yaml"]);
    examples(&own, true, &["k8s/dev/load.yaml", "compose.dev.yml"]);
    assert_eq!(own.cleared("tests/load.yaml"), "tests/load.yaml");
}

#[test]
fn manifests_addresses_the_readme_and_workflows_name_it() {
    assert!(is_demo(&[("Cargo.toml", "[package]\nname = \"shop-demo\"\n")]));
    assert!(is_demo(&[("Cargo.toml", "[package]\nrepository = \"https://github.com/acme/shop-demo\"\n")]));
    assert!(is_demo(&[("package.json", "{\n  \"name\": \"@acme/shop-demo\",\n  \"version\": \"1.0.0\"\n}\n")]));
    assert!(is_demo(&[("package.json", "{\"name\": \"shop-demo\", \"version\": \"1.0.0\"}\n")]));
    assert!(is_demo(&[("go.mod", "module github.com/acme/shop-demo/v2\n")]));
    let parent = "<project><parent><artifactId>boot</artifactId></parent><artifactId>demo</artifactId></project>";
    assert!(is_demo(&[("pom.xml", parent)]));
    assert!(is_demo(&[("README.md", "# <img src=\"x.png\" alt=\"logo\"> Shop Demo\n\nText.\n")]));
    assert!(is_demo(&[(
        "README.md",
        "Shop Demo [![CI](https://ci.example/x.svg)](https://ci.example)\n=====\n\nText.\n"
    )]));
    let badge = "![CI](https://github.com/acme/shop-demo/workflows/CI/badge.svg)\n# Boutique\n";
    assert!(is_demo(&[("README.md", badge)]));
    let condition = "jobs:\n  a:\n    if: github.repository == 'acme/shop-demo'\n";
    assert!(is_demo(&[(".github/workflows/ci.yml", condition)]));
}

#[test]
fn a_demo_that_is_spoken_of_names_nothing() {
    let spoken = "# Shop\n\n## Demo\n\nSee https://github.com/acme/shop-demo/blob/main/a.md\n";
    assert!(!is_demo(&[("README.md", spoken)]));
    assert!(!is_demo(&[("README.md", "# How to run the shop and see the demo\n")]));
    assert!(!is_demo(&[("demo/Cargo.toml", "[package]\nname = \"shop-demo\"\n")]));
    assert!(!is_demo(&[("package.json", "{\"name\": \"shop\", \"scripts\": {\"name\": \"demo\"}}\n")]));
}

#[test]
fn a_chart_that_ci_publishes_is_set_aside_by_no_folder() {
    let cleared = |command: &str, chart: &str| {
        let workflow = format!("jobs:\n  chart:\n    steps:\n      - run: {command}\n");
        let files = [(".github/workflows/chart.yml", workflow.as_str()), (chart, "name: shop\n")];
        let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
        facts.own_name().cleared(chart) != chart
    };
    assert!(cleared("helm cm-push --version=1.2.0 dev/chart/ acme", "dev/chart/Chart.yaml"));
    assert!(cleared("helm package ./staging/chart && helm push shop.tgz oci://x", "staging/chart/Chart.yaml"));
    assert!(!cleared("helm lint dev/chart", "dev/chart/Chart.yaml"));
    assert!(!cleared("helm push dev/chart-of-another acme", "dev/chart/Chart.yaml"));
    assert!(!cleared("helm package examples/chart", "examples/chart/Chart.yaml"));
    assert!(!cleared("helm package tests/chart", "tests/chart/Chart.yaml"));
}

#[test]
fn its_owner_is_whom_manifests_and_the_clone_line_name() {
    let is_owner = |path: &str, text: &str, word: &str| {
        let name = ("Cargo.toml", "[package]\nname = \"kiosk\"\n");
        let files = [name, (path, text)];
        let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH).own_name().is_owner(word)
    };
    let manifest = "{\n  \"name\": \"kiosk\",\n  \"repository\": \"https://github.com/Acme-Labs/kiosk\"\n}\n";
    assert!(is_owner("package.json", manifest, "acmelabs"));
    assert!(is_owner("package.json", manifest, "Acme-Labs"));
    assert!(!is_owner("package.json", manifest, "acme"));
    assert!(is_owner("README.md", "# Kiosk\n\n    git clone https://github.com/acme/kiosk.git\n", "acme"));
    assert!(!is_owner("README.md", "# Kiosk\n\nLike https://github.com/other/shop\n", "other"));
}
