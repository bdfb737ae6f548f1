//! Each rule with a recording that breaks it, and one that just keeps it.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "signals are made up")]

use super::*;
use crate::audio::testing::Noise;
use crate::show::Source;
use crate::show::settings::{FILE, Settings};
use crate::sound::listen_to;

const RATE: u32 = 44_100;

/// Something like speech in a room: noise in syllables, a little different on the right.
fn speech(seconds: u32, seed: u64) -> Vec<[f32; 2]> {
    speech_at(RATE, seconds, seed)
}

fn speech_at(rate: u32, seconds: u32, seed: u64) -> Vec<[f32; 2]> {
    let (mut levels, mut noise) = (Noise(seed), Noise(seed + 1));
    let mut wave = move || (noise.number() % 2001) as f32 / 1000.0 - 1.0;
    let wanted = (rate * seconds) as usize;
    let mut frames = Vec::with_capacity(wanted);
    while frames.len() < wanted {
        let length = u64::from(rate) * (100 + levels.number() % 300) / 1000;
        let level = 0.1 + (levels.number() % 100) as f32 / 200.0;
        frames.extend((0..length).map(|_| {
            let voice = wave() * level;
            [voice, voice * 0.9 + wave() * 0.01]
        }));
    }
    frames.truncate(wanted);
    frames
}

/// The same, brought to this loudness in LUFS.
fn at(level: f64, frames: Vec<[f32; 2]>, channels: u8) -> Vec<[f32; 2]> {
    let now = listen_to(RATE, channels, &frames).loudness.integrated.unwrap();
    let factor = 10_f64.powf((level - now) / 20.0) as f32;
    frames.into_iter().map(|frame| frame.map(|sample| sample * factor)).collect()
}

fn silence(seconds: f64) -> Vec<[f32; 2]> {
    vec![[0.0; 2]; (f64::from(RATE) * seconds) as usize]
}

fn heard(channels: u8, kbits: u32, frames: &[[f32; 2]]) -> Heard {
    let sound = listen_to(RATE, channels, frames);
    let payload = Sha256::of(
        frames.iter().flatten().flat_map(|s| s.to_le_bytes()).collect::<Vec<_>>().as_slice(),
    );
    Heard { path: "audio/1.mp3".to_owned(), payload, kbits, sound, is_asked: true }
}

fn judged(settings: &str, heard: &Heard) -> Vec<Said> {
    let settings: SoundSettings = toml::from_str(settings).unwrap();
    judge_one(&settings, &Habits::default(), heard)
}

/// The rules that a recording of good speech breaks once `change` was made to it.
fn broken(change: impl FnOnce(Vec<[f32; 2]>) -> Vec<[f32; 2]>) -> Vec<&'static str> {
    let frames = change(at(-16.0, speech(2, 3), 2));
    judged("", &heard(2, 128, &frames)).iter().map(|said| said.rule.id).collect()
}

#[test]
fn clean_speech_breaks_nothing() {
    assert_eq!(broken(|frames| frames), [""; 0]);
    let mono = at(-19.0, speech(2, 5), 1);
    assert!(judged("", &heard(1, 64, &mono)).is_empty());
}

#[test]
fn loudness() {
    let by = |level: f64| broken(|frames| at(level, frames, 2));
    assert_eq!(by(-18.3), ["sound-loudness"]);
    assert_eq!(by(-17.9), [""; 0]);
    assert_eq!(by(-14.1), [""; 0]);
    assert_eq!(by(-13.7), ["sound-loudness"]);
    // Of one channel, two loudspeakers make 3 dB more.
    let mono = |level: f64| judged("", &heard(1, 64, &at(level, speech(2, 3), 1))).len();
    assert_eq!((mono(-20.9), mono(-21.3), mono(-16.5)), (0, 1, 1));
    let soft = heard(2, 128, &at(-20.0, speech(2, 3), 2));
    assert_eq!(judged("loudness = -20", &soft).len(), 0);
    let said = &judged("", &soft)[0];
    assert_eq!(said.message, "audio/1.mp3 has -20.0 LUFS, 4.0 LU softer than it should");
    let help = said.help.as_deref().unwrap();
    assert!(help.contains("`ffmpeg -i audio/1.mp3 -af loudnorm=I=-16:TP=-1:"), "{help}");
}

