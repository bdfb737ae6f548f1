//! Words that every room shares: an object to publish, a hash, a chapter, published audio.

pub mod audio;
pub mod chapter;
pub mod checkup;
pub mod hash;
pub mod object;
pub mod rendered_tag;
pub mod waiting;
