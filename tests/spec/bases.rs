//! Documents that together fill every property of every definition, in the spelling of each version.

use serde_json::{Map, Value, json};

/// How many documents [`document`] knows.
pub(crate) const COUNT: usize = 5;

/// Base document `at` as the schema of `date` spells it.
pub(crate) fn document(date: &str, at: usize) -> Value {
    let mut value = match at {
        0 => least(),
        1 => rich(),
        2 => remotes(),
        3 => packages(),
        _ => arguments(),
    };
    value["$schema"] =
        json!(format!("https://static.modelcontextprotocol.io/schemas/{date}/server.schema.json"));
    if date <= "2025-09-16" {
        value["status"] = json!("active");
        value["_meta"]["io.modelcontextprotocol.registry/official"] = json!({"id": "a"});
    }
    if date == "2025-07-09" { snake(value) } else { value }
}

/// Renames every property to snake case, except inside `_meta`.
fn snake(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(snake).collect(),
        Value::Object(members) => {
            let renamed = members.into_iter().map(|(key, value)| match key.as_str() {
                "_meta" => (key, value),
                _ => (snake_key(&key), snake(value)),
            });
            Value::Object(renamed.collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn snake_key(key: &str) -> String {
    let mut name = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn least() -> Value {
    json!({"name": "a/b", "description": "d", "version": ""})
}

fn input() -> Value {
    json!({
        "description": "What it is", "isRequired": true, "isSecret": false, "format": "filepath",
        "value": "{a}", "default": "b", "placeholder": "c", "choices": ["b", "c"],
    })
}

fn key_value(name: &str) -> Value {
    let mut value = input();
    value["variables"] = json!({"a": input(), "b": {}});
    value["name"] = json!(name);
    value
}

fn rich() -> Value {
    json!({
        "name": "com.example/rich", "description": "Everything at the top", "title": "Rich",
        "version": "1.2.3-rc.1+5", "websiteUrl": "https://example.com/docs",
        "repository": {
            "url": "https://github.com/example/rich", "source": "github", "id": "1", "subfolder": "a/b",
        },
        "icons": [
            {"src": "https://example.com/a.png", "mimeType": "image/png", "sizes": ["48x48", "any"], "theme": "light"},
            {"src": "https://example.com/b.svg", "mimeType": "image/svg+xml", "theme": "dark"},
            {"src": "data:image/webp;base64,AA", "mimeType": "image/webp", "sizes": []},
        ],
        "packages": [], "remotes": [],
        "_meta": {
            "io.modelcontextprotocol.registry/publisher-provided": {"tool": "t", "n": [1, {"a": null}]},
            "com.example/other": 1,
        },
        "future": {"a": 1},
    })
}

fn remotes() -> Value {
    json!({
        "name": "com.example/remote", "description": "Only remotes", "version": "2.0.0",
        "remotes": [
            {"type": "streamable-http", "url": "https://example.com/mcp", "headers": [key_value("X-Key"), {"name": ""}]},
            {"type": "sse", "url": "https://example.com:8080/{region}/sse", "variables": {"region": input()}}
        ],
    })
}

fn packages() -> Value {
    let package = |kind: &str, identifier: &str, transport: Value| json!({"registryType": kind, "identifier": identifier, "version": "1.0.0", "transport": transport});
    let mut first = package("npm", "@example/a", json!({"type": "stdio", "url": 5, "headers": 1}));
    first["registryBaseUrl"] = json!("https://registry.npmjs.org");
    first["runtimeHint"] = json!("npx");
    first["environmentVariables"] = json!([key_value("TOKEN")]);
    first["fileSha256"] = json!("fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce");
    let web = json!({"type": "streamable-http", "url": "http://localhost:8080/mcp", "headers": [key_value("A")]});
    let sse = json!({"type": "sse", "url": "http://localhost:8080/sse", "headers": []});
    json!({
        "name": "com.example/packages", "description": "Only packages", "version": "1",
        "packages": [first, package("oci", "ghcr.io/a/b:1", web), package("mcpb", "https://a/b.mcpb", sse)],
    })
}

fn arguments() -> Value {
    let argument = |kind: &str, more: Value| {
        let mut value = key_value("--flag");
        value["type"] = json!(kind);
        value["isRepeated"] = json!(true);
        for (key, one) in more.as_object().into_iter().flatten() {
            value[key] = one.clone();
        }
        value
    };
    json!({
        "name": "com.example/arguments", "description": "Arguments", "version": "1.0.0",
        "packages": [{
            "registryType": "npm", "identifier": "a", "version": "1", "transport": {"type": "stdio"},
            "runtimeArguments": [
                argument("named", json!({"valueHint": 1})),
                {"type": "named", "name": "-v"},
                {"type": "positional", "value": "a"},
            ],
            "packageArguments": [
                argument("positional", json!({"valueHint": "file", "name": 1})),
                {"type": "positional", "valueHint": "b"},
            ],
        }],
    })
}
