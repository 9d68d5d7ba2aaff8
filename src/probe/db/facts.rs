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
const SQLALCHEMY: &str = r"(?:=\s*|\b(?:return|yield|await)\s+|\b(?:sa|sqla|sqlalchemy|sqlmodel|asyncio)\.|[(,]\s*)create_(?:async_)?engine\(";
const GO_SQL: &str = r"\b(?:sql|otelsql|sqltrace|apmsql|instrumentedsql|nrsql|ocsql)\.Open(?:DB)?\(|\bsqlx\.(?:Open|Connect|MustConnect|ConnectContext)\(|\bgorm\.Open\(";
const PGXPOOL: &str = r"\bpgxpool\.(?:New|Connect)\w*\(";
const NODE_PG: &str = r"\bnew\s+(?:pg\.)?Pool\(";
const SEQUELIZE: &str = r"\bnew\s+Sequelize\(";
const PRISMA: &str = r"\bnew\s+PrismaClient\(|\bextends\s+PrismaClient\b";
const HIKARI: &str = r"\bnew\s+HikariDataSource\(";
const KNEX: &str = r"\b[kK]nex\(\s*(?:\{|\w*(?:[cC]onfig|[oO]ptions|[kK]nexfile)\w*\b)|\bKnexModule\.forRoot";
const ECTO: &str = r"\buse\s+Ecto\.Repo\b";

