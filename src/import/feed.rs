//! A whole feed as a show.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use super::channel::{self, Head};
use super::dates::Date;
use super::draft::{Beside, Draft, TranscriptLink};
use super::item;
use super::names::{self, Names};
use super::options::Options;
use super::report::{Level, Report};
use super::unread_elements::Parts;
use super::xml::{self, Channel, Element};
use super::{EpisodeFile, Fetch, Import, ImportError, extra, place};
use crate::model::slug::slug;
use crate::report::{bytes, counted};
use crate::show::read::{EPISODES, MAX_FILES};
use crate::show::settings::{FILE, Settings};
use crate::show::{Source, addresses::has_web_scheme, notes};
use crate::site::feed::GENERATOR;

/// Feeds say 0 where they do not know it, and so does onair (RSS Best Practices Profile, enclosure).
const NO_LENGTH: &str = "the length of the audio is not known: the feed says 0 until `size` is written, or `onair rehost` brings it home";

/// The same of what is no MP3.
const NO_LENGTH_OF_OTHER: &str =
    "the length of the audio is not known: the feed says 0 until `size` is written";
const PICTURES_STAY: &str =
    "pictures of people and chapters stay where they are, and go with the old account";

/// Makes a show of a feed.
///
/// # Errors
/// [`ImportError`] if this is not a feed, or one that no podcast has.
#[cfg(any(test, feature = "testing"))]
pub fn of_feed(bytes: &[u8], options: &Options<'_>) -> Result<Import, ImportError> {
    let mut pages = Pages::default();
    pages.add(bytes, options)?;
    pages.show(options)
}

/// A feed in parts, its newest page first, then its archives: each is read once.
#[derive(Default)]
pub struct Pages {
    report: Report,
    items: Items,
    first: Option<Channel>,
    further: Option<String>,
    artwork: Option<String>,
    bytes: u64,
}

impl Pages {
    /// Reads the next part.
    ///
    /// # Errors
    /// [`ImportError`] if it is not a feed.
    pub fn add(&mut self, bytes: &[u8], options: &Options<'_>) -> Result<(), ImportError> {
        let is_archive = self.first.is_some();
        let channel = xml::read(bytes, &mut |item, bases| {
            self.items.add(&item, bases.base(options.address), is_archive, &mut self.report)
        })?;
        for (kind, what) in &channel.remarks {
            self.report.remark("feed", *kind, what);
        }
        self.bytes = self.bytes.saturating_add(channel.bytes);
        self.further = further(&channel.element, options.address);
        if self.first.is_none() {
            self.artwork = channel::artwork_address(&channel.element, options.address);
            self.first = Some(channel);
        }
        Ok(())
    }

    /// The address of the next part, if the last one names it.
    pub fn further(&self) -> Option<&str> {
        self.further.as_deref()
    }

    /// How many bytes all parts have, unpacked.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What the last part names has been read.
    pub fn close(&mut self) {
        self.further = None;
    }

    /// The address of the show's artwork.
    pub fn artwork(&self) -> Option<&str> {
        self.artwork.as_deref()
    }

    /// The addresses of enclosures whose length the feed does not say.
    pub fn without_length(&self) -> impl Iterator<Item = &str> {
        let drafts = self.items.drafts.iter().filter(|draft| draft.bytes.is_none());
        drafts.map(|draft| draft.enclosure.as_str())
    }

    /// What servers said of lengths, by address.
    pub fn learn_lengths(&mut self, lengths: &HashMap<String, u64>) {
        for draft in self.items.drafts.iter_mut().filter(|draft| draft.bytes.is_none()) {
            draft.bytes = lengths.get(&draft.enclosure).copied();
        }
    }

    /// The addresses of episodes' artwork that do not tell its format.
    pub fn without_ending(&self) -> impl Iterator<Item = &str> {
        let images = self.items.drafts.iter().filter_map(|draft| draft.image.as_deref());
        images.filter(|url| ending_of(url).is_none() && self.artwork.as_deref() != Some(*url))
    }

    /// The endings that the bytes of artwork ask for, by address.
    pub fn learn_endings(&mut self, endings: &HashMap<String, &'static str>) {
        for draft in &mut self.items.drafts {
            draft.image_ending = draft.image.as_ref().and_then(|url| endings.get(url)).copied();
        }
    }

