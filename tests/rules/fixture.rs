//! Reads a fixture: a Markdown file with cases, each a small tree and the verdict that it deserves.
//!
//! ```text
//! # quality_checks.clippy
//!
//! ## met: the workflow denies warnings
//! expects: "no_warnings"
//!
//! `.github/workflows/ci.yml`
//! ~~~~yaml
//!         - run: cargo clippy -- -D warnings «here»
//! ~~~~
//! ```

/// One case of a fixture.
#[derive(Debug)]
pub(crate) struct Case {
    /// `met`, `unmet` or `unknown`.
    pub(crate) verdict: String,
    /// What the case shows.
    pub(crate) title: String,
    /// The item's value in this case, as TuskLang, when it is not the production checklist's.
    pub(crate) expects: Option<String>,
    /// Paths and texts, markers taken out.
    pub(crate) files: Vec<(String, String)>,
    /// The lines that must be among the evidence, `path:line`.
    pub(crate) here: Vec<String>,
}

/// How the title of a case begins.
const VERDICTS: &[&str] = &["met:", "unmet:", "unknown:"];
const MARKER: &str = "«here»";

/// The id that the fixture is about, and its cases.
pub(crate) fn parse(text: &str) -> Result<(String, Vec<Case>), String> {
    let mut id = None;
    let mut cases: Vec<Case> = Vec::new();
    let mut path: Option<String> = None;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let at = |what: &str| format!("line {}: {what}", number + 1);
        if let Some(title) = line.strip_prefix("# ") {
            id = Some(title.trim().to_owned());
        } else if let Some(title) = line.strip_prefix("## ") {
            let (verdict, title) = title.split_once(':').ok_or_else(|| at("a case is `## verdict: what it shows`"))?;
            if !VERDICTS.contains(&format!("{}:", verdict.trim()).as_str()) {
                return Err(at("the verdict of a case is met, unmet or unknown"));
            }
            let (verdict, title) = (verdict.trim().to_owned(), title.trim().to_owned());
            cases.push(Case { verdict, title, expects: None, files: Vec::new(), here: Vec::new() });
        } else if let Some(value) = line.strip_prefix("expects:") {
            cases.last_mut().ok_or_else(|| at("`expects:` before the first case"))?.expects =
                Some(value.trim().to_owned());
        } else if let Some(fence) = fence(line) {
            let path =
                path.take().ok_or_else(|| at("a fence needs its path, in backticks, on a line of its own above"))?;
            let case = cases.last_mut().ok_or_else(|| at("a file before the first case"))?;
            let mut body = String::new();
            let mut closed = false;
            for (_, line) in lines.by_ref() {
                if line.trim_end() == fence {
                    closed = true;
                    break;
                }
                if VERDICTS
                    .iter()
                    .any(|verdict| line.strip_prefix("## ").is_some_and(|title| title.starts_with(verdict)))
                {
                    break;
                }
                let kept = line.strip_suffix(MARKER).map(str::trim_end);
                if kept.is_some() {
                    case.here.push(format!("{path}:{}", body.matches('\n').count() + 1));
                }
                body.push_str(kept.unwrap_or(line));
                body.push('\n');
            }
            if !closed {
                return Err(at("this fence is not closed before the next case"));
            }
            case.files.push((path, body));
        } else if line.starts_with('`') && line.trim_end().ends_with('`') && line.trim().len() > 2 {
            path = Some(line.trim().trim_matches('`').to_owned());
        }
    }
    Ok((id.ok_or("the first line is `# <item id>`")?, cases))
}

/// The fence that would close a block opened by this line.
fn fence(line: &str) -> Option<String> {
    let mark = line.chars().next().filter(|&mark| mark == '`' || mark == '~')?;
    let length = line.chars().take_while(|&c| c == mark).count();
    (length >= 3).then(|| mark.to_string().repeat(length))
}
