//! An examination of the bucket: everything that a release will need, tried one by one.

use std::time::SystemTime;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;

use crate::model::checkup::Check;
use crate::store::StoreError;

use super::S3Store;
use super::cause::Cause;
use super::operation::Operation;
use super::probe::{Outcome, random};
use super::put::is_precondition;
use super::upload::Upload;
use crate::model::object::{Key, Kind, Object};
use crate::store::{Condition, Store};

/// What an examination writes under, before it removes it again.
const PROBE: &[u8] = b"written by onair doctor; safe to delete";

const VERSIONS_SEEN: &str =
    "the bucket keeps every version: what is removed or replaced still takes room";
const VERSIONS_FIX: &str = "give it a lifecycle rule that expires noncurrent versions and removes \
                            delete markers; onair removes no versions";

/// A key that nobody else comes by.
fn own_key() -> Key {
    Key::state(format_args!("doctor-{:016x}", random()))
}

impl S3Store {
    /// Examines credentials, connection, bucket, region, rights and abilities, in this order. It
    /// writes an object or two below `.onair/` and removes them again.
    pub async fn doctor(&self) -> Vec<Check> {
        let mut checks = vec![self.check_credentials().await];
        if !checks[0].is_broken() {
            self.check_access(&mut checks).await;
        }
        if checks.iter().any(Check::is_broken) {
            let why = "what comes before must work first";
            checks.extend(RIGHTS.map(|name| Check::skipped(name, why)));
            return checks;
        }
        checks.extend(self.check_rights().await);
        checks
    }

    async fn check_credentials(&self) -> Check {
        let name = "credentials";
        match self.credentials().await {
            Ok(credentials) => {
                // The identifier is no secret, but its end is enough to tell keys apart.
                let id = credentials.access_key_id();
                let end = id.get(id.len().saturating_sub(4)..).unwrap_or_default();
                let mut seen = format!("access key …{end}");
                match credentials.expiry().map(|at| at.duration_since(SystemTime::now())) {
                    Some(Ok(left)) => seen += &format!(", valid for {} min", left.as_secs() / 60),
                    Some(Err(_)) => seen += ", expired",
                    None => (),
                }
                Check::fine(name, seen)
            }
            Err(error) => self.broken(name, &error),
        }
    }

    /// Whether the bucket can be reached with these credentials. One listing tells: the answer to
    /// `HEAD` has no body to name the cause, and needs a right that a policy for one prefix withholds.
    async fn check_access(&self, checks: &mut Vec<Check>) {
        let below = self.place.location.in_bucket(".onair/");
        let request = self.client.list_objects_v2().bucket(self.bucket()).prefix(&below);
        let cause = match request.max_keys(1).send().await {
            Ok(_) => None,
            Err(error) => Some(Cause::of(&error)),
        };
        let stops_at = cause.as_ref().map(Hurdle::of);
        let seen = [
            (Hurdle::Connection, "connection", self.place.store()),
            (Hurdle::Credentials, "credentials are accepted", "signed requests pass".to_owned()),
            (Hurdle::Bucket, "bucket", format!("`{}` is there", self.bucket())),
            (Hurdle::Region, "region", self.place.region.clone().unwrap_or_default()),
            (Hurdle::Right, "right to list", "allowed".to_owned()),
        ];
        for (hurdle, name, seen) in seen {
            if let Some(cause) = cause.as_ref().filter(|_| stops_at == Some(hurdle)) {
                let error = self.place.explain(Operation::List, &below, cause);
                checks.push(self.broken(name, &error));
                return;
            }
            checks.push(Check::fine(name, seen));
        }
    }

