//! Builds MP3 files for tests and benchmarks, byte by byte.
//!
//! It shares no table or formula with the probe, so that a mistake in one is not made good by the
//! same mistake in the other. Frames hold zeros or noise: sound enough to walk, not to listen to.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "only tests and benchmarks run this, and a builder used wrongly should stop them"
)]

/// A frame of MPEG audio, Layer III unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Bit rate in kbit/s.
    pub kbps: u32,
    /// Sample rate in Hz, which also decides between MPEG-1, MPEG-2 and MPEG-2.5.
    pub hertz: u32,
    /// One channel instead of two.
    pub mono: bool,
    /// One byte longer.
    pub padded: bool,
    /// A CRC behind the header.
    pub crc: bool,
    /// Free format: the length in bytes without padding; `kbps` is not used.
    pub free: Option<usize>,
}

/// 128 kbit/s, 44.1 kHz, stereo: 417 bytes, 26 ms.
pub const FRAME: Frame =
    Frame { kbps: 128, hertz: 44100, mono: false, padded: false, crc: false, free: None };

impl Frame {
    /// Samples per channel.
    pub fn samples(self) -> u64 {
        if self.hertz >= 32000 { 1152 } else { 576 }
    }

    /// The frame's four header bytes.
    ///
    /// # Panics
    /// If MPEG audio has no such bit rate or sample rate.
    pub fn header(self) -> [u8; 4] {
        let low: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let high: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        let (version, rate) = match self.hertz {
            44100 => (0xFA, 0),
            48000 => (0xFA, 1),
            32000 => (0xFA, 2),
            22050 => (0xF2, 0),
            24000 => (0xF2, 1),
            16000 => (0xF2, 2),
            11025 => (0xE2, 0),
            12000 => (0xE2, 1),
            8000 => (0xE2, 2),
            other => panic!("MPEG audio has no {other} Hz"),
        };
        let rates = if version == 0xFA { high } else { low };
        let index = match self.free {
            Some(_) => 0,
            None => 1 + rates.iter().position(|kbps| *kbps == self.kbps).expect("a bit rate"),
        };
        let index = u8::try_from(index).expect("below 15");
        let mode = if self.mono { 0xC0 } else { 0x40 };
        [
            0xFF,
            version | u8::from(!self.crc),
            index << 4 | rate << 2 | u8::from(self.padded) << 1,
            mode,
        ]
    }

    /// The frame's length in bytes.
    pub fn length(self) -> usize {
        let unpadded = match (self.free, self.samples()) {
            (Some(length), _) => length as u64,
            (None, 1152) => u64::from(self.kbps) * 144_000 / u64::from(self.hertz),
            (None, _) => u64::from(self.kbps) * 72_000 / u64::from(self.hertz),
        };
        usize::try_from(unpadded).expect("short") + usize::from(self.padded)
    }

    /// Bytes of side information.
    fn side_info(self) -> usize {
        match (self.samples(), self.mono) {
            (1152, false) => 32,
            (1152, true) | (_, false) => 17,
            (_, true) => 9,
        }
    }

    /// A frame of zeros behind the header.
    pub fn silence(self) -> Vec<u8> {
        self.around(vec![0; self.length()])
    }

    /// A frame of noise behind the header, that needs nothing of the frames before it.
    pub fn noise(self, noise: &mut Noise) -> Vec<u8> {
        self.reaching_back(0, noise)
    }

    /// A frame of noise whose sound starts this many bytes before it (255 at most), in the frames
    /// that stand there.
    pub fn reaching_back(self, bytes: u8, noise: &mut Noise) -> Vec<u8> {
        let mut frame = noise.bytes(self.length());
        let side = 4 + if self.crc { 2 } else { 0 };
        if self.samples() == 1152 {
            // Nine bits, of which the last opens the second byte.
            frame[side] = bytes >> 1;
            frame[side + 1] = frame[side + 1] & 0x7F | bytes << 7;
        } else {
            frame[side] = bytes;
        }
        self.around(frame)
    }

