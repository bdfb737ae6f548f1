//! What a new show is to be: one answer a topic, each judged as it is given.

use jiff::tz::TimeZone;

use super::super::target;
use crate::show::categories::{CATEGORIES, category};
use crate::show::languages::{is_language, language_of};
use crate::show::words::is_email;

/// What `init` asks for, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The show's name.
    Title,
    /// What it is about.
    Description,
    /// Who makes it.
    Author,
    /// The address that platforms write to.
    Email,
    /// The language that is spoken.
    Language,
    /// The zone of its dates.
    TimeZone,
    /// Apple's category.
    Category,
    /// The address of pages and feed.
    Url,
    /// Where a release goes.
    Target,
    /// Whether GitHub publishes.
    GitHub,
}

impl Topic {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 10] = [
        Self::Title,
        Self::Description,
        Self::Author,
        Self::Email,
        Self::Language,
        Self::TimeZone,
        Self::Category,
        Self::Url,
        Self::Target,
        Self::GitHub,
    ];

    /// The option that answers it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Title => "--title",
            Self::Description => "--description",
            Self::Author => "--author",
            Self::Email => "--email",
            Self::Language => "--language",
            Self::TimeZone => "--time-zone",
            Self::Category => "--category",
            Self::Url => "--url",
            Self::Target => "--target",
            Self::GitHub => "--github",
        }
    }

    /// What a person may want to read before the question.
    pub fn intro(self) -> Option<String> {
        (self == Self::Category).then(|| {
            let named = CATEGORIES.iter().enumerate();
            let line = |(at, (top, subs)): (usize, &(&str, &[&str]))| {
                let joint = if subs.is_empty() { "" } else { " > " };
                folded(&format!("  {:>2}  {top}{joint}{}", at + 1, subs.join(", ")))
            };
            named.map(line).collect()
        })
    }

    /// The question for a person.
    pub fn question(self) -> String {
        match self {
            Self::Title => "The show's name".to_owned(),
            Self::Description => "What it is about, in a few sentences".to_owned(),
            Self::Author => "Who makes it, as listeners read it".to_owned(),
            Self::Email => {
                "An e-mail address for platforms: it stands in the feed, and Apple writes to it"
                    .to_owned()
            }
            Self::Language => "The language that is spoken, as in fr or en-us".to_owned(),
            Self::TimeZone => "The time zone of its dates, as in Europe/Paris".to_owned(),
            Self::Category => {
                "Apple's category: a number or a name, as in `Arts` or `News > Tech News`"
                    .to_owned()
            }
            Self::Url => {
                "The address that its pages and feed will have, as in https://tides.example"
                    .to_owned()
            }
            Self::Target => "Where to publish: a folder, or s3://bucket/prefix".to_owned(),
            Self::GitHub => "Shall GitHub check and publish the show (y/n)".to_owned(),
        }
    }
}

/// The answers so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// By topic.
    given: Vec<(Topic, String)>,
}

impl Answers {
    /// What was answered.
    pub fn get(&self, topic: Topic) -> Option<&str> {
        self.given.iter().find(|(it, _)| *it == topic).map(|(_, text)| text.as_str())
    }

    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Whether GitHub is to publish.
    pub fn github(&self) -> Option<bool> {
        self.get(Topic::GitHub).map(|text| text == "yes")
    }

    /// Takes an answer, in the form that the settings have it.
    ///
    /// # Errors
    /// What is wrong with it, and what was expected.
    pub fn take(&mut self, topic: Topic, text: &str) -> Result<(), String> {
        let read = read(topic, text.trim())?;
        self.given.retain(|(it, _)| *it != topic);
        self.given.push((topic, read));
        Ok(())
    }
}

