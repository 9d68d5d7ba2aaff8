//! Code for a database that is not the service's own: a driver that is chosen at run time and that production does not
//! choose, a connector to those of its users.

use super::{Config, EnvRead, Held, Key, Layer, Setting, service_name};
use crate::facts::Facts;
use crate::facts::code::Scope;
use crate::facts::containers::Role;
use crate::facts::kubernetes::Object;
use crate::tree::path::folder_of;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How source loads the client of a database server, a pattern for each kind of server.
pub(crate) const CLIENTS: &[&str] = &[
    r#""github\.com/(?:lib/pq|jackc/pgx)\b|^\s*(?:import|from)\s+(?:psycopg2?|asyncpg)\b|(?:\bfrom\s+|\brequire\(\s*|\bimport\(\s*)["'](?:pg|postgres)["']"#,
    r#""github\.com/go-sql-driver/mysql"|^\s*(?:import|from)\s+(?:MySQLdb|pymysql|mysql\.connector)\b|(?:\bfrom\s+|\brequire\(\s*|\bimport\(\s*)["'](?:mysql2?(?:/promise)?)["']"#,
    r#""github\.com/(?:microsoft|denisenkom)/go-mssqldb\b|^\s*(?:import|from)\s+(?:pymssql|pyodbc)\b|(?:\bfrom\s+|\brequire\(\s*|\bimport\(\s*)["'](?:mssql|tedious)["']"#,
    r#""go\.mongodb\.org/mongo-driver\b|^\s*(?:import|from)\s+(?:pymongo|motor)\b"#,
    r#""github\.com/(?:gocql/gocql|apache/cassandra-gocql-driver)\b|^\s*(?:import|from)\s+cassandra\b"#,
    r#""github\.com/(?:ClickHouse/(?:clickhouse-go|ch-go))\b|^\s*(?:import|from)\s+clickhouse_\w+|(?:\bfrom\s+|\brequire\(\s*|\bimport\(\s*)["'](?:@clickhouse/client|clickhouse)["']"#,
    r#""github\.com/(?:elastic/go-elasticsearch|olivere/elastic)\b|^\s*(?:import|from)\s+elasticsearch\b"#,
    r#""github\.com/(?:influxdata/influxdb|InfluxCommunity/influxdb3)[\w-]*\b|^\s*(?:import|from)\s+influxdb\w*"#,
    r#""github\.com/snowflakedb/gosnowflake\b|^\s*(?:import|from)\s+snowflake\b|(?:\bfrom\s+|\brequire\(\s*|\bimport\(\s*)["'](?:snowflake-sdk)["']"#,
    r#""github\.com/(?:godror/godror|sijms/go-ora)\b|^\s*(?:import|from)\s+(?:cx_Oracle|oracledb)\b"#,
    r#""github\.com/arangodb/go-driver\b|"github\.com/go-kivik/kivik\b|"github\.com/neo4j/neo4j-go-driver\b"#,
    r#""github\.com/(?:trinodb/trino-go-client|prestodb/presto-go-client)\b|^\s*(?:import|from)\s+(?:pyhive|trino|prestodb)\b|(?:\bfrom\s+|\brequire\(\s*|\bimport\(\s*)["'](?:presto-client|trino-client)["']"#,
    r#"\bfrom\s+["']@databricks/sql["']|\brequire\(\s*["']@databricks/sql["']"#,
    r#"\bfrom\s+["']@google-cloud/bigquery["']|\brequire\(\s*["']@google-cloud/bigquery["']"#,
    r#"\bfrom\s+["']@aws-sdk/client-athena["']|\brequire\(\s*["']@aws-sdk/client-athena["']"#,
];

/// So many kinds of servers in one folder are those of its users: a program that can keep its own data in several of
/// them knows fewer.
const OF_OTHERS: usize = 5;

/// As many will do in a folder whose name speaks of them.
const OF_OTHERS_BY_NAME: usize = 3;

/// Parts of names that speak of a database.
const DATABASES: &[&str] =
    &["DB", "SQL", "POSTGRES", "PG", "DATABASE", "MONGO", "SPANNER", "DYNAMO", "CASSANDRA", "ORACLE"];

