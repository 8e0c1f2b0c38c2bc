//! What the registry says about an entry beside what its author says: where it is read, where it is published,
//! and what is wrong with it.

use serde_json::{Value, json};

use crate::project::Project;

const NAME: &str = "com.example/weather";
const KEY: &str = "com.example/registry";
const OF_ALL: &str = "registry-data/servers/com.example/weather/annotations.json";
const OF_FIRST: &str = "registry-data/servers/com.example/weather/1.0.0/annotations.json";
const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// Two versions, pinned, in a registry that has a key.
fn project() -> Project {
    let project = Project::empty();
    let settings = format!("[registry]\nmeta_key = \"{KEY}\"\n");
    project.file("registry-data/registry.toml", &settings);
    for (version, month) in [("1.0.0", 1), ("2.0.0", 2)] {
        project.entry(NAME, version);
        project.pin(NAME, version, &format!("2026-0{month}-01T00:00:00Z"));
    }
    project
}

fn check(project: &Project, today: &str) -> crate::project::Ran {
    project.run_with(&["check"], &[("SOURCE_DATE_EPOCH", today)])
}

fn build(project: &Project, more: &[&str]) {
    let args = [&["build", "--only", "api", "-A", "base-url-missing"], more].concat();
    project.run(&args).expect(0);
}

fn meta(project: &Project, version: &str) -> Value {
    let path = format!("_site/v0.1/servers/com.example/weather/versions/{version}");
    let files = [path.clone(), format!("{path}/index.json"), format!("{path}.json")];
    let file = files.iter().find(|file| project.path(file).is_file()).unwrap();
    project.json(file)["_meta"].clone()
}

#[test]
fn they_are_published_beside_the_official_block_and_the_document_stays_as_it_is() {
    let project = project();
    build(&project, &["--out", "before"]);
    project.file(
        OF_ALL,
        "{\n  \"com.example/registry\" : { \"tier\" : \"approved\", \"owner\" : \"Maps\" },\n  \"org.example/b\" : [ 1, {\"z\": 1.0, \"a\": \"\\u0041\"} ],\n  \"org.example/a\" : null\n}\n",
    );
    build(&project, &[]);
    let path = "v0.1/servers/com.example/weather/versions/2.0.0";
    let (before, after) = (text(&project, "before", path), text(&project, "_site", path));
    // What was there stays, and what the file has follows with its tokens and in its order.
    let start = before.strip_suffix("}}}").unwrap();
    assert_eq!(
        after,
        format!(
            "{start},\"tier\":\"approved\",\"owner\":\"Maps\"}},\"org.example/b\":[1,{{\"z\":1.0,\"a\":\"\\u0041\"}}],\"org.example/a\":null}}}}"
        )
    );
    let list = text(&project, "_site", "v0.1/servers");
    let versions = text(&project, "_site", "v0.1/servers/com.example/weather/versions");
    assert!(list.contains(&after) && versions.contains(&after));
}

/// Returns the file of an address, on the host whose files end in `.json` or are folders.
fn text(project: &Project, out: &str, path: &str) -> String {
    let names = [String::new(), ".json".to_owned(), "/index.json".to_owned()];
    let files = names.iter().map(|end| format!("{out}/{path}{end}"));
    project.read(&files.into_iter().find(|file| project.path(file).is_file()).unwrap())
}

#[test]
fn a_version_wins_over_its_server_key_by_key_and_dates_do_not_move() {
    let project = project();
    build(&project, &[]);
    let before = meta(&project, "1.0.0");
    project.file(
        OF_ALL,
        &json!({KEY: {"tier": "approved", "risk": "low"}, "org.example/a": 1, "org.example/b": 2})
            .to_string(),
    );
    project.file(
        OF_FIRST,
        &json!({KEY: {"tier": "trial"}, "org.example/a": 3, "org.example/c": 4}).to_string(),
    );
    build(&project, &[]);
    let (first, second) = (meta(&project, "1.0.0"), meta(&project, "2.0.0"));
    assert_eq!(first[OFFICIAL], before[OFFICIAL]);
    assert_eq!(first[KEY]["ownership"], before[KEY]["ownership"]);
    assert_eq!((&first[KEY]["tier"], &first[KEY]["risk"]), (&json!("trial"), &Value::Null));
    assert_eq!((&second[KEY]["tier"], &second[KEY]["risk"]), (&json!("approved"), &json!("low")));
    for (key, of_first, of_second) in
        [("a", 3, json!(1)), ("b", 2, json!(2)), ("c", 4, Value::Null)]
    {
        let key = format!("org.example/{key}");
        assert_eq!((&first[&key], &second[&key]), (&json!(of_first), &of_second), "{key}");
    }
}

