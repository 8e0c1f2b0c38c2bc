//! The pages behind `explain`: one for every code, none for anything else.

use std::collections::BTreeSet;
use std::path::Path;

use mcp_static::internals::diag::Code;
use pretty_assertions::assert_eq;

/// Texts in code fences of one language.
fn fences<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (i, part) in page.split("```").enumerate() {
        if let (1, Some(text)) = (i % 2, part.strip_prefix(language)) {
            found.push(text.strip_prefix('\n').unwrap_or(text));
        }
    }
    found
}

#[test]
fn every_page_has_a_title_a_text_and_an_example() {
    for code in Code::ALL {
        let page = code.explanation();
        assert_eq!(page.lines().next(), Some(format!("# {code}").as_str()));
        let lines = page.lines().count();
        assert!((8..=30).contains(&lines), "{code}: {lines} lines");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{code}");
        let marks = page.lines().filter(|line| line.starts_with("```")).count();
        assert!(marks >= 2 && marks.is_multiple_of(2), "{code}: {marks} fence marks");
        let wide = page.lines().find(|line| line.chars().count() > 102);
        assert_eq!(wide, None, "{code}");
    }
}

#[test]
fn no_page_names_a_code_that_does_not_exist() {
    let mut mentions = 0;
    for code in Code::ALL {
        let words: Vec<&str> = code.explanation().split_whitespace().collect();
        for pair in words.windows(2) {
            let after_word = pair[0].ends_with("explain") || pair[0].ends_with("-A");
            let word = pair[1].trim_matches(|c: char| !c.is_ascii_alphanumeric());
            if after_word && pair[0].starts_with('`') {
                assert_eq!(Code::parse(word).map(Code::as_str), Ok(word), "{code}");
                mentions += 1;
            }
        }
        for list in code.explanation().split("allow = [").skip(1) {
            for name in list.split(']').next().unwrap_or_default().split(',') {
                let name = name.trim().trim_matches('"');
                assert_eq!(Code::parse(name).map(Code::as_str), Ok(name), "{code}");
                mentions += 1;
            }
        }
    }
    assert!(mentions > 20, "the pages were not searched");
}

#[test]
fn no_page_is_without_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diag/explain");
    let mut pages = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        pages.insert(entry.unwrap().file_name().into_string().unwrap());
    }
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(pages, codes);
}

#[test]
fn examples_are_what_they_say_they_are() {
    let (mut json, mut settings) = (0, 0);
    for code in Code::ALL {
        for text in fences(code.explanation(), "json") {
            let value = serde_json::from_str::<serde_json::Value>(text);
            assert!(value.is_ok(), "{code}: {value:?}\n{text}");
            json += 1;
        }
        for text in fences(code.explanation(), "toml") {
            assert!(text.parse::<toml::Table>().is_ok(), "{code}:\n{text}");
            settings += 1;
        }
    }
    assert!(json > 100 && settings > 5, "the pages were not searched");
}
