//! Writes the host's own texts.

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
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
