//! Problems beside what is done about them: tables with a column for each, and labels that say which is which.

use crate::pattern::pattern;
use crate::source::Span;

pattern!(
    SYMPTOM,
    r"(?i)^\W*(?:(?:common|typical|possible|observed|known) )?(?:symptoms?|problems?|issues?|errors?|error messages?|failures?|failure modes?|what (?:you see|goes wrong|breaks))\W*\d*\W*$"
);
pattern!(
    ANSWER,
    r"(?i)^\W*(?:(?:likely|possible|probable|root|common|suggested|recommended|quick) )?(?:causes?|reasons?|fix(?:es)?|solutions?|resolutions?|remed(?:y|ies|iations?)|workarounds?|mitigations?|recovery|actions?|what to (?:do|try|check)|how to (?:fix|resolve|solve)(?: it| this)?)(?: ?(?:/|and|&|or) ?[\w ]+)?\W*\d*\W*$"
);
pattern!(CAUSE, r"(?i)^\W*(?:\w+ )?(?:causes?|reasons?)\b");
// What an alert is about, before it is said what to do.
pattern!(SHOWN, r"(?i)^\W*(?:alert )?(?:descriptions?|meaning|impact|detection|triggers?|summary)\W*$");

pattern!(
    PROBLEM,
    r"(?i)\b(?:errors?|fail\w*|cannot|can't|can not|not|isn't|won't|doesn't|don't|unable|crash\w*|time[sd]?[- ]?out|timing out|timeouts?|slow\w*|stuck|missing|denied|refused|exceed\w*|problems?|issues?|hang\w*|panic\w*|out of|killed|invalid|unexpected\w*|corrupt\w*|warn\w*|lost|loss|down|too (?:many|much|large|long|low|small|few|short|old)|nothing|high|wrong|broken|reject\w*|unavailable|unreachable|forbidden|unauthori[sz]ed|expired?|stale|ignored|skew\w*|mismatch\w*|conflict\w*|split[- ]brain|clash\w*|lag\w*|full|leak\w*|oom\w*|[45]\d\d|stop(?:s|ped) (?:\w+ly )?\w+ing|no longer|(?:can|do|to|should) (?:I |we |you )?fix (?:it|this|that)|why (?:are|is|am|do|does|have|has) (?:(?:there|I|we|my) )?(?:(?:get|getting|see|seeing) )?no)\b"
);
// "Whether it should start or not" and "Why not use a file?" deny nothing.
pattern!(DENIES_NOTHING, r"(?i)\b(?:whether )?or not\b|^\W*why not\b|\bif not\W*$|\bnot only\b");
// What a guide to problems may say shorter.
pattern!(LACK, r"(?i)\b(?:no|never|none|restarts?|pending|empty|blank|loops?)\b");
// A day of the week, a turn of duty, a tool to look at: what is done then is no answer to a problem.
pattern!(
    ROUTINE,
    r"(?i)^\W*(?:(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|daily\b|weekly\b|monthly\b|(?:\w+ )?rotation$|rota$|routine\b|hand-?over\b|hand-?off\b|sick days?\b|overview$|introduction$|monitoring$|(?:\w+ ){0,3}(?:logs?|logging|metrics|dashboards?)$|traces?$|tracing$|tools?$|live tail$|useful \w+$|(?:(?:any )?other|further|more|additional) (?:issues?|problems?|errors?|questions?)\W*$|still (?:stuck|having|need)\b|(?:need (?:more |further )?|getting |get )help\W*$|support$|contacts?$|see also$|what(?:'s| is| are) the (?:[\w-]+ ){0,3}(?:differences?|polic(?:y|ies)|relations?(?:hips?)?)\b|references?$|links?$)"
);
// "Test the configuration:" is something to do, not something that goes wrong.
pattern!(
    TRIAL,
    r"(?i)^\W*(?:test|try|verify|confirm|check|get|show|list|view|inspect|print|dump|collect|look|open|enabl|turn on|see)(?:e|t|ing)?\b"
);

/// Whether a text says that something goes wrong.
pub(super) fn says_what_is_wrong(text: &str) -> bool {
    PROBLEM.is_match(text)
        && (!DENIES_NOTHING.is_match(text) || PROBLEM.is_match(&DENIES_NOTHING.replace_all(text, |_| String::new())))
}

