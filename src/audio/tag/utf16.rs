//! UTF-16 text without the mark that tells its byte order.
//!
//! ID3v2 wants the mark in front of every string of encoding 1 (ID3v2.3.0, section 3.3; 2.4.0
//! structure, section 4). Old taggers left it out, in either order, and a reader that takes the
//! first two bytes for it loses a letter and turns the rest into nonsense. Here such text gets its
//! mark before anything reads it.

use std::borrow::Cow;

use super::existing::{RawFrame, frames_in};

/// Encoding 1: UTF-16 with a mark.
const UTF16: u8 = 1;

/// The frame with a mark in front of every UTF-16 string, as little-endian text.
pub(super) fn marked<'a>(frame: &RawFrame<'a>) -> RawFrame<'a> {
    let body = match &*frame.id {
        // Nothing within is read where it cannot be told where that begins.
        "CHAP" => {
            Some(with_frames(frame, id_end(&frame.body).map(|end| end + 16)).unwrap_or_default())
        }
        "CTOC" => Some(with_frames(frame, contents_end(&frame.body)).unwrap_or_default()),
        id => text_places(id, &frame.body).map(|places| rewritten(&frame.body, &places)),
    };
    match body {
        Some(body) => RawFrame { body: Cow::Owned(body), ..frame.clone() },
        None => frame.clone(),
    }
}

/// Where UTF-16 text stands in a body: from where on, and how many strings at most.
struct Places {
    start: usize,
    strings: usize,
}

fn text_places(id: &str, body: &[u8]) -> Option<Places> {
    let (start, strings) = match id {
        "COMM" | "COM" | "USLT" | "ULT" => (4, usize::MAX),
        "WXXX" | "WXX" => (1, 1),
        // Behind the picture's type, which stands behind its kind.
        "APIC" => (body.get(1..)?.iter().position(|byte| *byte == 0)? + 3, 1),
        "PIC" => (5, 1),
        "IPLS" | "IPL" => (1, usize::MAX),
        id if id.starts_with('T') => (1, usize::MAX),
        _ => return None,
    };
    let is_utf16 = body.first() == Some(&UTF16);
    (is_utf16 && start <= body.len()).then_some(Places { start, strings })
}

