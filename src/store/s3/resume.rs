//! Uploads in parts that were cut off: going on with them, and discarding them.
//!
//! What an unfinished upload will become, S3 does not tell: the content type and metadata it was
//! begun with cannot be read back. So an upload that takes longer than some seconds leaves a note
//! in the target, `.onair/uploads/….json`, with its id and a hash of all that the object is. Only an
//! upload whose note matches is gone on with, and of its parts only those whose checksum matches.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::hash::Sha256;
use crate::model::object::{Key, Kind, Object};
use crate::store::{Store, StoreError};

use super::S3Store;
use super::cause::Cause;
use super::operation::Operation;
use super::upload::{Held, Upload};

/// Where notes of unfinished uploads stand.
const NOTES: &str = ".onair/uploads/";

/// A note is small; what is larger is none.
const NOTE_LIMIT: u64 = 16 * 1024;

/// How old an unfinished upload must be for nobody to be at work on it any more.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    key: Key,
    upload_id: String,
    object: Sha256,
    part_bytes: u64,
    /// It was begun without a checksum of the newer kind, which the store refuses.
    md5_only: bool,
}

impl S3Store {
    /// The unfinished upload of this very object, the parts of it that the store holds, and their length.
    ///
    /// A hindrance here only means that the upload begins anew.
    pub(super) async fn resumable(
        &self,
        object: &Object,
    ) -> Option<(Upload, BTreeMap<i32, Held>, u64)> {
        let key = note_key(&object.key)?;
        if !self.noted(|notes| notes.contains(&key)).await.ok()? {
            return None;
        }
        let stored = self.read(&key, NOTE_LIMIT).await.ok()??;
        let note: Note = serde_json::from_slice(&stored.bytes).ok()?;
        let upload = Upload::new(self.full(&object.key), note.upload_id);
        upload.noted.store(true, Ordering::Relaxed);
        if note.object == identity(object, note.part_bytes)
            && note.part_bytes > 0
            && let Some(held) = self.held(&upload).await
        {
            self.md5_only.fetch_or(note.md5_only, Ordering::Relaxed);
            return Some((upload, held, note.part_bytes));
        }
        self.discard(object, &upload).await;
        None
    }

    /// Looks for the notes in the target.
    pub(super) async fn look_for_notes(&self) -> Result<BTreeSet<Key>, StoreError> {
        let listed = self.list(NOTES).await?;
        let noted: BTreeSet<Key> = listed.into_iter().map(|listed| listed.key).collect();
        *self.notes.lock().unwrap_or_else(PoisonError::into_inner) = Some(noted.clone());
        Ok(noted)
    }

    /// What the notes in the target answer; they are looked for, if nobody has done that yet.
    async fn noted<T>(&self, ask: impl Fn(&BTreeSet<Key>) -> T) -> Result<T, StoreError> {
        match self.known_notes(|known| ask(known)) {
            Some(answer) => Ok(answer),
            None => Ok(ask(&self.look_for_notes().await?)),
        }
    }

