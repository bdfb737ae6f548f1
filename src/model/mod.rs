//! Words that every room shares: an object to publish, a hash, a chapter, published audio,
//! why a disk refuses, a name made of a text.

pub mod audio;
pub mod chapter;
pub mod checkup;
pub mod disk;
pub mod hash;
pub mod object;
pub mod rendered_tag;
pub mod shelf;
pub mod slug;
pub mod tag_texts;
pub mod waiting;
pub mod waveform;