#[test]
fn a_habit_is_what_five_episodes_share() {
    let one = heard(2, 128, &at(-20.0, speech(2, 3), 2));
    let with =
        |count: usize| -> Ears { (0..count).map(|n| (n.to_string(), one.clone())).collect() };
    let settings: SoundSettings = toml::from_str("loudness = \"habit\"").unwrap();
    let level = |count| level(&settings, &Habits::of(&with(count)), 2);
    assert_eq!((level(4), level(5)), (-16.0, -20.0));
}

#[test]
fn true_peak() {
    let with_click = |height: f32| {
        broken(|mut frames| {
            frames[RATE as usize] = [height; 2];
            frames
        })
    };
    assert_eq!(with_click(0.95), ["sound-peak"]);
    assert_eq!(with_click(0.88), [""; 0]);
}

#[test]
fn clipping() {
    let with_tops = |count: usize| {
        let mut frames = at(-16.0, speech(2, 3), 2);
        for top in 0..count {
            frames[1000 + top * 5000..][..4].fill([1.0, 0.5]);
        }
        let said = judged("true-peak = 3", &heard(2, 128, &frames));
        said.iter().map(|said| said.rule.id).collect::<Vec<_>>()
    };
    assert_eq!(with_tops(11), ["sound-clipped"]);
    assert_eq!(with_tops(10), [""; 0]);
}

#[test]
fn silence_at_the_ends_and_inside() {
    let said = |parts: [f64; 3]| {
        let [head, inside, tail] = parts.map(silence);
        let half = at(-16.0, speech(2, 3), 2);
        let frames = [head, half.clone(), inside, half, tail].concat();
        let said = judged("", &heard(2, 128, &frames));
        said.into_iter().map(|said| (said.rule.id, said.message)).collect::<Vec<_>>()
    };
    assert_eq!(said([3.0, 10.0, 3.0]), []);
    assert_eq!(said([3.2, 0.0, 0.0])[0].1, "audio/1.mp3 starts with 3.2 s of silence");
    assert_eq!(said([0.0, 0.0, 3.2])[0].1, "audio/1.mp3 ends with 3.2 s of silence, from 0:04.0");
    let inside = said([0.0, 10.2, 0.0]);
    assert_eq!(inside[0].1, "audio/1.mp3 is silent for 10.2 s, from 0:02.0 to 0:12.2");
    assert!(inside.iter().all(|(rule, _)| *rule == "sound-silence"));
    let nothing = judged("", &heard(2, 128, &silence(4.0)));
    assert_eq!(nothing[0].message, "nothing is heard in audio/1.mp3");
    assert_eq!(nothing.len(), 1);
}

#[test]
fn channels_that_are_not_heard() {
    let right = |factor: f32| {
        broken(|frames| {
            let frames = frames.into_iter().map(|[left, right]| [left, right * factor]).collect();
            at(-16.0, frames, 2)
        })
    };
    assert_eq!(right(0.0), ["sound-channels"]);
    assert_eq!(right(0.009), ["sound-channels"]);
    assert_eq!(right(0.02), [""; 0]);
    assert_eq!(right(-1.0), ["sound-channels"]);
}

#[test]
fn two_channels_that_are_one() {
    let apart = |factor: f32| {
        broken(|frames| {
            let frames = frames
                .into_iter()
                .map(|[left, right]| [left, left + (right - left) * factor])
                .collect();
            at(-16.0, frames, 2)
        })
    };
    assert_eq!(apart(0.0), ["sound-mono"]);
    assert_eq!(apart(0.005), ["sound-mono"]);
    assert_eq!(apart(0.1), [""; 0]);
}

#[test]
fn bit_rate_and_sample_rate() {
    let frames = at(-16.0, speech(2, 3), 2);
    let by = |kbits: u32| judged("", &heard(2, kbits, &frames)).len();
    assert_eq!((by(112), by(128), by(256), by(320)), (1, 0, 0, 1));
    let mut slow = heard(2, 128, &frames);
    slow.sound.sample_rate = 22_050;
    assert_eq!(judged("", &slow)[0].message, "audio/1.mp3 has 22050 samples a second");
}

