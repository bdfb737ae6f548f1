//! Writes the host's own files.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces a text file in one step, keeping its permissions.
///
/// # Errors
/// If the file is not there, or cannot be written; then it is as it was.
pub fn write_text(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Makes a file, with the folders that it stands in; false if something is there, which stays.
///
/// # Errors
/// If it cannot be made; then it is not there.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::File::create_new(path) {
        Ok(mut file) => match file.write_all(bytes) {
            Ok(()) => Ok(true),
            Err(error) => {
                let _ = fs::remove_file(path);
                Err(error)
            }
        },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
