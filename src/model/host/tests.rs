//! Spellings of hosts, and what they mean.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{Host, Reach};

#[track_caller]
fn all(reach: Reach, hosts: &[(&str, &str)]) {
    for (text, plain) in hosts {
        let host = Host::read(text);
        assert_eq!((host.reach(), host.as_str()), (reach, *plain), "{text}");
    }
}

#[test]
fn every_spelling_of_the_own_machine_is_known() {
    all(
        Reach::OwnMachine,
        &[
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1.", "127.0.0.1"),
            ("127.255.255.254", "127.255.255.254"),
            ("127.1", "127.0.0.1"),
            ("127.0.1", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("017700000001", "127.0.0.1"),
            ("0x7f000001", "127.0.0.1"),
            ("0X7F.1", "127.0.0.1"),
            ("0x7f.0.0x0.1", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"),
            ("0127.0.0.1", "127.0.0.1"), // decimal to some readers
            ("0", "0.0.0.0"),
            ("0x", "0.0.0.0"),
            ("0.0.0.0", "0.0.0.0"),
            ("%31%32%37.0.0.1", "127.0.0.1"),
            ("\u{ff11}\u{ff12}\u{ff17}\u{3002}0\u{ff0e}0\u{ff61}1", "127.0.0.1"),
            ("\u{2460}\u{2461}\u{2466}.1", "127.0.0.1"),
            ("127.0.0.\u{ad}1", "127.0.0.1"),
            ("[::1]", "::1"),
            ("::1", "::1"),
            ("[0:0:0:0:0:0:0:1]", "::1"),
            ("[::1%25lo0]", "::1"),
            ("[::1%lo0]", "::1"),
            ("[::]", "::"),
            ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
            ("[::FFFF:7F00:1]", "::ffff:127.0.0.1"),
            ("[::127.0.0.1]", "::7f00:1"),
            ("[::ffff:0:127.0.0.1]", "::ffff:0:7f00:1"),
            ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
            ("[64:ff9b:1::127.0.0.1]", "64:ff9b:1::7f00:1"),
            ("[2002:7f00:1::]", "2002:7f00:1::"),
            ("localhost", "localhost"),
            ("LocalHost.", "localhost"),
            ("a.b.localhost", "a.b.localhost"),
            ("\u{24db}ocal\u{200b}host", "localhost"),
            ("localhost.localdomain", "localhost.localdomain"),
            ("host.docker.internal", "host.docker.internal"),
        ],
    );
}

#[test]
fn every_spelling_of_a_private_network_is_known() {
    all(
        Reach::Private,
        &[
            ("10.0.0.1", "10.0.0.1"),
            ("167772161", "10.0.0.1"),
            ("012.0.0.1", "10.0.0.1"),
            ("172.16.1", "172.16.0.1"),
            ("192.168.1.1", "192.168.1.1"),
            ("100.64.0.1", "100.64.0.1"),
            ("169.254.169.254", "169.254.169.254"),
            ("0xa9fea9fe", "169.254.169.254"),
            ("[fd00::1]", "fd00::1"),
            ("[fe80::1%25eth0]", "fe80::1"),
            ("[::ffff:10.0.0.1]", "::ffff:10.0.0.1"),
            ("[64:ff9b::a00:1]", "64:ff9b::a00:1"),
            ("256.1.1.1", "256.1.1.1"),
            ("1.2.3.4.5", "1.2.3.4.5"),
            ("4294967296", "4294967296"),
            ("intranet", "intranet"),
            ("Wiki.CORP", "wiki.corp"),
            ("printer.local.", "printer.local"),
            ("db.internal", "db.internal"),
            ("nas.lan", "nas.lan"),
            ("router.home.arpa", "router.home.arpa"),
            ("a.test", "a.test"),
            ("a.invalid", "a.invalid"),
            ("a.onion", "a.onion"),
            ("\u{ff4e}as.\u{ff4c}an", "nas.lan"),
            ("", ""),
        ],
    );
}

#[test]
fn what_everybody_can_reach_is_left_alone() {
    all(
        Reach::Public,
        &[
            ("example.com", "example.com"),
            ("MCP.Example.COM.", "mcp.example.com"),
            ("8.8.8.8", "8.8.8.8"),
            ("134744072", "8.8.8.8"),
            ("[2606:4700::1111]", "2606:4700::1111"),
            ("localhost.example.com", "localhost.example.com"),
            ("127.0.0.1.example.com", "127.0.0.1.example.com"),
            ("local.dev", "local.dev"),
            ("b\u{fc}cher.example.com", "b\u{fc}cher.example.com"),
        ],
    );
}

#[test]
fn patterns_are_compared_in_the_usual_spelling() {
    let patterns: Vec<String> = ["*.Corp.Example", "0x0a010203", "[FD00::1]", "intranet"]
        .iter()
        .map(|text| Host::pattern(text).unwrap())
        .collect();
    for text in
        ["a.corp.example", "A.B.CORP.example.", "10.1.2.3", "10.66051", "[fd00:0::1]", "intranet"]
    {
        assert!(Host::read(text).is_one_of(&patterns), "{text}");
    }
    for text in ["corp.example", "evilcorp.example", "10.1.2.4", "[fd00::2]", "intranet.example"] {
        assert!(!Host::read(text).is_one_of(&patterns), "{text}");
    }
    for text in
        ["", "*", "*.", "a*.b", "*.*.b", "https://a", "a:80", "a/b", "u@a", "a b", "{a}", "[x]"]
    {
        assert_eq!(Host::pattern(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn every_number_is_read_as_the_address_that_it_is(number: u32) {
        let address = std::net::Ipv4Addr::from(number);
        let [a, b, c, d] = address.octets();
        let plain = Host::read(&address.to_string());
        for text in [
            format!("{number}"),
            format!("{number:#x}"),
            format!("0{number:o}"),
            format!("{a}.{}", number & 0xff_ffff),
            format!("{a:#x}.{b:#X}.{}", number & 0xffff),
            format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        ] {
            let host = Host::read(&text);
            // An octal number may mean something worse in decimal, never something better.
            prop_assert!(host.reach() >= plain.reach(), "{text} {host:?}");
            prop_assert!(host.as_str() == plain.as_str() || host.reach() > plain.reach(), "{text}");
        }
    }

    #[test]
    fn reading_never_fails_and_reading_again_changes_nothing(text in "\\PC{0,20}|[0-9xa-f.:%\\[\\]]{0,20}") {
        let once = Host::read(&text);
        if !once.as_str().contains('%') {
            prop_assert_eq!(Host::read(once.as_str()).reach(), once.reach());
        }
    }

    #[test]
    fn a_plain_host_is_read_as_any_other(text in "[!-~]{0,16}") {
        // A character that is left out keeps it from being plain.
        let not_plain = format!("\u{200b}{text}");
        prop_assert_eq!(Host::read(&text), Host::read(&not_plain));
    }
}
