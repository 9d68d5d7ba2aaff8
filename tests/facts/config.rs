//! Tests of `src/facts/config`.

use tusk_check::facts::Facts;
use tusk_check::facts::config::{Connection, Held, Key, Layer};
use tusk_check::tree::Tree;

/// What production ends up with for a tail, as `layer name=value`, and what is overridden, marked `-`.
fn effective(tail: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let config = facts.config();
    let matching: Vec<_> = config.ending_in(tail).map(|(setting, _)| setting).collect();
    let effective = config.effective(&matching);
    let show = |held: &Held| match held {
        Held::Empty => "(empty)".to_owned(),
        Held::Plain(text) => text.clone(),
        Held::List(list) => list.join(","),
        Held::Elsewhere(way, text) => format!("{} {text}", way.word()),
    };
    let winners = effective.winners.iter().map(|s| format!("{:?} {}={}", s.layer, s.name, show(&s.held)));
    let lost = effective.overridden.iter().map(|(s, by)| format!("-{:?} {} < {}", s.layer, s.name, by.name));
    winners.chain(lost).collect()
}

#[test]
fn keys_are_one_whatever_their_spelling() {
    for spelling in
        ["database.ssl_mode", "DATABASE__SSL_MODE", "database.sslMode", "Database-SSL-Mode", "app.database.sslmode"]
    {
        assert!(Key::of(spelling).before_tail("databasesslmode").is_some(), "{spelling}");
    }
    assert!(Key::of("mydatabase.ssl_mode").before_tail("databasesslmode").is_none());
    assert!(Key::of("ssl_mode").before_tail("databasesslmode").is_none());
    assert!(Key::of("APP_DATABASE__PASSWORD").same(&Key::of("database.password")));
    assert!(Key::of("HMAC_SECRET").same(&Key::of("application.hmac_secret")));
    assert!(!Key::of("PASSWORD").same(&Key::of("redis.password")));
    assert!(Key::of("DEBUG").same(&Key::of("app.debug")));
}

#[test]
fn production_overrides_base_and_development_is_not_there() {
    let files = [
        ("config/base.yaml", "database:\n  require_ssl: false\n  host: localhost\n"),
        ("config/local.yaml", "database:\n  require_ssl: maybe\n"),
        ("config/production.yaml", "database:\n  require_ssl: true\n"),
    ];
    assert_eq!(
        effective("require_ssl", &files),
        ["Production database.require_ssl=true", "-Base database.require_ssl < database.require_ssl"]
    );
    assert_eq!(effective("host", &files), ["Base database.host=localhost"]);
}

#[test]
fn the_environment_of_the_image_overrides_files() {
    let files = [
        ("configuration/base.toml", "[log]\nlevel = \"info\"\n"),
        (
            "Dockerfile",
            "FROM rust AS build\nENV LOG__LEVEL=trace\nRUN cargo build --release\nFROM debian\nENV APP_LOG__LEVEL=warn\nCOPY --from=build /x /x\nCMD [\"/x\"]\n",
        ),
    ];
    assert_eq!(effective("log.level", &files), ["Image APP_LOG__LEVEL=warn", "-Base log.level < APP_LOG__LEVEL"]);
}

#[test]
fn a_variable_in_a_file_takes_what_the_environment_gives() {
    let file = ("config/production.yml", "log_level: ${LOG:-info}\nkey: ${API_KEY}\n");
    assert_eq!(effective("log_level", &[file]), ["Production log_level=info"]);
    assert_eq!(effective("key", &[file]), ["Production key=env_plain ${API_KEY}"]);
    let image = ("Dockerfile", "FROM a\nENV LOG=warn\nCMD [\"/x\"]\n");
    assert_eq!(effective("log_level", &[file, image]), ["Image log_level=warn"]);
}

#[test]
fn sections_of_one_file_are_layers() {
    let yaml =
        "default: &d\n  pool: 5\n  host: h\ndevelopment:\n  <<: *d\n  pool: 1\nproduction:\n  <<: *d\n  pool: 50\n";
    let found = effective("pool", &[("config/database.yml", yaml)]);
    assert_eq!(found, ["Production pool=50", "-Base pool < pool"]);
    let rocket =
        "[global]\nlog_level = \"normal\"\n[debug]\nlog_level = \"debug\"\n[release]\nlog_level = \"critical\"\n";
    let found = effective("log_level", &[("Rocket.toml", rocket)]);
    assert_eq!(found, ["Production log_level=critical", "-Base log_level < log_level"]);
    let spring = "logging.level.root: info\n---\nspring.config.activate.on-profile: dev\n---\nspring:\n  config:\n    activate:\n      on-profile: dev\nlogging.level.root: debug\n---\nspring:\n  config.activate.on-profile: x\n  config:\n    activate:\n      on-profile: production\nlogging.level.root: warn\n";
    let found = effective("logging.level.root", &[("src/main/resources/application.yml", spring)]);
    assert_eq!(found, ["Production logging.level.root=warn", "-Base logging.level.root < logging.level.root"]);
}

