//! `onair doctor`: credentials, bucket, region, rights and conditional writes of the target, one by
//! one; then what the public gets. Each with its fix.

use super::args::{Doctor, Format, Global};
use super::checks::{self, Tally};
use super::target::{self, Target};
use super::term::Term;
use super::{Exit, Failure, Outcome, block_on, gather};
use crate::public::sample;
use crate::release;
use crate::show::Settings;
use crate::store::checkup::Check;
use crate::store::s3::policy;

pub fn run(global: &Global, args: &Doctor, term: &Term) -> Outcome {
    if matches!(term.format(), Format::Github | Format::Sarif) {
        return Err(Failure::new(Exit::Usage, "`onair doctor` reports as human or json only"));
    }
    let settings = gather::show(global)?.settings;
    if args.print_policy {
        return print_policy(global, &settings, term);
    }
    block_on(doctor(global, &settings, term))
}

fn print_policy(global: &Global, settings: &Settings, term: &Term) -> Outcome {
    let url = target::url(global, settings);
    if !url.starts_with("s3://") {
        return Err(Failure::new(
            Exit::Usage,
            format!("`{url}` is no bucket, and needs no policy"),
        )
        .help("name the bucket with --target s3://bucket/prefix, or as target.url in onair.toml"));
    }
    let location = target::s3(url, settings)?.location;
    term.data(&format!("{}\n", policy(&location, settings.target.cloudfront.as_deref())));
    Ok(Exit::Fine)
}

async fn doctor(global: &Global, settings: &Settings, term: &Term) -> Outcome {
    let (name, checks) = match target::open(global, settings).await {
        Ok(target) => (target.store.name(), examine(&target, settings).await?),
        // No region, no such endpoint: the first thing to mend.
        Err(Failure { exit: Exit::Target, message, help }) => {
            let check = Check::broken("way to the target", message, help.unwrap_or_default());
            (target::url(global, settings).to_owned(), vec![check])
        }
        Err(failure) => return Err(failure),
    };
    checks::report("doctor", &name, &checks, term);
    Ok(if Tally::of(&checks).broken > 0 { Exit::Target } else { Exit::Fine })
}

async fn examine(target: &Target, settings: &Settings) -> Result<Vec<Check>, Failure> {
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
    let looked = tokio::task::spawn_blocking(move || sample::look(&wanted)).await;
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
