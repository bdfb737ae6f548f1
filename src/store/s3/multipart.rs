//! Sending a tagged file in parts, straight from tag and file, several at a time.
//!
//! The file is read in order, each part once to be hashed and once more as it is sent, and no part is held
//! in memory. Nothing shows at the key until the last step, and that is taken only if the condition
//! holds and the file was what the object promises. An upload that is cut off is gone on with by
//! the next run: see [`super::resume`].

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart,
};
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::model::object::Object;
use crate::store::{Condition, Progress, StoreError, Version};

use super::cause::Cause;
use super::checksum::{Sums, whole};
use super::line::Room;
use super::operation::Operation;
use super::progress::Meter;
use super::put::{if_match, if_none_match, is_precondition, metadata, sums};
use super::retry::Attempts;
use super::upload::{Held, Upload};
use super::{S3Store, blocking};
use crate::store::source::{Slice, Source, Tagged};

/// How often an upload is begun before it is given up because the store forgets it.
const MOST_BEGUN: u32 = 4;

/// Why an upload did not come to its end.
enum Cut {
    /// The store no longer knows it: it was completed, discarded or has expired.
    Vanished,
    /// The store knows no checksums of the newer kind.
    Checksum,
    /// Nothing that beginning anew would heal.
    Error(StoreError),
}

impl From<StoreError> for Cut {
    fn from(error: StoreError) -> Self {
        Self::Error(error)
    }
}

/// One part as read, with the room it takes, and as the store holds it already.
struct Part {
    number: i32,
    slice: Slice,
    sums: Sums,
    held: Option<Held>,
    _room: Room,
}

/// One part as the store holds it.
struct Done {
    number: i32,
    bytes: u64,
    sums: Sums,
    etag: Option<String>,
}

impl S3Store {
    pub(super) async fn send_in_parts(
        &self,
        object: &Object,
        tagged: &Tagged,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        let _turn = self.uploads.acquire().await;
        let meter = Meter::on(&self.line);
        let mut begun = 1;
        loop {
            let sending = self.send_once(object, tagged, condition, &meter);
            match meter.watch(sending, progress).await {
                Ok(version) => return Ok(version),
                Err(Cut::Error(error)) => return Err(error),
                Err(Cut::Checksum | Cut::Vanished) if begun == MOST_BEGUN => {
                    let cause = Cause::Garbled("it forgets uploads that it has begun".to_owned());
                    let full = self.full(&object.key);
                    return Err(self.place.explain(Operation::Write, &full, &cause));
                }
                Err(Cut::Checksum) => self.md5_only.store(true, Ordering::Relaxed),
                Err(Cut::Vanished) => (),
            }
            begun += 1;
        }
    }

    async fn send_once(
        &self,
        object: &Object,
        tagged: &Tagged,
        condition: &Condition,
        meter: &Meter,
    ) -> Result<Version, Cut> {
        // Begun before anything else is waited for: connections that are open go to audio first.
        let (upload, held, part_bytes) = match self.resumable(object).await {
            Some(found) => found,
            None => {
                let part_bytes = self.tuning.part(object.body.len(), self.line.rate_of_one());
                (self.begin(object).await?, BTreeMap::new(), part_bytes)
            }
        };

        let noting = async {
            tokio::time::sleep(self.tuning.note_after).await;
            self.note(object, part_bytes, &upload).await;
            std::future::pending().await
        };
        // For a store that takes the conditions of a small write but not those of an upload's end: checked while
        // the last parts are under way.
        let check = async {
            if !self.amazon && *condition != Condition::Always {
                self.check(&object.key, condition).await?;
            }
            Ok(())
        };
        let sending = async {
            let tagged = tagged.clone();
            let source = blocking(move || Source::open(tagged)).await?;
            self.send_parts(source, part_bytes, &upload, (&held, meter), check).await
        };
        let parts = tokio::select! {
            parts = sending => parts,
            never = noting => never,
        };
        let result = match parts {
            Ok(parts) => self.complete(object, condition, &upload, parts).await,
            Err(cut) => Err(cut),
        };
        match &result {
            // What a later run can go on with stays; all else would only cost money.
            Err(Cut::Error(StoreError::Failed { transient: true, .. })) => {
                self.note(object, part_bytes, &upload).await;
            }
            Err(Cut::Error(_) | Cut::Checksum) => self.discard(object, &upload).await,
            Ok(_) | Err(Cut::Vanished) => self.forget(object, &upload).await,
        }
        result
    }

    async fn begin(&self, object: &Object) -> Result<Upload, Cut> {
        let md5_only = self.md5_only.load(Ordering::Relaxed);
        let full = self.full(&object.key);
        let request = self
            .client
            .create_multipart_upload()
            .bucket(self.bucket())
            .key(&full)
            .content_type(object.content_type)
            .cache_control(object.kind.cache_control())
            .set_metadata(metadata(object))
            .set_checksum_algorithm((!md5_only).then_some(ChecksumAlgorithm::Crc64Nvme))
            .set_checksum_type((!md5_only).then_some(ChecksumType::FullObject));
        match request.send().await {
            Ok(answer) => match answer.upload_id() {
                Some(id) => Ok(Upload::new(full, id.to_owned())),
                None => {
                    let cause = Cause::Garbled("no upload id".to_owned());
                    Err(self.place.explain(Operation::Write, &full, &cause).into())
                }
            },
            Err(error) => Err(self.cut(&full, &Cause::of(&error))),
        }
    }

