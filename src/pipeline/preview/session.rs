//! Makes the edition as often as the show changes, and remembers what has not changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::audio::{Content, Identity, Mp3, PlayTime, Probe};
use crate::model::audio::PublishedAudio;
use crate::model::hash::Sha256;
use crate::model::object::Body;
use crate::pipeline::cache::{Cache, identity};
use crate::pipeline::ears;
use crate::pipeline::evidence::{AudioEvidence, elsewhere, is_doubtful, not_at_hand};
use crate::pipeline::load::{audio_path, resolve};
use crate::pipeline::memo::Memo;
use crate::pipeline::target::{self, Seen};
use crate::pipeline::{Checkout, Class, Error, Options, check, edition, load, tag};
use crate::preview::{Audio, Panel, Preview, Served};
use crate::report::Sources;
use crate::rules::sound::Ears;
use crate::rules::{Evidence, Finding};
use crate::show::files::{self, Role};
use crate::show::read::{EPISODES, FileTrouble};
use crate::show::{Episode, Show, is_inside};
use crate::store::record::Record;

/// Audio that was looked at is shown at least this often while there is more.
const SHOW_EVERY: Duration = Duration::from_secs(2);

/// What a browser is shown, and where its audio comes from.
pub struct Shown {
    /// The pages, and the panel of findings.
    pub preview: Preview,
    made: Arc<Made>,
}

/// An edition and all that it was made from.
struct Made {
    served: Arc<Served>,
    checkout: Checkout,
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
    /// By what the file was known.
    identity: Identity,
    /// What the file turned out to be; before that is known, it is played as it is.
    mp3: Option<Box<Mp3>>,
    /// Bytes of the tag and the payload.
    length: u64,
}

impl Shown {
    /// The path of the first page.
    pub fn home(&self) -> &str {
        self.made.served.home()
    }

    /// How many episodes are shown.
    pub fn episodes(&self) -> usize {
        self.made.episodes.len()
    }

    /// How many of them are not out yet.
    pub fn scheduled(&self) -> usize {
        self.made.scheduled.len()
    }

