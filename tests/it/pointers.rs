//! Pointers to places, against a printer that writes down where it puts things.

use std::collections::BTreeMap;

use mcp_static::internals::data::read_json;
use mcp_static::internals::diag::{Code, Finding, Levels, Pointer, Report, SourceFile, Span};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

#[test]
fn pointers_escape_and_read_back() {
    let pointer = Pointer::root().key("a/b").key("~1").index(3).key("").key("$schema");
    assert_eq!(pointer.as_str(), "/a~1b/~01/3//$schema");
    let steps: Vec<String> = pointer.steps().collect();
    assert_eq!(steps, ["a/b", "~1", "3", "", "$schema"]);
}

#[test]
fn a_pointer_holds_the_beginning_of_a_long_key_and_finds_it() {
    let key = "é".repeat(200);
    let text = format!("{{\"{key}\": 1}}");
    let pointer = Pointer::root().key(&key);
    assert_eq!(pointer.as_str(), format!("/{}…", "é".repeat(128)));
    let span = SourceFile::new("x.json", &text).span(&pointer, false).unwrap();
    assert_eq!(&text[span.start..span.end], "1");
}

const TEXT: &str = "{\n  \"é\": [1, {\"b\" : \"天\"}],\r\n  \"b\": {}, \"b\": {\"c\": null}\n}\n";

fn covered(pointer: &str, on_key: bool) -> Option<&'static str> {
    let source = SourceFile::new("x.json", TEXT);
    source.span(&pointer.into(), on_key).map(|Span { start, end }| &TEXT[start..end])
}

#[test]
fn a_pointer_finds_its_value_or_its_key() {
    assert_eq!(covered("/é/1/b", false), Some("\"天\""));
    assert_eq!(covered("/é/1/b", true), Some("\"b\""));
    assert_eq!(covered("/é/1", false), Some("{\"b\" : \"天\"}"));
    // An element has no key.
    assert_eq!(covered("/é/1", true), Some("{\"b\" : \"天\"}"));
    assert_eq!(covered("", false), Some(TEXT.trim_end()));
    for missing in ["/x", "/é/2", "/é/01", "/é/-", "/é/0/x", "/é/1/b/0", "/"] {
        assert_eq!(covered(missing, false), None, "{missing}");
    }
}

#[test]
fn of_a_key_written_twice_the_last_counts() {
    assert_eq!(covered("/b", false), Some("{\"c\": null}"));
    assert_eq!(covered("/b/c", false), Some("null"));
    let source = SourceFile::new("x.json", "{\"a\": {\"b\": 1}, \"a\": 2}");
    assert_eq!(source.span(&"/a/b".into(), false), None);
}

/// Returns line and column of a byte, as a diagnostic about it shows them.
fn line_column(source: SourceFile<'_>, offset: usize) -> (u32, u32) {
    let finding = Finding::new(Code::JsonSyntax, "", "");
    let place = source.diagnose_span(finding, Span { start: offset, end: offset }).place;
    (place.line, place.column)
}

#[test]
fn lines_and_columns_count_characters() {
    let source = SourceFile::new("x.json", TEXT);
    for (part, place) in [("{\n", (1, 1)), ("[1", (2, 8)), ("天", (2, 20)), ("\"c\"", (3, 18))] {
        assert_eq!(line_column(source, TEXT.find(part).unwrap()), place, "{part}");
    }
    assert_eq!(line_column(source, TEXT.len()), (5, 1));
    assert_eq!(line_column(source, usize::MAX), (5, 1));
    assert_eq!(line_column(SourceFile::new("", ""), 0), (1, 1));
}

fn diagnosed(text: &str, finding: Finding) -> (u32, u32, Option<String>) {
    let diagnostic = SourceFile::new("x.json", text).diagnose(finding);
    let marked = diagnostic.snippet.map(|snippet| {
        snippet.text.chars().skip(snippet.before).take(snippet.width).collect::<String>()
    });
    (diagnostic.place.line, diagnostic.place.column, marked)
}

