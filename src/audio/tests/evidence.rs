//! What header frames promise, and what else tells of audio that is not there.

use super::*;
use crate::audio::testing::{
    Noise, ape, crc16, id3v1, id3v2, id3v2_of, lyrics3, old_lyrics3, syncsafe,
};
use crate::audio::{Amount, ClaimsKind, Damage, Harm, PlayTime, Proof};

fn harms(mp3: &Mp3) -> Vec<Harm> {
    mp3.damage.iter().map(Damage::harm).collect()
}

/// The one thing that is wrong.
#[track_caller]
fn only(mp3: &Mp3) -> &Damage {
    assert_eq!(mp3.damage.count, 1, "{:?}", told(mp3));
    &mp3.damage.first[0]
}

/// A whole file behind a LAME header that says something else in some bytes: at an offset from the
/// mark on. With or without its own check sum made right again.
fn lame_saying(at: usize, says: &[u8], signed: bool) -> Vec<u8> {
    let mut bytes = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    let mark = FRAME.mark_at();
    bytes[mark + at..mark + at + says.len()].copy_from_slice(says);
    if signed {
        let own = mark + 154;
        let crc = crc16(&bytes[..own]);
        bytes[own..own + 2].copy_from_slice(&crc.to_be_bytes());
    }
    bytes
}

const COUNT_AT: usize = 8;
const MUSIC_CRC_AT: usize = 152;

#[test]
fn a_header_frame_counts_though_the_frame_behind_it_is_gone() {
    let audio = FRAME.stream(1000);
    let bytes = Some(417 * 1001);
    for header in [
        FRAME.xing(b"Info", Some(1000), bytes),
        FRAME.xing(b"Xing", Some(1000), None),
        FRAME.vbri(1000, 417 * 1001),
        FRAME.with_lame(&audio, 1000, 576, 1000)[..417].to_vec(),
    ] {
        let hole = vec![0; 417 * 400];
        for front in [Vec::new(), id3v2(3, b"title", 10), Noise(3).bytes(700)] {
            let mp3 = mp3(&[&front[..], &header, &hole, &audio[417 * 400..]].concat());
            assert_eq!(mp3.frames, 600);
            assert_eq!(mp3.claims.as_ref().map(|claims| claims.frames), Some(Some(1000)));
            let told = told(&mp3).join("\n");
            assert!(told.contains("166800 bytes before the first frame"), "{told}");
            assert!(told.contains("promises 1000, which play 0:00:26.122"), "{told}");
            assert_eq!(harms(&mp3).iter().filter(|harm| **harm == Harm::Lost).count(), 2);
            assert_eq!(mp3.promised_time(), Some(PlayTime::of(1_152_000, 44100)));
        }
    }
}

#[test]
fn a_header_frame_alone_promises_all_the_same() {
    let whole = FRAME.with_lame(&FRAME.stream(1000), 1000, 576, 1000);
    // With nothing behind it, and itself cut off.
    for len in [417, 300, 60] {
        let mp3 = mp3(&whole[..len]);
        assert_eq!((mp3.frames, mp3.time), (0, PlayTime::ZERO));
        assert!(mp3.damage.iter().any(|damage| matches!(
            damage,
            Damage::Short { missing: Amount::Frames { promised: 1000, found: 0, .. }, .. }
        )));
    }
    // With zeros to the end.
    let mp3 = mp3(&[&whole[..417], &vec![0; 417_000]].concat());
    assert_eq!(harms(&mp3), [Harm::Lost, Harm::Lost]);
}

#[test]
fn a_damaged_first_frame_does_not_hide_the_promise() {
    let mut bytes = FRAME.with_lame(&FRAME.stream(1000), 1000, 576, 1000);
    bytes[417] = 0;
    bytes.truncate(417 * 500);
    let mp3 = mp3(&bytes);
    assert_eq!(mp3.frames, 498);
    assert!(told(&mp3).join("\n").contains("498 frames are there"), "{:?}", told(&mp3));
}

