//! Why a release stopped. Whatever it says, the promises hold: the public feed is whole and true.

use jiff::Timestamp;

use crate::model::object::Key;
use crate::plan::Proof;
use crate::store::record::{BadRecord, ReleaseNumber};
use crate::store::{Head, StoreError};

/// What is wrong with an object that the feed would name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The object.
    pub key: Key,
    /// What should be there.
    pub expected: String,
    /// What is.
    pub found: String,
}

/// Why a release stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another release is at work.
    #[error("another release is running here: {holder}, since {since}")]
    Held {
        /// Who.
        holder: String,
        /// Since when.
        since: Timestamp,
        /// When its lock may be taken over if it shows no sign of life until then.
        expires: Timestamp,
        /// The lock, where only a wrong clock can have set it to last so long.
        wrong_clock: Option<Key>,
    },
    /// The lock cannot be read.
    #[error("`{key}` cannot be read as a lock: {reason}")]
    BadLock {
        /// Where it stands.
        key: Key,
        /// Why.
        reason: String,
    },
    /// Another release took the lock over, as if this one were dead.
    #[error("{}", lost(.holder.as_deref()))]
    LockLost {
        /// Who; nobody if it is gone.
        holder: Option<String>,
    },
    /// Another release was published since this one was planned.
    #[error("{by} was published after this release was planned")]
    Overtaken {
        /// Which, as far as it is known.
        by: String,
    },
    /// Other bytes stand under an audio key, which is written only once.
    #[error("`{key}` already holds other audio ({bytes} bytes)", bytes = head.bytes)]
    Taken {
        /// The key.
        key: Key,
        /// What stands there.
        head: Box<Head>,
    },
    /// Audio is neither at hand nor in the target.
    #[error("the audio of {source_file} is not in the target: {found}", source_file = proof.source)]
    Unproved {
        /// What should have been there.
        proof: Box<Proof>,
        /// What is.
        found: String,
    },
    /// The feed would name what is not there.
    #[error("{}", faults(.0))]
    Broken(Vec<Fault>),
    /// A record cannot be used.
    #[error("`{key}` cannot be used: {reason}")]
    BadRecord {
        /// Where it stands.
        key: Key,
        /// Why.
        reason: BadRecord,
    },
    /// There is no such release.
    #[error("there is no release {0} in this target")]
    NoRelease(ReleaseNumber),
    /// The feed of a release is not kept any more.
    #[error("the feed of release {number} is not kept any more: `{key}` is gone or damaged")]
    NotKept {
        /// The release.
        number: ReleaseNumber,
        /// Where the copy stood.
        key: Key,
    },
    /// Nothing can be told of what is in use.
    #[error("the public feed is not that of any release, so nobody can tell what is in use")]
    NoFooting,
    /// A prune would remove more than it may.
    #[error("{objects} objects would be removed, and the limit is {most}")]
    TooMany {
        /// How many.
        objects: usize,
        /// The limit.
        most: usize,
    },
    /// Somebody asked it to stop.
    #[error("stopped on request: the public feed is as it was")]
    Cancelled,
}

fn lost(holder: Option<&str>) -> String {
    match holder {
        Some(holder) => format!("{holder} has taken over the lock of this release"),
        None => "the lock of this release is gone: somebody has removed it".to_owned(),
    }
}

fn faults(faults: &[Fault]) -> String {
    let first = faults.first().map_or_else(String::new, |fault| {
        format!(": `{}` should be {}, but is {}", fault.key, fault.expected, fault.found)
    });
    let (objects, are) = if faults.len() == 1 { ("object", "is") } else { ("objects", "are") };
    format!("{} {objects} that the feed would name {are} not as it would say{first}", faults.len())
}

/// How an exit code sorts an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The target or the network failed.
    Target,
    /// A guard or another release stopped it.
    Stopped,
    /// Another release is at work: it may be waited for.
    Held,
    /// The host stopped it.
    Interrupted,
}

impl ReleaseError {
    /// Which sort of error this is.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Store(_) | Self::BadLock { .. } | Self::BadRecord { .. } | Self::Broken(_) => {
                ErrorClass::Target
            }
            Self::Held { .. } => ErrorClass::Held,
            Self::LockLost { .. }
            | Self::Overtaken { .. }
            | Self::Taken { .. }
            | Self::Unproved { .. }
            | Self::NoFooting
            | Self::TooMany { .. }
            | Self::NoRelease(_)
            | Self::NotKept { .. } => ErrorClass::Stopped,
            Self::Cancelled => ErrorClass::Interrupted,
        }
    }

    /// What the host can do.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.help(),
            Self::Held { expires, wrong_clock: Some(lock), .. } => Some(format!(
                "its lock lasts until {expires}: the clock of this machine or of that one was wrong; \
                 set it, and if no release is at work, delete `{lock}`"
            )),
            Self::Held { expires, wrong_clock: None, .. } => Some(format!(
                "wait for it; if it is dead, its lock can be taken over from {expires} on"
            )),
            Self::BadLock { key, .. } => {
                Some(format!("if no release is running, delete `{key}` and release again"))
            }
            Self::LockLost { .. } | Self::Overtaken { .. } => Some(
                "look at what was published; if this still matters, start a new run, since this \
                     one again would go by what it has seen"
                    .into(),
            ),
            Self::Taken { .. } => Some("release again: the audio will take another key".into()),
            Self::Unproved { proof, .. } => Some(format!(
                "put the audio of {} beside it, or send it ahead with `onair upload`",
                proof.source
            )),
            Self::Broken(_) => Some(
                "release with --repair where the files are at hand: it sends what is missing"
                    .into(),
            ),
            Self::BadRecord { reason: BadRecord::Newer { .. }, .. } => Some("update onair".into()),
            Self::BadRecord { key, .. } => {
                Some(format!("restore `{key}` from a backup, or delete it"))
            }
            Self::NoRelease(_) | Self::NotKept { .. } => None,
            Self::NoFooting => Some("release first".into()),
            Self::TooMany { .. } => {
                Some("look at the list, then raise the limit if it is right".into())
            }
            Self::Cancelled => {
                Some("run the same command again: it goes on where it stopped".into())
            }
        }
    }
}
