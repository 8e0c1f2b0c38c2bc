//! The gate before a deployment, from a bad commit on the branch to the site that is published all the
//! same: `verify --hold` and `build --without` as a workflow calls them.

use crate::project::{Project, tree};

const URL: &str = "https://registry.example.org";

/// A registry with two servers, committed, and what was deployed of it.
fn deployed() -> (Project, git2::Oid) {
    let project = Project::empty();
    project.git();
    project.file(
        "registry-data/registry.toml",
        "[registry]\nid = \"https://registry.example.org\"\n[ownership]\ntrust = \"review\"\n",
    );
    project.entry("com.acme/weather", "1.0.0").entry("com.acme/tides", "1.0.0");
    let commit = project.commit(1_760_000_000);
    (project, commit)
}

/// Judges everything after `base` and builds what may be published.
fn publish(project: &Project, base: &str) {
    project
        .run(&[
            "verify",
            "--base",
            base,
            "--hold",
            "held.txt",
            "--report",
            "report.json",
            "--offline",
        ])
        .expect(0);
    project
        .run(&[
            "build",
            "--only",
            "api",
            "--base-url",
            URL,
            "--without",
            "held.txt",
            "--out",
            "site",
        ])
        .expect(0);
    project.run(&["check", "--site", "site"]).expect(0);
}

/// The documents about servers, without the list, which others may join.
fn documents(project: &Project, of: &str) -> Vec<(String, Vec<u8>)> {
    let files = tree(&project.path("site/v0.1/servers")).into_iter();
    files.filter(|(path, _)| path.starts_with(of)).collect()
}

/// Plays a bad commit, and a good one after it; the bad one changes nothing of the site.
fn holds(bad: impl Fn(&Project)) -> (Project, git2::Oid) {
    let (project, base) = deployed();
    publish(&project, &base.to_string());
    let before = documents(&project, "com.acme/weather");
    assert!(!before.is_empty());
    bad(&project);
    project.commit(1_760_100_000);
    project.entry("com.acme/waves", "1.0.0");
    project.commit(1_760_200_000);
    publish(&project, &base.to_string());
    assert_eq!(documents(&project, "com.acme/weather"), before, "dates and bytes as deployed");
    assert!(!documents(&project, "com.acme/waves").is_empty(), "the rest is published");
    let report = project.json("report.json");
    assert_eq!(report["provenUpTo"], base.to_string(), "it is judged again next time");
    (project, base)
}

#[test]
fn a_version_that_vanished_stays_until_its_tombstone_comes() {
    let (project, base) = holds(|project| {
        project.remove("registry-data/servers/com.acme/weather");
    });
    let held = project.read("held.txt");
    assert_eq!(held, format!("servers/com.acme/weather/1.0.0 {base}\n"));
    project.file(
        "registry-data/tombstones/com.acme/weather/1.0.0.toml",
        "reason = \"It held a secret\"\n",
    );
    let head = project.commit(1_760_300_000);
    publish(&project, &base.to_string());
    assert_eq!(project.read("held.txt"), "");
    assert_eq!(project.json("report.json")["provenUpTo"], head.to_string());
    assert!(documents(&project, "com.acme/weather").is_empty());
}

#[test]
fn an_edit_of_a_published_version_stays_out() {
    let (project, _) = holds(|project| {
        project.entry_with("com.acme/weather", "1.0.0", "\"title\": \"Another\",");
    });
    let report = project.json("report.json");
    assert_eq!(report["held"][0]["path"], "servers/com.acme/weather/1.0.0");
    assert!(report["held"][0]["help"].as_str().unwrap().contains("put the document back"));
    project.entry("com.acme/weather", "1.0.0");
    let head = project.commit(1_760_300_000);
    project.run(&["verify", "--base", "HEAD~3", "--hold", "held.txt", "--offline"]).expect(0);
    assert_eq!(project.read("held.txt"), "");
    assert!(head.to_string().len() == 40);
}

#[test]
fn a_document_that_is_not_valid_stays_out() {
    holds(|project| {
        project.file("registry-data/servers/com.acme/weather/1.0.0/server.json", "{ not json");
    });
    holds(|project| {
        project.file("registry-data/servers/com.acme/weather/1.1.0/server.json", "[]");
    });
}

