//! Files in which something is wrong.

use super::*;
use crate::audio::testing::{Noise, id3v1};
use crate::audio::{Damage, Filler, Harm, PlayTime};

#[test]
fn a_file_cut_in_mid_frame_is_told_with_and_without_a_header() {
    let audio = FRAME.stream(100);
    let mp3_without = mp3(&audio[..audio.len() - 200]);
    assert_eq!((mp3_without.frames, mp3_without.audio.end), (99, 41_283));
    assert_eq!(
        told(&mp3_without),
        ["the last frame, at byte 41283, is cut off: 217 of its 417 bytes are there"]
    );
    let whole = FRAME.with_lame(&audio, 100, 576, 1000);
    let cut = mp3(&whole[..whole.len() - 417 * 40 - 1]);
    assert_eq!(
        told(&cut),
        [
            "the last frame, at byte 25020, is cut off: 416 of its 417 bytes are there",
            "audio is missing: 59 frames are there, which play 0:00:01.541; the Info header promises 100, which play 0:00:02.612",
        ]
    );
    assert!(!cut.proved_intact);
    // The silence behind is gone with the end.
    let front = PlayTime::of(576, 44100);
    assert_eq!(cut.gapless_time, Some(cut.time.saturating_sub(front)));
}

#[test]
fn one_byte_less_is_found() {
    let bytes = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    let cut = &bytes[..bytes.len() - 1];
    for behind in [vec![], id3v1()] {
        assert_eq!(
            told(&mp3(&[cut, &behind].concat())),
            ["the last frame, at byte 41700, is cut off: 416 of its 417 bytes are there"]
        );
    }
}

#[test]
fn a_cut_at_a_frames_border_shows_in_what_the_header_promises() {
    let audio = FRAME.stream(100);
    let headers =
        [FRAME.xing(b"Xing", Some(100), Some(41_700 + 417)), FRAME.vbri(100, 41_700 + 417)];
    for header in headers {
        let cut = |frames: usize| mp3(&[&header[..], &audio[..417 * frames]].concat());
        assert_sound(&cut(100), 100);
        for frames in [99, 50, 3, 1] {
            let cut = cut(frames);
            assert_eq!(cut.damage.count, 1);
            assert_eq!(cut.damage.first[0].harm(), Harm::Lost);
            let line = format!("audio is missing: {frames} frames are there, which play ");
            assert!(told(&cut)[0].starts_with(&line), "{:?}", told(&cut));
            assert!(told(&cut)[0].ends_with("header promises 100, which play 0:00:02.612"));
        }
    }
    // Without a tag behind it and with one.
    let lame = FRAME.with_lame(&audio, 100, 0, 0);
    assert_eq!(mp3(&lame[..lame.len() - 417]).damage.count, 1);
    assert_eq!(mp3(&[&lame[..lame.len() - 417], &id3v1()].concat()).damage.count, 1);
}

#[test]
fn a_header_that_counts_too_few_frames_is_told() {
    let mp3 = mp3(&[FRAME.xing(b"Xing", Some(1000), None), FRAME.stream(2000)].concat());
    assert_eq!(mp3.frames, 2000);
    assert_eq!(
        told(&mp3),
        [
            "the Xing header counts 1000 frames where there are 2000: players that trust it show 0:00:26.122"
        ]
    );
    assert_eq!(mp3.damage.first[0].harm(), Harm::Misleading);
}

#[test]
fn a_hole_of_zeros_is_a_gap() {
    let mut bytes = FRAME.stream(100);
    bytes[10_100..20_000].fill(0);
    let mp3 = mp3(&bytes);
    // The hole begins within the frame that starts at byte 10008 and ends within that at 19599.
    assert_eq!(mp3.frames, 77);
    assert_eq!(
        told(&mp3),
        [
            "a gap in the audio: 9591 bytes at byte 10425 hold no frame (the first 9575 are zeros), the length of 0:00:00.601 of sound"
        ]
    );
    assert_eq!(mp3.damage.first[0].harm(), Harm::Lost);
}

#[test]
fn a_tail_of_zeros_is_told() {
    let mut bytes = FRAME.stream(100);
    bytes[30_000..].fill(0);
    let mp3 = mp3(&bytes);
    assert_eq!(mp3.frames, 72);
    assert_eq!(
        told(&mp3),
        [
            "11676 bytes after the last frame, at byte 30024, are not audio (all zeros), the length of 0:00:00.731 of sound"
        ]
    );
    assert_eq!(mp3.audio.end, 30_024);
    assert_eq!(mp3.payload.end, 41_700);
}

