//! Words that templates leave for a host to replace.

/// What earlier forms of onair wrote into new settings.
const OF_SETTINGS: [&str; 3] =
    ["Your name", "podcast@show.example", "What the show is about, in a few sentences."];

/// What they wrote as an episode's notes.
pub const OF_NOTES: &str = "Notes, in Markdown.";

/// Whether a setting still says what a template said.
pub fn is_left(text: &str) -> bool {
    OF_SETTINGS.contains(&text.trim())
}

/// Whether a setting says nothing of its own yet.
pub fn is_open(text: &str) -> bool {
    text.trim().is_empty() || is_left(text)
}
