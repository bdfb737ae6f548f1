//! A feed that goes to another address: what is done, and what comes next.
//!
//! The old feed goes on until every app has heard of the new one (Apple Podcasts, "Change the RSS feed
//! URL"; podcast namespace, "guid"), so the order is all. Everything is judged from what is public.

use std::collections::BTreeMap;

use super::report::{Level, Report};
use super::unread_elements::Parts;
use super::xml::{self, Element};
use super::{ImportError, feed, item, write::cut};
use crate::report::{counted, printable};
use crate::show::Settings;
use crate::show::guid::of_address;

/// Of more episodes that differ, the rest is counted.
const SHOWN: usize = 5;

/// What a feed says that a move must keep, or tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The address that it gives as its own.
    pub address: Option<String>,
    /// Its `podcast:guid`.
    pub guid: Option<String>,
    /// Where it says that it has moved to.
    pub moved_to: Option<String>,
    /// Its episodes by guid, as an import has them.
    pub items: BTreeMap<String, Item>,
    /// The address of the feed's next page, if it is only a part.
    pub further: Option<String>,
    /// Why an older page could not be read, if that is so.
    pub unread: Option<String>,
    /// How many bytes it has, unpacked.
    pub bytes: u64,
}

/// What an episode is to an app, beside its guid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its title, to speak of it.
    pub title: String,
    /// The guid's `isPermaLink`.
    pub permalink: bool,
    /// The enclosure's address.
    pub enclosure: String,
}

impl Identity {
    /// Takes what an older page of the feed has.
    pub fn add(&mut self, page: Self) {
        self.further = page.further;
        self.bytes = self.bytes.saturating_add(page.bytes);
        for (guid, item) in page.items {
            self.items.entry(guid).or_insert(item);
        }
    }
}

/// Reads the identity of a feed that was read from the address `asked`.
///
/// # Errors
/// [`ImportError`] if it is no feed.
pub fn identity(bytes: &[u8], asked: &str) -> Result<Identity, ImportError> {
    let mut items = BTreeMap::new();
    let mut unsaid = Report::default();
    let channel = xml::read(bytes, &mut |item, bases| {
        if let Some(draft) = item::read(&item, bases.base(Some(asked)), &mut unsaid) {
            let (title, permalink, enclosure) = (draft.title, draft.permalink, draft.enclosure);
            items.entry(draft.guid).or_insert(Item { title, permalink, enclosure });
        }
        Ok(())
    })?;
    let mut parts = Parts::new(Level::Show, &channel.element);
    let own = |link: &Element| link.attribute("rel") == Some("self");
    Ok(Identity {
        unread: None,
        bytes: channel.bytes,
        items,
        further: feed::further(&channel.element, Some(asked)),
        address: parts
            .first("atom:link", own)
            .and_then(|link| link.attribute("href"))
            .map(str::to_owned),
        guid: parts.line("podcast:guid").map(|guid| guid.to_lowercase()),
        moved_to: parts.line("itunes:new-feed-url"),
    })
}

/// What stands at a feed's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A feed.
    Feed(Identity),
    /// A redirect: its status, and where to.
    Redirect(u16, String),
    /// Nothing of use, and why.
    Nothing(String),
}

impl Answer {
    /// A redirect from an address, `to` one that may be relative to it (RFC 9110, section 10.2.2).
    pub fn redirect(status: u16, from: &str, to: &str) -> Self {
        Self::Redirect(status, item::absolute(to, Some(from)))
    }
}

/// A step of the move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What must be true.
    pub what: &'static str,
    /// Why it is not, and what to do, if it is not.
    pub lacks: Option<String>,
    /// What is worth knowing of it all the same.
    pub remark: Option<String>,
}

/// All steps, in the order in which they are to be done.
pub fn steps(settings: &Settings, from: &str, old: &Answer, new: &Answer) -> Vec<Step> {
    let to = settings.feed_url();
    let (differ, remark) = episodes(settings, old, new);
    let steps = [
        ("onair.toml has the show's guid", guid(settings, from, old), None),
        ("the new feed is public", public(settings, &to, new), None),
        ("it has every episode of the old one, the same to an app", differ, remark),
        ("the old feed names the new one", names(old, &to), None),
        ("the old address redirects to the new one, for good", redirects(old, &to), None),
    ];
    steps.into_iter().map(|(what, lacks, remark)| Step { what, lacks, remark }).collect()
}

