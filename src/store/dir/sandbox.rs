//! Files below a folder, reached without ever following a symbolic link out of it.
//!
//! Every step goes from an open folder to a name in it, so that nothing can be swapped for a link
//! between looking and acting.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::model::disk;
use crate::model::object::Key;
use crate::store::StoreError;

/// Every file that is not whole yet has a name that starts so.
pub(super) const TEMPORARY: &str = ".onair-tmp-";

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A key's folder, opened, and its file's name in it.
pub(super) struct Place {
    pub(super) folder: OwnedFd,
    pub(super) name: String,
    /// As a host would write it.
    pub(super) path: PathBuf,
}

/// The folder at `root`, which may itself be reached by a link: that is the host's choice.
pub(super) fn root(root: &Path, create: bool) -> Result<Option<OwnedFd>, StoreError> {
    if create {
        std::fs::create_dir_all(root).map_err(|error| failed("create", root, &error))?;
    }
    match rustix::fs::open(root, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()) {
        Ok(folder) => Ok(Some(folder)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(failed("open", root, &error.into())),
    }
}

impl Place {
    /// Where `key` stands below `base`; none if its folder does not exist and shall not.
    pub(super) fn of(base: &Path, key: &Key, create: bool) -> Result<Option<Self>, StoreError> {
        let Some(mut folder) = root(base, create)? else { return Ok(None) };
        let mut path = base.to_owned();
        let mut parts = key.as_str().split('/').peekable();
        while let Some(part) = parts.next() {
            path.push(part);
            if part.starts_with(TEMPORARY) {
                return Err(refused(&path, "names like this are kept for files under way"));
            }
            if parts.peek().is_none() {
                return Ok(Some(Self { folder, name: part.to_owned(), path }));
            }
            let Some(next) = enter(&folder, part, &path, create)? else { return Ok(None) };
            folder = next;
        }
        // A key has at least one part.
        Ok(None)
    }

    /// The file, for reading.
    pub(super) fn open(&self) -> Result<Option<File>, StoreError> {
        // A pipe must not make us wait for its other end.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match rustix::fs::openat(&self.folder, &self.name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err(refused(&self.path, LINK)),
            Err(error) => return Err(failed("read", &self.path, &error.into())),
        };
        let metadata = file.metadata().map_err(|error| failed("read", &self.path, &error))?;
        if !metadata.is_file() {
            return Err(refused(&self.path, "it is not a file, and a file must stand there"));
        }
        Ok(Some(file))
    }

    /// Makes what happened to names in the folder survive a loss of power.
    pub(super) fn sync_folder(&self) -> Result<(), StoreError> {
        rustix::fs::fsync(&self.folder).map_err(|error| failed("write", &self.path, &error.into()))
    }
}

const LINK: &str = "it is a symbolic link, and onair follows none inside a target";

/// The folder `name` in `folder`.
fn enter(
    folder: &OwnedFd,
    name: &str,
    path: &Path,
    create: bool,
) -> Result<Option<OwnedFd>, StoreError> {
    for _ in 0..8 {
        match rustix::fs::openat(folder, name, FOLDER, Mode::empty()) {
            Ok(next) => return Ok(Some(next)),
            Err(Errno::NOENT) if !create => return Ok(None),
            Err(Errno::NOENT) => {}
            Err(Errno::NOTDIR | Errno::LOOP) => {
                let link = is_link(folder, name);
                return Err(refused(path, if link { LINK } else { "it is not a folder" }));
            }
            Err(error) => return Err(failed("open", path, &error.into())),
        }
        match rustix::fs::mkdirat(folder, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => rustix::fs::fsync(folder).map_err(|e| failed("write", path, &e.into()))?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(failed("create", path, &error.into())),
        }
    }
    Err(refused(path, "somebody keeps removing it"))
}

fn is_link(folder: &OwnedFd, name: &str) -> bool {
    rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

/// Calls `found` with the path, below `base`, of every file in and below the folder `under`.
///
/// Links, and names that are no text, are none of ours and passed over.
pub(super) fn walk(
    base: &Path,
    under: &str,
    found: &mut dyn FnMut(&str, &OwnedFd, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(mut folder) = root(base, false)? else { return Ok(()) };
    for part in under.split('/').filter(|part| !part.is_empty()) {
        let Some(next) = enter(&folder, part, &base.join(under), false)? else { return Ok(()) };
        folder = next;
    }
    let prefix = if under.is_empty() { String::new() } else { format!("{under}/") };
    walk_folder(base, &folder, &prefix, found)
}

fn walk_folder(
    base: &Path,
    folder: &OwnedFd,
    prefix: &str,
    found: &mut dyn FnMut(&str, &OwnedFd, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let fail = |error: Errno| failed("list", &base.join(prefix), &error.into());
    for entry in Dir::read_from(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let Ok(name) = entry.file_name().to_str() else { continue };
        if matches!(name, "." | "..") {
            continue;
        }
        let path = format!("{prefix}{name}");
        match kind(folder, name, entry.file_type()) {
            FileType::RegularFile => found(&path, folder, name)?,
            FileType::Directory => {
                // It may have been removed, or replaced by a link, since it was listed.
                if let Ok(next) = rustix::fs::openat(folder, name, FOLDER, Mode::empty()) {
                    walk_folder(base, &next, &format!("{path}/"), found)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Some file systems do not say in a listing what an entry is.
fn kind(folder: &OwnedFd, name: &str, listed: FileType) -> FileType {
    if listed != FileType::Unknown {
        return listed;
    }
    rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode))
}

/// The store's error for what the system said.
pub(super) fn failed(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    let help = match error.kind() {
        io::ErrorKind::PermissionDenied if matches!(doing, "read" | "open" | "list") => {
            Some("give this user the right to read it, or name another target")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Some("give this user the right to write there, or name another target")
        }
        io::ErrorKind::NotADirectory => {
            Some("a folder must stand there: move the file away, or name another target")
        }
        io::ErrorKind::InvalidFilename => Some("give the episode's page a shorter name"),
        _ => disk::help(error),
    };
    StoreError::Failed {
        message: format!("cannot {doing} {}: {}", path.display(), disk::reason(error)),
        help: help.map(str::to_owned),
        transient: false,
    }
}

fn refused(path: &Path, why: &str) -> StoreError {
    StoreError::Failed {
        message: format!("{} cannot be used: {why}", path.display()),
        help: Some("move it away, or name another target".to_owned()),
        transient: false,
    }
}
