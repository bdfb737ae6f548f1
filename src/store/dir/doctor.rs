//! An examination of the folder: everything that a release will need, tried one by one.

use bytes::Bytes;

use super::DirStore;
use super::sandbox::root;
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
        checks.push(judged("right to write", written.as_ref().map(drop), "allowed"));
        if written.is_err() {
            return checks;
        }
        let read = self.read(&probe.key, PROBE.len() as u64).await;
        checks.push(judged("right to read", read.as_ref().map(drop), "allowed"));
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
