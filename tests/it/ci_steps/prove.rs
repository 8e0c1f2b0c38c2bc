//! `prove` and `roll-back`.

use std::path::PathBuf;

use mcp_static::internals::site::host_named;
use serde_json::{Value, json};

use super::forge::{HELLO, Job, Kind, Registry, URL};
use super::live::{Site, document, elsewhere};

/// A registry with a site that was built for GitHub Pages, and its deployment.
struct Deployed {
    registry: Registry,
    site: PathBuf,
    deployment: Value,
}

impl Deployed {
    fn new(kind: Kind) -> Self {
        assert!(host_named("github-pages").is_some());
        let registry = Registry::new(kind);
        registry
            .project
            .run(&["build", "--for", "github-pages", "--out", "deployed", "--quiet"])
            .expect(0);
        let site = registry.path("deployed");
        let manifest = std::fs::read(site.join("manifest.json")).unwrap();
        let deployment = json!({ "commit": registry.main(), "host": "github-pages", "url": URL,
            "manifest": sha256(&manifest), "held": 0, "proven": registry.main() });
        Self { registry, site, deployment }
    }

    /// A job after the deployment.
    fn job(&self) -> Job<'_> {
        let mut job = self.registry.job();
        job.set("DEPLOYMENT", &self.deployment.to_string());
        job
    }

    /// Proves the site at `url`; the result, the sentences of the summary, and what was printed.
    #[track_caller]
    fn prove(&self, job: &Job<'_>, url: &str, result: &str, code: i32) -> String {
        let ran = job.run(&["prove", "--url", url]).expect(code);
        assert_eq!(job.output("result").as_deref(), Some(result), "{}{}", ran.out, ran.err);
        format!("{}\n{}\n{}", job.summary(), ran.out, ran.err)
    }
}

fn sha256(bytes: &[u8]) -> String {
    mcp_static::internals::site::FileDigest::of(bytes).to_string()
}

#[test]
fn a_deployment_that_clients_can_use_works() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let deployed = Deployed::new(kind);
        let live = Site::new("github-pages", &deployed.site);
        let job = deployed.job();
        let ran = job.run(&["prove", "--url", &format!("{}/", live.url)]).expect(0);
        let said = format!("{}{}{}", job.summary(), ran.out, ran.err);
        assert!(said.contains("| **VS Code** | ✓ |"), "{said}");
        assert!(said.contains(&format!("Every client that has to work can use {}.", live.url)));
        assert!(!said.contains("::error"), "{said}");
        if kind == Kind::GitHub {
            assert_eq!(job.output("result").unwrap(), "works");
            assert!(deployed.registry.path("temp/mcp-static/probe/badge.svg").exists());
        }
    }
}

#[test]
fn other_answers_have_other_results() {
    let deployed = Deployed::new(Kind::GitHub);
    let job = deployed.job();
    // An older site.
    let live = Site::new("github-pages", &deployed.site);
    let mut older = job.clone();
    let mut deployment = deployed.deployment.clone();
    deployment["manifest"] = json!("ab".repeat(32));
    older.set("DEPLOYMENT", &deployment.to_string());
    let said = deployed.prove(&older, &live.url, "stale", 1);
    assert!(said.contains("an older site answers") && said.contains("\n::error title="), "{said}");
    drop(live);

    // A site without its servers.
    let servers = deployed.site.join("v0.1/servers").join(HELLO);
    std::fs::remove_dir_all(servers).unwrap();
    let broken = Site::new("github-pages", &deployed.site);
    let said = deployed.prove(&job, &broken.url, "fails", 1);
    assert!(said.contains("listed-but-not-found") && said.contains("\n::error title="), "{said}");
    let url = broken.url.clone();
    drop(broken);

    // Nobody.
    let said = deployed.prove(&job, &url, "silent", 3);
    assert!(said.contains(&format!("{url} did not answer.")), "{said}");

    // A login, in each form; a page for everything at the address itself is a broken site.
    let page = || "<!doctype html><title>Sign in</title>".to_owned();
    let logins = [
        document(401, "text/html", page()),
        document(403, "text/html", page()),
        elsewhere("/login"),
    ];
    for login in logins {
        let said = deployed.prove(&job, &login, "unproven", 0);
        assert!(said.contains("wants a login") && said.contains("\n::warning title="), "{said}");
    }
    deployed.prove(&job, &document(200, "text/html", page()), "fails", 1);
}

#[test]
fn what_cannot_be_asked_is_wrong() {
    let deployed = Deployed::new(Kind::GitHub);
    let mut job = deployed.job();
    let live = Site::new("github-pages", &deployed.site);
    for url in
        ["http://mcp.acme.example", "registry", "https://user@mcp.acme.example", "https://a b"]
    {
        deployed.prove(&job, url, "wrong", 2);
    }
    deployed.registry.settings("[probe]\nrequire = [\"nobody\"]\n");
    let said = deployed.prove(&job, &live.url, "wrong", 2);
    assert!(said.contains("unknown client \"nobody\""), "{said}");
    let mut nowhere = deployed.deployment.clone();
    nowhere["url"] = json!("");
    job.set("DEPLOYMENT", &nowhere.to_string());
    job.run(&["prove"]).expect(2).says("set base_url in [registry]");
    for wrong in ["{}", "[]", "null", "{\"manifest\": 7}", "\u{1b}"] {
        job.set("DEPLOYMENT", wrong).run(&["prove"]).expect(2);
        assert_eq!(job.output("result").unwrap(), "wrong");
    }
}

#[test]
fn a_person_reads_what_became_of_the_last_good_site() {
    let deployed = Deployed::new(Kind::GitHub);
    let live = Site::new("github-pages", &deployed.site);
    let mut job = deployed.job();
    let commit = deployed.registry.main();
    let mut deployment = deployed.deployment.clone();
    deployment["url"] = json!(live.url);
    job.set("DEPLOYMENT", &deployment.to_string());
    let tell = |job: &Job<'_>, page: &str, code: i32| {
        let ran = job.run(&["roll-back", "--page", page]).expect(code);
        format!("{}{}", job.summary(), ran.out)
    };
    let said = tell(&job, "", 1);
    assert!(said.contains("none to return to") && said.contains("::error title="), "{said}");
    job.set("RUN", "4711; id").set("COMMIT", &commit);
    assert!(tell(&job, "", 1).contains("none to return to"));
    job.set("RUN", "4711").set("FOUND", "false");
    assert!(tell(&job, "", 1).contains(&format!("The site of run 4711 (commit {commit}) is gone")));
    job.set("FOUND", "true");
    assert!(tell(&job, "", 1).contains("did not take"));
    let manifest = deployed.deployment["manifest"].as_str().unwrap();
    job.set("MANIFEST", manifest);
    let said = tell(&job, "https://pages.example", 0);
    assert!(said.contains(&format!("run 4711 (commit {commit}) is live again")), "{said}");
    assert!(!said.contains("does not show it yet"), "{said}");
    job.set("MANIFEST", &"ab".repeat(32));
    let said = tell(&job, "https://pages.example", 0);
    assert!(
        said.contains("::warning title=mcp-static::The host took the last good site"),
        "{said}"
    );
    assert!(said.contains("is live again"), "{said}");
}
