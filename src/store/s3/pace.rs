//! How many small requests are under way at a time: as many as are seen to help.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

/// What a request counts for beside its bytes.
const REQUEST: u64 = 64 << 10;

/// A rate is that of no less time than this.
const WINDOW: Duration = Duration::from_millis(50);

/// By so many the width grows.
const STEP: usize = 8;

/// Hands out room for requests, and looks at what comes of it.
#[derive(Debug)]
pub(super) struct Pace {
    rooms: Semaphore,
    most: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    width: usize,
    /// Rooms that are taken.
    taken: usize,
    /// Rooms that are taken and will not be handed out again.
    surplus: usize,
    since: Instant,
    requests: usize,
    bytes: u64,
    /// Bytes a second at the width before.
    rate: f64,
}

/// Room for one request, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room<'a> {
    pace: &'a Pace,
    bytes: u64,
    permit: Option<SemaphorePermit<'a>>,
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
    pub(super) fn new(width: usize, most: usize) -> Self {
        let since = Instant::now();
        let seen = Seen { width, taken: 0, surplus: 0, since, requests: 0, bytes: 0, rate: 0.0 };
        Self { rooms: Semaphore::new(width), most, seen: Mutex::new(seen) }
    }

    /// Waits until there is room for a request with so many bytes.
    pub(super) async fn room(&self, bytes: u64) -> Room<'_> {
        // Nobody closes the semaphore.
        let permit = self.rooms.acquire().await.ok();
        let mut seen = self.seen();
        if seen.taken == 0 {
            // Nothing was under way: that time tells nothing of the line.
            (seen.since, seen.requests, seen.bytes) = (Instant::now(), 0, 0);
        }
        seen.taken += 1;
        drop(seen);
        Room { pace: self, bytes, permit }
    }

    /// One request has come to its end. Whether its room is not to be handed out again.
    #[expect(clippy::cast_precision_loss, reason = "a rate, of which two digits matter")]
    fn done(&self, bytes: u64) -> bool {
        let mut seen = self.seen();
        seen.taken -= 1;
        seen.requests += 1;
        seen.bytes += bytes + REQUEST;
        let time = seen.since.elapsed();
        if seen.requests >= seen.width && time >= WINDOW {
            let rate = seen.bytes as f64 / time.as_secs_f64();
            let width = next(seen.width, self.most, seen.rate, rate);
            let grown = width.saturating_sub(seen.width);
            let kept = grown.min(seen.surplus);
            self.rooms.add_permits(grown - kept);
            let surplus = seen.surplus - kept + seen.width.saturating_sub(width);
            let (since, taken) = (Instant::now(), seen.taken);
            *seen = Seen { width, taken, surplus, since, requests: 0, bytes: 0, rate };
        }
        let surplus = seen.surplus > 0;
        seen.surplus -= usize::from(surplus);
        surplus
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if self.pace.done(self.bytes)
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
    async fn a_pause_tells_nothing_of_the_line() {
        let pace = Pace::new(10, 40);
        for width in [10, 20] {
            let mut rooms = Vec::new();
            for _ in 0..width {
                rooms.push(pace.room(1).await);
            }
            std::thread::sleep(WINDOW);
            drop(rooms);
            std::thread::sleep(10 * WINDOW);
        }
        assert!(pace.seen().width >= 20);
    }

    #[tokio::test]
    async fn no_more_rooms_are_handed_out_than_it_is_wide() {
        let pace = Pace::new(2, 3);
        let (one, two) = (pace.room(1).await, pace.room(1).await);
        let third = |pace: &Pace| pace.rooms.available_permits();
        assert_eq!(third(&pace), 0);
        std::thread::sleep(WINDOW);
        drop(one);
        drop(two);
        assert_eq!(third(&pace), 3, "it grew to its limit");
        let rooms = [pace.room(1).await, pace.room(1).await, pace.room(1).await];
        pace.seen().surplus = 1;
        drop(rooms);
        assert_eq!(third(&pace), 2);
    }
}
