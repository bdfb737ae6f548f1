//! Where a preview is made: reads the show as often as it changes, and remembers what has not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;

use super::super::args::Global;
use super::super::cache::{Memory, identity};
use super::super::gather::{self, Asked, Gathered};
use super::super::kept::Kept;
use super::super::{Exit, Failure, check, edition};
use super::watch::Wake;
use crate::audio::{Content, Mp3};
use crate::model::hash::Sha256;
use crate::model::object::{Body, Key};
use crate::preview::{Audio, Panel, Preview, Served};
use crate::report::Sources;
use crate::rules::{Evidence, Finding};
use crate::show::episode::ChaptersGiven;
use crate::show::read::FileTrouble;
use crate::show::{Episode, Show, enclosure, is_inside};
use crate::site::AudioFacts;

/// Audio that was looked at is shown at least this often while there is more.
const SHOW_EVERY: Duration = Duration::from_secs(2);

/// What a browser is shown, and what its audio is had from.
pub struct Shown {
    pub preview: Preview,
    made: Arc<Made>,
}

/// An edition and all that it was made from.
struct Made {
    served: Arc<Served>,
    gathered: Gathered,
    /// By key.
    sounds: BTreeMap<String, Sound>,
    /// The files of the episodes that are shown.
    episodes: BTreeSet<String>,
    scheduled: BTreeMap<String, String>,
}

/// An episode's audio at hand.
struct Sound {
    /// The episode's file.
    episode: String,
    file: PathBuf,
    /// What the file turned out to be; before that is known, it is played as it is.
    mp3: Option<Box<Mp3>>,
    length: u64,
}

impl Shown {
    pub fn home(&self) -> &str {
        self.made.served.home()
    }

    pub fn episodes(&self) -> usize {
        self.made.episodes.len()
    }

    pub fn scheduled(&self) -> usize {
        self.made.scheduled.len()
    }

    /// The audio of a key as it would be published, if it is still what it was when it was shown.
    pub fn audio(&self, key: &str) -> Option<Body> {
        let sound = self.made.sounds.get(key)?;
        let gathered = &self.made.gathered;
        let file = sound.file.clone();
        let body = match &sound.mp3 {
            None => Body::Tagged { tag: Bytes::new(), file, payload: 0..sound.length },
            Some(mp3) => {
                let episodes = &gathered.show.episodes;
                let episode = episodes.iter().find(|it| it.source.path == sound.episode)?;
                let chapters = gathered.chapters.get(&sound.episode);
                let cover = gathered.cover.as_ref();
                let tag = gather::render_tag(&gathered.show, episode, &file, mp3, chapters, cover)
                    .ok()?;
                Body::Tagged { tag: Bytes::from(tag), file, payload: mp3.payload.clone() }
            }
        };
        (body.len() == sound.length).then_some(body)
    }
}

/// Audio to look at.
struct Unknown {
    /// As the show calls it, and where it is.
    files: Vec<(String, PathBuf)>,
    /// All the audio that the show names.
    all: BTreeSet<String>,
}

/// A show as its files are now.
struct Found {
    gathered: Gathered,
    /// The files of the episodes that can be shown.
    episodes: BTreeSet<String>,
    /// When those come out that are not out yet, by their files.
    scheduled: BTreeMap<String, String>,
    /// The instant at which all of them are out.
    shown_at: Timestamp,
    panel: Panel,
}

impl Found {
    fn of(gathered: Gathered, findings: &[Finding]) -> Self {
        let now = Timestamp::now();
        let zone = gathered.show.settings.zone();
        let mut scheduled = BTreeMap::new();
        let mut episodes = BTreeSet::new();
        let mut shown_at = now;
        for episode in gathered.show.episodes.iter().filter(|episode| !episode.is_draft()) {
            let whole = episode.title.value().is_some() && episode.file.value().is_some();
            let Some(date) = episode.date.value().filter(|_| whole) else { continue };
            let path = &episode.source.path;
            episodes.insert(path.clone());
            let date = date.at(&zone);
            if date.timestamp() > now {
                shown_at = shown_at.max(date.timestamp());
                scheduled
                    .insert(path.clone(), date.strftime("%Y-%m-%d at %H:%M (%:z)").to_string());
            }
        }
        let mut sources = Sources::of(&gathered.show);
        sources.add(gathered.chapters.values().map(|written| &written.source));
        let panel = Panel::new(findings, &sources, scheduled.clone());
        Self { gathered, episodes, scheduled, shown_at, panel }
    }
}

