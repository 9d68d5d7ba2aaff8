//! Tests of `src/facts/code`.

use tusk_check::facts::Facts;
use tusk_check::facts::Patterns;
use tusk_check::facts::code::{Role, Scope, serves_not};
use tusk_check::pattern::PatternSet;
use tusk_check::tree::Tree;

fn now() -> jiff::Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// The code text of a file: same length and same lines as its source.
fn code_of(path: &str, source: &str) -> String {
    let tree = Tree::in_memory([(path, source)]);
    let facts = Facts::new(&tree, now());
    let file = facts.code().file(path).unwrap();
    let product = file.code(&facts).unwrap().product().to_owned();
    assert_eq!(product.len(), source.len(), "{path}: {product:?}");
    assert_eq!(product.matches('\n').count(), source.matches('\n').count(), "{path}: {product:?}");
    product
}

/// `keep…` words must survive in code text, `gone…` words must not.
fn check(path: &str, source: &str) {
    let code = code_of(path, source);
    for word in source.split(|c: char| !c.is_alphanumeric() && c != '_') {
        if word.starts_with("keep") {
            assert!(code.contains(word), "{word} was blanked in {path}: {code:?}");
        } else if word.starts_with("gone") {
            assert!(!code.contains(word), "{word} was kept in {path}: {code:?}");
        }
    }
}

#[test]
fn rust_comments_strings_and_lifetimes() {
    check(
        "a.rs",
        "/// gone1\n//! gone2\nfn keep1<'a>(x: &'a str) { let keep2 = '\"'; /* a /* gone3 */ gone4 */ keep3 }",
    );
    check("a.rs", "let u = \"https://keep1\"; // gone1\nlet r = r#\"// keep2 \"quoted\" keep3\"#; // gone2");
    check(
        "a.rs",
        "let c = '\\''; let d = '\\u{1F600}'; // gone1\nlet b = b\"/* keep1\"; let br = br\"\\\"; keep2 // gone2",
    );
    check("a.rs", "let for_keep = \"a\\\"// keep1\"; 'outer: loop { break 'outer; } // gone é1\nkeep2");
}

#[test]
fn rust_test_items_are_no_product() {
    check(
        "src/a.rs",
        "fn keep1() {}\n#[cfg(test)]\nmod tests {\n  fn gone1() { let s = \"}\"; }\n}\nfn keep2() {}\n\
         #[tokio::test(flavor = \"multi_thread\")]\n#[ignore]\nasync fn gone2() where T: X { gone3 }\n\
         #[cfg(all(test, unix))] use gone4::{gone5};\n#[cfg(not(test))] fn keep3() {}\n\
         #[cfg(test)] const GONE: [u8; 2] = [1, 2];\nstruct S { #[cfg(test)] gone6: u8, keep4: u8 }\n",
    );
    check("src/b.rs", "#![cfg(test)]\nfn gone1() {}");
    check("src/c.rs", "#[derive(Debug)] struct keep1; let s = \"#[cfg(test)]\"; fn keep2() {}");
}

#[test]
fn features_are_known() {
    let source = "#[cfg(feature = \"tls\")]\nmod tls { fn connect() {} }\nfn plain() {}\n#[cfg(any(test, feature = \"mock\"))] fn m() {}";
    let tree = Tree::in_memory([("src/a.rs", source)]);
    let facts = Facts::new(&tree, now());
    let at = |word: &str| facts.code().features_at(&facts, "src/a.rs", source.find(word).unwrap() as u32);
    assert_eq!(at("connect"), ["tls"]);
    assert_eq!(at("plain"), Vec::<String>::new());
    assert_eq!(at("fn m()"), ["mock"]);
}

