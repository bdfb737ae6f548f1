//! What comes after a release is done: telling the CDN, and looking at new audio as listeners get it.
//! Whatever it finds, the release is done: it is told, and no failure.

use std::collections::BTreeSet;

use super::args::{Format, Global};
use super::target::Target;
use super::term::Term;
use crate::http::Client;
use crate::plan::Plan;
use crate::public::cloudfront::{self, CloudFrontError};
use crate::public::sample;
use crate::release::Receipt;
use crate::report::{counted, printable};
use crate::show::Settings;
use crate::store::checkup::{Check, Outcome};
use crate::store::s3::S3Store;

/// How many warnings of one kind are told one by one.
const TOLD: usize = 3;

/// Does all of it. A folder is not served by us, and perhaps not yet: nothing is to be done for one.
pub async fn after(
    global: &Global,
    target: &Target,
    settings: &Settings,
    plan: &Plan,
    receipt: &Receipt,
) -> Vec<Check> {
    let Some(bucket) = &target.bucket else { return Vec::new() };
    let mut checks = Vec::new();
    if let Some(distribution) = &settings.target.cloudfront {
        let told = tell_cloudfront(global, bucket, distribution, settings, receipt).await;
        checks.extend(told.transpose().map(|told| match told {
            Ok(paths) => {
                Check::fine("CloudFront", format!("{} to be fetched anew", counted(paths, "path")))
            }
            Err(error) => Check::weak("CloudFront", error.message, error.help),
        }));
    }
    checks.extend(look_at_new_audio(settings, plan).await);
    checks
}

/// How many paths were told of; nothing if none changed.
async fn tell_cloudfront(
    global: &Global,
    bucket: &S3Store,
    distribution: &str,
    settings: &Settings,
    receipt: &Receipt,
) -> Result<Option<usize>, CloudFrontError> {
    let addresses = receipt.changed.iter().filter_map(|key| settings.public_url(key));
    let paths = cloudfront::paths(addresses);
    if paths.is_empty() {
        return Ok(None);
    }
    let untold = |message: String| CloudFrontError {
        message,
        help: "nothing is lost: visitors see the release once the cached copies expire".to_owned(),
    };
    let credentials = bucket.credentials().await.map_err(|error| untold(error.to_string()))?;
    let (api, distribution) = (global.cloudfront.clone(), distribution.to_owned());
    // The release's number comes again in a target that was emptied; the moment does not.
    let occasion = format!("{:?} {}", receipt.number, jiff::Timestamp::now());
    let count = paths.len();
    let told = tokio::task::spawn_blocking(move || {
        let client = Client::new();
        cloudfront::invalidate(&api, &client, &credentials, &distribution, &paths, &occasion)
    });
    told.await.map_err(|error| untold(error.to_string()))??;
    Ok(Some(count))
}

/// Looks at every enclosure that the feed names and did not name before.
async fn look_at_new_audio(settings: &Settings, plan: &Plan) -> Vec<Check> {
    let before = plan.base.record.iter().flat_map(|record| record.listed());
    let known: BTreeSet<_> = before.map(|episode| &episode.enclosure_url).collect();
    let new = plan.episodes.iter().filter(|it| it.listed && !known.contains(&it.enclosure_url));
    let wanted: Vec<_> = new.map(|episode| sample::audio(settings, episode)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let looked = tokio::task::spawn_blocking(move || sample::look(&wanted)).await;
    match looked {
        Ok(Ok(checks)) => checks,
        Ok(Err(error)) => {
            let why = format!("{} cannot be reached from here: {error}", settings.media_url());
            vec![Check::skipped("new audio", why)]
        }
        Err(error) => vec![Check::skipped("new audio", error.to_string())],
    }
}

/// Tells a person: what is fine in one line, what is not as warnings, and the same thing not a
/// hundred times.
pub fn say(checks: &[Check], term: &Term) {
    if term.format() == Format::Json {
        return;
    }
    let mut fine = 0;
    let mut told: Vec<(&str, usize)> = Vec::new();
    for check in checks {
        match &check.outcome {
            Outcome::Fine { seen } if check.name == "CloudFront" => {
                term.say(&format!("CloudFront: {seen}"));
            }
            Outcome::Fine { .. } => fine += 1,
            Outcome::Skipped { why } => {
                term.say(&format!("Not looked at: {}: {}", check.name, printable(why)));
            }
            Outcome::Weak { seen, fix } | Outcome::Broken { seen, fix } => {
                let times = match told.iter_mut().find(|(known, _)| *known == fix) {
                    Some((_, times)) => {
                        *times += 1;
                        *times
                    }
                    None => {
                        told.push((fix, 1));
                        1
                    }
                };
                if times <= TOLD {
                    let text = format!("{}: {}", printable(&check.name), printable(seen));
                    let help = Some(printable(fix)).filter(|_| times == 1);
                    term.warning(&text, help.as_deref());
                }
            }
        }
    }
    for (fix, times) in told.iter().filter(|(_, times)| *times > TOLD) {
        term.warning(&format!("{} more of the same: {}", times - TOLD, printable(fix)), None);
    }
    if fine > 0 {
        term.say(&format!(
            "New audio as the public gets it: {}",
            counted(fine, "check") + " passed"
        ));
    }
}