/// Makes previews of one show.
pub struct Workshop {
    global: Global,
    kept: Arc<Kept>,
    memory: Arc<Memory>,
    /// Audio that nobody has looked at yet.
    unknown: Sender<Unknown>,
    last: Option<(Arc<Made>, Panel)>,
}

impl Workshop {
    /// A workshop for `show` that sends for `waker` when it knows more of the audio.
    pub fn new(global: Global, show: &Show, waker: Sender<Wake>) -> Self {
        let kept = Arc::<Kept>::default();
        let memory = Arc::new(Memory::open(show));
        let (unknown, wanted) = channel();
        let (known, remembered) = (Arc::clone(&kept), Arc::clone(&memory));
        std::thread::spawn(move || look_at_audio(&known, &remembered, &wanted, &waker));
        Self { global, kept, memory, unknown, last: None }
    }

    /// The first preview; there is nothing to fall back to yet.
    pub fn first(&mut self, show: Show) -> Result<Shown, Failure> {
        let found = self.look(show);
        self.make(found)
    }

    /// The preview as the files are now; the last good edition, and why, if they make none.
    pub fn again(&mut self) -> Option<Shown> {
        let mut panel = None;
        let made = gather::show(&self.global).and_then(|show| {
            let found = self.look(show);
            panel = Some(found.panel.clone());
            self.make(found)
        });
        let failure = match made {
            Ok(shown) => return Some(shown),
            Err(failure) => failure,
        };
        let (made, last) = self.last.as_ref()?;
        let mut panel = panel.unwrap_or_else(|| last.clone());
        panel.trouble = Some(text(&failure));
        let preview = Preview::new(Arc::clone(&made.served), panel);
        Some(Shown { preview, made: Arc::clone(made) })
    }

    /// Reads all that belongs to a show.
    fn look(&self, show: Show) -> Found {
        let unknown = Mutex::new(Vec::new());
        let gathered = gather::gather_with(
            show,
            &self.kept,
            |episode| !episode.is_draft(),
            |asked| self.evidence(asked, &unknown),
            Arc::clone(&self.memory),
        );
        let findings = check::find(&gathered, Timestamp::now());
        let files = unknown.into_inner().unwrap_or_default();
        if !files.is_empty() {
            let all = gather::audio_paths(&gathered.show);
            // The thread that looks lives as long as the process.
            let _ = self.unknown.send(Unknown { files, all });
        }
        Found::of(gathered, &findings)
    }

    /// What is known of an episode's audio without looking at it now.
    fn evidence(
        &self,
        asked: &Asked<'_>,
        unknown: &Mutex<Vec<(String, PathBuf)>>,
    ) -> Option<Evidence> {
        let path = gather::audio_path(asked.show, asked.name);
        let file = match gather::resolve(asked.show, &path) {
            Ok(file) => file,
            Err(trouble) => return Some(gather::not_at_hand(path, trouble)),
        };
        match self.kept.probe(&file) {
            None => {
                if let Ok(mut unknown) = unknown.lock() {
                    unknown.push((path, file));
                }
                None
            }
            Some(Err(reason)) => {
                Some(Evidence::Unreadable { path, trouble: FileTrouble::Io(reason) })
            }
            Some(Ok(probe)) => {
                let published = match &probe.content {
                    Content::Mp3(mp3) => {
                        let made_from = made_from(asked, &file);
                        let render = || Some(asked.tag(&file, mp3)?.len() as u64);
                        let episode = &asked.episode.source.path;
                        let tag = self.kept.tag_length(episode, made_from, render);
                        tag.map(|tag| gather::published(mp3, tag))
                    }
                    _ => None,
                };
                Some(Evidence::Probed { path, probe, published, recorded: None })
            }
        }
    }