#[test]
fn code_that_a_release_leaves_out() {
    let manifest = "[package]\nname = \"shop\"\n[features]\ndefault = [\"py\"]\npy = []\nslow = []\n";
    let main = "#[cfg(not(feature = \"py\"))]\nmod native;\n#[cfg(feature = \"py\")]\nmod py;\n#[cfg(feature = \"slow\")]\nmod slow;\nmod plain;\n#[cfg(not(feature = \"slow\"))]\nmod quick;\n#[cfg(not(all(feature = \"py\", unix)))]\nmod elsewhere;\n";
    let modules = ["native", "native/deep", "py", "slow", "plain", "quick", "elsewhere"];
    let paths: Vec<String> = modules.iter().map(|name| format!("src/{name}.rs")).collect();
    let mut files = vec![("Cargo.toml", manifest), ("src/main.rs", main)];
    let text = |name: &str| if name == "native" { "mod deep;\n" } else { "fn f() {}\n" };
    files.extend(modules.iter().zip(&paths).map(|(name, path)| (path.as_str(), text(name))));
    let tree = Tree::in_memory(files);
    let facts = Facts::new(&tree, now());
    let out = |name: &str| facts.code().left_out(&facts, &format!("src/{name}.rs"), 0).is_some();
    let found: Vec<&str> = modules.into_iter().filter(|name| out(name)).collect();
    assert_eq!(found, ["native", "native/deep", "slow"]);
}

#[test]
fn other_languages() {
    check("a.go", "x := `// keep1 \"` // gone1\n/* gone2 */ y := \"/* keep2\"");
    check(
        "a.ts",
        "const a = `keep1 ${ f(`keep2 // keep3`) /* gone1 */ } // keep4`; const r = /['\"`]/; keep5() // gone2\nlet x = a / b; // gone3",
    );
    check(
        "a.py",
        "\"\"\"gone1 doc\"\"\"\ndef keep1():\n    '''gone2'''\n    return f(\"# keep2\", \"\"\"keep3\"\"\") # gone3\nx = \"\"\"\nkeep4 # keep5\n\"\"\"\n",
    );
    check("a.rb", "puts \"#{keep1} # keep2\" # gone1\n=begin\ngone2\n=end\nkeep3\n");
    check("a.rb", "description <<~MD, keep1: 2 # gone1\n  A \"gone2 of it's\n  gone3\nMD\nkeep2 # gone4\n");
    check("a.rb", "run(<<-SQL, keep1)\n  select keep2\nSQL\nlist <<MDX\nkeep3\n");
    check("a.rb", "text <<~'TEXT'\ngone1\nTEXT\nother <<~TEXT\nkeep1 has no end\n");
    check(
        "a.sh",
        "echo \"# keep1\" keep2#keep3 ${#keep4} # gone1\ncat <<EOF\n# keep5 don't\nEOF\n# gone2\necho $((1 << keep6)) # gone3\n",
    );
    check("a.java", "String s = \"\"\"\n // keep1 \" \"\"\"; // gone1\nchar c = '\"'; // gone2");
    check("a.cs", "var p = @\"C:\\\"; keep1(); // gone1");
    check("a.cpp", "auto s = R\"x(// keep1 \" )x\"; // gone1");
    check("a.php", "<?php # gone1\n#[keep1]\n$s = '// keep2'; // gone2");
    check("a.kt", "val s = \"\"\"// keep1\"\"\" /* /* gone1 */ gone2 */");
}

#[test]
fn hostile_text_ends() {
    for path in ["a.rs", "a.ts", "a.py", "a.rb", "a.sh", "a.cs", "a.kt", "a.go"] {
        for text in [
            "\"",
            "'",
            "`${",
            "/*",
            "r#\"",
            "'''",
            "#[cfg(test)]",
            "#[",
            "<<EOF\n",
            "\\",
            "'\\",
            "#[cfg(feature=\"x\")]",
            "}é{",
            "/[",
        ] {
            code_of(path, text);
            code_of(path, &text.repeat(300));
        }
    }
}

