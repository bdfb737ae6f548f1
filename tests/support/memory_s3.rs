//! An S3 server in this process, in memory, reached over real HTTP on loopback.
//!
//! It checks what Amazon checks (signatures, conditions, checksums of bodies, parts and wholes), can
//! be told to lack what other stores lack, counts requests, and fails on demand: before it acts,
//! after it acted, or in the middle.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use md5::Digest as _;
use s3s::auth::SimpleAuth;
use s3s::dto::*;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

pub const BUCKET: &str = "show";
pub const ACCESS_KEY: &str = "AKIATESTACCESSKEY000";
pub const SECRET_KEY: &str = "test-secret-key-that-must-never-be-printed";

/// What the server can do.
#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    /// `If-Match` and `If-None-Match` on a put are honoured, rather than ignored.
    pub conditional_put: bool,
    /// The same on the completion of an upload in parts.
    pub conditional_complete: bool,
    /// The `x-amz-checksum-…` headers are understood, rather than refused.
    pub checksums: bool,
    /// What is removed stays as an old version.
    pub versions: bool,
    /// Entries in a page of a listing.
    pub page: usize,
}

impl Default for Abilities {
    fn default() -> Self {
        Self {
            conditional_put: true,
            conditional_complete: true,
            checksums: true,
            versions: false,
            page: 3,
        }
    }
}

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It does not.
    None,
    /// Refused with this status and code; nothing is done.
    Answer(u16, &'static str),
    /// Done, but answered with this status and code: a lost acknowledgement.
    DoneButAnswer(u16, &'static str),
    /// The connection is closed without an answer; nothing is done.
    Reset,
    /// The connection is closed without an answer, after it was done.
    DoneButReset,
    /// The connection is closed after the first bytes of the request's body.
    ResetInBody,
    /// Done, but the answer's body stops half-way.
    CutAnswer,
    /// Done, but the answer has half of the body or of the length, and looks whole.
    HalfAnswer,
    /// A bit of the request's body is flipped on its way.
    Damage,
    /// Done, and answered after this time.
    Slow(Duration),
    /// Never answered.
    Silence,
}

/// What a fault is decided by.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How many requests came before.
    pub number: usize,
    /// `GET`, `PUT`, …
    pub method: String,
    /// The key, or nothing for the bucket.
    pub key: String,
    /// The query: `uploads`, `partNumber=1&uploadId=…`.
    pub query: String,
}

impl Asked {
    /// The name of the S3 operation.
    pub fn operation(&self) -> &'static str {
        let has = |name: &str| {
            self.query.split('&').any(|pair| pair.split('=').next().unwrap_or_default() == name)
        };
        match self.method.as_str() {
            "GET" if has("list-type") => "ListObjectsV2",
            "GET" if has("uploads") => "ListMultipartUploads",
            "GET" if has("uploadId") => "ListParts",
            "GET" => "GetObject",
            "HEAD" if self.key.is_empty() => "HeadBucket",
            "HEAD" => "HeadObject",
            "PUT" if has("partNumber") => "UploadPart",
            "PUT" => "PutObject",
            "POST" if has("uploads") => "CreateMultipartUpload",
            "POST" => "CompleteMultipartUpload",
            "DELETE" if has("uploadId") => "AbortMultipartUpload",
            "DELETE" => "DeleteObject",
            _ => "?",
        }
    }
}

type Faults = Box<dyn FnMut(&Asked) -> Fault + Send>;

/// An object as the server keeps it.
#[derive(Debug, Clone)]
pub struct Kept {
    pub bytes: Bytes,
    pub etag: String,
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub metadata: BTreeMap<String, String>,
    crc64nvme: Option<String>,
    modified: SystemTime,
}

#[derive(Debug)]
struct Upload {
    key: String,
    input: CreateMultipartUploadInput,
    parts: BTreeMap<i32, (Bytes, String)>,
    begun: SystemTime,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Kept>,
    uploads: BTreeMap<String, Upload>,
    begun: usize,
    asked: Vec<Asked>,
}

/// The server; it stops when the runtime it was started on does.
#[derive(Clone)]
pub struct MemoryS3 {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    faults: Arc<Mutex<Option<Faults>>>,
}

