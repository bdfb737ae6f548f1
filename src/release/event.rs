//! What a release tells of as it proceeds.

use crate::model::object::{Key, Object};
use crate::plan::Reason;
use crate::store::record::ReleaseNumber;

/// How an object came to stand where it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It was sent now.
    Sent,
    /// It was there already: an earlier release that was cut off had sent it.
    AlreadyThere,
}

/// What happens during a release, in the order in which it happens.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The store has no conditional writes, so nothing but the lock keeps two releases apart.
    BestEffort,
    /// The lock is ours; an earlier release may have been cut off before.
    Locked {
        /// Whether one was.
        resuming: bool,
    },
    /// An object is about to be sent.
    Started {
        /// The object.
        object: &'a Object,
        /// Why it is sent.
        reason: Reason,
    },
    /// So many more bytes of an object were sent.
    Progress {
        /// Where the object goes.
        key: &'a Key,
        /// How many more bytes. A part that is sent again counts again.
        bytes: u64,
    },
    /// An object stands where it should.
    Finished {
        /// The object.
        object: &'a Object,
        /// How it came there.
        delivery: Delivery,
    },
    /// Everything is sent; so many objects that the feed names are now looked at.
    Verifying {
        /// How many.
        objects: usize,
    },
    /// The release's record stands; from here on it is carried through.
    Recorded {
        /// The release.
        number: ReleaseNumber,
    },
    /// The new feed is public.
    FeedPublished {
        /// Where.
        key: &'a Key,
    },
    /// An object that no recent release names is gone.
    Removed {
        /// Where it stood.
        key: &'a Key,
        /// Its length in bytes.
        bytes: u64,
    },
    /// Something that did not stop the release, but that a host should know.
    Note {
        /// What.
        message: &'a str,
    },
}

/// Is told of a release as it proceeds. Must not block: transfers wait for it.
pub trait Reporter: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _: Event<'_>) {}
}
