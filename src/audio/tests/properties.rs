//! What holds for any bytes.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::audio::testing::{Noise, ape, ape_item, id3v1, id3v2, id3v2_of, lyrics3};
use crate::audio::{Damage, Prober, find_trailing, probe_stream};
use crate::model::hash::Sha256;

/// Bytes as they may stand in a file, sound and unsound, that meet in all ways.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let frames = [
        FRAME,
        MONO,
        OTHER_RATE,
        Frame { padded: true, crc: true, ..FRAME },
        Frame { hertz: 22050, kbps: 8, ..FRAME },
        Frame { hertz: 8000, kbps: 160, mono: true, ..FRAME },
        Frame { free: Some(300), ..FRAME },
    ];
    let piece = prop_oneof![
        6 => (0..frames.len(), 1..12_usize).prop_map(move |(i, count)| frames[i].stream(count)),
        1 => (1..12_usize).prop_map(|count| FRAME.with_lame(&FRAME.stream(count), count as u32, 576, 100)),
        1 => (1..200_u32).prop_map(|frames| FRAME.xing(b"Xing", Some(frames), None)),
        1 => (0..3000_usize).prop_map(|count| vec![0; count]),
        1 => (0..3000_usize, 1..9_u64).prop_map(|(count, seed)| Noise(seed).bytes(count)),
        1 => (3..5_u8, 0..2000_usize).prop_map(|(major, padding)| id3v2(major, b"title", padding)),
        1 => (0..3000_usize).prop_map(|count| id3v2_of(4, 0x10, &vec![b'A'; count])),
        1 => any::<bool>().prop_map(|header| ape(2, &ape_item("Title", b"x"), header)),
        1 => Just(id3v1()),
        1 => Just(lyrics3(b"IND0000211")),
        1 => proptest::collection::vec(any::<u8>(), 0..60),
        1 => proptest::collection::vec(prop_oneof![Just(0xFF), Just(0xFB), Just(0xF1), Just(0x90), Just(0)], 0..300),
    ];
    let cut = |(bytes, cut): (Vec<u8>, Option<usize>)| match cut {
        Some(cut) => bytes[..cut % (bytes.len() + 1)].to_vec(),
        None => bytes,
    };
    let piece = (piece, proptest::option::weighted(0.2, any::<usize>())).prop_map(cut);
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Probes with chunks of these sizes, taken in turn.
fn in_chunks(bytes: &[u8], sizes: &[usize], depth: Depth) -> Probe {
    let Ok(trailing) = find_trailing(bytes.len() as u64, |offset, into: &mut [u8]| {
        into.copy_from_slice(&bytes[offset as usize..][..into.len()]);
        Ok::<_, std::convert::Infallible>(true)
    });
    let (mut payload, behind) = bytes.split_at(trailing.start as usize);
    let mut prober = Prober::new(depth);
    for size in sizes.iter().cycle() {
        let (chunk, rest) = payload.split_at((*size).min(payload.len()));
        prober.feed(chunk);
        payload = rest;
        if rest.is_empty() {
            break;
        }
    }
    prober.payload_ends(trailing);
    prober.feed(behind);
    prober.finish()
}

/// A file whose encoder vouches for it.
static VOUCHED: LazyLock<Vec<u8>> =
    LazyLock::new(|| FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000));

