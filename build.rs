//! Names the code that judges audio: what was found out by other code is found out anew.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = BTreeSet::new();
    rust_files(&root.join("src/audio"), &mut files)?;
    // Dependencies take part: the tag's bytes are the `id3` crate's.
    files.insert(root.join("Cargo.lock"));
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rerun-if-changed=src/audio");
    println!("cargo::rerun-if-changed=Cargo.lock");
    println!("cargo::rustc-env=ONAIR_AUDIO_CODE={:016x}", hasher.finish());
    Ok(())
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
