//! Backups that a clock starts: the commands of CI's schedules and of every other clock.

use super::Property::{Encryption, Frequency, Restored, Retention, Verified};
use super::reading::{NEVER, days};
use super::{Backup, Engine, Property, Said, images};
use crate::evidence::{Observed, Place};
use crate::facts::Facts;
use crate::facts::ci::pattern::Pattern;
use crate::facts::ci::{Job, cron};
use crate::facts::production::{Stage, stage_of_path};
use crate::quantity::Quantity;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Commands that make a backup, and of what; of everything that has a volume when nothing is named.
const BACKUPS: &[(&str, &[Engine])] = &[
    ("{pg_dump|pg_dumpall|pg_basebackup}", &[Engine::Postgres]),
    ("pgbackrest … backup", &[Engine::Postgres]),
    ("{wal-g|walg} backup-push", &[]),
    ("barman backup", &[Engine::Postgres]),
    ("barman-cloud-backup", &[Engine::Postgres]),
    ("{mysqldump|mariadb-dump|mydumper|mysqlpump}", &[Engine::Mysql]),
    ("{xtrabackup|mariabackup|mariadb-backup} --backup", &[Engine::Mysql]),
    ("mongodump", &[Engine::Mongo]),
    ("pbm backup", &[Engine::Mongo]),
    ("redis-cli --rdb", &[Engine::Redis]),
    ("litestream replicate", &[Engine::Sqlite]),
    ("br backup full", &[Engine::Mysql]),
    ("etcdctl snapshot save", &[Engine::Other]),
    ("restic backup", &[]),
    ("borg create", &[]),
    ("borgmatic", &[]),
    ("kopia snapshot create", &[]),
    ("velero backup create", &[]),
    ("aws rds create-db-snapshot", &[]),
    ("aws rds create-db-cluster-snapshot", &[]),
    ("gcloud sql backups create", &[]),
    ("az postgres flexible-server backup create", &[Engine::Postgres]),
    ("heroku pg:backups:capture", &[Engine::Postgres]),
];

/// Commands that read a backup and say whether it is whole.
const CHECKS: &[&str] = &[
    "pgbackrest … verify",
    "{wal-g|walg} wal-verify",
    "barman check-backup",
    "pg_verifybackup",
    "restic check",
    "borg check",
    "kopia snapshot verify",
];

/// Commands that restore.
const RESTORES: &[&str] = &[
    "pg_restore",
    "pgbackrest … restore",
    "{wal-g|walg} backup-fetch",
    "barman recover",
    "mongorestore",
    "pbm restore",
    "restic restore",
    "velero restore create",
    "litestream restore",
    "aws rds restore-db-instance*",
    "gcloud sql backups restore",
];

/// Commands that look at what was restored and can fail; that a server answers is none.
const LOOKS: &[&str] = &[
    "psql -c",
    "psql --command",
    "psql -f",
    "mysql -e",
    "mongosh --eval",
    "sqlite3",
    "pytest",
    "cargo test",
    "npm test",
    "go test",
];

/// Commands that encrypt what passes through them.
const CIPHERS: &[(&str, &str)] = &[
    ("age", "age"),
    ("rage", "age"),
    ("gpg --encrypt", "aes_256"),
    ("gpg -e", "aes_256"),
    ("gpg -c", "aes_256"),
    ("gpg --symmetric", "aes_256"),
    ("openssl enc -aes-256-cbc", "aes_256_cbc"),
    ("openssl enc -aes-256-ctr", "aes_256_ctr"),
    ("restic backup", "aes_256_ctr"),
    ("kopia snapshot create", "aes_256_gcm"),
    ("borg create", "aes_256_ctr"),
];

/// Commands that carry a backup to another place; what S3, GCS and Azure keep is encrypted by them.
const UPLOADS: &[(&str, bool)] = &[
    ("aws s3 cp", true),
    ("aws s3 sync", true),
    ("aws s3 mv", true),
    ("aws s3api put-object", true),
    ("gsutil cp", true),
    ("gsutil rsync", true),
    ("gcloud storage cp", true),
    ("gcloud storage rsync", true),
    ("az storage blob upload", true),
    ("azcopy copy", true),
    ("rclone", false),
    ("mc", false),
    ("s3cmd", false),
    ("rsync", false),
    ("scp", false),
];

