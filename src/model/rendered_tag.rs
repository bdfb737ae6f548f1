//! A tag as it is sent. Most of it is a picture, of which all episodes of a show share one copy.

use bytes::Bytes;

use crate::model::hash::Sha256;

/// So many bytes of a picture's head are looked for to find it in a tag.
const HEAD: usize = 32;

/// The bytes of a tag, in order; a picture that many tags hold is in memory once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenderedTag {
    before: Bytes,
    picture: Bytes,
    behind: Bytes,
}

impl RenderedTag {
    /// The tag `bytes`, which refers to `picture` where that stands in it.
    pub fn sharing(bytes: &[u8], picture: &Bytes) -> Self {
        match find(bytes, picture) {
            None => Self::from(bytes.to_vec()),
            Some(at) => Self {
                before: Bytes::copy_from_slice(&bytes[..at]),
                picture: picture.clone(),
                behind: Bytes::copy_from_slice(&bytes[at + picture.len()..]),
            },
        }
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.parts().map(Bytes::len).iter().sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its hash.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of_parts(self.parts().map(|part| &part[..]))
    }

    /// Adds to `out` as many of its bytes from `at` on as there are, at most `most`; returns how many.
    pub fn copy(&self, mut at: usize, most: usize, out: &mut Vec<u8>) -> usize {
        let before = out.len();
        for part in self.parts() {
            let left = most - (out.len() - before);
            let from = part.get(at..).unwrap_or_default();
            out.extend_from_slice(&from[..from.len().min(left)]);
            at = at.saturating_sub(part.len());
        }
        out.len() - before
    }

    /// All of it in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        self.parts().map(|part| &part[..]).concat()
    }

    fn parts(&self) -> [&Bytes; 3] {
        [&self.before, &self.picture, &self.behind]
    }
}

impl From<Vec<u8>> for RenderedTag {
    fn from(bytes: Vec<u8>) -> Self {
        Self { before: Bytes::from(bytes.into_boxed_slice()), ..Self::default() }
    }
}

/// Where `picture` stands in `bytes`.
fn find(bytes: &[u8], picture: &[u8]) -> Option<usize> {
    let head = picture.get(..HEAD)?;
    let last = bytes.len().checked_sub(picture.len())?;
    memchr::memmem::find_iter(&bytes[..last + HEAD], head)
        .find(|at| bytes[*at..].starts_with(picture))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_same_bytes_however_it_is_read(
            before in prop::collection::vec(0_u8..3, 0..50),
            picture in prop::collection::vec(0_u8..3, 0..80),
            behind in prop::collection::vec(0_u8..3, 0..50),
            at in 0_usize..200,
            most in 0_usize..200,
        ) {
            let bytes = [&before[..], &picture, &behind].concat();
            let shared = Bytes::from(picture);
            let tag = RenderedTag::sharing(&bytes, &shared);
            prop_assert_eq!(tag.len(), bytes.len());
            prop_assert_eq!(tag.sha256(), Sha256::of(&bytes));
            let mut out = Vec::new();
            tag.copy(0, usize::MAX, &mut out);
            prop_assert_eq!(&out, &bytes);
            let mut out = b"x".to_vec();
            let copied = tag.copy(at, most, &mut out);
            let from = bytes.get(at..).unwrap_or_default();
            prop_assert_eq!(&out[1..], &from[..from.len().min(most)]);
            prop_assert_eq!(copied, out.len() - 1);
            prop_assert!(shared.len() < HEAD || tag.picture == shared);
        }
    }

    #[test]
    fn a_picture_that_is_not_in_it_is_none_of_its_parts() {
        for (bytes, picture) in [(&b""[..], vec![1; 40]), (&[2; 100], vec![1; 40])] {
            let tag = RenderedTag::sharing(bytes, &Bytes::from(picture));
            assert_eq!(tag, RenderedTag::from(bytes.to_vec()));
        }
    }
}
