//! Where a release goes: a directory or a bucket, by its address.

use super::args::Global;
use super::{Exit, Failure};
use crate::show::Settings;
use crate::store::dir::DirStore;
use crate::store::s3::{S3Location, S3Store, S3Target};
use crate::store::{Store, StoreError};

/// Opens the target that the arguments or the settings name.
pub async fn open(global: &Global, settings: &Settings) -> Result<Box<dyn Store>, Failure> {
    let url = global.target.as_deref().unwrap_or_else(|| settings.target_url());
    if url.starts_with("s3://") {
        let store = S3Store::connect(s3(url, settings)?).await.map_err(failed)?;
        return Ok(Box::new(store));
    }
    if let Some((scheme, _)) = url.split_once("://") {
        return Err(Failure::new(Exit::Usage, format!("`{scheme}` is no kind of target"))
            .help("a target is a directory, or s3://bucket/prefix"));
    }
    let path = global.show.join(url);
    Ok(Box::new(DirStore::new(path)))
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