#[test]
fn a_finding_without_a_place_is_shown_at_what_would_hold_it() {
    let finding = |pointer: &str| Finding::new(Code::PropertyMissing, pointer, "missing");
    assert_eq!(diagnosed(TEXT, finding("/b/x/y")), (3, 17, Some("{\"c\": null}".into())));
    assert_eq!(diagnosed(TEXT, finding("/zz")), (1, 1, Some("{".into())));
    assert_eq!(diagnosed(TEXT, finding("/b/c").on_key()), (3, 18, Some("\"c\"".into())));
    // The key of a missing member is nowhere, and the key of its holder is not meant.
    assert_eq!(diagnosed(TEXT, finding("/b/x").on_key()), (3, 17, Some("{\"c\": null}".into())));
    assert_eq!(diagnosed("", finding("/a")), (0, 0, None));
}

#[test]
fn long_lines_are_cut_around_the_mark() {
    let text =
        format!("{{\"a\": \"{}\", \"b\": 17, \"c\": \"{}\"}}", "é".repeat(300), "x".repeat(300));
    let diagnostic =
        SourceFile::new("x.json", &text).diagnose(Finding::new(Code::ValueNotAllowed, "/b", ""));
    let snippet = diagnostic.snippet.unwrap();
    assert!(snippet.text.starts_with("…é") && snippet.text.ends_with("x…"), "{}", snippet.text);
    assert_eq!(snippet.text.chars().count(), 122);
    let marked: String = snippet.text.chars().skip(snippet.before).take(snippet.width).collect();
    assert_eq!(marked, "17");

    let whole =
        SourceFile::new("x.json", &text).diagnose(Finding::new(Code::ValueNotAllowed, "", ""));
    let snippet = whole.snippet.unwrap();
    assert_eq!((snippet.before, snippet.width), (0, 120));
    assert!(snippet.text.ends_with('…'));
}

#[test]
fn findings_that_are_alike_are_counted_by_code_and_severity() {
    let text = format!("[{}]", "1,".repeat(499) + "1");
    let finding = |i: usize| {
        let finding = Finding::new(Code::UrlOwnMachine, Pointer::root().index(i), format!("{i}"));
        if i < 300 { finding.as_warning() } else { finding }
    };
    let found =
        SourceFile::new("x.json", &text).diagnose_all((0..500).rev().map(finding).collect());
    let shown: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
    let mut expected: Vec<String> = (0..100).map(|i| i.to_string()).collect();
    expected.push("and 200 more of url-own-machine in this file".to_owned());
    expected.extend((300..400).map(|i| i.to_string()));
    expected.push("and 100 more of url-own-machine in this file".to_owned());
    assert_eq!(shown, expected);
    let mut report = Report::new();
    report.extend(found);
    let counts = report.finish(&Levels::default()).counts();
    assert_eq!((counts.errors, counts.warnings), (200, 300));
}

#[test]
fn nothing_is_found_behind_the_place_where_text_stops_being_json() {
    let source = SourceFile::new("x.json", "[[\"abc\n1], 5]");
    assert_eq!(source.span(&"/1".into(), false), None);
    assert_eq!(source.span(&"/0/1".into(), false), None);
}

#[derive(Debug, Clone)]
enum Json {
    Leaf(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The same with another text in the place of every leaf.
    fn with_leaves(&self, text: &str) -> Self {
        match self {
            Self::Leaf(_) => Self::Leaf(text.to_owned()),
            Self::Array(items) => Self::Array(items.iter().map(|i| i.with_leaves(text)).collect()),
            Self::Object(members) => Self::Object(
                members.iter().map(|(key, item)| (key.clone(), item.with_leaves(text))).collect(),
            ),
        }
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = "null|true|-?[1-9][0-9]{0,2}(\\.5)?(e[+-]?2)?|\"([a-z天]|\\\\n|\\\\\"|\\\\u00e9|[\\[\\]{},:]){0,4}\"";
    leaf.prop_map(Json::Leaf).prop_recursive(4, 30, 4, |inner| {
        let key = "[ab/~0\"é\\\\]{0,2}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((key, inner), 0..4).prop_map(Json::Object),
        ]
    })
}

/// Prints with odd white space and remembers where everything went.
#[derive(Default)]
struct Printer {
    text: String,
    spaces: Vec<String>,
    turn: usize,
    /// Pointer to key and value.
    places: BTreeMap<String, (Option<Span>, Span)>,
    /// Where every value stands that holds no other.
    leaves: Vec<(usize, String)>,
}

impl Printer {
    fn space(&mut self) {
        if let Some(space) = self.spaces.get(self.turn % self.spaces.len().max(1)) {
            self.text.push_str(space);
        }
        self.turn += 1;
    }

