//! What a store's answer, or its silence, means to a host: one line with the cause, and the fix.

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::store::StoreError;

use super::target::S3Location;

/// What was asked of the store; each needs a right of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Reading an object, or what is known of it.
    Read,
    /// Listing objects, without which a missing object cannot be told from a forbidden one.
    List,
    /// Writing an object, in one piece or in parts.
    Write,
    /// Removing an object.
    Delete,
    /// Listing the parts of an unfinished upload.
    ListParts,
    /// Listing unfinished uploads.
    ListUploads,
    /// Discarding an unfinished upload.
    Abort,
}

impl Operation {
    /// The name of the IAM action that allows it.
    ///
    /// Source: Service Authorization Reference, "Actions defined by Amazon S3".
    pub fn action(self) -> &'static str {
        match self {
            Self::Read => "s3:GetObject",
            Self::List => "s3:ListBucket",
            Self::Write => "s3:PutObject",
            Self::Delete => "s3:DeleteObject",
            Self::ListParts => "s3:ListMultipartUploadParts",
            Self::ListUploads => "s3:ListBucketMultipartUploads",
            Self::Abort => "s3:AbortMultipartUpload",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::ListParts => "list the parts of",
            Self::ListUploads => "list unfinished uploads in",
            Self::Abort => "discard the unfinished upload of",
        }
    }
}

/// Where the store is, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) location: S3Location,
    pub(super) region: Option<String>,
    /// The endpoint if it is not Amazon's, without a user name or password in it.
    pub(super) endpoint: Option<String>,
}

/// Why a call failed, free of the SDK's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// No source of credentials had any.
    NoCredentials,
    /// A source of credentials failed: an expired SSO session, a broken profile.
    Credentials(String),
    /// The host name is unknown.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No secure connection could be made.
    Tls(String),
    /// The connection was lost, or could not be made.
    Network(String),
    /// No answer in time, or bytes stopped flowing.
    Timeout,
    /// The store answered with an error.
    Answer(Answer),
    /// Something answered that is no S3 store, or whose answer was cut off.
    Garbled(String),
    /// The request could not even be made.
    Request(String),
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    /// `x-amz-bucket-region`, which Amazon sends along with a redirect.
    pub(super) region: Option<String>,
}

impl Answer {
    pub(super) fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }
}

impl Cause {
    /// What went wrong, read out of the SDK's nested errors.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match error {
            SdkError::ServiceError(answer) => Self::Answer(Answer {
                status: answer.raw().status().as_u16(),
                code: answer.err().code().map(str::to_owned),
                message: answer.err().message().map(str::to_owned),
                region: answer.raw().headers().get("x-amz-bucket-region").map(str::to_owned),
            }),
            SdkError::TimeoutError(_) => Self::Timeout,
            SdkError::ResponseError(_) => Self::Garbled(innermost(error)),
            other => Self::of_chain(other).unwrap_or_else(|| match other {
                SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::Timeout,
                // `as_other` is set where the SDK itself would try again: a connection that was
                // closed in the middle of an answer.
                SdkError::DispatchFailure(failure)
                    if failure.is_io() || failure.as_other().is_some() =>
                {
                    Self::Network(innermost(other))
                }
                _ => Self::Request(innermost(other)),
            }),
        }
    }

    /// The first error in the chain that says what happened.
    fn of_chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<CredentialsError>() {
                return Some(match error {
                    CredentialsError::CredentialsNotLoaded(_) => Self::NoCredentials,
                    _ => Self::Credentials(innermost(error)),
                });
            }
            if let Some(error) = error.downcast_ref::<rustls::Error>() {
                return Some(Self::Tls(one_line(&error.to_string())));
            }
            if let Some(error) = error.downcast_ref::<io::Error>() {
                if error.kind() == io::ErrorKind::ConnectionRefused {
                    return Some(Self::Refused);
                }
                // An `io::Error` shows the source of what it wraps, not the wrapped error itself.
                if let Some(Some(cause)) = error.get_ref().map(|inner| Self::of_chain(inner)) {
                    return Some(cause);
                }
            }
            let text = error.to_string();
            if text.contains("dns error") || text.contains("failed to lookup address") {
                return Some(Self::Dns);
            }
            next = error.source();
        }
        None
    }

    /// The answer, if there was one.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            _ => None,
        }
    }

    /// The answer says that what a write depends on is not so.
    pub(super) fn is_precondition(&self) -> bool {
        self.answer().is_some_and(|answer| {
            answer.status == 412 || answer.code() == "ConditionalRequestConflict"
        })
    }

    /// The store does not know a header or feature that the request made use of.
    pub(super) fn is_unsupported(&self) -> bool {
        self.answer()
            .is_some_and(|answer| answer.status == 501 || answer.code() == "NotImplemented")
    }

    /// The store does not know something of the request.
    pub(super) fn is_unknown_request(&self) -> bool {
        self.answer().is_some_and(|answer| {
            answer.status == 501 || answer.status == 400 && answer.code() == "InvalidArgument"
        })
    }

    /// The store refuses checksums of the newer kind.
    pub(super) fn refuses_checksum(&self) -> bool {
        self.answer().is_some_and(|answer| {
            let message = answer.message.as_deref().unwrap_or_default().to_ascii_lowercase();
            matches!(answer.status, 400 | 501)
                && !matches!(answer.code(), "BadDigest" | "XAmzContentChecksumMismatch")
                && message.contains("checksum")
        })
    }
}

