//! The tokenizer against `serde_json`, which accepts the same texts but for three things: it refuses
//! half a surrogate pair and a number that no double can hold, and it has special keys,
//! which are refused here.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::Value;

use super::{MAX_DEPTH, PLAIN, SyntaxError, Token, TokenKind, Tokenizer, plain_run, unescape};
use crate::diag::{Pointer, SourceFile};

fn tokens(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let (mut tokens, mut all) = (Tokenizer::new(text), Vec::new());
    while let Some(token) = tokens.next()? {
        all.push(token);
    }
    Ok(all)
}

/// Whether `serde_json` should take what the tokenizer takes.
fn holds_no_difference(tokens: &[Token<'_>]) -> bool {
    tokens.iter().all(|token| match token.kind {
        TokenKind::Key(raw) | TokenKind::String(raw) => !unescape(raw).1,
        TokenKind::Number(text) => text.parse::<f64>().is_ok_and(f64::is_finite),
        _ => true,
    })
}

fn agrees(text: &str) -> Result<(), TestCaseError> {
    let ours = tokens(text).is_ok_and(|tokens| holds_no_difference(&tokens));
    let theirs = serde_json::from_str::<Value>(text);
    prop_assert_eq!(ours, theirs.is_ok(), "{:?}: {:?} {:?}", text, tokens(text), theirs);
    Ok(())
}

#[test]
fn texts_are_taken_or_refused_as_the_grammar_says() {
    for text in [
        "null",
        " true\n",
        "\t-0.5E+10\r",
        "\"\"",
        "[]",
        "{}",
        "[1,[2,{}],{\"a\":[]}]",
        "0",
        "-0",
        "{\"a\":1,\"a\":2}",
        "\"\\u00e9\\n\\/\\\"\"",
        "\"\u{7f}\u{2028}\"",
        "1e-999",
        "[null ,1]",
    ] {
        assert!(tokens(text).is_ok(), "{text}");
    }
    for text in [
        "",
        " ",
        "nul",
        "truex",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "0x1",
        "'a'",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"a\nb\"",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "{]",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1,2}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\",1}",
        "{}{}",
        "1 2",
        "]",
        "}",
        ",",
        ":",
        "\u{feff}1",
        "NaN",
        "Infinity",
        "// c\n1",
        "[1]x",
        "\u{a0}1",
    ] {
        assert!(tokens(text).is_err(), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
}

#[test]
fn an_error_says_where() {
    for (text, offset) in [
        ("{\"a\":1,}", 7),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("\"a\u{1}\"", 2),
        ("\"\\x\"", 1),
        ("{\"é\":x}", 6),
        ("1 2", 2),
        ("[", 1),
    ] {
        assert_eq!(tokens(text).unwrap_err().offset, offset, "{text}");
    }
}

#[test]
fn nesting_ends_where_the_parser_s_does() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for (depth, valid) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(tokens(&text).is_ok(), valid, "{depth}");
            assert_eq!(serde_json::from_str::<Value>(&text).is_ok(), valid, "{depth}");
        }
    }
}