#[test]
fn bytes_alone_are_a_promise() {
    let audio = FRAME.stream(1000);
    let header = FRAME.xing(b"Info", None, Some(417 * 1001));
    assert_sound(&mp3(&[&header[..], &audio].concat()), 1000);
    let cut = mp3(&[&header[..], &audio[..417 * 700]].concat());
    assert_eq!(
        told(&cut),
        [
            "audio is missing: 292317 bytes are there; the Info header promises 417417, which is about 0:00:07.837 more"
        ]
    );
    // Also where the count is too low to tell.
    let header = FRAME.xing(b"Info", Some(10), Some(417 * 1001));
    let cut = mp3(&[&header[..], &audio[..417 * 700]].concat());
    assert_eq!(harms(&cut), [Harm::Lost, Harm::Misleading]);
}

#[test]
fn the_check_sum_proves_the_audio_where_the_header_lies() {
    for (count, shown) in [(200_u32, "0:00:05.224"), (50, "0:00:01.306")] {
        for signed in [true, false] {
            let mp3 = mp3(&lame_saying(COUNT_AT, &count.to_be_bytes(), signed));
            assert!(mp3.proved_intact);
            assert!(matches!(only(&mp3), Damage::Miscount { proof: Some(Proof::CheckSum), .. }));
            assert_eq!(
                told(&mp3),
                [format!(
                    "the Info header is wrong: it counts {count} frames, and the encoder's check sum proves that the 100 there are all: players that trust it show {shown}"
                )]
            );
        }
    }
}

#[test]
fn bytes_that_are_all_there_speak_against_the_count() {
    let audio = FRAME.stream(100);
    let header = FRAME.xing(b"Xing", Some(300), Some(417 * 101));
    let mp3 = mp3(&[&header[..], &audio].concat());
    assert!(matches!(only(&mp3), Damage::Miscount { proof: Some(Proof::Bytes), .. }));
    assert_eq!(only(&mp3).harm(), Harm::Misleading);
}

#[test]
fn a_check_sum_in_a_changed_header_proves_nothing_either_way() {
    let changed = mp3(&lame_saying(MUSIC_CRC_AT, &[1, 2], false));
    assert!(matches!(only(&changed), Damage::Altered { header_changed: true, .. }));
    assert_eq!(only(&changed).harm(), Harm::Misleading);
    let signed = mp3(&lame_saying(MUSIC_CRC_AT, &[1, 2], true));
    assert_eq!(only(&signed).harm(), Harm::Lost);
}

#[test]
fn a_first_frame_that_reaches_back_before_the_file_shows_a_cut_head() {
    let audio = FRAME.stream(100);
    for cut in [417, 600] {
        let mp3 = mp3(&audio[cut..]);
        assert_eq!(harms(&mp3).into_iter().max(), Some(Harm::Doubtful), "{cut}");
        let told = told(&mp3).join("\n");
        assert!(told.contains("of sound from before it"), "{told}");
    }
    for frame in
        [OTHER_RATE, MONO, Frame { hertz: 22050, kbps: 64, ..FRAME }, Frame { crc: true, ..FRAME }]
    {
        let length = frame.length();
        assert_eq!(harms(&mp3(&frame.stream(50)[length..])), [Harm::Doubtful], "{frame:?}");
    }
    // A program that cut it out counted what it kept.
    let counted = FRAME.with_lame(&audio[417..], 99, 0, 0);
    assert_eq!(harms(&mp3(&counted)), [Harm::Untidy]);
}

#[test]
fn what_players_show_of_a_rate_that_changes_is_said() {
    let mut noise = Noise(7);
    let audio: Vec<u8> = (0..900)
        .flat_map(|i| Frame { kbps: [64, 128, 320][i % 3], ..FRAME }.noise(&mut noise))
        .collect();
    let after = |header: Vec<u8>| told(&mp3(&[header, audio.clone()].concat()));
    let line = "players show 0:01:02.588";
    assert_eq!(
        after(vec![]),
        [format!("the bit rate changes, and no header counts the frames: {line}")]
    );
    assert_eq!(
        after(FRAME.xing(b"Xing", None, None)),
        [format!("the bit rate changes, and the Xing header does not count the frames: {line}")]
    );
    assert_eq!(
        after(FRAME.xing(b"Xing", Some(0), None)),
        ["the Xing header counts 0 frames: players that trust it show 0:01:02.588"]
    );
    assert_eq!(after(FRAME.xing(b"Xing", Some(900), None)), [""; 0]);
    assert_eq!(
        after(FRAME.vbri(450, 0)),
        [
            "the VBRI header counts 450 frames where there are 900: players that trust it show 0:00:11.755"
        ]
    );
}

