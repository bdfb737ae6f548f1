//! A second of a tone, as real encoders write it.
//!
//! Made from a sine of 440 Hz at 16 kHz, mono: `lame -V7`, and `ffmpeg -b:a 24k -write_id3v1 1`.

use super::*;
use crate::audio::{BitRate, ClaimsKind, TagKind};

const LAME: &[u8] = include_bytes!("fixtures/lame_vbr.mp3");
const LAVC: &[u8] = include_bytes!("fixtures/lavc.mp3");

#[test]
fn lame_is_read_to_the_sample() {
    let mp3 = mp3(LAME);
    assert_sound(&mp3, 30);
    assert!(mp3.proved_intact);
    assert_eq!((mp3.time.milliseconds(), mp3.gapless_time.unwrap().milliseconds()), (1080, 1000));
    assert_eq!(mp3.bit_rate, BitRate::Variable { mean: 11, min: 8, max: 80 });
    let claims = mp3.claims.unwrap();
    assert_eq!((claims.kind, claims.encoder.as_deref()), (ClaimsKind::Xing, Some("LAME3.100")));
    assert!(claims.lame.unwrap().own_crc_holds);
}

#[test]
fn libavcodec_is_read_to_the_sample() {
    let mp3 = mp3(LAVC);
    assert_sound(&mp3, 30);
    assert!(mp3.proved_intact);
    assert_eq!((mp3.time.milliseconds(), mp3.gapless_time.unwrap().milliseconds()), (1080, 1000));
    assert_eq!((mp3.bit_rate, mp3.payload), (BitRate::Constant(24), 61..3481));
    let kinds: Vec<_> = mp3.tags.iter().map(|tag| tag.kind).collect();
    assert_eq!(kinds, [TagKind::Id3v2(4), TagKind::Id3v1]);
    let claims = mp3.claims.unwrap();
    assert_eq!((claims.kind, claims.encoder.as_deref()), (ClaimsKind::Info, Some("Lavc59.37")));
    assert!(claims.lame.unwrap().own_crc_holds);
}

#[test]
fn no_bit_of_the_audio_flips_unseen() {
    for (bytes, audio) in [(LAME, 360..1836), (LAVC, 61 + 180..3481)] {
        for at in audio {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 1 << (at % 8);
            let mp3 = mp3(&flipped);
            assert!(!mp3.damage.is_empty() && !mp3.proved_intact, "byte {at}");
        }
    }
}

#[test]
fn no_cut_goes_unseen() {
    for len in 360 + 36..LAME.len() {
        assert!(!mp3(&LAME[..len]).damage.is_empty(), "{len} bytes");
        let front = LAME.len() - len;
        assert!(
            mp3(&[&LAME[..360], &LAME[360 + front..]].concat()).damage.count > 0,
            "{front} less"
        );
    }
}
