//! A registry that works: a plain file host that decodes, ignores queries and sends CORS; and what a
//! probe says of it and of our own server.

use std::sync::Arc;

use mcp_static::internals::model::probe::{Capability, Grade, ProbeResult};
use mcp_static::internals::pipeline::{LoadOptions, Silent};
use mcp_static::internals::probe::{self, CLIENTS, Look, Options, probe};
use mcp_static::internals::serve::{self, LiveSource, Server};
use mcp_static::internals::world::http::{Exchanger, HttpOptions, Reach};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::host::{Answers, Asked, Imagined, Said, serve};
use crate::project::{Project, home, tree};

/// Name and versions of every server, the newest first.
pub(super) const SERVERS: [(&str, &[&str]); 4] = [
    ("com.example.alpha/one", &["1.1.0", "1.0.0"]),
    ("com.example.beta/Two", &["2.0.0"]),
    ("io.github.gamma/three", &["0.3.0+build.7", "0.2.0"]),
    ("org.example.delta/four", &["4.0.0"]),
];

/// An entry as the API writes it.
pub(super) fn entry(name: &str, version: &str) -> Value {
    let latest = SERVERS.iter().any(|(n, versions)| *n == name && versions[0] == version);
    json!({
        "server": {
            "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
            "name": name,
            "description": "A server",
            "version": version,
            "packages": [{
                "registryType": "npm",
                "identifier": "x",
                "version": "1.0.0",
                "transport": {"type": "stdio"},
                "environmentVariables": [{"name": "KEY", "default": "x", "format": "string"}],
            }],
            "remotes": [{"type": "streamable-http", "url": "https://mcp.example.com/"}],
        },
        "_meta": {"io.modelcontextprotocol.registry/official": {
            "status": "active",
            "publishedAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-01T00:00:00Z",
            "statusChangedAt": "2026-01-01T00:00:00Z",
            "isLatest": latest,
        }},
    })
}

/// The list of the newest versions.
pub(super) fn list() -> Value {
    let entries: Vec<Value> = SERVERS.iter().map(|(name, v)| entry(name, v[0])).collect();
    json!({"servers": entries, "metadata": {"count": entries.len()}})
}

/// The file of Amazon Q.
pub(super) fn amazon_q() -> Value {
    let entries = SERVERS.iter().map(|(name, versions)| {
        json!({"server": {
            "name": name.replace('/', "_"),
            "description": "A server",
            "version": versions[0],
            "remotes": [{"type": "sse", "url": "https://mcp.example.com/", "headers": []}],
        }})
    });
    json!({"servers": entries.collect::<Vec<_>>()})
}

pub(super) fn json_of(value: &Value) -> Said {
    Said::new(200, "application/json", value.to_string())
}