    /// The show that all of it is.
    ///
    /// # Errors
    /// [`ImportError`] if no podcast has such a feed.
    pub fn show(self, options: &Options<'_>) -> Result<Import, ImportError> {
        let Self { mut report, items, first, further, .. } = self;
        let Some(first) = first else { return Err(ImportError::new("there is no feed")) };
        let left_out = [item::NO_ENCLOSURE, item::NOT_PLAYED];
        if items.drafts.is_empty() && left_out.iter().any(|kind| report.remarked(kind) > 0) {
            return Err(ImportError::new(
                "no item of this feed has audio: this is not a podcast feed",
            )
            .help("look on the show's page for the address of its podcast feed"));
        }
        let Items { mut drafts, identical, .. } = items;
        let mut parts = Parts::new(Level::Show, &first.element);
        let head = channel::read(&mut parts, options, &drafts, &mut report);
        let mut left = parts.finish(&mut report);
        left.extend(head.extra.iter().cloned());
        trailers(&drafts, &mut left, &mut report);
        let site = head.link.as_deref().filter(|link| item::is_web(link));
        let mut of_channel = first.element.children.iter();
        let is_own = of_channel.any(|it| it.name == "generator" && it.text == GENERATOR);
        drafts.par_iter_mut().for_each(|draft| draft.settle(site, is_own));
        for _ in drafts.iter().filter(|draft| draft.own_summary()) {
            report.kept(Level::Episode, "itunes:summary (where it says something else)");
        }
        came(&drafts, identical, options, &mut report);
        if options.download {
            came_as_files(&drafts, &mut report);
        }
        let settings = parse(&head.settings)?;
        let mut episodes = episodes(&mut drafts, &head, &settings, options, &mut report);
        let seen: Vec<Seen> = drafts
            .iter()
            .map(|it| Seen { title: &it.title, date: it.date.as_ref(), guid: &it.guid })
            .collect();
        decisions(&seen, options, &mut report);
        let extra = side_file(&first, &left, &drafts, &mut report);
        let rules = rules(&drafts, &mut episodes, &settings);
        let settings_text = channel::completed(&head.settings, extra.is_some(), &rules);
        let mut import = Import {
            title: head.title.clone(),
            settings: settings_text,
            extra,
            episodes,
            artwork: head.artwork.clone().map(|(url, to)| Fetch { url, to }),
            further,
            report,
        };
        let settings = parse(&import.settings)?;
        next(&mut import, &head, &settings, options);
        Ok(import)
    }
}

fn parse(settings: &str) -> Result<Settings, ImportError> {
    Settings::parse(&Source::new(FILE, settings)).map_err(|error| {
        ImportError::new(format!("no settings can be made of this feed: {}", error.reason))
    })
}

/// The items of all pages.
#[derive(Default)]
struct Items {
    drafts: Vec<Draft>,
    guids: HashSet<String>,
    /// Each with what makes it the same as another, to the letter.
    seen: HashSet<(String, String, String, Option<String>)>,
    identical: usize,
}

impl Items {
    fn add(
        &mut self,
        item: &Element,
        base: Option<&str>,
        is_archive: bool,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        if self.drafts.len() == MAX_FILES {
            return Err(ImportError::new(format!("there are more than {MAX_FILES} episodes")));
        }
        let Some(draft) = item::read(item, base, report) else { return Ok(()) };
        let date = draft.date.as_ref().map(super::dates::Date::written);
        let same = (draft.guid.clone(), draft.enclosure.clone(), draft.title.clone(), date);
        if !self.seen.insert(same) {
            // An archive repeats what newer pages have.
            self.identical += usize::from(!is_archive);
            return Ok(());
        }
        // Within a page, a guid is no one else's.
        if self.guids.insert(draft.guid.clone()) || !is_archive {
            self.drafts.push(draft);
        }
        Ok(())
    }
}

/// The next page that a feed in parts names; `asked` is the address that it was read from.
pub fn further(channel: &Element, asked: Option<&str>) -> Option<String> {
    let linked = |rel: &str| {
        let mut links = channel.children.iter().filter(|child| child.name == "atom:link");
        links.find(|link| link.attribute("rel") == Some(rel))?.attribute("href")
    };
    let next = linked("prev-archive").or_else(|| linked("next"))?;
    Some(item::absolute(next, asked.or_else(|| linked("self"))))
}

