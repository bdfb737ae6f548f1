//! Where rendered bytes wait until they are sent: in a file without a name, so that memory does not grow
//! with the pages of a show.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that nobody else sees, to which bytes are added from many threads.
#[derive(Debug)]
pub struct Shelf {
    file: Arc<File>,
    end: AtomicU64,
}

/// Bytes on a [`Shelf`].
#[derive(Debug, Clone)]
pub struct Shelved {
    file: Arc<File>,
    at: u64,
    bytes: usize,
}

impl Shelf {
    /// An empty shelf in `file`, which nobody else writes.
    pub fn new(file: File) -> Self {
        Self { file: Arc::new(file), end: AtomicU64::new(0) }
    }

    /// Puts bytes on the shelf, where they find a place.
    pub fn add(&self, bytes: &[u8]) -> Option<Shelved> {
        let at = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(bytes, at).ok()?;
        Some(Shelved { file: Arc::clone(&self.file), at, bytes: bytes.len() })
    }
}

impl Shelved {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The bytes. Reads the disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.bytes];
        self.file.read_exact_at(&mut bytes, self.at)?;
        Ok(bytes)
    }
}

impl PartialEq for Shelved {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file) && (self.at, self.bytes) == (other.at, other.bytes)
    }
}

impl Eq for Shelved {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_threads_put_there_comes_back() {
        let shelf = Shelf::new(tempfile::tempfile().unwrap());
        let put = |thread: usize| (0..50).map(move |at| format!("{thread}-{at}").repeat(at));
        std::thread::scope(|scope| {
            let threads = (0..4).map(|thread| {
                let shelf = &shelf;
                scope.spawn(move || {
                    put(thread).map(|text| (shelf.add(text.as_bytes()), text)).collect::<Vec<_>>()
                })
            });
            for thread in threads.collect::<Vec<_>>() {
                for (shelved, text) in thread.join().unwrap() {
                    let shelved = shelved.unwrap();
                    assert_eq!(shelved.len(), text.len());
                    assert_eq!(shelved.read().unwrap(), text.as_bytes());
                }
            }
        });
    }

    #[test]
    fn there_may_be_no_place() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let shelf = Shelf::new(File::open(file.path()).unwrap());
        assert_eq!(shelf.add(b"text"), None);
    }
}