impl MemoryS3 {
    pub async fn start(abilities: Abilities) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
            faults: Arc::default(),
        };
        let mut builder =
            S3ServiceBuilder::new(Api { state: Arc::clone(&server.state), abilities });
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let shared = server.clone();
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                stream.set_nodelay(true).unwrap();
                let (shared, service) = (shared.clone(), service.clone());
                tokio::spawn(async move {
                    let answer =
                        service_fn(move |request| shared.clone().answer(service.clone(), request));
                    // A fault ends the connection with an error, as it should.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), answer)
                        .await;
                });
            }
        });
        server
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Decides from now on how each request goes wrong.
    pub fn fail(&self, faults: impl FnMut(&Asked) -> Fault + Send + 'static) {
        *self.faults.lock().unwrap() = Some(Box::new(faults));
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        *self.faults.lock().unwrap() = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn object(&self, key: &str) -> Option<Kept> {
        self.state().objects.get(key).cloned()
    }

    /// All keys, but for the probe of conditions.
    pub fn keys(&self) -> Vec<String> {
        let state = self.state();
        state.objects.keys().filter(|key| !key.ends_with(".onair/probe")).cloned().collect()
    }

    /// Takes an object away.
    pub fn remove(&self, key: &str) {
        self.state().objects.remove(key);
    }

    pub fn unfinished_uploads(&self) -> usize {
        self.state().uploads.len()
    }

    /// How many parts of unfinished uploads are held.
    pub fn held_parts(&self) -> usize {
        self.state().uploads.values().map(|upload| upload.parts.len()).sum()
    }

    /// Makes every unfinished upload look as if it had been begun that long ago.
    pub fn age_uploads(&self, age: Duration) {
        for upload in self.state().uploads.values_mut() {
            upload.begun = SystemTime::now() - age;
        }
    }

    /// The operations asked for since the last call, in order.
    pub fn asked(&self) -> Vec<&'static str> {
        self.state().asked.drain(..).map(|asked| asked.operation()).collect()
    }

    async fn answer(
        self,
        service: S3Service,
        request: Request<Incoming>,
    ) -> Result<Response<s3s::Body>, Box<dyn std::error::Error + Send + Sync>> {
        let (head, mut body) = request.into_parts();
        let fault = {
            let key = head.uri.path().strip_prefix(&format!("/{BUCKET}/")).unwrap_or_default();
            let mut state = self.state();
            let asked = Asked {
                number: state.asked.len(),
                method: head.method.to_string(),
                key: key.to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
            };
            state.asked.push(asked.clone());
            drop(state);
            self.faults.lock().unwrap().as_mut().map_or(Fault::None, |faults| faults(&asked))
        };
        if fault == Fault::ResetInBody {
            body.frame().await;
            return Err("reset".into());
        }
        let mut body = body.collect().await?.to_bytes();
        let done = async |body: Bytes| {
            service.call(Request::from_parts(head, s3s::Body::from(body))).await
        };
        match fault {
            Fault::None => Ok(done(body).await?),
            Fault::Answer(status, code) => Ok(error(status, code)),
            Fault::DoneButAnswer(status, code) => {
                done(body).await?;
                Ok(error(status, code))
            }
            Fault::Reset | Fault::ResetInBody => Err("reset".into()),
            Fault::DoneButReset => {
                done(body).await?;
                Err("reset".into())
            }
            Fault::CutAnswer => cut(done(body).await?).await,
            Fault::HalfAnswer => halve(done(body).await?).await,
            Fault::Damage => {
                let mut damaged = body.to_vec();
                if let Some(last) = damaged.last_mut() {
                    *last ^= 1;
                }
                body = Bytes::from(damaged);
                Ok(done(body).await?)
            }
            Fault::Slow(time) => {
                let answer = done(body).await?;
                tokio::time::sleep(time).await;
                Ok(answer)
            }
            Fault::Silence => std::future::pending().await,
        }
    }
}

fn error(status: u16, code: &str) -> Response<s3s::Body> {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as told</Message></Error>"
    );
    Response::builder().status(status).body(s3s::Body::from(body)).unwrap()
}

