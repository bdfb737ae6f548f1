//! A small HTTP client for look-ups, feeds and downloads: the edge to servers other than the store.
//!
//! Blocking, bounded in time and bytes. Nobody but public servers is asked, through any redirect, unless
//! somebody named them ([`reach`]). Proxies are taken from the environment (`HTTPS_PROXY`,
//! `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), trusted certificates from the system or `SSL_CERT_FILE`.
//! Messages never repeat an address: a private feed's address is a secret.

pub mod reach;
#[cfg(test)]
pub(crate) mod testing;

use std::io::{self, Read as _, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::{self, HeaderMap};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::WithoutBody;
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::{Connector, DefaultConnector};
use ureq::{Agent, Body, Proxy, RequestBuilder};
use url::Url;

use reach::{CarefulResolver, NotPublic, Reach, SystemResolver};

/// How long a server may take to answer, and to go on answering.
const PATIENCE: Duration = Duration::from_secs(30);
/// How slowly a body may come, in bytes a second, once [`PATIENCE`] is over: a server that sends a byte
/// now and then would hold us for ever.
const SLOWEST: u64 = 4 * 1024;
/// Tracking prefixes redirect to one another before they reach the file.
const MAX_REDIRECTS: u32 = 12;

/// A client. Cheap to keep, and worth keeping: it reuses connections.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    reach: Reach,
    patience: Duration,
    /// Whether any certificate is trusted.
    trusting: bool,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty for a HEAD.
    pub bytes: Vec<u8>,
}

impl Response {
    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Something that an answer's body is written to, once its head is known.
pub trait Sink: Write {
    /// Told of status and headers.
    ///
    /// # Errors
    /// If the body is not wanted.
    fn begin(&mut self, head: &Response) -> io::Result<()>;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not an address that can be asked.
    #[error("this is not an `http://` or `https://` address")]
    BadAddress,
    /// Not for strangers to have us ask.
    #[error("{0}")]
    NotPublic(NotPublic),
    /// The name means nothing.
    #[error("the server's name cannot be resolved")]
    HostNotFound,
    /// Nobody there, or the connection broke.
    #[error("no connection: {0}")]
    Connection(String),
    /// Too slow.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server cannot be trusted.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The proxy of the environment cannot be used, or refused.
    #[error("the proxy cannot be used: {0}")]
    Proxy(String),
    /// Redirected round and round.
    #[error("redirected more than {MAX_REDIRECTS} times")]
    Redirects,
    /// More than was asked for.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
    /// No HTTP.
    #[error("the answer makes no sense: {0}")]
    Protocol(String),
    /// The bytes had nowhere to go.
    #[error("the answer cannot be written: {0}")]
    Write(io::Error),
}

impl HttpError {
    /// Whether asking again may help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Connection(_) | Self::Timeout)
    }
}

impl Client {
    /// A client for this environment that asks public servers, and nobody else.
    pub fn new() -> Self {
        Self::reaching(Reach::default())
    }

    /// A client for this environment that may ask these.
    pub fn reaching(reach: Reach) -> Self {
        Self::with(PATIENCE, Proxy::try_from_env(), reach, SystemResolver::default())
    }

    fn with(
        patience: Duration,
        proxy: Option<Proxy>,
        reach: Reach,
        resolver: impl Resolver,
    ) -> Self {
        Self::over(DefaultConnector::new(), patience, proxy, reach, resolver)
    }

