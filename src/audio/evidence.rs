//! What a file's claims and its frames say together: what is missing, and what is merely said wrongly.
//!
//! The witnesses, from the strongest to the weakest: the encoder's check sum over the audio, which
//! proves it whole; the header's counts of frames and bytes, which promise what should be there; the
//! header's own check sum, which tells whether the promise is still the encoder's; and the first
//! frame, which may need sound from before it. Where nothing promises anything, the time counts that
//! bytes without frames would play.

use super::damage::{Amount, Damage, Filler, Harm, Place, Proof};
use super::mp3::Mp3;
use super::music::{Music, Sum};
use super::time::PlayTime;
use super::trailing::Trailing;
use super::walk::{Audio, BitRate, Checksums, FirstFrame, HeaderFrame};

/// Bytes that may be there beyond those that are counted: the longest frame of a regular bit rate.
const FRAME_BYTES: u64 = 1441;

/// Bytes that may be counted and not be there: an ID3v1 tag, which some encoders count.
const ID3V1_BYTES: u64 = 128;

/// The shortest frame: 8 kbit/s at 24 kHz.
const SHORTEST_BYTES: u64 = 24;

/// From here on bytes without frames may be sound that somebody misses.
const LONG_MS: u64 = 500;

/// Up to here bytes without frames are what a cut leaves of one frame: 1,152 samples at 32 kHz.
const FRAME_MS: u64 = 36;

/// What a header frame's promise came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// Nothing was promised that could be looked for.
    None,
    /// All that was promised is there.
    Met,
    /// It is not.
    Missed,
}

/// Compares what there is with what header frames claim.
pub(super) fn judge(audio: Audio, payload_end: u64, trailing: Trailing, musics: Vec<Music>) -> Mp3 {
    let leading = audio.headers.first().filter(|header| header.after == 0);
    let mut mp3 = Mp3 {
        payload: audio.start..payload_end,
        payload_sha256: None,
        audio: audio.frames_start..audio.frames_end,
        format: audio.format,
        frames: audio.frames,
        samples: audio.samples,
        time: audio.time,
        gapless_time: None,
        bit_rate: audio.bit_rate,
        claims: leading.map(|header| header.claims.clone()),
        proved_intact: false,
        chapters: Vec::new(),
        tags: audio.tags,
        damage: audio.damage,
    };
    trailing.tags.into_iter().for_each(|tag| mp3.tags.push(tag));
    let sums: Vec<_> = musics.into_iter().filter_map(|music| music.finish(payload_end)).collect();
    let mut case = Case {
        headers: &audio.headers,
        sums: &sums,
        payload_end,
        bits_per_second: audio.bits_per_second,
        first: audio.first,
        has_header: leading.is_some(),
        mp3,
    };
    let promises: Vec<_> = (0..case.headers.len()).map(|index| case.promise(index)).collect();
    case.weigh_gaps(&promises);
    case.cut_heads(&promises);
    case.misled(&promises);
    case.frame_checksums(audio.checksums);
    case.altered(&promises);

    let Case { mut mp3, .. } = case;
    mp3.proved_intact = leading.is_some() && sums.iter().any(|sum| sum.header == 0 && sum.holds());
    mp3.gapless_time = gapless_time(&mp3);
    mp3
}

/// How long the frames play without the silence that the encoder says it added.
fn gapless_time(mp3: &Mp3) -> Option<PlayTime> {
    let claims = mp3.claims.as_ref()?;
    let lame = claims.lame?;
    // The silence behind is only there if the end is.
    let behind = if claims.promised() == Some(mp3.frames) { lame.padding } else { 0 };
    let silence = PlayTime::of(u64::from(lame.delay + behind), mp3.format.sample_rate);
    Some(mp3.time.saturating_sub(silence))
}

/// All that is known, and the verdict as it grows.
struct Case<'a> {
    headers: &'a [HeaderFrame],
    sums: &'a [Sum],
    payload_end: u64,
    bits_per_second: u64,
    first: Option<FirstFrame>,
    /// The first header frame stands in front of all frames that play.
    has_header: bool,
    mp3: Mp3,
}

/// Frames and bytes from a header frame to a place where its recording may end.
#[derive(Debug, Clone, Copy)]
struct Extent {
    frames: u64,
    bytes: u64,
}

