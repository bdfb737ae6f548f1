//! Where a release goes: a directory or a bucket, by its address.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::trust::{self, Purpose};
use super::{Class, Error, Options};
use crate::audio::tag::MAX_BYTES;
use crate::audio::{Content, Depth, PlayTime, probe_stream};
use crate::http::Client;
use crate::model::audio::PublishedAudio;
use crate::model::hash::Sha256;
use crate::model::object::Key;
use crate::model::tag_texts::TagTexts;
use crate::public::store::{PublicStore, Sight};
use crate::release::{self, ErrorClass, ReleaseError};
use crate::show::Settings;
use crate::store::audio::{self, Found};
use crate::store::dir::DirStore;
use crate::store::published::Published;
use crate::store::s3::{S3Location, S3Store, S3Target, has_credentials};
use crate::store::{Store, StoreError};

/// A target, opened.
pub struct Target {
    /// What is published goes here.
    pub store: Arc<dyn Store>,
    /// The same, where it is a folder.
    pub folder: Option<DirStore>,
    /// The same, where it is a bucket.
    pub bucket: Option<Arc<S3Store>>,
    /// Whether it is seen from outside, where objects may not say what they are.
    pub public: bool,
}

/// What is published, and where it was seen.
pub struct Seen {
    /// The target; only good for reading if there are no credentials for it.
    pub target: Target,
    /// What is published there.
    pub published: Published,
    /// How it was seen, where that is worth knowing.
    pub note: Option<String>,
    /// Whether nothing but the feed was seen.
    pub only_the_feed: bool,
}

/// Opens the target that the arguments or the settings name.
///
/// # Errors
/// If it is none, cannot be reached, or is not to be trusted with what is wanted of it.
pub async fn open(
    options: &Options,
    settings: &Settings,
    purpose: Purpose,
) -> Result<Target, Error> {
    let url = url(options, settings);
    if url.is_empty() {
        // As a path, nothing means the show's own folder.
        return Err(Error::usage("the target is empty").help(
            "give --target, or ONAIR_TARGET, a directory or s3://bucket/prefix, or leave it out",
        ));
    }
    if url.starts_with("s3://") {
        let bucket = s3(options, settings)?;
        trust::may_sign(options, settings, purpose)?;
        let bucket = Arc::new(S3Store::connect(bucket).await.map_err(failed)?);
        return Ok(Target { bucket: Some(Arc::clone(&bucket)), ..Target::of(bucket) });
    }
    refuse_slip(url)?;
    let path = match options.target {
        // What is typed is seen from where it is typed.
        Some(_) => PathBuf::from(url),
        None => {
            no_link(&options.root, url)?;
            if purpose == Purpose::Use {
                trust::may_write(options, settings, url).map_err(|doubt| {
                    let message = format!("nothing is written to {url}: {}", doubt.reason);
                    Error::usage(message).help(doubt.help)
                })?;
            }
            options.root.join(url)
        }
    };
    let folder = DirStore::new(path.strip_prefix(".").unwrap_or(&path));
    Ok(Target { folder: Some(folder.clone()), ..Target::of(Arc::new(folder)) })
}

fn refuse_slip(url: &str) -> Result<(), Error> {
    let Some(right) = slip(url) else { return Ok(()) };
    let known = ["s3", "http", "https", "file"];
    let what = url
        .split_once("://")
        .map(|(scheme, _)| scheme)
        .filter(|it| !known.contains(&it.to_ascii_lowercase().as_str()));
    Err(Error::usage(format!("`{}` is not a target", what.unwrap_or(url))).help(right))
}

/// The right form of what is neither a bucket's address nor a folder, though it could be taken for one.
pub fn slip(url: &str) -> Option<String> {
    const FORMS: &str = "a target is a folder, or s3://bucket/prefix";
    let lower = url.trim().to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("s3").filter(|rest| rest.starts_with([':', '/', ' '])) {
        let bucket =
            &url.trim()[url.trim().len() - rest.trim_start_matches([':', '/', ' ']).len()..];
        // `s3/` is a folder as good as any.
        let folder = rest.starts_with('/') && !rest.starts_with("//");
        let right = url.starts_with("s3://") && !bucket.is_empty() && !rest.starts_with(":///");
        return match bucket {
            _ if right || folder => None,
            "" => Some(FORMS.to_owned()),
            bucket => Some(format!("write s3://{bucket}")),
        };
    }
    let (scheme, rest) = lower.split_once("://")?;
    let rest = &url.trim()[url.trim().len() - rest.len()..];
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let bucket = host.split_once(".s3.").or_else(|| host.split_once(".s3-"));
    Some(match (scheme, bucket) {
        ("file", _) => format!("write {}", rest.strip_prefix("localhost").unwrap_or(rest)),
        ("http" | "https", Some((bucket, _))) => {
            format!("write s3://{}", format!("{bucket}/{path}").trim_end_matches('/'))
        }
        ("http" | "https", None) => format!(
            "{FORMS}; the address that everybody sees is site.url in onair.toml, and that of a store \
             like MinIO is target.endpoint"
        ),
        _ => FORMS.to_owned(),
    })
}

