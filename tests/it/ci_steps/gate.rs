//! `gate` and `remember`: what is judged, what is held back, and which references move.

use serde_json::{Value, json};

use super::forge::{HELLO, Job, Kind, Registry, TOKEN, URL};
use super::live::document;
use crate::project::{Ran, tree};

/// Runs the gate with a token.
pub(super) fn gate(job: &Job<'_>, args: &[&str]) -> Ran {
    job.clone().token().run(&[&["gate", "--for", "github-pages"], args].concat())
}

/// The deployment that the gate passed on, given to the next job as its step output.
pub(super) fn deployment(job: &Job<'_>) -> Value {
    let left = job.left("deployment.json").expect("a deployment is passed on");
    if let Some(output) = job.output("deployment") {
        assert_eq!(serde_json::from_str::<Value>(&output).unwrap(), left);
    }
    left
}

/// Runs `remember` in another job, with the work folder of none.
fn remember(job: &Job<'_>, deployment: &Value) -> Ran {
    let mut job = job.clone();
    job.token().set("DEPLOYMENT", &deployment.to_string());
    job.run(&["remember", "--work", "empty"])
}

#[test]
fn the_first_deployment_is_built_tried_and_remembered_on_each_forge() {
    let mut sites = Vec::new();
    for kind in [Kind::GitHub, Kind::Forgejo, Kind::GitLab] {
        let registry = Registry::new(kind);
        let job = registry.job();
        let args: &[&str] = if kind == Kind::GitLab { &["--out", "public"] } else { &[] };
        let ran = gate(&job, args).expect(0);
        let first = deployment(&job);
        let summary = match kind {
            Kind::GitLab => format!("{}{}", ran.out, ran.err),
            _ => job.summary(),
        };
        assert!(format!("{}{}", ran.out, ran.err).contains("so this is the first"), "{}", ran.err);
        assert_eq!(first["commit"], registry.main());
        assert_eq!((&first["host"], &first["url"]), (&json!("github-pages"), &json!(URL)));
        assert_eq!((&first["held"], &first["proven"]), (&json!(0), &json!(registry.main())));
        for text in [
            "Everything in this change is proven.",
            &format!("### What clients would see (preview) of `{URL}`"),
            "| **VS Code** | ✓ |",
            &format!("manifest.json has SHA-256 {}", first["manifest"].as_str().unwrap()),
        ] {
            assert!(summary.contains(text), "{text}\n{summary}");
        }
        let folder = if kind == Kind::GitLab { "public" } else { "temp/mcp-static/site" };
        let site = tree(&registry.path(folder));
        assert!(site.contains_key(".nojekyll"));
        let probed = String::from_utf8(site["probe/probe.json"].clone()).unwrap();
        assert!(probed.contains(URL) && !probed.contains("127.0.0.1"), "{probed}");
        assert!(String::from_utf8_lossy(&site["manifest.json"]).contains("probe/badge.svg"));
        sites.push(site);

        remember(&job, &first).expect(0).says("is deployed");
        assert_eq!(registry.mark("deployed"), Some(registry.main()));
        assert_eq!((registry.mark("pending"), registry.mark("good")), (None, None));
    }
    // The site is a function of its data alone.
    assert!(sites.iter().all(|site| *site == sites[0]), "two builds of one commit differ");
}

#[test]
fn what_is_refused_is_held_back_until_it_is_mended() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    let first = registry.main();
    registry.project.file("summary", "");
    gate(&job, &[]).expect(0);
    remember(&job, &deployment(&job)).expect(0);

    registry.project.file(&format!("registry-data/servers/{HELLO}/1.1.0/server.json"), "[]");
    let second = registry.commit();
    let ran = gate(&job, &[]).expect(0);
    let warning =
        "::warning title=mcp-static::Some files are held back and stay as they were deployed (1)";
    assert!(ran.out.contains(warning), "{}", ran.out);
    assert!(job.summary().contains("| held back |"), "{}", job.summary());
    let held = deployment(&job);
    assert_eq!((&held["held"], &held["proven"]), (&json!(1), &json!(first)));
    let versions = registry.path("temp/mcp-static/site/v0.1/servers").join(HELLO).join("versions");
    assert!(versions.join("1.0.0").exists() && !versions.join("1.1.0").exists());
    remember(&job, &held).expect(0).says("is the base of the next run");
    assert_eq!(registry.mark("deployed"), Some(first.clone()));
    assert_eq!(registry.mark("pending"), Some(second));

    registry.project.entry(HELLO, "1.1.0");
    let third = registry.commit();
    gate(&job, &[]).expect(0);
    assert!(versions.join("1.1.0").exists());
    let mended = deployment(&job);
    remember(&job, &mended).expect(0);
    assert_eq!((registry.mark("deployed"), registry.mark("pending")), (Some(third), None));

    // What names no commit is not remembered.
    for (key, value) in [("commit", json!("main")), ("proven", json!("../elsewhere"))] {
        let mut wrong = held.clone();
        wrong[key] = value;
        remember(&job, &wrong).expect(2).says("does not name a commit");
    }
    remember(&job, &json!({ "commit": 7 }))
        .expect(2)
        .says("not the result of `mcp-static ci gate`");
    job.clone()
        .run(&["remember", "--work", "empty"])
        .expect(2)
        .says("run `mcp-static ci gate` first");
}

