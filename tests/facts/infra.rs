//! Infrastructure as code: which resources production has, and what expressions come to.

mod bicep;
mod folding;

use std::fmt::Write as _;
use tusk_check::facts::Facts;
use tusk_check::facts::infra::{Infra, Resource};
use tusk_check::facts::kubernetes::path::Path;
use tusk_check::facts::production::Standing;
use tusk_check::tree::Tree;
use tusk_check::value::{Kind, Value};

pub(super) fn with<T>(files: &[(&str, &str)], look: impl FnOnce(&Infra) -> T) -> T {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    look(facts.infra())
}

/// The addresses of production's resources.
pub(super) fn production(files: &[(&str, &str)]) -> Vec<String> {
    with(files, |view| {
        assert_eq!(view.blind, []);
        view.production()
            .filter(|resource| !resource.kind.starts_with("provider."))
            .map(|resource| resource.name.clone())
            .collect()
    })
}

fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Expr(expression) => format!("?{}", expression.raw),
        Kind::List(list) => format!("[{}]", list.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Kind::Map(map) => {
            format!(
                "{{{}}}",
                map.iter().map(|(key, field)| format!("{key}: {}", shown(&field.value))).collect::<Vec<_>>().join(", ")
            )
        }
        Kind::Null => "null".into(),
        _ => value.scalar_text().unwrap_or_default(),
    }
}

