//! Reads what a rollback needs from the target, and plans it.

use std::collections::BTreeMap;

use super::error::ReleaseError;
use super::read::read_record;
use crate::model::hash::Sha256;
use crate::plan::{self, Guard, Plan};
use crate::store::Store;
use crate::store::published::Published;
use crate::store::record::{LIMIT, ReleaseNumber, feed_copy_key};

/// Plans the way back to the feed of an earlier release; [`super::execute`] carries it out.
///
/// # Errors
/// If there is no such release, its feed is no longer kept, or the store fails. The inner error is
/// that of [`plan::rollback`].
pub async fn plan_rollback(
    store: &dyn Store,
    published: &Published,
    to: ReleaseNumber,
) -> Result<Result<Plan, Vec<Guard>>, ReleaseError> {
    let record = read_record(store, to).await?;
    let mut documents = BTreeMap::new();
    for (place, hash) in plan::documents(&record) {
        let key = feed_copy_key(&hash);
        let copy = store.read(&key, LIMIT).await?.filter(|copy| Sha256::of(&copy.bytes) == hash);
        let copy = copy.ok_or(ReleaseError::NotKept { number: to, key })?;
        documents.insert(place.clone(), copy.bytes);
    }
    Ok(plan::rollback(published, &record, documents))
}
