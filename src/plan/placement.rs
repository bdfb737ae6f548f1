//! Where an episode's audio stands in the target, or is to stand, and what proves it.
//!
//! Pure: [`Question::next`] says what to look at next, until all that matters has been seen. A checkout
//! without audio releases what was published before, or sent ahead with `onair upload`. An audio key is
//! written once, so audio that finds its key taken by other audio goes beside it, under a name that its
//! payload's hash marks; both names are looked at.

use std::fmt;

use crate::model::audio::PublishedAudio;
use crate::model::hash::Sha256;
use crate::model::object::{BadKey, Key};
use crate::model::tag_texts::TagTexts;
use crate::store::audio::Found;

/// Where an episode's audio stands, or is to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// It stands in the target already.
    Standing(PublishedAudio),
    /// It is at hand, and is to be sent there.
    Free(Key),
}

/// What an episode's audio must be, as far as the checkout tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The file is at hand, and has this payload.
    Payload(Sha256),
    /// A Git LFS pointer names the file by its hash.
    Source(Sha256),
    /// Nothing is known but the front matter's `size`, where it has one.
    Size(Option<u64>),
}

impl Wanted {
    fn is(self, audio: &PublishedAudio) -> bool {
        match self {
            Self::Payload(frames) => audio.has_frames(frames),
            Self::Source(oid) => audio.source_sha256 == Some(oid),
            Self::Size(size) => size.is_none_or(|size| audio.has_size(size)),
        }
    }
}

/// What proves an episode's audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Whether a Git LFS pointer stands in the audio's place.
    pub pointer: bool,
    /// The rest.
    pub by: By,
}

/// What proves where audio stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The file at hand.
    File,
    /// The target's record.
    Record,
    /// The object itself.
    Object(Key),
    /// The address that its enclosure gives, outside of the target.
    Address,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer {
            f.write_str("its Git LFS pointer and ")?;
        }
        match &self.by {
            By::File => f.write_str("the file at hand"),
            By::Record => f.write_str("the target's record"),
            By::Address => f.write_str("nothing but its address outside of the target"),
            By::Object(key) => write!(f, "what stands at `{key}` in the target"),
        }
    }
}

/// Where one episode's audio stands.
#[derive(Debug, Clone)]
pub struct Question {
    /// What all audio keys start with: `media/`, or nothing.
    pub prefix: String,
    /// Where the audio stands below the prefix, if no other audio has taken that place.
    pub name: String,
    /// The audio's file name, from which names beside the taken one are made.
    pub file: String,
    /// What it must be.
    pub wanted: Wanted,
    /// What the target's record says of the episode.
    pub recorded: Option<PublishedAudio>,
    /// Whether it goes, or went, ahead of its date.
    pub ahead: Ahead,
    /// The file at hand at the plain key, where it is published as it is.
    pub as_it_is: Option<PublishedAudio>,
    /// What its tag would say now, where only that tells which of several copies is the last one.
    pub texts: Option<TagTexts>,
}

/// Whether audio is sent before its date: then to a marked name, since a plain one is easily guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// It is being sent so now.
    Now,
    /// It may have been.
    Perhaps,
    /// Nothing was.
    No,
}

/// What was seen in the target so far.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// At the plain key.
    pub plain: Option<Found>,
    /// At the key that the payload's hash marks.
    pub marked: Option<Found>,
    /// Whether what stands at the plain key is the file at hand, byte for byte.
    pub same: Option<bool>,
    /// At all keys beside the plain one, in the order of their names.
    pub beside: Option<Vec<PublishedAudio>>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Look at the plain key.
    Plain(Key),
    /// Compare what stands there, which does not say what it is, with the file at hand.
    Whole(Key),
    /// Look at the key that the payload's hash marks.
    Marked(Key),
    /// List the keys that start so, and look at those that [`Question::is_beside`] names.
    Beside(String),
    /// All is known. Nothing if the audio stands nowhere and is not at hand.
    Settled(Option<(Placement, By)>),
}

