//! The S3 store over real HTTP: against a server in this process, and against a real one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests may panic"
)]

#[path = "../support/memory_s3.rs"]
mod memory_s3;

mod basics;
mod doctor;
mod faults;
mod lies;
mod parts;
mod real;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;
use bytes::Bytes;
use memory_s3::{ACCESS_KEY, Abilities, MemoryS3, SECRET_KEY};
use onair::model::hash::Sha256;
use onair::model::object::{Body, Digest, Key, Kind, Object};
use onair::store::s3::{S3Store, S3Target, Tuning};

/// Impatient enough for tests; parts are as small as the server allows.
fn tuning() -> Tuning {
    Tuning {
        attempts: 6,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(4),
        silence: Duration::from_secs(10),
        answer: Duration::from_secs(10),
        part_bytes: 1000,
        most_part_bytes: 1000,
        in_flight: 3,
        most_in_flight: 6,
        note_after: Duration::from_secs(60),
    }
}

fn shared(access_key: &str, secret_key: &str) -> SdkConfig {
    let credentials = Credentials::new(access_key, secret_key, None, None, "test");
    SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new("us-east-1"))
        .build()
}

fn store_at(server: &MemoryS3, location: &str, tuning: Tuning) -> S3Store {
    let target =
        S3Target { endpoint: Some(server.endpoint()), ..S3Target::new(location.parse().unwrap()) };
    S3Store::new(target, &shared(ACCESS_KEY, SECRET_KEY), tuning).unwrap()
}

fn store(server: &MemoryS3) -> S3Store {
    store_at(server, "s3://show/pod", tuning())
}

async fn server() -> MemoryS3 {
    MemoryS3::start(Abilities::default()).await
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn page(text: &str, content: &str) -> Object {
    let bytes = Bytes::from(content.to_owned());
    Object::in_memory(key(text), Kind::Page, "text/html; charset=utf-8", bytes)
}

/// Bytes that no other seed gives.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u8::try_from(state >> 56).unwrap()
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// A tagged file of `payload` bytes, and what is to be published of it.
struct Audio {
    file: tempfile::NamedTempFile,
    object: Object,
    published: Vec<u8>,
}

fn audio(text: &str, payload: usize, seed: u64) -> Audio {
    let (tag, old, inner) = (noise(77, seed + 1), noise(33, seed + 2), noise(payload, seed));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), [old.clone(), inner.clone(), b"trailer".to_vec()].concat())
        .unwrap();
    let start = old.len() as u64;
    let object = Object {
        key: key(text),
        kind: Kind::Audio,
        content_type: "audio/mpeg",
        digest: Digest::Tagged { tag_sha256: Sha256::of(&tag), payload_sha256: Sha256::of(&inner) },
        body: Body::Tagged {
            tag: Box::new(tag.clone().into()),
            file: file.path().to_owned(),
            payload: start..start + inner.len() as u64,
        },
        metadata: [("milliseconds", "1234".to_owned())].into(),
        redirect: None,
    };
    Audio { file, object, published: [tag, inner].concat() }
}

/// For puts whose progress is of no interest.
fn quiet(_: u64) {}

/// The address of a web server that is no S3 store.
async fn web_page() -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let page = "<html><title>Not found</title></html>";
            let head = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nConnection: close";
            let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}