/// The message of the error at the root of a chain, which names the cause without the layers.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    one_line(&root.to_string())
}

/// Text from elsewhere, fit for one line of a terminal.
fn one_line(text: &str) -> String {
    const LIMIT: usize = 300;
    let mut line: String =
        text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LIMIT).collect();
    line.truncate(line.trim_end_matches(['.', ' ']).len());
    line
}

impl Place {
    /// The error that tells a host why `operation` on `key` failed and what to do.
    pub(super) fn explain(&self, operation: Operation, key: &str, cause: &Cause) -> StoreError {
        let Told { what, help, transient } = match cause {
            Cause::Answer(answer) => self.explain_answer(operation, key, answer),
            other => self.explain_silence(other),
        };
        StoreError::Failed { message: what, help, transient }
    }

    /// The store as a sentence names it.
    pub(super) fn store(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("the store at {endpoint}"),
            None => "Amazon S3".to_owned(),
        }
    }

    fn explain_silence(&self, cause: &Cause) -> Told {
        let store = self.store();
        match cause {
            Cause::NoCredentials => Told::lasting(
                "no AWS credentials were found".to_owned(),
                "sign in with `aws sso login` and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY; in GitHub Actions run aws-actions/configure-aws-credentials \
                 first, with `permissions: id-token: write`",
            ),
            Cause::Credentials(cause) => Told::lasting(
                format!("the AWS credentials could not be had: {cause}"),
                "sign in again (`aws sso login`) or correct the profile; `aws sts \
                 get-caller-identity` must succeed",
            ),
            Cause::Dns => Told::passing(
                format!("{store} was not found: its host name is unknown"),
                "check the network, and the spelling of region, bucket and endpoint",
            ),
            Cause::Refused => Told::passing(
                format!("{store} refuses the connection"),
                "check the endpoint's host and port, and that the server is running",
            ),
            Cause::Tls(cause) => Told::lasting(
                format!("no secure connection to {store}: {cause}"),
                "check that the endpoint speaks https; a private certificate authority must be \
                 known to the system, or be named in SSL_CERT_FILE",
            ),
            Cause::Network(cause) => Told::passing(
                format!("the connection to {store} failed: {cause}"),
                "check the network and run the same command again: what was sent is not sent twice",
            ),
            Cause::Timeout => Told::passing(
                format!("{store} did not answer in time"),
                "check the network and run the same command again: what was sent is not sent twice",
            ),
            Cause::Garbled(cause) => Told::passing(
                format!("{store} gave an answer that S3 does not give: {cause}"),
                "check that the endpoint is that of an S3 API, not of a web page or a proxy",
            ),
            Cause::Request(cause) => Told::lasting(
                format!("the request to {store} could not be made: {cause}"),
                "check region, endpoint and bucket; `onair doctor` tests them one by one",
            ),
            Cause::Answer(_) => Told { what: String::new(), help: None, transient: false },
        }
    }

    fn explain_answer(&self, operation: Operation, key: &str, answer: &Answer) -> Told {
        let (store, bucket) = (self.store(), self.location.bucket());
        let said = answer.message.as_deref().map(one_line).filter(|text| !text.is_empty());
        let because = said.map_or(String::new(), |text| format!(": {text}"));
        let subject = match operation {
            Operation::List | Operation::ListUploads => format!("bucket `{bucket}`"),
            _ => format!("`{key}` in bucket `{bucket}`"),
        };
        match (answer.status, answer.code()) {
            (_, "NoSuchBucket") => Told::lasting(
                format!("bucket `{bucket}` does not exist at {store}"),
                "create the bucket, or correct the target; for a store other than Amazon's set \
                 its endpoint",
            ),
            (301, _)
            | (307, _)
            | (
                _,
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            ) => self.wrong_region(answer),
            (400, _) if answer.region.is_some() && answer.region != self.region => {
                self.wrong_region(answer)
            }
            (_, "InvalidAccessKeyId" | "NotSignedUp") => Told::lasting(
                format!("{store} does not know the access key"),
                "check AWS_ACCESS_KEY_ID or the profile: the key may be deleted, or be another \
                 store's",
            ),
            (_, "SignatureDoesNotMatch") => Told::lasting(
                format!("{store} does not accept the signature"),
                "check AWS_SECRET_ACCESS_KEY: it must be the one that belongs to the access key, \
                 without spaces around it",
            ),
            (
                _,
                "ExpiredToken" | "ExpiredTokenException" | "InvalidToken" | "TokenRefreshRequired",
            ) => Told::lasting(
                "the AWS credentials have expired".to_owned(),
                "sign in again (`aws sso login`), or let the job that fetches them run again",
            ),
            (_, "RequestTimeTooSkewed") => Told::lasting(
                format!("this machine's clock differs too much from that of {store}"),
                "set the clock (`timedatectl set-ntp true`, or `date -u` to see it) and try again",
            ),
            (401 | 403, _) => Told::lasting(
                format!("not allowed to {} {subject}{because}", operation.verb()),
                &self.missing_right(operation),
            ),
            (_, "InvalidBucketName") => Told::lasting(
                format!("{store} has no bucket named `{bucket}` and allows none"),
                "correct the bucket's name in the target",
            ),
            (507, _) | (_, "QuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage") => {
                Told::lasting(
                    format!("{store} has no room left{because}"),
                    "free some room or raise the quota, then run the same command again",
                )
            }
            (
                _,
                "BadDigest"
                | "InvalidDigest"
                | "IncompleteBody"
                | "XAmzContentSHA256Mismatch"
                | "XAmzContentChecksumMismatch",
            ) => Told::passing(
                format!("`{key}` arrived damaged at {store} and was refused"),
                "run the same command again; if it happens again, something between here and \
                     the store changes what is sent",
            ),
            (_, "ConditionalRequestConflict" | "OperationAborted") => Told::passing(
                format!("somebody else keeps writing {subject}"),
                "let the other release come to its end, then run the same command again",
            ),
            (429 | 503, _) | (_, "SlowDown") => Told::passing(
                format!("{store} is overloaded and asks to slow down ({})", name(answer)),
                "wait a little and run the same command again: what was sent is not sent twice",
            ),
            (500..=599, code) if code != "NotImplemented" && answer.status != 501 => Told::passing(
                format!("{store} failed ({}){because}", name(answer)),
                "wait a little and run the same command again: what was sent is not sent twice",
            ),
            (status, "") => Told::lasting(
                format!("{store} answered {status} without saying why, as S3 would"),
                "check that the endpoint is that of an S3 API, not of a web page or a proxy",
            ),
            _ => Told::lasting(
                format!(
                    "{store} refused to {} {subject} ({}){because}",
                    operation.verb(),
                    name(answer)
                ),
                "`onair doctor` tests the store's abilities one by one",
            ),
        }
    }

    fn wrong_region(&self, answer: &Answer) -> Told {
        let bucket = self.location.bucket();
        let used = self.region.as_deref().unwrap_or("none");
        // Amazon names the right region in a header or, for a malformed signature, in the message
        // `... the region 'us-east-1' is wrong; expecting 'eu-central-1'`.
        let named = answer.region.as_deref().or_else(|| {
            let (_, rest) = answer.message.as_deref()?.split_once("expecting '")?;
            rest.split_once('\'').map(|(region, _)| region)
        });
        match named {
            Some(region) => Told::lasting(
                format!("bucket `{bucket}` is in region {region}, not {used}"),
                &format!("set the region to {region} in onair.toml or AWS_REGION"),
            ),
            None => Told::lasting(
                format!("bucket `{bucket}` is in another region than {used}"),
                "set the bucket's region in onair.toml or AWS_REGION; `onair doctor` finds it",
            ),
        }
    }

    fn missing_right(&self, operation: Operation) -> String {
        let action = operation.action();
        let (bucket, below) = (self.location.bucket(), self.location.in_bucket("*"));
        let resource = match operation {
            Operation::List | Operation::ListUploads => bucket.to_owned(),
            _ => format!("{bucket}/{below}"),
        };
        let list = match operation {
            // Without the right to list, S3 answers 403 rather than 404 for what is not there.
            Operation::Read => {
                " (and s3:ListBucket, without which a missing object looks forbidden)"
            }
            _ => "",
        };
        format!(
            "the credentials need {action} on {resource}{list}; `onair doctor --print-policy` \
             prints the whole policy"
        )
    }
}

