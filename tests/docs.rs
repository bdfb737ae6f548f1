//! The documentation holds together: the book lists every page, and every link leads somewhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let others = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
    pages.chain(others.iter().map(|name| root().join(name))).collect()
}

/// A text without its blocks of code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Where links lead that are no web addresses.
fn links(text: &str) -> Vec<String> {
    let behind = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = behind.filter(|link| !link.contains("://") && !link.starts_with("mailto:"));
    local.map(|link| link.split(' ').next().unwrap_or(link).to_owned()).collect()
}

/// The names by which a page's headings, and its own anchors, are reached.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let plain = |line: &str| -> String {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        line.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect()
    };
    let own = text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    headings.map(|line| plain(line).replace(' ', "-")).chain(own.map(str::to_owned)).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    for page in pages() {
        let text = prose(&fs::read_to_string(&page).unwrap());
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let to = if path.is_empty() { page.clone() } else { page.with_file_name(path) };
            assert!(to.exists(), "{}: {link}", page.display());
            if !anchor.is_empty() {
                let there = anchors(&prose(&fs::read_to_string(&to).unwrap()));
                assert!(there.contains(anchor), "{}: {link}: one of {there:?}", page.display());
            }
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn the_book_lists_every_page_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed = links(&summary);
    let mut there: Vec<String> = pages()
        .iter()
        .filter(|page| page.parent().is_some_and(|folder| folder.ends_with("docs")))
        .map(|page| page.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "SUMMARY.md")
        .collect();
    let mut sorted = listed.clone();
    sorted.sort();
    there.sort();
    assert_eq!(sorted, there);
}

#[test]
fn the_action_for_the_marketplace_takes_this_version_s_binary() {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let version = format!("    default: v{}\n", env!("CARGO_PKG_VERSION"));
    assert!(action.contains(&version), "action.yml: {version}");
    let inner = fs::read_to_string(root().join(".github/actions/onair/action.yml")).unwrap();
    let inputs = |text: &str| -> Vec<String> {
        let part = text.split("\ninputs:\n").nth(1).unwrap().split("\noutputs:").next().unwrap();
        let names = part.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        names.map(str::to_owned).collect()
    };
    assert_eq!(inputs(&action), inputs(&inner));
}

/// Texts between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn what_is_said_to_hold_a_threat_is_there() {
    let mut code = String::new();
    let mut folders = vec![root().join("src"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                code.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let table = text.split("## Who may do what to whom").nth(1).unwrap();
    let rows = table.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with('|'));
    let mut seen = 0;
    for row in rows.skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [_, _, _, holds] = cells[..] else { panic!("{row}") };
        assert!(quoted(holds).count() > 0, "nothing holds it: {row}");
        for name in quoted(holds) {
            let is_file = name.contains('/') && root().join(name).exists();
            let test = format!("#[test]\nfn {name}(");
            let is_test = code.contains(&test) || code.contains(&test.replace("\n", "\n    "));
            assert!(is_file || is_test, "{name} is neither a file nor a test: {row}");
        }
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
}

