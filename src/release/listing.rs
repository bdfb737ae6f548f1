//! What a listing tells of many keys at once.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::error::ReleaseError;
use super::run::Run;
use crate::model::object::Key;
use crate::store::{Listed, WORTH_LISTING};

/// Keys of which a listing tells with less ado, by the first folder in which they stand; and the others. Beside
/// what stands in no folder there may be all of another program's bucket.
pub(super) fn worth_listing<'a>(
    keys: impl Iterator<Item = &'a Key>,
) -> (Vec<Vec<&'a Key>>, Vec<&'a Key>) {
    let mut few = Vec::new();
    let mut folders: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        match key.as_str().split_once('/') {
            Some((folder, _)) => folders.entry(folder).or_default().push(key),
            None => few.push(key),
        }
    }
    let (many, more): (Vec<_>, Vec<_>) =
        folders.into_values().partition(|keys| keys.len() >= WORTH_LISTING);
    few.extend(more.into_iter().flatten());
    (many, few)
}

/// What listings tell of the keys in these folders.
pub(super) async fn listed<'a>(
    folders: Vec<Vec<&'a Key>>,
    run: &Run<'_>,
) -> Result<BTreeMap<&'a Key, Option<Listed>>, ReleaseError> {
    let list = async |keys: Vec<&'a Key>| {
        let found = run.store.list(common(&keys)).await?;
        let mut found: BTreeMap<Key, Listed> =
            found.into_iter().map(|found| (found.key.clone(), found)).collect();
        let listed = keys.into_iter().map(|key| (key, found.remove(key)));
        Ok::<Vec<_>, ReleaseError>(listed.collect())
    };
    Ok(try_join_all(folders.into_iter().map(list)).await?.into_iter().flatten().collect())
}

/// How all of these begin.
fn common<'a>(keys: &[&'a Key]) -> &'a str {
    let shared = |a: &'a str, b: &str| {
        let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
        &a[..a.floor_char_boundary(same)]
    };
    let first = keys.first().map_or("", |key| key.as_str());
    keys.iter().fold(first, |common, key| shared(common, key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_begins_as_all_keys_do() {
        let common = |keys: &[&str]| {
            let keys: Vec<Key> = keys.iter().map(|key| Key::new(*key).unwrap()).collect();
            common(&keys.iter().collect::<Vec<_>>()).to_owned()
        };
        assert_eq!(common(&["media/1.mp3", "media/12.mp3"]), "media/1");
        assert_eq!(common(&["media/é.mp3", "media/è.mp3"]), "media/");
        assert_eq!([common(&["a"]), common(&["a", "b"]), common(&[])], ["a", "", ""]);
    }

    #[test]
    fn many_of_a_folder_are_listed_and_what_stands_in_none_is_asked_for() {
        let in_folders = |folder: &'static str, count: usize| {
            (0..count).map(move |at| Key::new(format!("{folder}{at}")).unwrap())
        };
        let keys = in_folders("a/", WORTH_LISTING).chain(in_folders("b/", 2));
        let keys: Vec<Key> = keys.chain(in_folders("", 2 * WORTH_LISTING)).collect();
        let (many, few) = worth_listing(keys.iter());
        assert_eq!((many.len(), many[0].len()), (1, WORTH_LISTING));
        assert_eq!(few.len(), 2 + 2 * WORTH_LISTING);
    }
}
