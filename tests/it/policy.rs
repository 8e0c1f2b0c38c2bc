//! The policy: what is left out or refused, everywhere that a version can be seen.

use serde_json::Value;

use crate::project::{Project, home, tree};

/// The first of June 2026.
const JUNE: i64 = 1_780_272_000;

const BY_DIGEST: &str = r#"[[rules]]
id = "images-by-digest"
action = "deny"
reason = "Images are pinned by digest, so that what was reviewed is what runs."

[rules.match]
package_type = ["oci"]
pinned = false
"#;

const EXCEPTION: &str = r#"
[[exceptions]]
rule = "images-by-digest"
name = ["com.example/weather"]
version = ["2.0.0"]
reason = "It is pinned from version 3 on."
approved_by = "Jo"
expires = 2026-06-30
"#;

/// A registry with one server of three versions, the two newest with images by tag; and one server with nothing else.
fn images() -> Project {
    let project = Project::empty();
    project.git();
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (name, version, image) in [
        ("com.example/weather", "1.0.0", format!("ghcr.io/example/weather@sha256:{digest}")),
        ("com.example/weather", "2.0.0", "ghcr.io/example/weather:2.0.0".to_owned()),
        ("com.example/weather", "3.0.0", "ghcr.io/example/weather:3.0.0".to_owned()),
        ("com.example/tides", "1.0.0", "ghcr.io/example/tides:1.0.0".to_owned()),
    ] {
        let package = format!(
            "\"packages\": [\n    {{\n      \"registryType\": \"oci\",\n      \"identifier\": \"{image}\",\n      \"transport\": {{ \"type\": \"stdio\" }}\n    }}\n  ],"
        );
        project.entry_with(name, version, &package);
        project.commit(JUNE);
    }
    project
}

fn build(project: &Project, more: &[&str]) -> crate::project::Ran {
    let base = ["build", "--for", "cloudflare-pages", "--base-url", "https://mcp.example.com"];
    project.run(&[&base, more].concat())
}

#[test]
fn denied_versions_are_in_no_file_and_the_newest_allowed_one_is_the_latest() {
    let project = images();
    build(&project, &[]).expect(0);
    assert!(!project.path("_site/policy").exists());
    assert!(!project.read("_site/index.html").contains("policy/"));
    project.file("registry-data/policy.toml", BY_DIGEST).commit(JUNE);
    let ran = build(&project, &[]).expect(0);
    assert_eq!(ran.out.matches("warning[policy-denied]").count(), 3, "{}", ran.out);
    let latest = project.json("_site/v0.1/servers/com.example/weather/versions/latest/index.json");
    assert_eq!(latest["server"]["version"], "1.0.0");
    let official = &latest["_meta"]["io.modelcontextprotocol.registry/official"];
    assert_eq!(official["isLatest"], true);
    // Names of what is left out are on the page of the policy, and nowhere else.
    for (path, bytes) in tree(&project.path("_site")) {
        let text = String::from_utf8_lossy(&bytes);
        let is_own = path.starts_with("policy/");
        for denied in ["weather:2.0.0", "weather:3.0.0", "tides"] {
            assert!(is_own || !text.contains(denied), "{path} has {denied}");
            assert!(is_own || !path.contains(denied), "{path}");
        }
    }
    let policy = project.json("_site/policy/policy.json");
    let left_out = |i: usize| {
        let row = &policy["leftOut"][i];
        (row["name"].as_str().unwrap().to_owned(), row["versions"].clone(), row["rule"].clone())
    };
    let rule = Value::from("images-by-digest");
    assert_eq!(
        left_out(0),
        ("com.example/tides".to_owned(), serde_json::json!(["1.0.0"]), rule.clone())
    );
    assert_eq!(
        left_out(1),
        ("com.example/weather".to_owned(), serde_json::json!(["3.0.0", "2.0.0"]), rule)
    );
    assert_eq!(
        policy["rules"][0]["match"],
        serde_json::json!({"package_type": ["oci"], "pinned": false})
    );
    let page = project.read("_site/policy/index.html");
    assert!(page.contains("com.example/tides") && page.contains("so that what was reviewed"));
    assert!(project.read("_site/index.html").contains("href=./policy/>Policy"));
}