fn read(topic: Topic, text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("this says nothing".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("write it on one line".to_owned());
    }
    match topic {
        Topic::Title | Topic::Description | Topic::Author => Ok(text.to_owned()),
        Topic::Email => email(text),
        Topic::Language => {
            let code = text.to_ascii_lowercase().replace('_', "-");
            let wrong = || format!("`{text}` is not a language code: write it as in fr or en-us");
            let meant = || language_of(text).map(|code| code.to_ascii_lowercase());
            is_language(&code).then_some(code).or_else(meant).ok_or_else(wrong)
        }
        Topic::TimeZone => match TimeZone::get(text) {
            // As the list of zones has it.
            Ok(zone) => Ok(zone.iana_name().unwrap_or(text).to_owned()),
            Err(_) => Err(format!("`{text}` is not a time zone: write it as in Europe/Paris")),
        },
        Topic::Category => match category(text) {
            Ok((top, None)) => Ok(top.to_owned()),
            Ok((top, Some(sub))) => Ok(format!("{top} > {sub}")),
            Err(Some(near)) => {
                Err(format!("Apple has no category `{text}`: did you mean `{near}`?"))
            }
            Err(None) => Err(format!(
                "Apple has no category `{text}`: the list is at https://podcasters.apple.com/support/1691-apple-podcasts-categories"
            )),
        },
        Topic::Url => url(text),
        Topic::Target => match target::slip(text) {
            Some(right) => Err(format!("`{text}` is not a target: {right}")),
            None => Ok(text.to_owned()),
        },
        Topic::GitHub => match text.to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok("yes".to_owned()),
            "n" | "no" => Ok("no".to_owned()),
            _ => Err("answer y or n".to_owned()),
        },
    }
}

fn email(text: &str) -> Result<String, String> {
    match is_email(text) {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is not an e-mail address")),
    }
}

/// A web address; `https://` is what is meant where no scheme is written.
fn url(text: &str) -> Result<String, String> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let host = whole.strip_prefix("https://").or_else(|| whole.strip_prefix("http://"));
    let host = host.map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    let plain = whole.chars().all(|c| c.is_ascii_graphic() && !"\"<>?#".contains(c));
    match host {
        Some(host) if plain && (host.contains('.') || host == "localhost") => {
            Ok(whole.trim_end_matches('/').to_owned())
        }
        _ => Err(format!("`{text}` is not a web address: write it as in https://tides.example")),
    }
}

/// A list as it fits a terminal of 80 columns: what goes on is set in, and no name is broken.
fn folded(line: &str) -> String {
    const WIDTH: usize = 79;
    let (mut out, mut column) = (String::new(), 0);
    for name in line.split_inclusive(", ") {
        if column + name.trim_end().len() > WIDTH {
            out.truncate(out.trim_end().len());
            out.push_str("\n      ");
            column = 6;
        }
        out.push_str(name);
        column += name.len();
    }
    out + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_categories_fits_a_terminal_and_breaks_no_name() {
        let list = Topic::Category.intro().unwrap();
        for line in list.lines() {
            assert!(line.len() < 80 && line.trim_end() == line, "{line}");
        }
        for (top, subs) in CATEGORIES {
            assert!(list.contains(top) && subs.iter().all(|name| list.contains(name)), "{top}");
        }
        let long = "   8  Health & Fitness > Alternative Health, Fitness, Medicine, Mental Health,\n      Nutrition, Sexuality\n";
        assert!(list.contains(long), "{list}");
    }

    #[test]
    fn answers_are_taken_as_people_give_them() {
        let take = |topic, text: &str| {
            let mut answers = Answers::default();
            answers.take(topic, text).map(|()| answers.get(topic).unwrap().to_owned())
        };
        let good = [
            (Topic::Title, " Low \"Tide\" ", "Low \"Tide\""),
            (Topic::Email, "ada@tides.example", "ada@tides.example"),
            (Topic::Language, "en_US", "en-us"),
            (Topic::TimeZone, "Europe/Paris", "Europe/Paris"),
            (Topic::Category, "16", "Sports"),
            (Topic::Category, "tech news", "News > Tech News"),
            (Topic::Url, "tides.example/", "https://tides.example"),
            (Topic::Language, "English", "en"),
            (Topic::Url, "http://localhost:8000", "http://localhost:8000"),
            (Topic::Target, "s3://tides/show", "s3://tides/show"),
            (Topic::GitHub, "Y", "yes"),
        ];
        for (topic, text, read) in good {
            assert_eq!(take(topic, text).as_deref(), Ok(read), "{topic:?}");
        }
        let bad = [
            (Topic::Title, "  "),
            (Topic::Author, "Ada\u{1b}[0m"),
            (Topic::Email, "ada"),
            (Topic::Email, "ada@home"),
            (Topic::Language, "Klingonese"),
            (Topic::TimeZone, "Paris"),
            (Topic::Category, "Tides"),
            (Topic::Url, "tides"),
            (Topic::Url, "ftp://tides.example"),
            (Topic::Target, "s3:/tides"),
            (Topic::GitHub, "perhaps"),
        ];
        for (topic, text) in bad {
            assert!(take(topic, text).is_err(), "{topic:?} {text}");
        }
    }
}