impl Case<'_> {
    /// Where the recording of a header frame may end: at the next header frame, at one behind that
    /// (if it was joined before the header was written), at the end. The first is the likeliest.
    fn extents(&self, index: usize) -> impl Iterator<Item = Extent> {
        let header = &self.headers[index];
        let joints = self.headers[index + 1..].iter().map(|next| (next.before, next.range.start));
        joints
            .chain([(self.mp3.frames, self.payload_end), (self.mp3.frames, self.mp3.audio.end)])
            .map(|(frames, at)| Extent {
                frames: frames.saturating_sub(header.after),
                bytes: at.saturating_sub(header.range.start),
            })
    }

    fn is_proved(&self, index: usize) -> bool {
        self.sums.iter().any(|sum| sum.header == index && sum.holds())
    }

    fn is_disproved(&self, index: usize) -> bool {
        self.sums.iter().any(|sum| sum.header == index && !sum.holds())
    }

    /// Whether frame follows frame from the first to the last, but for a few bytes at the ends.
    fn is_seamless(&self) -> bool {
        let mut loose = 0;
        self.mp3.damage.iter().all(|damage| match damage {
            Damage::CutFrame { .. } => false,
            Damage::Gap { filler: Filler::Tag(_), .. } => true,
            Damage::Gap { place: Place::Middle, .. } => false,
            Damage::Gap { bytes, .. } => {
                loose += bytes;
                loose <= FRAME_BYTES
            }
            _ => true,
        })
    }

    /// Whether a header frame's count is wrong while the bytes that it counts are all there.
    fn only_count_is_wrong(&self, index: usize) -> bool {
        let claims = &self.headers[index].claims;
        let changed = claims.lame.is_some_and(|lame| !lame.own_crc_holds);
        let trusted = changed || !self.is_disproved(index);
        trusted && self.is_seamless() && self.bytes_are_met(index) == Some(true)
    }

    /// Whether the bytes are there that a header frame counts; `None` if it counts none.
    fn bytes_are_met(&self, index: usize) -> Option<bool> {
        let promised = self.headers[index].claims.promised_bytes()?;
        Some(self.extents(index).any(|there| {
            there.bytes + SHORTEST_BYTES > promised && there.bytes <= promised + FRAME_BYTES
        }))
    }

    /// What the promise of a header frame comes to; tells what is missing.
    ///
    /// One frame more or less is no fault: some encoders count the header frame.
    fn promise(&mut self, index: usize) -> Promise {
        let HeaderFrame { claims, header, .. } = &self.headers[index];
        let Some(own) = self.extents(index).next() else { return Promise::None };
        if self.is_proved(index) {
            return Promise::Met;
        }
        let cut = self.mp3.damage.iter().any(|damage| matches!(damage, Damage::CutFrame { .. }));
        let promised_bytes = claims.promised_bytes();
        let met = |promised: u64, there: Extent| {
            let bytes = cut || promised_bytes.is_none_or(|bytes| bytes <= there.bytes);
            match promised.checked_sub(there.frames) {
                Some(missing) => missing == 0 || missing == 1 && bytes,
                None => there.frames == promised + 1,
            }
        };
        let missing = match (claims.promised(), promised_bytes) {
            (Some(frames), _) if self.extents(index).any(|there| met(frames, there)) => {
                return Promise::Met;
            }
            (Some(promised), _) if promised > own.frames => {
                if self.only_count_is_wrong(index) {
                    return Promise::Met;
                }
                let time = |frames: u64| {
                    let samples = frames.saturating_mul(header.samples().into());
                    PlayTime::of(samples, header.sample_rate())
                };
                Amount::Frames {
                    promised,
                    found: own.frames,
                    promised_time: time(promised),
                    found_time: time(own.frames),
                }
            }
            (_, Some(promised)) => match self.bytes_are_met(index) {
                Some(true) => return Promise::Met,
                _ if promised <= own.bytes + ID3V1_BYTES => return Promise::None,
                _ => {
                    let time = PlayTime::of_bytes(promised - own.bytes, self.bits_per_second);
                    Amount::Bytes { promised, found: own.bytes, time }
                }
            },
            _ => return Promise::None,
        };
        self.mp3.damage.push_always(Damage::Short { header: claims.kind, missing });
        Promise::Missed
    }

    /// What is promised of the frames in front.
    fn front(&self, promises: &[Promise]) -> Promise {
        if self.has_header { promises[0] } else { Promise::None }
    }

    /// What is promised of the frames at the end.
    fn end(&self, promises: &[Promise]) -> Promise {
        let reaches = |index: usize| {
            let there = self.mp3.frames.saturating_sub(self.headers[index].after);
            self.headers[index].claims.promised().is_some_and(|frames| frames.abs_diff(there) <= 1)
        };
        match promises.last() {
            Some(Promise::None) | None => {
                let met = (0..promises.len()).any(|at| promises[at] == Promise::Met && reaches(at));
                if met { Promise::Met } else { Promise::None }
            }
            Some(last) => *last,
        }
    }

    /// Tells of bytes without frames how long they would play, and how far they reach.
    fn weigh_gaps(&mut self, promises: &[Promise]) {
        let (front, end) = (self.front(promises), self.end(promises));
        let reaches_back = self.first.is_some_and(|first| first.reaches_back > 0);
        let first_header = self.headers.first().map(|header| header.range.start);
        let (rate, frames_end) = (self.bits_per_second, self.mp3.audio.end);
        for damage in &mut self.mp3.damage.first {
            let Damage::Gap { at, bytes, place, filler, time, harm } = damage else { continue };
            *time = PlayTime::of_bytes(*bytes, rate);
            let length = time.milliseconds();
            // A tag behind which no frame came any more.
            if *place == Place::Middle && *at >= frames_end {
                *place = Place::End;
            }
            let promise = match place {
                Place::Middle => continue,
                _ if matches!(filler, Filler::Tag(_)) => Promise::Met,
                // In front of the header frame, there never was any audio.
                Place::Front if first_header.is_some_and(|header| *at < header) => Promise::Met,
                Place::Front => front,
                Place::End => end,
            };
            // Where nothing counts the frames, what is left of one may be all that tells of a cut.
            let trace = *filler == Filler::Data;
            *harm = match promise {
                Promise::None if trace && length < LONG_MS => Harm::Misleading,
                _ if length <= FRAME_MS => Harm::Untidy,
                Promise::Missed => Harm::Lost,
                Promise::Met => Harm::Misleading,
                Promise::None if length < LONG_MS => Harm::Misleading,
                Promise::None if *place == Place::Front && !reaches_back => Harm::Doubtful,
                Promise::None => Harm::Lost,
            };
        }
    }

    /// Tells of first frames that need sound from before them.
    fn cut_heads(&mut self, promises: &[Promise]) {
        let told = self.mp3.damage.iter().any(|damage| {
            matches!(damage, Damage::Gap { place: Place::Front, harm: Harm::Lost, .. })
        });
        let headless = (self.first.filter(|_| !self.has_header), Promise::None);
        let behind = self.headers.iter().map(|header| header.first).zip(promises.iter().copied());
        let firsts: Vec<_> = std::iter::once(headless).chain(behind).collect();
        for (first, promise) in firsts {
            let Some(first) = first.filter(|first| first.reaches_back > 0) else { continue };
            let is_very_first = self.first.is_some_and(|very_first| very_first.at == first.at);
            if !(is_very_first && told) {
                let (at, bytes) = (first.at, first.reaches_back);
                let counted = promise == Promise::Met;
                self.mp3.damage.push_always(Damage::CutHead { at, bytes, counted });
            }
        }
    }

    /// Tells what time players show who do not walk the frames, where it is not the true one.
    fn misled(&mut self, promises: &[Promise]) {
        let header = self.headers.first().filter(|_| self.has_header);
        let claims = header.map(|header| &header.claims);
        let mp3 = &self.mp3;
        let varies = matches!(mp3.bit_rate, BitRate::Variable { .. });
        let damage = match (header, claims.and_then(|claims| claims.frames)) {
            (Some(header), Some(promised @ 1..)) => {
                let samples = promised.saturating_mul(header.header.samples().into());
                let shown = PlayTime::of(samples, header.header.sample_rate());
                let found = mp3.frames;
                let missed = promises[0] == Promise::Missed && found <= promised;
                if missed {
                    None
                } else if promised.abs_diff(found) > 1 {
                    let own = self.extents(0).next().map_or(0, |own| own.frames);
                    let proof = match promised.abs_diff(own) {
                        0 | 1 => None,
                        _ if self.is_proved(0) => Some(Proof::CheckSum),
                        _ if self.only_count_is_wrong(0) => Some(Proof::Bytes),
                        _ => None,
                    };
                    let header = header.claims.kind;
                    Some(Damage::Miscount { header, promised, found, shown, proof })
                } else {
                    let off = shown.milliseconds().abs_diff(mp3.time.milliseconds());
                    (off >= LONG_MS).then_some(Damage::Mistimed { shown })
                }
            }
            _ if mp3.frames == 0 => None,
            (_, count) => {
                let zero = count == Some(0);
                let shown = self.first.filter(|_| varies).map_or(PlayTime::ZERO, |first| {
                    PlayTime::of_bytes(self.payload_end - first.at, u64::from(first.kbps) * 1000)
                });
                let header = claims.map(|claims| claims.kind);
                (varies || zero).then_some(Damage::Uncounted { header, zero, shown })
            }
        };
        self.mp3.damage.first.extend(damage.clone());
        self.mp3.damage.count += u64::from(damage.is_some());
    }

    fn frame_checksums(&mut self, sums: Checksums) {
        let Checksums { checked, wrong, first: at } = sums;
        if wrong > 0 {
            let proved = self.is_proved(0);
            self.mp3.damage.push_always(Damage::FrameChecksum { at, wrong, checked, proved });
        }
    }

    /// Tells of check sums over the audio that do not hold, unless what is missing explains it.
    fn altered(&mut self, promises: &[Promise]) {
        if self.mp3.has_lost() {
            return;
        }
        for sum in self.sums.iter().filter(|sum| !sum.holds()) {
            let lame = self.headers[sum.header].claims.lame;
            let header_changed = lame.is_some_and(|lame| !lame.own_crc_holds)
                && promises[sum.header] == Promise::Met;
            let (noted, found) = (sum.noted, sum.found);
            self.mp3.damage.push_always(Damage::Altered { noted, found, header_changed });
        }
    }
}
