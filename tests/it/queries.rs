//! The meaning of a v0.1 list query.

use std::collections::BTreeMap;

use mcp_static::internals::model::Timestamp;
use mcp_static::internals::model::query::{
    self, BadParameter, Given, ListQuery, ListedEntry, QueryError, include_deleted, page,
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// A version as a query sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub name: String,
    pub version: String,
    pub updated: Timestamp,
    pub deleted: bool,
    pub latest: bool,
}

impl ListedEntry for Version {
    fn name(&self) -> &str {
        &self.name
    }
    fn version(&self) -> &str {
        &self.version
    }
    fn updated(&self) -> &Timestamp {
        &self.updated
    }
    fn is_deleted(&self) -> bool {
        self.deleted
    }
    fn is_latest(&self) -> bool {
        self.latest
    }
}

/// `name version seconds flags` per line; flags: `d` deleted, `l` latest.
fn items(text: &str) -> Vec<Version> {
    let mut items = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, version, seconds, flags] = words[..] else { continue };
        items.push(Version {
            name: name.into(),
            version: version.into(),
            updated: Timestamp::from_unix(seconds.parse().unwrap()),
            deleted: flags.contains('d'),
            latest: flags.contains('l'),
        });
    }
    items
}

const ROWS: &str = "
    com.a/One 1.0.0 10 -
    com.a/One 1.0.0+b 20 -
    com.a/One 2.0.0 30 l
    com.a/gone 1.0.0 40 dl
    com.b/one_x 0.1.0 50 l
    com.b/two 1.0.0 60 d
    com.b/two 1.1.0 70 l";

fn query(raw: &str) -> ListQuery {
    ListQuery::parse(raw).unwrap().unwrap_or_default()
}

fn found(raw: &str) -> (Vec<String>, Option<String>) {
    let rows = items(ROWS);
    let page = page(&rows, &query(raw));
    let names = page.rows.iter().map(|i| format!("{}:{}", rows[*i].name, rows[*i].version));
    (names.collect(), page.next_cursor)
}

fn names(raw: &str) -> Vec<String> {
    found(raw).0
}

#[test]
fn a_string_without_a_known_parameter_is_no_query() {
    for raw in [
        "",
        "&",
        "x=1",
        "Limit=5",
        "limits=5",
        "foo",
        "=",
        "x=%zz",
        "limit%zz=5",
        "sort=name&page=2",
    ] {
        assert_eq!(ListQuery::parse(raw), Ok(None), "{raw}");
    }
    for name in query::PARAMETERS {
        assert_eq!(ListQuery::parse(&format!("{name}=")), Ok(Some(ListQuery::default())), "{name}");
        assert_eq!(ListQuery::parse(name), Ok(Some(ListQuery::default())), "{name}");
    }
}

fn refused(raw: &str) -> QueryError {
    ListQuery::parse(raw).unwrap_err()
}

#[test]
fn limits_are_kept() {
    for (raw, limit) in [
        ("limit=1", 1),
        ("limit=100", 100),
        ("limit=", 30),
        ("limit=007", 7),
        ("limit=5&limit=abc", 5),
        ("limit=&limit=5", 30),
    ] {
        assert_eq!(query(raw).limit, limit, "{raw}");
    }
    for (raw, message, value) in [
        ("limit=0", "expected number >= 1", Given::Number(0)),
        ("limit=-1", "expected number >= 1", Given::Number(-1)),
        ("limit=101", "expected number <= 100", Given::Number(101)),
        ("limit=1000", "expected number <= 100", Given::Number(1000)),
        ("limit=abc", "invalid integer", Given::Text("abc".into())),
        ("limit=1.5", "invalid integer", Given::Text("1.5".into())),
        ("limit=+5", "invalid integer", Given::Text(" 5".into())),
        (
            "limit=99999999999999999999",
            "invalid integer",
            Given::Text("99999999999999999999".into()),
        ),
    ] {
        let errors = vec![BadParameter { message, location: "query.limit", value }];
        assert_eq!(refused(raw), QueryError { status: 422, detail: "validation failed", errors });
    }
}

#[test]
fn all_wrong_parameters_are_reported_at_once() {
    let error = refused("limit=0&include_deleted=maybe&updated_since=never");
    assert_eq!(error.status, 422);
    let places: Vec<&str> = error.errors.iter().map(|e| e.location).collect();
    assert_eq!(places, ["query.limit", "query.include_deleted"]);
    assert_eq!(error.errors[1].message, "invalid boolean");
}

