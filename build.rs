//! Names the code that judges audio: what was found out by other code is found out anew. And names the
//! commit that a binary is made of.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo::rustc-env=ONAIR_AUDIO_CODE={:016x}", code(&root, &["src/audio"])?);
    println!(
        "cargo::rustc-env=ONAIR_SOUND_CODE={:016x}",
        code(&root, &["src/audio", "src/sound"])?
    );
    println!("cargo::rustc-env=ONAIR_VERSION={}", version(&root));
    println!("cargo::rerun-if-env-changed=ONAIR_COMMIT");
    println!("cargo::rerun-if-env-changed=ONAIR_DATE");
    println!("cargo::rerun-if-changed=src/audio");
    println!("cargo::rerun-if-changed=src/sound");
    println!("cargo::rerun-if-changed=Cargo.lock");
    Ok(())
}

/// `0.1.0 (0123456789 2026-03-06)`, as far as it is known: by `ONAIR_COMMIT` and `ONAIR_DATE`, by git where
/// a binary is made to be used, or by what `cargo package` wrote down.
fn version(root: &Path) -> String {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let is_meant = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        let ran = git.arg("-C").arg(root).args(words).output().ok().filter(|_| is_meant)?;
        let said = String::from_utf8(ran.stdout).ok()?.trim().to_owned();
        (ran.status.success() && !said.is_empty()).then_some(said)
    };
    // A package that lies in another repository is no commit of that.
    let is_ours = || git(&["rev-parse", "--show-prefix"]).is_none();
    let in_git = |words| git(words).filter(|_| is_ours());
    if let Some(log) = in_git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo::rerun-if-changed={}", root.join(log).display());
    }
    let packed = || {
        let text = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
        Some(text.split('"').find(|part| part.len() == 40)?.to_owned())
    };
    let commit = set("ONAIR_COMMIT").or_else(|| in_git(&["rev-parse", "HEAD"])).or_else(packed);
    let date = set("ONAIR_DATE").or_else(|| in_git(&["show", "-s", "--format=%cs", "HEAD"]));
    let commit = commit.map(|commit| commit.chars().take(10).collect::<String>());
    let known: Vec<String> = commit.into_iter().chain(date).collect();
    let number = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    if known.is_empty() { number } else { format!("{number} ({})", known.join(" ")) }
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
