//! What expressions of Terraform come to.

use super::{text, with};

/// What `x` of the only resource `a.b` comes to, with a file beside it.
#[track_caller]
fn folds(expression: &str, beside: &str, expected: &str) {
    let main = format!("resource \"a\" \"b\" {{\n  x = {expression}\n}}\n");
    with(&[("main.tf", &main), ("beside.tf", beside)], |view| {
        assert_eq!(view.blind, []);
        let resource = view.resources.iter().find(|resource| resource.kind == "a").expect("a resource");
        assert_eq!(text(resource, "x"), expected, "{expression}");
    });
}

#[test]
fn expressions_fold_as_far_as_the_tree_allows() {
    let beside = r#"
variable "on" { default = true }
variable "days" { default = 7 }
variable "given" {}
variable "none" { default = null }
variable "settings" {
  type = object({ size = number, backup = optional(object({ days = optional(number, 30), on = optional(bool, false) }), {}) })
  default = { size = 1 }
}
locals {
  days = var.days + 1
  tags = merge({ a = "x" }, { b = var.given })
  loop = local.pool
  pool = local.loop
  zones = ["a", "b", "c"]
}
"#;
    for (expression, expected) in [
        ("var.on", "true"),
        ("!var.on", "false"),
        ("var.on && var.given", "?var.on && var.given"),
        ("false && var.given", "false"),
        ("var.on || var.given", "true"),
        ("var.on ? local.days * 2 : 0", "16"),
        ("var.given ? 1 : 1", "1"),
        ("var.given ? 1 : 2", "?var.given ? 1 : 2"),
        ("var.days == 7", "true"),
        ("var.days != 7", "false"),
        ("var.days >= 8", "false"),
        ("\"${var.days} days\"", "7 days"),
        ("\"${var.days}\"", "7"),
        ("\"a-${var.given}\"", "?\"a-${var.given}\""),
        ("local.tags.a", "x"),
        ("local.tags[\"b\"]", "?var.given"),
        ("merge({ a = 1 }, { b = 2 })", "{a: 1, b: 2}"),
        ("tolist([1, 2])", "[1, 2]"),
        ("length(local.zones)", "3"),
        ("[for z in local.zones : upper(z) if z != \"b\"]", "[A, C]"),
        ("{ for i, z in local.zones : z => i }", "{a: 0, b: 1, c: 2}"),
        ("local.zones[1]", "b"),
        ("lookup({ a = 1 }, \"z\", 9)", "9"),
        ("try(var.settings.backup.missing, 3)", "3"),
        ("coalesce(var.none, \"d\")", "d"),
        ("var.settings.backup.days", "30"),
        ("var.settings.backup.on", "false"),
        ("var.settings.size", "1"),
        ("local.loop", "?local.loop"),
        ("aws_kms_key.main.arn", "?aws_kms_key.main.arn"),
        ("sum(local.zones)", "?sum(local.zones)"),
        ("(1 + 2) * 3", "9"),
        ("1 / 0", "?1 / 0"),
        ("var.none", ""),
        ("format(\"%s-%d\", \"a\", 2)", "a-2"),
        ("join(\",\", local.zones)", "a,b,c"),
        ("contains(local.zones, \"a\")", "true"),
        ("jsonencode({ a = [1] })", "{a: [1]}"),
        ("<<-EOT\n  hello\n  EOT", "hello\n"),
    ] {
        folds(expression, beside, expected);
    }
}

#[test]
fn production_reads_its_environment_as_production() {
    let beside = "variable \"environment\" { default = \"dev\" }\nvariable \"stage\" {}\nlocals {\n  size = { dev = 1, prod = 3 }\n}\n";
    folds("var.environment == \"prod\" ? 3 : 1", beside, "3");
    folds("var.environment == \"dev\" ? 3 : 1", beside, "1");
    folds("terraform.workspace == \"production\"", beside, "true");
    folds("local.size[var.stage]", beside, "3");
    folds("var.environment == \"blue\"", beside, "?var.environment == \"blue\"");
}
