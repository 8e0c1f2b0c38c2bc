//! `probe` as a program, its forms, and the documents that name its words.

use std::sync::Arc;

use mcp_static::internals::model::probe::{Capability, Trouble};
use mcp_static::internals::probe::CLIENTS;
use pretty_assertions::assert_eq;
use serde_json::Value;

use super::good::good;
use super::host::{Answers, Asked, Said, serve};
use crate::project::{Project, home};
use crate::scratch::Scratch;

/// A registry whose CORS is missing, which only VS Code minds.
fn without_cors() -> Answers {
    Arc::new(|asked: &Asked| good(asked).without("Access-Control-Allow-Origin"))
}

#[test]
fn the_exit_status_depends_on_required_clients_alone() {
    let scratch = Scratch::new();
    let (fine, broken) = (serve(Arc::new(good)), serve(without_cors()));
    assert_eq!(scratch.run(&["probe", &fine]).code, 0);
    let ran = scratch.run(&["probe", &broken]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("does not work for vscode"), "{}", ran.err);
    assert!(ran.out.contains("cors-missing") && ran.out.contains("* VS Code"), "{}", ran.out);
    assert_eq!(scratch.run(&["probe", &broken, "--require", "apm"]).code, 0);
    assert_eq!(scratch.run(&["probe", &broken, "--client", "apm"]).code, 0);
    scratch.write("registry-data/registry.toml", "[probe]\nrequire = [\"copilot-cli\"]\n");
    assert_eq!(scratch.run(&["probe", &broken]).code, 0);
    assert_eq!(scratch.run(&["probe", &broken, "--require", "vscode"]).code, 1);
    scratch.write("registry-data/registry.toml", "[probe]\nrequire = []\n");
    assert_eq!(scratch.run(&["probe", &broken]).code, 0);
}

#[test]
fn wrong_use_ends_with_2_and_silence_with_3() {
    let scratch = Scratch::new();
    let base = serve(Arc::new(good));
    for (arguments, words) in [
        (vec!["probe", "registry.example.com"], "has no scheme"),
        (vec!["probe", "http://registry.example.com"], "--allow-private"),
        (vec!["probe", "https://10.0.0.1"], "private network"),
        (vec!["probe", &base, "--client", "emacs"], "possible values: vscode, copilot-cli"),
        (vec!["probe", &base, "--require", "emacs"], "invalid value 'emacs'"),
        (vec!["probe", &base, "--format", "sarif"], "human, json or markdown"),
        (vec!["probe", &base, "--offline"], "leave out --offline"),
    ] {
        let ran = scratch.run(&arguments);
        assert!(
            ran.code == 2 && ran.err.contains(words),
            "{arguments:?}: {} {}",
            ran.code,
            ran.err
        );
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    scratch.write("registry-data/registry.toml", "[probe]\nrequired = []\n");
    let ran = scratch.run(&["probe", &base]);
    assert!(ran.code == 2 && ran.err.contains("mcp-static check"), "{}", ran.err);
    scratch.write("registry-data/registry.toml", "[probe]\nrequire = [\"emacs\"]\n");
    assert_eq!(scratch.run(&["probe", &base]).code, 2);
    let ran =
        scratch.run(&["probe", "http://127.0.0.1:1", "--require", "vscode", "--write", "out"]);
    assert!(ran.code == 3 && ran.err.contains("does not answer"), "{}", ran.err);
    assert!(!scratch.path().join("out").exists());
}

#[test]
fn the_json_form_is_one_object_with_a_reason_and_a_fix_for_every_fault() {
    let scratch = Scratch::new();
    let ran = scratch.run(&["probe", &serve(without_cors()), "--format", "json"]);
    assert_eq!(ran.code, 1);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(said.get("checkedAt").is_none());
    let clients = said["clients"].as_array().unwrap();
    assert_eq!(clients.len(), CLIENTS.len());
    assert_eq!((&clients[0]["id"], &clients[0]["verdict"]), (&"vscode".into(), &"fails".into()));
    let mut faults = 0;
    for client in clients {
        let capabilities = client["capabilities"].as_object().unwrap();
        assert_eq!(capabilities.len(), Capability::ALL.len());
        for problem in capabilities.values().flat_map(|cell| cell["problems"].as_array().unwrap()) {
            faults += 1;
            for key in ["id", "grade", "title", "request", "fix"] {
                assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
            }
        }
    }
    assert!(faults > 5, "{faults}");
}

#[test]
fn the_result_is_written_for_the_site() {
    let scratch = Scratch::new();
    let base = serve(Arc::new(good));
    let write = |folder: &str| {
        let pinned = [("SOURCE_DATE_EPOCH", "1767225600")];
        let ran = scratch.run_with(&["probe", &base, "--write", folder], &pinned, "");
        assert_eq!(ran.code, 0, "{}", ran.err);
        let read =
            |name: &str| std::fs::read_to_string(scratch.path().join(folder).join(name)).unwrap();
        (read("probe.json"), read("badge.svg"))
    };
    let (json, badge) = write("site/probe");
    assert_eq!(write("again"), (json.clone(), badge.clone()));
    let said: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(said["checkedAt"], "2026-01-01T00:00:00Z");
    assert!(badge.contains("<title>works with VS Code, Copilot CLI"), "{badge}");
    assert!(!badge.contains("script") && !badge.contains("href"), "{badge}");
    let broken = serve(without_cors());
    assert_eq!(scratch.run(&["probe", &broken, "--write", "broken"]).code, 1);
    let badge = std::fs::read_to_string(scratch.path().join("broken/badge.svg")).unwrap();
    assert!(!badge.contains("VS Code") && badge.contains("#b3261e"), "{badge}");
}

#[test]
fn what_a_host_says_cannot_act_in_any_form() {
    let hostile = |asked: &Asked| {
        let evil = "\u{1b}[2J`|\u{202e}</code>";
        let list = format!(r#"{{"servers":[{{"server":{{"name":"a/{evil}"}}}}],"metadata":{{}}}}"#);
        match asked.path() {
            "/v0.1/servers" => {
                Said::new(200, "application/json", list.replace('\u{1b}', "\\u001b"))
            }
            _ => Said::redirect(302, "/x`y|z"),
        }
    };
    let base = serve(Arc::new(hostile));
    let project = Project::empty();
    for form in ["human", "markdown", "json"] {
        let ran = project.run(&["probe", &base, "--format", form]);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']) || form == "json", "{}", ran.out);
        assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
        assert!(form != "markdown" || !ran.out.contains("x`y|z"), "{}", ran.out);
    }
}

#[test]
fn the_documentation_names_every_client_and_every_trouble() {
    let page = std::fs::read_to_string(home().join("docs/probe.md")).unwrap();
    for client in CLIENTS {
        assert!(page.contains(&format!("| `{}` |", client.id)), "{}", client.id);
    }
    for trouble in Trouble::ALL {
        assert!(page.contains(&format!("`{}`", trouble.id())), "{}", trouble.id());
        assert_eq!(Trouble::parse(trouble.id()), Some(*trouble));
        assert!(!trouble.title().ends_with('.') && !trouble.fix().ends_with('.'));
    }
    let ran = Project::empty().run(&["explain", "single-page-fallback"]).expect(0);
    assert!(ran.out.contains("publish a 404.html"), "{}", ran.out);
}
