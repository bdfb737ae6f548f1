//! What a host asks of an import.

/// What is known beside the feed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The address that the feed was read from.
    pub address: Option<&'a str>,
    /// The address that the show is to have, if it is to move.
    pub url: Option<&'a str>,
    /// The show's time zone, if its host says it.
    pub zone: Option<&'a str>,
    /// The present, if it is known: what is dated later is out already, by the feed.
    pub now: Option<jiff::Timestamp>,
    /// Whether all that the feed names will be fetched.
    pub download: bool,
    /// Whether what is fetched takes the place of what the old host has at once.
    pub rehost: bool,
    /// The ending that the artwork's bytes ask for, once they have been seen.
    pub artwork: Option<&'static str>,
}
