//! What the exit code says. Documented in the README.

use super::ui::term::Term;
use crate::pipeline::{Class, Error};

/// An exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// Findings at error level.
    Findings = 1,
    /// Wrong use, or wrong settings.
    Usage = 2,
    /// The target or the network failed.
    Target = 3,
    /// A guard, or another release, stopped it.
    Stopped = 4,
    /// The user stopped it: 128 and SIGINT's number, as shells have it.
    Interrupted = 130,
}

impl From<Class> for Exit {
    fn from(class: Class) -> Self {
        match class {
            Class::Findings => Self::Findings,
            Class::Usage => Self::Usage,
            Class::Target => Self::Target,
            Class::Stopped | Class::Held => Self::Stopped,
            Class::Interrupted => Self::Interrupted,
        }
    }
}

/// What a command comes to whose question had no yes: fine if somebody was there to say it.
pub fn unasked(term: &Term) -> Exit {
    if term.can_ask() { Exit::Fine } else { Exit::Usage }
}

/// What a command comes to.
pub type Outcome = Result<Exit, Error>;
