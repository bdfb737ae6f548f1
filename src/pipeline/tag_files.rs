//! `tag`: writes into the host's own MP3s the tags that a release publishes them with. A file is
//! replaced whole, or left as it was.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::check::select;
use super::evidence::{self, AudioEvidence};
use super::fix::{self, Fixed};
use super::load::resolve;
use super::{Checkout, Class, Error, Options, tag as render};
use crate::audio::tag::{self, Line, Source, WriteError, Written};
use crate::audio::{Content, Depth, Mp3, TagKind};
use crate::model::rendered_tag::RenderedTag;
use crate::rules::{self, Evidence, Finding};
use crate::show::Episode;

/// MP3s that can be tagged, and why the rest cannot.
pub struct Prepared {
    checkout: Checkout,
    /// What can be tagged.
    pub jobs: Vec<Job>,
    /// Why the rest cannot.
    pub refused: Vec<Error>,
}

/// An MP3 and the tag it is to have.
pub struct Job {
    /// The episode's file.
    pub episode: String,
    /// The MP3 below the show's folder.
    pub path: String,
    file: PathBuf,
    mp3: Box<Mp3>,
    tag: RenderedTag,
}

/// Renders the tags of the episodes that are named, or of all that are no drafts. Nothing is written.
///
/// Audio that is not at hand is passed over unless its episode is named.
///
/// # Errors
/// If the show cannot be read, or an episode that is named is not there.
pub fn prepare(options: &Options, episodes: &[String], dry_run: bool) -> Result<Prepared, Error> {
    let checkout = Checkout::load(&options.root)?;
    let wanted = select(&checkout.show, episodes)?;
    let depth = if dry_run { Depth::Walk } else { Depth::Hash };
    let evidence = evidence::look_at(&checkout, depth, |episode| match wanted.as_slice() {
        [] => !episode.is_draft(),
        wanted => wanted.contains(&episode.source.path),
    });
    let (jobs, refused) = jobs(&checkout, &evidence, !wanted.is_empty());
    Ok(Prepared { checkout, jobs, refused })
}

fn jobs(checkout: &Checkout, evidence: &AudioEvidence, named: bool) -> (Vec<Job>, Vec<Error>) {
    let episodes = &checkout.show.episodes;
    let mut owners: BTreeMap<&str, &Episode> = BTreeMap::new();
    let mut shared: BTreeMap<&str, [&str; 2]> = BTreeMap::new();
    for episode in episodes {
        let Some(name) = episode.file.value() else { continue };
        if let Some(first) = owners.insert(name.as_str(), episode) {
            shared.insert(name.as_str(), [&first.source.path, &episode.source.path]);
        }
    }
    let mut jobs = Vec::new();
    let mut refused = Vec::new();
    for episode in episodes {
        let Some(evidence) = evidence.get(&episode.source.path) else { continue };
        let shared = episode.file.value().and_then(|name| shared.get(name.as_str()));
        match job(checkout, episode, evidence) {
            Ok(job) => match shared {
                Some([first, second]) if episode.source.path == *second || named => refused.push(
                    no(format!("{} belongs to {first} and to {second}", job.path))
                        .help("give each episode an MP3 of its own"),
                ),
                Some(_) => {}
                None => jobs.push(job),
            },
            Err(_) if !named && matches!(evidence, Evidence::Absent { .. }) => {}
            Err(error) => refused.push(error),
        }
    }
    (jobs, refused)
}

fn job(checkout: &Checkout, episode: &Episode, evidence: &Evidence) -> Result<Job, Error> {
    let Evidence::Probed { path, probe, .. } = evidence else {
        return Err(match evidence {
            Evidence::Unreadable { path, trouble } => {
                no(format!("{path} cannot be read: {trouble}"))
            }
            Evidence::Absent { path } => {
                no(format!("there is no {path}")).help("put the MP3 there")
            }
            _ => no(format!("{}: the audio is not at hand", episode.source.path)),
        });
    };
    let mp3 = match &probe.content {
        Content::Mp3(mp3) => mp3,
        Content::Empty => return Err(no(format!("{path} is empty"))),
        Content::Foreign(foreign) => {
            return Err(no(format!("{path} is {foreign}, not an MP3")).help(foreign.hint()));
        }
    };
    let failed = |reason: String| no(format!("{path}: {reason}"));
    let file = resolve(&checkout.show, path).map_err(|error| failed(error.to_string()))?;
    let tag = render::render(checkout, episode, &file, mp3).map_err(failed)?;
    let episode = episode.source.path.clone();
    Ok(Job { episode, path: path.clone(), file, mp3: mp3.clone(), tag })
}

/// An MP3 that cannot be tagged.
fn no(message: String) -> Error {
    Error::new(Class::Findings, message)
}

impl Job {
    /// Bytes that the tagged file has.
    pub fn bytes(&self) -> u64 {
        self.tag.len() as u64 + (self.mp3.payload.end - self.mp3.payload.start)
    }

    /// Writes the tag into the host's file.
    ///
    /// # Errors
    /// If it cannot be written; the file is then as it was.
    pub fn write(&self) -> Result<Written, Error> {
        let payload_sha256 = self
            .mp3
            .payload_sha256
            .ok_or_else(|| no(format!("{}: the audio was not hashed", self.path)))?;
        let payload = self.mp3.payload.clone();
        let source = Source { path: self.file.clone(), payload, payload_sha256 };
        let bytes = self.tag.to_vec().map_err(|error| no(format!("{}: {error}", self.path)))?;
        tag::write_in_place(&source, &bytes).map_err(|error| match &error {
            WriteError::Io { source, .. } => Error::disk(&error, source),
            _ => Error::usage(error.to_string()),
        })
    }

    /// What the MP3 says now: its ID3v2 frames, and tags that go as a whole.
    pub fn says(&self) -> Vec<Line> {
        let payload = &self.mp3.payload;
        let mut lines = tag::existing_tag(&self.file, payload)
            .map_or_else(|_| Vec::new(), |tag| tag::describe(&tag));
        let others = self.mp3.tags.iter().filter(|found| {
            found.range.start >= payload.end || !matches!(found.kind, TagKind::Id3v2(_))
        });
        lines.extend(others.map(|found| Line {
            id: found.kind.to_string(),
            text: format!("{} bytes", found.range.end - found.range.start),
        }));
        lines
    }

    /// What it would say.
    pub fn would_say(&self) -> Vec<Line> {
        tag::describe(&self.tag.to_vec().unwrap_or_default())
    }
}

impl Prepared {
    /// Sets `size` and `duration` of these episodes to what their MP3s now have, whatever the target
    /// says of an earlier file.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn fix(mut self, episodes: &[String], options: &Options) -> Result<Fixed, Error> {
        let evidence = evidence::look_at(&self.checkout, Depth::Walk, |episode| {
            episodes.contains(&episode.source.path)
        });
        let measures = |checkout: &Checkout| {
            let mut findings: Vec<Finding> = Vec::new();
            for episode in &checkout.show.episodes {
                let evidence = evidence.get(&episode.source.path);
                if evidence.is_some() {
                    rules::audio::judge(episode, evidence, &mut findings);
                }
            }
            findings
        };
        let findings = measures(&self.checkout);
        let fixed = fix::fix(&mut self.checkout, episodes, findings, measures);
        fixed.write(&options.root)?;
        Ok(fixed)
    }
}
