//! Any bytes, in chunks of any size: no panic, the same verdict, and findings within the file.
//!
//! `cargo +nightly fuzz run probe -- -max_len=20000`; real MP3s of a few KB in `fuzz/corpus/probe/`
//! (two bytes for the chunks' size in front of each) lead it to the interesting places sooner.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::audio::{Content, Damage, Depth, Prober, find_trailing, probe_bytes};
use onair::model::hash::Sha256;

fuzz_target!(|input: &[u8]| {
    let Some((&[size, size_above], bytes)) = input.split_first_chunk() else { return };
    let size = 1 + usize::from(size) + (usize::from(size_above) << 5);
    let whole = probe_bytes(bytes, Depth::HashFile);

    let trailing = find_trailing(bytes.len() as u64, |offset, into: &mut [u8]| {
        into.copy_from_slice(&bytes[offset as usize..][..into.len()]);
        Ok::<_, ()>(true)
    })
    .expect("bytes in memory");
    let mut prober = Prober::new(Depth::HashFile);
    let (payload, behind) = bytes.split_at(trailing.start as usize);
    payload.chunks(size).for_each(|chunk| prober.feed(chunk));
    prober.payload_ends(trailing);
    prober.feed(behind);
    assert_eq!(whole, prober.finish());

    assert_eq!(whole.sha256, Some(Sha256::of(bytes)));
    if let Content::Mp3(mp3) = whole.content {
        let payload = &bytes[mp3.payload.start as usize..mp3.payload.end as usize];
        assert_eq!(mp3.payload_sha256, Some(Sha256::of(payload)));
        assert!(mp3.payload.start <= mp3.audio.start && mp3.audio.end <= mp3.payload.end);
        assert!(mp3.audio.start <= mp3.audio.end);
        assert!(mp3.damage.iter().filter_map(Damage::offset).all(|at| at < whole.bytes));
        assert!(mp3.damage.iter().all(|damage| !damage.to_string().is_empty()));
        if mp3.damage.is_empty() {
            assert_eq!(mp3.audio, mp3.payload);
        }
    }
});