    async fn check_rights(&self) -> Vec<Check> {
        let [write, read, parts, uploads, delete, conditions] = RIGHTS;
        let probe =
            Object::in_memory(own_key(), Kind::State, "text/plain", Bytes::from_static(PROBE));
        let full = self.full(&probe.key);
        let mut checks = Vec::new();

        let written = self.send_bytes(&probe, &Bytes::from_static(PROBE), &Condition::Always).await;
        let is_written = written.is_ok();
        checks.push(match written {
            Ok(_) if self.md5_only.load(std::sync::atomic::Ordering::Relaxed) => {
                Check::fine(write, "allowed; checked by MD5, newer checksums are refused")
            }
            written => self.judged(write, written, "allowed; checked by CRC-64/NVME"),
        });
        checks.push(match self.read(&probe.key, 1024).await {
            Ok(Some(stored)) if stored.bytes == PROBE => Check::fine(read, "allowed"),
            Ok(_) if !is_written => Check::skipped(read, "nothing could be written"),
            Ok(_) => Check::broken(
                read,
                "what was written cannot be read back",
                "look for a proxy or cache in front of the endpoint; use the store's own address",
            ),
            Err(error) => self.broken(read, &error),
        });
        checks.push(self.judged(parts, self.try_parts(&probe).await, "allowed"));
        let listed = self.client.list_multipart_uploads().bucket(self.bucket());
        let listed = listed.prefix(self.place.location.in_bucket("")).send().await;
        let listed = listed.map_err(|error| self.failed(Operation::ListUploads, &full, &error));
        checks.push(self.judged(uploads, listed, "allowed"));
        let deleted = self.delete(&probe.key, &Condition::Always).await;
        let is_deleted = deleted.is_ok();
        checks.push(self.judged(delete, deleted, "allowed"));
        if self.keeps_versions() {
            checks.push(Check::weak("versions", VERSIONS_SEEN, VERSIONS_FIX));
        }
        checks.push(if is_written && is_deleted {
            self.check_conditions(conditions).await
        } else {
            Check::skipped(conditions, "needs the rights to write and to delete")
        });
        checks
    }

    /// Begins an upload in parts, looks at it and discards it.
    async fn try_parts(&self, probe: &Object) -> Result<(), StoreError> {
        let upload = self.begin_probe(probe).await?;
        let looked = self.send_probe_part(&upload).await;
        let listed = self
            .client
            .list_parts()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .send()
            .await
            .map_err(|error| self.failed(Operation::ListParts, upload.full(), &error));
        let discarded = self
            .client
            .abort_multipart_upload()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .send()
            .await
            .map_err(|error| self.failed(Operation::Abort, upload.full(), &error));
        looked.and(listed.map(drop)).and(discarded.map(drop))
    }

    async fn begin_probe(&self, probe: &Object) -> Result<Upload, StoreError> {
        let full = self.full(&probe.key);
        let begun = self.client.create_multipart_upload().bucket(self.bucket()).key(&full);
        let begun = begun
            .content_type("text/plain")
            .send()
            .await
            .map_err(|error| self.failed(Operation::Write, &full, &error))?;
        Ok(Upload::new(full, begun.upload_id().unwrap_or_default().to_owned()))
    }

    async fn send_probe_part(&self, upload: &Upload) -> Result<Option<String>, StoreError> {
        let sent = self
            .client
            .upload_part()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .part_number(1)
            .body(Bytes::from_static(PROBE).into())
            .send()
            .await
            .map_err(|error| self.failed(Operation::Write, upload.full(), &error))?;
        Ok(sent.e_tag().map(str::to_owned))
    }

    async fn check_conditions(&self, name: &str) -> Check {
        let fix = "let only one release run at a time (in GitHub Actions: a `concurrency` group); \
                   onair looks before each write, but cannot rule out what happens in between";
        let small = self.small_writes_are_conditional().await;
        let parts = self.completes_conditionally().await;
        match (small, parts) {
            (Ok(true), Ok(true)) => Check::fine(name, "honoured, for uploads in parts too"),
            (Ok(true), Ok(false)) => {
                Check::weak(name, "honoured, but not when an upload in parts is completed", fix)
            }
            (Ok(false), _) => {
                Check::weak(name, "ignored: the store does not keep two releases apart", fix)
            }
            (Err(error), _) | (_, Err(error)) => self.broken(name, &error),
        }
    }