/// Why the driver in a file is not that of the service's own database. It may be a connector, or not in effect: a branch
/// asks for a variable, or the code for several, that production never sets, although it states the environment of that
/// program. `None` where it is in effect, or where nothing says.
pub fn not_chosen(facts: &Facts<'_>, path: &str) -> Option<String> {
    if is_connector(facts, path) {
        return Some("one of the many kinds of databases that the program reaches for its users".to_owned());
    }
    if runs_once(facts, path) {
        return Some("a script that asks the database and ends".to_owned());
    }
    if moves_data(path) {
        return Some("a command that somebody types to move data into the service".to_owned());
    }
    if let Some(engine) = engine_instead(facts, path) {
        return Some(format!("chosen only where settings say so; the program's own choice is {engine}"));
    }
    let config = facts.config();
    let in_file = config.reads.iter().filter(|read| *read.place.path == *path && read.default.is_none());
    let needed: Vec<&EnvRead> = in_file.filter(|read| names_a_database(&read.name)).collect();
    let switch = needed.iter().find(|read| branches(facts, read) && !is_set(config, read));
    // Without a branch here, several variables and not one of them set say that nobody goes this way.
    let several = needed.first().filter(|first| needed.iter().any(|read| read.name != first.name));
    let unset = switch.or_else(|| several.filter(|_| !needed.iter().any(|read| is_set(config, read))))?;
    is_stated(facts, config, path)
        .then(|| format!("chosen only where `{}` is set, which production does not set", unset.name))
}

/// The variable that chooses the engine and whose default keeps the data in a file of `SQLite`, where no setting of
/// production gives it: the drivers of servers are there for who sets it. A file in the place of an address stands in for
/// a server on the machines of developers.
pub fn in_a_file_by_default(config: &Config) -> Option<&EnvRead> {
    let is_of_a_file = |read: &&EnvRead| {
        let is_address = ["URL", "URI", "DSN"].iter().any(|end| read.name.ends_with(end));
        !is_address
            && names_a_database(&read.name)
            && read
                .default
                .as_ref()
                .is_some_and(|text| text.to_lowercase().trim_start_matches("better-").starts_with("sqlite"))
    };
    config.reads.iter().filter(is_of_a_file).find(|read| !is_set(config, read))
}

/// Whether a setting of production gives a variable.
fn is_set(config: &Config, read: &EnvRead) -> bool {
    let key = Key::of(&read.name);
    let gives = |setting: &Setting| {
        let is_default = setting.default_in.as_ref().is_some_and(|name| *name == read.name);
        setting.layer >= Layer::Base && !is_default && !matches!(setting.held, Held::Empty)
    };
    config.settings().iter().any(|setting| gives(setting) && setting.key.same(&key))
}

/// Whether a script gives nothing to others, serves nobody, closes its connection and sets its own exit code: a probe at the
/// start, a tool of a release.
fn runs_once(facts: &Facts<'_>, path: &str) -> bool {
    let is_script = [".mjs", ".cjs", ".js", ".ts", ".mts"].iter().any(|end| path.ends_with(end));
    let Some(source) = facts.tree.text(path).filter(|_| is_script) else { return false };
    let has = |words: &[&str]| words.iter().any(|word| source.text().contains(word));
    has(&["process.exit"])
        && has(&[".close(", ".end(", ".disconnect(", ".$disconnect("])
        && !has(&["module.exports", "export default", "export const", "export function", "export async", "exports."])
        && !has(&[
            ".listen(",
            "serve(",
            "createServer(",
            ".on('message'",
            ".on(\"message\"",
            "setInterval(",
            "cron.schedule(",
            "new CronJob(",
        ])
}

/// Whether a file of Go belongs to a command that takes data out of somebody's database: `cmd/migrate/`, `cmd/import/`.
fn moves_data(path: &str) -> bool {
    let mut parts = path.split('/').skip_while(|part| *part != "cmd").skip(1);
    let is_of_go = matches!(path.rsplit_once('.'), Some((_, "go")));
    is_of_go && parts.next().is_some_and(|command| matches!(command, "migrate" | "migration" | "import"))
}

