//! How episodes lie in their folder: `episodes/109.md`, `episodes/2022/109.markdown`, or
//! `episodes/109/index.md` with what belongs to it beside it.

use super::keys::{FOREIGN, Means, OWN, of_one_sound};

/// The folder of episodes in the show's folder.
pub const EPISODES: &str = "episodes";

/// How much of a file is looked at to tell whether it means to be an episode, in bytes.
pub const MAX_START: u64 = 64 * 1024;

/// Endings of what lies beside an episode and is never one: audio, pictures, transcripts.
pub const BELONGS: [&str; 19] = [
    "mp3", "m4a", "wav", "ogg", "opus", "flac", "aac", "mp4", "jpg", "jpeg", "png", "gif", "webp",
    "avif", "svg", "pdf", "vtt", "srt", "psc",
];

/// Keys that only an episode has, and those of others that mean one of them.
const TELLING: [&str; 6] = ["file", "episode", "duration", "size", "appleEpisodeId", "enclosure"];

/// Endings of Markdown files, in any case.
const MARKDOWN: [&str; 5] = ["md", "markdown", "mdown", "mkd", "mkdn"];

/// Whether a file's name ends as Markdown does.
pub fn is_markdown(name: &str) -> bool {
    stem(name).is_some()
}

/// A Markdown file's name without its ending.
fn stem(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    MARKDOWN.iter().any(|markdown| markdown.eq_ignore_ascii_case(ending)).then_some(stem)
}

/// The folder that a file lies in.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file stands for the folder that it lies in: `episodes/109/index.md`.
pub fn is_index(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    stem(name).is_some_and(|stem| stem.eq_ignore_ascii_case("index")) && folder(path).contains('/')
}

/// What an episode's page is called by its file: the folder's name for an index, the file's otherwise.
pub fn slug(path: &str) -> &str {
    let path = if is_index(path) { folder(path) } else { path };
    let name = path.rsplit('/').next().unwrap_or_default();
    stem(name).unwrap_or(name)
}

/// Whether a text means to be an episode: by the keys that its first lines start with.
pub fn is_meant(text: &str) -> bool {
    let keys = keys(text);
    let has = |wanted: &str| keys.iter().any(|key| of_one_sound(wanted, key));
    // Of a mapping, the line that opens it.
    let means = |own: &str| {
        let of_others = FOREIGN.iter().filter(|foreign| match foreign.means {
            Means::Same(key) | Means::Before(key) => key == own,
            _ => false,
        });
        let mut names = of_others.filter_map(|foreign| foreign.key.split('.').next());
        has(own) || names.any(has)
    };
    TELLING.iter().any(|own| means(own)) || has("title") && (means("date") || has("published"))
}

/// The same of a front matter that cannot be read: any key of onair's will do.
pub fn may_be_meant(text: &str) -> bool {
    let has_fence = text.trim_start_matches(['\u{feff}', '\n', '\r', ' ']).starts_with("---");
    let own = |key: &String| OWN.iter().any(|own| own.eq_ignore_ascii_case(key));
    is_meant(text) || has_fence && keys(text).iter().any(own)
}

/// The words in front of a colon (of `=` in TOML) at the start of lines, up to the notes.
fn keys(text: &str) -> Vec<String> {
    let end = text.len().min(usize::try_from(MAX_START).unwrap_or(usize::MAX));
    let mut keys = Vec::new();
    let mut fences = 0;
    for line in text.as_bytes()[..end].split(|&byte| matches!(byte, b'\n' | b'\r')) {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_start_matches('\u{feff}');
        fences += usize::from(line.trim_end() == "---");
        // Notes may start a line with anything.
        if fences == 2 {
            break;
        }
        if let Some((key, _)) = line.split_once([':', '=']) {
            keys.push(key.trim().trim_matches(['"', '\'']).to_owned());
        }
    }
    keys
}

/// The number at the end of a name: 95 of `episode_095`.
pub fn number(name: &str) -> Option<u32> {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    name[name.len() - digits..].parse().ok().filter(|_| digits > 0 && digits < 9)
}

/// The same, and the letters right before it: 11 of `ropes11` after `ropes`, 95 of `episode_095` after none.
pub fn numbered(name: &str) -> Option<(&str, u32)> {
    let number = number(name)?;
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((&bare[bare.trim_end_matches(char::is_alphabetic).len()..], number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_episode_is_called_by_its_file_or_folder() {
        for (path, name) in [
            ("episodes/109.md", "109"),
            ("episodes/2022/episode_109.markdown", "episode_109"),
            ("episodes/109/index.md", "109"),
            ("episodes/s02/e.04/Index.MD", "e.04"),
            ("episodes/index.md", "index"),
            ("episodes/a.b.md", "a.b"),
            ("episodes/notes", "notes"),
        ] {
            assert_eq!(slug(path), name, "{path}");
        }
        assert_eq!(
            (number("episode_095"), number("095"), number("teaser")),
            (Some(95), Some(95), None)
        );
    }

    #[test]
    fn an_episode_is_told_by_its_keys() {
        for meant in [
            "---\nfile: 1.mp3\n---\n",
            "title: A\ndate: 2022-01-01\n",
            "+++\nepisode = 1\n+++\n",
            "---\n\"episode\": !!int \"1\"\n---\n",
            "{\n  \"duration\": 5\n}",
            "---\ntitle: A\npubDate: 2022-01-01\n---\n",
            "---\naudio_file_path: a.mp3\n---\n",
            "---\npodcastFile: a.mp3\n---\n",
        ] {
            assert!(is_meant(meant), "{meant}");
        }
        for other in
            ["# Notes\n\ntitle: x\n", "---\ntitle: All episodes\nlayout: list\n---\nsize: 3\n", ""]
        {
            assert!(!is_meant(other), "{other}");
        }
    }
}
