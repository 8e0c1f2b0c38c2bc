use proptest::prelude::*;

use super::*;

const KEY: &str = "pn91p6/C64PRag4oUjC0xoPp9TWrk97hwllwUjYMaUg=";

fn record() -> String {
    format!("v=MCPv1; k=ed25519; p={KEY}")
}

fn fault(text: &str) -> RecordFault {
    parse_record(text).unwrap_err()
}

#[test]
fn the_record_goes_round() {
    let key = parse_record(&record()).unwrap();
    assert_eq!(key.record(), record());
    for welcome in [
        format!("v=MCPv1;k=ed25519;p={KEY}"),
        format!("  v=MCPv1;\t k=ed25519;\n p={KEY};\r\n"),
        format!("v=MCPv1; k=ed25519; p={KEY} "),
    ] {
        assert_eq!(parse_record(&welcome).as_ref(), Ok(&key), "{welcome:?}");
    }
}

#[test]
fn what_only_the_official_registry_takes_is_said_so() {
    for text in [
        format!("x {}", record()),
        format!("{} y", record()),
        format!("{}; t=1", record()),
        format!("{};;", record()),
        format!("\"{}\"", record()),
        format!("v=MCPv1; k=rsa; p=AAAA {}", record()),
    ] {
        assert_eq!(fault(&text), RecordFault::OfficialOnly, "{text:?}");
    }
}

#[test]
fn other_records_are_not_ours() {
    for text in ["", "v=spf1 -all", "v=mcpv1; k=ed25519; p=AAAA", "google-site-verification=x"] {
        assert_eq!(fault(text), RecordFault::NotARecord, "{text:?}");
    }
    assert_eq!(fault(&"x".repeat(5000)), RecordFault::NotARecord);
}

#[test]
fn wrong_records_say_what_is_wrong() {
    let wrong = fault;
    assert_eq!(wrong(&format!("v=MCPv1; p={KEY}; k=ed25519")), RecordFault::Form);
    assert_eq!(wrong(&format!("v=MCPv1; k=ed25519 ; p={KEY}")), RecordFault::Form);
    assert_eq!(wrong("v=MCPv1"), RecordFault::Form);
    assert_eq!(wrong("v=MCPv1; k=rsa; p=AAAA"), RecordFault::Algorithm("rsa".to_owned()));
    assert_eq!(
        wrong("v=MCPv1; k=ed25519; p=AAAA"),
        RecordFault::Key(KeyFault::Length { expected: 32, found: 3 })
    );
    assert_eq!(wrong("v=MCPv1; k=ed25519; p=A_-A"), RecordFault::Key(KeyFault::Base64));
    assert_eq!(wrong(&format!("v=MCPv1; {}", "x".repeat(3000))), RecordFault::TooLong);
    let long = wrong(&format!("v=MCPv1; k={}; p=AAAA", "x".repeat(300)));
    assert_eq!(long, RecordFault::Algorithm("x".repeat(24)));
}

#[test]
fn a_well_known_document_is_one_to_four_records() {
    let one = parse_body(format!("{}\n", record()).as_bytes());
    assert_eq!((one.keys.len(), one.hints.len()), (1, 0));
    let two = parse_body(format!("{0}\r\n{0}\r\n", record()).as_bytes());
    assert_eq!((two.keys.len(), two.hints), (2, vec![BodyHint::OfficialReadsFirst]));
    let five = parse_body(format!("{}\n", record()).repeat(5).as_bytes());
    assert_eq!((five.keys.len(), five.hints), (0, vec![BodyHint::TooManyLines(5)]));
    let page = parse_body(format!("\n<!doctype html>\n{}", record()).as_bytes());
    assert_eq!((page.keys.len(), page.hints), (0, vec![BodyHint::HtmlPage]));
    let mixed = parse_body(format!("{}\nhello", record()).as_bytes());
    let hint = BodyHint::Line { line: 2, fault: RecordFault::NotARecord };
    assert_eq!((mixed.keys.len(), mixed.hints), (0, vec![hint]));
    assert_eq!(parse_body(b" \n").hints, [BodyHint::Empty]);
    assert_eq!(parse_body(b"\xff").hints, [BodyHint::NotUtf8]);
}

#[test]
fn an_account_record_names_a_forge_and_a_number() {
    let account = parse_account_record("v=MCPPUB1; forge=GitHub.com; id=1001;").unwrap();
    assert_eq!(account, AccountRecord { forge: "github.com".to_owned(), id: 1001 });
    for wrong in [
        "v=MCPPUB1; forge=github.com; id=octocat",
        "v=MCPPUB1; forge=github.com; id=01",
        "v=MCPPUB1; forge=github.com; id=+1",
        "v=MCPPUB1; forge=github.com; id=",
        "v=MCPPUB1; forge=https://github.com; id=1",
        "v=MCPPUB1; forge=github..com; id=1",
        "v=MCPPUB1; forge=github.com; id=18446744073709551616",
        "v=MCPPUB1; forge=github.com; id=1; id=2",
    ] {
        let fault = parse_account_record(wrong).unwrap_err();
        assert_eq!(fault, RecordFault::Account, "{wrong}");
    }
    assert_eq!(parse_account_record(&record()), Err(RecordFault::NotARecord));
}

/// Pieces that records are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("v=MCPv1"),
        Just(";"),
        Just(" "),
        Just("k="),
        Just("ed25519"),
        Just("ecdsap384"),
        Just("p="),
        Just(KEY),
        Just("v=MCPPUB1"),
        Just("forge=a.b"),
        Just("id=1"),
        Just("é"),
        Just("\u{b}"),
        Just("\n"),
        Just("v=MCPv1; k=ed25519; p="),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_readers(text in prop_oneof![pieces(), ".*"]) {
        let _ = parse_account_record(&text);
        let _ = parse_body(text.as_bytes());
        if let Ok(key) = parse_record(&text) {
            prop_assert_eq!(parse_record(&key.record()), Ok(key), "what is taken prints as a record");
            prop_assert!(official(&text), "the official registry takes what we take: {:?}", text);
        }
    }
}
