//! `rehost`: brings the audio of episodes home that stands at an old host's addresses. What came and is
//! sound takes the address that the settings give; guids stay, whatever they are made from.

use std::collections::BTreeSet;

use super::check::select;
use super::fetch::{FetchWatch, Fetcher, WantedAudio};
use super::fix::write_episode;
use super::load::{self, audio_path};
use super::{Error, Options};
use crate::http::Client;
use crate::http::reach::Reach;
use crate::report::counted;
use crate::show::addresses::has_web_scheme;
use crate::show::edit::{self, Edit};
use crate::show::{Episode, Show, enclosure};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehosted {
    /// How many episodes have their audio here now.
    pub home: usize,
    /// How many of them have another length than the feed gave.
    pub other_length: usize,
    /// Of audio that is not an MP3: how many, and the first episode's file.
    pub other_kind: Option<(usize, String)>,
    /// Of artwork that stands elsewhere still: how many, and the first episode's file.
    pub artwork: Option<(usize, String)>,
    /// Whether all came that was asked for.
    pub complete: bool,
}

impl Rehosted {
    /// What came home, and what comes next.
    pub fn report(&self) -> String {
        let mut lines = Vec::new();
        if let Some((count, first)) = &self.other_kind {
            let stay = if *count == 1 { "episode stays" } else { "episodes stay" };
            lines.push(format!("{count} {stay} at the old address: not MP3, such as {first}"));
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
    let mut fetcher = Fetcher::new(&client, &options.root, watch);
    let there = fetcher.audio(&away.wanted).into_iter().collect();
    fetcher.sum_up();
    away.take_home(&there, fetcher.is_complete())
}

/// Takes for ours the audio that was fetched already.
///
/// # Errors
/// As [`rehost`].
pub fn take_what_came(options: &Options) -> Result<Rehosted, Error> {
    let show = load::show(&options.root)?;
    let away = Away::of(&show, &[])?;
    let paths = away.wanted.iter().map(|audio| &audio.path);
    let there = paths.filter(|path| options.root.join(path).exists()).cloned().collect();
    away.take_home(&there, true)
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
    /// Files of episodes whose audio is not an MP3.
    other: Vec<&'a str>,
}

impl<'a> Away<'a> {
    fn of(show: &'a Show, names: &[String]) -> Result<Self, Error> {
        let named: BTreeSet<String> = select(show, names)?.into_iter().collect();
        let is_wanted =
            |episode: &&Episode| named.is_empty() || named.contains(&episode.source.path);
        let (episodes, wanted, other) = (Vec::new(), Vec::new(), Vec::new());
        let mut away = Self { show, episodes, wanted, other };
        for episode in show.episodes.iter().filter(is_wanted) {
            let Some(url) = enclosure::foreign(&show.settings, episode) else { continue };
            let is_mp3 = episode.enclosure_type.value().is_none();
            let Some(name) = episode.file.value().filter(|_| is_mp3) else {
                away.other.push(&episode.source.path);
                continue;
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

    /// The files of these episodes whose artwork is an address.
    fn with_artwork_elsewhere(&self) -> Vec<&str> {
        let is_away =
            |episode: &&&Episode| episode.image.value().is_some_and(|image| has_web_scheme(image));
        self.episodes.iter().filter(is_away).map(|episode| episode.source.path.as_str()).collect()
    }

    /// Gives the episodes whose audio is `there` the address that follows from the settings.
    fn take_home(self, there: &BTreeSet<String>, complete: bool) -> Result<Rehosted, Error> {
        let mut rehosted = Rehosted {
            home: 0,
            other_length: 0,
            other_kind: counted_with_first(&self.other),
            artwork: counted_with_first(&self.with_artwork_elsewhere()),
            complete,
        };
        for (episode, WantedAudio { path, stated, .. }) in self.episodes.iter().zip(&self.wanted) {
            if !there.contains(path) {
                continue;
            }
            let bytes = length(self.show, path)?;
            rehosted.home += 1;
            rehosted.other_length += usize::from(*stated != Some(bytes));
            let text = at_home(episode, bytes);
            write_episode(&self.show.root, &episode.source.path, &text)?;
        }
        Ok(rehosted)
    }
}

fn length(show: &Show, path: &str) -> Result<u64, Error> {
    let file =
        load::resolve(show, path).map_err(|trouble| Error::usage(format!("{path}: {trouble}")))?;
    let metadata = std::fs::metadata(file);
    metadata.map(|it| it.len()).map_err(|error| Error::usage(format!("{path}: {error}")))
}

/// The episode's text without the address of its old host, and with the length of what came.
fn at_home(episode: &Episode, bytes: u64) -> String {
    let text = &episode.source.text;
    let mut edits = Vec::new();
    if let Some(field) = episode.field("enclosure") {
        let start = text[..field.key_span.start].rfind('\n').map_or(0, |at| at + 1);
        let end =
            text[field.span().end..].find('\n').map_or(text.len(), |at| field.span().end + at + 1);
        edits.push(Edit { span: start..end, replacement: String::new() });
    }
    if let Some(field) = episode.field("size")
        && episode.size.value() != Some(&bytes)
    {
        let space = if text[..field.span().start].ends_with(':') { " " } else { "" };
        edits.push(Edit { span: field.span(), replacement: format!("{space}{bytes}") });
    }
    edit::apply(text, &edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;

    #[test]
    fn only_the_address_goes_and_the_length_becomes_true() {
        let at_home = |text: &str| {
            let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
            super::at_home(&episode, 12)
        };
        assert_eq!(
            at_home(
                "---\ntitle: A\nsize: 10\nguid: x\nenclosure: \"https://old.example/1.mp3\" # old\nfile: 1.mp3\n---\nN\n"
            ),
            "---\ntitle: A\nsize: 12\nguid: x\nfile: 1.mp3\n---\nN\n"
        );
        assert_eq!(
            at_home("---\nsize:\nenclosure: >-\n  https://old.example/1.mp3\nfile: 1.mp3\n---\n"),
            "---\nsize: 12\nfile: 1.mp3\n---\n"
        );
    }
}
