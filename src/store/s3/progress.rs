//! Bytes counted as the network takes them, each once however often it is sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::store::Progress;

/// How often progress is told.
const TICK: Duration = Duration::from_millis(200);

/// Bytes handed out at a time: small enough for a bar to move smoothly on a slow line.
const SLICE: usize = 64 * 1024;

/// Bytes of one object sent so far and not yet told of.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    /// Counts bytes that need not be sent, too.
    pub(super) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A body of `bytes` that counts itself here, and may be sent again.
    pub(super) fn body(&self, bytes: Bytes) -> ByteStream {
        let meter = self.clone();
        let counted = Arc::new(AtomicU64::new(0));
        ByteStream::new(SdkBody::retryable(move || {
            SdkBody::from_body_1_x(Counted {
                left: bytes.clone(),
                handed_out: 0,
                counted: Arc::clone(&counted),
                meter: meter.clone(),
            })
        }))
    }

    /// Tells `progress` what was sent since it was last told.
    pub(super) fn tell(&self, progress: Progress<'_>) {
        match self.0.swap(0, Ordering::Relaxed) {
            0 => (),
            bytes => progress(bytes),
        }
    }

    /// Tells `progress` from time to time while `work` goes on, and at its end.
    pub(super) async fn watch<T>(
        &self,
        work: impl Future<Output = T>,
        progress: Progress<'_>,
    ) -> T {
        tokio::pin!(work);
        loop {
            match tokio::time::timeout(TICK, &mut work).await {
                Ok(done) => {
                    self.tell(progress);
                    return done;
                }
                Err(_) => self.tell(progress),
            }
        }
    }
}

struct Counted {
    left: Bytes,
    handed_out: u64,
    /// The most that any attempt has handed out.
    counted: Arc<AtomicU64>,
    meter: Meter,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let len = self.left.len().min(SLICE);
        let slice = self.left.split_to(len);
        self.handed_out += len as u64;
        let before = self.counted.fetch_max(self.handed_out, Ordering::Relaxed);
        self.meter.add(self.handed_out.saturating_sub(before));
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_body_sent_twice_counts_once() {
        let meter = Meter::default();
        let bytes = Bytes::from(vec![7; SLICE * 2 + 5]);
        let body = meter.body(bytes.clone()).into_inner();

        let mut cut_off = body.try_clone().unwrap();
        cut_off.frame().await.unwrap().unwrap();
        let whole = body.try_clone().unwrap().collect().await.unwrap().to_bytes();

        assert_eq!(whole, bytes);
        let told = AtomicU64::new(0);
        meter.tell(&|bytes| {
            told.fetch_add(bytes, Ordering::Relaxed);
        });
        assert_eq!(told.into_inner(), bytes.len() as u64);
    }
}
