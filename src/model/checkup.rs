//! What an examination of a target finds: one check after another, each with its fix.

use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What: `credentials`, `right to write`.
    pub name: String,
    /// How it is.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How something is that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Fine {
        /// What was seen.
        seen: String,
    },
    /// A release works, but something is less safe or less useful than it could be.
    Weak {
        /// What was seen.
        seen: String,
        /// What the host can do about it.
        fix: String,
    },
    /// A release cannot work, or listeners cannot listen.
    Broken {
        /// What was seen.
        seen: String,
        /// What the host can do about it.
        fix: String,
    },
    /// Not looked at.
    Skipped {
        /// Why not.
        why: String,
    },
}

impl Check {
    /// A check that found all as it should be.
    pub fn fine(name: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { name: name.into(), outcome: Outcome::Fine { seen: seen.into() } }
    }

    /// A check that found something less good than it could be.
    pub fn weak(name: impl Into<String>, seen: impl Into<String>, fix: impl Into<String>) -> Self {
        let outcome = Outcome::Weak { seen: seen.into(), fix: fix.into() };
        Self { name: name.into(), outcome }
    }

    /// A check that found something broken.
    pub fn broken(
        name: impl Into<String>,
        seen: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let outcome = Outcome::Broken { seen: seen.into(), fix: fix.into() };
        Self { name: name.into(), outcome }
    }

    /// A check that could not be made.
    pub fn skipped(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { name: name.into(), outcome: Outcome::Skipped { why: why.into() } }
    }

    /// Whether something is broken.
    pub fn is_broken(&self) -> bool {
        matches!(self.outcome, Outcome::Broken { .. })
    }
}
