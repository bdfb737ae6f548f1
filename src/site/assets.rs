//! Files beside the pages: the host's images, and onair's own style sheet, scripts and icon.

use bytes::Bytes;

use super::SiteError;
use super::address::Addresses;
use crate::model::hash::Sha256;
use crate::model::object::{Body, Digest, Kind, Object};
use crate::show::files::{image_type, picture_kind};

/// The site path of the style sheet with which a browser shows the feed.
pub const FEED_STYLE: &str = "assets/feed.css";

/// An image of the host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFile {
    path: String,
    site_path: String,
    content_type: &'static str,
    digest: Digest,
    bytes: Bytes,
    pixels: Option<(usize, usize)>,
}

impl AssetFile {
    /// The image at `path` below the show's folder; nothing if its ending is no image's.
    pub fn new(path: impl Into<String>, bytes: Bytes) -> Option<Self> {
        let path = path.into();
        let named = image_type(&path)?;
        // A web server tells what it is by the ending of what is published.
        let (content_type, ending) = picture_kind(&bytes).unwrap_or((named, ""));
        let published = match path.rsplit_once('.') {
            Some((stem, _)) if content_type != named => &format!("{stem}{ending}"),
            _ => &path,
        };
        let pixels = imagesize::blob_size(&bytes).ok().map(|size| (size.width, size.height));
        let sha256 = Sha256::of(&bytes);
        let (site_path, digest) = (named_by_content(published, sha256), Digest::Whole { sha256 });
        Some(Self { path, site_path, content_type, digest, bytes, pixels })
    }

    /// The path below the show's folder.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The site path: the file's name with its content's hash, so that a new picture has a new address.
    ///
    /// Apps and CDNs keep a picture by its address, and Apple asks for another name for new artwork.
    pub fn site_path(&self) -> &str {
        &self.site_path
    }

    /// The file.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Width and height, if its first bytes tell them.
    pub(super) fn pixels(&self) -> Option<(usize, usize)> {
        self.pixels
    }

    pub(super) fn object(&self, addresses: &Addresses) -> Result<Object, SiteError> {
        Ok(Object {
            key: addresses.key(&self.site_path)?,
            kind: Kind::Image,
            content_type: self.content_type,
            digest: self.digest.clone(),
            body: Body::Bytes(self.bytes.clone()),
            metadata: Default::default(),
            redirect: None,
        })
    }
}

/// As many hexadecimal digits of its hash stand in an image's name.
const MARK: usize = 8;

/// `img/artwork.jpg` as `img/artwork-0a1b2c3d.jpg`.
fn named_by_content(path: &str, sha256: Sha256) -> String {
    let hash = sha256.to_string();
    let mark = &hash[..MARK];
    match path.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{mark}.{ending}"),
        None => format!("{path}-{mark}"),
    }
}
