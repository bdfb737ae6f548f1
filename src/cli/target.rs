//! Where a release goes: a directory or a bucket, by its address.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};

use super::args::Global;
use super::proof::{Found, Known};
use super::{Exit, Failure};
use crate::audio::tag::MAX_BYTES;
use crate::audio::{Content, Depth, Harm, probe_stream};
use crate::hash::Sha256;
use crate::object::Key;
use crate::show::Settings;
use crate::store::dir::DirStore;
use crate::store::s3::{S3Location, S3Store, S3Target};
use crate::store::{Store, StoreError};

/// A target, opened.
pub struct Target {
    /// What is published goes here.
    pub store: Box<dyn Store>,
    /// The same, where it is a folder.
    folder: Option<DirStore>,
}

/// Opens the target that the arguments or the settings name.
pub async fn open(global: &Global, settings: &Settings) -> Result<Target, Failure> {
    let url = url(global, settings);
    if url.starts_with("s3://") {
        let store = S3Store::connect(s3(url, settings)?).await.map_err(failed)?;
        return Ok(Target::of(store));
    }
    if let Some((scheme, _)) = url.split_once("://") {
        return Err(Failure::new(Exit::Usage, format!("`{scheme}` is no kind of target"))
            .help("a target is a directory, or s3://bucket/prefix"));
    }
    let path = global.show.join(url);
    let folder = DirStore::new(path.strip_prefix(".").unwrap_or(&path));
    Ok(Target { store: Box::new(folder.clone()), folder: Some(folder) })
}

/// The target's address.
pub fn url<'a>(global: &'a Global, settings: &'a Settings) -> &'a str {
    global.target.as_deref().unwrap_or_else(|| settings.target_url())
}

/// Where the feed stands in the target.
pub fn feed_key(settings: &Settings) -> Result<Key, Failure> {
    Key::new(format!("{}{}", settings.site_prefix(), settings.site.feed.get_ref()))
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// What is known of a bucket from address and settings.
pub fn s3(url: &str, settings: &Settings) -> Result<S3Target, Failure> {
    let location: S3Location =
        url.parse().map_err(|error| Failure::new(Exit::Usage, format!("{error}")))?;
    let set = &settings.target;
    Ok(S3Target {
        location,
        region: set.region.clone(),
        endpoint: set.endpoint.clone(),
        path_style: set.path_style,
        profile: set.profile.clone(),
    })
}

/// A store's failure, with its help.
pub fn failed(error: StoreError) -> Failure {
    let help = match &error {
        StoreError::Failed { help, .. } => help.clone(),
        _ => None,
    };
    Failure { exit: Exit::Target, message: error.to_string(), help }
}

impl Target {
    /// A target that keeps metadata with its objects.
    pub fn of(store: impl Store + 'static) -> Self {
        Self { store: Box::new(store), folder: None }
    }

    /// What audio stands at `key`: by its own metadata, or, in a folder, which keeps none, by the file.
    pub async fn identify(&self, key: &Key) -> Result<Found, StoreError> {
        if let Some(folder) = &self.folder {
            let named = key.clone();
            let found = folder.with_file(key, move |file| look(file, named)).await?;
            return Ok(found.unwrap_or(Found::Nothing));
        }
        Ok(match self.store.head(key).await? {
            None => Found::Nothing,
            Some(head) => Known::of_head(key, &head).map_or(Found::Other, Found::Audio),
        })
    }
}

/// What audio a file in a folder is, if it is a tag and sound frames and nothing else.
fn look(mut file: File, key: Key) -> io::Result<Found> {
    let probe = probe_stream(&file, Depth::Hash)?;
    let Content::Mp3(mp3) = &probe.content else { return Ok(Found::Other) };
    let lost = mp3.damage.iter().any(|damage| damage.harm() == Harm::Lost);
    let payload = &mp3.payload;
    let Some(payload_sha256) = mp3.payload_sha256.filter(|_| !lost) else {
        return Ok(Found::Other);
    };
    if payload.end != probe.bytes || payload.start > MAX_BYTES as u64 {
        return Ok(Found::Other);
    }
    let mut tag = Vec::new();
    file.rewind()?;
    file.take(payload.start).read_to_end(&mut tag)?;
    Ok(Found::Audio(Known {
        key,
        bytes: probe.bytes,
        milliseconds: mp3.time.milliseconds(),
        tag_sha256: Sha256::of(&tag),
        payload_sha256,
        source_bytes: None,
        source_sha256: None,
    }))
}
