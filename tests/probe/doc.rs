//! `@doc`: substance counts, names alone do not.

use tusk_check::evidence::Answer;
use tusk_check::facts::Facts;
use tusk_check::probe::doc::topic;
use tusk_check::probe::{self, Question, Word};
use tusk_check::tree::Tree;

fn ask(files: &[(&str, &str)], args: &[&str]) -> Answer {
    let tree = Tree::in_memory(files.iter().map(|&(path, text)| (path, text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let word = |text: &str| vec![Word { text: text.into(), ..Word::default() }];
    let question = Question { args: args.iter().map(|text| word(text)).collect(), ..Question::default() };
    (probe::find("doc").expect("a probe").look)(&facts, &question)
}

/// What is seen and why the rest does not count.
fn words(answer: &Answer) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let seen = answer.seen.iter().map(|sighting| sighting.message.as_str()).collect();
    let notes = answer.notes.iter().map(|sighting| sighting.message.as_str()).collect();
    (seen, notes, answer.blind.iter().map(|blind| blind.why.as_str()).collect())
}

const GUIDE: &str = "# Shop\n\n## Deploying\n\n1. Build and push: `docker build -t registry.acme.dev/shop .`\n2. Roll it out:\n\n   ```sh\n   kubectl apply -f k8s/\n   ```\n3. Wait: `kubectl rollout status deploy/shop`\n4. Check that https://shop.acme.dev answers: `curl -f https://shop.acme.dev/health`\n";

#[test]
fn the_topics_can_be_read() {
    assert_eq!(topic::faults(), Vec::<String>::new());
    assert!(topic::names().count() >= 20);
}

#[test]
fn steps_with_commands_count_and_say_where() {
    let answer = ask(&[("README.md", GUIDE), ("k8s/a.yaml", "a: 1")], &["deploy"]);
    assert_eq!(words(&answer).0, ["\"Deploying\": 22 words, 4 steps, 5 commands"], "{answer:?}");
    let span = answer.seen[0].place.span.expect("a span");
    assert!(GUIDE[span.range()].starts_with("## Deploying"));
    let steps = ask(&[("README.md", GUIDE)], &["deploy", "steps"]);
    assert_eq!(steps.seen.len(), 2, "{steps:?}");
    assert!(steps.seen[1].message.starts_with("ends in a check"));
}

#[test]
fn a_stub_is_shown_with_what_it_lacks() {
    let answer = ask(&[("docs/deploy.md", "# Deployment\n\nTODO\n")], &["deploy"]);
    let (seen, notes, blind) = words(&answer);
    assert!(seen.is_empty() && blind.is_empty(), "{answer:?}");
    assert_eq!(
        notes,
        ["\"Deployment\" does not count: no words, no steps, no command and no numbered steps, placeholder at line 3"]
    );
}

#[test]
fn nothing_that_speaks_of_a_developers_machine_counts() {
    let local =
        "# App\n\n## Deploying locally\n\n1. `docker compose up -d`\n2. `cargo run`\n3. open http://localhost:8000\n";
    let answer = ask(&[("README.md", local)], &["deploy"]);
    assert!(words(&answer).1[0].contains("it is about \"locally\""), "{answer:?}");
    let unsaid = "# App\n\n## Deploy\n\n```sh\ndocker compose up -d\ncargo run\n```\n\n1. one\n2. two\n3. three\n";
    let answer = ask(&[("README.md", unsaid)], &["deploy"]);
    assert!(words(&answer).1[0].contains("every command runs locally"), "{answer:?}");
    let both = "# Example deployment\n\nThis is an example.\n\n## Deploy to production\n\n1. `kubectl apply -f a`\n2. `kubectl get pods`\n3. check\n";
    let answer = ask(&[("docs/guide.md", both)], &["deploy"]);
    assert!(answer.seen.is_empty(), "{answer:?}");
    assert_eq!(answer.blind.len(), 1, "{answer:?}");
}

#[test]
fn a_topic_that_only_links_away_cannot_be_read() {
    let text = "# App\n\nOur [Runbook](https://wiki.acme.dev/runbook) is elsewhere, [Deployment](https://kubernetes.io/docs/deployment) is not ours.\n";
    let answer = ask(&[("README.md", text)], &["runbook"]);
    assert_eq!(words(&answer).2, ["\"Runbook\" is linked outside the tree, cannot be read offline"]);
    assert_eq!(ask(&[("README.md", text)], &["deploy"]), Answer::default());
    let section = "# App\n\n## Runbook\n\nSee [what we wrote](https://notes.acme.dev/r).\n";
    assert_eq!(words(&ask(&[("README.md", section)], &["runbook"])).2, ["\"Runbook\": linked, cannot be read offline"]);
}

#[test]
fn entries_need_a_symptom_and_a_fix() {
    let good = "# Troubleshooting\n\n## The service does not start\nCheck that the database accepts connections, then restart it.\n\n## Requests time out\nRaise `POOL_SIZE` and restart the service.\n\n## Disk is full\n```sh\ndf -h\n```\nDelete old snapshots until a fifth is free again, or add a disk.\n";
    let answer = ask(&[("docs/troubleshooting.md", good)], &["troubleshooting"]);
    assert_eq!(answer.seen.len(), 1, "{answer:?}");
    assert_eq!(ask(&[("docs/troubleshooting.md", good)], &["troubleshooting", "entries"]).seen.len(), 3);
    let two = good.split("## Disk").next().expect("a text").to_owned() + &"many words of nothing much ".repeat(20);
    let answer = ask(&[("docs/troubleshooting.md", &two)], &["troubleshooting"]);
    assert!(answer.seen.is_empty() && words(&answer).1[0].ends_with("lacks entries"), "{answer:?}");
    let faq = "# App\n\n## FAQ\n\n### Why Rust?\nBecause we use it and like it a lot.\n\n### Is it free?\nYes, you can use it as you like it.\n\n### Who are you?\nWe are a team; you can write to us, and we will try to answer.\n";
    let answer = ask(&[("README.md", faq)], &["troubleshooting"]);
    assert!(answer.seen.is_empty(), "questions without a problem: {answer:?}");
}

#[test]
fn a_hole_takes_only_its_own_section_away() {
    let text = format!("{GUIDE}\n### Later\n\nTODO: blue-green\n");
    assert_eq!(ask(&[("README.md", &text)], &["deploy"]).seen.len(), 1);
    let broken = GUIDE.replace("Roll it out:", "Roll it out as in [the chart](charts/none.md):");
    let answer = ask(&[("README.md", &broken)], &["deploy"]);
    assert!(words(&answer).1[0].contains("link to charts/none.md at line 6: no such file"), "{answer:?}");
}

#[test]
fn free_words_are_titles() {
    let text =
        "# Ops\n\n## Access review\n\n".to_owned() + &"Each quarter the owners look at who may do what. ".repeat(10);
    assert_eq!(ask(&[("docs/ops.md", &text)], &["access review"]).seen.len(), 1);
    assert!(ask(&[("docs/ops.md", &text)], &["threat model"]).seen.is_empty());
}

#[test]
fn a_pointer_hands_the_topic_on() {
    let guide = GUIDE.replace("## Deploying", "## From image to cluster");
    let files = [("README.md", "# A\n\n## Deployment\n\nSee [here](ops/ship.md).\n"), ("ops/ship.md", guide.as_str())];
    let answer = ask(&files, &["deploy"]);
    assert_eq!(answer.seen.len(), 1, "{answer:?}");
    assert_eq!(&*answer.seen[0].place.path, "ops/ship.md");
}

#[test]
fn sections_of_other_documents_add_nothing_to_one_that_holds_all() {
    let api = "# API\n\nEach order is kept under its number.\n\n| Operation | Response |\n|---|---|\n| GET /orders | 200 with the list of all orders |\n| POST /orders | 201 with the order that was made |\n| DELETE /orders/{id} | 204, or 404 for an order that nobody made |\n";
    let layer = "# Tests\n\n## API layer\n\n1. Handlers have unit tests beside them.\n2. Responses have a test of their headers.\n3. Flags are tested with the server.\n";
    let both = ask(&[("docs/http.md", api), ("docs/tests.md", layer)], &["api"]);
    let (seen, notes, _) = words(&both);
    assert_eq!((seen.len(), both.seen[0].place.path.as_ref()), (1, "docs/http.md"), "{both:?}");
    assert!(notes[0].ends_with("lacks what the topic is about"), "{both:?}");
    let alone = ask(&[("docs/tests.md", layer)], &["api"]);
    assert!(alone.seen.is_empty(), "{alone:?}");
}
