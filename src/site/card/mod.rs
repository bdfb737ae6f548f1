//! The picture that networks show of an episode where its host gave none: artwork, show and title.
//!
//! The same [`Card`] always gives the same bytes, and its name is made of all that it shows: what a
//! target has under that name needs not be drawn again.

mod draw;
mod lettering;

use bytes::Bytes;

use super::artwork::{Artwork, ArtworkError, Form, Rgb};
use crate::model::hash::Sha256;
use crate::model::object::Object;

/// Width and height in pixels, as Open Graph readers want it for a large picture.
pub const SIZE: (u32, u32) = (1200, 630);
/// The `Content-Type` of cards.
pub const CONTENT_TYPE: &str = "image/jpeg";
/// Changes whenever the same card would be drawn in another way: part of its name.
const VERSION: u32 = 1;
/// More letters than a card has room for.
const MAX_TEXT: usize = 300;

/// The artwork of a card.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Of the host's own file.
    hash: Sha256,
    /// A square; decoded only while a card is drawn.
    file: Bytes,
    accent: Option<Rgb>,
}

impl Picture {
    /// The largest variant of an artwork; nothing if it has none. The host's `accent` comes before its
    /// own.
    pub fn of(artwork: &Artwork, accent: Option<Rgb>) -> Option<Self> {
        let file = artwork.of_form(Form::Jpeg).last()?.bytes.clone();
        Some(Self { hash: artwork.source, file, accent: accent.or(artwork.accent) })
    }
}

/// A card's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    /// Its name, by what it shows.
    pub name: String,
    /// What is to be sent; nothing if the target has it already.
    pub object: Option<Object>,
}

impl CardFile {
    /// Its site path.
    pub fn path(&self) -> String {
        path(&self.name)
    }
}

/// The site path of the card of this name.
pub fn path(name: &str) -> String {
    format!("assets/cards/{name}")
}

/// What a card shows.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    picture: Option<&'a Picture>,
    /// Title and show, where there are letters for all of the title.
    words: Option<(String, String)>,
}

impl<'a> Card<'a> {
    /// The card of an episode. Where its title is in a script that onair has no letters for, the artwork
    /// stands alone; nothing if there is no artwork either.
    pub fn of(title: &str, show: &str, picture: Option<&'a Picture>) -> Option<Self> {
        let title = lettering::readable(title, MAX_TEXT).filter(|title| !title.is_empty());
        let show = lettering::readable(show, MAX_TEXT).unwrap_or_default();
        let words = title.map(|title| (title, show));
        (picture.is_some() || words.is_some()).then_some(Self { picture, words })
    }

    /// The name of its file.
    pub fn name(&self) -> String {
        let mut shown = format!("card {VERSION}");
        if let Some(Picture { hash, accent, .. }) = self.picture {
            let accent = accent.map(|accent| accent.to_string()).unwrap_or_default();
            shown += &format!("\npicture {hash} {accent}");
        }
        if let Some((title, show)) = &self.words {
            shown += &format!("\ntitle {title}\nshow {show}");
        }
        format!("{}.jpg", &Sha256::of(shown.as_bytes()).to_string()[..16])
    }

    /// Its file, a JPEG.
    ///
    /// # Errors
    /// [`ArtworkError`] if its artwork cannot be decoded, or it cannot be encoded.
    pub fn draw(&self) -> Result<Bytes, ArtworkError> {
        draw::draw(self)
    }
}

#[cfg(test)]
mod tests;