#[test]
fn a_small_file_blown_up() {
    // Cut off at about 11 kHz, as an encoder does it: every frequency above is gone.
    let said = |hertz: u32, kbits: u32| {
        let mut heard = heard(2, kbits, &at(-16.0, speech(2, 3), 2));
        heard.sound.bandwidth = Some(hertz);
        judged("", &heard).iter().map(|said| said.rule.id).collect::<Vec<_>>()
    };
    assert_eq!(said(11_100, 256), ["sound-bandwidth"]);
    assert_eq!(said(12_000, 256), [""; 0]);
    // That many bits are not enough for more.
    assert_eq!(said(11_100, 128), [""; 0]);
}

#[test]
fn what_cannot_be_decoded_is_damage_with_its_time() {
    let mut heard = heard(2, 128, &at(-16.0, speech(2, 3), 2));
    heard.sound.faults = vec![crate::sound::Stretch { from: 723_400, to: 724_000 }];
    let said = &judged("", &heard)[0];
    assert_eq!((said.rule.id, said.severity), ("audio-damaged", Severity::Warning));
    assert_eq!(said.message, "audio/1.mp3 cannot be decoded from 12:03.4 to 12:04.0");
}

/// A show of as many episodes as there are recordings.
fn show_of(recordings: Vec<Heard>) -> (Show, Ears) {
    let settings = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
        category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";
    let source = Source::new(FILE, settings);
    let episode = |n: u32| {
        let text = format!("---\ntitle: T\nepisode: {n}\nfile: {n:03}.mp3\n---\n");
        Episode::parse(Source::new(format!("episodes/{n}.md"), text)).unwrap()
    };
    let show = Show {
        root: std::path::PathBuf::new(),
        settings: Settings::parse(&source).unwrap(),
        settings_source: source,
        episodes: (1..).take(recordings.len()).map(episode).collect(),
        others: Vec::new(),
        unreadable: Vec::new(),
    };
    let ears = recordings
        .into_iter()
        .enumerate()
        .map(|(n, heard)| {
            let path = format!("audio/{:03}.mp3", n + 1);
            (format!("episodes/{}.md", n + 1), Heard { path, ..heard })
        })
        .collect();
    (show, ears)
}

fn found(recordings: impl Into<Vec<Heard>>) -> Vec<Finding> {
    let (show, ears) = show_of(recordings.into());
    let mut findings = Vec::new();
    judge(&show, &ears, &mut findings);
    findings
}

#[test]
fn the_same_recording_under_another_name() {
    let of = |seed: u64, factor: f32| {
        let frames = speech_at(8000, 70, seed);
        let frames: Vec<_> = frames.iter().map(|it| it.map(|s| s * factor)).collect();
        let sound = listen_to(8000, 2, &frames);
        let payload = Sha256::of(&factor.to_le_bytes());
        Heard { path: String::new(), payload, kbits: 128, sound, is_asked: true }
    };
    let only_twice = |recordings: Vec<Heard>| {
        let mut findings = found(recordings);
        findings.retain(|finding| finding.rule == &rule::SOUND_TWICE);
        findings
    };
    let known = Heard { is_asked: false, ..of(3, 1.0) };
    let twice = only_twice(vec![known.clone(), of(3, 0.9)]);
    assert_eq!(twice.len(), 1);
    assert_eq!((twice[0].rule.id, twice[0].path.as_str()), ("sound-twice", "episodes/2.md"));
    assert_eq!(twice[0].message, "audio/002.mp3 sounds the same as audio/001.mp3");
    assert_eq!(twice[0].related[0].path, "episodes/1.md");
    assert!(only_twice(vec![known.clone(), of(8, 0.9)]).is_empty());
    // The same payload needs no fingerprint.
    let copy = Heard { payload: known.payload, ..of(8, 0.9) };
    assert_eq!(only_twice(vec![known.clone(), copy]).len(), 1);
    // However many share one, each is told of the first alone.
    let three = only_twice(vec![of(3, 1.0), of(3, 0.9), of(3, 0.8)]);
    let paths: Vec<&str> = three.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(paths, ["episodes/2.md", "episodes/3.md"]);
    assert!(three.iter().all(|finding| finding.related[0].path == "episodes/1.md"));
    // What was only remembered is not judged.
    assert!(found([known.clone(), known]).is_empty());
}
