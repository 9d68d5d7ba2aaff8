//! Literals without which a pattern cannot match: what makes a search over a whole tree cheap.
//!
//! They are read off the text of the pattern. A full parse would cost more, over all rules, than a small tree takes to
//! search. What is not understood is left out: a pattern that needs too little is only tried too often.

use std::iter::Peekable;
use std::str::Chars;

/// Words of which every match of a pattern contains at least one.
pub(super) type Need = Vec<String>;

/// What every match of a pattern needs.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// The most telling first; empty when nothing is needed that could be looked for.
    pub(super) all: Vec<Need>,
    /// Whether the words stand so in every match; otherwise in any case.
    pub(super) as_written: bool,
}

/// A need of more words than this is left to the pattern itself.
const MOST_WORDS: usize = 64;
/// Shorter words stand in every file; they count only where a pattern has nothing better.
const LONG: usize = 4;
/// So many letters of a word tell it from others. All are ASCII.
const ENOUGH: usize = 12;
/// More needs than this of one pattern tell no more.
const MOST_NEEDS: usize = 3;
/// A run that could be any of more texts than this is cut.
const MOST_RUNS: usize = 24;
/// A class of more letters than this may be anything.
const FEW: usize = 4;
/// Groups nest no deeper.
const MAX_DEPTH: usize = 50;

/// What every match of a pattern needs.
pub(super) fn needed(pattern: &str) -> Needs {
    let mut reader = Reader { letters: pattern.chars().peekable(), depth: 0, as_written: true };
    let part = reader.alternatives();
    let Some(Part { mut needs, exact }) = part.filter(|_| reader.letters.next().is_none()) else {
        return Needs::default();
    };
    needs.extend(exact);
    for need in &mut needs {
        for word in need.iter_mut() {
            word.truncate(ENOUGH);
        }
        need.sort();
        need.dedup();
    }
    needs.retain(|need| shortest(need) >= 2);
    needs.sort_by_key(|need| std::cmp::Reverse(worth(need)));
    let long = needs.iter().take_while(|need| shortest(need) >= LONG).count();
    needs.truncate(long.clamp(1, MOST_NEEDS));
    Needs { all: needs, as_written: reader.as_written }
}

fn shortest(need: &Need) -> usize {
    need.iter().map(String::len).min().unwrap_or(0)
}

/// Long words first, then few of them.
fn worth(need: &Need) -> (usize, std::cmp::Reverse<usize>) {
    (shortest(need).min(8), std::cmp::Reverse(need.len()))
}

/// What a part of a pattern needs; `exact` when the part is nothing but one of these texts.
#[derive(Default)]
struct Part {
    needs: Vec<Need>,
    exact: Option<Vec<String>>,
}

/// One step of a sequence.
enum Step {
    /// Exactly this letter.
    Letter(char),
    /// One of these letters.
    Few(Vec<char>),
    /// A place between letters.
    Nothing,
    /// Any of several letters.
    Class,
    Group(Part),
}

struct Reader<'p> {
    letters: Peekable<Chars<'p>>,
    depth: usize,
    /// Whether no letter so far may stand in either case.
    as_written: bool,
}

/// The texts of which one has stood here since the last step that may be anything.
struct Runs(Vec<String>);

impl Runs {
    fn new() -> Self {
        Self(vec![String::new()])
    }

    /// A letter follows.
    fn push(&mut self, letter: char) {
        self.0.iter_mut().for_each(|run| run.push(letter));
    }

    /// One of some words follows; `false` when that would be too many texts.
    fn follow(&mut self, words: &[String]) -> bool {
        if self.0.len() * words.len() > MOST_RUNS {
            return false;
        }
        if let [word] = words {
            self.0.iter_mut().for_each(|run| run.push_str(word));
            return true;
        }
        let texts =
            self.0.iter().flat_map(|run| words.iter().map(move |word| [run, word].map(String::as_str).concat()));
        self.0 = texts.collect();
        true
    }

    fn take(&mut self) -> Need {
        std::mem::replace(self, Self::new()).0
    }
}

