//! The colour that stands out in a picture, and the shades of it in which words can be read.

use image::DynamicImage;
use serde::{Deserialize, Serialize};

/// A colour: red, green, blue (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rgb(pub [u8; 3]);

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl std::str::FromStr for Rgb {
    type Err = ();
    /// `#b02e17`, or `#b21`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix('#').filter(|text| text.is_ascii()).ok_or(())?;
        let digits = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return Err(()),
        };
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| ());
        match digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(Self([part(0)?, part(2)?, part(4)?])),
            false => Err(()),
        }
    }
}

impl Rgb {
    /// A dark ground of this hue, or of none.
    pub(in crate::site) fn ground(of: Option<Self>) -> Self {
        let Some(colour) = of else { return DARK_GROUND };
        let (hue, saturation, _) = hsl(colour);
        rgb(hue, saturation.min(0.45), 0.13)
    }
}

/// The least contrast of text (WCAG 2.2, success criterion 1.4.3).
const CONTRAST: f64 = 4.5;
/// The darkest ground of light pages on which the accent stands, and the lightest of dark ones:
/// `--raised` of the style sheet.
const LIGHT_GROUND: Rgb = Rgb([0xf5, 0xf2, 0xec]);
const DARK_GROUND: Rgb = Rgb([0x21, 0x1f, 0x1d]);

/// An accent for light and for dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// On light ground.
    pub light: Rgb,
    /// On dark ground.
    pub dark: Rgb,
}

impl Accent {
    /// The shades next to `colour` that can be read.
    pub fn of(colour: Rgb) -> Self {
        Self {
            light: readable(colour, LIGHT_GROUND, -1.0),
            dark: readable(colour, DARK_GROUND, 1.0),
        }
    }
}

/// `colour` in the first shade, darker (-1) or lighter (1) by steps, that has enough contrast.
fn readable(colour: Rgb, ground: Rgb, direction: f64) -> Rgb {
    let (hue, saturation, lightness) = hsl(colour);
    (0..=100)
        .map(|step| {
            let lightness = (lightness + direction * f64::from(step) / 100.0).clamp(0.0, 1.0);
            rgb(hue, saturation, lightness)
        })
        .find(|&shade| contrast(shade, ground) >= CONTRAST)
        .unwrap_or(if direction < 0.0 { Rgb([0; 3]) } else { Rgb([255; 3]) })
}

/// WCAG 2.2, "contrast ratio".
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// WCAG 2.2, "relative luminance".
fn luminance(Rgb(parts): Rgb) -> f64 {
    let [red, green, blue] = parts.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Hue in turns, saturation and lightness from 0 to 1.
fn hsl(Rgb(parts): Rgb) -> (f64, f64, f64) {
    let [red, green, blue] = parts.map(|part| f64::from(part) / 255.0);
    let (high, low) = (red.max(green).max(blue), red.min(green).min(blue));
    let (lightness, range) = (f64::midpoint(high, low), high - low);
    if range == 0.0 {
        return (0.0, 0.0, lightness);
    }
    let hue = match high {
        _ if high == red => ((green - blue) / range).rem_euclid(6.0),
        _ if high == green => (blue - red) / range + 2.0,
        _ => (red - green) / range + 4.0,
    };
    (hue / 6.0, range / (1.0 - (2.0 * lightness - 1.0).abs()), lightness)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 255 by construction, and `as` saturates"
)]
fn rgb(hue: f64, saturation: f64, lightness: f64) -> Rgb {
    let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
    Rgb([0.0, 8.0, 4.0].map(|offset| {
        // CSS Color 4, "Converting HSL colors to sRGB".
        let k = (offset + hue * 12.0).rem_euclid(12.0);
        let part = lightness - chroma / 2.0 * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (part * 255.0).round() as u8
    }))
}

/// The colour of the hue that stands out most; nothing for a picture in greys.
pub(super) fn accent(picture: &DynamicImage) -> Option<Rgb> {
    const HUES: usize = 24;
    let mut bins = [(0.0_f64, [0.0_f64; 3]); HUES];
    let picture = picture.thumbnail(64, 64).into_rgb8();
    for pixel in picture.pixels() {
        let (hue, saturation, lightness) = hsl(Rgb(pixel.0));
        // Deep colours count; near white and near black no eye sees one.
        let weight = saturation * (1.0 - (2.0 * lightness - 1.0).abs());
        if weight < 0.15 {
            continue;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a hue is from 0 to 1"
        )]
        let bin = &mut bins[((hue * HUES as f64) as usize).min(HUES - 1)];
        bin.0 += weight;
        for (sum, part) in bin.1.iter_mut().zip(pixel.0) {
            *sum += weight * f64::from(part);
        }
    }
    let (weight, sums) = bins.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    // A speck of colour is no accent: a hundredth of the picture's pixels at full weight.
    let enough = f64::from(picture.width() * picture.height()) / 100.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a weighted mean of bytes is from 0 to 255"
    )]
    (weight > enough).then(|| Rgb(sums.map(|sum| (sum / weight).round() as u8)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_are_written_and_read() {
        assert_eq!("#b02e17".parse(), Ok(Rgb([0xb0, 0x2e, 0x17])));
        assert_eq!("#fa0".parse(), Ok(Rgb([0xff, 0xaa, 0])));
        for bad in ["b02e17", "#b02e1", "red", "#ggg", "#é1", "# 12"] {
            assert_eq!(bad.parse::<Rgb>(), Err(()), "{bad}");
        }
        assert_eq!(Rgb([1, 2, 255]).to_string(), "#0102ff");
        assert!((contrast(Rgb([255; 3]), Rgb([0; 3])) - 21.0).abs() < 0.001);
    }

    #[test]
    fn grey_has_no_accent() {
        let grey = image::RgbImage::from_pixel(80, 80, image::Rgb([90, 92, 91]));
        assert_eq!(accent(&DynamicImage::ImageRgb8(grey)), None);
    }

    proptest! {
        #[test]
        fn every_accent_can_be_read(parts in any::<[u8; 3]>()) {
            let Accent { light, dark } = Accent::of(Rgb(parts));
            prop_assert!(contrast(light, LIGHT_GROUND) >= CONTRAST);
            prop_assert!(contrast(dark, DARK_GROUND) >= CONTRAST);
        }

        #[test]
        fn hues_go_there_and_back(parts in any::<[u8; 3]>()) {
            let (hue, saturation, lightness) = hsl(Rgb(parts));
            for (there, back) in rgb(hue, saturation, lightness).0.into_iter().zip(parts) {
                prop_assert!(there.abs_diff(back) <= 1);
            }
        }
    }
}
