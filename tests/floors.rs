//! Lower floors know nothing of higher ones: the `use crate::` lines are held to ARCHITECTURE.md.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

/// What each floor may name besides itself and the words that all share.
const FLOORS: [(&str, &[&str]); 14] = [
    ("show", &[]),
    ("audio", &[]),
    ("rules", &["show", "audio"]),
    ("site", &["show", "audio"]),
    ("store", &[]),
    ("plan", &["site", "store"]),
    ("release", &["store", "plan"]),
    ("apple", &["show", "http", "report"]),
    ("import", &["show", "report"]),
    ("report", &["show", "rules"]),
    ("preview", &["show", "rules", "site", "report"]),
    ("model", &[]),
    ("public", &["http", "show", "site", "store"]),
    ("http", &[]),
];
/// Words that all floors share.
const SHARED: [&str; 1] = ["model"];
/// The one exception: records keep what an edition promised.
const EXCEPTIONS: [(&str, &str); 1] = [("store", "site")];

fn rust_files(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            // A test may name what it likes.
            && !path.ends_with("tests.rs")
        {
            files.push(path);
        }
    }
}

#[test]
fn lower_floors_know_nothing_of_higher_ones() {
    let mut looked_at = 0;
    for (floor, may) in FLOORS {
        let mut files = Vec::new();
        let folder = Path::new("src").join(floor);
        rust_files(&folder, &mut files);
        let alone = folder.with_extension("rs");
        if alone.is_file() {
            files.push(alone);
        }
        assert!(!files.is_empty(), "there is no {floor}");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            for named in product.split("crate::").skip(1) {
                let end =
                    named.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(named.len());
                let named = &named[..end];
                looked_at += 1;
                let allowed = named == floor
                    || may.contains(&named)
                    || SHARED.contains(&named)
                    || EXCEPTIONS.contains(&(floor, named))
                    || named.is_empty();
                assert!(allowed, "{} names crate::{named}", file.display());
            }
        }
    }
    assert!(looked_at > 100);
}
