//! A whole feed as a show.

use std::collections::{BTreeMap, BTreeSet};

use super::channel::{self, Head};
use super::item::{self, Draft};
use super::names::{self, Names};
use super::options::Options;
use super::report::{Level, Report};
use super::unread_elements::Parts;
use super::xml::{self, Element};
use super::{EpisodeFile, Fetch, Import, ImportError, dates};
use crate::report::counted;
use crate::show::Source;
use crate::show::read::EPISODES;
use crate::show::settings::{FILE, Settings};

/// As many episodes as a show may have.
const MAX_ITEMS: usize = 100_000;

/// Makes a show of a feed.
///
/// # Errors
/// [`ImportError`] if this is no feed, or one that no podcast has.
pub fn of_feed(bytes: &[u8], options: &Options<'_>) -> Result<Import, ImportError> {
    of_pages(&[bytes], options)
}

/// Makes a show of a feed in parts: its newest page first, then its archives.
///
/// # Errors
/// As [`of_feed`], of the first part that is none.
pub fn of_pages(pages: &[&[u8]], options: &Options<'_>) -> Result<Import, ImportError> {
    let channels: Vec<Element> =
        pages.iter().map(|page| xml::channel(page)).collect::<Result<_, _>>()?;
    let Some(first) = channels.first() else { return Err(ImportError::new("there is no feed")) };
    let mut report = Report::default();
    let mut known = BTreeSet::new();
    let mut drafts: Vec<Draft> = Vec::new();
    for (page, channel) in channels.iter().enumerate() {
        for item in channel.children.iter().filter(|child| child.name == "item") {
            if drafts.len() == MAX_ITEMS {
                return Err(ImportError::new(format!("there are more than {MAX_ITEMS} episodes")));
            }
            let Some(draft) = item::read(item, &mut report) else { continue };
            // An archive repeats what newer pages have; within a page, a guid is no one else's.
            if known.insert(draft.guid.clone()) || page == 0 {
                drafts.push(draft);
            }
        }
    }
    let mut parts = Parts::new(Level::Show, first);
    parts.made_anew(&["item"]);
    let head = channel::read(&mut parts, options, &drafts, &mut report);
    parts.finish(&mut report);
    let settings =
        Settings::parse(&Source::new(FILE, head.settings.as_str())).map_err(|error| {
            ImportError::new(format!("no settings can be made of this feed: {}", error.reason))
        })?;
    twins(&drafts, &mut report);
    let mut import = Import {
        title: head.title.clone(),
        settings: head.settings.clone(),
        episodes: episodes(&drafts, &head, &settings, options, &mut report),
        artwork: head.artwork.clone().map(|(url, to)| Fetch { url, to }),
        further: channels.last().and_then(further),
        report,
    };
    next(&mut import, &head, &settings, options);
    Ok(import)
}

/// The next page that a feed in parts names.
fn further(channel: &Element) -> Option<String> {
    let linked = |rel: &str| {
        let mut links = channel.children.iter().filter(|child| child.name == "atom:link");
        links.find(|link| link.attribute("rel") == Some(rel))?.attribute("href")
    };
    linked("prev-archive").or_else(|| linked("next")).map(str::to_owned)
}

/// Says which items share what must be one's own.
fn twins(drafts: &[Draft], report: &mut Report) {
    for (what, of) in [
        ("guid", (|draft| &draft.guid) as fn(&Draft) -> &String),
        ("enclosure", |draft| &draft.enclosure),
    ] {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for draft in drafts {
            if let Some(first) = seen.insert(of(draft), &draft.title) {
                report.remark(
                    "feed",
                    format!(
                        "“{first}” and “{}” have the same {what}, `{}`",
                        draft.title,
                        of(draft)
                    ),
                );
            }
        }
    }
}