    /// The audio of a key as it would be published, if it is still what it was when it was shown.
    pub fn audio(&self, key: &str) -> Option<Body> {
        let sound = self.made.sounds.get(key)?;
        // A pipe would be waited for, and a link would lead elsewhere.
        if identity(&sound.file) != Some(sound.identity) {
            return None;
        }
        let file = sound.file.clone();
        let body = match &sound.mp3 {
            None => Body::Tagged { tag: Box::default(), file, payload: 0..sound.length },
            Some(mp3) => {
                let episodes = &self.made.checkout.show.episodes;
                let episode = episodes.iter().find(|it| it.source.path == sound.episode)?;
                let tag = tag::render(&self.made.checkout, episode, &file, mp3).ok()?;
                Body::Tagged { tag: Box::new(tag), file, payload: mp3.payload.clone() }
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
    checkout: Checkout,
    evidence: AudioEvidence,
    /// The files of the episodes that can be shown.
    episodes: BTreeSet<String>,
    /// When those come out that are not out yet, by their files.
    scheduled: BTreeMap<String, String>,
    /// The instant at which all of them are out.
    shown_at: Timestamp,
    panel: Panel,
}

impl Found {
    fn of(checkout: Checkout, evidence: AudioEvidence, findings: &[Finding]) -> Self {
        let now = Timestamp::now();
        let zone = checkout.show.settings.zone();
        let mut scheduled = BTreeMap::new();
        let mut episodes = BTreeSet::new();
        let mut shown_at = now;
        for episode in checkout.show.episodes.iter().filter(|episode| !episode.is_draft()) {
            let whole = episode.title.value().is_some() && episode.effective_guid().is_some();
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
        let mut sources = Sources::of(&checkout.show);
        sources.add(checkout.side_sources());
        let panel = Panel::new(findings, &sources, scheduled.clone());
        Self { checkout, evidence, episodes, scheduled, shown_at, panel }
    }
}

/// Makes previews of one show.
pub struct Session {
    options: Options,
    memo: Arc<Memo>,
    /// Audio that nobody has looked at yet.
    unknown: Sender<Unknown>,
    /// What the target says is published; asked for once, and only where it matters.
    recorded: std::cell::OnceCell<Option<Record>>,
    last: Option<(Arc<Made>, Panel)>,
}

impl Session {
    /// A session for `show` that calls `wake` when it knows more of the audio; the answer says whether
    /// anybody still wants to know.
    pub fn new(options: Options, show: &Show, wake: impl Fn() -> bool + Send + 'static) -> Self {
        let memo = Arc::<Memo>::default();
        let cache = Cache::open(show);
        let (unknown, wanted) = channel();
        let known = Arc::clone(&memo);
        std::thread::spawn(move || look_at_audio(&known, &cache, &wanted, wake));
        Self { options, memo, unknown, recorded: std::cell::OnceCell::new(), last: None }
    }

    /// The first preview; there is nothing to fall back to yet.
    ///
    /// # Errors
    /// If the show makes no edition.
    pub fn first(&mut self, show: Show) -> Result<Shown, Error> {
        let found = self.look(show);
        self.make(found)
    }

    /// The preview as the files are now; the last good edition, and why, if they make none.
    pub fn again(&mut self) -> Option<Shown> {
        let mut panel = None;
        let made = load::show(&self.options.root).and_then(|show| {
            let found = self.look(show);
            panel = Some(found.panel.clone());
            self.make(found)
        });
        let error = match made {
            Ok(shown) => return Some(shown),
            Err(error) => error,
        };
        let (made, last) = self.last.as_ref()?;
        let mut panel = panel.unwrap_or_else(|| last.clone());
        panel.trouble = Some(text(&error));
        let preview = Preview::new(Arc::clone(&made.served), panel);
        Some(Shown { preview, made: Arc::clone(made) })
    }

    /// Reads all that belongs to a show.
    fn look(&self, show: Show) -> Found {
        let checkout = Checkout::of(show, &self.memo);
        let mut evidence = AudioEvidence::new();
        let mut files = Vec::new();
        for episode in checkout.show.episodes.iter().filter(|episode| !episode.is_draft()) {
            let Some(name) = episode.file.value() else {
                let there = elsewhere(&checkout.show, episode);
                evidence.extend(there.map(|there| (episode.source.path.clone(), there)));
                continue;
            };
            let path = audio_path(&checkout.show, name);
            let known = match resolve(&checkout.show, &path) {
                Err(FileTrouble::Missing) => elsewhere(&checkout.show, episode)
                    .unwrap_or_else(|| not_at_hand(path, FileTrouble::Missing)),
                Err(trouble) => not_at_hand(path, trouble),
                Ok(file) => match self.memo.probe(&file) {
                    None => {
                        files.push((path, file));
                        continue;
                    }
                    Some(Err(reason)) => {
                        Evidence::Unreadable { path, trouble: FileTrouble::Io(reason) }
                    }
                    Some(Ok(probe)) => self.with_record(episode, path, probe),
                },
            };
            evidence.insert(episode.source.path.clone(), known);
        }
        let findings = check::find(&checkout, &evidence, &Ears::new(), Timestamp::now());
        if !files.is_empty() {
            // The thread that looks lives as long as the process.
            let _ = self.unknown.send(Unknown { files, all: checkout.audio_paths() });
        }
        Found::of(checkout, evidence, &findings)
    }

    /// A probe, with the bytes as published where the front matter may mean those. A preview hashes
    /// nothing: that the target's audio plays for the same time is enough for it.
    fn with_record(&self, episode: &Episode, path: String, probe: Probe) -> Evidence {
        let mut evidence = Evidence::Probed { path, probe, published: None };
        if !is_doubtful(episode, &evidence) {
            return evidence;
        }
        let guid = episode.effective_guid();
        let recorded = self.recorded.get_or_init(|| read_record(&self.options)).iter();
        let known = recorded
            .flat_map(|record| &record.episodes)
            .find(|known| Some(known.guid.0.as_str()) == guid);
        if let Evidence::Probed { probe, published, .. } = &mut evidence
            && let Content::Mp3(mp3) = &probe.content
        {
            let same = known.filter(|it| it.audio.milliseconds == mp3.time.milliseconds());
            *published = same.map(|known| known.audio.bytes);
        }
        evidence
    }

    fn make(&mut self, found: Found) -> Result<Shown, Error> {
        let Found { checkout, evidence, episodes, scheduled, shown_at, panel } = found;
        if let Some(lost) = self.lost(&checkout, &episodes) {
            let message = format!("{lost}: this is not an episode as it stands now");
            return Err(Error::new(Class::Findings, message));
        }
        let memo = self.memo.as_ref();
        let mut sounds_by_file: HashMap<String, (Sound, Sha256)> = checkout
            .show
            .episodes
            .par_iter()
            .filter(|episode| episodes.contains(&episode.source.path))
            .filter_map(|episode| {
                let sound = sound(&checkout, memo, &evidence, episode)?;
                Some((episode.source.path.clone(), sound))
            })
            .collect();
        let audio = |episode: &Episode| {
            let path = &episode.source.path;
            let sound = sounds_by_file.get(path).map(|(sound, _)| sound);
            let shown = episodes.contains(path).then(|| facts(&checkout, memo, episode, sound));
            Ok(shown.flatten().map(|audio| (audio, None)))
        };
        let held = |path: &str| {
            let mp3 = sounds_by_file.get(path).and_then(|(sound, _)| sound.mp3.as_ref());
            mp3.map(|mp3| mp3.chapters.clone()).unwrap_or_default()
        };
        let edition = edition::assemble(&checkout, &self.memo, None, shown_at, audio, held)?;
        let mut sounds = BTreeMap::new();
        let mut audio = BTreeMap::new();
        for promised in &edition.episodes {
            let Some((sound, made_from)) = sounds_by_file.remove(&promised.source) else {
                continue;
            };
            let key = promised.audio.key.as_str().to_owned();
            let url = promised.enclosure_url.0.clone();
            audio.insert(key.clone(), Audio { url, tag: made_from, length: sound.length });
            sounds.insert(key, sound);
        }
        let served = Arc::new(Served::new(&checkout.show.settings, edition, audio));
        let preview = Preview::new(Arc::clone(&served), panel.clone());
        let made = Arc::new(Made { served, checkout, sounds, episodes, scheduled });
        self.last = Some((Arc::clone(&made), panel));
        Ok(Shown { preview, made })
    }

    /// An episode that was shown and that, as it stands now, cannot be. Its host is still typing, and a
    /// page that goes away meanwhile helps nobody.
    fn lost(&self, checkout: &Checkout, episodes: &BTreeSet<String>) -> Option<String> {
        let (made, _) = self.last.as_ref()?;
        let unreadable = checkout.show.unreadable.iter().map(|file| &file.source.path);
        let whole = checkout.show.episodes.iter().filter(|episode| !episode.is_draft());
        let there = whole.map(|episode| &episode.source.path).chain(unreadable);
        there
            .into_iter()
            .find(|path| made.episodes.contains(*path) && !episodes.contains(*path))
            .cloned()
    }

    /// Every folder with a file that the show is made from, or would be if it were there.
    pub fn folders(&self) -> BTreeSet<PathBuf> {
        let root = self.options.root.clone();
        let mut folders = BTreeSet::from([root.clone()]);
        let mut files = vec![format!("{EPISODES}/x")];
        if let Some((made, _)) = &self.last {
            let checkout = &made.checkout;
            let settings = &checkout.show.settings;
            files.push(format!("{}/x", settings.audio_folder()));
            let show = &checkout.show;
            let Show { settings_source, episodes, .. } = show;
            files.extend(show.unreadable.iter().map(|file| file.source.path.clone()));
            files.extend(show.others.iter().map(|other| other.path.clone()));
            files.extend(episodes.iter().map(|episode| episode.source.path.clone()));
            let written = checkout.chapters.values().filter_map(|it| it.written());
            let named = files::of_settings(settings, settings_source)
                .into_iter()
                .chain(episodes.iter().flat_map(files::of_episode))
                .chain(written.flat_map(|it| files::of_chapters(&it.source, &it.list)));
            for file in named {
                let within = if file.role == Role::Templates { "/x" } else { "" };
                files.extend(file.candidates.iter().map(|path| format!("{path}{within}")));
            }
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

/// What the target says is published, if it can be asked.
fn read_record(options: &Options) -> Option<Record> {
    let settings = load::show(&options.root).ok()?.settings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let seen: Result<Seen, Error> = std::thread::scope(|scope| {
        // A thread of its own, for this may be called within a runtime.
        let asked = scope.spawn(|| runtime.block_on(target::see(options, &settings)));
        asked.join().unwrap_or_else(|_| Err(Error::usage("the target cannot be asked")))
    });
    seen.ok()?.published.record
}

fn text(error: &Error) -> String {
    match &error.help {
        Some(help) => format!("{}\nhelp: {help}", error.message),
        None => error.message.clone(),
    }
}

/// What an episode's page and item say of its audio: what the file says, or the front matter where
/// there is no file, or nobody has looked at it yet.
fn facts(
    checkout: &Checkout,
    memo: &Memo,
    episode: &Episode,
    sound: Option<&Sound>,
) -> Option<PublishedAudio> {
    if sound.is_none()
        && let Some(Evidence::Recorded(audio)) = elsewhere(&checkout.show, episode)
    {
        return Some(*audio);
    }
    let mut audio = edition::as_written(checkout, episode)?;
    if let Some(Sound { mp3: Some(mp3), length, .. }) = sound {
        audio.bytes = *length;
        audio.milliseconds = mp3.time.milliseconds();
        audio.gapless_milliseconds = mp3.gapless_time.map(PlayTime::milliseconds);
        audio.waveform = mp3.payload_sha256.and_then(|it| memo.waveform(it, ears::waveform));
    }
    Some(audio)
}

/// The audio at hand of an episode, and what tells its bytes from others.
fn sound(
    checkout: &Checkout,
    memo: &Memo,
    evidence: &AudioEvidence,
    episode: &Episode,
) -> Option<(Sound, Sha256)> {
    let source = &episode.source.path;
    let file = resolve(&checkout.show, &audio_path(&checkout.show, episode.file.value()?)).ok()?;
    let identity = identity(&file)?;
    let bytes = identity.bytes();
    let made_from = made_from(checkout, episode, &file);
    let (mp3, length) = match evidence.get(source) {
        None => (None, bytes),
        Some(Evidence::Probed { probe: Probe { content: Content::Mp3(mp3), .. }, .. }) => {
            let render = || Some(tag::render(checkout, episode, &file, mp3).ok()?.len() as u64);
            let tag = memo.tag_length(source, made_from, render)?;
            (Some(mp3.clone()), tag + (mp3.payload.end - mp3.payload.start))
        }
        Some(_) => return None,
    };
    let whole = format!("{made_from} {length} {}", mp3.is_some());
    let sound = Sound { episode: source.clone(), file, identity, mp3, length };
    Some((sound, Sha256::of(whole.as_bytes())))
}

/// All that an episode's published audio is made from, short of reading the audio.
fn made_from(checkout: &Checkout, episode: &Episode, file: &Path) -> Sha256 {
    let show = &checkout.show;
    let mut parts = vec![show.settings_source.text.to_string(), episode.source.text.to_string()];
    let chapters = checkout.chapters.get(&episode.source.path);
    let written = chapters.and_then(|it| it.written());
    let list = written.map(|written| written.list.as_slice()).unwrap_or_default();
    parts.extend(written.map(|written| written.source.text.to_string()));
    let pictures = list.iter().filter_map(|chapter| chapter.value.image.as_deref());
    let cover = show.settings.tags.cover.as_ref().unwrap_or(&show.settings.show.artwork).get_ref();
    let own = episode.image.value().map(|image| files::candidates(image, &episode.source.path));
    let own = own.into_iter().flatten();
    let pictures = pictures.chain([cover.as_str()]).map(str::to_owned);
    let files = pictures.chain(own).map(|path| show.root.join(path));
    let stamps = files.chain([file.to_owned()]).map(|file| format!("{:?}", identity(&file)));
    parts.extend(stamps);
    Sha256::of(parts.join("\0").as_bytes())
}

/// Looks at audio as it becomes known, and says so when there is more to show.
fn look_at_audio(memo: &Memo, cache: &Cache, wanted: &Receiver<Unknown>, wake: impl Fn() -> bool) {
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
                    scope.spawn(|| memo.look(cache, path, file));
                }
            });
            if shown.elapsed() > SHOW_EVERY {
                shown = Instant::now();
                wake();
            }
        }
        cache.keep(&all);
        if !wake() {
            return;
        }
    }
}
