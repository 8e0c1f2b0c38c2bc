//! What people write out of habit from other formats, and the advice that they get.

use serde_json::{Value, json};

use super::{CURRENT_SCHEMA, findings, official, strict, with, with_package};
use crate::check::{DocumentRules, Profile, answered, check_document};

fn help(document: &Value) -> String {
    let found = findings(document, Profile::Strict);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].help.clone().unwrap()
}

#[test]
fn another_kind_of_document_is_one_finding() {
    let server = with(json!({}));
    let official_meta = json!({"io.modelcontextprotocol.registry/official": {}});
    let add = "mcp-static add FILE";
    for (document, what, wanted) in [
        (json!({"server": server, "_meta": official_meta}), "answer of a registry's API", add),
        (json!({"server": server}), "answer of a registry's API", add),
        (json!({"servers": [{"server": server, "_meta": {}}]}), "list", "mcp-static import FILE"),
        (json!({"servers": [{"server": server}]}), "list", "save each server as a file"),
        (json!({"servers": [], "metadata": {"count": 0}}), "list", "save each"),
        (json!([server, server]), "list", "save each server as a file"),
        (
            json!({"title": "Not Found", "status": 404, "detail": "Server not found"}),
            "an error that an API returned: \"Server not found\"",
            "download it again",
        ),
        (json!({"error": "no such server"}), "\"no such server\"", "download it again"),
        (
            json!({"serverInfo": {"name": "weather", "version": "1.0.0"}, "protocolVersion": "2025-06-18"}),
            "server card",
            "\"remotes\" name the URL",
        ),
        (
            with(json!({"$schema": "https://example.com/schemas/v1/server-card.schema.json"})),
            "server card",
            CURRENT_SCHEMA,
        ),
        (
            json!({"mcpServers": {"weather": {"command": "npx", "args": ["-y", "@acme/weather@2.1.0"]}}}),
            "settings of a client",
            r#"{"identifier":"@acme/weather","registryType":"npm","transport":{"type":"stdio"},"version":"2.1.0"}"#,
        ),
        (
            json!({"servers": {"weather": {"type": "sse", "url": "https://weather.example.com/sse"}}, "inputs": []}),
            "settings of a client",
            r#""remotes": [{"type":"sse","url":"https://weather.example.com/sse"}]"#,
        ),
        (
            json!({"mcp": {"servers": {"weather": {"command": "uvx", "args": ["weather"]}}}}),
            "settings of a client",
            r#""identifier":"weather","registryType":"pypi""#,
        ),
        (
            json!({"weather": {"command": "docker", "args": ["run", "acme/weather"]}}),
            "settings of a client",
            "names its package or its URL",
        ),
        (json!({"data": []}), "a list of servers", "mcp-static"),
        (
            json!({"items": [{"name": "com.example/a", "version": "1.0.0"}]}),
            "a list of servers",
            "save each server",
        ),
        (json!({"command": "npx", "args": "x"}), "settings of a client", "names its package"),
        (
            json!({"mcpServers": {"a": {"url": "https://a.example/mcp?key=hunter2"}}}),
            "settings of a client",
            "\"url\":\"https://a.example/mcp\"}",
        ),
        (
            json!({"mcpServers": {"a": {"url": "https://me:hunter2@a.example/mcp"}}}),
            "settings of a client",
            "names its package or its URL",
        ),
        (
            json!({"manifest_version": "0.3", "name": "weather", "server": {"type": "node"}}),
            "MCP bundle",
            "mcpb",
        ),
        (
            json!({"name": "@acme/weather", "version": "1.0.0", "scripts": {}}),
            "package.json",
            "\"@acme/weather\"",
        ),
    ] {
        official(&document, "document-kind");
        strict(&document, "document-kind");
        let found = &findings(&document, Profile::Strict)[0];
        assert!(found.message.contains(what), "{} in {document}", found.message);
        assert!(help(&document).contains(wanted), "{} in {document}", help(&document));
    }
    for document in
        [json!([]), json!([1]), json!({}), json!({"server": 1}), json!({"mcpServers": []})]
    {
        let found = findings(&document, Profile::Strict);
        assert!(found.iter().all(|f| f.code != crate::diag::Code::DocumentKind), "{document}");
    }
    strict(&with(json!({"mcpServers": {}})), "property-unknown");
}

#[test]
fn the_server_of_an_answer_keeps_its_text_and_its_places() {
    let answer = "{\n  \"server\": {\n    \"name\": \"com.example/é\",\n    \"version\": \"1.0.0\"\n  },\n  \"_meta\": {}\n}\n";
    let taken = answered(answer.as_bytes()).unwrap();
    let alone = "{\n  \"name\": \"com.example/é\",\n  \"version\": \"1.0.0\"\n}\n";
    assert_eq!(String::from_utf8(taken.alone).unwrap(), alone);
    let in_place = String::from_utf8(taken.in_place).unwrap();
    assert_eq!(in_place.lines().nth(2), answer.lines().nth(2));
    assert_eq!(in_place.lines().nth(1), Some("            {"));
    for other in [
        "",
        "[]",
        "{\"server\": {}}",
        "{\"server\": {\"name\": \"a\", \"version\": \"b\"}, \"name\": 1}",
    ] {
        assert!(answered(other.as_bytes()).is_none(), "{other}");
    }
}

