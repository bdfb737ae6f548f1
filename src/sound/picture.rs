//! A picture of a recording: its waveform, and its loudness over time.

use std::fmt::Write as _;

use super::measures::Sound;
use super::time_code::time_code;

const WIDTH: f64 = 1000.0;
const WAVE: f64 = 120.0;
const CURVE: f64 = 160.0;
const LEFT: f64 = 44.0;
/// The loudness, in LUFS, at the top of the curve and at its foot.
const TOP: f64 = 0.0;
const FOOT: f64 = -60.0;

/// `sound` as an SVG of its own, with `title` above it; `target` is the loudness that is meant, in LUFS.
pub fn picture(title: &str, sound: &Sound, target: Option<f64>) -> String {
    let (width, height) = (LEFT + WIDTH + 12.0, 40.0 + WAVE + 16.0 + CURVE + 28.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <title>{0}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\" fill=\"#222\">{0}</text>\n",
        escaped(title)
    );
    waveform(sound, 40.0, &mut svg);
    curve(sound, target, 40.0 + WAVE + 16.0, &mut svg);
    times(sound.milliseconds, 40.0 + WAVE + 16.0 + CURVE, &mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// Where the `n`th of so many parts stands.
fn x(n: usize, of: usize) -> f64 {
    LEFT + WIDTH * n as f64 / of.max(1) as f64
}

fn waveform(sound: &Sound, top: f64, svg: &mut String) {
    let middle = top + WAVE / 2.0;
    let count = sound.waveform.len();
    let up = |byte: u8| f64::from(byte) / 255.0 * WAVE / 2.0;
    let mut points = String::new();
    for (n, byte) in sound.waveform.iter().enumerate() {
        let _ = write!(points, "{:.1},{:.1} ", x(n, count), middle - up(*byte));
    }
    for (n, byte) in sound.waveform.iter().enumerate().rev() {
        let _ = write!(points, "{:.1},{:.1} ", x(n, count), middle + up(*byte));
    }
    let _ = writeln!(
        svg,
        "<polygon points=\"{}\" fill=\"#5b7fa6\" stroke=\"#5b7fa6\"/>",
        points.trim_end()
    );
}

fn curve(sound: &Sound, target: Option<f64>, top: f64, svg: &mut String) {
    let y = |level: f64| top + (TOP - level.clamp(FOOT, TOP)) / (TOP - FOOT) * CURVE;
    let right = LEFT + WIDTH;
    for level in [-10.0, -20.0, -30.0, -40.0, -50.0] {
        let y = y(level);
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#666\">{level}</text>",
            LEFT - 6.0,
            y + 4.0
        );
    }
    if let Some(target) = target {
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {0:.1}H{right}\" stroke=\"#3a7d44\" stroke-dasharray=\"6 4\"/>",
            y(target)
        );
    }
    let count = sound.loudness.curve.len();
    let mut line = String::new();
    let mut is_open = false;
    for (n, level) in sound.loudness.curve.iter().enumerate() {
        let Some(level) = level else {
            is_open = false;
            continue;
        };
        let _ =
            write!(line, "{}{:.1} {:.1}", if is_open { "L" } else { "M" }, x(n, count), y(*level));
        is_open = true;
    }
    let _ =
        writeln!(svg, "<path d=\"{line}\" fill=\"none\" stroke=\"#b3402a\" stroke-width=\"1.5\"/>");
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{:.1}\" fill=\"#666\">LUFS, short-term</text>",
        top + 12.0
    );
}

fn times(milliseconds: u64, top: f64, svg: &mut String) {
    for n in 0..=5_u64 {
        let time = time_code(milliseconds * n / 5);
        let anchor = if n == 5 { "end" } else { "start" };
        let x = LEFT + WIDTH * n as f64 / 5.0;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"#666\">{time}</text>",
            top + 18.0
        );
    }
}

/// Text that stands for itself in XML; characters that XML has not are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')) {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_title_is_text() {
        assert_eq!(escaped("a<b>&\"c\"\u{b}\u{202e}"), "a&lt;b&gt;&amp;&quot;c&quot;\u{202e}");
    }
}
