//! Tests of `src/facts/manifests`.

use tusk_check::facts::Facts;
use tusk_check::facts::code::Role;
use tusk_check::facts::manifests::{Manifests, Purpose};
use tusk_check::tree::Tree;

fn with<R>(files: &[(&str, &str)], check: impl FnOnce(&Facts<'_>, &Manifests) -> R) -> R {
    let tree = Tree::in_memory(files.iter().copied());
    let facts = Facts::new(&tree, "2026-01-01T00:00:00Z".parse().unwrap());
    check(&facts, facts.manifests())
}

/// `name purpose version` of every dependency of the only manifest.
fn dependencies(path: &str, text: &str) -> Vec<String> {
    with(&[(path, text)], |facts, manifests| {
        assert!(manifests.blind.is_empty(), "{:?}", manifests.blind);
        let source = facts.tree.text(path).unwrap();
        let all = manifests.packages.iter().flat_map(|package| &package.dependencies);
        all.map(|one| {
            let written = &source.text()[one.span.range()];
            let tail = one.name.rsplit(':').next().unwrap();
            assert!(written.contains(tail) || written.contains(&one.alias), "{written:?} does not name {}", one.name);
            format!("{} {:?} {}", one.name, one.purpose, one.version.as_deref().unwrap_or("-"))
        })
        .collect()
    })
}

#[test]
fn cargo_with_inheritance_targets_and_renames() {
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\naxum = { version = \"0.8\", features = [\"ws\"] }\nunused = \"1\"\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = \"a\"\n[dependencies]\naxum = { workspace = true, features = [\"macros\"] }\n\
             pg = { package = \"tokio-postgres\", version = \"0.7\", optional = true }\n[dev-dependencies]\ncriterion = \"0.5\"\n\
             [target.'cfg(unix)'.dependencies]\nnix.version = \"0.29\"\n[build-dependencies]\ntonic-build = \"0.12\"\n",
        ),
    ];
    with(&files, |_, manifests| {
        let (package, axum) = manifests.dependencies("cargo:axum").next().unwrap();
        assert_eq!((&*package.path, axum.version.as_deref()), ("a/Cargo.toml", Some("0.8")));
        assert_eq!(axum.features, ["ws", "macros"]);
        let purpose = |name: &str| manifests.dependencies(name).next().map(|(_, one)| one.purpose);
        assert_eq!(purpose("tokio-postgres"), Some(Purpose::Runtime));
        assert_eq!(purpose("pg"), None);
        assert_eq!(purpose("nix"), Some(Purpose::Runtime));
        assert_eq!(purpose("criterion"), Some(Purpose::Dev));
        assert_eq!(purpose("tonic_build"), Some(Purpose::Build));
        assert_eq!(purpose("unused"), None, "a workspace dependency that nobody uses");
        assert_eq!(purpose("npm:axum"), None);
    });
}

#[test]
fn features_that_the_build_turns_on() {
    let files = [
        (
            "core/Cargo.toml",
            "[package]\nname = \"core\"\n[features]\ndefault = [\"plain\"]\nplain = []\ntls = [\"dep:rustls\"]\nslow = []\nmock = []\n",
        ),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\n[features]\nall = [\"core/slow\"]\n[dependencies]\ncore = { path = \"../core\", features = [\"tls\"] }\n",
        ),
        (
            "Dockerfile",
            "RUN cargo build --release \\\n  --features all,unknown\n# RUN cargo build --release --features mock\n",
        ),
    ];
    with(&files, |_, manifests| {
        let on = |feature: &str| manifests.features.is_on("core", feature);
        assert!(on("plain") && on("tls") && on("rustls") && on("slow"));
        assert!(!on("mock"));
        let always = |feature: &str| manifests.features.is_always_on("core", feature);
        assert!(always("plain") && always("tls") && always("slow"));
    });
    let two = [files[0], files[1], files[2], ("Dockerfile.small", "RUN cargo build --release --no-default-features\n")];
    with(&two, |_, manifests| {
        let always = |feature: &str| manifests.features.is_always_on("core", feature);
        assert!(always("plain") && always("tls") && !always("slow"));
    });
}