/// Where a limit is set, and what the page of limits says of it.
const LIMITS: [(&str, &str, &str); 44] = [
    ("src/show/settings.rs", "MOST_TEXT: usize = 64 << 10;", "`[[allow]]` | 64 KiB together |"),
    ("src/show/read.rs", "MAX_TEXT: u64 = 1024 * 1024;", "transcript, template | 1 MiB |"),
    ("src/show/frontmatter.rs", "MAX_BYTES: usize = 64 * 1024;", "| 64 KiB, "),
    ("src/show/yaml/build.rs", "MAX_DEPTH: usize = 8;", ", 8 levels deep |"),
    ("src/show/read.rs", "MAX_FILES: usize = 100_000;", "| 100,000, "),
    ("src/show/read.rs", "MAX_DEPTH: usize = 6;", "six folders deep |"),
    ("src/show/settings.rs", "MOST_LISTED: usize = 100;", "`onair.toml` | 100 of each |"),
    ("src/rules/chapters.rs", "MOST_SAID: usize = 100;", "are shown | 100 |"),
    ("src/show/mod.rs", "path.len() <= 512", "| 512 bytes; "),
    ("src/show/html_depth.rs", "DEEPEST: usize = 200;", "| 200 elements inside"),
    ("src/show/html_depth.rs", "MOST_ATTRIBUTES: usize = 100;", ", 100 attributes of one;"),
    ("src/site/html/markdown.rs", "DEEPEST: usize = 60;", "| Markdown | 60 levels deep;"),
    ("src/rules/pictures.rs", "MAX_PICTURE: u64 = 16 * 1024 * 1024;", "| a picture | 16 MiB; "),
    ("src/site/artwork/make.rs", "MAX_SIDE: u32 = 8192;", "8,192 pixels a side"),
    ("src/site/artwork/make.rs", "MAX_MEMORY: u64 = 256 * 1024 * 1024;", "256 MiB when"),
    ("src/store/record.rs", "LIMIT: u64 = 64 << 20;", "| the feed | 64 MiB: "),
    ("src/store/record.rs", "LIMIT: u64 = 64 << 20;", "record | 64 MiB as it is kept, "),
    ("src/store/packed.rs", "LIMIT: u64 = 512 << 20;", ", 512 MiB unpacked |"),
    ("src/pipeline/templates.rs", "MOST: usize = 200;", "| files in the folder | 200 |"),
    ("src/site/pages/templates/limits.rs", "LONGEST_TAG: usize = 2000;", "| 2,000 bytes; "),
    ("src/site/pages/templates/limits.rs", "MOST_CODE: usize = 128 * 1024;", "128 KiB in one"),
    ("src/site/pages/templates/limits.rs", "MOST_ELIF: usize = 100;", "template | 100 |"),
    ("src/site/pages/templates/limits.rs", "FUEL: u64 = 5_000_000;", "| 5,000,000 steps, "),
    ("src/pipeline/template_process/mod.rs", "Duration::from_secs(10);", "reads; 10 seconds of"),
    (
        "src/pipeline/template_process/mod.rs",
        "MEMORY: u64 = 1 << 30;",
        "| 1 GiB of address space; ",
    ),
    ("src/pipeline/template_process/apart.rs", "AT_ONCE: usize = 4;", "; four at once |"),
    ("src/pipeline/template_process/apart.rs", "from_secs(60);", "together | 60 seconds beyond"),
    ("src/site/pages/templates.rs", "set_recursion_limit(64);", "inside one another | 64 |"),
    ("src/http.rs", "MAX_REDIRECTS: u32 = 12;", "| redirects | 12, "),
    ("src/http.rs", "PATIENCE: Duration = Duration::from_secs(30);", "silence | 30 seconds |"),
    ("src/http.rs", "PATIENCE: Duration = Duration::from_secs(30);", "after 30 seconds | 4"),
    ("src/http.rs", "SLOWEST: u64 = 4 * 1024;", "| 4 KiB a second"),
    ("src/import/encoding.rs", "MAX_BYTES: u64 = 256 * 1024 * 1024;", "feed | 256 MiB, "),
    ("src/pipeline/import.rs", "MAX_PAGES: usize = 1000;", "in 1,000 pages; "),
    ("src/import/tree.rs", "MAX_ATTRIBUTES: usize = 100;", "; 100 attributes of one element |"),
    ("src/import/tree.rs", "MAX_HERE: usize = 10_000;", "pages; 10,000 elements of an episode"),
    ("src/import/tree.rs", "MAX_TEXT: usize = 1024 * 1024;", "a text of it | 1 MiB; "),
    ("src/import/markdown.rs", "MAX_PROVEN: usize = 128 * 1024;", "beyond 128 KiB it stays HTML"),
    ("src/pipeline/download.rs", "MAX_AUDIO: u64 = 2 * 1024 * 1024 * 1024;", "| 2 GiB, "),
    ("src/rules/pictures.rs", "MAX_PICTURE: u64 = 16 * 1024 * 1024;", "GiB, 16 MiB, "),
    ("src/pipeline/fetch.rs", "MAX_VAIN: usize = 6;", "one after another | 6, "),
    ("src/show/read.rs", "MAX_TEXT: u64 = 1024 * 1024;", "16 MiB, 1 MiB |"),
    ("src/pipeline/preview/serve.rs", "MOST_CONNECTIONS: usize = 128;", "| 128 at a time; "),
    ("src/pipeline/preview/patient.rs", "Duration::from_secs(10);", "time; 10 seconds"),
];

#[test]
fn the_page_of_limits_says_what_the_code_does() {
    let page = fs::read_to_string(root().join("docs/limits.md")).unwrap();
    for (file, code, said) in LIMITS {
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(code), "{file}: no {code}: what does docs/limits.md say of it?");
        assert!(page.contains(said), "docs/limits.md: no {said}");
    }
}
