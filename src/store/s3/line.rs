//! How much audio is under way at a time: so many requests at most, and no more bytes than the line takes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// So many bytes are under way until the line is seen to be fast. On a slow one a few parts go side by side, so
/// that a cut loses little.
const FIRST: u64 = 24 << 20;

/// Buffers on this machine take so many at once, which tells nothing of the line.
const BUFFERS: u64 = 4 << 20;

/// The rate of the line is that of no less time than so many seconds.
const SOON: f64 = 0.25;

/// What the line takes in so many seconds may be under way.
const AHEAD: f64 = 10.0;

/// A smaller request tells of the way there and back, and little of the line.
const MUCH: u64 = 4 << 20;

/// Hands out room for parts, and looks at what the line takes.
#[derive(Debug)]
pub(super) struct Line {
    rooms: Arc<Semaphore>,
    seen: Mutex<Seen>,
    moved: Notify,
}

/// Bytes on their way, and what is known of it.
#[derive(Debug, Default)]
struct Seen {
    /// Of requests that are not over.
    under_way: u64,
    taken: u64,
    since: Option<Instant>,
    /// Bytes a second of one request that sent much, about; 0 if none has.
    of_one: f64,
}

/// Room for one request, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    line: Arc<Line>,
    bytes: u64,
    since: Instant,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Seen {
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

    #[expect(clippy::cast_precision_loss, reason = "a rate, of which two digits matter")]
    fn leave(&mut self, room: &Room) {
        self.under_way -= room.bytes;
        if room.bytes >= MUCH {
            let rate = room.bytes as f64 / room.since.elapsed().as_secs_f64().max(0.001);
            self.of_one = if self.of_one > 0.0 { (3.0 * self.of_one + rate) / 4.0 } else { rate };
        }
    }
}

impl Line {
    /// For so many requests at a time.
    pub(super) fn new(requests: usize) -> Arc<Self> {
        let rooms = Arc::new(Semaphore::new(requests));
        Arc::new(Self { rooms, seen: Mutex::default(), moved: Notify::new() })
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
            if self.seen().enter(bytes) {
                break;
            }
            moved.await;
        }
        Room { line: Arc::clone(self), bytes, since: Instant::now(), _permit: permit }
    }

    /// The line has taken so many bytes of a request.
    pub(super) fn taken(&self, bytes: u64) {
        self.seen().taken += bytes;
        self.moved.notify_waiters();
    }

    /// Bytes a second that one request sends, as far as is known; 0 if it is not.
    pub(super) fn rate_of_one(&self) -> f64 {
        self.seen().of_one
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.line.seen().leave(self);
        self.line.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PART: u64 = 12 << 20;

    #[tokio::test]
    async fn on_a_slow_line_a_part_begins_when_another_is_over() {
        let line = Line::new(16);
        let begins = async || {
            let next = line.room(PART);
            tokio::time::timeout(Duration::from_millis(20), next).await.is_ok()
        };
        let rooms = (line.room(PART).await, line.room(PART).await);
        line.taken(BUFFERS);
        assert!(!begins().await, "two are under way");
        drop(rooms.0);
        assert!(begins().await);
        drop(rooms.1);
        // One that is larger than what may be under way goes alone.
        let alone = line.room(1 << 40).await;
        assert!(!begins().await);
        drop(alone);
        assert_eq!(line.seen().under_way, 0);
    }

    #[tokio::test]
    async fn a_fast_line_is_given_more_and_no_more_requests_than_it_may_have() {
        let line = Line::new(3);
        let rooms = [line.room(PART).await, line.room(PART).await];
        let waits = |line: &Arc<Line>| {
            let line = Arc::clone(line);
            tokio::spawn(async move { line.room(PART).await })
        };
        let third = waits(&line);
        tokio::task::yield_now().await;
        assert!(!third.is_finished());
        line.taken(9 * PART);
        let third = third.await.unwrap();
        let fourth = waits(&line);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!fourth.is_finished());
        drop(rooms);
        fourth.await.unwrap();
        drop(third);
        assert!(line.rate_of_one() > 0.0);
    }
}
