//! Stories of `check`, `explain`, `completions` and the flags that every command takes.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::project::Project;

const DOCUMENT: &str = r#"{
  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  "name": "com.example/weather",
  "description": "Forecasts",
  "version": "^1.0.0",
  "websiteUrl": "http://example.com"
}
"#;

#[test]
fn a_single_document_is_judged_alone_and_needs_no_registry() {
    let project = Project::empty();
    project.file("server.json", DOCUMENT);
    let ran = project.run(&["check", "server.json"]).expect(1);
    for says in
        ["version-looks-like-range", "server.json:5:14", "/version", "website-url-invalid-scheme"]
    {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    project.file("good.json", &DOCUMENT.replace("^1", "1").replace("http:", "https:"));
    project.run(&["check", "good.json"]).expect(0);
    project.run(&["check", "good.json", "server.json"]).expect(1);
    project.run(&["check", "nowhere.json"]).expect(2).says("there is nothing to check");
}

#[test]
fn a_document_may_come_from_stdin() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mcp-static"))
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(DOCUMENT.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("<stdin>:5:14"));
}

#[test]
fn the_official_profile_does_not_look_for_what_only_we_refuse() {
    let project = Project::empty();
    let text = DOCUMENT.replace("^1.0.0", "2025.06").replace("http:", "https:");
    project.file("server.json", &text);
    project.run(&["check", "server.json"]).expect(1).says("version-not-semver");
    project.run(&["check", "server.json", "--profile", "official"]).expect(0);
    let twice = text.replace("\"description\"", "\"description\": \"x\", \"description\"");
    project.file("server.json", &twice);
    project
        .run(&["check", "--profile", "official", "-v", "server.json"])
        .expect(0)
        .says("note[json-duplicate-key]");
    project
        .run(&["check", "--profile", "offical", "server.json"])
        .expect(2)
        .says("possible values: strict, official");
}

#[test]
fn a_single_document_is_judged_with_the_settings_of_the_data_folder() {
    let project = Project::small();
    let package = r#""packages": [{"registryType": "npm", "registryBaseUrl": "https://npm.corp.example", "identifier": "a", "version": "1.0.0", "transport": {"type": "stdio"}}],"#;
    let valid = DOCUMENT.replace("^1", "1").replace("http:", "https:");
    let with_package = format!("{package} \"description\"");
    project.file("new.json", &valid.replace("\"description\"", &with_package));
    project.run(&["check", "new.json"]).expect(1).says("[packages]");
    project.file(
        "registry-data/registry.toml",
        "[packages]\nnpm = [\"public\", \"npm.corp.example\"]\n",
    );
    project.run(&["check", "new.json"]).expect(0);
}

#[test]
fn a_place_in_the_data_narrows_the_report() {
    let project = Project::sample();
    for name in ["com.example/status-page/1.0.0", "net.example.parcel/tracking/1.1.0"] {
        let path = format!("registry-data/servers/{name}/server.json");
        project.file(&path, &project.read(&path).replace("\"description\"", "\"descripton\""));
    }
    let all = project.run(&["check"]).expect(1);
    assert!(all.out.contains("status-page") && all.out.contains("tracking"));
    assert!(all.out.contains("description"), "the nearest name is suggested: {}", all.out);
    let one = project.run(&["check", "registry-data/servers/com.example"]).expect(1);
    assert!(one.out.contains("status-page") && !one.out.contains("tracking"), "{}", one.out);
    project.run(&["check", "registry-data/servers/org.example.civic"]).expect(0);
    project.file("elsewhere/readme", "");
    project.run(&["check", "elsewhere"]).expect(2).says("not part of the data");
}

#[test]
fn of_two_servers_with_one_remote_the_later_one_is_reported() {
    let project = Project::empty();
    let remote = r#""remotes": [{"type": "sse", "url": "https://one.example.com/sse"}],"#;
    let reported = |name: &str| {
        let ran = project.run(&["check"]).expect(0);
        let line = ran.out.lines().find(|line| line.trim_start().starts_with("-->")).unwrap();
        assert!(line.contains(name), "{}", ran.out);
    };
    for name in ["com.example/one", "com.example/two"] {
        project.entry_with(name, "1.0.0", remote);
    }
    project.pin("com.example/one", "1.0.0", "2026-02-01T00:00:00Z");
    project.pin("com.example/two", "1.0.0", "2026-01-01T00:00:00Z");
    reported("com.example/one");
    project.pin("com.example/one", "1.0.0", "2025-12-01T00:00:00Z");
    reported("com.example/two");
    // What is not committed yet is later than everything that is.
    project.git();
    project.commit(1_700_000_000);
    project.entry_with("com.example/another", "1.0.0", remote);
    reported("com.example/another");
}

