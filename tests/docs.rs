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
