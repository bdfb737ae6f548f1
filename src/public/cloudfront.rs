//! Telling CloudFront which of its cached copies are out of date.
//!
//! One call of one REST API, signed by the library that signs for S3, rather than the whole SDK of
//! CloudFront for it. Every path is named: a wildcard would make the CDN fetch all audio anew.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use quick_xml::escape::escape;

use crate::http::{Client, HttpError};
use crate::model::hash::Sha256;

/// Where CloudFront's API stands; it has one region.
pub const API: &str = "https://cloudfront.amazonaws.com/2020-05-31";
const REGION: &str = "us-east-1";

/// Paths in one request. Source: CloudFront developer guide, "Quotas on invalidations" (3,000 files
/// in progress at a time).
const BATCH: usize = 3000;

/// An error answer is a few lines.
const LIMIT: u64 = 64 * 1024;

/// How often a request that fails in passing is sent.
const ATTEMPTS: u32 = 4;

/// Why a distribution was not told.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CloudFrontError {
    /// What failed and why, in one line.
    pub message: String,
    /// What the host can do about it.
    pub help: String,
}

/// The paths that change for visitors when what is public at `addresses` changes. A page
/// `a/index.html` is also what is shown at `/a/`.
pub fn paths(addresses: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    let mut paths = BTreeSet::new();
    for address in addresses {
        let (_, behind) = address.as_ref().split_once("://").unwrap_or_default();
        let path = format!("/{}", encoded(behind.split_once('/').unwrap_or_default().1));
        if let Some(folder) = path.strip_suffix("index.html").filter(|it| it.ends_with('/')) {
            paths.insert(folder.to_owned());
        }
        paths.insert(path);
    }
    paths.into_iter().collect()
}

/// Nothing but what a path may hold; an asterisk must not become a wildcard.
fn encoded(address: &str) -> String {
    let mut path = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'%' => path.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => path.push(char::from(byte)),
            byte => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

/// Has `distribution` fetch `paths` anew; says how many requests that took. Blocks.
///
/// `api` is [`API`], but for tests. `occasion` names what changed: the same occasion is one
/// invalidation, however often it is asked for.
///
/// # Errors
/// [`CloudFrontError`]; the release itself is done by then, and visitors see it once caches expire.
pub fn invalidate(
    api: &str,
    client: &Client,
    credentials: &Credentials,
    distribution: &str,
    paths: &[String],
    occasion: &str,
) -> Result<usize, CloudFrontError> {
    if distribution.is_empty() || !distribution.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(CloudFrontError {
            message: format!("`{distribution}` is not a CloudFront distribution"),
            help: "give its id, like `E2QWRUHEXAMPLE`".to_owned(),
        });
    }
    let url = format!("{api}/distribution/{distribution}/invalidation");
    for batch in paths.chunks(BATCH) {
        send(client, credentials, &url, &batch_of(batch, occasion), distribution)?;
    }
    Ok(paths.len().div_ceil(BATCH))
}

/// The request's body. Source: CloudFront API reference, `CreateInvalidation`.
fn batch_of(paths: &[String], occasion: &str) -> String {
    let reference = Sha256::of(format!("{occasion}\n{}", paths.join("\n")).as_bytes());
    let items: String = paths.iter().map(|path| format!("<Path>{}</Path>", escape(path))).collect();
    format!(
        "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>onair-{reference}</CallerReference>\
         <Paths><Quantity>{}</Quantity><Items>{items}</Items></Paths></InvalidationBatch>",
        paths.len()
    )
}

