//! Asking a live registry, with recorded answers.

use std::cell::RefCell;
use std::time::Duration;

use crate::fake::{FakeClock, FakeHttp};
use mcp_static::internals::error::{Error, ErrorKind, Result};
use mcp_static::internals::import::{
    Batch, PageStore, Progress, Upstream, is_registry, registry_url,
};
use mcp_static::internals::model::{ServerName, Version};
use mcp_static::internals::world::http::Secret;
use pretty_assertions::assert_eq;

use crate::scratch::{Scratch, recorded};

const BASE: &str = "https://registry.example.com/sub";
const PAGE: &str = "https://registry.example.com/sub/v0.1/servers?limit=100&include_deleted=true";
const NOW: i64 = 1_800_000_000;

fn page(cursor: &str) -> String {
    format!("{BASE}/v0.1/servers?limit=100&cursor={cursor}&include_deleted=true")
}

fn second() -> String {
    page("com.example%2Falpha%3A1.1.0%2Bbuild.7")
}

fn third() -> String {
    page("com.example%2Fgamma%3A0.1.0")
}

/// Three pages of one registry.
fn whole() -> FakeHttp {
    FakeHttp::new()
        .body(PAGE, recorded("page-1.json"))
        .body(&second(), recorded("page-2.json"))
        .body(&third(), recorded("page-3.json"))
}

struct Asked {
    result: Result<Batch>,
    waits: Vec<u64>,
    heard: Vec<Progress>,
}

fn ask_at(http: &FakeHttp, store: &PageStore, now: i64) -> Asked {
    let (clock, heard) = (FakeClock::at(now), RefCell::new(Vec::new()));
    let upstream = Upstream {
        http,
        clock: &clock,
        registry: BASE.to_owned(),
        token: Secret::new("s3cret"),
        on_progress: &|event| heard.borrow_mut().push(event),
    };
    let result = upstream.records(store);
    let waits = clock.waits().iter().map(Duration::as_secs).collect();
    Asked { result, waits, heard: heard.into_inner() }
}

fn ask(http: &FakeHttp) -> Asked {
    ask_at(http, &PageStore::none(), NOW)
}

fn names(batch: &Batch) -> Vec<&str> {
    batch.readings.iter().map(|reading| reading.as_ref().unwrap().name.as_str()).collect()
}

fn urls(http: &FakeHttp) -> Vec<String> {
    http.asked().into_iter().map(|(url, _)| url).collect()
}

fn fails(http: &FakeHttp) -> (ErrorKind, String, String) {
    let e: Error = ask(http).result.unwrap_err();
    assert!(!format!("{e} {e:?}").contains("s3cret"));
    (e.kind(), e.to_string(), e.advice().unwrap_or_default().to_owned())
}

#[test]
fn pages_are_followed_with_encoded_cursors_and_the_token() {
    let http = whole();
    let batch = ask(&http).result.unwrap();
    let alpha = "com.example/alpha";
    let expected = [alpha, alpha, "com.example/beta", "com.example/gamma", "io.github.acme/delta"];
    assert_eq!(names(&batch), expected);
    assert_eq!(urls(&http), [PAGE.to_owned(), second(), third()]);
    assert!(http.asked().iter().all(|(_, token)| token.as_deref() == Some("s3cret")));
}

#[test]
fn a_list_without_cursor_is_complete() {
    for (name, count) in
        [("static-list.json", 3), ("null-cursor.json", 1), ("null-servers.json", 0)]
    {
        let http = FakeHttp::new().body(PAGE, recorded(name));
        assert_eq!(ask(&http).result.unwrap().readings.len(), count, "{name}");
    }
}

#[test]
fn an_empty_page_does_not_end_the_walk() {
    let http = FakeHttp::new()
        .body(PAGE, recorded("empty-page.json"))
        .body(&page("com.example%2Falpha%3A1.0.0"), recorded("page-3.json"));
    assert_eq!(names(&ask(&http).result.unwrap()), ["io.github.acme/delta"]);
}

#[test]
fn a_host_that_ignores_cursors_is_found_out() {
    let http = FakeHttp::new()
        .body(PAGE, recorded("repeated-cursor.json"))
        .body(&page("com.example%2Falpha%3A1.0.0"), recorded("repeated-cursor.json"));
    let (kind, text, help) = fails(&http);
    assert_eq!(kind, ErrorKind::Remote);
    assert!(text.contains("a second time") && help.contains("ignores cursors"), "{text} {help}");
}

