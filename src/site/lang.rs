//! The words that pages use, and dates, times and sizes as people of a language write them.

use jiff::civil::Date;
use serde::Serialize;

/// A language that pages can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, also for every language that has no words here yet.
    English,
    /// French.
    French,
}

impl Language {
    /// The language of a show whose `language` is this ISO 639 code.
    pub fn of(code: &str) -> Self {
        match code.split(['-', '_']).next().unwrap_or_default().to_lowercase().as_str() {
            "fr" => Self::French,
            _ => Self::English,
        }
    }

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }

    /// A day: `27 May 2022`, `27 mai 2022`.
    pub fn date(self, date: Date) -> String {
        format!("{} {}", self.day(date), date.year())
    }

    /// A day of a known year: `27 May`.
    pub fn day(self, date: Date) -> String {
        const ENGLISH: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        const FRENCH: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        let month = usize::try_from(date.month() - 1).unwrap_or(0) % 12;
        match self {
            Self::English => format!("{} {}", date.day(), ENGLISH[month]),
            Self::French if date.day() == 1 => format!("1er {}", FRENCH[month]),
            Self::French => format!("{} {}", date.day(), FRENCH[month]),
        }
    }

    /// A playing time to the minute: `59 min`, `1 h 04 min`.
    pub fn playing_time(self, seconds: u64) -> String {
        let minutes = (seconds + 30) / 60;
        match (seconds, minutes) {
            (0..60, _) => format!("{seconds}\u{a0}s"),
            (_, 0..60) => format!("{minutes}\u{a0}min"),
            _ if minutes.is_multiple_of(60) => format!("{}\u{a0}h", minutes / 60),
            _ => format!("{}\u{a0}h\u{a0}{:02}\u{a0}min", minutes / 60, minutes % 60),
        }
    }

    /// A size in decimal units: `113 MB`, `4,2 Mo`.
    pub fn size(self, bytes: u64) -> String {
        let (unit, point) = match self {
            Self::English => ("B", '.'),
            Self::French => ("o", ','),
        };
        let (scale, prefix) = match bytes {
            0..1_000_000 => (1_000, "k"),
            1_000_000..1_000_000_000 => (1_000_000, "M"),
            _ => (1_000_000_000, "G"),
        };
        let tenths = (bytes.saturating_add(scale / 20)) / (scale / 10);
        match (tenths / 10, tenths % 10) {
            (whole, _) if whole >= 10 => {
                format!("{}\u{a0}{prefix}{unit}", (bytes + scale / 2) / scale)
            }
            (whole, 0) => format!("{whole}\u{a0}{prefix}{unit}"),
            (whole, tenth) => format!("{whole}{point}{tenth}\u{a0}{prefix}{unit}"),
        }
    }

    /// So many episodes: `1 episode`, `12 épisodes`.
    pub fn episodes(self, count: usize) -> String {
        let one = count == 1 || (count == 0 && self == Self::French);
        let words = self.words();
        format!("{count} {}", if one { words.episode_one } else { words.episode_other })
    }
}

