//! Files beside the pages: the host's images, and onair's own style sheet, scripts and icon.

use bytes::Bytes;
use imagesize::ImageType;

use super::SiteError;
use super::address::Addresses;
use crate::model::object::{Kind, Object};
use crate::show::files::image_type;

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
    pub fn new(path: impl Into<String>, bytes: Bytes) -> Option<Self> {
        let path = path.into();
        let named = image_type(&path)?;
        // What it is, whatever it is called.
        let content_type = match imagesize::image_type(&bytes) {
            Ok(ImageType::Jpeg) => "image/jpeg",
            Ok(ImageType::Png) => "image/png",
            Ok(ImageType::Gif) => "image/gif",
            Ok(ImageType::Webp) => "image/webp",
            _ => named,
        };
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
