//! Issues that ask for a server.

use std::path::Path;

use serde_json::{Value, json};

use super::Job;
use super::forge::{Author, Dialect, FakeForge};

/// The text of an issue that the form makes.
fn issue(answers: &[(&str, &str)]) -> String {
    let usual = [
        ("Server name", "com.example/weather"),
        ("Source", "npm:@example/weather@1.2.3"),
        ("Repository", "_No response_"),
        ("Version", "_No response_"),
        ("Description", "Weather forecasts"),
        ("Why", "We need it.\n\n@everyone <b>now</b>\n::error::x"),
        ("Owner", "@admin"),
    ];
    let answer = |(label, usual): (&str, &str)| {
        let given = answers.iter().find(|(known, _)| *known == label).map(|(_, text)| *text);
        format!("### {label}\n\n{}\n\n", given.unwrap_or(usual))
    };
    usual.into_iter().map(answer).collect()
}

fn event(body: &str) -> Value {
    json!({
        "action": "labeled",
        "label": { "name": "add-server" },
        "issue": { "number": 7, "title": "::error::x", "body": body },
        "repository": { "default_branch": "main" },
    })
}

/// A job that drafts; it has no token.
fn drafting() -> Job {
    let mut job = Job::new(Dialect::GitHub, "http://127.0.0.1:1");
    job.variables.retain(|(name, _)| *name != "GITHUB_TOKEN");
    job
}

/// The value that `draft` left for the next job.
fn passed(job: &Job) -> Value {
    let text = std::fs::read_to_string(job.scratch.path().join("tmp/mcp-static/request.json"));
    serde_json::from_str(&text.unwrap()).unwrap()
}

fn draft(answers: &[(&str, &str)]) -> (i32, Value) {
    let mut job = drafting();
    job.scratch.write("registry-data/servers/com.example/old/1.0.0/server.json", OLD);
    job.event(event(&issue(answers)));
    let ran = job.run(&["ci", "request", "draft"]);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    (ran.code, passed(&job))
}

const OLD: &str = "{\n  \"$schema\": \"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\n  \"name\": \"com.example/old\",\n  \"description\": \"x\",\n  \"version\": \"1.0.0\"\n}\n";

