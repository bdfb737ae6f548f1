//! Putting a tag into the host's own file, so that nothing that happens on the way can harm it.
//!
//! The new file is written beside the old one, flushed to the disk, read back, its payload proved by
//! SHA-256, and only then renamed over the old one; the folder is flushed last. Killed or failing at
//! any instant, what stands under the file's name is the whole old file or the whole new one. At most
//! one unfinished `.onair-….tmp` is left behind, which the next run removes.
//!
//! Permissions, owner and extended attributes go over to the new file. Its time of modification is
//! now, as its bytes are new: backups and `rsync` go by it. A file that already is as it should be
//! is not touched at all.

use std::fs::{File, Metadata, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{self, Mode, OFlags, XattrFlags};
use sha2::Digest as _;

use super::{Contents, MAX_BYTES};
use crate::model::hash::Sha256;

/// A host's MP3 as it was judged: what must still be true of it when its tag is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Where its payload stands, in bytes.
    pub payload: Range<u64>,
    /// SHA-256 of its payload.
    pub payload_sha256: Sha256,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The file already was the tag and the payload, and nothing else.
    Unchanged,
    /// The file was replaced.
    Replaced {
        /// Bytes it now has.
        bytes: u64,
    },
}

/// Why the tag was not written. The file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The name is that of a symbolic link, a folder or a device.
    #[error("{} is not a regular file, and only such a file can be replaced safely", .0.display())]
    NotAFile(PathBuf),
    /// The file is not the one that was judged, or became another one meanwhile.
    #[error("{} was changed by another program; nothing was written", .0.display())]
    Changed(PathBuf),
    /// Another process is at the same file.
    #[error("another process is writing the tag of {}", .0.display())]
    Busy(PathBuf),
    /// The disk could not hold the old and the new file at once.
    #[error(
        "writing {} anew takes {needed} bytes, but its disk has only {available} left",
        path.display()
    )]
    NoSpace {
        /// The file.
        path: PathBuf,
        /// Bytes needed.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// What was read back from the disk is not what was written.
    #[error("what the disk gave back of {} is not what was written; the old file stays", .0.display())]
    ReadBack(PathBuf),
    /// The system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried: "read", "replace".
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// What stands in front of the payload: at most [`MAX_BYTES`] of it.
///
/// # Errors
/// If the file cannot be read.
pub fn existing_tag(path: &Path, payload: &Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(payload.start.min(MAX_BYTES as u64)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the tags say that stand in front of the payload and behind it.
///
/// # Errors
/// If the file cannot be read.
pub fn held_contents(path: &Path, payload: &Range<u64>) -> io::Result<Contents> {
    let leading = existing_tag(path, payload)?;
    let mut file = File::open(path)?;
    let id3v1 = file.metadata()?.len().saturating_sub(128).max(payload.end);
    file.seek(SeekFrom::Start(id3v1))?;
    let mut trailing = Vec::new();
    file.take(128).read_to_end(&mut trailing)?;
    Ok(Contents::read(&leading, &trailing))
}

/// Makes the file the tag followed by its payload, and drops whatever else it holds.
///
/// # Errors
/// [`WriteError`], and then the file is as it was, but for one case: if only the last step fails, the
/// flushing of the folder, the new file is in place and may not survive a power cut.
pub fn write_in_place(source: &Source, tag: &[u8]) -> Result<Written, WriteError> {
    let path = &source.path;
    let io = |action| move |error| WriteError::Io { action, path: path.clone(), source: error };
    let changed = || WriteError::Changed(path.clone());

    let (mut old, judged) = open(path)?;
    if judged.len() < source.payload.end || source.payload.start > source.payload.end {
        return Err(changed());
    }
    if is_tagged(&mut old, &judged, source, tag).map_err(io("read"))? {
        return if payload_hash(&mut old, source, io::sink()).map_err(io("read"))?
            == source.payload_sha256
        {
            Ok(Written::Unchanged)
        } else {
            Err(changed())
        };
    }

    let payload_bytes = source.payload.end - source.payload.start;
    let bytes = tag.len() as u64 + payload_bytes;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    ensure_space(folder, path, bytes)?;

    // Dropping it removes it.
    let mut temp = new_file(folder, path).map_err(io("write a new file beside"))?;
    let new = temp.as_file_mut();
    new.write_all(tag).map_err(io("write the new"))?;
    if payload_hash(&mut old, source, &mut *new).map_err(io("copy"))? != source.payload_sha256 {
        return Err(changed());
    }
    copy_attributes(&old, &judged, new).map_err(io("set the permissions of the new"))?;
    new.sync_all().map_err(io("flush the new"))?;
    if !reads_back(new, source, tag).map_err(io("read back the new"))? {
        return Err(WriteError::ReadBack(path.clone()));
    }
    if !is_still(path, &judged) {
        return Err(changed());
    }
    temp.persist(path).map_err(|error| io("replace")(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("flush the folder of"))?;
    Ok(Written::Replaced { bytes })
}

/// Opens the file itself, never through a link, and locks it against a second run of ours.
fn open(path: &Path) -> Result<(File, Metadata), WriteError> {
    let io = |source| WriteError::Io { action: "read", path: path.to_owned(), source };
    // NONBLOCK: a pipe put in the file's place must not hold us up. It means nothing for files.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match fs::open(path, flags, Mode::empty()) {
        Ok(fd) => File::from(fd),
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::MLINK) => {
            return Err(WriteError::NotAFile(path.to_owned()));
        }
        Err(error) => return Err(io(error.into())),
    };
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(WriteError::NotAFile(path.to_owned()));
    }
    // Not every file system has locks. Where one has none the rename alone keeps the file whole.
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(WriteError::Busy(path.to_owned()));
    }
    // The other run may have replaced the file before its lock was gone.
    if is_still(path, &metadata) {
        Ok((file, metadata))
    } else {
        Err(WriteError::Busy(path.to_owned()))
    }
}

