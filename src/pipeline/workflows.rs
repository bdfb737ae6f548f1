//! The GitHub workflows of a new show: the very ones of onair's own repository, with its action by
//! name and commit.

use std::str::FromStr;

/// Where the action stands in onair's repository.
const FOLDER: &str = "/.github/actions/onair";

/// As our own workflows name it.
const OURS: &str = "$/.github/actions/onair";

const WORKFLOWS: [(&str, &str); 2] = [
    (".github/workflows/verify.yml", include_str!("../../.github/workflows/verify.yml")),
    (".github/workflows/publish.yml", include_str!("../../.github/workflows/publish.yml")),
];

/// An action of some repository, at a commit that nobody can move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    repository: String,
    commit: String,
    /// The version whose binary the action downloads; built from source if there is none.
    version: Option<&'static str>,
}

/// Why a text names no [`Action`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected OWNER/NAME{FOLDER}@COMMIT, with all 40 digits of the commit")]
pub struct BadAction;

impl FromStr for Action {
    type Err = BadAction;
    fn from_str(text: &str) -> Result<Self, BadAction> {
        let (path, commit) = text.split_once('@').ok_or(BadAction)?;
        let repository = path.strip_suffix(FOLDER).ok_or(BadAction)?;
        let plain = |part: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !part.is_empty() && part.chars().all(known)
        };
        let named = repository.split('/').count() == 2 && repository.split('/').all(plain);
        let whole = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !named || !whole {
            return Err(BadAction);
        }
        Ok(Self { repository: repository.to_owned(), commit: commit.to_owned(), version: None })
    }
}

impl Action {
    /// The action of the release that made this binary, if one did.
    pub fn published() -> Option<Self> {
        let action: Self = option_env!("ONAIR_ACTION")?.parse().ok()?;
        Some(Self { version: Some(concat!("v", env!("CARGO_PKG_VERSION"))), ..action })
    }

    /// Where it is told how a show is published from GitHub.
    pub fn guide(&self) -> String {
        format!("https://github.com/{}/blob/{}/docs/github.md", self.repository, self.commit)
    }
}

/// The workflows' paths and texts.
pub fn files(action: &Action) -> Vec<(&'static str, String)> {
    let Action { repository, commit, version } = action;
    let mut uses = format!("{repository}{FOLDER}@{commit}");
    let mut with = "\n        with:\n".to_owned();
    if let Some(version) = version {
        uses.push_str(&format!(" # {version}"));
        with.push_str(&format!("          version: {version}\n"));
    }
    let adapt = |text: &str| {
        text.replace(&format!("{OURS}\n        with:\n"), &format!("{uses}{with}"))
            .replace("docs/github.md says", &format!("{} says", action.guide()))
    };
    WORKFLOWS.iter().map(|(path, text)| (*path, adapt(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn an_action_is_pinned_or_refused() {
        let good = format!("ann/onair/.github/actions/onair@{COMMIT}");
        assert!(good.parse::<Action>().is_ok());
        for bad in [
            "ann/onair/.github/actions/onair@v1".to_owned(),
            "ann/onair/.github/actions/onair".to_owned(),
            format!("onair/.github/actions/onair@{COMMIT}"),
            format!("ann/on air\n/.github/actions/onair@{COMMIT}"),
            format!("ann/onair@{COMMIT}"),
        ] {
            assert_eq!(bad.parse::<Action>(), Err(BadAction), "{bad}");
        }
    }

    #[test]
    fn the_workflows_name_the_action_and_nothing_of_ours() {
        let mut action: Action =
            format!("ann/onair/.github/actions/onair@{COMMIT}").parse().unwrap();
        for version in [None, Some("v0.1.0")] {
            action.version = version;
            let all = files(&action);
            assert_eq!(all.len(), 2);
            for ((path, text), times) in all.iter().zip([2, 2]) {
                let uses = format!("uses: ann/onair/.github/actions/onair@{COMMIT}");
                assert_eq!(text.matches(&uses).count(), times, "{path}");
                let versions = text.matches("\n          version: v0.1.0\n").count();
                assert_eq!(versions, if version.is_some() { times } else { 0 }, "{path}");
                assert!(!text.contains("$/") && !text.contains(" docs/"), "{path}");
            }
        }
    }

    #[test]
    fn the_job_with_credentials_builds_nothing() {
        let action: Action = format!("ann/onair/.github/actions/onair@{COMMIT}").parse().unwrap();
        let all = files(&action);
        let publish = &all[1].1;
        let jobs = publish.split_once("\njobs:\n").unwrap().1;
        let (build, release) = jobs.split_once("\n  show:\n").unwrap();
        let (release, alive) = release.split_once("\n  alive:\n").unwrap();
        for (job, text) in [("build", build), ("alive", alive)] {
            assert!(!text.contains("id-token") && !text.contains("role-to-assume"), "{job}");
        }
        assert!(build.contains("command: install") && build.contains("sha256sum"));
        // The binary is there, and is the one that was hashed, before there are credentials.
        let at = |words: &str| release.find(words).unwrap_or_else(|| panic!("no {words}"));
        assert!(at("needs: onair") < at("actions/download-artifact"));
        assert!(at("actions/download-artifact") < at("sha256sum --check"));
        assert!(at("sha256sum --check") < at("role-to-assume"));
        assert!(at("role-to-assume") < at("uses: ann/onair"));
        assert!(!release.contains("actions/cache") && !release.contains("cargo"));
        assert!(publish.contains("\npermissions: {}\n"));
    }
}
