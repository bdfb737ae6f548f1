//! The tag that an episode is published with.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Checkout;
use super::chapters;
use super::scale;
use crate::audio::Mp3;
use crate::audio::tag::{self, Picture, TagSpec};
use crate::model::hash::Sha256;
use crate::model::rendered_tag::RenderedTag;
use crate::model::tag_texts::TagTexts;
use crate::rules::pictures::MAX_PICTURE;
use crate::show::{Episode, Show, files, is_inside, read};
use crate::site::tagging;

/// Renders the tag of an episode whose MP3 is at `file`.
///
/// # Errors
/// If the file cannot be read, or no tag can hold what the episode says.
pub fn render(
    checkout: &Checkout,
    episode: &Episode,
    file: &Path,
    mp3: &Mp3,
) -> Result<RenderedTag, String> {
    let mut spec = spec(checkout, episode, Duration::from_millis(mp3.time.milliseconds()));
    for entry in spec.chapters.iter_mut().flatten() {
        // A picture on the web stays there: players that want it fetch it by the chapter list.
        let image = entry.chapter.image.as_deref().filter(|path| is_inside(path));
        let bytes =
            image.and_then(|path| read::read_bytes(&checkout.show.root, path, MAX_PICTURE).ok());
        entry.picture = bytes.and_then(|bytes| scale::for_tag(bytes).ok());
    }
    let existing = tag::existing_tag(file, &mp3.payload).map_err(|error| error.to_string())?;
    let bytes = tag::render(&spec, &existing).map_err(|error| error.to_string())?;
    // A picture of the episode's own is no other's.
    Ok(match &checkout.cover {
        Some(cover) => RenderedTag::sharing(&bytes, cover.bytes()),
        None => RenderedTag::from(bytes),
    })
}

/// What the tag of an episode would say now, whether its MP3 is at hand or not.
pub fn texts(checkout: &Checkout, episode: &Episode) -> TagTexts {
    let spec = spec(checkout, episode, Duration::MAX);
    let speakers = (&spec.artist, &spec.album_artist, &spec.publisher);
    TagTexts::of([
        Sha256::of_value(&(&spec.title, &spec.subtitle)),
        Sha256::of_value(&spec.released),
        Sha256::of_value(&spec.track),
        Sha256::of_value(&spec.season),
        Sha256::of_value(&speakers),
        Sha256::of_value(&spec.album),
        Sha256::of_value(&spec.description),
        Sha256::of_value(&spec.notes),
        Sha256::of_value(&spec.chapters),
        Sha256::of_value(&spec.cover),
    ])
}

/// All that the tag of an episode that plays for `duration` is to say, but for its chapters' pictures.
fn spec(checkout: &Checkout, episode: &Episode, duration: Duration) -> TagSpec {
    let show = &checkout.show;
    let written = checkout.chapters.get(&episode.source.path).map(Arc::as_ref);
    // `chapters: []` says that there are none.
    let given = written.map_or(episode.chapters.value().is_some(), |read| read.written().is_some());
    let chapters = given.then(|| chapters::publishable(episode, written, Some(duration)));
    let own = own_artwork(show, episode);
    let cover = own.as_ref().or(checkout.cover.as_ref());
    tagging::spec(&show.settings, episode, chapters.as_deref(), cover, duration)
}

/// The episode's own artwork, where it is a file of the show that a tag can hold; the rules speak of
/// one that is not.
fn own_artwork(show: &Show, episode: &Episode) -> Option<Picture> {
    let image = episode.image.value().filter(|image| !files::is_address(image))?;
    let candidates = files::candidates(image, &episode.source.path);
    let path = files::first_there(&show.root, &candidates).ok()?;
    let bytes = read::read_bytes(&show.root, path, MAX_PICTURE).ok()?;
    scale::for_tag(bytes).ok()
}