impl Question {
    /// What to look at next, or the answer.
    ///
    /// # Errors
    /// [`BadKey`] if the audio's name makes no key.
    pub fn next(&self, seen: &Seen) -> Result<Next, BadKey> {
        let standing =
            |audio: &PublishedAudio, by: By| Some((Placement::Standing(audio.clone()), by));
        if let Some(audio) = self.recorded.as_ref().filter(|audio| self.wanted.is(audio)) {
            return Ok(Next::Settled(standing(audio, By::Record)));
        }
        let plain = Key::new(format!("{}{}", self.prefix, self.name))?;
        // Published audio keeps its key: where the record names other audio, this is new audio.
        let first = match (&self.recorded, &seen.plain) {
            (Some(_), _) => None,
            (None, None) => return Ok(Next::Plain(plain)),
            (None, Some(found)) => Some(found),
        };
        if let Some(Found::Audio(audio)) = first
            && self.wanted.is(audio)
        {
            let copies = match (&self.texts, &seen.beside) {
                (Some(texts), None) if audio.tag_texts.as_ref().is_some_and(|it| it != texts) => {
                    return Ok(Next::Beside(self.start()));
                }
                (_, beside) => beside.as_deref().unwrap_or_default(),
            };
            let best = self.best(std::iter::once(audio).chain(copies)).unwrap_or(audio);
            return Ok(Next::Settled(standing(best, By::Object(best.key.clone()))));
        }
        if let Wanted::Payload(payload) = self.wanted {
            let plain_is_free = matches!(first, Some(Found::Nothing));
            if plain_is_free && self.ahead == Ahead::No {
                return Ok(Next::Settled(Some((Placement::Free(plain), By::File))));
            }
            if let (Some(Found::Other), Some(own)) = (first, &self.as_it_is) {
                match seen.same {
                    None => return Ok(Next::Whole(plain)),
                    Some(true) => return Ok(Next::Settled(standing(own, By::Object(plain)))),
                    Some(false) => {}
                }
            }
            let key = self.marked_key(payload)?;
            return Ok(match &seen.marked {
                None => Next::Marked(key),
                Some(Found::Audio(audio)) if self.wanted.is(audio) => {
                    Next::Settled(standing(audio, By::Object(key)))
                }
                Some(_) if plain_is_free && self.ahead == Ahead::Perhaps => {
                    Next::Settled(Some((Placement::Free(plain), By::File)))
                }
                Some(_) => Next::Settled(Some((Placement::Free(key), By::File))),
            });
        }
        if !matches!(first, Some(Found::Nothing)) || self.ahead != Ahead::No {
            let Some(beside) = &seen.beside else { return Ok(Next::Beside(self.start())) };
            if let Some(audio) = self.best(beside.iter()) {
                return Ok(Next::Settled(standing(audio, By::Object(audio.key.clone()))));
            }
        }
        // Of audio that is not what the front matter says, the rules will say so.
        Ok(Next::Settled(match (self.wanted, &self.recorded, first) {
            (Wanted::Size(_), Some(audio), _) => standing(audio, By::Record),
            (Wanted::Size(_), None, Some(Found::Audio(audio))) => {
                standing(audio, By::Object(plain))
            }
            _ => None,
        }))
    }

