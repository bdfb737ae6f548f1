//! A page that stands where another page was, and leads on to it.
//!
//! A reader is led on at once (WHATWG HTML, "Refresh state"), a search engine by the canonical
//! address; S3's website endpoints redirect by the object's metadata, before any page is read.

use bytes::Bytes;

use super::text::escape;
use crate::model::object::{Key, Kind, Object};

/// The page at `key` that leads to the address `to`.
pub fn page(key: Key, to: &str) -> Object {
    let to_html = escape(to);
    let html = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{to_html}</title>\n\
         <link rel=\"canonical\" href=\"{to_html}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to_html}\">\n</head>\n\
         <body>\n<p><a href=\"{to_html}\">{to_html}</a></p>\n</body>\n</html>\n"
    );
    let page = Object::in_memory(key, Kind::Page, "text/html; charset=utf-8", Bytes::from(html));
    Object { redirect: Some(to.to_owned()), ..page }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::object::Body;

    #[test]
    fn it_leads_on_and_stays_out_of_search() {
        let key = Key::new("old/index.html").unwrap();
        let object = page(key, "https://a.example/new/?a=1&b=\"<x>");
        let Body::Bytes(bytes) = &object.body else { panic!() };
        insta::assert_snapshot!(std::str::from_utf8(bytes).unwrap(), @r#"
        <!DOCTYPE html>
        <html>
        <head>
        <meta charset="utf-8">
        <title>https://a.example/new/?a=1&amp;b=&quot;&lt;x&gt;</title>
        <link rel="canonical" href="https://a.example/new/?a=1&amp;b=&quot;&lt;x&gt;">
        <meta name="robots" content="noindex">
        <meta http-equiv="refresh" content="0; url=https://a.example/new/?a=1&amp;b=&quot;&lt;x&gt;">
        </head>
        <body>
        <p><a href="https://a.example/new/?a=1&amp;b=&quot;&lt;x&gt;">https://a.example/new/?a=1&amp;b=&quot;&lt;x&gt;</a></p>
        </body>
        </html>
        "#);
        assert_eq!(object.redirect.as_deref(), Some("https://a.example/new/?a=1&b=\"<x>"));
    }
}