    fn make(&mut self, found: Found) -> Result<Shown, Failure> {
        let Found { gathered, episodes, scheduled, shown_at, panel } = found;
        if let Some(lost) = self.lost(&gathered, &episodes) {
            let message = format!("{lost}: this is no episode as it stands now");
            return Err(Failure::new(Exit::Findings, message));
        }
        let edition = edition::assemble(&gathered, &self.kept, shown_at, |episode| {
            Ok(episodes.contains(&episode.source.path).then(|| facts(&gathered, episode)).flatten())
        })?;
        let mut sounds = BTreeMap::new();
        let mut audio = BTreeMap::new();
        let episodes_by_file: HashMap<&str, &Episode> =
            gathered.show.episodes.iter().map(|it| (it.source.path.as_str(), it)).collect();
        for promised in &edition.episodes {
            let episode = episodes_by_file.get(promised.source.as_str());
            let Some(sound) = episode.and_then(|it| sound(&gathered, it)) else { continue };
            let key = promised.audio.as_str().to_owned();
            let url = promised.enclosure_url.0.clone();
            audio.insert(key.clone(), Audio { url, tag: sound.1, length: sound.0.length });
            sounds.insert(key, sound.0);
        }
        let served = Arc::new(Served::new(&gathered.show.settings, edition, audio));
        let preview = Preview::new(Arc::clone(&served), panel.clone());
        let made = Arc::new(Made { served, gathered, sounds, episodes, scheduled });
        self.last = Some((Arc::clone(&made), panel));
        Ok(Shown { preview, made })
    }

    /// An episode that was shown and that, as it stands now, cannot be. Whoever is typing has not
    /// finished; a page that goes away while its host looks at it helps nobody.
    fn lost(&self, gathered: &Gathered, episodes: &BTreeSet<String>) -> Option<String> {
        let (made, _) = self.last.as_ref()?;
        let unreadable = gathered.show.unreadable.iter().map(|file| &file.source.path);
        let whole = gathered.show.episodes.iter().filter(|episode| !episode.is_draft());
        let there = whole.map(|episode| &episode.source.path).chain(unreadable);
        there
            .into_iter()
            .find(|path| made.episodes.contains(*path) && !episodes.contains(*path))
            .cloned()
    }

    /// Every folder with a file that the show is made from, or would be if it were there.
    pub fn folders(&self) -> BTreeSet<PathBuf> {
        let root = self.global.show.clone();
        let mut folders = BTreeSet::from([root.clone()]);
        let mut files = vec![format!("{}/x", crate::show::read::EPISODES)];
        if let Some((made, _)) = &self.last {
            let Made { gathered, .. } = made.as_ref();
            let settings = &gathered.show.settings;
            files.push(format!("{}/x", settings.audio_folder()));
            let templates = settings.site.templates.as_ref();
            files.extend(
                templates.map(|folder| format!("{}/x", folder.get_ref().trim_end_matches('/'))),
            );
            files.extend(settings.tags.cover.as_ref().map(|cover| cover.get_ref().clone()));
            for episode in &gathered.show.episodes {
                files.extend(episode.transcript.value().cloned());
                if let Some(ChaptersGiven::File(path)) = episode.chapters.value() {
                    files.push(path.clone());
                }
            }
            let written = gathered.chapters.values().flat_map(|written| &written.list);
            files.extend(edition::pictures(&gathered.show, written.map(|chapter| &chapter.value)));
        }
        for file in files.iter().filter(|file| is_inside(file)) {
            let real = root.join(file).canonicalize().ok();
            for path in [Some(root.join(file)), real].into_iter().flatten() {
                // What is not there yet comes into a folder that is.
                folders.extend(path.ancestors().skip(1).find(|it| it.is_dir()).map(PathBuf::from));
            }
        }
        folders
    }
}

fn text(failure: &Failure) -> String {
    match &failure.help {
        Some(help) => format!("{}\nhelp: {help}", failure.message),
        None => failure.message.clone(),
    }
}

