//! `--channel`: several registries from one data folder.

use crate::project::{Project, tree};

/// The first of June 2026.
const JUNE: i64 = 1_780_272_000;

const SETTINGS: &str = r#"[registry]
name = "Acme"
base_url = "https://mcp.acme.example"
visibility = "public"

[catalog]
title = "Servers of Acme"

[variables]
DOMAIN = "corp.example"

[channels.test]
variables = { DOMAIN = "test.example" }

[channels.trial]
name = "Acme trials"
base_url = "https://trial.acme.example"
policy = "policy.trial.toml"
"#;

/// A policy for every environment: what its domain has.
const INSIDE: &str = r#"default = "deny"

[[rules]]
id = "inside"
action = "allow"
reason = "It runs in ${DOMAIN}."
match = { remote_host = ["*.${DOMAIN}"] }
"#;

fn project() -> Project {
    let project = Project::empty();
    project.git();
    for (name, host) in [("real", "mcp.corp.example"), ("test", "mcp.test.example")] {
        let remote = format!(
            "\"remotes\": [{{ \"type\": \"streamable-http\", \"url\": \"https://{host}/\" }}],"
        );
        project.entry_with(&format!("com.example/{name}"), "1.0.0", &remote);
    }
    project.file("registry-data/registry.toml", SETTINGS);
    project.file("registry-data/policy.toml", INSIDE);
    project.file("registry-data/policy.trial.toml", "default = \"warn\"\n");
    project.commit(JUNE);
    project
}

