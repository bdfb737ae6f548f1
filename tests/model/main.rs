//! A host's everyday moves, in any order: whatever was done before, all that judge a show agree.
//!
//! A walk is a row of random moves, the same for the same seed. After every move:
//! - `check` and `release --dry-run` have the same findings;
//! - `check` in a clone without audio says the same of all audio that the target holds;
//! - what a release would accept, `check --fix` does not touch;
//! - what `check --fix` fixed stays fixed, and nothing that it could fix is left;
//! - after a release, every length in the feed is that of the file it names, and nothing is left to do,
//!   here and in a clone without audio.
//!
//! `ONAIR_WALKS` sets the number of walks, `ONAIR_SEED` the first seed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod fix;
mod host;
mod verdicts;

use host::Host;

/// Moves in a walk.
const MOVES: usize = 14;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn all_that_judge_a_show_agree_after_any_of_a_host_s_moves() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = setting("ONAIR_SEED", 1);
    let mut released = 0;
    for seed in first..first + setting("ONAIR_WALKS", 10) {
        let mut host = Host::new(seed);
        for _ in 0..MOVES {
            runtime.block_on(host.make_a_move());
            runtime.block_on(verdicts::agree(&host));
        }
        released += host.released;
    }
    assert!(released > 0, "no walk came to a release");
}
