//! An episode as the rules on all episodes see it.

use crate::show::Episode;

/// An episode, and whether its audio has proved its size and duration.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The episode.
    pub episode: &'a Episode,
    /// Whether the MP3, or the target's record of it, agrees with the front matter.
    pub proved: bool,
}