#[test]
fn advice_about_a_type_is_the_right_value() {
    let remote = "https://weather.example.com/mcp";
    let whole: [(&str, Value); 6] = [
        ("remotes", json!({"streamable-http": {"url": remote}})),
        (
            "remotes",
            json!({"streamableHttp": remote, "sse": {"url": "https://weather.example.com/sse"}}),
        ),
        ("remotes", json!({"type": "sse", "url": remote})),
        ("remotes", json!(remote)),
        ("repository", json!("git+https://github.com/acme/weather.git")),
        ("icons", json!("https://example.com/icon.png")),
    ];
    let package: [(&str, Value); 6] = [
        ("transport", json!("stdio")),
        ("environmentVariables", json!({"API_KEY": {"isSecret": true}, "CITY": "Oslo"})),
        ("environmentVariables", json!(["CITY=Oslo"])),
        ("environmentVariables", json!([{"name": "A", "isSecret": "true"}])),
        ("environmentVariables", json!([{"name": "A", "default": 8080}])),
        ("packageArguments", json!(["--verbose", "8080"])),
    ];
    let whole = whole.map(|(key, value)| (format!("/{key}"), with(json!({key: value}))));
    let package = package
        .map(|(key, value)| (format!("/packages/0/{key}"), with_package(json!({key: value}))));
    for (place, mut document) in whole.into_iter().chain(package) {
        // Each finding's advice is put at its place.
        for found in findings(&document, Profile::Official) {
            assert_eq!(found.code.as_str(), "value-wrong-type", "{place}: {}", found.message);
            let advice = found.help.unwrap();
            let advice =
                serde_json::from_str(advice.strip_prefix("write ").unwrap()).expect(&advice);
            *document.pointer_mut(found.pointer.as_str()).unwrap() = advice;
        }
        let left: Vec<_> = findings(&document, Profile::Official);
        assert!(left.is_empty(), "{place}: {left:?} in {document}");
    }
    let keyed = with(json!({"packages": {"npm": {"identifier": "weather", "version": "1.0.0"}}}));
    assert_eq!(
        help(&keyed),
        r#"write [{"identifier":"weather","registryType":"npm","version":"1.0.0"}]"#
    );
    for unclear in [json!({"quic": {}}), json!({"sse": 1}), json!(1), json!("weather")] {
        let found = findings(&with(json!({"remotes": unclear})), Profile::Official);
        assert_eq!(found[0].help.as_deref(), Some("write an array"));
    }
}

#[test]
fn a_known_property_elsewhere_is_moved() {
    for (key, wanted) in [
        ("environmentVariables", "move it into packages[]"),
        ("environment_variables", "move it into packages[] as \"environmentVariables\""),
        ("runtimeHint", "move it into packages[]"),
        ("headers", "move it into remotes[]"),
        ("subfolder", "move it into \"repository\""),
        ("homepage", "rename it to \"websiteUrl\""),
        ("env", "move it into packages[] as \"environmentVariables\""),
    ] {
        assert_eq!(help(&with(json!({key: "a"}))), wanted);
    }
    for (key, wanted) in [
        ("url", "move it into \"transport\" of this package"),
        ("websiteUrl", "move it into the document itself"),
        ("name", "rename it to \"identifier\""),
        ("registry_type", "rename it to \"registryType\""),
    ] {
        assert_eq!(help(&with_package(json!({key: "a"}))), wanted);
    }
    let headers = json!([{"type": "sse", "url": "https://example.com/sse", "environmentVariables": [],
        "headers": [{"name": "X-Key", "required": true, "type": "string"}]}]);
    let found = findings(&with(json!({"remotes": headers})), Profile::Strict);
    let mut helps: Vec<_> = found.into_iter().map(|found| found.help.unwrap()).collect();
    helps.sort();
    let wanted = [
        "move it into packages[]",
        "rename it to \"format\"",
        "write \"isRequired\": true or false instead",
    ];
    assert_eq!(helps, wanted);
}

