//! Addresses of the show and its episodes at Apple Podcasts.

use crate::show::{Episode, Settings};

/// The show's page.
pub fn show_page(show: &Settings) -> Option<String> {
    let id = show.show.apple_id.as_ref()?.get_ref();
    Some(format!("https://podcasts.apple.com/{}/podcast/id{id}", country(show)))
}

/// An episode's page.
pub fn episode_page(show: &Settings, episode: &Episode) -> Option<String> {
    Some(format!("{}?i={}", show_page(show)?, episode.apple_id.value()?))
}

/// An episode's player, to embed in a page.
pub fn episode_embed(show: &Settings, episode: &Episode) -> Option<String> {
    let page = episode_page(show, episode)?;
    Some(page.replacen("https://podcasts.", "https://embed.podcasts.", 1))
}

/// The storefront, if it is one: two letters.
fn country(show: &Settings) -> String {
    let country = show.show.apple_country.get_ref().to_lowercase();
    if country.len() == 2 && country.chars().all(|c| c.is_ascii_lowercase()) {
        country
    } else {
        "us".to_owned()
    }
}
