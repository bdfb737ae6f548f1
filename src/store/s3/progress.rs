//! Bytes read and counted as the network takes them, each counted once however often it is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use crc_fast::CrcAlgorithm::Crc64Nvme;
use http_body::{Body, Frame, SizeHint};

use super::line::Line;
use crate::store::Progress;
use crate::store::source::Slice;

/// How often progress is told.
const TICK: Duration = Duration::from_millis(200);

/// Bytes of one object sent so far and not yet told of, and the line that takes them.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    untold: Arc<AtomicU64>,
    line: Arc<Line>,
}

impl Meter {
    pub(super) fn on(line: &Arc<Line>) -> Self {
        Self { untold: Arc::default(), line: Arc::clone(line) }
    }

    /// Counts bytes that need not be sent, too.
    pub(super) fn add(&self, bytes: u64) {
        self.untold.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A body of a part's bytes that counts itself here, and may be sent again.
    pub(super) fn body(&self, slice: Slice) -> ByteStream {
        let meter = self.clone();
        let counted = Arc::new(AtomicU64::new(0));
        ByteStream::new(SdkBody::retryable(move || {
            SdkBody::from_body_1_x(Counted {
                slice: slice.clone(),
                handed_out: 0,
                crc64_nvme: crc_fast::Digest::new(Crc64Nvme),
                counted: Arc::clone(&counted),
                meter: meter.clone(),
            })
        }))
    }

    /// Tells `progress` what was sent since it was last told.
    pub(super) fn tell(&self, progress: Progress<'_>) {
        match self.untold.swap(0, Ordering::Relaxed) {
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
    slice: Slice,
    handed_out: u64,
    /// Of what was handed out.
    crc64_nvme: crc_fast::Digest,
    /// The most that any attempt has handed out.
    counted: Arc<AtomicU64>,
    meter: Meter,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        // Read a moment ago, when it was hashed: this comes from memory, and holds nobody up.
        let piece = self.slice.piece(self.handed_out)?;
        self.crc64_nvme.update(&piece);
        self.handed_out += piece.len() as u64;
        if self.is_end_stream() && self.crc64_nvme.finalize() != self.slice.crc64_nvme {
            return Poll::Ready(Some(Err(io::Error::other("the file changed"))));
        }
        let before = self.counted.fetch_max(self.handed_out, Ordering::Relaxed);
        let new = self.handed_out.saturating_sub(before);
        self.meter.add(new);
        self.meter.line.taken(new);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.handed_out == self.slice.len()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.slice.len() - self.handed_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::hash::Sha256;
    use crate::model::object::Digest;
    use crate::store::source::{PIECE, Source, Tagged};
    use http_body_util::BodyExt;

    /// A file of so many bytes, passed once.
    fn slice(file: &tempfile::NamedTempFile, bytes: &[u8]) -> Slice {
        std::fs::write(file.path(), bytes).unwrap();
        let sha256 = Sha256::of(bytes);
        let tagged = Tagged {
            tag: Vec::new().into(),
            path: file.path().to_owned(),
            payload: 0..bytes.len() as u64,
            promised: Digest::Whole { sha256 },
        };
        Source::open(tagged).unwrap().pass(u64::MAX).unwrap()
    }

    #[tokio::test]
    async fn a_body_sent_twice_counts_once() {
        let meter = Meter::on(&Line::new(1));
        let (file, bytes) = (tempfile::NamedTempFile::new().unwrap(), vec![7; PIECE * 2 + 5]);
        let body = meter.body(slice(&file, &bytes)).into_inner();

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

    #[tokio::test]
    async fn what_is_another_file_by_now_is_not_sent_to_its_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = vec![7; PIECE + 5];
        let body = Meter::on(&Line::new(1)).body(slice(&file, &bytes)).into_inner();
        bytes[PIECE] = 8;
        std::fs::write(file.path(), &bytes).unwrap();
        assert!(body.collect().await.is_err());
    }
}
