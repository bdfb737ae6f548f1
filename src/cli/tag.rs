//! `onair tag`: writes into the host's own MP3s the tags that a release publishes them with. A file
//! is replaced whole, or left as it was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use similar::{ChangeTag, TextDiff};

use super::args::{Format, Global, Tag};
use super::gather::{self, Gathered};
use super::term::Term;
use super::{Exit, Failure, Outcome, check, mend};
use crate::audio::tag::{self, Line, Source, Written};
use crate::audio::{Content, Depth, Mp3, TagKind};
use crate::report::{self, counted};
use crate::rules::{self, Evidence, Finding};
use crate::show::Episode;

pub fn run(global: &Global, args: &Tag, term: &Term) -> Outcome {
    let show = gather::show(global)?;
    let wanted = check::select(&show, &args.episodes)?;
    let depth = if args.dry_run { Depth::Walk } else { Depth::Hash };
    let mut gathered = gather::gather_only(show, depth, |episode| match wanted.as_slice() {
        [] => !episode.is_draft(),
        wanted => wanted.contains(&episode.source.path),
    });
    let (jobs, mut refused) = jobs(&gathered, !wanted.is_empty());
    if args.dry_run {
        preview(&jobs, term);
        return finish(&refused, term);
    }

    let mut done = Vec::new();
    for job in &jobs {
        match job.write() {
            Ok(written) => {
                say(job, written, term);
                done.push((job.episode.source.path.clone(), job.path.clone(), written, job.len()));
            }
            Err(failure) => refused.push(failure),
        }
    }
    let changed: Vec<_> =
        done.iter().filter(|(_, _, written, _)| *written != Written::Unchanged).collect();
    let (tagged, unchanged) = (changed.len(), done.len() - changed.len());
    let mended = if args.fix && !done.is_empty() {
        let written: Vec<_> = done.iter().map(|(episode, ..)| episode.clone()).collect();
        let replaced = changed.iter().map(|(episode, ..)| episode.clone()).collect();
        Some(fix(&mut gathered, &written, &replaced)?)
    } else {
        None
    };
    if term.format() == Format::Json {
        let files: Vec<_> = done
            .iter()
            .map(|(episode, file, written, bytes)| {
                let changed = *written != Written::Unchanged;
                json!({ "episode": episode, "file": file, "changed": changed, "bytes": bytes })
            })
            .collect();
        let mended = mended.as_ref().map_or(0, |mended| mended.edits);
        print(json!({ "dryRun": false, "files": files, "mended": mended }), term);
    } else if !done.is_empty() {
        let (files, same) = (counted(tagged, "file"), format!("{unchanged} unchanged"));
        term.say(&format!("Tagged {files}, {same}"));
    }
    if let Some(mended) = &mended {
        mended.say(term);
    }
    finish(&refused, term)
}

/// An MP3 and the tag it is to have.
struct Job<'a> {
    episode: &'a Episode,
    /// The MP3 below the show's folder.
    path: String,
    file: std::path::PathBuf,
    mp3: &'a Mp3,
    tag: Vec<u8>,
}

/// What can be tagged, and why the rest cannot. Audio that is not at hand is passed over unless the
/// host has named the episodes.
fn jobs(gathered: &Gathered, named: bool) -> (Vec<Job<'_>>, Vec<Failure>) {
    let show = &gathered.show;
    let mut owners: BTreeMap<&str, &Episode> = BTreeMap::new();
    let mut shared: BTreeMap<&str, [&str; 2]> = BTreeMap::new();
    for episode in &show.episodes {
        let Some(name) = episode.file.value() else { continue };
        if let Some(first) = owners.insert(name.as_str(), episode) {
            shared.insert(name.as_str(), [&first.source.path, &episode.source.path]);
        }
    }
    let mut jobs = Vec::new();
    let mut refused = Vec::new();
    for episode in &show.episodes {
        let Some(evidence) = gathered.audio.get(&episode.source.path) else { continue };
        let shared = episode.file.value().and_then(|name| shared.get(name.as_str()));
        match job(gathered, episode, evidence) {
            Ok(job) => match shared {
                Some([first, second]) if episode.source.path == *second || named => refused.push(
                    no(format!("{} belongs to {first} and to {second}", job.path))
                        .help("give each episode an MP3 of its own"),
                ),
                Some(_) => {}
                None => jobs.push(job),
            },
            Err(_) if !named && matches!(evidence, Evidence::Absent { .. }) => {}
            Err(failure) => refused.push(failure),
        }
    }
    (jobs, refused)
}

fn job<'a>(
    gathered: &'a Gathered,
    episode: &'a Episode,
    evidence: &'a Evidence,
) -> Result<Job<'a>, Failure> {
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
    let file = gather::resolve(&gathered.show, path).map_err(|error| failed(error.to_string()))?;
    let chapters = gathered.chapters.get(&episode.source.path);
    let cover = gathered.cover.as_ref();
    let tag =
        gather::render_tag(&gathered.show, episode, &file, mp3, chapters, cover).map_err(failed)?;
    Ok(Job { episode, path: path.clone(), file, mp3, tag })
}