pub(super) fn not_found() -> Said {
    Said::new(404, "application/json", r#"{"title":"Not Found","status":404}"#)
}

const OPENAPI: &str = "openapi: 3.1.0\ninfo:\n  title: x\n  version: \"1.0.0\"\n  description: |\n    \
                       See https://github.com/modelcontextprotocol/registry\npaths: {}\n";

/// The answer of the registry that works.
pub(super) fn good(asked: &Asked) -> Said {
    let cors = |said: Said| {
        said.with("Access-Control-Allow-Methods", "GET, OPTIONS")
            .with("Access-Control-Allow-Headers", "Authorization, Content-Type")
    };
    if asked.method == "OPTIONS" {
        return cors(Said::new(204, "text/plain", ""));
    }
    let path = asked.path().replace("%2F", "/").replace("%2f", "/").replace("%2B", "+");
    cors(document(&path.replace("%2b", "+")))
}

/// The document at a decoded path.
pub(super) fn document(path: &str) -> Said {
    match path {
        "/v0.1/servers" | "/v0/servers" => return json_of(&list()),
        "/v0/health" | "/v0/ping" => return json_of(&json!({"status": "ok"})),
        "/exports/amazon-q/registry.json" => return json_of(&amazon_q()),
        "/openapi.yaml" => return Said::new(200, "application/yaml", OPENAPI),
        "/" => return Said::new(200, "text/html", "<!doctype html><title>catalog</title>"),
        _ => {}
    }
    let found = SERVERS.iter().find_map(|(name, versions)| {
        let path = path.strip_prefix("/v0.1/").or_else(|| path.strip_prefix("/v0/"))?;
        let rest = path.strip_prefix(&format!("servers/{name}/versions"))?;
        let all: Vec<Value> = versions.iter().map(|v| entry(name, v)).collect();
        match rest.strip_prefix('/') {
            None if rest.is_empty() => {
                Some(json!({"servers": all, "metadata": {"count": all.len()}}))
            }
            Some("latest") => Some(all[0].clone()),
            Some(version) => versions.iter().position(|v| *v == version).map(|at| all[at].clone()),
            None => None,
        }
    });
    found.map_or_else(not_found, |value| json_of(&value))
}

pub(super) fn exchanger() -> Exchanger {
    Exchanger::new(HttpOptions::default(), Reach::default()).unwrap()
}

/// Probes over a socket.
pub(super) fn probe_over(answers: Answers, after: &str) -> ProbeResult {
    let base = format!("{}{after}", serve(answers));
    probe(&base, &Options::default(), &exchanger(), &|_| {}).unwrap()
}

fn grade(findings: &ProbeResult, client: &str, capability: Capability) -> Option<Grade> {
    findings.clients.iter().find(|row| row.id == client).unwrap().grade(capability)
}

#[test]
fn a_plain_file_host_works_for_every_client() {
    let findings = probe_over(Arc::new(good), "");
    let said = probe::human(&findings, Look::default());
    for row in &findings.clients {
        assert_ne!(row.verdict, Grade::Fails, "{}:\n{said}", row.id);
    }
    // What such a host cannot do is search; and one client cannot ask for a `+`.
    let ids: Vec<&str> = findings.causes().iter().map(|c| c.example.id.as_str()).collect();
    assert_eq!(ids, ["search-ignored", "plus-refused"], "{said}");
    assert_eq!(findings.servers, 4);
    let looked_up: Vec<&str> = findings.looked_up.iter().map(|s| s.version.as_str()).collect();
    assert_eq!(looked_up, ["1.1.0", "0.3.0+build.7", "4.0.0", "1.0.0"]);
    assert_eq!(findings.clients.len(), CLIENTS.len());
    assert_eq!(grade(&findings, "vscode", Capability::Cors), Some(Grade::Works));
    assert_eq!(grade(&findings, "vscode", Capability::Versions), None);
    assert_eq!(grade(&findings, "copilot-cli", Capability::Enforcement), Some(Grade::Works));
}

#[test]
fn two_probes_say_the_same() {
    let base = serve(Arc::new(good));
    let once =
        || probe::to_json(&probe(&base, &Options::default(), &exchanger(), &|_| {}).unwrap());
    assert_eq!(once(), once());
}

#[test]
fn our_own_server_works_for_every_client() {
    let server = Server::bind("127.0.0.1:0", serve::Options::default()).unwrap();
    let base = format!("http://{}", server.local_addr());
    let data = home().join("registry-data");
    std::thread::spawn(move || {
        let options = LoadOptions { data, catalog: true, ..LoadOptions::default() };
        let live = LiveSource::new(options).read(&Silent).unwrap().live.unwrap();
        server.run(live, None);
    });
    let findings = probe(&base, &Options::default(), &exchanger(), &|_| {}).unwrap();
    for row in &findings.clients {
        let said = probe::human(&findings, Look::default());
        assert_ne!(row.verdict, Grade::Fails, "{}:\n{said}", row.id);
    }
}

#[test]
fn what_is_built_for_pages_works_there() {
    let project = Project::sample();
    let arguments = ["build", "--for", "github-pages", "--base-url", "https://acme.example"];
    project.run(&arguments).expect(0);
    let files = tree(&project.path("_site"));
    // As Pages does: decoded paths, index.json as a folder's index after one redirect.
    let pages = move |asked: &Asked| {
        let path = asked.path().replace("%2F", "/").replace("%2f", "/").replace("%2B", "+");
        let path = path.replace("%2b", "+");
        let file = |name: &str| files.get(name.trim_start_matches('/')).cloned();
        let typed = |name: &str, body| {
            let media = if name.ends_with(".json") { "application/json" } else { "text/yaml" };
            Said::new(200, media, body)
        };
        if asked.method != "GET" {
            return Said::new(405, "text/html", "");
        }
        let index = format!("{}/index.json", path.trim_end_matches('/'));
        match (file(&path), file(&index)) {
            (Some(body), _) => typed(&path, body),
            (None, Some(body)) if path.ends_with('/') => typed(&index, body),
            (None, Some(_)) => {
                let query = asked.target.split_once('?').map_or("", |(_, query)| query);
                Said::redirect(301, &format!("{path}/?{query}"))
            }
            (None, None) => Said::new(404, "text/html", file("404.html").unwrap()),
        }
    };
    let findings = probe_over(Arc::new(pages), "");
    let said = probe::human(&findings, Look::default());
    let failing: Vec<&str> = findings
        .clients
        .iter()
        .filter(|row| row.verdict == Grade::Fails)
        .map(|row| row.id.as_str())
        .collect();
    // The one that follows no redirect.
    assert_eq!(failing, ["mcp-gateway-registry"], "{said}");
    assert!(
        findings.notes.iter().any(|note| note.contains("OPTIONS is answered with 405")),
        "{said}"
    );
}

#[test]
fn plain_http_on_a_network_is_what_a_renderer_does_not_ask() {
    let imagined = Imagined(Arc::new(good));
    let options = Options::default();
    let findings = probe("http://registry.internal", &options, &imagined, &|_| {}).unwrap();
    let of = |client, capability| grade(&findings, client, capability);
    assert_eq!(of("vscode", Capability::List), Some(Grade::Fails));
    assert_eq!(of("amazon-q", Capability::List), Some(Grade::Fails));
    assert_eq!(of("copilot-cli", Capability::List), Some(Grade::Partly));
    assert!(findings.causes().iter().all(|c| c.example.id.as_str() != "encoded-slash"));
}

#[test]
fn a_server_can_be_named_and_clients_chosen() {
    let base = serve(Arc::new(good));
    let with = |server: &str| {
        let clients = CLIENTS.iter().filter(|client| client.id == "jetbrains").collect();
        let options = Options { server: Some(server.to_owned()), clients, ..Options::default() };
        probe(&base, &options, &exchanger(), &|_| {}).unwrap()
    };
    let known = with("io.github.gamma/three");
    assert_eq!(known.clients.len(), 1);
    assert_eq!(grade(&known, "jetbrains", Capability::Version), Some(Grade::Works));
    let versions: Vec<&str> = known.looked_up.iter().map(|s| s.version.as_str()).collect();
    assert_eq!(versions, ["0.3.0+build.7", "0.2.0"]);
    let unknown = with("io.github.gamma/none");
    assert_eq!(grade(&unknown, "jetbrains", Capability::Version), Some(Grade::Fails));
}
