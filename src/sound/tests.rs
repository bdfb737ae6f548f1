//! Signals whose measures are known, and files that were encoded from such.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "signals are made up")]

use std::f64::consts::PI;
use std::io::Write as _;

use super::*;
use crate::audio::testing::Noise;
use crate::audio::{Content, Depth, Mp3, probe_bytes};

const TONE: &[u8] = include_bytes!("fixtures/tone.mp3");

fn sine(rate: u32, hertz: f64, level: f64, seconds: f64) -> Vec<[f32; 2]> {
    let factor = 10_f64.powf(level / 20.0);
    (0..(f64::from(rate) * seconds) as u32)
        .map(|n| [(factor * (2.0 * PI * hertz * f64::from(n) / f64::from(rate)).sin()) as f32; 2])
        .collect()
}

fn close(found: Option<f64>, expected: f64, within: f64) {
    assert!((found.unwrap() - expected).abs() <= within, "{found:?}, not {expected}");
}

/// The recording in these bytes, listened to as a file.
fn of_file(bytes: &[u8]) -> (Sound, Mp3) {
    let Content::Mp3(mp3) = probe_bytes(bytes, Depth::Walk).content else { panic!("an MP3") };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    (listen_file(file.path(), &mp3, &|_| ()).unwrap(), *mp3)
}

/// EBU Tech 3341, test cases 1 and 2, at three sample rates: a tone at -23 dBFS in both channels has
/// -23 LUFS; in one channel alone, 3 LU less.
#[test]
fn loudness_is_that_of_the_standard() {
    for rate in [22_050, 44_100, 48_000] {
        let tone = sine(rate, 1000.0, -23.0, 4.0);
        let sound = listen_to(rate, 2, &tone);
        close(sound.loudness.integrated, -23.0, 0.1);
        close(sound.loudness.momentary, -23.0, 0.1);
        close(sound.loudness.short_term, -23.0, 0.1);
        close(sound.peak.true_peak, -23.0, 0.1);
        close(listen_to(rate, 1, &tone).loudness.integrated, -26.0, 0.1);
        assert_eq!(sound.milliseconds, 4000);
        assert_eq!(sound.loudness.curve.len(), 40);
    }
}

#[test]
fn silence_is_found_where_it_is() {
    let tone = || sine(8000, 440.0, -20.0, 1.0);
    let silent = |seconds: usize| vec![[0.0; 2]; 8000 * seconds];
    let parts = [silent(2), tone(), silent(1), tone(), silent(4), tone(), silent(3)];
    let sound = listen_to(8000, 2, &parts.concat());
    let inside = Some(Stretch { from: 5000, to: 9000 });
    assert_eq!(sound.silence, Silence { head: 2000, tail: 3000, inside });
    assert!(!sound.is_silent());
    let nothing = listen_to(8000, 2, &silent(2));
    assert!(nothing.is_silent());
    assert_eq!((nothing.loudness.integrated, nothing.peak.true_peak), (None, None));
    assert_eq!(listen_to(8000, 2, &[]).milliseconds, 0);
}

#[test]
fn channels_are_compared() {
    let tone = sine(8000, 440.0, -20.0, 1.0);
    let both = listen_to(8000, 2, &tone).balance;
    assert_eq!((both.correlation, both.side), (Some(1.0), None));
    let turned: Vec<_> = tone.iter().map(|[left, right]| [*left, -right]).collect();
    assert_eq!(listen_to(8000, 2, &turned).balance.correlation, Some(-1.0));
    let left: Vec<_> = tone.iter().map(|[left, _]| [*left, 0.0]).collect();
    let levels = listen_to(8000, 2, &left).balance.levels;
    close(levels[0], -23.0, 0.1);
    assert_eq!(levels[1], None);
    let moved: Vec<_> = tone.iter().map(|frame| frame.map(|sample| sample + 0.05)).collect();
    assert_eq!(listen_to(8000, 1, &moved).balance.offsets, [0.05]);
}

#[test]
fn clipped_tops_are_counted() {
    let mut tone = sine(8000, 100.0, 6.0, 1.0);
    tone.iter_mut().flatten().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
    let sound = listen_to(8000, 1, &tone);
    // Both tops of each of a hundred waves.
    assert_eq!(sound.peak.clipped, 200);
    assert_eq!(sound.peak.first_clipped, Some(0));
    // A wave that touches full scale is not clipped.
    assert_eq!(listen_to(8000, 1, &sine(8000, 1000.0, 0.0, 1.0)).peak.clipped, 0);
}