#[test]
fn a_gate_that_cannot_judge_lets_nothing_through() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    let first = registry.main();
    registry.push("refs/heads/main:refs/mcp-static/deployed");
    gate(&job, &["--data", "elsewhere"]).expect(2);
    gate(&job, &["--for", "moon"]).expect(2);
    gate(&job, &["--live-url", "http://mcp.acme.example"]).expect(2).says("use https");
    registry.project.file("public/index.html", "of a commit");
    gate(&job, &["--out", "public"]).expect(2).says("is not empty");
    assert_eq!(job.left("deployment.json"), None);

    // What is deployed already is not valid, so there is nothing to fall back to.
    let broken = format!("registry-data/servers/{HELLO}/1.1.0/server.json");
    registry.project.file(&broken, "[]");
    registry.commit();
    registry.push("refs/heads/main:refs/mcp-static/deployed");
    let back = registry.clone.find_commit(git2::Oid::from_str(&first).unwrap()).unwrap();
    let main = registry.clone.find_commit(git2::Oid::from_str(&registry.main()).unwrap()).unwrap();
    registry.clone.reset(back.as_object(), git2::ResetType::Hard, None).unwrap();
    gate(&job, &[]).expect(2).says("This run is for an older commit than the deployed one");
    registry.clone.reset(main.as_object(), git2::ResetType::Hard, None).unwrap();
    registry.project.entry("com.example/more", "1.0.0");
    registry.commit();
    registry.project.file("temp/mcp-static/deployment.json", "{}");
    let ran = gate(&job, &[]).expect(1);
    assert!(
        ran.out.contains("::error title=mcp-static::What was merged could not be judged"),
        "{}",
        ran.out
    );
    assert!(job.summary().contains("This change is refused."), "{}", job.summary());
    assert_eq!(job.left("deployment.json"), None, "an older deployment would be believed");

    // Another history.
    let commit = registry.clone.find_commit(git2::Oid::from_str(&first).unwrap()).unwrap();
    registry.clone.reset(commit.as_object(), git2::ResetType::Hard, None).unwrap();
    registry.project.entry(HELLO, "2.0.0");
    registry.commit();
    gate(&job, &[]).expect(2).says("delete refs/mcp-static/deployed");
}

#[test]
fn without_a_reference_the_live_site_knows_what_is_deployed() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    let first = registry.main();
    registry.project.entry_with(HELLO, "1.0.0", "\"title\": \"Edited\",");
    let edited = registry.commit();
    registry.project.entry(HELLO, "1.1.0");
    registry.commit();
    let manifest = |commit: &str| {
        let manifest = json!({ "tool": "mcp-static", "commit": commit, "files": [] });
        document(200, "application/json", manifest.to_string())
    };
    let held = |live: &str| {
        gate(&job, &["--live-url", live]).expect(0);
        deployment(&job)["held"].clone()
    };
    // Deployed is what the live site says, when it names a commit of this history.
    assert_eq!(held(&manifest(&edited)), 0);
    assert_eq!(held(&manifest(&first)), 1);
    gate(&job, &["--live-url", &manifest(&"0".repeat(40))]).expect(0);
    assert_ne!(deployment(&job)["commit"], json!(null));
    // The first deployment held something back: what the live site says counts no more.
    registry.push(&format!("{first}:refs/mcp-static/pending"));
    assert_eq!(held(&manifest(&edited)), 1);
}

#[test]
fn what_the_first_deployment_held_back_stays_so_when_nobody_remembers_it() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    // In a namespace that only the accounts of a rule may use, and nobody has proven to be one.
    let rule = "[[ownership.rule]]\nnamespace = \"org.stranger\"\nmethods = [\"owners-file\"]\n\
                accounts = [{ forge = \"github.com\", id = 1001, login = \"alice\" }]\n";
    registry.settings(rule);
    let settings = std::fs::read_to_string(registry.path("registry-data/registry.toml")).unwrap();
    let settings = settings.replace("\"review\"", "\"proof\"");
    registry.project.file("registry-data/registry.toml", &settings);
    registry.clone.find_reference("refs/heads/main").unwrap().delete().unwrap();
    registry.commit();
    registry.project.entry("org.stranger/tool", "1.0.0");
    registry.commit();
    gate(&job, &[]).expect(0);
    assert_eq!(deployment(&job)["held"], 1);
    // It is live, but the step `remember` did not run, as after a failed proof.
    let live = std::fs::read_to_string(registry.path("temp/mcp-static/site/manifest.json"));
    let live = document(200, "application/json", live.unwrap());
    gate(&job, &["--live-url", &live]).expect(0);
    assert_eq!(deployment(&job)["held"], 1);
}

