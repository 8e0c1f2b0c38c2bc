//! Text of strangers cannot act.

use proptest::prelude::*;

use super::visible;

#[test]
fn ordinary_text_of_any_script_is_left_alone() {
    for text in ["", "weather", "Wetter für Köln", "天気", "⚠️ careful", "a::b", "#1 [x]", "C:\\x"]
    {
        assert_eq!(visible(text), text);
    }
}

#[test]
fn what_acts_is_written_as_an_escape() {
    for (text, shown) in [
        ("a\nb", "a\\u{a}b"),
        ("\u{1b}[31m", "\\u{1b}[31m"),
        ("del\u{7f}", "del\\u{7f}"),
        ("c1\u{9b}31m", "c1\\u{9b}31m"),
        ("a\u{202e}b", "a\\u{202e}b"),
        ("zero\u{200b}width", "zero\\u{200b}width"),
        ("\u{feff}bom", "\\u{feff}bom"),
        ("line\u{2028}sep", "line\\u{2028}sep"),
        ("tag\u{e0041}", "tag\\u{e0041}"),
    ] {
        assert_eq!(visible(text), shown);
    }
}

#[test]
fn log_commands_are_broken() {
    for (text, shown) in [
        ("::error::x", "\\u{3a}:error::x"),
        ("  ::set", "  \\u{3a}:set"),
        (":::", "\\u{3a}::"),
        ("a ##[group]", "a #\\u{23}[group]"),
        ("##VSO[task]", "#\\u{23}VSO[task]"),
        ("###[x]", "##\\u{23}[x]"),
        ("##é", "##é"),
    ] {
        assert_eq!(visible(text), shown);
    }
}

proptest! {
    #[test]
    fn nothing_that_is_shown_acts(text in "(::|##\\[|##vso\\[| |\\n|\\PC|\\p{C}|:|#|\\[){0,12}") {
        let shown = visible(&text);
        prop_assert!(!shown.chars().any(char::is_control));
        prop_assert!(!shown.chars().any(crate::text::is_invisible));
        prop_assert!(!shown.trim_start().starts_with("::"));
        prop_assert!(!shown.contains("##["));
        prop_assert!(!shown.to_ascii_lowercase().contains("##vso["));
        prop_assert_eq!(visible(&shown), shown.clone());
    }
}
