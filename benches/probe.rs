//! How fast MP3s are judged, in bytes of file, beside the SHA-256 of the same bytes alone.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark that cannot go on stops")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use onair::audio::testing::{FRAME, Frame, Noise};
use onair::audio::{Depth, probe_bytes};
use onair::model::hash::Sha256;

const BYTES: usize = 32 << 20;

/// Frames of the bit rates that `kbps` gives one after the other.
fn mp3(mut kbps: impl FnMut(u64) -> u32) -> Vec<u8> {
    let mut noise = Noise(1);
    let mut bytes = Vec::with_capacity(BYTES);
    let mut count = 0;
    while bytes.len() < BYTES {
        bytes.extend(Frame { kbps: kbps(count), ..FRAME }.noise(&mut noise));
        count += 1;
    }
    bytes
}

fn probe(criterion: &mut Criterion) {
    let constant = mp3(|_| 128);
    let variable = mp3(|count| [96, 128, 160, 192, 224, 256][(count * 7 % 6) as usize]);
    let mut holes = constant.clone();
    // A hole of 2 KB, and then one after every 256 KiB.
    holes.chunks_exact_mut(256 << 10).for_each(|chunk| chunk[..2000].fill(0));
    for (depth, name) in [(Depth::Walk, "walk"), (Depth::Hash, "walk and hash")] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(BYTES as u64)).sample_size(20);
        for (kind, bytes) in [("cbr", &constant), ("vbr", &variable), ("damaged", &holes)] {
            group.bench_function(kind, |bencher| bencher.iter(|| probe_bytes(bytes, depth)));
        }
    }
    let mut group = criterion.benchmark_group("sha-256 alone");
    group.throughput(Throughput::Bytes(BYTES as u64)).sample_size(20);
    group.bench_function("cbr", |bencher| bencher.iter(|| Sha256::of(&constant)));
}

criterion_group!(benches, probe);
criterion_main!(benches);
