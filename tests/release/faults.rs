//! Thousands of releases in bad weather, and with a store that lies. A failure names its seed:
//! `ONAIR_SEED=17 cargo test faults`. `ONAIR_SCHEDULES` sets how many there are.

use std::collections::BTreeMap;

use onair::model::object::Key;
use onair::release::ReleaseError;
use onair::store::memory::Entry;

use crate::crash::{End, end, prepared, shows};
use crate::support::show::Show;
use crate::support::tap::{Act, Tap};
use crate::support::{HOURS_LATER, at, publish};

const SCHEDULES: u64 = 600;

/// SplitMix64: small, and good enough for weather.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// What a host tries to release, one try after the other; the last is what it shall be in the end.
struct Case {
    name: &'static str,
    start: BTreeMap<Key, Entry>,
    tries: Vec<Show>,
    /// The end, and what was written on the way there in good weather; where there is but one way.
    end: Option<(End, Vec<String>)>,
}

async fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, before, after) in shows() {
        let start = prepared(before.as_ref()).await;
        let tap = Tap::new(&start);
        publish(&tap, &after, "whole", at(1)).await.unwrap();
        let end = Some((end(&tap.objects()), sorted(tap.written())));
        cases.push(Case { name, start, tries: vec![after], end });
    }
    // A typing error is seen, or another file exported, after a first try that may have sent a lot.
    let start = prepared(Some(&Show::of(1))).await;
    let (mut typo, mut other) = (Show::of(2), Show::of(2));
    typo.episode(2).title = "Epsiode 2".into();
    other.episode(2).payload = "other frames of sound";
    let tries = vec![typo, other, Show::of(2)];
    cases.push(Case { name: "changed mind", start, tries, end: None });
    cases
}

fn sorted(mut keys: Vec<String>) -> Vec<String> {
    keys.sort();
    keys
}

fn weather(seed: u64, lies: bool) -> impl FnMut(usize) -> Act + Send + 'static {
    let mut dice = Dice(seed);
    let badness = 2 + dice.roll(30);
    move |_| {
        if dice.roll(100) >= badness {
            return Act::Do;
        }
        match dice.roll(if lies { 9 } else { 8 }) {
            0 | 1 => Act::Fail,
            2 => Act::Refuse,
            3 | 4 => Act::DoAndFail,
            5 => Act::DoAndMeet,
            6 => Act::Later,
            8 => Act::Lie,
            _ => {
                if dice.roll(2) == 0 {
                    Act::DieBefore
                } else {
                    Act::DieAfter
                }
            }
        }
    }
}

/// Runs one seed's weather; says what went wrong.
async fn live_through(seed: u64, case: &Case, lies: bool) -> Result<(), String> {
    let mut dice = Dice(!seed);
    let tap = Tap::new(&case.start);
    let mut clock = 1;
    let mut tries = 0;
    loop {
        tries += 1;
        let fair = tries > 5;
        let show = &case.tries[(tries - 1).min(case.tries.len() - 1)];
        if fair {
            tap.follow(|_| Act::Do);
        } else {
            tap.follow(weather(seed.wrapping_mul(1000).wrapping_add(tries as u64), lies));
        }
        let who = format!("try {tries}");
        let outcome = tokio::select! {
            biased;
            done = publish(&tap, show, &who, at(clock)) => Some(done),
            () = tap.died.notified() => None,
        };
        if let Some(broken) = tap.broken() {
            return Err(format!("try {tries}: {broken}"));
        }
        let last = tries >= case.tries.len();
        match outcome {
            Some(Ok(_)) if last => break,
            Some(Err(error)) if fair && !matches!(error, ReleaseError::Held { .. }) => {
                return Err(format!("fails in fair weather: {error}"));
            }
            _ if tries > 9 => return Err("it never ends".into()),
            _ => {}
        }
        // Some try again at once; some writes arrive when all is over.
        clock += if dice.roll(3) == 0 && tries < 5 { 1 } else { HOURS_LATER };
        if dice.roll(2) == 0 {
            tap.land();
        }
    }
    while tap.land() {}
    tap.follow(|_| Act::Do);
    let show = &case.tries[case.tries.len() - 1];
    clock += HOURS_LATER;
    publish(&tap, show, "last", at(clock)).await.map_err(|error| format!("last: {error}"))?;
    if let Some(broken) = tap.broken() {
        return Err(format!("at the end: {broken}"));
    }
    let (objects, record) = end(&tap.objects());
    let record = record.ok_or("no record at the end")?;
    for (key, recorded) in &record.objects {
        let entry = objects.get(key).ok_or_else(|| format!("{key} is recorded but not there"))?;
        if entry.bytes.len() as u64 != recorded.bytes
            || !recorded.digest.agrees_with(&entry.metadata)
        {
            return Err(format!("{key} is not what is recorded"));
        }
    }
    // Who is told that a file is another one sends it again, under another name if it is audio.
    if let Some((end, once)) = case.end.as_ref().filter(|_| !lies) {
        if (objects, Some(record)) != *end {
            return Err("another end".into());
        }
        let written = sorted(tap.written());
        if written != *once {
            return Err(format!("written {written:?} instead of {once:?}"));
        }
    }
    Ok(())
}

#[test]
fn no_weather_breaks_a_promise() {
    hold(SCHEDULES, false);
}

#[test]
fn no_lie_of_the_store_breaks_a_promise() {
    hold(SCHEDULES / 3, true);
}

fn hold(schedules: u64, lies: bool) {
    let setting = |name| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let only = setting("ONAIR_SEED");
    let all = only.map_or_else(|| setting("ONAIR_SCHEDULES").unwrap_or(schedules), |seed| seed + 1);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let work = (0..threads).map(|thread| {
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(async {
                    let cases = cases().await;
                    let mut failures = Vec::new();
                    let seeds = (thread..all).step_by(threads.try_into().unwrap());
                    for seed in seeds.filter(|seed| only.is_none_or(|only| only == *seed)) {
                        let case = &cases[usize::try_from(seed).unwrap() % cases.len()];
                        if let Err(wrong) = live_through(seed, case, lies).await {
                            failures.push(format!("seed {seed}, {}: {wrong}", case.name));
                        }
                    }
                    failures
                })
            })
        });
        let work: Vec<_> = work.collect();
        work.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let first: Vec<&String> = failures.iter().take(10).collect();
    assert!(failures.is_empty(), "{} seeds fail: {first:#?}", failures.len());
}
