//! Files of known loss: clean ones that were cut, holed, overwritten, joined and flipped at random.
//!
//! What was lost is known from what was done, not from what is found. Of every loss of half a second
//! or more something visible must be told, and nothing of a clean file. What nobody could know who
//! does not decode the sound is named in [`unknowable`]; it is counted and left out.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use super::*;
use crate::audio::testing::{Noise, id3v2};
use crate::audio::{Damage, Harm, Mp3};

/// A clean file of one kind of encoder.
struct Clean {
    name: &'static str,
    bytes: Vec<u8>,
    /// Where each frame stands that plays.
    frames: Vec<Range<usize>>,
    /// Those of them that need nothing of the frames before.
    free: Vec<usize>,
    /// How long one plays, in microseconds.
    frame_time: u64,
    /// Whether a header counts the frames.
    counted: bool,
}

/// Seconds that every clean file plays, about.
const SECONDS: u64 = 6;

impl Clean {
    /// Frames of the bit rates that `kbps` names in turn, behind what `front` makes of them.
    fn new(
        name: &'static str,
        frame: Frame,
        kbps: &[u32],
        front: impl FnOnce(&[u8], u32) -> Vec<u8>,
    ) -> Self {
        let mut noise = Noise(kbps.len() as u64 + u64::from(frame.hertz));
        let count = SECONDS * u64::from(frame.hertz) / frame.samples();
        let mut audio = Vec::new();
        let (mut frames, mut free) = (Vec::new(), Vec::new());
        for index in 0..count as usize {
            // Two frames of one rate after the other, as encoders change it slowly.
            let frame = Frame { kbps: kbps[index / 2 % kbps.len()], ..frame };
            let room = (frame.length() - frame.mark_at()).min(255) as u64;
            let is_free = index == 0 || noise.number().is_multiple_of(8);
            let back = if is_free { 0 } else { 1 + noise.number() % room };
            let start = audio.len();
            free.extend(is_free.then_some(start));
            audio.extend(frame.reaching_back(back as u8, &mut noise));
            frames.push(start..audio.len());
        }
        let front = front(&audio, count as u32);
        let skip = front.len();
        for frame in &mut frames {
            *frame = frame.start + skip..frame.end + skip;
        }
        free.iter_mut().for_each(|start| *start += skip);
        let frame_time = frame.samples() * 1_000_000 / u64::from(frame.hertz);
        Self { name, bytes: [front, audio].concat(), frames, frame_time, counted: skip > 0, free }
    }

    /// How long the frames play, in microseconds, that any of these bytes belong to.
    fn time_of(&self, bytes: &Range<usize>) -> u64 {
        let touched = |frame: &&Range<usize>| frame.start < bytes.end && bytes.start < frame.end;
        self.frames.iter().filter(touched).count() as u64 * self.frame_time
    }

    /// How far into its frame a byte stands, or how far behind the last one.
    fn phase(&self, at: usize) -> usize {
        self.frames
            .iter()
            .rev()
            .find(|frame| frame.start <= at)
            .map_or(at, |frame| if at == frame.end { 0 } else { at - frame.start })
    }

    /// The frame border next to a byte.
    fn border(&self, at: usize) -> usize {
        self.frames
            .iter()
            .map(|frame| frame.start)
            .find(|start| *start >= at)
            .unwrap_or(self.bytes.len())
    }
}

