//! One whole file, or none: written under another name, made to last, then renamed.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::fs::{AtFlags, Mode, OFlags};

use super::identity::{digest_of, version_of};
use super::sandbox::{Place, TEMPORARY, failed, walk};
use crate::model::object::{Body, Digest, Key, Kind, Object};
use crate::store::source::{Source, Tagged, whole};
use crate::store::{Condition, StoreError, Version};

/// As much is read and written at a time.
const CHUNK: u64 = 256 << 10;

/// Where writers of a target take turns, for the moment of a rename.
pub(super) fn turns_key() -> Key {
    Key::state(format_args!("turns"))
}

/// A turn among all processes that write to a target; ends when dropped.
pub(super) struct Turn {
    _file: File,
    /// Whether the file system has locks at all.
    pub(super) exclusive: bool,
}

impl Turn {
    pub(super) fn take(base: &Path) -> Result<Self, StoreError> {
        let key = turns_key();
        let place = Place::of(base, &key, true)?;
        let path = base.join(key.as_str());
        let fail = |error: &std::io::Error| failed("lock", &path, error);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let open = |place: Place| {
            rustix::fs::openat(&place.folder, &place.name, flags, Mode::from_raw_mode(0o666))
        };
        let file = match place.map(open) {
            Some(Ok(file)) => File::from(file),
            Some(Err(error)) => return Err(fail(&error.into())),
            None => return Err(fail(&std::io::ErrorKind::NotFound.into())),
        };
        let exclusive = match file.lock() {
            Ok(()) => true,
            // Some network file systems; conditions are then checked just before a write.
            Err(error) if is_unsupported(&error) => false,
            Err(error) => return Err(fail(&error)),
        };
        Ok(Self { _file: file, exclusive })
    }
}

fn is_unsupported(error: &std::io::Error) -> bool {
    let code = error.raw_os_error().map(rustix::io::Errno::from_raw_os_error);
    error.kind() == std::io::ErrorKind::Unsupported
        || matches!(code, Some(rustix::io::Errno::NOLCK | rustix::io::Errno::OPNOTSUPP))
}

/// A file under way. Its writer holds a lock on it; without one it is a leftover.
struct Temporary {
    folder: OwnedFd,
    name: String,
    file: File,
    /// What it is to become.
    path: PathBuf,
}