#[test]
fn a_count_of_zero_is_said_at_any_rate() {
    let mp3 = mp3(&[FRAME.xing(b"Info", Some(0), None), FRAME.stream(100)].concat());
    assert_eq!(
        told(&mp3),
        ["the Info header counts 0 frames: players that trust it show 0:00:00.000"]
    );
}

#[test]
fn a_count_over_two_sample_rates_shows_a_wrong_time() {
    let low = Frame { hertz: 22050, kbps: 64, ..FRAME };
    let audio = [FRAME.stream(100), low.stream(400)].concat();
    let mp3 = mp3(&[FRAME.xing(b"Xing", Some(500), None), audio].concat());
    assert_eq!(mp3.time, PlayTime::of(100 * 1152, 44100) + PlayTime::of(400 * 576, 22050));
    // Frames of 576 samples at half the rate play as long: only another rate shows.
    assert_eq!(told(&mp3).len(), 1);
    let fast = [FRAME.stream(100), OTHER_RATE.stream(1000)].concat();
    let mp3 = super::mp3(&[FRAME.xing(b"Xing", Some(1100), None), fast].concat());
    assert_eq!(
        told(&mp3)[1..],
        [
            "the header's frames are of more than one sample rate: players that trust it show 0:00:28.735"
        ]
    );
}

#[test]
fn every_recording_that_was_joined_must_keep_its_promise() {
    let one = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    let other = Frame { hertz: 48000, ..FRAME };
    let two = other.with_lame(&other.stream(200), 200, 576, 1000);
    let whole = mp3(&[&one[..], &two].concat());
    assert_eq!(harms(&whole).into_iter().max(), Some(Harm::Misleading), "{:?}", told(&whole));
    for (first, second) in [(&one[..417 * 60], &two[..]), (&one[..], &two[..384 * 120])] {
        let mp3 = mp3(&[first, second].concat());
        let short = |damage: &&Damage| matches!(damage, Damage::Short { .. });
        assert_eq!(mp3.damage.iter().filter(short).count(), 1, "{:?}", told(&mp3));
    }
    // A flipped bit in the second shows, too.
    let mut flipped = [&one[..], &two].concat();
    flipped[60_000] ^= 1;
    assert!(matches!(mp3(&flipped).damage.first.last(), Some(Damage::Altered { .. })));
}

#[test]
fn a_header_over_joined_recordings_may_count_them_all() {
    let inner = FRAME.with_lame(&FRAME.stream(100), 100, 576, 1000);
    let audio = inner.repeat(3);
    let mp3 = mp3(&FRAME.with_lame(&audio, 303, 576, 1000));
    assert_eq!((mp3.frames, mp3.proved_intact), (303, true));
    assert!(harms(&mp3).iter().all(|harm| *harm < Harm::Lost), "{:?}", told(&mp3));
}

/// A picture in a frame, full of bytes that look like frames of audio.
fn cover() -> Vec<u8> {
    let picture = FRAME.stream(40);
    let size = (picture.len() as u32).to_be_bytes();
    [&b"APIC"[..], &size, &[0, 0], &picture].concat()
}

#[test]
fn tags_between_joined_streams_are_skipped_by_their_size() {
    let (one, two) = (FRAME.stream(100), FRAME.stream(50));
    let mut ape_cover = ape(2, &FRAME.stream(40), true);
    ape_cover.extend(id3v1());
    for tag in [
        id3v2_of(3, 0, &cover()),
        id3v2_of(4, 0x10, b"TIT2\0\0\0\x02\0\0\0x"),
        [id3v1(), id3v2_of(3, 0, &cover())].concat(),
        [lyrics3(b"LYR00003la."), id3v1(), id3v2_of(3, 0, &cover())].concat(),
        [old_lyrics3(b"la la"), id3v1()].concat(),
        ape_cover,
        id3v2_of(3, 0x80, &[0xFF, 0, 0xE0, 1, 2, 3]),
    ] {
        let mp3 = mp3(&[&one[..], &tag, &two].concat());
        assert_eq!(mp3.frames, 150, "{:?}", told(&mp3));
        assert!(harms(&mp3).iter().all(|harm| *harm == Harm::Misleading), "{:?}", told(&mp3));
    }
    // Behind a frame that was cut off, too.
    let mp3 = mp3(&[&one[..one.len() - 100], &id3v2_of(3, 0, &cover()), &two].concat());
    assert_eq!(mp3.frames, 149, "{:?}", told(&mp3));
    assert_eq!(harms(&mp3).into_iter().max(), Some(Harm::Lost));
}