#[test]
fn a_host_that_refuses_include_deleted_is_asked_without() {
    let plain = format!("{BASE}/v0.1/servers?limit=100");
    for status in [400, 422] {
        let http = FakeHttp::new().status(PAGE, status, None).body(&plain, recorded("page-3.json"));
        assert_eq!(names(&ask(&http).result.unwrap()), ["io.github.acme/delta"]);
        assert_eq!(urls(&http), [PAGE.to_owned(), plain.clone()]);
    }
}

#[test]
fn a_busy_host_is_given_the_time_it_asks_for() {
    let http = FakeHttp::new()
        .status(PAGE, 429, Some("7"))
        .status(PAGE, 503, Some("Fri, 15 Jan 2027 08:00:27 GMT"))
        .status(PAGE, 500, None)
        .silence(PAGE)
        .body(PAGE, recorded("page-3.json"));
    let asked = ask(&http);
    assert_eq!(asked.result.unwrap().readings.len(), 1);
    assert_eq!(asked.waits, [7, 20, 4, 8]);
    let said = asked.heard.iter().filter(|h| matches!(h, Progress::Waiting { .. })).count();
    assert_eq!(said, 4);
}

#[test]
fn a_silent_host_is_asked_five_times_and_nothing_is_known() {
    for http in [FakeHttp::new().silence(PAGE), FakeHttp::new().status(PAGE, 502, None)] {
        let asked = ask(&http);
        assert_eq!(asked.result.unwrap_err().kind(), ErrorKind::Indeterminate);
        assert_eq!(asked.waits, [1, 2, 4, 8]);
        assert_eq!(http.asked().len(), 5);
    }
    let http = FakeHttp::new().status(PAGE, 429, Some("86400"));
    let (kind, _, help) = fails(&http);
    assert_eq!((kind, http.asked().len()), (ErrorKind::Indeterminate, 1));
    assert!(help.contains("86400 seconds"), "{help}");
}

#[test]
fn what_a_host_refuses_is_not_asked_again() {
    for (status, hint) in
        [(401, "--token-env"), (403, "--token-env"), (404, "/v0.1/servers"), (410, "v0.1")]
    {
        let http = FakeHttp::new().status(PAGE, status, None);
        let (kind, text, help) = fails(&http);
        assert_eq!((kind, http.asked().len()), (ErrorKind::Remote, 1), "{status}");
        assert!(text.contains(&status.to_string()) && help.contains(hint), "{text} {help}");
    }
}

#[test]
fn an_answer_that_is_no_list_is_refused() {
    for (body, hint) in [
        (recorded("login.html"), "this is not JSON"),
        (b"{}".to_vec(), "not a list of servers"),
        (b"".to_vec(), "not a list of servers"),
    ] {
        let (kind, text, help) = fails(&FakeHttp::new().body(PAGE, body));
        assert_eq!(kind, ErrorKind::Remote);
        assert!(text.contains(hint) && help.contains("base URL"), "{text} {help}");
    }
}

#[test]
fn an_answer_that_was_cut_off_is_fetched_again() {
    let http =
        FakeHttp::new().body(PAGE, recorded("truncated.json")).body(PAGE, recorded("page-3.json"));
    let asked = ask(&http);
    assert_eq!((asked.result.unwrap().readings.len(), asked.waits), (1, vec![1]));
    let (kind, _, _) = fails(&FakeHttp::new().body(PAGE, recorded("truncated.json")));
    assert_eq!(kind, ErrorKind::Remote);
}

#[test]
fn an_answer_beyond_the_limit_is_refused() {
    let (kind, text, _) = fails(&FakeHttp::new().body(PAGE, vec![b' '; 33 << 20]));
    assert_eq!(kind, ErrorKind::Remote);
    assert!(text.contains("more than 32768 KiB"), "{text}");
}

