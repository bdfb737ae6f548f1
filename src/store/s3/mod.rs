//! An S3 bucket as a store: Amazon's own, or any that speaks its API.
//!
//! A write is whole or not at all, and happens only if its [`Condition`] holds: S3 checks
//! `If-None-Match` and `If-Match` itself, in the same step as the write. Where a store does not
//! (see [`Store::conditional`]), the condition is checked just before.
//!
//! Every body carries a checksum that the store verifies: CRC-64/NVME, the one kind that Amazon
//! keeps of the whole object even if it came in parts, and that R2, MinIO and SeaweedFS verify too;
//! `Content-MD5` for stores that refuse it.

mod cause;
mod checksum;
mod clock;
mod connect;
mod doctor;
mod failure;
mod line;
mod multipart;
mod operation;
mod pace;
mod policy;
mod probe;
mod progress;
mod put;
mod resume;
mod retry;
mod same;
mod target;
mod tuning;
mod upload;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::ChecksumMode;
use bytes::BytesMut;
use jiff::SignedDuration;
use tokio::sync::{OnceCell, Semaphore};

use crate::model::object::{Key, Object};
use crate::store::{Condition, Head, Listed, Progress, Store, StoreError, Stored, Version};

use cause::Cause;
use clock::StoreClock;
use failure::Place;
use line::Line;
use pace::Pace;
use put::{if_match, is_precondition};

pub use connect::has_credentials;
pub use operation::Operation;
pub use policy::policy;
pub use target::{BadLocation, S3Location, S3Target};
pub use tuning::Tuning;

/// A bucket, and the prefix in it below which a show is published.
#[derive(Debug)]
pub struct S3Store {
    client: Client,
    credentials: Option<SharedCredentialsProvider>,
    place: Place,
    tuning: Tuning,
    amazon: bool,
    clock: StoreClock,
    conditional: OnceCell<bool>,
    md5_only: AtomicBool,
    /// The bucket keeps what is removed as an old version.
    versioned: AtomicBool,
    no_redirects: AtomicBool,
    /// Of audio.
    line: Arc<Line>,
    /// Of all else: the lock is renewed and pages are sent however busy the line is.
    pace: Pace,
    /// Bounds the uploads in parts that are begun at a time.
    uploads: Semaphore,
    /// Notes of unfinished uploads, once anybody has looked for them.
    notes: Mutex<Option<BTreeSet<Key>>>,
}

impl S3Store {
    fn bucket(&self) -> &str {
        self.place.location.bucket()
    }

    fn full(&self, key: &Key) -> String {
        self.place.location.in_bucket(key.as_str())
    }

    fn failed<E>(
        &self,
        operation: Operation,
        full: &str,
        error: &SdkError<E, HttpResponse>,
    ) -> StoreError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        self.place.explain(operation, full, &Cause::of(error))
    }

    /// Reads once; the inner error is worth another attempt.
    async fn read_once(
        &self,
        key: &Key,
        limit: u64,
    ) -> Result<Result<Option<Stored>, Cause>, StoreError> {
        let full = self.full(key);
        let request = self.client.get_object().bucket(self.bucket()).key(&full);
        let mut answer = match request.send().await {
            // Something else stands in the body: an error that came after the status, say.
            Ok(answer) if named(answer.e_tag()).is_none() => return Ok(Err(no_etag())),
            Ok(answer) => answer,
            Err(error) => {
                let cause = Cause::of(&error);
                return match is_missing(&cause) {
                    true => Ok(Ok(None)),
                    false => Err(self.place.explain(Operation::Read, &full, &cause)),
                };
            }
        };
        let too_large = || StoreError::TooLarge { key: key.clone(), limit };
        let length = answer.content_length().and_then(|length| u64::try_from(length).ok());
        if length.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut bytes = BytesMut::new();
        loop {
            match answer.body.next().await {
                None => break,
                Some(Ok(chunk)) => {
                    if (bytes.len() + chunk.len()) as u64 > limit {
                        return Err(too_large());
                    }
                    bytes.extend_from_slice(&chunk);
                }
                Some(Err(error)) => return Ok(Err(Cause::Network(cause::innermost(&error)))),
            }
        }
        let version = self.version(answer.e_tag(), &full)?;
        Ok(Ok(Some(Stored { bytes: bytes.freeze(), version })))
    }

    /// Asks what stands at a key until the answer names a version.
    async fn ask_head(
        &self,
        full: &str,
        checksum: Option<ChecksumMode>,
    ) -> Result<Option<HeadObjectOutput>, StoreError> {
        let mut attempt = 1;
        loop {
            let request = self.client.head_object().bucket(self.bucket()).key(full);
            let cause = match request.set_checksum_mode(checksum.clone()).send().await {
                Ok(answer) if named(answer.e_tag()).is_some() => return Ok(Some(answer)),
                Ok(_) => no_etag(),
                Err(error) => match Cause::of(&error) {
                    cause if is_missing_from_head(&cause) => return Ok(None),
                    cause => return Err(self.place.explain(Operation::Read, full, &cause)),
                },
            };
            if attempt >= self.tuning.attempts {
                return Err(self.place.explain(Operation::Read, full, &cause));
            }
            tokio::time::sleep(self.tuning.wait(attempt)).await;
            attempt += 1;
        }
    }

    fn version(&self, etag: Option<&str>, full: &str) -> Result<Version, StoreError> {
        let version = named(etag).map(|etag| Version(etag.to_owned()));
        version.ok_or_else(|| self.place.explain(Operation::Read, full, &no_etag()))
    }

    /// Whether `condition` holds now: for stores that do not check it themselves.
    async fn check(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let holds = match condition {
            Condition::Always => true,
            Condition::Absent => self.head(key).await?.is_none(),
            Condition::Is(version) => {
                self.head(key).await?.is_some_and(|head| head.version == *version)
            }
        };
        if holds { Ok(()) } else { Err(StoreError::Precondition { key: key.clone() }) }
    }
}

