//! Transcripts as JSON: the podcast namespace's own form, and those of programs that write transcripts.
//!
//! Sources: podcast namespace, "Transcripts" (JSON); OpenAI Whisper and WhisperX (`segments`),
//! whisper.cpp (`transcription`); Amazon Transcribe (`results`).

use serde_json::Value;

use super::{Cue, TranscriptError};
use crate::site::text::one_line;

/// What a JSON transcript says, and whether it is in the podcast namespace's own form.
pub(super) fn read(text: &str) -> Result<(Vec<Cue>, bool), TranscriptError> {
    let root: Value = serde_json::from_str(text).map_err(|error| TranscriptError {
        line: error.line().max(1),
        reason: format!("this is not a transcript: {error}"),
    })?;
    let wrong = |reason: &str| TranscriptError { line: 1, reason: reason.to_owned() };
    let cues = if let Some(segments) = root.get("segments").and_then(Value::as_array) {
        let own = segments.iter().all(|segment| segment.get("startTime").is_some());
        if own && !segments.is_empty() {
            let cues = segments.iter().map(namespace).collect::<Option<Vec<_>>>();
            let cues = cues.ok_or_else(|| {
                wrong("a segment of a transcript has `startTime`, a number, and `body`, a text")
            })?;
            return Ok((kept(cues), true));
        }
        segments.iter().map(whisper).collect()
    } else if let Some(parts) = root.get("transcription").and_then(Value::as_array) {
        parts.iter().map(whisper_cpp).collect()
    } else if let Some(results) = root.get("results") {
        amazon(results)
    } else {
        None
    };
    let cues = cues.ok_or_else(|| {
        wrong("this is not a transcript that onair knows: it has neither `segments` with times, nor `transcription`, nor `results`")
    })?;
    Ok((kept(cues), false))
}

fn kept(cues: Vec<Cue>) -> Vec<Cue> {
    cues.into_iter().filter(|cue| !cue.text.is_empty()).collect()
}

fn cue(start: u64, end: Option<u64>, speaker: Option<&str>, text: &str) -> Cue {
    let speaker = speaker.map(one_line).filter(|name| !name.is_empty());
    Cue { start, end: end.unwrap_or(start).max(start), speaker, text: one_line(text) }
}

/// A number, or a text that is one, in milliseconds.
fn millis(seconds: &Value) -> Option<u64> {
    let seconds = match seconds {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and no audio is that long"
    )]
    Some((seconds * 1000.0).round() as u64)
}

fn namespace(segment: &Value) -> Option<Cue> {
    let speaker = segment.get("speaker").and_then(Value::as_str);
    let end = segment.get("endTime").and_then(millis);
    Some(cue(millis(segment.get("startTime")?)?, end, speaker, segment.get("body")?.as_str()?))
}

fn whisper(segment: &Value) -> Option<Cue> {
    let speaker = segment.get("speaker").and_then(Value::as_str);
    let end = segment.get("end").and_then(millis);
    Some(cue(millis(segment.get("start")?)?, end, speaker, segment.get("text")?.as_str()?))
}

fn whisper_cpp(part: &Value) -> Option<Cue> {
    let offsets = part.get("offsets")?;
    let at = |key: &str| offsets.get(key).and_then(Value::as_u64);
    let speaker = part.get("speaker").and_then(Value::as_str);
    Some(cue(at("from")?, at("to"), speaker, part.get("text")?.as_str()?))
}

/// Amazon Transcribe: sentences where it gives them, else words, put together as people speak.
fn amazon(results: &Value) -> Option<Vec<Cue>> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let time = |value: &Value, key: &str| value.get(key).and_then(millis);
    if let Some(segments) = results.get("audio_segments").and_then(Value::as_array) {
        let read = |segment: &Value| {
            let speaker = text(segment, "speaker_label");
            let words = text(segment, "transcript")?;
            Some(cue(
                time(segment, "start_time")?,
                time(segment, "end_time"),
                speaker.as_deref(),
                &words,
            ))
        };
        return segments.iter().map(read).collect();
    }
    const LONG: u64 = 6_000;
    let speakers = speakers(results);
    let mut cues: Vec<Cue> = Vec::new();
    for item in results.get("items")?.as_array()? {
        let words = text(item.get("alternatives")?.get(0)?, "content")?;
        let Some(start) = time(item, "start_time") else {
            // A sign has no time of its own, and no space before it.
            if let Some(last) = cues.last_mut() {
                last.text.push_str(&words);
            }
            continue;
        };
        let end = time(item, "end_time").unwrap_or(start);
        let labelled = speakers.partition_point(|(from, _)| *from <= start);
        let speaker = text(item, "speaker_label")
            .or_else(|| speakers[..labelled].last().map(|(_, name)| name.clone()));
        match cues.last_mut() {
            Some(last)
                if last.speaker == speaker
                    && start.saturating_sub(last.start) < LONG
                    && !last.text.ends_with(['.', '?', '!']) =>
            {
                last.text.push(' ');
                last.text.push_str(&words);
                last.end = end.max(last.end);
            }
            _ => cues.push(cue(start, Some(end), speaker.as_deref(), &words)),
        }
    }
    Some(cues)
}

