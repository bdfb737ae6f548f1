//! A section of `onair.toml`, as it is written.

use std::fmt::Write as _;

use super::write::cut;
use crate::show::edit::quoted;

const MAX_LINE: usize = 1000;
/// No text of a show's is longer, and settings have a limit.
const MAX_TEXT: usize = 4000;

/// A section of `onair.toml`.
pub struct Section {
    /// Its text so far.
    pub text: String,
}

impl Section {
    /// An empty one.
    pub fn new(name: &str) -> Self {
        Self { text: format!("[{name}]\n") }
    }

    /// Whether it has no key yet.
    pub fn is_empty(&self) -> bool {
        self.text.lines().count() < 2
    }

    /// A key with a value of TOML.
    pub fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    /// A key with a text.
    pub fn text(&mut self, key: &str, value: &str) {
        self.line(key, &quoted(cut(value, MAX_TEXT).0));
    }

    /// A key with a text, if there is one.
    pub fn maybe(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.text(key, cut(&value, MAX_LINE).0);
        }
    }
}
