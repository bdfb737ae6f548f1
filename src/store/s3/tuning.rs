//! How patiently a store is talked to, and how much is under way at a time.

use std::time::Duration;

use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;

use super::S3Store;

/// The slowest line that is waited for, in bytes per second and connection.
const SLOWEST: u64 = 8 * 1024;

/// S3's most parts in an upload (user guide, "Amazon S3 multipart upload limits").
const MOST_PARTS: u64 = 10_000;

/// Parts of a file that go side by side.
const PARTS: u64 = 4;

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
    /// Its length on a fast line, where larger parts take fewer requests.
    pub most_part_bytes: u64,
    /// How many parts are under way at a time; and how many smaller requests to begin with.
    pub in_flight: usize,
    /// How many smaller requests there may be where more are seen to help.
    pub most_in_flight: usize,
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
            part_bytes: 12 * 1024 * 1024,
            most_part_bytes: 64 * 1024 * 1024,
            in_flight: 16,
            most_in_flight: 96,
            note_after: Duration::from_secs(15),
        }
    }
}

impl Tuning {
    /// The length of a file's parts, where one request sends at this rate, in bytes a second (0 if that is not
    /// known): what it sends in two seconds, but some parts of each file, so that they go side by side.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is bounded")]
    pub(super) fn part(&self, bytes: u64, rate: f64) -> u64 {
        let fast = (2.0 * rate) as u64;
        let part = fast.min(bytes / PARTS).min(self.most_part_bytes);
        part.max(self.part_bytes).max(bytes.div_ceil(MOST_PARTS))
    }

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
    fn parts_grow_with_file_and_line() {
        let tuning = Tuning::default();
        let part = |mib: u64, rate: f64| tuning.part(mib << 20, rate * f64::from(1 << 20)) >> 20;
        assert_eq!((part(100, 0.0), part(40, 0.0)), (12, 12), "nothing is known of the line");
        assert_eq!((part(100, 100.0), part(4096, 3.0), part(4096, 10.0)), (25, 12, 20));
        assert_eq!((part(4096, 1e9), part(1 << 20, 1.0)), (64, 104));
    }

    #[test]
    fn waits_grow_to_a_limit() {
        let tuning = Tuning::default();
        assert_eq!(tuning.wait(1), Duration::from_millis(500));
        assert_eq!(tuning.wait(3), Duration::from_secs(2));
        assert_eq!(tuning.wait(40), Duration::from_secs(20));
    }
}
