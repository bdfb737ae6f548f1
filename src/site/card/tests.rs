use super::*;
use crate::site::artwork::make;
use image::{DynamicImage, RgbImage};

fn picture() -> Picture {
    let pixels = RgbImage::from_fn(96, 96, |x, _| match x < 48 {
        true => image::Rgb([20, 90, 160]),
        false => image::Rgb([240, 240, 240]),
    });
    let mut png = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut png, image::ImageFormat::Png).unwrap();
    Picture::of(&make(&png.into_inner()).unwrap(), None).unwrap()
}

/// How many pixels of a card differ from one without words.
fn inked(card: &Card<'_>, left: u32) -> usize {
    let drawn = image::load_from_memory(&card.draw().unwrap()).unwrap().into_rgb8();
    assert_eq!(drawn.dimensions(), SIZE);
    let light = |pixel: &image::Rgb<u8>| pixel.0.iter().all(|&part| part > 200);
    drawn.enumerate_pixels().filter(|(x, _, pixel)| *x >= left && light(pixel)).count()
}

#[test]
fn a_title_is_drawn_beside_the_artwork() {
    let picture = picture();
    let card = Card::of("Fog at the Skerries", "Lighthouse hours", Some(&picture)).unwrap();
    assert!(inked(&card, 640) > 5_000);
    assert_eq!(card.draw().unwrap(), card.draw().unwrap());
    let other = Card::of("Fog at Fastnet", "Lighthouse hours", Some(&picture)).unwrap();
    assert_ne!(card.name(), other.name());
    let alone = Card::of("Fog at the Skerries", "Lighthouse hours", None).unwrap();
    assert!(inked(&alone, 0) > 5_000);
}

#[test]
fn what_there_are_no_letters_for_is_not_drawn_as_boxes() {
    let picture = picture();
    let of = |title| Card::of(title, "Show", Some(&picture)).unwrap();
    for title in ["灯台の朝", "منارة", "Fog 霧", ""] {
        assert_eq!(of(title).name(), of("燈塔").name(), "{title}");
        assert!(Card::of(title, "Show", None).is_none());
    }
    // Emoji are no letters: the title is said without them.
    assert_eq!(of("Fog 🌫️ at sea 👩‍🚀").words.unwrap().0, "Fog at sea");
    assert_eq!(of("Žluťoučký кот & Ωμέγα <3").words.unwrap().0, "Žluťoučký кот & Ωμέγα <3");
    // Letters with their marks apart are put together first.
    assert_eq!(of("Cafe\u{301}").words.unwrap().0, "Caf\u{e9}");
}

#[test]
fn a_title_of_any_length_is_drawn_within_the_card() {
    let picture = picture();
    for title in ["W".repeat(5_000), "word ".repeat(2_000), "Donaudampfschifffahrt".to_owned()] {
        let card = Card::of(&title, &title, Some(&picture)).unwrap();
        let drawn = image::load_from_memory(&card.draw().unwrap()).unwrap().into_rgb8();
        let ground = *drawn.get_pixel(4, 4);
        let near =
            |pixel: &image::Rgb<u8>| pixel.0.iter().zip(ground.0).all(|(a, b)| a.abs_diff(b) < 24);
        for y in 0..SIZE.1 {
            assert!(near(drawn.get_pixel(SIZE.0 - 30, y)), "{title:.20} at {y}");
        }
    }
}