#[test]
fn roles() {
    let generated = "// Code generated by protoc. DO NOT EDIT.\npackage x\n";
    let packed = format!("/*! Licences:\n see x.LICENSE.txt */\n// of many\n{}\n", "var a=function(){};".repeat(400));
    let table = format!("/* Of the shop. */\nconst path = 'x';\nconst table = '{}';\n", "0123456789".repeat(500));
    let tree = Tree::in_memory([
        ("src/main.rs", "#[cfg(test)]\nmod support;\nmod latest;"),
        ("src/support.rs", ""),
        ("src/support/deep.rs", ""),
        ("src/latest.rs", ""),
        ("src/build/mod.rs", ""),
        ("build.rs", ""),
        ("lib/tasks/accounts.rb", ""),
        ("lib/tasks.rb", ""),
        ("src/shopdevtool/src/main.rs", ""),
        ("tests/api.rs", ""),
        ("vendor/tests/x.rs", ""),
        ("api/x.go", generated),
        (
            "src/routes.rs",
            "#![allow(\n    // Code generated by instrument triggers this.\n    clippy::x,\n)]\nfn a() {}\n",
        ),
        ("api/x.pb.go", ""),
        ("client/api.py", "\"\"\"\n    Shop\n\n    Do not edit the class manually.\n\"\"\"\n"),
        ("static/swagger-ui-bundle.js", &*packed),
        ("static/table.js", &*table),
        ("web/a.spec.ts", ""),
        ("jest.global-setup.js", ""),
        ("web/Latest.java", ""),
        ("web/UserTest.java", ""),
        ("src/main/java/com/example/demo/App.java", ""),
        ("src/test/java/com/example/demo/AppTest.java", ""),
        ("samples/src/main/java/App.java", ""),
        ("examples/a.py", ""),
        ("tests/fixtures/a.py", ""),
        ("README.md", ""),
    ]);
    let facts = Facts::new(&tree, now());
    let code = facts.code();
    let role = |path: &str| code.role(&facts, code.file(path).unwrap());
    assert_eq!(role("src/main.rs"), Role::Product);
    assert_eq!(role("src/support.rs"), Role::Test);
    assert_eq!(role("src/support/deep.rs"), Role::Test);
    assert_eq!(role("src/latest.rs"), Role::Product);
    assert_eq!(role("src/build/mod.rs"), Role::Product);
    assert_eq!(role("build.rs"), Role::Tooling);
    assert_eq!(role("lib/tasks/accounts.rb"), Role::Tooling);
    assert_eq!(role("lib/tasks.rb"), Role::Product);
    assert_eq!(role("src/shopdevtool/src/main.rs"), Role::Tooling);
    assert_eq!(role("tests/api.rs"), Role::Test);
    assert_eq!(role("vendor/tests/x.rs"), Role::Vendored);
    assert_eq!(role("api/x.go"), Role::Generated);
    assert_eq!(role("src/routes.rs"), Role::Product);
    assert_eq!(role("api/x.pb.go"), Role::Generated);
    assert_eq!(role("static/swagger-ui-bundle.js"), Role::Generated);
    assert_eq!(role("static/table.js"), Role::Product);
    assert_eq!(role("web/a.spec.ts"), Role::Test);
    assert_eq!(role("jest.global-setup.js"), Role::Test);
    assert_eq!(role("web/Latest.java"), Role::Product);
    assert_eq!(role("web/UserTest.java"), Role::Test);
    assert_eq!(role("src/main/java/com/example/demo/App.java"), Role::Product);
    assert_eq!(role("src/test/java/com/example/demo/AppTest.java"), Role::Test);
    assert_eq!(role("samples/src/main/java/App.java"), Role::Example);
    assert_eq!(role("examples/a.py"), Role::Example);
    assert_eq!(role("tests/fixtures/a.py"), Role::Fixture);
    assert!(code.file("README.md").is_none());
}