/// Engines that a program may keep its data in.
const ENGINES: &[&str] = &[
    "sqlite",
    "sqlite3",
    "lmdb",
    "postgres",
    "postgresql",
    "pg",
    "pgx",
    "mysql",
    "mariadb",
    "sled",
    "rocksdb",
    "foundationdb",
    "redb",
    "fjall",
    "mongo",
    "mongodb",
    "redis",
    "memory",
    "inmemory",
    "hiqlite",
];

/// How source says which of them it takes where nobody chooses: `fn default_db_engine() -> String { "lmdb".into() }` of
/// Rust, the settings that a program writes at its first start; in Go what an empty setting becomes, the default of a
/// setting, of a flag or of a field.
const OWN_CHOICES: &[&str] = &[
    r#"\bfn\s+default_\w*(?:engine|backend|database|db|stor(?:e|age))\w*\(\)[^{;]{0,60}\{\s*"(?<value>\w+)""#,
    r#"==\s*""\s*\{\s*(?:\w+\.)*\w*(?i:url|dsn|dbms|driver|dialect|engine|backend)\w*\s*=\s*(?:fmt\.Sprintf\(\s*)?"(?<value>sqlite3?|postgres(?:ql)?|mysql)[:"]"#,
    r#"\.SetDefault\(\s*"[\w.-]*(?:driver|type|dialect|engine|backend)"\s*,\s*"(?<value>sqlite3?|postgres(?:ql)?|mysql)""#,
    r#"\.String(?:Var)?P?\([^()\n]*"[\w.-]*(?:driver|type|dialect|engine|backend)"\s*,\s*(?:"\w?"\s*,\s*)?"(?<value>sqlite3?|postgres(?:ql)?|mysql)""#,
    r#"\.(?:SetDefault|String(?:Var)?P?)\([^()\n]*"[\w.-]*(?:storage|store|database|db)[_.-]?(?:driver|type|engine|backend|provider)"\s*,\s*(?:"\w?"\s*,\s*)?"(?<value>redis|memory|sqlite3?|postgres(?:ql)?|mysql|mariadb|mongo(?:db)?)""#,
    r#"\b(?i:storage|database|db|store)(?:Type|Driver|Backend|Engine)\s*:\s*"(?<value>memory|sqlite3?|postgres(?:ql)?|mysql)"\s*,"#,
    r#"\b(?:envDefault|default):"(?<value>sqlite3?|postgres(?:ql)?|mysql)""#,
    r#"(?m)^\[(?:storage|store|database|db)\]\n(?:\w[^\n]*\n){0,6}?(?:data|type|backend|engine|driver) *= *"(?<value>\w+)"$"#,
];

/// The engine that a program takes by itself or that its settings choose, where a file is the adapter of another one, both
/// stand side by side, and no setting of production asks for that one or may: `sqlite_adapter.rs` and `lmdb_adapter.rs`,
/// `store/sqlite/` and `store/mysql/`.
fn engine_instead(facts: &Facts<'_>, path: &str) -> Option<String> {
    let engine = engine_of(path)?;
    let beside = |choice: &str| {
        let folders = [folder_of(path), folder_of(folder_of(path))];
        let mut files = facts.tree.files().iter().filter(|file| {
            let folder = folder_of(&file.path);
            folder == folders[0] || folder_of(folder) == folders[1] && named_in(folders[0], "/").is_some()
        });
        files.any(|file| engine_of(&file.path).is_some_and(|other| other == choice))
    };
    let is_another = |choice: &String| *choice != engine && beside(choice);
    let hits = facts.code().find_all(facts, Scope::Product, OWN_CHOICES);
    let hits = hits.iter().flat_map(|hits| hits.iter());
    let mut own = hits.filter(|hit| hit.path.rsplit('.').next() == path.rsplit('.').next()).filter_map(|hit| {
        let (choice, _) = hit.value.as_ref()?;
        Some(canonical(&choice.to_ascii_lowercase()).to_owned())
    });
    let config = facts.config();
    let mut set = choices(config).filter_map(|held| match held {
        Held::Plain(text) => Some(engine_named(text).to_owned()),
        _ => None,
    });
    set.find(is_another).or_else(|| own.find(is_another)).filter(|_| !may_be_set(config, engine))
}

