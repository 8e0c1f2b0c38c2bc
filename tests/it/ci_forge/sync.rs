//! The step `sync`: what mirrors change becomes one pull request.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::Job;
use super::forge::{Dialect, FakeForge};
use crate::sync::upstream::{World, listen};

const NOW: i64 = 1_767_225_600;

/// The repository of the forge with the settings, and the same as the job's checkout.
fn repositories(job: &Job, dialect: Dialect, settings: &str) -> git2::Repository {
    let name = if dialect == Dialect::GitLab { "group/r.git" } else { "o/r" };
    let mut options = git2::RepositoryInitOptions::new();
    options.bare(true).mkpath(true).initial_head("main");
    let folder = job.scratch.path().join("forge").join(name);
    let repository = git2::Repository::init_opts(folder, &options).unwrap();
    let who = git2::Signature::new("A", "a@example.org", &git2::Time::new(1, 0)).unwrap();
    let blob = repository.blob(settings.as_bytes()).unwrap();
    let empty =
        repository.find_tree(repository.treebuilder(None).unwrap().write().unwrap()).unwrap();
    let tree = git2::build::TreeUpdateBuilder::new()
        .upsert("registry-data/registry.toml", blob, git2::FileMode::Blob)
        .create_updated(&repository, &empty)
        .unwrap();
    let tree = repository.find_tree(tree).unwrap();
    repository.commit(Some("refs/heads/main"), &who, &who, "m", &tree, &[]).unwrap();
    drop((empty, tree));
    job.scratch.write("registry-data/registry.toml", settings);
    let url = repository.path().to_str().unwrap().to_owned();
    let checkout = git2::Repository::init(job.scratch.path()).unwrap();
    let mut origin = checkout.remote("origin", &url).unwrap();
    origin.fetch(&["main"], None, None).unwrap();
    let head = checkout.refname_to_id("refs/remotes/origin/main").unwrap();
    let head = checkout.find_object(head, None).unwrap();
    checkout.reset(&head, git2::ResetType::Mixed, None).unwrap();
    repository
}

