//! What was heard before, as it is kept: one value a recording, known by the hash of its payload.
//!
//! A tag that is written anew, another name or another show change nothing of what was heard.

use serde::{Deserialize, Serialize};

use super::measures::Sound;
use crate::model::hash::Sha256;

/// The code that heard.
const EDITION: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("ONAIR_SOUND_CODE"));

#[derive(Serialize)]
struct Kept<'a> {
    edition: &'a str,
    payload: Sha256,
    sound: &'a Sound,
}

#[derive(Deserialize)]
struct Found {
    payload: Sha256,
    sound: Sound,
}

impl Sound {
    /// The sound as it is kept.
    pub fn to_kept(&self, payload: Sha256) -> Option<Vec<u8>> {
        serde_json::to_vec(&Kept { edition: EDITION, payload, sound: self }).ok()
    }

    /// The sound of this payload that `json` holds; `None` if it is another's, or other code heard it.
    pub fn of_kept(json: &[u8], payload: Sha256) -> Option<Self> {
        // The edition is looked at first: only its own code knows the rest.
        let ours = format!("{{\"edition\":\"{EDITION}\"");
        if !json.starts_with(ours.as_bytes()) {
            return None;
        }
        let found: Found = serde_json::from_slice(json).ok()?;
        (found.payload == payload).then_some(found.sound)
    }
}