#[test]
fn other_documents_are_no_settings() {
    let files = [
        ("config/deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\ndebug: true\n"),
        ("compose.prod.yaml", "services:\n  web:\n    image: x\ndebug: true\n"),
        ("config/locales/base.yml", "debug: true\n"),
        (".cargo/config.toml", "debug = true\n"),
        ("tests/config/production.yaml", "debug: true\n"),
        ("examples/production.toml", "debug = true\n"),
        (".env", "DEBUG=true\n"),
        (".env.example", "DEBUG=true\n"),
        ("config/config.toml.sample", "debug = true\n"),
        ("config/settings-template.toml", "debug = true\n"),
        ("config/production.yaml", "# debug: true\n"),
    ];
    assert_eq!(effective("debug", &files), [] as [&str; 0]);
    assert_eq!(effective("debug", &[(".env.production", "DEBUG=true\n")]), ["Production DEBUG=true"]);
}

#[test]
fn a_connection_text_says_more_than_its_address() {
    let connection = Connection::parse("postgres://u:p%40@h:5432/db?sslmode=require&x=1").expect("a url");
    assert_eq!((connection.user.as_deref(), connection.password.as_deref()), (Some("u"), Some("p%40")));
    assert_eq!(connection.host.as_deref(), Some("h"));
    assert!(connection.is_database());
    assert!(Connection::parse("https://example.org/a?b=c").is_some_and(|c| !c.is_database()));
    assert!(Connection::parse("just words").is_none());
    assert!(Connection::parse("a=b").is_none());
    let libpq = Connection::parse("host=h user=u password=p sslmode=verify-full").expect("a list");
    assert_eq!(libpq.password.as_deref(), Some("p"));
    let go = Connection::parse("u:p@tcp(h:3306)/db?tls=true").expect("go");
    assert_eq!((go.host.as_deref(), go.parameters.len()), (Some("h"), 1));
    let files = [("config/production.yaml", "DATABASE_URL: postgres://u:${PW}@db/app?sslmode=require\n")];
    assert_eq!(effective("database.sslmode", &files), ["Production DATABASE_URL (sslmode)=require"]);
    assert_eq!(effective("database.password", &files), ["Production DATABASE_URL (password)=env_plain ${PW}"]);
    let overridden = [
        ("config/base.yaml", "database:\n  url: postgres://u:secret@h/db\n"),
        ("Dockerfile", "FROM a\nENV DATABASE_URL=${X}\nCMD [\"/x\"]\n"),
    ];
    assert_eq!(effective("database.password", &overridden), ["-Base database.url (password) < DATABASE_URL"]);
}

