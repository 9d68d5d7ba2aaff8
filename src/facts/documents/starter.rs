//! Documents that a starter of a framework wrote and nobody wrote on: they say how its empty program is run, and nothing of
//! the project.

use super::section::{BlockKind, Section};

/// What a starter writes.
struct Starter {
    /// A sentence that it begins with, without its markup.
    begins: &'static str,
    /// Its headings behind the first, as [`plain`] spells them.
    headings: &'static [&'static str],
}

const STARTERS: &[Starter] = &[
    Starter {
        begins: "project bootstrapped with create-next-app",
        headings: &["getting started", "learn more", "deploy on vercel"],
    },
    Starter {
        begins: "This project was bootstrapped with Create React App",
        headings: &[
            "available scripts",
            "npm start",
            "npm test",
            "npm run build",
            "npm run eject",
            "yarn start",
            "yarn test",
            "yarn build",
            "yarn eject",
            "learn more",
            "code splitting",
            "analyzing the bundle size",
            "making a progressive web app",
            "advanced configuration",
            "deployment",
            "npm run build fails to minify",
            "yarn build fails to minify",
        ],
    },
    Starter {
        begins: "Everything you need to build a Svelte project",
        headings: &["creating a project", "developing", "building"],
    },
    Starter { begins: "This template provides a minimal setup to get React working in Vite", headings: VITE },
    Starter { begins: "This template should help get you started developing with", headings: VITE },
    Starter {
        begins: "Nest framework TypeScript starter repository",
        headings: &[
            "description",
            "installation",
            "project setup",
            "running the app",
            "compile and run the project",
            "test",
            "run tests",
            "deployment",
            "resources",
            "support",
            "stay in touch",
            "license",
        ],
    },
    Starter {
        begins: "This project was generated",
        headings: &[
            "development server",
            "code scaffolding",
            "build",
            "building",
            "running unit tests",
            "running end to end tests",
            "further help",
            "additional resources",
        ],
    },
    Starter {
        begins: "A modern, production-ready template for building full-stack React applications using React Router",
        headings: &[
            "features",
            "getting started",
            "installation",
            "development",
            "building for production",
            "deployment",
            "docker deployment",
            "diy deployment",
            "styling",
        ],
    },
    Starter { begins: "Remix docs", headings: &["development", "deployment", "diy", "styling", "using a template"] },
    Starter {
        begins: "This README would normally document whatever steps are necessary to get the application up and running",
        headings: &[],
    },
    Starter {
        begins: "Laravel is a web application framework with expressive, elegant syntax",
        headings: &[
            "about laravel",
            "learning laravel",
            "laravel sponsors",
            "premium partners",
            "agentic development",
            "contributing",
            "code of conduct",
            "security vulnerabilities",
            "license",
        ],
    },
];

/// Of Vite's templates for React, Vue and Svelte.
const VITE: &[&str] = &[
    "expanding the eslint configuration",
    "react compiler",
    "recommended ide setup",
    "recommended browser setup",
    "type support for vue imports in ts",
    "customize configuration",
    "project setup",
    "compile and hot reload for development",
    "compile and minify for production",
    "type check compile and minify for production",
    "lint with eslint",
    "run unit tests with vitest",
    "run end to end tests with cypress",
    "run end to end tests with playwright",
    "run headed component tests with cypress component testing",
    "need an official svelte framework",
    "technical considerations",
];

/// Words before the sentence that still are a starter's: its name, its badges.
const MOST_WORDS_BEFORE: usize = 40;

/// Whether a document stands as a starter left it: it begins with the starter's sentence and has no heading of its own.
pub(super) fn is_untouched(sections: &[Section]) -> bool {
    let begun = STARTERS.iter().filter(|starter| begins_with(sections, starter.begins));
    let known = |starter: &Starter| {
        let mut headings = sections.iter().filter(|section| section.level > 0).map(|section| plain(&section.title));
        // The first one is the name of the program, if it is not the starter's.
        headings.next();
        headings.all(|heading| starter.headings.contains(&heading.as_str()))
    };
    begun.into_iter().any(known)
}

fn begins_with(sections: &[Section], sentence: &str) -> bool {
    let mut words = 0;
    for block in sections.iter().flat_map(|section| &section.blocks) {
        if block.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(sentence) {
            return true;
        }
        if block.kind == BlockKind::Paragraph {
            words += block.text.split_whitespace().count();
        }
        if words > MOST_WORDS_BEFORE {
            return false;
        }
    }
    false
}

/// The words of a heading in lower case: `Compile and Hot-Reload for Development` is `compile and hot reload for development`.
fn plain(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
