//! Who takes part in an episode, for the feed's `podcast:person`.
//!
//! A host may write a list; the older form is one line of HTML in the host's own words, from which
//! only those are taken who are surely persons: a guest missed is better than a company invented.

use ammonia::Url;

use crate::show::Episode;
use crate::show::addresses::web_url;
use crate::show::episode::Person;
use crate::show::settings::Host;

/// The longest name that the podcast namespace allows ("person", node value), in characters.
const LONGEST_NAME: usize = 128;

/// One `podcast:person`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// A name.
    pub name: String,
    /// `host`, `guest`, or another role of the podcast taxonomy.
    pub role: String,
    /// A page about the person.
    pub href: Option<String>,
    /// A picture.
    pub img: Option<String>,
}

/// Everybody credited for an episode, hosts first: an item's persons replace the channel's.
///
/// `guest` is the guest line, cleaned, of a show in this language; `image` gives the address of a picture. Nobody at all if there is no guest: then the channel's stand.
pub fn credits(
    episode: &Episode,
    guest: Option<&str>,
    language: &str,
    hosts: &[Credit],
    image: impl Fn(&str) -> Option<String>,
) -> Vec<Credit> {
    let credit = |person: &Person, role: &str| Credit {
        name: short(&person.name),
        role: person.role.as_deref().unwrap_or(role).to_lowercase(),
        href: person.link.as_deref().and_then(web),
        img: person.image.as_deref().and_then(&image),
    };
    if let Some(persons) = episode.persons.value() {
        // The namespace's default.
        return persons.iter().map(|person| credit(person, "host")).collect();
    }
    let guests: Vec<Credit> = match episode.guests.value() {
        Some(guests) => guests.iter().map(|person| credit(person, "guest")).collect(),
        None => guest.map(|line| guests_of_line(line, language)).unwrap_or_default(),
    };
    if guests.is_empty() { Vec::new() } else { hosts.iter().cloned().chain(guests).collect() }
}

/// The hosts of the settings; `image` gives the address of a picture.
pub fn hosts(hosts: &[Host], image: impl Fn(&str) -> Option<String>) -> Vec<Credit> {
    let credit = |host: &Host| Credit {
        name: short(&host.name),
        role: "host".to_owned(),
        href: host.link.as_deref().and_then(web),
        img: host.image.as_deref().and_then(&image),
    };
    hosts.iter().map(credit).collect()
}

impl Credit {
    /// The group of the role (podcast namespace, taxonomy of persons), if it is another than `cast`, which is
    /// understood; nothing for a role that no group has, or more than one.
    pub fn group(&self) -> Option<&'static str> {
        const GROUPS: [(&str, &[&str]); 8] = [
            (
                "creative direction",
                &[
                    "director",
                    "assistant director",
                    "executive producer",
                    "senior producer",
                    "producer",
                    "associate producer",
                    "development producer",
                    "creative director",
                ],
            ),
            (
                "writing",
                &[
                    "author",
                    "editorial director",
                    "co-writer",
                    "writer",
                    "songwriter",
                    "guest writer",
                    "story editor",
                    "managing editor",
                    "script editor",
                    "script coordinator",
                    "researcher",
                    "fact checker",
                    "translator",
                    "transcriber",
                    "logger",
                ],
            ),
            (
                "audio production",
                &[
                    "studio coordinator",
                    "technical director",
                    "technical manager",
                    "audio engineer",
                    "remote recording engineer",
                    "post production engineer",
                ],
            ),
            (
                "audio post-production",
                &[
                    "audio editor",
                    "sound designer",
                    "foley artist",
                    "composer",
                    "theme music",
                    "music production",
                    "music contributor",
                ],
            ),
            (
                "administration",
                &[
                    "production coordinator",
                    "booking coordinator",
                    "production assistant",
                    "content manager",
                    "marketing manager",
                    "sales representative",
                    "sales manager",
                ],
            ),
            ("visuals", &["graphic designer", "cover art designer"]),
            ("community", &["social media manager"]),
            ("misc.", &["consultant", "intern"]),
        ];
        let role = self.role.as_str();
        GROUPS.iter().find(|(_, roles)| roles.contains(&role)).map(|(group, _)| *group)
    }
}

fn short(name: &str) -> String {
    super::text::one_line(name).chars().take(LONGEST_NAME).collect()
}

/// The address, if it is one of the web.
pub fn web(text: &str) -> Option<String> {
    web_url(text.trim())
}

