#![allow(clippy::unwrap_used)]
use super::*;

fn whole(totals: Totals) -> Whole<'static> {
    Whole { base_path: Some(""), totals, ..Whole::default() }
}

#[test]
fn a_limit_that_is_passed_is_a_shortfall() {
    let pages = host_named("github-pages").unwrap();
    let found = pages.shortfalls(&whole(Totals { files: 10, bytes: 1_000_000_001, largest: 5 }));
    assert_eq!(found.len(), 1);
    assert!(found[0].is_fatal() && found[0].message.contains("1000000000"), "{found:?}");
}

#[test]
fn a_small_site_fits_everywhere() {
    let small = whole(Totals { files: 10, bytes: 1_000_000, largest: 5 });
    for host in HOSTS {
        let found = host.shortfalls(&small);
        assert!(found.iter().all(|shortfall| !shortfall.is_fatal()), "{}: {found:?}", host.name());
    }
}

#[test]
fn a_free_plan_that_is_passed_is_a_warning() {
    let pages = host_named("cloudflare-pages").unwrap();
    let found = pages.shortfalls(&whole(Totals { files: 20_001, bytes: 1, largest: 1 }));
    assert!(found.len() == 1 && !found[0].is_fatal(), "{found:?}");
    let found = pages.shortfalls(&whole(Totals { files: 100_001, bytes: 1, largest: 1 }));
    assert!(found.len() == 1 && found[0].is_fatal(), "{found:?}");
}

#[test]
fn what_stands_beside_the_root_is_sent_to_nobody_and_counts_for_no_limit() {
    let row = |path: &str, size| ManifestRow {
        path: path.into(),
        size,
        sha256: super::super::FileDigest::of(b""),
    };
    let files =
        [row("edge/edge.js", 9), row("public/a", 1), row("public/b/c", 2), row("publicly", 4)];
    let workers = host_named("cloudflare-workers").unwrap();
    assert_eq!(served(workers, "public/b/c"), Some("b/c"));
    assert_eq!(Totals::of(workers, &files), Totals { files: 2, bytes: 3, largest: 2 });
    let pages = host_named("cloudflare-pages").unwrap();
    assert_eq!(Totals::of(pages, &files), Totals { files: 4, bytes: 16, largest: 9 });
}

#[test]
fn a_program_stands_where_its_host_says() {
    for host in HOSTS.iter().filter(|host| host.answers_queries()) {
        let files = host.extras(&whole(Totals::default()));
        let found = files.iter().any(|file| Some(&*file.path) == host.program());
        assert!(found, "{}: {:?}", host.name(), host.program());
    }
}

#[test]
fn names_are_unique_and_every_host_says_what_it_is() {
    for (i, host) in HOSTS.iter().enumerate() {
        assert!(HOSTS[..i].iter().all(|other| other.name() != host.name()));
    }
}

#[test]
fn a_plus_is_reported_where_it_is_lost() {
    let row = |path: &str| ManifestRow {
        path: path.into(),
        size: 1,
        sha256: super::super::FileDigest::of(b""),
    };
    let files = [row("v0.1/servers/a.b/c/versions/1.0.0+b2/index.html")];
    let whole = Whole { files: &files, ..whole(Totals::default()) };
    let with_plus = |name: &str| {
        let found = host_named(name).unwrap().shortfalls(&whole);
        found.iter().any(|shortfall| shortfall.message.contains("1.0.0+b2"))
    };
    assert!(with_plus("azure-static-web-apps") && with_plus("s3"));
    assert!(!with_plus("nginx") && !with_plus("github-pages"));
}
