//! How many requests are under way at a time: as many as are seen to help, and no more bytes than the line takes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// What a request counts for beside its bytes.
const REQUEST: u64 = 64 << 10;

/// A rate is that of no less time than this.
const WINDOW: Duration = Duration::from_millis(50);

/// A smaller request tells of the way there and back, and little of the line.
const MUCH: u64 = 4 << 20;

/// By so many the width grows.
const STEP: usize = 8;

/// So many bytes are under way until the line is seen to be fast. On a slow one a few parts go side by side, so
/// that a cut loses little.
const FIRST: u64 = 24 << 20;

/// Buffers on this machine take so many at once, which tells nothing of the line.
const BUFFERS: u64 = 4 << 20;

/// The rate of the line is that of no less time than so many seconds.
const SOON: f64 = 0.25;

/// What the line takes in so many seconds may be under way.
const AHEAD: f64 = 10.0;

/// Hands out room for requests, and looks at what comes of it.
#[derive(Debug)]
pub(super) struct Pace {
    rooms: Arc<Semaphore>,
    most: usize,
    seen: Mutex<Seen>,
    line: Mutex<Line>,
    moved: Notify,
}

#[derive(Debug)]
struct Seen {
    width: usize,
    /// Rooms that are taken and will not be handed out again.
    surplus: usize,
    since: Instant,
    requests: usize,
    bytes: u64,
    /// Bytes a second at the width before.
    rate: f64,
    /// Bytes a second of one request that sent much, about.
    of_one: f64,
}

/// Room for one request, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    pace: Arc<Pace>,
    bytes: u64,
    since: Instant,
    permit: Option<OwnedSemaphorePermit>,
}

/// Bytes on their way, and what is known of it.
#[derive(Debug, Default)]
struct Line {
    /// Of requests that are not over.
    under_way: u64,
    taken: u64,
    since: Option<Instant>,
}

impl Line {
    /// How many bytes may be under way.
    #[expect(clippy::cast_precision_loss, reason = "a rate, of which two digits matter")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is bounded")]
    fn most(&self) -> u64 {
        let taken = self.taken.saturating_sub(BUFFERS) as f64;
        let rate = self.since.map_or(0.0, |since| taken / since.elapsed().as_secs_f64().max(SOON));
        FIRST.max((AHEAD * rate) as u64)
    }

    fn enter(&mut self, bytes: u64) -> bool {
        let enters = self.under_way == 0 || self.under_way + bytes <= self.most();
        if enters {
            self.under_way += bytes;
            self.since.get_or_insert_with(Instant::now);
        }
        enters
    }
}

/// How wide to go on, by the rates before and now. Where it has helped much, as over a long way, twice as wide; what
/// has not helped is not gone on with, and where it has become slower, something else needs the line.
fn next(width: usize, most: usize, before: f64, now: f64) -> usize {
    if now > 1.3 * before {
        (2 * width).min(most.max(width))
    } else if now > 1.05 * before {
        (width + STEP).min(most.max(width))
    } else if now < 0.8 * before {
        (width - 1).max(STEP.min(width))
    } else {
        width
    }
}

impl Pace {
    /// Begins with `width` requests at a time and has never more than `most`.
    pub(super) fn new(width: usize, most: usize) -> Arc<Self> {
        let seen = Seen {
            width,
            surplus: 0,
            since: Instant::now(),
            requests: 0,
            bytes: 0,
            rate: 0.0,
            of_one: 0.0,
        };
        let (rooms, seen) = (Arc::new(Semaphore::new(width)), Mutex::new(seen));
        Arc::new(Self { rooms, most, seen, line: Mutex::default(), moved: Notify::new() })
    }