#[test]
fn the_highest_frequency_is_found() {
    let sound = listen_to(44_100, 2, &sine(44_100, 9000.0, -12.0, 1.0));
    assert!((9000..9400).contains(&sound.bandwidth.unwrap()), "{:?}", sound.bandwidth);
    let mut noise = Noise(7);
    let noise: Vec<_> =
        (0..44_100).map(|_| [(noise.number() % 2001) as f32 / 4000.0 - 0.25; 2]).collect();
    assert!(listen_to(44_100, 2, &noise).bandwidth.unwrap() > 21_000);
    assert_eq!(listen_to(44_100, 2, &vec![[0.0; 2]; 44_100]).bandwidth, None);
}

/// What ffmpeg's ebur128 filter says of the same file: -14.0 LUFS, -12.4 dBTP.
#[test]
fn a_file_is_measured_as_ffmpeg_measures_it() {
    let (sound, mp3) = of_file(TONE);
    assert_eq!((sound.channels, sound.sample_rate), (2, 44_100));
    close(sound.loudness.integrated, -14.0, 0.1);
    close(sound.peak.true_peak, -12.4, 0.1);
    // Without the silence that the encoder put around it.
    assert_eq!(sound.milliseconds, 2000);
    assert!(mp3.time.milliseconds() > 2000);
    assert_eq!(sound.faults, []);
    // LAME makes what it is given 0.45 dB softer at this bit rate.
    close(sound.balance.levels[0], -15.05 - 0.45, 0.1);
    close(sound.balance.levels[1], -16.99 - 0.45, 0.1);
}

#[test]
fn frames_that_cannot_be_decoded_have_a_time() {
    let Content::Mp3(mp3) = probe_bytes(TONE, Depth::Walk).content else { panic!() };
    let mut bytes = TONE.to_vec();
    // Three frames in the middle: all that follows their headers says nothing that can be.
    let start = usize::try_from(mp3.audio.start).unwrap();
    let starts: Vec<usize> = (start..bytes.len() - 4)
        .filter(|at| {
            bytes[*at..][..2] == bytes[start..][..2]
                && bytes[at + 2] & 0xF0 == bytes[start + 2] & 0xF0
        })
        .collect();
    for at in &starts[40..43] {
        bytes[at + 4..at + 200].fill(0xFF);
    }
    let (sound, _) = of_file(&bytes);
    let [fault] = sound.faults[..] else { panic!("{:?}", sound.faults) };
    assert!((900..1100).contains(&fault.from), "{fault:?}");
    assert!((50..200).contains(&fault.length()), "{fault:?}");
}

/// A stranger's bytes end in a result, whatever they are.
#[test]
fn noise_in_frames_does_no_harm() {
    let bytes = crate::audio::testing::FRAME.stream(200);
    let (sound, mp3) = of_file(&bytes);
    assert!(sound.milliseconds <= mp3.time.milliseconds() + 30);
}

#[test]
fn what_is_kept_comes_back_as_it_was() {
    let payload = crate::model::hash::Sha256::of(b"payload");
    let sound = listen_to(8000, 2, &sine(8000, 440.0, -20.0, 2.0));
    let kept = sound.to_kept(payload).unwrap();
    assert_eq!(Sound::of_kept(&kept, payload), Some(sound));
    assert_eq!(Sound::of_kept(&kept, crate::model::hash::Sha256::of(b"other")), None);
    let other_code = String::from_utf8(kept).unwrap().replacen("edition\":\"", "edition\":\"x", 1);
    assert_eq!(Sound::of_kept(other_code.as_bytes(), payload), None);
    assert_eq!(Sound::of_kept(b"", payload), None);
}

#[test]
fn the_report_and_the_picture() {
    let (sound, _) = of_file(TONE);
    insta::assert_snapshot!(describe(&sound));
    let svg = picture("a <title>", &sound, Some(-16.0));
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("a &lt;title&gt;") && svg.contains("stroke-dasharray"));
    assert_eq!(sound.waveform.len(), 20);
    let line = loudnorm("audio/1.mp3", &sound, -16.0, -1.0, 64).unwrap();
    assert!(line.starts_with("ffmpeg -i audio/1.mp3 -af loudnorm=I=-16:TP=-1:LRA=11:measured_I="));
}