/// An MP3 that cannot be tagged.
fn no(message: String) -> Failure {
    Failure::new(Exit::Findings, message)
}

impl Job<'_> {
    /// Bytes that the tagged file has.
    fn len(&self) -> u64 {
        self.tag.len() as u64 + (self.mp3.payload.end - self.mp3.payload.start)
    }

    fn write(&self) -> Result<Written, Failure> {
        let payload_sha256 = self
            .mp3
            .payload_sha256
            .ok_or_else(|| no(format!("{}: the audio was not hashed", self.path)))?;
        let payload = self.mp3.payload.clone();
        let source = Source { path: self.file.clone(), payload, payload_sha256 };
        tag::write_in_place(&source, &self.tag).map_err(|error| {
            let cause = std::error::Error::source(&error)
                .map_or_else(String::new, |cause| format!(": {cause}"));
            Failure::new(Exit::Usage, format!("{error}{cause}"))
        })
    }
}

fn say(job: &Job<'_>, written: Written, term: &Term) {
    match written {
        Written::Replaced { bytes } => {
            term.say(&format!("  {} tagged ({})", job.path, report::bytes(bytes)));
        }
        Written::Unchanged if term.verbose() => term.say(&format!("  {} unchanged", job.path)),
        Written::Unchanged => {}
    }
}

/// Sets `size` and `duration` of the `wanted` episodes to what their MP3s now have.
fn fix(
    gathered: &mut Gathered,
    wanted: &[String],
    replaced: &BTreeSet<String>,
) -> Result<mend::Mended, Failure> {
    gathered.refresh(replaced);
    let measures = |gathered: &Gathered| {
        let mut findings: Vec<Finding> = Vec::new();
        for episode in &gathered.show.episodes {
            let evidence = gathered.audio.get(&episode.source.path);
            if evidence.is_some() {
                rules::audio::judge(episode, evidence, &mut findings);
            }
        }
        findings
    };
    let findings = measures(gathered);
    let mended = mend::mend(gathered, wanted, findings, measures);
    mended.write(&gathered.show.root)?;
    Ok(mended)
}

/// Says what could not be tagged, and ends with the gravest exit code of these.
fn finish(refused: &[Failure], term: &Term) -> Outcome {
    for failure in refused {
        term.failure(&failure.message, failure.help.as_deref());
    }
    let exit = refused.iter().map(|failure| failure.exit).max_by_key(|exit| *exit as u8);
    match exit {
        None => Ok(Exit::Fine),
        Some(exit) => {
            let files = counted(refused.len(), "file");
            Err(Failure::new(exit, format!("{files} could not be tagged")))
        }
    }
}

/// What each MP3 says, and what it would say.
fn preview(jobs: &[Job<'_>], term: &Term) {
    let described = jobs.iter().map(|job| (job, existing(job), tag::describe(&job.tag)));
    if term.format() == Format::Json {
        let lines = |lines: &[Line]| -> Vec<_> {
            lines.iter().map(|line| json!({ "id": line.id, "text": line.text })).collect()
        };
        let files: Vec<_> = described
            .map(|(job, is, would)| {
                json!({ "episode": job.episode.source.path, "file": job.path, "bytes": job.len(), "is": lines(&is), "wouldBe": lines(&would) })
            })
            .collect();
        print(json!({ "dryRun": true, "files": files }), term);
        return;
    }
    for (job, is, would) in described {
        let text = |lines: &[Line]| -> String {
            lines.iter().map(|line| format!("{} {}\n", line.id, line.text)).collect()
        };
        let (is, would) = (text(&is), text(&would));
        let diff = TextDiff::from_lines(&is, &would);
        term.data(&format!("{} ({})\n", job.path, job.episode.source.path));
        for change in diff.iter_all_changes() {
            let mark = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            term.data(&format!("{mark} {change}"));
        }
    }
}

/// What the MP3 says now: its ID3v2 frames, and tags that go as a whole.
fn existing(job: &Job<'_>) -> Vec<Line> {
    let payload = &job.mp3.payload;
    let mut lines = tag::existing_tag(&job.file, payload)
        .map_or_else(|_| Vec::new(), |tag| tag::describe(&tag));
    let others = job.mp3.tags.iter().filter(|found| {
        found.range.start >= payload.end || !matches!(found.kind, TagKind::Id3v2(_))
    });
    lines.extend(others.map(|found| Line {
        id: found.kind.to_string(),
        text: format!("{} bytes", found.range.end - found.range.start),
    }));
    lines
}

fn print(mut value: serde_json::Value, term: &Term) {
    value["version"] = report::json::VERSION.into();
    value["command"] = "tag".into();
    term.json(&value);
}