impl Reader<'_> {
    /// Branches up to the end of the group; `None` for what is not understood.
    fn alternatives(&mut self) -> Option<Part> {
        let mut branches = vec![self.sequence()?];
        while self.letters.next_if_eq(&'|').is_some() {
            branches.push(self.sequence()?);
        }
        if branches.len() == 1 {
            return branches.pop();
        }
        let is_exact = branches.iter().all(|branch| branch.exact.is_some());
        let mut words = Vec::new();
        for Part { mut needs, exact } in branches {
            needs.extend(exact);
            let Some(best) = needs.into_iter().max_by_key(worth) else { return Some(Part::default()) };
            words.extend(best);
        }
        if words.len() > MOST_WORDS {
            return Some(Part::default());
        }
        Some(if is_exact {
            Part { needs: Vec::new(), exact: Some(words) }
        } else {
            Part { needs: vec![words], exact: None }
        })
    }

    /// One branch.
    fn sequence(&mut self) -> Option<Part> {
        let mut needs = Vec::new();
        let mut runs = Runs::new();
        let mut is_exact = true;
        while let Some(&letter) = self.letters.peek() {
            if matches!(letter, '|' | ')') {
                break;
            }
            let step = self.step()?;
            let times = self.repetition();
            let words = match step {
                Step::Nothing => continue,
                Step::Letter(letter) if times == Times::Once => {
                    runs.push(letter);
                    continue;
                }
                Step::Letter(letter) => Some(vec![letter.to_string()]),
                Step::Few(letters) => Some(letters.into_iter().map(String::from).collect()),
                Step::Class => None,
                Step::Group(Part { needs: own, exact }) => {
                    if matches!(times, Times::Once | Times::Often) {
                        needs.extend(own);
                    }
                    exact
                }
            };
            let words: Option<Vec<String>> = match times {
                Times::Once | Times::Often => words,
                Times::Perhaps => words.map(|words| [vec![String::new()], words].concat()),
                Times::Maybe => None,
            };
            let Some(words) = words else {
                needs.push(runs.take());
                is_exact = false;
                continue;
            };
            if !runs.follow(&words) {
                needs.push(runs.take());
                is_exact = false;
                runs.0 = words;
            }
            // What is repeated may stand again before what follows.
            if times == Times::Often {
                needs.push(runs.take());
                is_exact = false;
            }
        }
        if is_exact {
            return Some(Part { needs, exact: Some(runs.0) });
        }
        needs.push(runs.0);
        Some(Part { needs, exact: None })
    }

    fn step(&mut self) -> Option<Step> {
        Some(match self.letters.next()? {
            '(' => return self.group(),
            '[' => return self.class(),
            '\\' => return self.escape(),
            '.' => Step::Class,
            '^' | '$' => Step::Nothing,
            '*' | '+' | '?' | '{' => return None,
            letter if letter.is_ascii() => Step::Letter(letter),
            _ => Step::Class,
        })
    }

    /// The rest of a group; its bracket is read.
    fn group(&mut self) -> Option<Step> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        if self.letters.next_if_eq(&'?').is_some() {
            let mut flags = String::new();
            loop {
                match self.letters.next()? {
                    ':' => break,
                    // Flags for what follows in the group around: its bracket is no group.
                    ')' => {
                        self.depth -= 1;
                        self.as_written &= !flags.contains('i');
                        return (!flags.contains('x')).then_some(Step::Nothing);
                    }
                    '<' => {
                        self.letters.by_ref().find(|&letter| letter == '>')?;
                        break;
                    }
                    flag => flags.push(flag),
                }
            }
            self.as_written &= !flags.contains('i');
            if flags.contains('x') {
                return None;
            }
        }
        let part = self.alternatives()?;
        self.letters.next_if_eq(&')')?;
        self.depth -= 1;
        Some(Step::Group(part))
    }

    /// The rest of a class; its letters, when it names few.
    fn class(&mut self) -> Option<Step> {
        let mut depth = 1;
        let mut members = Vec::new();
        let mut is_few = true;
        let mut is_first = true;
        while depth > 0 {
            let member = match self.letters.next()? {
                '^' if is_first => {
                    // A bracket that stands first is a letter of the class.
                    self.letters.next_if_eq(&']');
                    None
                }
                ']' if !is_first => {
                    depth -= 1;
                    continue;
                }
                '[' => {
                    depth += 1;
                    self.letters.next_if_eq(&'^');
                    self.letters.next_if_eq(&']');
                    None
                }
                '\\' => match self.escape()? {
                    Step::Letter(letter) => Some(letter),
                    _ => None,
                },
                '-' if !is_first => None,
                letter => letter.is_ascii().then_some(letter),
            };
            is_few &= member.is_some() && members.len() < FEW;
            members.extend(member);
            is_first = false;
        }
        Some(if is_few { Step::Few(members) } else { Step::Class })
    }

    /// The rest of an escape.
    fn escape(&mut self) -> Option<Step> {
        Some(match self.letters.next()? {
            'b' | 'B' => {
                // `\b{start}`
                if self.letters.next_if_eq(&'{').is_some() {
                    self.letters.by_ref().find(|&letter| letter == '}')?;
                }
                Step::Nothing
            }
            'A' | 'z' | '<' | '>' => Step::Nothing,
            'n' => Step::Letter('\n'),
            't' => Step::Letter('\t'),
            'r' => Step::Letter('\r'),
            'x' => {
                let digits: String = [self.letters.next()?, self.letters.next()?].into_iter().collect();
                let code = u8::from_str_radix(&digits, 16).ok().filter(u8::is_ascii)?;
                Step::Letter(char::from(code))
            }
            'w' | 'W' | 'd' | 'D' | 's' | 'S' => Step::Class,
            letter if letter.is_ascii_punctuation() || letter == ' ' => Step::Letter(letter),
            _ => return None,
        })
    }

    /// How often the step before stands.
    fn repetition(&mut self) -> Times {
        let times = match self.letters.peek() {
            Some('?') => Times::Perhaps,
            Some('*') => Times::Maybe,
            Some('+') => Times::Often,
            Some('{') => {
                let least: String = self.letters.by_ref().skip(1).take_while(|&letter| letter != '}').collect();
                self.letters.next_if_eq(&'?');
                let least = least.split(',').next().unwrap_or("").trim().to_owned();
                return if least.parse() == Ok(0_u32) || least.is_empty() { Times::Maybe } else { Times::Often };
            }
            _ => return Times::Once,
        };
        self.letters.next();
        self.letters.next_if_eq(&'?');
        times
    }
}

/// How often a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    /// Once or not at all.
    Perhaps,
    /// As often as one likes, or not at all.
    Maybe,
    /// At least once.
    Often,
}
