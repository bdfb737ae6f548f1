//! Why a disk refuses, as a host reads it.

use std::io::{self, ErrorKind};

/// What the system says, without its number and the names of temporary files.
pub fn reason(error: &io::Error) -> String {
    let mut reason = error.to_string();
    if let Some(code) = reason.find(" (os error") {
        reason.truncate(code);
    }
    reason
}

/// What the host can do.
pub fn help(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some("make room there"),
        ErrorKind::FileTooLarge => {
            Some("raise the limit that this system sets on the size of a file (`ulimit -f`)")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Some("give this user the right to write there")
        }
        _ => None,
    }
}