/// Whether `path` still names the file that `judged` tells of, unchanged.
fn is_still(path: &Path, judged: &Metadata) -> bool {
    let identity = |of: &Metadata| (of.dev(), of.ino(), of.len(), of.mtime(), of.mtime_nsec());
    path.symlink_metadata().is_ok_and(|now| identity(&now) == identity(judged))
}

/// Whether the file is `tag` and payload already.
fn is_tagged(
    file: &mut File,
    metadata: &Metadata,
    source: &Source,
    tag: &[u8],
) -> io::Result<bool> {
    let lies_right =
        source.payload.start == tag.len() as u64 && source.payload.end == metadata.len();
    Ok(lies_right && starts_with(file, tag)?)
}

fn starts_with(file: &mut File, tag: &[u8]) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::with_capacity(tag.len());
    file.take(tag.len() as u64).read_to_end(&mut bytes)?;
    Ok(bytes == tag)
}

/// Copies the payload to `to` and hashes what was copied.
fn payload_hash(file: &mut File, source: &Source, to: impl io::Write) -> io::Result<Sha256> {
    hash_range(file, source.payload.clone(), to)
}

fn hash_range(file: &mut File, range: Range<u64>, mut to: impl io::Write) -> io::Result<Sha256> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut left = range.end - range.start;
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    while left > 0 {
        let want = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let got = match file.read(&mut buffer[..want]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(got) => got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..got]);
        to.write_all(&buffer[..got])?;
        left -= got as u64;
    }
    Ok(Sha256::from_bytes(hash.finalize().into()))
}

fn ensure_space(folder: &Path, path: &Path, needed: u64) -> Result<(), WriteError> {
    // A file system that does not know its size says zero blocks.
    if let Ok(disk) = fs::statvfs(folder)
        && disk.f_blocks > 0
    {
        let available = disk.f_bavail.saturating_mul(disk.f_frsize);
        if available < needed {
            return Err(WriteError::NoSpace { path: path.to_owned(), needed, available });
        }
    }
    Ok(())
}

/// A new file beside `path`, always under the same name for the same file, so that what a killed run
/// left is found and removed by the next.
fn new_file(folder: &Path, path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let name = path.file_name().unwrap_or_default();
    let mark: String = Sha256::of(name.as_encoded_bytes()).to_string().chars().take(16).collect();
    let name = format!(".onair-{mark}.tmp");
    match std::fs::remove_file(folder.join(&name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(folder)
}

/// Gives the new file the old one's owner, extended attributes (among them access lists) and mode.
fn copy_attributes(old: &File, metadata: &Metadata, new: &File) -> io::Result<()> {
    // Only root may give a file away; for others it stays theirs, as after any editor's save.
    let owned = fchown(new, Some(metadata.uid()), Some(metadata.gid())).is_ok()
        || fchown(new, None, Some(metadata.gid())).is_ok();
    copy_extended_attributes(old, new);
    let mode = metadata.permissions().mode() & if owned { 0o7777 } else { 0o777 };
    new.set_permissions(std::fs::Permissions::from_mode(mode))
}

/// As far as the file system lets us: labels and comments are no reason to refuse.
fn copy_extended_attributes(old: &File, new: &File) {
    const MOST: usize = 64 << 10;
    let mut names = vec![0; MOST];
    let Ok(len) = fs::flistxattr(old, &mut names[..]) else { return };
    let mut value = vec![0; MOST];
    for name in names[..len].split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
        if let Ok(len) = fs::fgetxattr(old, name, &mut value[..]) {
            let _ = fs::fsetxattr(new, name, &value[..len], XattrFlags::empty());
        }
    }
}

/// Whether the new file is exactly `tag` and payload, as far as can be had from the disk itself.
fn reads_back(new: &mut File, source: &Source, tag: &[u8]) -> io::Result<bool> {
    // Its pages are clean after the flush: dropped, so that the disk and not memory answers.
    #[cfg(target_os = "linux")]
    let _ = fs::fadvise(&*new, 0, None, fs::Advice::DontNeed);
    let start = tag.len() as u64;
    let range = start..start + (source.payload.end - source.payload.start);
    Ok(new.metadata()?.len() == range.end
        && starts_with(new, tag)?
        && hash_range(new, range, io::sink())? == source.payload_sha256)
}

#[cfg(test)]
mod tests;
