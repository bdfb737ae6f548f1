//! Two releases at once, in every order in which their operations can fall.
//!
//! Both run on one thread; a gate holds each before every operation, and this test decides whose turn
//! it is. It goes through the decisions, depth first; two ways that led both releases to the same
//! answers and the target to the same content have the same future and are followed once.
//!
//! Where all orders take too long, the tests go through those with few preemptions, that is, with few
//! turns taken from a release that could have gone on: nearly every race shows in them (Musuvathi and
//! Qadeer, "Iterative context bounding", 2007). `--ignored` runs what is left.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use onair::model::object::{Key, Object};
use onair::release::{Receipt, ReleaseError, read_published};
use onair::store::memory::Entry;
use onair::store::published::Standing;
use onair::store::{Condition, Head, Listed, Progress, Store, StoreError, Stored, Version};

use crate::crash::prepared;
use crate::support::show::{Show, feed_key};
use crate::support::tap::Tap;
use crate::support::{HOURS_LATER, at, publish, publish_through};

/// A store that waits for its turn before every operation.
struct Gate<'a> {
    tap: &'a Tap,
    state: Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    /// One operation may go ahead.
    open: bool,
    /// Operations that wait.
    waiting: Vec<Waker>,
    /// All that this release has been told so far.
    told: DefaultHasher,
}

impl<'a> Gate<'a> {
    fn before(tap: &'a Tap) -> Self {
        Self { tap, state: Mutex::default() }
    }

    fn open(&self) {
        let mut state = self.state.lock().unwrap();
        state.open = true;
        state.waiting.drain(..).for_each(Waker::wake);
    }

    fn told(&self) -> u64 {
        self.state.lock().unwrap().told.finish()
    }

    async fn turn(&self) {
        std::future::poll_fn(|context| {
            let mut state = self.state.lock().unwrap();
            if std::mem::take(&mut state.open) {
                return Poll::Ready(());
            }
            state.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn tell<T: std::fmt::Debug>(&self, answer: T) -> T {
        format!("{answer:?}").hash(&mut self.state.lock().unwrap().told);
        answer
    }
}

#[async_trait]
impl Store for Gate<'_> {
    fn name(&self) -> String {
        self.tap.name()
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        self.turn().await;
        self.tell(self.tap.read(key, limit).await)
    }

    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError> {
        self.turn().await;
        self.tell(self.tap.head(key).await)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        self.turn().await;
        self.tell(self.tap.list(prefix).await)
    }

    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        self.turn().await;
        self.tell(self.tap.put(object, condition, progress).await)
    }

    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        self.turn().await;
        self.tell(self.tap.delete(key, condition).await)
    }
}

/// No limit to preemptions.
const ALL: usize = usize::MAX;

type Outcome = Result<Receipt, ReleaseError>;

/// A release that stands before its next operation, or has ended.
struct Runner<'a> {
    release: Pin<Box<dyn Future<Output = Outcome> + 'a>>,
    outcome: Option<Outcome>,
}

impl Runner<'_> {
    fn step(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(outcome) = self.release.as_mut().poll(&mut context) {
            self.outcome = Some(outcome);
        }
    }
}

/// A show and the hour at which it is released.
struct Side {
    show: Show,
    hour: i64,
}

/// How both releases have ended.
struct End {
    outcomes: [Outcome; 2],
    objects: BTreeMap<Key, Entry>,
}

#[derive(Debug, Default)]
struct Tally {
    orders: usize,
    ends: usize,
    won: [usize; 2],
    both: usize,
    neither: usize,
}

/// The beginning of an order: whose turns it has been, and how many turns may still be taken from a
/// release that could go on.
#[derive(Debug, Clone)]
struct Order {
    turns: Vec<usize>,
    preemptions: usize,
}

impl Order {
    fn then(&self, side: usize) -> Option<Self> {
        let taken = self.turns.last().is_some_and(|last| *last != side);
        let preemptions = self.preemptions.checked_sub(usize::from(taken))?;
        let turns = self.turns.iter().copied().chain([side]).collect();
        Some(Self { turns, preemptions })
    }
}

/// Goes through every order with at most so many preemptions in which the operations of the two sides
/// can fall.
fn explore(start: &BTreeMap<Key, Entry>, sides: &[Side; 2], preemptions: usize) -> Tally {
    let mut tally = Tally::default();
    let mut seen = HashSet::new();
    let mut open = vec![Order { turns: Vec::new(), preemptions }];
    while let Some(order) = open.pop() {
        tally.orders += 1;
        follow(start, sides, order, &mut seen, &mut open, &mut tally);
    }
    tally
}

