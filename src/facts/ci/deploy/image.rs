//! Images that are pushed and are not what users run: those that tests, builds and developers need.

use super::super::model::{Action, Ci};
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