#[test]
fn the_last_good_run_is_remembered_and_found() {
    for kind in [Kind::GitHub, Kind::Forgejo, Kind::GitLab] {
        let registry = Registry::new(kind);
        let mut job = registry.job();
        let manifest = "ab".repeat(32);
        let site = json!({ "commit": registry.main(), "host": "plain", "url": URL,
            "manifest": manifest, "held": 0, "proven": null });
        let found = |job: &Job<'_>| {
            job.clone().token().run(&["last-good"]).expect(0);
            ["run", "commit", "manifest"].map(|name| job.output(name).unwrap_or_default())
        };
        assert_eq!(found(&job), ["", "", ""]);
        job.set("RESULT", "unproven");
        remember(&job, &site).expect(0);
        assert_eq!(registry.mark("good"), None);
        job.set("RESULT", "works");
        remember(&job, &site).expect(0).says("run 4711 is the last good one");
        let tag = git2::Oid::from_str(&registry.mark("good").unwrap()).unwrap();
        let tag = registry.forge.find_tag(tag).unwrap();
        assert_eq!(tag.target_id().to_string(), registry.main());
        let message = tag.message().unwrap().unwrap();
        assert!(message.contains(&format!("run: 4711\nmanifest: {manifest}\n")), "{message}");
        if kind != Kind::GitLab {
            assert_eq!(found(&job), ["4711".to_owned(), registry.main(), manifest.clone()]);
            job.set("GITHUB_RUN_ID", "47; id");
            remember(&job, &site).expect(2).says("this run has no number");
            job.set("GITHUB_RUN_ID", "4712");
            remember(&job, &site).expect(0);
            assert_eq!(found(&job)[0], "4712");
        } else {
            job.run(&["last-good"]).expect(0).says("last good run: 4711");
        }
    }
}

#[test]
fn a_tag_of_another_hand_is_read_with_care() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    let main = registry.forge.revparse_single("refs/heads/main").unwrap();
    let who = git2::Signature::now("A", "a@example.com").unwrap();
    for (message, expected) in [
        ("run: 12\n", ["12".to_owned(), registry.main(), String::new()]),
        ("run: 12; id\nmanifest: x\n", [String::new(), registry.main(), String::new()]),
        ("run: 1\u{1b}[2J\nrun: 3\n", [String::new(), registry.main(), String::new()]),
        ("run<<x\n", [String::new(), registry.main(), String::new()]),
    ] {
        let tag = registry.forge.tag_annotation_create("good", &main, &who, message).unwrap();
        registry.forge.reference("refs/mcp-static/good", tag, true, "").unwrap();
        job.run(&["last-good"]).expect(0);
        let found = ["run", "commit", "manifest"].map(|name| job.output(name).unwrap());
        assert_eq!(found, expected, "{message:?}");
    }
}

#[test]
fn a_gitlab_that_takes_no_push_is_only_a_warning() {
    let registry = Registry::new(Kind::GitLab);
    registry.forge.config().unwrap().set_str("transfer.hideRefs", "refs/mcp-static").unwrap();
    let site = json!({ "commit": registry.main(), "host": "gitlab-pages", "url": URL,
        "manifest": "ab".repeat(32), "held": 0, "proven": null });
    let ran = remember(&registry.job(), &site).expect(0);
    assert!(
        ran.err.contains("warning: The deployed commit could not be remembered"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("set MCP_STATIC_TOKEN") && !ran.err.contains(TOKEN), "{}", ran.err);
}

#[test]
fn the_day_of_the_run_ends_an_exception() {
    let registry = Registry::new(Kind::GitHub);
    registry.project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"no-two\"\naction = \"deny\"\nreason = \"x\"\nmatch = { version = [\"2.*\"] }\n\n[[exceptions]]\nrule = \"no-two\"\nname = [\"*\"]\nreason = \"x\"\napproved_by = \"Jo\"\nexpires = 2030-06-30\n",
    );
    registry.commit();
    registry.project.entry(HELLO, "2.0.0");
    registry.commit();
    for (time, is_listed) in [("1909094399", true), ("1909094400", false)] {
        let mut job = registry.job();
        gate(job.set("SOURCE_DATE_EPOCH", time), &[]).expect(0);
        let versions = registry.path("temp/mcp-static/site/v0.1/servers").join(HELLO);
        assert!(versions.join("versions/1.0.0").exists());
        assert_eq!(versions.join("versions/2.0.0").exists(), is_listed, "{time}");
    }
}