    /// The frame with its header, and its CRC if it has one.
    fn around(self, mut frame: Vec<u8>) -> Vec<u8> {
        frame[..4].copy_from_slice(&self.header());
        if self.crc {
            let side = 6..6 + self.side_info();
            let crc = frame_crc(&[&frame[2..4], &frame[side]].concat());
            frame[4..6].copy_from_slice(&crc.to_be_bytes());
        }
        frame
    }

    /// `count` frames of noise, in which no header shows by chance. All but the first reach back
    /// into the one before.
    pub fn stream(self, count: usize) -> Vec<u8> {
        let mut noise = Noise(count as u64 + 1);
        let most = (self.length() - self.mark_at()).clamp(1, 255) as u64;
        let back = move |noise: &mut Noise| 1 + (noise.number() % most) as u8;
        (0..count)
            .flat_map(|frame| {
                let back = if frame == 0 { 0 } else { back(&mut noise) };
                self.reaching_back(back, &mut noise)
            })
            .collect()
    }

    /// A header frame without anything in it but `mark` and what follows it.
    fn header_frame(self, mark_at: usize, contents: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; self.length()];
        frame[mark_at..mark_at + contents.len()].copy_from_slice(contents);
        self.around(frame)
    }

    /// Where a Xing or Info mark belongs.
    pub fn mark_at(self) -> usize {
        4 + if self.crc { 2 } else { 0 } + self.side_info()
    }

    /// A Xing or Info header frame with claims of frames and bytes.
    pub fn xing(self, mark: &[u8; 4], frames: Option<u32>, bytes: Option<u32>) -> Vec<u8> {
        let flags = u32::from(frames.is_some()) | u32::from(bytes.is_some()) << 1;
        let mut contents = mark.to_vec();
        contents.extend(flags.to_be_bytes());
        [frames, bytes].iter().flatten().for_each(|claim| contents.extend(claim.to_be_bytes()));
        self.header_frame(self.mark_at(), &contents)
    }

    /// A Fraunhofer header frame.
    pub fn vbri(self, frames: u32, bytes: u32) -> Vec<u8> {
        let mut contents = b"VBRI\0\x01\0\0\0\x64".to_vec();
        contents.extend(bytes.to_be_bytes());
        contents.extend(frames.to_be_bytes());
        self.header_frame(36, &contents)
    }

    /// `audio`, which consists of frames like this one, behind an Info header as LAME writes it,
    /// with true counts and check sums and these samples of delay and padding.
    pub fn with_lame(self, audio: &[u8], frames: u32, delay: u32, padding: u32) -> Vec<u8> {
        self.with_lame_as(b"Info", audio, frames, delay, padding)
    }

    /// The same behind a header of this mark; LAME's for variable bit rates is `Xing`.
    pub fn with_lame_as(
        self,
        mark: &[u8; 4],
        audio: &[u8],
        frames: u32,
        delay: u32,
        padding: u32,
    ) -> Vec<u8> {
        let frame =
            Self { kbps: if self.hertz >= 32000 { 128 } else { 64 }, padded: false, ..self };
        let bytes = u32::try_from(frame.length() + audio.len()).expect("below 4 GiB");
        let mut contents = [&mark[..], b"\0\0\0\x0F"].concat();
        contents.extend(frames.to_be_bytes());
        contents.extend(bytes.to_be_bytes());
        contents.extend([0; 104]);
        contents.extend(b"LAME3.100");
        contents.extend([0; 12]);
        contents.extend(&(delay << 12 | padding).to_be_bytes()[1..]);
        contents.extend([0; 4]);
        contents.extend(bytes.to_be_bytes());
        contents.extend(crc16(audio).to_be_bytes());
        let mut header = frame.header_frame(self.mark_at(), &contents);
        let end = self.mark_at() + contents.len();
        let own = crc16(&header[..end]);
        header[end..end + 2].copy_from_slice(&own.to_be_bytes());
        header.extend(audio);
        header
    }
}

