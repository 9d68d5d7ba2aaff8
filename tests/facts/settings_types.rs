//! What settings types demand, in every language that has them.

use tusk_check::facts::Facts;
use tusk_check::facts::settings_types::Field;
use tusk_check::tree::Tree;

/// Roots and fields of a tree, one line each: `name shape required|optional min..max checked`.
fn read(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let tree = Tree::in_memory(files.iter().copied());
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let types = facts.settings_types();
    let say = |field: &Field| {
        let need = if field.is_required { "required" } else { "optional" };
        let end = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
        let bound = format!("{}..{}", end(field.bound.min), end(field.bound.max));
        let checked = if field.is_checked { " checked" } else { "" };
        format!("{} {} {need} {bound}{checked}", field.name, field.shape.word())
    };
    (types.roots.iter().map(|root| root.name.clone()).collect(), types.fields.iter().map(say).collect())
}

#[test]
fn a_rust_loader_names_the_type_and_nested_structs_are_followed() {
    let source = r#"
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub database: Database,
    pub tls: Option<Tls>,
    #[serde(default)]
    pub debug: bool,
}
#[derive(serde::Deserialize)]
pub struct Database {
    pub url: secrecy::Secret<String>,
    #[serde(deserialize_with = "number_from_string")]
    pub port: u16,
    #[serde(default = "ten")]
    pub pool_size: u32,
    #[validate(range(min = 1, max = 300))]
    pub timeout_secs: u64,
}
#[derive(serde::Deserialize)]
pub struct Tls { pub cert_path: std::path::PathBuf }
#[derive(serde::Deserialize)]
pub struct CreateOrder { pub quantity: u32 }
pub fn load() -> Result<Settings, config::ConfigError> {
    config::Config::builder().build()?.try_deserialize()
}
"#;
    let (roots, fields) = read(&[("src/settings.rs", source)]);
    assert_eq!(roots, ["Settings"]);
    let expected = [
        "debug boolean optional ..",
        "database.url string required ..",
        "database.port integer required 0..65535",
        "database.pool_size integer optional ..",
        "database.timeout_secs integer required 1..300 checked",
        "tls.cert_path other optional ..",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn what_a_trait_loads_is_loaded_into_the_types_that_have_it() {
    let source = r#"
use figment::Figment;
pub trait Section: Sized + serde::de::DeserializeOwned {
    const PATH: Option<&'static str> = None;
    fn extract(figment: &Figment) -> Result<Self, figment::Error> {
        let this: Self = if let Some(path) = Self::PATH {
            figment.extract_inner(path)?
        } else {
            figment.extract()?
        };
        Ok(this)
    }
}
#[derive(serde::Deserialize)]
pub struct RootConfig { pub database: DatabaseConfig }
impl Section for RootConfig {}
#[derive(serde::Deserialize)]
pub struct DatabaseConfig { pub max_connections: u32 }
impl Section for DatabaseConfig { const PATH: Option<&'static str> = Some("database"); }
#[derive(serde::Deserialize)]
pub struct OrderConfig { pub items: u32 }
"#;
    let (roots, fields) = read(&[("src/config.rs", source)]);
    assert_eq!(roots, ["RootConfig"]);
    assert_eq!(fields, ["database.max_connections integer required .."]);
}

#[test]
fn types_of_an_api_are_no_settings() {
    let source = r"
#[derive(serde::Deserialize)]
pub struct Order { pub port: u16 }
pub fn parse(body: &str) -> anyhow::Result<Order> { Ok(serde_json::from_str::<Order>(body)?) }
";
    assert_eq!(read(&[("src/orders.rs", source)]), (vec![], vec![]));
}

#[test]
fn clap_with_environment_is_a_settings_type() {
    let source = r#"
#[derive(clap::Parser)]
struct Args {
    #[arg(long, env = "PORT", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    #[arg(long, env)]
    database_url: String,
    #[arg(long)]
    level: tracing::Level,
    #[command(subcommand)]
    what: Option<What>,
}
enum What { Serve, Migrate }
fn main() { let args = Args::parse(); run(args) }
"#;
    let (roots, fields) = read(&[("src/main.rs", source)]);
    assert_eq!(roots, ["Args"]);
    assert_eq!(
        fields,
        ["port integer optional 1..65535 checked", "database_url string required ..", "level enum required .. checked"]
    );
}

#[test]
fn helpers_that_parse_variables_fill_a_settings_struct() {
    let helper = r"
pub fn must<T: std::str::FromStr>(name: &str) -> anyhow::Result<T> { Ok(std::env::var(name)?.parse::<T>().ok().unwrap()) }
pub fn or_else<T: std::str::FromStr>(name: &str, default: T) -> anyhow::Result<T> { Ok(std::env::var(name)?.parse().unwrap_or(default)) }
";
    let config = r#"
pub struct Config { pub dsn: String, pub workers: u32 }
impl Config {
    pub fn from_env() -> anyhow::Result<Self> {
        Ok(Self { dsn: must("SHOP_DSN")?, workers: or_else("SHOP_WORKERS", 4)? })
    }
}
"#;
    let (roots, fields) = read(&[("src/vars.rs", helper), ("src/config.rs", config)]);
    assert_eq!(roots, ["Config"]);
    assert_eq!(fields, ["dsn string required ..", "workers integer optional .."]);
}

#[test]
fn go_tags_count_where_something_fills_the_struct() {
    let tagged = "package main\n\ntype Config struct {\n\tPort int `env:\"PORT\" envDefault:\"8080\" validate:\"min=1,max=65535\"`\n\tDSN string `env:\"DATABASE_URL,required\"`\n}\n";
    let load = format!("{tagged}\nfunc load() {{ cfg := Config{{}}; env.Parse(&cfg) }}\n");
    let (roots, fields) = read(&[("main.go", &load)]);
    assert_eq!(roots.len(), 1);
    assert_eq!(fields, ["Port integer optional 1..65535 checked", "DSN string required .."]);
    assert_eq!(read(&[("main.go", tagged)]), (vec![], vec![]));
}

#[test]
fn a_go_struct_counts_where_a_settings_file_is_decoded_into_it() {
    let types = r#"package config

type Config struct {
	Issuer  string        `yaml:"issuer" validate:"required"`
	Web     Web           `yaml:"web"`
	Workers int           `yaml:"workers" validate:"min=1,max=64"`
	Timeout time.Duration `yaml:"timeout"`
	Log     struct {
		Level slog.Level `yaml:"level"`
	} `yaml:"log"`
	secret string
}

// Web is how it listens.
type Web struct {
	Address string `yaml:"address"`
	TLS     *bool  `yaml:"tls"`
}
"#;
    let load = "package main\n\nfunc load(path string) error {\n\tdata, err := os.ReadFile(path)\n\tvar c config.Config\n\tif err := yaml.Unmarshal(data, &c); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n";
    let (roots, fields) = read(&[("internal/config/config.go", types), ("main.go", load)]);
    assert_eq!(roots, ["Config"]);
    let expected = [
        "issuer string required ..",
        "workers integer optional 1..64 checked",
        "timeout duration optional .. checked",
        "log.level enum optional .. checked",
        "web.address string optional ..",
        "web.tls boolean optional ..",
    ];
    assert_eq!(fields, expected);
    // The payload of a request is no settings file, and a type of another name neither.
    let request = load.replace("os.ReadFile(path)", "io.ReadAll(request.Body)");
    assert_eq!(read(&[("internal/config/config.go", types), ("main.go", &request)]), (vec![], vec![]));
    let other = load.replace("config.Config", "config.Web");
    assert_eq!(read(&[("internal/config/config.go", types), ("main.go", &other)]), (vec![], vec![]));
}

#[test]
fn pydantic_settings_and_zod_environments_are_read() {
    let python = "class Settings(BaseSettings):\n    database_url: PostgresDsn\n    port: int = Field(8080, ge=1, le=65535)\n    api_key: Optional[str] = None\n    name: str = Field(..., min_length=3)\n";
    let (roots, fields) = read(&[("app/settings.py", python)]);
    assert_eq!(roots, ["Settings"]);
    let expected = [
        "database_url parsed required .. checked",
        "port integer optional 1..65535 checked",
        "api_key string optional ..",
        "name string required ..",
    ];
    assert_eq!(fields, expected);
    let zod = "export const env = z.object({\n  PORT: z.coerce.number().int().min(1).max(65535),\n  DATABASE_URL: z.string().url(),\n  DEBUG: z.coerce.boolean().default(false),\n}).parse(process.env);\n";
    let (_, fields) = read(&[("src/env.ts", zod)]);
    assert_eq!(
        fields,
        [
            "PORT integer required 1..65535 checked",
            "DATABASE_URL string required .. checked",
            "DEBUG boolean optional .."
        ]
    );
}

#[test]
fn a_field_of_pydantic_may_go_over_several_lines() {
    let python = "class Settings(BaseSettings):\n    api_token: str | None = Field(\n        default=None,\n    )\n    secret: str = Field(\n        ...,\n        min_length=3,\n    )\n    port: int = Field(\n        8080,\n        ge=1,\n        le=65535,\n    )\n    level: Annotated[\n        str, Field(min_length=3)\n    ] = \"INFO\"\n    name: str = Field(...)\n";
    let (_, fields) = read(&[("app/settings.py", python)]);
    let expected = [
        "api_token string optional ..",
        "secret string required ..",
        "port integer optional 1..65535 checked",
        "level other optional ..",
        "name string required ..",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn validators_of_dynaconf_are_read_where_it_checks_them() {
    let settings = r#"
from dynaconf import Dynaconf, Validator

validators = [
    Validator("metrics.port", gte=1, lte=65535, is_type_of=int),
    Validator("redis.server", "redis.replica", is_type_of=str, must_exist=True),
    Validator("runtime.disabled", is_type_of=bool),
]
settings = Dynaconf(settings_files=["config.toml"]VALIDATORS)
"#;
    let checked = settings.replace("VALIDATORS", ", validators=validators");
    let (roots, fields) = read(&[("shop/config.py", &checked)]);
    assert_eq!(roots, ["Dynaconf"]);
    let expected = [
        "metrics.port integer optional 1..65535 checked",
        "redis.replica string required ..",
        "redis.server string required ..",
        "runtime.disabled boolean optional ..",
    ];
    assert_eq!(fields, expected);
    let (roots, fields) = read(&[("shop/config.py", &settings.replace("VALIDATORS", ""))]);
    assert!(roots.is_empty() && fields.is_empty());
}

#[test]
fn an_object_of_variables_that_zod_parses_is_read() {
    let zod = "const schema = z\n  .object({\n    backendPort: z.number().positive().int().max(65535).default(3000),\n    baseUrl: z.string(),\n    log: z.object({\n      level: z.enum(['info', 'warn']).default('info'),\n    }),\n  });\n\nexport default () => schema.safeParse({\n  backendPort: toNumber(process.env.SHOP_PORT),\n  baseUrl: process.env.SHOP_URL,\n  log: { level: process.env.SHOP_LOG_LEVEL },\n});\n";
    let (roots, fields) = read(&[("src/config/app.config.ts", zod)]);
    assert_eq!(roots, ["process.env"]);
    let expected = [
        "backendPort integer optional 1..65535 checked",
        "baseUrl string required ..",
        "level enum optional .. checked",
    ];
    assert_eq!(fields, expected);
    // What a request carries is no setting, whatever else the file reads.
    let request = "const schema = z.object({ name: z.string() });\nconst mode = process.env.MODE;\nexport const read = (request) => schema.parse({ name: request.body.name });\n";
    assert_eq!(read(&[("src/read.ts", request)]), (vec![], vec![]));
}

#[test]
fn the_keys_of_a_joi_object_are_read() {
    let joi = "const schema = Joi.object()\n  .keys({\n    PORT: Joi.number().default(3000),\n    MONGODB_URL: Joi.string().required().description('where'),\n  })\n  .unknown();\nconst { value, error } = schema.validate(process.env);\n";
    let (_, fields) = read(&[("src/config.js", joi)]);
    assert_eq!(fields, ["PORT number optional ..", "MONGODB_URL string required .."]);
}

#[test]
fn json_schemas_of_settings_are_read() {
    let schema = r##"{"type": "object", "required": ["database"], "properties": {
  "database": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}, "pool": {"$ref": "#/definitions/size"}}},
  "port": {"type": "integer", "minimum": 1, "maximum": 65535}},
  "definitions": {"size": {"type": "integer", "minimum": 1}}}"##;
    let (roots, fields) = read(&[("chart/values.schema.json", schema), ("api/order.schema.json", schema)]);
    assert_eq!(roots, ["values.schema.json"]);
    assert_eq!(
        fields,
        [
            "database.url string required ..",
            "database.pool integer optional 1.. checked",
            "port integer optional 1..65535 checked"
        ]
    );
}