/// Whether a setting is about an engine that the program does not take by itself, and whose adapter nobody chooses:
/// `index.mysql.idle_time` beside a provider that is Redis.
pub fn is_of_another_engine(facts: &Facts<'_>, setting: &str) -> bool {
    let key = Key::of(setting);
    let engine = key.words().iter().find_map(|word| ENGINES.iter().find(|engine| *engine == word));
    engine.map(|engine| canonical(engine)).is_some_and(|engine| {
        let mut files = facts.tree.files().iter().filter(|file| engine_of(&file.path) == Some(engine));
        files.any(|file| engine_instead(facts, &file.path).is_some())
    })
}

/// Whether a setting of production names an engine, or stands elsewhere and may name it.
fn may_be_set(config: &Config, engine: &str) -> bool {
    choices(config).any(|held| match held {
        Held::Plain(text) => engine_named(text) == engine,
        Held::Elsewhere(..) => true,
        Held::Empty | Held::List(_) => false,
    })
}

/// What the settings of production say where they choose an engine: `database.type`, `storage.data`.
fn choices(config: &Config) -> impl Iterator<Item = &Held> {
    const NAMES: &[&str] = &["url", "uri", "dsn", "dbms", "driver", "dialect", "engine", "backend", "type", "provider"];
    let chooses = |setting: &&Setting| {
        let words = setting.key.words();
        let is_of_data = words.iter().any(|word| names_a_database(&word.to_ascii_uppercase()) || word == "storage");
        let is_choice = words.last().is_some_and(|last| NAMES.contains(&last.as_str()));
        setting.layer >= Layer::Base
            && !setting.is_foreign
            && (is_of_data && is_choice || matches!(words, [.., of, last] if of == "storage" && last == "data"))
    };
    config.settings().iter().filter(chooses).map(|setting| &setting.held)
}

/// The engine that a text names: a word, the scheme of an address.
fn engine_named(text: &str) -> &str {
    canonical(text.split([':', '+']).next().unwrap_or(text))
}

/// The engine that the name of a file of Rust or Go speaks of, or that of its folder.
fn engine_of(path: &str) -> Option<&'static str> {
    let (stem, kind) = path.rsplit_once('.')?;
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let is_read = matches!(kind, "rs" | "go");
    is_read.then(|| named_in(name, "_").or_else(|| named_in(folder, "/"))).flatten()
}

/// The engine among the parts of a name; of a path the last part counts.
fn named_in(name: &str, between: &str) -> Option<&'static str> {
    let find = |part: &str| ENGINES.iter().find(|engine| **engine == part).map(|engine| canonical(engine));
    if between == "/" { find(name.rsplit('/').next()?) } else { name.split(between).find_map(find) }
}

/// One name for one engine.
fn canonical(engine: &str) -> &str {
    match engine {
        "postgresql" | "pg" | "pgx" => "postgres",
        "sqlite3" => "sqlite",
        "inmemory" => "memory",
        "mongodb" => "mongo",
        other => other,
    }
}

/// Whether a file stands among connectors: each beside it, or each folder beside its own, loads the client of another kind
/// of server.
pub fn is_connector(facts: &Facts<'_>, path: &str) -> bool {
    let folder = folder_of(path);
    let found = || facts.connectors();
    [".go", ".py", ".ts", ".js", ".mjs"].iter().any(|end| path.ends_with(end))
        && (found().contains(folder) || found().contains(&below(folder_of(folder))))
}

/// How the folders of a folder are named together.
fn below(folder: &str) -> String {
    format!("{folder}/*")
}

