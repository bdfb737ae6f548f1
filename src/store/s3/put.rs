//! Sending an object in one request.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::model::object::{Body, Key, Object};
use crate::store::{Condition, Progress, Store, StoreError, Version};

use super::cause::Cause;
use super::checksum::Sums;
use super::operation::Operation;
use super::progress::Meter;
use super::retry::Attempts;
use super::{S3Store, blocking};
use crate::store::source::{Slice, Source, Tagged, whole};

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
            let _room = self.pace.room(object.body.len()).await;
            // A page was written a moment ago: it is read from memory, and holds nobody up.
            let bytes = whole(object)?;
            let version = self.send_bytes(object, &bytes, condition).await?;
            progress(bytes.len() as u64);
            return Ok(version);
        };
        let tagged = Tagged {
            tag: (**tag).clone(),
            path: file.clone(),
            payload: payload.clone(),
            promised: object.digest.clone(),
        };
        if object.body.len() > self.tuning.part_bytes {
            return self.send_in_parts(object, &tagged, condition, progress).await;
        }
        let _room = self.line.room(object.body.len()).await;
        let slice = blocking(move || {
            let mut source = Source::open(tagged)?;
            let slice = source.pass(u64::MAX)?;
            source.finish()?;
            Ok(slice)
        });
        let meter = Meter::on(&self.line);
        let what = What::Slice(&slice.await?, &meter);
        meter.watch(self.send_what(object, what, condition), progress).await
    }

    /// Sends `object`, whose bytes these are.
    pub(super) async fn send_bytes(
        &self,
        object: &Object,
        bytes: &Bytes,
        condition: &Condition,
    ) -> Result<Version, StoreError> {
        self.send_what(object, What::Bytes(bytes), condition).await
    }

    async fn send_what(
        &self,
        object: &Object,
        what: What<'_>,
        condition: &Condition,
    ) -> Result<Version, StoreError> {
        let full = self.full(&object.key);
        loop {
            let md5_only = self.md5_only.load(Ordering::Relaxed);
            let redirects = !self.no_redirects.load(Ordering::Relaxed);
            let redirect = object.redirect.clone().filter(|to| redirects && to.len() <= 2048);
            let sums = what.sums(md5_only).await?;
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
                .body(what.body())
                .customize()
                .config_override(self.patience(object.body.len()))
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
                what.unchanged().await?;
                return Err(self.place.explain(Operation::Write, &full, &cause));
            }
            // Only after an attempt of unknown fate can what stands there be our own.
            if attempts.more_than_one() {
                let stands = match what {
                    What::Bytes(bytes) => self.holds(&object.key, bytes).await?,
                    What::Slice(..) => self.stands(object, sums.crc64_nvme().as_deref()).await?,
                };
                if let Some(version) = stands {
                    return Ok(version);
                }
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

/// What one request sends.
#[derive(Clone, Copy)]
enum What<'a> {
    /// Bytes in memory.
    Bytes(&'a Bytes),
    /// A file, which is counted as it is sent.
    Slice(&'a Slice, &'a Meter),
}

impl What<'_> {
    async fn sums(self, md5_only: bool) -> Result<Sums, StoreError> {
        match self {
            Self::Bytes(bytes) => Ok(Sums::of(bytes, md5_only)),
            Self::Slice(slice, _) => {
                let slice = slice.clone();
                blocking(move || sums(&slice, md5_only)).await
            }
        }
    }

    fn body(self) -> ByteStream {
        match self {
            Self::Bytes(bytes) => bytes.clone().into(),
            Self::Slice(slice, meter) => meter.body(slice.clone()),
        }
    }

    async fn unchanged(self) -> Result<(), StoreError> {
        let Self::Slice(slice, _) = self else { return Ok(()) };
        let slice = slice.clone();
        blocking(move || slice.unchanged()).await
    }
}

/// The checksum of a part. Blocks.
pub(super) fn sums(slice: &Slice, md5_only: bool) -> Result<Sums, StoreError> {
    Sums::of_slice(slice, md5_only).map_err(|error| slice.failed(&error))
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
