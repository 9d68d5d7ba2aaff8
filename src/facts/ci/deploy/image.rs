//! What is handed to others and is not what users run: images that tests, builds and developers need, packages of clients.

use super::super::model::{Action, Ci, Command};
use super::super::pattern::values_of;

/// Words that end the name of such an image: `shop-testing`, `shop-base`, `build-image`.
const ASIDE: &[&str] = &[
    "base",
    "builder",
    "buildcache",
    "buildenv",
    "cache",
    "ci",
    "dev",
    "devcontainer",
    "e2e",
    "test",
    "testing",
    "tests",
    "toolchain",
    "tools",
];

/// Programs that hand out packages.
const PACKAGERS: &[&str] = &["npm", "pnpm", "yarn", "cargo", "twine", "poetry", "uv", "flit", "pdm", "hatch", "gem"];

/// Words of a package, or of its folder, with which others call the service.
const CLIENTS: &[&str] = &["sdk", "sdks", "client", "clients", "bindings"];

/// What the tags of such a package begin with where each language has its own: `py/v1.2.0`.
const OF_CLIENTS: &[&str] =
    &["py", "python", "rb", "ruby", "ts", "typescript", "js", "javascript", "node", "java", "dotnet", "csharp", "php"];

/// How the reason begins why such an image is not what users get.
pub(super) const CALLED: &str = "its image is called";

impl Ci {
    /// Why what a command pushes reaches no user: all of its images are for something else.
    pub(super) fn pushes_aside(&self, words: &[String]) -> Option<String> {
        let pushed = words.iter().skip_while(|word| *word != "push").skip(1).find(|word| !word.starts_with('-'));
        let is_push = matches!(words.first().map(String::as_str), Some("docker" | "podman" | "nerdctl" | "buildah"));
        let tags = ["-t", "--tag"].iter().flat_map(|name| values_of(words, name)).flatten();
        self.all_aside(pushed.map(String::as_str).into_iter().chain(tags).filter(|_| is_push))
    }

    /// Why a package that a command publishes is not the service: it is one to call it with.
    pub(super) fn publishes_a_client(&self, command: &Command) -> Option<String> {
        let (program, rest) = command.words.split_first()?;
        let found = if PACKAGERS.contains(&program.as_str()) {
            std::iter::once(&command.dir).chain(rest).find_map(|text| self.client_word(text))
        } else if program == "gh" && rest.first().is_some_and(|what| what == "release") {
            let tag = rest.iter().skip(2).find(|word| !word.starts_with('-'));
            let file = command.step.place.path.rsplit('/').next();
            let language = || {
                let (prefix, _) = tag?.split_once('/')?;
                OF_CLIENTS.contains(&prefix).then(|| prefix.to_owned())
            };
            [Some(command.dir.as_str()), tag.map(String::as_str), file]
                .into_iter()
                .flatten()
                .find_map(|text| self.client_word(text))
                .or_else(language)
        } else {
            None
        };
        Some(format!("it publishes a package to call the service with (`{}`)", found?))
    }

    /// The word of a text that says it is about a package to call the service with.
    fn client_word(&self, text: &str) -> Option<String> {
        let lower = self.own_name.cleared_text(text).to_lowercase();
        lower.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| CLIENTS.contains(word)).map(str::to_owned)
    }

    /// The same of an action.
    pub(super) fn action_pushes_aside(&self, action: &Action) -> Option<String> {
        let tags = action.with.get("tags").map_or("", String::as_str);
        self.all_aside(tags.split(['\n', ',']).map(str::trim).filter(|tag| !tag.is_empty()))
    }

    fn all_aside<'t>(&self, mut images: impl Iterator<Item = &'t str>) -> Option<String> {
        let first = self.aside_word(images.next()?)?;
        images.all(|image| self.aside_word(image).is_some()).then(|| format!("{CALLED} `{first}`"))
    }

    /// The name of an image that says it is for something else.
    fn aside_word(&self, image: &str) -> Option<String> {
        let name = image.split('@').next()?.rsplit('/').next()?.split(':').next()?;
        let own = self.own_name.cleared_text(name);
        let mut parts = own.rsplit(['-', '_', '.']).map(str::to_ascii_lowercase);
        let last = parts.next()?;
        let is_aside =
            ASIDE.contains(&last.as_str()) || last == "image" && parts.next().is_some_and(|one| one == "build");
        (is_aside && !name.contains('$')).then(|| name.to_owned())
    }
}
