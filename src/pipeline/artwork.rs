//! Variants of the show's pictures, made once: kept in memory and in the user's cache, by hash.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use rayon::prelude::*;

use super::cache;
use super::memo::Memo;
use crate::model::hash::Sha256;
use crate::show::files::{NamedFile, Role};
use crate::site::AssetFile;
use crate::site::artwork::{Artwork, Gallery, VERSION, make};

/// The largest file of variants that is read back: six small pictures.
const MAX_KEPT: u64 = 4 << 20;

/// Variants of those pictures that pages show as squares. One that cannot be decoded has none, and is
/// shown as it is.
pub fn gallery(named: &[NamedFile<'_>], root: &Path, assets: &[AssetFile], memo: &Memo) -> Gallery {
    let squares = [Role::Artwork, Role::EpisodeArtwork, Role::ChapterPicture];
    let squares = named.iter().filter(|file| squares.contains(&file.role));
    let squares: BTreeSet<&str> = squares.filter_map(|file| file.find(root).ok()).collect();
    let assets = assets.par_iter().filter(|asset| squares.contains(asset.path()));
    let made = assets.filter_map(|asset| {
        let hash = Sha256::of(asset.bytes());
        let made = memo.artwork(hash, || kept_or_made(hash, asset.bytes()))?;
        Some((asset.path().to_owned(), made))
    });
    made.collect()
}

fn kept_or_made(hash: Sha256, bytes: &Bytes) -> Option<Arc<Artwork>> {
    let file: Option<PathBuf> =
        cache::folder().map(|folder| folder.join("art").join(format!("{hash}-v{VERSION}")));
    let kept = file.as_deref().and_then(|file| cache::read_file(file, MAX_KEPT));
    if let Some(artwork) = kept.and_then(|bytes| Artwork::from_bytes(&Bytes::from(bytes))) {
        return Some(Arc::new(artwork));
    }
    let artwork = make(bytes).ok()?;
    if let Some(file) = file {
        // What cannot be kept is made again.
        let _ = cache::replace(&file, &artwork.to_bytes());
    }
    Some(Arc::new(artwork))
}
