//! An S3 bucket as a store: Amazon's own, or any that speaks its API.
//!
//! A write is whole or not at all, and happens only if its [`Condition`] holds: S3 checks
//! `If-None-Match` and `If-Match` itself, in the same step as the write. Where a store does not
//! (see [`Store::conditional`]), the condition is checked just before.
//!
//! Every body carries a checksum that the store verifies: CRC-64/NVME, the one kind that Amazon
//! keeps of the whole object even if it came in parts, and that R2, MinIO and SeaweedFS verify too;
//! `Content-MD5` for stores that refuse it.

mod doctor;
mod failure;
mod meter;
mod multipart;
mod policy;
mod probe;
mod put;
mod retry;
mod sums;
mod target;
mod unfinished;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    AppName, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use bytes::BytesMut;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::object::{Key, Object};
use crate::store::{Condition, Head, Listed, Progress, Store, StoreError, Stored, Version};

use failure::{Cause, Place};
use put::{if_match, is_precondition};

pub use failure::Operation;
pub use policy::policy;
pub use target::{BadLocation, S3Location, S3Target};

/// How patiently a store is talked to.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// How often a request is sent before its failure counts.
    pub attempts: u32,
    /// The wait before a second attempt; it doubles with each one, with jitter.
    pub first_wait: Duration,
    /// The longest wait between two attempts.
    pub longest_wait: Duration,
    /// How long a connection may take to be made, and to be silent while bytes are due.
    pub silence: Duration,
    /// How long an answer may take, beyond the time that sending takes.
    pub answer: Duration,
    /// The length of a part, in bytes; S3 allows no less than 5 MiB.
    pub part_bytes: u64,
    /// How many parts are read or sent at a time, over all uploads; with `part_bytes` this bounds
    /// the memory used.
    pub parts_in_flight: usize,
    /// After what time an upload in parts leaves a note, so that it can be gone on with.
    pub note_after: Duration,
}

/// How many requests without a buffer of ours stand for one part.
const REQUESTS_PER_PART: u32 = 4;

/// What a request takes of what may be under way at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// A request whose body is in memory anyway.
    Request,
    /// A request with a buffer of up to a part.
    Part,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            silence: Duration::from_secs(20),
            answer: Duration::from_secs(60),
            part_bytes: 8 * 1024 * 1024,
            parts_in_flight: 8,
            note_after: Duration::from_secs(5),
        }
    }
}

/// A bucket, and the prefix in it below which a show is published.
#[derive(Debug)]
pub struct S3Store {
    client: Client,
    credentials: Option<SharedCredentialsProvider>,
    place: Place,
    tuning: Tuning,
    amazon: bool,
    conditional: OnceCell<bool>,
    md5_only: AtomicBool,
    rooms: Arc<Semaphore>,
    notes: OnceCell<Mutex<BTreeSet<Key>>>,
}

impl S3Store {
    /// The store that `target` names, with credentials as every AWS tool finds them: environment,
    /// profile, SSO session, web identity, container or instance. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if no region is set for Amazon S3 or the endpoint is no web address.
    pub async fn connect(target: S3Target) -> Result<Self, StoreError> {
        // Not the SDK's own chain, which would ask a cloud machine's metadata service last, and wait
        // for its answer wherever there is none.
        let mut profile = ProfileFileRegionProvider::builder();
        let mut loader = aws_config::from_env();
        if let Some(name) = &target.profile {
            profile = profile.profile_name(name);
            loader = loader.profile_name(name);
        }
        let region = RegionProviderChain::first_try(target.region.clone().map(Region::new))
            .or_else(EnvironmentVariableRegionProvider::new())
            .or_else(profile.build());
        let shared = loader.region(region).load().await;
        Self::new(target, &shared, Tuning::default())
    }

