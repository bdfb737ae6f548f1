//! Pictures in the sizes that pages show, and the colour that a show's artwork gives its pages.
//!
//! A host's picture is a stranger's: it is decoded within limits of size and memory, and what cannot be
//! decoded is published as it is. Making variants takes a second or so for artwork of 3,000 pixels, so
//! whoever calls keeps them by the picture's hash ([`Artwork::to_bytes`]): they are made once.

mod colour;
mod make;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::hash::Sha256;

pub use colour::{Accent, Rgb};
pub use make::{ArtworkError, decode, make};

/// Changes whenever the same picture would give other variants: part of a cache's key.
pub const VERSION: u32 = 2;

/// What a variant is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// JPEG, which every browser shows.
    Jpeg,
    /// WebP, a third smaller.
    WebP,
    /// PNG, for icons.
    Png,
}

impl Form {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
            Self::Png => "png",
        }
    }

    /// The `Content-Type` it is served with.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Png => "image/png",
        }
    }
}

/// A picture in one size and form: a square.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Width and height, in pixels.
    pub width: u32,
    /// Its form.
    pub form: Form,
    /// The file.
    pub bytes: Bytes,
}

/// What was made of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artwork {
    /// The host's picture. Variants are named after it, not after their own bytes: another machine may
    /// round another way, and pages must not change for that.
    pub source: Sha256,
    /// Smallest first; icons (PNG) among them.
    pub variants: Vec<Variant>,
    /// The colour that stands out in it; nothing if it is all grey.
    pub accent: Option<Rgb>,
}

/// Pictures by their paths below the show's folder, as far as there are variants of them.
pub type Gallery = BTreeMap<String, Arc<Artwork>>;

#[derive(Serialize, Deserialize)]
struct Header {
    source: Sha256,
    variants: Vec<(u32, Form, usize)>,
    accent: Option<Rgb>,
}

impl Artwork {
    /// Its variants of one form, smallest first.
    pub fn of_form(&self, form: Form) -> impl Iterator<Item = &Variant> {
        self.variants.iter().filter(move |variant| variant.form == form)
    }

    /// What the names of its variants start with.
    pub fn name(&self) -> String {
        Sha256::of(format!("art {VERSION} {}", self.source).as_bytes()).to_string()[..12].to_owned()
    }

    /// One run of bytes for a cache: the length of a header, the header (JSON), the files.
    pub fn to_bytes(&self) -> Vec<u8> {
        let variants = self.variants.iter().map(|one| (one.width, one.form, one.bytes.len()));
        let (source, accent) = (self.source, self.accent);
        let header = Header { source, variants: variants.collect(), accent };
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let mut bytes = u32::try_from(header.len()).unwrap_or(0).to_le_bytes().to_vec();
        bytes.extend(header);
        self.variants.iter().for_each(|one| bytes.extend_from_slice(&one.bytes));
        bytes
    }

    /// What [`to_bytes`](Self::to_bytes) wrote; nothing if a cache holds anything else.
    pub fn from_bytes(bytes: &Bytes) -> Option<Self> {
        let length = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?);
        let mut at = 4_usize.checked_add(usize::try_from(length).ok()?)?;
        let header: Header = serde_json::from_slice(bytes.get(4..at)?).ok()?;
        let mut variants = Vec::new();
        for &(width, form, length) in &header.variants {
            let end = at.checked_add(length).filter(|&end| end <= bytes.len())?;
            variants.push(Variant { width, form, bytes: bytes.slice(at..end) });
            at = end;
        }
        let Header { source, accent, .. } = header;
        (at == bytes.len()).then_some(Self { source, variants, accent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_gives_back_what_it_was_given_and_nothing_else() {
        let one = |width, form, bytes: &'static [u8]| Variant { width, form, bytes: bytes.into() };
        let artwork = Artwork {
            source: Sha256::of(b"a picture"),
            variants: vec![one(88, Form::Jpeg, b"abc"), one(88, Form::WebP, b"de")],
            accent: Some(Rgb([1, 2, 3])),
        };
        let bytes = Bytes::from(artwork.to_bytes());
        assert_eq!(Artwork::from_bytes(&bytes), Some(artwork));
        for end in 0..bytes.len() {
            assert_eq!(Artwork::from_bytes(&bytes.slice(..end)), None, "cut at {end}");
        }
    }
}
