//! What Auphonic writes of a production: its JSON of texts and chapters
//! (<https://auphonic.com/help/api/details.html>).

use std::time::Duration;

use serde_json::Value;

use crate::audio::tag::HeldChapter;

/// What a production says of its episode. Texts are never empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Production {
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub summary: Option<String>,
    pub chapters: Vec<HeldChapter>,
}

/// Reads it; nothing if this is some other JSON.
pub fn read(text: &str) -> Option<Production> {
    let whole: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    // The API's answer holds it as `data`.
    let whole = whole.get("data").unwrap_or(&whole);
    let metadata = whole.get("metadata")?.as_object()?;
    let said = |value: Option<&Value>| {
        let text = value?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let entries = whole.get("chapters").and_then(Value::as_array).into_iter().flatten();
    let mut chapters: Vec<HeldChapter> = entries
        .filter_map(|entry| {
            let seconds = entry.get("start_sec").and_then(Value::as_f64);
            let start = seconds.or_else(|| clock(entry.get("start")?.as_str()?))?;
            Some(HeldChapter {
                start: Duration::try_from_secs_f64(start).ok()?,
                end: None,
                title: said(entry.get("title"))?,
                url: said(entry.get("url")),
                image: None,
            })
        })
        .collect();
    chapters.sort_by_key(|chapter| chapter.start);
    Some(Production {
        title: said(metadata.get("title")),
        subtitle: said(metadata.get("subtitle")),
        summary: said(metadata.get("summary")),
        chapters,
    })
}

/// Seconds of `01:02:03.500`.
fn clock(text: &str) -> Option<f64> {
    text.split(':').try_fold(0.0, |sum, part| {
        let part: f64 = part.trim().parse().ok()?;
        (part.is_finite() && part >= 0.0).then_some(sum * 60.0 + part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_production_is_told_from_other_json() {
        let text = r#"{"uuid": "x", "metadata": {"title": " Tide ", "subtitle": "", "summary": "Ebb."},
            "chapters": [{"start": "00:01:05.500", "title": "Flood", "url": ""},
                         {"start": "00:00:00.000", "start_sec": 0, "title": "Ebb"},
                         {"start": "x", "title": "Nowhere"}, {"start": "NaN", "title": "Never"}]}"#;
        let production = read(text).unwrap();
        assert_eq!(production.title.as_deref(), Some("Tide"));
        assert_eq!((production.subtitle, production.summary.as_deref()), (None, Some("Ebb.")));
        let starts: Vec<_> = production
            .chapters
            .iter()
            .map(|chapter| (chapter.start.as_millis(), chapter.title.as_str()))
            .collect();
        assert_eq!(starts, [(0, "Ebb"), (65_500, "Flood")]);
        assert!(read(&format!("{{\"data\": {text}}}")).is_some());
        for other in ["{}", "[]", "{\"chapters\": []}", "{\"metadata\": 1}", "no JSON"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
