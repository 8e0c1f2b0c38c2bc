use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::{PREFIX, decode, decoded, encode, fault};

/// The sample strings of RFC 3492, section 7.1, in its order. The coded form of (I) has a
/// capital letter where its text has one, which this coding does not do; it is in lower case here.
const SAMPLES: &[(&str, &str)] = &[
    (
        "\u{644}\u{64a}\u{647}\u{645}\u{627}\u{628}\u{62a}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}\u{631}\u{628}\u{64a}\u{61f}",
        "egbpdaj6bu4bxfgehfvwxn",
    ),
    (
        "\u{4ed6}\u{4eec}\u{4e3a}\u{4ec0}\u{4e48}\u{4e0d}\u{8bf4}\u{4e2d}\u{6587}",
        "ihqwcrb4cv8a8dqg056pqjye",
    ),
    (
        "\u{4ed6}\u{5011}\u{7232}\u{4ec0}\u{9ebd}\u{4e0d}\u{8aaa}\u{4e2d}\u{6587}",
        "ihqwctvzc91f659drss3x8bo0yb",
    ),
    ("Pro\u{10d}prost\u{11b}nemluv\u{ed}\u{10d}esky", "Proprostnemluvesky-uyb24dma41a"),
    (
        "\u{5dc}\u{5de}\u{5d4}\u{5d4}\u{5dd}\u{5e4}\u{5e9}\u{5d5}\u{5d8}\u{5dc}\u{5d0}\u{5de}\u{5d3}\u{5d1}\u{5e8}\u{5d9}\u{5dd}\u{5e2}\u{5d1}\u{5e8}\u{5d9}\u{5ea}",
        "4dbcagdahymbxekheh6e0a7fei0b",
    ),
    (
        "\u{92f}\u{939}\u{932}\u{94b}\u{917}\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}\u{915}\u{94d}\u{92f}\u{94b}\u{902}\u{928}\u{939}\u{940}\u{902}\u{92c}\u{94b}\u{932}\u{938}\u{915}\u{924}\u{947}\u{939}\u{948}\u{902}",
        "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd",
    ),
    (
        "\u{306a}\u{305c}\u{307f}\u{3093}\u{306a}\u{65e5}\u{672c}\u{8a9e}\u{3092}\u{8a71}\u{3057}\u{3066}\u{304f}\u{308c}\u{306a}\u{3044}\u{306e}\u{304b}",
        "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
    ),
    (
        "\u{c138}\u{acc4}\u{c758}\u{baa8}\u{b4e0}\u{c0ac}\u{b78c}\u{b4e4}\u{c774}\u{d55c}\u{ad6d}\u{c5b4}\u{b97c}\u{c774}\u{d574}\u{d55c}\u{b2e4}\u{ba74}\u{c5bc}\u{b9c8}\u{b098}\u{c88b}\u{c744}\u{ae4c}",
        "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c",
    ),
    (
        "\u{43f}\u{43e}\u{447}\u{435}\u{43c}\u{443}\u{436}\u{435}\u{43e}\u{43d}\u{438}\u{43d}\u{435}\u{433}\u{43e}\u{432}\u{43e}\u{440}\u{44f}\u{442}\u{43f}\u{43e}\u{440}\u{443}\u{441}\u{441}\u{43a}\u{438}",
        "b1abfaaepdrnnbgefbadotcwatmq2g4l",
    ),
    (
        "Porqu\u{e9}nopuedensimplementehablarenEspa\u{f1}ol",
        "PorqunopuedensimplementehablarenEspaol-fmd56a",
    ),
    (
        "T\u{1ea1}isaoh\u{1ecd}kh\u{f4}ngth\u{1ec3}ch\u{1ec9}n\u{f3}iti\u{1ebf}ngVi\u{1ec7}t",
        "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g",
    ),
    ("3\u{5e74}B\u{7d44}\u{91d1}\u{516b}\u{5148}\u{751f}", "3B-ww4c5e180e575a65lsy2b"),
    (
        "\u{5b89}\u{5ba4}\u{5948}\u{7f8e}\u{6075}-with-SUPER-MONKEYS",
        "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n",
    ),
    (
        "Hello-Another-Way-\u{305d}\u{308c}\u{305e}\u{308c}\u{306e}\u{5834}\u{6240}",
        "Hello-Another-Way--fc4qua05auwb3674vfr0b",
    ),
    ("\u{3072}\u{3068}\u{3064}\u{5c4b}\u{6839}\u{306e}\u{4e0b}2", "2-u9tlzr9756bt3uc0v"),
    ("Maji\u{3067}Koi\u{3059}\u{308b}5\u{79d2}\u{524d}", "MajiKoi5-783gue6qz075azm5e"),
    ("\u{30d1}\u{30d5}\u{30a3}\u{30fc}de\u{30eb}\u{30f3}\u{30d0}", "de-jg4avhby1noc0d"),
    ("\u{305d}\u{306e}\u{30b9}\u{30d4}\u{30fc}\u{30c9}\u{3067}", "d9juau41awczczp"),
    ("-> $1.00 <-", "-> $1.00 <--"),
];