    /// A client whose connections are made by `connector`.
    pub(crate) fn over(
        connector: impl Connector,
        patience: Duration,
        proxy: Option<Proxy>,
        reach: Reach,
        resolver: impl Resolver,
    ) -> Self {
        let native = rustls_native_certs::load_native_certs();
        let roots = native.certs.iter().map(|der| Certificate::from_der(der).to_owned());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(
                rustls::crypto::aws_lc_rs::default_provider(),
            ))
            .root_certs(RootCerts::from(roots))
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // We follow them ourselves, for each is looked at.
            .max_redirects(0)
            .user_agent(concat!("onair/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy)
            .tls_config(tls)
            .timeout_resolve(Some(patience))
            .timeout_connect(Some(patience))
            .timeout_recv_response(Some(patience))
            .timeout_per_read(Some(patience));
        let resolver = CarefulResolver::new(resolver, reach.clone());
        let agent = Agent::with_parts(config.build(), connector, resolver);
        Self { agent, reach, patience, trusting: !native.certs.is_empty() }
    }

    /// GET, with the body read whole.
    ///
    /// # Errors
    /// [`HttpError`] if there is no answer, or if it is larger than `limit` bytes. A status of
    /// failure is an answer.
    pub fn get(&self, url: &str, limit: u64) -> Result<Response, HttpError> {
        self.get_with(url, &[], limit)
    }

    /// GET of what stands at this very address: a redirect is an answer.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn get_unredirected(&self, url: &str, limit: u64) -> Result<Response, HttpError> {
        self.whole(self.agent.get(self.address(url)?).call().map_err(said)?, limit)
    }

    /// GET with further headers, such as `Range`.
    ///
    /// # Errors
    /// As [`Client::get`]; [`HttpError::BadAddress`] if a header's name or value cannot be sent.
    pub fn get_with(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        limit: u64,
    ) -> Result<Response, HttpError> {
        self.whole(self.follow(url, headers, |agent, url| agent.get(url))?, limit)
    }