#[test]
fn a_schema_is_found_by_what_it_calls_itself() {
    let logging = r#"{"$id": "shop://logging", "type": "object", "properties": {"level": {"enum": ["info", "warn"]}}}"#;
    let whole = r#"{"$id": "shop://all", "properties": {"log": {"$ref": "shop://logging#"}, "more": {"$ref": "shop://none"}, "again": {"$ref": "shop://all"}}}"#;
    let (_, fields) = read(&[("log/config.schema.json", logging), ("spec/config.schema.json", whole)]);
    let expected = [
        "level enum optional .. checked",
        "log.level enum optional .. checked",
        "more any optional ..",
        "again any optional ..",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn hostile_code_ends() {
    let deep = format!(
        "struct A {{ x: {}u8{} }}\nfn f() -> A {{ y.try_deserialize() }}",
        "Option<".repeat(5_000),
        ">".repeat(5_000)
    );
    read(&[("src/a.rs", &deep)]);
    let recursive = "struct A { b: B }\nstruct B { a: A, c: Box<A> }\nfn f() -> Result<A, E> { x.try_deserialize() }";
    read(&[("src/a.rs", recursive)]);
    read(&[
        ("src/a.rs", "struct A { #[\nfn f() -> A { x.try_deserialize::<"),
        ("a.ts", "z.object({ A: z.string( .parse(process.env"),
    ]);
}

#[test]
fn decorated_classes_that_the_start_checks() {
    let source = r"
import { IsInt, IsOptional, IsString, Max, Min, validateSync } from 'class-validator';
class EnvironmentVariables {
  @IsInt()
  @Min(1)
  @Max(65535)
  PORT: number;

  @IsString()
  @IsOptional()
  REGION?: string;

  @IsBoolean() readonly TRACING: boolean;
}
export function validate(config: Record<string, unknown>) {
  const validated = plainToInstance(EnvironmentVariables, config);
  const errors = validateSync(validatedConfig);
  if (errors.length > 0) throw new Error(errors.toString());
}
";
    let (roots, fields) = read(&[("src/env.ts", source)]);
    assert_eq!(roots, ["process.env"]);
    let expected =
        ["PORT integer required 1..65535 checked", "REGION string optional ..", "TRACING boolean required .."];
    assert_eq!(fields, expected);
    let body =
        "import { IsInt } from 'class-validator';\nexport class CreateOrder {\n  @IsInt() quantity: number;\n}\n";
    assert_eq!(read(&[("src/order.dto.ts", body)]).0, Vec::<String>::new());
}