#[test]
fn severities_follow_the_settings_and_then_the_command_line() {
    let project = Project::empty();
    let remote = |name: &str| {
        project.entry_with(
            name,
            "1.0.0",
            r#""remotes": [{"type": "sse", "url": "https://one.example.com/sse"}],"#,
        );
        project.pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    };
    remote("com.example/one");
    remote("com.example/two");
    project.run(&["check"]).expect(0).says("warning[remote-url-shared]");
    project.run(&["check", "-D", "remote-url-shared"]).expect(1).says("error[remote-url-shared]");
    project.run(&["-D", "remote-url-shared", "check"]).expect(1);
    project.file("registry-data/registry.toml", "[levels]\ndeny = [\"remote-url-shared\"]\n");
    project.run(&["check"]).expect(1);
    let quiet = project.run(&["check", "-A", "remote-url-shared"]).expect(0);
    assert!(!quiet.out.contains("remote-url-shared"), "{}", quiet.out);
    project.run(&["check", "-A", "json-syntax"]).expect(2).says("cannot be lowered");
    project
        .run(&["check", "-W", "remote-url-shard"])
        .expect(2)
        .says("did you mean remote-url-shared");
}

#[test]
fn every_form_of_the_report_goes_to_stdout() {
    let project = Project::empty();
    project.file("server.json", DOCUMENT);
    let form = |form: &str| project.run(&["check", "server.json", "--format", form]).expect(1).out;
    for line in form("json").lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value.as_object().unwrap().len(), 8);
    }
    assert!(form("github").starts_with("::error file=server.json,line="));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&form("sarif")).unwrap()["version"],
        "2.1.0"
    );
    assert!(form("markdown").contains("version-looks-like-range"));
    assert!(!form("human").contains('\u{1b}'));
    let colored = project.run(&["check", "server.json", "--color", "always"]).expect(1);
    assert!(colored.out.contains("\u{1b}["));
    project.run(&["check", "--format", "jsn"]).expect(2).says("a similar value exists");
}

#[test]
fn text_of_strangers_cannot_act_on_the_terminal_or_the_forge() {
    let project = Project::empty();
    project.file("server.json", &DOCUMENT.replace("Forecasts", "x\\u001b[31m\\n::error::\\u202e"));
    for form in ["human", "json", "github", "sarif", "markdown"] {
        let out = project.run(&["check", "server.json", "--format", form, "-v"]).out;
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{form}: {out}");
        let commands = out.lines().filter(|line| line.starts_with("::"));
        assert!(
            commands.into_iter().all(|line| form == "github" && line.contains("file=server.json")),
            "{out}"
        );
    }
}

#[test]
fn codes_are_explained() {
    let project = Project::empty();
    project.run(&["explain", "json-syntax"]).expect(0).says("# json-syntax");
    project.run(&["explain", "json-sintax"]).expect(2).says("explain json-syntax");
    let list = project.run(&["explain"]).expect(0);
    assert_eq!(list.out.lines().count(), mcp_static::internals::diag::Code::ALL.len());
}

#[test]
fn help_knows_every_verb() {
    let project = Project::empty();
    let help = project.run(&["--help"]).expect(0).out;
    for verb in ["add", "build", "check", "completions", "explain", "import", "serve", "status"] {
        assert!(help.contains(&format!("\n  {verb} ")), "{verb}: {help}");
        project.run(&[verb, "--help"]).expect(0).says("Usage: mcp-static");
    }
    project.run(&["chekc"]).expect(2).says("check");
    project.run(&[]).expect(2);
    project.run(&["--version"]).expect(0).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn data_that_cannot_be_read_is_an_error_of_ours() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::sample();
    let path = project.path("registry-data/servers/com.example/status-page/1.0.0/server.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        return; // whoever runs this may read everything
    }
    project.run(&["check"]).expect(2).says("status-page/1.0.0/server.json");
}

#[test]
fn every_key_of_the_documentation_is_known() {
    let page = std::fs::read_to_string(crate::project::home().join("docs/settings.md")).unwrap();
    let text = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let (config, wrong) = mcp_static::internals::config::Config::parse("registry.toml", text);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(config.ownership.rules.len(), 1);
    assert_eq!(config.ownership.protect, ["policies/**"]);
    // The page shows the defaults.
    let shown = config.ownership;
    let mut default = mcp_static::internals::config::Ownership::default();
    default.rules = shown.rules.clone();
    default.protect = shown.protect.clone();
    (default.trust, default.branch) = (shown.trust, shown.branch.clone());
    assert_eq!(shown, default);
}

