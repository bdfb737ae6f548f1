//! How the audio sounds: what was heard, against what listeners and platforms expect.
//!
//! Every finding stands at the episode's `file`, so that an `[[allow]]` can accept it.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::finding::Finding;
use super::registry::{self as rule, Rule, Severity};
use super::text::head;
use crate::model::hash::Sha256;
use crate::show::sound_settings::{SoundSettings, Target};
use crate::show::{Episode, Show};
use crate::sound::{self, Sound, time_code};

/// What was heard of an episode's audio.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The MP3, below the show's folder.
    pub path: String,
    /// The hash of its payload.
    pub payload: Sha256,
    /// Its mean bit rate, in kbit/s.
    pub kbits: u32,
    /// How it sounds.
    pub sound: Sound,
    /// Whether it is to be judged; others are only compared with.
    pub is_asked: bool,
}

/// What was heard, by the episode file's path.
pub type Ears = BTreeMap<String, Heard>;

/// The rules that only listening can tell of.
pub const RULES: [&Rule; 9] = [
    &rule::SOUND_LOUDNESS,
    &rule::SOUND_PEAK,
    &rule::SOUND_CLIPPED,
    &rule::SOUND_SILENCE,
    &rule::SOUND_CHANNELS,
    &rule::SOUND_MONO,
    &rule::SOUND_FORMAT,
    &rule::SOUND_BANDWIDTH,
    &rule::SOUND_TWICE,
];

/// How much softer than the other a channel is, in dB, that plays nothing to speak of.
const DEAD: f64 = 40.0;
/// Below this correlation, left and right cancel each other out on one loudspeaker.
const CANCELS: f64 = -0.9;
/// How much softer than their sum the difference of two channels is, in dB, that nobody hears.
const UNHEARD: f64 = -60.0;
/// A habit is what this many episodes have in common.
const HABIT: usize = 5;

/// Whether only listening tells of this: damage that a walk over the frames finds is the file's, not the
/// episode's.
pub fn is_of_sound(finding: &Finding) -> bool {
    RULES.contains(&finding.rule) || finding.rule == &rule::AUDIO_DAMAGED && finding.span.is_some()
}

/// Judges all that was heard of a show.
pub fn judge(show: &Show, ears: &Ears, findings: &mut Vec<Finding>) {
    let settings = &show.settings.sound;
    let habits = Habits::of(ears);
    for episode in &show.episodes {
        let Some(heard) = ears.get(&episode.source.path).filter(|heard| heard.is_asked) else {
            continue;
        };
        findings
            .extend(judge_one(settings, &habits, heard).into_iter().map(|said| said.at(episode)));
    }
    twice(show, ears, findings);
}

/// What an episode breaks, not yet at its place.
struct Said {
    rule: &'static Rule,
    message: String,
    found: Option<String>,
    expected: Option<String>,
    help: Option<String>,
    severity: Severity,
}

impl Said {
    fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        let (found, expected, help) = (None, None, None);
        Self { rule, message: message.into(), found, expected, help, severity: rule.severity }
    }

    fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn at(self, episode: &Episode) -> Finding {
        let span = episode.file.span().unwrap_or_else(|| head(episode));
        let mut finding = Finding::at(self.rule, &episode.source, span, self.message);
        finding.severity = self.severity;
        finding.found = self.found;
        finding.expected = self.expected;
        finding.help = self.help;
        finding
    }
}

/// How loud a show's episodes are by habit, in LUFS: the median, where there are enough of them.
#[derive(Debug, Clone, Copy, Default)]
struct Habits {
    stereo: Option<f64>,
    mono: Option<f64>,
}

impl Habits {
    fn of(ears: &Ears) -> Self {
        let median = |channels: u8| {
            let of_kind = ears.values().filter(|heard| heard.sound.channels == channels);
            let mut levels: Vec<f64> =
                of_kind.filter_map(|heard| heard.sound.loudness.integrated).collect();
            levels.sort_by(f64::total_cmp);
            (levels.len() >= HABIT).then(|| levels[levels.len() / 2])
        };
        Self { stereo: median(2), mono: median(1) }
    }
}

/// How loud a recording of so many channels is meant to be, in LUFS.
fn level(settings: &SoundSettings, habits: &Habits, channels: u8) -> f64 {
    let default = SoundSettings::default();
    let (target, usual, habit) = match channels {
        1 => (&settings.loudness_mono, default.loudness_mono, habits.mono),
        _ => (&settings.loudness, default.loudness, habits.stereo),
    };
    match (target.get_ref(), usual.get_ref(), habit) {
        (Target::Level(level), _, _) => *level,
        (Target::Habit(_), _, Some(habit)) => (habit * 10.0).round() / 10.0,
        // Too few episodes to have a habit: as everybody.
        (Target::Habit(_), Target::Level(level), None) => *level,
        (Target::Habit(_), Target::Habit(_), None) => -16.0,
    }
}

/// The command that brings a recording to the show's loudness.
pub fn remedy(settings: &SoundSettings, ears: &Ears, heard: &Heard) -> Option<String> {
    let level = level(settings, &Habits::of(ears), heard.sound.channels);
    let peak = *settings.true_peak.get_ref();
    sound::loudnorm(&heard.path, &heard.sound, level, peak, heard.kbits)
}

