//! The command that makes a recording as loud as it should be.

use super::measures::Sound;

/// The ffmpeg line that brings `sound`, which stands in `file`, to this loudness (LUFS) and below this
/// true peak (dBTP); `None` if there is no loudness to change.
///
/// ffmpeg's `loudnorm` filter is told what was measured, so that it changes the level alone and by one
/// factor for the whole, as long as the peak allows it.
pub fn loudnorm(
    file: &str,
    sound: &Sound,
    level: f64,
    true_peak: f64,
    kbits: u32,
) -> Option<String> {
    let loudness = &sound.loudness;
    let (integrated, threshold) = (loudness.integrated?, loudness.threshold?);
    let peak = sound.peak.true_peak?;
    let range = loudness.range.unwrap_or(0.0);
    // The filter takes no other values.
    let (true_peak, wanted) = (true_peak.clamp(-9.0, 0.0), range.ceil().clamp(11.0, 20.0));
    let (from, to) = (quoted(file), quoted(&louder(file)));
    Some(format!(
        "ffmpeg -i {from} -af loudnorm=I={level}:TP={true_peak}:LRA={wanted}:measured_I={integrated}:\
         measured_TP={peak}:measured_LRA={range}:measured_thresh={threshold}:linear=true \
         -ar {} -b:a {kbits}k {to}",
        sound.sample_rate
    ))
}

/// The name of the new file: beside the old one.
fn louder(file: &str) -> String {
    let stem = file.strip_suffix(".mp3").unwrap_or(file);
    format!("{stem}-level.mp3")
}

/// A file's name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+');
    // A name that starts with a dash would be an option.
    let name = if name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
    if name.chars().all(is_plain) { name } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_reach_the_shell_as_they_are() {
        assert_eq!(quoted("audio/1.mp3"), "audio/1.mp3");
        assert_eq!(quoted("it's $HOME.mp3"), r"'it'\''s $HOME.mp3'");
        assert_eq!(quoted("-y.mp3"), "./-y.mp3");
        assert_eq!(louder("audio/1.mp3"), "audio/1-level.mp3");
    }
}