struct Known {
    backups: Vec<(Pattern, &'static [Engine])>,
    checks: Vec<Pattern>,
    restores: Vec<Pattern>,
    looks: Vec<Pattern>,
    ciphers: Vec<(Pattern, &'static str)>,
    uploads: Vec<(Pattern, bool)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let all = |list: &[&str]| list.iter().map(|text| Pattern::new(text)).collect();
    Known {
        backups: BACKUPS.iter().map(|(text, engines)| (Pattern::new(text), *engines)).collect(),
        checks: all(CHECKS),
        restores: all(RESTORES),
        looks: all(LOOKS),
        ciphers: CIPHERS.iter().map(|(text, word)| (Pattern::new(text), *word)).collect(),
        uploads: UPLOADS.iter().map(|(text, encrypts)| (Pattern::new(text), *encrypts)).collect(),
    }
});

/// One command of a job that a clock starts.
struct Step {
    words: Vec<String>,
    place: Place,
    gap: Option<f64>,
    excuse: Option<String>,
    is_off: bool,
}

pub(super) fn read(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    let mut jobs: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    let clocks = facts.clocks();
    for run in &clocks.runs {
        if let Some(engines) = run.image.as_deref().and_then(images::backs_up) {
            let step = Step::of(run);
            let said =
                said(Frequency, &step, &format!("the image {}", run.image.as_deref().unwrap_or("")), &run.whence);
            backups.push(Backup::new(engines, said.into_iter().collect()));
        }
        // A script belongs to the job that starts it.
        let whence = run.whence.split(" by ").next().unwrap_or(&run.whence);
        jobs.entry(format!("{whence} at `{}`", run.expression)).or_default().push(Step::of(run));
    }
    let ci = facts.ci();
    for command in ci.commands.iter().filter(|command| command.sure) {
        let job = ci.job(&command.step);
        for (expression, _) in command.step.schedules() {
            let other = || other_environment(job, &command.words).map(|word| format!("of another environment: {word}"));
            let excuse = command.excuse.clone().or_else(|| job.excuse.clone()).or_else(other);
            jobs.entry(format!("job \"{}\" of {} at `{expression}`", job.name, job.place.path)).or_default().push(
                Step {
                    words: command.words.clone(),
                    place: command.place.clone(),
                    gap: cron::longest_gap(expression),
                    excuse,
                    is_off: false,
                },
            );
        }
    }
    for (whence, steps) in &jobs {
        backups.extend(job(whence, steps));
    }
    backups.extend(by_actions(facts));
}

/// What actions of CI back up on a clock, which say so by their names: `acme/actions/backup-postgres`.
fn by_actions(facts: &Facts<'_>) -> Vec<Backup> {
    let ci = facts.ci();
    let mut found = Vec::new();
    for action in ci.actions.iter().filter(|action| action.excuse.is_none()) {
        let job = ci.job(&action.step);
        let Some(engines) = engines_of_action(&action.name) else { continue };
        if job.excuse.is_some() || other_environment(job, &[]).is_some() {
            continue;
        }
        for (expression, _) in action.step.schedules() {
            let step = Step {
                words: Vec::new(),
                place: action.place.clone(),
                gap: cron::longest_gap(expression),
                excuse: None,
                is_off: false,
            };
            let whence = format!("job \"{}\" of {} at `{expression}`", job.name, job.place.path);
            let said = said(Frequency, &step, &format!("the action {}", action.name), &whence);
            found.extend(said.map(|said| Backup::new(engines, vec![said])));
        }
    }
    found
}

/// What an action backs up by its name; one that only says `database` backs up whichever there is.
fn engines_of_action(name: &str) -> Option<&'static [Engine]> {
    let name = name.split('@').next().unwrap_or(name).to_lowercase();
    let last = name.rsplit('/').next().unwrap_or(&name);
    let words: Vec<&str> = last.split(['-', '_', '.']).collect();
    let backs_up = words.iter().any(|word| matches!(*word, "backup" | "dump" | "snapshot"));
    let is_other =
        words.iter().any(|word| matches!(*word, "restore" | "check" | "verify" | "test" | "setup" | "delete"));
    let engines = words.iter().find_map(|word| match *word {
        "postgres" | "postgresql" | "pg" => Some(&[Engine::Postgres][..]),
        "mysql" | "mariadb" => Some(&[Engine::Mysql][..]),
        "mongo" | "mongodb" => Some(&[Engine::Mongo][..]),
        "database" | "db" => Some(&[][..]),
        _ => None,
    });
    engines.filter(|_| backs_up && !is_other)
}

/// The word by which a job, its environment or the address that a command reaches belongs elsewhere than to production.
fn other_environment(job: &Job, words: &[String]) -> Option<&'static str> {
    let reached = words.iter().filter(|word| word.contains("${") || word.contains("://"));
    let named = job.environment.iter().map(|(name, _)| name).chain([&job.name]).chain(reached);
    named.into_iter().find_map(|name| match stage_of_path(&name.replace([' ', '$', '{', '}', ':', '@'], "-")) {
        Stage::Never(word) => Some(word),
        _ => None,
    })
}

impl Step {
    fn of(run: &crate::facts::clocks::Run) -> Self {
        Self {
            words: run.words.clone(),
            place: run.place.clone(),
            gap: run.gap,
            excuse: run.excuse.clone(),
            is_off: run.is_off,
        }
    }

    fn is(&self, patterns: &[Pattern]) -> bool {
        patterns.iter().any(|pattern| pattern.matches(&self.words))
    }
}

