//! Which bucket, under which prefix, reached how: `s3://bucket/prefix` and what goes with it.

use std::fmt;
use std::str::FromStr;

use crate::model::object::Key;

/// A bucket and the prefix below which everything of a show stands: `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct S3Location {
    bucket: String,
    prefix: Option<Key>,
}

/// Why a text is no [`S3Location`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLocation {
    /// It does not start with `s3://`.
    #[error("`{0}` is no S3 address: expected `s3://bucket` or `s3://bucket/prefix`")]
    Scheme(String),
    /// No bucket can have this name.
    #[error(
        "`{0}` cannot be a bucket's name: expected 3 to 63 letters, digits, dots, hyphens or underscores"
    )]
    Bucket(String),
    /// The prefix has an empty or dotted part.
    #[error(
        "`{0}` cannot be a prefix: expected parts like `podcast/show`, none empty, `.` or `..`"
    )]
    Prefix(String),
}

impl S3Location {
    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The prefix without slashes around it; empty for the whole bucket.
    pub fn prefix(&self) -> &str {
        self.prefix.as_ref().map_or("", Key::as_str)
    }

    /// The key in the bucket at which `key` (or, for a listing, the start of a key) stands.
    pub(super) fn in_bucket(&self, key: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}/{key}"),
            None => key.to_owned(),
        }
    }

    /// The key in the target of what stands at `full` in the bucket, if it is the target's.
    pub(super) fn in_target(&self, full: &str) -> Option<Key> {
        let key = match &self.prefix {
            Some(prefix) => full.strip_prefix(prefix.as_str())?.strip_prefix('/')?,
            None => full,
        };
        Key::new(key).ok()
    }
}

impl FromStr for S3Location {
    type Err = BadLocation;

    fn from_str(text: &str) -> Result<Self, BadLocation> {
        let rest =
            text.strip_prefix("s3://").ok_or_else(|| BadLocation::Scheme(text.to_owned()))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // Amazon's own rule (S3 user guide, "General purpose bucket naming rules") is narrower;
        // older buckets and other stores allow upper case and underscores.
        let sound = (3..=63).contains(&bucket.len())
            && bucket.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
            && bucket.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !sound {
            return Err(BadLocation::Bucket(bucket.to_owned()));
        }
        let prefix = match prefix.strip_suffix('/').unwrap_or(prefix) {
            "" => None,
            prefix => Some(
                Key::new(prefix)
                    // Keys may be 1,024 bytes long; what stands below needs most of them.
                    .ok()
                    .filter(|key| key.as_str().len() <= 100)
                    .ok_or_else(|| BadLocation::Prefix(prefix.to_owned()))?,
            ),
        };
        Ok(Self { bucket: bucket.to_owned(), prefix })
    }
}

impl fmt::Display for S3Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        self.prefix.as_ref().map_or(Ok(()), |prefix| write!(f, "/{prefix}"))
    }
}

/// An S3 target and how it is reached. What is `None` comes from the environment or the AWS
/// profile, as in every AWS tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Target {
    /// Bucket and prefix.
    pub location: S3Location,
    /// The bucket's region: `eu-central-1`.
    pub region: Option<String>,
    /// The address of a store other than Amazon's: `https://s3.example.net`.
    pub endpoint: Option<String>,
    /// Whether the bucket's name goes into the path rather than the host name. By default it does
    /// with a custom endpoint, since not every such store has a host name for each bucket.
    pub path_style: Option<bool>,
    /// The profile of `~/.aws/config` to use.
    pub profile: Option<String>,
}

impl S3Target {
    /// A target found with the environment's and profile's settings alone.
    pub fn new(location: S3Location) -> Self {
        Self { location, region: None, endpoint: None, path_style: None, profile: None }
    }
}

/// Whether an endpoint is Amazon's own, whose abilities are known.
pub(super) fn is_amazon(endpoint: Option<&str>) -> bool {
    endpoint.is_none_or(|url| {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default();
        host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> S3Location {
        text.parse().unwrap()
    }

    #[test]
    fn bucket_and_prefix_are_told_apart() {
        for (text, bucket, prefix) in [
            ("s3://my-show", "my-show", ""),
            ("s3://my-show/", "my-show", ""),
            ("s3://my.show/pod", "my.show", "pod"),
            ("s3://my-show/pod/cast/", "my-show", "pod/cast"),
        ] {
            let location = parse(text);
            assert_eq!((location.bucket(), location.prefix()), (bucket, prefix), "{text}");
            assert_eq!(location.to_string(), text.trim_end_matches('/'));
        }
    }

    #[test]
    fn what_is_no_location_is_told_apart_from_it() {
        let message = |text: &str| text.parse::<S3Location>().unwrap_err().to_string();
        insta::assert_snapshot!(message("my-show/pod"), @"`my-show/pod` is no S3 address: expected `s3://bucket` or `s3://bucket/prefix`");
        insta::assert_snapshot!(message("s3:///pod"), @"`` cannot be a bucket's name: expected 3 to 63 letters, digits, dots, hyphens or underscores");
        insta::assert_snapshot!(message("s3://my show/pod"), @"`my show` cannot be a bucket's name: expected 3 to 63 letters, digits, dots, hyphens or underscores");
        insta::assert_snapshot!(message("s3://my-show//pod"), @"`/pod` cannot be a prefix: expected parts like `podcast/show`, none empty, `.` or `..`");
        insta::assert_snapshot!(message("s3://my-show/a/../b"), @"`a/../b` cannot be a prefix: expected parts like `podcast/show`, none empty, `.` or `..`");
        for bad in ["s3://", "s3://user:secret@host/x", "S3://my-show", "s3://-ab", "s3://ab"] {
            assert!(bad.parse::<S3Location>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_goes_below_the_prefix_and_comes_back() {
        for location in [parse("s3://show"), parse("s3://show/pod/cast")] {
            let full = location.in_bucket("feed.xml");
            assert_eq!(location.in_target(&full).unwrap().as_str(), "feed.xml");
        }
        let location = parse("s3://show/pod");
        assert_eq!(location.in_bucket("feed.xml"), "pod/feed.xml");
        for foreign in ["podcast/feed.xml", "feed.xml", "pod", "pod/", "pod/a//b", "pod/dir/"] {
            assert_eq!(location.in_target(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn amazon_is_known_by_its_host() {
        for (endpoint, amazon) in [
            (None, true),
            (Some("https://s3.eu-central-1.amazonaws.com"), true),
            (Some("https://s3.cn-north-1.amazonaws.com.cn/"), true),
            (Some("https://s3.amazonaws.com.example.net"), false),
            (Some("http://127.0.0.1:8333"), false),
            (Some("https://example.net/.amazonaws.com"), false),
        ] {
            assert_eq!(is_amazon(endpoint), amazon, "{endpoint:?}");
        }
    }
}