/// Where an episode is a trailer, a release writes the show's trailers itself.
fn trailers(drafts: &[Draft], left: &mut Vec<Element>, report: &mut Report) {
    let ours = drafts.iter().filter(|draft| draft.kind() == "trailer");
    let ours: HashSet<&str> = ours.map(|draft| draft.enclosure.as_str()).collect();
    if ours.is_empty() {
        return;
    }
    let is_old = |element: &mut Element| element.name == "podcast:trailer";
    let old: Vec<Element> = left.extract_if(.., is_old).collect();
    let is_ours = |it: &&Element| it.attribute("url").is_some_and(|url| ours.contains(url));
    let lost = old.len() - old.iter().filter(is_ours).count();
    report.not_kept(Level::Show, "podcast:trailer", old.len(), lost);
}

/// Files that are fetched take the place of the elements that name them.
fn came_as_files(drafts: &[Draft], report: &mut Report) {
    for draft in drafts {
        let files = [
            ("podcast:transcript", draft.transcripts.len()),
            ("podcast:chapters", usize::from(draft.chapters.is_some())),
        ];
        for (name, came) in files.into_iter().filter(|(_, came)| *came > 0) {
            let there = draft.extra.iter().filter(|element| element.name == name).count();
            report.not_kept(Level::Episode, name, there, there.saturating_sub(came));
        }
    }
}

/// What came, in a line or two.
fn came(drafts: &[Draft], identical: usize, options: &Options<'_>, report: &mut Report) {
    let length: u64 = drafts.iter().filter_map(|draft| draft.bytes).fold(0, u64::saturating_add);
    let is_other = |draft: &&Draft| draft.remarks.iter().any(|(kind, _)| *kind == item::MADE_WHOLE);
    let address = match drafts.iter().filter(is_other).count() {
        0 => "its address".to_owned(),
        count => format!("its address ({count} made whole)"),
    };
    report.fact(format!(
        "{}, {} of audio; each keeps its guid{}",
        counted(drafts.len(), "episode"),
        bytes(length),
        match drafts.iter().all(|draft| draft.bytes.is_some()) {
            // What comes home may be as long as it likes, and stand elsewhere.
            _ if options.download => String::new(),
            true => format!(", {address} and its length"),
            false => format!(" and {address}"),
        }
    ));
    let other: Vec<&Draft> = drafts.iter().filter(|draft| !draft.is_mp3).collect();
    if let Some(first) = other.first() {
        let kinds: BTreeSet<&str> = other.iter().map(|draft| draft.mime.as_str()).collect();
        let kinds: Vec<&str> = kinds.into_iter().take(4).collect();
        report.fact(format!(
            "{} no MP3 ({}): in the feed as before, such as “{}”",
            if other.len() == 1 {
                "1 of them is".to_owned()
            } else {
                format!("{} of them are", other.len())
            },
            kinds.join(", "),
            first.title
        ));
    }
    if identical > 0 {
        report.fact(format!(
            "{} the very same as another, and left out",
            if identical == 1 {
                "1 item was".to_owned()
            } else {
                format!("{identical} items were")
            }
        ));
    }
}

/// What there may be to decide of an episode.
pub struct Seen<'a> {
    pub title: &'a str,
    pub date: Option<&'a Date>,
    pub guid: &'a str,
}