/// A number, a named constant or a duration, up to the call's end.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "pool_max",
        form: NUMBER,
        stated: &[
            r"\.max_connections\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.max_size\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bPoolConfig::new\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bPoolConfig\s*\{[^{}]{0,200}?\bmax_size\s*:\s*(?<value>[\w.:]+)",
            r"\.max_open\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.SetMaxOpenConns\(\s*(?:u?int(?:32|64)?\(\s*)?(?<value>[\w.:* ]+?(?:\(\))?)\s*\)",
            r"\b(?:MaxConns|MaxOpenConns)\s*[:=]\s*(?<value>\d+)",
            r"\.MaxConns\s*=\s*(?:u?int(?:32|64)?\(\s*)?(?<value>[a-zA-Z][\w.]*)",
            r"\bpool_size\s*=\s*(?<value>[\w.]+)",
            r"\bmaximumPoolSize\W{1,3}(?<value>\d+)",
            r"\bsetMaximumPoolSize\(\s*(?<value>\w+)\s*\)",
            r"\bconnectionLimit\s*:\s*(?<value>\d+)",
            r"\bpool\s*:\s*\{[^{}]*?\bmax\s*:\s*(?<value>[\w.]+)\s*[,}]",
            r"\bpool\s*:\s*\{[^{}]*?\bmax\s*:\s*\w*(?:[eE]nv|[nN]umber|[dD]efault)\w*\(\s*process\.env\.\w+\s*(?:,|\?\?|\|\|)\s*(?<value>\d+)\s*,?\s*\)",
            r"\bextra\s*:\s*\{[^{}]*?\b(?:max|connectionLimit)\s*:\s*(?<value>[\w.]+)\s*[,}]",
            r"\bnew\s+(?:\w+\.)?Pool\(\s*\{[^{}]{0,400}?\bmax\s*:\s*(?<value>[\w.]+)\s*[,}]",
            r"\bnew\s+(?:\w+\.)?Pool\(\s*\{[^{}]{0,400}?\bmax\s*:\s*[\w.?]+\s*(?:\?\?|\|\|)\s*(?<value>\d+)\s*[,}]",
            r"\bpoolSize\s*:\s*(?<value>[\w.]+)\s*[,}]",
            r"\bmaxPoolSize\s*[:=(]\s*(?<value>\d+)",
            r"\b(?:connection_limit|pool_max_conns)=(?<value>\d+)",
            r#"["']pool_size["']\s*:\s*(?<value>\w+)"#,
            r"\b(?:create_pool|ConnectionPool)\([^;]{0,400}?\bmax_size\s*=\s*(?<value>[\w.]+)",
            r"\bpool_size:\s*(?<value>\d+)",
            r#"\bpool_size:\s*String\.to_integer\(\s*System\.(?:get_env|fetch_env!)\(\s*"\w+"\s*(?:\)\s*\|\||,)\s*"(?<value>\d+)""#,
            r"(?i)\bmax(?:imum)? ?pool ?size\s*=\s*(?<value>\d+)",
        ],
        defaults: &[
            ("sqlx", SQLX, Count(10.0)),
            ("r2d2", R2D2, Count(10.0)),
            ("bb8", BB8, Count(10.0)),
            ("deadpool", DEADPOOL, Varies("a multiple of the processors")),
            ("SQLAlchemy", SQLALCHEMY, Count(5.0)),
            ("database/sql", GO_SQL, Unlimited),
            ("node-postgres", NODE_PG, Count(10.0)),
            ("pgxpool", PGXPOOL, Varies("the number of processors, four at least")),
            ("Sequelize", SEQUELIZE, Count(5.0)),
            ("Knex", KNEX, Count(10.0)),
            ("Prisma", PRISMA, Varies("twice the processors and one")),
            ("HikariCP", HIKARI, Count(10.0)),
            ("Ecto", ECTO, Count(10.0)),
        ],
    },
    Fact {
        name: "pool_min",
        form: NUMBER,
        stated: &[
            r"\.min_connections\(\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\.min_idle\(\s*(?:Some\()?\s*(?<value>[\w.:* ]+?)\s*\)",
            r"\bsetMinimumIdle\(\s*(?<value>\w+)\s*\)",
            r#"\b(?:MinConns|MinOpenConns|minPoolSize|minimumIdle)[\s"'=:(]{1,12}(?<value>\d+)"#,
            r"\.(?:MinConns|MinIdleConns)\s*=\s*(?:u?int(?:32|64)?\(\s*)?(?<value>[a-zA-Z][\w.]*)",
            r"\bpool\s*:\s*\{[^{}]*?\bmin\s*:\s*(?<value>[\w.]+)\s*[,}]",
            r"\bpool\s*:\s*\{[^{}]*?\bmin\s*:\s*\w*(?:[eE]nv|[nN]umber|[dD]efault)\w*\(\s*process\.env\.\w+\s*(?:,|\?\?|\|\|)\s*(?<value>\d+)\s*,?\s*\)",
            r"\b(?:create_pool|ConnectionPool)\([^;]{0,400}?\bmin_size\s*=\s*(?<value>[\w.]+)",
            r"(?i)\bmin(?:imum)? ?pool ?size\s*=\s*(?<value>\d+)",
            r"\bpool_min_conns=(?<value>\d+)",
        ],
        defaults: &[
            ("sqlx", SQLX, Count(0.0)),
            ("r2d2", R2D2, Count(10.0)),
            ("bb8", BB8, Count(0.0)),
            ("deadpool, which has no such setting", DEADPOOL, Count(0.0)),
            ("SQLAlchemy", SQLALCHEMY, Count(0.0)),
            ("node-postgres", NODE_PG, Count(0.0)),
            ("pgxpool", PGXPOOL, Count(0.0)),
            ("Sequelize", SEQUELIZE, Count(0.0)),
            ("Knex", KNEX, Count(2.0)),
            ("HikariCP, which keeps as many as it may open", HIKARI, Count(10.0)),
            ("Ecto, which keeps as many as it may open", ECTO, Count(10.0)),
        ],
    },
    Fact {
        name: "pool_idle",
        form: SECONDS,
        stated: &[
            r"\.(?:idle_timeout|max_idle_lifetime|max_idle_time)\(\s*(?:Some\()?\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\.SetConnMaxIdleTime\(\s*(?<value>[\w.:* ]+?)\s*\)",
            // A pool that keeps none closes each as soon as it is given back.
            r"\.SetMaxIdleConns\(\s*(?<value>0|-\d+)\s*\)",
            r"\bMaxConnIdleTime\s*[:=]\s*(?<value>[\w.:* ]+)",
            r"\bidleTimeoutMillis\s*:\s*(?<value>[\d_]+)",
            r"\bpool\s*:\s*\{[^{}]*?\bidle\s*:\s*(?<value>[\d_ *]+)",
            r"\bsetIdleTimeout\(\s*(?<value>[\d_ *]+)[lL]?\s*\)",
            r"\bmax_inactive_connection_lifetime\s*=\s*(?<value>[\d.]+)",
            r"\bpool_max_conn_idle_time=(?<value>\d+(?:s|m|h))",
        ],
        defaults: &[
            ("sqlx", SQLX, Seconds(600.0)),
            ("r2d2", R2D2, Seconds(600.0)),
            ("bb8", BB8, Seconds(600.0)),
            ("deadpool, which has no such setting", DEADPOOL, Unlimited),
            ("SQLAlchemy", SQLALCHEMY, Unlimited),
            ("database/sql", GO_SQL, Unlimited),
            ("node-postgres", NODE_PG, Seconds(10.0)),
            ("pgxpool", PGXPOOL, Seconds(1800.0)),
            ("Sequelize", SEQUELIZE, Seconds(10.0)),
            ("Knex", KNEX, Seconds(30.0)),
            ("HikariCP", HIKARI, Seconds(600.0)),
        ],
    },
    Fact {
        name: "acquire_timeout",
        form: SECONDS,
        stated: &[
            r"\.(?:acquire_timeout|connection_timeout)\(\s*(?:Some\()?\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\.wait_timeout\(\s*Some\(\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            // A client of HTTP has a `connect_timeout` too.
            r"(?:\b(?i:opts?|\w*options|config|cfg|\w*(?:db|database|pg|postgres|pool|mongo)\w*)|\bConnectOptions::new\([^;]{0,300}?|\.(?:m(?:in|ax)_connections|idle_timeout|max_lifetime|user|dbname)\([^;]{0,300}?)\s*\.connect_timeout\(\s*(?:Some\()?\s*(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\bTimeouts\s*\{[^{}]{0,200}?\bwait\s*:\s*(?:Some\(\s*)?(?<value>[\w.:]+\([\w.:* ]*\)|[\w.:]+)",
            r"\bTimeouts\s*\{\s*(?<value>wait)\s*,",
            r"\bacquire_timeout\s*=\s*(?<value>Duration::\w+\([\w* ]*\))",
            r"\bpool_timeout\s*=\s*(?<value>\d+)",
            r#"["']pool_timeout["']\s*:\s*(?<value>\d+)"#,
            r"\bpool\s*:\s*\{[^{}]*?\bacquire\s*:\s*(?<value>[\d_ *]+)",
            r"\b(?:acquireTimeoutMillis|connectionTimeoutMillis|acquireConnectionTimeout)\s*:\s*(?<value>[\d_ *]+)",
            r"\b(?:acquireTimeoutMillis|connectionTimeoutMillis|acquireConnectionTimeout)\s*:\s*[\w.?]+\s*(?:\?\?|\|\|)\s*(?<value>\d+)\s*[,}]",
            r"\bsetConnectionTimeout\(\s*(?<value>[\d_ *]+)[lL]?\s*\)",
            r"(?i)\bstatement_timeout\s*(?:=|to)\s*'?(?<value>\d+\s*(?:ms|s|min)\b)",
        ],
        defaults: &[
            ("sqlx", SQLX, Seconds(30.0)),
            ("r2d2", R2D2, Seconds(30.0)),
            ("bb8", BB8, Seconds(30.0)),
            ("SQLAlchemy", SQLALCHEMY, Seconds(30.0)),
            ("deadpool", DEADPOOL, Unlimited),
            ("node-postgres", NODE_PG, Unlimited),
            ("Sequelize", SEQUELIZE, Seconds(60.0)),
            ("Knex", KNEX, Seconds(60.0)),
            ("HikariCP", HIKARI, Seconds(30.0)),
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
