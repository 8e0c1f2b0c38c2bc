//! Drafts of what lacks something: where they are, what they never hold, and that nobody's work is lost.

use serde_json::{Value, json};

use crate::project::{Project, tree};

#[test]
fn a_draft_that_somebody_works_on_stays() {
    let project = Project::empty();
    let source = json!({"mcpServers": {"tides": {"url": "https://tides.example.com/mcp"}}});
    project.file("registry-data/.gitkeep", "").file("mcp.json", &source.to_string());
    let import = || project.run(&["import", "mcp.json", "--namespace", "com.example"]);
    let dry = project.run(&["import", "mcp.json", "--namespace", "com.example", "--dry-run"]);
    dry.expect(0).says("write drafts/com.example/tides/1.0.0/server.json\n");
    assert!(!project.path("drafts").exists());
    import().expect(0).says("a draft was written");
    let path = "drafts/com.example/tides/1.0.0/server.json";
    project.run(&["add", path]).expect(1).says("description");
    let whole =
        project.read(path).replace("\"version\"", "\"description\": \"Tides\",\n  \"version\"");
    project.file(path, &whole);
    import().expect(0).says("there is a draft of it already");
    assert_eq!(project.read(path), whole);
    project.run(&["add", path]).expect(0);
}

#[test]
fn drafts_that_would_share_a_folder_do_not_overwrite_each_other() {
    let server =
        |name: &str, version: &str| json!({"name": name, "version": version, "description": name});
    let project = Project::empty();
    let list = [
        server("com.example/a b", "1.0.0"),
        server("com.example/A?B", "1.0.0"),
        server("com.example/cd", "1/0"),
        server("com.example/cd", "2/0"),
        server("com.example/cd", "server.json"),
    ];
    project.file("registry-data/.gitkeep", "").file("list.json", &json!(list).to_string());
    let ran = project.run(&["import", "list.json", "-v"]).expect(0);
    assert!(ran.err.contains("3 skipped, 2 drafts in drafts/"), "{}", ran.err);
    assert!(
        ran.out.contains("another server has the draft drafts/com.example/A-B/1.0.0/server.json"),
        "{}",
        ran.out
    );
    let drafts: Vec<String> = tree(&project.path("drafts")).into_keys().collect();
    let expected =
        ["a-b/1.0.0/missing.md", "a-b/1.0.0/server.json", "cd/missing.md", "cd/server.json"];
    assert_eq!(drafts, expected.map(|path| format!("com.example/{path}")));
    assert!(project.read("drafts/com.example/a-b/1.0.0/server.json").contains("com.example/a b"));
    assert!(project.read("drafts/com.example/cd/server.json").contains("1/0"));
}

#[test]
fn nothing_comes_in_when_the_drafts_have_no_place() {
    let remotes = json!([{"type": "streamable-http", "url": "https://a.example.com/mcp"}]);
    let whole = json!({"name": "com.example/whole", "version": "1.0.0", "description": "x", "remotes": remotes});
    let list = json!([whole, {"name": "com.example/part", "version": "1.0.0"}]);
    let project = Project::empty();
    project
        .file("registry-data/.gitkeep", "")
        .file("list.json", &list.to_string())
        .file("drafts", "mine");
    let ran = project.run(&["import", "list.json"]).expect(2);
    assert!(ran.err.contains("the folder of drafts cannot be created"), "{}", ran.err);
    assert!(!project.path("registry-data/servers").exists());
    project.remove("drafts");
    project.run(&["import", "list.json"]).expect(0);
    assert!(project.path("registry-data/servers/com.example/whole/1.0.0/server.json").exists());
}

#[test]
fn secrets_of_settings_are_neither_written_nor_printed() {
    let bearer = [
        "-y",
        "relay@1.0.0",
        "https://a.example.com/mcp",
        "--header",
        "Authorization: Bearer hunter2",
    ];
    let settings = [
        json!({"command": "npx", "args": bearer}),
        json!({"command": "npx", "args": ["relay@1.0.0", "https://me:hunter2@a.example.com/mcp?sig=hunter2"]}),
        json!({"command": "npx", "args": ["pg@1.0.0", "postgresql://me:hunter2@db/x", "--pwd=hunter2", "-k", "hunter2"]}),
        json!({"command": "npx", "args": ["x@1.0.0", "run", "--settings", "{\"apiKey\": \"hunter2\"}"]}),
        json!({"command": "uvx", "args": ["git+https://me:hunter2@git.example.com/x"]}),
        json!({"command": "uvx", "args": ["--index-url", "https://me:hunter2@pypi.example.com", "x==1.0.0"]}),
        json!({"command": "env", "args": ["API_KEY=hunter2", "npx", "x@1.0.0"]}),
        json!({"command": "API_KEY=hunter2 /srv/run --token hunter2"}),
        json!({"command": "npx -y x@1.0.0 --token hunter2"}),
        json!({"command": "docker", "args": ["run", "-eA=hunter2", "--env=B=hunter2", "x/y:1.0.0", "-c", "TOKEN=hunter2 run"]}),
        json!({"url": "https://a.example.com/mcp?code=hunter2#x=hunter2", "headers": {"X": "hunter2", "Y: hunter2": "z"}}),
        json!({"url": "https://hunter2@a.example.com/mcp?key={\"a\":\"hunter2\"}", "env": {"A": "hunter2", "B=hunter2": "x"}}),
        json!({"command": {"a": "hunter2"}, "args": {"b": "hunter2"}, "env": ["A=hunter2"]}),
        json!({"type": "local", "command": ["npx", "x@1.0.0", "--dsn", "hunter2"], "environment": {"A": "hunter2"}}),
    ];
    let named: Vec<Value> = (settings.iter().enumerate())
        .map(|(n, it)| {
            let mut named = it.clone();
            named["name"] = json!(format!("server-{n}"));
            named["version"] = json!("1.0.0");
            named
        })
        .collect();
    let servers: serde_json::Map<String, Value> = (named.iter().zip(&settings))
        .map(|(named, it)| (named["name"].as_str().unwrap().to_owned(), it.clone()))
        .collect();
    // A client's own file, an extension's, a list inside settings, and a list.
    for source in [
        json!({"mcpServers": servers}),
        json!({"name": "com.example/extension", "version": "1.0.0", "description": "x", "mcpServers": servers}),
        json!({"name": "assistant", "version": "1.0.0", "models": [{"apiKey": "hunter2"}], "mcpServers": named}),
        json!(named),
    ] {
        for file in ["mcp.json", "mcp.yaml"] {
            let project = Project::empty();
            project.file("registry-data/.gitkeep", "").file(file, &source.to_string());
            let ran = project.run(&["import", file, "--namespace", "com.example", "-v"]);
            assert!(ran.err.contains("14 drafts"), "{}{}", ran.out, ran.err);
            assert!(
                !format!("{}{}", ran.out, ran.err).contains("hunter2"),
                "{}{}",
                ran.out,
                ran.err
            );
            let drafts = tree(&project.path("drafts"));
            assert_eq!(drafts.len(), 28);
            for (path, bytes) in drafts {
                let text = String::from_utf8(bytes).unwrap();
                assert!(!text.contains("hunter2"), "{path}\n{text}");
            }
        }
    }
}
