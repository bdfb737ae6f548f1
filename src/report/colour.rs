//! When to use colour.

/// Whether to use colour where nobody says: as <https://no-color.org> and <https://bixense.com/clicolors>
/// have it, and not where the terminal cannot.
pub fn is_wanted(is_terminal: bool, var: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| var(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    is_terminal && !is_dumb(&var) && set("CLICOLOR").is_none_or(|value| value != "0")
}

/// Whether the terminal can only be written to, line by line.
pub fn is_dumb(var: impl Fn(&str) -> Option<String>) -> bool {
    var("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::is_wanted;

    #[test]
    fn colour_is_used_as_elsewhere() {
        let wants = |is_terminal, set: &[(&str, &str)]| {
            let var = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            is_wanted(is_terminal, var)
        };
        assert!(wants(true, &[]) && !wants(false, &[]));
        assert!(!wants(true, &[("NO_COLOR", "1")]) && wants(true, &[("NO_COLOR", "")]));
        assert!(!wants(true, &[("TERM", "dumb")]));
        assert!(!wants(true, &[("CLICOLOR", "0")]) && wants(true, &[("CLICOLOR", "1")]));
        assert!(
            wants(false, &[("CLICOLOR_FORCE", "1")]) && !wants(false, &[("CLICOLOR_FORCE", "0")])
        );
        assert!(!wants(true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    }
}