    async fn small_writes_are_conditional(&self) -> Result<bool, StoreError> {
        let key = own_key();
        let honoured = self.probe_conditions(key.as_str()).await;
        self.delete(&key, &Condition::Always).await?;
        honoured
    }

    /// Whether the completion of an upload in parts is refused where something stands already.
    async fn completes_conditionally(&self) -> Result<bool, StoreError> {
        let probe =
            Object::in_memory(own_key(), Kind::State, "text/plain", Bytes::from_static(PROBE));
        self.send_bytes(&probe, &Bytes::from_static(PROBE), &Condition::Always).await?;
        let refused = self.complete_probe(&probe).await;
        self.delete(&probe.key, &Condition::Always).await?;
        refused
    }

    async fn complete_probe(&self, probe: &Object) -> Result<bool, StoreError> {
        let upload = self.begin_probe(probe).await?;
        let outcome = self.try_completion(&upload).await;
        if !matches!(outcome, Ok(Outcome::Written)) {
            self.discard(probe, &upload).await;
        }
        Ok(outcome? == Outcome::Refused)
    }

    async fn try_completion(&self, upload: &Upload) -> Result<Outcome, StoreError> {
        let etag = self.send_probe_part(upload).await?;
        let part = CompletedPart::builder().part_number(1).set_e_tag(etag).build();
        let completed = self
            .client
            .complete_multipart_upload()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .multipart_upload(CompletedMultipartUpload::builder().parts(part).build())
            .if_none_match("*")
            .send()
            .await;
        match completed.map_err(|error| Cause::of(&error)) {
            Ok(_) => Ok(Outcome::Written),
            Err(cause) if is_precondition(&cause, &Condition::Absent) => Ok(Outcome::Refused),
            Err(cause) if cause.is_unsupported() => Ok(Outcome::Unsupported),
            Err(cause) => Err(self.place.explain(Operation::Write, upload.full(), &cause)),
        }
    }

    fn judged<T>(&self, name: &str, result: Result<T, StoreError>, seen: &str) -> Check {
        match result {
            Ok(_) => Check::fine(name, seen),
            Err(error) => self.broken(name, &error),
        }
    }

    fn broken(&self, name: &str, error: &StoreError) -> Check {
        let fix = match error {
            StoreError::Failed { help: Some(help), .. } => help.as_str(),
            _ => "run it again; another process may be at work there",
        };
        Check::broken(name, error.to_string(), fix)
    }
}

/// What stands between a host and the bucket, in the order in which it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hurdle {
    Connection,
    Credentials,
    Bucket,
    Region,
    Right,
}

impl Hurdle {
    /// The hurdle that a listing failed at.
    fn of(cause: &Cause) -> Self {
        let Some(answer) = cause.answer() else { return Self::Connection };
        match (answer.status, answer.code()) {
            (
                _,
                "InvalidAccessKeyId"
                | "NotSignedUp"
                | "SignatureDoesNotMatch"
                | "ExpiredToken"
                | "ExpiredTokenException"
                | "InvalidToken"
                | "TokenRefreshRequired"
                | "RequestTimeTooSkewed",
            ) => Self::Credentials,
            (301 | 307, _)
            | (
                _,
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            ) => Self::Region,
            (401 | 403, _) => Self::Right,
            (_, "NoSuchBucket" | "InvalidBucketName") => Self::Bucket,
            _ => Self::Connection,
        }
    }
}

/// What is looked at once the bucket can be reached.
const RIGHTS: [&str; 6] = [
    "right to write",
    "right to read",
    "right to upload in parts",
    "right to list unfinished uploads",
    "right to delete",
    "conditional writes",
];
