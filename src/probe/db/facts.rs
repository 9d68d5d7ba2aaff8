//! What can be asked about the client of the database: how source states it, and what holds when nobody does.

use self::Fixed::{Count, Seconds, Unlimited, Varies, Word};
use crate::probe::config::Form;

/// One fact: how source states it, and what holds when nobody does.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) form: Form<'static>,
    /// Each captures `value`.
    pub(super) stated: &'static [&'static str],
    pub(super) defaults: &'static [Default],
}

/// What a library does when nothing is set: its name, how source uses it, the value.
pub(super) type Default = (&'static str, &'static str, Fixed);

/// A default's value.
#[derive(Clone, Copy)]
pub(super) enum Fixed {
    Count(f64),
    Seconds(f64),
    /// It waits or grows for ever.
    Unlimited,
    Word(&'static str),
    /// What it comes to, the machine decides.
    Varies(&'static str),
}

const NUMBER: Form<'static> = Form { shape: None, unit: None, on: None, off: None };
const SECONDS: Form<'static> = Form { unit: Some("s"), ..NUMBER };
const WORD: Form<'static> = Form { shape: Some("word"), ..NUMBER };

const SQLX: &str = r"\b(?:PgPoolOptions|MySqlPoolOptions|PoolOptions::<\w+>|AnyPoolOptions)::new\(|\b(?:PgPool|MySqlPool|AnyPool)::connect(?:_lazy)?(?:_with)?\(";
const SQLX_POSTGRES: &str =
    r"\bPgPoolOptions::new\(|\bPgPool::connect|\bPgConnectOptions::new\(|\bPgConnection::connect";
const SQLX_MYSQL: &str = r"\bMySqlPoolOptions::new\(|\bMySqlPool::connect|\bMySqlConnectOptions::new\(";
const R2D2: &str = r"\br2d2::Pool::(?:new|builder)\(|\bConnectionManager::<[\w:]*Connection>::new\(";
const BB8: &str = r"\bbb8::Pool::builder\(|\bbb8_\w+::\w+ConnectionManager";
const DEADPOOL: &str = r"\bdeadpool_(?:postgres|diesel|sqlite|redis)::|\bdeadpool::managed::Pool";
const SQLALCHEMY: &str = r"\bcreate_(?:async_)?engine\(";
const GO_SQL: &str = r"\bsql\.Open\(|\bsqlx\.(?:Open|Connect|MustConnect)\(|\bgorm\.Open\(";
const NODE_PG: &str = r"\bnew\s+(?:pg\.)?Pool\(";

/// A number, a named constant or a duration, up to the call's end.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "pool_max",
        form: NUMBER,
        stated: &[
            r"\.max_connections\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.max_size\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bPoolConfig::new\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.max_open\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.SetMaxOpenConns\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\b(?:MaxConns|MaxOpenConns)\s*[:=]\s*(?<value>\d+)",
            r"\bpool_size\s*=\s*(?<value>\w+)",
            r"\bmaximumPoolSize\W{1,3}(?<value>\d+)",
            r"\bsetMaximumPoolSize\(\s*(?<value>\w+)\s*\)",
            r"\bconnectionLimit\s*:\s*(?<value>\d+)",
            r"\bpool\s*:\s*\{[^{}]{0,300}?\bmax\s*:\s*(?<value>[\w.]+)\s*[,}]",
        ],
        defaults: &[
            ("sqlx", SQLX, Count(10.0)),
            ("r2d2", R2D2, Count(10.0)),
            ("bb8", BB8, Count(10.0)),
            ("deadpool", DEADPOOL, Varies("a multiple of the processors")),
            ("SQLAlchemy", SQLALCHEMY, Count(5.0)),
            ("database/sql", GO_SQL, Unlimited),
            ("node-postgres", NODE_PG, Count(10.0)),
        ],
    },
    Fact {
        name: "pool_min",
        form: NUMBER,
        stated: &[
            r"\.min_connections\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.min_idle\(\s*(?:Some\()?\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bsetMinimumIdle\(\s*(?<value>\w+)\s*\)",
            r"\b(?:MinConns|minPoolSize|minimumIdle)\W{1,3}(?<value>\d+)",
            r"\bpool\s*:\s*\{[^{}]{0,300}?\bmin\s*:\s*(?<value>[\w.]+)\s*[,}]",
        ],
        defaults: &[
            ("sqlx", SQLX, Count(0.0)),
            ("r2d2", R2D2, Count(10.0)),
            ("bb8", BB8, Count(0.0)),
            ("deadpool, which has no such setting", DEADPOOL, Count(0.0)),
            ("SQLAlchemy", SQLALCHEMY, Count(0.0)),
            ("node-postgres", NODE_PG, Count(0.0)),
        ],
    },
    Fact {
        name: "pool_idle",
        form: SECONDS,
        stated: &[
            r"\.(?:idle_timeout|max_idle_lifetime|max_idle_time)\(\s*(?:Some\()?\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\.SetConnMaxIdleTime\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bMaxConnIdleTime\s*[:=]\s*(?<value>[\w.:* ]+)",
            r"\bidleTimeoutMillis\s*:\s*(?<value>[\d_]+)",
        ],
        defaults: &[
            ("sqlx", SQLX, Seconds(600.0)),
            ("r2d2", R2D2, Seconds(600.0)),
            ("bb8", BB8, Seconds(600.0)),
            ("deadpool, which has no such setting", DEADPOOL, Unlimited),
            ("SQLAlchemy", SQLALCHEMY, Unlimited),
            ("database/sql", GO_SQL, Unlimited),
            ("node-postgres", NODE_PG, Seconds(10.0)),
        ],
    },
    Fact {
        name: "acquire_timeout",
        form: SECONDS,
        stated: &[
            r"\.(?:acquire_timeout|connection_timeout|wait_timeout|connect_timeout)\(\s*(?:Some\()?\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\bacquire_timeout\s*=\s*(?<value>Duration::\w+\([\w* ]*\))",
            r"\bpool_timeout\s*=\s*(?<value>\d+)",
            r"(?i)\bstatement_timeout\s*(?:=|to)\s*'?(?<value>\d+\s*(?:ms|s|min)\b)",
        ],
        defaults: &[
            ("sqlx", SQLX, Seconds(30.0)),
            ("r2d2", R2D2, Seconds(30.0)),
            ("bb8", BB8, Seconds(30.0)),
            ("SQLAlchemy", SQLALCHEMY, Seconds(30.0)),
            ("deadpool", DEADPOOL, Unlimited),
            ("node-postgres", NODE_PG, Unlimited),
        ],
    },
    Fact {
        name: "ssl_mode",
        form: WORD,
        stated: &[
            r"\b(?:PgSslMode|MySqlSslMode|SslMode)::(?<value>\w+)",
            r"\bsslmode=(?<value>[a-zA-Z][\w-]*)",
            r"\b(?<value>NoTls)\b",
        ],
        defaults: &[
            ("sqlx for PostgreSQL", SQLX_POSTGRES, Word("prefer")),
            ("sqlx for MySQL", SQLX_MYSQL, Word("prefer")),
        ],
    },
];
