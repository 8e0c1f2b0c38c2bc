use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::Domain;
use crate::model::ServerName;

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn fault(text: &str) -> String {
    Domain::parse(text).unwrap_err().to_string()
}

#[test]
fn a_domain_has_one_spelling() {
    assert_eq!(domain("WWW.Example.COM").as_str(), "www.example.com");
    assert_eq!(domain("xn--BCHER-kva.example").to_string(), "xn--bcher-kva.example");
    let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(61));
    assert_eq!(domain(&longest).as_str().len(), 253);
}

#[test]
fn what_is_no_domain_is_refused_with_the_reason() {
    for (text, why) in [
        ("", "is empty"),
        ("example", "has one label; a domain has two or more, such as example.com"),
        ("localhost", "has one label; a domain has two or more, such as example.com"),
        ("example.com.", "ends with a dot; leave it out"),
        (".", "ends with a dot; leave it out"),
        ("a..b", "has an empty label"),
        (".example.com", "has an empty label"),
        ("-a.com", "has the label \"-a\", which begins or ends with a hyphen"),
        ("a-.com", "has the label \"a-\", which begins or ends with a hyphen"),
        ("exa_mple.com", "holds '_', which no domain does"),
        ("*.example.com", "holds '*', which no domain does"),
        ("example.com:443", "holds ':', which no domain does; write the bare domain"),
        ("https://example.com", "holds ':', which no domain does; write the bare domain"),
        ("example.com/x", "holds '/', which no domain does; write the bare domain"),
        ("user@example.com", "holds '@', which no domain does; write the bare domain"),
        ("example.com\n", "holds '\\n', which no domain does"),
        ("192.0.2.1", "ends with a number, as addresses do"),
        ("example.1", "ends with a number, as addresses do"),
        ("0x7f.0x1", "ends with a number, as addresses do"),
        ("example.0x", "ends with a number, as addresses do"),
        ("[::1]", "holds '[', which no domain does"),
        ("xn--9.example", "has the label \"xn--9\", which is not punycode"),
        (
            "xn--ber-ska.example",
            "has the label \"xn--ber-ska\", which holds capital letters in punycode",
        ),
    ] {
        assert_eq!(fault(text), why, "{text:?}");
    }
    assert_eq!(fault(&format!("{}.com", "a".repeat(64))), "has a label of more than 63 characters");
    assert_eq!(
        fault(&"a.".repeat(127).replace("a.", "aa.")[..254]),
        "is longer than 253 characters"
    );
}

#[test]
fn letters_beyond_ascii_come_with_their_punycode_where_it_is_sure() {
    let form = |text: &str| {
        fault(text).strip_prefix("holds letters beyond ASCII; write it as ").map(str::to_owned)
    };
    assert_eq!(form("B\u{fc}cher.example").as_deref(), Some("xn--bcher-kva.example"));
    assert_eq!(
        form("\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.\u{440}\u{444}").as_deref(),
        Some("xn--e1afmkfd.xn--p1ai")
    );
    // A letter and an accent of its own may be another domain after normalisation.
    for text in
        ["bu\u{308}cher.example", "a\u{200b}.example", "\u{ff0e}.example", "\u{e4}_b.example"]
    {
        assert_eq!(form(text), None, "{text:?}");
        assert!(fault(text).contains("write it in punycode"), "{text:?}");
    }
}

#[test]
fn what_can_be_registered_follows_the_list() {
    for (text, registrable) in [
        ("example.com", Some("example.com")),
        ("a.b.example.co.uk", Some("example.co.uk")),
        ("co.uk", None),
        ("github.io", None),
        ("octocat.github.io", Some("octocat.github.io")),
        ("docs.octocat.github.io", Some("octocat.github.io")),
        ("pages.dev", None),
        ("www.ck", Some("www.ck")),
        ("other.ck", None),
        ("a.xn--fiqs8s", Some("a.xn--fiqs8s")),
        ("a.b.no-such-ending", Some("b.no-such-ending")),
    ] {
        assert_eq!(domain(text).registrable(), registrable, "{text}");
        assert_eq!(domain(text).is_public_suffix(), registrable.is_none(), "{text}");
    }
    assert!(domain("example.com").is_listed() && domain("a.xn--fiqs8s").is_listed());
    assert!(!domain("a.no-such-ending").is_listed() && !domain("a.internal").is_listed());
}

#[test]
fn names_that_nobody_can_own_are_known() {
    for text in [
        "a.localhost",
        "printer.local",
        "db.internal",
        "a.test",
        "a.invalid",
        "a.onion",
        "a.home.arpa",
        "in-addr.arpa",
        "a.alt",
    ] {
        assert!(domain(text).is_special_use(), "{text}");
    }
    for text in ["test.com", "localhost.example.com", "mylocal.net", "alt.org"] {
        assert!(!domain(text).is_special_use(), "{text}");
    }
}

#[test]
fn a_domain_reaches_what_is_below_it_by_whole_labels_and_no_further() {
    for (holder, reached) in [
        ("example.com", "example.com"),
        ("example.com", "api.example.com"),
        ("example.com", "v1.api.example.com"),
        ("api.example.com", "v1.api.example.com"),
        ("octocat.github.io", "docs.octocat.github.io"),
        ("example.co.uk", "a.example.co.uk"),
    ] {
        assert!(domain(holder).reaches(&domain(reached)), "{holder} does not reach {reached}");
    }
    for (holder, kept) in [
        ("example.com", "evilexample.com"),
        ("example.com", "evil-example.com"),
        ("example.com", "example.com.evil.net"),
        ("api.example.com", "example.com"),
        ("api.example.com", "www.example.com"),
        ("co.uk", "example.co.uk"),
        ("github.io", "octocat.github.io"),
        ("github.io", "docs.octocat.github.io"),
        ("example.com", "example.org"),
    ] {
        assert!(!domain(holder).reaches(&domain(kept)), "{holder} reaches {kept}");
    }
}

#[test]
fn a_namespace_is_a_domain_backwards() {
    let name = ServerName::parse("COM.Example.api/weather").unwrap();
    assert_eq!(Domain::of(name.namespace()).unwrap(), domain("api.example.com"));
    let number = ServerName::parse("1.0.0.127/x1").unwrap();
    assert!(Domain::of(number.namespace()).is_err());
}

proptest! {
    #[test]
    fn reach_is_a_matter_of_whole_labels(
        one in prop::collection::vec("[ab]{1,2}", 1..4),
        other in prop::collection::vec("[ab]{1,2}", 1..4),
        ending in prop::sample::select(&["com", "co.uk", "github.io"][..]),
    ) {
        let text = |labels: &[String]| format!("{}.{ending}", labels.join("."));
        let (holder, kept) = (domain(&text(&one)), domain(&text(&other)));
        prop_assert_eq!(holder.reaches(&kept), other.ends_with(&one), "{} and {}", holder, kept);
    }

    #[test]
    fn what_is_taken_is_plain_and_stays_the_same(text in "\\PC{0,24}|[a-zA-Z0-9.-]{1,40}") {
        if let Ok(domain) = Domain::parse(&text) {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
            prop_assert!(domain.as_str().bytes().all(plain));
            prop_assert!(domain.reaches(&domain));
            prop_assert!(domain.as_str().parse::<std::net::IpAddr>().is_err());
            prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain));
        }
    }
}
