//! Words that every room shares: an object to publish, a hash, a chapter.

pub mod chapter;
pub mod hash;
pub mod object;