/// What the host must decide of the episodes.
pub fn decisions(episodes: &[Seen<'_>], options: &Options<'_>, report: &mut Report) {
    let undated: Vec<&Seen> = episodes.iter().filter(|seen| seen.date.is_none()).collect();
    if let Some(example) = undated.first() {
        report.decide(
            format!(
                "{} no date that can be read, such as “{}”",
                have(undated.len()),
                example.title
            ),
            "write `date` into each file",
        );
    }
    let is_later = |seen: &&Seen| {
        let date = seen.date.map(Date::instant);
        options.now.is_some_and(|now| date.is_some_and(|date| date > now))
    };
    let later: Vec<&Seen> = episodes.iter().filter(is_later).collect();
    if let Some(example) = later.first() {
        let date = example.date.map(Date::written).unwrap_or_default();
        report.decide(
            format!("{} a date to come, such as “{}” ({date})", have(later.len()), example.title),
            "it stays out of the feed until then: give it an earlier `date` if it is out already",
        );
    }
    let mut guids: BTreeMap<&str, usize> = BTreeMap::new();
    for seen in episodes {
        *guids.entry(seen.guid).or_default() += 1;
    }
    if let Some((guid, _)) = guids.iter().find(|(_, count)| **count > 1) {
        let shared = guids.values().filter(|count| **count > 1).count();
        report.decide(
            format!(
                "{} shared by episodes that differ, such as `{guid}`",
                if shared == 1 { "1 guid is".to_owned() } else { format!("{shared} guids are") }
            ),
            "apps show but one of them: take the others out, or give them guids of their own",
        );
    }
}

fn have(count: usize) -> String {
    if count == 1 { "1 episode has".to_owned() } else { format!("{count} episodes have") }
}

fn side_file(
    channel: &Channel,
    left: &[Element],
    drafts: &[Draft],
    report: &mut Report,
) -> Option<String> {
    let items: Vec<(&str, &[Element])> = drafts
        .iter()
        .filter(|draft| !draft.extra.is_empty())
        .map(|draft| (draft.guid.as_str(), draft.extra.as_slice()))
        .collect();
    extra::file(left, &items, &channel.namespaces, report)
}

/// The rules that the feed does not keep to, and that would stop a release.
fn rules(
    drafts: &[Draft],
    episodes: &mut [EpisodeFile],
    settings: &Settings,
) -> Vec<(&'static str, &'static str)> {
    let mut broken = Vec::new();
    let is_full = |draft: &&Draft| draft.kind() == "full";
    let is_serial = settings.show.kind == crate::show::settings::ShowKind::Serial;
    if !is_serial && drafts.iter().filter(is_full).all(|draft| draft.number.is_none()) {
        // A show that numbers nothing has no number to miss.
        broken.push(("missing-number", "off"));
    }
    let mut numbers = HashSet::new();
    let is_twice = |draft: &&Draft| {
        draft.number.is_some_and(|number| !numbers.insert((draft.season, draft.kind(), number)))
    };
    if drafts.iter().find(is_twice).is_some() {
        broken.push(("duplicate-number", "warning"));
    }
    if is_serial && drafts.iter().filter(is_full).any(|draft| draft.number.is_none()) {
        broken.push(("missing-number", "warning"));
    }
    // Names of audio are the old host's.
    let named = drafts.iter().zip(&*episodes).filter_map(|(draft, episode)| {
        let stem = episode.audio.as_ref()?.to.rsplit_once('.')?.0.to_owned();
        Some(names::number_of(&stem)? == draft.number?)
    });
    let named: Vec<bool> = named.collect();
    let agree = named.iter().filter(|agrees| **agrees).count();
    if agree >= 3 && agree < named.len() {
        broken.push(("file-number", "warning"));
    }
    broken
}

fn episodes(
    drafts: &mut [Draft],
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
    if options.download && settings.show.hosts.iter().any(|host| host.image.is_some()) {
        report.remark(FILE, PICTURES_STAY, "");
    }
    let links = Links::of(drafts, site);
    let mut stems: HashMap<String, usize> = HashMap::new();
    for stem in drafts.iter().filter_map(|draft| names::audio_stem(&draft.enclosure)) {
        *stems.entry(stem.to_lowercase()).or_default() += 1;
    }
    let mut pictures = Pictures::default();
    let (mut at_home, mut old_pages) = (0, 0);
    for draft in drafts {
        // A name that ends in another number would be taken for the episode's own.
        let fits = |name: &String| {
            draft.number.is_none()
                || names::number_of(name).is_none_or(|number| Some(number) == draft.number)
        };
        let candidates: Vec<String> =
            slugs(draft, site, pages, in_seasons).into_iter().filter(fits).collect();
        let slug = files.take(candidates, "");
        let path = format!("{EPISODES}/{slug}.md");
        let file = draft.is_mp3.then(|| {
            // Where all are called `media.mp3`, that names none of them.
            let stem = names::audio_stem(&draft.enclosure);
            let stem = stem.filter(|stem| stems.get(&stem.to_lowercase()) == Some(&1));
            audio.take(stem.into_iter().chain([slug.clone()]), ".mp3")
        });
        if draft.bytes.is_none() && !options.download {
            report.remark(&path, if draft.is_mp3 { NO_LENGTH } else { NO_LENGTH_OF_OTHER }, "");
        }
        for (kind, detail) in &draft.remarks {
            report.remark(&path, *kind, detail);
        }
        let keeps =
            file.as_ref().is_none_or(|file| settings.enclosure_url(file) != draft.enclosure);
        at_home += usize::from(!keeps);
        let (mut fetched, mut beside) = (Vec::new(), Beside::default());
        if options.download {
            let language = settings.show.language.get_ref();
            fetched = beside_of(draft, &slug, language, &mut beside);
            // The show's own, which many hosts repeat, stands for every episode without one.
            draft.image.take_if(|url| head.artwork.as_ref().is_some_and(|(own, _)| own == url));
            let (to, new) = pictures.place(draft.image.as_deref(), draft.image_ending, &slug);
            fetched.extend(new);
            if let Some(url) = draft.image.as_ref().filter(|_| to.is_none()) {
                let kind = "artwork whose address tells no format stays where it is, and goes with the old account";
                report.remark(&path, kind, url);
            }
            beside.image = to;
            let of_persons = draft.persons.iter().any(|person| person.image.is_some());
            if of_persons || draft.chapter_list.contains("\n    image: ") {
                report.remark(&path, PICTURES_STAY, "");
            }
            let of_notes = notes::pictures(&draft.notes, &(0..draft.notes.len()));
            if of_notes.iter().any(|picture| has_web_scheme(&picture.value)) {
                let kind = "pictures in notes stay where they are, and go with the old account";
                report.remark(&path, kind, "");
            }
        }
        let own_page = format!("{pages}/{slug}/index.html");
        if let Some(link) = draft.link.as_ref().filter(|link| place::is_out_of_reach(site, link)) {
            let kind = "an old page leads on only if your server redirects it: no page of a release can stand there";
            report.remark(&path, kind, link);
        }
        let alias = draft.link.as_deref().and_then(|link| place::old_page(site, link));
        let alias = alias.filter(|(path, _)| *path != own_page && links.is_once(path));
        old_pages += usize::from(alias.is_some());
        beside.alias = alias.map(|(_, link)| link);
        let text = draft.text(file.as_deref(), keeps, head.explicit, &beside);
        episodes.push(EpisodeFile {
            path,
            text,
            guid: draft.guid.clone(),
            audio: file.map(|to| Fetch { url: draft.enclosure.clone(), to }),
            bytes: draft.bytes,
            from: None,
            beside: fetched,
        });
    }
    if old_pages > 0 {
        let pages = match old_pages {
            1 => format!("The old page on {site} leads on to the new one"),
            count => format!("The {count} old pages on {site} lead on to the new ones"),
        };
        report.fact(format!(
            "{pages} (`aliases`), such as {}",
            episodes
                .iter()
                .find_map(|it| it.text.split_once("\naliases: ")?.1.lines().next())
                .unwrap_or_default()
        ));
    }
    if at_home > 0 && !options.download {
        report.decide(
            format!(
                "{} below {}, your own address",
                if at_home == 1 {
                    "1 MP3 stands".to_owned()
                } else {
                    format!("{at_home} MP3s stand")
                },
                settings.media_url()
            ),
            "name the target that has them, or import with --download",
        );
    }
    episodes
}

/// Transcripts and chapters of an episode: where they stand, and their places beside it.
fn beside_of(draft: &Draft, slug: &str, language: &str, beside: &mut Beside) -> Vec<Fetch> {
    let mut fetched = Vec::new();
    for (at, transcript) in draft.transcripts.iter().enumerate() {
        let plain =
            |language: &&str| language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let mark = match (at, transcript.language.as_deref().filter(plain)) {
            (0, _) => String::new(),
            (_, Some(language)) => format!(".{language}"),
            (at, None) => format!(".{at}"),
        };
        let to = format!("transcripts/{slug}{mark}.{}", transcript.ending);
        fetched.push(Fetch { url: transcript.url.clone(), to: to.clone() });
        // The show's own needs no saying.
        let other = |given: &String| !given.eq_ignore_ascii_case(language);
        let given = transcript.language.clone().filter(other);
        beside.transcripts.push((TranscriptLink { language: given, ..transcript.clone() }, to));
    }
    if let Some(url) = &draft.chapters {
        let to = format!("chapters/{slug}.json");
        fetched.push(Fetch { url: url.clone(), to: to.clone() });
        beside.chapters = Some(to);
    }
    fetched
}

/// Episodes' own artwork, each picture once however many show it.
#[derive(Default)]
struct Pictures {
    places: HashMap<String, String>,
    names: Names,
}

impl Pictures {
    /// The place of the picture at this address, and what is to be fetched for it if nothing is yet.
    fn place(
        &mut self,
        url: Option<&str>,
        seen: Option<&'static str>,
        slug: &str,
    ) -> (Option<String>, Option<Fetch>) {
        let Some(url) = url else { return (None, None) };
        if let Some(to) = self.places.get(url) {
            return (Some(to.clone()), None);
        }
        let Some(ending) = ending_of(url).or(seen) else { return (None, None) };
        let to = format!("img/episode-{}", self.names.take([slug.to_owned()], ending));
        self.places.insert(url.to_owned(), to.clone());
        (Some(to.clone()), Some(Fetch { url: url.to_owned(), to }))
    }
}

/// The ending of a picture, where its address tells it.
fn ending_of(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    match path.rsplit_once('.')?.1 {
        "jpg" | "jpeg" => Some(".jpg"),
        "png" => Some(".png"),
        "webp" => Some(".webp"),
        _ => None,
    }
}

/// How often episodes link to a page: one that several share is none of theirs.
struct Links(HashMap<String, usize>);

impl Links {
    fn of(drafts: &[Draft], site: &str) -> Self {
        let mut counts = HashMap::new();
        for (path, _) in drafts.iter().filter_map(|it| place::old_page(site, it.link.as_deref()?)) {
            *counts.entry(path).or_default() += 1;
        }
        Self(counts)
    }

    fn is_once(&self, path: &str) -> bool {
        self.0.get(path) == Some(&1)
    }
}

/// Names for an episode's file, the best first.
fn slugs(draft: &Draft, site: &str, pages: &str, in_seasons: bool) -> Vec<String> {
    let page = draft.link.as_deref().and_then(|link| place::page(site, link));
    let page = page.filter(|(folder, _)| *folder == pages).map(|(_, name)| name.to_owned());
    let number = draft.number.map(|number| match draft.season.filter(|_| in_seasons) {
        Some(season) => format!("season_{season}_episode_{number:03}"),
        None => format!("episode_{number:03}"),
    });
    let date = draft.date.as_ref().map(super::dates::Date::written);
    let date = date.and_then(|date| date.get(..10).map(str::to_owned));
    let candidates = [page, number, slug(&draft.title), date, Some("episode".to_owned())];
    candidates.into_iter().flatten().collect()
}

/// What a host does next.
fn next(import: &mut Import, head: &Head, settings: &Settings, options: &Options<'_>) {
    let mut next = Vec::new();
    if let Some(further) = &import.further {
        import.report.decide(
            format!("the feed goes on at {further}, which was not read"),
            match options.address {
                Some(_) => "that is more than an import reads: write those episodes' files by hand",
                None => "import it by its address: then all of its pages are read",
            },
        );
    }
    if !options.download
        && options.artwork.is_none()
        && let Some(Fetch { url, to }) = &import.artwork
    {
        next.push(format!("put the artwork ({url}) at {to}, or run this again with --download"));
    }
    let own = [settings.enclosure_url(""), settings.media_url()];
    let is_away = |audio: &&Fetch| own.iter().all(|own| !audio.url.starts_with(own));
    let audio = import.episodes.iter().filter_map(|episode| episode.audio.as_ref());
    let audio = audio.filter(is_away).count();
    if audio > 0 && !options.rehost {
        let (audio, folder) = (counted(audio, "MP3"), settings.audio_folder());
        next.push(match options.download {
            true => format!("the feed still names the old host's files: before the old account is closed, run `onair rehost`, which puts the {audio} in {folder}/ in their place"),
            false => format!("the audio stays at its old addresses: before the old account is closed, run `onair rehost`, which fetches the {audio} into {folder}/"),
        });
    }
    next.push("run `onair check`".to_owned());
    let stays = head.address.as_ref().is_some_and(|address| *address == settings.feed_url());
    next.push(if stays {
        "run `onair release --dry-run` with the --target that has the present feed: it says what would change in it"
            .to_owned()
    } else {
        format!("the feed will stand at {}: docs/moving.md says in which order a feed moves", settings.feed_url())
    });
    import.report.next = next;
}
