//! The steps of `ci` that write to a forge: `report`, `sync`, `request draft` and `request open`, run as a job runs them
//! against a forge on this computer.

mod forge;
mod requests;
mod sync;

use serde_json::{Value, json};

use crate::scratch::{Ran, Scratch};

use forge::{Author, Dialect, FakeForge, TOKEN};

const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";
const MARKER: &str = "<!-- mcp-static verify -->";
const ALL: [Dialect; 3] = [Dialect::GitHub, Dialect::Forgejo, Dialect::GitLab];

/// A job of a forge: what its environment has, and no variable of the forge that runs this test.
struct Job {
    scratch: Scratch,
    variables: Vec<(&'static str, String)>,
}

impl Job {
    fn new(dialect: Dialect, api: &str) -> Self {
        let scratch = Scratch::new();
        let server = format!("file://{}/forge", scratch.path().display());
        let temporary = scratch.path().join("tmp").display().to_string();
        std::fs::create_dir(scratch.path().join("tmp")).unwrap();
        let output = scratch.write("output", "").display().to_string();
        let mut variables = match dialect {
            Dialect::GitLab => vec![
                ("GITLAB_CI", "true".to_owned()),
                ("CI_SERVER_URL", server),
                ("CI_API_V4_URL", api.to_owned()),
                ("CI_PROJECT_PATH", "group/r".to_owned()),
                ("CI_PROJECT_DIR", temporary),
                ("MCP_STATIC_TOKEN", TOKEN.to_owned()),
            ],
            _ => vec![
                ("GITHUB_ACTIONS", "true".to_owned()),
                ("GITHUB_SERVER_URL", server),
                ("GITHUB_API_URL", api.to_owned()),
                ("GITHUB_REPOSITORY", "o/r".to_owned()),
                ("GITHUB_TOKEN", TOKEN.to_owned()),
                ("GITHUB_OUTPUT", output),
                ("RUNNER_TEMP", temporary),
            ],
        };
        if dialect == Dialect::Forgejo {
            variables.push(("FORGEJO_ACTIONS", "true".to_owned()));
        }
        Self { scratch, variables }
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
    }