/// The shapes of ten encoders' files: constant, variable and averaged rates, with and without a
/// header, mono, MPEG-2 and MPEG-2.5, 24 to 320 kbit/s, with and without frame check sums.
static CLEAN: LazyLock<Vec<Clean>> = LazyLock::new(|| {
    let variable = &[64, 128, 320, 96, 160];
    let lame = |frame: Frame, mark: &'static [u8; 4]| {
        move |audio: &[u8], count| {
            let whole = frame.with_lame_as(mark, audio, count, 576, 1000);
            whole[..whole.len() - audio.len()].to_vec()
        }
    };
    let bare = |_: &[u8], _| Vec::new();
    let low = Frame { hertz: 22050, kbps: 64, ..FRAME };
    let speech = Frame { hertz: 8000, kbps: 24, mono: true, ..FRAME };
    let protected = Frame { kbps: 320, crc: true, ..FRAME };
    let mono = MONO;
    let xing =
        |audio: &[u8], count| FRAME.xing(b"Xing", Some(count), Some(417 + audio.len() as u32));
    let counted = |_: &[u8], count| FRAME.xing(b"Xing", Some(count), None);
    let vbri = |audio: &[u8], count| {
        let frame = Frame { kbps: 192, ..FRAME };
        frame.vbri(count, (frame.length() + audio.len()) as u32)
    };
    vec![
        Clean::new("constant, Info and check sum", FRAME, &[128], lame(FRAME, b"Info")),
        Clean::new("constant mono, bare", mono, &[64], bare),
        Clean::new("variable, Xing and check sum", FRAME, variable, lame(FRAME, b"Xing")),
        Clean::new("variable, Xing with frames and bytes", FRAME, variable, xing),
        Clean::new("variable, Xing with frames alone", FRAME, variable, counted),
        Clean::new("averaged, Info and check sum", FRAME, &[112, 128], lame(FRAME, b"Info")),
        Clean::new("MPEG-2, Info and check sum", low, &[64], lame(low, b"Info")),
        Clean::new("MPEG-2.5 mono, bare", speech, &[24], bare),
        Clean::new("constant 320, frame check sums, bare", protected, &[320], bare),
        Clean::new("constant 192, VBRI", Frame { kbps: 192, ..FRAME }, &[192], vbri),
    ]
});

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    CutEnd,
    CutFront,
    CutOut,
    Zero,
    Overwrite,
    Insert,
    Join,
    Flip,
}

const KINDS: [Kind; 8] = [
    Kind::CutEnd,
    Kind::CutFront,
    Kind::CutOut,
    Kind::Zero,
    Kind::Overwrite,
    Kind::Insert,
    Kind::Join,
    Kind::Flip,
];

/// A file that something was done to.
struct Mutant {
    kind: Kind,
    bytes: Vec<u8>,
    /// The bytes of the clean file that are gone or changed.
    hit: Range<usize>,
}

fn mutate(clean: &Clean, noise: &mut Noise) -> Mutant {
    let len = clean.bytes.len();
    let mut below = |most: usize| (noise.number() % most.max(1) as u64) as usize;
    let kind = KINDS[below(KINDS.len())];
    let at_borders = below(3) == 0;
    let (mut from, mut to) = match kind {
        Kind::CutEnd => (below(len), len),
        Kind::CutFront => (0, below(len)),
        Kind::Flip => {
            let at = below(len);
            (at, at + 1)
        }
        Kind::Insert | Kind::Join => {
            let at = below(len);
            (at, at)
        }
        // Heads and tails as often as the middle.
        _ => match below(3) {
            0 => (clean.frames[0].start, below(len)),
            1 => (below(len), len),
            _ => (below(len), below(len)),
        },
    };
    if from > to {
        (from, to) = (to, from);
    }
    if at_borders && kind != Kind::Flip {
        (from, to) = (clean.border(from), clean.border(to));
    }
    let length = if below(2) == 0 { below(400) } else { below(40_000) };
    let (front, behind) = (&clean.bytes[..from], &clean.bytes[to..]);
    let zeros = vec![0; to - from];
    let bytes = match kind {
        Kind::CutEnd | Kind::CutFront | Kind::CutOut => [front, behind].concat(),
        Kind::Zero => [front, &zeros, behind].concat(),
        Kind::Overwrite => [front, &noise.bytes(to - from), behind].concat(),
        Kind::Insert if length % 2 == 0 => [front, &vec![0; length], behind].concat(),
        Kind::Insert => [front, &noise.bytes(length), behind].concat(),
        Kind::Join => [&clean.bytes[..], &id3v2(3, b"two", length), &clean.bytes].concat(),
        Kind::Flip => {
            let mut bytes = clean.bytes.clone();
            bytes[from] ^= 1 << (length % 8);
            bytes
        }
    };
    Mutant { kind, bytes, hit: from..to }
}