#[test]
fn updated_since_wants_a_date_and_the_deleted() {
    let error = refused("updated_since=yesterday");
    assert_eq!((error.status, error.errors.len()), (400, 0));
    assert!(error.detail.starts_with("Invalid updated_since format"));
    // A raw plus is a space.
    assert_eq!(refused("updated_since=2025-08-07T13:15:04+02:00").status, 400);
    assert!(query("updated_since=2025-08-07T13:15:04%2B02:00").include_deleted);
    let error = refused("updated_since=1970-01-01T00:00:00Z&include_deleted=false");
    assert_eq!(error.status, 400);
    assert!(error.detail.starts_with("Cannot set include_deleted=false"));
    assert!(query("updated_since=1970-01-01T00:00:00Z&include_deleted=true").include_deleted);
    assert!(query("updated_since=1970-01-01T00:00:00Z&include_deleted=").include_deleted);
    assert!(!query("updated_since=&include_deleted=0").include_deleted);
}

#[test]
fn filters_select() {
    assert_eq!(names("").len(), 5);
    assert_eq!(names("include_deleted=true").len(), 7);
    assert_eq!(
        names("version=latest"),
        ["com.a/One:2.0.0", "com.b/one_x:0.1.0", "com.b/two:1.1.0"]
    );
    assert_eq!(names("version=latest&include_deleted=1").len(), 4);
    assert_eq!(names("version=1.0.0"), ["com.a/One:1.0.0"]);
    assert_eq!(names("version=1.0.0%2Bb"), ["com.a/One:1.0.0+b"]);
    assert_eq!(names("version=Latest"), [""; 0]);
    assert_eq!(names("search=ONE").len(), 4);
    assert_eq!(names("search=B%2Ft"), ["com.b/two:1.1.0"]);
    // Neither of these is a wildcard.
    assert_eq!(names("search=e_x"), ["com.b/one_x:0.1.0"]);
    assert_eq!(names("search=_n"), [""; 0]);
    assert_eq!(names("search=%25"), [""; 0]);
    assert_eq!(names("search=%C3%A9"), [""; 0]);
    assert_eq!(names("search=").len(), 5);
    // Strictly later, deleted ones included.
    assert_eq!(names("updated_since=1970-01-01T00:00:50Z"), ["com.b/two:1.0.0", "com.b/two:1.1.0"]);
    assert_eq!(
        names("updated_since=1970-01-01T00:00:50Z&search=two&version=latest"),
        ["com.b/two:1.1.0"]
    );
}

#[test]
fn cursors_mean_what_follows_them() {
    assert_eq!(names("cursor=com.a/One:1.0.0")[0], "com.a/One:1.0.0+b");
    assert_eq!(names("cursor=com.a%2FOne%3A1.0.0%2Bb")[0], "com.a/One:2.0.0");
    // A plus that was sent raw arrives as a space and is a plus again.
    assert_eq!(names("cursor=com.a/One:1.0.0+b")[0], "com.a/One:2.0.0");
    // Without a colon: names greater than this.
    assert_eq!(names("cursor=com.a/One")[0], "com.b/one_x:0.1.0");
    assert_eq!(names("cursor=com.b")[0], "com.b/one_x:0.1.0");
    // An empty version comes before all others; a vanished entry breaks nothing.
    assert_eq!(names("cursor=com.a/One:")[0], "com.a/One:1.0.0");
    assert_eq!(names("cursor=com.a/One:1.5.0")[0], "com.a/One:2.0.0");
    assert_eq!(names("cursor=com.a/gone:1.0.0")[0], "com.b/one_x:0.1.0");
    assert_eq!(names("cursor=zzz"), [""; 0]);
    assert_eq!(names("cursor=").len(), 5);
}

#[test]
fn a_full_page_has_a_cursor_even_when_nothing_follows() {
    assert_eq!(found("limit=2").1.as_deref(), Some("com.a/One:1.0.0+b"));
    assert_eq!(found("limit=5").1.as_deref(), Some("com.b/two:1.1.0"));
    assert_eq!(found("limit=5&cursor=com.b/two:1.1.0"), (Vec::new(), None));
    assert_eq!(found("limit=6").1, None);
}

#[test]
fn a_nul_is_refused_wherever_it_stands() {
    for raw in ["search=a%00", "x=%00", "%00", "search=\0", "x=%zz%00", "limit=abc&cursor=%00"] {
        assert_eq!(ListQuery::parse(raw), Err(QueryError::null_bytes()), "{raw}");
        assert_eq!(include_deleted(raw), Err(QueryError::null_bytes()), "{raw}");
    }
    assert!(ListQuery::parse("search=%2500").is_ok());
}