    /// The same, with credentials and all that `target` does not say taken from `shared`.
    ///
    /// # Errors
    /// As [`S3Store::connect`].
    pub fn new(target: S3Target, shared: &SdkConfig, tuning: Tuning) -> Result<Self, StoreError> {
        let endpoint = endpoint_of(shared, &target);
        let amazon = target::is_amazon(endpoint.as_deref());
        if let Some(endpoint) = endpoint.as_deref() {
            check_endpoint(endpoint)?;
        }
        // Stores with one region accept Amazon's first one; it only goes into the signature.
        let region = match target.region.clone().map(Region::new).or(shared.region().cloned()) {
            Some(region) => region,
            None if !amazon => Region::from_static("us-east-1"),
            None => return Err(no_region(&target.location)),
        };

        let place = Place {
            location: target.location,
            region: Some(region.to_string()),
            endpoint: endpoint.as_deref().filter(|_| !amazon).map(without_user),
        };
        let mut config = aws_sdk_s3::config::Builder::from(shared);
        config.set_app_name(AppName::new("onair").ok());
        config.set_endpoint_url(endpoint.clone());
        let config = config
            .region(region)
            .force_path_style(target.path_style.unwrap_or(endpoint.is_some() && !amazon))
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(tuning.attempts)
                    .with_initial_backoff(tuning.first_wait)
                    .with_max_backoff(tuning.longest_wait),
            )
            // The SDK's own quota of retries is shared by all clients of a process; the number of
            // attempts bounds ours.
            .retry_partition(
                RetryPartition::custom("onair").token_bucket(TokenBucket::unlimited()).build(),
            )
            .retry_classifier(retry::WorthAsking)
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(tuning.silence)
                    .operation_attempt_timeout(tuning.answer)
                    .build(),
            )
            .stalled_stream_protection(
                StalledStreamProtectionConfig::enabled().grace_period(tuning.silence).build(),
            )
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(if amazon {
                ResponseChecksumValidation::WhenSupported
            } else {
                ResponseChecksumValidation::WhenRequired
            })
            .build();
        Ok(Self {
            client: Client::from_conf(config),
            credentials: shared.credentials_provider(),
            place,
            amazon,
            conditional: OnceCell::new(),
            md5_only: AtomicBool::new(false),
            rooms: Arc::new(Semaphore::new(tuning.parts_in_flight * REQUESTS_PER_PART as usize)),
            notes: OnceCell::new(),
            tuning,
        })
    }

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
                Some(Err(error)) => return Ok(Err(Cause::Network(failure::innermost(&error)))),
            }
        }
        let version = self.version(answer.e_tag(), &full)?;
        Ok(Ok(Some(Stored { bytes: bytes.freeze(), version })))
    }

    fn version(&self, etag: Option<&str>, full: &str) -> Result<Version, StoreError> {
        let etag = etag.map(|etag| etag.trim_matches('"')).filter(|etag| !etag.is_empty());
        etag.map(|etag| Version(etag.to_owned())).ok_or_else(|| {
            let cause = Cause::Garbled("no ETag".to_owned());
            self.place.explain(Operation::Read, full, &cause)
        })
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

    /// Waits until what is under way leaves room for this.
    async fn room(&self, room: Room) -> Option<OwnedSemaphorePermit> {
        let size = match room {
            Room::Request => 1,
            Room::Part => REQUESTS_PER_PART,
        };
        // Nobody closes the semaphore.
        Arc::clone(&self.rooms).acquire_many_owned(size).await.ok()
    }

    /// Settings for a request with a body of `bytes` bytes: time enough on a slow line, not forever.
    fn patience(&self, bytes: u64) -> aws_sdk_s3::config::Builder {
        const SLOWEST: u64 = 8 * 1024;
        self.within(self.tuning.answer + Duration::from_secs(bytes / SLOWEST))
    }

    /// Settings for the request that joins the parts of an upload, which "can take several minutes"
    /// (Amazon S3 API reference, `CompleteMultipartUpload`).
    fn patience_for_completion(&self) -> aws_sdk_s3::config::Builder {
        self.within(self.tuning.answer.saturating_mul(10))
    }

    fn within(&self, time: Duration) -> aws_sdk_s3::config::Builder {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.tuning.silence)
            .operation_attempt_timeout(time)
            .build();
        aws_sdk_s3::config::Builder::new().timeout_config(timeouts)
    }

    /// Settings for what is good to do but not needed.
    fn one_attempt(&self) -> aws_sdk_s3::config::Builder {
        aws_sdk_s3::config::Builder::new().retry_config(RetryConfig::disabled())
    }
}

