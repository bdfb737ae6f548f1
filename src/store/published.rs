//! What a target holds already: the other half of a plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::object::Key;
use crate::store::begun::{Begun, Stray};
use crate::store::record::{Record, Recorded};
use crate::store::{Stored, Version};

/// How the public feed and the records in a target stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was ever published here.
    Empty,
    /// The feed is that of the current record.
    Current,
    /// The feed is that of a later record than the manifest: a release was cut off between the two.
    ManifestBehind,
    /// There is a record, but its feed is gone.
    FeedMissing,
    /// There is a feed that no release of ours put there.
    Foreign,
}

/// What is published in a target, as it was read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// How feed and record stand to each other.
    pub standing: Standing,
    /// The record that the public feed belongs to, or the current one if the feed is not ours.
    pub record: Option<Record>,
    /// The public feed.
    pub feed: Option<Stored>,
    /// Which manifest was read.
    pub manifest: Option<Version>,
    /// Recorded objects that were found to be gone or changed by somebody else, where anybody looked.
    pub missing: BTreeSet<Key>,
    /// Audio that another program put there, and that was compared with the file at hand.
    pub adopted: BTreeMap<Key, Recorded>,
    /// What a release that was cut off was about to write.
    pub begun: Begun,
    /// What it wrote and no release has named.
    pub strays: Vec<Stray>,
    /// What somebody else put where the site's own pages are to stand, in a target without a release.
    pub foreign: Vec<Key>,
}

impl Published {
    /// Whether the public feed says that onair wrote it.
    pub fn is_by_onair(&self) -> bool {
        let feed = self.feed.as_ref().map(|feed| String::from_utf8_lossy(&feed.bytes));
        feed.is_some_and(|feed| feed.contains("<generator>onair</generator>"))
    }

    /// A target in which nothing stands.
    pub fn nothing() -> Self {
        Self {
            standing: Standing::Empty,
            record: None,
            feed: None,
            manifest: None,
            missing: BTreeSet::new(),
            adopted: BTreeMap::new(),
            begun: Begun::new(),
            strays: Vec::new(),
            foreign: Vec::new(),
        }
    }
}