fn judge_one(settings: &SoundSettings, habits: &Habits, heard: &Heard) -> Vec<Said> {
    let mut said = Vec::new();
    faults(heard, &mut said);
    if heard.sound.is_silent() {
        let message = format!("nothing is heard in {}", heard.path);
        said.push(Said::new(&rule::SOUND_SILENCE, message).help("export the episode again"));
        return said;
    }
    loudness(settings, habits, heard, &mut said);
    peaks(settings, heard, &mut said);
    silence(settings, heard, &mut said);
    channels(heard, &mut said);
    format(settings, heard, &mut said);
    said
}

/// Stretches that no player can decode either. A frame that is lost clicks; the release goes on.
fn faults(heard: &Heard, said: &mut Vec<Said>) {
    for stretch in &heard.sound.faults {
        let message = format!(
            "{} cannot be decoded from {} to {}",
            heard.path,
            time_code(stretch.from),
            time_code(stretch.to)
        );
        let mut one = Said::new(&rule::AUDIO_DAMAGED, message)
            .help("listen there; copy the file again from where it was made, or export it again");
        one.severity = Severity::Warning;
        said.push(one);
    }
    if heard.sound.more_faults > 0 {
        let message = format!("{}: {} more places like this", heard.path, heard.sound.more_faults);
        let mut more = Said::new(&rule::AUDIO_DAMAGED, message);
        more.severity = Severity::Warning;
        said.push(more);
    }
}

fn loudness(settings: &SoundSettings, habits: &Habits, heard: &Heard, said: &mut Vec<Said>) {
    let Some(integrated) = heard.sound.loudness.integrated else { return };
    let level = level(settings, habits, heard.sound.channels);
    let off = integrated - level;
    // What is shown with one decimal is judged with one.
    if (off * 10.0).round() / 10.0 <= *settings.tolerance.get_ref()
        && (off * 10.0).round() / 10.0 >= -*settings.tolerance.get_ref()
    {
        return;
    }
    let how = if off > 0.0 { "louder" } else { "softer" };
    let message = format!(
        "{} has {integrated:.1} LUFS, {:.1} LU {how} than it should",
        heard.path,
        off.abs()
    );
    let peak = *settings.true_peak.get_ref();
    let help = sound::loudnorm(&heard.path, &heard.sound, level, peak, heard.kbits)
        .map(|line| format!("export it at {level} LUFS, or run `{line}`"));
    let one = Said::new(&rule::SOUND_LOUDNESS, message)
        .expected(format!("{level} LUFS, within {} LU", settings.tolerance.get_ref()));
    said.push(match help {
        Some(help) => one.help(help),
        None => one,
    });
}

fn peaks(settings: &SoundSettings, heard: &Heard, said: &mut Vec<Said>) {
    let peak = &heard.sound.peak;
    let most = *settings.true_peak.get_ref();
    if let Some(level) = peak.true_peak.filter(|level| (level * 10.0).round() / 10.0 > most) {
        let message = format!("{} peaks at {level:.1} dBTP, at {}", heard.path, time_code(peak.at));
        said.push(
            Said::new(&rule::SOUND_PEAK, message)
                .expected(format!("at most {most} dBTP"))
                .help("set the limiter of your editor to that, and export again"),
        );
    }
    if let Some(first) = peak.first_clipped.filter(|_| peak.clipped > settings.clipped) {
        let message = format!(
            "{} is clipped in {} places, first at {}",
            heard.path,
            peak.clipped,
            time_code(first)
        );
        said.push(
            Said::new(&rule::SOUND_CLIPPED, message)
                .expected(format!("at most {}", settings.clipped))
                .help("turn the recording down before the limiter, and export again"),
        );
    }
}

