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
fn a_template_that_cannot_be_read_never_stops_publishing() {
    let (project, _) = deployed();
    let settings =
        "[registry]\nid = \"https://registry.example.org\"\n[ownership]\ntrust = \"review\"\n";
    let repo = git2::Repository::open(project.path("")).unwrap();
    let add = |time| {
        let mut index = repo.index().unwrap();
        index.add_all(["look"], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.update_all(["look"], None).unwrap();
        index.write().unwrap();
        project.commit(time)
    };
    let with_look = format!("{settings}[catalog]\ntemplates = \"look\"\n");
    project.file("registry-data/registry.toml", &with_look);
    project.file("look/head.html", "<p>our look</p>");
    let base = add(1_760_050_000).to_string();
    let build = |held: &str| {
        project.run(&["verify", "--base", &base, "--hold", "held.txt", "--offline"]).expect(0);
        assert!(project.read("held.txt").starts_with(held), "{}", project.read("held.txt"));
        project
            .run(&["build", "--base-url", URL, "--without", "held.txt", "--out", "site"])
            .expect(0);
        project.read("site/servers/com.acme/weather/index.html")
    };
    project.file("look/head.html", "{% if %}");
    add(1_760_100_000);
    assert!(build("/look/head.html ").contains("our look"));
    project.remove("look");
    add(1_760_200_000);
    assert!(build("/look/head.html ").contains("our look"));
    project.file("look/head.html", "<p>a new look</p>");
    add(1_760_300_000);
    assert!(build("").contains("a new look"));
    assert_eq!(project.read("held.txt"), "");
}

#[test]
fn the_example_goes_before_and_after_the_first_deployment() {
    let project = Project::empty();
    project.run(&["init", ".", "--yes", "--example"]).expect(0);
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
        .says("This change is empty.");
}

#[test]
fn a_list_of_what_is_held_is_read_with_care() {
    let (project, base) = deployed();
    for line in ["../elsewhere", "/../elsewhere", "servers//x", "/"] {
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

/// What people may do to a registry by accident or on purpose, by a name.
type Mishap = (&'static str, fn(&Project));

const TOMBSTONE: &str = "registry-data/tombstones/com.acme/weather/1.0.0.toml";

#[cfg(unix)]
fn link(project: &Project, to: &str, path: &str) {
    let path = project.path(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&path);
    std::os::unix::fs::symlink(to, path).unwrap();
}

#[cfg(unix)]
const MISHAPS: &[Mishap] = &[
    ("an owners file is a folder", |p| {
        p.file("registry-data/owners/com.acme.toml/x", "x");
    }),
    ("a document is a folder beside a status", |p| {
        let folder = "registry-data/servers/com.acme/nine/1.0.0";
        p.file(&format!("{folder}/server.json/x"), "x");
        p.file(&format!("{folder}/status.json"), "{\"status\":\"deprecated\"}");
    }),
    ("a proof is a folder and the status changes", |p| {
        let folder = "registry-data/servers/com.acme/weather/1.0.0";
        p.file(&format!("{folder}/proof.json/x"), "x");
        p.file(&format!("{folder}/status.json"), "{\"status\":\"deprecated\"}");
    }),
    ("the settings are a folder", |p| {
        p.remove("registry-data/registry.toml").file("registry-data/registry.toml/x", "x");
    }),
    ("a name differs only by case", |p| {
        p.entry("com.acme/Weather", "1.0.0");
    }),
    ("a namespace differs only by case", |p| {
        p.entry("com.Acme/weather", "1.0.0");
    }),
    ("a link in the data folder", |p| link(p, "registry.toml", "registry-data/x")),
    ("a link is a version folder", |p| {
        link(p, "1.0.0", "registry-data/servers/com.acme/weather/2.0.0");
    }),
    ("a link in a new version", |p| {
        p.entry("com.acme/nine", "1.0.0");
        link(p, "/etc/passwd", "registry-data/servers/com.acme/nine/1.0.0/README.md");
    }),
    ("a document is gone and its status stays", |p| {
        let folder = "registry-data/servers/com.acme/weather/1.0.0";
        p.file(&format!("{folder}/status.json"), "{\"status\":\"deprecated\"}");
        p.remove(&format!("{folder}/server.json")).file(TOMBSTONE, "reason = \"x\"\n");
    }),
    ("a tombstone cannot be read", |p| {
        p.remove("registry-data/servers/com.acme/weather").file(TOMBSTONE, "[[[");
    }),
    ("a tombstone is a link", |p| {
        p.remove("registry-data/servers/com.acme/weather");
        link(p, "x", TOMBSTONE);
    }),
    ("a tombstone is a folder", |p| {
        p.remove("registry-data/servers/com.acme/weather").file(&format!("{TOMBSTONE}/x"), "x");
    }),
    ("a tombstone for what is there", |p| {
        p.file(TOMBSTONE, "reason = \"x\"\n");
    }),
    ("settings that every entry breaks", |p| {
        let text = p.read("registry-data/registry.toml");
        p.file(
            "registry-data/registry.toml",
            &format!("{text}[levels]\ndeny = [\"lint-toolhive-invisible\"]\n"),
        );
    }),
    ("settings name templates that are not there", |p| {
        let text = p.read("registry-data/registry.toml");
        p.file("registry-data/registry.toml", &format!("{text}[catalog]\ntemplates = \"look\"\n"));
    }),
    ("a working folder", |p| {
        p.file("registry-data/.mcp-static/x", "x");
    }),
    ("attributes and an entry", |p| {
        p.file("registry-data/.gitattributes", "* text\n").entry("com.acme/nine", "1.0.0");
    }),
];

#[cfg(unix)]
#[test]
fn no_mishap_stops_publishing_and_each_can_be_undone() {
    for (name, bad) in MISHAPS {
        let (project, base) = deployed();
        let base = base.to_string();
        let good = tree(&project.path("registry-data"));
        let restore = || {
            project.remove("registry-data");
            for (path, bytes) in &good {
                project.bytes(&format!("registry-data/{path}"), bytes);
            }
        };
        bad(&project);
        project.commit(1_760_100_000);
        project.entry("com.acme/waves", "1.0.0");
        project.commit(1_760_200_000);
        let publish = |step: &str| {
            let verify = ["verify", "--base", &base, "--hold", "held.txt", "--offline"];
            let ran = project.run(&verify);
            assert_eq!(ran.code, 0, "{name}, {step}: {}{}", ran.out, ran.err);
            let build = ["build", "--base-url", URL, "--without", "held.txt", "--out", "site"];
            let ran = project.run(&build);
            assert_eq!(
                ran.code,
                0,
                "{name}, {step}: {}{}\n{}",
                ran.out,
                ran.err,
                project.read("held.txt")
            );
            for server in ["weather", "tides", "waves"] {
                let path = format!("site/v0.1/servers/com.acme/{server}/versions/1.0.0/index.json");
                assert!(project.path(&path).exists(), "{name}, {step}: {server} is not served");
            }
        };
        publish("done");
        restore();
        project.entry("com.acme/waves", "1.0.0");
        project.commit(1_760_300_000);
        publish("undone");
        assert_eq!(project.read("held.txt"), "", "{name}: what was undone is still held");
    }
}

#[test]
fn the_last_entries_stay_until_another_one_comes() {
    let (project, base) = deployed();
    for name in ["weather", "tides"] {
        project.remove(&format!("registry-data/servers/com.acme/{name}"));
        let path = format!("registry-data/tombstones/com.acme/{name}/1.0.0.toml");
        project.file(&path, "reason = \"x\"\n");
    }
    project.commit(1_760_100_000);
    publish(&project, &base.to_string());
    assert!(!documents(&project, "com.acme/weather").is_empty());
    assert_eq!(project.read("held.txt").lines().count(), 4, "entries and tombstones");
    project.entry("com.acme/waves", "1.0.0");
    project.commit(1_760_200_000);
    publish(&project, &base.to_string());
    assert_eq!(project.read("held.txt"), "");
    assert!(documents(&project, "com.acme/weather").is_empty());
}

#[test]
fn what_no_deployment_had_can_be_taken_back() {
    let (project, base) = deployed();
    project.entry("com.acme/secret", "1.0.0");
    let deployed = project.commit(1_760_100_000).to_string();
    project.remove("registry-data/servers/com.acme/secret");
    project.commit(1_760_200_000);
    publish(&project, &base.to_string());
    assert_eq!(project.read("held.txt"), "");
    assert!(documents(&project, "com.acme/secret").is_empty());
    // Once it was deployed, it stays until a tombstone comes.
    let verify = [
        "verify",
        "--base",
        &base.to_string(),
        "--published",
        &deployed,
        "--hold",
        "held.txt",
        "--offline",
    ];
    project.run(&verify).expect(0);
    assert_eq!(project.read("held.txt"), format!("servers/com.acme/secret/1.0.0 {deployed}\n"));
}

#[test]
fn two_entries_that_are_right_alone_may_be_wrong_together() {
    let (project, base) = deployed();
    project.entry("com.acme/Foo", "1.0.0");
    project.commit(1_760_100_000);
    project.entry("com.acme/foo", "1.0.0");
    project.commit(1_760_200_000);
    publish(&project, &base.to_string());
    assert_eq!(project.read("held.txt"), "servers/com.acme/foo/1.0.0\n");
}

#[test]
fn the_data_folder_may_be_named_in_any_way() {
    let (project, base) = deployed();
    let base = base.to_string();
    project.entry("com.acme/Foo", "1.0.0");
    project.commit(1_760_100_000);
    let text = project.read("registry-data/registry.toml");
    let deny = format!("{text}[levels]\ndeny = [\"lint-toolhive-invisible\"]\n");
    project.file("registry-data/registry.toml", &deny);
    project.commit(1_760_200_000);
    let absolute = project.path("registry-data").to_string_lossy().into_owned();
    for data in ["registry-data", "./registry-data/", &absolute] {
        let data = ["--data", data, "verify", "--base", &base, "--hold", "held.txt", "--offline"];
        project.run(&data).expect(0);
        assert_eq!(project.read("held.txt"), format!("registry.toml {base}\n"));
    }
}

#[test]
fn a_registry_may_begin_after_its_repository() {
    let project = Project::empty();
    let repo = project.git();
    project.file("README.md", "A repository\n");
    let mut index = repo.index().unwrap();
    index.add_path(std::path::Path::new("README.md")).unwrap();
    index.write().unwrap();
    project.commit(1_760_000_000);
    project.file("registry-data/registry.toml", "[registry\n");
    project.commit(1_760_010_000);
    project.file(
        "registry-data/registry.toml",
        "[registry]\nid = \"https://registry.example.org\"\n[ownership]\ntrust = \"review\"\n",
    );
    project.entry("com.acme/weather", "1.0.0");
    project.file("registry-data/servers/com.acme/bad/1.0.0/server.json", "{}");
    project.commit(1_760_020_000);
    publish(&project, "none");
    assert_eq!(project.read("held.txt"), "servers/com.acme/bad/1.0.0\n");
}
