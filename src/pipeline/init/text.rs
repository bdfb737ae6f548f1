//! `onair.toml` of a new show, and answers written into one that is there.

use super::answers::{Answers, Topic};
use crate::show::edit::{Edit, apply, quoted};
use crate::show::placeholder::is_open;
use crate::show::settings::Settings;

/// The settings that answers make. What was not answered stands there empty, which a release refuses.
pub fn settings(answers: &Answers) -> String {
    let text = |topic| quoted(answers.get(topic).unwrap_or_default());
    let mut out = format!(
        "# A show that onair publishes. Every key: docs/settings.md of onair\n\n\
         [show]\n\
         title = {}\n\
         description = {}\n\
         author = {}\n\
         language = {}\n\
         time-zone = {}\n\
         category = {}\n\
         artwork = \"img/artwork.jpg\"         # square, 1400 to 3000 pixels\n\
         # apple-id = 1234567890             # once Apple lists the show\n",
        text(Topic::Title),
        text(Topic::Description),
        text(Topic::Author),
        text(Topic::Language),
        quoted(answers.get(Topic::TimeZone).unwrap_or("UTC")),
        category(answers.get(Topic::Category)),
    );
    if let Some(email) = answers.get(Topic::Email) {
        out.push_str(&owner(answers.get(Topic::Author).unwrap_or_default(), email));
    }
    out.push_str(&format!(
        "\n[site]\n# Where pages and feed will be\nurl = {}\n\
         \n[target]\n# A folder, or s3://bucket/prefix\nurl = {}\n",
        text(Topic::Url),
        quoted(answers.get(Topic::Target).unwrap_or("public")),
    ));
    out
}

fn owner(name: &str, email: &str) -> String {
    format!("\n[show.owner]\nname = {}\nemail = {}\n", quoted(name), quoted(email))
}

/// `["News", "Tech News"]` for `News > Tech News`.
fn category(answer: Option<&str>) -> String {
    let names = answer.into_iter().flat_map(|answer| answer.split(" > "));
    format!("[{}]", names.map(quoted).collect::<Vec<_>>().join(", "))
}

/// What a show's settings still leave open.
pub fn open(settings: &Settings) -> Vec<Topic> {
    let show = &settings.show;
    let empty = is_open;
    let paths = show.category.get_ref().paths();
    let open = [
        (Topic::Title, empty(show.title.get_ref())),
        (Topic::Description, empty(show.description.get_ref())),
        (Topic::Author, empty(show.author.get_ref())),
        (Topic::Email, show.owner.is_none()),
        (Topic::Language, empty(show.language.get_ref())),
        (Topic::Category, paths.iter().all(|(top, _)| empty(top))),
        (Topic::Url, empty(settings.site.url.get_ref())),
    ];
    open.into_iter().filter(|(_, open)| *open).map(|(topic, _)| topic).collect()
}

/// The settings' text with what was open filled in; every other byte stays.
pub fn fill(text: &str, settings: &Settings, answers: &Answers) -> String {
    let show = &settings.show;
    let places = [
        (Topic::Title, show.title.span()),
        (Topic::Description, show.description.span()),
        (Topic::Author, show.author.span()),
        (Topic::Language, show.language.span()),
        (Topic::Category, show.category.span()),
        (Topic::Url, settings.site.url.span()),
    ];
    let open = open(settings);
    let mut edits = Vec::new();
    for (topic, span) in places.into_iter().filter(|(topic, _)| open.contains(topic)) {
        let Some(answer) = answers.get(topic) else { continue };
        let replacement = match topic {
            Topic::Category => category(Some(answer)),
            _ => quoted(answer),
        };
        edits.push(Edit { span, replacement });
    }
    let email = answers.get(Topic::Email).filter(|_| show.owner.is_none());
    if let Some(email) = email {
        let author = answers.get(Topic::Author).unwrap_or(show.author.get_ref());
        let end = text.len();
        let gap = if text.ends_with('\n') { "" } else { "\n" };
        edits.push(Edit { span: end..end, replacement: format!("{gap}{}", owner(author, email)) });
    }
    apply(text, &edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;
    use crate::show::settings::FILE;

    fn parsed(text: &str) -> Settings {
        Settings::parse(&Source::new(FILE, text)).unwrap()
    }

    #[test]
    fn what_was_left_out_is_filled_in_later_and_nothing_else_changes() {
        let nothing = settings(&Answers::default());
        let left = open(&parsed(&nothing));
        assert_eq!(
            left,
            [
                Topic::Title,
                Topic::Description,
                Topic::Author,
                Topic::Email,
                Topic::Language,
                Topic::Category,
                Topic::Url
            ]
        );
        let mut answers = Answers::default();
        for (topic, text) in [
            (Topic::Title, "A \"new\" \\ show"),
            (Topic::Category, "Tech News"),
            (Topic::Email, "a@b.example"),
            (Topic::Author, "Ada"),
            (Topic::Url, "tides.example"),
        ] {
            answers.take(topic, text).unwrap();
        }
        let noted = nothing.replace("language = \"\"", "language = \"\"   # mine");
        let filled = fill(&noted, &parsed(&noted), &answers);
        let read = parsed(&filled);
        assert_eq!(open(&read), [Topic::Description, Topic::Language]);
        assert_eq!(read.show.title.get_ref(), "A \"new\" \\ show");
        assert_eq!(read.show.category.get_ref().paths(), [("News", Some("Tech News"))]);
        assert_eq!(read.show.owner.as_ref().map(|it| it.name.get_ref().as_str()), Some("Ada"));
        assert!(filled.contains("language = \"\"   # mine\n"), "{filled}");
        assert_eq!(fill(&filled, &read, &answers), filled, "what is answered stays");
    }
}
