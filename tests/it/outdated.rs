//! `outdated` through the program, against registries on this computer.

use std::collections::HashMap;

use pretty_assertions::assert_eq;

use crate::http::{Host, status};
use crate::scratch::Scratch;

/// A package registry, and a registry of servers.
fn registry() -> Host {
    Host::new(|_| {
        let ok = |body: &str| status(200, "Content-Type: application/json\r\n", body);
        HashMap::from([
            ("/-/package/old/dist-tags", ok(r#"{"latest":"1.2.0"}"#)),
            ("/-/package/new/dist-tags", ok(r#"{"latest":"1.0.0"}"#)),
            ("/-/package/busy/dist-tags", status(429, "Retry-After: 600\r\n", "")),
            ("/old/1.0.0", ok(r#"{"mcpName":"com.example/weather"}"#)),
            (
                "/v0.1/servers/com.far%2Ftool/versions/latest",
                ok(
                    r#"{"server":{"name":"com.far/tool","description":"x","version":"2.0.0"},"_meta":{"io.modelcontextprotocol.registry/official":{"status":"active","publishedAt":"2026-01-01T00:00:00Z","isLatest":true}}}"#,
                ),
            ),
        ])
    })
}

fn entry(scratch: &Scratch, name: &str, version: &str, packages: &str, origin: &str) {
    let folder = format!("registry-data/servers/{name}/{version}");
    scratch.write(
        &format!("{folder}/server.json"),
        format!("{{\n    \"$schema\": \"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\n    \"name\": \"{name}\", \"description\": \"1.0.0\",\n    \"packages\": [{packages}],\n    \"version\": \"{version}\"\n}}\n"),
    );
    scratch.write(
        &format!("{folder}/origin.json"),
        format!("{{{origin}\"publishedAt\": \"2026-01-01T00:00:00Z\"}}"),
    );
}

fn npm(host: &Host, name: &str, version: &str) -> String {
    format!(
        r#"{{"registryType": "npm", "registryBaseUrl": "{}", "identifier": "{name}", "version": "{version}", "transport": {{"type": "stdio"}}}}"#,
        host.base
    )
}

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "registry-data/registry.toml",
        "[packages]\nnpm = [\"127.0.0.1\"]\nhttp_hosts = [\"127.0.0.1\"]\nremote_hosts = [\"127.0.0.1\"]\n",
    );
    scratch
}

#[test]
fn what_is_outdated_is_listed_and_written_with_its_own_form() {
    let (host, scratch) = (registry(), scratch());
    entry(&scratch, "com.example/weather", "1.0.0", &npm(&host, "old", "1.0.0"), "");
    entry(&scratch, "com.example/clock", "3.1.9", &npm(&host, "old", "1.1.0"), "");
    entry(&scratch, "com.example/fresh", "1.0.0", &npm(&host, "new", "1.0.0"), "");
    let registry = format!("\"registry\": \"{}\", ", host.base);
    entry(&scratch, "com.far/tool", "1.5.0", "", &registry);
    let ran = scratch.run(&["outdated"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("server               package"), "{}", ran.out);
    assert!(
        lines[1].starts_with("com.example/clock    npm old         1.1.0    1.2.0"),
        "{}",
        ran.out
    );
    assert!(
        lines[3].starts_with("com.far/tool         mirrored entry  1.5.0    2.0.0"),
        "{}",
        ran.out
    );
    assert_eq!(lines.len(), 4, "{}", ran.out);
    assert!(
        ran.err.contains("compared 3 packages and 1 mirrored server: 3 outdated"),
        "{}",
        ran.err
    );
    let named = scratch.run(&["outdated", "com.example/f*", "-v"]);
    assert_eq!((named.code, named.out.lines().count()), (0, 2), "{}", named.out);
    assert_eq!(scratch.run(&["outdated", "com.none/x"]).code, 2);

    let before = scratch.files();
    assert!(
        scratch
            .run(&["outdated", "--write", "--dry-run"])
            .out
            .contains("write servers/com.example/weather/1.2.0/server.json")
    );
    assert_eq!(scratch.files(), before);
    let ran = scratch.run(&["outdated", "--write"]);
    assert!(ran.out.contains("new version 3.1.10"), "{}", ran.out);
    let old = scratch.read("servers/com.example/weather/1.0.0/server.json");
    let new = scratch.read("servers/com.example/weather/1.2.0/server.json");
    assert_eq!(new, old.replace("\"version\": \"1.0.0\"", "\"version\": \"1.2.0\""));
    let clock = scratch.read("servers/com.example/clock/3.1.10/server.json");
    assert!(clock.contains("\"version\": \"1.2.0\"") && clock.contains("\"version\": \"3.1.10\""));
    assert_eq!(scratch.files().len(), before.len() + 2);
    for new in ["weather/1.2.0", "clock/3.1.10"] {
        let origin = format!("registry-data/servers/com.example/{new}/origin.json");
        scratch.write(&origin, "{\"publishedAt\": \"2026-02-01T00:00:00Z\"}");
    }
    let again = scratch.run(&["outdated", "com.example/*"]);
    assert_eq!(again.code, 0, "{}", again.out);
}

#[test]
fn what_cannot_be_written_says_why() {
    let (host, scratch) = (registry(), scratch());
    let bundle = r#"{"registryType": "mcpb", "identifier": "https://github.com/acme/mcp/releases/download/v1/x.mcpb", "fileSha256": "0000000000000000000000000000000000000000000000000000000000000000", "transport": {"type": "stdio"}}"#;
    entry(
        &scratch,
        "com.example/weather",
        "1.0.0",
        &format!("{}, {bundle}", npm(&host, "old", "1.0.0")),
        "",
    );
    let before = scratch.files();
    let ran = scratch.run(&["outdated", "--write", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, scratch.files()), (1, before));
    let row = |i: usize| {
        (rows[i]["state"].as_str().unwrap(), rows[i]["why"].as_str().unwrap_or_default())
    };
    assert!(row(0).0 == "skipped" && row(0).1.contains("bundle"), "{rows}");
    assert!(row(1).0 == "outdated" && row(1).1.contains("fileSha256"), "{rows}");
}

#[test]
fn a_mirrored_entry_names_the_command_that_brings_its_newest_version() {
    let (host, scratch) = (registry(), scratch());
    let origin = format!("\"registry\": \"{}\", ", host.base);
    entry(&scratch, "com.far/tool", "1.0.0", "", &origin);
    let mirrored = |servers: &str| {
        let text = format!("[[mirror]]\nfrom = \"{}\"\nservers = [\"{servers}\"]\n", host.base);
        scratch.write("registry-data/registry.toml", text);
        scratch.run(&["outdated"]).out
    };
    for servers in ["com.far/*@latest", "com.far/tool", "com.far/tool@^2"] {
        assert!(mirrored(servers).contains("sync it: `mcp-static sync`"), "{}", mirrored(servers));
    }
    for servers in ["com.far/tool@^1", "com.other/*"] {
        let command = format!("import it: `mcp-static add com.far/tool --from {}`", host.base);
        assert!(mirrored(servers).contains(&command), "{}", mirrored(servers));
    }
}

#[test]
fn no_answer_is_neither_fine_nor_a_refusal() {
    let (host, scratch) = (registry(), scratch());
    entry(&scratch, "com.example/weather", "1.0.0", &npm(&host, "busy", "1.0.0"), "");
    let ran = scratch.run(&["outdated"]);
    assert!(ran.code == 3 && ran.out.contains("unknown: "), "{} {}", ran.code, ran.out);
    let offline = scratch.run(&["outdated", "--offline"]);
    assert!(offline.code == 2 && offline.err.contains("--offline"), "{}", offline.err);
}

#[test]
fn the_page_shows_what_was_recorded() {
    let (host, scratch) = (registry(), scratch());
    entry(&scratch, "com.example/weather", "1.0.0", &npm(&host, "old", "1.0.0"), "");
    let epoch = [("SOURCE_DATE_EPOCH", "1795000000")];
    let ran = scratch.run_with(&["check", "--online", "--record"], &epoch, "");
    assert_eq!(ran.code, 0, "{}", ran.out);
    let build = ["build", "--base-url", "https://registry.example.com", "--out", "_site"];
    let page = || {
        let ran = scratch.run_with(&build, &epoch, "");
        assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
        let path = scratch.path().join("_site/servers/com.example/weather/index.html");
        std::fs::read_to_string(path).unwrap()
    };
    let shown = page();
    assert!(shown.contains("1.2.0 available") && shown.contains("2026-11-18"), "{shown}");
    assert!(shown.contains("The package names this server"), "{shown}");
    std::fs::remove_file(scratch.data().join("servers/com.example/weather/1.0.0/packages.json"))
        .unwrap();
    assert!(!page().contains("1.2.0 available"), "an incremental build follows");
}
