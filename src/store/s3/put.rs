//! Sending an object in one request.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use bytes::Bytes;

use crate::model::object::{Body, Key, Object};
use crate::store::{Condition, Progress, Store, StoreError, Version};

use super::cause::Cause;
use super::checksum::Sums;
use super::operation::Operation;
use super::retry::Attempts;
use super::{Room, S3Store, blocking};
use crate::store::source::{Source, Tagged, whole};

impl S3Store {
    /// Sends `object` if `condition` holds, in one request or, if it is large, in parts.
    pub(super) async fn send(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        if *condition != Condition::Always && !self.conditional().await? {
            self.check(&object.key, condition).await?;
        }
        let Body::Tagged { tag, file, payload } = &object.body else {
            let _room = self.room(Room::Request).await;
            return self.send_whole(object, whole(object)?, condition, progress).await;
        };
        let tagged = Tagged {
            tag: tag.clone(),
            path: file.clone(),
            payload: payload.clone(),
            promised: object.digest.clone(),
        };
        if object.body.len() > self.tuning.part_bytes {
            return self.send_in_parts(object, &tagged, condition, progress).await;
        }
        let _room = self.room(Room::Part).await;
        self.send_whole(object, read_whole(tagged).await?, condition, progress).await
    }

    async fn send_whole(
        &self,
        object: &Object,
        bytes: Bytes,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        let version = self.send_bytes(object, &bytes, condition).await?;
        progress(bytes.len() as u64);
        Ok(version)
    }

    pub(super) async fn send_bytes(
        &self,
        object: &Object,
        bytes: &Bytes,
        condition: &Condition,
    ) -> Result<Version, StoreError> {
        let full = self.full(&object.key);
        loop {
            let md5_only = self.md5_only.load(Ordering::Relaxed);
            let redirects = !self.no_redirects.load(Ordering::Relaxed);
            let redirect = object.redirect.clone().filter(|to| redirects && to.len() <= 2048);
            let sums = Sums::of(bytes, md5_only);
            let attempts = Attempts::default();
            let request = self
                .client
                .put_object()
                .bucket(self.bucket())
                .key(&full)
                .content_type(object.content_type)
                .cache_control(object.kind.cache_control())
                .set_metadata(metadata(object))
                .set_website_redirect_location(redirect.clone())
                .set_if_none_match(if_none_match(condition))
                .set_if_match(if_match(condition))
                .set_checksum_crc64_nvme(sums.crc64_nvme())
                .set_content_md5(sums.content_md5())
                .body(bytes.clone().into())
                .customize()
                .config_override(self.patience(bytes.len() as u64))
                .interceptor(attempts.clone());
            let cause = match request.send().await {
                Ok(answer) => return self.version(answer.e_tag(), &full),
                Err(error) => Cause::of(&error),
            };
            if cause.refuses_checksum() && !md5_only {
                self.md5_only.store(true, Ordering::Relaxed);
                continue;
            }
            // Not every store redirects; the page does it as well.
            if redirect.is_some() && cause.is_unknown_request() {
                self.no_redirects.store(true, Ordering::Relaxed);
                continue;
            }
            if !is_precondition(&cause, condition) {
                return Err(self.place.explain(Operation::Write, &full, &cause));
            }
            // Only after an attempt of unknown fate can what stands there be our own.
            if attempts.more_than_one()
                && let Some(version) = self.holds(&object.key, bytes).await?
            {
                return Ok(version);
            }
            return Err(StoreError::Precondition { key: object.key.clone() });
        }
    }

    /// The version of what stands at `key` if it is `bytes`: written before, and only the
    /// acknowledgement was lost.
    async fn holds(&self, key: &Key, bytes: &Bytes) -> Result<Option<Version>, StoreError> {
        match self.read(key, bytes.len() as u64).await {
            Ok(stored) => {
                Ok(stored.filter(|stored| stored.bytes == *bytes).map(|stored| stored.version))
            }
            Err(StoreError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

async fn read_whole(tagged: Tagged) -> Result<Bytes, StoreError> {
    blocking(move || {
        let mut source = Source::open(tagged)?;
        let bytes = source.read(u64::MAX)?;
        source.finish()?;
        Ok(bytes)
    })
    .await
}

pub(super) fn metadata(object: &Object) -> Option<HashMap<String, String>> {
    Some(object.user_metadata().into_iter().collect())
}

pub(super) fn if_none_match(condition: &Condition) -> Option<String> {
    (*condition == Condition::Absent).then(|| "*".to_owned())
}

pub(super) fn if_match(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Is(Version(etag)) => Some(format!("\"{etag}\"")),
        Condition::Always | Condition::Absent => None,
    }
}

/// Whether an answer says that `condition` does not hold. `If-Match` on a key with nothing there is
/// answered with 404.
pub(super) fn is_precondition(cause: &Cause, condition: &Condition) -> bool {
    let conditional = *condition != Condition::Always;
    let vanished = matches!(condition, Condition::Is(_))
        && cause.answer().is_some_and(|answer| answer.code() == "NoSuchKey");
    conditional && (cause.is_precondition() || vanished)
}
