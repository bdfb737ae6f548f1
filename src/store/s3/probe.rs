//! Whether a store really checks `If-None-Match` and `If-Match`: some ignore them, and would let
//! two releases overwrite each other.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::store::{Condition, StoreError, Version};

use super::S3Store;
use super::cause::Cause;
use super::operation::Operation;
use super::put::{if_match, if_none_match, is_precondition};

impl S3Store {
    /// Tries conditional writes on an object of its own, which stays.
    ///
    /// Amazon S3 is known to check them, and is not asked.
    pub(super) async fn probe_conditions(&self, name: &str) -> Result<bool, StoreError> {
        let full = self.place.location.in_bucket(name);
        let honoured = self.try_conditions(&full).await;
        honoured.map_err(|cause| self.place.explain(Operation::Write, &full, &cause))
    }

    async fn try_conditions(&self, full: &str) -> Result<bool, Cause> {
        let other = Condition::Is(Version("00000000000000000000000000000000".to_owned()));
        // Steps whose answer means the same if the SDK has to ask twice.
        let both = async || {
            tokio::try_join!(
                self.try_write(full, "first", &Condition::Absent),
                self.try_write(full, "second", &other)
            )
        };
        let mut outcome = both().await?;
        if outcome.0 == Outcome::Written {
            // Nothing stood there, or the condition is ignored.
            outcome = both().await?;
        }
        Ok(outcome == (Outcome::Refused, Outcome::Refused))
    }

    async fn try_write(
        &self,
        full: &str,
        content: &'static str,
        condition: &Condition,
    ) -> Result<Outcome, Cause> {
        let request = self
            .client
            .put_object()
            .bucket(self.bucket())
            .key(full)
            .content_type("text/plain")
            .set_if_none_match(if_none_match(condition))
            .set_if_match(if_match(condition))
            .body(bytes::Bytes::from_static(content.as_bytes()).into());
        match request.send().await {
            Ok(_) => Ok(Outcome::Written),
            Err(error) => match Cause::of(&error) {
                cause if is_precondition(&cause, condition) => Ok(Outcome::Refused),
                cause if cause.is_unsupported() => Ok(Outcome::Unsupported),
                cause => Err(cause),
            },
        }
    }
}

/// What a store did with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Written,
    Refused,
    Unsupported,
}

/// A number that no other process comes by, for the name of a probe.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
