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
            "audio is missing: the header promises 100 frames, 59 are there, which is 0:00:01.071 less",
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
            let line =
                format!("audio is missing: the header promises 100 frames, {frames} are there");
            assert!(told(&cut)[0].starts_with(&line), "{:?}", told(&cut));
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
            "the header counts 1000 frames where there are 2000: players that trust it show 0:00:26.122"
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
        ["a gap in the audio: 9591 bytes at byte 10425 hold no frame (the first 9575 are zeros)"]
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
        ["11676 bytes after the last frame, at byte 30024, are no audio (all zeros)"]
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
    for added in [1, 100, 10_000] {
        let junk = Noise(9).bytes(added);
        let mp3 = mp3(&[&audio[..417 * 20], &junk, &audio[417 * 20..]].concat());
        assert_eq!(mp3.frames, 100);
        let unit = if added == 1 { "byte" } else { "bytes" };
        assert_eq!(
            told(&mp3),
            [format!("a gap in the audio: {added} {unit} at byte 8340 hold no frame")]
        );
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
    assert_eq!(told(&mp3), ["a gap in the audio: 3710 bytes at byte 8340 hold no frame"]);
}

#[test]
fn junk_in_front_and_behind_is_told_and_harmless() {
    let junk = Noise(3).bytes(5000);
    let mp3 = mp3(&[&junk[..], &FRAME.stream(20), &junk].concat());
    assert_eq!(mp3.frames, 20);
    assert_eq!(
        told(&mp3),
        [
            "5000 bytes before the first frame, at byte 0, are no audio",
            "5000 bytes after the last frame, at byte 13340, are no audio",
        ]
    );
    assert!(mp3.damage.iter().all(|damage| damage.harm() == Harm::Untidy));
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
            "the header counts 100 frames where there are 201: players that trust it show 0:00:02.612".to_owned(),
        ]
    );
    assert!(mp3.proved_intact, "the first of the two is");
}

#[test]
fn how_far_junk_at_the_ends_reaches_depends_on_its_length() {
    let audio = FRAME.stream(20);
    let harm = |front: &[u8], end: &[u8]| {
        let mp3 = mp3(&[front, &audio, end].concat());
        assert_eq!(mp3.damage.count, 1);
        mp3.damage.first[0].harm()
    };
    let (noise, zeros) = (Noise(6).bytes(70_000), vec![0; 70_000]);
    assert_eq!(harm(&noise[..100], &[]), Harm::Untidy);
    assert_eq!(harm(&noise, &[]), Harm::Misleading);
    assert_eq!(harm(&zeros[..20_000], &[]), Harm::Untidy);
    assert_eq!(harm(&[], &noise[..20_000]), Harm::Untidy);
    assert_eq!(harm(&[], &noise), Harm::Misleading);
    assert_eq!(harm(&[], &zeros[..4096]), Harm::Untidy);
    assert_eq!(harm(&[], &zeros[..20_000]), Harm::Lost);
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