    /// The parts that the store holds of `upload`, if it still knows it.
    async fn held(&self, upload: &Upload) -> Option<BTreeMap<i32, Held>> {
        let request = self
            .client
            .list_parts()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id());
        let mut pages = request.into_paginator().send();
        let mut held = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for part in page.ok()?.parts() {
                let bytes = part.size().and_then(|bytes| u64::try_from(bytes).ok());
                if let (Some(number), Some(bytes)) = (part.part_number(), bytes) {
                    let etag = part.e_tag().map(str::to_owned);
                    let crc64_nvme = part.checksum_crc64_nvme().map(str::to_owned);
                    held.insert(number, Held { bytes, etag, crc64_nvme });
                }
            }
        }
        Some(held)
    }

    /// Leaves a note of `upload`, unless there is one. Without it the upload can only be discarded.
    pub(super) async fn note(&self, object: &Object, part_bytes: u64, upload: &Upload) {
        let Some(key) = note_key(&object.key) else { return };
        if upload.noted.swap(true, Ordering::Relaxed) {
            return;
        }
        let note = Note {
            key: object.key.clone(),
            upload_id: upload.id().to_owned(),
            object: identity(object, part_bytes),
            part_bytes,
            md5_only: self.md5_only.load(Ordering::Relaxed),
        };
        let Ok(bytes) = serde_json::to_vec(&note) else { return };
        let request = self
            .client
            .put_object()
            .bucket(self.bucket())
            .key(self.full(&key))
            .content_type("application/json")
            .cache_control(Kind::State.cache_control())
            .body(Bytes::from(bytes).into())
            .customize()
            .config_override(self.one_attempt());
        if request.send().await.is_ok() {
            self.known_notes(|known| known.insert(key));
        }
    }

    /// Asks or changes the notes as they are known, if anybody has looked for them.
    fn known_notes<T>(&self, ask: impl FnOnce(&mut BTreeSet<Key>) -> T) -> Option<T> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(ask)
    }

    /// Removes the note of an upload that has come to its end.
    pub(super) async fn forget(&self, object: &Object, upload: &Upload) {
        let Some(key) = note_key(&object.key) else { return };
        if !upload.noted.load(Ordering::Relaxed) {
            return;
        }
        let request = self
            .client
            .delete_object()
            .bucket(self.bucket())
            .key(self.full(&key))
            .customize()
            .config_override(self.one_attempt());
        if request.send().await.is_ok() {
            self.known_notes(|known| known.remove(&key));
        }
    }

    /// Discards an upload that nobody will go on with, and its note. Should that fail, `tidy` will
    /// do it another day.
    pub(super) async fn discard(&self, object: &Object, upload: &Upload) {
        let request = self
            .client
            .abort_multipart_upload()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .customize()
            .config_override(self.one_attempt());
        if request.send().await.is_ok() {
            self.forget(object, upload).await;
        }
    }

    /// Discards abandoned uploads of onair's own, by its notes, and the notes of uploads that are no
    /// more.
    pub(super) async fn discard_abandoned(&self) -> Result<(), StoreError> {
        let below = self.place.location.in_bucket("");
        let mut ours: BTreeMap<String, Key> = BTreeMap::new();
        for key in self.noted(BTreeSet::clone).await? {
            let stored = self.read(&key, NOTE_LIMIT).await?;
            let note = stored.and_then(|note| serde_json::from_slice::<Note>(&note.bytes).ok());
            match note {
                Some(note) => drop(ours.insert(note.upload_id, key)),
                None => self.delete(&key, &crate::store::Condition::Always).await?,
            }
        }
        if ours.is_empty() {
            return Ok(());
        }
        let mut open = HashSet::new();
        let (mut key_marker, mut id_marker) = (None, None);
        loop {
            let request = self
                .client
                .list_multipart_uploads()
                .bucket(self.bucket())
                .prefix(&below)
                .set_key_marker(key_marker)
                .set_upload_id_marker(id_marker);
            let page = request.send().await.map_err(|error| {
                self.place.explain(Operation::ListUploads, &below, &Cause::of(&error))
            })?;
            for upload in page.uploads() {
                let (Some(full), Some(id)) = (upload.key(), upload.upload_id()) else { continue };
                // Whatever onair has no note of may be another program's.
                if !ours.contains_key(id) {
                    continue;
                }
                let begun = upload.initiated().and_then(|time| SystemTime::try_from(*time).ok());
                let age = begun.and_then(|begun| begun.elapsed().ok()).unwrap_or_default();
                if age < ABANDONED {
                    open.insert(id.to_owned());
                    continue;
                }
                let request = self
                    .client
                    .abort_multipart_upload()
                    .bucket(self.bucket())
                    .key(full)
                    .upload_id(id);
                request.send().await.map_err(|error| {
                    self.place.explain(Operation::Abort, full, &Cause::of(&error))
                })?;
            }
            if page.is_truncated() != Some(true) {
                break;
            }
            key_marker = page.next_key_marker().map(str::to_owned);
            id_marker = page.next_upload_id_marker().map(str::to_owned);
        }
        for (_, note) in ours.iter().filter(|(id, _)| !open.contains(*id)) {
            self.delete(note, &crate::store::Condition::Always).await?;
        }
        Ok(())
    }
}

fn note_key(key: &Key) -> Option<Key> {
    // A hash, since a note's key must not grow too long below any prefix.
    let hash = Sha256::of(key.as_str().as_bytes()).to_string();
    Key::new(format!("{NOTES}{hash}.json")).ok()
}

/// A hash of everything that an upload fixes when it is begun, and of the bytes to come.
fn identity(object: &Object, part_bytes: u64) -> Sha256 {
    let all = (
        &object.key,
        object.content_type,
        object.kind.cache_control(),
        object.user_metadata(),
        object.body.len(),
        part_bytes,
    );
    Sha256::of(&serde_json::to_vec(&all).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_another_if_anything_of_it_is() {
        let key = |text: &str| Key::new(text).unwrap();
        let object =
            Object::in_memory(key("a"), Kind::Audio, "audio/mpeg", Bytes::from_static(b"x"));
        let mut metadata = object.clone();
        metadata.metadata = [("milliseconds", "1".to_owned())].into();
        let bytes =
            Object::in_memory(key("a"), Kind::Audio, "audio/mpeg", Bytes::from_static(b"y"));
        let place = Object { key: key("b"), ..object.clone() };
        let media = Object { content_type: "audio/aac", ..object.clone() };
        let cache = Object { kind: Kind::Page, ..object.clone() };
        let mut all: Vec<Sha256> = [&object, &metadata, &bytes, &place, &media, &cache]
            .map(|object| identity(object, 8))
            .to_vec();
        all.push(identity(&object, 9));
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(identity(&object, 8), identity(&object.clone(), 8));
    }
}
