//! A show as everybody sees it: what is planned against where nobody has been trusted with
//! credentials. It only reads, over HTTP, and nothing without a limit.
//!
//! The record of a release is public if the server gives everybody what stands under `.onair/`. Where
//! it does not, the feed is all that is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::http::{Client, HttpError, Response};
use crate::model::object::{Key, Object};
use crate::store::packed::unpack_copy;
use crate::store::published::{Published, Standing};
use crate::store::record::{BadRecord, LIMIT, Record, manifest_key};
use crate::store::{Condition, Head, Listed, Progress, Store, StoreError, Stored, Version};

/// Where everybody finds what stands at a key, if anywhere.
type Address = dyn Fn(&Key) -> Option<String> + Send + Sync;

/// A target, seen from outside.
pub struct PublicStore {
    name: String,
    client: Arc<Client>,
    address: Box<Address>,
}

/// How much of a target is public.
#[derive(Debug, PartialEq, Eq)]
pub enum Sight {
    /// The record of the last release, and its feed.
    Record,
    /// The feed, and not what it was made of.
    Feed,
    /// Nothing; why, unless the server says that there is nothing.
    Nothing(Option<String>),
}

impl PublicStore {
    /// The target called `name`, whose objects stand at `address`.
    pub fn new(
        name: String,
        client: Client,
        address: impl Fn(&Key) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { name, client: Arc::new(client), address: Box::new(address) }
    }

    /// A target of which nothing can be seen.
    fn blind(self) -> Self {
        Self { address: Box::new(|_| None), ..self }
    }

    /// Looks at what is published. What cannot be reached is not asked again by the store that is
    /// given back.
    ///
    /// # Errors
    /// If a later onair wrote the record.
    pub async fn look(self, feed: &Key) -> Result<(Self, Published, Sight), StoreError> {
        match self.published(feed).await {
            Ok((published, sight)) => Ok((self, published, sight)),
            Err(Trouble::Newer(error)) => Err(error),
            Err(Trouble::Unseen(error)) => {
                let sight = Sight::Nothing(Some(error.to_string()));
                Ok((self.blind(), Published::nothing(), sight))
            }
        }
    }

    async fn published(&self, feed: &Key) -> Result<(Published, Sight), Trouble> {
        let record = match self.read(&manifest_key(), LIMIT).await? {
            None => None,
            Some(manifest) => match Record::from_json(&manifest.bytes) {
                Ok(record) => Some(record),
                // Many servers answer with a page of theirs where there is nothing.
                Err(BadRecord::Damaged(_)) => None,
                Err(newer @ BadRecord::Newer { .. }) => return Err(Trouble::newer(&newer)),
            },
        };
        let Some(record) = record else {
            let feed = self.read(feed, LIMIT).await?;
            let sight = if feed.is_some() { Sight::Feed } else { Sight::Nothing(None) };
            let standing = if feed.is_some() { Standing::Foreign } else { Standing::Empty };
            return Ok((Published { standing, feed, ..Published::nothing() }, sight));
        };
        // Caches may hold an older feed; its copy has its hash for a name.
        let copy = self.read(&record.feed_copy(), LIMIT).await?;
        let mut seen = copy.and_then(|copy| {
            let bytes = unpack_copy(&copy.bytes, record.feed.sha256)?;
            Some(Stored { bytes, ..copy })
        });
        if seen.is_none() {
            seen = self.read(&record.feed.key, LIMIT).await?;
        }
        let standing = if seen.is_some() { Standing::Current } else { Standing::FeedMissing };
        let record = Some(record);
        Ok((Published { standing, record, feed: seen, ..Published::nothing() }, Sight::Record))
    }