fn silence(settings: &SoundSettings, heard: &Heard, said: &mut Vec<Said>) {
    let silence = &heard.sound.silence;
    let is_longer = |length: u64, seconds: f64| length as f64 > seconds * 1000.0;
    let (ends, inside) = (*settings.silence_at_ends.get_ref(), *settings.silence_inside.get_ref());
    if is_longer(silence.head, ends) {
        let message = format!("{} starts with {} of silence", heard.path, seconds(silence.head));
        said.push(
            Said::new(&rule::SOUND_SILENCE, message)
                .expected(format!("at most {ends} s"))
                .help("cut it off, and export again"),
        );
    }
    if is_longer(silence.tail, ends) {
        let from = time_code(heard.sound.milliseconds - silence.tail);
        let message =
            format!("{} ends with {} of silence, from {from}", heard.path, seconds(silence.tail));
        said.push(
            Said::new(&rule::SOUND_SILENCE, message)
                .expected(format!("at most {ends} s"))
                .help("cut it off, and export again"),
        );
    }
    if let Some(longest) = silence.inside.filter(|it| is_longer(it.length(), inside)) {
        let message = format!(
            "{} is silent for {}, from {} to {}",
            heard.path,
            seconds(longest.length()),
            time_code(longest.from),
            time_code(longest.to)
        );
        said.push(
            Said::new(&rule::SOUND_SILENCE, message)
                .expected(format!("at most {inside} s"))
                .help("listen there: a track may be muted, or a gap left in the edit"),
        );
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{:.1} s", milliseconds as f64 / 1000.0)
}

fn channels(heard: &Heard, said: &mut Vec<Said>) {
    let balance = &heard.sound.balance;
    let [left, right] = balance.levels[..] else { return };
    let softer = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (None, Some(_)) => true,
        (Some(one), Some(other)) => one < other - DEAD,
        _ => false,
    };
    let dead = [("left", softer(left, right)), ("right", softer(right, left))];
    if let Some((channel, _)) = dead.into_iter().find(|(_, is_dead)| *is_dead) {
        let message = format!("the {channel} channel of {} is silent", heard.path);
        said.push(
            Said::new(&rule::SOUND_CHANNELS, message)
                .expected("sound in both, or mono")
                .help("put the track in the middle, or export in mono"),
        );
    } else if balance.correlation.is_some_and(|correlation| correlation < CANCELS) {
        let message =
            format!("left and right of {} cancel each other out on one loudspeaker", heard.path);
        said.push(
            Said::new(&rule::SOUND_CHANNELS, message)
                .found(format!("a correlation of {:.2}", balance.correlation.unwrap_or_default()))
                .expected("above -0.9")
                .help("turn the phase of one channel round, and export again"),
        );
    } else if balance.side.is_none_or(|side| side < UNHEARD) {
        let message = format!("both channels of {} are the same", heard.path);
        said.push(
            Said::new(&rule::SOUND_MONO, message)
                .help("export in mono: it sounds the same at half the bit rate"),
        );
    }
}

impl Said {
    fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }
}

fn format(settings: &SoundSettings, heard: &Heard, said: &mut Vec<Said>) {
    let sound = &heard.sound;
    let (rates, kind) = match sound.channels {
        1 => (settings.bit_rate_mono.get_ref(), "mono"),
        _ => (settings.bit_rate.get_ref(), "stereo"),
    };
    let [least, most] = *rates;
    if !(least..=most).contains(&heard.kbits) {
        let message = format!("{} is {kind} at {} kbit/s", heard.path, heard.kbits);
        said.push(
            Said::new(&rule::SOUND_FORMAT, message)
                .expected(format!("{least} to {most} kbit/s"))
                .help("export it at such a bit rate"),
        );
    }
    if ![44_100, 48_000].contains(&sound.sample_rate) {
        let message = format!("{} has {} samples a second", heard.path, sound.sample_rate);
        said.push(
            Said::new(&rule::SOUND_FORMAT, message)
                .expected("44100 or 48000")
                .help("export it at 44.1 kHz"),
        );
    }
    // Encoders themselves cut off at about 11 kHz where they have half as many bits.
    let is_rich = heard.kbits >= 96 * u32::from(sound.channels) && sound.sample_rate >= 44_100;
    if let Some(bandwidth) = sound.bandwidth.filter(|hertz| is_rich && *hertz < 12_000) {
        let message = format!(
            "{} holds nothing above {:.1} kHz, at {} kbit/s",
            heard.path,
            f64::from(bandwidth) / 1000.0,
            heard.kbits
        );
        said.push(Said::new(&rule::SOUND_BANDWIDTH, message).help(
            "export from the recording itself, not from a smaller file; or at a lower bit rate",
        ));
    }
}

/// Recordings that two episodes share, whatever they were encoded to.
fn twice(show: &Show, ears: &Ears, findings: &mut Vec<Finding>) {
    let heard: Vec<(&Episode, &Heard)> = show
        .episodes
        .iter()
        .filter_map(|episode| Some((episode, ears.get(&episode.source.path)?)))
        .collect();
    let same = |one: &Heard, other: &Heard| {
        // The same file under two episodes is another rule's.
        one.path != other.path
            && (one.payload == other.payload
                || one.sound.fingerprint.is_alike(&other.sound.fingerprint))
    };
    // One other recording is enough to say: the first one, or one that was only compared with.
    let other = |here: usize| {
        let asked = |at: usize| heard[at].1.is_asked;
        let behind = (here + 1..heard.len()).filter(|&later| !asked(later));
        (0..here).chain(behind).find(|&there| asked(here) && same(heard[here].1, heard[there].1))
    };
    let pairs: Vec<(usize, usize)> =
        (0..heard.len()).into_par_iter().filter_map(|here| Some((here, other(here)?))).collect();
    for (here, there) in pairs {
        let ((episode, one), (other, theirs)) = (heard[here], heard[there]);
        let span = episode.file.span().unwrap_or_else(|| head(episode));
        let message = format!("{} sounds the same as {}", one.path, theirs.path);
        let there = other.file.span().unwrap_or_else(|| head(other));
        findings.push(
            Finding::at(&rule::SOUND_TWICE, &episode.source, span, message)
                .help("put this episode's own recording there; [[allow]] accepts an episode that comes out again")
                .related(&other.source, there, "this episode has the same recording"),
        );
    }
}

#[cfg(test)]
#[path = "sound/tests.rs"]
mod tests;