#[test]
fn names_that_people_take_for_each_other_are_warned_about() {
    for (one, other, warned) in [
        ("city-weather", "city_weather", true),
        ("city.weather", "city_weather", true),
        ("weather1", "weatherl", true),
        ("weatherI", "weatherl", true),
        ("w0rld", "wOrld", true),
        ("modern", "modem", true),
        ("weather", "weathers", false),
        ("city-weather", "cityweather", false),
    ] {
        let project = Project::empty();
        for name in [one, other] {
            let name = format!("com.example/{name}");
            project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
        }
        let ran = project.run(&["check"]).expect(0);
        assert_eq!(
            ran.out.contains("warning[name-confusable]"),
            warned,
            "{one} {other}: {}",
            ran.out
        );
        // In another namespace it is a matter of the change that brings it.
        let project = Project::empty();
        for name in [format!("com.example/{one}"), format!("org.example/{other}")] {
            project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
        }
        assert!(!project.run(&["check", "-v"]).expect(0).out.contains("name-confusable"));
    }
}

#[test]
fn mirrored_entries_get_notes_and_others_get_errors() {
    let project = Project::empty();
    let hostile =
        r#""remotes": [{"type": "sse", "url": "https://u@2130706433/"}], "title": "a\nb","#;
    for name in ["uk.co/city-weather", "uk.co/city_weather"] {
        project.entry_with(name, "1.0.0", hostile);
        project.file(
            &format!("registry-data/servers/{name}/1.0.0/origin.json"),
            r#"{"registry": "https://other.example.com", "publishedAt": "2026-01-01T00:00:00Z"}"#,
        );
    }
    project.file("registry-data/registry.toml", "[registry]\nvisibility = \"public\"\n");
    let codes = [
        "name-confusable",
        "ownership-unclaimable",
        "text-line-break",
        "url-own-machine",
        "url-user-information",
    ];
    let ran = project.run(&["check", "-v"]).expect(0);
    for code in codes {
        assert!(ran.out.contains(&format!("note[{code}]")), "{code}: {}", ran.out);
    }
    assert!(!ran.out.contains("warning["), "{}", ran.out);
    for name in ["uk.co/city-weather", "uk.co/city_weather"] {
        project.pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    let ran = project.run(&["check"]).expect(1);
    for code in &codes[1..] {
        assert!(ran.out.contains(&format!("error[{code}]")), "{code}: {}", ran.out);
    }
    assert!(ran.out.contains("warning[name-confusable]"), "{}", ran.out);
}

#[test]
fn a_warning_of_a_private_registry_can_be_made_an_error() {
    let project = Project::empty();
    let remote = r#""remotes": [{"type": "sse", "url": "https://localhost/"}],"#;
    project.entry_with("com.example/weather", "1.0.0", remote);
    project.pin("com.example/weather", "1.0.0", "2026-01-01T00:00:00Z");
    project.run(&["check"]).expect(0).says("warning[url-own-machine]");
    project.run(&["check", "-D", "url-own-machine"]).expect(1).says("error[url-own-machine]");
}

#[test]
fn a_client_that_nobody_knows_is_refused_where_the_settings_name_it() {
    let project = Project::empty();
    project.entry("com.example/weather", "1.0.0");
    project.pin("com.example/weather", "1.0.0", "2026-01-01T00:00:00Z");
    for (id, help) in [("vscod", "write \"vscode\""), ("toaster-9000", "choose from ")] {
        let text = format!("[probe]\nrequire = [\n  \"copilot-cli\",\n  \"{id}\",\n]\n");
        project.file("registry-data/registry.toml", &text);
        let ran = project.run(&["check"]).expect(1);
        for says in
            ["settings-invalid", "registry.toml:4:3", &format!("unknown client {id:?}"), help]
        {
            assert!(ran.out.contains(says), "{says}: {}", ran.out);
        }
    }
    project.file("registry-data/registry.toml", "[probe]\nrequire = [\"vscode\"]\n");
    project.run(&["check"]).expect(0);
    // The clients of the catalog's tabs are others.
    for (id, help) in [("vsocde", "write \"vscode\""), ("visual-studoi", "write \"visual-studio\"")]
    {
        let text = format!("[catalog]\nclients = [\n  \"cursor\",\n  \"{id}\",\n]\n");
        project.file("registry-data/registry.toml", &text);
        let ran = project.run(&["check"]).expect(1);
        for says in ["registry-data/registry.toml:4:3", &format!("unknown client {id:?}"), help] {
            assert!(ran.out.contains(says), "{says}: {}", ran.out);
        }
        assert_eq!(ran.out.matches("settings-invalid]").count(), 1, "{}", ran.out);
    }
}
