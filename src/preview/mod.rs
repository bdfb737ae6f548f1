//! A show as it would be published, answered from memory to a browser on this machine.
//!
//! Pure: [`Served`] is made from an edition, [`answer`](answer::answer) is a function from a request
//! to an answer. No path that is asked for ever names a file: what is not in the edition is not there.

pub mod answer;
mod page;
mod panel;
mod range;

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::model::hash::Sha256;
use crate::model::object::Object;
use crate::show::Settings;
use crate::site::edition::Edition;
use page::LocalAudio;
pub use panel::Panel;

/// Below this stands what belongs to the preview and not to the show; no object of an edition does.
const OWN: &str = ".onair/";

/// An episode's audio as it would be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    /// The address that pages and feed give.
    pub url: String,
    /// Changes with every byte.
    pub tag: Sha256,
    /// Its length in bytes.
    pub length: u64,
}

/// An edition, laid out as its site is.
#[derive(Debug)]
pub struct Served {
    /// The site's own path as its address has it: `/`, or `/web/`.
    home: String,
    /// The same, decoded.
    base: String,
    /// By path behind that.
    objects: BTreeMap<String, Object>,
    /// By key.
    audio: BTreeMap<String, Audio>,
    local: LocalAudio,
    /// The episode's file that a page was made from, by the page's path.
    sources: BTreeMap<String, String>,
}

impl Served {
    /// Lays out an edition; `audio`, by key, is what can be played from here.
    pub fn new(settings: &Settings, edition: Edition, audio: BTreeMap<String, Audio>) -> Self {
        let site = Url::parse(&settings.site_url());
        let home = site.map_or_else(|_| "/".to_owned(), |url| url.path().to_owned());
        let base = decode(&home);
        let prefix = settings.site_prefix();
        let sources = edition.episodes.iter().filter_map(|episode| {
            let page = episode.page.as_ref()?.key.as_str().strip_prefix(&prefix)?;
            Some((page.to_owned(), episode.source.clone()))
        });
        let sources = sources.collect();
        let objects = edition.objects.into_iter().chain([edition.feed]).filter_map(|object| {
            Some((object.key.as_str().strip_prefix(&prefix)?.to_owned(), object))
        });
        let objects = objects.collect();
        let local = LocalAudio::new(
            audio.iter().map(|(key, audio)| (audio.url.clone(), answer::audio_path(key))),
        );
        Self { home, base, objects, audio, local, sources }
    }

    /// The path of the site's first page.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// Changes with every byte that is served.
    fn fingerprint(&self) -> String {
        let objects =
            self.objects.values().map(|object| format!("{} {}\n", object.key, tag(object)));
        let audio = self.audio.iter().map(|(key, audio)| format!("{key} {}\n", audio.tag));
        objects.chain(audio).collect()
    }
}

/// What is shown at one moment: the edition, and what there is to say of it.
#[derive(Debug)]
pub struct Preview {
    served: Arc<Served>,
    panel: Panel,
    version: String,
}

impl Preview {
    /// An edition with its panel.
    pub fn new(served: Arc<Served>, panel: Panel) -> Self {
        let all = format!("{}{}", served.fingerprint(), panel.html("", None));
        Self { served, panel, version: short(Sha256::of(all.as_bytes())) }
    }

    /// Changes whenever a browser would see something else.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How much is found of what.
    pub fn summary(&self) -> &str {
        self.panel.summary()
    }

    /// Why the last good edition is shown, and not what the files have now.
    pub fn trouble(&self) -> Option<&str> {
        self.panel.trouble.as_deref()
    }
}

/// An object's identity, as an entity tag has it.
fn tag(object: &Object) -> String {
    object.digest.metadata().into_iter().map(|(_, hash)| short(hash)).collect()
}

fn short(hash: Sha256) -> String {
    hash.to_string().chars().take(16).collect()
}

/// A path, percent-decoded; bytes that are no UTF-8 match no name.
fn decode(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;
