use proptest::prelude::*;
use serde_json::Value;

use crate::data::read_json;

use super::*;

fn form(text: &str) -> Result<String, CanonicalFault> {
    canonical(&read_json("x.json", text.as_bytes().to_vec()).unwrap())
}

#[test]
fn numbers_are_those_of_the_standard() {
    // RFC 8785, appendix B: the bits of a double and its text.
    for (bits, text) in [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] {
        assert_eq!(number(f64::from_bits(bits)).as_deref(), Some(text), "{bits:016x}");
    }
    assert_eq!(number(f64::INFINITY), None);
    assert_eq!(number(f64::NAN), None);
}

#[test]
fn keys_stand_in_the_order_of_their_utf16_units() {
    // The example of RFC 8785, section 3.2.3: U+1F600 stands before U+FB33.
    let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let order: Vec<&str> =
        ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"].into();
    let form = form(text).unwrap();
    let found: Vec<usize> = order.iter().map(|word| form.find(word).unwrap()).collect();
    assert!(found.is_sorted(), "{form}");
}

#[test]
fn text_and_layout_do_not_matter_and_meaning_does() {
    let a = form("{ \"b\" : [1.0, -0, 1E2, true],\n \"a\": \"\\u00e4\\/\\u000a\" }").unwrap();
    assert_eq!(a, "{\"a\":\"ä/\\n\",\"b\":[1,0,100,true]}");
    assert_eq!(form("{\"b\":[1,0,100,true],\"a\":\"ä/\\n\"}").unwrap(), a);
    assert_ne!(form("{\"b\":[1,0,100,false],\"a\":\"ä/\\n\"}").unwrap(), a);
    assert_eq!(form("\"\\u001F\\u007f\"").unwrap(), "\"\\u001f\u{7f}\"");
    assert_eq!(form("[]").unwrap(), "[]");
    assert_eq!(form("{\"a\":{}}").unwrap(), "{\"a\":{}}");
}

#[test]
fn what_readers_understand_differently_has_no_form() {
    for (text, code) in [
        ("{\"a\":1,\"\\u0061\":2}", Code::JsonDuplicateKey),
        ("\"\\ud800\"", Code::JsonLoneSurrogate),
        ("[1e999]", Code::JsonNumberPrecision),
        ("[123456789012345678901]", Code::JsonNumberPrecision),
    ] {
        assert_eq!(form(text), Err(CanonicalFault(code)), "{text}");
    }
}

#[test]
fn the_hash_is_that_of_the_canonical_text() {
    let document = read_json("x", b"{ }".to_vec()).unwrap();
    assert_eq!(content_hash(&document).unwrap(), digest(b"{}"));
}

/// Values whose texts differ in layout only when written in two ways.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e12..1e12f64).prop_map(|n| Value::from((n * 16.0).round() / 16.0)),
        "[a-z\"\\\\\u{7f}-\u{ffff}\n\u{1}]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(
                "[a-c\u{e0}-\u{e5}\u{1F600}\u{fb33}]{0,3}",
                inner,
                0..5
            )
            .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The value with every object's members in reverse and plenty of white space.
fn shuffled(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(shuffled).collect();
            format!("[ {}\n]", elements.join(" ,\t"))
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                let escaped: String =
                    key.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
                format!("\"{escaped}\" :{}", shuffled(value))
            };
            let members: Vec<String> = members.iter().rev().map(member).collect();
            format!("{{\r\n{} }}", members.join(","))
        }
        leaf => leaf.to_string(),
    }
}

proptest! {
    #[test]
    fn shuffled_keys_and_white_space_change_nothing(value in value()) {
        let plain = form(&value.to_string()).unwrap();
        prop_assert_eq!(&form(&shuffled(&value)).unwrap(), &plain);
        prop_assert_eq!(&form(&plain).unwrap(), &plain, "the form of a form is itself");
    }

    #[test]
    fn numbers_read_back_as_themselves(bits: u64) {
        let value = f64::from_bits(bits);
        if let Some(text) = number(value) {
            prop_assert_eq!(text.parse::<f64>().unwrap(), value);
        }
    }
}