#[test]
fn other_ecosystems() {
    assert_eq!(
        dependencies(
            "package.json",
            r#"{"name":"x","dependencies":{"express":"^4"},"devDependencies":{"vitest":"1"}}"#
        ),
        ["express Runtime ^4", "vitest Dev 1"]
    );
    assert_eq!(
        dependencies(
            "pyproject.toml",
            "[project]\nname='x'\ndependencies=['fastapi[all]>=0.1; python_version>\"3\"']\n[project.optional-dependencies]\ntest=['pytest']\n\
             [dependency-groups]\nlint=['ruff']\n[tool.poetry.dependencies]\npython='^3'\nDjango={version='5'}\n[tool.poetry.group.dev.dependencies]\nmypy='1'\n"
        ),
        ["fastapi Runtime >=0.1", "pytest Dev -", "ruff Dev -", "Django Runtime 5", "mypy Dev 1"]
    );
    assert_eq!(
        dependencies("requirements.txt", "# x\nflask==2 # web\n-r other.txt\n  gunicorn\n"),
        ["flask Runtime ==2", "gunicorn Runtime -"]
    );
    assert_eq!(dependencies("requirements/dev.txt", "black\n"), ["black Dev -"]);
    assert_eq!(
        dependencies("setup.cfg", "[options]\ninstall_requires =\n    redis>=4\n    attrs\npackages = x\n"),
        ["redis Runtime >=4", "attrs Runtime -"]
    );
    assert_eq!(
        dependencies(
            "go.mod",
            "module x\ngo 1.22\nrequire github.com/a/b v1.0.0\nrequire (\n\tgithub.com/gin-gonic/gin v1.9\n\tx/y v1 // indirect\n)\n"
        ),
        ["github.com/a/b Runtime v1.0.0", "github.com/gin-gonic/gin Runtime v1.9"]
    );
    assert_eq!(
        dependencies(
            "pom.xml",
            "<project xmlns='http://maven.apache.org/POM/4.0.0'><artifactId>x</artifactId><dependencyManagement><dependencies><dependency><groupId>m</groupId><artifactId>m</artifactId></dependency></dependencies></dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency><dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency></dependencies></project>"
        ),
        ["g:a Runtime 1", "junit:junit Dev -"]
    );
    assert_eq!(
        dependencies(
            "build.gradle",
            "dependencies {\n  implementation 'g:a:1'\n  // implementation 'no:no:1'\n  testImplementation(\"t:t:2\")\n}\n"
        ),
        ["g:a Runtime 1", "t:t Dev 2"]
    );
    assert_eq!(
        dependencies(
            "build.gradle",
            "dependencies {\n  compile project(':api')\n  compile \"g:a:$version\"\n  testCompile 't:t:2'\n  runtime('r:r:3')\n}\n"
        ),
        ["g:a Runtime $version", "t:t Dev 2", "r:r Runtime 3"]
    );
    assert_eq!(
        dependencies(
            "a/b.csproj",
            "<Project><ItemGroup><PackageReference Include=\"Serilog\" Version=\"3\"/></ItemGroup></Project>"
        ),
        ["Serilog Runtime 3"]
    );
    assert_eq!(
        dependencies(
            "Gemfile",
            "gem \"rails\", \"~> 7\"\ngroup :test do\n  gem 'rspec'\nend\ngem 'puma'\n# gem 'no'\n"
        ),
        ["rails Runtime ~> 7", "rspec Dev -", "puma Runtime -"]
    );
}

#[test]
fn go_modules_by_the_end_of_their_path() {
    let files = [(
        "go.mod",
        "module x\nrequire (\n github.com/go-chi/chi/v5 v5.0\n golang.org/x/time v0.1\n google.golang.org/grpc v1\n)\n",
    )];
    with(&files, |_, manifests| {
        for name in ["go:go-chi/chi", "chi", "go:x/time/rate", "grpc", "github.com/go-chi/chi"] {
            assert_eq!(manifests.dependencies(name).count(), 1, "{name}");
        }
        for name in ["go:hi", "go:time/other", "rpc", "npm:chi"] {
            assert_eq!(manifests.dependencies(name).count(), 0, "{name}");
        }
    });
}

