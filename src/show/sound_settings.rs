//! `[sound]`: when onair listens to audio, and what it expects to hear.

use serde::Deserialize;
use toml::Spanned;

/// `[sound]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SoundSettings {
    /// When audio is listened to without being asked.
    pub listen: Listen,
    /// How loud a stereo recording is, in LUFS; `"habit"` for as loud as the show's others.
    pub loudness: Spanned<Target>,
    /// The same for mono, of which two speakers make 3 dB more.
    pub loudness_mono: Spanned<Target>,
    /// How far off loudness may be, in LU.
    pub tolerance: Spanned<f64>,
    /// The highest true peak, in dBTP.
    pub true_peak: Spanned<f64>,
    /// Seconds of silence before the first sound, and behind the last.
    pub silence_at_ends: Spanned<f64>,
    /// Seconds of silence between two sounds.
    pub silence_inside: Spanned<f64>,
    /// Runs of samples at full scale.
    pub clipped: u64,
    /// The lowest and the highest bit rate of a stereo recording, in kbit/s.
    pub bit_rate: Spanned<[u32; 2]>,
    /// The same for mono.
    pub bit_rate_mono: Spanned<[u32; 2]>,
}

impl Default for SoundSettings {
    fn default() -> Self {
        Self {
            listen: Listen::Release,
            loudness: unsaid(Target::Level(-16.0)),
            loudness_mono: unsaid(Target::Level(-19.0)),
            tolerance: unsaid(2.0),
            true_peak: unsaid(-1.0),
            silence_at_ends: unsaid(3.0),
            silence_inside: unsaid(10.0),
            clipped: 10,
            bit_rate: unsaid([128, 256]),
            bit_rate_mono: unsaid([64, 128]),
        }
    }
}

fn unsaid<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}

/// `sound.listen`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listen {
    /// When a release publishes an episode for the first time.
    #[default]
    Release,
    /// Then, and at every check.
    Check,
    /// Only when asked.
    Never,
}

/// How loud a recording is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a number of LUFS, as in -16, or \"habit\"")]
pub enum Target {
    /// So many LUFS.
    Level(f64),
    /// As the show's other episodes.
    Habit(Habit),
}

/// `"habit"`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Habit {
    /// As the show's other episodes.
    Habit,
}

/// A value that cannot be: where, what is wrong, and what is right.
pub(super) type Impossible = (std::ops::Range<usize>, String, &'static str);

impl SoundSettings {
    /// The first value that cannot be.
    pub(super) fn impossible(&self) -> Option<Impossible> {
        for target in [&self.loudness, &self.loudness_mono] {
            if let Target::Level(level) = target.get_ref()
                && !(-40.0..=-5.0).contains(level)
            {
                let reason = format!("{level} LUFS is no loudness of a podcast");
                return Some((target.span(), reason, "write -40 to -5, as in -16"));
            }
        }
        let numbers = [
            (&self.tolerance, 0.1..=20.0, "LU", "write 0.1 to 20, as in 2"),
            (&self.true_peak, -20.0..=3.0, "dBTP", "write -20 to 3, as in -1"),
            (&self.silence_at_ends, 0.1..=3600.0, "seconds", "write 0.1 to 3600, as in 3"),
            (&self.silence_inside, 0.1..=3600.0, "seconds", "write 0.1 to 3600, as in 10"),
        ];
        for (number, range, unit, help) in numbers {
            if !range.contains(number.get_ref()) {
                let reason = format!("{} {unit} cannot be", number.get_ref());
                return Some((number.span(), reason, help));
            }
        }
        let rates = [&self.bit_rate, &self.bit_rate_mono];
        let wrong = rates.into_iter().find(|rates| rates.get_ref()[0] > rates.get_ref()[1])?;
        let reason = "the lowest bit rate is above the highest".to_owned();
        Some((wrong.span(), reason, "write the lowest first, as in [128, 256]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> SoundSettings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_said_is_as_platforms_recommend() {
        let settings = parse("");
        assert_eq!(settings.loudness.get_ref(), &Target::Level(-16.0));
        assert_eq!(settings.listen, Listen::Release);
        assert_eq!(settings.impossible(), None);
    }

    #[test]
    fn loudness_is_a_number_or_a_habit() {
        assert_eq!(parse("loudness = -18").loudness.get_ref(), &Target::Level(-18.0));
        let habit = parse("loudness = \"habit\"\nloudness-mono = \"habit\"");
        assert_eq!(habit.loudness.get_ref(), &Target::Habit(Habit::Habit));
        let error = toml::from_str::<SoundSettings>("loudness = \"loud\"").unwrap_err();
        assert!(error.message().contains("a number of LUFS"), "{error}");
    }

    #[test]
    fn what_cannot_be_is_found_with_its_place() {
        let place = |text: &str| {
            parse(text).impossible().map(|(span, reason, _)| (text[span].to_owned(), reason))
        };
        assert_eq!(place("loudness = 16").unwrap().0, "16");
        assert_eq!(place("silence-inside = 0").unwrap().1, "0 seconds cannot be");
        assert_eq!(place("tolerance = nan").unwrap().0, "nan");
        assert_eq!(place("bit-rate = [320, 128]").unwrap().0, "[320, 128]");
        assert_eq!(place("bit-rate = [128, 320]\ntrue-peak = -2"), None);
    }
}
