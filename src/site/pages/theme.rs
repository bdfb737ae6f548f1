//! What stands behind the style sheet: the accent, and a host's theme.

use std::fmt::Write as _;

use crate::show::settings::{ThemeFont, ThemeSettings};
use crate::site::artwork::{Accent, Rgb};

/// Rules that set the style sheet's properties; nothing where neither artwork nor host says any.
pub(super) fn css(theme: &ThemeSettings, of_artwork: Option<Rgb>) -> String {
    let given = theme.accent.as_ref().and_then(|accent| accent.get_ref().parse().ok());
    let mut css = String::new();
    if let Some(Accent { light, dark }) = given.or(of_artwork).map(Accent::of) {
        let _ = write!(
            css,
            "\n:root {{ --accent: {light}; }}\n:root.dark {{ --accent: {dark}; }}\n\
             @media (prefers-color-scheme: dark) {{ :root:not(.light) {{ --accent: {dark}; }} }}\n"
        );
    }
    let font = theme.font.map(|font| match font {
        ThemeFont::Serif => "var(--serif)",
        ThemeFont::Sans => "var(--sans)",
        ThemeFont::Round => "ui-rounded, \"SF Pro Rounded\", \"Hiragino Maru Gothic ProN\", Quicksand, Nunito, var(--sans)",
        ThemeFont::Mono => "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
    });
    if let Some(font) = font {
        let _ = write!(css, "\n:root:root:root {{ --text: {font}; }}\n");
    }
    if let Some(corners) = theme.corners {
        let _ = write!(
            css,
            "\n:root {{ --radius: {corners}px; }}\n.artwork {{ border-radius: min({corners}px, .5rem); }}\n"
        );
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_s_accent_comes_first_and_can_be_read() {
        let theme: ThemeSettings =
            toml::from_str("accent = \"#ffee00\"\nfont = \"sans\"\ncorners = 0").unwrap();
        insta::assert_snapshot!(css(&theme, Some(Rgb([0, 0, 200]))));
        assert_eq!(css(&ThemeSettings::default(), None), "");
        assert!(css(&ThemeSettings::default(), Some(Rgb([0, 0, 200]))).contains("#0000c8"));
    }
}
