//! A tag as it is sent. Most of it is a picture, of which all episodes of a show share one copy; the rest
//! can wait on a shelf.

use std::borrow::Cow;
use std::io;

use bytes::Bytes;

use crate::model::hash::Sha256;
use crate::model::shelf::{Shelf, Shelved};

/// So many bytes of a picture's head are looked for to find it in a tag.
const HEAD: usize = 32;

/// The bytes of a tag, in order; a picture that many tags hold is in memory once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenderedTag {
    before: Part,
    picture: Bytes,
    behind: Part,
}

/// Bytes of a tag that no other has.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Here(Bytes),
    Shelved(Shelved),
}

impl Default for Part {
    fn default() -> Self {
        Self::Here(Bytes::new())
    }
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Here(bytes) => bytes.len(),
            Self::Shelved(shelved) => shelved.len(),
        }
    }

    fn bytes(&self) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Self::Here(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::Shelved(shelved) => Ok(Cow::Owned(shelved.read()?)),
        }
    }

    fn shelve(&mut self, shelf: &Shelf) {
        if let Self::Here(bytes) = self
            && let Some(shelved) = shelf.add(bytes)
        {
            *self = Self::Shelved(shelved);
        }
    }
}

impl RenderedTag {
    /// The tag `bytes`, which refers to `picture` where that stands in it.
    pub fn sharing(bytes: &[u8], picture: &Bytes) -> Self {
        match find(bytes, picture) {
            None => Self::from(bytes.to_vec()),
            Some(at) => Self {
                before: Part::Here(Bytes::copy_from_slice(&bytes[..at])),
                picture: picture.clone(),
                behind: Part::Here(Bytes::copy_from_slice(&bytes[at + picture.len()..])),
            },
        }
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.before.len() + self.picture.len() + self.behind.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts on a shelf what no other tag has.
    pub fn shelve(&mut self, shelf: &Shelf) {
        self.before.shelve(shelf);
        self.behind.shelve(shelf);
    }

    /// Its hash.
    ///
    /// # Errors
    /// If it is on a shelf that cannot be read; so of all that follow.
    pub fn sha256(&self) -> io::Result<Sha256> {
        let [before, picture, behind] = self.parts()?;
        Ok(Sha256::of_parts([&*before, &*picture, &*behind]))
    }

    /// Adds to `out` as many of its bytes from `at` on as there are, at most `most`; returns how many.
    pub fn copy(&self, mut at: usize, most: usize, out: &mut Vec<u8>) -> io::Result<usize> {
        if at >= self.len() {
            return Ok(0);
        }
        let before = out.len();
        for part in self.parts()? {
            let left = most - (out.len() - before);
            let from = part.get(at..).unwrap_or_default();
            out.extend_from_slice(&from[..from.len().min(left)]);
            at = at.saturating_sub(part.len());
        }
        Ok(out.len() - before)
    }

    /// All of it in one piece.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        Ok(self.parts()?.concat())
    }

    fn parts(&self) -> io::Result<[Cow<'_, [u8]>; 3]> {
        Ok([self.before.bytes()?, Cow::Borrowed(&self.picture), self.behind.bytes()?])
    }
}

impl From<Vec<u8>> for RenderedTag {
    fn from(bytes: Vec<u8>) -> Self {
        let before = Part::Here(Bytes::from(bytes.into_boxed_slice()));
        Self { before, ..Self::default() }
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
            let shelf = Shelf::new(tempfile::tempfile().unwrap());
            let mut tag = RenderedTag::sharing(&bytes, &shared);
            if at % 2 == 0 {
                tag.shelve(&shelf);
            }
            prop_assert_eq!(tag.len(), bytes.len());
            prop_assert_eq!(tag.sha256().unwrap(), Sha256::of(&bytes));
            let mut out = Vec::new();
            tag.copy(0, usize::MAX, &mut out).unwrap();
            prop_assert_eq!(&out, &bytes);
            let mut out = b"x".to_vec();
            let copied = tag.copy(at, most, &mut out).unwrap();
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