fn name(answer: &Answer) -> String {
    match answer.code() {
        "" => answer.status.to_string(),
        code => format!("{} {}", answer.status, one_line(code)),
    }
}

struct Told {
    what: String,
    help: Option<String>,
    transient: bool,
}

impl Told {
    /// The same call will fail again until somebody changes something.
    fn lasting(what: String, help: &str) -> Self {
        Self { what, help: Some(help.to_owned()), transient: false }
    }

    /// The same call may succeed later.
    fn passing(what: String, help: &str) -> Self {
        Self { what, help: Some(help.to_owned()), transient: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(endpoint: Option<&str>) -> Place {
        Place {
            location: "s3://my-show/pod".parse().unwrap(),
            region: Some("us-east-1".to_owned()),
            endpoint: endpoint.map(str::to_owned),
        }
    }

    fn answer(status: u16, code: &str, message: &str) -> Cause {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Cause::Answer(Answer { status, code: text(code), message: text(message), region: None })
    }

    fn told(place: &Place, operation: Operation, cause: &Cause) -> String {
        match place.explain(operation, "pod/feed.xml", cause) {
            StoreError::Failed { message, help, transient } => {
                let when = if transient { "passing" } else { "lasting" };
                format!("{when}: {message}\n    help: {}", help.unwrap_or_default())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_failure_says_its_cause_and_the_fix() {
        let amazon = place(None);
        let other = place(Some("http://127.0.0.1:8333"));
        let redirect = Cause::Answer(Answer {
            status: 301,
            region: Some("eu-central-1".to_owned()),
            ..Answer::default()
        });
        let cases = [
            (&amazon, Operation::Read, Cause::NoCredentials),
            (&amazon, Operation::Read, Cause::Credentials("the SSO session has expired".into())),
            (&amazon, Operation::Read, Cause::Dns),
            (&other, Operation::Read, Cause::Refused),
            (&other, Operation::Read, Cause::Tls("received corrupt message".into())),
            (&amazon, Operation::Write, Cause::Network("connection reset".into())),
            (&amazon, Operation::Write, Cause::Timeout),
            (&other, Operation::Read, Cause::Garbled("unexpected end of file".into())),
            (&other, Operation::Read, Cause::Request("invalid uri".into())),
            (&amazon, Operation::List, answer(404, "NoSuchBucket", "")),
            (&amazon, Operation::Read, redirect),
            (
                &amazon,
                Operation::Read,
                answer(
                    400,
                    "AuthorizationHeaderMalformed",
                    "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
                ),
            ),
            (&other, Operation::Read, answer(301, "PermanentRedirect", "")),
            (&amazon, Operation::Read, answer(403, "InvalidAccessKeyId", "")),
            (&amazon, Operation::Read, answer(403, "SignatureDoesNotMatch", "")),
            (&amazon, Operation::Read, answer(400, "ExpiredToken", "")),
            (&amazon, Operation::Read, answer(403, "RequestTimeTooSkewed", "")),
            (&amazon, Operation::Read, answer(403, "", "")),
            (&amazon, Operation::List, answer(403, "AccessDenied", "Access Denied.")),
            (&amazon, Operation::Write, answer(403, "AccessDenied", "")),
            (&amazon, Operation::Delete, answer(403, "AccessDenied", "")),
            (&amazon, Operation::Abort, answer(403, "AccessDenied", "")),
            (&amazon, Operation::ListParts, answer(403, "AccessDenied", "")),
            (&amazon, Operation::ListUploads, answer(403, "AccessDenied", "")),
            (&other, Operation::Write, answer(507, "", "")),
            (&amazon, Operation::Write, answer(400, "BadDigest", "")),
            (
                &amazon,
                Operation::Write,
                answer(503, "SlowDown", "Please reduce your request rate."),
            ),
            (&amazon, Operation::Write, answer(409, "ConditionalRequestConflict", "")),
            (&other, Operation::Read, answer(404, "", "")),
            (&amazon, Operation::Write, answer(500, "InternalError", "")),
            (&other, Operation::Write, answer(501, "NotImplemented", "A header is unknown")),
            (&amazon, Operation::Write, answer(400, "InvalidRequest", "two\nlines\u{1b}[31m")),
        ];
        let text: Vec<String> = cases.iter().map(|(p, o, c)| told(p, *o, c)).collect();
        insta::assert_snapshot!(text.join("\n"));
    }

    #[test]
    fn a_cause_is_found_below_the_layers_that_wrap_it() {
        #[derive(Debug, thiserror::Error)]
        #[error("dispatch failure")]
        struct Layer(#[source] io::Error);

        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(Cause::of_chain(&Layer(refused)), Some(Cause::Refused));
        let tls = io::Error::other(rustls::Error::DecryptError);
        assert!(matches!(Cause::of_chain(&Layer(tls)), Some(Cause::Tls(_))));
        let lookup = io::Error::other("failed to lookup address information: Name not known");
        assert_eq!(Cause::of_chain(&Layer(lookup)), Some(Cause::Dns));
        let none = CredentialsError::not_loaded_no_source();
        assert_eq!(Cause::of_chain(&io::Error::other(none)), Some(Cause::NoCredentials));
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(Cause::of_chain(&Layer(reset)), None);
    }
}
