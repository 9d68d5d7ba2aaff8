//! Documents: sections, steps, commands, links and placeholders, with their places.

use jiff::Timestamp;
use tusk_check::facts::Facts;
use tusk_check::facts::documents::{BlockKind, Document, Standing, Target, resolve};
use tusk_check::tree::Tree;

fn with<T>(files: &[(&str, &str)], look: impl FnOnce(&Facts<'_>) -> T) -> T {
    let tree = Tree::in_memory(files.iter().map(|&(path, text)| (path, text)));
    look(&Facts::new(&tree, Timestamp::UNIX_EPOCH))
}

fn one<T>(path: &str, text: &str, look: impl FnOnce(&Document) -> T) -> T {
    with(&[(path, text)], |facts| look(facts.documents().at(path).expect("a document")))
}

#[test]
fn sections_nest_and_carry_what_stands_directly_under_them() {
    let text = "intro words\n\n# Top\n\none two\n\n## A\n\n1. first\n\n   ```sh\n   make it\n   ```\n2. second `kubectl get pods` now\n\n## B\n\n### C\ndeep\n\n# Next\n";
    one("docs/x.md", text, |document| {
        let titles: Vec<_> = document.sections.iter().map(|s| (s.title.as_str(), s.level, s.parent, s.end)).collect();
        assert_eq!(
            titles,
            [
                ("", 0, None, 6),
                ("Top", 1, Some(0), 5),
                ("A", 2, Some(1), 3),
                ("B", 2, Some(1), 5),
                ("C", 3, Some(3), 5),
                ("Next", 1, Some(0), 6)
            ]
        );
        let steps: Vec<_> = document.sections[2].steps().map(|step| (step.text.trim(), step.commands)).collect();
        assert_eq!(steps, [("first", true), ("second kubectl get pods now", true)]);
        assert!(document.sections[2].has_command());
        assert!(document.sections[3].is_bare() && !document.sections[4].is_bare());
        assert_eq!(document.line(document.sections[4].heading), 18);
        assert_eq!((document.sections[0].words, document.sections[1].words), (2, 2));
    });
}

#[test]
fn what_a_starter_wrote_and_nobody_wrote_on_speaks_for_nobody() {
    let standing = |text: &str| one("README.md", text, |document| document.standing);
    let next = "This is a [Next.js](https://nextjs.org) project bootstrapped with [`create-next-app`](https://nextjs.org/docs).\n\n## Getting Started\n\nFirst, run the development server:\n\n```bash\nnpm run dev\n```\n\n## Learn More\n\n- [Docs](https://nextjs.org/docs)\n\n## Deploy on Vercel\n\nThe easiest way.\n";
    let vite = "# React + TypeScript + Vite\n\nThis template provides a minimal setup to get React working in Vite with HMR.\n\n## Expanding the ESLint configuration\n\nIf you are.\n";
    let of_nest = "<p align=\"center\">\n  <a href=\"http://nestjs.com/\"><img src=\"x.svg\" alt=\"Nest Logo\" /></a>\n</p>\n\n  <p align=\"center\">A progressive framework.</p>\n\n## Description\n\n[Nest](https://github.com/nestjs/nest) framework TypeScript starter repository.\n\n## Installation\n\n```bash\n$ npm install\n```\n\n## Stay in touch\n\n- Author\n";
    for text in [next.to_owned(), format!("# shop\n\n{next}"), vite.to_owned(), of_nest.to_owned()] {
        assert_eq!(standing(&text), Standing::Never("the text of a starter, as it came"), "{text}");
    }
    for text in [
        format!("{next}\n## Orders\n\nHow orders are taken.\n"),
        "# shop\n\nTakes orders. It was once bootstrapped with create-next-app.\n\n## Rolling back\n\nHow.\n"
            .to_owned(),
        format!("# shop\n\n{}\n\n{next}", "Takes orders of the shops in town and sends them on. ".repeat(5)),
    ] {
        assert_eq!(standing(&text), Standing::Project, "{text}");
    }
}

#[test]
fn a_document_that_calls_itself_outdated_speaks_for_nobody() {
    let standing = |text: &str| one("docs/runbook.md", text, |document| document.standing);
    for text in [
        "# Runbook (deprecated)\n\nRestart it.\n",
        "# Runbook\n\n> **OUTDATED**: see the handbook\n\nRestart it.\n",
        "# Runbook\n\n:warning: This document is no longer maintained.\n",
        "---\ntitle: Runbook\nstatus: superseded\n---\n\n# Runbook\n",
        "# Runbook\n\nStatus: Superseded by the handbook\n",
        "# Runbook\n\nThe instructions below are out of date.\n",
        "# Runbook\n\n**Note:** Deprecated in favor of the handbook.\n",
    ] {
        assert_eq!(standing(text), Standing::Never("outdated, as it says itself"), "{text}");
    }
    for text in [
        "# Runbook\n\nDeprecated settings are listed below. The option `x` is deprecated.\n",
        "# Runbook\n\n- **archived_at**: when a parcel was archived\n",
        "# Runbook\n\nThe token is no longer valid after a day.\n",
        "# Deprecated features\n\nWhat goes away.\n",
    ] {
        assert_eq!(standing(text), Standing::Project, "{text}");
    }
}

#[test]
fn a_list_that_code_breaks_apart_keeps_its_steps() {
    let text =
        "# D\n\n1. one\n\n```sh\nkubectl apply -f a.yaml\n```\n\n2. two\n\n```sh\nkubectl get pods\n```\n\n3. three\n";
    one("d.md", text, |document| {
        let steps: Vec<_> = document.sections[1].steps().map(|step| step.commands).collect();
        assert_eq!(steps, [true, true, false]);
    });
}

#[test]
fn placeholders_are_holes_in_prose_and_never_in_code() {
    let text = "# A\nTODO: write\n\n# B\n`{{ name }}` and `TODO` are code\n\n# C\nuse {{ cluster_name }} here\n\n# D\n```sh\nhelm upgrade {{ x }} TODO\n```\n\n# E\nkeep a todo list, data to be written to disk; a door is *coming soon* to the house\n\n# F\nMore ovens coming soon!\n";
    one("p.md", text, |document| {
        let holes: Vec<_> = document.sections[1..].iter().map(|section| section.placeholders.len()).collect();
        assert_eq!(holes, [1, 0, 1, 0, 0, 1]);
    });
}

#[test]
fn tables_and_labels_are_read() {
    let text = "# T\n\n| Target | Value |\n|---|---|\n| RTO | 4 h |\n\n**Severity levels.** Three of them.\n\nContact: the platform team\n";
    one("t.md", text, |document| {
        let rows: Vec<_> = document.sections[1]
            .blocks
            .iter()
            .filter_map(|block| match &block.kind {
                BlockKind::Row { cells, header } => Some((cells.clone(), *header)),
                _ => None,
            })
            .collect();
        assert_eq!(rows, [(vec!["Target".into(), "Value".into()], true), (vec!["RTO".into(), "4 h".into()], false)]);
        let labels: Vec<_> = document.sections[1].blocks.iter().filter_map(|block| block.label.as_deref()).collect();
        assert_eq!(labels, ["Severity levels", "Contact"]);
    });
}

#[test]
fn a_space_that_does_not_break_is_a_space() {
    let text = "# On\u{a0}call\n\nAnswer within 4\u{a0}h, page after 30\u{202f}min.\n";
    one("docs/oncall.md", text, |document| {
        let section = document.sections.last().unwrap();
        assert_eq!(section.title, "On call");
        assert_eq!(section.blocks[0].text, "Answer within 4 h, page after 30 min.");
    });
}

#[test]
fn links_resolve_into_the_tree() {
    let files = [
        ("Cargo.toml", "[package]\nrepository = \"https://github.com/acme/shop\"\n"),
        ("docs/guide/a.md", "# A\n\n## Second part!\n"),
        ("docs/b.adoc", "= B\n"),
        ("ops/runbooks/disk.md", "# Disk\n"),
    ];
    with(&files, |facts| {
        let documents = facts.documents();
        let from = documents.at("docs/guide/a.md").expect("a document");
        let go = |url: &str| resolve(facts.tree, documents, from, url);
        let inside = |path: &str| Target::Inside(path.into());
        assert_eq!(go("../b.adoc"), inside("docs/b.adoc"));
        assert_eq!(go("../b"), inside("docs/b.adoc"));
        assert_eq!(go("#second-part"), inside("docs/guide/a.md"));
        assert_eq!(go("#third-part"), Target::Broken("no such heading"));
        assert_eq!(go("a.md#nowhere"), Target::Broken("no such heading"));
        assert_eq!(go("missing.md"), Target::Broken("no such file"));
        assert_eq!(go("../../ops/runbooks"), inside("ops/runbooks"));
        assert_eq!(go("../../../etc/passwd"), Target::Broken("no such file"));
        assert_eq!(go("https://github.com/acme/shop/blob/main/ops/runbooks/disk.md"), inside("ops/runbooks/disk.md"));
        assert_eq!(go("https://wiki.example.org/runbook"), Target::Outside);
        assert_eq!(go("mailto:ops@example.org"), Target::Other);
        assert_eq!(go("/docs/elsewhere"), Target::Other);
    });
}

#[test]
fn an_address_of_the_published_documentation_leads_to_its_page() {
    let published = "module.exports = {\n  url: 'https://acme.example',\n  baseUrl: '/manual/',\n};\n";
    let files = [
        ("README.md", "# Shop\n"),
        ("docs/CNAME", "docs.shop.example\n"),
        ("docs/system/update.md", "# Update\n"),
        ("handbook/mkdocs.yml", "site_name: Shop\nsite_url: \"https://shop.example/handbook/\"\ndocs_dir: pages\n"),
        ("handbook/pages/index.md", "# Handbook\n"),
        ("handbook/pages/backup.md", "# Backup\n"),
        ("web/docusaurus.config.js", published),
        ("web/docs/install/index.md", "# Install\n"),
    ];
    with(&files, |facts| {
        let documents = facts.documents();
        let from = documents.at("README.md").expect("a document");
        let go = |url: &str| resolve(facts.tree, documents, from, url);
        let inside = |path: &str| Target::Inside(path.into());
        assert_eq!(go("https://docs.shop.example/system/update/#later"), inside("docs/system/update.md"));
        assert_eq!(go("https://docs.shop.example/system/missing/"), Target::Outside);
        assert_eq!(go("https://docs.shop.example/"), Target::Outside);
        assert_eq!(go("https://docs.shop.example.org/system/update/"), Target::Outside);
        assert_eq!(go("https://shop.example/handbook/backup.html"), inside("handbook/pages/backup.md"));
        assert_eq!(go("https://shop.example/handbook"), Target::Outside);
        assert_eq!(go("https://acme.example/manual/docs/install"), inside("web/docs/install/index.md"));
        assert_eq!(go("https://acme.example/manual/install"), Target::Outside);
    });
}

#[test]
fn modules_of_asciidoc_are_one_book() {
    let page = "\
:type: CONCEPT

[id='lag-{context}']
= Lag

[role=\"abstract\"]
Look at image:lag.png[a picture], at xref:doors-shop[the doors], at <<ovens>>, at xref:lids[lids], and at
link:{Book}#there[the book].

include::shared/attributes.adoc[]
";
    let files =
        [("docs/lag.adoc", page), ("docs/doors.adoc", "[id=\"doors-{context}\"]\n= Doors\n\n[[ovens]]\nText.\n")];
    with(&files, |facts| {
        let documents = facts.documents();
        let from = documents.at("docs/lag.adoc").expect("a document");
        let links: Vec<&str> = from.sections[1].links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(links, ["#doors-shop", "#ovens", "#lids"]);
        let go = |url: &str| resolve(facts.tree, documents, from, url);
        assert_eq!(go("#doors-shop"), Target::Inside("docs/doors.adoc".into()));
        assert_eq!(go("#ovens"), Target::Inside("docs/doors.adoc".into()));
        assert_eq!(go("#lids"), Target::Broken("no such heading"));
        assert!(from.sections[1].blocks[0].text.starts_with("Look at"), "{:?}", from.sections[1].blocks);
        assert_eq!(from.sections[0].words, 0);
    });
}

#[test]
fn a_page_of_zola_is_found_below_its_content() {
    let files = [
        ("site/content/guide/start.md", "# Start\n"),
        ("site/content/guide/ovens.md", "# Ovens\n"),
        ("doc/book/begin.md", "# Begin\n"),
        ("doc/book/cook/bread.md", "# Bread\n"),
    ];
    with(&files, |facts| {
        let documents = facts.documents();
        let go = |from: &str, url: &str| resolve(facts.tree, documents, documents.at(from).expect("a document"), url);
        let inside = |path: &str| Target::Inside(path.into());
        assert_eq!(go("site/content/guide/start.md", "@/guide/ovens.md"), inside("site/content/guide/ovens.md"));
        assert_eq!(go("doc/book/begin.md", "@/documentation/cook/bread.md"), inside("doc/book/cook/bread.md"));
        assert_eq!(go("doc/book/begin.md", "@/documentation/cook/stew.md"), Target::Other);
    });
}

#[test]
fn a_link_leads_where_the_site_serves_its_pages() {
    let files = [
        ("docs/guide/start.md", "# Start\n"),
        ("docs/guide/ovens.md", "# Ovens\n"),
        ("docs/modules/bakery/pages/ovens/gas.adoc", "= Gas\n"),
        ("docs/modules/bakery/pages/bread.adoc", "= Bread\n"),
        ("manual/conf.py", "project = 'bakery'\n"),
        ("manual/start.md", "# Start\n"),
    ];
    with(&files, |facts| {
        let documents = facts.documents();
        let go = |from: &str, url: &str| resolve(facts.tree, documents, documents.at(from).expect("a document"), url);
        let inside = |path: &str| Target::Inside(path.into());
        let broken = Target::Broken("no such file");
        assert_eq!(go("docs/guide/start.md", "../ovens/"), inside("docs/guide/ovens.md"));
        assert_eq!(go("docs/guide/start.md", "../stoves/"), broken);
        assert_eq!(go("docs/modules/bakery/pages/ovens/gas.adoc", "bread.adoc"), inside(files[3].0));
        assert_eq!(go("docs/modules/bakery/pages/ovens/gas.adoc", "cake.adoc"), broken);
        assert_eq!(go("manual/start.md", "the_ovens"), Target::Other);
        assert_eq!(go("manual/start.md", "ovens.md"), broken);
        assert_eq!(go("docs/guide/start.md", "the_ovens"), broken);
        assert_eq!(go("docs/guide/start.md", "baker@bakery.example"), Target::Other);
    });
}

#[test]
fn asciidoc_and_rst_have_the_same_shape() {
    let adoc = "= Guide\n\n== Deployment\n\n. Pull the image\n+\n[source,bash]\n----\ndocker pull x\n----\n. Check `curl -f http://h/health`\n\n////\n. hidden\n////\n";
    one("docs/guide.adoc", adoc, |document| {
        let steps: Vec<_> = document.sections[2].steps().map(|step| (step.text.trim(), step.commands)).collect();
        assert_eq!(document.sections[2].title, "Deployment");
        assert_eq!(steps, [("Pull the image", true), ("Check curl -f http://h/health", true)]);
    });
    let rst = "Guide\n=====\n\nDeployment\n----------\n\n1. Pull::\n\n    docker pull x\n\n2. Check it\n\n.. hidden\n   comment\n\nNext\n----\nwords\n";
    one("docs/guide.rst", rst, |document| {
        let titles: Vec<_> = document.sections.iter().map(|s| (s.title.as_str(), s.level)).collect();
        assert_eq!(titles, [("", 0), ("Guide", 1), ("Deployment", 2), ("Next", 2)]);
        assert_eq!(document.sections[2].steps().map(|step| step.commands).collect::<Vec<_>>(), [true, false]);
        assert_eq!(document.sections[2].words, 3);
    });
    let framed = "======\nUpdate\n======\n\nHow to\n======\nwords\n\nInspect\n=======\nwords\n";
    one("docs/update.rst", framed, |document| {
        let titles: Vec<_> = document.sections.iter().map(|s| (s.title.as_str(), s.level)).collect();
        assert_eq!(titles, [("", 0), ("Update", 1), ("How to", 2), ("Inspect", 2)]);
    });
}

#[test]
fn some_documents_never_speak_for_operations() {
    let standing = |path: &str| one(path, "# T\ntext\n", |document| document.standing);
    assert_eq!(standing("README.md"), Standing::Project);
    assert_eq!(standing("docs/operating/monitoring.md"), Standing::Project);
    assert_eq!(standing("docs/developers.md"), Standing::Project);
    assert!(matches!(standing("LICENSE.md"), Standing::Never(_)));
    assert!(matches!(standing("crates/x/CHANGELOG.md"), Standing::Never(_)));
    assert!(matches!(standing(".claude/skills/deploy/SKILL.md"), Standing::Never(_)));
    assert!(matches!(standing("docs/agent-instructions/setup.md"), Standing::Never(_)));
    assert!(matches!(standing("docs/proposals-done/audit.md"), Standing::Never(_)));
    assert!(matches!(standing("AGENTS.md"), Standing::Never(_)));
    assert!(matches!(standing("examples/app/README.md"), Standing::Never(_)));
    assert!(matches!(standing("vendor/lib/README.md"), Standing::Never(_)));
    assert_eq!(standing(".github/ISSUE_TEMPLATE/postmortem.md"), Standing::Template);
    assert_eq!(standing("docs/internals/storage.md"), Standing::Code);
    assert_eq!(standing("CONTRIBUTING.md"), Standing::Code);
}

#[test]
fn hostile_texts_do_not_panic() {
    for text in [
        "",
        "#",
        "# \u{301}",
        "[[[[[[[[",
        "|a|\n|-|\n|",
        "```",
        "= \n====\n",
        "----",
        "1.",
        "<a name=\"",
        "\u{feff}---\n",
        "....\n",
        "::\n",
    ] {
        for path in ["a.md", "a.adoc", "a.rst"] {
            one(path, text, |document| assert!(!document.sections.is_empty()));
        }
    }
    let deep = "> - ".repeat(3000) + &"#".repeat(3000) + &"[".repeat(5000);
    one("deep.md", &deep, |document| assert!(!document.sections.is_empty()));
    let nested: Vec<String> = (1..=2000).map(|n| " ".repeat(n % 300) + "- x\n").collect();
    let nested = nested.concat();
    one("nested.md", &nested, |document| assert!(!document.sections.is_empty()));
}