    async fn send_parts(
        &self,
        mut source: Source,
        part_bytes: u64,
        upload: &Upload,
        (held, meter): (&BTreeMap<i32, Held>, &Meter),
        at_the_end: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<Vec<Done>, Cut> {
        let mut sending = FuturesUnordered::new();
        let mut done = Vec::new();
        let mut number = 1;
        while source.left() > 0 {
            let reading = self.read_part(source, part_bytes, number, held.get(&number).cloned());
            tokio::pin!(reading);
            let part;
            (source, part) = loop {
                tokio::select! {
                    read = &mut reading => break read?,
                    Some(sent) = sending.next() => done.push(sent?),
                }
            };
            sending.push(self.send_part(part, upload, meter));
            number += 1;
        }
        let sent = async {
            while let Some(sent) = sending.next().await {
                done.push(sent?);
            }
            Ok(())
        };
        tokio::try_join!(sent, async { at_the_end.await.map_err(Cut::from) })?;
        blocking(move || source.finish()).await?;
        done.sort_by_key(|part: &Done| part.number);
        Ok(done)
    }

    /// Reads the next part when there is room for it.
    async fn read_part(
        &self,
        mut source: Source,
        part_bytes: u64,
        number: i32,
        held: Option<Held>,
    ) -> Result<(Source, Part), StoreError> {
        let room = self.line.room(part_bytes).await;
        let md5_only = self.md5_only.load(Ordering::Relaxed);
        blocking(move || {
            let slice = source.pass(part_bytes)?;
            let sums = sums(&slice, md5_only)?;
            let held = held.filter(|held| held.is(&slice));
            Ok((source, Part { number, slice, sums, held, _room: room }))
        })
        .await
    }

    async fn send_part(&self, part: Part, upload: &Upload, meter: &Meter) -> Result<Done, Cut> {
        let Part { number, slice, sums, held, _room } = part;
        let len = slice.len();
        if let Some(held) = held {
            meter.add(len);
            return Ok(Done { number, bytes: len, sums, etag: held.etag });
        }
        let request = self
            .client
            .upload_part()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .part_number(number)
            .content_length(i64::try_from(len).unwrap_or(i64::MAX))
            .set_checksum_crc64_nvme(sums.crc64_nvme())
            .set_content_md5(sums.content_md5())
            .body(meter.body(slice.clone()))
            .customize()
            .config_override(self.patience(len));
        match request.send().await {
            Ok(answer) => {
                let etag = answer.e_tag().map(str::to_owned);
                Ok(Done { number, bytes: len, sums, etag })
            }
            Err(error) => {
                let cause = Cause::of(&error);
                blocking(move || slice.unchanged()).await?;
                Err(self.cut(upload.full(), &cause))
            }
        }
    }

    async fn complete(
        &self,
        object: &Object,
        condition: &Condition,
        upload: &Upload,
        parts: Vec<Done>,
    ) -> Result<Version, Cut> {
        let crc = whole(parts.iter().map(|part| (part.sums, part.bytes)));
        let parts = parts.into_iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .set_e_tag(part.etag)
                .set_checksum_crc64_nvme(part.sums.crc64_nvme())
                .build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let attempts = Attempts::default();
        let request = self
            .client
            .complete_multipart_upload()
            .bucket(self.bucket())
            .key(upload.full())
            .upload_id(upload.id())
            .multipart_upload(parts)
            .set_if_none_match(if_none_match(condition))
            .set_if_match(if_match(condition))
            .set_checksum_type(crc.is_some().then_some(ChecksumType::FullObject))
            .set_checksum_crc64_nvme(crc.clone())
            .customize()
            .config_override(self.patience_for_completion())
            .interceptor(attempts.clone());
        let cause = match request.send().await {
            Ok(answer) => return Ok(self.version(answer.e_tag(), upload.full())?),
            Err(error) => Cause::of(&error),
        };
        let vanished = is_vanished(&cause);
        if (vanished || (is_precondition(&cause, condition) && attempts.more_than_one()))
            && let Some(version) = self.stands(object, crc.as_deref()).await?
        {
            return Ok(version);
        }
        if is_precondition(&cause, condition) {
            return Err(StoreError::Precondition { key: object.key.clone() }.into());
        }
        Err(self.cut(upload.full(), &cause))
    }

    /// The version of what stands at the key if it is `object`: completed before, and only the
    /// acknowledgement was lost.
    pub(super) async fn stands(
        &self,
        object: &Object,
        crc64_nvme: Option<&str>,
    ) -> Result<Option<Version>, StoreError> {
        let full = self.full(&object.key);
        let checksum = crc64_nvme.map(|_| ChecksumMode::Enabled);
        let Some(answer) = self.ask_head(&full, checksum).await? else { return Ok(None) };
        let same_bytes = match (crc64_nvme, answer.checksum_crc64_nvme()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            // The metadata, compared below, holds the hashes.
            _ => true,
        };
        let length = answer.content_length().and_then(|length| u64::try_from(length).ok());
        let metadata: BTreeMap<String, String> = answer
            .metadata()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .collect();
        let same =
            same_bytes && length == Some(object.body.len()) && metadata == object.user_metadata();
        if same { self.version(answer.e_tag(), &full).map(Some) } else { Ok(None) }
    }

    fn cut(&self, full: &str, cause: &Cause) -> Cut {
        if is_vanished(cause) {
            Cut::Vanished
        } else if cause.refuses_checksum() {
            Cut::Checksum
        } else {
            Cut::Error(self.place.explain(Operation::Write, full, cause))
        }
    }
}

fn is_vanished(cause: &Cause) -> bool {
    cause.answer().is_some_and(|answer| answer.code() == "NoSuchUpload")
}
