//! Finding the way to a bucket: credentials, region and endpoint, as every AWS tool finds them.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    AppName, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use tokio::sync::{OnceCell, Semaphore};
use url::{Host, Url};

use crate::store::StoreError;

use super::S3Store;
use super::cause::{Cause, innermost};
use super::clock::StoreClock;
use super::failure::Place;
use super::line::Line;
use super::operation::Operation;
use super::pace::Pace;
use super::retry::WorthAsking;
use super::target::{S3Location, S3Target, is_amazon};
use super::tuning::Tuning;

/// Uploads in parts that are begun at a time: enough for one to send while others wait for an answer at
/// their end, and few to go on with after a cut.
const UPLOADS: usize = 12;

/// Set to anything, nothing but this machine is asked: for tests. As in [`crate::http::reach`].
const ONLY_LOOPBACK: &str = "ONAIR_ONLY_LOOPBACK";

impl S3Store {
    /// The store that `target` names, with credentials as every AWS tool finds them: environment,
    /// profile, SSO session, web identity, container or instance. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if no region is set for Amazon S3 or the endpoint is not a web address.
    pub async fn connect(target: S3Target) -> Result<Self, StoreError> {
        let shared = shared(&target).await;
        Self::new(target, &shared, Tuning::default())
    }

    /// The same, with credentials and all that `target` does not say taken from `shared`.
    ///
    /// # Errors
    /// As [`S3Store::connect`].
    pub fn new(target: S3Target, shared: &SdkConfig, tuning: Tuning) -> Result<Self, StoreError> {
        let endpoint = endpoint_of(shared, &target);
        let amazon = is_amazon(endpoint.as_deref());
        if let Some(endpoint) = endpoint.as_deref() {
            check_endpoint(endpoint)?;
        }
        // Stores with one region accept Amazon's first one; it only goes into the signature.
        let region = match target.region.clone().map(Region::new).or(shared.region().cloned()) {
            Some(region) => region,
            None if !amazon => Region::from_static("us-east-1"),
            None => return Err(no_region(&target.location)),
        };
        let is_here = endpoint
            .as_deref()
            .is_some_and(|url| Url::parse(url).is_ok_and(|url| is_loopback(&url)));
        if !is_here && std::env::var_os(ONLY_LOOPBACK).is_some() {
            return Err(elsewhere());
        }

        let place = Place {
            location: target.location,
            region: Some(region.to_string()),
            endpoint: endpoint.as_deref().filter(|_| !amazon).map(without_user),
        };
        let mut config = aws_sdk_s3::config::Builder::from(shared);
        config.set_app_name(AppName::new("onair").ok());
        config.set_endpoint_url(endpoint.clone());
        let clock = StoreClock::default();
        let config = config
            .interceptor(clock.clone())
            .region(region)
            .force_path_style(target.path_style.unwrap_or(endpoint.is_some() && !amazon))
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(tuning.attempts)
                    .with_initial_backoff(tuning.first_wait)
                    .with_max_backoff(tuning.longest_wait),
            )
            // The SDK's own quota of retries is shared by all clients of a process; the number of
            // attempts bounds ours.
            .retry_partition(
                RetryPartition::custom("onair").token_bucket(TokenBucket::unlimited()).build(),
            )
            .retry_classifier(WorthAsking)
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(tuning.silence)
                    .operation_attempt_timeout(tuning.answer)
                    .build(),
            )
            .stalled_stream_protection(
                StalledStreamProtectionConfig::enabled().grace_period(tuning.silence).build(),
            )
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(if amazon {
                ResponseChecksumValidation::WhenSupported
            } else {
                ResponseChecksumValidation::WhenRequired
            })
            .build();
        Ok(Self {
            client: Client::from_conf(config),
            credentials: shared.credentials_provider(),
            place,
            amazon,
            clock,
            conditional: OnceCell::new(),
            md5_only: AtomicBool::new(false),
            versioned: AtomicBool::new(false),
            no_redirects: AtomicBool::new(false),
            // More long parts at a time only fill the server's memory.
            line: Line::new(tuning.in_flight),
            pace: Pace::new(tuning.in_flight, tuning.most_in_flight),
            uploads: Semaphore::new(UPLOADS),
            notes: Mutex::new(None),
            tuning,
        })
    }

    /// The credentials that requests are signed with, for other services of the same account.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if there are none, or their source fails.
    pub async fn credentials(&self) -> Result<Credentials, StoreError> {
        let cause = match &self.credentials {
            None => Cause::NoCredentials,
            Some(provider) => match provider.provide_credentials().await {
                Ok(credentials) => return Ok(credentials),
                Err(CredentialsError::CredentialsNotLoaded(_)) => Cause::NoCredentials,
                Err(other) => Cause::Credentials(innermost(&other)),
            },
        };
        Err(self.place.explain(Operation::Read, "", &cause))
    }
}

