use serde_json::{Value, json};

use super::super::super::api;
use super::*;
use crate::config::{BaseUrl, ExportSettings, Identifiers};

fn facts() -> Facts {
    Facts {
        name: "Test".to_owned(),
        base_url: Some(BaseUrl::parse("https://mcp.example.org/tools").unwrap()),
        meta_key: Some("org.example.mcp/registry".to_owned()),
        ..Facts::default()
    }
}

fn all() -> ExportSettings {
    let ids = crate::config::EXPORT_IDS.map(str::to_owned).to_vec();
    ExportSettings { enable: Some(ids), ..ExportSettings::default() }
}

/// The entry of a server in the list; `more` has the other members of its document.
fn entry(name: &str, more: &Value) -> Vec<u8> {
    let mut server = json!({ "name": name, "description": "Does it.", "version": "1.0.0" });
    server.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let official = json!({ "status": "active", "updatedAt": "2026-01-02T03:04:05Z" });
    let own = json!({ "ownership": { "method": "proof-file" } });
    let meta = json!({ api::OFFICIAL: official, "org.example.mcp/registry": own });
    json!({ "server": server, "_meta": meta }).to_string().into_bytes()
}

/// The files made of `entries`, by their paths.
fn made(settings: &ExportSettings, entries: &[Vec<u8>]) -> Vec<(String, String)> {
    let files = CatalogFiles::new(settings, &facts());
    let artifacts = files.render(entries.iter().map(Vec::as_slice), &facts());
    let text = |it: &crate::site::Artifact| String::from_utf8(it.body.to_vec()).unwrap();
    artifacts.iter().map(|it| (it.path.as_str().to_owned(), text(it))).collect()
}

fn file(made: &[(String, String)], path: &str) -> Value {
    let (_, text) = made.iter().find(|(at, _)| at == path).unwrap_or_else(|| panic!("{path}"));
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{path}: {e}\n{text}"))
}

/// The entry of one server in Docker's catalog.
fn docker(more: &Value) -> Value {
    let made = made(&all(), &[entry("com.example/tool", more)]);
    file(&made, "exports/docker/catalog.json")["registry"]["com-example-tool"].clone()
}

#[test]
fn docker_gets_the_first_remote_before_any_image() {
    let package = json!({ "registryType": "oci", "identifier": "docker.io/a/b:1", "transport": { "type": "stdio" } });
    let remote = json!({
        "type": "streamable-http", "url": "https://{region}.example.com/mcp",
        "variables": { "region": { "description": "Where", "default": "eu", "choices": ["eu", "us"] }, "x": {} },
        "headers": [
            { "name": "X-Key", "isSecret": true, "isRequired": true },
            { "name": "X-Team", "value": "team-{team}", "variables": { "team": { "isRequired": true } } },
            { "name": "X-Unused" },
        ],
    });
    let made = docker(
        &json!({ "packages": [package], "remotes": [remote, { "type": "sse", "url": "https://b.example" }] }),
    );
    assert_eq!(made["type"], "remote");
    let expected = json!({
        "url": "https://eu.example.com/mcp", "transport_type": "streamable-http",
        "headers": { "X-Key": "${X_KEY}", "X-Team": "team-{{com-example-tool.team}}" },
    });
    assert_eq!(made["remote"], expected);
    assert_eq!(made["secrets"], json!([{ "name": "com-example-tool.X-Key", "env": "X_KEY" }]));
    assert_eq!(made["config"][0]["required"], json!(["team"]));
}

#[test]
fn docker_gets_a_container_with_what_it_needs() {
    let made = docker(&json!({ "packages": [
        { "registryType": "npm", "identifier": "b", "version": "1.0.0", "transport": { "type": "stdio" } },
        { "registryType": "oci", "identifier": "docker.io/a/b:1", "transport": { "type": "stdio" },
          "runtimeArguments": [
            { "type": "named", "name": "-v", "value": "{dir}:/data", "variables": { "dir": { "format": "filepath", "isRequired": true } } },
            { "type": "positional", "value": "--mount=type=bind,src=/a,dst=/b,readonly" },
            { "type": "named", "name": "--user", "value": "1000" },
            { "type": "named", "name": "-e", "value": "MODE=fast" },
          ],
          "packageArguments": [
            { "type": "named", "name": "--level", "value": "3" },
            { "type": "positional", "valueHint": "path", "isRequired": true },
          ],
          "environmentVariables": [
            { "name": "TOKEN", "isSecret": true, "isRequired": true, "value": "hunter2" },
            { "name": "LIMIT", "format": "number", "isRequired": true },
            { "name": "LANG", "default": "en" },
            { "name": "OPTIONAL" },
          ] },
    ] }));
    assert_eq!((&made["type"], &made["image"]), (&json!("server"), &json!("docker.io/a/b:1")));
    assert_eq!(made["volumes"], json!(["{{com-example-tool.dir}}:/data", "/a:/b:ro"]));
    assert_eq!(made["user"], "1000");
    assert_eq!(made["command"], json!(["--level=3", "{{com-example-tool.path}}"]));
    let env = json!([
        { "name": "LIMIT", "value": "{{com-example-tool.LIMIT}}" },
        { "name": "LANG", "value": "en" },
        { "name": "MODE", "value": "fast" },
    ]);
    assert_eq!(made["env"], env);
    assert_eq!(made["secrets"], json!([{ "name": "com-example-tool.TOKEN", "env": "TOKEN" }]));
    let fields = &made["config"][0]["properties"];
    assert_eq!(
        (&fields["LIMIT"]["type"], &fields["dir"]["type"]),
        (&json!("number"), &json!("string"))
    );
    assert!(!made.to_string().contains("hunter2"), "{made}");
}

