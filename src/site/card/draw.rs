//! A card's pixels.

use ab_glyph_rasterizer::{Rasterizer, point};
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{Rgb as Pixel, RgbImage};

use super::{Card, SIZE, lettering};
use crate::site::artwork::{self, Accent, ArtworkError, Rgb};

/// Around everything, and between artwork and words, in pixels.
const MARGIN: u32 = 72;
/// The artwork's side beside words, and where it stands alone.
const BESIDE: u32 = SIZE.1 - 2 * MARGIN;
const ALONE: u32 = SIZE.1;
const CORNERS: f32 = 24.0;
/// Sizes of letters, in pixels.
const TITLE: [f32; 6] = [72.0, 64.0, 56.0, 50.0, 44.0, 38.0];
const SHOW: [f32; 1] = [28.0];
const INK: Rgb = Rgb([0xff, 0xfd, 0xfa]);
/// Of a show whose artwork has no colour.
const QUIET: Rgb = Rgb([0xa8, 0xa1, 0x96]);
/// Of 100: text has hard edges.
const QUALITY: u8 = 86;

pub(super) fn draw(card: &Card<'_>) -> Result<Bytes, ArtworkError> {
    let accent = card.picture.and_then(|picture| picture.accent);
    let mut canvas = RgbImage::from_pixel(SIZE.0, SIZE.1, Pixel(Rgb::ground(accent).0));
    let side = if card.words.is_some() { BESIDE } else { ALONE };
    if let Some(picture) = card.picture {
        // A filter without sine: the same pixels on every machine.
        let art = artwork::decode(&picture.file)?.resize_exact(side, side, FilterType::CatmullRom);
        let art = art.into_rgb8();
        let (left, corners) = match card.words {
            Some(_) => (MARGIN, CORNERS),
            None => ((SIZE.0 - side) / 2, 0.0),
        };
        let top = (SIZE.1 - side) / 2;
        rounded(side, corners).for_each_pixel_2d(|x, y, part| {
            let to = canvas.get_pixel_mut(left + x, top + y);
            *to = mix(*to, *art.get_pixel(x, y), part);
        });
    }
    if let Some((title, show)) = &card.words {
        let left = if card.picture.is_some() { 2 * MARGIN + BESIDE } else { MARGIN };
        let width = (SIZE.0 - MARGIN - left) as f32;
        let tint = accent.map_or(QUIET, |accent| Accent::of(accent).dark);
        // A show whose name has no letters here is told by its artwork.
        let head = Some(show).filter(|show| !show.is_empty());
        let head = head.and_then(|show| lettering::fit(show, &SHOW, width, SHOW[0] * 1.2));
        let gap = 14.0;
        let over = head.as_ref().map_or(0.0, |head| head.height() + gap);
        let room = BESIDE as f32 - over;
        let body = lettering::fit(title, &TITLE, width, room);
        let tall = over + body.as_ref().map_or(0.0, lettering::Block::height);
        let top = (SIZE.1 as f32 - tall) / 2.0;
        let blocks = [(head, top, tint), (body, top + over, INK)];
        for (block, top, colour) in blocks {
            let Some(block) = block else { continue };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels")]
            let (top, down) = (top.max(0.0) as u32, block.height().ceil() as u32);
            let left = left - lettering::OUT;
            let across = SIZE.0 - left;
            block.coverage(across, down).for_each_pixel_2d(|x, y, part| {
                let (x, y) = (left + x, top + y);
                if part > 0.0 && y < SIZE.1 {
                    let to = canvas.get_pixel_mut(x, y);
                    *to = mix(*to, Pixel(colour.0), part);
                }
            });
        }
    }
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    canvas.write_with_encoder(encoder).map_err(ArtworkError::of)?;
    Ok(Bytes::from(out))
}

/// `under` where `part` is 0, `over` where it is 1.
fn mix(under: Pixel<u8>, over: Pixel<u8>, part: f32) -> Pixel<u8> {
    let part = part.clamp(0.0, 1.0);
    let mut mixed = under;
    for (to, over) in mixed.0.iter_mut().zip(over.0) {
        let value = f32::from(*to) + (f32::from(over) - f32::from(*to)) * part;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let value = value.round() as u8;
        *to = value;
    }
    mixed
}

/// A square with round corners.
fn rounded(side: u32, corners: f32) -> Rasterizer {
    let (near, far) = (0.0, side as f32);
    let mut pen = Rasterizer::new(side as usize, side as usize);
    // Clockwise; a quarter of a circle as a cubic curve (kappa).
    let bend = corners * (1.0 - 0.552_284_8);
    let sides = [
        (
            (near + corners, near),
            (far - corners, near),
            (far - bend, near),
            (far, near + bend),
            (far, near + corners),
        ),
        (
            (far, near + corners),
            (far, far - corners),
            (far, far - bend),
            (far - bend, far),
            (far - corners, far),
        ),
        (
            (far - corners, far),
            (near + corners, far),
            (near + bend, far),
            (near, far - bend),
            (near, far - corners),
        ),
        (
            (near, far - corners),
            (near, near + corners),
            (near, near + bend),
            (near + bend, near),
            (near + corners, near),
        ),
    ];
    for (from, to, a, b, end) in sides {
        let at = |(x, y): (f32, f32)| point(x, y);
        pen.draw_line(at(from), at(to));
        if corners > 0.0 {
            pen.draw_cubic(at(to), at(a), at(b), at(end));
        }
    }
    pen
}