/// What an episode's page and item say of its audio: what the file says, or the front matter where
/// there is no file, or nobody has looked at it yet.
fn facts(gathered: &Gathered, episode: &Episode) -> Option<AudioFacts> {
    let settings = &gathered.show.settings;
    let place = enclosure::place(settings, episode)?;
    let key = Key::new(format!("{}{}", settings.media_prefix(), place.name)).ok()?;
    let mut bytes = episode.size.value().copied().unwrap_or_default();
    let mut milliseconds =
        episode.duration.value().map_or(0, |seconds| seconds.saturating_mul(1000));
    if let Some(Evidence::Probed { probe, published, .. }) =
        gathered.audio.get(&episode.source.path)
        && let Content::Mp3(mp3) = &probe.content
    {
        bytes = published.unwrap_or(bytes);
        milliseconds = mp3.time.milliseconds();
    }
    // Nothing that is shown tells of hashes.
    let none = Sha256::of(b"");
    Some(AudioFacts {
        key,
        bytes,
        milliseconds,
        tag_sha256: none,
        payload_sha256: none,
        source_bytes: None,
        source_sha256: None,
        object: None,
    })
}

/// The audio at hand of an episode, and what tells its bytes from others.
fn sound(gathered: &Gathered, episode: &Episode) -> Option<(Sound, Sha256)> {
    let (show, source) = (&gathered.show, &episode.source.path);
    let name = episode.file.value()?;
    let file = gather::resolve(show, &gather::audio_path(show, name)).ok()?;
    let bytes = identity(&file)?.bytes();
    let (mp3, length) = match gathered.audio.get(source) {
        None => (None, bytes),
        Some(Evidence::Probed { probe, published: Some(length), .. }) => match &probe.content {
            Content::Mp3(mp3) => (Some(mp3.clone()), *length),
            _ => return None,
        },
        Some(_) => return None,
    };
    let (chapters, cover) = (gathered.chapters.get(source), gathered.cover.as_ref());
    let asked = Asked { show, episode, name, chapters, cover };
    let whole = format!("{} {length} {}", made_from(&asked, &file), mp3.is_some());
    let sound = Sound { episode: source.clone(), file, mp3, length };
    Some((sound, Sha256::of(whole.as_bytes())))
}

/// All that an episode's published audio is made from, short of reading the audio.
fn made_from(asked: &Asked<'_>, file: &std::path::Path) -> Sha256 {
    let show = asked.show;
    let mut parts =
        vec![show.settings_source.text.to_string(), asked.episode.source.text.to_string()];
    let list = asked.chapters.map(|written| written.list.as_slice()).unwrap_or_default();
    parts.extend(asked.chapters.map(|written| written.source.text.to_string()));
    let pictures = list.iter().filter_map(|chapter| chapter.value.image.as_deref());
    let cover = show.settings.tags.cover.as_ref().unwrap_or(&show.settings.show.artwork).get_ref();
    let files = pictures.chain([cover.as_str()]).map(|path| show.root.join(path));
    let stamps = files.chain([file.to_owned()]).map(|file| format!("{:?}", identity(&file)));
    parts.extend(stamps);
    Sha256::of(parts.join("\0").as_bytes())
}

/// Looks at audio as it becomes known, and says so when there is more to show.
fn look_at_audio(kept: &Kept, memory: &Memory, wanted: &Receiver<Unknown>, waker: &Sender<Wake>) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    while let Ok(Unknown { mut files, mut all }) = wanted.recv() {
        for more in wanted.try_iter() {
            files.extend(more.files);
            all = more.all;
        }
        files.sort();
        files.dedup();
        // The newest episodes, which have the last names as a rule, are looked at first.
        files.reverse();
        let mut shown = Instant::now();
        for some in files.chunks(cores) {
            std::thread::scope(|scope| {
                for (path, file) in some {
                    scope.spawn(|| kept.look(memory, path, file));
                }
            });
            if shown.elapsed() > SHOW_EVERY {
                shown = Instant::now();
                let _ = waker.send(Wake::Audio);
            }
        }
        memory.keep(&all);
        if waker.send(Wake::Audio).is_err() {
            return;
        }
    }
}