#[test]
fn what_a_system_cannot_use_is_left_out_with_the_reason() {
    let npm = json!({ "packages": [{ "registryType": "npm", "identifier": "b", "version": "1.0.0", "transport": { "type": "stdio" } }] });
    let open = json!({ "remotes": [{ "type": "streamable-http", "url": "https://{host}/mcp" }] });
    let fixed = json!({ "remotes": [{ "type": "sse", "url": "https://a.example/mcp" }] });
    // The first two have one name in Docker's catalog.
    let entries = [
        entry("a.b/c.d", &fixed),
        entry("a.b/c-d", &fixed),
        entry("a.b/npm", &npm),
        entry("a.b/open", &open),
    ];
    let mut files = CatalogFiles::new(&all(), &facts());
    let mut pieces = Vec::new();
    for entry in &entries {
        let elements = files.elements(entry, &facts());
        files.push(elements, &mut pieces);
    }
    let left_out: Vec<String> = files
        .left_out
        .iter()
        .map(|(path, it)| format!("{} {path}: {}", it.server, it.reason))
        .collect();
    for expected in [
        "a.b/c-d exports/docker/catalog.json: Docker MCP Catalog calls it a-b-c-d, like another server",
        "a.b/npm exports/docker/catalog.yaml: it has neither a remote nor a container image that talks over stdio",
        "a.b/open exports/contextforge/catalog.yml: its URL has a part that the user chooses",
        "a.b/npm exports/contextforge/catalog.yml: ContextForge connects to remote servers only",
    ] {
        assert!(left_out.iter().any(|it| it == expected), "{expected}\n{left_out:#?}");
    }
    assert!(!left_out.iter().any(|it| it.contains("toolhive")), "{left_out:#?}");
}