    /// Asks for `key`; none if nothing stands there, or nothing that is public.
    async fn ask(
        &self,
        key: &Key,
        ask: impl FnOnce(&Client, &str) -> Result<Response, HttpError> + Send + 'static,
    ) -> Result<Option<Response>, StoreError> {
        let Some(url) = (self.address)(key) else { return Ok(None) };
        let client = Arc::clone(&self.client);
        let answer = tokio::task::spawn_blocking(move || ask(&client, &url)).await;
        match answer {
            Ok(Ok(answer)) if answer.is_success() => Ok(Some(answer)),
            // S3 says 403 of what is missing, too, to those who may not list a bucket.
            Ok(Ok(Response { status: 401 | 403 | 404 | 410, .. })) => Ok(None),
            Ok(Ok(answer)) => Err(failed(key, &format!("the server answers {}", answer.status))),
            Ok(Err(HttpError::TooLarge { limit })) => {
                Err(StoreError::TooLarge { key: key.clone(), limit })
            }
            Ok(Err(error)) => Err(failed(key, &error.to_string())),
            Err(error) => Err(failed(key, &error.to_string())),
        }
    }
}

/// Why nothing can be said of what is published.
enum Trouble {
    Newer(StoreError),
    Unseen(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Unseen(error)
    }
}

impl Trouble {
    fn newer(reason: &BadRecord) -> Self {
        Self::Newer(StoreError::Failed {
            message: format!("`{}` cannot be used: {reason}", manifest_key()),
            help: Some(
                "use the version of onair that made the last release, or a later one".into(),
            ),
            transient: false,
        })
    }
}

fn failed(key: &Key, reason: &str) -> StoreError {
    StoreError::Failed { message: format!("`{key}`: {reason}"), help: None, transient: false }
}

fn read_only(key: &Key) -> StoreError {
    failed(key, "what is public is only read")
}

fn version(answer: &Response) -> Version {
    Version(answer.header("etag").unwrap_or_default().trim_matches('"').to_owned())
}

