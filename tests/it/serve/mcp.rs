//! `serve --mcp`: what an agent gets. `tests/e2e/mcp.mjs` does the same with the protocol's own library.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::project::Project;

/// The running program as an MCP client sees it.
struct Agent {
    program: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    id: u32,
}

impl Agent {
    fn start(project: &Project, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
        command.current_dir(project.path("")).args(["serve", "--mcp"]).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().unwrap();
        let (to, from) = (program.stdin.take(), program.stdout.take().unwrap());
        let mut agent = Self { program, to, from: BufReader::new(from), id: 0 };
        let client = json!({ "name": "test", "version": "1" });
        let begin =
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        let answer = agent.ask("initialize", &begin);
        assert_eq!(answer["result"]["serverInfo"]["name"], "mcp-static", "{answer}");
        agent.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        agent
    }

    fn send(&mut self, message: &Value) {
        let to = self.to.as_mut().unwrap();
        writeln!(to, "{message}").and_then(|()| to.flush()).unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.id += 1;
        let id = self.id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"))
    }

    /// Calls a tool; the structured content, which the text has to repeat.
    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", &json!({ "name": tool, "arguments": arguments }));
        let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert_ne!(answer["result"]["isError"], true, "{text}");
        let structured = answer["result"]["structuredContent"].clone();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), structured);
        structured
    }

    /// Calls a tool in a way that is wrong; what is said about it.
    fn wrong(&mut self, tool: &str, arguments: Value) -> String {
        let answer = self.ask("tools/call", &json!({ "name": tool, "arguments": arguments }));
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        answer["result"]["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn names(found: &Value) -> Vec<&str> {
    found["servers"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn an_agent_finds_a_server_and_learns_how_to_install_it() {
    let mut agent = Agent::start(&Project::sample(), &["--base-url", "https://mcp.example.org"]);
    let found = agent.call("search_servers", json!({ "query": "Weather" }));
    assert_eq!(names(&found), ["com.example.almanac/weather", "com.example.lighthouse/tides"]);
    assert_eq!(found["total"], 2);
    let page = "https://mcp.example.org/servers/com.example.almanac/weather/";
    assert_eq!(found["servers"][0]["page"], page);

    let name = "com.example.almanac/weather";
    let shown = agent.call("show_server", json!({ "name": name }));
    assert_eq!(shown["entry"]["server"]["version"], shown["versions"][0]);
    let official = &shown["entry"]["_meta"]["io.modelcontextprotocol.registry/official"];
    assert_eq!(official["isLatest"], true);

    let how = json!({ "name": name, "client": "claude-code" });
    let ways = agent.call("install_server", how);
    let commands: Vec<&str> = ways["ways"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["command"]["posix"].as_str())
        .collect();
    assert!(commands.iter().all(|it| it.starts_with("claude mcp add ")), "{commands:?}");
    assert!(!commands.is_empty());
    let ways = agent.call("install_server", json!({ "name": name, "client": "vscode" }));
    let text = ways["ways"][0]["file"]["text"].as_str().unwrap();
    assert!(text.contains("\"gallery\": \"https://mcp.example.org\""), "{text}");
}

#[test]
fn without_a_query_the_newest_come_first_up_to_the_limit() {
    let mut agent = Agent::start(&Project::sample(), &[]);
    let all = agent.call("search_servers", json!({ "limit": 50 }));
    let dates: Vec<&str> = all["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["updatedAt"].as_str().unwrap())
        .collect();
    assert!(dates.is_sorted_by(|a, b| a >= b), "{dates:?}");
    assert_eq!(dates.len(), 12);
    let some = agent.call("search_servers", json!({ "limit": 3 }));
    assert_eq!((names(&some).len(), &some["total"]), (3, &json!(12)));
    assert_eq!(names(&some), names(&all)[..3]);
    let none = agent.call("search_servers", json!({ "query": "weather nonsense-word" }));
    assert_eq!(none, json!({ "total": 0, "servers": [] }));
}

#[test]
fn mistakes_are_explained_to_the_agent() {
    let mut agent = Agent::start(&Project::sample(), &[]);
    let unknown = agent.wrong("show_server", json!({ "name": "com.example.lighthouse/tide" }));
    assert!(unknown.contains("did you mean com.example.lighthouse/tides?"), "{unknown}");
    let unknown = agent.wrong("show_server", json!({ "name": "weather" }));
    assert!(unknown.contains("did you mean com.example.almanac/weather?"), "{unknown}");
    let unknown = agent.wrong("show_server", json!({ "name": "x".repeat(100_000) }));
    assert!(unknown.len() < 500 && unknown.contains("search_servers"), "{unknown}");
    let name = "com.example.lighthouse/tides";
    let version = agent.wrong("show_server", json!({ "name": name, "version": "9.9.9" }));
    assert!(version.contains("no version \"9.9.9\"; its versions are 1.2.1, 2.1.0"), "{version}");
    for (tool, arguments, says) in [
        ("show_server", json!({}), "\"name\" is missing"),
        ("show_server", json!({ "name": 7 }), "\"name\" is 7"),
        ("show_server", json!({ "nam": "a" }), "no argument \"nam\"; the tool takes name, version"),
        ("search_servers", json!({ "limit": 0 }), "\"limit\" is 0"),
        ("search_servers", json!({ "limit": 51 }), "\"limit\" is 51"),
        ("search_servers", json!({ "limit": 1.5 }), "\"limit\" is 1.5"),
        ("install_server", json!({ "name": name, "client": "emacs" }), "choose from vscode"),
    ] {
        let wrong = agent.wrong(tool, arguments);
        assert!(wrong.contains(says), "{wrong}");
    }
    let answer = agent.ask("tools/call", &json!({ "name": "delete_server" }));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    // And it still answers.
    assert_eq!(agent.call("search_servers", json!({}))["total"], 12);
}

#[test]
fn what_was_withdrawn_is_said_and_not_shown() {
    let project = Project::sample();
    let name = "com.example.lighthouse/tides";
    project.run(&["status", &format!("{name}@2.1.0"), "deleted", "--message", "Leaks."]).expect(0);
    let mut agent = Agent::start(&project, &[]);
    let gone = agent.wrong("show_server", json!({ "name": name, "version": "2.1.0" }));
    assert!(gone.contains("2.1.0 was withdrawn from this registry; its versions are"), "{gone}");
    let shown = agent.call("show_server", json!({ "name": name }));
    assert_ne!(shown["entry"]["server"]["version"], "2.1.0");
    let install = json!({ "name": name, "version": "2.1.0", "client": "json" });
    assert!(agent.wrong("install_server", install).contains("withdrawn"));
    project.run(&["status", name, "deleted", "--message", "Leaks."]).expect(0);
    let mut agent = Agent::start(&project, &[]);
    assert!(agent.wrong("show_server", json!({ "name": name })).contains("with all its versions"));
    assert_eq!(agent.call("search_servers", json!({ "query": "tides" }))["total"], 0);
}

#[test]
fn it_ends_with_its_client_and_refuses_data_with_errors() {
    let mut agent = Agent::start(&Project::sample(), &[]);
    agent.to = None;
    assert!(agent.program.wait().unwrap().success());
    let project = Project::small();
    project.file("registry-data/servers/com.example/weather/1.0.0/server.json", "{");
    let run = project.run(&["serve", "--mcp"]).expect(1).says("nothing is served");
    assert_eq!(run.out, "", "stdout belongs to the protocol");
    project.run(&["serve", "--mcp", "--as", "nginx"]).expect(2).says("cannot be used with");
}

#[test]
fn an_agent_learns_why_a_server_is_not_listed() {
    let project = Project::sample();
    project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"no-npm\"\naction = \"deny\"\nreason = \"npm is not mirrored here.\"\nmatch = { package_type = [\"npm\"] }\n",
    );
    let tides = "com.example.lighthouse/tides";
    let weather = "com.example.almanac/weather";
    project
        .run(&["status", &format!("{weather}@1.0.1"), "deleted", "--message", "Leaks."])
        .expect(0);
    let mut agent = Agent::start(&project, &["--base-url", "https://mcp.example.org"]);
    let denied = agent.call("why_not_listed", json!({ "name": tides, "version": "2.1.0" }));
    let expected = json!([{
        "version": "2.1.0", "rule": "no-npm", "reason": "npm is not mirrored here.",
    }]);
    assert_eq!(denied["leftOutByPolicy"], expected, "{denied}");
    assert_eq!(denied["policy"], "https://mcp.example.org/policy/");
    let gone = agent.call("why_not_listed", json!({ "name": weather, "version": "1.0.1" }));
    assert_eq!(gone["withdrawn"][0]["message"], "Leaks.", "{gone}");
    assert_eq!(gone["listed"], json!([]));
    let there = agent.call("why_not_listed", json!({ "name": weather }));
    assert!(there["listed"].as_array().is_some_and(|it| !it.is_empty()), "{there}");
    assert_eq!(there["answer"], "It is listed.");
    for (arguments, says) in [
        (json!({ "name": "com.example/nothing" }), "Nobody published it here."),
        (json!({ "name": weather, "version": "77" }), "nobody published its version \"77\" here"),
    ] {
        let unknown = agent.call("why_not_listed", arguments);
        let answer = unknown["answer"].as_str().unwrap();
        assert!(answer.contains(says), "{answer}");
    }
}

#[test]
fn nothing_long_or_broken_is_repeated_and_the_conversation_goes_on() {
    let mut agent = Agent::start(&Project::sample(), &[]);
    let long = "x".repeat(3_000_000);
    let answer = agent.ask("tools/call", &json!({ "name": long, "arguments": {} }));
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.len() < 1000 && message.contains("search_servers"), "{}", message.len());
    for (tool, arguments) in [
        ("show_server", json!({ "name": long })),
        ("show_server", json!({ (long.as_str()): 1 })),
        ("show_server", json!({ "name": long, "version": long })),
        ("install_server", json!({ "name": "com.example.almanac/weather", "client": long })),
        (
            "install_server",
            json!({ "name": "com.example.almanac/weather", "client": "json", "version": long }),
        ),
        ("search_servers", json!({ "limit": long })),
    ] {
        let said = agent.wrong(tool, arguments);
        assert!(said.len() < 2000, "{tool}: {} bytes", said.len());
    }
    let why = agent.call("why_not_listed", json!({ "name": long, "version": long }));
    assert!(why.to_string().len() < 2000);
    let why = agent
        .call("why_not_listed", json!({ "name": "com.example.almanac/weather", "version": long }));
    assert!(why.to_string().len() < 2000, "{} bytes", why.to_string().len());
    // What is not a message is not answered on standard output with anything else than the protocol.
    let to = agent.to.as_mut().unwrap();
    to.write_all(b"garbage\n\xff\xfe\n{\"jsonrpc\":\n\n").and_then(|()| to.flush()).unwrap();
    agent.call("search_servers", json!({}));
}
