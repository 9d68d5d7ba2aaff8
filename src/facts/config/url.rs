//! What a connection text says beside the address: `postgres://u:p@h/db?sslmode=require`, `Host=h;SSL Mode=Require`.

/// A connection text in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// `postgres`, `mysql`, `redis`; empty for a list of `name=value`.
    pub scheme: String,
    /// The user, if one is given.
    pub user: Option<String>,
    /// The password, if one is given.
    pub password: Option<String>,
    /// The host without its port.
    pub host: Option<String>,
    /// The parameters, in their order.
    pub parameters: Vec<(String, String)>,
}

/// Schemes of databases, caches and brokers.
const DATABASE_SCHEMES: &[&str] = &[
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "sqlserver",
    "mssql",
    "cockroachdb",
    "clickhouse",
    "cassandra",
];

impl Connection {
    /// Reads a connection text; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let url = text.strip_prefix("jdbc:").unwrap_or(text);
        if let Some((scheme, rest)) = url.split_once("://") {
            return Self::url(scheme, rest);
        }
        Self::pairs(text)
    }

    /// Whether it leads to a database, cache or broker.
    pub fn is_database(&self) -> bool {
        let scheme = self.scheme.split_once("+psycopg").map_or(self.scheme.as_str(), |(scheme, _)| scheme);
        let bare = scheme.split('+').next().unwrap_or(scheme);
        DATABASE_SCHEMES.contains(&scheme) || DATABASE_SCHEMES.contains(&bare)
    }

    fn url(scheme: &str, rest: &str) -> Option<Self> {
        let known = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if scheme.is_empty() || !scheme.chars().all(known) {
            return None;
        }
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        // The last `@` before the path: a placeholder in the password may hold others, and a path none.
        let (login, host) = match address.rfind('@') {
            Some(at) => (Some(&address[..at]), &address[at + 1..]),
            None => (None, address),
        };
        let (user, password) =
            match login.map(|login| login.split_once(':').map_or((login, None), |(u, p)| (u, Some(p)))) {
                Some((user, password)) => (Some(user), password),
                None => (None, None),
            };
        let host = host.split('/').next().unwrap_or(host);
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            user: user.and_then(given),
            password: password.and_then(given),
            host: given(host),
            parameters: queried(query),
        })
    }

    /// `host=h user=u password=p sslmode=require` or `Server=h;Password=p;Encrypt=True`; Go's `u:p@tcp(h)/db?tls=true`.
    fn pairs(text: &str) -> Option<Self> {
        if let Some((login, rest)) = text.split_once("@tcp(") {
            let mut connection = Self::url("mysql", &format!("{login}@{}", rest.replacen(')', "", 1)))?;
            "mysql".clone_into(&mut connection.scheme);
            return Some(connection);
        }
        let separator = if text.contains(';') { ';' } else { ' ' };
        let parameters = pairs(text, &[separator]);
        let find = |names: &[&str]| {
            let is = |name: &str| names.contains(&name.to_ascii_lowercase().as_str());
            parameters.iter().find(|(name, _)| is(name)).map(|(_, value)| value.clone())
        };
        let host = find(&["host", "server", "data source", "hostname"])?;
        let user = find(&["user", "username", "user id", "uid"]);
        let password = find(&["password", "pwd"]);
        (parameters.len() > 1).then(|| Self {
            scheme: String::new(),
            user,
            password,
            host: Some(host),
            parameters: parameters.clone(),
        })
    }
}

/// The parameters of an address; one that only names where it stands may be the mode of the connection.
fn queried(query: &str) -> Vec<(String, String)> {
    let mut parameters = pairs(query, &['&', ';']);
    let is_mode =
        |(name, _): &(String, String)| matches!(name.to_ascii_lowercase().as_str(), "sslmode" | "ssl" | "tls");
    let mut parts = query.split(['&', ';']).map(str::trim);
    if !parameters.iter().any(is_mode)
        && let Some(away) = parts.find(|part| part.starts_with("${") && part.ends_with('}') && !part.contains('='))
    {
        parameters.push(("sslmode".to_owned(), away.to_owned()));
    }
    parameters
}

fn pairs(text: &str, separators: &[char]) -> Vec<(String, String)> {
    let parts = text.split(separators).filter_map(|part| part.split_once('='));
    parts.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}
