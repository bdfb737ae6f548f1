//! Files on disk, and streams.

use std::io::{self, Read};

use super::*;
use crate::audio::testing::{ape, id3v1, id3v2};
use crate::audio::{probe_file, probe_stream};
use crate::model::hash::Sha256;

/// Several pieces long, with tags on both sides.
fn long() -> Vec<u8> {
    [id3v2(3, b"title", 300_000), FRAME.stream(3000), ape(2, &[1; 70_000], true), id3v1()].concat()
}

#[test]
fn a_file_is_judged_like_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("1.mp3");
    let bytes = long();
    for bytes in [&bytes[..], &bytes[..1000], b"", &[0; 128]] {
        std::fs::write(&path, bytes).unwrap();
        for depth in [Depth::Walk, Depth::Hash, Depth::HashFile] {
            assert_eq!(probe_file(&path, depth).unwrap(), probe_bytes(bytes, depth));
        }
    }
    let probe = probe_bytes(&bytes, Depth::HashFile);
    assert_eq!(probe.sha256, Some(Sha256::of(&bytes)));
}

#[test]
fn what_is_no_file_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let kind = |path| probe_file(path, Depth::Walk).unwrap_err().kind();
    assert_eq!(kind(dir.path().to_owned()), io::ErrorKind::InvalidInput);
    assert_eq!(kind(dir.path().join("none.mp3")), io::ErrorKind::NotFound);
}

/// Delivers a few bytes at a time, interrupted now and then, and fails at its end if told to.
struct Slow<'a> {
    bytes: &'a [u8],
    reads: usize,
    fails: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.bytes.is_empty() && self.fails {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let most = into.len().min(10_007);
        self.bytes.read(&mut into[..most])
    }
}

#[test]
fn a_stream_is_judged_like_its_bytes_and_fails_like_its_source() {
    let bytes = [long(), FRAME.stream(12_000), id3v1()].concat();
    let stream = |fails| Slow { bytes: &bytes, reads: 0, fails };
    let probe = probe_stream(stream(false), Depth::HashFile).unwrap();
    assert_eq!(probe, probe_bytes(&bytes, Depth::HashFile));
    let error = probe_stream(stream(true), Depth::Walk).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}
