//! Values in one line of a report.

/// A value short enough for one line of a report.
pub fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > 80 || line.len() < text.trim_end().len() {
        return format!("{}…", line.chars().take(80).collect::<String>());
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_for_reports() {
        assert_eq!(shorten("a\nb"), "a…");
        assert_eq!(shorten("ab"), "ab");
    }
}
