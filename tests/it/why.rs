//! `why`: why a server is listed, or why it is not.

use serde_json::Value;

use crate::project::Project;

const WEATHER: &str = "com.example/weather";

fn project() -> Project {
    let project = Project::empty();
    project.git();
    project.entry(WEATHER, "1.0.0");
    project.commit(1_700_000_000);
    project.entry(WEATHER, "1.1.0");
    project.commit(1_700_003_600);
    project
}

#[test]
fn a_listed_version_names_its_commit_and_what_allowed_it() {
    let project = project();
    let ran = project.run(&["why", WEATHER]).expect(0);
    let both = ["com.example/weather 1.1.0 is listed\n", "com.example/weather 1.0.0 is listed\n"];
    assert!(both.iter().all(|line| ran.out.contains(line)), "{}", ran.out);
    let first = project.run(&["why", "com.example/weather@1.0.0"]).expect(0);
    assert!(!first.out.contains("1.1.0"), "{}", first.out);
    assert!(first.out.contains("published  2023-11-14T22:13:20Z\n"), "{}", first.out);
    // The commit that brought this version, not the last one.
    let repository = git2::Repository::open(project.path("")).unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let id = head.parent(0).unwrap().id().to_string();
    assert!(first.out.contains(&format!("commit     {} by ", &id[..7])), "{}", first.out);
    assert!(first.out.contains("ownership  reviewed\n"), "{}", first.out);
    let json = project.run(&["why", "com.example/weather@1.0.0", "--format", "json"]).expect(0);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["versions"][0]["state"], "listed", "{json}");
    assert_eq!(json["versions"][0]["commit"]["id"], id.as_str());
    // An older revision knows less.
    project
        .run(&["why", "com.example/weather@1.1.0", "--rev", "HEAD~1"])
        .expect(1)
        .says("is not in the data");
}

#[test]
fn what_is_not_listed_says_why() {
    let project = project();
    project
        .run(&["why", "com.example/wether"])
        .expect(1)
        .says("is not in the data")
        .says("did you mean com.example/weather?");
    project
        .run(&["why", "com.example/weather@1.0.7"])
        .expect(1)
        .says("com.example/weather 1.0.7 is not listed: it is not in the data")
        .says("did you mean com.example/weather@1.");
    project
        .run(&["why", "com.example/weather@9.9.9"])
        .expect(1)
        .says("com.example/weather 9.9.9 is not listed");
    project.run(&["why", &"x".repeat(10_000)]).expect(1).says("is not in the data");
    project
        .run(&["status", "com.example/weather@1.0.0", "deleted", "--message", "Leaks."])
        .expect(0);
    project
        .run(&["why", "com.example/weather@1.0.0"])
        .expect(1)
        .says("1.0.0 is not listed: it was withdrawn")
        .says("status     deleted: Leaks.");
    let policy = |denied: &str, exception: &str| {
        let rule = "[[rules]]\nid = \"no-old\"\naction = \"deny\"\nreason = \"Too old.\"\nmatch = { version = [\"1.*\"] }\n";
        project.file(
            "registry-data/policy.toml",
            &format!("denied = \"{denied}\"\n{rule}{exception}"),
        );
    };
    policy("leave-out", "");
    project
        .run(&["why", "com.example/weather@1.1.0"])
        .expect(1)
        .says("1.1.0 is not listed: the policy leaves it out")
        .says("policy     deny by no-old: Too old.");
    policy("refuse", "");
    project.run(&["why", "com.example/weather@1.1.0"]).expect(1).says("the policy refuses it");
    policy(
        "leave-out",
        "[[exceptions]]\nrule = \"no-old\"\nname = [\"com.example/*\"]\nreason = \"Until June.\"\napproved_by = \"Ada\"\nexpires = 2099-06-30\n",
    );
    project
        .run(&["why", "com.example/weather@1.1.0"])
        .expect(0)
        .says("1.1.0 is listed")
        .says("exception  no-old, until 2099-06-30, approved by Ada: Until June.");
    project.remove("registry-data/servers/com.example/weather/1.1.0");
    project.file(
        "registry-data/tombstones/com.example/weather/1.1.0.toml",
        "reason = \"Court order.\"\n",
    );
    project
        .run(&["why", "com.example/weather@1.1.0"])
        .expect(1)
        .says("was removed permanently")
        .says("tombstones/com.example/weather/1.1.0.toml");
}

#[test]
fn what_a_build_refuses_is_reported_with_its_place() {
    let project = project();
    project.file("registry-data/servers/com.example/weather/1.1.0/server.json", "{");
    let ran = project.run(&["why", WEATHER]).expect(1);
    let ran = ran.says("com.example/weather is not listed: a build refuses these files");
    ran.says("json-syntax").says("1.1.0/server.json:1:");
    let json = project.run(&["why", WEATHER, "--format", "json"]).expect(1);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert!(json["errors"][0].as_str().unwrap().contains("1.1.0/server.json"), "{json}");
}

#[test]
fn a_registry_without_history_and_a_mirrored_entry_are_explained_too() {
    let project = Project::empty();
    project.entry(WEATHER, "1.0.0");
    project.file(
        "registry-data/servers/com.example/weather/1.0.0/origin.json",
        "{\"registry\":\"https://upstream.example\",\"publishedAt\":\"2026-01-01T00:00:00Z\"}",
    );
    let ran =
        project.run(&["why", WEATHER]).expect(0).says("mirrored   from https://upstream.example");
    assert!(!ran.out.contains("commit"), "{}", ran.out);
}
