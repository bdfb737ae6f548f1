//! How loud a recording is from start to end, as small as a page needs it.

use serde::{Deserialize, Deserializer, Serialize};

/// The heights of up to 160 bars, each one digit to the base of 36: `0` is silence, `z` the loudest.
///
/// It is worked out once. From then on the target's record has it, and no checkout needs the audio to
/// render the same page again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Waveform(String);

/// Bars, at most: on a wide page each is a few pixels.
const BARS: usize = 160;

impl Waveform {
    /// The waveform of these levels, from 0 to 255, of parts of the same length. The loudest of them
    /// gives the scale; nothing if all is silence, or too short for a picture.
    pub fn of(levels: &[u8]) -> Option<Self> {
        const FEWEST: usize = 16;
        let count = levels.len().min(BARS);
        // A bar is the mean of its parts: the largest of them would be a wall in most speech.
        let bars = (0..count).map(|bar| {
            let part = &levels[bar * levels.len() / count..(bar + 1) * levels.len() / count];
            part.iter().map(|&level| u64::from(level)).sum::<u64>() * 256 / part.len() as u64
        });
        let bars: Vec<u64> = bars.collect();
        let top = bars.iter().copied().max().filter(|&top| top > 0 && count >= FEWEST)?;
        let digit =
            |bar: u64| char::from_digit(u32::try_from((bar * 35 + top / 2) / top).ok()?, 36);
        bars.into_iter().map(digit).collect::<Option<String>>().map(Self)
    }

    /// The waveform that `text` spells, if it does.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
        (digits && (1..=BARS).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For records: one that is no waveform is none.
    ///
    /// # Errors
    /// If there is no text at all.
    pub fn lenient<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.and_then(|text| Self::parse(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_means_and_the_loudest_gives_the_scale() {
        let levels: Vec<u8> = (0..400).map(|at| if at < 200 { 50 } else { 100 }).collect();
        let waveform = Waveform::of(&levels).unwrap();
        assert_eq!(waveform.as_str(), format!("{}{}", "i".repeat(80), "z".repeat(80)));
        assert_eq!(Waveform::of(&[7; 20]).unwrap().as_str(), "z".repeat(20));
        assert_eq!(Waveform::of(&[0; 400]), None, "silence");
        assert_eq!(Waveform::of(&[9; 15]), None, "too short");
        assert_eq!(Waveform::of(&[]), None);
    }

    #[test]
    fn what_a_record_spells_is_read_again_and_nothing_else() {
        let waveform = Waveform::of(&[1, 2, 3, 200].repeat(40)).unwrap();
        assert_eq!(Waveform::parse(waveform.as_str()), Some(waveform));
        for bad in ["", "A", "é", "0\"onload", &"0".repeat(161)] {
            assert_eq!(Waveform::parse(bad), None, "{bad}");
        }
    }
}
