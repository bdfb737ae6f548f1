//! Which bytes a `Range` header asks for (RFC 9110, section 14).

use std::ops::Range;

/// What is to be sent of so many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All: nothing else was asked for, or in words that need not be understood.
    Whole,
    /// These.
    Part(Range<u64>),
    /// Bytes that are not there.
    Outside,
}

/// What `header` asks for of `length` bytes. Several ranges at once get the whole, as they may.
pub fn wanted(header: &str, length: u64) -> Wanted {
    let Some((unit, ranges)) = header.split_once('=') else { return Wanted::Whole };
    let Some((first, last)) = ranges.trim().split_once('-') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Wanted::Whole,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Wanted::Whole,
    };
    if range.start < range.end { Wanted::Part(range) } else { Wanted::Outside }
}

/// Digits and nothing else; a number that is too large is as large as can be.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let part = |range| Wanted::Part(range);
        assert_eq!(wanted("bytes=0-0", 10), part(0..1));
        assert_eq!(wanted("bytes=2-5", 10), part(2..6));
        assert_eq!(wanted("bytes=2-", 10), part(2..10));
        assert_eq!(wanted("bytes=-3", 10), part(7..10));
        assert_eq!(wanted("bytes=-30", 10), part(0..10));
        assert_eq!(wanted("bytes=9-99999999999999999999999", 10), part(9..10));
        assert_eq!(wanted("Bytes=2-5", 10), part(2..6));
        for outside in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(wanted(outside, 10), Wanted::Outside, "{outside}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Outside);
        for whole in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "items=0-1",
            "bytes=+1-2",
            "bytes=1--2",
            "bytes=0x1-2",
        ] {
            assert_eq!(wanted(whole, 10), Wanted::Whole, "{whole}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_never_beyond_the_end(header in "(bytes=)?[0-9]{0,22}-?[0-9]{0,22}", length in 0..1_000u64) {
            if let Wanted::Part(range) = wanted(&header, length) {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }

        #[test]
        fn no_header_is_too_odd(header in "\\PC*", length: u64) {
            wanted(&header, length);
        }
    }
}
