//! Probing files: the one place of this stage that reads.
//!
//! A file is read once, front to back, in large pieces into one buffer. The buffer starts at a page
//! boundary: a read into any other place can cost several times as much. Files are not mapped into
//! memory, since a file that shrinks while it is mapped kills the process. Nor are pages skipped: no
//! frame of a regular bit rate is longer than 1,441 bytes, so every page holds headers, and a read for
//! each header takes many times as long as reading all.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::mp3::{Depth, Probe};
use super::probe::Prober;
use super::trailing::find_trailing;

/// Bytes read at a time: few enough to stay in a core's cache while they are walked and hashed.
const PIECE: usize = 256 << 10;
const PAGE: usize = 4096;

/// Probes the file at `path`.
///
/// # Errors
/// Those of opening and reading; [`io::ErrorKind::InvalidInput`] if `path` is no regular file;
/// [`io::ErrorKind::Other`] if the file changes while it is read.
pub fn probe_file(path: impl AsRef<Path>, depth: Depth) -> io::Result<Probe> {
    let path = path.as_ref();
    // Opening a pipe would wait for somebody to write to it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut file = File::open(path)?;
    let before = file.metadata()?;
    let probe = probe_seekable(&mut file, before.len(), depth)?;
    let after = file.metadata()?;
    if after.len() != before.len() || after.modified()? != before.modified()? {
        return Err(changed());
    }
    Ok(probe)
}

fn changed() -> io::Error {
    io::Error::other("the file changed while it was read")
}

/// Probes `len` bytes that can be read in any order: the end first, to find the trailing tags, then
/// once from front to back.
fn probe_seekable(source: &mut (impl Read + Seek), len: u64, depth: Depth) -> io::Result<Probe> {
    let trailing = find_trailing(len, |offset, bytes| {
        source.seek(SeekFrom::Start(offset))?;
        source.read_exact(bytes).map(|()| true)
    })?;
    source.seek(SeekFrom::Start(0))?;
    let mut prober = Prober::new(depth);
    let mut buffer = Buffer::new();
    pour(source, trailing.start, &mut buffer, &mut prober)?;
    let behind = len - trailing.start;
    prober.payload_ends(trailing);
    if depth == Depth::HashFile {
        pour(source, behind, &mut buffer, &mut prober)?;
    }
    Ok(prober.finish())
}

fn pour(
    source: &mut impl Read,
    bytes: u64,
    buffer: &mut Buffer,
    prober: &mut Prober,
) -> io::Result<()> {
    let mut left = bytes;
    while left > 0 {
        buffer.fill(source, left)?;
        if buffer.len == 0 {
            return Err(changed());
        }
        prober.feed(buffer.bytes());
        left -= buffer.len as u64;
    }
    Ok(())
}

/// Bytes at the end of a stream in which trailing tags are looked for.
const TAIL: u64 = 4 << 20;

/// Probes what `source` delivers up to its end.
///
/// Since the trailing tags cannot be looked for beforehand, the last four MiB are held back until
/// the end is reached; a trailing tag longer than that counts as bytes that are not audio.
///
/// # Errors
/// Those of reading.
pub fn probe_stream(mut source: impl Read, depth: Depth) -> io::Result<Probe> {
    let mut prober = Prober::new(depth);
    let mut held: VecDeque<Buffer> = VecDeque::new();
    let (mut len, mut fed) = (0, 0);
    loop {
        let mut buffer = match held.front() {
            Some(oldest) if len - fed - oldest.len as u64 >= TAIL => {
                held.pop_front().unwrap_or_else(Buffer::new)
            }
            _ => Buffer::new(),
        };
        prober.feed(buffer.bytes());
        fed += buffer.len as u64;
        buffer.fill(&mut source, u64::MAX)?;
        if buffer.len == 0 {
            break;
        }
        len += buffer.len as u64;
        held.push_back(buffer);
    }
    let trailing = find_trailing(len, |offset, bytes| {
        let skip = offset.checked_sub(fed).and_then(|skip| usize::try_from(skip).ok());
        let Some(skip) = skip else { return io::Result::Ok(false) };
        let tail = held.iter().flat_map(Buffer::bytes).skip(skip);
        bytes.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
        Ok(true)
    })?;
    for buffer in &held {
        let left = usize::try_from(trailing.start.saturating_sub(fed)).unwrap_or(usize::MAX);
        let (payload, behind) = buffer.bytes().split_at(left.min(buffer.len));
        prober.feed(payload);
        if !behind.is_empty() {
            prober.payload_ends(trailing.clone());
            prober.feed(behind);
        }
        fed += buffer.len as u64;
    }
    Ok(prober.finish())
}

/// Probes bytes in memory.
pub fn probe_bytes(bytes: &[u8], depth: Depth) -> Probe {
    let Ok(trailing) = find_trailing(bytes.len() as u64, |offset, into| {
        let from = usize::try_from(offset).ok().and_then(|at| bytes.get(at..)?.get(..into.len()));
        from.inspect(|from| into.copy_from_slice(from));
        Ok::<_, std::convert::Infallible>(from.is_some())
    });
    let start = usize::try_from(trailing.start).unwrap_or(bytes.len());
    let (payload, behind) = bytes.split_at(start.min(bytes.len()));
    let mut prober = Prober::new(depth);
    prober.feed(payload);
    prober.payload_ends(trailing);
    prober.feed(behind);
    prober.finish()
}

/// A page-aligned buffer of [`PIECE`] bytes.
struct Buffer {
    space: Vec<u8>,
    start: usize,
    len: usize,
}

impl Buffer {
    fn new() -> Self {
        let space = vec![0; PIECE + PAGE];
        let start = space.as_ptr().align_offset(PAGE).min(PAGE);
        Self { space, start, len: 0 }
    }

    fn bytes(&self) -> &[u8] {
        &self.space[self.start..self.start + self.len]
    }

    /// Reads until the buffer is full, `most` bytes are there, or the source is at its end.
    fn fill(&mut self, source: &mut impl Read, most: u64) -> io::Result<()> {
        let most = usize::try_from(most).unwrap_or(PIECE).min(PIECE);
        self.len = 0;
        while self.len < most {
            let free = &mut self.space[self.start + self.len..self.start + most];
            match source.read(free) {
                Ok(0) => break,
                Ok(count) => self.len += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