#[test]
fn a_flipped_bit_is_found_where_the_encoder_left_a_check_sum() {
    let mut bytes = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    assert!(mp3(&bytes).proved_intact);
    bytes[20_000] ^= 1;
    let mp3 = mp3(&bytes);
    assert_eq!(mp3.frames, 100);
    assert!(!mp3.proved_intact);
    assert!(told(&mp3)[0].starts_with("the audio was changed after encoding"), "{:?}", told(&mp3));
}

#[test]
fn a_damaged_frame_header_costs_one_frame() {
    for bit in 0..32 {
        let mut bytes = FRAME.stream(100);
        let at = 417 * 50 + bit / 8;
        bytes[at] ^= 1 << (bit % 8);
        let mp3 = mp3(&bytes);
        // Some bits (private, copyright, …) do not matter, and a frame that says it is shorter
        // than it is leaves a gap behind it.
        assert!((99..=100).contains(&mp3.frames), "bit {bit}: {}", mp3.frames);
        let gaps: Vec<_> = mp3.damage.iter().filter_map(Damage::offset).collect();
        assert!(gaps.iter().all(|at| (417 * 49..=417 * 51).contains(at)), "bit {bit}: {gaps:?}");
        assert!(mp3.frames == 100 || !gaps.is_empty(), "bit {bit}");
    }
}

#[test]
fn bytes_lost_or_added_in_the_middle_are_told() {
    let audio = FRAME.stream(100);
    for lost in [1, 100, 416] {
        let mp3 = mp3(&[&audio[..20_100], &audio[20_100 + lost..]].concat());
        assert_eq!(mp3.frames, 99);
        assert!(told(&mp3)[0].starts_with("a gap in the audio"), "{:?}", told(&mp3));
    }
    for added in [1, 100, 1000] {
        let junk = Noise(9).bytes(added);
        let mp3 = mp3(&[&audio[..417 * 20], &junk, &audio[417 * 20..]].concat());
        assert_eq!(mp3.frames, 100);
        let hold = if added == 1 { "byte at byte 8340 holds" } else { "bytes at byte 8340 hold" };
        assert_eq!(told(&mp3), [format!("a gap in the audio: {added} {hold} no frame")]);
    }
}

#[test]
fn a_hole_is_sixteen_zeros_or_more() {
    let audio = FRAME.stream(40);
    for (zeros, words) in [(15, ""), (16, " (the first 16 are zeros)")] {
        let junk = [&vec![0; zeros][..], b"junk", &[0; 100]].concat();
        let mp3 = mp3(&[&audio[..417 * 20], &junk, &audio[417 * 20..]].concat());
        let line =
            format!("a gap in the audio: {} bytes at byte 8340 hold no frame{words}", zeros + 104);
        assert_eq!(told(&mp3), [line]);
    }
}

#[test]
fn other_audio_behind_mpeg_audio_is_but_a_gap() {
    let aac = [&[0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC][..], &[9; 364]].concat().repeat(10);
    let audio = FRAME.stream(20);
    let mp3 = mp3(&[&audio[..], &aac, &audio].concat());
    assert_eq!(mp3.frames, 40);
    assert_eq!(
        told(&mp3),
        [
            "a gap in the audio: 3710 bytes at byte 8340 hold no frame, the length of 0:00:00.232 of sound"
        ]
    );
}

#[test]
fn junk_in_front_and_behind_is_told_for_all_to_see() {
    let junk = Noise(3).bytes(5000);
    let mp3 = mp3(&[&junk[..], &FRAME.stream(20), &junk].concat());
    assert_eq!(mp3.frames, 20);
    assert_eq!(
        told(&mp3),
        [
            "5000 bytes before the first frame, at byte 0, are not audio",
            "5000 bytes after the last frame, at byte 13340, are not audio",
        ]
    );
    assert!(mp3.damage.iter().all(|damage| damage.harm() == Harm::Misleading));
    assert_eq!((mp3.payload, mp3.audio), (0..18_340, 5000..13_340));
}

