//! Why a use case ended early.

use std::{fmt, io};

use crate::model::disk;

/// Who has to act; the command line gives each class an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Findings at error level.
    Findings,
    /// Wrong use, or wrong settings.
    Usage,
    /// The target or the network failed.
    Target,
    /// A guard stopped it, or another release that went before.
    Stopped,
    /// Another release is at work.
    Held,
    /// The user stopped it.
    Interrupted,
}

impl Class {
    /// The class as programs read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Usage => "usage",
            Self::Target => "target",
            Self::Stopped => "stopped",
            Self::Held => "held",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Why a use case ended early: what to say, and who has to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Who has to act.
    pub class: Class,
    /// What is wrong, without a period.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
    /// Whether each cause was reported before: then this only closes the report.
    pub reported: bool,
}

impl Error {
    /// An error without help.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), help: None, reported: false }
    }

    /// Wrong use, or wrong settings.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Class::Usage, message)
    }

    /// What cannot be written or made, and why the disk refuses.
    pub fn disk(what: impl fmt::Display, error: &io::Error) -> Self {
        let help = disk::help(error).map(str::to_owned);
        Self { help, ..Self::usage(format!("{what}: {}", disk::reason(error))) }
    }

    /// Says how to fix it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that each cause was reported before.
    #[must_use]
    pub fn reported(mut self) -> Self {
        self.reported = true;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
