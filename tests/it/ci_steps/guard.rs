//! The gate's comparison with the live site, and its preview.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::forge::{HELLO, Job, Kind, Registry};
use super::gate::{deployment, gate};
use super::live::{document, elsewhere, empty, endless};

/// A manifest with so many servers.
fn manifest(servers: usize) -> String {
    let file = |n: usize| {
        let path = format!("v0.1/servers/com.example/s{n}/versions/latest/index.json");
        json!({ "path": path, "size": 1, "sha256": "0".repeat(64) })
    };
    let files: Vec<_> = (0..servers).map(file).collect();
    json!({ "tool": "mcp-static", "files": files }).to_string()
}

#[test]
fn a_site_that_lost_its_servers_is_not_deployed() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    let large = document(200, "application/json", manifest(30));
    let ran = gate(&job, &["--live-url", &large]).expect(1).says("[site-shrunk]");
    assert!(
        ran.out.contains("::error title=mcp-static::Nothing is deployed: the new site has far")
    );
    assert!(ran.out.contains("with allow-shrink"), "{}", ran.out);
    assert!(!job.summary().contains("VS Code"), "the preview was probed after a refusal");
    assert_eq!(job.left("deployment.json"), None);
    gate(&job, &["--live-url", &large, "--allow-shrink"]).expect(0);

    // The last entry stays, even when it is meant.
    registry.project.remove("registry-data/servers/com.example");
    let tombstone = format!("registry-data/tombstones/{HELLO}/1.0.0.toml");
    registry.project.file(&tombstone, "reason = \"It held a secret\"\n");
    registry.commit();
    gate(&job, &["--allow-shrink"]).expect(0).says("a registry is never published empty");
    assert_eq!(deployment(&job)["held"], 2);
}

#[test]
fn where_the_live_site_cannot_be_read_the_deployed_commit_is_counted() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let nothing = empty(Arc::clone(&asked));
    gate(&job, &["--live-url", &nothing]).expect(0).says("so this is the first");
    let fresh = "/manifest.json no-cache".to_owned();
    assert!(asked.lock().unwrap().iter().all(|request| *request == fresh), "{asked:?}");

    for name in 0..25 {
        registry.project.entry(&format!("com.example/s{name}"), "1.0.0");
    }
    registry.commit();
    registry.push("refs/heads/main:refs/mcp-static/deployed");
    for name in 0..25 {
        registry.project.remove(&format!("registry-data/servers/com.example/s{name}"));
        let tombstone = format!("registry-data/tombstones/com.example/s{name}/1.0.0.toml");
        registry.project.file(&tombstone, "reason = \"Gone\"\n");
    }
    registry.commit();
    for live in [
        nothing,
        document(200, "text/html", "<html>Sign in</html>".to_owned()),
        elsewhere("http://192.0.2.1/manifest.json"),
        endless(),
    ] {
        let ran = gate(&job, &["--live-url", &live]).expect(1).says("[site-shrunk]");
        assert!(ran.out.contains("the live one has 26"), "{}", ran.out);
    }
}

/// Requires these clients in the settings.
fn require(registry: &Registry, clients: &str) {
    registry.settings(&format!("[probe]\nrequire = [{clients}]\n"));
    registry.commit();
    registry.push("refs/heads/main:refs/mcp-static/deployed");
}

fn gate_for(job: &Job<'_>, host: &str) -> crate::project::Ran {
    job.clone().token().run(&["gate", "--for", host])
}

#[test]
fn what_a_required_client_cannot_use_is_not_deployed() {
    let registry = Registry::new(Kind::GitHub);
    let job = registry.job();
    require(&registry, "\"mcp-gateway-registry\"");
    let ran = gate_for(&job, "github-pages").expect(1);
    assert!(ran.out.contains("::error title=mcp-static::Nothing is deployed: on github-pages"));
    assert!(job.summary().contains("redirect-refused"), "{}", job.summary());
    assert_eq!(job.left("deployment.json"), None);
    assert!(!registry.path("temp/mcp-static/site/probe").exists());
    gate_for(&job, "cloudflare-workers").expect(1);
    gate_for(&job, "nginx").expect(0);

    require(&registry, "\"vscode\"");
    gate_for(&job, "cloudflare-workers").expect(0);
    require(&registry, "\"nobody\"");
    gate_for(&job, "plain").expect(1);
}

#[test]
fn without_a_base_url_the_result_belongs_to_no_site() {
    let registry = Registry::new(Kind::GitHub);
    let settings = "[registry]\nid = \"urn:uuid:0\"\n[ownership]\ntrust = \"review\"\n";
    registry.project.file("registry-data/registry.toml", settings);
    registry.commit();
    registry.push("refs/heads/main:refs/mcp-static/deployed");
    let job = registry.job();
    gate_for(&job, "plain").expect(0);
    assert!(job.summary().contains("not part of the site"), "{}", job.summary());
    assert_eq!(deployment(&job)["url"], "");
    assert!(!registry.path("temp/mcp-static/site/probe").exists());
    // The address that the host gave to the site is the last resort.
    let live = document(404, "text/plain", String::new());
    gate(&job, &["--live-url", &live]).expect(2).says("set base_url in [registry]");
    gate(&job, &["--live-url", &live, "--base-url", "https://other.example"]).expect(0);
    assert_eq!(deployment(&job)["url"], "https://other.example");
}
