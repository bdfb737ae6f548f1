//! The ID3 tag of a published file, rendered in memory in front of an untouched payload.
