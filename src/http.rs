//! A small HTTP client for look-ups, feeds and downloads: the edge to servers other than the store.
//!
//! Blocking, bounded in time and bytes. Proxies are taken from the environment (`HTTPS_PROXY`,
//! `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), trusted certificates from the system or `SSL_CERT_FILE`.
//! Messages never repeat an address: a private feed's address is a secret.

#[cfg(test)]
pub(crate) mod testing;

use std::io::{self, Read as _, Write};
use std::sync::Arc;
use std::time::Duration;

use ureq::http::{self, HeaderMap};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

/// How long a server may take to answer, and to go on answering.
const PATIENCE: Duration = Duration::from_secs(30);
/// Tracking prefixes redirect to one another before they reach the file.
const MAX_REDIRECTS: u32 = 12;

/// A client. Cheap to keep, and worth keeping: it reuses connections.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
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
    /// A client for this environment.
    pub fn new() -> Self {
        Self::with(PATIENCE, Proxy::try_from_env())
    }

    fn with(patience: Duration, proxy: Option<Proxy>) -> Self {
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
            .max_redirects(MAX_REDIRECTS)
            .user_agent(concat!("onair/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy)
            .tls_config(tls)
            .timeout_connect(Some(patience))
            .timeout_recv_response(Some(patience))
            .timeout_per_read(Some(patience));
        Self { agent: config.build().new_agent(), trusting: !native.certs.is_empty() }
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
        let request = self.agent.get(self.address(url)?).config().max_redirects(0).build();
        whole(request.call().map_err(said)?, limit)
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
        let mut request = self.agent.get(self.address(url)?);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        whole(request.call().map_err(said)?, limit)
    }

    /// POST of `body`, with the answer's body read whole.
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
        whole(request.send(body).map_err(said)?, limit)
    }

    /// HEAD.
    ///
    /// # Errors
    /// [`HttpError`] if there is no answer. A status of failure is an answer.
    pub fn head(&self, url: &str) -> Result<Response, HttpError> {
        let request = self.agent.head(self.address(url)?);
        Ok(answer(&request.call().map_err(said)?))
    }

    /// GET, with the body written to `out` as it comes: for what does not fit in memory.
    ///
    /// # Errors
    /// [`HttpError`] if there is no answer, if it is larger than `limit` bytes or breaks off, or if
    /// `out` fails. A status of failure is an answer, its body is written too.
    pub fn download(
        &self,
        url: &str,
        limit: u64,
        out: &mut dyn Write,
    ) -> Result<Response, HttpError> {
        read(self.agent.get(self.address(url)?).call().map_err(said)?, limit, out)
    }

    /// GET with further headers, the body written to `out` as it comes, which is told of status and
    /// headers first.
    ///
    /// # Errors
    /// As [`Client::download`].
    pub fn stream(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        limit: u64,
        out: &mut dyn Sink,
    ) -> Result<Response, HttpError> {
        let mut request = self.agent.get(self.address(url)?);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().map_err(said)?;
        out.begin(&answer(&response)).map_err(HttpError::Write)?;
        read(response, limit, out)
    }

    fn address<'a>(&self, url: &'a str) -> Result<&'a str, HttpError> {
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
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

fn whole(response: http::Response<Body>, limit: u64) -> Result<Response, HttpError> {
    let mut bytes = Vec::new();
    let head = read(response, limit, &mut bytes)?;
    Ok(Response { bytes, ..head })
}

