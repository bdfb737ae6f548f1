//! `preview`: the edition as it would be published, served from memory to a browser on this machine,
//! and made again whenever a file of the show changes. The edge of `crate::preview`.

mod patient;
pub mod serve;
mod session;
pub mod watch;

pub use session::{Session, Shown};