/// Names in the list of a site.
fn listed(project: &Project, site: &str) -> Vec<String> {
    let list = project.json(&format!("{site}/v0.1/servers/index.json"));
    let servers = list["servers"].as_array().unwrap().iter();
    servers.map(|it| it["server"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_channel_is_a_complete_registry_at_its_own_address() {
    let project = project();
    for (args, site, base, title, names) in [
        (
            &[][..],
            "_site",
            "https://mcp.acme.example",
            "Servers of Acme",
            &["com.example/real"][..],
        ),
        (
            &["--channel", "test", "--out", "_test"],
            "_test",
            "https://mcp.acme.example/test",
            "Servers of Acme (test)",
            &["com.example/test"],
        ),
        (
            &["--channel", "trial", "--out", "_trial"],
            "_trial",
            "https://trial.acme.example",
            "Acme trials",
            &["com.example/real", "com.example/test"],
        ),
    ] {
        project.run(&[&["build"], args].concat()).expect(0);
        assert_eq!(listed(&project, site), names);
        let page = project.read(&format!("{site}/index.html"));
        assert!(page.contains(&format!("<h1>{title}</h1>")), "{page}");
        assert!(project.read(&format!("{site}/feed.xml")).contains(&format!("{base}/servers/")));
        assert!(project.read(&format!("{site}/sitemap.xml")).contains(&format!("{base}/")));
        project.run(&["check", "--site", site]).expect(0);
        // What clients look for below `_meta` is the same in every channel.
        let list = project.read(&format!("{site}/v0.1/servers/index.json"));
        assert!(list.contains("example.acme.mcp/registry"), "{list}");
        let policy = project.json(&format!("{site}/policy/policy.json"));
        assert_eq!(policy["default"], if site == "_trial" { "warn" } else { "deny" });
    }
    assert!(project.read("_test/policy/index.html").contains("It runs in test.example."));
    let ran = project.run(&["check", "--channel", "trial"]).expect(0);
    assert_eq!(ran.out.matches("warning[policy-warned]").count(), 2, "{}", ran.out);
    let ran = project.run(&["check", "--channel", "test"]).expect(0);
    assert!(ran.out.contains("leaves out com.example/real 1.0.0 (default)"), "{}", ran.out);
}

#[test]
fn the_cache_of_one_channel_is_not_that_of_another() {
    let project = project();
    let build = |channel: &str| {
        project.run(&["build", "--channel", channel, "--out", "_site"]).expect(0);
        tree(&project.path("_site"))
    };
    let first = build("test");
    let other = build("trial");
    assert_ne!(first, other);
    assert_eq!(build("test"), first);
    project.remove("_site").remove(".mcp-static");
    assert_eq!(build("trial"), other);
    let again = project.run(&["build", "--channel", "trial", "--out", "_site"]).expect(0);
    assert!(again.err.contains("0 files written"), "{}", again.err);
}

#[test]
fn an_unknown_channel_is_an_error_with_the_nearest_one() {
    let project = project();
    for command in [&["check"][..], &["build", "--out", "_site"], &["serve"]] {
        let ran = project.run(&[command, &["--channel", "trail"]].concat()).expect(2);
        assert!(ran.err.contains("unknown channel \"trail\""), "{}", ran.err);
        assert!(ran.err.contains("did you mean trial?"), "{}", ran.err);
    }
    assert!(!project.path("_site").exists());
    // A channel is not built over the main registry by mistake.
    project.run(&["build", "--channel", "trial"]).expect(2).says("--out");
    project.file("registry-data/registry.toml", "");
    let ran = project.run(&["check", "--channel", "trial"]).expect(2);
    assert!(ran.err.contains("below [channels.trial]"), "{}", ran.err);
}

#[test]
fn mistakes_in_channels_are_found_in_every_command() {
    let cases = [
        ("[channels.Trial]", "settings-invalid", "\"Trial\" cannot be the name of a channel"),
        ("[channels.v0]", "settings-invalid", "\"v0\" cannot be the name of a channel"),
        (
            "[channels.x]\nbase_url = \"http://x.example\"",
            "settings-invalid",
            "clients refuse http",
        ),
        (
            "[channels.x]\npolicy = \"../policy.toml\"",
            "settings-invalid",
            "\"../policy.toml\" cannot be the file of a policy",
        ),
        (
            "[channels.x]\npolicy = \"policy.x.toml\"",
            "policy-invalid",
            "a channel names this policy, and the file does not exist",
        ),
        ("[channels.x]\npolcy = 1", "settings-invalid", "the key \"polcy\" is not known here"),
        (
            "[channels.x.variables]\ndomain = \"a\"",
            "settings-invalid",
            "not the name of a variable",
        ),
        ("[channels.x.variables]\nDOMAIN = '\"'", "settings-invalid", "cannot be a value"),
    ];
    for (more, code, message) in cases {
        let project = project();
        project.file("registry-data/registry.toml", &format!("{SETTINGS}\n{more}\n"));
        let ran = project.run(&["check"]).expect(1);
        assert!(ran.out.contains(&format!("error[{code}]")), "{more}: {}", ran.out);
        assert!(ran.out.contains(message), "{more}: {}", ran.out);
    }
    let project = project();
    project.file("registry-data/policy.toml", &INSIDE.replace("*.${DOMAIN}", "*.${DOMIAN}"));
    let ran = project.run(&["check"]).expect(1);
    assert_eq!(ran.out.matches("error[policy-invalid]").count(), 1, "{}", ran.out);
    for part in ["there is no variable \"DOMIAN\"", "policy.toml:7:", "write ${DOMAIN}"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    // A policy that no channel uses may be one whose channel is misspelled.
    project.file("registry-data/policy.toml", INSIDE);
    project.file("registry-data/policy.trail.toml", "");
    let ran = project.run(&["check"]).expect(0);
    assert!(
        ran.out.contains("warning[file-unexpected]: no channel uses this policy"),
        "{}",
        ran.out
    );
    // The policy of a channel that is not built is read too.
    project.file("registry-data/policy.trial.toml", "default = \"no\"");
    let ran = project.run(&["check"]).expect(1);
    assert!(ran.out.contains("policy.trial.toml:1:"), "{}", ran.out);
}