#[test]
fn an_interrupted_walk_goes_on_where_it_stopped() {
    let scratch = Scratch::new();
    let store = PageStore::beside(&scratch.data(), BASE);
    let broken = FakeHttp::new()
        .body(PAGE, recorded("page-1.json"))
        .body(&second(), recorded("page-2.json"))
        .silence(&third());
    let e = ask_at(&broken, &store, NOW).result.unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Indeterminate);
    assert!(e.advice().unwrap().contains("after the 2 pages fetched"), "{:?}", e.advice());
    assert!(scratch.files().is_empty() && scratch.path().join(".mcp-static/import").exists());

    let rest = FakeHttp::new().body(&third(), recorded("page-3.json"));
    let asked = ask_at(&rest, &store, NOW + 3600);
    assert_eq!(asked.result.unwrap().readings.len(), 5);
    assert_eq!(urls(&rest), [third()]);
    let kept: Vec<bool> =
        asked.heard.iter().map(|h| matches!(h, Progress::Page { kept: true, .. })).collect();
    assert_eq!(kept, [true, true, false]);

    // A day later, or when they are forgotten, all pages are fetched anew.
    let later = whole();
    ask_at(&later, &store, NOW + 90_000).result.unwrap();
    store.clear().unwrap();
    ask_at(&later, &store, NOW + 90_000).result.unwrap();
    assert_eq!(later.asked().len(), 6);
    store.clear().unwrap();
    assert!(std::fs::read_dir(scratch.path().join(".mcp-static/import")).unwrap().next().is_none());
}

#[test]
fn a_kept_page_that_is_not_as_it_came_is_fetched_again() {
    // Each of them can still be read as a page.
    let spoil = |how: &str, page: &str, other: &str| match how {
        "broken" => "{".to_owned(),
        "edited" => page.replace("beta", "bete"),
        "without its first line" => page.split_once('\n').unwrap().1.to_owned(),
        "fewer" => page.split_once('\n').unwrap().0.to_owned() + "\n{\"servers\":[]}",
        "of another cursor" => page.replace("com.example/alpha", "com.example/alphb"),
        _ => other.to_owned(),
    };
    for how in [
        "broken",
        "edited",
        "without its first line",
        "fewer",
        "of another cursor",
        "the first page",
    ] {
        let scratch = Scratch::new();
        let store = PageStore::beside(&scratch.data(), BASE);
        ask_at(&whole(), &store, NOW).result.unwrap();
        let folder = std::fs::read_dir(scratch.path().join(".mcp-static/import")).unwrap();
        let folder = folder.map(|entry| entry.unwrap().path()).next().unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let spoilt = spoil(how, &read("000002.json"), &read("000001.json"));
        assert_ne!(spoilt, read("000002.json"), "{how}");
        std::fs::write(folder.join("000002.json"), spoilt).unwrap();
        let http = whole();
        let batch = ask_at(&http, &store, NOW).result.unwrap();
        assert_eq!(names(&batch).len(), 5, "{how}");
        assert_eq!(urls(&http), [second(), third()], "{how}");
    }
}

#[cfg(unix)]
#[test]
fn pages_are_not_written_through_a_link() {
    for link in [".mcp-static", ".mcp-static/import"] {
        let scratch = Scratch::new();
        std::fs::create_dir(scratch.path().join("outside")).unwrap();
        let at = scratch.path().join(link);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(scratch.path().join("outside"), &at).unwrap();
        let e =
            ask_at(&whole(), &PageStore::beside(&scratch.data(), BASE), NOW).result.unwrap_err();
        assert!(e.to_string().contains("it may be a symbolic link"), "{link}: {e}");
        assert!(scratch.path().join("outside").read_dir().unwrap().next().is_none(), "{link}");
    }
}

#[test]
fn a_cursor_of_any_length_makes_no_long_message() {
    let long = "c".repeat(2000);
    let first = format!("{{\"servers\":[],\"metadata\":{{\"nextCursor\":\"{long}\"}}}}");
    let again = FakeHttp::new().body(PAGE, first.clone()).body(&page(&long), first.clone());
    let silent = FakeHttp::new().body(PAGE, first.clone()).silence(&page(&long));
    let foreign = FakeHttp::new().body(PAGE, first).body(&page(&long), "<html>");
    for (http, says) in
        [(again, "a second time"), (silent, "does not answer"), (foreign, "not one of a v0.1")]
    {
        let (_, text, _) = fails(&http);
        assert!(text.contains(says) && text.contains('…') && text.len() < 500, "{text}");
    }
}

