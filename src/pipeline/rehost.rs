//! `rehost`: brings the audio of episodes home that stands at an old host's addresses. What came and is
//! sound takes the address that the settings give; guids stay, whatever they are made from.

use std::collections::{BTreeMap, BTreeSet};

use super::check::select;
use super::fetch::{AGAIN, FetchWatch, Fetcher, WantedAudio};
use super::fix::write_episode;
use super::load::{self, audio_path};
use super::{Error, Options};
use crate::http::Client;
use crate::http::reach::Reach;
use crate::import::media;
use crate::report::{counted, printable};
use crate::show::addresses::has_web_scheme;
use crate::show::edit::quoted;
use crate::show::set_key::{changed, remove_key, set_key, set_value};
use crate::show::yaml::Content;
use crate::show::{Episode, Settings, Show, Source, enclosure};

/// Why audio stays where it is.
const NOT_MP3: &str = "it is not an MP3";
const NO_FILE: &str = "`file` does not say what it is to be called here";
const NAME_TAKEN: &str = "another episode's audio has that name in `file`; give this one another there, and write `guid` first where it has none";
const ANOTHER: &str = "what `audio/` has under that name is not nearly as long as the feed says; give the episode another `file`, or take that one away";
const AMONG_OTHERS: &str =
    "the address cannot be taken out with all else left as it is; take it out yourself";

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehosted {
    /// How many episodes have their audio here now.
    pub home: usize,
    /// How many of the files that came have another length than the feed gave.
    pub other_length: usize,
    /// Files that were there before and have another length than the feed gave.
    pub other_before: Vec<String>,
    /// The files of episodes whose audio stays where it is, by why it does.
    pub stays: BTreeMap<&'static str, Vec<String>>,
    /// The trackers that most of their old addresses led through, where the new ones have none: how many,
    /// and what stood before the file's own address.
    pub tracking: Option<(usize, String)>,
    /// Of artwork that stands elsewhere still: how many, and the first episode's file.
    pub artwork: Option<(usize, String)>,
    /// Whether all came that was asked for.
    pub complete: bool,
}

impl Rehosted {
    /// What came home, and what comes next.
    pub fn report(&self) -> String {
        let mut lines = Vec::new();
        for (why, files) in &self.stays {
            let stay = if files.len() == 1 { "episode stays" } else { "episodes stay" };
            let (count, first) = (files.len(), &files[0]);
            lines.push(format!("{count} {stay} at the old address, such as {first}: {why}"));
        }
        if self.home == 0 {
            lines.push("No audio was brought home".to_owned());
            return lines.join("\n");
        }
        lines.push(format!(
            "Now published here: the audio of {}; guids stay",
            counted(self.home, "episode")
        ));
        if self.other_length > 0 {
            let count = counted(self.other_length, "file");
            lines.push(format!("{count} not as long as the feed says: `size` is what came"));
        }
        if let Some(first) = self.other_before.first() {
            let were = match self.other_before.len() {
                1 => "1 file was there already, and is".to_owned(),
                count => format!("{count} files were there already, and are"),
            };
            lines.push(format!(
                "{were} not as long as the feed says, such as {first}: listen whether it is that episode's; `size` is \
                 its length now"
            ));
        }
        if let Some((count, prefix)) = &self.tracking {
            let stood = if *count == 1 { "address stood" } else { "addresses stood" };
            lines.push(format!(
                "{count} old {stood} behind {}, which counted downloads; the new ones do not. Where that is yours \
                 and not the old host's, write `tracking = [{}]` into [media] before the release: docs/prefixes.md",
                printable(prefix),
                quoted(prefix)
            ));
        }
        if let Some((count, first)) = &self.artwork {
            let stays =
                if *count == 1 { "episode's artwork stays" } else { "episodes' artwork stays" };
            lines.push(format!(
                "{count} {stays} at another address, such as that of {first}: put it into img/ and name it in \
                 `image` before the old account is closed"
            ));
        }
        lines.push(
            "\nNext:\n  1. run `onair check --fix`, which makes durations true\n  \
             2. run `onair release --dry-run`, then `onair release --allow address-change`\n  \
             3. keep the old account until the old feed redirects: docs/moving.md"
                .to_owned(),
        );
        lines.join("\n")
    }
}