fn episodes(
    drafts: &[Draft],
    head: &Head,
    settings: &Settings,
    options: &Options<'_>,
    report: &mut Report,
) -> Vec<EpisodeFile> {
    let site = settings.site_url();
    let site = site.trim_end_matches('/');
    let pages = settings.site.pages.get_ref().trim_end_matches('/');
    let in_seasons = drafts.iter().any(|draft| draft.season.is_some_and(|season| season > 1));
    let (mut files, mut audio) = (Names::default(), Names::default());
    let mut episodes = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let slug = files.take(slugs(draft, site, pages, in_seasons), "");
        let path = format!("{EPISODES}/{slug}.md");
        let file = draft.is_mp3.then(|| {
            audio
                .take(names::audio_stem(&draft.enclosure).into_iter().chain([slug.clone()]), ".mp3")
        });
        for remark in &draft.remarks {
            report.remark(&path, remark);
        }
        let keeps =
            file.as_ref().is_none_or(|file| settings.enclosure_url(file) != draft.enclosure);
        if file.is_none() {
            report.remark(
                &path,
                format!(
                    "its enclosure is no MP3 ({}): onair publishes MP3s only, so it is a draft",
                    draft.enclosure
                ),
            );
        }
        let mut beside = Vec::new();
        let mut wanted = |given: Option<(&str, &str)>, folder: &str, what: &str| {
            let (url, ending) = given?;
            if !options.download {
                report.left(Level::Episode, what);
                return None;
            }
            let to = format!("{folder}/{slug}.{ending}");
            beside.push(Fetch { url: url.to_owned(), to: to.clone() });
            Some(to)
        };
        let transcript = draft.transcript.as_ref().map(|(url, ending)| (url.as_str(), *ending));
        let transcript =
            wanted(transcript, "transcripts", "podcast:transcript (only with --download)");
        let chapters = draft.chapters.as_deref().map(|url| (url, "json"));
        let chapters = wanted(chapters, "chapters", "podcast:chapters (only with --download)");
        let text = draft.text(
            file.as_deref(),
            keeps,
            head.explicit,
            [transcript.as_deref(), chapters.as_deref()],
        );
        episodes.push(EpisodeFile {
            path,
            text,
            guid: draft.guid.clone(),
            audio: file.map(|to| Fetch { url: draft.enclosure.clone(), to }),
            bytes: draft.bytes,
            beside,
        });
    }
    episodes
}

/// Names for an episode's file, the best first.
fn slugs(draft: &Draft, site: &str, pages: &str, in_seasons: bool) -> Vec<String> {
    let page = draft.link.as_deref().and_then(|link| channel::page(site, link));
    let page = page.filter(|(folder, _)| *folder == pages).map(|(_, name)| name.to_owned());
    let number = draft.number.map(|number| match draft.season.filter(|_| in_seasons) {
        Some(season) => format!("season_{season}_episode_{number:03}"),
        None => format!("episode_{number:03}"),
    });
    let date = draft.date.as_ref().and_then(dates::written);
    let date = date.and_then(|date| date.get(..10).map(str::to_owned));
    let candidates = [page, number, names::slug(&draft.title), date, Some("episode".to_owned())];
    candidates.into_iter().flatten().collect()
}

/// What a host does next.
fn next(import: &mut Import, head: &Head, settings: &Settings, options: &Options<'_>) {
    let mut next = Vec::new();
    if let Some(further) = &import.further {
        import.report.remark("feed", format!("the feed goes on at {further}, which was not read"));
    }
    let audio = import.episodes.iter().filter(|episode| episode.audio.is_some()).count();
    if !options.download && audio > 0 {
        next.push(format!(
            "put the {} into {}/ under the names that `file` gives them, or run this again with --download",
            counted(audio, "MP3"),
            settings.audio_folder()
        ));
        if let Some(Fetch { url, to }) = &import.artwork {
            next.push(format!("put the artwork ({url}) at {to}"));
        }
    }
    next.push("run `onair check`, and `onair check --fix` for sizes and times".to_owned());
    let stays = head.address.as_ref().is_some_and(|address| *address == settings.feed_url());
    next.push(if stays {
        "run `onair release --dry-run` with the --target that has the present feed: it says what would change in it"
            .to_owned()
    } else {
        format!("the feed will stand at {}: docs/moving.md says in which order a feed moves", settings.feed_url())
    });
    import.report.next = next;
}