/// Runs the two steps of the job.
fn synced(job: &Job) {
    let ran = job.run(&["sync"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let ran = job.run(&["ci", "sync"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

/// Brings the checkout back to what the next job would find.
fn checked_out_again(job: &Job) {
    let _ = std::fs::remove_dir_all(job.scratch.data().join("servers"));
    let _ = std::fs::remove_file(job.scratch.data().join("mirrors.json"));
}

fn branch(repository: &git2::Repository) -> git2::Commit<'_> {
    repository.find_reference("refs/heads/mcp-static/sync").unwrap().peel_to_commit().unwrap()
}

#[test]
fn what_changed_becomes_one_pull_request_that_is_renewed() {
    for dialect in [Dialect::GitHub, Dialect::Forgejo, Dialect::GitLab] {
        let world = Arc::new(Mutex::new(World::default()));
        world.lock().unwrap().publish("com.example/weather", "1.0.0", NOW);
        let base = listen(Arc::clone(&world));
        let forge = FakeForge::new(dialect, "");
        let mut job = Job::new(dialect, &forge.base);
        job.set("GITHUB_REF_NAME", "main");
        job.set("CI_COMMIT_BRANCH", "main");
        let settings = format!("[[mirror]]\nfrom = \"{base}\"\nservers = [\"com.example/*\"]\n");
        let repository = repositories(&job, dialect, &settings);
        synced(&job);
        let first = branch(&repository);
        let message =
            "Sync mirrored entries: 1 entry: 1 new\n\nnew        com.example/weather@1.0.0\n";
        assert_eq!(first.message().unwrap(), message);
        let tree = first.tree().unwrap();
        for path in
            ["registry.toml", "mirrors.json", "servers/com.example/weather/1.0.0/server.json"]
        {
            assert!(tree.get_path(&Path::new("registry-data").join(path)).is_ok(), "{path}");
        }
        // The next morning nothing else has changed: the same commit, and no second pull request.
        checked_out_again(&job);
        synced(&job);
        assert_eq!(branch(&repository).id(), first.id());
        world.lock().unwrap().publish("com.example/tides", "1.0.0", NOW + 60);
        checked_out_again(&job);
        synced(&job);
        let titles: Vec<_> = forge.state().pulls.clone();
        let title = "Sync mirrored entries: 2 entries: 2 new".to_owned();
        assert_eq!(titles, [("mcp-static/sync".to_owned(), title)], "{dialect:?}");
        assert_eq!(branch(&repository).parent(0).unwrap().parent_count(), 0);
    }
}

#[test]
fn only_what_sync_does_gets_into_the_commit() {
    let world = Arc::new(Mutex::new(World::default()));
    for server in ["weather", "tides", "maps"] {
        world.lock().unwrap().publish(&format!("com.example/{server}"), "1.0.0", NOW);
    }
    let base = listen(Arc::clone(&world));
    let forge = FakeForge::new(Dialect::GitHub, "");
    let mut job = Job::new(Dialect::GitHub, &forge.base);
    job.set("GITHUB_REF_NAME", "main");
    let settings = format!("[[mirror]]\nfrom = \"{base}\"\nservers = [\"com.example/*\"]\n");
    let repository = repositories(&job, Dialect::GitHub, &settings);
    synced(&job);
    // The pull request is merged, and the checkout is behind: there is nothing left to do.
    let merged = branch(&repository).id();
    repository.reference("refs/heads/main", merged, true, "merged").unwrap();
    repository.find_reference("refs/heads/mcp-static/sync").unwrap().delete().unwrap();
    forge.state().pulls.clear();
    synced(&job);
    assert!(forge.state().pulls.is_empty());
    assert!(repository.find_reference("refs/heads/mcp-static/sync").is_err());
    // Now the checkout is that branch, and something else has changed files.
    let checkout = git2::Repository::open(job.scratch.path()).unwrap();
    checkout.find_remote("origin").unwrap().fetch(&["main"], None, None).unwrap();
    let head = checkout.find_object(merged, None).unwrap();
    checkout.reset(&head, git2::ResetType::Mixed, None).unwrap();
    let data = job.scratch.data();
    let at = |path: &str| data.join("servers/com.example").join(path);
    std::fs::remove_file(at("weather/1.0.0/origin.json")).unwrap();
    std::fs::remove_file(at("weather/1.0.0/server.json")).unwrap();
    job.scratch.write("registry-data/servers/com.example/weather/1.0.0/override.json", "{}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        std::fs::set_permissions(at("tides/1.0.0/server.json"), PermissionsExt::from_mode(0o755))
            .unwrap();
        job.scratch.write("elsewhere/1.0.0/server.json", "secret");
        std::fs::remove_dir_all(at("maps")).unwrap();
        symlink(job.scratch.path().join("elsewhere"), at("maps")).unwrap();
    }
    let ran = job.run(&["ci", "sync"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("no entry changed"), "{}", ran.err);
    assert!(repository.find_reference("refs/heads/mcp-static/sync").is_err());
}

#[test]
fn without_a_change_nothing_is_opened() {
    let world = Arc::new(Mutex::new(World::default()));
    let base = listen(world);
    let forge = FakeForge::new(Dialect::GitHub, "");
    let mut job = Job::new(Dialect::GitHub, &forge.base);
    job.set("GITHUB_REF_NAME", "main");
    let settings = format!("[[mirror]]\nfrom = \"{base}\"\nservers = [\"com.example/weather\"]\n");
    let repository = repositories(&job, Dialect::GitHub, &settings);
    synced(&job);
    // Files that `sync` does not write are left out.
    job.scratch.write("registry-data/owners/com.example.toml", "x");
    job.scratch.write("registry-data/registry.toml", "x");
    let ran = job.run(&["ci", "sync"]);
    assert!(ran.err.contains("no entry changed"), "{}", ran.err);
    assert!(forge.state().asked.is_empty());
    assert_eq!(repository.references().unwrap().count(), 1);
}
