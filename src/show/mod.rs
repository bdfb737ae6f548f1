//! What the host wrote: settings, episodes, and where every value stands in its file.

pub mod chapters;
pub mod edit;
pub mod enclosure;
pub mod episode;
pub mod frontmatter;
pub mod guid;
pub mod read;
pub mod settings;
pub mod source;
pub mod values;

pub use episode::Episode;
pub use read::{Show, ShowError, Unreadable};
pub use settings::Settings;
pub use source::{Given, Located, Malformed, Source, Span};

/// Whether a host's path stays below the folder it is relative to.
pub fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 512
        && !path.contains(|c: char| c == '\\' || c == ':' || c.is_control())
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