pub(super) fn text(resource: &Resource, path: &str) -> String {
    let found = resource.settings(&Path::parse(path));
    found.iter().map(|setting| shown(&setting.value)).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_off_by_default_is_absent_and_named() {
    let main = r#"
variable "on" { default = false }
variable "given" { type = bool }
resource "a" "off" { count = var.on ? 1 : 0 }
resource "a" "on" { count = var.on ? 0 : 2 }
resource "a" "none" { for_each = toset([]) }
resource "a" "each" {
  for_each = { x = 1, y = 2 }
  size     = each.value
}
resource "a" "perhaps" { count = var.given ? 1 : 0 }
resource "a" "some" { count = length(data.zones.all.names) }
"#;
    with(&[("main.tf", main)], |view| {
        let standing = |name: &str| {
            let resource = view.resources.iter().find(|resource| resource.name == format!("a.{name}")).expect("it");
            (resource.standing.clone(), resource.count)
        };
        assert_eq!(
            standing("off"),
            (
                Standing::Aside("off by default: its `count` comes to none (var.on at main.tf:2 (default))".into()),
                Some(0)
            )
        );
        assert_eq!(standing("on"), (Standing::Production, Some(2)));
        assert!(matches!(standing("perhaps").0, Standing::Uncertain(_)));
        assert_eq!(standing("some"), (Standing::Production, None));
        let each: Vec<String> = view
            .production()
            .filter(|resource| resource.name == "a.each")
            .map(|resource| text(resource, "size"))
            .collect();
        assert_eq!(each, ["1", "2"]);
        assert!(
            !view
                .resources
                .iter()
                .any(|resource| resource.name == "a.none" && resource.standing == Standing::Production)
        );
        assert_eq!(view.unread(&["a"]).len(), 1, "what may be there hides an absence");
        assert!(view.unread(&["b"]).is_empty());
    });
    let dev = ("dev.tfvars", "on = true\n");
    assert!(!production(&[("main.tf", main), dev]).contains(&"a.off".to_owned()));
    let prod = ("env/prod.tfvars", "on = true\n");
    assert!(production(&[("main.tf", main), prod]).contains(&"a.off".to_owned()));
    let auto = ("x.auto.tfvars.json", "{\"on\": true}");
    assert!(production(&[("main.tf", main), auto]).contains(&"a.off".to_owned()));
    let unmarked = ("eu.tfvars", "on = true\n");
    with(&[("main.tf", main), unmarked], |view| {
        let off = view.resources.iter().find(|resource| resource.name == "a.off").expect("it");
        assert!(matches!(off.standing, Standing::Uncertain(_)), "{:?}", off.standing);
    });
}

#[test]
fn stacks_speak_for_production_by_their_path() {
    let stack = "resource \"a\" \"b\" {}\n";
    for path in ["main.tf", "infra/main.tf", "envs/prod/main.tf", "terraform/live/main.tofu"] {
        assert_eq!(production(&[(path, stack)]), ["a.b"], "{path}");
    }
    for path in
        ["envs/dev/main.tf", "envs/staging/main.tf", "examples/basic/main.tf", "infra/staging.tf", "modules/db/main.tf"]
    {
        assert!(production(&[(path, stack)]).is_empty(), "{path}");
    }
    let json = r#"{"resource": {"a": {"b": [{"x": "${1 + 1}"}]}}}"#;
    with(&[("main.tf.json", json)], |view| assert_eq!(text(&view.resources[0], "x"), "2"));
    assert_eq!(production(&[("main.tf", stack), ("main.tofu", "resource \"a\" \"c\" {}\n")]), ["a.c"]);
}

#[test]
fn a_module_is_read_with_what_its_caller_gives() {
    let module = "variable \"days\" { default = 0 }\nvariable \"name\" {}\nresource \"db\" \"main\" {\n  days = var.days\n  name = var.name\n}\nmodule \"inner\" {\n  source = \"../inner\"\n  count  = var.days > 5 ? 1 : 0\n}\n";
    let inner = "resource \"inner\" \"x\" {}\n";
    let caller = |days: u32| {
        format!(
            "module \"db\" {{\n  source = \"../../modules/db\"\n  days   = {days}\n  name   = local.n\n}}\nlocals {{ n = \"shop\" }}\n"
        )
    };
    let files = [
        ("modules/db/main.tf", module),
        ("modules/inner/main.tf", inner),
        ("envs/prod/main.tf", &caller(7)),
        ("envs/dev/main.tf", &caller(1)),
    ];
    assert_eq!(production(&files), ["module.db.db.main", "module.db.module.inner.inner.x"]);
    with(&files, |view| {
        let db = view.of_kind("db").next().expect("it");
        assert_eq!((text(db, "days"), text(db, "name")), ("7".into(), "shop".into()));
        let setting = db.setting("days").expect("it");
        assert_eq!(setting.origin, Some("var.days at envs/prod/main.tf:3"));
        let span = setting.place.span.expect("a span");
        assert_eq!((&*setting.place.path, &module[span.range()]), ("modules/db/main.tf", "days = var.days"));
    });
    // What only examples call is what the project ships.
    let shipped = [
        ("dist/ecs/main.tf", "resource \"a\" \"b\" {}\n"),
        ("ecs/main.tf", "resource \"a\" \"c\" {}\n"),
        ("examples/x/main.tf", "module \"e\" { source = \"../../ecs\" }\n"),
    ];
    assert_eq!(production(&shipped), ["a.c"]);
    let cycle = [
        ("a/main.tf", "module \"b\" { source = \"../b\" }\n"),
        ("b/main.tf", "module \"a\" { source = \"../a\" }\n"),
        ("c/main.tf", "module \"a\" { source = \"../a\" }\nresource \"x\" \"y\" {}\n"),
    ];
    assert_eq!(with(&cycle, |view| view.of_kind("x").count()), 1);
}

#[test]
fn terragrunt_calls_modules_too() {
    let module = "variable \"days\" { default = 0 }\nvariable \"more\" { default = 1 }\nresource \"db\" \"main\" {\n  days = var.days\n  more = var.more\n}\n";
    let files = |stage: &str, include: &str| {
        let wrapper =
            format!("{include}terraform {{\n  source = \"../..//modules/db\"\n}}\ninputs = {{\n  days = 9\n}}\n");
        let path = format!("live/{stage}/terragrunt.hcl");
        with(&[("modules/db/main.tf", module), (&path, &wrapper)], |view| {
            view.of_kind("db").map(|db| (text(db, "days"), text(db, "more"))).collect::<Vec<_>>()
        })
    };
    assert_eq!(files("prod", ""), [("9".to_owned(), "1".to_owned())]);
    assert_eq!(
        files("prod", "include \"root\" {\n  path = find_in_parent_folders()\n}\n"),
        [("9".to_owned(), "?var.more".to_owned())]
    );
    assert!(files("dev", "").is_empty());
}

#[test]
fn known_modules_stand_for_what_they_make_and_others_hide() {
    let main = r#"
module "db" {
  source  = "terraform-aws-modules/rds/aws"
  version = "6.5.2"
  multi_az = true
}
module "sql" {
  source = "git::https://github.com/terraform-google-modules/terraform-google-sql-db.git//modules/postgresql?ref=v1"
  backup_configuration = { enabled = true }
}
module "lb" {
  source = "terraform-aws-modules/alb/aws"
  listeners = {
    https = { port = 443, protocol = "HTTPS" }
  }
}
module "other" {
  source = "acme/database/aws"
}
module "vcs" {
  source = "git@github.com:acme/infra.git"
}
"#;
    with(&[("main.tf", main)], |view| {
        let db = view.of_kind("aws_db_instance").next().expect("it");
        assert_eq!(text(db, "multi_az"), "true");
        let encrypted = db.setting("storage_encrypted").expect("a default");
        assert_eq!(
            (encrypted.default_of, encrypted.text()),
            (Some("terraform-aws-modules/rds/aws"), Some("true".into()))
        );
        // The module passes `null` on, and the provider then takes 0 (items-2.md §1.2).
        assert_eq!(text(db, "backup_retention_period"), "0");
        let sql = view.of_kind("google_sql_database_instance").next().expect("it");
        assert_eq!(text(sql, "settings.backup_configuration.enabled"), "true");
        assert_eq!(text(sql, "settings.availability_type"), "ZONAL");
        let listener = view.of_kind("aws_lb_listener").next().expect("it");
        assert_eq!(text(listener, "protocol"), "HTTPS");
        assert_eq!(view.unread(&["aws_backup_plan"]).len(), 2);
        assert_eq!(view.unread(&["google_storage_bucket"]).len(), 1, "a module for AWS makes nothing of Google's");
    });
}

#[test]
fn nested_and_dynamic_blocks() {
    let main = r#"
variable "flags" { default = [{ name = "a", value = "on" }] }
variable "more" {}
resource "sql" "main" {
  settings {
    backup_configuration {
      enabled = true
    }
    dynamic "database_flags" {
      for_each = var.flags
      iterator = flag
      content {
        name = flag.value.name
      }
    }
    dynamic "ip_configuration" {
      for_each = var.more
      content {
        ipv4 = true
      }
    }
  }
  rule {
    lifecycle {
      delete_after = 30
    }
  }
  rule {
    lifecycle {
      delete_after = 60
    }
  }
}
"#;
    with(&[("main.tf", main)], |view| {
        let sql = view.of_kind("sql").next().expect("it");
        assert_eq!(text(sql, "settings.backup_configuration.enabled"), "true");
        assert_eq!(text(sql, "settings.database_flags.name"), "a");
        assert_eq!(text(sql, "rule.lifecycle.delete_after"), "30 60");
        assert_eq!(text(sql, "settings.ip_configuration.ipv4"), "?var.more");
        assert_eq!(text(sql, "settings.nothing"), "");
    });
}

#[test]
fn a_default_of_the_provider_is_marked() {
    with(&[("main.tf", "resource \"aws_db_instance\" \"main\" {\n  multi_az = null\n}\n")], |view| {
        let db = view.of_kind("aws_db_instance").next().expect("it");
        for (path, expected) in
            [("backup_retention_period", "0"), ("storage_encrypted", "false"), ("multi_az", "false")]
        {
            let setting = db.setting(path).expect(path);
            assert_eq!(
                (setting.default_of, setting.text().as_deref()),
                (Some("the Terraform provider"), Some(expected))
            );
        }
    });
}

#[test]
fn a_broken_file_hides_what_it_names() {
    let broken = "resource \"aws_db_instance\" \"a\" {\n  tags = { a = 1, a = 2 }\n";
    let hidden = |path: &str, text: &str, kind: &str| with(&[(path, text)], |view| view.unread(&[kind]).len());
    assert_eq!(hidden("main.tf", broken, "aws_db_*"), 1);
    assert_eq!(hidden("main.tf", broken, "google_sql_database_instance"), 0);
    assert_eq!(hidden("examples/main.tf", broken, "aws_db_*"), 0);
    // A module may declare anything.
    let module = "module \"db\" {\n  source = \n";
    assert_eq!(hidden("main.tf", module, "google_sql_database_instance"), 1);
}

#[test]
fn hostile_texts_end_and_are_told() {
    let deep = format!("resource \"a\" \"b\" {{\n  x = {}1{}\n}}\n", "[".repeat(20_000), "]".repeat(20_000));
    let parens = format!("x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000));
    let blocks = format!("{}{}", "a {\n".repeat(20_000), "}\n".repeat(20_000));
    let sums = format!("x = 1{}\n", " + 1".repeat(20_000));
    let nots = format!("x = {}true\n", "!".repeat(20_000));
    for text in [&deep, &parens, &blocks, &sums, &nots, &"resource \"a\" {".to_owned(), &"\u{feff}\u{0}".to_owned()] {
        with(&[("main.tf", text)], |view| assert!(view.production().count() == 0));
    }
    // Every local twice the one before.
    let mut doubling = "locals {\n  l0 = [1, 1]\n".to_owned();
    for level in 1..200 {
        let _ = write!(
            doubling,
            "  l{level} = concat(local.l{0}, local.l{0})\n  m{level} = [local.m{0}, local.l{0}]\n  s{level} = \"${{local.s{0}}}${{local.s{0}}}\"\n",
            level - 1
        );
    }
    doubling.push_str(
        "  m0 = 1\n  s0 = \"ab\"\n}\nresource \"a\" \"b\" {\n  x = local.l199\n  y = local.m199\n  z = local.s199\n}\n",
    );
    with(&[("main.tf", &doubling)], |view| assert_eq!(view.of_kind("a").count(), 1));
    // Modules that call each other twice.
    let mut files = vec![];
    for level in 0..30 {
        files.push((format!("m{level}/main.tf"), format!("module \"a\" {{ source = \"../m{0}\" }}\nmodule \"b\" {{ source = \"../m{0}\" }}\nresource \"r\" \"x\" {{}}\n", level + 1)));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    with(&files, |view| assert!(view.of_kind("r").count() > 8));
}