/// Whether any source has credentials for `target`, good or not.
///
/// # Errors
/// Why none has. A machine's metadata service that answers something else is no source: every hosted
/// runner has one.
pub async fn has_credentials(target: &S3Target) -> Result<(), String> {
    let none = || "no source has any".to_owned();
    let provider = shared(target).await.credentials_provider().ok_or_else(none)?;
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(CredentialsError::CredentialsNotLoaded(_)) => Err(none()),
        Err(other) => Err(innermost(&other)),
    }
}

/// What the environment and the settings say of the way to a bucket.
async fn shared(target: &S3Target) -> SdkConfig {
    // Not the SDK's own chain, which would ask a cloud machine's metadata service last, and wait
    // for its answer wherever there is none.
    let mut profile = ProfileFileRegionProvider::builder();
    let mut loader = aws_config::from_env();
    if let Some(name) = &target.profile {
        profile = profile.profile_name(name);
        loader = loader.profile_name(name);
    }
    let region = RegionProviderChain::first_try(target.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build());
    loader.region(region).load().await
}

/// The endpoint in effect, if it is not Amazon's for the region: as the SDK itself looks for it.
fn endpoint_of(shared: &SdkConfig, target: &S3Target) -> Option<String> {
    let of_service = || {
        let key = ServiceConfigKey::builder()
            .service_id("S3")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        shared.service_config()?.load_config(key)
    };
    let endpoint = target.endpoint.clone().or_else(of_service);
    endpoint.or_else(|| shared.endpoint_url().map(str::to_owned))
}

/// Credentials go over nothing that others can read.
fn check_endpoint(endpoint: &str) -> Result<(), StoreError> {
    let refused = |message: String, help: &str| {
        Err(StoreError::Failed { message, help: Some(help.to_owned()), transient: false })
    };
    let shown = without_user(endpoint);
    let is_written = ["https://", "http://"]
        .iter()
        .find_map(|scheme| endpoint.strip_prefix(scheme))
        .is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
    match Url::parse(endpoint) {
        Ok(url) if is_written && url.scheme() == "https" => Ok(()),
        Ok(url) if is_written && is_loopback(&url) => Ok(()),
        Ok(_) if is_written => refused(
            format!("the endpoint `{shown}` is not encrypted, and credentials would go there"),
            "give its `https://` address; only this machine itself is asked over `http://`",
        ),
        _ => refused(
            format!("the endpoint `{shown}` is not a web address"),
            "give it whole, like `https://s3.example.net`",
        ),
    }
}

fn elsewhere() -> StoreError {
    StoreError::Failed {
        message: format!("the store is not on this machine, and {ONLY_LOOPBACK} is set"),
        help: Some(format!("take {ONLY_LOOPBACK} out of the environment: it is for tests")),
        transient: false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        // RFC 6761, section 6.3.
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn no_region(location: &S3Location) -> StoreError {
    StoreError::Failed {
        message: format!("the region of bucket `{}` is not set", location.bucket()),
        help: Some(
            "set the region in onair.toml, AWS_REGION or the AWS profile, for example \
             `eu-central-1`"
                .to_owned(),
        ),
        transient: false,
    }
}

/// An address without the user name and password that may stand in it.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host_ends = rest.find('/').unwrap_or(rest.len());
    let host_starts = rest[..host_ends].rfind('@').map_or(0, |at| at + 1);
    match scheme {
        "" => rest[host_starts..].to_owned(),
        scheme => format!("{scheme}://{}", &rest[host_starts..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_over_http_to_this_machine_alone() {
        for (endpoint, is_fine) in [
            ("https://s3.example.net", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000/", true),
            ("http://localhost:9000", true),
            ("http://s3.example.net", false),
            ("http://127.0.0.1.example.net", false),
            ("http://127.0.0.1@example.net", false),
            ("http://localhost.example.net", false),
            ("http://169.254.169.254", false),
            ("http://10.0.0.1:9000", false),
            ("ftp://127.0.0.1", false),
            ("s3.example.net", false),
        ] {
            assert_eq!(check_endpoint(endpoint).is_ok(), is_fine, "{endpoint}");
        }
    }

    #[test]
    fn an_endpoint_is_shown_without_its_password() {
        for (url, shown) in [
            ("https://s3.example.net/x@y", "https://s3.example.net/x@y"),
            ("http://user:secret@127.0.0.1:9000/", "http://127.0.0.1:9000/"),
            ("user:secret@host", "host"),
        ] {
            assert_eq!(without_user(url), shown);
        }
    }
}
