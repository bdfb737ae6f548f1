//! The bytes in view, and what to do when they do not reach far enough.

/// How far beyond its position the walk may look before it decides: the frame in doubt and two more
/// (or two AAC frames, or a file's first bytes). A window that reaches this far, or to the end, is
/// always enough, so that no decision depends on how the bytes were cut into chunks.
pub(in crate::audio) const REACH: usize = 20 << 10;

/// An answer, or that it needs bytes which have not been read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audio) enum Seen<T> {
    /// The answer.
    Now(T),
    /// It takes more bytes to tell.
    Later,
}

/// Consecutive bytes of the file.
#[derive(Debug, Clone, Copy)]
pub(in crate::audio) struct Window<'a> {
    /// The bytes in view.
    pub(in crate::audio) bytes: &'a [u8],
    /// Offset of the first of them in the file.
    pub(in crate::audio) base: u64,
    /// Whether the audio ends with the last of them.
    pub(in crate::audio) last: bool,
}

impl<'a> Window<'a> {
    /// The `count` bytes from index `at` on; fewer only where the audio ends.
    pub(in crate::audio) fn take(&self, at: usize, count: usize) -> Seen<&'a [u8]> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest.get(..count) {
            Some(taken) => Seen::Now(taken),
            None if self.last => Seen::Now(rest),
            None => Seen::Later,
        }
    }

    /// Index of the file's byte `offset`; beyond the bytes in view if it is not among them.
    pub(in crate::audio) fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }

    /// Offset in the file of the byte at `index`.
    pub(in crate::audio) fn offset(&self, index: usize) -> u64 {
        self.base + index as u64
    }

    /// Offset in the file of the end of the bytes in view.
    pub(in crate::audio) fn end(&self) -> u64 {
        self.offset(self.bytes.len())
    }
}

/// The big-endian number at `at`, if all its bytes are in view.
#[inline]
pub(in crate::audio) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}
