//! Looks at what the feed will name before the feed names it.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::error::{Fault, ReleaseError};
use super::event::Event;
use super::listing::{listed, worth_listing};
use super::run::Run;
use crate::model::object::{Key, Kind};
use crate::plan::{Plan, Proof};
use crate::store::record::{LIMIT, Recorded, manifest_key};
use crate::store::{Expected, Found, Head, Listed, QUESTIONS, Store};

/// Audio that no record knows and that is not at hand must be in the target already.
///
/// # Errors
/// [`ReleaseError::Unproved`] if it is not; or the store fails.
pub async fn prove(
    plan: &Plan,
    store: &dyn Store,
) -> Result<BTreeMap<Key, Recorded>, ReleaseError> {
    stream::iter(&plan.proofs)
        .map(|proof| async move { Ok((proof.key.clone(), prove_one(proof, store).await?)) })
        .buffer_unordered(QUESTIONS)
        .try_collect()
        .await
}

async fn prove_one(proof: &Proof, store: &dyn Store) -> Result<Recorded, ReleaseError> {
    let expected = proof.expected();
    let found = match store.compare(&expected).await? {
        Found::Same(head) => {
            return Ok(Recorded {
                kind: Kind::Audio,
                digest: proof.digest.clone(),
                bytes: proof.bytes,
                content_type: expected.content_type.to_owned(),
                cache_control: Kind::Audio.cache_control().to_owned(),
                version: head.version,
            });
        }
        Found::Nothing => format!("nothing stands at `{}`", proof.key),
        Found::OtherHeaders(head) => {
            let kind = head.content_type.unwrap_or_default();
            format!("`{}` has the type {kind}", proof.key)
        }
        Found::Other(head) => format!("`{}` is other audio ({} bytes)", proof.key, head.bytes),
    };
    Err(ReleaseError::Unproved { proof: Box::new(proof.clone()), found })
}

/// Looks at every enclosure that the feed will name, and at what else was sent for it.
pub(super) async fn verify(
    plan: &Plan,
    run: &Run<'_>,
    sent: &BTreeMap<Key, Recorded>,
) -> Result<(), ReleaseError> {
    let enclosures = plan.episodes.iter().filter(|episode| episode.listed).map(|it| &it.audio);
    let enclosures = enclosures.filter(|audio| !audio.is_elsewhere()).map(|audio| &audio.key);
    let steps = plan.sends.iter().map(|step| &step.object);
    let named = steps.filter(|object| object.kind < Kind::Asset).map(|object| &object.key);
    let mut keys: Vec<&Key> = enclosures.chain(named).collect();
    keys.sort_unstable();
    keys.dedup();
    run.tell(Event::Verifying { objects: keys.len() });
    let recorded = |key: &Key| sent.get(key).or_else(|| plan.unchanged.get(key));
    let ask = async |keys: Vec<&Key>| {
        stream::iter(keys)
            .map(async |key| {
                let Some(recorded) = recorded(key) else {
                    let (expected, found) = ("in the record".to_owned(), "not".to_owned());
                    return Ok(Some(Fault { key: key.clone(), expected, found }));
                };
                let head = run.store.head(key).await?;
                Ok::<_, ReleaseError>(judge(&recorded.expected(key), head))
            })
            .buffer_unordered(run.at_once)
            .try_filter_map(|fault| async { Ok(fault) })
            .try_collect::<Vec<Fault>>()
            .await
    };
    // A listing tells no type; but the type was sent with this very version.
    let same = |key: &Key, found: &Listed| {
        recorded(key).is_some_and(|recorded| {
            found.bytes == recorded.bytes && found.version.as_ref() == Some(&recorded.version)
        })
    };
    let (many, few) = worth_listing(keys.into_iter());
    let doubtful = async {
        let listed = listed(many, run).await?.into_iter();
        let doubtful =
            listed.filter(|(key, found)| !found.as_ref().is_some_and(|found| same(key, found)));
        ask(doubtful.map(|(key, _)| key).collect()).await
    };
    let (mut faults, doubtful) = tokio::try_join!(ask(few), doubtful)?;
    faults.extend(doubtful);
    if faults.is_empty() {
        return Ok(());
    }
    // An answer to HEAD does not tell a missing object from a missing bucket; one to GET does.
    run.store.read(&manifest_key(), LIMIT).await?;
    Err(ReleaseError::Broken(faults))
}

/// Existence, length and type; and the hashes where the store keeps them.
fn judge(expected: &Expected<'_>, head: Option<Head>) -> Option<Fault> {
    let text = |bytes: u64, content_type: &str| format!("{bytes} bytes of {content_type}");
    let found = match head {
        None => "missing".to_owned(),
        Some(head) => {
            let content_type = head.content_type.as_deref().unwrap_or(expected.content_type);
            if head.bytes != expected.bytes || content_type != expected.content_type {
                text(head.bytes, content_type)
            } else if expected.digest.contradicts(&head.metadata) {
                "other bytes of the same length".to_owned()
            } else {
                return None;
            }
        }
    };
    let expected_text = text(expected.bytes, expected.content_type);
    Some(Fault { key: expected.key.clone(), expected: expected_text, found })
}
