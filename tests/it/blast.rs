//! What a change does to clients that enforce what is approved, as the comment on it says.

use crate::project::Project;

fn npm(project: &Project, name: &str, version: &str) {
    let package = format!(
        "\"packages\": [{{\"registryType\": \"npm\", \"identifier\": \"{}-mcp\", \"version\": \"{version}\", \"transport\": {{\"type\": \"stdio\"}}}}],",
        name.rsplit('/').next().unwrap()
    );
    project.entry_with(name, version, &package);
}

/// Three servers, and a branch `change` that the test commits to.
fn project() -> Project {
    let project = Project::empty();
    project.git();
    project.file("registry-data/registry.toml", "[ownership]\ntrust = \"review\"\n");
    for name in ["com.acme/maps", "com.acme/mail", "com.acme/wiki"] {
        npm(&project, name, "1.0.0");
    }
    project.commit(1_700_000_000);
    let repository = git2::Repository::open(project.path("")).unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    repository.branch("base", &head, true).unwrap();
    project
}

/// The comment on what was committed after `base`.
fn comment(project: &Project, code: i32) -> String {
    project.commit(1_700_003_600);
    project.run(&["verify", "--base", "base", "--comment", "comment.md", "--offline"]).expect(code);
    project.read("comment.md")
}

const HEADING: &str = "#### Clients that enforce the allowlist";

#[test]
fn a_new_version_is_allowed_beside_the_old_one() {
    let project = project();
    npm(&project, "com.acme/maps", "1.1.0");
    let text = comment(&project, 0);
    let (_, section) = text.split_once(HEADING).unwrap_or_else(|| panic!("{text}"));
    assert!(section.contains("They newly allow "), "{section}");
    assert!(section.contains("`npx -y maps-mcp@1.1.0`"), "{section}");
    assert!(!section.contains("They stop") && !section.contains("1.0.0"), "{section}");
    assert!(!section.contains("com.acme/mail"), "{section}");
}

#[test]
fn a_withdrawn_version_stops_and_its_server_is_gone() {
    let project = project();
    project.run(&["status", "com.acme/mail", "deleted", "--message", "Closed."]).expect(0);
    let text = comment(&project, 0);
    let (_, section) = text.split_once(HEADING).unwrap_or_else(|| panic!("{text}"));
    assert!(
        section.contains("They stop ") && section.contains("`npx -y mail-mcp@1.0.0`"),
        "{section}"
    );
    assert!(
        section.contains("No longer listed") && section.contains("`com.acme/mail`."),
        "{section}"
    );
    assert!(!section.contains("They newly allow"), "{section}");
}

#[test]
fn a_policy_stops_servers_that_the_change_does_not_touch() {
    let project = project();
    project.file(
        "registry-data/policy.toml",
        "[[rules]]\nid = \"no-wiki\"\naction = \"deny\"\nreason = \"We have another.\"\nmatch = { name = [\"com.acme/wiki\"] }\n",
    );
    let text = comment(&project, 4);
    let (_, section) = text.split_once(HEADING).unwrap_or_else(|| panic!("{text}"));
    assert!(
        section.contains("`npx -y wiki-mcp@1.0.0`") && section.contains("`com.acme/wiki`."),
        "{section}"
    );
    assert!(!section.contains("maps"), "{section}");
}

#[test]
fn nothing_is_said_when_nothing_changes_for_clients() {
    let project = project();
    project.run(&["status", "com.acme/mail", "deprecated", "--message", "Use maps."]).expect(0);
    assert!(!comment(&project, 0).contains(HEADING));
}

#[test]
fn what_came_to_the_base_since_then_is_not_a_part_of_the_change() {
    let project = project();
    npm(&project, "com.acme/maps", "1.1.0");
    let before = git2::Repository::open(project.path("")).unwrap();
    // The base goes on with a version that the change does not have.
    let text = comment(&project, 0);
    let base = before.find_branch("base", git2::BranchType::Local).unwrap();
    let base = base.get().peel_to_commit().unwrap();
    let who =
        git2::Signature::new("A", "a@example.com", &git2::Time::new(1_700_001_000, 0)).unwrap();
    let tree = before.head().unwrap().peel_to_commit().unwrap().parent(0).unwrap().tree().unwrap();
    before.commit(Some("refs/heads/base"), &who, &who, "other", &tree, &[&base]).unwrap();
    project.run(&["verify", "--base", "base", "--comment", "again.md", "--offline"]);
    let section = |text: &str| text.split_once(HEADING).map(|(_, it)| it.to_owned());
    assert_eq!(section(&project.read("again.md")), section(&text));
}
