//! `fetch` and `judge`.

use serde_json::{Value, json};

use super::forge::{HELLO, Job, Kind, Registry, pull_request};

/// Fetches with a token and judges without one; the status of each.
fn judge(job: &Job<'_>) -> (i32, i32) {
    let fetched = job.clone().token().run(&["fetch"]).code;
    (fetched, job.run(&["judge"]).code)
}

fn labels(report: &Value) -> Vec<&str> {
    report["labels"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn a_change_is_judged_on_each_forge() {
    for kind in [Kind::GitHub, Kind::Forgejo, Kind::GitLab] {
        let registry = Registry::new(kind);
        let head = registry.propose(|project| {
            project.entry(HELLO, "1.1.0");
        });
        // Meanwhile the branch goes on.
        registry.project.entry("com.example/meanwhile", "1.0.0");
        registry.commit();
        registry.push("refs/heads/main:refs/heads/main");
        let job = registry.change(&head);
        job.clone().token().run(&["fetch"]).expect(0);
        let fetched = job.left("fetched.json").unwrap();
        assert_eq!((&fetched["head"], &fetched["number"]), (&json!(head), &json!(7)));
        assert_eq!(fetched["base"], registry.main());
        let ran = job.run(&["judge"]).expect(0);
        let report = job.left("report.json").unwrap();
        assert_eq!((&report["head"], &report["number"]), (&json!(head), &json!(7)));
        assert_eq!(labels(&report), ["new-version"]);
        let comment = report["comment"].as_str().unwrap();
        assert!(comment.starts_with("<!-- mcp-static verify -->\n"), "{comment}");
        assert!(comment.contains(HELLO) && !comment.contains("pwned"), "{comment}");
        let summary = match kind {
            Kind::GitLab => ran.err,
            _ => job.summary(),
        };
        for line in [
            "This change is valid; review decides who may publish it.",
            "| added | `/v0.1/servers/com.example/hello/versions/1.1.0` |",
            "| changed | `/v0.1/servers/com.example/hello/versions/latest` |",
            "| changed | `/v0.1/servers` |",
        ] {
            assert!(summary.contains(line), "{line}\n{summary}");
        }
        assert!(!summary.contains("/v0.1/version`"), "{summary}");
        assert!(!summary.contains("meanwhile"), "{summary}");
        if kind != Kind::GitLab {
            let output: Value = serde_json::from_str(&job.output("report").unwrap()).unwrap();
            assert_eq!(output, report);
        }
        // Nothing was checked out, and nothing was run.
        let repository = registry.path("temp/mcp-static/registry.git/registry-data");
        assert!(!repository.exists() && !registry.path("pwned").exists());
    }
}

#[test]
fn the_verdict_is_the_end_of_the_job() {
    let registry = Registry::new(Kind::GitHub);
    // An edit of what is published.
    let edited = registry.propose(|project| {
        project.entry_with(HELLO, "1.0.0", "\"title\": \"Bye\",");
    });
    let job = registry.change(&edited);
    job.clone().token().run(&["fetch"]).expect(0);
    let ran = job.run(&["judge"]).expect(1);
    assert!(ran.out.contains("title=version-immutable"), "{}", ran.out);
    assert!(ran.out.contains("\n::error title=mcp-static::The change is refused"), "{}", ran.out);
    let report = job.left("report.json").unwrap();
    assert!(report["comment"].as_str().unwrap().contains("version-immutable"), "{report}");

    // A fork, whose change a maintainer has to take over.
    let head = registry.propose(|project| {
        project.entry(HELLO, "1.1.0");
    });
    let mut event = pull_request(&head);
    event["pull_request"]["head"]["repo"]["id"] = json!(11);
    let mut job = registry.change(&head);
    job.event("pull_request_target", &event).clone().token().run(&["fetch"]).expect(0);
    let ran = job.run(&["judge"]).expect(0);
    assert!(
        ran.out.contains("::notice title=mcp-static::A maintainer has to decide"),
        "{}",
        ran.out
    );
    assert_eq!(labels(&job.left("report.json").unwrap()), ["new-version", "needs-maintainer"]);

    // Data that is in neither commit cannot be judged; the old labels go all the same.
    job.run(&["judge", "--data", "elsewhere"]).expect(2).says("could not be judged");
    let report = job.left("report.json").unwrap();
    assert!(report["comment"].as_str().unwrap().contains("could not be judged"), "{report}");
    assert!(labels(&report).is_empty());
    job.run(&["judge", "--data", "../registry-data"]).expect(2).says("not in the repository");

    // Nobody answers about a namespace that has to be proven.
    let text = "[registry]\nid = \"https://mcp.acme.example\"\n[ownership]\ntrust = \"proof\"\n\
        [ownership.domain]\nsources = [\"dns\"]\n\
        [ownership.dns]\nresolvers = [\"127.0.0.1:9\"]\nquorum = 1\ntry_ms = 100\ntotal_ms = 200\n";
    registry.project.file("registry-data/registry.toml", text);
    registry.commit();
    registry.push("refs/heads/main:refs/heads/main");
    let head = registry.propose(|project| {
        project.entry("com.example/tides", "1.0.0");
        project.run(&["sign", "key", "new", "--out", "key", "--domain", "example.com"]).expect(0);
        project.run(&["sign", "entry", "com.example/tides@1.0.0", "--key", "key"]).expect(0);
    });
    let job = registry.change(&head);
    job.clone().token().run(&["fetch"]).expect(0);
    let ran = job.run(&["judge"]).expect(3);
    assert!(ran.out.contains("title=ownership-unknown"), "{}", ran.out);
    assert!(
        ran.out.contains("\n::error title=mcp-static::Another host did not answer"),
        "{}",
        ran.out
    );
}

#[test]
fn on_gitlab_a_maintainers_decision_is_a_status() {
    let registry = Registry::new(Kind::GitLab);
    let head = registry.propose(|project| {
        project.entry(HELLO, "1.1.0");
    });
    let mut job = registry.change(&head);
    job.set("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "11");
    let ran = job.clone().token().run(&["fetch"]).expect(0);
    assert!(!ran.out.contains("::"), "{}", ran.out);
    let ran = job.run(&["judge"]).expect(4).says("note: A maintainer has to decide");
    assert!(!ran.out.contains("::error") && !ran.err.contains("::error"), "{}", ran.err);
}

#[test]
fn what_the_event_does_not_allow_is_not_judged() {
    let registry = Registry::new(Kind::GitHub);
    let head = registry.propose(|project| {
        project.entry(HELLO, "1.1.0");
    });
    let mut job = registry.change(&head);
    // Another branch than the publishing one.
    let mut event = pull_request(&head);
    event["pull_request"]["base"]["ref"] = json!("release");
    job.event("pull_request", &event);
    assert_eq!(judge(&job), (1, 1));
    let report: Value = serde_json::from_str(&job.output("report").unwrap()).unwrap();
    assert!(report["comment"].as_str().unwrap().contains("change the base"), "{report}");
    assert_eq!(report["number"], 7);
    job.clone().token().run(&["fetch"]).expect(1).says("::error title=mcp-static::This registry");
    assert!(job.summary().contains("change the base"));
    job.clone().token().run(&["fetch", "--branch", "release"]).expect(3);
    // A commit that is no longer the newest one, and a pull request that is gone.
    job.event("pull_request", &pull_request(&registry.main()));
    assert_eq!(judge(&job), (3, 3));
    assert!(job.left("report.json").unwrap()["comment"].as_str().unwrap().contains("newer"));
    let mut event = pull_request(&head);
    event["pull_request"]["number"] = json!(8);
    job.event("pull_request", &event);
    let ran = job.clone().token().run(&["fetch"]).expect(3).says("did not hand out the commits");
    assert!(ran.err.contains("refs/pull/8/head"), "{}", ran.err);
}

#[test]
fn a_hostile_event_is_an_error() {
    let registry = Registry::new(Kind::GitHub);
    let head = registry.propose(|project| {
        project.entry(HELLO, "1.1.0");
    });
    let mut job = registry.change(&head);
    let wrong = |job: &mut Job<'_>, name: &str, place: &str, value: Value| {
        // What an earlier run left must not be believed.
        assert_eq!(judge(registry.change(&head).unset("none")), (0, 0));
        let mut event = pull_request(&head);
        *event.pointer_mut(place).unwrap() = value;
        job.event(name, &event);
        let ran = job.clone().token().run(&["fetch"]).expect(2);
        assert!(!format!("{}{}", ran.out, ran.err).contains("\n::error::x"), "{}", ran.err);
        assert_eq!((job.left("fetched.json"), job.left("report.json")), (None, None));
        job.run(&["judge"]).expect(2).says("run `mcp-static ci fetch` first");
    };
    let (sha, number) = ("/pull_request/head/sha", "/pull_request/number");
    wrong(&mut job, "pull_request", sha, json!(format!("{head}; id")));
    wrong(&mut job, "pull_request", sha, json!(7));
    wrong(&mut job, "pull_request", number, json!("7 --upload-pack=x"));
    wrong(&mut job, "pull_request", number, json!(-1));
    wrong(&mut job, "issue_comment", number, json!(7));
    wrong(&mut job, "pull_request", "/pull_request", Value::Null);
    for branch in ["--upload-pack=x", "a\nb\n::error::x", "*", "a:b", "a..b", "", "größe"] {
        let mut event = pull_request(&head);
        event["repository"]["default_branch"] = json!(branch);
        event["pull_request"]["base"]["ref"] = json!(branch);
        job.event("pull_request", &event);
        let ran = job.clone().token().run(&["fetch"]).expect(2).says("is not a reference");
        assert!(!ran.err.contains("\n::error::x"), "{}", ran.err);
    }
    registry.project.file("event.json", "not JSON");
    job.run(&["fetch"]).expect(2).says("the event cannot be read");
    registry.project.file("event.json", &" ".repeat(2 << 20));
    job.run(&["fetch"]).expect(2).says("larger than 1 MiB");
    job.unset("GITHUB_EVENT_PATH").run(&["fetch"]).expect(2).says("GITHUB_EVENT_PATH is not set");
}

#[test]
fn the_judge_refuses_a_token_and_needs_no_outputs() {
    let registry = Registry::new(Kind::GitHub);
    let head = registry.propose(|project| {
        project.entry(HELLO, "1.1.0");
    });
    let mut job = registry.change(&head);
    job.clone().token().run(&["fetch"]).expect(0);
    job.clone().token().run(&["judge"]).expect(2).says("GITHUB_TOKEN is set");
    for name in ["CI_JOB_TOKEN", "CI_REPOSITORY_URL", "ACTIONS_RUNTIME_TOKEN"] {
        job.clone().set(name, "x").run(&["judge"]).expect(2).says(&format!("env -u {name}"));
    }
    // Forges that run all steps with the variable can empty it.
    job.set("GITHUB_TOKEN", "").unset("GITHUB_OUTPUT").unset("GITHUB_STEP_SUMMARY");
    job.run(&["judge"]).expect(0).says("This change is valid; review decides who may publish it.");
    assert!(job.left("report.json").is_some());
    // Values of another hand are not believed either.
    registry.project.file("temp/mcp-static/fetched.json", "{\"head\":7}");
    job.run(&["judge"]).expect(2).says("not the result of `mcp-static ci fetch`");
}

#[test]
fn a_queue_is_judged_from_base_to_head() {
    let registry = Registry::new(Kind::GitHub);
    let head = registry.propose(|project| {
        project.entry(HELLO, "1.1.0");
    });
    let queue = "refs/heads/gh-readonly-queue/main/pr-7";
    registry.push(&format!("{head}:{queue}"));
    let event = |base: &str| {
        json!({ "repository": { "default_branch": "main", "visibility": "private" },
            "merge_group": { "head_sha": head, "base_sha": base,
            "base_ref": "refs/heads/main", "head_ref": queue } })
    };
    let mut job = registry.job();
    job.event("merge_group", &event(&registry.main()));
    assert_eq!(judge(&job), (0, 0));
    let report = job.left("report.json").unwrap();
    assert_eq!((&report["number"], &report["head"]), (&Value::Null, &json!(head)));
    job.event("merge_group", &event("main"));
    assert_eq!(job.run(&["fetch"]).code, 2);
    job.event("merge_group", &event(&"0".repeat(40)));
    assert_eq!(job.run(&["fetch"]).code, 2);
}
