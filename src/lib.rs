//! Publish a podcast from a git repository: checked, tagged, uploaded, and only then in the feed.

pub mod apple;
pub mod audio;
pub mod cli;
pub mod http;
pub mod import;
pub mod model;
pub mod pipeline;
pub mod plan;
pub mod preview;
pub mod public;
pub mod release;
pub mod report;
pub mod rules;
pub mod show;
pub mod site;
pub mod store;
