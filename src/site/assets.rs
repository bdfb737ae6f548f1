//! Files beside the pages: the host's images, and onair's own style sheet, scripts and icon.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::address::Addresses;
use super::image_type::image_type;
use super::{SiteError, html};
use crate::model::object::{Kind, Object};
use crate::show::{Episode, Settings, is_inside};

/// The site path of the style sheet with which a browser shows the feed.
pub const FEED_STYLE: &str = "assets/feed.css";

/// An image of the host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFile {
    path: String,
    content_type: &'static str,
    bytes: Bytes,
    pixels: Option<(usize, usize)>,
}

impl AssetFile {
    /// The image at `path` below the show's folder; nothing if its ending is no image's.
    ///
    /// SVG is not among them: it can run scripts, and an episode's files may be a stranger's.
    pub fn new(path: impl Into<String>, bytes: Bytes) -> Option<Self> {
        let path = path.into();
        let content_type = image_type(&path)?;
        let size = imagesize::blob_size(&bytes).ok();
        Some(Self { path, content_type, pixels: size.map(|size| (size.width, size.height)), bytes })
    }

    /// The path below the show's folder, which is also its site path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Width and height, if its first bytes tell them.
    pub(super) fn pixels(&self) -> Option<(usize, usize)> {
        self.pixels
    }

    pub(super) fn object(&self, addresses: &Addresses) -> Result<Object, SiteError> {
        let key = addresses.key(&self.path)?;
        Ok(Object::in_memory(key, Kind::Image, self.content_type, self.bytes.clone()))
    }
}

/// The paths below the show's folder of every image that settings and these episodes name, whether
/// there is such a file or not.
pub fn wanted<'a>(
    show: &Settings,
    episodes: impl IntoIterator<Item = &'a Episode>,
) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    let mut want = |path: &str| {
        let path = path.trim_start_matches('/');
        if is_inside(path) && image_type(path).is_some() {
            wanted.insert(path.to_owned());
        }
    };
    want(show.show.artwork.get_ref());
    show.show.hosts.iter().filter_map(|host| host.image.as_deref()).for_each(&mut want);
    for episode in episodes {
        for given in [&episode.background, &episode.social_background, &episode.image] {
            given.value().map(String::as_str).into_iter().for_each(&mut want);
        }
        let folder = episode.source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for image in html::images(episode.notes_text()) {
            want(&image);
            want(&format!("{folder}/{image}"));
            // `../img/x.png` from a folder of the first level is `img/x.png`.
            want(image.trim_start_matches("../"));
        }
    }
    wanted
}
