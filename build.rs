//! Names the code that judges audio: what was found out by other code is found out anew.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo::rustc-env=ONAIR_AUDIO_CODE={:016x}", code(&root, &["src/audio"])?);
    println!(
        "cargo::rustc-env=ONAIR_SOUND_CODE={:016x}",
        code(&root, &["src/audio", "src/sound"])?
    );
    println!("cargo::rerun-if-changed=src/audio");
    println!("cargo::rerun-if-changed=src/sound");
    println!("cargo::rerun-if-changed=Cargo.lock");
    Ok(())
}

/// A name for the code in these folders.
fn code(root: &Path, folders: &[&str]) -> io::Result<u64> {
    let mut files = BTreeSet::new();
    for folder in folders {
        rust_files(&root.join(folder), &mut files)?;
    }
    // Dependencies take part: the tag's bytes are the `id3` crate's, samples the decoder's.
    files.insert(root.join("Cargo.lock"));
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn rust_files(folder: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}