/// Lets the two sides go ahead in this order, and then on to an end or to where another order has been;
/// every other way to go on is left in `open`.
fn follow(
    start: &BTreeMap<Key, Entry>,
    sides: &[Side; 2],
    mut order: Order,
    seen: &mut HashSet<u64>,
    open: &mut Vec<Order>,
    tally: &mut Tally,
) {
    let tap = Tap::new(start);
    let gates = [Gate::before(&tap), Gate::before(&tap)];
    let mut runners = [0, 1].map(|side| {
        let Side { show, hour } = &sides[side];
        let release = publish_through(&gates[side], &tap, show, ["ann", "bob"][side], at(*hour));
        Runner { release: Box::pin(tokio::task::unconstrained(release)), outcome: None }
    });
    runners.iter_mut().for_each(Runner::step);
    let mut take = |side: usize| {
        gates[side].open();
        runners[side].step();
        [runners[0].outcome.is_some(), runners[1].outcome.is_some()]
    };
    let mut ended = [false; 2];
    for side in &order.turns {
        ended = take(*side);
    }
    loop {
        assert_eq!(tap.broken(), None, "after {:?}", order.turns);
        assert!(order.turns.len() < 200, "it never ends: {:?}", order.turns);
        let mut state = DefaultHasher::new();
        if order.preemptions < usize::MAX / 2 {
            (order.preemptions, order.turns.last()).hash(&mut state);
        }
        gates.iter().for_each(|gate| gate.told().hash(&mut state));
        tap.objects().hash(&mut state);
        if !seen.insert(state.finish()) {
            return;
        }
        let side = match ended {
            [true, true] => break,
            [true, false] => 1,
            [false, true] => 0,
            [false, false] => {
                let on = order.turns.last().copied().unwrap_or(0);
                open.extend(order.then(1 - on));
                on
            }
        };
        order.turns.push(side);
        ended = take(side);
    }
    let turns = order.turns;
    tally.ends += 1;
    let outcomes = runners.map(|runner| runner.outcome.unwrap());
    judge(&End { outcomes, objects: tap.objects() }, sides, &turns, tally);
}

/// A release that says it won has won whole; one that did not says why; the next finishes the job.
fn judge(end: &End, sides: &[Side; 2], turns: &[usize], tally: &mut Tally) {
    let [ann, bob] = &end.outcomes;
    for outcome in [ann, bob] {
        match outcome {
            Ok(_)
            | Err(
                ReleaseError::Held { .. }
                | ReleaseError::LockLost { .. }
                | ReleaseError::Overtaken { .. }
                | ReleaseError::Taken { .. },
            ) => {}
            Err(error) => panic!("{error} after {turns:?}"),
        }
    }
    match (ann, bob) {
        (Ok(_), Ok(_)) => tally.both += 1,
        (Ok(_), _) => tally.won[0] += 1,
        (_, Ok(_)) => tally.won[1] += 1,
        _ => tally.neither += 1,
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let tap = Tap::new(&end.objects);
        let published = read_published(&tap, &feed_key()).await.unwrap();
        let fine = matches!(published.standing, Standing::Current | Standing::ManifestBehind);
        assert!(fine, "{:?} after {turns:?}", published.standing);
        let record = published.record.unwrap();
        // Whoever won is the last on record: with a number of its own, or as one that found all done.
        let numbers: Vec<_> =
            [ann, bob].iter().filter_map(|outcome| outcome.as_ref().ok()?.number).collect();
        if let Some(last) = numbers.iter().max() {
            assert_eq!(record.number, *last, "after {turns:?}");
            assert!(numbers.len() < 2 || numbers[0] != numbers[1], "after {turns:?}");
        }
        // And whatever it left is as its record says.
        if sides[0].hour == sides[1].hour {
            for (key, recorded) in &record.objects {
                let same = recorded.digest.agrees_with(&end.objects[key].metadata);
                assert!(same, "{key} is not what is recorded after {turns:?}");
            }
        }
        publish(&tap, &sides[1].show, "next", at(HOURS_LATER * 3)).await.unwrap();
        assert_eq!(tap.broken(), None, "the next, after {turns:?}");
    });
}

fn start(show: &Show) -> BTreeMap<Key, Entry> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(prepared(Some(show)))
}

/// Two hosts, or two CI jobs, at the same time: the lock keeps them apart.
#[test]
fn of_two_releases_at_once_one_wins_whole() {
    let mut typo = Show::of(2);
    typo.episode(2).title = "Epsiode 2".into();
    let sides = [Side { show: typo, hour: 1 }, Side { show: Show::of(2), hour: 1 }];
    let tally = explore(&start(&Show::of(1)), &sides, ALL);
    assert_eq!(tally.neither, 0, "{tally:?}");
    assert!(tally.won[0] > 0 && tally.won[1] > 0 && tally.both > 0, "{tally:?}");
}

/// Where the feed stays as it is, nothing of one release may be lost in the other.
#[test]
fn two_releases_of_pages_do_not_mix() {
    pages_of_two(2);
}

fn pages_of_two(preemptions: usize) {
    let (mut about, mut cover) = (Show::of(1), Show::of(1));
    about.about = "More about us";
    cover.cover = "another cover";
    let start = start(&Show::of(1));
    for hour in [1, HOURS_LATER] {
        let (show, other) = (about.clone(), cover.clone());
        let sides = [Side { show, hour: 1 }, Side { show: other, hour }];
        let tally = explore(&start, &sides, preemptions);
        assert!(tally.won[0] > 0 && tally.won[1] > 0, "{tally:?}");
    }
}

/// A release that sleeps so long that the other thinks it dead, and wakes at any moment.
#[test]
fn a_release_that_was_only_thought_dead_does_no_harm() {
    one_thought_dead(2);
}

/// The last two in all orders, which takes a minute or two.
#[test]
#[ignore = "slow: `cargo test --test release -- --ignored` runs it"]
fn nor_is_there_any_order_that_does_harm() {
    pages_of_two(ALL);
    one_thought_dead(ALL);
}

fn one_thought_dead(preemptions: usize) {
    let mut typo = Show::of(2);
    typo.episode(2).title = "Epsiode 2".into();
    let sides = [Side { show: typo, hour: 1 }, Side { show: Show::of(2), hour: HOURS_LATER }];
    let tally = explore(&start(&Show::of(1)), &sides, preemptions);
    assert!(tally.won[0] > 0 && tally.won[1] > 0, "{tally:?}");
}