#[async_trait]
impl Store for PublicStore {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        let answer = self.ask(key, move |client, url| client.get(url, limit)).await?;
        Ok(answer
            .map(|answer| Stored { version: version(&answer), bytes: Bytes::from(answer.bytes) }))
    }

    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError> {
        let Some(answer) = self.ask(key, |client, url| client.head(url)).await? else {
            return Ok(None);
        };
        let text = |name: &str| answer.header(name).map(str::to_owned);
        let Some(bytes) = text("content-length").and_then(|length| length.parse().ok()) else {
            return Ok(None);
        };
        let metadata: BTreeMap<String, String> = answer
            .headers
            .iter()
            .filter_map(|(name, value)| {
                let name = name.as_str().strip_prefix("x-amz-meta-")?;
                Some((name.to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        Ok(Some(Head {
            bytes,
            version: version(&answer),
            content_type: text("content-type"),
            cache_control: text("cache-control"),
            metadata,
        }))
    }

    /// The web has no listing; what only a listing tells stays unknown.
    async fn list(&self, _prefix: &str) -> Result<Vec<Listed>, StoreError> {
        Ok(Vec::new())
    }

    async fn put(
        &self,
        object: &Object,
        _condition: &Condition,
        _progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        Err(read_only(&object.key))
    }

    async fn delete(&self, key: &Key, _condition: &Condition) -> Result<(), StoreError> {
        Err(read_only(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::{self, Reply, Request, Server};
    use crate::model::hash::Sha256;
    use crate::store::packed::pack;

    const RECORD: &str = r#"{"version":1,"number":3,"parent":null,"created":"2022-05-27T05:00:00Z","by":{"who":"ann","onair":"0.1.0","run":"r"},"feed":{"key":"feed.xml","sha256":"057c225194122b1811d73b53d19d23624c5f5cf96773941eb1d313d2123ecfb0","bytes":5,"content_type":"application/rss+xml"},"episodes":[],"objects":{}}"#;
    const COPY: &str =
        "/.onair/feeds/057c225194122b1811d73b53d19d23624c5f5cf96773941eb1d313d2123ecfb0.xml";

    fn looked(reply: impl Fn(&Request) -> Reply + Send + 'static) -> (Published, Sight) {
        let server = Server::start(reply);
        let base = server.url("/");
        let address = move |key: &Key| Some(format!("{base}{key}"));
        let store = PublicStore::new("s3://b".to_owned(), testing::client(), address);
        let feed = Key::new("feed.xml").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (_, published, sight) = runtime.block_on(store.look(&feed)).unwrap();
        (published, sight)
    }

    #[test]
    fn the_record_and_the_feed_it_was_made_with() {
        // The public feed is an old one, from a cache.
        let (published, sight) = looked(|request| match request.path.as_str() {
            "/.onair/manifest.json" => Reply::ok("application/json", RECORD),
            COPY => Reply::ok("application/rss+xml", "<rss>"),
            _ => Reply::ok("application/rss+xml", "<old>"),
        });
        assert_eq!((published.standing, &sight), (Standing::Current, &Sight::Record));
        assert_eq!(published.feed.unwrap().bytes, "<rss>");
        assert_eq!(published.record.unwrap().number.0, 3);
    }

    #[test]
    fn a_long_feed_is_kept_packed() {
        let feed: Bytes = format!("<rss>{}</rss>", " ".repeat(1 << 20)).into();
        let hash = Sha256::of(&feed);
        let record =
            RECORD.replace(&COPY["/.onair/feeds/".len()..COPY.len() - 4], &hash.to_string());
        let packed = pack(feed.clone());
        assert!(packed.len() < feed.len());
        let (published, _) = looked(move |request| match request.path.as_str() {
            "/.onair/manifest.json" => Reply::ok("application/json", record.as_str()),
            path if path.contains(&hash.to_string()) => Reply::ok("application/xml", &packed[..]),
            _ => Reply::ok("application/rss+xml", "<old>"),
        });
        assert!(published.feed.unwrap().bytes == feed);
    }

    #[test]
    fn records_that_are_private_leave_the_feed() {
        for status in [403, 404] {
            let (published, sight) = looked(move |request| match request.path.as_str() {
                "/feed.xml" => Reply::ok("application/rss+xml", "<rss>"),
                _ => Reply::status(status),
            });
            assert_eq!((published.standing, sight), (Standing::Foreign, Sight::Feed));
        }
        let page = |_: &Request| Reply::ok("text/html", "<p>Not found</p>");
        assert_eq!(looked(page).1, Sight::Feed, "a page in place of a record");
    }

    #[test]
    fn where_nothing_is_seen_it_is_said_why() {
        let (published, sight) = looked(|_| Reply::status(404));
        assert_eq!((published, sight), (Published::nothing(), Sight::Nothing(None)));
        let (_, sight) = looked(|_| Reply::status(500));
        let why = "`.onair/manifest.json`: the server answers 500";
        assert_eq!(sight, Sight::Nothing(Some(why.to_owned())));
        let (_, sight) =
            looked(|_| Reply::ok("text/html", "x").header("Content-Length", "99999999"));
        let why = "`.onair/manifest.json` is larger than 67108864 bytes";
        assert_eq!(sight, Sight::Nothing(Some(why.to_owned())));
    }

    #[test]
    fn a_head_tells_what_the_object_says_of_itself() {
        let server = Server::start(|request| {
            assert_eq!(request.method, "HEAD");
            Reply::ok("audio/mpeg", "12345").header("x-amz-meta-milliseconds", "61000")
        });
        let base = server.url("/");
        let address = move |key: &Key| Some(format!("{base}{key}"));
        let store = PublicStore::new("s3://b".to_owned(), testing::client(), address);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let key = Key::new("media/1.mp3").unwrap();
        let head = runtime.block_on(store.head(&key)).unwrap().unwrap();
        assert_eq!((head.bytes, head.metadata["milliseconds"].as_str()), (5, "61000"));
        let delete = runtime.block_on(store.delete(&key, &Condition::Always));
        assert!(delete.unwrap_err().to_string().contains("only read"));
    }
}