#[test]
fn every_file_is_valid_without_a_server_and_with_hostile_texts() {
    let bad = "\"}]\n- x: {y}\u{85}\u{2028}\u{feff}\u{7f}'%&*!|>";
    let hostile = json!({
        "title": bad, "description": bad, "websiteUrl": bad,
        "remotes": [{ "type": "streamable-http", "url": format!("https://a.example/{bad}"), "headers": [{ "name": bad, "value": bad }] }],
        "_meta": { "io.modelcontextprotocol.registry/publisher-provided": { "tags": [bad], "categories": [bad] } },
    });
    for entries in [vec![], vec![entry("a.b/c", &hostile)]] {
        for (path, text) in made(&all(), &entries) {
            if path.ends_with(".json") {
                serde_json::from_str::<Value>(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
                continue;
            }
            let printable = |c: char| !matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{feff}');
            assert!(text.chars().all(printable), "{path}");
            if !path.ends_with(".yaml") && !path.ends_with(".yml") {
                continue;
            }
            let documents = yaml_rust2::YamlLoader::load_from_str(&text);
            let documents = documents.unwrap_or_else(|e| panic!("{path}: {e}\n{text}"));
            let list =
                &documents[0][if path.contains("docker") { "registry" } else { "catalog_servers" }];
            let count = list.as_hash().map(|it| it.len()).or_else(|| list.as_vec().map(Vec::len));
            // ContextForge takes no URL with a variable, which `{y}` is.
            let expected = if path.contains("docker") { entries.len() } else { 0 };
            assert_eq!(count, Some(expected), "{path}\n{text}");
        }
    }
}

#[test]
fn agents_get_identifiers_of_the_registry_or_of_proven_publishers() {
    let remote =
        json!({ "remotes": [{ "type": "streamable-http", "url": "https://a.example/mcp" }] });
    let entries = [entry("com.example/tool", &remote), entry("io.github.alice/notes", &json!({}))];
    let ids = |settings: &ExportSettings| -> Vec<String> {
        let files = made(settings, &entries);
        assert_eq!(
            file(&files, ".well-known/ard.json"),
            file(&files, ".well-known/ai-catalog.json")
        );
        let document = file(&files, ".well-known/ard.json");
        let ids = document["entries"].as_array().unwrap().iter();
        ids.map(|it| it["identifier"].as_str().unwrap().to_owned()).collect()
    };
    let of_registry = [
        "urn:air:mcp.example.org:mcp:com.example:tool",
        "urn:air:mcp.example.org:mcp:io.github.alice:notes",
    ];
    assert_eq!(ids(&all()), of_registry);
    let mut settings = all();
    settings.ard.identifiers = Identifiers::Publisher;
    assert_eq!(
        ids(&settings),
        ["urn:air:example.com:mcp:tool", "urn:air:alice.github.io:mcp:notes"]
    );
    let document = file(&made(&all(), &entries), ".well-known/ard.json");
    let urls: Vec<&str> = document["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["url"].as_str().unwrap())
        .collect();
    let base = "https://mcp.example.org/tools";
    assert_eq!(
        urls,
        [
            format!("{base}/cards/com.example/tool/server-card.json"),
            format!("{base}/v0.1/servers/io.github.alice%2Fnotes/versions/1.0.0"),
        ]
    );
    assert!(!document.to_string().contains("trust"), "no trust members");
    let without = Facts { base_url: None, ..facts() };
    assert!(
        CatalogFiles::new(&all(), &without)
            .render(std::iter::empty(), &without)
            .iter()
            .all(|it| !it.path.as_str().contains("ard"))
    );
}

#[test]
fn agents_are_sent_to_cards_only_where_there_are_cards() {
    let remote =
        json!({ "remotes": [{ "type": "streamable-http", "url": "https://a.example/mcp" }] });
    let settings =
        ExportSettings { enable: Some(vec!["ard".to_owned()]), ..ExportSettings::default() };
    let files = made(&settings, &[entry("com.example/tool", &remote)]);
    let entry = file(&files, ".well-known/ard.json")["entries"][0].clone();
    let base = "https://mcp.example.org/tools";
    let url = format!("{base}/v0.1/servers/com.example%2Ftool/versions/1.0.0");
    assert_eq!((&entry["type"], &entry["url"]), (&json!("application/json"), &json!(url)));
}

#[test]
fn questions_come_from_the_publisher_alone() {
    let with = |queries: Value| {
        let more = json!({ "_meta": { "io.modelcontextprotocol.registry/publisher-provided": { "representativeQueries": queries } } });
        let document = file(&made(&all(), &[entry("a.b/c", &more)]), ".well-known/ard.json");
        document["entries"][0]["representativeQueries"].clone()
    };
    assert_eq!(with(json!(["one", "two"])), json!(["one", "two"]));
    for wrong in
        [json!(["one"]), json!([1, 2]), json!("one two"), json!(["", "x"]), json!(vec!["a"; 6])]
    {
        assert_eq!(with(wrong), Value::Null);
    }
}

#[test]
fn a_large_catalog_for_agents_is_nested_below_the_limit() {
    let long = "x".repeat(100_000);
    let more = json!({ "description": long });
    let entries: Vec<Vec<u8>> =
        (0..100).map(|i| entry(&format!("com.example/s{i:03}"), &more)).collect();
    let files = made(&all(), &entries);
    let root = file(&files, ".well-known/ard.json");
    let mut names = Vec::new();
    for link in root["entries"].as_array().unwrap() {
        assert_eq!(link["type"], "application/ai-catalog+json");
        let path =
            link["url"].as_str().unwrap().strip_prefix("https://mcp.example.org/tools/").unwrap();
        let (_, text) = files.iter().find(|(at, _)| at == path).unwrap();
        assert!(text.len() < 5_000_000, "{path} has {} bytes", text.len());
        let nested = file(&files, path);
        let entries = nested["entries"].as_array().unwrap().iter();
        names.extend(entries.map(|it| it["metadata"]["serverName"].as_str().unwrap().to_owned()));
    }
    let expected: Vec<String> = (0..100).map(|i| format!("com.example/s{i:03}")).collect();
    assert_eq!(names, expected);
}

#[test]
fn toolhive_gets_the_documents_as_they_are_served() {
    let entries = [entry("a.b/c", &json!({ "z": 1, "a": [1.50, null] }))];
    let files = made(&all(), &entries);
    let (_, text) = files.iter().find(|(at, _)| at == "exports/toolhive/registry.json").unwrap();
    let document = api::document_of(&entries[0]).unwrap();
    assert!(text.contains(document), "{text}");
    let registry = file(&files, "exports/toolhive/registry.json");
    assert_eq!(registry["meta"]["last_updated"], "2026-01-02T03:04:05Z");
    assert_eq!(registry["version"], "1.0.0");
}
