//! A store in which every operation is numbered and may fail, and after every write of which the
//! promises are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use onair::model::object::{Body, Key, Object};
use onair::store::memory::{Entry, MemoryStore};
use onair::store::{Condition, Head, Listed, Progress, Store, StoreError, Stored, Version};
use tokio::sync::Notify;

use super::promises::Watch;
use super::show::feed_key;

/// What happens to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is done.
    Do,
    /// It is not done, and answered with an error that may pass.
    Fail,
    /// It is not done, and answered with an error that stays.
    Refuse,
    /// It is done and answered with an error: the acknowledgement is lost.
    DoAndFail,
    /// It is done, and a retry within the store meets it: a precondition that failed, it seems.
    DoAndMeet,
    /// It is answered with an error, and done some time later.
    Later,
    /// A read says half of the truth; a write is done.
    Lie,
    /// It is done, the sooner the later it was begun.
    Slow,
    /// The process is killed before it.
    DieBefore,
    /// The process is killed after it.
    DieAfter,
}

type Script = Box<dyn FnMut(usize) -> Act + Send>;

/// A [`MemoryStore`] with a script.
pub struct Tap {
    store: MemoryStore,
    state: Mutex<State>,
    /// Told when the process is killed.
    pub died: Notify,
}

struct State {
    script: Script,
    operations: usize,
    watch: Watch,
    feeds: BTreeSet<Bytes>,
    broken: Option<String>,
    /// Writes that were done, the state of onair left out.
    written: Vec<String>,
    /// Writes that were begun, with the same left out.
    begun: usize,
    delayed: Vec<(Object, Condition)>,
    removes: bool,
}

/// Calls that change something; `conditional` costs S3 nothing and is not counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Read,
    Write,
}