#[test]
fn a_pair_with_a_broken_escape_is_left_out() {
    assert_eq!(query("limit=%zz&search=a").limit, 30);
    assert_eq!(query("limit=%3&limit=7").limit, 7);
    assert_eq!(query("search=100%&limit=2").search, None);
}

#[test]
fn the_versions_endpoints_read_one_parameter() {
    for (raw, value) in [
        ("", false),
        ("include_deleted=", false),
        ("include_deleted=true", true),
        ("include_deleted=T", true),
        ("include_deleted=1&include_deleted=x", true),
        ("include_deleted=FALSE", false),
        ("limit=abc", false),
    ] {
        assert_eq!(include_deleted(raw), Ok(value), "{raw}");
    }
    assert_eq!(include_deleted("include_deleted=yes").unwrap_err().status, 422);
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

prop_compose! {
    /// Rows by name and version, as a list holds them.
    fn rows()(
        map in prop::collection::btree_map(
            ("com\\.[ab]/[A-Ca-c]{2}", "[01]\\.[0-2](\\+b|:1|-rc)?"),
            (0i64..6, any::<bool>(), any::<bool>()),
            0..40,
        ),
    ) -> Vec<Version> {
        let map: BTreeMap<(String, String), _> = map;
        let row = |((name, version), (at, deleted, latest))| {
            Version { name, version, updated: Timestamp::from_unix(at), deleted, latest }
        };
        map.into_iter().map(row).collect()
    }
}

prop_compose! {
    /// Filters as text, without limit and cursor.
    fn filters()(
        search in prop::option::of("[abcC/.]{1,2}"),
        since in prop::option::of(0i64..6),
        version in prop::option::of(prop::sample::select(vec!["latest", "1.0", "0.1+b"])),
        deleted in prop::option::of(Just(true)),
    ) -> (Option<String>, Option<i64>, Option<&'static str>, bool) {
        (search, since, version, deleted.unwrap_or(false))
    }
}

proptest! {
    #[test]
    fn walking_the_pages_visits_every_selected_row_once_and_in_order(
        rows in rows(), (search, since, version, deleted) in filters(), limit in 1usize..=12, raw_plus in any::<bool>(),
    ) {
        let mut raw = format!("limit={limit}&include_deleted={}", deleted || since.is_some());
        if let Some(search) = &search { raw += &format!("&search={}", encode(search)); }
        if let Some(at) = since { raw += &format!("&updated_since={}", Timestamp::from_unix(at)); }
        if let Some(version) = version { raw += &format!("&version={}", encode(version)); }

        let mut expected = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let by_search = search.as_ref().is_none_or(|s| row.name.to_lowercase().contains(&s.to_lowercase()));
            let by_time = since.is_none_or(|at| row.updated.unix() > at);
            let by_version = version.is_none_or(|v| if v == "latest" { row.latest } else { row.version == v });
            if by_search && by_time && by_version && (deleted || since.is_some() || !row.deleted) {
                expected.push(i);
            }
        }

        let (mut walked, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
        loop {
            let send = |c: &String| if raw_plus { c.clone() } else { encode(c) };
            let with = cursor.as_ref().map(|c| format!("{raw}&cursor={}", send(c))).unwrap_or(raw.clone());
            let page = page(&rows, &query(&with));
            prop_assert!(page.rows.len() <= limit);
            prop_assert_eq!(page.next_cursor.is_some(), page.rows.len() == limit);
            walked.extend(page.rows);
            pages += 1;
            prop_assert!(pages <= rows.len() + 1);
            cursor = page.next_cursor;
            if cursor.is_none() { break; }
        }
        prop_assert_eq!(walked, expected);
    }

    #[test]
    fn a_cursor_alone_selects_what_is_greater(rows in rows(), name in "com\\.[ab](/[A-Ca-c]{1,2})?", version in prop::option::of("[01]\\.[0-2]")) {
        let cursor = version.as_ref().map(|v| format!("{name}:{v}")).unwrap_or(name.clone());
        let query = query(&format!("include_deleted=1&limit=100&cursor={}", encode(&cursor)));
        let expected: Vec<usize> = (0..rows.len()).filter(|i| match &version {
            Some(version) => (&rows[*i].name, &rows[*i].version) > (&name, version),
            None => rows[*i].name > name,
        }).collect();
        prop_assert_eq!(page(&rows, &query).rows, expected);
    }

    #[test]
    fn no_text_breaks_the_reader(raw in "(limit|cursor|search|updated_since|=|&|%|\\+|\\PC){0,12}") {
        let _ = ListQuery::parse(&raw);
        let _ = include_deleted(&raw);
    }
}