#[test]
fn a_bundle_that_is_no_download_is_told_why() {
    for (path, wanted) in [
        (
            "github.com/acme/weather/releases/download/@acme/weather@1.0.0/mcp.mcpb",
            "tag \"@acme/weather@1.0.0\"",
        ),
        ("github.com/acme/weather/releases/download/cli%2Fv1/mcp.mcpb", "tag \"cli/v1\""),
        ("github.com/acme/weather/releases/latest/download/mcp.mcpb", "latest release"),
        ("github.com/acme/weather/releases/tag/v1.0.0/mcp", "page of a release"),
        ("github.com/acme/weather/archive/refs/tags/mcp.zip", "archive of the source"),
        ("github.com/acme/weather/raw/main/mcp.mcpb", "file of a branch"),
        ("github.com/acme/mcp", "is not a file of a release"),
        ("gitlab.com/acme/weather/-/releases/cli/v1/downloads/mcp.mcpb", "tag \"cli/v1\""),
        ("gitlab.com/acme/weather/-/releases/v1/downloads/bin/mcp.mcpb", "folder before"),
        ("gitlab.com/acme/weather/-/raw/main/mcp.mcpb", "file of a branch"),
        ("gitlab.com/acme/mcp", "is not a file of a release"),
    ] {
        let package = json!({"registryType": "mcpb", "identifier": format!("https://{path}"),
            "version": null, "fileSha256": "0".repeat(64)});
        let found = findings(&with_package(package), Profile::Strict);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].code.as_str(), "package-mcpb-url-invalid");
        assert!(found[0].message.contains(wanted), "{}", found[0].message);
    }
}

#[test]
fn a_digest_in_another_form_is_recognised() {
    let hex = "0123456789abcdef".repeat(4);
    let upper = hex.to_uppercase();
    for image in [
        format!("ghcr.io/acme/weather:sha256:{hex}"),
        format!("ghcr.io/acme/weather:sha256-{hex}"),
        format!("ghcr.io/acme/weather@sha256-{hex}"),
        format!("ghcr.io/acme/weather@{hex}"),
        format!("ghcr.io/acme/weather@sha256:{upper}"),
    ] {
        let package = json!({"registryType": "oci", "identifier": image, "version": null});
        let right = format!("write @sha256: before the digest: ghcr.io/acme/weather@sha256:{hex}");
        match image.contains("sha256-") && image.contains(":sha256") {
            // A tag may be called so.
            true => strict(&with_package(package), ""),
            false => assert_eq!(help(&with_package(package)), right, "{image}"),
        }
    }
    let scheme = json!({"registryType": "oci", "identifier": "docker://ghcr.io/acme/weather:1", "version": null});
    assert_eq!(help(&with_package(scheme)), "write the image without docker://");
}

#[test]
fn a_file_that_is_no_json_is_told_what_it_is() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let texts: Vec<(Vec<u8>, &str, &str)> = vec![
        (utf16("\u{feff}{}"), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
        (utf16("{}"), "UTF-16", "UTF-16LE"),
        ("{}".encode_utf16().flat_map(u16::to_be_bytes).collect(), "UTF-16", "UTF-16BE"),
        (b"\xff\xfe\0\0{\0\0\0".to_vec(), "UTF-32", "UTF-32"),
        (b"\x1f\x8b\x08\0".to_vec(), "gzip", "gunzip"),
        (b"PK\x03\x04".to_vec(), "ZIP", "packages"),
        (b"{\"name\": \"caf\xe9\"}".to_vec(), "0xE9", "WINDOWS-1252"),
        (b"{ // x\n}".to_vec(), "comment", "remove all comments"),
        (b"/* x */ {}".to_vec(), "comment", "remove all comments"),
        (b"{\"a\": 1 # x\n}".to_vec(), "comment", "remove all comments"),
        (b"{\"a\": 1,}".to_vec(), "trailing comma", "remove the comma"),
        (b"{\"a\": [1,]}".to_vec(), "trailing comma", "remove the comma"),
        (b"{'a': 1}".to_vec(), "quotation mark", "straight double quotes"),
        ("{“a”: 1}".into(), "quotation mark", "straight double quotes"),
        (b"{a: 1}".to_vec(), "no quotation marks", "double quotes"),
        (b"{\"a\": None}".to_vec(), "not a value", "null"),
        (b"{\"a\": 1 \"b\": 2}".to_vec(), "comma", "add the comma"),
        (b"{\"a\": \"b\nc\"}".to_vec(), "control character", "\\n"),
        (b"".to_vec(), "empty", "server.json"),
        (b"<!doctype html>".to_vec(), "web page", "download the JSON"),
        (b"name: com.example/weather\n".to_vec(), "YAML", "JSON"),
        (b"{}{}".to_vec(), "second document", "one document"),
        (b"{\"a\": 01}".to_vec(), "zero", "correct the JSON"),
    ];
    for (bytes, what, wanted) in texts {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let found = check_document("server.json", bytes, &DocumentRules::default());
        assert_eq!(found.len(), 1, "{shown}: {found:?}");
        assert!(found[0].message.contains(what), "{shown}: {}", found[0].message);
        let help = found[0].help.as_deref().unwrap();
        assert!(help.contains(wanted), "{shown}: {help}");
    }
}