/// From when on which speaker speaks.
fn speakers(results: &Value) -> Vec<(u64, String)> {
    let segments = results.get("speaker_labels").and_then(|labels| labels.get("segments"));
    let mut found: Vec<(u64, String)> = segments
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|segment| {
            let name = segment.get("speaker_label")?.as_str()?.to_owned();
            Some((millis(segment.get("start_time")?)?, name))
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str) -> String {
        match read(text) {
            Err(error) => error.to_string(),
            Ok((cues, own)) => {
                let cue = |cue: &Cue| {
                    let speaker = cue.speaker.as_deref().unwrap_or("?");
                    format!("{}-{} {speaker}: {}\n", cue.start, cue.end, cue.text)
                };
                format!(
                    "{}{}",
                    cues.iter().map(cue).collect::<String>(),
                    if own { "own" } else { "other" }
                )
            }
        }
    }

    #[test]
    fn what_programs_write_is_read() {
        let whisper = r#"{"text": " A b", "segments": [{"id": 0, "start": 0.0, "end": 2.48, "text": " A"},
            {"start": 3, "end": 4.5, "text": "b", "speaker": "SPEAKER_00"}], "language": "en"}"#;
        assert_eq!(said(whisper), "0-2480 ?: A\n3000-4500 SPEAKER_00: b\nother");
        let cpp = r#"{"transcription": [{"timestamps": {"from": "00:00:00,000", "to": "00:00:01,500"},
            "offsets": {"from": 0, "to": 1500}, "text": " A"}]}"#;
        assert_eq!(said(cpp), "0-1500 ?: A\nother");
        let word = |start: &str, end: &str, word: &str| {
            format!(
                r#"{{"start_time": "{start}", "end_time": "{end}", "type": "pronunciation",
                "alternatives": [{{"confidence": "0.9", "content": "{word}"}}]}}"#
            )
        };
        let full_stop = r#"{"type": "punctuation", "alternatives": [{"content": "."}]}"#;
        let items = [
            word("0.1", "0.5", "Hello"),
            word("0.6", "1.0", "you"),
            full_stop.to_owned(),
            word("1.2", "2.0", "Hi"),
        ];
        let labels = r#"{"speakers": 2, "segments": [{"start_time": "0.0", "end_time": "1.1", "speaker_label": "spk_0"},
            {"start_time": "1.1", "end_time": "2.0", "speaker_label": "spk_1"}]}"#;
        let amazon = format!(
            r#"{{"jobName": "x", "results": {{"speaker_labels": {labels}, "items": [{}]}}}}"#,
            items.join(",")
        );
        assert_eq!(said(&amazon), "100-1000 spk_0: Hello you.\n1200-2000 spk_1: Hi\nother");
        let newer = r#"{"results": {"audio_segments": [{"transcript": "Hello you.", "start_time": "0.1", "end_time": "1.0", "speaker_label": "spk_0"}]}}"#;
        assert_eq!(said(newer), "100-1000 spk_0: Hello you.\nother");
    }

    #[test]
    fn what_is_no_transcript_is_said() {
        assert!(said("{\"a\": 1}").contains("this is not a transcript that onair knows"));
        assert!(said("{\"segments\": [{\"startTime\": 1}]}").contains("`body`, a text"));
        assert!(said("[").starts_with("line 1: this is not a transcript"));
    }

    #[test]
    fn as_webvtt_it_is_read_back() {
        let cues = vec![
            cue(0, Some(1500), Some("A & <B>"), "1 < 2 --> 3"),
            cue(3_600_000, None, None, "Fin"),
        ];
        let text = super::super::write::webvtt(&cues);
        let source = crate::show::Source::new("t.vtt", text);
        let read = super::super::TranscriptFile::parse(&source).unwrap().cues;
        assert_eq!(read[0], cues[0]);
        assert_eq!((read[1].start, read[1].text.as_str()), (3_600_000, "Fin"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}:,\"0-9a]{0,30}") {
            let _ = read(&text);
            let _ = read(&format!("{{\"results\": {text}}}"));
            let _ = read(&format!("{{\"segments\": {text}}}"));
        }
    }
}
