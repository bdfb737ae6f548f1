//! The host's own editor.

use std::path::Path;
use std::process::Command;

use super::Error;

/// A program that opens a file, with its arguments, as a shell parts them.
pub struct Editor(String);

impl Editor {
    /// The one that `VISUAL` or `EDITOR` names.
    ///
    /// # Errors
    /// If neither does.
    pub fn of_the_environment() -> Result<Self, Error> {
        let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        set("VISUAL").or_else(|| set("EDITOR")).map(Self).ok_or_else(|| {
            Error::usage("--edit: no editor is set")
                .help("set EDITOR, as in EDITOR=\"code --wait\"")
        })
    }

    /// Opens the file, and waits until the editor ends.
    ///
    /// # Errors
    /// If it cannot be run, or fails.
    pub fn open(&self, path: &Path) -> Result<(), Error> {
        let line = format!("{} \"$1\"", self.0);
        let ran = Command::new("sh").args(["-c", &line, "sh"]).arg(path).status();
        match ran {
            Ok(status) if status.success() => Ok(()),
            _ => Err(Error::usage(format!("the editor `{}` failed", self.0))),
        }
    }
}