fn send(
    client: &Client,
    credentials: &Credentials,
    url: &str,
    body: &str,
    distribution: &str,
) -> Result<(), CloudFrontError> {
    let mut attempt = 1;
    loop {
        let headers = signed(credentials, url, body, SystemTime::now())?;
        let mut all = vec![("Content-Type", "text/xml")];
        all.extend(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = client.post(url, &all, body.as_bytes(), LIMIT);
        let passing = match &answer {
            Ok(answer) => answer.status == 429 || answer.status >= 500,
            Err(error) => error.is_passing(),
        };
        if passing && attempt < ATTEMPTS {
            std::thread::sleep(Duration::from_millis(250 << attempt));
            attempt += 1;
            continue;
        }
        return match answer {
            Ok(answer) if answer.is_success() => Ok(()),
            Ok(answer) => Err(refused(answer.status, &answer.bytes, distribution)),
            Err(error) => Err(unanswered(&error)),
        };
    }
}

/// The headers that sign a request at `now`.
fn signed(
    credentials: &Credentials,
    url: &str,
    body: &str,
    now: SystemTime,
) -> Result<Vec<(String, String)>, CloudFrontError> {
    let unsigned = |error: &dyn std::fmt::Display| CloudFrontError {
        message: format!("the request to CloudFront cannot be signed: {error}"),
        help: "check the AWS credentials; `aws sts get-caller-identity` must succeed".to_owned(),
    };
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("cloudfront")
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| unsigned(&error))?;
    let headers = std::iter::once(("content-type", "text/xml"));
    let request = SignableRequest::new("POST", url, headers, SignableBody::Bytes(body.as_bytes()))
        .map_err(|error| unsigned(&error))?;
    let signature = sign(request, &params.into()).map_err(|error| unsigned(&error))?;
    let (instructions, _) = signature.into_parts();
    let headers = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(headers.collect())
}

fn refused(status: u16, body: &[u8], distribution: &str) -> CloudFrontError {
    let text = String::from_utf8_lossy(body);
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map_or("", |(code, _)| code)
        .trim();
    let (what, help) = match code {
        "AccessDenied" => (
            format!("not allowed to invalidate distribution {distribution}"),
            "the credentials need cloudfront:CreateInvalidation; `onair doctor --print-policy` \
             prints the whole policy",
        ),
        "NoSuchDistribution" => (
            format!("there is no distribution {distribution} in this account"),
            "correct `cloudfront` under [target] in onair.toml",
        ),
        "TooManyInvalidationsInProgress" => (
            "too many invalidations are in progress".to_owned(),
            "nothing is lost: visitors see the release once the cached copies expire",
        ),
        "ExpiredToken" | "InvalidClientTokenId" | "SignatureDoesNotMatch" => (
            "CloudFront does not accept the AWS credentials".to_owned(),
            "sign in again (`aws sso login`), or correct the keys",
        ),
        _ => {
            let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
            let separator = if code.is_empty() { "" } else { " " };
            (
                format!("CloudFront refused the invalidation ({status}{separator}{code})"),
                "nothing is lost: visitors see the release once the cached copies expire",
            )
        }
    };
    CloudFrontError { message: what, help: help.to_owned() }
}

