//! Whether a show's MP3s are in Git LFS, by the attributes as git reads them: of the repository's root,
//! of every folder below it, and of `.git/info`.

use std::collections::BTreeSet;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::revision::is_planted;
use crate::show::read;

/// Whether git hands any of these files, paths below the folder `root`, to Git LFS.
///
/// Where git is not there to be asked, the attributes in the show's own folder are looked at.
pub fn is_used(root: &Path, files: &BTreeSet<String>) -> bool {
    ask_git(root, files).unwrap_or_else(|| {
        let attributes = read::read_text(root, ".gitattributes");
        attributes.is_ok_and(|attributes| attributes.text.contains("filter=lfs"))
    })
}

/// `git check-attr filter`, which runs nothing that a repository names; nothing if git cannot tell.
fn ask_git(root: &Path, files: &BTreeSet<String>) -> Option<bool> {
    if is_planted(root) {
        return None;
    }
    let mut asked = tempfile::tempfile().ok()?;
    for file in files {
        asked.write_all(file.as_bytes()).ok()?;
        asked.write_all(&[0]).ok()?;
    }
    asked.rewind().ok()?;
    let answer = Command::new("git")
        .args(["check-attr", "--stdin", "-z", "filter"])
        .current_dir(root)
        .stdin(asked)
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    // File, attribute and value in turn.
    let mut values = answer.stdout.split(|&byte| byte == 0).skip(2).step_by(3);
    Some(values.any(|value| value == b"lfs"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn attributes_are_read_as_git_reads_them() {
        let repository = tempfile::tempdir().unwrap();
        let root = repository.path().join("shows/tide");
        fs::create_dir_all(root.join("audio")).unwrap();
        let files = BTreeSet::from(["audio/1.mp3".to_owned()]);
        assert!(!is_used(&root, &files));
        fs::write(root.join(".gitattributes"), "*.mp3 filter=lfs\n").unwrap();
        assert!(is_used(&root, &files), "without a repository, the show's own file");
        let git = Command::new("git").args(["init", "-q"]).current_dir(repository.path()).status();
        assert!(git.unwrap().success());
        assert!(is_used(&root, &files));
        fs::write(root.join(".gitattributes"), "img/* filter=lfs\n").unwrap();
        assert!(!is_used(&root, &files), "of other files");
        for place in [".gitattributes", "shows/tide/audio/.gitattributes", ".git/info/attributes"] {
            let path = repository.path().join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "*.mp3 filter=lfs diff=lfs -text\n").unwrap();
            assert!(is_used(&root, &files), "{place}");
            fs::remove_file(path).unwrap();
        }
    }
}
