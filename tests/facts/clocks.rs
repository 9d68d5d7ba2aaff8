//! What runs on a clock: of a cloud, and inside the program.

use tusk_check::facts::Facts;
use tusk_check::tree::Tree;

/// What runs, how often in hours, and why it counts for nothing.
fn runs(files: &[(&str, &str)]) -> Vec<(String, Option<f64>, Option<String>)> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let hours = |gap: Option<f64>| gap.map(|seconds| seconds / 3600.0);
    facts.clocks().runs.iter().map(|run| (run.words.join(" "), hours(run.gap), run.excuse.clone())).collect()
}

fn rule(expression: &str, more: &str) -> String {
    format!(
        r#"
resource "aws_cloudwatch_event_rule" "nightly" {{
  schedule_expression = "{expression}"
  {more}
}}
resource "aws_cloudwatch_event_target" "dump" {{
  rule  = aws_cloudwatch_event_rule.nightly.name
  arn   = "arn:aws:ecs:eu-west-1:1:cluster/prod"
  input = jsonencode({{ containerOverrides = [{{ name = "dump", command = ["pg_dump", "-Fc"] }}] }})
}}
"#
    )
}

#[test]
fn event_bridge_runs_what_its_target_says() {
    let one = |text: String| runs(&[("clock.tf", &text)]);
    assert_eq!(one(rule("cron(0 2 * * ? *)", "")), [("pg_dump -Fc".into(), Some(24.0), None)]);
    assert_eq!(one(rule("rate(6 hours)", "")), [("pg_dump -Fc".into(), Some(6.0), None)]);
    // Sunday is 1 there; on weekdays only, the longest gap is the weekend.
    assert_eq!(one(rule("cron(0 2 ? * 2-6 *)", "")), [("pg_dump -Fc".into(), Some(72.0), None)]);
    assert_eq!(
        one(rule("rate(1 day)", "state = \"DISABLED\"")),
        [("pg_dump -Fc".into(), Some(24.0), Some("it is disabled".into()))]
    );
}

#[test]
fn a_clock_without_a_target_runs_nothing() {
    let alone = "resource \"aws_cloudwatch_event_rule\" \"nightly\" {\n  schedule_expression = \"rate(1 day)\"\n}\n";
    assert_eq!(runs(&[("clock.tf", alone)]), []);
    let other = format!(
        "{alone}resource \"aws_cloudwatch_event_target\" \"dump\" {{\n  rule = \"weekly\"\n  input = \"{{}}\"\n}}\n"
    );
    assert_eq!(runs(&[("clock.tf", &other)]), []);
}

#[test]
fn a_task_definition_says_what_a_schedule_starts() {
    let text = r#"
resource "aws_scheduler_schedule" "dump" {
  schedule_expression = "rate(1 day)"
  target {
    arn      = "arn:aws:ecs:eu-west-1:1:cluster/prod"
    role_arn = "arn"
    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.dump.arn
    }
  }
}
resource "aws_ecs_task_definition" "dump" {
  family                = "dump"
  container_definitions = jsonencode([{ name = "dump", image = "postgres:16", command = ["pg_dump"] }])
}
"#;
    assert_eq!(runs(&[("clock.tf", text)]), [("pg_dump".into(), Some(24.0), None)]);
}

#[test]
fn cloud_scheduler_calls_an_address() {
    let job = |more: &str| {
        format!(
            "resource \"google_cloud_scheduler_job\" \"purge\" {{\n  schedule = \"0 3 * * *\"\n  {more}\n  http_target {{\n    uri = \"https://shop.example.org/purge\"\n  }}\n}}\n"
        )
    };
    let uri = "https://shop.example.org/purge".to_owned();
    assert_eq!(runs(&[("clock.tf", &job(""))]), [(uri.clone(), Some(24.0), None)]);
    assert_eq!(runs(&[("clock.tf", &job("paused = true"))]), [(uri, Some(24.0), Some("it is disabled".into()))]);
}

