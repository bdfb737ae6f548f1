//! The measures as a person reads them.

use super::measures::{Sound, Stretch};
use super::time_code::time_code;

/// What was heard, a line a measure.
pub fn describe(sound: &Sound) -> String {
    let lines = [
        ("playing time", time_code(sound.milliseconds)),
        ("format", format(sound)),
        ("loudness", loudness(sound)),
        ("loudest", loudest(sound)),
        ("true peak", peak(sound)),
        ("clipping", clipping(sound)),
        ("silence", silence(sound)),
        ("noise floor", level(sound.noise_floor, "dBFS")),
        ("channels", channels(sound)),
        ("offset", offset(sound)),
        ("damage", damage(sound)),
    ];
    lines.iter().map(|(name, value)| format!("  {name:<13} {value}\n")).collect()
}

fn level(level: Option<f64>, unit: &str) -> String {
    level.map_or_else(|| "none: nothing is heard".to_owned(), |level| format!("{level:.1} {unit}"))
}

fn format(sound: &Sound) -> String {
    let kind = if sound.channels == 1 { "mono" } else { "stereo" };
    let up_to = sound.bandwidth.map_or_else(String::new, |hertz| {
        format!(", frequencies up to {:.1} kHz", f64::from(hertz) / 1000.0)
    });
    format!("{kind}, {:.2} kHz{up_to}", f64::from(sound.sample_rate) / 1000.0)
}

fn loudness(sound: &Sound) -> String {
    let range = sound.loudness.range;
    let range = range.map_or_else(String::new, |range| format!(", range {range:.1} LU"));
    format!("{}{range}", level(sound.loudness.integrated, "LUFS"))
}

fn loudest(sound: &Sound) -> String {
    let loudness = &sound.loudness;
    match (loudness.momentary, loudness.short_term) {
        (Some(momentary), Some(short)) => {
            format!("{momentary:.1} LUFS for 0.4 s, {short:.1} LUFS for 3 s")
        }
        (Some(momentary), None) => format!("{momentary:.1} LUFS for 0.4 s"),
        (None, _) => "none: nothing is heard".to_owned(),
    }
}

fn peak(sound: &Sound) -> String {
    match (sound.peak.true_peak, sound.peak.sample) {
        (Some(peak), Some(sample)) => format!(
            "{peak:.1} dBTP at {}, largest sample {sample:.1} dBFS",
            time_code(sound.peak.at)
        ),
        _ => "none: nothing is heard".to_owned(),
    }
}

fn clipping(sound: &Sound) -> String {
    let peak = &sound.peak;
    match (peak.clipped, peak.first_clipped) {
        (0, _) | (_, None) => "none".to_owned(),
        (1, Some(first)) => {
            format!("1 place, at {}, {} samples long", time_code(first), peak.longest_clipped)
        }
        (count, Some(first)) => format!(
            "{count} places, first at {}, the longest of {} samples",
            time_code(first),
            peak.longest_clipped
        ),
    }
}

fn silence(sound: &Sound) -> String {
    let silence = &sound.silence;
    if sound.is_silent() {
        return "all of it".to_owned();
    }
    let seconds = |milliseconds: u64| format!("{:.1} s", milliseconds as f64 / 1000.0);
    let inside = silence.inside.map_or_else(
        || "none inside".to_owned(),
        |longest| {
            format!("{} inside at most, at {}", seconds(longest.length()), time_code(longest.from))
        },
    );
    format!(
        "{} at the start, {} at the end, {inside}",
        seconds(silence.head),
        seconds(silence.tail)
    )
}

fn channels(sound: &Sound) -> String {
    let balance = &sound.balance;
    let levels: Vec<String> = balance
        .levels
        .iter()
        .map(|one| one.map_or_else(|| "silent".to_owned(), |one| format!("{one:.1}")))
        .collect();
    let levels = format!("{} dBFS", levels.join(" and "));
    if sound.channels == 1 {
        return levels;
    }
    let alike = match (balance.side, balance.correlation) {
        (None, Some(_)) => ", the same in both".to_owned(),
        (_, Some(correlation)) => format!(", correlation {correlation:.2}"),
        (_, None) => String::new(),
    };
    format!("{levels}{alike}")
}

fn offset(sound: &Sound) -> String {
    let percent: Vec<String> =
        sound.balance.offsets.iter().map(|offset| format!("{:.2} %", offset * 100.0)).collect();
    percent.join(" and ")
}

fn damage(sound: &Sound) -> String {
    if sound.faults.is_empty() {
        return "none".to_owned();
    }
    let one =
        |stretch: &Stretch| format!("{} to {}", time_code(stretch.from), time_code(stretch.to));
    let places: Vec<String> = sound.faults.iter().map(one).collect();
    let more = match sound.more_faults {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", places.join(", "))
}