    /// Waits until there is room for a request with so many bytes.
    pub(super) async fn room(self: &Arc<Self>, bytes: u64) -> Room {
        // Nobody closes the semaphore.
        let permit = Arc::clone(&self.rooms).acquire_owned().await.ok();
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            // Enlisted before looking, so that nothing falls between the two.
            moved.as_mut().enable();
            if self.line().enter(bytes) {
                break;
            }
            moved.await;
        }
        Room { pace: Arc::clone(self), bytes, since: Instant::now(), permit }
    }

    /// The line has taken so many bytes of a request.
    pub(super) fn taken(&self, bytes: u64) {
        self.line().taken += bytes;
        self.moved.notify_waiters();
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes a second that one request sends, as far as is known; 0 if it is not.
    pub(super) fn rate_of_one(&self) -> f64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).of_one
    }

    /// One request has come to its end, after this time. Whether its room is not to be handed out again.
    #[expect(clippy::cast_precision_loss, reason = "a rate, of which two digits matter")]
    fn done(&self, bytes: u64, took: Duration) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.requests += 1;
        seen.bytes += bytes + REQUEST;
        if bytes >= MUCH {
            let rate = bytes as f64 / took.as_secs_f64().max(0.001);
            seen.of_one = if seen.of_one > 0.0 { (3.0 * seen.of_one + rate) / 4.0 } else { rate };
        }
        let time = seen.since.elapsed();
        if seen.requests >= seen.width && time >= WINDOW {
            let rate = seen.bytes as f64 / time.as_secs_f64();
            let width = next(seen.width, self.most, seen.rate, rate);
            let grown = width.saturating_sub(seen.width);
            let kept = grown.min(seen.surplus);
            self.rooms.add_permits(grown - kept);
            seen.surplus = seen.surplus - kept + seen.width.saturating_sub(width);
            *seen = Seen {
                width,
                surplus: seen.surplus,
                since: Instant::now(),
                requests: 0,
                bytes: 0,
                rate,
                of_one: seen.of_one,
            };
        }
        let surplus = seen.surplus > 0;
        seen.surplus -= usize::from(surplus);
        surplus
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.pace.line().under_way -= self.bytes;
        self.pace.moved.notify_waiters();
        if self.pace.done(self.bytes, self.since.elapsed())
            && let Some(permit) = self.permit.take()
        {
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a line ends that carries `line`, and of which a request takes one at most.
    fn settled(line: f64, most: usize) -> usize {
        let rate = |width: usize| f64::from(u32::try_from(width).unwrap()).min(line);
        let (mut width, mut before) = (8, 0.0);
        for _ in 0..100 {
            let now = rate(width);
            (width, before) = (next(width, most, before, now), now);
        }
        width
    }

    #[test]
    fn it_grows_while_that_helps_and_no_further() {
        assert_eq!(settled(1000.0, 48), 48, "a long line");
        assert_eq!(settled(1000.0, 50), 50);
        assert!((20..=40).contains(&settled(20.0, 48)), "{}", settled(20.0, 48));
        assert!(settled(2.0, 48) <= 16, "a short one");
        assert_eq!((next(16, 96, 10.0, 20.0), next(16, 96, 10.0, 12.0)), (32, 24));
        assert_eq!((next(64, 96, 10.0, 20.0), next(1, 1, 0.0, 5.0)), (96, 1));
        assert_eq!(next(20, 48, 10.0, 5.0), 19);
        assert_eq!((next(4, 48, 10.0, 5.0), next(2, 2, 10.0, 5.0)), (4, 2));
    }

    #[tokio::test]
    async fn no_more_rooms_are_handed_out_than_it_is_wide() {
        let pace = Pace::new(2, 3);
        let (one, two) = (pace.room(1).await, pace.room(1).await);
        let third = |pace: &Arc<Pace>| pace.rooms.available_permits();
        assert_eq!(third(&pace), 0);
        std::thread::sleep(WINDOW);
        drop(one);
        drop(two);
        assert_eq!(third(&pace), 3, "it grew to its limit");
        let rooms = [pace.room(1).await, pace.room(1).await, pace.room(1).await];
        pace.seen.lock().unwrap().surplus = 1;
        drop(rooms);
        assert_eq!(third(&pace), 2);
    }

    #[tokio::test]
    async fn on_a_slow_line_a_part_begins_when_another_is_over() {
        let (pace, part) = (Pace::new(16, 16), 12 << 20);
        let begins = async || {
            let next = pace.room(part);
            tokio::time::timeout(Duration::from_millis(20), next).await.is_ok()
        };
        let rooms = (pace.room(part).await, pace.room(part).await);
        pace.taken(BUFFERS);
        assert!(!begins().await, "two are under way");
        drop(rooms.0);
        assert!(begins().await);
        drop(rooms.1);
        // One that is larger than what may be under way goes alone.
        let alone = pace.room(1 << 40).await;
        assert!(!begins().await);
        drop(alone);
        assert_eq!(pace.line().under_way, 0);
    }

    #[tokio::test]
    async fn a_fast_line_is_given_more() {
        let (pace, part) = (Pace::new(16, 16), 12 << 20);
        let rooms = (pace.room(part).await, pace.room(part).await);
        let next = tokio::spawn({
            let pace = Arc::clone(&pace);
            async move { pace.room(part).await }
        });
        tokio::task::yield_now().await;
        assert!(!next.is_finished());
        pace.taken(2 * part);
        next.await.unwrap();
        drop(rooms);
    }
}