async fn cut(
    answer: Response<s3s::Body>,
) -> Result<Response<s3s::Body>, Box<dyn std::error::Error + Send + Sync>> {
    let (mut head, body) = answer.into_parts();
    let body = body.collect().await.map_err(|_| "unreadable")?.to_bytes();
    if body.len() < 2 {
        return Err("reset".into());
    }
    head.headers.insert("content-length", body.len().into());
    let half = body.slice(..body.len() / 2);
    let frames = [Ok(Frame::data(half)), Err(std::io::Error::other("cut"))];
    let body = http_body_util::StreamBody::new(futures_util::stream::iter(frames));
    Ok(Response::from_parts(head, s3s::Body::http_body_unsync(body)))
}

async fn halve(
    answer: Response<s3s::Body>,
) -> Result<Response<s3s::Body>, Box<dyn std::error::Error + Send + Sync>> {
    let (mut head, body) = answer.into_parts();
    let body = body.collect().await.map_err(|_| "unreadable")?.to_bytes();
    let length = head.headers.get("content-length").and_then(|it| it.to_str().ok()?.parse().ok());
    let half = length.unwrap_or(body.len()) / 2;
    head.headers.insert("content-length", half.into());
    let body = s3s::Body::from(body.slice(..half.min(body.len())));
    Ok(Response::from_parts(head, body))
}

struct Api {
    state: Arc<Mutex<State>>,
    abilities: Abilities,
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn crc64nvme(bytes: &[u8]) -> String {
    let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, bytes);
    aws_smithy_types::base64::encode(crc.to_be_bytes())
}

fn strong(etag: &str) -> Option<ETag> {
    Some(ETag::Strong(etag.to_owned()))
}

fn holds(
    at: Option<&Kept>,
    if_none_match: Option<&ETagCondition>,
    if_match: Option<&ETagCondition>,
) -> S3Result<()> {
    match (if_none_match, if_match, at) {
        (Some(ETagCondition::Any), _, Some(_)) => Err(s3_error!(PreconditionFailed)),
        (_, Some(ETagCondition::ETag(_)), None) => Err(s3_error!(NoSuchKey)),
        (_, Some(ETagCondition::ETag(etag)), Some(kept)) if etag.value() != kept.etag => {
            Err(s3_error!(PreconditionFailed))
        }
        _ => Ok(()),
    }
}

impl Api {
    fn state(&self, bucket: &str) -> S3Result<MutexGuard<'_, State>> {
        if bucket != BUCKET {
            return Err(s3_error!(NoSuchBucket));
        }
        Ok(self.state.lock().unwrap())
    }

    async fn body(
        &self,
        body: Option<StreamingBlob>,
        md5: Option<&str>,
        crc: Option<&str>,
    ) -> S3Result<Bytes> {
        if crc.is_some() && !self.abilities.checksums {
            return Err(s3_error!(
                InvalidArgument,
                "Unsupported header 'x-amz-checksum-crc64nvme' received for this API call."
            ));
        }
        let bytes = match body {
            Some(body) => {
                s3s::Body::from(body).collect().await.map_err(|_| s3_error!(BadDigest))?.to_bytes()
            }
            None => Bytes::new(),
        };
        let md5_of = || aws_smithy_types::base64::encode(md5::Md5::digest(&bytes));
        if md5.is_some_and(|md5| md5 != md5_of()) || crc.is_some_and(|crc| crc != crc64nvme(&bytes))
        {
            return Err(s3_error!(BadDigest));
        }
        if md5.is_none() && crc.is_none() && bytes.len() > 512 {
            // What is larger than a note or probe must come with a checksum.
            return Err(s3_error!(InvalidRequest, "no checksum at all"));
        }
        Ok(bytes)
    }
}

