//! Sources that are hostile, and registries of others in the shapes that their documentation describes.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::http::{Host, status};
use crate::project::{Project, tree};
use crate::scratch::Scratch;

/// Aliases that stand for a billion values.
fn laughs() -> String {
    let mut text = "registry:\n  a0: &a0 {type: server, image: x}\n".to_owned();
    for i in 1..12 {
        let members: Vec<String> = (0..10).map(|n| format!("k{n}: *a{}", i - 1)).collect();
        text += &format!("  a{i}: &a{i} {{type: server, {}}}\n", members.join(", "));
    }
    text
}

#[test]
fn hostile_sources_end_in_a_finding_and_write_nothing() {
    let server =
        |name: &str, version: &str| json!({"name": name, "version": version, "description": "x"});
    let deep = format!("{}1{}", "{\"mcpServers\":".repeat(100_000), "}".repeat(100_000));
    let wrong_types = json!({"entries": [1, [], null, {"type": 5, "url": 7}, {"type": [], "data": []}, {"type": "application/json", "url": {}}]});
    for (file, text, says) in [
        ("catalog.yaml", laughs(), "the aliases repeat more than is read"),
        ("server.yaml", format!("name: {}", "[".repeat(100_000)), "recursion limit exceeded"),
        ("server.yaml", "- ".repeat(100_000), "nested more than 64 levels"),
        ("server.yaml", "name: x\nname: y\n".to_owned(), "this key is here a second time"),
        ("server.yaml", "\u{0}\u{1}".to_owned(), "neither Docker's server.yaml nor"),
        ("server.yaml", format!("name: x # {}", "x".repeat(33 << 20)), "the file is larger than 32 MiB"),
        ("mcp.json", deep, "has no member \"server\""),
        ("mcp.json", "{\"mcpServers\": {\"a\": {\"command\": \"x\"".to_owned(), "the text ends before"),
        ("ard.json", wrong_types.to_string(), "the entry has no type"),
        ("ard.json", json!({"specVersion": "1.0", "entries": {}}).to_string(), "has no member \"server\""),
        ("catalog.json", json!({"registry": {"a": {"type": "server", "image": [1], "config": 7, "secrets": {}}}}).to_string(), "it has no image"),
        ("catalog.json", json!({"registry": {"a": {"type": "remote", "remote": {"url": {}}}}}).to_string(), "it has no URL"),
        ("card.json", json!({"$schema": "https://static.modelcontextprotocol.io/schemas/v1/server.schema.json", "name": "com.example/x", "version": "1.0.0", "description": "x"}).to_string(), "of its card is"),
        ("ard.json", json!({"entries": [{"identifier": "urn:x:y", "type": "application/parquet", "url": "https://example.com/x"}]}).to_string(), "run it again with --verbose"),
        ("list.json", json!([{"name": "x", "version": {}, "packages": 7}]).to_string(), "has no namespace"),
        ("list.json", json!([server("com.example/ab", "1.0.0")]).to_string(), "UTF-16"),
        ("server.yaml", "name: x\ntype: remote\nremote: {url: https://a.example.com}\n".to_owned(), "UTF-16"),
        ("list.json", "[{\"name\": \"com.example/ab\", \"version\": \"1.0.0\", \"version\": \"2.0.0\", \"description\": \"x\"}]".to_owned(), "the key \"version\" is here a second time"),
        ("mcp.json", "{\"mcpServers\": {\"a\": {\"command\": \"x\"}, \"a\": {\"command\": \"y\"}}}".to_owned(), "the key \"a\" is here a second time"),
        ("mcp.json", "{\"mcpServers\": {\"a\": {\"url\": \"x\", // y\n \"url\": \"z\"}}}".to_owned(), "the key \"url\" is here a second time"),
        ("catalog.json", "{\"registry\": {\"a\": {\"type\": \"server\", \"image\": \"x/y:1.0.0\", \"image\": \"x/z:1.0.0\"}}}".to_owned(), "the key \"image\" is here a second time"),
        ("list.json", json!([{"name": "@acme/x", "version": "1.0.0", "scripts": {}, "dependencies": {}}]).to_string(), "it is the package.json of an npm package"),
    ] {
        let project = Project::empty();
        project.file("registry-data/.gitkeep", "").file(file, &text);
        if says == "UTF-16" {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            project.bytes(file, &units.collect::<Vec<u8>>());
        }
        let begun = std::time::Instant::now();
        let ran = project.run(&["import", file]);
        assert_eq!(ran.code, 1, "{file}: {says}\n{}{}", ran.out, ran.err);
        assert!(ran.out.contains(says), "{file}: {says}\n{}{}", ran.out, ran.err);
        assert!(ran.out.len() < 10_000, "{} bytes are said", ran.out.len());
        assert!(begun.elapsed().as_secs() < 30, "{file}: {:?}", begun.elapsed());
        let files: Vec<String> = tree(&project.path("")).into_keys().collect();
        assert!(!files.iter().any(|path| path.contains("servers/") || path.contains("drafts/")), "{files:?}");
    }
    // Names that are paths stay below the folder of drafts.
    let project = Project::empty();
    let names =
        ["com.example/../../up", "../x", "/etc/passwd", "com.example/a\\..\\b", "..", "a/b/c/d"];
    let list: Vec<Value> = names.iter().map(|name| server(name, "../../1.0.0")).collect();
    project.file("registry-data/.gitkeep", "").file("list.json", &json!(list).to_string());
    let ran = project.run(&["import", "list.json", "--namespace", "com.example"]);
    assert!(ran.err.contains("imported 0 new"), "{}{}", ran.out, ran.err);
    let above = project.path("").parent().unwrap().join("up");
    assert!(!above.exists() && !project.path("up").exists() && !project.path("x").exists());
    for path in tree(&project.path("")).into_keys() {
        let known = ["registry-data/.gitkeep", "list.json"].contains(&path.as_str());
        assert!(known || path.starts_with("drafts/"), "{path}");
    }
}

