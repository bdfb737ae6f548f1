//! An examination of the folder: everything that a release will need, tried one by one.

use std::path::Path;

use bytes::Bytes;
use rustix::fs::{Access, AtFlags, accessat};

use super::DirStore;
use super::sandbox::{failed, root, walk};
use crate::model::checkup::Check;
use crate::model::object::{Key, Kind, Object};
use crate::store::{Condition, Store, StoreError};

/// What an examination writes, before it removes it again.
const PROBE: &[u8] = b"written by onair doctor; safe to delete";

impl DirStore {
    /// Examines the folder and the rights in it. It writes a file below `.onair/` and removes it
    /// again; it makes no folder that is not there.
    pub async fn doctor(&self) -> Vec<Check> {
        match self.blocking(|base| Ok(root(base, false)?.is_some())).await {
            Err(error) => return vec![judged("folder", Err(&error), "")],
            Ok(false) => {
                let seen =
                    format!("`{}` is not there yet: the first release makes it", self.name());
                return vec![Check::fine("folder", seen)];
            }
            Ok(true) => {}
        }
        let mut checks = vec![Check::fine("folder", format!("`{}` is there", self.name()))];
        let key = Key::state(format_args!("doctor-{}", std::process::id()));
        let probe = Object::in_memory(key, Kind::State, "text/plain", Bytes::from_static(PROBE));
        let written = self.put(&probe, &Condition::Always, &|_| ()).await;
        // What another user has put there may be closed to this one.
        let (closed, unread) = match self.blocking(closed).await {
            Ok(found) => found,
            Err(error) => (Some(error), None),
        };
        let writes = written.as_ref().map(drop).and(closed.as_ref().map_or(Ok(()), Err));
        checks.push(judged("right to write", writes, "allowed"));
        if written.is_err() {
            return checks;
        }
        let read = self.read(&probe.key, PROBE.len() as u64).await;
        let reads = read.as_ref().map(drop).and(unread.as_ref().map_or(Ok(()), Err));
        checks.push(judged("right to read", reads, "allowed"));
        let deleted = self.delete(&probe.key, &Condition::Always).await;
        checks.push(judged("right to delete", deleted.as_ref().map(drop), "allowed"));
        checks.push(match self.conditional().await {
            Ok(true) => Check::fine("turns", "writers on one machine take turns"),
            Ok(false) => Check::weak(
                "turns",
                "this file system cannot lock files, so two releases are kept apart less well",
                "let only one release run at a time",
            ),
            Err(error) => judged("turns", Err(&error), ""),
        });
        checks
    }
}

/// The first folder that this user cannot write into, and the first file that it cannot read.
fn closed(base: &Path) -> Result<(Option<StoreError>, Option<StoreError>), StoreError> {
    let (mut closed, mut unread, mut last) = (None, None, None);
    walk(base, "", &mut |path, folder, name| {
        let may = |name: &str, access| accessat(folder, name, access, AtFlags::empty());
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if last.as_deref() != Some(above) {
            last = Some(above.to_owned());
            if let Err(error) = may(".", Access::WRITE_OK | Access::EXEC_OK) {
                closed.get_or_insert(failed("write into", &base.join(above), &error.into()));
            }
        }
        if let Err(error) = may(name, Access::READ_OK) {
            unread.get_or_insert(failed("read", &base.join(path), &error.into()));
        }
        Ok(())
    })?;
    Ok((closed, unread))
}

fn judged(name: &str, outcome: Result<(), &StoreError>, seen: &str) -> Check {
    match outcome {
        Ok(()) => Check::fine(name, seen),
        Err(error) => {
            let help = match error {
                StoreError::Failed { help: Some(help), .. } => help,
                _ => "look at the folder's owner and rights",
            };
            Check::broken(name, error.to_string(), help)
        }
    }
}
