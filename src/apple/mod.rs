//! Apple Podcasts episode ids: asked for, matched by guid, and written into the front matter.
//!
//! Apple gives every episode an id of its own, which pages and feed need to link to it. The look-up
//! service knows the newest 200 episodes of a show, so older ids live only in the repository: what
//! an answer does not name is *unknown*, and is never deleted.
//!
//! [`lookup`] asks the storefronts, [`matching`] lays their answers beside the episodes,
//! [`sync`] makes one-line changes of them, and [`report`] says what came of it.

pub mod lookup;
pub mod matching;
pub mod report;
pub mod sync;

#[cfg(test)]
pub(crate) mod testing;