#[test]
fn a_denial_names_the_rule_and_the_place_in_every_format() {
    let project = images();
    project.file("registry-data/policy.toml", BY_DIGEST).commit(JUNE);
    let entry = "registry-data/servers/com.example/tides/1.0.0/server.json";
    let rule = "registry-data/policy.toml";
    let checked = |format: &str| project.run(&["check", "--format", format]).expect(0).out;
    let human = checked("human");
    for part in [
        &format!("--> {entry}:7:21   /packages/0/identifier"),
        "the policy leaves out com.example/tides 1.0.0 (images-by-digest): Images are pinned by digest, so that what was reviewed is what runs\n",
        &format!("--> {rule}:2:6   /rules/0/id"),
    ] {
        assert!(human.contains(part), "{part}\n{human}");
    }
    let json: Vec<Value> =
        checked("json").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let denied = json.iter().find(|d| d["file"] == entry && d["code"] == "policy-denied").unwrap();
    assert_eq!(
        (&denied["line"], &denied["pointer"]),
        (&7.into(), &"/packages/0/identifier".into())
    );
    let label = serde_json::json!({"file": rule, "pointer": "/rules/0/id", "line": 2, "column": 6, "message": "the rule"});
    assert_eq!(denied["labels"], serde_json::json!([label]));
    assert!(json.iter().all(|d| d["code"] == "policy-denied" || d.get("labels").is_none()));
    let sarif: Value = serde_json::from_str(&checked("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let denied = results.iter().find(|r| r["ruleId"] == "policy-denied").unwrap();
    assert_eq!(denied["locations"][0]["physicalLocation"]["region"]["startLine"], 7);
    let related = &denied["relatedLocations"][0]["physicalLocation"];
    assert_eq!(
        (&related["artifactLocation"]["uri"], &related["region"]["startLine"]),
        (&rule.into(), &2.into())
    );
    let github = checked("github");
    let line = github.lines().find(|line| line.contains("tides 1.0.0")).unwrap();
    assert!(line.starts_with(&format!("::warning file={entry},line=7,col=21,")), "{line}");
    assert!(line.contains(&format!("%0A{rule}:2:6: the rule%0A")), "{line}");
    let markdown = checked("markdown");
    assert!(markdown.contains("at 7:21 `/packages/0/identifier`"), "{markdown}");
    assert!(markdown.contains(&format!("`{rule}:2:6`: the rule")), "{markdown}");
}

#[test]
fn a_policy_that_refuses_stops_check_build_and_serve() {
    let project = images();
    project
        .file("registry-data/policy.toml", &format!("denied = \"refuse\"\n{BY_DIGEST}"))
        .commit(JUNE);
    for args in [&["check"][..], &["build"]] {
        let ran = project.run(args).expect(1);
        assert_eq!(ran.out.matches("error[policy-denied]").count(), 3, "{}", ran.out);
        assert!(
            ran.out.contains("`mcp-static status com.example/tides@1.0.0 deleted`"),
            "{}",
            ran.out
        );
    }
    assert!(!project.path("_site").exists());
    // The setting is the default severity; what is denied is left out whatever the severity.
    project.run(&["build", "-W", "policy-denied", "--only", "api"]).expect(0);
    assert!(!project.path("_site/v0.1/servers/com.example/tides").exists());
    project.run(&["build", "-A", "policy-denied", "--only", "api"]).expect(0);
    assert!(!project.path("_site/v0.1/servers/com.example/tides").exists());
    // A withdrawn version is not published, so it stops nothing, and it stays left out.
    for entry in ["com.example/tides", "com.example/weather@2.0.0", "com.example/weather@3.0.0"] {
        project.run(&["status", entry, "deleted"]).expect(0);
    }
    project.commit(JUNE + 1);
    build(&project, &[]).expect(0);
    let index: String = tree(&project.path("_site"))
        .into_iter()
        .filter(|(path, _)| !path.starts_with("manifest"))
        .map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    assert!(!index.contains("example/tides"));
}

#[test]
fn an_exception_counts_until_its_day_is_over_and_the_cache_knows() {
    let project = images();
    project.file("registry-data/policy.toml", &format!("{BY_DIGEST}{EXCEPTION}")).commit(JUNE);
    let latest = || {
        let latest =
            project.json("_site/v0.1/servers/com.example/weather/versions/latest/index.json");
        latest["server"]["version"].as_str().unwrap().to_owned()
    };
    let build = |epoch: Option<&str>| {
        let env: Vec<(&str, &str)> = epoch.iter().map(|it| ("SOURCE_DATE_EPOCH", *it)).collect();
        let args = ["build", "--base-url", "https://mcp.example.com"];
        let ran = project.run_with(&args, &env).expect(0);
        // A build from the cache and one from nothing are the same.
        let cached = (ran.out.clone(), tree(&project.path("_site")));
        project.remove("_site").remove(".mcp-static");
        let fresh = project.run_with(&args, &env).expect(0);
        let again = project.run_with(&args, &env).expect(0);
        assert_eq!(cached.1, tree(&project.path("_site")));
        assert_eq!((&cached.0, &cached.0), (&fresh.out, &again.out));
        ran.out
    };
    let out = build(None);
    assert_eq!(latest(), "2.0.0");
    assert!(!out.contains("policy-exception"), "{out}");
    let out = build(Some("1782863999")); // the last second of June
    assert_eq!(latest(), "2.0.0");
    assert!(!out.contains("policy-exception"), "{out}");
    let out = build(Some("1782864000"));
    assert_eq!(latest(), "1.0.0");
    assert!(out.contains("warning[policy-exception-expired]: the exception of com.example/weather from images-by-digest expired on 2026-06-30"), "{out}");
    assert!(out.contains("this exception expired on 2026-06-30"), "{out}");
    // The commit decides without the variable.
    project.file("registry-data/README.md", "x").commit(1_782_864_000);
    build(None);
    assert_eq!(latest(), "1.0.0");
    let unused = EXCEPTION.replace("2.0.0", "9.*");
    project.file("registry-data/policy.toml", &format!("{BY_DIGEST}{unused}")).commit(JUNE);
    assert!(build(None).contains("warning[policy-exception-unused]"));
}

#[test]
fn the_age_of_a_namespace_is_that_of_its_first_entry() {
    let project = Project::empty();
    project.git();
    project.entry("com.example/old", "1.0.0").commit(JUNE - 100 * 86_400);
    project.entry("com.example/new", "1.0.0").entry("org.example/young", "1.0.0");
    project.entry("org.example/pinned", "1.0.0");
    project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"young\"\naction = \"deny\"\nreason = \"New namespaces wait.\"\nmatch = { namespace_younger_than = 30 }\n",
    );
    project.commit(JUNE);
    let left_out = |epoch: i64| {
        let env = [("SOURCE_DATE_EPOCH", epoch.to_string())];
        let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
        project.run_with(&["build", "--only", "api"], &env).expect(0);
        let policy = project.json("_site/policy/policy.json");
        let rows = policy["leftOut"].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(left_out(JUNE + 29 * 86_400), ["org.example/pinned", "org.example/young"]);
    assert_eq!(left_out(JUNE + 30 * 86_400), [""; 0]);
    // A mirrored entry keeps the date of its registry.
    project.pin("org.example/pinned", "1.0.0", "2026-01-01T00:00:00Z").commit(JUNE);
    assert_eq!(left_out(JUNE), [""; 0]);
}

/// Without a commit and without `SOURCE_DATE_EPOCH` the newest publication is the current day.
#[test]
fn data_outside_git_is_judged_on_the_day_of_its_newest_entry() {
    let project = Project::empty();
    for (name, day) in [("com.example/old", "2026-01-01"), ("org.example/young", "2026-05-31")] {
        project.entry(name, "1.0.0").pin(name, "1.0.0", &format!("{day}T00:00:00Z"));
    }
    project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"young\"\naction = \"deny\"\nreason = \"New namespaces wait.\"\nmatch = { namespace_younger_than = 30 }\n",
    );
    let ran = project.run(&["check"]).expect(0);
    let counts = "checked 2 servers with 2 versions: no errors; the policy leaves out 1 version";
    assert!(ran.err.contains(counts), "{}", ran.err);
    let ran = project.run(&["build", "--only", "api"]).expect(0);
    assert!(ran.err.contains("1 server with 1 version for plain"), "{}", ran.err);
    let policy = project.json("_site/policy/policy.json");
    assert_eq!(policy["leftOut"].as_array().unwrap().len(), 1);
    assert_eq!(policy["leftOut"][0]["name"], "org.example/young");
}

#[test]
fn a_wrong_policy_stops_everything() {
    let project = images();
    project.file("registry-data/policy.toml", "defualt = \"deny\"\n").commit(JUNE);
    for args in [&["check"][..], &["build"]] {
        let ran = project.run(args).expect(1);
        assert!(
            ran.out.contains("error[policy-invalid]: the key \"defualt\" is not known here"),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("policy.toml:1:1"), "{}", ran.out);
    }
}

/// The workflows set the variable to the current day, in the shell that runs the gate.
#[test]
#[cfg(unix)]
fn every_published_site_is_that_of_its_day() {
    let day = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_secs() / 86_400 * 86_400
    };
    for (forge, file) in [
        ("github", ".github/workflows/publish.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("forgejo", ".forgejo/workflows/publish.yml"),
        ("gitea", ".gitea/workflows/publish.yml"),
    ] {
        let project = Project::empty();
        project.run(&["init", "--forge", forge]).expect(0);
        let text = project.read(file);
        let line = text.lines().find(|line| line.contains(" ci gate ")).unwrap().trim();
        let command = line.strip_prefix("run: ").or(line.strip_prefix("- ")).unwrap();
        let command = command.replace("mcp-static ", "tool ");
        let script = format!("tool() {{ echo \"$1 $SOURCE_DATE_EPOCH\"; }}\n{command}\n");
        let before = day();
        let ran = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let printed = String::from_utf8(ran.stdout).unwrap();
        let days = [before, day()].map(|day| format!("ci {day}\n"));
        assert!(days.contains(&printed), "{forge}: {printed}{days:?}");
    }
}

#[test]
fn the_policy_of_the_documentation_is_valid_and_names_every_predicate() {
    let page = std::fs::read_to_string(home().join("docs/policy.md")).unwrap();
    let blocks = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let policy = blocks.into_iter().find(|block| block.contains("[[exceptions]]")).unwrap();
    let project = images();
    project.file("registry-data/policy.toml", policy).commit(JUNE);
    let ran = project.run(&["check"]).expect(0);
    assert_eq!(ran.out.matches("warning[policy-denied]").count(), 4, "{}", ran.out);
    let source = std::fs::read_to_string(home().join("src/config/policy/conditions.rs")).unwrap();
    let body = source.split("pub struct Conditions {").nth(1).unwrap().split("\n}").next().unwrap();
    let keys = body.lines().filter_map(|line| line.trim().strip_prefix("pub "));
    let keys: Vec<&str> = keys.filter_map(|line| line.split(':').next()).collect();
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        assert!(
            page.lines().any(|line| line.starts_with("| `") && line.contains(&format!("`{key}`"))),
            "docs/policy.md does not explain {key}"
        );
    }
}