/// Brings the audio of these episodes home, of all if none is named; from servers of private networks
/// only if `private` says so.
///
/// # Errors
/// If the show cannot be read, there is no such episode, or an episode's file cannot be written.
pub fn rehost(
    options: &Options,
    names: &[String],
    private: bool,
    watch: &dyn FetchWatch,
) -> Result<Rehosted, Error> {
    let show = load::show(&options.root)?;
    let away = Away::of(&show, names)?;
    let reach = if private { Reach::anybody() } else { Reach::default() };
    let client = Client::reaching(reach);
    let before = away.at_hand();
    let mut fetcher = Fetcher::new(&client, &options.root, watch);
    let there = fetcher.audio(&away.wanted).into_iter().collect();
    fetcher.sum_up();
    away.take_home(&there, fetcher.is_complete(AGAIN), &before)
}

/// Takes for ours the audio that was fetched already; some of it was there `before`.
///
/// # Errors
/// As [`rehost`].
pub fn take_what_came(options: &Options, before: &BTreeSet<String>) -> Result<Rehosted, Error> {
    let show = load::show(&options.root)?;
    let away = Away::of(&show, &[])?;
    let there = away.at_hand();
    away.take_home(&there, true, before)
}

/// The paths of what is in the audio folder.
pub fn audio_there(options: &Options) -> BTreeSet<String> {
    let show = load::show(&options.root).ok();
    let folder = show.as_ref().map_or("audio", |show| show.settings.audio_folder());
    let entries = std::fs::read_dir(options.root.join(folder)).into_iter().flatten().flatten();
    entries.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy())).collect()
}

fn counted_with_first(paths: &[&str]) -> Option<(usize, String)> {
    paths.first().map(|first| (paths.len(), (*first).to_owned()))
}

/// Audio that stands elsewhere.
struct Away<'a> {
    show: &'a Show,
    episodes: Vec<&'a Episode>,
    /// The same, as what is to be fetched.
    wanted: Vec<WantedAudio>,
    /// Files of episodes whose audio cannot come home, by why it cannot.
    stays: BTreeMap<&'static str, Vec<String>>,
}

impl<'a> Away<'a> {
    fn of(show: &'a Show, names: &[String]) -> Result<Self, Error> {
        let named: BTreeSet<String> = select(show, names)?.into_iter().collect();
        let is_wanted =
            |episode: &&Episode| named.is_empty() || named.contains(&episode.source.path);
        // One file is not the audio of two addresses.
        let mut urls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for episode in &show.episodes {
            if let (Some(name), Some(place)) =
                (episode.file.value(), enclosure::place(&show.settings, episode))
            {
                urls.entry(name.as_str().to_lowercase()).or_default().insert(place.url);
            }
        }
        let is_taken = |name: &str| urls.get(&name.to_lowercase()).is_some_and(|it| it.len() > 1);
        let mut away =
            Self { show, episodes: Vec::new(), wanted: Vec::new(), stays: BTreeMap::new() };
        for episode in show.episodes.iter().filter(is_wanted) {
            let Some(url) = enclosure::foreign(&show.settings, episode) else { continue };
            let name = match (episode.enclosure_type.value(), episode.file.value()) {
                (None, Some(name)) if is_taken(name.as_str()) => {
                    away.stay(NAME_TAKEN, episode);
                    continue;
                }
                (None, Some(name)) => name,
                (None, None) => {
                    away.stay(NO_FILE, episode);
                    continue;
                }
                (Some(_), _) => {
                    away.stay(NOT_MP3, episode);
                    continue;
                }
            };
            away.wanted.push(WantedAudio {
                url: url.to_owned(),
                path: audio_path(show, name),
                stated: episode.size.value().copied(),
            });
            away.episodes.push(episode);
        }
        Ok(away)
    }