#[test]
fn wrong_types_in_the_settings_of_a_client_are_no_panic() {
    let odd = [
        json!(null),
        json!(7),
        json!([1, {}]),
        json!({"a": {"b": []}}),
        json!("\u{0}{{"),
        json!(true),
    ];
    for value in odd {
        let servers: HashMap<&str, Value> = HashMap::from([
            ("a", json!({"command": value, "args": value, "env": value})),
            ("b", json!({"url": value, "headers": value, "type": value})),
            ("c", json!({"command": "npx", "args": [value, "-p"], "env": {"K": value}})),
        ]);
        let docker = json!({"registry": {"a": {"type": "server", "image": "a/b", "config": value, "env": value, "command": value, "volumes": [value], "user": value, "run": value, "about": value, "source": value}}});
        let list = json!([{"name": "com.example/odd", "version": "1.0.0", "description": value, "packages": [value], "remotes": [value], "repository": value, "_meta": value, "version_detail": value}]);
        for (file, source) in [
            ("mcp.json", json!({"mcpServers": servers, "inputs": value})),
            ("c.json", docker),
            ("l.json", list),
        ] {
            let project = Project::empty();
            project.file("registry-data/.gitkeep", "").file(file, &source.to_string());
            let ran = project.run(&["import", file, "--namespace", "com.example"]);
            assert!(matches!(ran.code, 0 | 1), "{file} {value}\n{}{}", ran.out, ran.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_a_folder_holds_besides_lists_is_counted_and_not_opened() {
    let project = Project::empty();
    let remotes = json!([{"type": "streamable-http", "url": "https://a.example.com/mcp"}]);
    let whole = json!({"name": "com.example/whole", "version": "1.0.0", "description": "x", "remotes": remotes});
    let card = json!({"identifier": "urn:air:x:y", "type": "application/mcp-server-card+json", "url": "https://127.0.0.1:9/card"});
    project.file("registry-data/.gitkeep", "").file("in/whole.json", &whole.to_string());
    project.file("in/ard.json", &json!({"specVersion": "1.0", "entries": [card]}).to_string());
    project.file(
        "in/package.json",
        &json!({"name": "@acme/x", "version": "1.0.0", "scripts": {"a": "hunter2"}}).to_string(),
    );
    project.file("in/settings.json", "{\"a\": 1}");
    project.file("in/dir.json/x", "");
    std::os::unix::fs::symlink("whole.json", project.path("in/link.json")).unwrap();
    std::os::unix::fs::symlink("/", project.path("in/root.json")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(project.path("in/socket.json")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(project.path("in/pipe.json")).status();
    let pipes = usize::from(made.is_ok_and(|made| made.success()));
    let ran = project.run(&["import", "in", "-v"]).expect(0);
    assert!(ran.err.contains("imported 1 new"), "{}{}", ran.out, ran.err);
    for says in [
        "1 entry of catalogs was not fetched, because the source is a folder".to_owned(),
        "import the catalog itself: ".to_owned(),
        "left out what is about no server: 2 files".to_owned(),
        format!("left out links, pipes and the like: {} files", 3 + pipes),
        "it is the package.json of an npm package, not a server.json".to_owned(),
    ] {
        assert!(ran.out.contains(&says), "{says}\n{}", ran.out);
    }
    assert!(!ran.out.contains("hunter2") && !project.path("drafts").exists());
}

#[test]
fn a_catalog_at_a_url_is_followed_and_circles_end() {
    let card = json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json",
        "name": "com.example/tides", "version": "1.0.0", "description": "Tides",
        "remotes": [{"type": "streamable-http", "url": "https://tides.example.com/mcp"}]
    });
    let entry = |kind: &str, url: &str| json!({"identifier": "urn:air:x:y", "displayName": url, "type": kind, "url": url});
    let host = Host::new(|base| {
        let nested = entry("application/ai-catalog+json", "/ard.json");
        let cards =
            ["/card", "https://10.0.0.1/card", "http://192.168.0.1/card", &format!("{base}/card")]
                .map(|url| entry("application/mcp-server-card+json", url));
        let root = json!({"specVersion": "1.0", "entries": [nested, cards[0], cards[1], cards[2], cards[3]]});
        [
            ("/ard.json", status(200, "", &root.to_string())),
            ("/card", status(200, "", &card.to_string())),
        ]
        .into()
    });
    let scratch = Scratch::new();
    let ran = scratch.run_with(
        &["import", &format!("{}/ard.json", host.base), "--token-env", "T"],
        &[("T", "s3cret")],
        "",
    );
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("imported 1 new, 0 updated, 0 unchanged, 2 skipped"), "{}", ran.err);
    for why in ["it is in a private network", "is not https"] {
        assert!(ran.out.contains(why), "{why}\n{}", ran.out);
    }
    assert_eq!(scratch.files(), ["servers/com.example/tides/1.0.0/server.json"]);
    assert_eq!(host.asked().len(), 2);
    let offline = Scratch::new();
    let root = json!({"specVersion": "1.0", "entries": [entry("application/json", "https://example.com/a")]});
    offline.write("ard.json", root.to_string());
    let ran = offline.run(&["import", "ard.json", "--offline"]);
    assert!(ran.code == 2 && ran.err.contains("--offline"), "{}", ran.err);
}

/// A record as registries give it, with what they add.
fn record(name: &str, version: &str, meta: &Value) -> Value {
    let remotes = json!([{"type": "streamable-http", "url": format!("https://{}.example.com/mcp", version.len())}]);
    json!({"server": {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": name, "version": version, "description": "A made-up server", "remotes": remotes
    }, "_meta": meta})
}

fn official() -> Value {
    json!({"io.modelcontextprotocol.registry/official": {
        "status": "active", "publishedAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00Z", "isLatest": true
    }})
}

#[test]
fn an_api_center_is_imported_with_its_path_and_a_token() {
    let page = json!({"servers": [record("com.example/tides", "1.0.0", &official())], "metadata": {"count": 1}});
    let host = Host::new(|_| {
        // It knows the query of the API and no other parameter.
        let path = "/workspaces/default/v0.1/servers?limit=100";
        [
            (path, status(200, "", &page.to_string())),
            (
                "/workspaces/default/v0.1/servers?limit=100&include_deleted=true",
                status(400, "", "{}"),
            ),
        ]
        .into()
    });
    let scratch = Scratch::new();
    for base in ["/workspaces/default", "/workspaces/default/v0.1/servers"] {
        let source = format!("{}{base}", host.base);
        let ran = scratch.run_with(
            &["import", &source, "--token-env", "AZURE_TOKEN"],
            &[("AZURE_TOKEN", "s3cret")],
            "",
        );
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }
    let origin = scratch.read("servers/com.example/tides/1.0.0/origin.json");
    assert!(origin.contains(&format!("{}/workspaces/default\"", host.base)), "{origin}");
    assert!(
        host.asked()
            .iter()
            .all(|asked| asked.to_lowercase().contains("authorization: bearer s3cret"))
    );
}

#[test]
fn a_gateway_registry_is_imported_as_own_entries() {
    let tags = json!({"io.mcpgateway/internal": {"tags": ["x"], "path": "/tides"}});
    let page = json!({"servers": [
        record("io.mcpgateway/tides", "latest", &tags), record("io.mcpgateway/weather", "1.0.0", &tags)
    ], "metadata": {"count": 2, "nextCursor": null}});
    let host = Host::new(|_| {
        [("/v0.1/servers?limit=100&include_deleted=true", status(200, "", &page.to_string()))]
            .into()
    });
    let scratch = Scratch::new();
    let run = |more: &[&str]| {
        let args = [&["import", host.base.as_str(), "--token-env", "GATEWAY_TOKEN"], more].concat();
        scratch.run_with(&args, &[("GATEWAY_TOKEN", "s3cret")], "")
    };
    // Without dates of publication nothing can be mirrored.
    let mirror = run(&[]);
    assert!(
        mirror.code == 1 && mirror.out.contains("add --as-own"),
        "{}{}",
        mirror.out,
        mirror.err
    );
    let own = run(&["--as-own"]);
    assert_eq!(own.code, 0, "{}{}", own.out, own.err);
    assert_eq!(
        scratch.files(),
        [
            "servers/io.mcpgateway/tides/1.0.0/server.json",
            "servers/io.mcpgateway/weather/1.0.0/server.json",
        ]
    );
    assert!(
        host.asked()
            .iter()
            .all(|asked| asked.to_lowercase().contains("authorization: bearer s3cret"))
    );
}

#[test]
fn a_mirror_becomes_own_entries_with_the_same_dates() {
    let scratch = Scratch::new();
    let dump = json!([record("com.example/tides", "1.0.0", &official())]).to_string();
    scratch.write("dump.json", &dump);
    assert_eq!(scratch.run(&["import", "dump.json", "--as-own"]).code, 0);
    let origin = scratch.read("servers/com.example/tides/1.0.0/origin.json");
    let expected =
        json!({"publishedAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00Z"});
    assert_eq!(serde_json::from_str::<Value>(&origin).unwrap(), expected);
    assert_eq!(scratch.run(&["check"]).code, 0);
    let ahead = dump.replace("2026-01-01T00", "9999-01-01T00").replace("tides", "ahead");
    scratch.write("ahead.json", ahead);
    let ran = scratch.run(&["import", "ahead.json", "--as-own", "-v"]);
    assert!(ran.code == 0 && ran.out.contains("is ahead of the clock"), "{}{}", ran.out, ran.err);
    let wrong = scratch.run(&["import", "dump.json", "--namespace", "a b"]);
    assert!(wrong.code == 2 && wrong.err.contains("not a namespace"), "{}", wrong.err);
}

#[test]
fn a_status_message_that_nobody_can_read_spoils_no_registry() {
    let hidden = "use \u{202e}com.example/other";
    let mut meta = official();
    meta["io.modelcontextprotocol.registry/official"]["status"] = json!("deprecated");
    meta["io.modelcontextprotocol.registry/official"]["statusMessage"] = json!(hidden);
    let mirrored = json!([
        record("com.example/tides", "1.0.0", &meta),
        record("com.example/weather", "1.0.0", &official()),
    ]);
    let mut own = record("com.example/tides", "1.0.0", &json!({}));
    own["status"] = json!("deprecated");
    own["statusMessage"] = json!(hidden);
    own["publishedAt"] = json!("2026-01-01");
    for (list, says, new) in [
        (mirrored, "its statusMessage has U+202E, which readers cannot see", 1),
        (json!([own]), "its status message has characters that nobody sees", 1),
    ] {
        let scratch = Scratch::new();
        scratch.write("list.json", list.to_string());
        let ran = scratch.run(&["import", "list.json", "-v"]);
        assert!(ran.code == 0 && ran.out.contains(says), "{says}\n{}{}", ran.out, ran.err);
        assert!(ran.err.contains(&format!("imported {new} new")), "{}", ran.err);
        let check = scratch.run(&["check"]);
        assert_eq!(check.code, 0, "{}", check.out);
    }
}

#[test]
fn a_folder_is_read_within_limits_and_says_where_it_stopped() {
    let project = Project::empty();
    let remotes = json!([{"type": "streamable-http", "url": "https://a.example.com/mcp"}]);
    let base = json!({"name": "com.example/tides", "description": "Tides", "remotes": remotes});
    project.file("registry-data/.gitkeep", "").file("in/server.json", &base.to_string());
    for version in ["1.0.0", "1.1.0"] {
        let path = format!("in/versions/{version}.json");
        project.file(&path, &json!({"version": version}).to_string());
    }
    project.file(&format!("in/{}server.json", "d/".repeat(20)), &base.to_string());
    let ran = project.run(&["import", "in", "-v"]).expect(0);
    assert!(ran.err.contains("imported 2 new"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("folders more than 16 levels deep were not read"), "{}", ran.out);
    // What versions share is read again for each of them, and counts each time.
    let wide = json!({"name": "com.example/tides", "description": "x".repeat(16 << 20)});
    project.file("wide/a/server.json", &wide.to_string());
    for n in 0..20 {
        project.file(&format!("wide/a/versions/{n}.json"), "{\"version\": \"1.0.0\"}");
    }
    let ran = project.run(&["import", "wide"]).expect(2);
    assert!(ran.err.contains("the documents of the folder have more than 256 MiB"), "{}", ran.err);
}