#[test]
fn joined_streams_are_told_and_timed_exactly() {
    let (one, two) = (FRAME.stream(441), OTHER_RATE.stream(480));
    let mp3 = mp3(&[&one[..], &two, &MONO.stream(10)].concat());
    assert_eq!(mp3.frames, 931);
    let time = PlayTime::of(451 * 1152, 44100) + PlayTime::of(480 * 1152, 48000);
    assert_eq!(mp3.time, time);
    assert_eq!(
        told(&mp3),
        [
            "the audio changes from 44100 Hz joint stereo to 48000 Hz joint stereo at byte 183897",
            "the audio changes from 48000 Hz joint stereo to 44100 Hz mono at byte 368217",
            "the bit rate changes, and no header counts the frames: players show 0:00:23.144",
        ]
    );
}

#[test]
fn a_second_header_frame_shows_where_files_were_joined() {
    let one = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    let mp3 = mp3(&one.repeat(2));
    assert_eq!(mp3.frames, 201);
    assert_eq!(
        told(&mp3),
        [
            "a second recording is joined on at byte 42117, with a header of its own".to_owned(),
            "the Info header counts 100 frames where there are 201: players that trust it show 0:00:02.612".to_owned(),
        ]
    );
    assert!(mp3.proved_intact, "the first of the two is");
}

/// Without a promise, the time counts that the bytes would play: at 64 kbit/s, 8 KB are a second.
#[test]
fn how_far_bytes_at_the_ends_reach_depends_on_the_time_they_would_play() {
    let frame = Frame { kbps: 64, ..FRAME };
    let audio = frame.stream(100);
    let harm = |bytes: &[&[u8]]| {
        let mp3 = mp3(&bytes.concat());
        assert_eq!(mp3.damage.count, 1, "{:?}", told(&mp3));
        mp3.damage.first[0].harm()
    };
    let (noise, zeros) = (Noise(6).bytes(70_000), vec![0; 70_000]);
    // What is left of one frame, some frames, half a second.
    for (bytes, expected) in [(200, Harm::Untidy), (400, Harm::Misleading), (4100, Harm::Lost)] {
        assert_eq!(harm(&[&audio, &noise[..bytes]]), expected.max(Harm::Misleading), "{bytes}");
        assert_eq!(harm(&[&audio, &zeros[..bytes]]), expected, "{bytes}");
    }
    // In front, the first frame tells whether something stood there.
    let (first, rest) = (&audio, &audio[208..]);
    for (bytes, begins, goes_on) in [
        (200, Harm::Misleading, Harm::Untidy),
        (400, Harm::Misleading, Harm::Misleading),
        (4100, Harm::Doubtful, Harm::Lost),
    ] {
        assert_eq!(harm(&[&noise[..bytes], first]), begins, "{bytes}");
        let mp3 = mp3(&[&zeros[..bytes], rest].concat());
        assert_eq!(mp3.damage.first[0].harm(), goes_on, "{bytes}");
    }
}

/// With a promise, it decides: added bytes are no lost ones, in front, behind, or both.
#[test]
fn bytes_added_to_what_the_header_promises_are_no_loss() {
    let whole = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    let noise = Noise(6).bytes(70_000);
    let (header, audio) = whole.split_at(417);
    for bytes in [
        [&noise[..], &whole].concat(),
        [&whole[..], &noise].concat(),
        [header, &vec![0; 30_000], audio].concat(),
    ] {
        let mp3 = mp3(&bytes);
        let harms: Vec<_> = mp3.damage.iter().map(Damage::harm).collect();
        assert_eq!(harms[0], Harm::Misleading, "{:?}", told(&mp3));
    }
}

#[test]
fn free_format_is_found_again_after_any_number_of_gaps() {
    let frame = Frame { free: Some(300), ..FRAME };
    let mut bytes = frame.stream(3000);
    for frame in (10..2990).step_by(10) {
        bytes[frame * 300..frame * 300 + 4].fill(0);
    }
    let mp3 = mp3(&bytes);
    assert_eq!((mp3.damage.count, mp3.frames), (298, 3000 - 298));
}

#[test]
fn much_damage_is_counted_and_little_of_it_kept() {
    let mut bytes = FRAME.stream(5000);
    for frame in (10..4990).step_by(10) {
        bytes[frame * 417..frame * 417 + 4].fill(0);
    }
    let mp3 = mp3(&bytes);
    assert_eq!((mp3.damage.count, mp3.damage.first.len()), (498, 16));
    assert_eq!(mp3.frames, 5000 - 498);
    assert!(matches!(mp3.damage.first[0], Damage::Gap { filler: Filler::Data, .. }));
}
