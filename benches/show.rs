//! A show of 100, 1,000 and 10,000 episodes without audio at hand: read and checked; rendered;
//! rendered, hashed and planned against what is published.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark that cannot go on stops")]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use onair::plan::{self, Overrides};
use onair::rules::{self, Facts};
use onair::show::{Episode, Settings, Show};
use onair::site;
use onair::store::published::{Published, Standing};
use onair::store::record::{Author, Recorded, ReleaseNumber};
use onair::store::{Stored, Version};

const COUNTS: [u32; 3] = [100, 1_000, 10_000];

fn check(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse and check");
    for count in COUNTS {
        let texts: Vec<_> = (1..=count).map(support::text).collect();
        group.throughput(Throughput::Elements(count.into())).sample_size(10);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                let settings_source = support::settings();
                let show = Show {
                    root: PathBuf::new(),
                    settings: Settings::parse(&settings_source).unwrap(),
                    settings_source,
                    episodes: texts.iter().map(|t| Episode::parse(t.clone()).unwrap()).collect(),
                    unreadable: Vec::new(),
                    others: Vec::new(),
                };
                rules::check(Facts {
                    show: &show,
                    audio: &BTreeMap::new(),
                    unused_audio: &[],
                    artwork: &Ok(None),
                    heard: &onair::rules::sound::Ears::new(),
                    others: Vec::new(),
                    now: "2026-01-01T00:00:00Z".parse().unwrap(),
                })
            });
        });
    }
}

fn render(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render");
    let settings = Settings::parse(&support::settings()).unwrap();
    for count in COUNTS {
        let episodes = support::episodes(count);
        let inputs = support::inputs(&settings, &episodes);
        group.throughput(Throughput::Elements(count.into())).sample_size(10);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter_with_large_drop(|| site::build(&inputs).unwrap());
        });
    }
}

fn no_op(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render, hash and plan a no-op");
    let settings = Settings::parse(&support::settings()).unwrap();
    let allow = Overrides::default();
    for count in COUNTS {
        let episodes = support::episodes(count);
        let inputs = support::inputs(&settings, &episodes);
        let published = published(&inputs);
        group.throughput(Throughput::Elements(count.into())).sample_size(10);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter_with_large_drop(|| {
                let plan = plan::plan(site::build(&inputs).unwrap(), &published, &allow).unwrap();
                assert!(plan.nothing_to_do());
                plan
            });
        });
    }
}

/// What stands in a target after a release of these inputs.
fn published(inputs: &site::Inputs<'_>) -> Published {
    let allow = Overrides::default();
    let plan = plan::plan(site::build(inputs).unwrap(), &Published::nothing(), &allow).unwrap();
    let version = || Version("1".to_owned());
    let mut sent: BTreeMap<_, _> = plan
        .sends
        .iter()
        .map(|step| (step.object.key.clone(), Recorded::of(&step.object, version())))
        .collect();
    sent.extend(plan.proofs.iter().map(|proof| {
        let recorded = Recorded {
            kind: onair::model::object::Kind::Audio,
            digest: proof.digest.clone(),
            bytes: proof.bytes,
            content_type: "audio/mpeg".to_owned(),
            cache_control: onair::model::object::Kind::Audio.cache_control().to_owned(),
            version: version(),
        };
        (proof.key.clone(), recorded)
    }));
    let by = Author { who: "bench".into(), onair: "0".into(), run: "0".into() };
    let onair::model::object::Body::Bytes(feed) = &plan.feed.body else {
        unreachable!("a feed is text")
    };
    Published {
        standing: Standing::Current,
        record: Some(plan.record(
            ReleaseNumber(1),
            "2026-01-01T00:00:00Z".parse().unwrap(),
            by,
            sent,
        )),
        feed: Some(Stored { bytes: feed.clone(), version: version() }),
        ..Published::nothing()
    }
}

criterion_group!(benches, check, render, no_op);
criterion_main!(benches);
