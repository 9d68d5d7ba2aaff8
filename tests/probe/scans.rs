//! The scans that a run makes itself.

use tusk_check::evidence::{Answer, Observed};
use tusk_check::facts::Facts;
use tusk_check::probe::{self, Question};
use tusk_check::quantity::Quantity;
use tusk_check::tree::Tree;

fn ask(name: &str, files: &[(&str, &str)]) -> Answer {
    let tree = Tree::in_memory(files.iter().copied());
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    (probe::find(name).unwrap().look)(&facts, &Question::default())
}

fn counts(answer: &Answer) -> Vec<f64> {
    let count = |value: &Observed| match value {
        Observed::Quantity(Quantity { amount, .. }) => *amount,
        other => panic!("{other:?}"),
    };
    answer.seen.iter().filter_map(|sighting| sighting.value.as_ref()).map(count).collect()
}

#[test]
fn a_clean_tree_says_how_much_was_scanned() {
    let answer = ask("scan.secrets", &[("src/main.rs", "fn main() {}"), ("README.md", "# Shop")]);
    assert_eq!(counts(&answer), [0.0]);
    assert_eq!(answer.seen[0].message, "2 files scanned, no leak");
}

#[test]
fn an_empty_tree_proves_nothing() {
    assert_eq!(ask("scan.secrets", &[]), Answer::default());
}

#[test]
fn leaks_count_and_low_confidence_does_not() {
    let strong = format!("password: {}", ["q7Rz2Lm", "T9vBx4Kc"].concat());
    let answer =
        ask("scan.secrets", &[("config/app.yml", &strong), ("config/b.yml", &strong), ("tests/a.yml", &strong)]);
    assert_eq!(counts(&answer), [2.0, 2.0]);
    assert_eq!(answer.notes.len(), 1);
    assert_eq!(&*answer.notes[0].place.path, "tests/a.yml");
}
