//! What an MP3 file truly is, and the tagged file that will be published in its place.

pub mod tag;
