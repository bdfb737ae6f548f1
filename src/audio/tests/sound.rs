//! Files with nothing wrong, of all kinds of frames.

use super::*;
use crate::audio::testing::Noise;
use crate::audio::{BitRate, Channels, ClaimsKind, Version};

#[test]
fn a_plain_stream_is_counted_exactly() {
    let bytes = FRAME.stream(1000);
    let mp3 = mp3(&bytes);
    assert_sound(&mp3, 1000);
    assert_eq!(mp3.samples, 1_152_000);
    assert_eq!(mp3.time.milliseconds(), 26_122);
    assert_eq!(mp3.payload, 0..417_000);
    assert_eq!(mp3.audio, 0..417_000);
    assert_eq!(mp3.bit_rate, BitRate::Constant(128));
    assert_eq!((mp3.claims, mp3.gapless_time), (None, None));
}

#[test]
fn every_rate_of_every_version_is_walked() {
    for hertz in [44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000, 8000] {
        let low = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let high = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        for kbps in if hertz >= 32000 { high } else { low } {
            for (mono, crc, padded) in [(false, false, false), (true, true, true)] {
                let frame = Frame { kbps, hertz, mono, crc, padded, free: None };
                let mp3 = mp3(&frame.stream(20));
                assert_sound(&mp3, 20);
                assert_eq!(mp3.samples, 20 * frame.samples(), "{frame:?}");
                assert_eq!(mp3.format.sample_rate, hertz);
                assert_eq!(mp3.format.channels == Channels::Mono, mono);
                assert_eq!(mp3.bit_rate, BitRate::Constant(kbps));
                let version = match hertz {
                    32000.. => Version::Mpeg1,
                    16000.. => Version::Mpeg2,
                    _ => Version::Mpeg25,
                };
                assert_eq!(mp3.format.version, version);
            }
        }
    }
}

#[test]
fn variable_bit_rate_without_a_header_is_timed_by_its_frames() {
    let mut noise = Noise(7);
    let bytes: Vec<u8> = (0..900)
        .flat_map(|i| {
            Frame { kbps: [64, 128, 320][i % 3], padded: i % 2 == 0, ..FRAME }.noise(&mut noise)
        })
        .collect();
    let mp3 = mp3(&bytes);
    assert_eq!(mp3.frames, 900);
    assert_eq!(
        told(&mp3),
        ["the bit rate changes, and no header counts the frames: players show 0:01:02.644"]
    );
    assert_eq!(mp3.bit_rate, BitRate::Variable { mean: 171, min: 64, max: 320 });
    assert_eq!(mp3.time.milliseconds(), 23_510);
}

#[test]
fn free_format_is_measured_from_frame_to_frame() {
    for length in [100, 417, 1000, 2089, 5000] {
        let mut noise = Noise(length as u64);
        let bytes: Vec<u8> = (0..50)
            .flat_map(|i| {
                Frame { free: Some(length), padded: i % 3 == 0, ..FRAME }.noise(&mut noise)
            })
            .collect();
        let mp3 = mp3(&bytes);
        assert_sound(&mp3, 50);
        let kbps = (length as f64 * 8.0 * 44.1 / 1152.0).round() as u32;
        assert_eq!(mp3.bit_rate, BitRate::Free(kbps));
    }
}

#[test]
fn the_header_frame_plays_nothing_and_its_silence_is_taken_off() {
    for frame in [
        FRAME,
        MONO,
        OTHER_RATE,
        Frame { hertz: 22050, kbps: 64, ..FRAME },
        Frame { crc: true, ..FRAME },
    ] {
        let bytes = frame.with_lame(&frame.stream(461), 461, 576, 1296);
        let mp3 = mp3(&bytes);
        assert_sound(&mp3, 461);
        assert!(mp3.proved_intact);
        let claims = mp3.claims.as_ref().unwrap();
        assert_eq!((claims.kind, claims.frames), (ClaimsKind::Info, Some(461)));
        assert_eq!(
            (claims.bytes, claims.encoder.as_deref()),
            (Some(bytes.len() as u64), Some("LAME3.100"))
        );
        let lame = claims.lame.unwrap();
        assert_eq!((lame.delay, lame.padding, lame.own_crc_holds), (576, 1296, true));
        let samples = 461 * frame.samples() - 576 - 1296;
        let milliseconds = (samples as f64 * 1000.0 / f64::from(frame.hertz)).round() as u64;
        assert_eq!(mp3.gapless_time.map(|time| time.milliseconds()), Some(milliseconds));
    }
}

#[test]
fn fraunhofers_header_is_read() {
    let audio = FRAME.stream(100);
    let mp3 = mp3(&[FRAME.vbri(100, 417 * 101), audio].concat());
    assert_sound(&mp3, 100);
    let claims = mp3.claims.unwrap();
    assert_eq!(
        (claims.kind, claims.frames, claims.bytes),
        (ClaimsKind::Vbri, Some(100), Some(42_117))
    );
}

#[test]
fn a_count_that_includes_the_header_frame_is_no_fault() {
    let audio = FRAME.stream(100);
    assert_sound(&mp3(&[FRAME.xing(b"Xing", Some(101), None), audio.clone()].concat()), 100);
    let bytes = Some(417 * 101);
    assert_sound(&mp3(&[FRAME.xing(b"Xing", Some(101), bytes), audio].concat()), 100);
}

#[test]
fn a_constant_bit_rate_needs_no_count() {
    let mp3 = mp3(&[FRAME.xing(b"Info", None, None), FRAME.stream(100)].concat());
    assert_sound(&mp3, 100);
    assert_eq!(mp3.claims.unwrap().frames, None);
}

#[test]
fn few_frames_are_enough() {
    for frames in 1..=4 {
        assert_sound(&mp3(&FRAME.stream(frames)), frames as u64);
    }
    let mp3 = mp3(&FRAME.xing(b"Info", Some(0), None));
    assert_sound(&mp3, 0);
    assert_eq!((mp3.time.milliseconds(), mp3.bit_rate), (0, BitRate::Constant(128)));
}

#[test]
fn either_time_is_accepted_within_a_second() {
    let mp3 = mp3(&FRAME.with_lame(&FRAME.stream(100), 100, 576, 4095));
    let (time, gapless) = (mp3.time.milliseconds(), mp3.gapless_time.unwrap().milliseconds());
    assert!(mp3.plays_for(time) && mp3.plays_for(time + 1000) && mp3.plays_for(gapless - 1000));
    assert!(!mp3.plays_for(time + 1001) && !mp3.plays_for(gapless - 1001));
}
