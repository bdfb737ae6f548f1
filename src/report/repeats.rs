//! Findings that say the same of many files, together.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::rules::Finding;

/// So many places of a kind of finding are shown.
pub const PLACES: usize = 3;

/// Findings of one kind together, errors first, each kind where its first one stands.
pub fn kinds(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| Reverse(finding.severity));
    let mut kinds: Vec<Vec<&Finding>> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for finding in sorted {
        let kind = (finding.severity.as_str(), finding.rule.id, shape(&finding.message));
        let at = *known.entry(kind).or_insert(kinds.len());
        if at == kinds.len() {
            kinds.push(Vec::new());
        }
        kinds[at].push(finding);
    }
    kinds
}

/// A message without its numbers and names of files.
fn shape(message: &str) -> String {
    let is_own = |word: &str| {
        let word = word.trim_end_matches(['.', ',', ':', ';']);
        word.contains(|c: char| c.is_ascii_digit() || matches!(c, '.' | '/'))
    };
    let words = message.split_whitespace().map(|word| if is_own(word) { "#" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::registry;

    #[test]
    fn a_kind_is_a_rule_and_its_words() {
        let finding = |rule, message: &str| Finding::on_file(rule, "a", message);
        let findings = [
            finding(&registry::UNKNOWN_KEY, "onair does not know the key `a`"),
            finding(&registry::AUDIO_SIZE, "001.mp3 has 12 bytes"),
            finding(&registry::UNKNOWN_KEY, "onair does not know the key `b`"),
            finding(&registry::AUDIO_SIZE, "b/x.mp3 has 1,300 bytes"),
            finding(&registry::UNKNOWN_KEY, "onair does not know the key `a`"),
        ];
        let sizes: Vec<(&str, usize)> =
            kinds(&findings).iter().map(|kind| (kind[0].rule.id, kind.len())).collect();
        assert_eq!(sizes, [("audio-size", 2), ("unknown-key", 2), ("unknown-key", 1)]);
    }
}