impl Temporary {
    /// To be called in one's turn, so that nobody takes it for a leftover before it is locked.
    fn beside(place: &Place) -> Result<Self, StoreError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let fail = |error: std::io::Error| failed("write", &place.path, &error);
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder =
            rustix::io::fcntl_dupfd_cloexec(&place.folder, 0).map_err(|e| fail(e.into()))?;
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{TEMPORARY}{}-{number}", std::process::id());
            match rustix::fs::openat(&folder, &name, flags, Mode::from_raw_mode(0o666)) {
                Ok(file) => {
                    let file = File::from(file);
                    let path = place.path.clone();
                    // Where there are no locks, leftovers are not told from the living, and stay.
                    let _ = file.try_lock();
                    return Ok(Self { folder, name, file, path });
                }
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(fail(error.into())),
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(|error| failed("write", &self.path, &error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing left under this name.
        let _ = rustix::fs::unlinkat(&self.folder, &self.name, AtFlags::empty());
    }
}

/// Where the metadata of the object at `key` is noted.
pub(super) fn metadata_key(key: &Key) -> Key {
    Key::state(format_args!("metadata/{key}.json"))
}

/// Puts an object in its place. Blocks; stops before the rename once `stop` is set.
///
/// What an object says of itself is noted first, so that no audio ever stands without its note.
pub(super) fn put(
    base: &Path,
    object: &Object,
    condition: &Condition,
    stop: &AtomicBool,
    sent: &mut dyn FnMut(u64),
) -> Result<Version, StoreError> {
    if !object.metadata.is_empty() {
        // What is refused leaves the note of what stands as it is.
        let _turn = Turn::take(base)?;
        if let Some(place) = Place::of(base, &object.key, false)? {
            check(&place, &object.key, condition)?;
        }
        drop(_turn);
        let json = serde_json::to_vec(&object.user_metadata()).unwrap_or_default();
        let key = metadata_key(&object.key);
        let note = Object::in_memory(key, Kind::State, "application/json", json.into());
        put_file(base, &note, &Condition::Always, stop, &mut |_| ())?;
    }
    put_file(base, object, condition, stop, sent)
}

fn put_file(
    base: &Path,
    object: &Object,
    condition: &Condition,
    stop: &AtomicBool,
    sent: &mut dyn FnMut(u64),
) -> Result<Version, StoreError> {
    let (place, mut temporary) = {
        let _turn = Turn::take(base)?;
        let Some(place) = Place::of(base, &object.key, true)? else {
            let gone = std::io::ErrorKind::NotFound.into();
            return Err(failed("write", &base.join(object.key.as_str()), &gone));
        };
        // A hundred megabytes are not copied only to find that they may not be placed.
        check(&place, &object.key, condition)?;
        let temporary = Temporary::beside(&place)?;
        (place, temporary)
    };
    copy(object, &mut temporary, stop, sent)?;
    temporary.file.sync_all().map_err(|error| failed("write", &place.path, &error))?;

    let _turn = Turn::take(base)?;
    check(&place, &object.key, condition)?;
    if stop.load(Ordering::SeqCst) {
        return Err(stopped(&place.path));
    }
    rustix::fs::renameat(&temporary.folder, &temporary.name, &place.folder, &place.name)
        .map_err(|error| failed("write", &place.path, &error.into()))?;
    place.sync_folder()?;
    version_of(&temporary.file, &place.path)
}

/// Copies an object's bytes and proves that they are what it promises.
fn copy(
    object: &Object,
    temporary: &mut Temporary,
    stop: &AtomicBool,
    sent: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    match &object.body {
        Body::Bytes(_) | Body::Shelved(_) | Body::Standing(_) => {
            let bytes = whole(object)?;
            temporary.write(&bytes)?;
            sent(bytes.len() as u64);
            if digest_of(&mut &bytes[..], &object.digest).ok() != Some(object.digest.clone()) {
                let reason = "its bytes are not those that were promised".to_owned();
                return Err(StoreError::Source { path: object.key.as_str().into(), reason });
            }
            Ok(())
        }
        Body::Tagged { tag, file, payload } => {
            let mut source = Source::open(Tagged {
                tag: (**tag).clone(),
                path: file.clone(),
                payload: payload.clone(),
                promised: object.digest.clone(),
            })?;
            while source.left() > 0 {
                if stop.load(Ordering::SeqCst) {
                    return Err(stopped(&temporary.path));
                }
                let chunk = source.read(CHUNK)?;
                temporary.write(&chunk)?;
                sent(chunk.len() as u64);
            }
            source.finish()
        }
    }
}

fn stopped(path: &Path) -> StoreError {
    failed("write", path, &std::io::ErrorKind::Interrupted.into())
}

/// Whether a condition holds; to be called in one's turn.
fn check(place: &Place, key: &Key, condition: &Condition) -> Result<(), StoreError> {
    let holds = match (condition, place.open()?) {
        (Condition::Always, _) | (Condition::Absent, None) => true,
        (Condition::Absent, Some(_)) | (Condition::Is(_), None) => false,
        (Condition::Is(version), Some(file)) => version_of(&file, &place.path)? == *version,
    };
    if holds { Ok(()) } else { Err(StoreError::Precondition { key: key.clone() }) }
}

/// Removes a file, and the folders that are empty without it. Blocks.
pub(super) fn delete(base: &Path, key: &Key, condition: &Condition) -> Result<(), StoreError> {
    if Place::of(base, key, false)?.is_none() {
        return Ok(());
    }
    let _turn = Turn::take(base)?;
    let Some(place) = Place::of(base, key, false)? else { return Ok(()) };
    if place.open()?.is_none() {
        return Ok(());
    }
    check(&place, key, condition)?;
    remove(base, key, &place)?;
    let note = metadata_key(key);
    match Place::of(base, &note, false)? {
        Some(place) if place.open()?.is_some() => remove(base, &note, &place),
        _ => Ok(()),
    }
}

fn remove(base: &Path, key: &Key, place: &Place) -> Result<(), StoreError> {
    let fail = |error: rustix::io::Errno| failed("remove", &place.path, &error.into());
    rustix::fs::unlinkat(&place.folder, &place.name, AtFlags::empty()).map_err(fail)?;
    place.sync_folder()?;
    remove_empty_folders(base, key)
}

fn remove_empty_folders(base: &Path, key: &Key) -> Result<(), StoreError> {
    let mut rest = key.as_str();
    while let Some((folder, _)) = rest.rsplit_once('/') {
        // The folder is the last part of a key of its own.
        let Ok(key) = Key::new(folder) else { break };
        let Some(place) = Place::of(base, &key, false)? else { break };
        if rustix::fs::unlinkat(&place.folder, &place.name, AtFlags::REMOVEDIR).is_err() {
            break;
        }
        rest = folder;
    }
    Ok(())
}

/// Removes files whose writers are no more. Blocks.
pub(super) fn tidy(base: &Path) -> Result<(), StoreError> {
    let turn = Turn::take(base)?;
    if !turn.exclusive {
        return Ok(());
    }
    walk(base, "", &mut |_, folder, name| {
        if !name.starts_with(TEMPORARY) {
            return Ok(());
        }
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // Gone in the meantime, or not ours to open: not ours to remove either.
        let Ok(file) = rustix::fs::openat(folder, name, flags, Mode::empty()) else {
            return Ok(());
        };
        match File::from(file).try_lock() {
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
            Ok(()) => {
                let _ = rustix::fs::unlinkat(folder, name, AtFlags::empty());
            }
        }
        Ok(())
    })
}

/// Whether a digest is that of a file's bytes. Blocks.
pub(super) fn holds(file: &mut File, path: &Path, digest: &Digest) -> Result<bool, StoreError> {
    let found = digest_of(file, digest).map_err(|error| failed("read", path, &error))?;
    Ok(found == *digest)
}
