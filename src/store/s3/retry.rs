//! Which answers are worth asking again, and how often a request went out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_s3::config::interceptors::{BeforeTransmitInterceptorContextRef, InterceptorContext};
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;

/// Codes of an answer to bytes that were damaged or cut off on their way.
const DAMAGED: [&str; 3] = ["BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"];

/// Codes of an answer to a write that met another one.
const CONFLICT: [&str; 2] = ["ConditionalRequestConflict", "OperationAborted"];

/// Answers worth asking again that the SDK takes for final.
///
/// - `409 ConditionalRequestConflict` and `OperationAborted`: another write to the key was under way;
///   only the next answer says who won (Amazon S3 API reference, `PutObject`, `If-None-Match`).
/// - `400 BadDigest` and its like: the bytes were damaged on their way, and refused.
/// - `429`, which some stores answer where Amazon answers `503 SlowDown`.
#[derive(Debug)]
pub(super) struct WorthAsking;

impl ClassifyRetry for WorthAsking {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let status = response.status().as_u16();
        let body = response.body().bytes().unwrap_or_default();
        let says = |code: &str| {
            let tag = format!("<Code>{code}</Code>");
            body.windows(tag.len()).any(|window| window == tag.as_bytes())
        };
        match status {
            409 if CONFLICT.iter().any(|code| says(code)) => RetryAction::transient_error(),
            400 if DAMAGED.iter().any(|code| says(code)) => RetryAction::transient_error(),
            429 => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "WorthAsking"
    }
}

/// Counts how often one request went out.
///
/// After a first attempt whose fate is unknown, a failed condition may be our own doing: the write
/// happened and only its acknowledgement was lost.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts(Arc<AtomicU32>);

impl Attempts {
    pub(super) fn more_than_one(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