// What does not go as it should, told in a sentence: "will have problems", "cannot be detected", "it is not supported".
pattern!(
    TOLD,
    r"(?i)\b(?:(?:will|may|might|can|could) (?:have|cause|lead to|run into) (?:\w+ )?(?:problems?|issues?|errors?)|cannot|can not|can't|(?:will|may|does|do|is|are) not be able|unable to|not (?:supported|working|shown|detected|optimized|visible)|doesn't work|don't work)\b"
);

/// Whether a sentence tells of something that does not go as it should.
pub(super) fn tells_a_lack(text: &str) -> bool {
    TOLD.is_match(text)
}

/// Whether a heading or a label may be a symptom; a question among others must say what is wrong.
pub(super) fn is_one(symptom: &str, must_name_it: bool) -> bool {
    let names_it = says_what_is_wrong(symptom);
    !ROUTINE.is_match(symptom) && (names_it || !must_name_it && !TRIAL.is_match(symptom))
}

// "Step 3 - Find out why pods fail" is a part of one instruction, and so is all below it.
pattern!(STEP, r"(?i)^\W*step\s+\d");

// Each heading below is one of them, whatever it is called.
pattern!(CHAPTER, r"(?i)^\W*(?:specific|common|frequent|typical)\s+(?:\w+\s+)?(?:issues|problems|errors|failures)\W*$");

/// Whether a heading is that of a chapter of problems.
pub(super) fn is_chapter(heading: &str) -> bool {
    CHAPTER.is_match(heading)
}

/// Whether a heading is that of a step.
pub(super) fn is_step(heading: &str) -> bool {
    STEP.is_match(heading)
}

/// A heading, whether the text below it says what goes wrong, and where it stands.
type Headed<'a> = (&'a str, bool, Span);

/// Where symptoms stand: all of them, as long as a third says what is wrong. Otherwise most are parts of an instruction.
pub(super) fn of_problems<'a>(symptoms: impl Iterator<Item = Headed<'a>>) -> Vec<Span> {
    let all: Vec<Headed<'_>> = symptoms.collect();
    let is_wrong = |(symptom, below, _): &Headed<'_>| *below || says_what_is_wrong(symptom) || LACK.is_match(symptom);
    let plain = all.iter().filter(|one| is_wrong(one)).count();
    let is_kept = |one: &&Headed<'_>| plain * 3 >= all.len() || is_wrong(one);
    all.iter().filter(is_kept).map(|&(_, _, span)| span).collect()
}

/// Whether a heading is that of what causes or mends a problem.
pub(super) fn is_answer(heading: &str) -> bool {
    ANSWER.is_match(heading)
}

/// Whether a heading is that of what mends a problem.
pub(super) fn is_remedy(heading: &str) -> bool {
    is_answer(heading) && !CAUSE.is_match(heading)
}

/// Whether a heading is that of how a problem shows.
pub(super) fn shows(heading: &str) -> bool {
    SYMPTOM.is_match(heading) || SHOWN.is_match(heading)
}

/// Whether a heading names a problem of its own: neither a symptom nor an answer in general.
pub(super) fn names_a_problem(heading: &str) -> bool {
    says_what_is_wrong(heading) && !SYMPTOM.is_match(heading) && !ANSWER.is_match(heading)
}

/// Whether the heading row of a table has a column of symptoms and one of what causes or mends them.
pub(super) fn is_table(cells: &[String]) -> bool {
    cells.iter().any(|cell| SYMPTOM.is_match(cell)) && cells.iter().any(|cell| ANSWER.is_match(cell))
}

/// Whether a row of such a table says more than the symptom.
pub(super) fn is_answered(cells: &[String]) -> bool {
    cells.iter().filter(|cell| cell.split_whitespace().count() >= 2).count() >= 2
}

/// A label with what follows it, whether that holds a command, and where it stands.
type Labelled<'a> = (&'a str, Vec<&'a str>, bool, Span);

/// Labels of a problem that an answer follows before the next one.
pub(super) fn pairs(labelled: &[Labelled<'_>]) -> Vec<Span> {
    let mut open = None;
    let mut found = Vec::new();
    for (label, rest, commands, span) in labelled {
        if SYMPTOM.is_match(label) {
            open = Some(*span);
        } else if ANSWER.is_match(label) && (*commands || rest.iter().any(|text| text.split_whitespace().count() >= 3))
        {
            found.extend(open.take());
        }
    }
    found
}