/// Whether nobody can know of the loss who does not decode the sound: nothing counts the frames, and
/// what is left is frame behind frame. That is so of a cut
/// - at the end, if it runs along a frame's border;
/// - in the middle, if both its ends stand equally far into their frames;
/// - in front, if it ends where a frame begins that needs nothing of those before it; then the header
///   is gone as well.
fn unknowable(clean: &Clean, mutant: &Mutant) -> bool {
    let Range { start, end } = mutant.hit;
    let in_front = start == 0 && clean.free.contains(&end);
    match mutant.kind {
        Kind::CutFront => in_front,
        Kind::CutEnd => !clean.counted && clean.phase(start) == 0,
        Kind::CutOut => !clean.counted && (in_front || clean.phase(start) == clean.phase(end)),
        _ => false,
    }
}

/// How far the gravest finding reaches.
fn gravest(bytes: &[u8]) -> Option<Harm> {
    match probe_bytes(bytes, Depth::Walk).content {
        Content::Mp3(mp3) if mp3.time.seconds() == 0 => Some(Harm::Lost),
        Content::Mp3(mp3) => mp3.damage.iter().map(Damage::harm).max(),
        Content::Foreign(_) | Content::Empty => Some(Harm::Lost),
    }
}

/// How many files there were of a shape and a kind, and what was told of them.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    files: u64,
    lossy: u64,
    unknowable: u64,
    errors: u64,
    held: u64,
    missed: u64,
}

/// Makes and judges `count` files; panics at a loss that is not told.
fn run(count: u64, seed: u64) -> String {
    let mut noise = Noise(seed);
    let mut scores = vec![[Score::default(); KINDS.len()]; CLEAN.len()];
    let mut missed = String::new();
    for number in 0..count {
        let shape = number as usize % CLEAN.len();
        let clean = &CLEAN[shape];
        let mutant = mutate(clean, &mut noise);
        let kind = KINDS.iter().position(|kind| *kind == mutant.kind).unwrap();
        let score = &mut scores[shape][kind];
        score.files += 1;
        let lost = clean.time_of(&mutant.hit);
        let told = gravest(&mutant.bytes);
        if lost < 500_000 {
            continue;
        }
        score.lossy += 1;
        if unknowable(clean, &mutant) {
            score.unknowable += 1;
            continue;
        }
        score.errors += u64::from(told == Some(Harm::Lost));
        score.held += u64::from(told >= Some(Harm::Doubtful));
        if told < Some(Harm::Misleading) {
            score.missed += 1;
            let (Mutant { kind, hit, .. }, name) = (&mutant, clean.name);
            let _ = writeln!(missed, "{number}: {name}: {kind:?} {hit:?}: {told:?}");
        }
    }
    assert!(
        missed.is_empty(),
        "half a second or more is lost, and nothing visible told:\n{missed}"
    );
    let mut table =
        "shape, done: files; lossy; unknowable; told as errors; no safe fix\n".to_owned();
    for (clean, scores) in CLEAN.iter().zip(&scores) {
        for (kind, score) in KINDS.iter().zip(scores).filter(|(_, score)| score.lossy > 0) {
            let Score { files, lossy, unknowable, errors, held, .. } = score;
            let name = clean.name;
            let _ = writeln!(
                table,
                "{name}, {kind:?}: {files}; {lossy}; {unknowable}; {errors}; {held}"
            );
        }
    }
    table
}

#[test]
fn clean_files_get_no_finding() {
    for clean in &*CLEAN {
        let mp3: Mp3 = mp3(&clean.bytes);
        assert_eq!(told(&mp3), [""; 0], "{}", clean.name);
        assert_eq!(mp3.frames, clean.frames.len() as u64, "{}", clean.name);
    }
}

#[test]
fn no_lost_half_second_goes_untold() {
    run(1000, 1);
}

/// `ONAIR_MUTATIONS=100000 cargo test --release --lib mutations -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes"]
fn no_lost_half_second_goes_untold_in_as_many_files_as_asked_for() {
    let count = std::env::var("ONAIR_MUTATIONS").ok().and_then(|count| count.parse().ok());
    let table = run(count.unwrap_or(100_000), 2);
    assert!(!table.is_empty());
    eprintln!("{table}");
}