/// Whoever may change the show may not thereby choose any folder of this machine to be written to.
fn no_link(root: &Path, target: &str) -> Result<(), Error> {
    let mut path = root.to_owned();
    for part in Path::new(target).components() {
        path.push(part);
        if path.is_symlink() {
            let place = path.strip_prefix(root).unwrap_or(&path).display();
            return Err(Error::usage(format!(
                "the target leads through `{place}`, a symbolic link"
            ))
            .help("name the folder that it leads to with --target or ONAIR_TARGET"));
        }
    }
    Ok(())
}

/// Looks at what is published: in the target itself, or, without credentials that may go there, where
/// everybody finds it.
pub async fn see(options: &Options, settings: &Settings) -> Result<Seen, Error> {
    let name = url(options, settings);
    if name.starts_with("s3://") {
        let bucket = s3(options, settings)?;
        let feed = feed_key(settings)?;
        if let Err(doubt) = trust::may_sign(options, settings, Purpose::Look) {
            let why = format!(
                "No credentials are sent to {name}: {}; nothing is known of what it holds",
                doubt.reason
            );
            let seen = see_from_outside(options, settings, &feed).await?;
            return Ok(seen.because(&why).and(&doubt.help));
        }
        if let Err(why) = has_credentials(&bucket).await {
            let why = format!("There are no credentials for {name} ({why})");
            return Ok(see_from_outside(options, settings, &feed).await?.because(&why));
        }
    }
    read_for(options, settings, Purpose::Look).await
}

/// Opens the target that the arguments or the settings name, and reads what is published there, to
/// make use of it.
pub async fn read(options: &Options, settings: &Settings) -> Result<Seen, Error> {
    let seen = read_for(options, settings, Purpose::Use).await?;
    if seen.target.bucket.is_some() {
        trust::remember(options, settings);
    }
    Ok(seen)
}

async fn read_for(options: &Options, settings: &Settings, purpose: Purpose) -> Result<Seen, Error> {
    let feed = feed_key(settings)?;
    let target = open(options, settings, purpose).await?;
    let published = release::read_published(target.store.as_ref(), &feed).await.map_err(stopped)?;
    Ok(Seen { target, published, note: None, only_the_feed: false })
}

impl Seen {
    /// Puts the reason in front of how it was seen.
    fn because(mut self, why: &str) -> Self {
        self.note = Some(self.note.map_or_else(|| why.to_owned(), |how| format!("{why}; {how}")));
        self
    }

    /// Says how to see more.
    fn and(mut self, help: &str) -> Self {
        self.note = self.note.map(|note| format!("{note}. To see more: {help}"));
        self
    }
}

/// Looks at what is published where everybody finds it.
pub async fn see_from_outside(
    options: &Options,
    settings: &Settings,
    feed: &Key,
) -> Result<Seen, Error> {
    let (name, addresses) = (url(options, settings), settings.clone());
    let client = Client::reaching(trust::reach(options, settings));
    let address = move |key: &Key| addresses.public_url(key);
    let store = PublicStore::new(name.to_owned(), client, address);
    let (store, published, sight) = store.look(feed).await.map_err(failed)?;
    let site = settings.site_url();
    let how = match &sight {
        Sight::Record => format!("what is published was read from {site}"),
        Sight::Feed => format!(
            "of what is published only the feed at {site} is public, and `.onair/manifest.json` is \
             not: every object counts as new"
        ),
        Sight::Nothing(None) => format!(
            "nothing is published at {site} that everybody may read: this is as if nothing were \
             published at all"
        ),
        Sight::Nothing(Some(why)) => format!(
            "what is published cannot be read from {site} ({why}): this is as if nothing were \
             published at all"
        ),
    };
    Ok(Seen {
        target: Target { public: true, ..Target::of(Arc::new(store)) },
        published,
        note: Some(how),
        only_the_feed: sight == Sight::Feed,
    })
}

/// The target's address.
pub fn url<'a>(options: &'a Options, settings: &'a Settings) -> &'a str {
    options.target.as_deref().unwrap_or_else(|| settings.target_url())
}

/// Where the feed stands in the target.
pub fn feed_key(settings: &Settings) -> Result<Key, Error> {
    Key::new(format!("{}{}", settings.site_prefix(), settings.site.feed.get_ref()))
        .map_err(|error| Error::usage(error.to_string()))
}

/// What is known of the bucket that options and settings name.
pub fn s3(options: &Options, settings: &Settings) -> Result<S3Target, Error> {
    let url = url(options, settings);
    refuse_slip(url)?;
    let location: S3Location = url.parse().map_err(|error| Error::usage(format!("{error}")))?;
    let set = &settings.target;
    Ok(S3Target {
        location,
        region: set.region.clone(),
        endpoint: options.endpoint.clone().or_else(|| set.endpoint.clone()),
        path_style: set.path_style,
        profile: set.profile.clone(),
    })
}

