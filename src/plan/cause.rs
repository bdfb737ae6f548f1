//! Guards by their cause: what one move has brought about is said once, with one permission.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::guard::{Allow, EpisodeName, Guard, GuardKind};

/// As many guards of a cause are shown.
const EXAMPLES: usize = 3;

/// As many episodes are named in one permission; beyond that it is given for all.
const NAMED: usize = 5;

/// Guards that one move has brought about.
#[derive(Debug, Clone, Serialize)]
pub struct Cause<'a> {
    /// What was about to go wrong.
    pub kind: GuardKind,
    /// Every guard of this kind, at least one.
    #[serde(skip)]
    pub guards: Vec<&'a Guard>,
    /// How many they are.
    pub count: usize,
    /// What permits all of it, as the command line takes it.
    pub allow: Option<String>,
    /// How to go on without any permission.
    pub safe: &'static str,
}

/// Sorts guards by their causes, in the order in which they were found.
pub fn causes(guards: &[Guard]) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for guard in guards {
        let of_it = |cause: &&mut Cause<'_>| {
            cause.kind == guard.kind && cause.guards[0].allow.is_some() == guard.allow.is_some()
        };
        match causes.iter_mut().find(of_it) {
            Some(cause) => cause.guards.push(guard),
            None => causes.push(Cause {
                kind: guard.kind,
                guards: vec![guard],
                count: 0,
                allow: None,
                safe: guard.kind.safe_way(),
            }),
        }
    }
    for cause in &mut causes {
        cause.count = cause.guards.len();
        cause.allow = permission(cause.guards.iter().filter_map(|guard| guard.allow.as_ref()));
    }
    causes
}

/// One permission for all of these: they differ in the episode, if at all.
fn permission<'a>(allows: impl Iterator<Item = &'a Allow>) -> Option<String> {
    let allows: Vec<String> = allows.map(ToString::to_string).collect();
    let (name, _) = allows.first()?.split_once(':').unwrap_or((&allows[0], ""));
    let mut episodes: Vec<&str> =
        allows.iter().filter_map(|text| Some(text.split_once(':')?.1)).collect();
    episodes.dedup();
    Some(match episodes.len() {
        0 => name.to_owned(),
        1..=NAMED => format!("{name}:{}", episodes.join(",")),
        _ => format!("{name}:{}", EpisodeName::ALL),
    })
}

impl Cause<'_> {
    /// What the host can do, the safe way first.
    pub fn help(&self) -> String {
        match &self.allow {
            Some(allow) => {
                let allow = for_a_shell(allow);
                format!("{}; if this is meant, release with --allow {allow}", self.safe)
            }
            None => self.safe.to_owned(),
        }
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |guard: &Guard| {
            let place = guard.source.as_deref().or(guard.episode.as_deref());
            let whole = match guard.kind {
                GuardKind::PagesForeign => "target",
                _ => "feed",
            };
            place.unwrap_or(whole).to_owned()
        };
        if let [guard] = self.guards[..] {
            return write!(f, "{}: {guard}", place(guard));
        }
        write!(f, "{} {}", self.count, self.kind.of_many())?;
        for guard in self.guards.iter().take(EXAMPLES) {
            write!(f, "\n  {}: expected {}, found {}", place(guard), guard.expected, guard.found)?;
        }
        if self.count > EXAMPLES {
            write!(f, "\n  and {} more", self.count - EXAMPLES)?;
        }
        Ok(())
    }
}

impl GuardKind {
    /// How to go on without any permission.
    fn safe_way(self) -> &'static str {
        match self {
            Self::GuidChanged => "write the published guid in the front matter, as `guid:`",
            Self::ShowGuidChanged => {
                "write the published one in onair.toml, as `guid` of [show]; if the target is another show's, \
                 give this one a `target.url` of its own"
            }
            Self::EpisodeRemoved => {
                "put back its file or its date, or take `draft` out; to take it down whole, with its page and its audio, use \
                 `onair unpublish`"
            }
            Self::AddressChanged => {
                "set `media.url` back, or write the published address in the front matter, as \
                 `enclosure:`"
            }
            Self::AudioChanged => "put the published file back",
            Self::RecordingMoved => {
                "where files were given other names, write under which guid each recording is public in its front \
                 matter, as `guid:`"
            }
            Self::CompanionRemoved => "put the file back, or name it again in the front matter",
            Self::DateChanged => {
                "put the published date back: apps sort and announce episodes by it"
            }
            Self::AudioOverwritten => "give the new file another name, in `file:`",
            Self::FeedShrinks => "look which items the public feed has and this show has not",
            Self::Duplicate => "give each its own",
            Self::FeedInvalid => "look at the episodes that are named",
            Self::FeedForeign => "look whether the target is the right one",
            Self::PagesForeign => {
                "give the show a folder or a bucket of its own: `target.url` may name a folder, as in \
                 s3://bucket/podcast"
            }
            Self::FeedMoved => {
                "set `site.feed` and `site.path` back, or move as docs/moving.md says"
            }
            Self::OlderTool => "update onair",
            Self::OlderCheckout => {
                "bring this checkout up to date (`git pull`) and release again, unless you have amended, rebased or \
                 squashed that commit yourself"
            }
        }
    }

    /// What is said of several.
    fn of_many(self) -> &'static str {
        match self {
            Self::GuidChanged => "published guids would change",
            Self::ShowGuidChanged => "podcast:guids of the show would change",
            Self::EpisodeRemoved => "episodes would leave the feed",
            Self::AddressChanged => "published enclosure addresses would change",
            Self::AudioChanged => "episodes would get other audio",
            Self::RecordingMoved => "episodes would get each other's audio",
            Self::CompanionRemoved => "chapters or transcripts would go",
            Self::DateChanged => "published dates would change",
            Self::AudioOverwritten => "published audio files would be overwritten",
            Self::FeedShrinks => "feeds would lose items",
            Self::Duplicate => "duplicates would be published",
            Self::FeedInvalid => "parts of the feed would be invalid",
            Self::FeedForeign => "feeds are not onair's",
            Self::PagesForeign => "pages of another site would be replaced",
            Self::FeedMoved => "feeds would move",
            Self::OlderTool => "releases are of a later onair",
            Self::OlderCheckout => "releases are not in this checkout",
        }
    }
}

/// An argument as one types it, in quotes where a shell would read it otherwise.
fn for_a_shell(argument: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_:,./@%+=".contains(c);
    match argument.chars().all(plain) {
        true => argument.into(),
        false => format!("'{}'", argument.replace('\'', r"'\''")).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_can_be_typed_as_it_is_said() {
        assert_eq!(for_a_shell("removal:1,2"), "removal:1,2");
        assert_eq!(
            for_a_shell("removal:https://a.example/?p=1&q"),
            "'removal:https://a.example/?p=1&q'"
        );
        assert_eq!(for_a_shell("removal:it's"), r"'removal:it'\''s'");
    }
}
