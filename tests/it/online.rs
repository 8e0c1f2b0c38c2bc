//! `check --online` through the program, against a package registry on this computer.

use std::collections::HashMap;

use pretty_assertions::assert_eq;

use crate::http::{Host, status};
use crate::scratch::Scratch;

const ENTRY: &str = "registry-data/servers/com.example/weather/1.0.0/server.json";

/// A package registry with one package that names its server, and one that does not.
fn registry() -> Host {
    Host::new(|_| {
        let ok = |body: &str| status(200, "Content-Type: application/json\r\n", body);
        HashMap::from([
            ("/named/1.0.0", ok("{\"mcpName\":\"com.example/weather\"}")),
            ("/unnamed/1.0.0", ok("{}")),
            ("/busy/1.0.0", status(429, "Retry-After: 600\r\n", "")),
        ])
    })
}

/// A registry whose entry has these npm packages.
fn scratch(host: &Host, packages: &[&str]) -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "registry-data/registry.toml",
        "[packages]\nnpm = [\"127.0.0.1\"]\nhttp_hosts = [\"127.0.0.1\"]\nremote_hosts = [\"127.0.0.1\"]\n",
    );
    let package = |name: &&str| {
        format!(
            r#"{{"registryType": "npm", "registryBaseUrl": "{}", "identifier": "{name}", "version": "1.0.0", "transport": {{"type": "stdio"}}}}"#,
            host.base
        )
    };
    let packages: Vec<String> = packages.iter().map(package).collect();
    scratch.write(
        ENTRY,
        format!(
            r#"{{"$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", "name": "com.example/weather", "description": "Weather", "version": "1.0.0", "packages": [{}]}}"#,
            packages.join(", ")
        ),
    );
    let origin = "registry-data/servers/com.example/weather/1.0.0/origin.json";
    scratch.write(origin, r#"{"publishedAt": "2026-01-01T00:00:00Z"}"#);
    scratch
}

#[test]
fn a_named_server_is_fine_and_is_not_asked_for_twice() {
    let host = registry();
    let scratch = scratch(&host, &["named"]);
    let ran = scratch.run(&["check", "--online"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    assert!(ran.err.contains("asked about 1 package: 1 names its server"), "{}", ran.err);
    assert_eq!(host.asked().len(), 1);
    assert_eq!(scratch.run(&["check", "--online", ENTRY]).code, 0);
    assert_eq!(host.asked().len(), 1, "it is remembered");
    assert_eq!(scratch.run(&["check"]).code, 0);
    assert_eq!(host.asked().len(), 1, "without --online nobody is asked");
}

#[test]
fn findings_are_at_the_package_and_an_answer_that_is_missing_is_not_a_refusal() {
    let host = registry();
    let ran = scratch(&host, &["named", "unnamed"]).run(&["check", "--online", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains(r#""code":"package-unproven""#), "{}", ran.out);
    assert!(ran.err.contains("checked 1 server with 1 version: there are errors"), "{}", ran.err);
    assert!(ran.err.contains(": 1 names its server, 1 does not name its server"), "{}", ran.err);
    assert!(ran.out.contains(r#""pointer":"/packages/1/identifier""#), "{}", ran.out);
    let busy = scratch(&host, &["named", "busy"]);
    let ran = busy.run(&["check", "--online"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.out.contains("asks to wait 600 seconds"), "{}", ran.out);
    let allowed = busy.run(&["check", "--online", "-A", "package-indeterminate"]);
    assert_eq!(allowed.code, 0, "{}", allowed.err);
    let offline = busy.run(&["check", "--online", "--offline"]);
    assert_eq!(offline.code, 2);
    assert!(offline.err.contains("leave out --offline"), "{}", offline.err);
}

#[test]
fn a_record_fits_its_document_or_is_refused() {
    let host = registry();
    let scratch = scratch(&host, &["named", "unnamed", "busy"]);
    scratch.run_with(
        &["check", "--online", "--record"],
        &[("SOURCE_DATE_EPOCH", "1795000000")],
        "",
    );
    let record = scratch.read("servers/com.example/weather/1.0.0/packages.json");
    assert!(
        record.contains(r#""outcome": "proven""#) && record.contains(r#""checked": "2026-11-18""#),
        "{record}"
    );
    assert!(record.contains(r#""outcome": "unproven""#) && !record.contains("busy"), "{record}");
    assert_eq!(scratch.run(&["check"]).code, 0);
    let path = "registry-data/servers/com.example/weather/1.0.0/packages.json";
    for (from, to) in [
        ("\"identifier\": \"named\"", "\"identifier\": \"other\""),
        ("\"outcome\": \"proven\"", "\"outcome\": \"sure\""),
        ("\"checked\": \"2026-11-18\"", "\"checked\": \"today\""),
        ("\"sha256\": \"", "\"sha256\": \"0"),
        ("\"packages\": [", "\"more\": 1, \"packages\": ["),
    ] {
        scratch.write(path, record.replacen(from, to, 1));
        let ran = scratch.run(&["check"]);
        assert!(ran.code == 1 && ran.out.contains("packages-invalid"), "{to}: {}", ran.out);
    }
}