/// The guests that a line of clean HTML names.
fn guests_of_line(line: &str, language: &str) -> Vec<Credit> {
    let guest =
        |name: &str, href| Credit { name: short(name), role: "guest".into(), href, img: None };
    let anchors = anchors(line);
    if anchors.is_empty() {
        // A name is told by its capitals, which every noun has there.
        if matches!(super::lang::primary(language).as_str(), "de" | "lb") {
            return Vec::new();
        }
        let text = super::text::from_clean_html(line);
        let head = text.split([',', '(']).next().unwrap_or_default().trim_end_matches(['.', ' ']);
        let names: Vec<&str> =
            head.split(" et ").flat_map(|part| part.split(" and ")).map(str::trim).collect();
        let sure = names.iter().all(|name| is_full_name(name));
        return if sure { names.iter().map(|name| guest(name, None)).collect() } else { vec![] };
    }
    // A line that starts with other words does not present a guest.
    let Some(first) = anchors.first().filter(|first| first.at_start && is_name(&first.text)) else {
        return Vec::new();
    };
    let place = place(&first.href);
    let others = anchors[1..].iter().filter(|other| {
        let there = self::place(&other.href);
        is_full_name(&other.text) && there.is_some() && (there == place || is_profile(&other.href))
    });
    std::iter::once(first)
        .chain(others)
        .map(|anchor| guest(&anchor.text, web(&anchor.href)))
        .collect()
}

struct Anchor {
    href: String,
    text: String,
    at_start: bool,
}

/// The anchors of HTML that the sanitiser wrote, whose form is therefore known.
fn anchors(html: &str) -> Vec<Anchor> {
    let mut found = Vec::new();
    let mut rest = html;
    let mut before = String::new();
    while let Some(open) = rest.find("<a ") {
        before.push_str(&rest[..open]);
        let tag = &rest[open..];
        let (Some(close), Some(end)) = (tag.find('>'), tag.find("</a>")) else { break };
        let href = tag[..close].split("href=\"").nth(1).and_then(|href| href.split('"').next());
        let at_start = super::text::from_clean_html(&before).is_empty();
        if let Some(href) = href.filter(|_| close < end) {
            found.push(Anchor {
                href: href.replace("&amp;", "&"),
                text: super::text::from_clean_html(&tag[close + 1..end]),
                at_start,
            });
        }
        before.push_str(&tag[..end]);
        rest = &tag[end..];
    }
    found
}

/// The site, and on sites with folders for persons the folder, that an address is in: guests'
/// profiles share it (`linkedin.com/in`), a company's page does not.
fn place(href: &str) -> Option<(String, Option<String>)> {
    let url = Url::parse(href).ok()?;
    let host = url.host_str()?.to_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let site = labels[labels.len().saturating_sub(2)..].join(".");
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    Some((site, (parts.len() > 1).then(|| parts[0].to_owned())))
}

/// Whether an address is a person's at a network where persons have one.
fn is_profile(href: &str) -> bool {
    let Some((site, folder)) = place(href) else { return false };
    match site.as_str() {
        "linkedin.com" => folder.as_deref() == Some("in"),
        "twitter.com" | "x.com" | "github.com" | "bsky.app" => {
            folder.is_none() || folder.as_deref() == Some("profile")
        }
        _ => Url::parse(href).is_ok_and(|url| url.path().starts_with("/@")),
    }
}

/// Whether a text can be a name: few words, without digits and signs, the first with a capital where the
/// script has any.
fn is_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=6).contains(&words)
        && text.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
        && text.chars().all(|c| c.is_alphabetic() || " '’-.()".contains(c))
}