/// What a step says about how often something happens; nothing when its failure is hidden.
fn said(property: Property, step: &Step, what: &str, whence: &str) -> Option<Said> {
    let gap = match (&step.excuse, step.gap) {
        (Some(_), _) if step.is_off => NEVER,
        (Some(_), _) => return None,
        (None, gap) => gap?,
    };
    let why = step.excuse.as_ref().map_or(String::new(), |why| format!(": {why}"));
    let value = Observed::Quantity(Quantity::seconds(gap));
    Some(Said::new(property, step.place.clone(), format!("{what} in {whence}{why}"), value))
}

/// The backups of one job.
fn job(whence: &str, steps: &[Step]) -> Vec<Backup> {
    let mut found = Vec::new();
    for step in steps {
        let Some((_, engines)) = KNOWN.backups.iter().find(|(pattern, _)| pattern.matches(&step.words)) else {
            continue;
        };
        let Some(frequency) = said(Frequency, step, &format!("`{}`", line(step)), whence) else { continue };
        let mut all = vec![frequency];
        if !step.is_off {
            all.extend(encryption(step, steps, whence));
            all.extend(steps.iter().filter_map(|step| retention(step, whence)));
        }
        found.push(Backup::new(engines, all));
    }
    let live = || steps.iter().filter(|step| step.excuse.is_none());
    let mut more: Vec<Said> = Vec::new();
    for step in live().filter(|step| step.is(&KNOWN.checks)) {
        more.extend(said(Verified, step, &format!("`{}`", line(step)), whence));
    }
    let restore = live().position(|step| step.is(&KNOWN.restores));
    if let Some(at) = restore
        && let Some(step) = live().nth(at)
        && live().skip(at + 1).any(|after| after.is(&KNOWN.looks))
    {
        more.extend(said(Restored, step, &format!("`{}` and a look at what came of it", line(step)), whence));
    }
    if !more.is_empty() {
        found.push(Backup::new(&[], more));
    }
    found
}

fn line(step: &Step) -> String {
    step.words.join(" ").chars().take(80).collect()
}

fn encryption(step: &Step, steps: &[Step], whence: &str) -> Option<Said> {
    let cipher = steps.iter().find_map(|step| {
        let (_, word) = KNOWN.ciphers.iter().find(|(pattern, _)| pattern.matches(&step.words))?;
        Some((step, *word))
    });
    if let Some((by, word)) = cipher {
        let message = format!("`{}` encrypts the backup in {whence}", line(by));
        return Some(Said::new(Encryption, by.place.clone(), message, Observed::Word(word.to_owned())));
    }
    let upload = steps.iter().find_map(|step| {
        let (_, encrypts) = KNOWN.uploads.iter().find(|(pattern, _)| pattern.matches(&step.words))?;
        Some((step, *encrypts && !step.words.iter().any(|word| word.contains("endpoint-url"))))
    });
    match upload {
        Some((by, true)) => {
            let message = format!("`{}` leaves the backup where the provider encrypts always", line(by));
            Some(Said::new(Encryption, by.place.clone(), message, Observed::Word("AES256".to_owned())))
        }
        // Tools that are told elsewhere where the backup goes say nothing here.
        None if is_plain(&step.words) => {
            let message = format!("`{}` leaves a plain dump in {whence}", line(step));
            Some(Said::new(Encryption, step.place.clone(), message, Observed::Word("none".to_owned())))
        }
        _ => None,
    }
}

/// A command that writes a plain dump to a file or to its output.
fn is_plain(words: &[String]) -> bool {
    words.first().is_some_and(|word| {
        matches!(word.as_str(), "pg_dump" | "pg_dumpall" | "mysqldump" | "mariadb-dump" | "mongodump")
    })
}

/// How long old backups are left alone.
fn retention(step: &Step, whence: &str) -> Option<Said> {
    let words = &step.words;
    let value_of = |name: &str| {
        words.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
            Some((own, value)) if own == name => Some(value.to_owned()),
            _ if word == name => words.get(at + 1).cloned(),
            _ => None,
        })
    };
    let text = match words.first()?.as_str() {
        "find" if words.iter().any(|word| word == "-delete" || word == "rm") => {
            value_of("-mtime")?.trim_start_matches('+').to_owned()
        }
        "restic" | "borg" | "kopia" => value_of("--keep-daily").or_else(|| value_of("--keep-within"))?,
        "wal-g" | "walg" if words.get(1).is_some_and(|word| word == "delete") => {
            let count: f64 = words.last()?.parse().ok()?;
            format!("{}s", count * step.gap?)
        }
        _ => return None,
    };
    let seconds = days(&text)?;
    let message = format!("`{}` in {whence}", line(step));
    Some(Said::new(Retention, step.place.clone(), message, Observed::Quantity(Quantity::seconds(seconds))))
}
