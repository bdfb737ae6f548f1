//! The wire: requests to `crate::preview::answer`, answers to the browser.

use std::convert::Infallible;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Request as HttpRequest, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::sync::watch::Receiver;

use super::patient::{PATIENCE, Patient};
use super::session::Shown;
use crate::model::object;
use crate::pipeline::Error;
use crate::preview::answer::{Content, Request, answer};

/// Bytes of audio that are read at a time.
const PIECE: usize = 256 << 10;
/// So many visitors at a time: a browser opens six connections, and one for each page that it shows.
const MOST_CONNECTIONS: usize = 128;

#[derive(Clone)]
struct Server {
    port: u16,
    versions: Receiver<Arc<Shown>>,
}

/// Serves until the process ends.
pub async fn run(
    listener: TcpListener,
    port: u16,
    versions: Receiver<Arc<Shown>>,
) -> Result<(), Error> {
    let app = Router::new().fallback(handle).with_state(Server { port, versions });
    let rooms = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            // The visitor left, or there are too many files open: others may be luckier in a moment.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Whoever comes when there is no room is dropped at once: the slow ones leave in some seconds.
        let Ok(room) = Arc::clone(&rooms).try_acquire_owned() else { continue };
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(Patient::new(stream)), service)
                .await;
            drop(room);
        });
    }
}

async fn handle(State(server): State<Server>, request: HttpRequest<Body>) -> Response {
    let shown = Arc::clone(&server.versions.borrow());
    let headers = request.headers();
    let asked = Request {
        method: request.method().as_str(),
        target: request.uri().path_and_query().map_or("", |target| target.as_str()),
        host: text(headers, header::HOST),
        range: text(headers, header::RANGE),
        if_range: text(headers, header::IF_RANGE),
        if_none_match: text(headers, header::IF_NONE_MATCH),
    };
    let answer = answer(&shown.preview, &asked, server.port);
    let head = asked.method == "HEAD";
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(HeaderName::from_static(name), value);
    }
    let body = match answer.content {
        _ if head => Ok(Body::empty()),
        Content::Bytes(bytes) => Ok(Body::from(bytes)),
        Content::Events => Ok(Body::from_stream(events(server.versions))),
        Content::Audio { key, range } => audio(shown, key, range).await,
    };
    match body.map(|body| response.body(body)) {
        Ok(Ok(response)) => response,
        // The audio is not what it was a moment ago, and the preview is about to say so itself.
        _ => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The version that is shown, and each that follows.
fn events(mut versions: Receiver<Arc<Shown>>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let event = |shown: &Shown| {
        let version = shown.preview.version();
        Ok(Bytes::from(format!("retry: 500\nevent: version\ndata: {version}\n\n")))
    };
    let first = event(&versions.borrow_and_update());
    let following = stream::unfold(versions, move |mut versions| async move {
        versions.changed().await.ok()?;
        let next = event(&versions.borrow_and_update());
        Some((next, versions))
    });
    stream::iter([first]).chain(following)
}

/// A range of an episode's audio: of the tag as it would be published, then of the host's own file.
async fn audio(shown: Arc<Shown>, key: String, range: Range<u64>) -> io::Result<Body> {
    let gone = || io::Error::other("the audio has changed");
    let body =
        tokio::task::spawn_blocking(move || shown.audio(&key)).await.map_err(io::Error::other)?;
    let Some(object::Body::Tagged { tag, file, payload }) = body else { return Err(gone()) };
    let of_tag = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(tag.len());
    let (start, end) = (of_tag(range.start), of_tag(range.end));
    let mut from_tag = Vec::new();
    tag.copy(start, end - start, &mut from_tag)?;
    let length = tag.len() as u64;
    let from_file = payload.start + range.start.saturating_sub(length)
        ..payload.start + range.end.saturating_sub(length);
    let mut file = tokio::fs::File::open(file).await?;
    if file.metadata().await?.len() < payload.end {
        return Err(gone());
    }
    file.seek(SeekFrom::Start(from_file.start)).await?;
    let left = from_file.end - from_file.start;
    let pieces = stream::unfold((file, left), |(mut file, left)| async move {
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        if most == 0 {
            return None;
        }
        let mut piece = vec![0; most];
        let read = file.read(&mut piece).await.and_then(|read| match read {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        });
        Some(match read {
            Ok(read) => {
                piece.truncate(read);
                (Ok(Bytes::from(piece)), (file, left - read as u64))
            }
            Err(error) => (Err(error), (file, 0)),
        })
    });
    Ok(Body::from_stream(stream::iter([Ok(Bytes::from(from_tag))]).chain(pieces)))
}
