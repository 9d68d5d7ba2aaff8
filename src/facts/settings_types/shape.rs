//! What sort of value a type holds, and which bounds the type alone gives.

/// The sort of value that a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// On or off.
    Boolean,
    /// A span of time with its unit.
    Duration,
    /// An address with its port.
    Address,
    /// A URL or a path that is parsed.
    Parsed,
    /// One of some words.
    Enum,
    /// Anything: `HashMap`, `serde_json::Value`, `any`.
    Any,
    /// Another type.
    Other,
}

/// Least and greatest value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bound {
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
}

const STRINGS: &[&str] = &["String", "str", "string", "SecretString", "OsString", "SecretStr", "StrictStr", "Redacted"];
const INTEGERS: &[&str] = &[
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "int",
    "integer",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "NonZeroU8",
    "NonZeroU16",
    "NonZeroU32",
    "NonZeroU64",
    "NonZeroUsize",
    "NonZeroI64",
    "StrictInt",
    "PositiveInt",
    "conint",
    "NonNegativeInt",
    "AtomicU64",
    "port",
];
const FLOATS: &[&str] = &["f32", "f64", "float", "float32", "float64", "number", "num", "Decimal"];
const BOOLEANS: &[&str] = &["bool", "boolean", "StrictBool"];
const DURATIONS: &[&str] = &["Duration", "HumanDuration", "ReadableDuration", "timedelta", "SignedDuration", "Span"];
const ADDRESSES: &[&str] = &["SocketAddr", "SocketAddrV4", "SocketAddrV6", "HostPort", "ListenAddr"];
const PARSED: &[&str] = &[
    "Url",
    "Uri",
    "HttpUrl",
    "AnyUrl",
    "AnyHttpUrl",
    "PostgresDsn",
    "RedisDsn",
    "AmqpDsn",
    "MySQLDsn",
    "IpAddr",
    "Ipv4Addr",
    "EmailStr",
    "Regex",
    "ByteSize",
    "ReadableSize",
    "PgConnectOptions",
    "EnvFilter",
    "URL",
    "Uuid",
    "FilePath",
    "DirectoryPath",
    "IPvAnyAddress",
    "url",
    "email",
    "host",
    "Directive",
];
const ENUMS: &[&str] = &["LevelFilter", "Level", "LogLevel", "Literal", "enum", "SslMode", "PgSslMode"];
const ANY: &[&str] = &[
    "Value",
    "HashMap",
    "BTreeMap",
    "IndexMap",
    "Any",
    "any",
    "interface",
    "Map",
    "Table",
    "dict",
    "Dict",
    "object",
    "map",
];
/// Around a type, these change nothing of what it holds.
const WRAPPERS: &[&str] = &[
    "Secret",
    "SecretBox",
    "Box",
    "Arc",
    "Rc",
    "Cow",
    "Optional",
    "Redact",
    "Sensitive",
    "Option",
    "Annotated",
    "Final",
    "Maybe",
];

impl Shape {
    /// The shape of a type as written.
    pub(super) fn of(written: &str) -> Self {
        let name = head(written);
        let is = |list: &[&str]| list.contains(&name);
        match () {
            () if is(STRINGS) => Self::String,
            () if is(INTEGERS) => Self::Integer,
            () if is(FLOATS) => Self::Float,
            () if is(BOOLEANS) => Self::Boolean,
            () if is(DURATIONS) => Self::Duration,
            () if is(ADDRESSES) => Self::Address,
            () if is(PARSED) => Self::Parsed,
            () if is(ENUMS) => Self::Enum,
            () if is(ANY) => Self::Any,
            () => Self::Other,
        }
    }

    /// The word that rules use.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "number",
            Self::Boolean => "boolean",
            Self::Duration => "duration",
            Self::Address => "address",
            Self::Parsed => "parsed",
            Self::Enum => "enum",
            Self::Any => "any",
            Self::Other => "other",
        }
    }

    /// Whether the type itself refuses values without meaning.
    pub(super) fn refuses_nonsense(self) -> bool {
        matches!(self, Self::Duration | Self::Address | Self::Parsed | Self::Enum)
    }
}

impl Bound {
    /// The bounds of a type: the width of a port number, of an address.
    pub(super) fn of_type(written: &str) -> Self {
        let (min, max) = match head(written) {
            "u8" | "uint8" => (0.0, 255.0),
            "u16" | "uint16" | "SocketAddr" | "SocketAddrV4" | "SocketAddrV6" => (0.0, 65535.0),
            "NonZeroU16" | "port" => (1.0, 65535.0),
            "NonZeroU8" => (1.0, 255.0),
            _ => return Self::default(),
        };
        Self { min: Some(min), max: Some(max) }
    }

    /// Whether both ends are known.
    pub fn is_closed(self) -> bool {
        self.min.is_some() && self.max.is_some()
    }
}

/// The last segment of the outermost type that is no wrapper: `Option<secrecy::Secret<String>>` is `String`.
pub(super) fn head(written: &str) -> &str {
    let mut rest = written.trim();
    for _ in 0..8 {
        rest = rest.trim_start_matches(['&', '*', ' ']).trim_start_matches("'static ");
        let end = rest.find(['<', '[', '(', '{', ' ', ',', '|', ';']).unwrap_or(rest.len());
        let name = rest[..end].rsplit("::").next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let inner = rest[end..].strip_prefix(['<', '[']);
        match inner {
            Some(inner) if WRAPPERS.contains(&name) => rest = inner,
            _ => return name.trim_end_matches(['>', ']', ',']),
        }
    }
    rest
}
