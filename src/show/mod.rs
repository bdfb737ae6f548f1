//! What the host wrote: settings, episodes, and where every value stands in its file.

pub mod addresses;
pub mod categories;
pub mod chapters;
pub mod cues;
pub mod date;
pub mod edit;
pub mod enclosure;
pub mod episode;
pub mod files;
pub mod frontmatter;
mod given;
pub mod guid;
pub mod html_depth;
pub mod keys;
pub mod languages;
pub mod layout;
mod mapping;
pub mod namespace;
pub mod notes;
pub mod own_keys;
pub mod page;
mod page_link;
pub mod person;
pub mod placeholder;
pub mod playing_time;
pub mod read;
pub mod readings;
pub mod schema;
pub mod set_key;
pub mod settings;
pub mod sound_settings;
pub mod source;
pub mod trouble;
pub mod values;
pub mod waiting;
pub mod words;
pub mod write;
pub mod yaml;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use episode::Episode;
pub use page_link::of_link as path_of_link;
pub use read::{Show, ShowError, Unreadable};
pub use settings::Settings;
pub use source::{Given, Lines, Located, Malformed, Source, Span};

/// What stands for itself in an address's path is left out (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path as an address has it: all but unreserved characters and `/` percent-encoded.
pub fn in_address(path: &str) -> String {
    utf8_percent_encode(path, ESCAPED).to_string()
}

/// The same with one `/` at its end.
fn with_slash(text: &str) -> String {
    format!("{}/", text.trim_end_matches('/'))
}

/// Whether a host's path stays below the folder it is relative to.
pub fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 512
        && !path.contains(|c: char| c == '\\' || c == ':' || c.is_control())
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
