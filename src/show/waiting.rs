//! Episodes that wait for their date.

use jiff::Timestamp;

use super::{Episode, Settings, Show};
use crate::model::waiting::Waiting;

/// Whether an episode's date is still to come; one without a date waits for none.
pub fn waits(settings: &Settings, episode: &Episode, now: Timestamp) -> bool {
    let date = episode.date.value();
    date.is_some_and(|date| date.at(&settings.zone()).timestamp() > now)
}

/// Every episode that is no draft and whose date is still to come, the next one first.
pub fn waiting(show: &Show, now: Timestamp) -> Vec<Waiting> {
    let zone = show.settings.zone();
    let episodes = show.episodes.iter();
    let mut waiting: Vec<Waiting> = episodes
        .filter(|episode| !episode.is_draft() && waits(&show.settings, episode, now))
        .filter_map(|episode| {
            let date = episode.date.value()?.at(&zone);
            Some(Waiting {
                label: episode.label(),
                source: episode.source.path.clone(),
                guid: episode.effective_guid().map(str::to_owned),
                until: date.timestamp(),
                date: date.strftime("%-d %B %Y, %H:%M").to_string(),
            })
        })
        .collect();
    waiting.sort_by(|a, b| (a.until, &a.label).cmp(&(b.until, &b.label)));
    waiting
}