fn unanswered(error: &HttpError) -> CloudFrontError {
    CloudFrontError {
        message: format!("CloudFront could not be reached: {error}"),
        help: "nothing is lost: visitors see the release once the cached copies expire".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::{self, Reply, Server};
    use std::sync::{Arc, Mutex};

    fn credentials() -> Credentials {
        Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            None,
            None,
            "test",
        )
    }

    #[test]
    fn every_address_of_a_page_is_named_and_no_wildcard() {
        let below = ["feed.xml", "a/index.html", "index.html", "%C3%A9%20*.mp3", "myindex.html"];
        let paths = paths(below.map(|path| format!("https://show.example/{path}")));
        assert_eq!(
            paths,
            [
                "/",
                "/%C3%A9%20%2A.mp3",
                "/a/",
                "/a/index.html",
                "/feed.xml",
                "/index.html",
                "/myindex.html"
            ]
        );
    }

    #[test]
    fn a_request_is_the_same_for_the_same_occasion_only() {
        let paths = ["/a&b".to_owned(), "/c".to_owned()];
        let body = batch_of(&paths, "release 7");
        assert!(body.contains("<Quantity>2</Quantity>"), "{body}");
        assert!(body.contains("<Path>/a&amp;b</Path><Path>/c</Path>"), "{body}");
        assert_eq!(body, batch_of(&paths, "release 7"));
        assert_ne!(body, batch_of(&paths, "release 8"));
        assert_ne!(body, batch_of(&paths[..1], "release 7"));
    }

    #[test]
    fn a_signature_is_that_of_the_aws_scheme() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
        let headers =
            signed(&credentials(), "https://cloudfront.amazonaws.com/x", "<a/>", at).unwrap();
        let value = |name: &str| {
            headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
        };
        assert_eq!(value("x-amz-date"), Some("20150830T123600Z"));
        let authorization = value("authorization").unwrap();
        // Computed apart from the library, by the steps of "Create a signed AWS API request".
        let expected = expected_authorization();
        assert_eq!(authorization, expected);
    }

    /// Signature Version 4 in the smallest form, for the one request of the test above.
    fn expected_authorization() -> String {
        fn hmac(key: &[u8], text: &str) -> [u8; 32] {
            let mut block = [0_u8; 64];
            block[..key.len()].copy_from_slice(key);
            let inner: Vec<u8> = block.iter().map(|byte| byte ^ 0x36).chain(text.bytes()).collect();
            let inner = Sha256::of(&inner);
            let outer: Vec<u8> = block
                .iter()
                .map(|byte| byte ^ 0x5c)
                .chain(inner.as_bytes().iter().copied())
                .collect();
            *Sha256::of(&outer).as_bytes()
        }
        let names = "content-type;host;x-amz-date";
        let canonical = format!(
            "POST\n/x\n\ncontent-type:text/xml\nhost:cloudfront.amazonaws.com\n\
             x-amz-date:20150830T123600Z\n\n{names}\n{}",
            Sha256::of(b"<a/>")
        );
        let scope = "20150830/us-east-1/cloudfront/aws4_request";
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n20150830T123600Z\n{scope}\n{}",
            Sha256::of(canonical.as_bytes())
        );
        let mut key = hmac(b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830");
        for part in ["us-east-1", "cloudfront", "aws4_request"] {
            key = hmac(&key, part);
        }
        let signature = Sha256::from_bytes(hmac(&key, &to_sign));
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={names}, \
             Signature={signature}"
        )
    }

    #[test]
    fn many_paths_go_in_batches_and_passing_failures_are_tried_again() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let server = Server::start(move |request| {
            let mut kept = kept.lock().unwrap();
            kept.push((request.path.clone(), request.body.matches("<Path>").count()));
            Reply::status(if kept.len() == 2 { 503 } else { 201 })
        });
        let many: Vec<String> = (0..3001).map(|number| format!("/{number}")).collect();
        let sent = invalidate(
            &server.url(""),
            &testing::client(),
            &credentials(),
            "E1",
            &many,
            "release 7",
        );
        assert_eq!(sent.unwrap(), 2);
        let path = "/distribution/E1/invalidation".to_owned();
        let expected = [(path.clone(), 3000), (path.clone(), 1), (path, 1)];
        assert_eq!(*seen.lock().unwrap(), expected);
        let none = invalidate(
            "http://127.0.0.1:1",
            &testing::client(),
            &credentials(),
            "E1",
            &[],
            "release 7",
        );
        assert_eq!(none.unwrap(), 0, "nothing to say, nobody asked");
    }

    #[test]
    fn a_refusal_is_told_with_its_fix_and_no_secret() {
        let said = |code: &'static str| {
            let server = Server::start(move |_| {
                let body =
                    format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
                let mut reply = Reply::ok("text/xml", body);
                reply = reply.with_status(400);
                reply
            });
            let paths = ["/a".to_owned()];
            let error = invalidate(
                &server.url(""),
                &testing::client(),
                &credentials(),
                "E1",
                &paths,
                "release 7",
            )
            .unwrap_err();
            assert!(!format!("{error:?}").contains("wJalr"));
            format!("{error}\n  {}", error.help)
        };
        let codes = [
            "AccessDenied",
            "NoSuchDistribution",
            "TooManyInvalidationsInProgress",
            "ExpiredToken",
            "Other<b>\u{1b}",
        ];
        insta::assert_snapshot!(codes.map(said).join("\n"));
        let bad = invalidate("x", &testing::client(), &credentials(), "E1/../x", &[], "");
        insta::assert_snapshot!(bad.unwrap_err(), @"`E1/../x` is not a CloudFront distribution");
    }
}
