//! What the search of the index page reads: one JSON file with the words of every episode.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::json;

use crate::site::item::Item;
use crate::site::lang::Language;
use crate::site::text;

/// Rows of site path, number, title, date, playing time, and every word of the episode's texts once,
/// in lower case. The script takes accents away, from these as from what a listener types.
pub(super) fn index(items: &[Item<'_>], language: Language) -> String {
    let row = |item: &Item<'_>| {
        let entry = item.entry;
        let guest = text::from_clean_html(&item.guest);
        let number = entry.given.episode.number.value();
        let mut all = BTreeSet::new();
        let texts = [item.subtitle.unwrap_or(""), &item.summary, &guest, &item.notes_text];
        for text in texts.into_iter().chain([entry.title]) {
            all.extend(words(text));
        }
        json!([
            item.page,
            number,
            entry.title,
            language.date(entry.published.date()),
            language.playing_time(item.seconds()),
            all.into_iter().collect::<Vec<_>>().join(" "),
        ])
    };
    serde_json::Value::from(items.par_iter().map(row).collect::<Vec<_>>()).to_string()
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().nth(1).is_some())
        .map(str::to_lowercase)
}
