//! What comes after a release: telling the CDN, and looking at new audio as listeners get it. The
//! release is done by then, so whatever is found is reported and fails nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Options;
use super::target::Target;
use super::trust;
use crate::http::Client;
use crate::model::checkup::Check;
use crate::model::object::Key;
use crate::plan::Plan;
use crate::public::cloudfront::{self, CloudFrontError};
use crate::public::hubs;
use crate::public::sample;
use crate::release::Receipt;
use crate::report::counted;
use crate::show::Settings;
use crate::store::s3::S3Store;

/// By this Podping knows who may speak for feeds.
const PODPING_TOKEN: &str = "ONAIR_PODPING_TOKEN";

/// Does all of it. A folder is not served by us, and perhaps not yet: nothing is to be done for one.
pub async fn after(
    options: &Options,
    target: &Target,
    settings: &Settings,
    plan: &Plan,
    receipt: &Receipt,
    now: Timestamp,
) -> Vec<Check> {
    let Some(bucket) = &target.bucket else { return Vec::new() };
    let mut checks = Vec::new();
    // The release's number comes again in a target that was emptied; the moment does not.
    let occasion = format!("{:?} {now}", receipt.number);
    let changed = receipt.changed.iter();
    checks.extend(tell_cloudfront(options, bucket, settings, changed, occasion).await);
    checks.extend(look_at_new_audio(options, settings, plan).await);
    if receipt.feed_published && (settings.site.hub.is_some() || settings.site.podping.is_some()) {
        let (settings, client) = (settings.clone(), client_of(options, settings));
        let mut token = std::env::var(PODPING_TOKEN).ok();
        if token.is_some()
            && let Err(doubt) = trust::may_tell(options, &settings)
        {
            token = None;
            let said = format!("{PODPING_TOKEN} was not sent: {}", doubt.reason);
            checks.push(Check::weak("Podping", said, doubt.help));
        }
        let told =
            tokio::task::spawn_blocking(move || hubs::tell(&client, &settings, token.as_deref()));
        checks.extend(told.await.unwrap_or_default());
    }
    checks
}

/// Tells the CDN of files that were removed for good: copies of audio are kept there for a year.
pub async fn after_removal(
    options: &Options,
    target: &Target,
    settings: &Settings,
    removed: impl Iterator<Item = &Key>,
    now: Timestamp,
) -> Option<Check> {
    let bucket = target.bucket.as_ref()?;
    tell_cloudfront(options, bucket, settings, removed, format!("removal {now}")).await
}

fn client_of(options: &Options, settings: &Settings) -> Client {
    Client::reaching(trust::reach(options, settings))
}

/// How many paths the CDN was told of; nothing without one, or if none changed.
async fn tell_cloudfront(
    options: &Options,
    bucket: &S3Store,
    settings: &Settings,
    changed: impl Iterator<Item = &Key>,
    occasion: String,
) -> Option<Check> {
    let distribution = settings.target.cloudfront.as_ref()?;
    let told = invalidate(options, bucket, distribution, settings, changed, occasion).await;
    told.transpose().map(|told| match told {
        Ok(paths) => {
            Check::fine("CloudFront", format!("{} to be fetched anew", counted(paths, "path")))
        }
        Err(error) => Check::weak("CloudFront", error.message, error.help),
    })
}

async fn invalidate(
    options: &Options,
    bucket: &S3Store,
    distribution: &str,
    settings: &Settings,
    changed: impl Iterator<Item = &Key>,
    occasion: String,
) -> Result<Option<usize>, CloudFrontError> {
    let addresses = changed.filter_map(|key| settings.public_url(key));
    let paths = cloudfront::paths(addresses);
    if paths.is_empty() {
        return Ok(None);
    }
    let untold = |message: String| CloudFrontError {
        message,
        help: "nothing is lost: visitors see the release once the cached copies expire".to_owned(),
    };
    let credentials = bucket.credentials().await.map_err(|error| untold(error.to_string()))?;
    let client = client_of(options, settings);
    let (api, distribution) = (options.cloudfront.clone(), distribution.to_owned());
    let count = paths.len();
    let told = tokio::task::spawn_blocking(move || {
        cloudfront::invalidate(&api, &client, &credentials, &distribution, &paths, &occasion)
    });
    told.await.map_err(|error| untold(error.to_string()))??;
    Ok(Some(count))
}

/// Looks at every enclosure that the feed names and did not name before.
async fn look_at_new_audio(options: &Options, settings: &Settings, plan: &Plan) -> Vec<Check> {
    let before = plan.base.record.iter().flat_map(|record| record.listed());
    let known: BTreeSet<_> = before.map(|episode| &episode.enclosure_url).collect();
    let new = plan.episodes.iter().filter(|it| it.listed && !known.contains(&it.enclosure_url));
    let wanted: Vec<_> = new.map(|episode| sample::audio(settings, episode)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let client = client_of(options, settings);
    let looked = tokio::task::spawn_blocking(move || sample::look(&client, &wanted)).await;
    match looked {
        Ok(Ok(checks)) => checks,
        Ok(Err(error)) => {
            let why = format!("{} cannot be reached from here: {error}", settings.media_url());
            vec![Check::skipped("new audio", why)]
        }
        Err(error) => vec![Check::skipped("new audio", error.to_string())],
    }
}
