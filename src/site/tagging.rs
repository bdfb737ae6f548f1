//! What an episode's ID3 tag is to say: from front matter and settings, before any bytes.

use std::time::Duration;

use super::item::{link_lines, links};
use super::lang;
use super::{html, text};
use crate::audio::tag::{Language, Picture, TagChapter, TagSpec, Version};
use crate::model::chapter::Chapter;
use crate::show::settings::{Id3Version, Settings};
use crate::show::{episode::Episode, in_address, page};

/// The genre that podcast players sort by.
const GENRE: &str = "Podcast";

/// The tag of an episode that plays for `duration`; the chapters are left to the MP3 if none are given.
pub fn spec(
    settings: &Settings,
    episode: &Episode,
    chapters: Option<&[Chapter]>,
    cover: Option<&Picture>,
    duration: Duration,
) -> TagSpec {
    let show = &settings.show;
    let author = show.author.get_ref();
    let own = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
    let description = own(episode.description.value())
        .map(|text| text::lines_of_clean_html(&html::blocks(&text)));
    let language = lang::Language::of(show.language.get_ref(), &settings.site.words);
    let parts =
        [html::lines(episode.notes_text()), link_lines(&links(episode), language.word("links"))];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let notes = parts.join("\n\n");
    TagSpec {
        version: match settings.tags.version {
            Id3Version::V23 => Version::V23,
            Id3Version::V24 => Version::V24,
        },
        title: own(episode.title.value()),
        subtitle: own(episode.subtitle.value()),
        artist: own(episode.author.value()).or_else(|| Some(author.clone())),
        album: Some(show.title.get_ref().clone()),
        album_artist: Some(author.clone()),
        track: episode.number.value().copied(),
        season: episode.season.value().copied(),
        released: episode.date.value().map(|date| date.civil),
        genre: Some(settings.tags.genre.clone().unwrap_or_else(|| GENRE.to_owned())),
        language: Language::from_tag(show.language.get_ref()),
        publisher: settings.tags.publisher.clone().or_else(|| Some(author.clone())),
        copyright: show.copyright.clone(),
        comment: description.clone(),
        notes: Some(notes).filter(|notes| !notes.is_empty()),
        episode_url: Some(page_url(settings, episode)),
        show_url: Some(settings.site_url()),
        feed_url: Some(settings.feed_url()),
        guid: episode.effective_guid().map(str::to_owned),
        description,
        category: show.category.get_ref().paths().first().map(|(top, _)| (*top).to_owned()),
        keywords: Vec::new(),
        podcast: true,
        cover: cover.cloned(),
        chapters: chapters.map(|chapters| {
            let listed = chapters.iter().filter(|chapter| !chapter.details.hidden);
            listed.cloned().map(TagChapter::from).collect()
        }),
        duration,
    }
}

/// The address of an episode's page.
pub fn page_url(settings: &Settings, episode: &Episode) -> String {
    let path = page::path(settings, episode);
    format!("{}{}", settings.site_url(), in_address(page::in_link(settings, &path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_plain_lines() {
        let plain = |html| text::lines_of_clean_html(&html::blocks(html));
        assert_eq!(
            plain("<p>A &amp; <b>b</b></p><ul><li>c</li><li>d &lt;3</li></ul>"),
            "A & b\nc\nd <3"
        );
        assert_eq!(plain("a<script>x</script>"), "a");
    }
}
