//! `doctor`: credentials, bucket, region, rights and conditional writes of the target, one by one;
//! then what the public gets. Each with its fix.

use super::target::{self, Target};
use super::trust::{self, Purpose};
use super::{Class, Error, Options, load};
use crate::http::Client;
use crate::model::checkup::Check;
use crate::public::sample;
use crate::release;
use crate::show::Settings;
use crate::store::s3::policy;

/// What came of an examination.
pub struct Examined {
    /// The target's name.
    pub target: String,
    /// What was looked at.
    pub checks: Vec<Check>,
}

/// The least that an AWS identity must be allowed to do, as an IAM policy.
///
/// # Errors
/// If the target is not a bucket.
pub fn print_policy(options: &Options) -> Result<String, Error> {
    let settings = load::show(&options.root)?.settings;
    let url = target::url(options, &settings);
    if !url.starts_with("s3://") {
        return Err(Error::usage(format!("`{url}` is not a bucket, and needs no policy")).help(
            "name the bucket with --target s3://bucket/prefix, or as target.url in onair.toml",
        ));
    }
    let location = target::s3(options, &settings)?.location;
    Ok(policy(&location, settings.target.cloudfront.as_deref()))
}

/// Examines the target step by step.
///
/// # Errors
/// If the show cannot be read, or the target's address is none.
pub async fn examine(options: &Options) -> Result<Examined, Error> {
    let settings = load::show(&options.root)?.settings;
    match target::open(options, &settings, Purpose::Use).await {
        Ok(target) => {
            let checks = look(options, &target, &settings).await?;
            Ok(Examined { target: target.store.name(), checks })
        }
        // No region, no such endpoint: the first thing to fix.
        Err(Error { class: Class::Target, message, help, .. }) => {
            let check = Check::broken("way to the target", message, help.unwrap_or_default());
            let target = target::url(options, &settings).to_owned();
            Ok(Examined { target, checks: vec![check] })
        }
        Err(error) => Err(error),
    }
}

async fn look(
    options: &Options,
    target: &Target,
    settings: &Settings,
) -> Result<Vec<Check>, Error> {
    let mut checks = match (&target.bucket, &target.folder) {
        (Some(bucket), _) => bucket.doctor().await,
        (None, Some(folder)) => folder.doctor().await,
        (None, None) => Vec::new(),
    };
    let name = "public address";
    if checks.iter().any(Check::is_broken) {
        checks.push(Check::skipped(name, "the target must work first"));
        return Ok(checks);
    }
    let feed = target::feed_key(settings)?;
    let record = match release::read_published(target.store.as_ref(), &feed).await {
        Ok(published) => published.record,
        Err(error) => {
            let help = error.help().unwrap_or_default();
            checks.push(Check::broken("records", error.to_string(), help));
            return Ok(checks);
        }
    };
    let Some(record) = record else {
        checks.push(Check::skipped(name, "nothing is published yet"));
        return Ok(checks);
    };
    let wanted = sample::samples(settings, &record);
    let client = Client::reaching(trust::reach(options, settings));
    let looked = tokio::task::spawn_blocking(move || sample::look(&client, &wanted)).await;
    match looked {
        Ok(Ok(looked)) => checks.extend(looked),
        Ok(Err(error)) => checks.push(unreachable(target, settings, &error.to_string())),
        Err(error) => checks.push(Check::skipped(name, error.to_string())),
    }
    Ok(checks)
}

/// A folder is served by somebody else, perhaps not yet.
fn unreachable(target: &Target, settings: &Settings, why: &str) -> Check {
    let (name, seen) = ("public address", format!("{}: {why}", settings.feed_url()));
    match target.folder {
        Some(_) => Check::weak(name, seen, "have a web server serve the folder under `site.url`"),
        None => Check::broken(
            name,
            seen,
            "check `site.url` in onair.toml, its DNS entry and the server or CDN behind it",
        ),
    }
}