/// Writes an answer's body to `out`, if it is no larger than `limit` bytes and comes whole.
fn read(
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
    loop {
        let read = body.read(&mut buffer).map_err(|error| said(error.into()))?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > limit {
            return Err(HttpError::TooLarge { limit });
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
mod tests {
    use super::testing::{Reply, Server};
    use super::*;

    #[test]
    fn answers_are_read_whole_and_statuses_are_answers() {
        let server = Server::start(|request| match request.path.as_str() {
            "/a" => Reply::ok("text/plain", "hello"),
            "/moved" => Reply::status(302).header("Location", "/a"),
            _ => Reply::status(404),
        });
        let client = testing::client();
        let answer = client.get(&server.url("/moved"), 100).unwrap();
        assert_eq!((answer.status, answer.bytes.as_slice()), (200, &b"hello"[..]));
        assert_eq!(answer.header("content-type"), Some("text/plain"));
        let moved = client.get_unredirected(&server.url("/moved"), 100).unwrap();
        assert_eq!((moved.status, moved.header("location")), (302, Some("/a")));
        let missing = client.get(&server.url("/b"), 100).unwrap();
        assert_eq!((missing.status, missing.is_success()), (404, false));
        let head = client.head(&server.url("/a")).unwrap();
        assert_eq!((head.status, head.header("content-length")), (200, Some("5")));
    }

    #[test]
    fn what_is_too_large_too_slow_or_cut_off_is_said() {
        let server = Server::start(|request| match request.path.as_str() {
            "/large" => Reply::ok("text/plain", "x".repeat(101)),
            "/endless" => Reply::ok("text/plain", "x".repeat(101)).without_length(),
            "/cut" => Reply::ok("text/plain", "x").header("Content-Length", "50"),
            "/round" => Reply::status(302).header("Location", "/round"),
            "/junk" => Reply::raw("not HTTP at all\r\n\r\n"),
            _ => Reply::silence(),
        });
        let client = Client::with(Duration::from_millis(200), None);
        let said = |path: &str| client.get(&server.url(path), 100).unwrap_err().to_string();
        assert_eq!(said("/large"), "the answer is larger than 100 bytes");
        assert_eq!(said("/endless"), "the answer is larger than 100 bytes");
        assert!(said("/cut").starts_with("no connection: "), "{}", said("/cut"));
        assert_eq!(said("/round"), "redirected more than 12 times");
        assert!(said("/junk").starts_with("the answer makes no sense"), "{}", said("/junk"));
        assert_eq!(said("/silence"), "the server did not answer in time");
    }

    #[test]
    fn addresses_that_cannot_be_asked() {
        let client = testing::client();
        for bad in ["file:///etc/passwd", "ftp://a.example/", "a.example", ""] {
            assert!(matches!(client.get(bad, 1), Err(HttpError::BadAddress)), "{bad}");
        }
        let nobody = client.get("http://127.0.0.1:1/", 1).unwrap_err();
        assert!(nobody.is_passing(), "{nobody}");
    }

    #[test]
    fn a_proxy_is_used() {
        let server = Server::start(|_| Reply::ok("text/plain", "hello"));
        let proxy = testing::proxy();
        let through = Proxy::new(&proxy.url).ok();
        let client = Client::with(Duration::from_secs(5), through);
        assert_eq!(client.get(&server.url("/"), 100).unwrap().bytes, b"hello");
        assert_eq!(proxy.tunnels.load(std::sync::atomic::Ordering::Relaxed), 1);
    }

    #[test]
    fn headers_and_a_body_are_sent() {
        let server = Server::start(|request| {
            let range = request.header("range").unwrap_or("none");
            Reply::ok("text/plain", format!("{} {range} {}", request.method, request.body))
        });
        let client = testing::client();
        let url = server.url("/");
        let got = client.get_with(&url, &[("Range", "bytes=0-1")], 100).unwrap();
        assert_eq!(got.bytes, b"GET bytes=0-1 ");
        let posted = client.post(&url, &[("Range", "x")], b"hello", 100).unwrap();
        assert_eq!(posted.bytes, b"POST x hello");
        assert!(client.get_with(&url, &[("Range", "a\nb")], 100).is_err());
    }

    #[test]
    fn a_download_goes_where_it_is_told() {
        let server = Server::start(|_| Reply::ok("audio/mpeg", vec![7; 300_000]));
        let mut out = Vec::new();
        let answer = testing::client().download(&server.url("/1.mp3"), 300_000, &mut out).unwrap();
        assert_eq!((answer.status, out.len(), answer.bytes.len()), (200, 300_000, 0));
    }
}
