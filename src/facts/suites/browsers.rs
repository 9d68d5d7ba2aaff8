//! Tests that drive a browser, told by the driver that they use: they walk the journeys of a user, whatever they are called.

use crate::facts::Facts;
use crate::facts::code::{CodeFile, Language, Role};
use crate::tree::path::folder_of;
use std::collections::BTreeSet;

/// How much of a file is looked at: what it uses stands at its top.
const HEAD: usize = 8 << 10;

/// How a driver of browsers is named where it is used.
fn drivers(language: Language) -> &'static [&'static str] {
    match language {
        Language::JavaScript => &[
            "'puppeteer'",
            "\"puppeteer\"",
            "'playwright'",
            "\"playwright\"",
            "'playwright-core'",
            "'selenium-webdriver'",
            "\"selenium-webdriver\"",
        ],
        Language::Python => &["from selenium", "import selenium", "from playwright.", "import playwright"],
        Language::Java | Language::Kotlin | Language::Scala => {
            &["org.openqa.selenium", "com.microsoft.playwright", "com.codeborne.selenide"]
        }
        Language::CSharp => &["Microsoft.Playwright", "OpenQA.Selenium"],
        Language::Go => &[
            "github.com/chromedp/chromedp",
            "github.com/go-rod/rod",
            "github.com/playwright-community/playwright-go",
            "github.com/tebeka/selenium",
        ],
        Language::Php => &["Laravel\\Dusk", "Component\\Panther"],
        _ => &[],
    }
}

/// Whether the tests of a file drive a browser.
pub(super) fn drives(facts: &Facts<'_>, file: &CodeFile) -> bool {
    let drivers = drivers(file.language);
    !drivers.is_empty()
        && file.source(facts).is_some_and(|source| {
            let text = source.text().as_bytes();
            let head = text.get(..HEAD).unwrap_or(text);
            drivers.iter().any(|driver| {
                let mut found = memchr::memmem::find_iter(head, driver.as_bytes());
                found.any(|at| file.language != Language::JavaScript || brings_in(&head[..at]))
            })
        })
}

/// Whether what stands before the name of a package brings it in: without that it is a word, or a part of a path.
fn brings_in(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    [&b"from"[..], b"import", b"import(", b"require("].iter().any(|word| before.ends_with(word))
}

/// Whether the tests of a package of Go ask something that runs beside them: over a connection, or as a program.
pub(super) fn asks_what_runs(facts: &Facts<'_>, path: &str) -> bool {
    const SIGNS: &[&str] = &[
        "//go:build e2e",
        "\"net\"",
        "\"net/",
        "\"os/exec\"",
        "google.golang.org/grpc",
        "k8s.io/",
        "testcontainers",
        "dockertest",
        "websocket",
        "resty",
        "httpexpect",
    ];
    let signs = || SIGNS.iter().chain(drivers(Language::Go));
    let is_of_package = |file: &&CodeFile| file.role == Role::Test && folder_of(&file.path) == folder_of(path);
    let mut files = facts.code().files().iter().filter(is_of_package);
    files.any(|file| {
        let text = file.source(facts).map_or(&b""[..], |source| source.text().as_bytes());
        signs().any(|sign| memchr::memmem::find(text, sign.as_bytes()).is_some())
    })
}

/// Folders of Go whose tests drive a browser by a file beside them: all files of a folder are one package.
pub(super) fn packages<'f>(facts: &'f Facts<'_>) -> BTreeSet<&'f str> {
    let is_test = |file: &&CodeFile| file.language == Language::Go && file.role == Role::Test;
    let driving = facts.code().files().iter().filter(is_test).filter(|file| drives(facts, file));
    driving.map(|file| folder_of(&file.path)).collect()
}

/// Whether features of Capybara run in a browser, and not in the process of the tests.
pub(super) fn are_driven_by_capybara(text: &str) -> bool {
    ["js: true", ":js => true", ", :js", "javascript: true"].iter().any(|mark| text.contains(mark))
}