    fn value(&mut self, json: &Json, pointer: &str, key: Option<Span>) {
        let start = self.text.len();
        match json {
            Json::Leaf(text) => {
                self.leaves.push((start, pointer.to_owned()));
                self.text.push_str(text);
            }
            Json::Array(items) => {
                self.text.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.comma(i);
                    self.value(item, &format!("{pointer}/{i}"), None);
                }
                self.space();
                self.text.push(']');
            }
            Json::Object(members) => {
                self.text.push('{');
                for (i, (name, item)) in members.iter().enumerate() {
                    self.comma(i);
                    self.member(name, item, pointer);
                }
                self.space();
                self.text.push('}');
            }
        }
        let end = self.text.len();
        self.places.insert(pointer.to_owned(), (key, Span { start, end }));
    }

    fn comma(&mut self, index: usize) {
        self.space();
        if index > 0 {
            self.text.push(',');
            self.space();
        }
    }

    fn member(&mut self, name: &str, item: &Json, pointer: &str) {
        let start = self.text.len();
        if self.turn.is_multiple_of(2) {
            self.text.push_str(&serde_json::to_string(name).unwrap());
        } else {
            let units: String = name.encode_utf16().map(|u| format!("\\u{u:04x}")).collect();
            self.text.push_str(&format!("\"{units}\""));
        }
        let end = self.text.len();
        self.space();
        self.text.push(':');
        self.space();
        let inside = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        // A key written again replaces everything below the first.
        self.places.retain(|p, _| *p != inside && !p.starts_with(&format!("{inside}/")));
        self.value(item, &inside, Some(Span { start, end }));
    }
}

fn printed(json: &Json, spaces: Vec<String>) -> Printer {
    let mut printer = Printer { spaces, ..Printer::default() };
    printer.space();
    printer.value(json, "", None);
    printer.space();
    printer
}

fn spaces() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ \n\r\t]{0,2}", 1..6)
}

proptest! {
    #[test]
    fn every_pointer_leads_to_what_was_printed_there(json in json(), spaces in spaces(), odd in "(/[ab0~]{0,2}){0,3}") {
        let printer = printed(&json, spaces);
        let source = SourceFile::new("x.json", &printer.text);
        for (pointer, (key, value)) in &printer.places {
            let pointer = Pointer::from(pointer.as_str());
            prop_assert_eq!(source.span(&pointer, false), Some(*value));
            prop_assert_eq!(source.span(&pointer, true), Some(key.unwrap_or(*value)));
        }
        // `~` alone is not an escape; such a pointer may mean the same place as a valid one.
        if !odd.contains('~') {
            prop_assert_eq!(source.span(&odd.as_str().into(), false), printer.places.get(&odd).map(|p| p.1));
        }
    }

    #[test]
    fn what_is_suspicious_is_reported_where_it_is(json in json(), spaces in spaces()) {
        let printer = printed(&json.with_leaves("\"\\u0000\""), spaces);
        let source = SourceFile::new("x.json", &printer.text);
        let document = read_json("x.json", printer.text.clone().into_bytes()).unwrap();
        let found = document.findings.into_iter().filter(|d| d.code == Code::JsonControlCharacter);
        let found: Vec<_> = found.map(|d| ((d.place.line, d.place.column), d.place.pointer)).collect();
        let expected: Vec<_> = printer
            .leaves
            .iter()
            .map(|(at, pointer)| (line_column(source, *at), Pointer::from(pointer.as_str())))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn lines_and_columns_agree_with_counting(text in "[a天é\n\r😀]{0,20}") {
        let source = SourceFile::new("x.json", &text);
        let (mut line, mut column) = (1, 1);
        for (at, c) in text.char_indices() {
            prop_assert_eq!(line_column(source, at), (line, column));
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        prop_assert_eq!(line_column(source, text.len()), (line, column));
    }

    #[test]
    fn snippets_mark_what_they_show(text in "[a天\"{}:,\n ]{0,300}", start in 0usize..320, length in 0usize..320) {
        let source = SourceFile::new("x.json", &text);
        let finding = Finding::new(Code::JsonSyntax, "", "bad");
        let snippet = source.diagnose_span(finding, Span { start, end: start + length }).snippet.unwrap();
        prop_assert!(snippet.width >= 1 && !snippet.text.contains('\n'));
        prop_assert!(snippet.before + snippet.width <= snippet.text.chars().count().max(snippet.before + 1));
    }
}
