//! Which stage the words of a path speak for.

use tusk_check::facts::disowned::is_disowned;
use tusk_check::facts::production::{Stage, is_example, is_fixture, is_test_support, stage_of_path};

#[track_caller]
fn all(stage: Stage, paths: &[&str]) {
    for path in paths {
        assert_eq!(stage_of_path(path), stage, "{path}");
    }
}

#[test]
fn production_is_a_word_of_the_path() {
    let paths = [
        "config/production.yaml",
        "configuration/production.yaml",
        "deploy/overlays/prod/kustomization.yaml",
        "docker-compose.prod.yml",
        "compose.production.yaml",
        ".env.production",
        "helm/values-prd.yaml",
        "values-live.yaml",
        "k8s/prod-eu-1/app.yaml",
        "k8s/prod2/app.yaml",
        "appsettings.Production.json",
        "mysite/settings/production.py",
        "config/environments/production.rb",
        "src/environments/environment.prod.ts",
        "Dockerfile.prod",
        "extras/docker/production/Dockerfile",
    ];
    all(Stage::Production, &paths);
}

#[test]
fn the_base_is_what_production_inherits() {
    let paths = [
        "config/base.yaml",
        "kustomize/base/deployment.yaml",
        "config/default.toml",
        "application.yml",
        "Settings.toml",
        "config.yaml",
        "appsettings.json",
    ];
    all(Stage::Base, &paths);
}

#[test]
fn a_choice_among_tools_is_no_base() {
    all(Stage::Unmarked, &["scripts/config/default-with-profiling/shop.yaml", "deploy/base-with-debug/app.yaml"]);
    all(Stage::Base, &["scripts/config/default/shop.yaml", "deploy/base-app/app.yaml"]);
}

#[test]
fn a_word_of_a_local_cluster_may_be_another() {
    all(
        Stage::Unmarked,
        &[
            "deploy/kind/policy.yaml",
            "clusters/k3s/app.yaml",
            "scripts/kind/main.go",
            "deploy/minikube.yaml",
            "deploy/provider/rules/kind/app.yaml",
            "deploy/providers/k3s/app.yaml",
            "pkg/providers/kind/names.go",
        ],
    );
}

#[test]
fn a_service_may_be_called_design() {
    all(Stage::Unmarked, &["services/design/deployment.yaml", "deploy/design.yaml"]);
}

#[test]
fn another_environment_is_never_production() {
    for (path, word) in [
        ("config/development.yaml", "development"),
        ("config/local.yaml", "local"),
        ("deploy/staging/app.yaml", "staging"),
        (".env", ".env"),
        ("services/api/.env", ".env"),
        (".env.example", "example"),
        (".env.production.example", "example"),
        ("config/app.yaml.dist", "dist"),
        ("deploy/poc/deployment.yaml", "poc"),
        ("design/cli/deployment.yaml", "design"),
        ("config/app.toml.sample", "sample"),
        ("k8s/pre-prod/app.yaml", "preprod"),
        ("deployment/fault-inject-deployment/app.yaml", "fault injection"),
        ("k8s/fault_injection.yaml", "fault injection"),
        (".review_apps/service.tf", "review apps"),
        ("deploy/review-app.yaml", "review apps"),
        ("k8s/non_production/app.yaml", "preprod"),
        ("examples/production.yaml", "examples"),
        ("docs/prod/compose.yml", "docs"),
        ("tests/prod.yaml", "tests"),
        ("injector/fake/data/pod.yaml", "fake"),
        ("vendor/shop/deploy/production.yaml", "vendor"),
        ("third_party/shop/config/production.yaml", "third_party"),
        ("src/test/resources/application.yml", "test"),
        ("config-template.toml", "template"),
        ("scripts/config/kind/audit-policy.yaml", "kind"),
        ("hack/k3s/cluster.yaml", "k3s"),
        ("deploy/static/provider/kind/deploy.yaml", "kind"),
        ("deploy/minikube/values.yaml", "minikube"),
    ] {
        assert_eq!(stage_of_path(path), Stage::Never(word), "{path}");
    }
}

