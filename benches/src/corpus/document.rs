//! The `server.json` of one release.

use super::rng::Rng;
use super::server::Server;
use super::words::capital;
use serde_json::{Value, json};

/// The schema that documents name and keep.
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// What servers do.
const VERBS: [&str; 10] = [
    "Query",
    "Manage",
    "Search",
    "Inspect",
    "Summarise",
    "Automate",
    "Monitor",
    "Read",
    "Write",
    "Export",
];

/// How they do it.
const GOALS: [&str; 6] = [
    "from any MCP client",
    "with read-only credentials",
    "for agents and assistants",
    "over a single connection",
    "without leaving the editor",
    "with typed tools",
];

/// Environment variables: name, what for, secret.
const VARIABLES: [(&str, &str, bool); 9] = [
    ("API_KEY", "Key for the upstream API", true),
    ("BASE_URL", "Address of the upstream service", false),
    ("REGION", "Region that requests are sent to", false),
    ("LOG_LEVEL", "How much the server writes to its log", false),
    ("TIMEOUT_SECONDS", "Seconds before a call is given up", false),
    ("DATABASE_URL", "Connection string with user and password", true),
    ("CACHE_DIR", "Folder for answers that are kept between runs", false),
    ("WORKSPACE_ID", "Workspace that tools may look into", false),
    ("PROXY_URL", "Proxy for all outgoing requests", false),
];

/// Named arguments: name, what for, format, default.
const ARGUMENTS: [(&str, &str, &str, &str); 6] = [
    ("--max-results", "Most results that a tool returns", "number", "50"),
    ("--read-only", "Refuses every tool that changes something", "boolean", "true"),
    ("--config", "Settings file to read at start", "filepath", "config.json"),
    ("--profile", "Named set of settings", "string", "default"),
    ("--retries", "Attempts before an error is reported", "number", "3"),
    ("--toolset", "Group of tools to offer", "string", "core"),
];

impl Server {
    /// The document of version `k`.
    pub(super) fn document(&self, k: usize) -> Value {
        // What all versions share comes from the server's stream, the rest from the version's.
        let mut steady = Rng::new(2, self.index);
        let mut fresh = Rng::new(3, self.index << 20 | k as u64);
        let host = format!("{}.{}.example.com", self.name, self.owner);
        let repository = format!("https://github.com/{}/{}-mcp", self.owner, self.name);
        let mut document = json!({
            "$schema": SCHEMA,
            "name": self.full_name(),
            "title": self.title,
            "description": self.description(&mut steady),
            "repository": { "url": repository, "source": "github", "id": steady.below(1 << 30).to_string() },
            "websiteUrl": format!("https://{host}/docs"),
            "icons": [{ "src": format!("https://{host}/icon.png"), "mimeType": "image/png", "sizes": ["48x48", "96x96"] }],
            "version": self.releases[k].version,
        });
        let kinds = match steady.below(10) {
            0 => 0,
            1..=7 => 1,
            _ => 2,
        };
        let packages: Vec<Value> = self
            .kinds(&mut steady, kinds)
            .iter()
            .map(|kind| self.package(kind, k, &repository, &mut steady, &mut fresh))
            .collect();
        if !packages.is_empty() {
            document["packages"] = packages.into();
        }
        if kinds == 0 || steady.chance(45) {
            document["remotes"] = remotes(&host, &mut steady);
        }
        document["_meta"] = self.publisher(k, &mut steady, &mut fresh);
        document
    }

    /// At most 100 characters.
    fn description(&self, rng: &mut Rng) -> String {
        let (verb, goal) = (rng.pick(&VERBS), rng.pick(&GOALS));
        format!("{verb} {} of {} {goal}", self.topic, capital(&self.owner))
    }

