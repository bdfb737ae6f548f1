//! A feed's bytes as text, in whatever encoding they are.
//!
//! Asked in this order: a byte order mark; what the bytes can only be; what the feed declares
//! (XML 1.0, appendix F; WHATWG Encoding Standard for the names).

use std::borrow::Cow;
use std::io::Read as _;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ImportError;

/// The most that is read of a feed: a hundred thousand episodes with notes.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Where a declaration stands, if there is one.
const HEAD: usize = 256;

/// The bytes themselves, or what was compressed to them (gzip, RFC 1952).
pub fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ImportError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.into());
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .take(MAX_BYTES + 1)
        .read_to_end(&mut out)
        .map_err(|error| ImportError::new(format!("this is gzip, and broken: {error}")))?;
    Ok(out.into())
}

/// The text, and what is to be said of how it was read.
pub fn text(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<String>), ImportError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ImportError::new(format!("this is larger than {MAX_BYTES} bytes")));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Ok((decoded(encoding, &bytes[length..]), None));
    }
    match bytes.get(..4) {
        Some([b'<', 0, _, 0]) => return Ok((decoded(UTF_16LE, bytes), None)),
        Some([0, b'<', 0, _]) => return Ok((decoded(UTF_16BE, bytes), None)),
        _ => {}
    }
    let name = declared(bytes);
    let encoding = name.as_deref().and_then(|name| Encoding::for_label(name.as_bytes()));
    let encoding = encoding.filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE);
    match (std::str::from_utf8(bytes), encoding) {
        // Letters beyond ASCII that are UTF-8 by chance are not to be met.
        (Ok(text), None) => Ok((text.into(), None)),
        (Ok(text), Some(encoding)) if encoding == UTF_8 || !text.is_ascii() => {
            Ok((text.into(), None))
        }
        (_, Some(encoding)) if encoding != UTF_8 => Ok((decoded(encoding, bytes), None)),
        (Err(error), _) => {
            let line =
                bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            let lossy = String::from_utf8_lossy(bytes);
            let broken = lossy.matches('\u{fffd}').count();
            let whole = lossy.chars().filter(|&c| !c.is_ascii() && c != '\u{fffd}').count();
            // A few bytes that are damaged, or another encoding altogether.
            Ok(if whole > broken {
                (
                    lossy,
                    Some(format!(
                        "it is not UTF-8 from line {line} on: {broken} bytes could not be read"
                    )),
                )
            } else {
                let remark = format!(
                    "it is not UTF-8, from line {line} on, and declares nothing else: it was read as windows-1252"
                );
                (decoded(WINDOWS_1252, bytes), Some(remark))
            })
        }
        (Ok(text), Some(_)) => Ok((text.into(), None)),
    }
}

fn decoded<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let head = head.trim_start().strip_prefix("<?xml")?;
    let (_, rest) = head.split_once("?>").map_or(head, |(head, _)| head).split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(rest[1..].split(quote).next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> (String, bool) {
        let (text, remark) = text(bytes).unwrap();
        (text.into_owned(), remark.is_some())
    }

    #[test]
    fn bytes_are_read_by_mark_content_and_declaration() {
        let says = |name: &str, bytes: &[u8]| {
            let mut all = format!("<?xml version='1.0' encoding = \"{name}\"?>").into_bytes();
            all.extend_from_slice(bytes);
            of(&all).0.rsplit('>').next().unwrap().to_owned()
        };
        assert_eq!(says("ISO-8859-1", b"caf\xe9"), "café");
        assert_eq!(says("Windows-1251", b"\xcf\xf0"), "Пр");
        assert_eq!(says("Shift_JIS", b"\x91\xe6"), "第");
        assert_eq!(says("GB2312", b"\xb5\xda"), "第");
        // What it is, not what it says.
        assert_eq!(says("ISO-8859-1", "é".as_bytes()), "é");
        assert_eq!(says("UTF-16", "é".as_bytes()), "é");
        assert_eq!(of(b"\xff\xfe<\0a\0"), ("<a".to_owned(), false));
        assert_eq!(of(b"\0<\0?\0x"), ("<?x".to_owned(), false));
        assert_eq!(of(b"\xef\xbb\xbfa"), ("a".to_owned(), false));
        assert_eq!(of(b"caf\xe9"), ("café".to_owned(), true));
        assert_eq!(
            of("é\u{e9}x".bytes().chain([0xe9]).collect::<Vec<_>>().as_slice()),
            ("ééx\u{fffd}".to_owned(), true)
        );
    }

    #[test]
    fn gzip_is_unpacked_and_no_more_than_fits() {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"<rss/>").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(&*unpacked(&packed).unwrap(), b"<rss/>");
        assert!(unpacked(&packed[..8]).unwrap_err().to_string().contains("broken"));
        assert_eq!(&*unpacked(b"<rss/>").unwrap(), b"<rss/>");
    }
}