#[test]
fn settings_and_templates_that_came_with_entries_stay_as_they_were() {
    let (project, _) = deployed();
    project.file(
        "registry-data/registry.toml",
        "[registry]\nid = \"https://registry.example.org\"\nname = \"Acme\"\n[ownership]\ntrust = \"review\"\n[catalog]\ntemplates = \"templates\"\n",
    );
    project.file("templates/head.html", "<p>our look</p>");
    let repo = git2::Repository::open(project.path("")).unwrap();
    let add = |project: &Project, time| {
        let mut index = repo.index().unwrap();
        index.add_all(["templates"], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        project.commit(time)
    };
    let base = add(&project, 1_760_050_000).to_string();
    let build = |project: &Project| {
        project.run(&["verify", "--base", &base, "--hold", "held.txt", "--offline"]).expect(0);
        project
            .run(&["build", "--base-url", URL, "--without", "held.txt", "--out", "site"])
            .expect(0);
        project.read("site/servers/com.acme/weather/index.html")
    };
    let before = build(&project);
    assert!(before.contains("our look"), "the template is used");
    project.file("templates/head.html", "<p>their look</p>");
    project.entry("com.acme/waves", "1.0.0");
    project.file(
        "registry-data/registry.toml",
        "[registry]\nid = \"https://registry.example.org\"\nname = \"Mallory\"\n[catalog]\ntemplates = \"templates\"\n",
    );
    add(&project, 1_760_100_000);
    let after = build(&project);
    assert!(
        project.read("held.txt").contains("/templates/head.html "),
        "{}",
        project.read("held.txt")
    );
    assert!(after.contains("our look") && !after.contains("their look"));
    assert!(after.contains("Acme") && !after.contains("Mallory"));
    assert!(!project.path("site/v0.1/servers/com.acme/waves").exists());
}

#[test]
fn the_example_goes_before_and_after_the_first_deployment() {
    let project = Project::empty();
    project.run(&["init", ".", "--yes"]).expect(0);
    project.git();
    let first = project.commit(1_760_000_000).to_string();
    project.remove("registry-data/servers/com.example").entry("com.acme/tides", "1.0.0");
    project.commit(1_760_100_000);
    for base in ["none", &first] {
        let arguments = ["verify", "--base", base, "--hold", "held.txt", "--offline"];
        let private =
            [("GITHUB_EVENT_PATH", "event.json"), ("GITHUB_SERVER_URL", "https://github.com")];
        project.file(
            "event.json",
            r#"{"repository":{"private":true,"default_branch":"main"},"ref":"refs/heads/main"}"#,
        );
        project.run_with(&arguments, &private).expect(0);
        assert_eq!(project.read("held.txt"), "", "base {base}");
    }
}

#[test]
fn nothing_committed_is_nothing_judged() {
    let (project, base) = deployed();
    project.entry("com.acme/waves", "1.0.0");
    let codes = ["change-empty", "change-uncommitted"];
    let said = project.run(&["verify", "--base", &base.to_string(), "--offline", "-v"]).expect(0);
    assert!(codes.iter().all(|code| said.out.contains(code)), "{}", said.out);
    project
        .run(&["verify", "--base", &base.to_string(), "--offline"])
        .expect(0)
        .says("1 file that is not committed is not judged")
        .says("Nothing is in this change.");
}

#[test]
fn a_list_of_what_is_held_is_read_with_care() {
    let (project, base) = deployed();
    for line in ["../elsewhere", "/../elsewhere", "servers//x", "README.md", "/"] {
        project.file("held.txt", &format!("{line} {base}\n"));
        project.run(&["build", "--without", "held.txt"]).expect(2).says("does not name");
    }
    project.file("held.txt", &format!("servers/com.acme/none/1.0.0 {base}\n"));
    project.run(&["build", "--without", "held.txt"]).expect(2).says("does not have it");
}

#[test]
fn a_name_cannot_end_its_line_in_the_list() {
    let (project, base) = deployed();
    let odd = "registry-data/servers/com.acme/waves/1.0.0\nregistry.toml";
    project.file(&format!("{odd}/server.json"), "{}").entry("a b/c", "1.0.0");
    project.commit(1_760_100_000);
    publish(&project, &base.to_string());
    let held = project.read("held.txt");
    assert_eq!(
        held, "servers/a%20b/c/1.0.0\nservers/com.acme/waves/1.0.0%0Aregistry.toml\n",
        "one line each"
    );
}
