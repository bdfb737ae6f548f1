//! Which commit a show stands at, and whether it contains another: asked of the `git` program, which
//! knows every form that a repository can have. Without it, or outside a repository, nothing is known.

use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;

use crate::store::record::Revision;

/// The commit that the show's folder stands at.
pub fn current(root: &Path) -> Option<Revision> {
    let said = git(root, &["log", "-1", "--no-show-signature", "--format=%H %ct"])?;
    let (commit, seconds) = said.trim().split_once(' ')?;
    let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some(Revision { commit: commit.to_owned(), time: time.to_string() })
}

/// Whether the show's folder contains what was released from the commit `released`, as far as the
/// repository tells.
///
/// A shallow clone may not have that commit; then the commits' times decide.
pub fn contains(root: &Path, current: &Revision, released: &Revision) -> bool {
    if current.commit == released.commit || !is_hash(&released.commit) {
        return true;
    }
    let commit = format!("{}^{{commit}}", released.commit);
    if git(root, &["cat-file", "-e", &commit]).is_some() {
        return git(root, &["merge-base", "--is-ancestor", &released.commit, "HEAD"]).is_some()
            // The history between the two may be cut off.
            || is_shallow(root) && is_later(current, released);
    }
    is_shallow(root) && is_later(current, released)
}

fn is_shallow(root: &Path) -> bool {
    git(root, &["rev-parse", "--is-shallow-repository"]).is_some_and(|said| said.trim() == "true")
}

fn is_later(current: &Revision, released: &Revision) -> bool {
    let time = |revision: &Revision| revision.time.parse::<Timestamp>().ok();
    time(current) >= time(released)
}

/// No text of a record becomes an option of git's.
fn is_hash(text: &str) -> bool {
    (40..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether git would take the show's folder, or one above it, for a repository that is none of its own
/// making: files named as git's are a pull request's, and so are the programs that their settings run.
pub(super) fn is_planted(root: &Path) -> bool {
    let Ok(root) = root.canonicalize() else { return false };
    let has = |folder: &Path, name: &str| folder.join(name).symlink_metadata().is_ok();
    root.ancestors()
        .take_while(|folder| !has(folder, ".git"))
        .any(|it| has(it, "HEAD") && (has(it, "objects") || has(it, "commondir")))
}

/// What git prints, if it succeeds.
pub(super) fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    if is_planted(root) {
        return None;
    }
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        // Whoever runs this need not own the files; nothing of the repository's settings is run.
        .args(["-c", "safe.directory=*", "-c", "core.fsmonitor=false"])
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
