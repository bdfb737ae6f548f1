//! What the main branch of the show's repository says, asked of the `git` program once a run.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::revision::{git, is_planted};
use crate::show::settings::FILE;

/// What the main branch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Main<T> {
    /// This, at this name in git.
    Says(T, String),
    /// There is no repository, or nothing of the show in it yet: nobody else wrote `onair.toml`.
    None,
    /// There is a repository, and which of its branches is the main one cannot be told.
    Unknown,
}

/// The settings of the main branch, remembered once they were asked for.
#[derive(Debug, Clone, Default)]
pub struct MainBranch(Arc<OnceLock<Main<String>>>);

impl MainBranch {
    /// The text of `onair.toml` there, of the show in this folder.
    pub fn text(&self, root: &Path) -> &Main<String> {
        self.0.get_or_init(|| ask(root))
    }
}

/// The settings of the main branch, as git has them.
fn ask(root: &Path) -> Main<String> {
    if is_planted(root) {
        return Main::Unknown;
    }
    if git(root, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).is_none() {
        return Main::None;
    }
    let Some(name) = main_name(root) else { return Main::Unknown };
    let shown = name.strip_prefix("refs/remotes/").or(name.strip_prefix("refs/heads/"));
    let shown = shown.unwrap_or(&name).to_owned();
    match git(root, &["show", &format!("{name}:./{FILE}")]) {
        Some(text) => Main::Says(text, shown),
        // The show is not in git yet, and no remote has another.
        None if !name.starts_with("refs/remotes/") => Main::None,
        None => Main::Says(String::new(), shown),
    }
}

/// The main branch's name: that of the remote, or the only one there is.
fn main_name(root: &Path) -> Option<String> {
    if is_main_of_actions(root) {
        return Some("HEAD".to_owned());
    }
    let listed = git(root, &["for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"])?;
    let exists = |name: &str| listed.lines().any(|it| it == name);
    let remote = listed.lines().any(|name| name.starts_with("refs/remotes/"));
    if remote {
        if let Some(name) = git(root, &["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]) {
            return Some(name.trim().to_owned()).filter(|name| exists(name));
        }
        let usual = ["refs/remotes/origin/main", "refs/remotes/origin/master"];
        return usual.into_iter().find(|name| exists(name)).map(str::to_owned);
    }
    let usual = ["refs/heads/main", "refs/heads/master"];
    usual.into_iter().find(|name| exists(name)).map(str::to_owned).or_else(|| {
        let mut names = listed.lines();
        names.next().filter(|_| names.next().is_none()).map(str::to_owned)
    })
}

/// Whether this is a run of GitHub Actions on the default branch itself, at the commit that it is for.
fn is_main_of_actions(root: &Path) -> bool {
    let set = |name: &str| env::var(name).unwrap_or_default();
    // Other events check out what they like.
    if set("GITHUB_ACTIONS") != "true"
        || !matches!(set("GITHUB_EVENT_NAME").as_str(), "push" | "schedule" | "workflow_dispatch")
    {
        return false;
    }
    let event = fs::read_to_string(set("GITHUB_EVENT_PATH")).unwrap_or_default();
    let event: serde_json::Value = serde_json::from_str(&event).unwrap_or_default();
    let Some(main) = event["repository"]["default_branch"].as_str() else { return false };
    let head = git(root, &["rev-parse", "HEAD"]).unwrap_or_default();
    set("GITHUB_REF") == format!("refs/heads/{main}") && head.trim() == set("GITHUB_SHA")
}