    /// So many package types, weighted as in the official registry.
    fn kinds(&self, rng: &mut Rng, count: usize) -> Vec<&'static str> {
        let mut kinds: Vec<&str> = Vec::with_capacity(count);
        while kinds.len() < count {
            let kind = match rng.below(100) {
                0..50 => "npm",
                50..78 => "pypi",
                78..92 => "oci",
                92..95 => "nuget",
                _ => "mcpb",
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }

    /// Identity of the package, by the rules of its type.
    fn identity(&self, kind: &str, version: &str, repository: &str, rng: &mut Rng) -> Value {
        match kind {
            "npm" => {
                json!({ "registryType": "npm", "registryBaseUrl": "https://registry.npmjs.org",
                "identifier": format!("@{}/{}", self.owner, self.name), "version": version, "runtimeHint": "npx" })
            }
            "pypi" => json!({ "registryType": "pypi", "registryBaseUrl": "https://pypi.org",
                "identifier": format!("{}-{}", self.owner, self.name), "version": version, "runtimeHint": "uvx" }),
            "nuget" => {
                json!({ "registryType": "nuget", "registryBaseUrl": "https://api.nuget.org/v3/index.json",
                "identifier": self.title.replace(' ', "."), "version": version, "runtimeHint": "dnx" })
            }
            "oci" => json!({ "registryType": "oci",
                "identifier": format!("ghcr.io/{}/{}:{version}", self.owner, self.name), "runtimeHint": "docker" }),
            _ => json!({ "registryType": "mcpb",
                "identifier": format!("{repository}/releases/download/v{version}/{}.mcpb", self.name),
                "fileSha256": rng.hex(64) }),
        }
    }

    /// One package with transport, arguments and variables.
    fn package(
        &self,
        kind: &str,
        k: usize,
        repository: &str,
        steady: &mut Rng,
        fresh: &mut Rng,
    ) -> Value {
        let mut package = self.identity(kind, &self.releases[k].version, repository, fresh);
        let http = steady.chance(15);
        package["transport"] = if http {
            json!({ "type": "streamable-http", "url": "http://127.0.0.1:{PORT}/mcp" })
        } else {
            json!({ "type": "stdio" })
        };
        if kind == "oci" {
            package["runtimeArguments"] = mount();
        }
        let mut arguments =
            vec![json!({ "type": "positional", "valueHint": "workspace", "format": "filepath",
            "description": "Folder that the tools may read.", "default": "." })];
        let count = 1 + steady.below(3) as usize;
        arguments.extend(steady.some(&ARGUMENTS, count).into_iter().map(
            |(name, what, format, default)| {
                json!({ "type": "named", "name": name, "description": format!("{what}."),
                "format": format, "default": default })
            },
        ));
        package["packageArguments"] = arguments.into();
        package["environmentVariables"] = variables(http, steady);
        package
    }

    /// What the publishing tool notes about the build: far below the 4096 bytes allowed.
    fn publisher(&self, k: usize, steady: &mut Rng, fresh: &mut Rng) -> Value {
        let tools: Vec<Value> = steady
            .some(&VERBS, 2)
            .into_iter()
            .map(|verb| {
                let name = format!("{}_{}", verb.to_ascii_lowercase(), self.topic);
                json!({ "name": name, "description": format!("{verb} {} by name or by label.", self.topic) })
            })
            .collect();
        json!({ "io.modelcontextprotocol.registry/publisher-provided": {
            "tool": "mcp-publisher", "version": "1.4.0", "tools": tools,
            "keywords": [self.topic, "automation", "agents"],
            "buildInfo": { "commit": fresh.hex(40), "timestamp": self.published(k),
                "pipelineId": format!("build-{}", 1 + fresh.below(99_999)) },
        }})
    }
}

/// A folder mounted into a container.
fn mount() -> Value {
    json!([{ "type": "named", "name": "--mount", "isRepeated": true,
        "description": "Folder mounted into the container.",
        "value": "type=bind,src={source_path},dst={target_path}",
        "variables": {
            "source_path": { "description": "Folder on the host.", "format": "filepath", "isRequired": true },
            "target_path": { "description": "Folder in the container.", "default": "/project" } } }])
}

/// Two to five variables; `PORT` when the address of the transport names it.
fn variables(http: bool, rng: &mut Rng) -> Value {
    let count = 2 + rng.below(4) as usize;
    let mut all: Vec<Value> = rng
        .some(&VARIABLES, count)
        .into_iter()
        .map(|(name, what, secret)| {
            json!({ "name": name, "description": format!("{what}."), "format": "string",
                "isSecret": secret })
        })
        .collect();
    if http {
        all.push(json!({ "name": "PORT", "description": "Port to listen on.", "format": "number", "default": "3000" }));
    }
    all.into()
}

/// One remote address, used by no other server.
fn remotes(host: &str, rng: &mut Rng) -> Value {
    let kind = if rng.chance(85) { "streamable-http" } else { "sse" };
    json!([{ "type": kind, "url": format!("https://{host}/{{tenant}}/mcp"),
        "headers": [{ "name": "Authorization", "description": "Bearer token of the account.",
            "value": "Bearer {token}", "isRequired": true, "isSecret": true,
            "variables": { "token": { "description": "Token.", "isRequired": true, "isSecret": true } } }],
        "variables": { "tenant": { "description": "Name of the tenant.", "default": "main",
            "choices": ["main", "eu", "us"] } } }])
}