    fn stay(&mut self, why: &'static str, episode: &Episode) {
        self.stays.entry(why).or_default().push(episode.source.path.clone());
    }

    /// The paths of audio that is there already.
    fn at_hand(&self) -> BTreeSet<String> {
        let paths = self.wanted.iter().map(|audio| &audio.path);
        paths.filter(|path| self.show.root.join(path).exists()).cloned().collect()
    }

    /// The files of these episodes whose artwork is an address.
    fn with_artwork_elsewhere(&self) -> Vec<&str> {
        let is_away =
            |episode: &&&Episode| episode.image.value().is_some_and(|image| has_web_scheme(image));
        self.episodes.iter().filter(is_away).map(|episode| episode.source.path.as_str()).collect()
    }

    /// Gives the episodes whose audio is `there` the address that follows from the settings; some of it was
    /// there `before`.
    fn take_home(
        self,
        there: &BTreeSet<String>,
        complete: bool,
        before: &BTreeSet<String>,
    ) -> Result<Rehosted, Error> {
        let mut rehosted = Rehosted {
            home: 0,
            other_length: 0,
            other_before: Vec::new(),
            stays: BTreeMap::new(),
            tracking: None,
            artwork: counted_with_first(&self.with_artwork_elsewhere()),
            complete,
        };
        let Self { show, episodes, wanted, stays } = self;
        rehosted.stays = stays;
        let mut old = Vec::new();
        for (episode, WantedAudio { path, stated, url }) in episodes.iter().zip(&wanted) {
            if !there.contains(path) {
                continue;
            }
            let bytes = length(show, path)?;
            // Other advertisements halve no episode, nor do they double one.
            let is_another = |stated: u64| bytes < stated / 2 || bytes / 2 > stated;
            if before.contains(path) && stated.is_some_and(is_another) {
                rehosted.stays.entry(ANOTHER).or_default().push(episode.source.path.clone());
                continue;
            }
            let Some(home) = at_home(&show.settings, episode, bytes) else {
                let stays = rehosted.stays.entry(AMONG_OTHERS).or_default();
                stays.push(episode.source.path.clone());
                continue;
            };
            let Source { path: file, text, .. } = &episode.source;
            write_episode(&show.root, file, text, &home.source.text)?;
            rehosted.home += 1;
            if stated.is_some_and(|stated| stated != bytes) {
                match before.contains(path) {
                    true => rehosted.other_before.push(path.clone()),
                    false => rehosted.other_length += 1,
                }
            }
            old.push(url.as_str());
        }
        if show.settings.media.tracking.is_empty() {
            rehosted.tracking = trackers(&old);
        }
        Ok(rehosted)
    }
}

/// The trackers that at least half of these addresses lead through: how many do, and their prefix.
fn trackers(urls: &[&str]) -> Option<(usize, String)> {
    let mut prefixes: BTreeMap<String, usize> = BTreeMap::new();
    for url in urls {
        let folder = url.split(['?', '#']).next().and_then(|path| path.rsplit_once('/'));
        let tracking = folder.and_then(|(folder, _)| media::split(folder)?.tracking);
        if let Some(tracking) = tracking {
            *prefixes.entry(tracking).or_default() += 1;
        }
    }
    let (prefix, count) = prefixes.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 2 >= urls.len()).then_some((count, prefix))
}

fn length(show: &Show, path: &str) -> Result<u64, Error> {
    let file =
        load::resolve(show, path).map_err(|trouble| Error::usage(format!("{path}: {trouble}")))?;
    let metadata = std::fs::metadata(file);
    metadata.map(|it| it.len()).map_err(|error| Error::usage(format!("{path}: {error}")))
}

/// The episode without the addresses of its old host, and with the length of what came; nothing if another
/// value would change by that.
fn at_home(settings: &Settings, episode: &Episode, bytes: u64) -> Option<Episode> {
    let mut home = episode.clone();
    // Where one goes, another may come to light.
    while enclosure::foreign(settings, &home).is_some() {
        home = without_address(&home)?;
    }
    let home = changed(&home, &set_key(&home, "size", &bytes.to_string())?)?;
    let is_same = home.file.value() == episode.file.value()
        && home.effective_guid() == episode.effective_guid();
    is_same.then_some(home)
}