#[test]
fn go_modules_that_only_tests_import() {
    let files = [
        (
            "go.mod",
            "module x\nrequire (\n github.com/jackc/pgx/v5 v5.9\n github.com/lib/pq v1\n google.golang.org/grpc v1\n a.b/unused v1\n)\n",
        ),
        (
            "server/server_test.go",
            "package server\nimport (\n\t\"github.com/jackc/pgx/v5\"\n\t_ \"github.com/lib/pq\"\n)\n",
        ),
        ("server/server.go", "package server\nimport _ \"github.com/lib/pq\"\nfunc Serve() {}\n"),
        ("api/schema.pb.go", "package api\nimport grpc \"google.golang.org/grpc\"\n"),
        ("tool/go.mod", "module y\nrequire github.com/jackc/pgx/v5 v5.9\n"),
        ("tool/main.go", "package main\nimport \"github.com/jackc/pgx/v5/pgxpool\"\n"),
    ];
    with(&files, |_, manifests| {
        let purposes = |name: &str| manifests.dependencies(name).map(|(_, one)| one.purpose).collect::<Vec<_>>();
        assert_eq!(purposes("go:jackc/pgx"), [Purpose::Dev, Purpose::Runtime]);
        assert_eq!(purposes("go:lib/pq"), [Purpose::Runtime]);
        assert_eq!(purposes("grpc"), [Purpose::Runtime], "generated code ships");
        assert_eq!(purposes("go:a.b/unused"), [Purpose::Runtime], "nothing tells");
    });
}

#[test]
fn what_is_no_product_and_what_cannot_be_read() {
    let files = [
        ("Cargo.lock", ""),
        ("docs/pnpm-lock.yaml", ""),
        ("tools/go.sum", ""),
        ("vendor/x/Cargo.lock", ""),
        ("examples/a/package.json", r#"{"dependencies":{"express":"4"}}"#),
        ("package.json", "{ broken"),
    ];
    with(&files, |_, manifests| {
        let roles: Vec<_> = manifests.locks.iter().map(|lock| (&*lock.path, lock.role == Role::Product)).collect();
        assert_eq!(roles, [("Cargo.lock", true), ("docs/pnpm-lock.yaml", false), ("tools/go.sum", false)]);
        assert_eq!(manifests.dependencies("express").count(), 0);
        assert_eq!(manifests.blind.len(), 1);
    });
}

#[test]
fn a_crate_that_only_tests_need_is_no_product() {
    let server = (
        "server/Cargo.toml",
        "[package]\nname = \"server\"\n[dependencies]\nstore = \"1\"\n[dev-dependencies]\nscaffold = \"1\"\n",
    );
    let rest = [
        ("server/src/main.rs", "fn main() {}"),
        ("store/Cargo.toml", "[package]\nname = \"store\"\n[dev-dependencies]\nscaffold = \"1\"\n"),
        ("scaffold/Cargo.toml", "[package]\nname = \"scaffold\"\n[dependencies]\nchaos = \"1\"\n"),
        ("chaos/Cargo.toml", "[package]\nname = \"chaos\"\n"),
        ("alone/Cargo.toml", "[package]\nname = \"alone\"\n"),
    ];
    let files: Vec<(&str, &str)> = std::iter::once(server).chain(rest).collect();
    let product = |files: &[(&str, &str)]| {
        with(files, |_, manifests| {
            manifests.product().filter_map(|package| package.name.clone()).collect::<Vec<_>>().join(" ")
        })
    };
    assert_eq!(product(&files), "alone server store");
    // Without a program the tree is a library, and its examples and tests are all who need it.
    assert_eq!(product(&[files[0], files[2], files[3], files[4]]), "chaos scaffold server store");
}