#[test]
fn a_tag_between_streams_that_is_none_swallows_nothing() {
    let (one, two) = (FRAME.stream(100), FRAME.stream(50));
    let mut lying = id3v2(3, b"title", 20);
    lying[6..10].copy_from_slice(&syncsafe(10_000));
    for tag in [
        // Flags that nobody defined, a size of four bytes, contents that are no frames.
        b"ID3\x03\0\x0F\0\0\x10\0abcdefghijkl".to_vec(),
        b"ID3\x03\0\0\xFF\0\0\0TIT2abcdefgh".to_vec(),
        b"ID3\x03\0\0\0\0\x10\0abcdefghijkl".to_vec(),
        lying,
    ] {
        let mp3 = mp3(&[&one[..], &tag, &two].concat());
        assert_eq!(mp3.frames, 150, "{:?}", told(&mp3));
    }
}

#[test]
fn a_tag_at_the_end_is_a_tag() {
    let audio = FRAME.stream(100);
    let mp3 = mp3(&[&audio[..], &id3v2_of(3, 0, &cover())].concat());
    assert_eq!((mp3.frames, mp3.audio.end), (100, 41_700));
    assert_eq!(harms(&mp3), [Harm::Misleading]);
    assert!(told(&mp3)[0].contains("after the last frame"), "{:?}", told(&mp3));
}

#[test]
fn check_sums_of_frames_are_verified() {
    let frame = Frame { crc: true, ..FRAME };
    for frame in [frame, Frame { mono: true, ..frame }, Frame { hertz: 16000, kbps: 64, ..frame }] {
        let audio = frame.stream(100);
        assert_sound(&mp3(&audio), 100);
        let mut flipped = audio.clone();
        flipped[frame.length() * 50 + 10] ^= 1;
        let mp3 = mp3(&flipped);
        let at = frame.length() * 50;
        assert_eq!(
            told(&mp3),
            [format!("the check sum of 1 of 100 frames does not hold, first at byte {at}")]
        );
        assert_eq!(harms(&mp3), [Harm::Lost]);
    }
}

#[test]
fn an_encoder_that_never_wrote_right_check_sums_damages_nothing() {
    let frame = Frame { crc: true, ..FRAME };
    let mut audio = frame.stream(100);
    audio.chunks_mut(417).for_each(|frame| frame[4] ^= 0xFF);
    assert_eq!(harms(&mp3(&audio)), [Harm::Untidy]);
    let whole = mp3(&frame.with_lame(&audio, 100, 576, 1000));
    assert_eq!((harms(&whole), whole.proved_intact), (vec![Harm::Untidy], true));
}

#[test]
fn the_first_bytes_of_one_more_header_are_a_cut() {
    let audio = FRAME.stream(100);
    for more in 1..4 {
        let mp3 = mp3(&audio[..417 * 60 + more]);
        assert_eq!((mp3.frames, harms(&mp3)), (60, vec![Harm::Lost]), "{more}");
    }
    let mp3 = mp3(&[&audio[..417 * 60], b"\r\n"].concat());
    assert_eq!((mp3.frames, harms(&mp3)), (60, vec![Harm::Misleading]));
}

#[test]
fn the_gravest_faults_are_kept_behind_many_others() {
    let one = FRAME.with_lame(&FRAME.stream(5), 5, 576, 1000);
    let mut bytes = one.repeat(40);
    let hole = bytes.len();
    bytes.extend([&vec![0; 9000], &FRAME.stream(50)[..]].concat());
    let mp3 = mp3(&bytes);
    assert!(mp3.damage.left_out() > 0);
    assert!(mp3.damage.iter().any(|damage| damage.offset() == Some(hole as u64)));
}

#[test]
fn whose_header_it_is_is_said() {
    for (kind, name) in
        [(ClaimsKind::Info, "Info"), (ClaimsKind::Xing, "Xing"), (ClaimsKind::Vbri, "VBRI")]
    {
        assert_eq!(kind.to_string(), name);
    }
}