/// The folders whose files load the clients of many kinds of servers, and, as `drivers/*`, those of a folder where most of
/// them load one each.
pub(crate) fn connectors(facts: &Facts<'_>) -> BTreeSet<String> {
    let found = facts.code().find_all(facts, Scope::Product, CLIENTS);
    let mut folders: BTreeMap<&str, (BTreeSet<usize>, BTreeSet<&str>)> = BTreeMap::new();
    for (kind, hits) in found.iter().enumerate() {
        for hit in hits.iter() {
            let (kinds, files) = folders.entry(folder_of(&hit.path)).or_default();
            kinds.insert(kind);
            files.insert(&hit.path);
        }
    }
    let apart = connectors_apart(facts, &folders);
    folders.retain(|folder, (kinds, files)| {
        // The name of a folder may say it, too.
        let named = ["engines", "connectors", "datasources"].contains(&folder.rsplit('/').next().unwrap_or(folder));
        let least = if named { OF_OTHERS_BY_NAME } else { OF_OTHERS };
        kinds.len() >= least && files.len() >= least
    });
    folders.into_keys().map(str::to_owned).chain(apart).collect()
}

/// The folders that hold a folder for each kind of server, and few others: `plugin/db/mysql/`, `plugin/db/oracle/`.
fn connectors_apart(facts: &Facts<'_>, folders: &BTreeMap<&str, (BTreeSet<usize>, BTreeSet<&str>)>) -> Vec<String> {
    let mut parents: BTreeMap<&str, (BTreeSet<usize>, usize)> = BTreeMap::new();
    for (folder, (kinds, _)) in folders {
        let (of_all, count) = parents.entry(folder_of(folder)).or_default();
        of_all.extend(kinds);
        *count += 1;
    }
    let all = |parent: &str| {
        let own = facts.code().product(facts).map(|file| folder_of(&file.path));
        own.filter(|folder| folder_of(folder) == parent && !folder.is_empty()).collect::<BTreeSet<_>>().len()
    };
    let is_one = |parent: &str, (kinds, count): &(BTreeSet<usize>, usize)| {
        !parent.is_empty() && kinds.len() >= OF_OTHERS && *count >= OF_OTHERS && count * 2 >= all(parent)
    };
    parents.iter().filter(|(parent, found)| is_one(parent, found)).map(|(parent, _)| below(parent)).collect()
}

fn names_a_database(name: &str) -> bool {
    DATABASES.iter().any(|part| name.contains(part))
}

/// Whether the variable is asked for by a branch.
fn branches(facts: &Facts<'_>, read: &EnvRead) -> bool {
    let (Some(source), Some(span)) = (facts.tree.text(&read.place.path), read.place.span) else { return false };
    let line = source.line(source.line_col(span.start).line).trim_start().trim_start_matches("} else ");
    ["if ", "if(", "elif ", "else if", "match ", "switch ", "switch(", "when "]
        .iter()
        .any(|word| line.starts_with(word))
}

/// Whether production states the environment of the program that a file belongs to, and all of it stands in the tree.
fn is_stated(facts: &Facts<'_>, config: &Config, path: &str) -> bool {
    let stated = config.settings().iter().filter(|one| one.layer == Layer::Environment && !one.is_foreign);
    let owners: BTreeSet<String> = stated.map(|setting| service_name(&setting.owner)).collect();
    let mut folders = path.split('/').map(service_name);
    let running = || runs_nothing_else(facts, &owners);
    let owner = folders.find(|folder| owners.contains(folder)).or_else(|| only(&owners).filter(|_| running()));
    let Some(owner) = owner else { return false };
    let services = facts.containers().production();
    if services.into_iter().any(|service| service.borrows_env && service_name(&service.name) == owner) {
        return false;
    }
    let workloads = facts.kubernetes().production().filter(|object| object.is_workload());
    !workloads.filter(|object| service_name(&object.name) == owner).any(borrows)
}

/// Whether each service of the project's own that production runs has its environment stated: what another one reads is not
/// told by theirs.
fn runs_nothing_else(facts: &Facts<'_>, owners: &BTreeSet<String>) -> bool {
    let own = facts.containers().production().filter(|service| service.role != Role::ThirdParty);
    own.into_iter().all(|service| owners.contains(&service_name(&service.name)))
}

fn only(owners: &BTreeSet<String>) -> Option<String> {
    owners.first().filter(|_| owners.len() == 1).cloned()
}

/// Whether a workload takes its environment from objects whose entries are not looked at.
fn borrows(object: &Object) -> bool {
    object.containers().iter().any(|container| {
        let sources = container.value.get("envFrom").and_then(Value::as_list).unwrap_or_default();
        !sources.is_empty()
    })
}
