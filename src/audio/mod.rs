//! What an MP3 file truly is, and the tagged file that will be published in its place.
//!
//! # An MP3 file
//!
//! An MP3 is a row of frames, each of 1,152 samples (576 at the low sample rates of MPEG-2 and
//! MPEG-2.5) and each with a header that tells its length (ISO/IEC 11172-3 and 13818-3). The file
//! has no header of its own: how long it plays is known only from walking all frames. Around the
//! frames stand tags, in front ID3v2 (rarely APE), behind ID3v1, APE, Lyrics3 or ID3v2.4. What is
//! between them is the payload.
//!
//! Most encoders put a frame that plays silence in front and write into it how many frames and
//! bytes follow (Xing, Info, VBRI), how many samples of silence were added, and a check sum (LAME,
//! libavformat). Editors and broken downloads leave these claims as they were, so they are compared
//! with what is there, and show what was cut off or changed.
//!
//! # The stage
//!
//! [`probe_file`] reads a file once and returns a [`Probe`]. Inside, bytes go one way:
//!
//! * `trailing` finds the tags at the end, from the end backwards;
//! * `walk` goes over the leading tags and the frames, and keeps no more than 20 KiB of bytes;
//! * `header`, `xing`, `tag_kind` and `foreign` each know one kind of bytes;
//! * [`Prober`] hands the bytes over and hashes them; `music` takes the encoder's own check sum;
//! * `evidence` compares what is claimed with what was found;
//! * `read` is the only part that touches files;
//! * `cache` remembers what was found, for files that stay as they are.

mod bounded_list;
mod cache;
mod damage;
mod evidence;
mod foreign;
mod frames;
mod header;
mod mp3;
mod music;
mod probe;
mod read;
pub mod tag;
mod tag_kind;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod time;
mod trailing;
mod walk;
mod xing;

pub use bounded_list::Listing;
pub use cache::{Cache, Identity, WORTH};
pub use damage::{Amount, Damage, Filler, Harm, Place, Proof};
pub use foreign::{Foreign, LfsPointer};
pub use frames::FrameIndex;
pub use header::{Channels, Format, Version};
pub use mp3::{Content, Depth, Mp3, Probe};
pub use probe::Prober;
pub use read::{probe_bytes, probe_file, probe_stream};
pub use tag_kind::{FoundTag, TagKind};
pub use time::PlayTime;
pub use trailing::{Trailing, find_trailing};
pub use walk::BitRate;
pub use xing::{Claims, Kind as ClaimsKind, Lame};