#[test]
fn an_issue_becomes_an_entry() {
    let mut job = drafting();
    job.event(event(&issue(&[("Repository", "https://github.com/example/weather")])));
    let ran = job.run(&["ci", "request", "draft"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let draft = passed(&job);
    assert_eq!(draft["issue"], 7);
    assert_eq!(draft["title"], "Add com.example/weather 1.2.3");
    assert_eq!(draft["path"], "registry-data/servers/com.example/weather/1.2.3/server.json");
    assert_eq!(draft["problems"], json!([]));
    let text = draft["text"].as_str().unwrap();
    assert!(text.starts_with("{\n  \"$schema\": ") && text.ends_with("}\n"), "{text}");
    let checked = mcp_static::check_document("x", text, mcp_static::Profile::Strict);
    assert!(checked.iter().all(|d| d.severity == mcp_static::Severity::Note), "{checked:?}");
    let output = std::fs::read_to_string(job.scratch.path().join("output")).unwrap();
    let lines: Vec<&str> = output.lines().collect();
    assert!(lines[0].starts_with("request<<") && lines.len() == 3, "{output}");
    // Nothing is written to the registry.
    assert!(job.scratch.files().is_empty());
}

#[test]
fn what_cannot_become_an_entry_is_said_in_the_words_of_the_form() {
    for (answers, label) in [
        (vec![("Server name", "Weather!")], "Server name: "),
        (vec![("Server name", "_No response_")], "Server name: an answer is needed"),
        (vec![("Server name", "com.example/old")], "Server name: this server is in the registry"),
        (vec![("Server name", "com.example/../../x")], "Server name: "),
        (vec![("Source", "weather")], "Source: write a package"),
        (vec![("Source", "npm:we ather@1.0.0")], "Source: "),
        (vec![("Source", "npm:weather@latest")], "Source: "),
        (vec![("Source", "oci:evil.example/a:1.0.0")], "Source: "),
        (vec![("Source", "https://exa mple.com/mcp")], "Source: "),
        (vec![("Version", "^1.0")], "Version: "),
        (vec![("Repository", "https://evil.example/x")], "Repository: "),
        (vec![("Description", "a\u{202e}b")], "Description: the answer has characters"),
        (vec![("Owner", "a\nb")], "Owner: the answer has more than one line"),
    ] {
        let (code, draft) = draft(&answers);
        let problems = draft["problems"].as_array().unwrap();
        let found = problems.iter().any(|problem| problem.as_str().unwrap().starts_with(label));
        assert!(code == 1 && found, "{answers:?}: {code} {problems:?}");
    }
    let long = "x".repeat(101);
    let (code, draft) = draft(&[("Description", &long)]);
    assert_eq!(code, 1, "{draft}");
}

#[test]
fn an_event_that_is_not_the_label_is_refused() {
    let good = event(&issue(&[]));
    let with = |pointer: &str, value: Value| {
        let mut event = good.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        event.to_string()
    };
    let mut job = drafting();
    for payload in [
        with("/action", json!("opened")),
        with("/label/name", json!("bug")),
        with("/label", json!("add-server")),
        with("/label", Value::Null),
        with("/label/name", json!(["add-server"])),
        with("/issue/number", json!("7")),
        with("/issue/number", json!(0)),
        with("/issue/body", json!({ "x": 1 })),
        with("/issue/body", json!(7)),
        "[]".to_owned(),
        "{".to_owned(),
        "[".repeat(100_000),
        "x".repeat(2 << 20),
    ] {
        job.event(&payload);
        let ran = job.run(&["ci", "request", "draft"]);
        assert_eq!(ran.code, 2, "{}: {}", &payload[..payload.len().min(200)], ran.err);
    }
    let (code, draft) = {
        job.event(with("/issue/body", Value::Null));
        (job.run(&["ci", "request", "draft"]).code, passed(&job))
    };
    assert_eq!((code, draft["problems"].as_array().unwrap().len()), (1, 5));
    // Forgejo reports that labels changed, and which there are.
    let mut changed = good.clone();
    changed["action"] = json!("label_updated");
    changed["issue"]["labels"] = json!([{ "name": "bug" }, { "name": "add-server" }]);
    job.event(&changed);
    assert_eq!(job.run(&["ci", "request", "draft"]).code, 2);
    job.set("FORGEJO_ACTIONS", "true");
    let ran = job.run(&["ci", "request", "draft"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    changed["issue"]["labels"] = json!([{ "name": "bug" }]);
    job.event(&changed);
    assert_eq!(job.run(&["ci", "request", "draft"]).code, 2);
    job.set("GITHUB_TOKEN", super::TOKEN);
    let ran = job.run(&["ci", "request", "draft"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("GITHUB_TOKEN is set"), "{}", ran.err);
    let mut job = Job::new(Dialect::GitLab, "http://127.0.0.1:1");
    job.variables.retain(|(name, _)| *name != "MCP_STATIC_TOKEN");
    assert_eq!(job.run(&["ci", "request", "draft"]).code, 2);
}

/// A bare repository at `o/r` of the job's forge, with one commit on `main`.
fn repository(job: &Job) -> git2::Repository {
    let mut options = git2::RepositoryInitOptions::new();
    options.bare(true).mkpath(true).initial_head("main");
    let folder = job.scratch.path().join("forge/o/r");
    let repository = git2::Repository::init_opts(folder, &options).unwrap();
    let who = git2::Signature::new("A", "a@example.org", &git2::Time::new(1, 0)).unwrap();
    let blob = repository.blob(OLD.as_bytes()).unwrap();
    let empty =
        repository.find_tree(repository.treebuilder(None).unwrap().write().unwrap()).unwrap();
    let tree = git2::build::TreeUpdateBuilder::new()
        .upsert(
            "registry-data/servers/com.example/old/1.0.0/server.json",
            blob,
            git2::FileMode::Blob,
        )
        .create_updated(&repository, &empty)
        .unwrap();
    let tree = repository.find_tree(tree).unwrap();
    repository.commit(Some("refs/heads/main"), &who, &who, "m", &tree, &[]).unwrap();
    drop((empty, tree));
    repository
}

fn opening(forge: &FakeForge, dialect: Dialect, answers: &[(&str, &str)]) -> Job {
    let (_, request) = draft(answers);
    let mut job = Job::new(dialect, &forge.base);
    job.event(event("the issue was edited meanwhile"));
    job.set("REQUEST", request.to_string());
    job
}

#[test]
fn a_draft_becomes_one_pull_request() {
    for dialect in [Dialect::GitHub, Dialect::Forgejo] {
        let forge = FakeForge::new(dialect, "");
        let job = opening(&forge, dialect, &[]);
        let repository = repository(&job);
        for _ in 0..2 {
            let ran = job.run(&["ci", "request", "open"]);
            assert_eq!(ran.code, 0, "{dialect:?} {}{}", ran.out, ran.err);
        }
        let branch = repository.find_reference("refs/heads/mcp-static/request-7").unwrap();
        let commit = branch.peel_to_commit().unwrap();
        assert_eq!(
            commit.message().unwrap(),
            "Add com.example/weather 1.2.3\n\nRequested in #7.\n"
        );
        assert_eq!(commit.parent(0).unwrap().parent_count(), 0);
        let tree = commit.tree().unwrap();
        let at = |path: &str| tree.get_path(Path::new(path)).unwrap().id();
        let new = at("registry-data/servers/com.example/weather/1.2.3/server.json");
        let new = repository.find_blob(new).unwrap();
        assert!(new.content().starts_with(b"{\n  \"$schema\""));
        at("registry-data/servers/com.example/old/1.0.0/server.json");
        let state = forge.state();
        let title = "Add com.example/weather 1.2.3".to_owned();
        assert_eq!(state.pulls, [("mcp-static/request-7".to_owned(), title)]);
        // The fake keeps the description of the pull request as a comment.
        let [(_, body), (author, comment)] = state.comments.as_slice() else {
            panic!("{:?}", state.comments)
        };
        assert_eq!(*author, Author::Own);
        assert!(comment.starts_with("<!-- mcp-static request -->\n"), "{comment}");
        assert!(comment.contains("https://forge/pulls/1"), "{comment}");
        for part in ["@everyone", "<b>", "@admin", "\n::error"] {
            assert!(!body.contains(part), "{part} in {body}");
        }
        assert!(body.contains("Closes #7"), "{body}");
    }
}

#[test]
fn problems_are_said_in_the_issue_and_nothing_is_pushed() {
    let forge = FakeForge::new(Dialect::GitHub, "");
    let job = opening(&forge, Dialect::GitHub, &[("Source", "[x](https://evil.example) @all")]);
    let repository = repository(&job);
    let ran = job.run(&["ci", "request", "open"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(repository.find_reference("refs/heads/mcp-static/request-7").is_err());
    let state = forge.state();
    assert!(state.pulls.is_empty());
    let [(_, comment)] = state.comments.as_slice() else { panic!("{:?}", state.comments) };
    assert!(comment.contains("- Source: write a package"), "{comment}");
    assert!(comment.contains("`add-server`"), "{comment}");
}

#[test]
fn a_server_that_came_meanwhile_is_not_replaced() {
    let forge = FakeForge::new(Dialect::GitHub, "");
    let mut job = opening(&forge, Dialect::GitHub, &[]);
    let repository = repository(&job);
    let text = draft(&[]).1["text"].as_str().unwrap().replace("/weather\"", "/old\"");
    job.set(
        "REQUEST",
        json!({
            "issue": 7, "title": "", "text": text, "problems": [], "why": "", "owner": "",
            "path": "registry-data/servers/com.example/old/1.2.3/server.json",
        })
        .to_string(),
    );
    let ran = job.run(&["ci", "request", "open"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(repository.find_reference("refs/heads/mcp-static/request-7").is_err());
    assert!(forge.state().comments[0].1.contains("in the registry already"));
}

#[test]
fn a_draft_that_is_not_of_the_issue_is_refused() {
    let forge = FakeForge::new(Dialect::GitHub, "");
    let mut job = opening(&forge, Dialect::GitHub, &[]);
    let repository = repository(&job);
    let (_, good) = draft(&[]);
    for (key, value) in [
        ("issue", json!(8)),
        ("issue", json!("7")),
        ("path", json!(".github/workflows/x.yml")),
        ("path", json!("registry-data/servers/com.example/../../../x")),
        ("text", json!("{}")),
        ("text", json!("on: push")),
        ("problems", json!("x")),
    ] {
        let mut request = good.clone();
        request[key] = value.clone();
        job.set("REQUEST", request.to_string());
        let ran = job.run(&["ci", "request", "open"]);
        assert_eq!(ran.code, 2, "{key} {value}: {}", ran.err);
    }
    assert_eq!(repository.references().unwrap().count(), 1);
    assert!(forge.state().asked.is_empty());
}

#[test]
fn a_setting_that_forbids_pull_requests_is_named() {
    let forge = FakeForge::new(Dialect::GitHub, "");
    let job = opening(&forge, Dialect::GitHub, &[]);
    let _repository = repository(&job);
    forge.state().refuse = Some((403, "GitHub Actions is not permitted to create pull requests"));
    let ran = job.run(&["ci", "request", "open"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Allow GitHub Actions to create and approve"), "{}", ran.err);
}

#[test]
fn a_runner_without_git_is_told_what_is_missing() {
    let forge = FakeForge::new(Dialect::GitHub, "");
    let mut job = opening(&forge, Dialect::GitHub, &[]);
    let _repository = repository(&job);
    job.set("PATH", "/nowhere");
    let ran = job.run(&["ci", "request", "open"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("the program `git` was not found"), "{}", ran.err);
    assert!(ran.err.contains("help: install git"), "{}", ran.err);
}
