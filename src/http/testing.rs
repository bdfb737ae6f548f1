//! A server for tests: one thread, one closure from a request to a reply.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::Client;
use super::reach::{Reach, SystemResolver};

/// A client that asks local servers, whatever proxy the environment names.
pub(crate) fn client() -> Client {
    Client::with(Duration::from_secs(5), None, Reach::anybody(), SystemResolver::default())
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET`, `HEAD`, `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, if it is text.
    pub body: String,
}

impl Request {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    length: bool,
    raw: Option<Vec<u8>>,
    /// How long each byte of an endless body takes.
    pace: Option<Duration>,
}

impl Reply {
    /// 200 with a body.
    pub(crate) fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut reply = Self::status(200).header("Content-Type", content_type);
        reply.body = body.into();
        reply
    }

    /// A status without a body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), length: true, raw: None, pace: None }
    }

    /// Bytes as they are; then the end.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { raw: Some(bytes.into()), ..Self::status(0) }
    }

    /// No answer while the client listens.
    pub(crate) fn silence() -> Self {
        Self { length: false, ..Self::status(0) }
    }

    /// A byte, and after a while another, for ever.
    pub(crate) fn drip(pace: Duration) -> Self {
        Self { pace: Some(pace), length: false, ..Self::status(200) }
    }

    /// With another status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With another header; one of the same name as ours stands in place of it.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without saying how long the body is.
    pub(crate) fn without_length(mut self) -> Self {
        self.length = false;
        self
    }
}

/// The server; it ends with the value.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// A server that answers as `handler` says.
    pub(crate) fn start(handler: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let end = ended.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                // A client that leaves early is no fault of a server.
                let _ = stream.and_then(|stream| serve(stream, &handler));
            }
        });
        Self { address, ended }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, handler: &impl Fn(&Request) -> Reply) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
    let mut request = Request { method, path, headers, body: String::new() };
    let length = request.header("content-length").and_then(|text| text.parse().ok());
    reader.take(length.unwrap_or(0)).read_to_string(&mut request.body)?;
    write(stream, &request, handler(&request))
}

fn write(mut stream: TcpStream, request: &Request, reply: Reply) -> std::io::Result<()> {
    if let Some(raw) = reply.raw {
        stream.write_all(&raw)?;
        return stream.shutdown(Shutdown::Both);
    }
    if reply.status == 0 {
        // Until the client gives up and closes.
        let _ = stream.read(&mut [0]);
        return Ok(());
    }
    let mut head = format!("HTTP/1.1 {} Status\r\nConnection: close\r\n", reply.status);
    let named = |name: &str| reply.headers.iter().any(|(given, _)| given == name);
    if reply.length && !named("Content-Length") {
        head.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if let Some(pace) = reply.pace {
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(pace);
        }
    }
    if request.method != "HEAD" {
        stream.write_all(&reply.body)?;
    }
    stream.shutdown(Shutdown::Write)
}

/// A proxy that makes tunnels, and counts them.
pub(crate) struct TestProxy {
    /// Its address.
    pub url: String,
    /// How many tunnels it made.
    pub tunnels: Arc<AtomicUsize>,
}

/// A proxy that runs as long as the tests do.
pub(crate) fn proxy() -> TestProxy {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = tunnels.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|stream| tunnel(stream, &count));
        }
    });
    TestProxy { url, tunnels }
}

fn tunnel(mut client: TcpStream, count: &AtomicUsize) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let address = first.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
    let mut server = TcpStream::connect(address.unwrap_or_default())?;
    count.fetch_add(1, Ordering::Relaxed);
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Write)
}