    /// Of the copies that are what is wanted, the first with the fewest old texts in its tag.
    fn best<'a>(
        &self,
        copies: impl Iterator<Item = &'a PublishedAudio>,
    ) -> Option<&'a PublishedAudio> {
        let old = |audio: &&PublishedAudio| match (&self.texts, &audio.tag_texts) {
            (Some(now), Some(then)) => then.differing(now).len(),
            _ => usize::MAX,
        };
        copies.filter(|audio| self.wanted.is(audio)).min_by_key(old)
    }

    /// Whether `key` may be this episode's audio that found its plain name taken.
    pub fn is_beside(&self, key: &Key) -> bool {
        is_beside(&self.prefix, &self.file, key)
    }

    /// The key that is looked at next if nothing stands at the plain one.
    pub fn after_plain(&self) -> Option<Key> {
        match self.wanted {
            Wanted::Payload(payload) if self.ahead != Ahead::No => self.marked_key(payload).ok(),
            _ => None,
        }
    }

    fn start(&self) -> String {
        format!("{}{}-", self.prefix, self.halves().0)
    }

    fn marked_key(&self, payload: Sha256) -> Result<Key, BadKey> {
        let mark: String = payload.to_string().chars().take(MARK).collect();
        Key::new(format!("{}{mark}.{}", self.start(), self.halves().1))
    }

    fn halves(&self) -> (&str, &str) {
        halves(&self.file)
    }
}

fn halves(file: &str) -> (&str, &str) {
    file.rsplit_once('.').unwrap_or((file, "mp3"))
}

/// Whether `key` may be that of an MP3 of this name which found its plain one, below `prefix`, taken.
pub fn is_beside(prefix: &str, file: &str, key: &Key) -> bool {
    let (stem, ending) = halves(file);
    let rest = key.as_str().strip_prefix(prefix).and_then(|rest| rest.strip_prefix(stem));
    let mark =
        rest.and_then(|rest| rest.strip_prefix('-')?.strip_suffix(ending)?.strip_suffix('.'));
    mark.is_some_and(is_mark)
}

/// As many hexadecimal digits of a payload's hash tell it from what has taken its plain name.
const MARK: usize = 8;

