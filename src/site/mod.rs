//! The edition: everything a listener can be given, rendered from the show.

pub mod chapters;
pub mod edition;
