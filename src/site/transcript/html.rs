//! Transcripts as HTML: `<cite>` for who speaks, `<time>` for when, `<p>` for what is said.
//!
//! Source: podcast namespace, "Transcripts" (HTML). A stranger may have written it, so what is published
//! is what the sanitiser leaves, as a page of its own.

use super::Cue;
use crate::show::chapters::times_of_line;
use crate::site::html::{self, clean};
use crate::site::lang::direction;
use crate::site::text::{escape, from_clean_html};

/// The page to publish, empty if nothing is said, and what is said when, where the transcript tells.
pub(super) fn read(text: &str) -> (String, Vec<Cue>) {
    let body = html::blocks(text);
    if from_clean_html(&body).is_empty() {
        return (String::new(), Vec::new());
    }
    let page = format!(
        "{START}\n<head>\n<meta charset=\"utf-8\">\n<title>Transcript</title>\n</head>\n\
         <body>\n{}\n</body>\n</html>\n",
        body.trim()
    );
    (page, cues(&body))
}

/// The page as one of its language; what it says for itself, the sanitiser has left out.
pub(super) fn in_language(page: &[u8], code: &str) -> Vec<u8> {
    let Some(rest) = page.strip_prefix(START.as_bytes()) else { return page.to_vec() };
    let (lang, dir) = (escape(code), direction(code));
    [format!("<!DOCTYPE html>\n<html lang=\"{lang}\" dir=\"{dir}\">").as_bytes(), rest].concat()
}

const START: &str = "<!DOCTYPE html>\n<html>";

fn cues(body: &str) -> Vec<Cue> {
    let (mut cues, mut words) = (Vec::<Cue>::new(), String::new());
    let (mut speaker, mut start) = (None::<String>, None::<u64>);
    let mut inside = "";
    for (text, tag) in clean::parts(body) {
        let said = from_clean_html(text);
        match inside {
            "cite" if !said.is_empty() => {
                speaker = Some(said.trim_end_matches(':').trim_end().to_owned());
            }
            "time" => {
                let time = times_of_line(&said, true).first().map(|(time, _)| super::millis(*time));
                start = time.or(start);
            }
            _ => words.push_str(text),
        }
        let ends = tag.as_ref().is_none_or(|tag| matches!(tag.name, "p" | "cite" | "time" | "li"));
        if ends {
            let text = from_clean_html(&std::mem::take(&mut words));
            if let Some(start) = start.filter(|_| !text.is_empty()) {
                cues.push(Cue { start, end: start, speaker: speaker.take(), text });
            }
        } else if tag.as_ref().is_some_and(|tag| tag.name == "br") {
            words.push(' ');
        }
        inside = match tag {
            Some(tag) if !tag.closing && matches!(tag.name, "cite" | "time") => {
                if tag.name == "cite" { "cite" } else { "time" }
            }
            Some(tag) if tag.closing => "",
            _ => inside,
        };
    }
    cues
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_s_own_form_has_times_and_speakers() {
        let (page, cues) = read(
            "<html><head><title>x</title><script>y</script></head><body><cite>Ada:</cite>\n<time>0:00</time>\n\
             <p>Hello &amp; <b onclick=z>welcome</b></p><cite>Bob:</cite><time>1:02:03</time><p>Hi</p><p>More</p></body></html>",
        );
        insta::assert_snapshot!(page, @r#"
        <!DOCTYPE html>
        <html>
        <head>
        <meta charset="utf-8">
        <title>Transcript</title>
        </head>
        <body>
        <cite>Ada:</cite>
        <time>0:00</time>
        <p>Hello &amp; <b>welcome</b></p><cite>Bob:</cite><time>1:02:03</time><p>Hi</p><p>More</p>
        </body>
        </html>
        "#);
        let said: Vec<String> = cues
            .iter()
            .map(|cue| format!("{} {:?} {}", cue.start, cue.speaker, cue.text))
            .collect();
        assert_eq!(
            said,
            ["0 Some(\"Ada\") Hello & welcome", "3723000 Some(\"Bob\") Hi", "3723000 None More"]
        );
    }

    #[test]
    fn without_times_it_is_published_and_not_shown() {
        let (page, cues) = read("<p>Hello</p>");
        assert!(page.contains("<p>Hello</p>") && cues.is_empty());
        assert_eq!(read("<script>x</script>").0, "");
        let turned = String::from_utf8(in_language(page.as_bytes(), "ar")).unwrap();
        assert!(
            turned.starts_with("<!DOCTYPE html>\n<html lang=\"ar\" dir=\"rtl\">\n<head>"),
            "{turned}"
        );
    }
}