#[test]
fn the_samples_of_the_standard_go_both_ways() {
    for (text, coded) in SAMPLES {
        assert_eq!(encode(text).as_deref(), Some(*coded));
        assert_eq!(decode(coded).as_deref(), Some(*text));
    }
}

#[test]
fn a_label_is_taken_only_in_its_one_form() {
    for label in
        ["xn--bcher-kva", "xn--ber-goa", "xn--p1ai", "xn--fiqs8s", "xn--ls8h", "plain", "xn-ly"]
    {
        assert_eq!(fault(label), None, "{label}");
    }
    for (label, why) in [
        ("xn--", "is punycode for plain ASCII letters"),
        ("xn--abc-", "is punycode for plain ASCII letters"),
        ("xn--9", "is not punycode"),
        ("xn--999999999", "is not punycode"),
        ("xn--ab_c", "is not punycode"),
        ("xn--ber-ska", "holds capital letters in punycode"),
        ("xn--a-la", "holds a character that cannot be seen"),
        ("xn--a-qgn", "holds a character that cannot be seen"),
    ] {
        assert_eq!(fault(label), Some(why), "{label}: {:?}", decode(&label[4..]));
    }
}

#[test]
fn no_character_that_cannot_be_seen_stands_in_a_label() {
    let joiners = ['\u{200c}', '\u{200d}'];
    let hidden = ('\u{80}'..=char::MAX).filter(|c| crate::text::is_invisible(*c));
    let mut seen = 0;
    for c in hidden.chain(['\u{fe0f}', '\u{a0}', '\u{3000}']).filter(|c| !joiners.contains(c)) {
        let label = format!("{PREFIX}{}", encode(&format!("a{c}b")).unwrap());
        assert!(fault(&label).is_some(), "{c:?} is hidden in {label}");
        seen += 1;
    }
    assert!(seen > 4000, "only {seen} characters");
    for c in joiners {
        let label = format!("{PREFIX}{}", encode(&format!("a{c}b")).unwrap());
        assert_eq!(fault(&label), None, "{c:?}");
    }
}

#[test]
fn a_name_is_decoded_label_by_label() {
    for (name, text) in [
        ("com.xn--bcher-kva", Some("com.b\u{fc}cher")),
        ("com.XN--BCHER-KVA.shop", Some("com.b\u{fc}cher.shop")),
        ("xn--p1ai.xn--9", Some("\u{440}\u{444}.xn--9")),
        ("com.example", None),
    ] {
        assert_eq!(decoded(name).as_deref(), text, "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_is_encoded_decodes_to_itself(text in "\\PC{0,40}") {
        let coded = encode(&text).unwrap();
        prop_assert_eq!(decode(&coded), Some(text));
    }

    #[test]
    fn no_text_makes_the_decoder_fail_otherwise_than_by_saying_so(text in "[a-zA-Z0-9-]{0,63}") {
        if let Some(decoded) = decode(&text) {
            prop_assert!(encode(&decoded).is_some());
        }
    }

    #[test]
    fn a_label_without_fault_is_the_only_one_for_its_letters(rest in "[a-z0-9]{1,12}(-[a-z0-9]{1,12})?") {
        let label = format!("xn--{rest}");
        if fault(&label).is_none() {
            prop_assert_eq!(decode(&rest).and_then(|text| encode(&text)), Some(rest));
        }
    }
}
