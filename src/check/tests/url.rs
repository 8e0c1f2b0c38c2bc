//! What Go's URL parser takes and refuses.

use crate::check::url::{is_uri, parse};

#[test]
fn urls_that_go_parses() {
    for (text, scheme, host, path) in [
        ("https://example.com/a", "https", "example.com", "/a"),
        ("HTTPS://Example.com", "HTTPS", "Example.com", ""),
        ("http:", "http", "", ""),
        ("http://", "http", "", ""),
        ("https:///a", "https", "", "/a"),
        ("https:example.com", "https", "", ""),
        ("https:/example.com", "https", "", "/example.com"),
        ("mailto:a@b", "mailto", "", ""),
        ("data:image/png;base64,AA==", "data", "", ""),
        ("a:b:c", "a", "", ""),
        ("a+b-c.1:x", "a+b-c.1", "", ""),
        ("", "", "", ""),
        ("*", "", "", "*"),
        ("/a/b", "", "", "/a/b"),
        ("a/b:c", "", "", "a/b:c"),
        ("./a:b", "", "", "./a:b"),
        ("//example.com/a", "", "example.com", "/a"),
        ("///a", "", "", "///a"),
        ("?a:b", "", "", ""),
        ("#a:b", "", "", ""),
        ("https://a/b c", "https", "a", "/b c"),
        ("https://a/b\"<>", "https", "a", "/b\"<>"),
        ("https://a\"<>b/", "https", "a\"<>b", "/"),
        ("https://a/?%zz", "https", "a", "/"),
        ("https://a/?b c", "https", "a", "/"),
        ("https://a/%41", "https", "a", "/%41"),
        ("https://a/#\n", "https", "a", "/"),
        ("https://a/{b}", "https", "a", "/{b}"),
        ("https://ä.example/ä", "https", "ä.example", "/ä"),
        ("https://%c3%a4.example/", "https", "%c3%a4.example", "/"),
        ("https://a%25b/", "https", "a%25b", "/"),
        ("https://a:80", "https", "a:80", ""),
        ("https://a:/", "https", "a:", "/"),
        ("https://a:99999/", "https", "a:99999", "/"),
        ("https://:80/", "https", ":80", "/"),
        ("https://u@a/", "https", "a", "/"),
        ("https://u:p:q@a/", "https", "a", "/"),
        ("https://u@v@a/", "https", "a", "/"),
        ("https://@a/", "https", "a", "/"),
        ("https://u%20:p@a/", "https", "a", "/"),
        ("https://[::1]/", "https", "[::1]", "/"),
        ("https://[::1]:80/", "https", "[::1]:80", "/"),
        ("https://[fe80::1%25en0]/", "https", "[fe80::1%25en0]", "/"),
        ("https://[::ffff:1.2.3.4]/", "https", "[::ffff:1.2.3.4]", "/"),
        ("postgres://a:1,b:2/c", "postgres", "a:1,b:2", "/c"),
        ("1a/b", "", "", "1a/b"),
    ] {
        let url = parse(text).unwrap_or_else(|fault| panic!("{text:?} {fault}"));
        assert_eq!((url.scheme, url.host, url.path), (scheme, host, path), "{text:?}");
    }
}

#[test]
fn urls_that_go_refuses() {
    for (text, fault) in [
        (":a", "colon instead of a scheme"),
        ("://a", "colon instead of a scheme"),
        ("1a:b", "colon in its first path segment"),
        ("a b:c", "colon in its first path segment"),
        ("{base}:80/a", "colon in its first path segment"),
        ("example com:80", "colon in its first path segment"),
        ("https://a\n/", "control character"),
        ("https://a/\t", "control character"),
        ("https://a/\u{7f}", "control character"),
        ("https://a/%", "percent sign"),
        ("https://a/%4", "percent sign"),
        ("https://a/%zz", "percent sign"),
        ("https://a/#%zz", "percent sign"),
        ("https://a%zz/", "percent sign"),
        ("https://a%41/", "percent escape"),
        ("https://a%20b/", "percent escape"),
        ("https://a b/", "a host cannot contain"),
        ("https://{host}/", "a host cannot contain"),
        ("https://a|b/", "a host cannot contain"),
        ("https://a\\b/", "a host cannot contain"),
        ("https://a^b/", "a host cannot contain"),
        ("https://a`b/", "a host cannot contain"),
        ("https://a:b/", "port"),
        ("https://a:-1/", "port"),
        ("https://a:80:80/", "port"),
        ("http://::1/", "port"),
        ("postgres://a:1,b:c/", "port"),
        ("https://[::1/", "not closed"),
        ("https://[::1]a/", "port"),
        ("https://[::1]:a/", "port"),
        ("https://a[::1]/", "bracket in its host"),
        ("https://[1.2.3.4]/", "not an IPv6 address"),
        ("https://[]/", "not an IPv6 address"),
        ("https://[a]/", "not an IPv6 address"),
        ("https://[fe80::1%25]/", "empty zone"),
        ("https://[fe80::1%25%41\u{7b}]/", "a host cannot contain"),
        ("https://u{@a/", "user part"),
        ("https://u b@a/", "user part"),
        ("https://ü@a/", "user part"),
        ("https://u%z:p@a/", "percent sign"),
        ("https://u:%z@a/", "percent sign"),
    ] {
        let reported = parse(text).err().unwrap_or_else(|| panic!("{text:?} is accepted"));
        assert!(reported.contains(fault), "{text:?}: {reported}, wanted {fault}");
    }
}

#[test]
fn a_uri_needs_a_scheme() {
    for text in ["https://a", "a:", "mailto:a", "urn:x:y"] {
        assert!(is_uri(text), "{text:?}");
    }
    for text in ["", "a", "//a", "/a", "#a", "*", ":a", "https://a b"] {
        assert!(!is_uri(text), "{text:?}");
    }
}

#[test]
fn hostnames_lose_port_and_brackets() {
    for (text, host) in [
        ("https://localhost:80/", "localhost"),
        ("https://u@LOCALHOST/", "LOCALHOST"),
        ("https://[::1]:80/", "::1"),
        ("https://[::1]/", "::1"),
        ("https://a:/", "a"),
        ("mailto:a", ""),
    ] {
        assert_eq!(parse(text).unwrap().hostname(), host, "{text:?}");
    }
}