    /// Sets the event of the job.
    fn event(&mut self, payload: impl ToString) {
        let path = self.scratch.write("event.json", payload.to_string());
        self.set("GITHUB_EVENT_PATH", path.display().to_string());
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.scratch.command(arguments);
        let prefixes = ["GITHUB_", "CI_", "GITLAB_", "FORGEJO_", "GITEA_", "RUNNER_", "ACTIONS_"];
        for (name, _) in std::env::vars() {
            if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        let output = command.envs(self.variables.iter().cloned()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        let ran = Ran { code, out: text(output.stdout), err: text(output.stderr) };
        let said = format!("{}\n{}", ran.out, ran.err);
        assert!(!said.contains(TOKEN), "{said}");
        let commands = ["::notice title=mcp-static::", "::error title=mcp-static::"];
        for line in said.lines().filter(|line| line.trim_start().starts_with("::")) {
            assert!(commands.iter().any(|command| line.starts_with(command)), "{line}");
        }
        ran
    }

    fn report(&mut self, report: &Value) -> Ran {
        self.set("REPORT", report.to_string());
        self.run(&["ci", "report"])
    }
}

fn report(comment: &str, labels: &[&str]) -> Value {
    json!({ "number": 7, "head": HEAD, "comment": format!("{MARKER}\n{comment}"), "labels": labels })
}

#[test]
fn a_change_has_one_report_and_its_known_labels() {
    for dialect in ALL {
        let forge = FakeForge::new(dialect, HEAD);
        let mut job = Job::new(dialect, &forge.base);
        forge.state().known = vec!["bug".to_owned(), "owners".to_owned(), "status".to_owned()];
        forge.state().labels = vec!["bug".to_owned(), "owners".to_owned()];
        let ran = job.report(&report("One", &["status", "new-server", "admin", "a,b"]));
        assert_eq!(ran.code, 0, "{dialect:?} {}{}", ran.out, ran.err);
        let mut labels = forge.state().labels.clone();
        labels.sort();
        assert_eq!(labels, ["bug", "new-server", "status"], "{dialect:?}");
        let ran = job.report(&report("Two\n::error::x", &["safe-to-merge"]));
        assert_eq!(ran.code, 0, "{dialect:?} {}", ran.err);
        let state = forge.state();
        assert_eq!(state.comments, [(Author::Own, format!("{MARKER}\nTwo\n::error::x"))]);
        assert_eq!(state.labels, ["bug", "safe-to-merge"], "{dialect:?}");
    }
}

#[test]
fn a_stranger_s_copy_of_the_marker_is_left_alone() {
    for dialect in ALL {
        let forge = FakeForge::new(dialect, HEAD);
        let hostile = format!("{MARKER}\nsafe to merge");
        // An own comment that only quotes the marker is another one too.
        let quoted = format!("> {MARKER}");
        forge.state().comments =
            vec![(Author::Stranger, hostile.clone()), (Author::Own, quoted.clone())];
        let ran = Job::new(dialect, &forge.base).report(&report("One", &[]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let state = forge.state();
        assert_eq!(state.comments[0], (Author::Stranger, hostile), "{dialect:?}");
        assert_eq!(state.comments[1], (Author::Own, quoted));
        assert_eq!(state.comments[2], (Author::Own, format!("{MARKER}\nOne")));
    }
}

#[test]
fn more_comments_than_anyone_reads_do_not_stop_a_report() {
    for dialect in ALL {
        let forge = FakeForge::new(dialect, HEAD);
        let noise = (Author::Stranger, format!("{MARKER}\n{}", "x".repeat(2000)));
        forge.state().comments = vec![noise; 1100];
        let ran = Job::new(dialect, &forge.base).report(&report("One", &[]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let state = forge.state();
        assert_eq!(state.comments.len(), 1101, "{dialect:?}");
        assert!(state.asked.len() < 20, "{}", state.asked.len());
    }
}

#[test]
fn an_older_verdict_never_replaces_a_newer_one() {
    for dialect in ALL {
        let forge = FakeForge::new(dialect, "f123456789abcdef0123456789abcdef01234567");
        let ran = Job::new(dialect, &forge.base).report(&report("One", &["status"]));
        assert_eq!(ran.code, 0);
        assert!(ran.err.contains("newer commits"), "{}", ran.err);
        let state = forge.state();
        assert!(state.comments.is_empty() && state.asked.iter().all(|a| a.starts_with("GET ")));
    }
}

#[test]
fn a_token_that_may_only_read_is_a_notice() {
    for (status, message) in [(403, "\n::error::Resource not accessible"), (404, "Not Found")] {
        let forge = FakeForge::new(Dialect::GitHub, HEAD);
        forge.state().refuse = Some((status, message));
        let ran = Job::new(Dialect::GitHub, &forge.base).report(&report("One", &[]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(
            ran.out.starts_with("::notice title=mcp-static::The report could not"),
            "{}",
            ran.out
        );
    }
    // A token that is not valid any more should be replaced.
    let forge = FakeForge::new(Dialect::GitLab, HEAD);
    let mut job = Job::new(Dialect::GitLab, &forge.base);
    job.set("MCP_STATIC_TOKEN", "expired");
    assert_eq!(job.report(&report("One", &[])).code, 2);
    // A failure of the forge is none of the token.
    let forge = FakeForge::new(Dialect::GitHub, HEAD);
    forge.state().refuse = Some((500, "::error::x"));
    let ran = Job::new(Dialect::GitHub, &forge.base).report(&report("One", &[]));
    assert_eq!(ran.code, 2, "{}", ran.err);
    // Nobody answers.
    let ran = Job::new(Dialect::GitHub, "http://127.0.0.1:1").report(&report("One", &[]));
    assert_eq!(ran.code, 3, "{}", ran.err);
}

#[test]
fn gitlab_without_a_token_keeps_its_report_in_the_log() {
    let forge = FakeForge::new(Dialect::GitLab, HEAD);
    let mut job = Job::new(Dialect::GitLab, &forge.base);
    job.variables.retain(|(name, _)| *name != "MCP_STATIC_TOKEN");
    let ran = job.report(&report("One", &[]));
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("set MCP_STATIC_TOKEN"), "{}", ran.err);
    assert!(forge.state().asked.is_empty());
    // Elsewhere a job always has one.
    let mut job = Job::new(Dialect::GitHub, &forge.base);
    job.variables.retain(|(name, _)| *name != "GITHUB_TOKEN");
    assert_eq!(job.report(&report("One", &[])).code, 2);
}

#[test]
fn a_report_that_the_judge_did_not_write_is_refused() {
    let forge = FakeForge::new(Dialect::GitHub, HEAD);
    let mut job = Job::new(Dialect::GitHub, &forge.base);
    let good = report("One", &[]);
    let with = |key: &str, value: Value| {
        let mut report = good.clone();
        report[key] = value;
        report
    };
    let mut wrong = vec![json!([]), json!("x"), json!({}), Value::Null];
    for value in [json!("7"), json!(-7), json!(0), json!(7.5), json!("../../user")] {
        wrong.push(with("number", value));
    }
    for value in [json!(""), json!("HEAD"), json!(7), json!(format!("{HEAD}0"))] {
        wrong.push(with("head", value));
    }
    let long = format!("{MARKER}\n{}", "é".repeat(40_000));
    for value in [json!("One"), json!(format!(" {MARKER}")), json!(long), json!(null)] {
        wrong.push(with("comment", value));
    }
    wrong.push(with("labels", json!("status")));
    for report in wrong {
        let ran = job.report(&report);
        assert_eq!(ran.code, 2, "{report}: {}", ran.err);
    }
    // The event of the job is about another change.
    let pull = |number: u64| {
        json!({
            "repository": { "default_branch": "main" },
            "pull_request": { "number": number, "head": { "sha": HEAD }, "base": { "ref": "main" } },
        })
    };
    job.event(pull(8));
    let ran = job.report(&good);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("another change"), "{}", ran.err);
    assert!(forge.state().asked.is_empty());
    job.event(pull(7));
    assert_eq!(job.report(&good).code, 0);
    assert_eq!(job.report(&with("number", Value::Null)).code, 0);
    assert_eq!(forge.state().comments.len(), 1);
}