/// A store's failure, with its help.
pub fn failed(error: StoreError) -> Error {
    let help = error.help();
    Error { class: Class::Target, message: error.to_string(), help, reported: false }
}

/// Why a release stopped.
pub fn stopped(error: ReleaseError) -> Error {
    let class = match error.class() {
        ErrorClass::Target => Class::Target,
        ErrorClass::Stopped => Class::Stopped,
        ErrorClass::Held => Class::Held,
        ErrorClass::Interrupted => Class::Interrupted,
    };
    let help = error.help();
    Error { class, message: error.to_string(), help, reported: false }
}

impl Target {
    /// A target that keeps metadata with its objects.
    pub fn of(store: Arc<dyn Store>) -> Self {
        Self { store, folder: None, bucket: None, public: false }
    }

    /// The keys below `prefix` where anything stands, if a listing can tell that.
    pub async fn keys(&self, prefix: &str) -> Option<BTreeSet<Key>> {
        if self.public || self.folder.is_some() {
            return None;
        }
        let listed = self.store.list(prefix).await.ok()?;
        Some(listed.into_iter().map(|listed| listed.key).collect())
    }

    /// What the tag of published audio says, where that is told with it.
    pub async fn tag_texts(&self, audio: &PublishedAudio) -> Option<TagTexts> {
        let metadata = match &self.folder {
            Some(folder) => folder.metadata(&audio.key).await.ok()?,
            None => self.store.head(&audio.key).await.ok()??.metadata,
        };
        let mut audio = audio.clone();
        audio::add_source(&mut audio, &metadata);
        audio.tag_texts
    }

    /// What audio stands at `key`: by its own metadata; in a folder, where others may write, by the file.
    pub async fn identify(&self, key: &Key) -> Result<Found, StoreError> {
        if let Some(folder) = &self.folder {
            let named = key.clone();
            let mut found = folder.with_file(key, move |file| look(file, named)).await?;
            if let Some(Found::Audio(audio)) = &mut found {
                audio::add_source(audio, &folder.metadata(key).await?);
            }
            return Ok(found.unwrap_or(Found::Nothing));
        }
        Ok(match self.store.head(key).await? {
            None => Found::Nothing,
            Some(head) => match audio::of_head(key, &head) {
                Some(audio) => Found::Audio(audio),
                // Servers in front of a bucket may keep its metadata to themselves.
                None if self.public => Found::Nothing,
                None => Found::Other,
            },
        })
    }
}

/// What audio a file in a folder is, if it is a tag and sound frames and nothing else.
fn look(mut file: File, key: Key) -> io::Result<Found> {
    let probe = probe_stream(&file, Depth::Hash)?;
    let Content::Mp3(mp3) = &probe.content else { return Ok(Found::Other) };
    let payload = &mp3.payload;
    let Some(payload_sha256) = mp3.payload_sha256.filter(|_| !mp3.has_lost()) else {
        return Ok(Found::Other);
    };
    if payload.end != probe.bytes || payload.start > MAX_BYTES as u64 {
        return Ok(Found::Other);
    }
    let mut tag = Vec::new();
    file.rewind()?;
    file.take(payload.start).read_to_end(&mut tag)?;
    Ok(Found::Audio(PublishedAudio {
        key,
        bytes: probe.bytes,
        milliseconds: mp3.time.milliseconds(),
        gapless_milliseconds: mp3.gapless_time.map(PlayTime::milliseconds),
        tag_sha256: Sha256::of(&tag),
        payload_sha256,
        frames_sha256: None,
        source_bytes: None,
        source_sha256: None,
        waveform: None,
        tag_texts: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn a_slip_in_a_target_is_answered_with_the_right_form() {
        for right in
            ["public", "s3://tides", "s3://tides/a b", "../out", "/var/www", "s3", "s3/x", "C"]
        {
            assert_eq!(slip(right), None, "{right}");
        }
        for (wrong, help) in [
            ("s3:/tides", "write s3://tides"),
            ("s3:tides/web", "write s3://tides/web"),
            ("s3//tides", "write s3://tides"),
            ("s3:///tides", "write s3://tides"),
            ("S3://Tides", "write s3://Tides"),
            ("s3 ://tides", "write s3://tides"),
            ("s3://", "a target is a folder, or s3://bucket/prefix"),
            ("https://tides.s3.eu-west-1.amazonaws.com/web/", "write s3://tides/web"),
            ("file:///var/www", "write /var/www"),
            ("ftp://tides", "a target is a folder, or s3://bucket/prefix"),
        ] {
            assert_eq!(slip(wrong).as_deref(), Some(help), "{wrong}");
        }
        assert!(slip("https://tides.example").unwrap().contains("site.url"));
    }
}
