//! What the outside gets: a target as everybody sees it, the check of public addresses, and telling
//! a CDN what changed.

pub mod cloudfront;
pub mod hubs;
pub mod reach;
pub mod sample;
pub mod store;