#[test]
fn a_list_that_exceeds_a_limit_is_not_asked_for_again() {
    let http = FakeHttp::new().body(PAGE, format!("[{}0]", "0,".repeat(1001)));
    let (kind, text, _) = fails(&http);
    assert_eq!((kind, http.asked().len()), (ErrorKind::Remote, 1));
    assert!(text.contains("1,001st thing"), "{text}");
}

#[test]
fn records_of_all_pages_are_counted() {
    let records = vec!["{}"; 900].join(",");
    let mut http = FakeHttp::new();
    let mut url = PAGE.to_owned();
    let large =
        format!("[{}]", vec!["{\"server\":{\"name\":\"a\",\"version\":\"1\"}}"; 130_000].join(","));
    for at in 0..3 {
        let list = if at == 2 { format!("[{records}]") } else { large.clone() };
        http = http
            .body(&url, format!("{{\"servers\":{list},\"metadata\":{{\"nextCursor\":\"{at}\"}}}}"));
        url = page(&at.to_string());
    }
    let (kind, text, _) = fails(&http);
    assert_eq!((kind, http.asked().len()), (ErrorKind::Remote, 2));
    assert!(text.contains("260000 records on 2 pages"), "{text}");
}

fn entry(http: &FakeHttp, version: Option<&str>) -> Result<String> {
    let clock = FakeClock::at(NOW);
    let upstream = Upstream {
        http,
        clock: &clock,
        registry: BASE.to_owned(),
        token: None,
        on_progress: &|_| {},
    };
    let name = ServerName::parse("io.github.acme/delta").unwrap();
    let version = version.map(|text| Version::parse(text).unwrap());
    let reading = upstream.entry(&name, version.as_ref())?;
    Ok(reading
        .map_or_else(|bad| bad.reason.why, |record| format!("{}@{}", record.name, record.version)))
}

#[test]
fn one_entry_is_fetched_by_its_encoded_name() {
    let list = String::from_utf8(recorded("page-3.json")).unwrap();
    let record =
        list.strip_prefix("{\"servers\":[").unwrap().split("],\"metadata\"").next().unwrap();
    let at =
        |version: &str| format!("{BASE}/v0.1/servers/io.github.acme%2Fdelta/versions/{version}");
    let http = FakeHttp::new().body(&at("latest"), record).body(&at("v3.0.0"), record);
    assert_eq!(entry(&http, None).unwrap(), "io.github.acme/delta@v3.0.0");
    assert_eq!(entry(&http, Some("v3.0.0")).unwrap(), "io.github.acme/delta@v3.0.0");
    let missing = FakeHttp::new().status(&at("1.0.0%2Bx"), 404, None);
    let e = entry(&missing, Some("1.0.0+x")).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Usage);
    assert!(e.to_string().contains("has no io.github.acme/delta@1.0.0+x"), "{e}");
    let other = FakeHttp::new().body(&at("9.0.0"), record);
    assert!(entry(&other, Some("9.0.0")).unwrap_err().to_string().contains("another entry"));
    let list = FakeHttp::new().body(&at("latest"), recorded("page-3.json"));
    assert!(entry(&list, None).unwrap_err().to_string().contains("not one entry"));
}

#[test]
fn a_source_may_be_written_in_several_ways() {
    for text in ["", "/", "/v0.1", "/v0.1/servers", "/v0/servers/?limit=1", "/v0.1/"] {
        let url = format!("https://Registry.Example.com:443/sub{text}");
        assert_eq!(registry_url(&url).unwrap(), BASE, "{url}");
    }
    assert_eq!(registry_url("official").unwrap(), "https://registry.modelcontextprotocol.io");
    assert_eq!(registry_url("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
    for (bad, why) in [
        ("http://registry.example.com", "use https"),
        ("ftp://registry.example.com", "has to begin with https"),
        ("https://user:pass@registry.example.com", "user name or password"),
        ("https:///v0.1", "no host"),
        ("https://exa mple.com", "percent-encoded"),
    ] {
        let e = registry_url(bad).unwrap_err();
        assert!(e.to_string().contains(why) && !e.to_string().contains("pass@"), "{e}");
        assert_eq!(e.kind(), ErrorKind::Usage);
    }
    assert!(is_registry("official") && is_registry("https://x") && !is_registry("dump.json.gz"));
}