#[test]
fn a_live_server_answers_with_them_too() {
    let project = project();
    project.file(OF_ALL, &json!({KEY: {"tags": ["maps"]}}).to_string());
    let options = mcp_static::LoadOptions::new(project.path("registry-data"));
    let loaded = mcp_static::load(&options).unwrap();
    let (registry, report) = mcp_static::check(&loaded).unwrap();
    assert!(!report.has_errors(), "{report}");
    let site = mcp_static::render(&registry, &loaded).into_site();
    let list: Value = serde_json::from_slice(&site.get("/v0.1/servers").unwrap().body).unwrap();
    assert_eq!(list["servers"][0]["_meta"][KEY]["tags"], json!(["maps"]));
}

#[test]
fn each_mistake_is_reported_at_its_place_with_what_to_write() {
    let long = "x".repeat(4000);
    for (text, says) in [
        (json!([]), vec!["annotations.json:1:1", "an array where an object belongs"]),
        (json!({"tier": "a"}), vec!["move it into \"com.example/registry\""]),
        (json!({"com.exampel/registry": {}}), vec!["write \"com.example/registry\""]),
        (json!({"com.example/registri": {}}), vec!["write \"com.example/registry\""]),
        (json!({"plain": {}}), vec!["a reversed domain, a slash and a word"]),
        (json!({OFFICIAL: {}}), vec!["is not a key for facts of others"]),
        (json!({"org.example/x": long, "org.example/y": long}), vec!["8039 bytes", "4096"]),
        (json!({KEY: "approved"}), vec!["this is a string where an object belongs"]),
        (json!({KEY: {"ownership": {}}}), vec!["remove it; the registry writes it"]),
        (
            json!({KEY: {"onwer": "Maps"}}),
            vec!["there is no field \"onwer\"", "did you mean owner?"],
        ),
        (json!({KEY: {"owner": ""}}), vec!["\"\" cannot be the value of \"owner\"", "one line"]),
        (json!({KEY: {"owner": "a\nb"}}), vec!["write one line of at most 100 characters"]),
        (json!({KEY: {"tier": "Approved!"}}), vec!["lower-case letters, digits"]),
        (json!({KEY: {"risk": "hihg"}}), vec!["did you mean high?"]),
        (json!({KEY: {"risk": 3}}), vec!["a number cannot be the value of \"risk\""]),
        (json!({KEY: {"tags": "maps"}}), vec!["a list of at most 24 words"]),
        (json!({KEY: {"tags": ["a", "b", "a"]}}), vec!["registry/tags/2", "a second time"]),
        (json!({KEY: {"review": {"expires": "2026-01-01"}}}), vec!["\"date\" is missing here"]),
        (json!({KEY: {"review": {"date": "2026-02-30"}}}), vec!["write a day such as"]),
        (
            json!({KEY: {"review": {"date": "2026-02-02", "expires": "2026-02-01"}}}),
            vec!["expires before 2026-02-02"],
        ),
        (json!({KEY: {"approval": {"date": "2026-01-01"}}}), vec!["add \"by\""]),
        (
            json!({KEY: {"scan": {"link": "http://x.example", "date": "2026-01-01"}}}),
            vec!["write an https URL"],
        ),
        (
            json!({KEY: {"scan": {"link": "https://x.example", "date": "2026-01-01", "digest": "5f"}}}),
            vec!["the 64 digits that `sha256sum` prints"],
        ),
    ] {
        let project = project();
        project.file(OF_FIRST, &text.to_string());
        let ran = project.run(&["check"]).expect(1);
        let ran = ran.says("annotations-invalid").says("1.0.0/annotations.json");
        says.into_iter().fold(ran, crate::project::Ran::says);
    }
}

#[test]
fn a_file_without_a_server_or_a_key_is_reported() {
    let project = project();
    project.file("registry-data/servers/com.example/wether/annotations.json", "{}");
    project.run(&["check"]).says("there is no version of com.example/wether to annotate");
    project.remove("registry-data/servers/com.example/wether");
    project.file("registry-data/registry.toml", "");
    project.file(OF_ALL, &json!({KEY: {}}).to_string());
    project.run(&["check"]).expect(1).says("set base_url or meta_key below [registry]");
    // The key is that of the settings, wherever a preview is served; a former one is not taken for another's.
    let settings = "[registry]\nbase_url = \"https://example.com\"\nprevious_base_urls = [\"https://old.example\"]\n";
    project.file(
        "registry-data/registry.toml",
        &settings.replace("example.com", "registry.example.com"),
    );
    project.file(OF_ALL, &json!({"com.example.registry/registry": {"tier": "a"}}).to_string());
    build(&project, &["--base-url", "https://preview.example.net"]);
    assert_eq!(meta(&project, "1.0.0")["com.example.registry/registry"]["tier"], "a");
    project.file(OF_ALL, &json!({"example.old/registry": {"tier": "a"}}).to_string());
    project.run(&["check"]).expect(1).says("write \"com.example.registry/registry\"");
}

