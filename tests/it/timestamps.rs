//! Points in time, against a reader that counts days one by one.

use mcp_static::internals::model::Timestamp;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

fn leap(year: i64) -> bool {
    if year % 400 == 0 {
        return true;
    }
    year % 100 != 0 && year % 4 == 0
}

fn month_days(year: i64) -> [i64; 12] {
    [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

/// Days since 1970 by adding up years and months.
fn slow_days(year: i64, month: usize, day: i64) -> i64 {
    let length = |y: i64| if leap(y) { 366 } else { 365 };
    let years: i64 = if year >= 1970 {
        (1970..year).map(length).sum()
    } else {
        -(year..1970).map(length).sum::<i64>()
    };
    years + month_days(year)[..month - 1].iter().sum::<i64>() + day - 1
}

#[test]
fn known_points_are_read() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600),
        ("2025-09-08T12:34:56.123456Z", 1_757_334_896),
        ("2025-09-08T14:34:56+02:00", 1_757_334_896),
        ("2025-09-08t05:04:56.0-07:30", 1_757_334_896),
        ("2025-09-08T12:34:56z", 1_757_334_896),
        ("2025-09-08T12:34:56-00:00", 1_757_334_896),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        let read = Timestamp::parse(text).unwrap();
        assert_eq!((read.unix(), read.as_str()), (seconds, text));
    }
}

#[test]
fn what_rfc_3339_does_not_write_is_refused() {
    for text in [
        "",
        "2025-09-08",
        "2025-09-08T12:34:56",
        "2025-09-08 12:34:56Z",
        "2025-9-08T12:34:56Z",
        "2025-09-08T12:34Z",
        "2025-13-08T12:34:56Z",
        "2025-00-08T12:34:56Z",
        "2025-09-31T12:34:56Z",
        "2025-09-00T12:34:56Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2025-09-08T24:00:00Z",
        "2025-09-08T12:60:00Z",
        "2025-09-08T12:34:60Z",
        "2025-09-08T12:34:56.Z",
        "2025-09-08T12:34:56,5Z",
        "2025-09-08T12:34:56+0200",
        "2025-09-08T12:34:56+02",
        "2025-09-08T12:34:56+24:00",
        "2025-09-08T12:34:56+02:60",
        "2025-09-08T12:34:56 02:00",
        "2025-09-08T12:34:56ZZ",
        "+2025-09-08T12:34:56Z",
        "-025-09-08T12:34:56Z",
        "2025-09-08T12:34:56Z ",
        " 2025-09-08T12:34:56Z",
        "２025-09-08T12:34:56Z",
        "2025-09-08T12:34:5\u{e9}Z",
    ] {
        assert!(Timestamp::parse(text).is_none(), "{text}");
    }
}

#[test]
fn points_compare_by_meaning_and_keep_their_digits() {
    let read = |text| Timestamp::parse(text).unwrap();
    assert_eq!(read("2025-01-01T00:00:00.120Z"), read("2025-01-01T01:00:00.12+01:00"));
    assert_eq!(read("2025-01-01T00:00:00.120Z").as_str(), "2025-01-01T00:00:00.120Z");
    assert!(read("2025-01-01T00:00:00Z") < read("2025-01-01T00:00:00.000000001Z"));
    assert!(read("2025-01-01T00:00:00.9Z") > read("2025-01-01T00:00:00.10Z"));
    // Digits past the ninth are cut.
    assert_eq!(read("2025-01-01T00:00:00.1234567891Z"), read("2025-01-01T00:00:00.123456789Z"));
}

#[test]
fn canonical_points_are_in_utc() {
    for (text, canonical) in [
        ("2025-01-01T00:00:00Z", true),
        ("2025-01-01T00:00:00.5Z", true),
        ("2025-01-01t00:00:00Z", false),
        ("2025-01-01T00:00:00z", false),
        ("2025-01-01T00:00:00+00:00", false),
    ] {
        assert_eq!(Timestamp::parse(text).unwrap().is_canonical(), canonical, "{text}");
    }
}

#[test]
fn seconds_that_cannot_be_written_become_the_nearest() {
    assert_eq!(Timestamp::from_unix(i64::MAX).as_str(), "9999-12-31T23:59:59Z");
    assert_eq!(Timestamp::from_unix(i64::MIN).as_str(), "0000-01-01T00:00:00Z");
}

proptest! {
    #[test]
    fn reading_agrees_with_counting_days(
        (year, month, day) in (0i64..10_000, 1usize..13, 1i64..32),
        (hour, minute, second) in (0i64..24, 0i64..60, 0i64..60),
        fraction in prop::option::of("[0-9]{1,12}"),
        (sign, oh, om) in (prop::sample::select(vec!["+", "-"]), 0i64..24, 0i64..60),
    ) {
        let dot = fraction.map(|digits| format!(".{digits}")).unwrap_or_default();
        let text = format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{dot}{sign}{oh:02}:{om:02}"
        );
        let read = Timestamp::parse(&text);
        if day > month_days(year)[month - 1] {
            prop_assert!(read.is_none());
            return Ok(());
        }
        let east = (oh * 60 + om) * if sign == "+" { 60 } else { -60 };
        let days = slow_days(year, month, day);
        prop_assert_eq!(read.unwrap().unix(), ((days * 24 + hour) * 60 + minute) * 60 + second - east);
    }

    #[test]
    fn seconds_are_written_and_read_back(seconds in -62_167_219_200i64..=253_402_300_799) {
        let written = Timestamp::from_unix(seconds);
        let read = Timestamp::parse(written.as_str()).unwrap();
        prop_assert_eq!(read.unix(), seconds);
        prop_assert_eq!(&read, &written);
        prop_assert!(read.is_canonical());
    }

    #[test]
    fn order_is_that_of_the_numbers(a in (-5i64..5, "[0-9]{0,3}"), b in (-5i64..5, "[0-9]{0,3}")) {
        let point = |(seconds, digits): &(i64, String)| {
            let text = Timestamp::from_unix(*seconds).as_str().to_owned();
            let dot = if digits.is_empty() { String::new() } else { format!(".{digits}") };
            let nanos: u64 = format!("{digits:0<9}").parse().unwrap();
            (Timestamp::parse(&text.replace('Z', &format!("{dot}Z"))).unwrap(), (*seconds, nanos))
        };
        let ((a, slow_a), (b, slow_b)) = (point(&a), point(&b));
        prop_assert_eq!(a.cmp(&b), slow_a.cmp(&slow_b));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,30}|[0-9TZ:.+-]{18,30}") {
        if let Some(read) = Timestamp::parse(&text) {
            prop_assert_eq!(read.as_str(), &text);
        }
    }
}