proptest! {
    #[test]
    fn chunks_do_not_matter(
        bytes in pieces(),
        sizes in proptest::collection::vec(prop_oneof![1..20_usize, 1..5000_usize], 1..5),
    ) {
        let whole = probe_bytes(&bytes, Depth::HashFile);
        prop_assert_eq!(&whole, &in_chunks(&bytes, &sizes, Depth::HashFile));
        prop_assert_eq!(&whole, &probe_stream(&bytes[..], Depth::HashFile).unwrap());
    }

    #[test]
    fn hashes_are_those_of_the_ranges(bytes in pieces()) {
        let probe = probe_bytes(&bytes, Depth::HashFile);
        prop_assert_eq!(probe.bytes, bytes.len() as u64);
        prop_assert_eq!(probe.sha256, Some(Sha256::of(&bytes)));
        if let Content::Mp3(mp3) = probe.content {
            let payload = &bytes[mp3.payload.start as usize..mp3.payload.end as usize];
            prop_assert_eq!(mp3.payload_sha256, Some(Sha256::of(payload)));
            // Hashing changes nothing else.
            let hashed = Mp3 { payload_sha256: None, ..*mp3 };
            prop_assert_eq!(Content::Mp3(Box::new(hashed)), probe_bytes(&bytes, Depth::Walk).content);
        }
    }

    #[test]
    fn findings_stay_within_the_file(bytes in pieces()) {
        if let Content::Mp3(mp3) = probe_bytes(&bytes, Depth::Walk).content {
            let len = bytes.len() as u64;
            prop_assert!(mp3.payload.start <= mp3.audio.start);
            prop_assert!(mp3.audio.start <= mp3.audio.end);
            prop_assert!(mp3.audio.end <= mp3.payload.end && mp3.payload.end <= len);
            prop_assert!(mp3.tags.iter().all(|tag| tag.range.start < tag.range.end && tag.range.end <= len));
            prop_assert!(mp3.damage.iter().filter_map(Damage::offset).all(|at| at < len));
            prop_assert!(mp3.damage.first.len() <= 64);
        }
    }

    #[test]
    fn every_byte_of_the_payload_is_a_frame_or_told(bytes in pieces()) {
        let Content::Mp3(mp3) = probe_bytes(&bytes, Depth::Walk).content else { return Ok(()) };
        prop_assume!(mp3.damage.left_out() == 0);
        let told: u64 = mp3.damage.iter().map(|damage| match damage {
            Damage::Gap { bytes, .. } => *bytes,
            Damage::CutFrame { have, .. } => *have,
            _ => 0,
        }).sum();
        let payload = mp3.payload.end - mp3.payload.start;
        // No frame is shorter than 24 bytes or longer than 5,761, header frames included.
        prop_assert!(mp3.frames * 24 + told <= payload);
        let headers = mp3.damage.iter().filter(|d| matches!(d, Damage::SecondHeader { .. })).count();
        prop_assert!(payload <= (mp3.frames + 1 + headers as u64) * 5761 + told);
        if mp3.damage.is_empty() {
            prop_assert_eq!(&mp3.audio, &mp3.payload);
        }
    }

    #[test]
    fn random_damage_is_found_by_the_check_sum(at in 417..41_700_usize, bit in 0..8_u8) {
        let mut bytes = VOUCHED.clone();
        bytes[at] ^= 1 << bit;
        let mp3 = mp3(&bytes);
        prop_assert!(!mp3.proved_intact);
        prop_assert!(!mp3.damage.is_empty());
    }

    #[test]
    fn random_cuts_are_found(from in 417..42_117_usize, len in 1..5000_usize) {
        let bytes = &VOUCHED;
        let cut = [&bytes[..from], &bytes[(from + len).min(bytes.len())..]].concat();
        prop_assert!(!mp3(&cut).damage.is_empty());
    }

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..5000)) {
        let probe = probe_bytes(&bytes, Depth::HashFile);
        prop_assert_eq!(&probe, &in_chunks(&bytes, &[1], Depth::HashFile));
    }
}

/// Bytes that look like a frame, or the beginning of one, at every place.
#[test]
fn hostile_bytes_are_judged_alike_in_any_chunks() {
    let free = Frame { free: Some(100), ..FRAME }.header();
    let patterns: [&[u8]; 6] = [
        &[0xFF],
        &FRAME.header(),
        &free,
        &[free[0], free[1], free[2], 0x00, 0xFF, free[1], 0x08, 0xC0],
        &[0xFF, 0xF1, 0x50, 0x80, 0x01, 0x1F, 0xFC],
        b"ID3\x03\0\0\0\0\0\0",
    ];
    for pattern in patterns {
        let bytes = pattern.repeat(50_000 / pattern.len());
        assert_eq!(probe_bytes(&bytes, Depth::Hash), in_chunks(&bytes, &[1, 9], Depth::Hash));
    }
}

#[test]
fn what_is_kept_back_is_bounded() {
    let mut prober = Prober::new(Depth::Walk);
    let mut noise = Noise(4);
    for _ in 0..200 {
        prober.feed(&noise.bytes(10_000));
        prober.feed(&FRAME.stream(10)[..3000]);
        assert!(prober.held() < 64 << 10);
    }
}

/// Beyond what 32 bits can count: a leading tag of 4 GiB, which is skipped, puts the audio there.
#[test]
fn offsets_beyond_four_gib_are_right() {
    let mut tag = ape(2, b"", true);
    tag[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    let start = 32 + u64::from(u32::MAX);
    let audio = [FRAME.stream(20_000), vec![0; 100], FRAME.stream(20_000)].concat();
    let mut prober = Prober::new(Depth::Walk);
    prober.feed(&tag[..32]);
    let chunk = vec![0; 1 << 24];
    (0..255).for_each(|_| prober.feed(&chunk));
    prober.feed(&chunk[1..]);
    prober.feed(&audio);
    let Content::Mp3(mp3) = prober.finish().content else { panic!("an MP3") };
    assert_eq!((mp3.frames, &mp3.payload), (40_000, &(start..start + audio.len() as u64)));
    let line = format!(
        "a gap in the audio: 100 bytes at byte {} hold no frame (all zeros)",
        start + 20_000 * 417
    );
    assert_eq!(told(&mp3), [line]);
}

/// A probe is kept between runs as JSON.
#[test]
fn a_probe_survives_json() {
    let joined = [
        id3v2(3, b"title", 5),
        FRAME.with_lame(&FRAME.stream(50), 60, 576, 1000),
        vec![0; 100],
        OTHER_RATE.stream(5),
        id3v1(),
    ];
    for bytes in [joined.concat(), b"<html>".to_vec(), Vec::new()] {
        let probe = probe_bytes(&bytes, Depth::HashFile);
        let json = serde_json::to_string_pretty(&probe).unwrap();
        assert_eq!(serde_json::from_str::<Probe>(&json).unwrap(), probe, "{json}");
    }
}
