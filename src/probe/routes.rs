//! `@routes`: which operations the service declares, and the share of them that tests request.

use super::doc::topic::Topic;
use super::doc::{candidates, outside, suffices_without};
use super::place::code::unspoken_service;
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::facts::routes::{Operation, is_of_the_api};
use crate::quantity::Quantity;
use crate::source::Source;
use crate::tree::path::folder_of;
use std::collections::BTreeSet;

/// More operations than this are not listed one by one.
const MOST: usize = 40;

/// `@routes()`.
pub static PROBE: Probe = Probe {
    name: "routes",
    summary: "The share of the service's operations (method and full path) that test code requests; the missing ones are noted; \
              `operators` holds where all that is declared is for those who run the service; `most` counts requests whose path cannot be read as if each asked for one that is missing; \
              `partly` looks also where other services are in a language whose routes are not read; `in` is the share of \
              operations that files of a language declare; `described`, where the documents on the API name any by its path, \
              the share that they name of three, or of a quarter of all",
    usage: "@routes() {declared, operators, most, partly, in: \"python\", described}",
    arity: (0, 0),
    patterns_from: None,
    facts: &[],
    options: &["declared", "operators", "most", "partly", "in", "described"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let routes = facts.routes();
    // A path that cannot be read changes neither where most of them stand nor what a document names.
    if let Some(language) = question.option_text("in") {
        return Answer { seen: declared_in(facts, language).into_iter().collect(), ..Answer::default() };
    }
    if question.is_set("described") {
        return description(facts, question);
    }
    if question.is_set("operators") {
        return Answer { seen: for_operators(facts).into_iter().collect(), ..Answer::default() };
    }
    let mut answer = Answer { blind: routes.blind.clone(), ..Answer::default() };
    if question.is_set("declared") {
        let seen = routes.operations.iter().take(MOST);
        answer.seen.extend(seen.map(|one| Sighting::new(one.place.clone(), Strength::Configured, one.name())));
        return answer;
    }
    let all = routes.served().count();
    if let Some(what) = routes.written_by {
        let why = format!("{what} writes the routes: which there are cannot be read");
        answer.blind.push(Blind { place: routes.operations.first().map(|one| one.place.clone()), why });
        return answer;
    }
    if all == 0 {
        return answer;
    }
    // A request of the root alone may be one of any handler.
    if routes.served().all(|one| one.path == "/") {
        return answer;
    }
    if let Some(blind) = unspoken_service(facts).filter(|_| !question.is_set("partly")) {
        answer.blind.push(blind);
        return answer;
    }
    // Any of the missing ones may be what a request asks for whose path is not written there, and every route that
    // cannot be read may be requested, or may not.
    let missing: Vec<_> = routes.served().filter(|one| one.tested.is_none()).collect();
    let unread = routes.blind.len();
    let (unresolved, granted) = if question.is_set("most") { (routes.unresolved.len(), unread) } else { (0, 0) };
    let tested = routes.served().filter(|one| one.tested.is_some()).count();
    let share = ((tested + unresolved + granted) as f64 / (all + unread) as f64).min(1.0);
    // Where some paths could not be read, and the missing ones may begin with more, nobody knows whether these are all.
    if missing.iter().all(|one| one.is_below) && unread > 0 && question.is_set("most") {
        return answer;
    }
    let mut message = format!("tests request {tested} of {all} operations");
    if let Some(first) = missing.first() {
        let rest = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
        message = format!("{message}; not {}{rest}", first.name());
    }
    // What is missing is where to begin; with nothing missing, a test shows that it is so.
    if unresolved > 0 {
        message = format!("{message}; {unresolved} requests are not followed to one");
    }
    if unread > 0 {
        message = format!("{message}; the paths of {unread} routes are not written there");
    }
    let place = missing.first().map(|one| one.place.clone());
    let place = place.or_else(|| routes.served().find_map(|one| one.tested.clone()));
    let Some(place) = place else { return answer };
    let sighting = Sighting::new(place, Strength::Configured, message).with(Observed::Quantity(Quantity::ratio(share)));
    answer.seen.push(sighting);
    answer.notes.extend(
        missing.into_iter().take(MOST).map(|one| {
            Sighting::new(one.place.clone(), Strength::Configured, format!("no test requests {}", one.name()))
        }),
    );
    answer
}

/// The first operation, where what a program of Go declares with its own library is all for those who run it: a framework
/// or gRPC may have more than was read.
fn for_operators(facts: &Facts<'_>) -> Option<Sighting> {
    let routes = facts.routes();
    let may_be_more = || {
        !routes.frameworks.is_empty()
            || !routes.blind.is_empty()
            || routes.written_by.is_some()
            || unspoken_service(facts).is_some()
            || !facts.code().find(facts, r"\bgrpc\.NewServer\(").is_empty()
    };
    let is_served = |one: &Operation| routes.served().any(|served| std::ptr::eq(served, one));
    let first = routes.operations.iter().find(|one| !is_served(one))?;
    // A front page leads to the others.
    if routes.served().any(|one| one.path != "/") || may_be_more() {
        return None;
    }
    let message = format!("all that is declared is for those who run it: {}", first.name());
    Some(Sighting::new(first.place.clone(), Strength::Configured, message))
}

/// The share of operations that files of one language declare, where they declare any, by the first that stands
/// elsewhere.
fn declared_in(facts: &Facts<'_>, language: &str) -> Option<Sighting> {
    /// With none of its own read, so few of the others may be those of a helper.
    const FEW: usize = 3;
    let is_inside =
        |place: &Place| Language::of(&place.path).is_some_and(|one| one.name().eq_ignore_ascii_case(language));
    // Protocol buffers describe what stands below a remark.
    let served = facts.routes().served().filter(|one| one.method != "RPC" || !is_explained(facts, &one.place));
    let (inside, outside): (Vec<_>, Vec<_>) = served.partition(|one| is_inside(&one.place));
    let first = outside.first()?;
    let count = if inside.is_empty() { undeclared(facts, language) } else { inside.len() };
    if inside.is_empty() && outside.len() < FEW {
        return None;
    }
    let all = count + outside.len();
    let message = format!("{count} of {all} operations are declared in {language}; not {}", first.name());
    Some(share(first.place.clone(), message, count, all))
}

/// How often files of a language may declare an operation in a form that is not read.
fn undeclared(facts: &Facts<'_>, language: &str) -> usize {
    const FORMS: &str = r#"\b(?:\w*Route|add_api_route|add_url_rule|api_route|include_router|register_blueprint)\(|\.(?:get|post|put|delete|patch|route)\(\s*["'`]/"#;
    let hits = facts.code().find(facts, FORMS);
    hits.iter()
        .filter(|hit| Language::of(&hit.path).is_some_and(|one| one.name().eq_ignore_ascii_case(language)))
        .count()
}

/// Whether a remark stands right above a place.
fn is_explained(facts: &Facts<'_>, place: &Place) -> bool {
    let text = facts.tree.text(&place.path).map(Source::text);
    let above = text.zip(place.span).and_then(|(text, span)| text.get(..span.start as usize));
    let line =
        above.and_then(|above| above.lines().rev().nth(usize::from(!above.ends_with('\n')))).unwrap_or_default().trim();
    line.starts_with("//") || line.ends_with("*/")
}

/// What the documents on the API name of it; where they name too little and lead out of the tree, nobody can tell.
fn description(facts: &Facts<'_>, question: &Question) -> Answer {
    let Some(seen) = described(facts, question) else { return Answer::default() };
    let is_enough = matches!(&seen.value, Some(Observed::Quantity(share)) if share.amount >= 1.0);
    let blind = if is_enough { Vec::new() } else { described_elsewhere(facts) };
    if blind.is_empty() {
        return Answer { seen: vec![seen], ..Answer::default() };
    }
    Answer { notes: vec![seen], blind, ..Answer::default() }
}

fn described_elsewhere(facts: &Facts<'_>) -> Vec<Blind> {
    Topic::named("api").err().map(|topic| outside::outside_links(facts, topic)).unwrap_or_default()
}

/// Whether the documents on the API name enough of what it has: a few operations, or a good part of those there are.
fn described(facts: &Facts<'_>, question: &Question) -> Option<Sighting> {
    const FEW: usize = 3;
    const PART: usize = 4;
    const MANY: usize = 10;
    let topic = Topic::named("api").err()?;
    let found = candidates::find(facts, topic);
    let sections = found.iter().flat_map(candidates::Candidate::tree);
    let texts = sections.flat_map(|section| {
        std::iter::once(section.title.as_str()).chain(section.blocks.iter().map(|block| block.text.as_str()))
    });
    let (named, served) = facts.routes().named_in(texts);
    if named.is_empty() {
        return of_one_service(facts, question, topic, &found);
    }
    let place = found.first().filter(|_| !named.is_empty())?.place();
    // A page on what imitates somebody else's API says nothing of the service's own.
    let own = served.iter().filter(|path| is_of_the_api(path)).count();
    let all = own < MANY || named.len() < FEW;
    let counts = |path: &&&str| all || is_of_the_api(path);
    let (named, served) = (named.iter().filter(counts).count(), served.iter().filter(counts).count());
    let message =
        format!("the documents on the API name {named} of the paths of its operations, of which there are {served}");
    let enough = if named < FEW { served.div_ceil(PART) } else { FEW };
    Some(share(place, message, named.min(enough), enough))
}

/// Where the documents on the API are enough only by those in the folder of one service, none of the many operations
/// that are declared elsewhere is in them.
fn of_one_service(
    facts: &Facts<'_>,
    question: &Question,
    topic: &Topic,
    found: &[candidates::Candidate<'_>],
) -> Option<Sighting> {
    const MANY: usize = 10;
    let has_image = |folder: &str| facts.tree.file(&format!("{folder}/Dockerfile")).is_some();
    let place = found.iter().map(candidates::Candidate::place);
    let folder_around = |path: &str| {
        let mut above = std::iter::successors(Some(folder_of(path)), |folder| Some(folder_of(folder)))
            .take_while(|folder| !folder.is_empty());
        above.find(|folder| has_image(folder)).map(|folder| format!("{folder}/"))
    };
    let mut services = place.filter_map(|place| folder_around(&place.path).map(|folder| (place, folder)));
    services.find_map(|(place, folder)| {
        let paths = found.iter().map(|one| &*one.document.path);
        let inside: BTreeSet<&str> = paths.filter(|path| path.starts_with(&folder)).collect();
        let elsewhere = facts.routes().served().filter(|one| !one.place.path.starts_with(&folder)).count();
        let rests_on_it = elsewhere >= MANY && !suffices_without(facts, question, topic, &inside);
        let message =
            format!("the documents on the API are those of {folder}; {elsewhere} operations are declared elsewhere");
        rests_on_it.then(|| share(place, message, 0, elsewhere))
    })
}

fn share(place: Place, message: String, part: usize, whole: usize) -> Sighting {
    let ratio = Quantity::ratio(part as f64 / whole.max(1) as f64);
    Sighting::new(place, Strength::Configured, message).with(Observed::Quantity(ratio))
}
