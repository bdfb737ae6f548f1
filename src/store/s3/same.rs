//! Whether an object that another program sent is a file at hand: by its checksum, by its ETag, or else
//! by its bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aws_sdk_s3::types::ChecksumMode;
use aws_smithy_types::base64;
use crc_fast::CrcAlgorithm::Crc64Nvme;
use md5::Digest as _;

use super::cause::{self, Cause};
use super::{Operation, S3Store, blocking};
use crate::model::object::Key;
use crate::store::{Head, Store as _, StoreError};

/// As much of a file is read at a time.
const CHUNK: usize = 1 << 20;
/// Sizes of parts that programs in use send, in MiB (AWS CLI and SDKs 8 or 5, rclone 5, s3cmd 15,
/// consoles 16 or 17, Cyberduck 10, others powers of two).
const PARTS: [u64; 11] = [5, 8, 10, 15, 16, 17, 32, 50, 64, 100, 128];

impl S3Store {
    /// What is known of the object, if its bytes are the file's.
    pub(super) async fn same(&self, key: &Key, path: &Path) -> Result<Option<Head>, StoreError> {
        let unreadable = |error: io::Error| StoreError::Source {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let length = std::fs::metadata(path).map_err(unreadable)?.len();
        let Some(head) = self.head(key).await? else { return Ok(None) };
        if head.bytes != length {
            return Ok(None);
        }
        let full = self.full(key);
        let request = self.client.head_object().bucket(self.bucket()).key(&full);
        let request = request.checksum_mode(ChecksumMode::Enabled);
        // What a store does not understand, it leaves out of its answer or refuses.
        let answer = request.send().await.ok();
        let crc = answer.and_then(|answer| answer.checksum_crc64_nvme().map(str::to_owned));
        let (file, etag) = (path.to_owned(), head.version.0.clone());
        let told = blocking(move || {
            tell(&file, length, crc.as_deref(), &etag).map_err(|error| StoreError::Source {
                path: file.clone(),
                reason: error.to_string(),
            })
        });
        let same = match told.await? {
            Some(same) => same,
            None => self.has_bytes_of(&full, path.to_owned()).await?,
        };
        Ok(same.then_some(head))
    }

    /// Compares byte by byte.
    async fn has_bytes_of(&self, full: &str, path: PathBuf) -> Result<bool, StoreError> {
        let unreadable =
            |error: io::Error| StoreError::Source { path: path.clone(), reason: error.to_string() };
        let request = self.client.get_object().bucket(self.bucket()).key(full);
        let answer = request.send().await;
        let mut body = answer.map_err(|error| self.failed(Operation::Read, full, &error))?.body;
        let mut file = File::open(&path).map_err(unreadable)?;
        let mut there = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| {
                let cause = Cause::Network(cause::innermost(&error));
                self.place.explain(Operation::Read, full, &cause)
            })?;
            there.resize(chunk.len(), 0);
            match file.read_exact(&mut there) {
                Ok(()) if there == chunk => {}
                Ok(()) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(unreadable(error)),
            }
        }
        Ok(file.read(&mut [0]).map_err(unreadable)? == 0)
    }
}

/// Whether a file of `length` bytes has this checksum or ETag; nothing if neither can tell.
fn tell(path: &Path, length: u64, crc: Option<&str>, etag: &str) -> io::Result<Option<bool>> {
    if let Some(crc) = crc {
        let mut sum = crc_fast::Digest::new(Crc64Nvme);
        each(path, length, |bytes| sum.update(bytes))?;
        return Ok(Some(base64::encode(sum.finalize().to_be_bytes()) == crc));
    }
    // S3 API reference, "Object": the MD5 of what came at once, or of the MD5s of its parts.
    let (md5, parts) = match etag.split_once('-') {
        Some((md5, parts)) => (md5, parts.parse::<u64>().ok()),
        None => (etag, Some(1)),
    };
    let is_md5 = md5.len() == 32 && md5.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some(parts) = parts.filter(|_| is_md5) else { return Ok(None) };
    if !etag.contains('-') {
        // Of an object that the store encrypts with a key, it may be anything.
        return Ok((etag_of(path, length, None)? == etag).then_some(true));
    }
    for part in PARTS.map(|mib| mib << 20) {
        if length.div_ceil(part) == parts && etag_of(path, length, Some(part))? == etag {
            return Ok(Some(true));
        }
    }
    Ok(None)
}

/// The ETag of a file that was sent in parts of this size, or at once.
fn etag_of(path: &Path, length: u64, part: Option<u64>) -> io::Result<String> {
    let size = part.unwrap_or(u64::MAX);
    let (mut md5, mut sums, mut left) = (md5::Md5::new(), Vec::new(), size);
    each(path, length, |mut bytes| {
        while !bytes.is_empty() {
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            let (now, rest) = bytes.split_at(most.min(bytes.len()));
            md5.update(now);
            left -= now.len() as u64;
            if left == 0 {
                sums.extend_from_slice(&md5.finalize_reset());
                left = size;
            }
            bytes = rest;
        }
    })?;
    if left < size || sums.is_empty() {
        sums.extend_from_slice(&md5.finalize_reset());
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(match part {
        None => hex(&sums),
        Some(_) => format!("{}-{}", hex(&md5::Md5::digest(&sums)), sums.len() / 16),
    })
}

fn each(path: &Path, length: u64, mut see: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(path)?.take(length);
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            read => see(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_tells_what_was_sent_at_once_or_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let bytes: Vec<u8> = (0..11_u32 << 20).map(|at| (at >> 3).to_le_bytes()[0]).collect();
        std::fs::write(&path, &bytes).unwrap();
        let length = bytes.len() as u64;
        let told = |etag: &str| tell(&path, length, None, etag).unwrap();
        let hex = |bytes: &[u8]| bytes.iter().map(|it| format!("{it:02x}")).collect::<String>();
        let whole = hex(&md5::Md5::digest(&bytes));
        let sums: Vec<u8> = bytes.chunks(5 << 20).flat_map(md5::Md5::digest).collect();
        let parts = hex(&md5::Md5::digest(&sums));
        assert_eq!(told(&whole), Some(true));
        assert_eq!(told(&format!("{parts}-3")), Some(true));
        // Such as that of an encrypted object, or of other parts: the bytes will tell.
        assert_eq!(told(&format!("{parts}-4")), None);
        assert_eq!(told(&whole.replace('0', "1")), None);
        assert_eq!(told("0x8D"), None);
        let crc = base64::encode(crc_fast::checksum(Crc64Nvme, &bytes).to_be_bytes());
        assert_eq!(tell(&path, length, Some(&crc), "x").unwrap(), Some(true));
        assert_eq!(tell(&path, length, Some("AAAAAAAAAAA="), &whole).unwrap(), Some(false));
    }
}
