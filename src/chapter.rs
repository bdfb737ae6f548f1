//! A chapter of an episode, as every stage of the pipeline knows it.

use std::time::Duration;

/// One chapter. Its end is the next chapter's start, or the end of the audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Where the chapter begins, counted from the start of the audio.
    pub start: Duration,
    /// What a player shows; never empty.
    pub title: String,
    /// A page about the chapter (`http` or `https`).
    pub url: Option<String>,
    /// A picture for the chapter: a path inside the show's folder, or an absolute URL.
    pub image: Option<String>,
}
