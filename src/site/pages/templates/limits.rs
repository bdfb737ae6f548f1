//! What a host's template may ask of the machine: a pull request may bring one.
//!
//! Before it is compiled, its text is looked at: a compiler goes down into what it reads, and takes
//! longer than twice as long for an expression of twice the length. When it renders, minijinja's fuel
//! bounds its steps, and the process that it renders in bounds the rest (`pipeline/template_process/`).

/// The longest text between `{{` and `}}` or `{%` and `%}`, in bytes.
const LONGEST_TAG: usize = 2000;
/// All of them in one template.
const MOST_CODE: usize = 128 * 1024;
/// Each stands inside the one above it.
const MOST_ELIF: usize = 100;
/// Steps, or 64 bytes each. The largest page of a show with 10,000 episodes takes a fifth.
#[cfg(not(fuzzing))]
pub(super) const FUEL: u64 = 5_000_000;
/// Who tries millions of templates does not wait for those that use up all they have.
#[cfg(fuzzing)]
pub(super) const FUEL: u64 = 20_000;

/// The first place at which a template is more than a compiler should be given: its line, and why.
pub(super) fn excess(text: &str) -> Option<(usize, String)> {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let (mut code, mut elif) = (0, 0);
    for Tag { open, text: tag, words, .. } in tags(text) {
        code += tag.len();
        elif += usize::from(words.starts_with("elif"));
        let reason = if tag.len() > LONGEST_TAG {
            format!("there are more than {LONGEST_TAG} bytes between `{{` and `}}`")
        } else if code > MOST_CODE {
            format!("there are more than {MOST_CODE} bytes of expressions in this template")
        } else if elif > MOST_ELIF {
            format!("there are more than {MOST_ELIF} `elif` in this template")
        } else {
            continue;
        };
        return Some((line(open), reason));
    }
    None
}

/// What stands between `{{` and `}}`, or `{%` and `%}`.
pub(super) struct Tag<'a> {
    /// Where it opens.
    pub(super) open: usize,
    pub(super) text: &'a str,
    /// The same without the signs at its start.
    pub(super) words: &'a str,
    /// Whether it is `{% … %}`.
    pub(super) is_statement: bool,
}

/// The tags of a template, but for those in remarks and behind `raw`.
pub(super) fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(open) = memchr::memchr(b'{', &bytes[at..]).map(|from| at + from) {
            at = open + 1;
            let close = match bytes.get(open + 1) {
                Some(b'{') => b'}',
                Some(b'%') => b'%',
                Some(b'#') => {
                    let end = memchr::memmem::find(&bytes[open + 2..], b"#}");
                    at = end.map_or(bytes.len(), |end| open + 2 + end + 2);
                    continue;
                }
                _ => continue,
            };
            let end = end_of_tag(bytes, open + 2, close);
            let tag = &text[open + 2..end];
            let words = tag.trim_start_matches(['-', '+']).trim_start();
            let is_statement = close == b'%';
            at = match is_statement && words.starts_with("raw") {
                true => raw_end(text, end),
                false => end,
            };
            return Some(Tag { open, text: tag, words, is_statement });
        }
        None
    })
}

/// Where a tag ends: quoted texts may hold what ends it.
fn end_of_tag(bytes: &[u8], mut at: usize, close: u8) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                at += 1;
                while let Some(&inner) = bytes.get(at).filter(|&&inner| inner != byte) {
                    at += if inner == b'\\' { 2 } else { 1 };
                }
            }
            byte if byte == close && bytes.get(at + 1) == Some(&b'}') => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Where the text behind `{% raw %}` ends.
fn raw_end(text: &str, at: usize) -> usize {
    text[at..].find("endraw").map_or(text.len(), |end| at + end)
}