fn is_mark(text: &str) -> bool {
    text.len() == MARK && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tag_texts;

    fn audio(name: &str, payload: &str) -> PublishedAudio {
        PublishedAudio {
            key: Key::new(format!("media/{name}")).unwrap(),
            bytes: 3 + payload.len() as u64,
            milliseconds: 61_000,
            gapless_milliseconds: None,
            tag_sha256: Sha256::of(b"tag"),
            payload_sha256: Sha256::of(payload.as_bytes()),
            frames_sha256: None,
            source_bytes: Some(2 + payload.len() as u64),
            source_sha256: Some(Sha256::of(format!("ID{payload}").as_bytes())),
            waveform: None,
            tag_texts: None,
        }
    }

    fn marked(payload: &str) -> String {
        format!("1-{}.mp3", &Sha256::of(payload.as_bytes()).to_string()[..8])
    }

    /// What is settled where these stand in the target.
    fn settle(
        standing: &[(&str, &str)],
        wanted: Wanted,
        recorded: Option<PublishedAudio>,
    ) -> String {
        settle_ahead(Ahead::Perhaps, standing, wanted, recorded)
    }

    fn settle_ahead(
        ahead: Ahead,
        standing: &[(&str, &str)],
        wanted: Wanted,
        recorded: Option<PublishedAudio>,
    ) -> String {
        let question = Question {
            prefix: "media/".into(),
            name: "1.mp3".into(),
            file: "1.mp3".into(),
            wanted,
            recorded,
            ahead,
            as_it_is: None,
            texts: None,
        };
        let look = |key: &Key| {
            standing
                .iter()
                .find(|(name, _)| key.as_str() == format!("media/{name}"))
                .map_or(Found::Nothing, |(name, payload)| Found::Audio(audio(name, payload)))
        };
        let mut seen = Seen::default();
        loop {
            match question.next(&seen).unwrap() {
                Next::Plain(key) => seen.plain = Some(look(&key)),
                Next::Marked(key) => seen.marked = Some(look(&key)),
                Next::Whole(_) => panic!("no file is published as it is"),
                Next::Beside(start) => {
                    let all = standing.iter().map(|(name, payload)| audio(name, payload));
                    let beside = all.filter(|it| {
                        it.key.as_str().starts_with(&start) && question.is_beside(&it.key)
                    });
                    seen.beside = Some(beside.collect());
                }
                Next::Settled(None) => return "nothing".to_owned(),
                Next::Settled(Some((Placement::Free(key), _))) => return format!("send to {key}"),
                Next::Settled(Some((Placement::Standing(audio), by))) => {
                    return format!("{} by {}", audio.key, Proof { pointer: false, by });
                }
            }
        }
    }

    #[test]
    fn audio_at_hand_goes_where_no_other_audio_stands() {
        let wanted = Wanted::Payload(Sha256::of(b"new"));
        let beside = marked("new");
        assert_eq!(settle(&[], wanted, None), "send to media/1.mp3");
        assert_eq!(settle(&[("1.mp3", "old")], wanted, None), format!("send to media/{beside}"));
        assert_eq!(
            settle(&[("1.mp3", "new")], wanted, None),
            "media/1.mp3 by what stands at `media/1.mp3` in the target"
        );
        assert_eq!(
            settle(&[("1.mp3", "old"), (&beside, "new")], wanted, None),
            format!("media/{beside} by what stands at `media/{beside}` in the target")
        );
        let recorded = Some(audio("1.mp3", "old"));
        assert_eq!(settle(&[], wanted, recorded), format!("send to media/{beside}"));
        let recorded = Some(audio("1.mp3", "new"));
        assert_eq!(settle(&[], wanted, recorded), "media/1.mp3 by the target's record");
    }

    #[test]
    fn before_its_date_audio_goes_where_nobody_guesses_it_and_is_found_there() {
        let wanted = Wanted::Payload(Sha256::of(b"new"));
        let place = marked("new");
        let there = format!("media/{place} by what stands at `media/{place}` in the target");
        assert_eq!(settle_ahead(Ahead::Now, &[], wanted, None), format!("send to media/{place}"));
        let standing = [(place.as_str(), "new")];
        assert_eq!(settle_ahead(Ahead::Now, &standing, wanted, None), there);
        assert_eq!(settle_ahead(Ahead::Perhaps, &standing, wanted, None), there);
        let size = audio("1.mp3", "new").bytes;
        assert_eq!(settle_ahead(Ahead::Perhaps, &standing, Wanted::Size(Some(size)), None), there);
        // In an empty target there is nothing to look for.
        assert_eq!(settle_ahead(Ahead::No, &[], wanted, None), "send to media/1.mp3");
    }

    #[test]
    fn the_very_file_that_another_program_put_there_is_taken_for_ours() {
        let own =
            PublishedAudio { frames_sha256: Some(Sha256::of(b"new")), ..audio("1.mp3", "IDnew") };
        let mut question = Question {
            prefix: "media/".into(),
            name: "1.mp3".into(),
            file: "1.mp3".into(),
            wanted: Wanted::Payload(Sha256::of(b"new")),
            recorded: None,
            as_it_is: Some(own.clone()),
            ahead: Ahead::No,
            texts: None,
        };
        let mut seen = Seen { plain: Some(Found::Other), ..Seen::default() };
        assert_eq!(question.next(&seen).unwrap(), Next::Whole(own.key.clone()));
        seen.same = Some(true);
        let standing = Placement::Standing(own.clone());
        let settled = Some((standing, By::Object(own.key.clone())));
        assert_eq!(question.next(&seen).unwrap(), Next::Settled(settled));
        seen.same = Some(false);
        assert!(matches!(question.next(&seen).unwrap(), Next::Marked(_)));
        // With a tag of onair's, it is not the same.
        let other = Seen { same: None, ..seen };
        question.as_it_is = None;
        assert!(matches!(question.next(&other).unwrap(), Next::Marked(_)));
        // What was published as it is stays, whatever is set since.
        question.recorded = Some(own.clone());
        let settled = question.next(&Seen::default()).unwrap();
        assert_eq!(settled, Next::Settled(Some((Placement::Standing(own), By::Record))));
    }

    #[test]
    fn a_pointer_is_believed_only_where_its_hash_is_known() {
        let wanted = Wanted::Source(Sha256::of(b"IDnew"));
        let beside = marked("new");
        assert_eq!(settle(&[], wanted, None), "nothing");
        assert_eq!(settle(&[("1.mp3", "old")], wanted, None), "nothing");
        assert_eq!(settle(&[], wanted, Some(audio("1.mp3", "old"))), "nothing");
        let unhashed = PublishedAudio { source_sha256: None, ..audio("1.mp3", "new") };
        assert_eq!(settle(&[], wanted, Some(unhashed)), "nothing");
        for recorded in [None, Some(audio("1.mp3", "old"))] {
            let there = settle(&[("1.mp3", "old"), (&beside, "new")], wanted, recorded);
            assert!(there.starts_with(&format!("media/{beside} by what stands")), "{there}");
        }
    }

    #[test]
    fn of_two_copies_the_one_with_the_tag_of_today_is_taken() {
        let texts = |title: &str| {
            let mut all = [Sha256::of(b"same"); tag_texts::NAMES.len()];
            all[0] = Sha256::of(title.as_bytes());
            Some(TagTexts::of(all))
        };
        let copy = |name: &str, title: &str| PublishedAudio {
            tag_texts: texts(title),
            ..audio(name, "new")
        };
        let mut question = Question {
            prefix: "media/".into(),
            name: "1.mp3".into(),
            file: "1.mp3".into(),
            wanted: Wanted::Size(None),
            recorded: None,
            ahead: Ahead::Perhaps,
            as_it_is: None,
            texts: texts("now"),
        };
        let plain = copy("1.mp3", "once");
        let mut seen = Seen { plain: Some(Found::Audio(plain.clone())), ..Seen::default() };
        assert_eq!(question.next(&seen).unwrap(), Next::Beside("media/1-".into()));
        let taken = |question: &Question, seen: &Seen| match question.next(seen).unwrap() {
            Next::Settled(Some((Placement::Standing(audio), _))) => audio.key.to_string(),
            other => panic!("{other:?}"),
        };
        seen.beside = Some(vec![copy("1-00000000.mp3", "then"), copy("1-11111111.mp3", "now")]);
        assert_eq!(taken(&question, &seen), "media/1-11111111.mp3");
        seen.plain = Some(Found::Nothing);
        assert_eq!(taken(&question, &seen), "media/1-11111111.mp3");
        // Where none is of today, and where nobody asks, the plain one.
        question.texts = texts("later");
        seen.plain = Some(Found::Audio(plain));
        assert_eq!(taken(&question, &seen), "media/1.mp3");
        question.texts = None;
        seen.beside = None;
        assert_eq!(taken(&question, &seen), "media/1.mp3");
    }

    #[test]
    fn without_any_file_the_size_decides_between_two() {
        let (old, new) = (audio("1.mp3", "old"), audio("1.mp3", "newer"));
        let beside = marked("newer");
        let both = [("1.mp3", "old"), (beside.as_str(), "newer")];
        for size in [new.bytes, new.source_bytes.unwrap()] {
            let there = settle(&both, Wanted::Size(Some(size)), None);
            assert!(there.starts_with(&format!("media/{beside}")), "{there}");
        }
        let there = settle(&both, Wanted::Size(Some(old.bytes)), None);
        assert!(there.starts_with("media/1.mp3"), "{there}");
        // A size that nothing has is for the rules to speak of.
        let there = settle(&both, Wanted::Size(Some(1)), Some(old.clone()));
        assert_eq!(there, "media/1.mp3 by the target's record");
        assert!(settle(&both, Wanted::Size(Some(1)), None).starts_with("media/1.mp3"));
        assert_eq!(settle(&[], Wanted::Size(Some(1)), None), "nothing");
    }
}