#[test]
fn a_review_expires_after_its_last_day_and_only_where_a_live_entry_has_it() {
    let project = project();
    let review = |date: &str, expires: &str| {
        json!({KEY: {"review": {"date": date, "expires": expires}}}).to_string()
    };
    project.file(OF_ALL, &review("2026-01-01", "2026-06-30"));
    let (last, next) = ("1782863999", "1782864000"); // the last second of that day, and the next
    assert!(!check(&project, last).expect(0).err.contains("review-expired"));
    check(&project, next).expect(0).says("review-expired").says("the review expired on 2026-06-30");
    // Another review of every version takes its place.
    project.file(OF_FIRST, &review("2026-05-01", "2027-06-30"));
    check(&project, next).expect(0).says("weather/annotations.json");
    let second = OF_FIRST.replace("1.0.0", "2.0.0");
    project.file(&second, &review("2026-05-01", "2027-06-30"));
    assert!(!check(&project, next).expect(0).err.contains("review-expired"));
    // A withdrawn version needs none.
    project.file(&second, &review("2026-01-01", "2026-06-30"));
    check(&project, next).expect(0).says("2.0.0/annotations.json");
    project.file(
        "registry-data/servers/com.example/weather/2.0.0/status.json",
        "{\"status\":\"deleted\"}",
    );
    assert!(!check(&project, next).expect(0).err.contains("review-expired"));
}

#[test]
fn a_policy_denies_by_them_and_points_at_them() {
    let project = project();
    project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"fresh\"\naction = \"deny\"\nreason = \"Its review has expired.\"\nmatch = { review_expired = true }\n",
    );
    project.file(
        OF_FIRST,
        "{\"com.example/registry\": {\n  \"review\": {\"date\": \"2026-01-01\", \"expires\": \"2026-06-30\"}}}",
    );
    let build = |today: &str| {
        let args = ["build", "--only", "api", "-A", "base-url-missing"];
        project.run_with(&args, &[("SOURCE_DATE_EPOCH", today)]).expect(0)
    };
    build("1782863999");
    assert!(meta(&project, "1.0.0").is_object());
    // The same files on the next day: the cache of the last build does not hide that the day has passed.
    build("1782864000").says("policy-denied").says("1.0.0/annotations.json:2:");
    let gone = format!("_site/v0.1/servers/{NAME}/versions");
    let versions: Value = serde_json::from_str(&text(&project, "_site", &gone[6..])).unwrap();
    assert_eq!(versions["metadata"]["count"], 1);
}

#[test]
fn the_catalog_shows_them_and_an_expired_review_cannot_be_missed() {
    let project = project();
    for name in ["one", "two"] {
        let name = format!("com.example/{name}");
        project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    let own = |expires: &str| {
        json!({KEY: {
            "owner": "Maps & <Routes>", "contact": "https://chat.example.com/maps", "tier": "approved", "risk": "high",
            "review": {"date": "2026-01-01", "expires": expires}, "tags": ["cartography"],
            "approval": {"by": "Jo", "date": "2026-01-02"},
            "scan": {"link": "https://scans.example.com/17", "date": "2026-01-03"},
        }})
        .to_string()
    };
    project.file(OF_ALL, &own("2026-06-30"));
    project.file("registry-data/servers/com.example/one/annotations.json", &own("2026-12-31"));
    let build = |today: &str| {
        project
            .run_with(&["build", "-A", "base-url-missing"], &[("SOURCE_DATE_EPOCH", today)])
            .expect(0)
    };
    build("1782863999");
    let page = || project.read("_site/servers/com.example/weather/index.html");
    for text in [
        "From this registry",
        "Maps &amp; &lt;Routes&gt;",
        "<a href=\"https://chat.example.com/maps\"",
        "approved",
        "<span class=\"chip warn\">high</span>",
        "valid until <time datetime=2026-06-30>30 Jun 2026</time>",
        "by Jo on",
        "<a href=\"https://scans.example.com/17\"",
        "cartography",
    ] {
        assert!(page().contains(text), "{text}");
    }
    assert!(!page().contains("expired"));
    assert!(!project.read("_site/servers/com.example/two/index.html").contains("From this"));
    let search = || -> String {
        let files = crate::project::tree(&project.path("_site/assets/search"));
        files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    };
    assert!(search().contains("Maps & <Routes> approved cartography"));
    assert!(search().contains("[\"maps-routes\",\"Maps & <Routes>\"]"));
    // Two of four have the value, so there is a list of them.
    for list in ["tier/approved", "risk/high", "tag/cartography", "owner/maps-routes"] {
        let list = project.read(&format!("_site/browse/{list}/index.html"));
        assert!(list.contains("com.example/weather") && !list.contains("com.example/two"));
        assert!(!list.contains("review expired"));
    }
    assert!(project.read("_site/browse/index.html").contains("Maps &amp; &lt;Routes&gt;"));
    // The day after, with the cache of that build.
    build("1782864000").says("review-expired");
    assert!(page().contains("<span class=\"chip warn\">expired</span>"));
    let list = project.read("_site/browse/tier/approved/index.html");
    assert_eq!(list.matches("<span class=\"chip warn\">review expired</span>").count(), 1);
    assert!(search().contains("[\"expired\",\"Expired\"]"));
}