fn without_address(episode: &Episode) -> Option<Episode> {
    let place = episode.enclosure.span()?;
    let fields = episode.fields();
    // Other generators name the audio itself by its address.
    let names_audio = fields.get("file").is_some_and(|field| field.span() == place);
    let edit = if names_audio {
        set_value(episode, &place, episode.file.value()?.as_str())?
    } else {
        let mut all = fields.all.iter();
        let whole = all.find(|it| it.span().start <= place.start && place.end <= it.span().end)?;
        if let Content::Map(entries) = &whole.node.content
            && !entries.iter().all(|it| ["url", "length", "type"].contains(&it.key.as_str()))
        {
            return None;
        }
        remove_key(episode, &whole.key)?
    };
    changed(episode, &edit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::settings::FILE;

    const SETTINGS: &str = "[show]\ntitle = 'A'\ndescription = 'B'\nauthor = 'C'\nlanguage = 'fr'\ncategory = 'News'\nartwork = 'a.png'\n[site]\nurl = 'https://show.example'\n";

    fn home(front_matter: &str) -> Option<String> {
        let settings = Settings::parse(&Source::new(FILE, SETTINGS)).unwrap();
        let text = format!("---\n{front_matter}---\nN\n");
        let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
        assert!(enclosure::foreign(&settings, &episode).is_some(), "{front_matter}");
        let home = at_home(&settings, &episode, 12)?;
        let text = home.source.text.strip_prefix("---\n")?.strip_suffix("---\nN\n");
        text.map(str::to_owned)
    }

    #[test]
    fn what_counted_downloads_at_the_old_host_is_named() {
        let prefix = "https://chrt.fm/track/X/dts.podtrac.com/redirect.mp3/pdst.fm/e/";
        let of = |name: &str| format!("{prefix}old.example/show/{name}.mp3?id=https://b.example/");
        let (one, two, plain) = (of("1"), of("2.final"), "https://old.example/3.mp3");
        assert_eq!(trackers(&[&one, &two, plain]), Some((2, prefix.to_owned())));
        assert_eq!(trackers(&[&one, plain, plain]), None);
        assert_eq!((trackers(&[plain, "x"]), trackers(&[])), (None, None));
    }

    #[test]
    fn only_the_address_goes_and_the_length_becomes_true() {
        let old = "https://old.example/1.mp3";
        for (before, after) in [
            (
                format!("title: A\nsize: 10\nguid: x\nenclosure: \"{old}\" # old\nfile: 1.mp3\n"),
                "title: A\nsize: 12\nguid: x\nfile: 1.mp3\n",
            ),
            (format!("size:\nenclosure: >-\n  {old}\nfile: 1.mp3\n"), "size: 12\nfile: 1.mp3\n"),
            (
                format!(
                    "enclosure:\n  url: {old}\n  length: 10\n  type: audio/mpeg\nfile: 1.mp3\n"
                ),
                "file: 1.mp3\nsize: 12\n",
            ),
            // The audio by its address, and that hidden by another.
            (format!("size: 10\naudio: {old}\nguid: x\n"), "size: 12\naudio: 1.mp3\nguid: x\n"),
            (
                format!("size: 10\nenclosure: {old}\naudio: '{old}?a=1'\n"),
                "size: 12\naudio: '1.mp3'\n",
            ),
        ] {
            assert_eq!(home(&before).as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn what_stands_beside_the_address_stays() {
        let old = "url: https://old.example/1.mp3";
        let beside = format!("podcast: {{{old}, season: 3, chapters: x.json}}\nfile: 1.mp3\n");
        assert_eq!(home(&beside), None);
        assert_eq!(home(&format!("podcast:\n  {old}\n  season: 3\nfile: 1.mp3\n")), None);
    }
}
