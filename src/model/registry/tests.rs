//! Which version is latest, and in which order versions stand.
#![allow(clippy::unwrap_used)]

use std::cmp::Ordering;

use proptest::prelude::*;

use super::{Listing, Registry};
use crate::model::{Dates, Entry, ServerName, Status, Timestamp, Version};

fn entry(version: &str, published: i64, status: Status) -> Entry {
    Entry {
        version: Version::parse(version).unwrap(),
        document: "{}".into(),
        server: Box::default(),
        status,
        status_message: None,
        dates: Dates::at(Timestamp::from_unix(published)),
        origin: None,
        evidence: crate::model::Evidence::UNRECORDED,
        annotations: None,
        overridden: None,
    }
}

fn listing(entries: &[(&str, i64, Status)]) -> Listing {
    let name = ServerName::parse("com.example/weather").unwrap();
    Listing::new(name, entries.iter().map(|(v, t, s)| entry(v, *t, *s)).collect()).unwrap()
}

fn versions(listing: &Listing) -> Vec<&str> {
    listing.entries().iter().map(|e| e.version.as_str()).collect()
}

use Status::{Active, Deleted, Deprecated};

#[test]
fn versions_stand_newest_publication_first() {
    let listing = listing(&[
        ("1.0.0", 1, Active),
        ("2.0.0", 2, Active),
        ("1.0.1", 3, Active),
        ("0.9.0", 3, Active),
        ("2025-01-01", 3, Active),
        ("1.0.1+b", 3, Active),
    ]);
    assert_eq!(versions(&listing), ["1.0.1", "1.0.1+b", "0.9.0", "2025-01-01", "2.0.0", "1.0.0"]);
}

#[test]
fn precedence_decides_what_is_latest_and_not_the_date() {
    for (entries, latest) in [
        (&[("1.0.0", 1, Active)][..], "1.0.0"),
        (&[("2.0.0", 1, Active), ("1.9.0", 2, Active)], "2.0.0"),
        (&[("1.9.0", 1, Active), ("1.10.0", 2, Active)], "1.10.0"),
        (&[("1.2.3", 1, Active), ("1.3.0-rc.1", 2, Active)], "1.3.0-rc.1"),
        (&[("1.0.0-rc.1", 1, Active), ("1.0.0", 2, Active)], "1.0.0"),
        // Equal precedence is not newer.
        (&[("1.0.0", 1, Active), ("v1.0.0", 2, Active), ("1.0.0+5", 3, Active)], "1.0.0"),
        // A semantic version beats every other one; among the others the date counts.
        (&[("0.0.1", 1, Active), ("2025-06-18", 2, Active)], "0.0.1"),
        (&[("2025.06.18", 2, Active), ("2025-06-18", 1, Active)], "2025.06.18"),
        (&[("a", 1, Active), ("b", 2, Active), ("c", 1, Active)], "b"),
    ] {
        assert_eq!(listing(entries).latest().version.as_str(), latest, "{entries:?}");
    }
}

#[test]
fn deleted_versions_are_latest_only_among_themselves() {
    let some = listing(&[("1.0.0", 1, Deprecated), ("2.0.0", 2, Deleted), ("0.9.0", 3, Active)]);
    assert_eq!(some.latest().version.as_str(), "1.0.0");
    assert_eq!(some.live_latest().map(|e| e.version.as_str()), Some("1.0.0"));
    assert_eq!(some.live().count(), 2);
    assert_eq!(some.entries().iter().filter(|e| some.is_latest(e)).count(), 1);

    let none = listing(&[("1.0.0", 1, Deleted), ("2.0.0", 2, Deleted), ("1.5.0", 3, Deleted)]);
    assert_eq!(none.latest().version.as_str(), "2.0.0");
    assert_eq!(none.live_latest(), None);
    assert_eq!(none.live().count(), 0);
}

#[test]
fn there_is_no_listing_of_nothing() {
    assert_eq!(Listing::new(ServerName::parse("com.example/weather").unwrap(), Vec::new()), None);
}

#[test]
fn listings_stand_in_the_byte_order_of_names() {
    let make = |name: &str| {
        Listing::new(ServerName::parse(name).unwrap(), vec![entry("1.0.0", 0, Active)]).unwrap()
    };
    let names = ["com.example/b1", "com.example-x/a1", "Com.example/z1", "com.example/a1"];
    let registry = Registry::new(names.map(make));
    let order: Vec<&str> = registry.listings().map(|l| l.name().as_str()).collect();
    assert_eq!(order, ["Com.example/z1", "com.example-x/a1", "com.example/a1", "com.example/b1"]);
    assert!(registry.get("com.example/b1").is_some());
    assert!(registry.get("com.example/B1").is_none());
    assert!(registry.get("not a name").is_none());
}

/// What the official registry does when versions are published one after the other.
fn publish_in_order(entries: &[Entry]) -> &str {
    let mut latest = &entries[0];
    for new in &entries[1..] {
        let order =
            new.version.compare(&new.dates.published, &latest.version, &latest.dates.published);
        if order == Ordering::Greater {
            latest = new;
        }
    }
    latest.version.as_str()
}

fn some_versions() -> impl Strategy<Value = Vec<String>> {
    let version = "v?[0-2]\\.[0-2]\\.[0-2](-(rc|1)(\\.[0-3])?)?(\\+[ab])?|[a-c]{1,2}|[1-3]\\.[0-9]";
    prop::collection::btree_set(version, 1..9)
        .prop_map(|set| set.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
}

proptest! {
    #[test]
    fn latest_is_what_publishing_one_after_the_other_gives(versions in some_versions()) {
        let all: Vec<Entry> =
            versions.iter().zip(1..).map(|(v, at)| entry(v, at, Active)).collect();
        let name = ServerName::parse("com.example/weather").unwrap();
        let mut turned = all.clone();
        turned.reverse();
        let listing = Listing::new(name.clone(), turned).unwrap();
        prop_assert_eq!(listing.latest().version.as_str(), publish_in_order(&all));
        prop_assert_eq!(&listing, &Listing::new(name, all).unwrap());
    }

    #[test]
    fn the_order_in_which_entries_are_read_does_not_matter(
        versions in some_versions(), times in prop::collection::vec(0i64..3, 9), deleted in prop::collection::vec(any::<bool>(), 9),
    ) {
        let mut all: Vec<Entry> = Vec::new();
        for (i, version) in versions.iter().enumerate() {
            all.push(entry(version, times[i], if deleted[i] { Deleted } else { Active }));
        }
        let name = ServerName::parse("com.example/weather").unwrap();
        let one = Listing::new(name.clone(), all.clone()).unwrap();
        all.reverse();
        prop_assert_eq!(&one, &Listing::new(name, all).unwrap());
        let latest = one.latest();
        prop_assert!(latest.is_live() || one.live().next().is_none());
        for other in one.entries().iter().filter(|e| e.is_live() == latest.is_live()) {
            let order = other.version.compare(&other.dates.published, &latest.version, &latest.dates.published);
            prop_assert!(order != Ordering::Greater);
            if order == Ordering::Equal {
                prop_assert!(other.dates.published >= latest.dates.published);
            }
        }
    }
}