#[async_trait]
impl Store for S3Store {
    fn name(&self) -> String {
        self.place.location.to_string()
    }

    fn clock_ahead(&self) -> SignedDuration {
        self.clock.ahead()
    }

    fn keeps_versions(&self) -> bool {
        self.versioned.load(Ordering::Relaxed)
    }

    fn at_once(&self) -> usize {
        self.tuning.most_in_flight
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        if self.amazon {
            return Ok(true);
        }
        // Where the probe stands from an earlier release, one step tells.
        let probe = || Box::pin(self.probe_conditions(".onair/probe"));
        self.conditional.get_or_try_init(probe).await.copied()
    }

    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        let mut attempt = 1;
        loop {
            match self.read_once(key, limit).await? {
                Ok(stored) => return Ok(stored),
                Err(cause) if attempt >= self.tuning.attempts => {
                    return Err(self.place.explain(Operation::Read, &self.full(key), &cause));
                }
                Err(_) => tokio::time::sleep(self.tuning.wait(attempt)).await,
            }
            attempt += 1;
        }
    }

    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError> {
        let full = self.full(key);
        let Some(answer) = self.ask_head(&full, None).await? else { return Ok(None) };
        let metadata = answer.metadata().into_iter().flatten();
        Ok(Some(Head {
            bytes: answer.content_length().and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
            version: self.version(answer.e_tag(), &full)?,
            content_type: answer.content_type().map(str::to_owned),
            cache_control: answer.cache_control().map(str::to_owned),
            metadata: metadata
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .collect(),
        }))
    }

    async fn is_file(&self, key: &Key, path: &Path) -> Result<Option<Head>, StoreError> {
        self.same(key, path).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let full = self.place.location.in_bucket(prefix);
        let request = self.client.list_objects_v2().bucket(self.bucket()).prefix(&full);
        let mut pages = request.into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.failed(Operation::List, &full, &error))?;
            for object in page.contents() {
                // What is no key of ours (`folder/` markers of consoles) is nobody's business here.
                let key = object.key().and_then(|full| self.place.location.in_target(full));
                let bytes = object.size().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
                let version = named(object.e_tag()).map(|etag| Version(etag.to_owned()));
                listed.extend(key.map(|key| Listed { key, bytes, version }));
            }
        }
        listed.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(listed)
    }

    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        self.send(object, condition, progress).await
    }

    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let full = self.full(key);
        let asks = *condition != Condition::Always;
        if *condition == Condition::Absent || (asks && !self.conditional().await?) {
            self.check(key, condition).await?;
        }
        let request = self
            .client
            .delete_object()
            .bucket(self.bucket())
            .key(&full)
            .set_if_match(if_match(condition));
        let cause = match request.send().await {
            Ok(answer) => {
                if answer.delete_marker() == Some(true) {
                    self.versioned.store(true, Ordering::Relaxed);
                }
                return Ok(());
            }
            Err(error) => Cause::of(&error),
        };
        if is_missing(&cause) {
            Ok(())
        } else if is_precondition(&cause, condition) {
            // Nothing there is no error, not even if an earlier attempt took it away.
            match self.head(key).await? {
                None => Ok(()),
                Some(_) => Err(StoreError::Precondition { key: key.clone() }),
            }
        } else {
            Err(self.place.explain(Operation::Delete, &full, &cause))
        }
    }

    async fn look_around(&self) -> Result<(), StoreError> {
        self.look_for_notes().await.map(drop)
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        self.discard_abandoned().await
    }
}

/// What an answer calls the version, if it does.
fn named(etag: Option<&str>) -> Option<&str> {
    etag.map(|etag| etag.trim_matches('"')).filter(|etag| !etag.is_empty())
}

fn no_etag() -> Cause {
    Cause::Garbled("no ETag".to_owned())
}

/// Whether the answer says that there is no such object; other things may be missing, too: the bucket,
/// or the whole store where a web server stands.
fn is_missing(cause: &Cause) -> bool {
    cause.answer().is_some_and(|answer| answer.code() == "NoSuchKey")
}

/// The same of an answer to `HEAD`, which has no body to name what is missing.
fn is_missing_from_head(cause: &Cause) -> bool {
    cause.answer().is_some_and(|answer| answer.status == 404)
}

/// Runs what blocks on the disk or the processor where it holds up nobody else.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(StoreError::Failed {
            message: "the work was called off".to_owned(),
            help: None,
            transient: true,
        }),
    }
}
