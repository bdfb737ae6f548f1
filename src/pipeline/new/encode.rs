//! Audio of another format: the line that makes an MP3 of it, as the show's others are.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use super::super::Error;
use crate::audio::Foreign;

/// How the show's MP3s are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// In kbit/s.
    pub kbits: u32,
    /// Whether they have one channel; as the recording has it where nothing is known.
    pub mono: Option<bool>,
}

/// Bit rates of MPEG-1 Layer III, in kbit/s (ISO/IEC 11172-3, 2.4.2.3).
const RATES: [u32; 9] = [64, 80, 96, 112, 128, 160, 192, 224, 256];

impl Form {
    /// By the show's newest MP3s: their mean bit rates in kbit/s, and whether the newest is mono.
    pub fn by_habit(kbits: &[u64], mono: Option<bool>) -> Self {
        let mut sorted = kbits.to_vec();
        sorted.sort_unstable();
        let middle = sorted.get(sorted.len() / 2).copied();
        let wanted = middle.unwrap_or(if mono == Some(true) { 96 } else { 128 });
        let nearest = RATES.into_iter().min_by_key(|rate| u64::from(*rate).abs_diff(wanted));
        Self { kbits: nearest.unwrap_or(128), mono }
    }
}

/// Whether ffmpeg can make an MP3 of it.
pub fn is_audio(foreign: &Foreign) -> bool {
    matches!(
        foreign,
        Foreign::Aac
            | Foreign::Mp4
            | Foreign::Wav
            | Foreign::Mp3InWav
            | Foreign::Aiff
            | Foreign::Ogg
            | Foreign::Flac
            | Foreign::LayerI
            | Foreign::LayerII
            | Foreign::Matroska
            | Foreign::WindowsMedia
            | Foreign::OtherMedia
    )
}

/// ffmpeg's arguments.
fn arguments(foreign: &Foreign, from: &Path, to: &Path, form: Form) -> Vec<OsString> {
    let mut all: Vec<OsString> = vec!["-i".into(), from.into(), "-map".into(), "0:a:0".into()];
    let mut put = |words: &[&str]| all.extend(words.iter().map(OsString::from));
    match foreign {
        Foreign::Mp3InWav => put(&["-c:a", "copy"]),
        _ => {
            put(&["-c:a", "libmp3lame", "-b:a", &format!("{}k", form.kbits)]);
            match form.mono {
                Some(true) => put(&["-ac", "1"]),
                Some(false) => put(&["-ac", "2"]),
                None => {}
            }
            // What players and editors agree on.
            put(&["-ar", "44100"]);
        }
    }
    put(&["-id3v2_version", "3"]);
    all.push(to.into());
    all
}

/// The line as one types it.
pub fn line(foreign: &Foreign, from: &Path, to: &Path, form: Form) -> String {
    let words = arguments(foreign, from, to, form);
    let shown = words.iter().map(|word| shell(&word.to_string_lossy()));
    std::iter::once("ffmpeg".to_owned()).chain(shown).collect::<Vec<_>>().join(" ")
}

/// Makes the MP3; `to` may be there.
pub fn encode(foreign: &Foreign, from: &Path, to: &Path, form: Form) -> Result<(), Error> {
    let ran = Command::new("ffmpeg")
        .args(["-y", "-nostdin", "-v", "error"])
        .args(arguments(foreign, from, to, form))
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                Error::usage("--encode needs ffmpeg, which is not installed")
                    .help("install it (https://ffmpeg.org), or export the episode as MP3")
            }
            _ => Error::usage(format!("ffmpeg cannot be run: {error}")),
        })?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    Err(Error::usage(format!("ffmpeg made no MP3 of {}: {last}", from.display())))
}

/// A word as a POSIX shell takes it.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_the_one_that_is_run() {
        let form = Form::by_habit(&[127, 128, 64], Some(true));
        assert_eq!(
            line(&Foreign::Wav, Path::new("My take's 1.wav"), Path::new("audio/012.mp3"), form),
            r"ffmpeg -i 'My take'\''s 1.wav' -map 0:a:0 -c:a libmp3lame -b:a 128k -ac 1 -ar 44100 -id3v2_version 3 audio/012.mp3"
        );
        assert_eq!(
            line(&Foreign::Mp3InWav, Path::new("a.wav"), Path::new("a.mp3"), form),
            "ffmpeg -i a.wav -map 0:a:0 -c:a copy -id3v2_version 3 a.mp3"
        );
    }

    #[test]
    fn the_form_is_the_show_s_habit() {
        assert_eq!(Form::by_habit(&[], None), Form { kbits: 128, mono: None });
        assert_eq!(Form::by_habit(&[], Some(true)).kbits, 96);
        assert_eq!(Form::by_habit(&[255, 256, 250], None).kbits, 256);
        assert_eq!(Form::by_habit(&[100], None).kbits, 96);
    }
}
