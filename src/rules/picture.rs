//! What a picture is by its bytes, and what platforms do not take of artwork.

/// What is known of a picture file by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `JPEG`, `PNG`, or another format's name.
    pub format: &'static str,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Whether its colours are those of print (CMYK) and not of screens.
    pub cmyk: bool,
}

const BREAKS_OFF: &str = "breaks off before its end";
/// `acTL` before the pixels (PNG, W3C, section 11.3.6.1): players show its first frame, or none.
const MOVES: &str = "is an animated PNG, where a still picture belongs";

/// What of a picture's file is not there: a head alone promises any size. Nothing is decoded.
///
/// Sources: PNG (W3C), sections 5.3 and 5.6: chunks, `IDAT` among them, `IEND` last; ITU T.81, B.1.1.3
/// and B.2: scans, and `EOI` at the end.
pub fn lacks(bytes: &[u8], picture: &Picture) -> Option<&'static str> {
    match picture.format {
        "PNG" => png_lacks(bytes, picture),
        "JPEG" => jpeg_lacks(bytes, picture),
        _ => None,
    }
}

/// The same of a file too large to be read whole for it, by its first and last bytes.
pub fn lacks_at_ends(head: &[u8], tail: &[u8], picture: &Picture) -> Option<&'static str> {
    let end: &[u8] = match picture.format {
        "PNG" => b"IEND",
        "JPEG" => &[0xff, 0xd9],
        _ => return None,
    };
    let pixels = memchr::memmem::find(head, b"IDAT").unwrap_or(head.len());
    if picture.format == "PNG" && memchr::memmem::find(&head[..pixels], b"acTL").is_some() {
        return Some(MOVES);
    }
    memchr::memmem::rfind(tail, end).is_none().then_some(BREAKS_OFF)
}

/// No compression makes less of a picture: deflate of a thousandth, a JPEG's empty block of six bits.
fn fits(picture: &Picture, bytes: usize, per_byte: usize) -> Option<&'static str> {
    let pixels = picture.width.saturating_mul(picture.height);
    (bytes < pixels / per_byte).then_some("holds far fewer pixels than it says")
}

fn png_lacks(bytes: &[u8], picture: &Picture) -> Option<&'static str> {
    let (mut at, mut data) = (8, 0_usize);
    while let Some((head, rest)) = bytes.get(at..).and_then(|rest| rest.split_first_chunk::<8>()) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        // The check sum of four bytes is behind it.
        if rest.len() < length.saturating_add(4) {
            break;
        }
        match &head[4..] {
            b"IDAT" => data += length,
            b"acTL" if data == 0 => return Some(MOVES),
            b"IEND" if data == 0 => return Some("holds no pixels"),
            // A pixel has one bit at least.
            b"IEND" => return fits(picture, data, 8 * 1100),
            _ => {}
        }
        at += 12 + length;
    }
    Some(BREAKS_OFF)
}

fn jpeg_lacks(bytes: &[u8], picture: &Picture) -> Option<&'static str> {
    let scan = memchr::memmem::find(bytes, &[0xff, 0xda]).map(|at| at + 2);
    let Some(scan) = scan else { return Some("holds no pixels") };
    match memchr::memmem::rfind(&bytes[scan..], &[0xff, 0xd9]) {
        None => Some(BREAKS_OFF),
        // A run of empty blocks of 64 pixels may be as short as a band of them in a progressive file.
        Some(data) => fits(picture, data, 64 * 400),
    }
}

/// Reads a picture's format and size from its first bytes.
pub fn picture(bytes: &[u8]) -> Option<Picture> {
    let size = imagesize::blob_size(bytes).ok()?;
    let format = match imagesize::image_type(bytes).ok()? {
        imagesize::ImageType::Jpeg => "JPEG",
        imagesize::ImageType::Png => "PNG",
        imagesize::ImageType::Gif => "GIF",
        imagesize::ImageType::Webp => "WebP",
        imagesize::ImageType::Heif(imagesize::Compression::Av1) => "AVIF",
        _ => "another format",
    };
    let cmyk = format == "JPEG" && jpeg_components(bytes) == Some(4);
    Some(Picture { format, width: size.width, height: size.height, cmyk })
}