#[test]
fn the_three_differences_to_the_parser_are_known() {
    for text in ["\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "{\"\\udfff\":1}", "1e400"] {
        assert!(!holds_no_difference(&tokens(text).unwrap()), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
    // An object with this key is read as the text it holds, so the key must never reach the parser.
    let text = "{\"$serde_json::private::RawValue\":\"[1]\"}";
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), serde_json::json!([1]));
    for key in ["$serde_json::private::RawValue", "\\u0024serde_json::private::RawValue"] {
        let error = tokens(&format!("[{{\"{key}\":\"[1]\"}}]")).unwrap_err();
        assert_eq!((error.offset, error.message), (2, "this key is reserved by the JSON parser"));
    }
    assert!(tokens("{\"$schema\":1,\"$serde\":2,\"\\u0024\":3}").is_ok());
}

#[test]
fn after_an_error_there_is_only_this_error() {
    let mut tokens = Tokenizer::new("[[\"abc\n1], 5]");
    assert!(matches!(tokens.next(), Ok(Some(_))));
    assert!(matches!(tokens.next(), Ok(Some(_))));
    let error = tokens.next().unwrap_err();
    assert_eq!(error.offset, 6);
    assert_eq!(tokens.next(), Err(error.clone()));
    assert_eq!(tokens.next(), Err(error));
}

#[test]
fn escapes_resolve_and_lone_surrogates_are_reported() {
    for (raw, text, lone) in [
        ("plain é", "plain é", false),
        ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{c}\n\r\t", false),
        ("\\u0041\\u00E9\\u5929", "Aé天", false),
        ("\\ud83d\\ude00x", "😀x", false),
        ("\\uDBFF\\uDFFF", "\u{10ffff}", false),
        ("\\ud83d", "\u{fffd}", true),
        ("\\ude00\\ud83d", "\u{fffd}\u{fffd}", true),
        ("\\ud83d\\ud83d\\ude00", "\u{fffd}😀", true),
        ("\\ud83d\\n", "\u{fffd}\n", true),
        ("a\\u0000b", "a\0b", false),
    ] {
        let (resolved, told) = unescape(raw);
        assert_eq!((resolved.as_ref(), told), (text, lone), "{raw}");
    }
}

/// Pieces of JSON in any order: mostly wrong, often nearly right.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "{\"a\":",
        ",\"b\":",
        "\"\"",
        "\"a\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\\u00e9\"",
        "\"\\x\"",
        "\"",
        "\\",
        "0",
        "1",
        "-",
        "-1",
        "01",
        "1.5",
        "1.",
        "2e3",
        "1e400",
        "e",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\t",
        "é",
        "\u{1}",
        "\u{feff}",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Every place in a value, with what is there.
fn places<'a>(at: Pointer, value: &'a Value, all: &mut Vec<(Pointer, &'a Value)>) {
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, value)| places(at.index(i), value, all));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| places(at.key(key), value, all)),
        _ => {}
    }
    all.push((at, value));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(".{0,4}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn pieces_of_json_are_judged_as_by_the_parser(text in pieces()) {
        agrees(&text)?;
    }

    #[test]
    fn any_text_is_judged_as_by_the_parser(text in "[\\[\\]{},:\"\\\\u0-9eE.+ -]{0,16}") {
        agrees(&text)?;
    }

    #[test]
    fn broken_documents_are_judged_as_by_the_parser(
        value in value(), at in any::<prop::sample::Index>(), with in prop::option::of("[\\[\\]{},:\"0]"),
    ) {
        let mut text: Vec<char> = serde_json::to_string(&value).unwrap().chars().collect();
        agrees(&text.iter().collect::<String>())?;
        let at = at.index(text.len());
        text.splice(at..=at, with.unwrap_or_default().chars());
        agrees(&text.iter().collect::<String>())?;
    }

    #[test]
    fn strings_resolve_as_by_the_parser(text in "\"(\\\\u[0-9a-fA-F]{4}|\\\\[nrtbf/\"\\\\]|[a-zé天])*\"") {
        let all = tokens(&text).unwrap();
        let TokenKind::String(raw) = all[0].kind else { return Err(TestCaseError::fail("no string")) };
        let (resolved, lone) = unescape(raw);
        match serde_json::from_str::<String>(&text) {
            Ok(theirs) => prop_assert_eq!((resolved.as_ref(), lone), (theirs.as_str(), false)),
            Err(_) => prop_assert!(lone),
        }
    }

    #[test]
    fn tokens_are_in_order_and_cover_everything_but_layout(value in value()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let mut end = 0;
        for token in tokens(&text).unwrap() {
            prop_assert!(token.start >= end && token.end > token.start);
            prop_assert!(text[end..token.start].chars().all(|c| " \n:,".contains(c)));
            end = token.end;
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn a_run_of_plain_bytes_ends_where_the_table_says(bytes in "[ -~]{0,20}(\\PC|[\u{0}-\u{7f}]){0,3}[ -~]{0,9}") {
        let bytes = bytes.as_bytes();
        for start in 0..=bytes.len() {
            let rest = &bytes[start..];
            let ends = rest.iter().position(|byte| !PLAIN[usize::from(*byte)]);
            prop_assert_eq!(plain_run(rest), ends.unwrap_or(rest.len()));
        }
    }

    #[test]
    fn every_place_is_found_alone_and_among_others(value in value(), which in any::<u64>()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let source = SourceFile::new("server.json", &text);
        let mut all = Vec::new();
        places(Pointer::root(), &value, &mut all);
        all.retain(|(pointer, _)| !pointer.as_str().contains('…'));
        let some = all.iter().enumerate().filter(|(i, _)| which >> (i % 64) & 1 == 1);
        let (pointers, values): (Vec<_>, Vec<_>) = some.map(|(_, place)| place.clone()).unzip();
        let found = source.spans(&pointers);
        for ((pointer, value), span) in pointers.iter().zip(&values).zip(found) {
            let span = span.ok_or_else(|| TestCaseError::fail(format!("{pointer} is not found")))?;
            let there: Value = serde_json::from_str(&text[span.start..span.end]).unwrap();
            prop_assert_eq!(&there, *value, "{}", pointer);
            prop_assert_eq!(source.span(pointer, false), Some(span));
        }
    }
}
