//! Paths of operations and of requests, in one spelling: `/users/{}`.

/// A path in one spelling: parameters are `{}`, the query is gone, and only the root ends in a slash.
pub(super) fn normal(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let parts = segments(path).into_iter().map(|part| match part {
        _ if is_version(part) => "v{}",
        _ if is_rest(part) => "{*}",
        _ if is_parameter(part) => "{}",
        _ => part,
    });
    let joined = parts.collect::<Vec<_>>().join("/");
    format!("/{joined}")
}

/// Two paths one after the other.
pub(super) fn join(prefix: &str, path: &str) -> String {
    normal(&format!("{prefix}/{path}"))
}

/// How many parts a path has.
pub(super) fn parts(path: &str) -> usize {
    segments(path).len()
}

/// The last part of a path that is no parameter, where it says something.
pub(super) fn last_word(path: &str) -> Option<&str> {
    const FEW: usize = 3;
    path.rsplit('/').find(|part| !part.contains('{') && part.len() >= FEW)
}

/// A path without its first parts, where what is left says something: `/{}` is any path.
pub(super) fn without(path: &str, first: usize) -> Option<String> {
    let rest: Vec<&str> = segments(path).into_iter().skip(first).collect();
    rest.iter().any(|part| !part.starts_with('{')).then(|| format!("/{}", rest.join("/")))
}

/// The parts of a path; a slash inside braces (`{id:[^/]+}`) is none.
fn segments(path: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'{' | b'<' => depth += 1,
            b'}' | b'>' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => {
                parts.push(&path[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&path[from..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// `v{version}`: the tests of an interface with several versions ask each of them by one text.
fn is_version(part: &str) -> bool {
    part.strip_prefix("v{").is_some_and(|rest| rest.find('}') == Some(rest.len() - 1))
}

/// `{*rest}`, `*rest`, `<rest..>`, `{rest:path}`, `{rest:.*}`, `:rest*`: all that is left of a path.
fn is_rest(part: &str) -> bool {
    part.starts_with("{*")
        || part.starts_with('*') && part.len() > 1
        || ["..>", ":path}", ":.*}", ":.+}"].iter().any(|end| part.ends_with(end))
        || part.starts_with(':') && part.ends_with(['*', '+'])
}

/// `:id`, `{id}`, `<id>`, `*rest`, `${id}`, `%s`, and a part that holds one.
fn is_parameter(part: &str) -> bool {
    part.starts_with([':', '*', '<', '$']) || part.contains(['{', '<']) || part.contains("%s") || part.contains("%d")
}

/// The path that a text of test code asks for: its scheme and host, or the placeholder for them, taken away.
/// `None` for what is no path.
pub(super) fn of_request(text: &str) -> Option<String> {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => match rest.find('/') {
            Some(slash) => &rest[slash..],
            None => return None,
        },
        _ => text,
    };
    // Where a request goes on to may be a path of its own: `login?next=/home`, `rm?path=/{}`.
    let asked = rest;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let rest = match rest.find('/') {
        Some(slash) if slash > 0 => {
            let host = &rest[..slash];
            let is_placeholder = (host.starts_with(['{', '$']) && host.ends_with(['}', ')'])) || host == "%s";
            // `api/users`: the client knows the host.
            if !is_placeholder && is_name(host) {
                return of_request(&format!("/{rest}"));
            }
            if !is_placeholder {
                return None;
            }
            &rest[slash..]
        }
        Some(_) => rest,
        // `upload?path=/`: only what has a query is told from any word.
        None if asked.len() > rest.len() && !rest.is_empty() && is_name(rest) => {
            return Some(normal(&format!("/{rest}")));
        }
        None => return None,
    };
    let is_path = !rest.starts_with("//") && !rest.contains(char::is_whitespace);
    is_path.then(|| normal(rest))
}

/// Whether a request for a path reaches an operation: a parameter takes any part, a placeholder only a parameter.
pub(super) fn reaches(request: &str, operation: &str) -> bool {
    let (mut asked, mut declared) = (request.split('/'), operation.split('/'));
    loop {
        match (asked.next(), declared.next()) {
            (None, None) => return true,
            (Some(_), Some("{*}")) if declared.clone().next().is_none() => return true,
            (Some(_), Some("{}")) => {}
            (Some(one), Some(other)) if one == other => {}
            (Some("v{}"), Some(version)) | (Some(version), Some("v{}"))
                if version.strip_prefix('v').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) => {
            }
            _ => return false,
        }
    }
}