/// Whether a text can only be a name: two to five words, each with a capital or a particle.
fn is_full_name(text: &str) -> bool {
    const PARTICLES: [&str; 14] =
        ["de", "du", "des", "la", "le", "van", "von", "der", "den", "di", "da", "el", "al", "ben"];
    let word = |word: &str| {
        let bare = word.trim_start_matches('(');
        bare.chars().next().is_some_and(char::is_uppercase)
            || PARTICLES.contains(&bare)
            || bare.starts_with("d'")
            || bare.starts_with("d’")
    };
    // In titles, words have capitals that are no names.
    const NO_NAMES: [&str; 22] = [
        "no", "none", "without", "the", "this", "our", "solo", "special", "episode", "guest",
        "guests", "sans", "aucun", "aucune", "pas", "invité", "sin", "senza", "geen", "zonder",
        "sem", "nenhum",
    ];
    let no_name = |word: &str| NO_NAMES.contains(&word.to_lowercase().as_str());
    is_name(text)
        && !text.split(' ').any(no_name)
        && (2..=5).contains(&text.split(' ').count())
        && text.split(' ').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> String {
        names_in("en", line)
    }

    fn names_in(language: &str, line: &str) -> String {
        let clean = crate::site::html::inline(line, &|_| None);
        let guests = guests_of_line(&clean, language);
        guests.iter().map(|guest| guest.name.as_str()).collect::<Vec<_>>().join(" + ")
    }

    #[test]
    fn one_anchor_at_the_start_is_a_guest() {
        let line = "<a href='https://www.linkedin.com/in/a/'>Anne Martin</a>, Manager, Sécurité.";
        assert_eq!(names(line), "Anne Martin");
        assert_eq!(names("<a href='https://a.example'>Cher</a>, singer"), "Cher");
        assert_eq!(names("<a href='https://a.example'>نور منارة</a>، حارسة"), "نور منارة");
    }

    #[test]
    fn companies_and_titles_are_no_guests() {
        let line = "<a href='https://www.linkedin.com/in/a'>Anne Martin</a>, CTO, \
            <a href='https://acme.example'>Acme Labs</a> et \
            <a href='https://acme.example/heroes/a'>Cloud Hero</a>";
        assert_eq!(names(line), "Anne Martin");
        let line = "<a href='https://www.linkedin.com/in/a'>Anne Martin</a>, CTO, \
            <a href='https://www.linkedin.com/company/acme'>Acme Labs</a> \
            (<a href='https://twitter.com/amartin'>@amartin</a>)";
        assert_eq!(names(line), "Anne Martin");
    }

    #[test]
    fn several_guests() {
        let line = "<a href='https://twitter.com/bob_'>Bob Durand</a>, of \
            <a href='https://www.acme.example/'>Acme</a> et \
            <a href='https://fr.linkedin.com/in/zoé/'>Zoé de la Tour</a>, avocate, &amp; \
            <a href='https://www.linkedin.com/in/c'>Carl (Charlie) Roy</a>, COO";
        assert_eq!(names(line), "Bob Durand + Zoé de la Tour + Carl (Charlie) Roy");
    }

    #[test]
    fn lines_without_a_link() {
        assert_eq!(names("Anne Martin, CTO, 20 Minutes."), "Anne Martin");
        assert_eq!(names("Anne Martin et Bob Durand, fondateurs"), "Anne Martin + Bob Durand");
        assert_eq!(names("Il n'y a pas d'invité pour cet épisode"), "");
        assert_eq!(names("(Il n'y a pas d'invité pour cet épisode)"), "");
        assert_eq!(names("le complément sur <a href='https://v.example/a'>ma chaîne</a>"), "");
        assert_eq!(names(""), "");
        assert_eq!(names("No guest this week"), "");
        assert_eq!(names("No Guest This Week"), "");
        assert_eq!(names("Sans Invité"), "");
        for line in ["Kein Gast", "Ohne Gast", "Das Große Sommer Spezial", "Anna Schmidt"] {
            assert_eq!(names_in("de-AT", line), "", "{line}");
        }
        let linked = "<a href='https://a.example'>Anna Schmidt</a>, Ärztin";
        assert_eq!(names_in("de", linked), "Anna Schmidt");
    }

    #[test]
    fn persons_are_hosts_and_guests_guests_and_a_role_has_its_group() {
        let text = |key: &str| {
            format!("---\ntitle: T\n{key}:\n  - name: Ada\n  - name: Bo\n    role: Author\n---\n")
        };
        let said = |key: &str| {
            let source = crate::show::Source::new("episodes/a.md", text(key));
            let all = credits(&Episode::parse(source).unwrap(), None, "en", &[], |_| None);
            all.iter().map(|it| (it.role.clone(), it.group())).collect::<Vec<_>>()
        };
        let author = ("author".to_owned(), Some("writing"));
        assert_eq!(said("persons"), [("host".to_owned(), None), author.clone()]);
        assert_eq!(said("guests"), [("guest".to_owned(), None), author]);
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(web("javascript:alert(1)"), None);
        assert_eq!(web(" https://a.example/é").as_deref(), Some("https://a.example/%C3%A9"));
    }
}
