//! From a picture's bytes to its variants.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use rayon::prelude::*;

use super::{Artwork, Form, Variant, colour};
use crate::model::hash::Sha256;

/// Widths in pixels: lists and the masthead, the player, the head of a page; each also at twice the
/// density.
const WIDTHS: [u32; 4] = [88, 176, 352, 640];
/// A browser's tab, and the home screen of a phone.
const ICONS: [u32; 2] = [48, 180];
/// The largest picture that is decoded: 8,192 pixels a side, and the memory of 64 megapixels.
const MAX_SIDE: u32 = 8192;
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Of 100: beyond it files grow and nobody sees why.
const JPEG_QUALITY: u8 = 80;
const WEBP_QUALITY: f32 = 78.0;

/// Why there are no variants of a picture.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be decoded: {0}")]
pub struct ArtworkError(String);

impl ArtworkError {
    /// Of what a codec says.
    pub(in crate::site) fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

fn error(error: impl std::fmt::Display) -> ArtworkError {
    ArtworkError::of(error)
}

/// The variants of a picture, cut to a square around its middle, no larger than itself.
///
/// The same bytes always give the same variants.
///
/// # Errors
/// [`ArtworkError`] for what is no JPEG, PNG or WebP, is damaged, or is larger than the limits.
pub fn make(bytes: &[u8]) -> Result<Artwork, ArtworkError> {
    let picture = square(decode(bytes)?);
    // Each size is made from the next larger one: the large picture is read once.
    let mut sizes = Vec::new();
    let mut larger = picture;
    for width in
        WIDTHS.into_iter().chain(ICONS).collect::<std::collections::BTreeSet<_>>().into_iter().rev()
    {
        if width <= larger.width() {
            larger = larger.resize_exact(width, width, FilterType::Lanczos3);
            sizes.push(larger.clone());
        }
    }
    sizes.reverse();
    let accent = sizes.first().map_or_else(|| colour::accent(&larger), colour::accent);
    let wanted: Vec<(&DynamicImage, Form)> = sizes
        .iter()
        .flat_map(|size| match ICONS.contains(&size.width()) {
            true => vec![(size, Form::Png)],
            false => vec![(size, Form::Jpeg), (size, Form::WebP)],
        })
        .collect();
    let variants = wanted.into_par_iter().map(|(size, form)| encode(size, form));
    let variants = variants.collect::<Result<_, _>>()?;
    Ok(Artwork { source: Sha256::of(bytes), variants, accent })
}

/// A picture as it is looked at, within limits.
///
/// # Errors
/// As [`make`].
pub fn decode(bytes: &[u8]) -> Result<DynamicImage, ArtworkError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(error)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(error)?;
    if decoder.total_bytes() > MAX_MEMORY {
        return Err(error("it is too large"));
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(error)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

/// The middle of it, as `object-fit: cover` shows it; what is see-through lies on white.
fn square(picture: DynamicImage) -> DynamicImage {
    let side = picture.width().min(picture.height()).max(1);
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let cut = match picture.width() == picture.height() {
        true => picture,
        false => picture.crop_imm(left, top, side, side),
    };
    if !cut.color().has_alpha() {
        return DynamicImage::ImageRgb8(cut.into_rgb8());
    }
    let mut on_white = image::RgbaImage::from_pixel(side, side, image::Rgba([255; 4]));
    image::imageops::overlay(&mut on_white, &cut.into_rgba8(), 0, 0);
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(on_white).into_rgb8())
}

fn encode(picture: &DynamicImage, form: Form) -> Result<Variant, ArtworkError> {
    let width = picture.width();
    let mut out = Vec::new();
    match form {
        Form::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            picture.write_with_encoder(encoder).map_err(error)?;
        }
        Form::Png => {
            picture.write_to(&mut Cursor::new(&mut out), ImageFormat::Png).map_err(error)?;
        }
        Form::WebP => {
            let rgb = picture.to_rgb8();
            let encoded = webp::Encoder::from_rgb(&rgb, width, picture.height())
                .encode_simple(false, WEBP_QUALITY)
                .map_err(|code| error(format!("{code:?}")))?;
            out.extend_from_slice(&encoded);
        }
    }
    Ok(Variant { width, form, bytes: Bytes::from(out) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let picture = RgbImage::from_fn(width, height, |x, _| match x < width / 2 {
            true => Rgb([20, 90, 160]),
            false => Rgb([240, 240, 240]),
        });
        DynamicImage::ImageRgb8(picture)
            .write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
            .unwrap();
        out
    }

    #[test]
    fn a_wide_picture_gives_squares_no_larger_than_itself() {
        let artwork = make(&png(700, 400)).unwrap();
        let made: Vec<String> = artwork
            .variants
            .iter()
            .map(|one| format!("{} {}", one.width, one.form.ending()))
            .collect();
        assert_eq!(
            made,
            [
                "48 png", "88 jpg", "88 webp", "176 jpg", "176 webp", "180 png", "352 jpg",
                "352 webp"
            ]
        );
        for one in &artwork.variants {
            let size = imagesize::blob_size(&one.bytes).unwrap();
            assert_eq!((size.width, size.height), (one.width as usize, one.width as usize));
        }
        assert!(artwork.accent.is_some_and(|accent| accent.0[2] > accent.0[0]), "blue");
        assert_eq!(make(&png(700, 400)).unwrap(), artwork, "the same bytes, the same variants");
    }

    #[test]
    fn a_tiny_picture_has_no_variants() {
        assert!(make(&png(40, 40)).unwrap().variants.is_empty());
    }

    #[test]
    fn what_claims_to_be_huge_is_refused_before_it_is_decoded() {
        // A PNG's header that promises 60,000 pixels a side; its checksum is right.
        let mut bytes = png(8, 8);
        bytes[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert!(make(&bytes).is_err());
        for bad in [&b"<html>"[..], b"", &png(100, 100)[..200]] {
            assert!(make(bad).is_err());
        }
    }
}
