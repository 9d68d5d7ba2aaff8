//! Literals without which a pattern cannot match: what makes a search over a whole tree cheap.
//!
//! They are read off the text of the pattern. A full parse would cost more, over all rules, than a small tree takes to
//! search. What is not understood is left out: a pattern that needs too little is only tried too often.

use std::iter::Peekable;
use std::str::Chars;

/// Words (lower case) of which every match of a pattern contains at least one.
pub(super) type Need = Vec<String>;

/// A need of more words than this is left to the pattern itself.
const MOST_WORDS: usize = 64;
/// Shorter words stand in every file; they count only where a pattern has nothing better.
const LONG: usize = 4;
/// More needs than this of one pattern tell no more.
const MOST_NEEDS: usize = 4;
/// Groups nest no deeper.
const MAX_DEPTH: usize = 50;

/// What every match of a pattern needs, the most telling first; empty when it needs nothing that could be looked for.
pub(super) fn needed(pattern: &str) -> Vec<Need> {
    let mut reader = Reader { letters: pattern.chars().peekable(), depth: 0 };
    let part = reader.alternatives();
    let Some(Part { mut needs, exact }) = part.filter(|_| reader.letters.next().is_none()) else { return Vec::new() };
    needs.extend(exact.map(|word| vec![word]));
    for need in &mut needs {
        need.sort();
        need.dedup();
    }
    needs.retain(|need| shortest(need) >= 2);
    needs.sort_by_key(|need| std::cmp::Reverse(worth(need)));
    let long = needs.iter().take_while(|need| shortest(need) >= LONG).count();
    needs.truncate(long.clamp(1, MOST_NEEDS));
    needs
}

fn shortest(need: &Need) -> usize {
    need.iter().map(String::len).min().unwrap_or(0)
}

/// Long words first, then few of them.
fn worth(need: &Need) -> (usize, std::cmp::Reverse<usize>) {
    (shortest(need).min(8), std::cmp::Reverse(need.len()))
}

/// What a part of a pattern needs; `exact` when the part is nothing but this text.
#[derive(Default)]
struct Part {
    needs: Vec<Need>,
    exact: Option<String>,
}

/// One step of a sequence.
enum Step {
    /// Exactly this letter.
    Letter(char),
    /// A place between letters.
    Nothing,
    /// Any of several letters.
    Class,
    Group(Part),
}

struct Reader<'p> {
    letters: Peekable<Chars<'p>>,
    depth: usize,
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
        let mut words = Vec::new();
        for Part { mut needs, exact } in branches {
            needs.extend(exact.map(|word| vec![word]));
            let Some(best) = needs.into_iter().max_by_key(worth) else { return Some(Part::default()) };
            words.extend(best);
        }
        let needs = if words.len() <= MOST_WORDS { vec![words] } else { Vec::new() };
        Some(Part { needs, exact: None })
    }

    /// One branch.
    fn sequence(&mut self) -> Option<Part> {
        let mut needs = Vec::new();
        let mut run = String::new();
        let mut is_exact = true;
        while let Some(&letter) = self.letters.peek() {
            if matches!(letter, '|' | ')') {
                break;
            }
            let step = self.step()?;
            let times = self.repetition();
            let is_once = times == Times::Once;
            match step {
                Step::Nothing => continue,
                Step::Letter(letter) if times != Times::Maybe => run.push(letter.to_ascii_lowercase()),
                Step::Group(Part { needs: own, exact: Some(word) }) if times != Times::Maybe => {
                    needs.extend(own);
                    run.push_str(&word);
                }
                Step::Group(Part { needs: own, exact: None }) if times != Times::Maybe => {
                    needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                    needs.extend(own);
                    is_exact = false;
                    continue;
                }
                Step::Letter(_) | Step::Class | Step::Group(_) => {
                    needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                    is_exact = false;
                    continue;
                }
            }
            // What is repeated may stand again before what follows.
            if !is_once {
                needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                is_exact = false;
            }
        }
        if is_exact {
            return Some(Part { needs, exact: Some(run) });
        }
        needs.extend((!run.is_empty()).then(|| vec![run]));
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
                        return (!flags.contains('x')).then_some(Step::Nothing);
                    }
                    '<' => {
                        self.letters.by_ref().find(|&letter| letter == '>')?;
                        break;
                    }
                    flag => flags.push(flag),
                }
            }
            if flags.contains('x') {
                return None;
            }
        }
        let part = self.alternatives()?;
        self.letters.next_if_eq(&')')?;
        self.depth -= 1;
        Some(Step::Group(part))
    }

    /// The rest of a class: a letter when it names one alone, in one case or both.
    fn class(&mut self) -> Option<Step> {
        let mut depth = 1;
        let mut members: Vec<Option<char>> = Vec::new();
        let mut is_first = true;
        while depth > 0 {
            match self.letters.next()? {
                '^' if is_first => {
                    members.push(None);
                    // A bracket that stands first is a letter of the class.
                    self.letters.next_if_eq(&']');
                }
                ']' if is_first => members.push(Some(']')),
                ']' => depth -= 1,
                '[' => {
                    depth += 1;
                    members.push(None);
                    self.letters.next_if_eq(&'^');
                    self.letters.next_if_eq(&']');
                }
                '\\' => match self.escape()? {
                    Step::Letter(letter) => members.push(Some(letter)),
                    _ => members.push(None),
                },
                '-' if !is_first => members.push(None),
                letter => members.push(letter.is_ascii().then_some(letter)),
            }
            is_first = false;
        }
        let mut letters = members.into_iter();
        let first = letters.next().flatten();
        let same = |letter: Option<char>| letter.zip(first).is_some_and(|(a, b)| a.eq_ignore_ascii_case(&b));
        Some(first.filter(|_| letters.all(same)).map_or(Step::Class, Step::Letter))
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
            Some('?' | '*') => Times::Maybe,
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
    Maybe,
    Often,
}