/// `body` with its strings marked; each ends with two zeros, but the last may not.
fn rewritten(body: &[u8], places: &Places) -> Vec<u8> {
    let mut new = body[..places.start].to_vec();
    let mut rest = &body[places.start..];
    let mut order = None;
    for _ in 0..places.strings {
        let end = rest.chunks_exact(2).position(|unit| unit == [0, 0]).map(|units| units * 2);
        let text = &rest[..end.unwrap_or(rest.len())];
        // Strings of one frame are of one order, whatever each of them shows.
        let (found, text) = match text {
            [0xFF, 0xFE, text @ ..] => (Order::Little, text),
            [0xFE, 0xFF, text @ ..] => (Order::Big, text),
            text => (order.unwrap_or_else(|| guess(text)), text),
        };
        order = (!text.is_empty()).then_some(found).or(order);
        new.extend([0xFF, 0xFE]);
        for unit in text.chunks_exact(2) {
            new.extend(match found {
                Order::Little => [unit[0], unit[1]],
                Order::Big => [unit[1], unit[0]],
            });
        }
        let Some(end) = end else { return new };
        new.extend([0, 0]);
        rest = &rest[end + 2..];
        if rest.is_empty() {
            return new;
        }
    }
    new.extend(rest);
    new
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

/// The order in which the text makes sense.
///
/// Letters of one script share the high byte of their numbers, so the bytes in that place differ
/// less; where that tells nothing, big-endian, as the standard has it (RFC 2781, section 4.3).
fn guess(text: &[u8]) -> Order {
    let spread = |place: usize| {
        let mut seen = [false; 256];
        text.chunks_exact(2).for_each(|unit| seen[usize::from(unit[place])] = true);
        seen.iter().filter(|seen| **seen).count()
    };
    let zeros = |place: usize| text.chunks_exact(2).filter(|unit| unit[place] == 0).count();
    match (zeros(0), zeros(1)) {
        (first, second) if second > first => Order::Little,
        (first, second) if first > second => Order::Big,
        _ if spread(1) < spread(0) => Order::Little,
        _ => Order::Big,
    }
}

/// Where an element's id ends, its zero included.
fn id_end(body: &[u8]) -> Option<usize> {
    Some(body.iter().position(|byte| *byte == 0)? + 1)
}

/// Where the list of a table of contents ends.
fn contents_end(body: &[u8]) -> Option<usize> {
    let mut at = id_end(body)? + 2;
    for _ in 0..*body.get(at - 1)? {
        at += id_end(body.get(at..)?)?;
    }
    Some(at)
}

/// The most frames within one chapter that are read. Real ones have a title, a link, a picture.
const MOST_WITHIN: usize = 64;

/// The body with every frame marked that stands in it from `start` on.
///
/// Left out is what could take any amount of stack or memory: a chapter within a chapter, which the
/// standard does not have (ID3v2 Chapter Frame Addendum 1.0, section 3.1), and packed frames.
fn with_frames(frame: &RawFrame<'_>, start: Option<usize>) -> Option<Vec<u8>> {
    let (head, rest) = frame.body.split_at_checked(start?)?;
    let mut body = head.to_vec();
    frames_in(frame.version, rest)
        .take(MOST_WITHIN)
        .filter(|sub| !matches!(&*sub.id, "CHAP" | "CTOC") && !sub.is_packed())
        .for_each(|sub| marked(&sub).write_to(&mut body));
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::tag::existing::Major;

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn big(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    fn body(id: &'static str, body: Vec<u8>) -> Vec<u8> {
        let id = Cow::Borrowed(id);
        marked(&RawFrame { version: Major::V23, id, flags: 0, body: body.into() }).body.into_owned()
    }

    #[test]
    fn either_order_is_known_by_its_text() {
        for text in ["Anna Composer", "é", "Ünï", "Женщина", "ポッドキャスト", "日本語の番組です"]
        {
            let expected = [&[1, 0xFF, 0xFE][..], &little(text)].concat();
            for written in [little(text), [vec![0xFE, 0xFF], big(text)].concat()] {
                assert_eq!(body("TIT2", [vec![1], written].concat()), expected, "{text}");
            }
            assert_eq!(body("TIT2", [vec![1], big(text)].concat()), expected, "{text}");
        }
    }

    #[test]
    fn all_strings_of_a_frame_are_marked_and_nothing_else() {
        let zero = vec![0, 0];
        let marked = |text: &str| [vec![0xFF, 0xFE], little(text)].concat();
        let comment = [b"\x01fra".to_vec(), big("x"), zero.clone(), big("Text")].concat();
        let expected = [b"\x01fra".to_vec(), marked("x"), zero.clone(), marked("Text")].concat();
        assert_eq!(body("COMM", comment), expected);
        let link = [vec![1], little("page"), zero.clone(), b"https://a.example".to_vec()].concat();
        let expected =
            [vec![1], marked("page"), zero.clone(), b"https://a.example".to_vec()].concat();
        assert_eq!(body("WXXX", link), expected);
        let picture = [b"\x01image/png\0\x03".to_vec(), little("d"), zero.clone(), vec![1, 0, 0]];
        let expected = [b"\x01image/png\0\x03".to_vec(), marked("d"), zero, vec![1, 0, 0]].concat();
        assert_eq!(body("APIC", picture.concat()), expected);
        for other in [b"\0plain".to_vec(), b"\x03utf".to_vec(), vec![], vec![1]] {
            let expected = if other == [1] { vec![1, 0xFF, 0xFE] } else { other.clone() };
            assert_eq!(body("TIT2", other), expected);
        }
        assert_eq!(body("PRIV", b"\x01a\0".to_vec()), b"\x01a\0");
    }

    #[test]
    fn titles_of_chapters_are_marked_too() {
        let title = [b"TIT2\0\0\0\x05\0\0\x01".to_vec(), little("Hi")].concat();
        let head = [&b"ch0\0"[..], &[0; 16]].concat();
        let expected = [b"TIT2\0\0\0\x07\0\0\x01\xFF\xFE".to_vec(), little("Hi")].concat();
        assert_eq!(body("CHAP", [&head[..], &title].concat()), [&head[..], &expected].concat());
        let toc = b"toc\0\x03\x02a\0b\0";
        assert_eq!(body("CTOC", [&toc[..], &title].concat()), [&toc[..], &expected].concat());
    }
}
