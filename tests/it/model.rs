//! Names and versions.

use std::cmp::Ordering;

use mcp_static::internals::model::{ServerName, Status, Timestamp, Version};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

#[test]
fn names_are_taken_as_the_official_registry_takes_them() {
    for name in [
        "com.example/weather",
        "io.github.acme/x1",
        "a1/b2",
        "Com.Example/Weather",
        "com..example/x1",
        "com.example/a.b_c-d",
        "localhost/server",
        "1.2/34",
        "com.example/a..b",
    ] {
        assert_eq!(ServerName::parse(name).map(|n| n.to_string()), Ok(name.to_owned()));
    }
    for name in [
        "",
        "/",
        "weather",
        "com.example/",
        "/weather",
        "com.example/a",
        "c/weather",
        "a/b/c",
        "com.example//weather",
        ".com/weather",
        "com./weather",
        "-com/weather",
        "com.example/-a",
        "com.example/a-",
        "com.example/.a",
        "com.example/a.",
        "com_example/weather",
        "com.example/..",
        "../..",
        "com.example/we ather",
        "com.exämple/weather",
        "com.example/wetter\u{202e}",
        "com.example/a%2f",
        "com.example\\weather",
        "com.example/weather\n",
        "com.example/a+b",
    ] {
        assert!(ServerName::parse(name).is_err(), "{name}");
    }
    assert!(ServerName::parse(&format!("com.example/{}", "x".repeat(188))).is_ok());
    assert!(ServerName::parse(&format!("com.example/{}", "x".repeat(189))).is_err());
}

#[test]
fn a_name_knows_its_halves() {
    let name = ServerName::parse("IO.github.Octo-Org/weather.mcp").unwrap();
    assert_eq!(name.namespace().as_str(), "IO.github.Octo-Org");
    assert_eq!(name.name(), "weather.mcp");
    assert_eq!(name.namespace().github_login(), Some("Octo-Org"));
    assert_eq!(name.namespace().domain(), "octo-org.github.io");
    assert_eq!(ServerName::parse("com.example/x1").unwrap().namespace().github_login(), None);
}

#[test]
fn own_namespaces_keep_a_stricter_grammar() {
    let fault = |namespace: &str| {
        ServerName::parse(&format!("{namespace}/x1")).unwrap().namespace().strict_fault()
    };
    for namespace in [
        "com.example",
        "io.github.acme",
        "io.github.github",
        "io.github.dependabot",
        "io.github.a-b-c",
        "com.XN--bcher-kva",
        "co.uk.x.y.z",
    ] {
        assert_eq!(fault(namespace), None, "{namespace}");
    }
    let long = format!("com.{}", "a".repeat(64));
    let fits = format!("com.{}", "a".repeat(63));
    assert_eq!(fault(&fits), None);
    for namespace in [
        "localhost",
        "com..example",
        "com.-a.b",
        "com.a-.b",
        "1.2.3.4",
        "7.example",
        &long,
        "io.github.a.b",
        "io.github.a--b",
        "io.github.ghost",
        "IO.GitHub.Orgs",
        "io.github.aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd",
        "con.example",
        "COM1.example",
        "nul.a.b",
        "com.xn--9",
        "com.xn--ber-ska.api",
        "xn--abc.example",
    ] {
        assert!(fault(namespace).is_some(), "{namespace}");
    }
}

#[test]
fn own_name_parts_keep_a_stricter_grammar() {
    let name = |part: &str| ServerName::parse(&format!("com.example/{part}")).unwrap();
    for part in ["weather", "x1", "a.b", "console", "com10", "auxiliary"] {
        assert_eq!(name(part).strict_fault(), None, "{part}");
        assert!(!name(part).is_reserved(), "{part}");
    }
    for part in ["a..b", "con", "CON.txt", "lpt9", "Com1.x.y", "nul", &"x".repeat(101)] {
        assert!(name(part).strict_fault().is_some(), "{part}");
    }
    for part in
        ["index", "Index.HTML", "index.json", "latest", "versions", "servers", "health", "ping"]
    {
        assert!(name(part).is_reserved(), "{part}");
    }
}

#[test]
fn versions_are_safe_path_segments() {
    for version in
        ["1.0.0", "v1.0.0", "1", "2025-06-18", "1.0.0+build.5", "1.0_0", "0.1-x-", "Latest1", "1-"]
    {
        assert_eq!(Version::parse(version).map(|v| v.to_string()), Ok(version.to_owned()));
    }
    for version in [
        "",
        "latest",
        "LATEST",
        ".1",
        "-1",
        "+1",
        "_1",
        "1..0",
        "1.",
        "1/2",
        "1 0",
        "^1.0.0",
        "1.x|2",
        "*",
        "con",
        "nul.1",
        "COM1",
        "index.json",
        "INDEX.json",
        "1.0.0\n",
        "1.0.é",
        "1\\2",
        "1%2f",
        "..",
        ".",
    ] {
        assert!(Version::parse(version).is_err(), "{version}");
    }
    assert!(Version::parse(&"1".repeat(255)).is_ok());
    assert!(Version::parse(&"1".repeat(256)).is_err());
}