/// CRC-16/ARC, one bit at a time.
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0xA001 } else { crc >> 1 }
            },
        )
    })
}

/// The CRC-16 of a protected frame (ISO/IEC 11172-3, section 2.4.3.1), one bit at a time.
pub fn frame_crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc >> 15 == 1 { crc << 1 ^ 0x8005 } else { crc << 1 }
        })
    })
}

/// Repeatable noise (xorshift64).
#[derive(Debug, Clone)]
pub struct Noise(pub u64);

impl Noise {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// This many bytes of it.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.number().to_le_bytes()).flatten().take(count).collect()
    }
}

/// Four times seven bits.
pub fn syncsafe(size: u32) -> [u8; 4] {
    [size >> 21, size >> 14, size >> 7, size].map(|bits| (bits & 0x7F) as u8)
}

/// An ID3v2 tag (major version 3 or 4) with one text frame of `text` and `padding` zeros.
pub fn id3v2(major: u8, text: &[u8], padding: usize) -> Vec<u8> {
    let length = u32::try_from(text.len() + 1).expect("short");
    let size = if major == 4 { syncsafe(length) } else { length.to_be_bytes() };
    let body = [b"TIT2", &size[..], &[0, 0, 0], text, &vec![0; padding]].concat();
    id3v2_of(major, 0, &body)
}

/// An ID3v2 tag around `body`, with the flags given, and with a footer if they ask for one.
pub fn id3v2_of(major: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let fields =
        [&[major, 0, flags][..], &syncsafe(u32::try_from(body.len()).expect("short"))].concat();
    let footer = if flags & 0x10 == 0 { Vec::new() } else { [b"3DI", &fields[..]].concat() };
    [b"ID3", &fields[..], body, &footer].concat()
}

/// An ID3v1 tag.
pub fn id3v1() -> Vec<u8> {
    let mut tag = b"TAGtitle".to_vec();
    tag.resize(128, 0);
    tag
}

/// The enhanced tag that may stand in front of an ID3v1 tag.
pub fn enhanced_id3v1() -> Vec<u8> {
    let mut tag = b"TAG+title".to_vec();
    tag.resize(227, b' ');
    tag
}

/// An item of an APE tag (APEv2, APE Tag Item).
pub fn ape_item(key: &str, value: &[u8]) -> Vec<u8> {
    let size = u32::try_from(value.len()).expect("short").to_le_bytes();
    [&size[..], &[0; 4], key.as_bytes(), &[0], value].concat()
}

/// An APE tag (version 1 or 2) with `items` as its items; only version 2 may have a header.
pub fn ape(version: u32, items: &[u8], with_header: bool) -> Vec<u8> {
    let size = u32::try_from(items.len() + 32).expect("short");
    let edge = |is_header: bool| {
        let flags = u32::from(with_header) << 31 | u32::from(is_header) << 29;
        let fields = [version * 1000, size, 1, flags].map(u32::to_le_bytes).concat();
        [b"APETAGEX", &fields[..], &[0; 8]].concat()
    };
    let header = if with_header { edge(true) } else { Vec::new() };
    [header, items.to_vec(), edge(false)].concat()
}

/// A Lyrics3 tag of version 2 around `fields`.
pub fn lyrics3(fields: &[u8]) -> Vec<u8> {
    let size = format!("{:06}", fields.len() + 11);
    [b"LYRICSBEGIN", fields, size.as_bytes(), b"LYRICS200"].concat()
}

/// A Lyrics3 tag of version 1 around `text`.
pub fn old_lyrics3(text: &[u8]) -> Vec<u8> {
    [b"LYRICSBEGIN", text, b"LYRICSEND"].concat()
}
