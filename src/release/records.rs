//! The records of releases, as they stand in a target.

use super::error::ReleaseError;
use crate::store::record::{LIMIT, RELEASES, Record, ReleaseNumber};
use crate::store::{Store, StoreError};

/// The numbers of all releases of which a record stands, in order.
///
/// # Errors
/// If the store fails.
pub async fn release_numbers(store: &dyn Store) -> Result<Vec<ReleaseNumber>, StoreError> {
    let mut numbers: Vec<ReleaseNumber> = store
        .list(RELEASES)
        .await?
        .iter()
        .filter_map(|it| ReleaseNumber::of_key(&it.key))
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// The record of one release.
///
/// # Errors
/// If there is none or it cannot be used, or the store fails.
pub async fn read_record(store: &dyn Store, number: ReleaseNumber) -> Result<Record, ReleaseError> {
    let key = number.key();
    let stored = store.read(&key, LIMIT).await?.ok_or(ReleaseError::NoRelease(number))?;
    Record::from_json(&stored.bytes).map_err(|reason| ReleaseError::BadRecord { key, reason })
}