fn guid(settings: &Settings, from: &str, old: &Answer) -> Option<String> {
    let given = settings.show.guid.as_ref().map(|guid| guid.get_ref().trim().to_lowercase());
    let before = match old {
        Answer::Feed(Identity { guid: Some(guid), .. }) => Some(guid.clone()),
        // The feed says none: then it follows from its address.
        Answer::Feed(identity) => Some(of_address(identity.address.as_deref().unwrap_or(from))),
        _ => None,
    };
    match (given, before) {
        (None, Some(guid)) => Some(format!(
            "write guid = \"{guid}\" into [show]: it must not change with the address"
        )),
        (None, None) => Some(format!(
            "the old feed cannot be read: write the podcast:guid that it had into [show]; if it had none, \
             guid = \"{}\", which follows from its address",
            of_address(from)
        )),
        (Some(given), Some(before)) if given != before => {
            Some(format!("it is {given}, and the old feed's is {before}: write that one"))
        }
        _ => None,
    }
}

fn public(settings: &Settings, to: &str, new: &Answer) -> Option<String> {
    let identity = match new {
        Answer::Feed(identity) => identity,
        Answer::Redirect(status, _) => {
            return Some(format!("{to} redirects ({status}): the feed itself must stand there"));
        }
        Answer::Nothing(reason) => {
            return Some(format!("{to}: {reason}; run `onair release --allow feed-move`"));
        }
    };
    if identity.address.as_deref() != Some(to) {
        return Some(format!(
            "the feed at {to} gives another address as its own; run `onair release`"
        ));
    }
    let given = settings.show.guid.as_ref().map(|guid| guid.get_ref().trim().to_lowercase());
    if given.is_some() && identity.guid != given {
        return Some("it does not have the guid of onair.toml yet; run `onair release`".to_owned());
    }
    if let Some(moved) = identity.moved_to.as_deref().filter(|moved| *moved != to) {
        return Some(format!("it says that it has moved to {moved}: take site.new-feed-url away"));
    }
    None
}

/// What differs, and what is worth knowing.
fn episodes(settings: &Settings, old: &Answer, new: &Answer) -> (Option<String>, Option<String>) {
    let Answer::Feed(new) = new else {
        return (Some("there is no new feed to compare yet".to_owned()), None);
    };
    // What redirects was compared before, or can no longer be.
    let Answer::Feed(old) = old else { return (None, None) };
    if let Some(reason) = old.unread.as_ref().or(new.unread.as_ref()) {
        return (Some(format!("not all can be compared: {reason}")), None);
    }
    let own = settings.enclosure_url("");
    let mut came_home = 0;
    let lacks: Vec<String> = old
        .items
        .iter()
        .filter_map(|(guid, before)| {
            let what = match new.items.get(guid) {
                None => "is missing, or has another guid",
                Some(now) if now.permalink != before.permalink => "has another isPermaLink",
                Some(now) if now.enclosure == before.enclosure => return None,
                Some(now) if now.enclosure.starts_with(&own) => {
                    came_home += 1;
                    return None;
                }
                Some(_) => "has another enclosure's address",
            };
            Some(format!("“{}” {what}", cut(&before.title, 80).0))
        })
        .collect();
    let remark = (came_home > 0).then(|| {
        format!(
            "the audio of {} stands at your own address now: an app that knows an episode by that address fetches it once more",
            counted(came_home, "episode")
        )
    });
    if lacks.is_empty() {
        return (None, remark);
    }
    let more = match lacks.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let lacks = format!(
        "{} of {}: {}{more}. `guid`, `guidIsPermaLink` and `enclosure` of an episode keep what it had",
        lacks.len(),
        counted(old.items.len(), "episode"),
        lacks[..lacks.len().min(SHOWN)].join("; ")
    );
    (Some(lacks), remark)
}

fn names(old: &Answer, to: &str) -> Option<String> {
    match old {
        Answer::Feed(identity) if identity.moved_to.as_deref() == Some(to) => None,
        Answer::Feed(_) => Some(format!(
            "put <itunes:new-feed-url>{to}</itunes:new-feed-url> into its channel; if onair publishes it, \
             with a last release of the old settings and site.new-feed-url"
        )),
        // Who asks for the old one is told otherwise.
        Answer::Redirect(..) => None,
        Answer::Nothing(reason) => Some(format!(
            "the old feed is not there ({reason}): bring it back until the redirect stands"
        )),
    }
}

fn redirects(old: &Answer, to: &str) -> Option<String> {
    match old {
        Answer::Redirect(301 | 308, there) if there == to => None,
        Answer::Redirect(301 | 308, there) => Some(format!("it redirects to {there}, not to {to}")),
        Answer::Redirect(status, _) => {
            Some(format!("it redirects with {status}, which means for a while: answer with 301"))
        }
        _ => Some(format!(
            "let its server answer every request for it with 301 and `Location: {to}`"
        )),
    }
}