    /// POST of `body`, with the answer's body read whole. A redirect is an answer.
    ///
    /// # Errors
    /// As [`Client::get_with`].
    pub fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        limit: u64,
    ) -> Result<Response, HttpError> {
        let mut request = self.agent.post(self.address(url)?);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.whole(request.send(body).map_err(said)?, limit)
    }

    /// HEAD.
    ///
    /// # Errors
    /// [`HttpError`] if there is no answer. A status of failure is an answer.
    pub fn head(&self, url: &str) -> Result<Response, HttpError> {
        Ok(answer(&self.follow(url, &[], |agent, url| agent.head(url))?))
    }

    /// Asks, and goes where the answer says, as long as we may ask there. What says who asks goes to
    /// the first server alone.
    fn follow(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        method: fn(&Agent, &str) -> RequestBuilder<WithoutBody>,
    ) -> Result<http::Response<Body>, HttpError> {
        let mut url = url.to_owned();
        let first = Url::parse(&url).ok().map(|url| url.origin());
        for _ in 0..=MAX_REDIRECTS {
            let mut request = method(&self.agent, self.address(&url)?);
            let origin = Url::parse(&url).ok().map(|url| url.origin());
            for (name, value) in headers {
                if origin == first || !name.eq_ignore_ascii_case("authorization") {
                    request = request.header(*name, *value);
                }
            }
            let response = request.call().map_err(said)?;
            let location = response.headers().get("location").and_then(|it| it.to_str().ok());
            match (response.status().as_u16(), location) {
                (301 | 302 | 303 | 307 | 308, Some(to)) => {
                    let to = Url::parse(&url).and_then(|url| url.join(to));
                    url = to.map_err(|_| HttpError::BadAddress)?.to_string();
                }
                _ => return Ok(response),
            }
        }
        Err(HttpError::Redirects)
    }

    /// GET with further headers, the body written to `out` as it comes, which is told of status and
    /// headers first: for what does not fit in memory.
    ///
    /// # Errors
    /// [`HttpError`] if there is no answer, if it is larger than `limit` bytes, breaks off or comes too
    /// slowly, or if `out` fails. A status of failure is an answer, its body is written too.
    pub fn stream(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        limit: u64,
        out: &mut dyn Sink,
    ) -> Result<Response, HttpError> {
        let response = self.follow(url, headers, |agent, url| agent.get(url))?;
        out.begin(&answer(&response)).map_err(HttpError::Write)?;
        self.read(response, limit, out)
    }

    fn address<'a>(&self, url: &'a str) -> Result<&'a str, HttpError> {
        self.reach.permits(url).map_err(HttpError::NotPublic)?;
        let secure = url.starts_with("https://");
        if !secure && !url.starts_with("http://") {
            return Err(HttpError::BadAddress);
        }
        if secure && !self.trusting {
            return Err(HttpError::Tls(
                "this system trusts no certificate; install its CA certificates, or name a file of \
                 them in SSL_CERT_FILE"
                    .to_owned(),
            ));
        }
        Ok(url)
    }

    fn whole(&self, response: http::Response<Body>, limit: u64) -> Result<Response, HttpError> {
        let mut bytes = Vec::new();
        let head = self.read(response, limit, &mut bytes)?;
        Ok(Response { bytes, ..head })
    }

    /// Writes an answer's body to `out`, if it is no larger than `limit` bytes and comes whole.
    fn read(
        &self,
        mut response: http::Response<Body>,
        limit: u64,
        out: &mut dyn Write,
    ) -> Result<Response, HttpError> {
        let announced = response.body().content_length();
        if announced.is_some_and(|bytes| bytes > limit) {
            return Err(HttpError::TooLarge { limit });
        }
        let head = answer(&response);
        let mut body = response.body_mut().as_reader();
        let mut buffer = vec![0; 64 * 1024];
        let mut total = 0_u64;
        let begun = Instant::now();
        loop {
            let read = body.read(&mut buffer).map_err(|error| said(error.into()))?;
            if read == 0 {
                break;
            }
            total += read as u64;
            if total > limit {
                return Err(HttpError::TooLarge { limit });
            }
            if begun.elapsed() > self.patience + Duration::from_secs(total / SLOWEST) {
                return Err(HttpError::Timeout);
            }
            out.write_all(&buffer[..read]).map_err(HttpError::Write)?;
        }
        match announced {
            Some(bytes) if bytes != total => Err(HttpError::Connection(format!(
                "the answer breaks off after {total} of {bytes} bytes"
            ))),
            _ => Ok(head),
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

fn answer(response: &http::Response<Body>) -> Response {
    Response {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        bytes: Vec::new(),
    }
}

/// An error in our words.
fn said(error: ureq::Error) -> HttpError {
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => HttpError::BadAddress,
        ureq::Error::HostNotFound => HttpError::HostNotFound,
        ureq::Error::Timeout(_) => HttpError::Timeout,
        ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed => HttpError::Redirects,
        ureq::Error::ConnectionFailed => HttpError::Connection("nothing answers there".to_owned()),
        ureq::Error::ConnectProxyFailed(reason) => HttpError::Proxy(reason),
        ureq::Error::InvalidProxyUrl => HttpError::Proxy("its address is wrong".to_owned()),
        ureq::Error::Tls(reason) => HttpError::Tls(reason.to_owned()),
        ureq::Error::Rustls(error) => HttpError::Tls(error.to_string()),
        ureq::Error::Io(error) => broken(error),
        ureq::Error::Other(error) => match error.downcast::<NotPublic>() {
            Ok(why) => HttpError::NotPublic(*why),
            Err(other) => HttpError::Protocol(other.to_string()),
        },
        other => HttpError::Protocol(other.to_string()),
    }
}

fn broken(error: io::Error) -> HttpError {
    // What ureq says of a body's end, and what rustls says of a certificate, comes wrapped.
    if let Some(inner) = error.get_ref()
        && let Some(tls) = inner.downcast_ref::<rustls::Error>()
    {
        return HttpError::Tls(tls.to_string());
    }
    if error.get_ref().is_some_and(|inner| inner.is::<ureq::Error>()) {
        return match error.into_inner().map(|inner| inner.downcast::<ureq::Error>()) {
            Some(Ok(inner)) => said(*inner),
            _ => HttpError::Connection("it broke".to_owned()),
        };
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => HttpError::Timeout,
        _ => HttpError::Connection(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
