//! Which files are source code, and in which language.

/// A programming language, as far as comments and strings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Rust.
    Rust,
    /// Go.
    Go,
    /// JavaScript and TypeScript, with their component files (`.vue`, `.svelte`, `.astro`).
    JavaScript,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// Scala.
    Scala,
    /// C#.
    CSharp,
    /// C and C++.
    C,
    /// PHP.
    Php,
    /// Swift.
    Swift,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// Elixir.
    Elixir,
    /// POSIX shell and its relatives.
    Shell,
    /// Protocol buffers: the operations of a gRPC service.
    Proto,
}

/// Extension (lower case) → language.
const EXTENSIONS: &[(&str, Language)] = &[
    ("rs", Language::Rust),
    ("go", Language::Go),
    ("js", Language::JavaScript),
    ("mjs", Language::JavaScript),
    ("cjs", Language::JavaScript),
    ("jsx", Language::JavaScript),
    ("ts", Language::JavaScript),
    ("mts", Language::JavaScript),
    ("cts", Language::JavaScript),
    ("tsx", Language::JavaScript),
    ("vue", Language::JavaScript),
    ("svelte", Language::JavaScript),
    ("astro", Language::JavaScript),
    ("java", Language::Java),
    ("kt", Language::Kotlin),
    ("kts", Language::Kotlin),
    ("scala", Language::Scala),
    ("cs", Language::CSharp),
    ("c", Language::C),
    ("h", Language::C),
    ("cc", Language::C),
    ("cpp", Language::C),
    ("cxx", Language::C),
    ("hpp", Language::C),
    ("hh", Language::C),
    ("php", Language::Php),
    ("swift", Language::Swift),
    ("py", Language::Python),
    ("rb", Language::Ruby),
    ("ex", Language::Elixir),
    ("exs", Language::Elixir),
    ("sh", Language::Shell),
    ("bash", Language::Shell),
    ("zsh", Language::Shell),
    ("ksh", Language::Shell),
    ("proto", Language::Proto),
];

impl Language {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::JavaScript => "JavaScript",
            Self::Java => "Java",
            Self::Kotlin => "Kotlin",
            Self::Scala => "Scala",
            Self::CSharp => "C#",
            Self::C => "C",
            Self::Php => "PHP",
            Self::Swift => "Swift",
            Self::Python => "Python",
            Self::Ruby => "Ruby",
            Self::Elixir => "Elixir",
            Self::Shell => "shell",
            Self::Proto => "protocol buffers",
        }
    }

    /// Whether a word is the name of one, in lower case.
    pub fn is_name(word: &str) -> bool {
        EXTENSIONS.iter().any(|(_, language)| language.name().to_ascii_lowercase() == word)
    }

    /// The language of a path, by its extension.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        let found = EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
        found.map(|&(_, language)| language)
    }
}
