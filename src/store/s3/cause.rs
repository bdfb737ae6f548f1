//! Why a call failed, free of the SDK's types.

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

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
            SdkError::ServiceError(answer)
                if answer.raw().status().is_success() && answer.err().code().is_none() =>
            {
                Self::Garbled("its body cannot be read".to_owned())
            }
            SdkError::ServiceError(answer) => Self::Answer(Answer {
                status: status(answer.raw().status().as_u16(), answer.err().code()),
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

/// The status that an error means. S3 may begin an answer with 200 and then find that it must say no
/// (Amazon S3 API reference, `CompleteMultipartUpload` and `CopyObject`).
fn status(sent: u16, code: Option<&str>) -> u16 {
    match (sent, code.unwrap_or_default()) {
        (200..=299, "AccessDenied") => 403,
        (200..=299, "NoSuchKey" | "NoSuchUpload" | "NoSuchBucket") => 404,
        (200..=299, "PreconditionFailed") => 412,
        (200..=299, "InternalError") => 500,
        (200..=299, "SlowDown" | "ServiceUnavailable") => 503,
        _ => sent,
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
pub(super) fn one_line(text: &str) -> String {
    const LIMIT: usize = 300;
    let mut line: String =
        text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LIMIT).collect();
    line.truncate(line.trim_end_matches(['.', ' ']).len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

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