#[test]
fn semantic_versions_are_those_of_the_official_registry() {
    for (version, semver, strict) in [
        ("1.0.0", true, true),
        ("0.0.0", true, true),
        ("2025.6.18", true, true),
        ("1.0.0-rc.1+5.exp-x", true, true),
        ("1.0.0-0a.1", true, true),
        ("1.0.0--", true, true),
        ("1.0.0+001", true, true),
        ("v1.0.0", true, false),
        ("99999999999999999999999.0.0", true, true),
        ("V1.0.0", false, false),
        ("vv1.0.0", false, false),
        ("2025.06.18", false, false),
        ("01.0.0", false, false),
        ("1.0", false, false),
        ("1", false, false),
        ("1.0.0.0", false, false),
        ("1.0.0-01", false, false),
        ("1.0.0-", false, false),
        ("1.0.0+", false, false),
        ("1.0.0+a+b", false, false),
        ("1.0.0-a_b", false, false),
        ("2025-06-18", false, false),
    ] {
        let parsed = Version::parse(version).unwrap();
        assert_eq!((parsed.is_semver(), parsed.is_strict_semver()), (semver, strict), "{version}");
    }
    let long = format!("1.0.0-{}", "a".repeat(95));
    assert!(!Version::parse(&long).unwrap().is_strict_semver());
}

fn order(a: (&str, i64), b: (&str, i64)) -> Ordering {
    let read = |(text, at): (&str, i64)| (Version::parse(text).unwrap(), Timestamp::from_unix(at));
    let ((a, at), (b, bt)) = (read(a), read(b));
    a.compare(&at, &b, &bt)
}

#[test]
fn versions_are_ordered_as_by_the_official_registry() {
    let rising = [
        "0.0.1",
        "0.9.9",
        "1.0.0-0",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-99999999999999999999",
        "1.0.0-A",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1-x",
        "1.0.1",
        "1.9.0",
        "1.10.0",
        "2.0.0",
        "2025.6.18",
        "99999999999999999999.0.0",
        "100000000000000000000.0.0",
    ];
    for (i, a) in rising.iter().enumerate() {
        for (j, b) in rising.iter().enumerate() {
            // Dates mean nothing between semantic versions.
            assert_eq!(order((a, 5), (b, 1)), i.cmp(&j), "{a} {b}");
            assert_eq!(order((&format!("v{a}"), 5), (&format!("{b}+x"), 1)), i.cmp(&j), "{a} {b}");
        }
    }
    assert_eq!(order(("0.0.1-0", 1), ("2025-06-18", 9)), Ordering::Greater);
    assert_eq!(order(("2025.06.18", 9), ("0.0.1", 1)), Ordering::Less);
    assert_eq!(order(("1.0", 1), ("0.9", 2)), Ordering::Less);
    assert_eq!(order(("b", 1), ("a", 1)), Ordering::Equal);
}

#[test]
fn statuses_are_the_three_words_of_the_api() {
    for status in Status::ALL {
        assert_eq!(Status::parse(status.as_str()), Some(status));
    }
    assert_eq!(Status::ALL.map(Status::as_str), ["active", "deprecated", "deleted"]);
    assert_eq!(Status::parse("Active"), None);
}

fn name() -> impl Strategy<Value = String> {
    "[a-cA-C0.-]{1,5}/[a-cA-C0._-]{1,5}|[a-z]{2,3}(\\.[A-Za-z0-9-]{1,4}){1,3}/[A-Za-z0-9._-]{1,6}"
}

fn version() -> impl Strategy<Value = String> {
    "v?(0|[1-3]|1[0-2])\\.[0-2]\\.[0-2](-(0|1|2|10|a|b|a\\.1|1\\.a|-))?(\\+[ab])?|[a-c]{1,2}|[0-2]\\.[0-2]"
}

proptest! {
    #[test]
    fn accepted_names_are_paths_that_differ_whenever_the_names_do(a in name(), b in name()) {
        let (Ok(a), Ok(b)) = (ServerName::parse(&a), ServerName::parse(&b)) else { return Ok(()) };
        let path = |n: &ServerName| vec![n.namespace().as_str().to_lowercase(), n.name().to_lowercase()];
        for part in path(&a) {
            prop_assert!(part != "." && part != ".." && !part.contains(['/', '\\', ':', '%']));
            prop_assert!(!part.ends_with('.') && !part.starts_with('.'));
        }
        prop_assert_eq!(path(&a) == path(&b), a.as_str().eq_ignore_ascii_case(b.as_str()));
        if a.strict_fault().is_none() && a.namespace().strict_fault().is_none() {
            prop_assert!(!a.as_str().contains(".."));
        }
    }

    #[test]
    fn no_text_makes_a_name_or_version_that_is_no_segment(text in "\\PC{0,8}") {
        if let Ok(version) = Version::parse(&text) {
            prop_assert!(!version.as_str().contains("..") && !version.as_str().contains('/'));
            prop_assert_eq!(version.as_str(), &text);
        }
        if let Ok(name) = ServerName::parse(&text) {
            prop_assert_eq!(name.as_str().split('/').count(), 2);
        }
    }

    #[test]
    fn the_order_of_versions_is_a_total_preorder(
        v in prop::collection::vec((version(), 0i64..3), 3),
    ) {
        let pick = |i: usize| (v[i].0.as_str(), v[i].1);
        let (a, b, c) = (pick(0), pick(1), pick(2));
        prop_assert_eq!(order(a, a), Ordering::Equal);
        prop_assert_eq!(order(a, b), order(b, a).reverse());
        if order(a, b) != Ordering::Greater && order(b, c) != Ordering::Greater {
            prop_assert_ne!(order(a, c), Ordering::Greater);
        }
        if order(a, b) == Ordering::Equal {
            prop_assert_eq!(order(a, c), order(b, c));
        }
    }
}