#[test]
fn references_are_told_from_texts() {
    let way = |text: &str| match Held::of_text(text).0 {
        Held::Elsewhere(way, _) => way.word().to_owned(),
        Held::Plain(text) => format!("={text}"),
        other => format!("{other:?}"),
    };
    for (text, expected) in [
        ("${A}", "env_plain"),
        ("$A", "env_plain"),
        ("$(A)", "env_plain"),
        ("${newsletter.PASSWORD}", "env_plain"),
        ("${A:?must be set}", "env_plain"),
        ("${billing-api.client.secret}", "env_plain"),
        ("${billing-api.client.secret:x-y}", "=x-y"),
        ("${A_B-x}", "=x"),
        ("${env:A-x}", "=x"),
        ("${A:-x}", "=x"),
        ("${A:x}", "=x"),
        ("${A:}", "Empty"),
        ("{{ .Values.password }}", "env_plain"),
        ("<password>", "env_plain"),
        ("ENC[AES256_GCM,data:x]", "sops"),
        ("vault:secret/data/app#key", "hashicorp_vault"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:x", "aws_secrets_manager"),
        ("projects/p/secrets/s/versions/1", "gcp_secret_manager"),
        ("/run/secrets/db", "file"),
        ("$2b$12$abcdefghijk", "=$2b$12$abcdefghijk"),
        ("hunter2", "=hunter2"),
        ("pa$$word", "=pa$$word"),
    ] {
        assert_eq!(way(text), expected, "{text}");
    }
}

#[test]
fn source_reads_its_environment() {
    let source = r#"
        let pool = env("APP_POOL_SIZE", 90u32)?;
        let level = std::env::var("APP_LOG").unwrap_or_else(|_| "info".to_string());
        let url = require_env("DATABASE_URL")?;
        let ttl = env("APP_TTL", 10 * 60)?;
        // env("COMMENTED", 1)
        let version = env!("CARGO_PKG_VERSION");
        #[cfg(test)]
        mod tests { fn f() { env("IN_TEST", 1); } }
    "#;
    let tree = Tree::in_memory([
        ("src/config.rs", source),
        ("web/a.js", "const p = process.env.PORT || 8080; const k = process.env.API_KEY;"),
    ]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let reads: Vec<_> = facts.config().reads.iter().map(|read| (read.name.as_str(), read.default.as_deref())).collect();
    assert_eq!(
        reads,
        [
            ("APP_POOL_SIZE", Some("90u32")),
            ("APP_LOG", Some("info")),
            ("DATABASE_URL", None),
            ("APP_TTL", Some("10 * 60")),
            ("PORT", Some("8080")),
            ("API_KEY", None),
        ]
    );
    let found: Vec<_> = facts.config().ending_in("pool_size").map(|(s, _)| (s.layer, s.held.clone())).collect();
    assert_eq!(found, [(Layer::Program, Held::Plain("90".into()))]);
    assert_eq!(facts.config().ending_in("ttl").next().map(|(s, _)| s.held.clone()), Some(Held::Plain("600".into())));
}

/// `name=value` of what the program falls back to.
fn fallbacks(path: &str, source: &str) -> Vec<String> {
    let tree = Tree::in_memory([(path, source)]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let settings = facts.config().settings().iter().filter(|setting| setting.layer == Layer::Program);
    let mut found: Vec<String> = settings
        .map(|setting| match &setting.held {
            Held::Plain(text) => format!("{}={text}", setting.name),
            held => format!("{}: {held:?}", setting.name),
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_default_may_be_a_constant_of_the_same_file() {
    let rust = "const LEVEL: &str = \"warn\";\nfn f() { env::var(\"APP_LOG\").unwrap_or(LEVEL.to_string()); \
                env::var(\"APP_REGION\").unwrap_or_else(|_| REGION.into()); }";
    assert_eq!(fallbacks("src/a.rs", rust), ["APP_LOG=warn"]);
    let python = "LEVEL = \"WARNING\"\nx = os.getenv(\"APP_LOG\", LEVEL)\ny = os.getenv(\"APP_REGION\", region())\n";
    assert_eq!(fallbacks("a.py", python), ["APP_LOG=WARNING"]);
    let node =
        "const PORT = 8080;\nconst p = process.env.APP_PORT ?? PORT;\nconst r = process.env.APP_REGION || region();\n";
    assert_eq!(fallbacks("a.js", node), ["APP_PORT=8080"]);
    let go = "package main\nconst level = \"warn\"\nfunc f() { l := getEnvOrDefault(\"APP_LOG\", level) }\n";
    assert_eq!(fallbacks("a.go", go), ["APP_LOG=warn"]);
}

#[test]
fn what_follows_a_subscript_is_no_default() {
    let python = "DATABASES = {\n    \"PASSWORD\": os.environ[\"APP_PASSWORD\"],\n    \"HOST\": os.environ[\"APP_HOST\"],\n}\n\
                  x = os.environ.get(\"APP_USER\", \"shop\")\n";
    assert_eq!(fallbacks("a.py", python), ["APP_USER=shop"]);
    let node = "const p = parseInt(process.env.APP_PORT, 10) || 8080;\nconst r = parseInt(process.env.APP_POOL, 10);\n\
                const s = withDefault(process.env.APP_REGION, 'eu');\nconnect(process.env.APP_PASSWORD, 'shop');\n";
    assert_eq!(fallbacks("a.js", node), ["APP_PORT=8080", "APP_REGION=eu"]);
}

#[test]
fn flags_have_defaults() {
    let go = "package main\nconst level = \"warn\"\nfunc f() {\n\tviper.SetDefault(\"log.level\", level)\n\
              \tflag.StringVar(&addr, \"listen\", \"0.0.0.0:80\", \"where\")\n\tfs.IntVarP(&n, \"pool-size\", \"p\", 20, \"how many\")\n\
              \tcmd.Flags().Duration(\"timeout\", 30*time.Second, \"how long\")\n\tfs.String(\"region\", where(), \"\")\n}\n";
    assert_eq!(fallbacks("a.go", go), ["listen=0.0.0.0:80", "log.level=warn", "pool-size=20", "timeout=30s"]);
    let python = "p.add_argument(\"--log-level\", type=str, default=\"info\", help=\"x\")\n";
    assert_eq!(fallbacks("a.py", python), ["log-level=info"]);
}

#[test]
fn templates_of_a_chart_are_no_settings() {
    let template = "{{- if .Values.config -}}\n{{- $config := .Values.config -}}\napiVersion: v1\n{{- end -}}\n";
    let blind = |path: &str| {
        let tree =
            Tree::in_memory([("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"), (path, template)]);
        let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
        facts.config().blind(|_| true).len()
    };
    assert_eq!(blind("chart/templates/app-config.yaml"), 0);
    assert_eq!(blind("chart/templates/config/production.yaml"), 0);
    assert_eq!(blind("config/production.yaml"), 1);
}
