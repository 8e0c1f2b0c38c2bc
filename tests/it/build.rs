//! Stories of `build` through the binary: what is written, kept, removed and refused.

use pretty_assertions::assert_eq;

use crate::project::{Project, tree};

const SITE: &str = "_site/v0.1/servers";

#[test]
fn the_sample_builds_the_whole_api() {
    let project = Project::sample();
    project.build_api().expect(0);
    let list = project.json("_site/v0.1/servers/index.json");
    assert_eq!(list["metadata"]["count"], 12);
    assert!(list["metadata"].get("nextCursor").is_none());
    assert_eq!(
        project.read("_site/v0.1/servers/index.json"),
        project.read("_site/v0/servers/index.json")
    );
    let tides = format!("{SITE}/com.example.lighthouse/tides/versions");
    assert_eq!(
        project.read(&format!("{tides}/latest/index.json")),
        project.read(&format!("{tides}/2.1.0/index.json"))
    );
    assert!(!project.path(&format!("{tides}/2.0.0")).exists(), "a deleted version has no file");
    let versions = project.json(&format!("{tides}/index.json"));
    let order: Vec<&str> = versions["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["server"]["version"].as_str().unwrap())
        .collect();
    assert_eq!(order, ["1.2.1", "2.1.0", "2.0.1", "2.0.0-rc.1", "1.2.0", "1.1.0", "1.0.0"]);
    for file in ["ping", "health", "version"] {
        assert_eq!(
            project.json(&format!("_site/v0.1/{file}/index.json")),
            project.json(&format!("_site/v0/{file}/index.json"))
        );
    }
    let old = "_site/v0/servers/com.example.lighthouse/tides/versions";
    for file in ["index.json", "latest/index.json", "1.0.0/index.json"] {
        let (new, old) = (format!("{tides}/{file}"), format!("{old}/{file}"));
        assert_eq!(project.read(&new), project.read(&old));
    }
    assert_eq!(project.json("_site/404.json")["status"], 404);
    assert!(project.read("_site/openapi.yaml").contains("version: \"1.0.0\""));
}

#[test]
fn what_the_author_wrote_reaches_clients_unchanged() {
    let project = Project::empty();
    let odd = r#""zzz" : {"b":1.50,"a":[ ],"é":"é\/","n":1E2},"#;
    project.entry_with("com.example/odd", "1.0.0", odd).pin(
        "com.example/odd",
        "1.0.0",
        "2026-01-01T00:00:00.120Z",
    );
    project
        .run(&["build", "--only", "api", "-A", "property-unknown", "-A", "base-url-missing"])
        .expect(0);
    let text = project.read(&format!("{SITE}/com.example/odd/versions/1.0.0/index.json"));
    assert!(text.contains(r#""zzz":{"b":1.50,"a":[],"é":"é\/","n":1E2},"description""#), "{text}");
    assert!(text.contains(r#""publishedAt":"2026-01-01T00:00:00.120Z""#), "{text}");
}

#[test]
fn a_second_build_writes_nothing_and_a_change_writes_little() {
    let project = Project::sample();
    project.build_api().expect(0);
    let before = tree(&project.path("_site"));
    project.build_api().expect(0).says("0 files written, 0 removed");
    assert_eq!(before, tree(&project.path("_site")));

    let status = "registry-data/servers/com.example/status-page/1.0.0/status.json";
    project.file(status, "{\"status\":\"deprecated\"}\n");
    // Its version, latest and versions, the copies of these, two lists and the manifest.
    project.build_api().expect(0).says("9 files written, 0 removed");
    project.remove(status);
    project.build_api().expect(0);
    assert_eq!(before, tree(&project.path("_site")), "an incremental build equals a fresh one");
}

#[test]
fn lookups_below_v0_are_copied_where_the_settings_say_so() {
    let project = Project::sample();
    let copy = "_site/v0/servers/com.example/status-page/versions/latest/index.json";
    let settings = project.read("registry-data/registry.toml");
    for (value, copied) in [("false", false), ("true", true)] {
        let api = format!("{settings}\n[api]\nv0_copies = {value}\n");
        project.file("registry-data/registry.toml", &api);
        project.build_api().expect(0);
        assert_eq!(project.path(copy).exists(), copied, "{value}");
        assert!(project.path("_site/v0/servers/index.json").exists(), "{value}");
    }
    project.file("registry-data/registry.toml", &format!("{settings}\n[api]\nv0_copy = true\n"));
    project.build_api().expect(1).says("did you mean v0_copies?");
}

#[test]
fn without_the_working_folder_equal_files_are_still_left_alone() {
    let project = Project::sample();
    project.build_api().expect(0);
    project.remove(".mcp-static");
    project.build_api().expect(0).says("0 files written, 0 removed");
}

#[test]
fn a_file_that_somebody_touched_is_put_right() {
    let project = Project::sample();
    project.build_api().expect(0);
    let path = format!("{SITE}/com.example/status-page/versions/1.0.0/index.json");
    let good = project.read(&path);
    project.file(&path, &good.replace("active", "hacked"));
    project.build_api().expect(0).says("1 file written");
    assert_eq!(project.read(&path), good);
}

#[test]
fn stale_files_of_ours_go_and_those_of_others_stay() {
    let project = Project::sample();
    project.build_api().expect(0);
    project.file("_site/CNAME", "registry.example.com\n");
    project.remove("registry-data/servers/com.example/status-page");
    project.build_api().expect(0).says("6 removed");
    assert!(!project.path(&format!("{SITE}/com.example/status-page")).exists());
    assert_eq!(project.read("_site/CNAME"), "registry.example.com\n");
}

#[test]
fn a_refused_registry_leaves_the_old_site_as_it_was() {
    let project = Project::sample();
    project.build_api().expect(0);
    let before = tree(&project.path("_site"));
    project
        .file("registry-data/servers/com.example/status-page/1.0.0/server.json", "{\"name\": 1,}");
    project.build_api().expect(1).says("json-syntax").says("nothing was written");
    assert_eq!(before, tree(&project.path("_site")));
}

#[test]
fn dangerous_output_folders_are_refused() {
    let project = Project::sample();
    project.file("mine/letter.txt", "dear");
    let build = |out: &str| project.run(&["build", "--only", "api", "--out", out]);
    for (out, why) in [
        ("mine", "is not empty"),
        (".", "contains or lies inside the data folder"),
        ("registry-data", "data folder"),
        ("registry-data/site", "data folder"),
        ("/", "root of the file system"),
        ("mine/letter.txt", "is a file"),
    ] {
        let ran = build(out).expect(2);
        assert!(ran.err.contains(why) || ran.err.contains("contains the"), "{out}: {}", ran.err);
    }
    let home = project.path("").to_string_lossy().into_owned();
    project
        .run_with(&["build", "--only", "api", "--out", &home], &[("HOME", home.as_str())])
        .expect(2)
        .says("home folder");
    assert_eq!(project.read("mine/letter.txt"), "dear");
}

#[test]
fn a_wrong_base_url_says_what_to_write() {
    let project = Project::sample();
    for (url, says) in [
        ("http://registry.example.com", "https://registry.example.com"),
        ("https://registry.example.com/", "does not end in a slash"),
        ("https://registry.example.com/v0.1", "does not end in /v0.1"),
        ("https://registry.example.com/v0.1/servers", "/v0.1/servers"),
        ("https://exa mple.com", "is not a host"),
        ("registry.example.com", "begins with https://"),
        ("https://registry.example.com?x=1", "no query"),
    ] {
        project.run(&["build", "--only", "api", "--base-url", url]).expect(2).says(says);
    }
}

#[test]
fn missing_data_and_empty_data_differ() {
    let project = Project::empty();
    project.run(&["build"]).expect(2).says("there is no data folder");
    project.file("registry-data/registry.toml", "");
    project.run(&["build", "--only", "api"]).expect(1).says("registry-empty");
}

#[test]
fn dates_come_from_history_and_from_a_commits_objects_alike() {
    let project = Project::small();
    project.git();
    project.run(&["build", "--only", "api"]).expect(2).says("nothing is committed yet");
    project.run(&["check"]).expect(0);
    project.commit(1_700_000_000);
    project.entry("com.example/weather", "1.1.0");
    project.commit(1_700_000_100);
    let status = "registry-data/servers/com.example/weather/1.0.0/status.json";
    project.file(status, "{\"status\":\"deprecated\"}");
    project.commit(1_700_000_200);
    project.file(status, "{\"status\":\"deprecated\",\"statusMessage\":\"use 1.1.0\"}");
    project.commit(1_700_000_300);
    project.build_api().expect(0);
    let meta = |path: &str| {
        let entry = project.json(path);
        entry["_meta"]["io.modelcontextprotocol.registry/official"].clone()
    };
    let old = meta(&format!("{SITE}/com.example/weather/versions/1.0.0/index.json"));
    assert_eq!(
        old,
        serde_json::json!({
            "status": "deprecated", "statusMessage": "use 1.1.0", "isLatest": false,
            "publishedAt": "2023-11-14T22:13:20Z",
            "statusChangedAt": "2023-11-14T22:16:40Z",
            "updatedAt": "2023-11-14T22:18:20Z",
        })
    );
    let from_disk = tree(&project.path("_site"));
    project.remove("registry-data");
    let from_commit = project.run(&[
        "build",
        "--only",
        "api",
        "--base-url",
        "https://registry.example.com",
        "--rev",
        "HEAD",
        "--out",
        "other",
    ]);
    from_commit.expect(0);
    assert_eq!(from_disk, tree(&project.path("other")));
}

#[test]
fn an_entry_that_is_not_committed_takes_the_head_commits_time_with_a_note() {
    let project = Project::small();
    project.git();
    project.commit(1_700_000_000);
    project.entry("com.example/weather", "2.0.0");
    project.build_api().expect(0);
    let text = project.read(&format!("{SITE}/com.example/weather/versions/2.0.0/index.json"));
    assert!(text.contains("\"publishedAt\":\"2023-11-14T22:13:20Z\""), "{text}");
    project.run(&["check", "-v"]).expect(0).says("note[date-not-committed]");
}

#[test]
fn a_shallow_clone_is_an_error_unless_every_date_is_pinned() {
    let project = Project::small();
    project.git();
    let commit = project.commit(1_700_000_000);
    project.file(".git/shallow", &format!("{commit}\n"));
    project.build_api().expect(2).says("shallow").says("fetch");
    project.pin("com.example/weather", "1.0.0", "2026-01-01T00:00:00Z");
    project.build_api().expect(0);
}

#[test]
fn outside_git_dates_must_be_pinned() {
    let project = Project::small();
    project.build_api().expect(1).says("date-unknown");
    project.pin("com.example/weather", "1.0.0", "2026-01-01T00:00:00Z");
    project.build_api().expect(0);
}

#[test]
fn the_same_data_gives_the_same_bytes_for_any_thread_count_and_folder() {
    let (one, many) = (Project::sample(), Project::sample());
    let args = ["build", "--only", "api", "--base-url", "https://registry.example.com"];
    one.run_with(&args, &[("RAYON_NUM_THREADS", "1")]).expect(0);
    many.run_with(&args, &[("RAYON_NUM_THREADS", "7")]).expect(0);
    assert_eq!(tree(&one.path("_site")), tree(&many.path("_site")));
}

#[test]
fn several_hosts_are_built_in_one_run() {
    let project = Project::sample();
    let args = ["build", "--only", "api", "--for", "plain", "--for", "github-pages"];
    project.run(&args).expect(0);
    assert!(project.path("_site/plain/v0.1/servers/index.json").exists());
    assert!(project.path("_site/github-pages/.nojekyll").exists());
    project.run(&args).expect(0).says("for github-pages in _site/github-pages: 0 files written");
    project.run(&["build", "--for", "github-page"]).expect(2).says("github-pages");
}

#[test]
fn a_site_is_checked_against_its_manifest() {
    let project = Project::sample();
    project.build_api().expect(0);
    project.run(&["check", "--site", "_site"]).expect(0).says("compared 123 files");
    project.file("_site/v0.1/ping/index.json", "{\"pong\":trve}");
    project.file("_site/extra.txt", "");
    project.remove("_site/v0/ping/index.json");
    let ran = project.run(&["check", "--site", "_site"]).expect(1);
    for code in ["site-file-changed", "site-file-surplus", "site-file-missing"] {
        assert!(ran.out.contains(code), "{}", ran.out);
    }
    project.run(&["check", "--site", "registry-data"]).expect(2).says("no manifest.json");
}

#[test]
fn a_host_that_sends_a_folder_of_the_output_has_a_copy_of_the_manifest_there() {
    let project = Project::sample();
    let build = |host: &str| project.run(&["build", "--only", "api", "--for", host]);
    let check = || project.run(&["check", "--site", "_site"]);
    build("cloudflare-workers").expect(0);
    assert_eq!(project.read("_site/manifest.json"), project.read("_site/public/manifest.json"));
    check().expect(0);
    project.file("_site/public/manifest.json", "{}");
    let changed = check();
    assert!(changed.out.contains("site-file-changed"), "{}", changed.out);
    changed.expect(1);
    project.remove("_site/public/manifest.json");
    let missing = check();
    assert!(missing.out.contains("site-file-missing"), "{}", missing.out);
    missing.expect(1);
    build("cloudflare-workers").expect(0).says("1 file written");
    check().expect(0);
    build("plain").expect(0);
    assert!(!project.path("_site/public/manifest.json").exists());
    check().expect(0);
}

#[test]
fn two_builds_cannot_share_an_output_folder() {
    let project = Project::sample();
    project.build_api().expect(0);
    let lock =
        std::fs::File::options().append(true).open(project.path(".mcp-static/_site/lock")).unwrap();
    lock.lock().unwrap();
    project.build_api().expect(2).says("another build");
}

#[test]
fn held_entries_are_left_out_and_nothing_else() {
    let project = Project::empty();
    for version in ["1.0.0", "1.1.0"] {
        project.entry("com.example/weather", version).pin(
            "com.example/weather",
            version,
            "2026-01-01T00:00:00Z",
        );
    }
    project.entry("com.example/tides", "1.0.0").pin(
        "com.example/tides",
        "1.0.0",
        "2026-01-01T00:00:00Z",
    );
    project.file("held", "servers/com.example/weather/1.1.0\n\nservers/com.example/tides/1.0.0\n");
    project
        .run(&["build", "--only", "api", "--without", "held"])
        .expect(0)
        .says("left out: servers/com.example/weather/1.1.0");
    let list = project.json("_site/v0.1/servers/index.json");
    assert_eq!(list["metadata"]["count"], 1);
    assert_eq!(list["servers"][0]["server"]["version"], "1.0.0");
    project.file("held", "../elsewhere\n");
    project
        .run(&["build", "--only", "api", "--without", "held"])
        .expect(2)
        .says("does not name something to hold back");
}

#[test]
fn the_list_is_in_the_order_of_whole_names() {
    let project = Project::empty();
    for name in ["com.example/weather", "com.example.almanac/weather", "com.example-two/tides"] {
        project.entry(name, "1.0.0").pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    project.build_api().expect(0);
    let list = project.json("_site/v0.1/servers/index.json");
    let names: Vec<&str> = list["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["server"]["name"].as_str().unwrap())
        .collect();
    // A hyphen sorts before a dot, and a dot before a slash.
    assert_eq!(
        names,
        ["com.example-two/tides", "com.example.almanac/weather", "com.example/weather"]
    );
}