/// A place in the audio: `58:48`, `1:02:03`.
pub fn clock(seconds: u64) -> String {
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A playing time for machines (ISO 8601): `PT58M48S`.
pub fn iso_duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("PT{minutes}M{seconds}S"),
        _ => format!("PT{hours}H{minutes}M{seconds}S"),
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $english:literal, $french:literal;)*) => {
        /// The words of a page; a template has them as `t`.
        #[derive(Debug, Serialize)]
        pub struct Words { $($(#[$doc])* pub $name: &'static str,)* }
        const ENGLISH: Words = Words { $($name: $english,)* };
        const FRENCH: Words = Words { $($name: $french,)* };
    };
}

words! {
    /// Before an episode's number.
    episode: "Episode", "Épisode";
    /// One episode, counted.
    episode_one: "episode", "épisode";
    /// Several episodes, counted.
    episode_other: "episodes", "épisodes";
    /// Before a season's number.
    season: "Season", "Saison";
    /// A trailer.
    trailer: "Trailer", "Bande-annonce";
    /// A bonus episode.
    bonus: "Bonus", "Bonus";
    /// Explicit language.
    explicit: "Explicit", "Explicite";
    /// The list of episodes.
    episodes: "Episodes", "Épisodes";
    /// The newest episode.
    latest: "Latest episode", "Dernier épisode";
    /// Leads to the list of episodes.
    all_episodes: "All episodes", "Tous les épisodes";
    /// The archive.
    archive: "Archive", "Archives";
    /// The page about the show.
    about: "About", "À propos";
    /// Links to platforms.
    subscribe: "Subscribe", "S’abonner";
    /// The feed's name.
    rss_feed: "RSS feed", "Flux RSS";
    /// Before guests.
    with: "With", "Avec";
    /// Who hosts.
    hosts: "Hosts", "Animation";
    /// The player's name for screen readers.
    player: "Player", "Lecteur";
    /// The download link.
    download: "Download", "Télécharger";
    /// The link to Apple Podcasts.
    listen_apple: "Listen on Apple Podcasts", "Écouter sur Apple Podcasts";
    /// The button that loads Apple's player.
    embed_apple: "Load Apple’s player here", "Charger le lecteur d’Apple ici";
    /// What that means.
    embed_note: "This loads content from Apple", "Ceci charge du contenu d’Apple";
    /// The playback rate.
    speed: "Speed", "Vitesse";
    /// Offers the place where listening stopped.
    resume: "Resume at", "Reprendre à";
    /// Chapters.
    chapters: "Chapters", "Chapitres";
    /// Show notes.
    notes: "Notes", "Notes";
    /// The links of an episode.
    links: "Links", "Liens";
    /// The transcript.
    transcript: "Transcript", "Transcription";
    /// The search field of a transcript.
    search_transcript: "Search the transcript", "Chercher dans la transcription";
    /// The search field of the show.
    search: "Search titles and notes", "Chercher dans les titres et les notes";
    /// A search that found nothing.
    nothing_found: "Nothing found", "Aucun résultat";
    /// Results, counted.
    results: "results", "résultats";
    /// One result.
    result: "result", "résultat";
    /// Search data that could not be had.
    search_failed: "The search is not available right now", "La recherche est indisponible";
    /// The newer neighbour of an episode.
    next_episode: "Next episode", "Épisode suivant";
    /// The older neighbour of an episode.
    previous_episode: "Previous episode", "Épisode précédent";
    /// The newer page of a list.
    newer: "Newer", "Plus récents";
    /// The older page of a list.
    older: "Older", "Plus anciens";
    /// A page of a list.
    page: "Page", "Page";
    /// Says that one can go straight to the content.
    skip: "Skip to content", "Aller au contenu";
    /// The main navigation.
    navigation: "Main navigation", "Navigation principale";
    /// Pages of a list.
    pagination: "Pages", "Pages";
    /// Years.
    years: "Years", "Années";
    /// Names the link that supports the show.
    support: "Support", "Soutenir";
    /// Headline of the page that is shown for a wrong address.
    not_found: "This page is off the air", "Cette page n’est pas à l’antenne";
    /// What to do then.
    not_found_help: "Its address may have changed. The list of episodes is a good place to go on.",
        "Son adresse a peut-être changé. La liste des épisodes est un bon endroit pour continuer.";
    /// There is no episode yet.
    empty: "The first episode is on its way.", "Le premier épisode arrive bientôt.";
    /// What the feed view says on top.
    feed_view: "This is the feed of the show. Copy its address into a podcast app to follow it.",
        "Ceci est le flux de l’émission. Copiez son adresse dans une application de podcasts pour la suivre.";
    /// The feed's address.
    feed_address: "Address of the feed", "Adresse du flux";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_do() {
        let date = jiff::civil::date(2022, 5, 27);
        assert_eq!(Language::of("fr-FR").date(date), "27 mai 2022");
        assert_eq!(Language::of("en-us").date(date), "27 May 2022");
        assert_eq!(Language::of("fr").date(jiff::civil::date(2020, 8, 1)), "1er août 2020");
        assert_eq!(Language::of("nl").words().archive, "Archive");
    }

    #[test]
    fn times() {
        let texts = [45, 3528, 3570, 3600, 7440].map(|s| Language::English.playing_time(s));
        let texts = texts.map(|text| text.replace('\u{a0}', " "));
        assert_eq!(texts, ["45 s", "59 min", "1 h", "1 h", "2 h 04 min"]);
        assert_eq!([clock(59), clock(3528), clock(3723)], ["0:59", "58:48", "1:02:03"]);
        assert_eq!([iso_duration(3528), iso_duration(3723)], ["PT58M48S", "PT1H2M3S"]);
    }

    #[test]
    fn sizes() {
        let texts = [112_899_891, 4_249_999, 4_000_000, 9_960_000, 12_000, 1_500_000_000];
        let texts = texts.map(|bytes| Language::French.size(bytes).replace('\u{a0}', " "));
        assert_eq!(texts, ["113 Mo", "4,2 Mo", "4 Mo", "10 Mo", "12 ko", "1,5 Go"]);
        assert_eq!(Language::English.size(4_200_000), "4.2\u{a0}MB");
        assert_eq!(Language::French.episodes(1), "1 épisode");
        assert_eq!(Language::English.episodes(12), "12 episodes");
    }
}
