//! What a store's answer, or its silence, means to a host: one line with the cause, and the fix.

use super::cause::{Answer, Cause, one_line};
use super::operation::Operation;
use super::target::S3Location;
use crate::store::StoreError;

/// Where the store is, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) location: S3Location,
    pub(super) region: Option<String>,
    /// The endpoint if it is not Amazon's, without a user name or password in it.
    pub(super) endpoint: Option<String>,
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
                format!("the AWS credentials cannot be read: {cause}"),
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
}
