//! A picture that a tag may hold: checked once, when it is made.

use std::hash::{Hash, Hasher};

use bytes::Bytes;
use imagesize::ImageType;

use crate::model::hash::Sha256;

/// A JPEG or PNG, known to be one by its bytes and not by its name.
///
/// Cloning is cheap: a show's cover stands in every episode's tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    mime: &'static str,
    bytes: Bytes,
    sha256: Sha256,
    width: usize,
    height: usize,
}

/// Why bytes are no [`Picture`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Another format, or no picture.
    #[error("a picture in a tag must be JPEG or PNG (ID3v2.3.0, section 4.15)")]
    Format,
    /// The format is right but the picture is damaged.
    #[error("the {0} picture is damaged: its size cannot be read")]
    Damaged(&'static str),
    /// Every listener would download it with every episode.
    #[error("the picture has {bytes} bytes; in a tag at most {} are allowed", Picture::MAX_BYTES)]
    TooLarge {
        /// Bytes it has.
        bytes: usize,
    },
}

impl Picture {
    /// The most bytes that a picture may have: 8 MiB, twice what a 3000-pixel JPEG at high quality
    /// takes.
    pub const MAX_BYTES: usize = 8 << 20;

    /// The picture that `bytes` are.
    ///
    /// # Errors
    /// [`PictureError`] if they are no sound JPEG or PNG, or too many.
    pub fn new(bytes: impl Into<Bytes>) -> Result<Self, PictureError> {
        let bytes = bytes.into();
        if bytes.len() > Self::MAX_BYTES {
            return Err(PictureError::TooLarge { bytes: bytes.len() });
        }
        let (mime, name) = match imagesize::image_type(&bytes) {
            Ok(ImageType::Jpeg) => ("image/jpeg", "JPEG"),
            Ok(ImageType::Png) => ("image/png", "PNG"),
            _ => return Err(PictureError::Format),
        };
        let size = imagesize::blob_size(&bytes).map_err(|_| PictureError::Damaged(name))?;
        if size.width == 0 || size.height == 0 {
            return Err(PictureError::Damaged(name));
        }
        let sha256 = Sha256::of(&bytes);
        Ok(Self { mime, bytes, sha256, width: size.width, height: size.height })
    }

    /// `image/jpeg` or `image/png`.
    pub fn mime(&self) -> &'static str {
        self.mime
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Width and height, in pixels.
    pub fn pixels(&self) -> (usize, usize) {
        (self.width, self.height)
    }
}

impl Hash for Picture {
    // By what its bytes hash to, which is known already: a cover takes part in every episode's tag.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sha256.hash(state);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The smallest PNG: one grey pixel.
    pub(in super::super) const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\
        \0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\
        \0\0\0\0IEND\xaeB\x60\x82";

    #[test]
    fn pictures_are_known_by_their_bytes() {
        let png = Picture::new(PNG).unwrap();
        assert_eq!((png.mime(), png.pixels()), ("image/png", (1, 1)));
        assert_eq!(Picture::new(&b"GIF89a\x01\0\x01\0"[..]), Err(PictureError::Format));
        assert_eq!(Picture::new(&b""[..]), Err(PictureError::Format));
        assert_eq!(Picture::new(&PNG[..12]), Err(PictureError::Damaged("PNG")));
        let large = vec![0; Picture::MAX_BYTES + 1];
        assert_eq!(Picture::new(large), Err(PictureError::TooLarge { bytes: 8_388_609 }));
    }
}