#[test]
fn names_that_only_look_like_a_stage_say_nothing() {
    let paths = [
        "src/production.rs",
        "src/prod/mod.rs",
        "src/config.rs",
        "src/dev.rs",
        "lib/production.js",
        "products/list.yaml",
        "reproduction.yaml",
        "live-activity/app.yaml",
        "reviews/app.yaml",
        "review/app.yaml",
        "localization/de.yaml",
        "charts/app/templates/deployment.yaml",
        "latest/app.yaml",
        "Cargo.toml",
        "",
    ];
    all(Stage::Unmarked, &paths);
}

#[test]
fn fixtures_and_examples() {
    let fixtures = [
        "tests/a.yaml",
        "pkg/testdata/x.json",
        "components/test_util/data/key.pem",
        "internal/testresources/client-key.pem",
        "api_test.go",
        "src/login.test.ts",
        "src/login.spec.ts",
        "test_app.py",
        "e2e/x.ts",
        "tlstest/mtls/node.crt",
        "integration/orders/run.sh",
    ];
    for path in fixtures {
        assert!(is_fixture(path), "{path}");
    }
    for path in [
        "src/contest.rs",
        "src/latest/mod.rs",
        ".github/workflows/smoketest.yml",
        "app.yaml",
        "openapi.spec.yaml",
        "spec.yaml",
        "internal/integration/mail.go",
        "integrations/mail.py",
        "integration/src/main/java/shop/Mail.java",
        "integration.yaml",
    ] {
        assert!(!is_fixture(path), "{path}");
    }
    for path in ["examples/app.rs", "docs/setup.md", ".env.sample", "app.example.toml", "demo/app.py"] {
        assert!(is_example(path), "{path}");
    }
    for path in ["src/sampler.rs", "src/docsearch.rs", "README.md"] {
        assert!(!is_example(path), "{path}");
    }
}

#[test]
fn packages_that_only_tests_use_by_their_names() {
    for name in [
        "shop_test_db",
        "test-utils",
        "shop-testkit",
        "shop_testing_helpers",
        "mock-server",
        "testutils",
        "grpctesting",
        "dbtesting",
        "httptest",
        "dgraphtest",
        "ordertests",
    ] {
        assert!(is_test_support(name), "{name}");
    }
    for name in [
        "latest_db",
        "contest-server",
        "ab_test",
        "testimonials",
        "server",
        "shop_database",
        "loadtesting",
        "abtesting",
        "protest",
        "loadtest",
        "latest",
        "contests",
        "speedtest",
    ] {
        assert!(!is_test_support(name), "{name}");
    }
}

#[test]
fn every_word_of_tests_is_found_however_long_it_is() {
    for path in ["oryx/watcher/integrationtest/Dockerfile", "integrationtests/app.yml", "popx/stub/migrations/1.sql"] {
        assert!(is_fixture(path), "{path}");
    }
    assert!(!is_fixture("stubborn/app.yml"));
}

#[test]
fn a_first_comment_says_that_production_does_not_use_the_file() {
    for text in [
        "# Do not use it in production.\na: 1\n",
        "---\n# This manifest is for development and testing\n# and should not be used in production environment.\nkind: Service\n",
        "# NOTE: please do not use this configuration for production setups.\nservices: {}\n",
        "# Note that this file is meant for learning Shop, not production deployments.\nservices: {}\n",
        "// This file is not intended for production use.\n{}\n",
        "# This is *not* a production ready policy file\n",
    ] {
        assert!(is_disowned(text), "{text}");
    }
    for text in [
        "# Settings of production.\na: 1\n",
        "# Do not use it in production without changing the password.\na: 1\n",
        "# This file is not only for production.\na: 1\n",
        "# Default passwords should never be used in production.\na: 1\n",
        "# Do not change this file: it is deployed to production.\na: 1\n",
        "a: 1\n# Do not use it in production.\n",
    ] {
        assert!(!is_disowned(text), "{text}");
    }
}

#[test]
fn what_is_shown_in_one_word_and_a_proof_of_concept_are_none() {
    all(Stage::Never("sample"), &["make/config/samplewebhook/chart/templates/pki.yaml"]);
    all(Stage::Never("example"), &["deploy/exampleapp/deployment.yaml"]);
    all(Stage::Never("gitpod"), &["docker-compose.gitpod.yaml"]);
    all(Stage::Never("poc"), &["design/CLI/PoC/base/deployment.yaml"]);
    all(Stage::Unmarked, &["deploy/sampler/deployment.yaml", "deploy/demographics/deployment.yaml"]);
}
