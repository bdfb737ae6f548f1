//! Pictures for tags: one that is too large for a tag is scaled down into it, rather than left out.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};

use crate::audio::tag::{Picture, PictureError};
use crate::site::artwork;

/// The side of a picture that was scaled down, in pixels: the least that platforms take of artwork.
const SIDE: u32 = 1400;
/// JPEG quality of what was scaled down: no loss is seen at that size.
const QUALITY: u8 = 88;

/// The picture for a tag that `bytes` are, or become; the same bytes always give the same picture.
///
/// # Errors
/// [`PictureError`] if they are no picture that a tag can hold.
pub fn for_tag(bytes: Vec<u8>) -> Result<Picture, PictureError> {
    if bytes.len() <= Picture::MAX_BYTES {
        return Picture::new(bytes);
    }
    let too_large = PictureError::TooLarge { bytes: bytes.len() };
    match smaller(&bytes) {
        Some(smaller) => Picture::new(smaller),
        None => Err(too_large),
    }
}

/// The picture as a JPEG of at most [`SIDE`] pixels a side.
fn smaller(bytes: &[u8]) -> Option<Vec<u8>> {
    if !matches!(image::guess_format(bytes).ok()?, ImageFormat::Jpeg | ImageFormat::Png) {
        return None;
    }
    let picture = artwork::decode(bytes).ok()?;
    let picture = match picture.width().max(picture.height()) > SIDE {
        true => picture.resize(SIDE, SIDE, FilterType::CatmullRom),
        false => picture,
    };
    let mut out = Vec::new();
    // JPEG knows no transparency.
    let flat = DynamicImage::ImageRgb8(picture.to_rgb8());
    flat.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY)).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A PNG of noise, which hardly compresses, of so many pixels a side.
    fn noise(side: u32) -> Vec<u8> {
        let mut state = 1_u32;
        let picture = image::RgbImage::from_fn(side, side, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = state.to_be_bytes();
            image::Rgb([a, b, c])
        });
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_picture_too_large_for_a_tag_becomes_one_that_is_not() {
        let large = noise(1700);
        assert!(large.len() > Picture::MAX_BYTES);
        assert!(for_tag(large).is_ok());
        let small = noise(10);
        assert_eq!(for_tag(small.clone()).unwrap(), Picture::new(small).unwrap());
    }

    #[test]
    fn what_is_no_picture_stays_out() {
        let text = vec![b'x'; Picture::MAX_BYTES + 1];
        assert!(matches!(for_tag(text), Err(PictureError::TooLarge { .. })));
        // A PNG that promises more pixels than anybody decodes.
        let mut huge = noise(10);
        huge[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        huge.resize(Picture::MAX_BYTES + 1, 0);
        assert!(matches!(for_tag(huge), Err(PictureError::TooLarge { .. })));
    }
}