#[test]
fn schedulers_inside_the_program() {
    let rust =
        "fn jobs(scheduler: &JobScheduler) {\n    scheduler.add(Job::new_async(\"0 0 3 * * *\", purge_expired));\n}\n";
    let found = runs(&[("src/jobs.rs", rust)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.contains("purge_expired"), "{found:?}");
    assert_eq!(found[0].1, Some(24.0));

    let python = "app.conf.beat_schedule = {\n    \"purge\": {\n        \"task\": \"shop.purge\",\n        \"schedule\": crontab(hour=2, minute=0, day_of_week=0),\n    },\n}\n";
    let found = runs(&[("shop/celery.py", python)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.contains("shop.purge"), "{found:?}");
    assert_eq!(found[0].1, Some(7.0 * 24.0));

    let java = "class Jobs {\n    @Scheduled(cron = \"0 0 4 * * *\")\n    void purge() {}\n}\n";
    assert_eq!(runs(&[("src/main/java/shop/Jobs.java", java)]).len(), 1);
    // A comment, a test, and what is no expression are no clock.
    assert_eq!(runs(&[("src/jobs.rs", "// Job::new(\"0 0 3 * * *\", purge)\n")]), []);
    assert_eq!(runs(&[("tests/jobs.rs", rust)]), []);
    assert_eq!(runs(&[("src/jobs.rs", "fn job() {\n    let job = Job::new(\"nightly\", purge);\n}\n")]), []);
}

#[test]
fn periodic_jobs_of_nomad() {
    let job = |more: &str, clock: &str| {
        format!(
            "job \"backup\" {{\n  type = \"batch\"\n  periodic {{\n    {clock}\n    {more}\n  }}\n  group \"b\" {{\n    task \"dump\" {{\n      \
             config {{\n        image = \"postgres:16\"\n        command = \"pg_dump\"\n        args = [\"-Fc\", \"shop\"]\n      }}\n    }}\n  }}\n}}\n"
        )
    };
    let one = |more: &str, clock: &str| runs(&[("backup.nomad.hcl", &job(more, clock))]).remove(0);
    let dump = |gap: f64, excuse: Option<&str>| ("pg_dump -Fc shop".to_owned(), Some(gap), excuse.map(str::to_owned));
    assert_eq!(one("", "crons = [\"0 2 * * *\"]"), dump(24.0, None));
    assert_eq!(one("", "cron = \"@daily\""), dump(24.0, None));
    // The sixth field is the year; of seven, the first is the second.
    assert_eq!(one("", "cron = \"0 */3 * * * *\""), dump(3.0, None));
    assert_eq!(one("", "cron = \"0 0 */3 * * * *\""), dump(3.0, None));
    assert_eq!(one("enabled = false", "cron = \"@daily\""), dump(24.0, Some("it is not enabled")));
    // Without a clock a job runs when somebody starts it.
    assert!(runs(&[("backup.nomad.hcl", &job("", "").replace("periodic", "meta"))]).is_empty());
    let written = "job \"backup\" {\n  periodic { cron = \"@daily\" }\n  group \"b\" {\n    task \"dump\" {\n      config {\n        \
                   command = \"/bin/bash\"\n        args = [\"local/dump.sh\"]\n      }\n      template {\n        destination = \"local/dump.sh\"\n        \
                   data = <<EOF\nset -e\npg_dumpall > /b/all.sql\nEOF\n      }\n    }\n  }\n}\n";
    let found = runs(&[("backup.nomad", written)]);
    assert!(found.iter().any(|(words, ..)| words.starts_with("pg_dumpall")), "{found:?}");
}

#[test]
fn sidekiq_starts_jobs() {
    let schedule = "\
:scheduler:
  :schedule:
    baskets: {every: ['30m', {first_in: 0s}], class: BasketDeletionJob}
    events: {cron: '0 3 * * * Europe/Paris', class: OldEventsJob}
    idle: {cron: '0 4 * * *', enabled: false}
";
    assert_eq!(
        runs(&[("config/sidekiq.yml", schedule), ("config/queue.yml", schedule)]),
        [
            ("BasketDeletionJob".to_owned(), Some(0.5), None),
            ("OldEventsJob".to_owned(), Some(24.0), None),
            ("idle".to_owned(), Some(24.0), Some("it is disabled".to_owned())),
        ]
    );
}