impl Tap {
    /// A store that holds `objects`.
    pub fn new(objects: &BTreeMap<Key, Entry>) -> Self {
        let store = MemoryStore::default();
        store.objects().clone_from(objects);
        let mut state = State {
            script: Box::new(|_| Act::Do),
            operations: 0,
            watch: Watch::default(),
            feeds: objects.get(&feed_key()).map(|entry| entry.bytes.clone()).into_iter().collect(),
            broken: None,
            written: Vec::new(),
            begun: 0,
            delayed: Vec::new(),
            removes: true,
        };
        state.look(objects);
        Self { store, state: Mutex::new(state), died: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// From now on, operations are counted from 0 and go by this script.
    pub fn follow(&self, script: impl FnMut(usize) -> Act + Send + 'static) {
        let mut state = self.state();
        state.operations = 0;
        state.script = Box::new(script);
    }

    /// Whether anything may be removed.
    pub fn removes(&self, removes: bool) {
        self.state().removes = removes;
    }

    /// How many operations there were under the present script.
    pub fn operations(&self) -> usize {
        self.state().operations
    }

    /// Makes a feed known as the whole feed of a release.
    pub fn expect_feed(&self, feed: &Object) {
        let Body::Bytes(bytes) = &feed.body else { panic!("a feed is text") };
        self.state().feeds.insert(bytes.clone());
    }

    /// What it holds.
    pub fn objects(&self) -> BTreeMap<Key, Entry> {
        self.store.objects().clone()
    }

    /// The keys that were written, in order.
    pub fn written(&self) -> Vec<String> {
        self.state().written.clone()
    }

    /// How many objects went over the line, whether or not the store took them.
    pub fn begun(&self) -> usize {
        self.state().begun
    }

    /// The promise that was broken, if one was.
    pub fn broken(&self) -> Option<String> {
        self.state().broken.clone()
    }

    /// Does one write whose answer was given long ago, if there is one.
    pub fn land(&self) -> bool {
        let mut state = self.state();
        let Some((object, condition)) = state.delayed.pop() else { return false };
        let done = self.store.write(&object, &condition);
        state.note(&self.store, done.is_ok().then_some(object.key.as_str()));
        true
    }

    async fn step<T>(
        &self,
        sort: Sort,
        key: &str,
        delayed: Option<(&Object, &Condition)>,
        run: impl FnOnce(&MemoryStore) -> Result<T, StoreError>,
        lie: impl FnOnce(T) -> T,
    ) -> Result<T, StoreError> {
        let (act, number) = {
            let mut state = self.state();
            let number = state.operations;
            state.operations += 1;
            ((state.script)(number), number)
        };
        if act != Act::DieBefore && sort == Sort::Write && !key.starts_with(".onair/") {
            self.state().begun += 1;
        }
        let failed = |transient| StoreError::Failed {
            message: format!("{act:?} at {key}"),
            help: None,
            transient,
        };
        match act {
            Act::DieBefore => self.die().await,
            Act::Fail => return Err(failed(true)),
            Act::Refuse => return Err(failed(false)),
            Act::Later => {
                if let Some((object, condition)) = delayed {
                    self.state().delayed.push((object.clone(), condition.clone()));
                }
                return Err(failed(true));
            }
            Act::Slow => {
                for _ in number * 10..1000 {
                    tokio::task::yield_now().await;
                }
            }
            Act::Do | Act::DoAndFail | Act::DoAndMeet | Act::DieAfter | Act::Lie => {}
        }
        let outcome = run(&self.store);
        if sort == Sort::Write {
            self.state().note(&self.store, outcome.is_ok().then_some(key));
        }
        match act {
            Act::DieAfter => self.die().await,
            Act::DoAndFail => Err(failed(true)),
            Act::DoAndMeet if sort == Sort::Write => {
                Err(StoreError::Precondition { key: Key::new(key).unwrap() })
            }
            Act::Lie => outcome.map(lie),
            _ => outcome,
        }
    }

    async fn die<T>(&self) -> T {
        self.died.notify_one();
        std::future::pending().await
    }
}

impl State {
    fn note(&mut self, store: &MemoryStore, written: Option<&str>) {
        let Some(key) = written else { return };
        if !key.starts_with(".onair/") {
            self.written.push(key.to_owned());
        }
        // No promise speaks of anything else.
        if key.starts_with("media/") || key == feed_key().as_str() {
            self.look(&store.objects());
        }
    }

    fn look(&mut self, objects: &BTreeMap<Key, Entry>) {
        let looked = self.watch.look(objects, |feed| self.feeds.contains(feed));
        self.broken = self.broken.take().or(looked.err());
    }
}

#[async_trait]
impl Store for Tap {
    fn name(&self) -> String {
        "tap".into()
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        let run = |store: &MemoryStore| store.get(key, limit);
        let half = |stored: Option<Stored>| {
            let half = |stored: Stored| stored.bytes.slice(..stored.bytes.len() / 2);
            stored.map(|it| Stored { version: it.version.clone(), bytes: half(it) })
        };
        self.step(Sort::Read, key.as_str(), None, run, half).await
    }

    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError> {
        let half = |head: Option<Head>| head.map(|head| Head { bytes: head.bytes / 2, ..head });
        self.step(Sort::Read, key.as_str(), None, |store| Ok(store.look(key)), half).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let half = |mut listed: Vec<Listed>| {
            listed.truncate(listed.len() / 2);
            listed
        };
        self.step(Sort::Read, prefix, None, |store| Ok(store.under(prefix)), half).await
    }

    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        _: Progress<'_>,
    ) -> Result<Version, StoreError> {
        let delayed = Some((object, condition));
        let run = |store: &MemoryStore| store.write(object, condition);
        self.step(Sort::Write, object.key.as_str(), delayed, run, |version| version).await
    }

    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let removes = self.state().removes;
        let run = |store: &MemoryStore| match removes {
            true => store.remove(key, condition),
            false => {
                let message = format!("not allowed to remove `{key}`");
                Err(StoreError::Failed { message, help: None, transient: false })
            }
        };
        self.step(Sort::Write, key.as_str(), None, run, |()| ()).await
    }
}
