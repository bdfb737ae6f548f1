//! Every rule there is: its id, its weight, and why it exists.

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information.
    Note,
    /// A release goes on.
    Warning,
    /// A release stops.
    Error,
}

impl Severity {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One rule.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// Stable: hosts name it in their settings.
    pub id: &'static str,
    /// How much it matters unless a host says otherwise.
    pub severity: Severity,
    /// What must be true, in one line.
    pub summary: &'static str,
    /// Why: what a listener or a platform does otherwise.
    pub why: &'static str,
    /// What breaks it.
    pub bad: &'static str,
    /// What keeps it.
    pub good: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

impl Rule {
    /// The whole of it, as a person reads it.
    pub fn explained(&self) -> String {
        let indent =
            |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        format!(
            "{} ({})\n\n{}.\n\n{}\n\nBad:\n{}\nGood:\n{}\nSource: {}\n",
            self.id,
            self.severity.as_str(),
            self.summary,
            self.why,
            indent(self.bad),
            indent(self.good),
            self.source
        )
    }

    /// Where it is told about.
    pub fn page(&self) -> String {
        format!("{}/blob/main/docs/rules.md#{}", env!("CARGO_PKG_REPOSITORY"), self.id)
    }
}

/// The list of all, a line each.
pub fn list() -> String {
    RULES
        .iter()
        .map(|rule| format!("{:<20} {:<8} {}\n", rule.id, rule.severity.as_str(), rule.summary))
        .collect()
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// Declares rules, and the list of them all.
macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $summary:literal {
        why: $why:literal, bad: $bad:literal, good: $good:literal, source: $source:literal $(,)?
    })*) => {
        $(
            #[doc = $summary]
            pub static $name: Rule = Rule {
                id: $id,
                severity: Severity::$severity,
                summary: $summary,
                why: $why,
                bad: $bad,
                good: $good,
                source: $source,
            };
        )*
        /// All rules, in the order of the pipeline.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    SETTINGS = "settings", Error, "onair.toml can be read, and says what can be" {
        why: "Nothing can be judged or published without the show's settings.",
        bad: "[show]\ntitel = \"My show\"",
        good: "[show]\ntitle = \"My show\"",
        source: "docs/settings.md",
    }
    UNREADABLE_FILE = "unreadable-file", Error, "Every episode file can be read as text" {
        why: "A file that cannot be read is an episode that silently vanishes from the feed.",
        bad: "episodes/012.md saved as UTF-16, or a link that leaves the show's folder",
        good: "a plain UTF-8 text file of at most 1 MiB",
        source: "onair",
    }
    MERGE = "unfinished-merge", Error, "No file holds a merge that git could not finish" {
        why: "Git leaves both sides in the file, between lines of signs, and all of it would be published.",
        bad: "<<<<<<< HEAD\nMine.\n=======\nHers.\n>>>>>>> cohost",
        good: "Mine and hers.",
        source: "git-merge, \"How conflicts are presented\"",
    }
    FRONT_MATTER = "front-matter", Error, "Every episode starts with front matter that can be read" {
        why: "Without its opening or closing `---` a file's keys are taken for notes, or its notes for keys.",
        bad: "title: Hello\nepisode: 12\n---",
        good: "---\ntitle: Hello\nepisode: 12\n---",
        source: "YAML 1.2, and the front matter convention of static site generators",
    }
    UNKNOWN_KEY = "unknown-key", Warning, "Every key of the front matter means something" {
        why: "A misspelt key is a value that never arrives; onair keeps it, and does nothing with it.",
        bad: "apple-episode-id: 1000564197449",
        good: "appleEpisodeId: 1000564197449",
        source: "onair",
    }
    NO_EPISODE = "no-episode", Warning, "Every file in the folder of episodes is an episode" {
        why: "A file that is passed over may be an episode whose keys or name went wrong; it would not be missed.",
        bad: "episodes/notes.md without front matter, or episodes/012 with it",
        good: "episodes/012.md; notes elsewhere, or beside an episode's index.md",
        source: "onair",
    }
    FOREIGN_KEY = "foreign-key", Note, "A key of another generator is read as what it means there" {
        why: "So that nobody wonders which of an old site's keys still do something.",
        bad: "podcast_file: 012.mp3",
        good: "file: 012.mp3",
        source: "docs/keys.md",
    }
    TEXT_LOST = "text-lost", Warning, "Everything that a text seems to say is part of it" {
        why: "YAML ends a text without quotes at ` #`, takes brackets around a whole text for a list, and a key that is not at the margin for text; browsers take `<T>` for an element, and show nothing: listeners miss it.",
        bad: "title: Ask me anything #5        # published as: Ask me anything",
        good: "title: \"Ask me anything #5\"",
        source: "YAML 1.2.2, sections 6.6 and 7.3.3; HTML, section 13.2.5.6, tag open state",
    }
    YAML_READING = "yaml-reading", Warning, "A value means the same to every reader of YAML" {
        why: "Readers of YAML 1.1, Jekyll's among them, take 010 for 8, 58:48 for a number, and a date without offset for UTC.",
        bad: "episode: 010\nduration: 58:48",
        good: "episode: 10\nduration: \"00:58:48\"",
        source: "YAML 1.1 types int and timestamp; YAML 1.2.2, section 10.3",
    }
    TITLE_TEXT = "title-text", Warning, "A title is one line of plain text" {
        why: "Apps show `&amp;` and `<b>` in a title letter for letter, a word processor's quotes around it, too, and a line break as they like.",
        bad: "title: \"Questions &amp; answers\"",
        good: "title: \"Questions & answers\"",
        source: "Apple Podcasts, podcaster's guide to RSS, episode title",
    }
    MISSING_KEY = "missing-key", Error, "Every episode has a title, file, date, size and duration" {
        why: "Without them no item of the feed can be written, or nothing can be checked against the audio.",
        bad: "---\ntitle: Hello\n---",
        good: "---\ntitle: Hello\nfile: 012.mp3\ndate: 2026-03-06 07:00:00 +0100\nsize: 24117248\nduration: \"00:25:07\"\n---",
        source: "RSS 2.0, item and enclosure; Apple Podcasts, podcaster's guide to RSS",
    }
    MALFORMED_VALUE = "malformed-value", Error, "Every value means what its key says" {
        why: "A quote, space or unit in the way reaches the feed as it stands, and every app reads something else, or nothing.",
        bad: "duration: \"“00:33:05\"\nsize: 50603073 bytes",
        good: "duration: \"00:33:05\"\nsize: 50603073",
        source: "RSS 2.0, enclosure; Apple Podcasts, itunes:duration",
    }
    MISSING_NUMBER = "missing-number", Warning, "Every episode proper has a number" {
        why: "Apps sort and name episodes by number; an item without one stands apart, as a trailer should.",
        bad: "episode:",
        good: "episode: 12          # or episodeType: trailer",
        source: "Apple Podcasts, itunes:episode and itunes:episodeType",
    }
    MISSING_DESCRIPTION = "missing-description", Warning, "Every episode has a description, or notes that stand in for it" {
        why: "It is what listeners read before they play, and what search finds. Without `description`, the feed's is the notes.",
        bad: "description: \"\"",
        good: "description: \"How a studio moved its render farm in a weekend.\"",
        source: "Podcast Standards Project, PSP-1, item description",
    }
    TEXT_TOO_LONG = "text-too-long", Warning, "Texts stay within what platforms show" {
        why: "Apple cuts a description at 4,000 bytes and other values at 255 characters, wherever that falls.",
        bad: "a title of 400 characters",
        good: "a title that fits on a phone",
        source: "Apple Podcasts, podcaster's guide to RSS, length limits",
    }
    TITLE_REPEATS = "title-repeats", Warning, "A title holds neither the episode's number nor the show's name" {
        why: "Apps show both beside the title; Apple may refuse a title that repeats them.",
        bad: "title: \"#12 - My Show: Moving a render farm\"",
        good: "title: \"Moving a render farm\"\nepisode: 12",
        source: "Apple Podcasts, podcaster's guide to RSS, episode title",
    }
    TEXT_DIRECTION = "text-direction", Warning, "No hidden character turns a text's direction" {
        why: "Such a character makes a title read as another one, in a review as in an app: `exe.3pm` is `mp3.exe` behind it.",
        bad: "title: \"A talk \\u202e3pm.exe\"",
        good: "title: \"A talk\"",
        source: "Unicode Standard Annex #9, section 2; CVE-2021-42574",
    }
    HTML_DEPTH = "html-depth", Error, "HTML is not nested deeper than people nest it" {
        why: "More than 200 elements inside one another, or 100 attributes of one, keep a browser busy and show nothing; nobody writes them but to do harm.",
        bad: "two hundred `<div>`, one inside the other",
        good: "<div>one box</div>",
        source: "docs/limits.md",
    }
    TEMPLATE = "template", Error, "A template of yours can be read, and renders in its time" {
        why: "Pages cannot be made from a template that is wrong, or never ends: a release would stop.",
        bad: "{% for a in range(9999) %}{% for b in range(9999) %}…",
        good: "{% for episode in episodes %}…{% endfor %}",
        source: "docs/templates.md",
    }
    TEMPLATE_SYNTAX = "template-syntax", Warning, "Notes hold no other program's template syntax" {
        why: "Jekyll, Hugo and their like fill it in; onair does not, and listeners read it as it stands.",
        bad: "{{< youtube abc >}}",
        good: "[The video](https://www.youtube.com/watch?v=abc)",
        source: "Liquid; kramdown, inline attribute lists; Hugo, shortcodes",
    }
    NOTES_LINK = "notes-link", Warning, "A link in notes to a file of the show leads somewhere" {
        why: "Pages and pictures are published; what else lies in the show's folder, nobody can open.",
        bad: "[the slides](slides.pdf)",
        good: "[the last one](episode_001.md)",
        source: "onair",
    }
    AUDIO_MISSING = "audio-missing", Error, "Every episode's audio is there, or is known to the target" {
        why: "An item whose enclosure is not there breaks for every subscriber at once. While an episode waits for its date, it is a warning.",
        bad: "file: 012.mp3, and no audio/012.mp3",
        good: "file: 012.mp3, and audio/012.mp3",
        source: "RSS 2.0, enclosure",
    }
    AUDIO_FOREIGN = "audio-foreign", Error, "Every audio file is an MP3" {
        why: "The feed says audio/mpeg. A page saved as .mp3, a renamed M4A or a Git LFS pointer does not play.",
        bad: "audio/012.mp3 that starts with `<!DOCTYPE html>`",
        good: "audio/012.mp3 as the encoder wrote it",
        source: "ISO/IEC 11172-3; Apple Podcasts, enclosure type and extension agree",
    }
    AUDIO_SIZE = "audio-size", Error, "`size` is the audio's true size" {
        why: "Apps reserve space, show progress and resume by the enclosure's length; a wrong one cuts or repeats a download.",
        bad: "size: 2268925          # the file has 22689250 bytes",
        good: "size: 22689250",
        source: "RSS 2.0, enclosure length",
    }
    AUDIO_DURATION = "audio-duration", Error, "`duration` is the audio's true playing time, within a second" {
        why: "It is what apps show before the file is there; a wrong one misleads, and marks a copied front matter.",
        bad: "duration: \"00:58:46\"   # the frames play 00:58:48",
        good: "duration: \"00:58:48\"",
        source: "Apple Podcasts, itunes:duration; the sum of all MPEG frames",
    }
    AUDIO_DAMAGED = "audio-damaged", Error, "Audio is whole: frame follows frame to the end" {
        why: "A cut-off upload or a hole of zeros plays with a click, a gap or not to the end.",
        bad: "an MP3 whose last frame is cut, or whose header promises more frames than follow",
        good: "the encoder's file, copied whole",
        source: "ISO/IEC 11172-3, 2.4.1; Xing, Info and LAME headers",
    }
    AUDIO_HEADER = "audio-header", Warning, "What an MP3 says of itself is what its frames say" {
        why: "Apps that trust the header show a wrong time and seek to wrong places.",
        bad: "a Xing header that counts twice the frames there are",
        good: "a file written in one go by its encoder",
        source: "Xing, Info and VBRI headers",
    }
    AUDIO_UNPLAYABLE = "audio-unplayable", Error, "Every MP3 plays, on every player" {
        why: "Hardly any player decodes free format, and a file without sound is not an episode: listeners get silence or an error.",
        bad: "an MP3 of 100 kbit/s in free format, or one whose frames play less than half a second",
        good: "a bit rate that the standard lists, such as 64 or 128 kbit/s",
        source: "ISO/IEC 11172-3, 2.4.2.3",
    }
    SOUND_LOUDNESS = "sound-loudness", Warning, "An episode is as loud as platforms and the show's others" {
        why: "An episode that is too soft cannot be heard in a car; one that is too loud makes listeners reach for the knob.",
        bad: "audio of -24 LUFS",
        good: "audio of -16 LUFS in stereo, of -19 LUFS in mono",
        source: "Apple Podcasts, audio requirements (-16 LKFS); mono is 3 LU lower, since two loudspeakers play it; measured by EBU R 128 and ITU-R BS.1770-4; [sound] of docs/settings.md",
    }
    SOUND_PEAK = "sound-peak", Warning, "The true peak stays below -1 dBTP" {
        why: "A wave that goes higher between its samples is cut off when it is played or encoded again, which crackles.",
        bad: "audio with a true peak of 0.4 dBTP",
        good: "audio behind a limiter that is set to -1 dBTP",
        source: "Apple Podcasts, audio requirements; EBU R 128; ITU-R BS.1770-4, annex 2",
    }
    SOUND_CLIPPED = "sound-clipped", Warning, "The recording is not clipped" {
        why: "Three and more samples in a row at full scale are a wave whose top was cut off: it sounds harsh, and nothing fixes it later.",
        bad: "a recording whose loud words were turned up beyond full scale",
        good: "a recording that leaves room above its loudest words",
        source: "onair; [sound] clipped says how many places are too many",
    }
    SOUND_SILENCE = "sound-silence", Warning, "No long silence at the ends or inside" {
        why: "Listeners take ten silent seconds for the end, or for a broken app; a silent minute at the end is a forgotten track.",
        bad: "audio that goes on for 50 silent seconds after the last word",
        good: "at most 3 s at the ends, and 10 s inside",
        source: "onair; silence is below -60 dBFS for a tenth of a second, as ffmpeg's silencedetect has it",
    }
    SOUND_CHANNELS = "sound-channels", Warning, "Both channels are heard, also on one loudspeaker" {
        why: "With one dead channel, whoever has one earphone in hears nothing; channels of opposite phase vanish on a telephone.",
        bad: "a voice on the left, and nothing on the right",
        good: "the voice in the middle, or a mono file",
        source: "onair: a channel 40 dB below the other, or a correlation below -0.9",
    }
    SOUND_MONO = "sound-mono", Note, "Stereo has two different channels" {
        why: "Two channels that are the same sound as one does, and cost listeners twice the download.",
        bad: "one voice as stereo at 128 kbit/s",
        good: "the same as mono at 64 kbit/s",
        source: "onair: a difference 60 dB below the sum",
    }
    SOUND_FORMAT = "sound-format", Note, "Bit rate and sample rate are those that platforms recommend" {
        why: "Fewer bits are heard, more bits are downloaded for nothing, and some players change the pitch of odd sample rates.",
        bad: "speech as stereo at 320 kbit/s, or at 22.05 kHz",
        good: "44.1 or 48 kHz; stereo at 128 to 256 kbit/s, mono at 64 to 128",
        source: "Apple Podcasts, audio requirements (128 to 256 kbit/s in stereo, up to 128 in mono); that speech in mono may have 64 is onair's; [sound] bit-rate and bit-rate-mono",
    }
    SOUND_BANDWIDTH = "sound-bandwidth", Note, "A high bit rate holds high frequencies" {
        why: "What an encoder cut off once does not come back: a small file that was encoded again is larger, and no better.",
        bad: "an MP3 of 64 kbit/s, made into one of 256",
        good: "an MP3 made from the recording itself",
        source: "onair: nothing above 12 kHz, at 96 kbit/s a channel and more",
    }
    SOUND_TWICE = "sound-twice", Warning, "No two episodes have the same recording" {
        why: "The wrong file under the right name and length is the mistake that no other check finds.",
        bad: "audio/095.mp3 that is episode 93 at another bit rate",
        good: "one recording an episode",
        source: "onair: the same audio, or, of a minute and more, the same fingerprint of the sound, which bit rate, level and channels do not change",
    }
    AUDIO_UNUSED = "audio-unused", Note, "Every MP3 in the audio folder belongs to an episode" {
        why: "A file that no episode names is often one whose episode names another file by mistake.",
        bad: "audio/095.mp3, while episode 95 says file: 093.mp3",
        good: "one MP3 an episode",
        source: "onair",
    }
    FILE_NUMBER = "file-number", Error, "The number in an MP3's name is the episode's" {
        why: "In a show that numbers its files, another number means that another episode's audio is named.",
        bad: "episode: 95\nfile: 093.mp3",
        good: "episode: 95\nfile: 095.mp3",
        source: "onair; only where nearly all of the show's files are named so",
    }
    SOURCE_NUMBER = "source-number", Error, "The number in an episode file's name is the episode's" {
        why: "Another number means that the front matter was copied and not changed.",
        bad: "episode_095.md with episode: 93",
        good: "episode_095.md with episode: 95",
        source: "onair; only where nearly all of the show's files are named so",
    }
    DUPLICATE_FILE = "duplicate-file", Error, "No two episodes name the same file" {
        why: "One of them plays the other's audio, and with the file's name as guid apps show only one of the two.",
        bad: "file: 093.mp3 in two episodes",
        good: "a file for each",
        source: "Apple Podcasts, each enclosure has its own URL",
    }
    DUPLICATE_NUMBER = "duplicate-number", Error, "No two episodes of a season have the same number" {
        why: "Apps sort by number, and fold what looks like the same episode into one.",
        bad: "episode: 76 in two files",
        good: "a number for each",
        source: "Apple Podcasts, itunes:episode",
    }
    DUPLICATE_GUID = "duplicate-guid", Error, "No two episodes have the same guid" {
        why: "A guid is an episode's identity: of two that share one, apps show one.",
        bad: "guid: \"a\" in two files",
        good: "a guid for each, never changed",
        source: "RSS 2.0, guid",
    }
    DUPLICATE_DATE = "duplicate-date", Warning, "No two episodes come out at the same instant" {
        why: "Their order is then anybody's guess, and one date was often copied from the other.",
        bad: "date: 2026-03-06 07:00:00 +0100 in two files",
        good: "a date for each",
        source: "Apple Podcasts, episodes are ordered by pubDate",
    }
    DUPLICATE_APPLE_ID = "duplicate-apple-id", Error, "No two episodes have the same Apple id" {
        why: "Links and players on the pages then open another episode.",
        bad: "appleEpisodeId: 1000564197449 in two files",
        good: "each episode's own id",
        source: "Apple Podcasts; one id is one episode",
    }
    COPIED_SIZE = "copied-size", Warning, "No two unproved episodes have the same size" {
        why: "Two recordings of exactly the same length in bytes hardly exist: one value was copied and not changed.",
        bad: "size: 50175083 in two files",
        good: "each file's own size",
        source: "onair; silent where the audio itself proves the size",
    }
    BIT_RATE = "bit-rate", Error, "Size over duration is a bit rate that the episodes around it have" {
        why: "A digit lost or a value copied shows as a bit rate that no encoder was set to.",
        bad: "size: 50175083\nduration: \"00:33:07\"     # 202 kbit/s where those around it have 256",
        good: "size: 63587431\nduration: \"00:33:07\"",
        source: "onair; a warning for the first of a new rate; silent where the audio itself proves both",
    }
    BIT_RATE_DRIFT = "bit-rate-drift", Warning, "Size and duration agree to a few seconds at the show's bit rate" {
        why: "The two belong to different cuts of the recording: one of them was not updated.",
        bad: "size: 31222134\nduration: \"00:16:03\"     # at 256 kbit/s this size plays 00:16:15",
        good: "size: 31222134\nduration: \"00:16:15\"",
        source: "onair; silent where the audio itself proves both",
    }
    DATE_YEAR = "date-year", Warning, "A date's year is one in which podcasts come out" {
        why: "A year mistyped puts an episode below all others, or holds it back for years.",
        bad: "date: 1926-03-06 07:00:00 +0000",
        good: "date: 2026-03-06 07:00:00 +0100",
        source: "onair; before 2000, or more than a year ahead",
    }
    DATE_WEEKDAY = "date-weekday", Warning, "An episode comes out on a weekday that the show has" {
        why: "A weekday that none of the twelve before had most often comes from a day mistyped or copied.",
        bad: "a Tuesday, where the twelve before came out on Fridays",
        good: "the show's day, or [[allow]] with the reason",
        source: "onair; a note where later episodes are there already",
    }
    DATE_HOUR = "date-hour", Note, "An episode comes out at an hour that the show has" {
        why: "An hour that none of the twelve before had is often one mistyped: 19:00 for 07:00.",
        bad: "date: 2026-03-06 19:00:00 +0100, where those before came out at 07:00",
        good: "date: 2026-03-06 07:00:00 +0100",
        source: "onair",
    }
    AUTHOR_HABIT = "author-habit", Warning, "An episode's author is one that the show has" {
        why: "Apps show the author beside the title; a misspelt one looks like another show.",
        bad: "author: Ada Lovelac, where those before have Ada Lovelace",
        good: "author: Ada Lovelace",
        source: "onair; a note where later episodes are there already",
    }
    DATE_ORDER = "date-order", Warning, "Later numbers come out later" {
        why: "A wrong month or year puts an episode where no subscriber looks.",
        bad: "episode 41 of 2021-01-08, episode 42 of 2020-01-21",
        good: "dates that rise with the numbers",
        source: "Apple Podcasts, episodes are ordered by pubDate",
    }
    DATE_OFFSET = "date-offset", Warning, "A date's offset is the one that the show's clocks have that day" {
        why: "With winter's offset in summer an episode comes out an hour late, or early.",
        bad: "date: 2020-06-12 06:11:00 +0100    # Paris has +0200 that day",
        good: "date: 2020-06-12 06:11:00 +0200",
        source: "IANA time zone database",
    }
    DATE_ELSEWHERE = "date-elsewhere", Note, "A date's offset belongs to the show's time zone" {
        why: "Another zone's offset may be meant, on a journey; then all is well.",
        bad: "date: 2021-11-29 18:00:00 -0700    # in a show of Paris",
        good: "date: 2021-11-30 02:00:00 +0100",
        source: "IANA time zone database",
    }
    SCHEDULED = "scheduled", Note, "An episode with a date ahead stays out of the feed until then" {
        why: "Only said so that nobody waits for it.",
        bad: "date: 2046-03-06 07:00:00 +0100",
        good: "a date that is past, or awaited",
        source: "onair",
    }
    PAGE_COLLISION = "page-collision", Error, "No page stands where another does" {
        why: "One page would overwrite the other, on some systems if only their case differs.",
        bad: "Episode_1.md beside episode_1.md",
        good: "names that differ in more than case",
        source: "onair",
    }
    CHAPTERS = "chapters", Warning, "Chapters begin in order, within the audio" {
        why: "Players drop a chapter that lies behind the end, or all of them if they are out of order.",
        bad: "a chapter at 00:40:00 of a recording of 00:35:12",
        good: "starts that rise, the first at 00:00:00",
        source: "ID3v2 Chapter Frame Addendum 1.0; Podcasting 2.0 JSON chapters 1.2",
    }
    SOUNDBITE = "soundbite", Warning, "A soundbite lies within the audio" {
        why: "An app that plays it plays silence, or nothing.",
        bad: "soundbite: {startTime: \"00:58:00\", duration: 60}   # of a recording of 00:35:12",
        good: "soundbite: {startTime: \"00:12:00\", duration: 60}",
        source: "Podcast namespace 1.0, soundbite",
    }
    TRANSCRIPT = "transcript", Error, "A transcript can be read, and ends with its audio" {
        why: "Apps refuse a transcript they cannot read, and one of another episode is worse than none.",
        bad: "transcript: transcripts/012.docx",
        good: "transcript: transcripts/012.vtt",
        source: "Podcast namespace 1.0, transcript",
    }
    PICTURE_MISSING = "picture-missing", Warning, "Every picture that the show names in its own folder is there" {
        why: "A page or a tag with a missing picture shows a hole.",
        bad: "background: /img/banner.jpg, and no img/banner.jpg",
        good: "the file beside the name",
        source: "onair",
    }
    PICTURE_UNUSABLE = "picture-unusable", Warning, "Every picture that the show names can be published" {
        why: "A picture that is none, has another format than its name says, or could run scripts is not shown; a cover that is none leaves every MP3 without a picture, for good.",
        bad: "![plan](/img/plan.svg)",
        good: "![plan](/img/plan.png)",
        source: "onair; ID3v2.3.0, section 4.15",
    }
    EPISODE_ARTWORK = "episode-artwork", Warning, "An episode's own artwork is what the show's must be" {
        why: "Apps show the show's artwork in its place, or a blurred one.",
        bad: "image: img/ep12.jpg            # 250 x 250, or WebP named .jpg",
        good: "image: img/ep12.jpg            # JPEG, 3000 x 3000",
        source: "Apple Podcasts, episode art requirements",
    }
    ARTWORK = "artwork", Error, "The artwork is a square RGB JPEG or PNG of 1,400 to 3,000 pixels" {
        why: "Apple and Spotify refuse a show whose artwork is not.",
        bad: "artwork = \"img/logo.gif\"",
        good: "artwork = \"img/artwork.jpg\"       # 3000 x 3000",
        source: "Apple Podcasts, show cover requirements",
    }
    CATEGORY = "category", Warning, "Every category is one that Apple has today" {
        why: "A category that does not exist leaves the show out of every chart and list.",
        bad: "category = [\"Technology\", \"Tech News\"]",
        good: "category = [\"News\", \"Tech News\"]",
        source: "Apple Podcasts categories",
    }
    LANGUAGE = "language", Error, "The show's language is an ISO 639 code" {
        why: "Stores list a show by its language, and refuse a code they do not know.",
        bad: "language = \"français\"",
        good: "language = \"fr\"",
        source: "RSS 2.0, language; ISO 639-1, and 639-3 where it has no code",
    }
    OWNER = "owner", Note, "A platform can reach the show's owner" {
        why: "Platforms prove by e-mail that a show is yours before they list it.",
        bad: "no [show.owner]",
        good: "[show.owner]\nname = \"Ada\"\nemail = \"podcast@show.example\"",
        source: "Apple Podcasts, itunes:owner",
    }
    FEED_MOVE = "feed-move", Error, "A feed that names its new address has its guid written down" {
        why: "The podcast:guid is made from the feed's address unless it is written: the same show would come back as another.",
        bad: "new-feed-url = \"https://new.example/feed.xml\", and no guid in [show]",
        good: "guid = \"917393e3-1b1e-5cef-ace4-edaa54e1f810\"",
        source: "Podcast namespace 1.0, guid; docs/moving.md",
    }
    FEED_WEIGHT = "feed-weight", Note, "A feed stays light: under 500 items and 1 MB" {
        why: "Every app fetches the whole feed again and again; some read no more than its first megabyte, or stop at a number of items.",
        bad: "a show of 700 episodes without feed-limit",
        good: "[site]\nfeed-limit = 300",
        source: "RFC 5005; onair",
    }
    UNKNOWN_RULE = "unknown-rule", Error, "Settings name rules that exist" {
        why: "A misspelt rule is a decision without effect.",
        bad: "[rules]\naudio-siez = \"warning\"",
        good: "[rules]\naudio-size = \"warning\"",
        source: "onair",
    }
    UNUSED_ALLOWANCE = "unused-allowance", Warning, "Every allowance still allows something" {
        why: "One that matches nothing hides the next finding of its kind.",
        bad: "[[allow]] for a fault that was fixed since",
        good: "allowances for what is still so",
        source: "onair",
    }
    PLACEHOLDER = "placeholder", Error, "Nothing that was to be filled in still stands as it was" {
        why: "A feed that says \"Your name\", or nothing, is what listeners and platforms see; Apple mails its code to whatever address stands there. A note as long as site.url is nobody's.",
        bad: "[show]\nauthor = \"\"",
        good: "[show]\nauthor = \"Ada Quay\"",
        source: "onair",
    }
}

/// `docs/rules.md`, which a test holds to this.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Rules\n\nWhat `onair check` looks at. `onair explain ID` says why a rule exists and how to keep it; `[rules]` in onair.toml sets its severity.\n\nThis page is written by `onair explain --markdown`.\n\n| rule | severity | what must be true | source |\n| --- | --- | --- | --- |\n",
    );
    for rule in RULES {
        out.push_str(&format!(
            "| <a id=\"{}\"></a>`{}` | {} | {} | {} |\n",
            rule.id,
            rule.id,
            rule.severity.as_str(),
            rule.summary,
            rule.source
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_field_says_something() {
        let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.id);
            for text in [rule.summary, rule.why, rule.bad, rule.good, rule.source] {
                assert!(text.len() >= 5 && text == text.trim(), "{}: {text:?}", rule.id);
            }
            assert!(!rule.summary.ends_with('.'), "{}", rule.id);
        }
    }

    #[test]
    fn the_page_of_rules_is_up_to_date() {
        let page = include_str!("../../docs/rules.md");
        assert!(page == markdown(), "run: cargo run -- explain --markdown > docs/rules.md");
    }
}