/// How many colours a JPEG's frame header names (ITU T.81, B.2.2): four are CMYK or its like.
fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        let (&[0xff, marker], rest) = bytes.get(at..)?.split_first_chunk::<2>()? else {
            return None;
        };
        match marker {
            // Fill before a marker; markers that stand alone.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // Frame headers; among them three tables have their codes.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => return rest.get(7).copied(),
            _ => at += 2 + usize::from(u16::from_be_bytes(*rest.first_chunk()?)),
        }
    }
}

/// What platforms do not take of artwork at `path`.
pub fn flaw(path: &str, picture: &Picture) -> Option<String> {
    let Picture { format, width, height, cmyk } = picture;
    let named = match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "JPEG",
        "png" => "PNG",
        _ => "another format",
    };
    if !matches!(*format, "JPEG" | "PNG") {
        Some(format!("is {format}"))
    } else if *format != named {
        Some(format!("is {format}, which its name does not say"))
    } else if width != height || !(1400..=3000).contains(width) {
        Some(format!("has {width} x {height} pixels"))
    } else if *cmyk {
        Some("has the colours of print (CMYK)".to_owned())
    } else {
        None
    }
}

/// What artwork must be.
pub const EXPECTED: &str = "a square RGB JPEG or PNG of 1400 x 1400 to 3000 x 3000 pixels, with the \
    ending of its format";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::show::settings;
    use crate::show::{Settings, Source};

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\x78\0\0\x05\x78\x08\x02\0\0\0";
        let expected = Picture { format: "PNG", width: 1400, height: 1400, cmyk: false };
        assert_eq!(picture(png), Some(expected));
        assert_eq!(picture(b"GIF"), None);
    }

    /// A JPEG's first bytes: a table, and a frame header with so many components.
    fn jpeg(components: u8) -> Vec<u8> {
        let frame = [0xff, 0xc2, 0, 8 + 3 * components, 8, 0x05, 0x78, 0x05, 0x78, components];
        let table = [0xff, 0xc4, 0, 4, 0xff, 0xc0];
        let rest = vec![0; 3 * usize::from(components)];
        [&[0xff, 0xd8][..], &[0xff, 0xe0, 0, 4, 0, 0], &table, &frame, &rest].concat()
    }

    #[test]
    fn the_colours_of_print_are_told_from_those_of_screens() {
        for (components, cmyk) in [(1, false), (3, false), (4, true)] {
            let found = picture(&jpeg(components)).unwrap();
            assert_eq!((found.width, found.cmyk), (1400, cmyk), "{components}");
        }
        let settings_source = Source::new(
            "onair.toml",
            "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
             category = \"Arts\"\nartwork = \"a.jpg\"\n[site]\nurl = \"https://s.example\"\n",
        );
        let shown = Settings::parse(&settings_source).unwrap();
        let said = |artwork| {
            let mut findings = Vec::new();
            settings(&shown, &settings_source, &Ok(artwork), &mut findings);
            findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>()
        };
        let print = "the artwork a.jpg has the colours of print (CMYK)".to_owned();
        assert!(said(picture(&jpeg(4)).map(|found| (None, found))).contains(&print));
        assert!(
            !said(picture(&jpeg(3)).map(|found| (None, found)))
                .iter()
                .any(|message| message.contains("artwork"))
        );
    }

    #[test]
    fn no_bytes_break_the_reader_of_colours() {
        let whole = jpeg(4);
        for end in 0..whole.len() {
            let _ = jpeg_components(&whole[..end]);
        }
        assert_eq!(jpeg_components(&[0xff, 0xd8, 0xff, 0xc4, 0, 0, 0, 0]), None);
        // Fill may stand before a marker.
        let filled = [&[0xff, 0xd8, 0xff, 0xff][..], &whole[2..]].concat();
        assert_eq!(jpeg_components(&filled), Some(4));
    }
}