/// The steps as a person reads them.
pub fn text(from: &str, to: &str, steps: &[Step]) -> String {
    let mut out =
        format!("The feed moves\n  from {}\n    to {}\n\n", printable(from), printable(to));
    let next = steps.iter().position(|step| step.lacks.is_some());
    for (at, step) in steps.iter().enumerate() {
        let mark = match (&step.lacks, next == Some(at)) {
            (None, _) => "done",
            (Some(_), true) => "next",
            (Some(_), false) => "then",
        };
        out.push_str(&format!("  {mark}  {}. {}\n", at + 1, step.what));
        for said in step.lacks.iter().chain(&step.remark) {
            out.push_str(&format!("           {}\n", printable(said)));
        }
    }
    out.push_str(match next {
        Some(_) => "\nDo them in this order, and run this again after each: docs/moving.md\n",
        None => {
            "\nThe feed has moved. Keep the redirect for at least four weeks, for ever if you can, and see \
             which address the directories show\n"
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{Source, settings::FILE};

    const OLD: &str = "https://old.example/feed.xml";
    const NEW: &str = "https://show.example/podcasts/feed.xml";

    fn settings(guid: &str) -> Settings {
        let text = format!(
            "[show]\ntitle = 'A'\ndescription = 'B'\nauthor = 'C'\nlanguage = 'fr'\ncategory = 'News'\nartwork = 'a.png'\n{guid}\n[site]\nurl = 'https://show.example'\n"
        );
        Settings::parse(&Source::new(FILE, text)).unwrap()
    }

    fn feed(address: &str, head: &str, items: &[(&str, &str)]) -> Answer {
        let items: Vec<String> = items
            .iter()
            .map(|(guid, url)| format!("<item><title>T {url}</title>{guid}<enclosure url='https://a.example/{url}'/></item>"))
            .collect();
        let xml = format!(
            "<rss xmlns:a='http://www.w3.org/2005/Atom' xmlns:i='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:p='https://podcastindex.org/namespace/1.0'>\
             <channel><a:link rel='self' href='{address}'/>{head}{}</channel></rss>",
            items.concat()
        );
        Answer::Feed(identity(xml.as_bytes(), address).unwrap())
    }

    #[test]
    fn audio_that_came_home_and_posts_without_audio_are_no_other_show() {
        let old = [
            ("<guid>1</guid>", "my show/1.mp3"),
            ("<guid>2</guid>", "2.mp3"),
            ("<guid>3</guid>", "3.mp3"),
        ];
        let Answer::Feed(mut old) = feed(OLD, "<item><guid>post</guid></item>", &old) else {
            panic!()
        };
        // An item that names its audio below the feed's own address.
        let relative =
            "<rss><channel><item><guid>4</guid><enclosure url='4.mp3'/></item></channel></rss>";
        old.add(identity(relative.as_bytes(), OLD).unwrap());
        let Answer::Feed(mut new) =
            feed(NEW, "", &[("<guid>1</guid>", "my%20show/1.mp3"), ("<guid>2</guid>", "2.mp3")])
        else {
            panic!()
        };
        new.further = Some("x".to_owned());
        let item =
            |url: &str| Item { title: String::new(), permalink: true, enclosure: url.to_owned() };
        new.add(Identity {
            items: BTreeMap::from([
                ("3".to_owned(), item("https://show.example/media/3.mp3")),
                ("4".to_owned(), item("https://old.example/4.mp3")),
            ]),
            ..Identity::default()
        });
        assert_eq!((old.items.len(), new.further.as_deref()), (4, None));
        let (lacks, remark) = episodes(&settings(""), &Answer::Feed(old), &Answer::Feed(new));
        assert_eq!(lacks, None);
        assert!(remark.unwrap().contains("the audio of 1 episode stands at your own address"));
    }

    #[test]
    fn a_redirect_may_be_relative() {
        let of = |to: &str| Answer::redirect(301, "https://show.example/feed.xml", to);
        assert_eq!(of("/podcasts/feed.xml"), Answer::Redirect(301, NEW.to_owned()));
        assert_eq!(of(NEW), Answer::Redirect(301, NEW.to_owned()));
    }

    #[test]
    fn a_move_from_its_first_step_to_its_last() {
        let items = [
            ("<guid>1</guid>", "1.mp3"),
            ("<guid isPermaLink='false'>2</guid>", "2.mp3"),
            ("", "3.mp3"),
        ];
        let guid = of_address(OLD);
        let mut said = Vec::new();
        let mut say = |settings: &Settings, old: &Answer, new: &Answer| {
            let steps = steps(settings, OLD, old, new);
            said.push(text(OLD, NEW, &steps));
            steps.iter().take_while(|step| step.lacks.is_none()).count()
        };
        let old = feed(OLD, "", &items);
        let nothing = Answer::Nothing("the server answers 404".to_owned());
        assert_eq!(say(&settings(""), &old, &nothing), 0);
        let settings = settings(&format!("guid = '{guid}'"));
        assert_eq!(say(&settings, &old, &nothing), 1);
        let head = format!("<p:guid>{guid}</p:guid>");
        let others = [
            ("<guid isPermaLink='false'>1</guid>", "1.mp3"),
            ("<guid isPermaLink='false'>2</guid>", "two.mp3"),
        ];
        assert_eq!(say(&settings, &old, &feed(NEW, &head, &others)), 2);
        let new = feed(NEW, &head, &items);
        assert_eq!(say(&settings, &old, &new), 3);
        let named = feed(OLD, &format!("<i:new-feed-url>{NEW}</i:new-feed-url>"), &items);
        assert_eq!(say(&settings, &named, &new), 4);
        assert_eq!(say(&settings, &Answer::Redirect(302, NEW.to_owned()), &new), 4);
        assert_eq!(say(&settings, &Answer::Redirect(301, NEW.to_owned()), &new), 5);
        insta::assert_snapshot!(said.join("\n----\n"));
    }

    #[test]
    fn what_was_not_read_is_not_made_up() {
        let nothing = Answer::Nothing("the server answers 404".to_owned());
        let redirect = Answer::Redirect(301, NEW.to_owned());
        for old in [&nothing, &redirect] {
            let lacks = steps(&settings(""), OLD, old, &nothing)[0].lacks.clone().unwrap();
            let of_address = of_address(OLD);
            assert!(
                lacks.contains("the old feed cannot be read") && lacks.contains(&of_address),
                "{lacks}"
            );
            assert!(!lacks.contains("must not change"), "{lacks}");
        }
        // A page that did not come takes nothing of what the first one says.
        let items = [("<guid>1</guid>", "1.mp3")];
        let Answer::Feed(mut part) =
            feed(OLD, "<p:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</p:guid>", &items)
        else {
            panic!()
        };
        part.unread = Some("its page https://old.example/2: the server answers 404".to_owned());
        let (part, new) = (Answer::Feed(part), feed(NEW, "", &items));
        let lacks = |step: usize| {
            steps(&settings(""), OLD, &part, &new)[step].lacks.clone().unwrap_or_default()
        };
        assert!(lacks(0).contains("9b024349"), "{}", lacks(0));
        assert!(lacks(2).contains("https://old.example/2: the server answers 404"), "{}", lacks(2));
        assert!(lacks(3).starts_with("put <itunes:new-feed-url>"), "{}", lacks(3));
        let lacks = steps(&settings(""), OLD, &new, &part)[2].lacks.clone().unwrap_or_default();
        assert!(lacks.contains("https://old.example/2"), "{lacks}");
    }

    #[test]
    fn what_would_make_it_another_show_is_said() {
        let new = feed(NEW, "", &[]);
        let lacks = |settings: &Settings, old: &Answer, new: &Answer, step: usize| {
            steps(settings, OLD, old, new)[step].lacks.clone().unwrap_or_default()
        };
        let other = settings("guid = '917393e3-1b1e-5cef-ace4-edaa54e1f810'");
        let old = feed(OLD, "<p:guid>9B024349-ccf0-5f69-a609-6b82873eab3c</p:guid>", &[]);
        assert!(lacks(&other, &old, &new, 0).contains("the old feed's is 9b024349"));
        assert!(lacks(&other, &old, &new, 1).contains("does not have the guid"));
        assert!(
            lacks(&settings(""), &old, &feed(OLD, "", &[]), 1)
                .contains("another address as its own")
        );
        let gone = feed(NEW, "<i:new-feed-url>https://x.example/</i:new-feed-url>", &[]);
        assert!(lacks(&settings(""), &old, &gone, 1).contains("moved to https://x.example/"));
        let elsewhere = Answer::Redirect(301, "https://x.example/".to_owned());
        assert!(lacks(&settings(""), &elsewhere, &new, 4).contains("not to https://show"));
        assert!(
            lacks(&settings(""), &Answer::Nothing("x".into()), &new, 3).contains("bring it back")
        );
    }
}