#[async_trait::async_trait]
impl S3 for Api {
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        let md5 = input.content_md5.as_deref();
        let crc = input.checksum_crc64nvme.as_deref();
        let bytes = self.body(input.body, md5, crc).await?;
        let mut state = self.state(&input.bucket)?;
        if self.abilities.conditional_put {
            let at = state.objects.get(&input.key);
            holds(at, input.if_none_match.as_ref(), input.if_match.as_ref())?;
        }
        let etag = hex(md5::Md5::digest(&bytes));
        let kept = Kept {
            etag: etag.clone(),
            content_type: input.content_type.map(|media| media.to_string()),
            cache_control: input.cache_control,
            metadata: input.metadata.into_iter().flatten().collect(),
            crc64nvme: input.checksum_crc64nvme.clone(),
            modified: SystemTime::now(),
            bytes,
        };
        state.objects.insert(input.key, kept);
        Ok(S3Response::new(PutObjectOutput {
            e_tag: strong(&etag),
            checksum_crc64nvme: input.checksum_crc64nvme,
            ..Default::default()
        }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let state = self.state(&request.input.bucket)?;
        let kept = state.objects.get(&request.input.key).ok_or_else(|| s3_error!(NoSuchKey))?;
        Ok(S3Response::new(GetObjectOutput {
            body: Some(StreamingBlob::from(s3s::Body::from(kept.bytes.clone()))),
            content_length: Some(i64::try_from(kept.bytes.len()).unwrap()),
            content_type: kept.content_type.as_deref().map(|media| media.parse().unwrap()),
            cache_control: kept.cache_control.clone(),
            e_tag: strong(&kept.etag),
            metadata: Some(kept.metadata.clone().into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let state = self.state(&request.input.bucket)?;
        let kept = state.objects.get(&request.input.key).ok_or_else(|| s3_error!(NoSuchKey))?;
        Ok(S3Response::new(HeadObjectOutput {
            content_length: Some(i64::try_from(kept.bytes.len()).unwrap()),
            content_type: kept.content_type.as_deref().map(|media| media.parse().unwrap()),
            cache_control: kept.cache_control.clone(),
            checksum_crc64nvme: kept
                .crc64nvme
                .clone()
                .filter(|_| request.input.checksum_mode.is_some()),
            e_tag: strong(&kept.etag),
            metadata: Some(kept.metadata.clone().into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        drop(self.state(&request.input.bucket)?);
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        let mut state = self.state(&input.bucket)?;
        let at = state.objects.get(&input.key);
        if self.abilities.conditional_put {
            holds(at, None, input.if_match.as_ref())?;
        }
        state.objects.remove(&input.key);
        let marker = self.abilities.versions.then_some(true);
        Ok(S3Response::new(DeleteObjectOutput { delete_marker: marker, ..Default::default() }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let state = self.state(&input.bucket)?;
        let prefix = input.prefix.unwrap_or_default();
        let after = input.continuation_token.unwrap_or_default();
        let mut found =
            state.objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after).map(
                |(key, kept)| Object {
                    key: Some(key.clone()),
                    size: i64::try_from(kept.bytes.len()).ok(),
                    e_tag: strong(&kept.etag),
                    last_modified: Some(kept.modified.into()),
                    ..Default::default()
                },
            );
        let contents: Vec<Object> = found.by_ref().take(self.abilities.page).collect();
        let more = found.next().is_some();
        let last = contents.last().and_then(|object| object.key.clone());
        Ok(S3Response::new(ListObjectsV2Output {
            is_truncated: Some(more),
            next_continuation_token: last.filter(|_| more),
            contents: Some(contents),
            ..Default::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        if input.checksum_algorithm.is_some() && !self.abilities.checksums {
            return Err(s3_error!(
                InvalidArgument,
                "Unsupported header 'x-amz-checksum-algorithm' received for this API call."
            ));
        }
        let mut state = self.state(&input.bucket)?;
        state.begun += 1;
        let id = format!("upload-{}", state.begun);
        let key = input.key.clone();
        let (parts, begun) = (BTreeMap::new(), SystemTime::now());
        state.uploads.insert(id.clone(), Upload { key: key.clone(), input, parts, begun });
        Ok(S3Response::new(CreateMultipartUploadOutput {
            key: Some(key),
            upload_id: Some(id),
            ..Default::default()
        }))
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let input = request.input;
        let md5 = input.content_md5.as_deref();
        let crc = input.checksum_crc64nvme.as_deref();
        let bytes = self.body(input.body, md5, crc).await?;
        let mut state = self.state(&input.bucket)?;
        let upload =
            state.uploads.get_mut(&input.upload_id).filter(|upload| upload.key == input.key);
        let upload = upload.ok_or_else(|| s3_error!(NoSuchUpload))?;
        let etag = hex(md5::Md5::digest(&bytes));
        upload.parts.insert(input.part_number, (bytes, etag.clone()));
        Ok(S3Response::new(UploadPartOutput {
            e_tag: strong(&etag),
            checksum_crc64nvme: input.checksum_crc64nvme,
            ..Default::default()
        }))
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        let input = request.input;
        let state = self.state(&input.bucket)?;
        let upload = state.uploads.get(&input.upload_id).ok_or_else(|| s3_error!(NoSuchUpload))?;
        let after = input.part_number_marker.unwrap_or_default();
        let mut found = upload.parts.range(after + 1..).map(|(number, (bytes, etag))| Part {
            part_number: Some(*number),
            size: i64::try_from(bytes.len()).ok(),
            e_tag: strong(etag),
            checksum_crc64nvme: self.abilities.checksums.then(|| crc64nvme(bytes)),
            ..Default::default()
        });
        let parts: Vec<Part> = found.by_ref().take(self.abilities.page).collect();
        let more = found.next().is_some();
        Ok(S3Response::new(ListPartsOutput {
            is_truncated: Some(more),
            next_part_number_marker: parts.last().and_then(|part| part.part_number),
            parts: Some(parts),
            ..Default::default()
        }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        let mut state = self.state(&input.bucket)?;
        let upload = state.uploads.get(&input.upload_id).ok_or_else(|| s3_error!(NoSuchUpload))?;
        if self.abilities.conditional_complete {
            let at = state.objects.get(&input.key);
            holds(at, input.if_none_match.as_ref(), input.if_match.as_ref())?;
        }
        let (mut bytes, mut md5s, mut count) = (Vec::new(), Vec::new(), 0);
        for part in input.multipart_upload.and_then(|upload| upload.parts).into_iter().flatten() {
            count += 1;
            let held = part.part_number.and_then(|number| upload.parts.get(&number));
            let (held, etag) = held.ok_or_else(|| s3_error!(InvalidPart))?;
            let named = part.e_tag.as_ref().map(ETag::value);
            if named != Some(etag) || part.part_number != Some(count) {
                return Err(s3_error!(InvalidPart));
            }
            if part.checksum_crc64nvme.is_some_and(|crc| crc != crc64nvme(held)) {
                return Err(s3_error!(InvalidPart));
            }
            bytes.extend_from_slice(held);
            md5s.extend_from_slice(&md5::Md5::digest(held));
        }
        let crc = upload.input.checksum_algorithm.as_ref().map(|_| crc64nvme(&bytes));
        if crc != input.checksum_crc64nvme || count == 0 {
            return Err(s3_error!(BadDigest));
        }
        let etag = format!("{}-{count}", hex(md5::Md5::digest(&md5s)));
        let Upload { key, input: begun, .. } = state.uploads.remove(&input.upload_id).unwrap();
        let kept = Kept {
            bytes: bytes.into(),
            etag: etag.clone(),
            content_type: begun.content_type.map(|media| media.to_string()),
            cache_control: begun.cache_control,
            metadata: begun
                .metadata
                .into_iter()
                .flatten()
                .collect::<HashMap<_, _>>()
                .into_iter()
                .collect(),
            crc64nvme: crc,
            modified: SystemTime::now(),
        };
        state.objects.insert(key, kept);
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            e_tag: strong(&etag),
            ..Default::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let mut state = self.state(&request.input.bucket)?;
        let gone = state.uploads.remove(&request.input.upload_id);
        gone.ok_or_else(|| s3_error!(NoSuchUpload))?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let input = request.input;
        let state = self.state(&input.bucket)?;
        let prefix = input.prefix.unwrap_or_default();
        let after =
            (input.key_marker.unwrap_or_default(), input.upload_id_marker.unwrap_or_default());
        let mut all: Vec<_> = state
            .uploads
            .iter()
            .map(|(id, upload)| ((upload.key.clone(), id.clone()), upload.begun))
            .filter(|(place, _)| place.0.starts_with(&prefix) && *place > after)
            .collect();
        all.sort();
        let more = all.len() > self.abilities.page;
        all.truncate(self.abilities.page);
        let last = all.last().map(|(place, _)| place.clone()).filter(|_| more);
        let (next_key_marker, next_upload_id_marker) = last.unzip();
        let uploads = all.into_iter().map(|((key, id), begun)| MultipartUpload {
            key: Some(key),
            upload_id: Some(id),
            initiated: Some(begun.into()),
            ..Default::default()
        });
        Ok(S3Response::new(ListMultipartUploadsOutput {
            is_truncated: Some(more),
            next_key_marker,
            next_upload_id_marker,
            uploads: Some(uploads.collect()),
            ..Default::default()
        }))
    }
}
