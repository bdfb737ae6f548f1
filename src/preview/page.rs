//! A page as the preview shows it: the audio is the host's own file, and the panel stands below.

use std::collections::HashMap;

use crate::site::text::escape;

/// Where audio comes from in place of its public address; both as attributes have them.
#[derive(Debug, Default)]
pub struct LocalAudio(HashMap<String, String>);

impl LocalAudio {
    /// Public addresses, and the paths that stand in for them.
    pub fn new(addresses: impl IntoIterator<Item = (String, String)>) -> Self {
        let escaped = |(public, local): (String, String)| (escape(&public), escape(&local));
        Self(addresses.into_iter().map(escaped).collect())
    }

    /// Leads what plays, or is followed, to the local audio. What a page says of itself to others
    /// (share cards, structured data) keeps the public address.
    fn lead(&self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(at) = rest.find("=\"") {
            let (before, after) = rest.split_at(at + 2);
            out.push_str(before);
            rest = after;
            let plays = [" src=\"", " data-src=\"", " href=\""];
            if !plays.iter().any(|attribute| before.ends_with(attribute)) {
                continue;
            }
            let end = rest.find(['"', '#']).unwrap_or(rest.len());
            if let Some(local) = self.0.get(&rest[..end]) {
                out.push_str(local);
                rest = &rest[end..];
            }
        }
        out.push_str(rest);
        out
    }
}

/// Dresses a published page: `head` goes to the end of its head, `panel` to the end of its body.
pub fn dress(html: &str, audio: &LocalAudio, head: &str, panel: &str) -> String {
    let html = audio.lead(html);
    let into_head = html.find("</head>").unwrap_or(0);
    let into_body = html.rfind("</body>").filter(|at| *at >= into_head).unwrap_or(html.len());
    let (start, body) = html.split_at(into_head);
    let (body, end) = body.split_at(into_body - into_head);
    [start, head, body, panel, end].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio() -> LocalAudio {
        let public = "https://op3.example/e/show.example/a.mp3?x=1&y=2";
        LocalAudio::new([(public.to_owned(), "/.onair/audio/media/a.mp3".to_owned())])
    }

    #[test]
    fn what_plays_is_local_and_what_others_are_told_is_public() {
        let public = "https://op3.example/e/show.example/a.mp3?x=1&amp;y=2";
        let html = format!(
            "<meta content=\"{public}\"><audio src=\"{public}\"></audio><p data-src=\"{public}\">\
             <a class=\"x\" href=\"{public}#t=61\">1:01</a><a href=\"https://b.example/\">{public}</a>"
        );
        assert_eq!(
            audio().lead(&html),
            format!(
                "<meta content=\"{public}\"><audio src=\"/.onair/audio/media/a.mp3\"></audio>\
                 <p data-src=\"/.onair/audio/media/a.mp3\">\
                 <a class=\"x\" href=\"/.onair/audio/media/a.mp3#t=61\">1:01</a>\
                 <a href=\"https://b.example/\">{public}</a>"
            )
        );
    }

    #[test]
    fn the_panel_stands_at_the_end_whatever_a_template_left_out() {
        let dress = |html| dress(html, &audio(), "<H>", "<P>");
        assert_eq!(dress("<head>a</head><body>b</body>"), "<head>a<H></head><body>b<P></body>");
        assert_eq!(dress("<p>b"), "<H><p>b<P>");
        assert_eq!(dress("</body></head>"), "</body><H></head><P>");
        assert_eq!(dress("<p title=\""), "<H><p title=\"<P>");
        assert_eq!(dress(""), "<H><P>");
    }
}