#[test]
fn a_pattern_is_found_in_product_code_only() {
    let tree = Tree::in_memory([
        (
            "src/a.rs",
            "// max_connections(1)\nfn a() { pool.max_connections(20) }\n#[test] fn t() { pool.max_connections(3) }",
        ),
        ("tests/b.rs", "fn b() { pool.max_connections(4) }"),
        ("conf.toml", "max_connections(5)"),
    ]);
    let pattern = r"(?i)MAX_CONNECTIONS\((?<value>\d+)\)";
    for gathered in [false, true] {
        let mut facts = Facts::new(&tree, now());
        if gathered {
            let code = PatternSet::new([pattern, "pool", "a|b"]);
            facts = facts.with_patterns(Patterns { code, ..Patterns::default() });
        }
        let hits = facts.code().find(&facts, pattern);
        assert_eq!(hits.len(), 1, "{hits:?}");
        let (value, span) = hits[0].value.clone().unwrap();
        assert_eq!(value, "20");
        assert_eq!(tree.text("src/a.rs").unwrap().line_col(span.start).line, 2);
        let tests = facts.code().find_all(&facts, Scope::Tests, &[pattern]);
        let values: Vec<_> = tests[0].iter().map(|hit| hit.value.clone().unwrap().0).collect();
        assert_eq!(values, ["3", "4"]);
    }
}

#[test]
fn packages_that_only_a_command_line_imports_are_not_the_service() {
    let main = |imports: &str| format!("package main\n\nimport (\n{imports})\n\nfunc main() {{}}\n");
    let package = |imports: &str| format!("package p\n\nimport (\n{imports})\n\nfunc f() {{}}\n");
    let tree = Tree::in_memory([
        ("go.mod", "module example.org/shop\n\ngo 1.24\n".to_owned()),
        ("api/go.mod", "module example.org/shop/api\n".to_owned()),
        ("api/types.go", package("")),
        ("cmd/kubectl-shop/main.go", main("\t\"example.org/shop/internal/plugin\"\n\t\"example.org/shop/api\"\n")),
        ("cmd/manager/main.go", main("\t\"example.org/shop/internal/store\"\n")),
        ("internal/plugin/plugin.go", package("\tlog \"example.org/shop/internal/plugin/log\"\n")),
        ("internal/plugin/log/log.go", package("\t\"example.org/shop/internal/store\"\n")),
        ("internal/store/store.go", package("")),
        ("internal/unused/unused.go", package("")),
    ]);
    let facts = Facts::new(&tree, now());
    for path in ["cmd/kubectl-shop/main.go", "internal/plugin/plugin.go", "internal/plugin/log/log.go", "api/types.go"]
    {
        assert!(serves_not(&facts, path), "{path}");
    }
    for path in ["cmd/manager/main.go", "internal/store/store.go", "internal/unused/unused.go"] {
        assert!(!serves_not(&facts, path), "{path}");
    }
}

#[test]
fn the_commands_beside_those_of_the_server_are_a_command_line() {
    let package = |imports: &str| format!("package p\n\nimport (\n{imports})\n\nfunc f() {{}}\n");
    let files = |server: &'static str| {
        Tree::in_memory([
            ("go.mod".to_owned(), "module example.org/shop\n".to_owned()),
            (
                "cmd/shop/main.go".to_owned(),
                format!(
                    "package main\n\nimport (\n\t\"example.org/shop/pkg/cmd/cli/backup\"\n\t\"example.org/shop/pkg/cmd/{server}\"\n)\n\nfunc main() {{}}\n"
                ),
            ),
            ("pkg/cmd/cli/backup/backup.go".to_owned(), package("\t\"example.org/shop/pkg/cmd/util/output\"\n")),
            (format!("pkg/cmd/{server}/run.go"), package("")),
            ("pkg/cmd/util/output/output.go".to_owned(), package("")),
        ])
    };
    let tree = files("server");
    let facts = Facts::new(&tree, now());
    assert!(serves_not(&facts, "pkg/cmd/cli/backup/backup.go"));
    assert!(serves_not(&facts, "pkg/cmd/util/output/output.go"));
    assert!(!serves_not(&facts, "pkg/cmd/server/run.go"));
    // Without what serves beside it, nobody can tell.
    let tree = files("migrate");
    let facts = Facts::new(&tree, now());
    assert!(!serves_not(&facts, "pkg/cmd/cli/backup/backup.go"));
}