#[async_trait]
impl Store for S3Store {
    fn name(&self) -> String {
        self.place.location.to_string()
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        if self.amazon {
            return Ok(true);
        }
        self.conditional.get_or_try_init(|| Box::pin(self.probe_conditions())).await.copied()
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
        let request = self.client.head_object().bucket(self.bucket()).key(&full);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let cause = Cause::of(&error);
                return match is_missing_from_head(&cause) {
                    true => Ok(None),
                    false => Err(self.place.explain(Operation::Read, &full, &cause)),
                };
            }
        };
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
                listed.extend(key.map(|key| Listed { key, bytes }));
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
            Ok(_) => return Ok(()),
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

    async fn tidy(&self) -> Result<(), StoreError> {
        self.discard_abandoned().await
    }
}

impl Tuning {
    /// The wait after attempt number `attempt` (from 1).
    fn wait(&self, attempt: u32) -> Duration {
        self.first_wait.saturating_mul(1 << (attempt - 1).min(16)).min(self.longest_wait)
    }
}

/// The endpoint in effect, if it is not Amazon's for the region: as the SDK itself looks for it.
fn endpoint_of(shared: &SdkConfig, target: &S3Target) -> Option<String> {
    let of_service = || {
        let key = ServiceConfigKey::builder()
            .service_id("S3")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        shared.service_config()?.load_config(key)
    };
    let endpoint = target.endpoint.clone().or_else(of_service);
    endpoint.or_else(|| shared.endpoint_url().map(str::to_owned))
}

fn check_endpoint(endpoint: &str) -> Result<(), StoreError> {
    let host = ["https://", "http://"].iter().find_map(|scheme| endpoint.strip_prefix(scheme));
    if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) {
        return Ok(());
    }
    Err(StoreError::Failed {
        message: format!("the endpoint `{}` is no web address", without_user(endpoint)),
        help: Some("give it whole, like `https://s3.example.net`".to_owned()),
        transient: false,
    })
}

fn no_region(location: &S3Location) -> StoreError {
    StoreError::Failed {
        message: format!("the region of bucket `{}` is not set", location.bucket()),
        help: Some(
            "set the region in onair.toml, AWS_REGION or the AWS profile, for example \
             `eu-central-1`"
                .to_owned(),
        ),
        transient: false,
    }
}

/// An address without the user name and password that may stand in it.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host_ends = rest.find('/').unwrap_or(rest.len());
    let host_starts = rest[..host_ends].rfind('@').map_or(0, |at| at + 1);
    match scheme {
        "" => rest[host_starts..].to_owned(),
        scheme => format!("{scheme}://{}", &rest[host_starts..]),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_shown_without_its_password() {
        for (url, shown) in [
            ("https://s3.example.net/x@y", "https://s3.example.net/x@y"),
            ("http://user:secret@127.0.0.1:9000/", "http://127.0.0.1:9000/"),
            ("user:secret@host", "host"),
        ] {
            assert_eq!(without_user(url), shown);
        }
    }

    #[test]
    fn waits_grow_to_a_limit() {
        let tuning = Tuning::default();
        assert_eq!(tuning.wait(1), Duration::from_millis(500));
        assert_eq!(tuning.wait(3), Duration::from_secs(2));
        assert_eq!(tuning.wait(40), Duration::from_secs(20));
    }
}
