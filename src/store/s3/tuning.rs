//! How patiently a store is talked to, and how much is under way at a time.

use std::time::Duration;

use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;

use super::S3Store;

/// The slowest line that is waited for, in bytes per second and connection.
const SLOWEST: u64 = 8 * 1024;

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

impl Default for Tuning {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            silence: Duration::from_secs(20),
            answer: Duration::from_secs(60),
            part_bytes: 6 * 1024 * 1024,
            parts_in_flight: 8,
            note_after: Duration::from_secs(5),
        }
    }
}

impl Tuning {
    /// The wait after attempt number `attempt` (from 1).
    pub(super) fn wait(&self, attempt: u32) -> Duration {
        self.first_wait.saturating_mul(1 << (attempt - 1).min(16)).min(self.longest_wait)
    }
}

impl S3Store {
    /// Settings for a request with a body of `bytes` bytes: time enough on a slow line, not forever.
    pub(super) fn patience(&self, bytes: u64) -> Builder {
        self.within(self.tuning.answer + Duration::from_secs(bytes / SLOWEST))
    }

    /// Settings for the request that joins the parts of an upload, which "can take several minutes"
    /// (Amazon S3 API reference, `CompleteMultipartUpload`).
    pub(super) fn patience_for_completion(&self) -> Builder {
        self.within(self.tuning.answer.saturating_mul(10))
    }

    fn within(&self, time: Duration) -> Builder {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.tuning.silence)
            .operation_attempt_timeout(time)
            .build();
        Builder::new().timeout_config(timeouts)
    }

    /// Settings for what is good to do but not needed.
    pub(super) fn one_attempt(&self) -> Builder {
        Builder::new().retry_config(RetryConfig::disabled())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let tuning = Tuning::default();
        assert_eq!(tuning.wait(1), Duration::from_millis(500));
        assert_eq!(tuning.wait(3), Duration::from_secs(2));
        assert_eq!(tuning.wait(40), Duration::from_secs(20));
    }
}
