//! A registry repository from nothing, as `init` writes it.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;

use crate::project::{Project, Ran, home, tree};

const BASE_URL: &str = "https://mcp.acme.example";

/// The files of a project that are not git's.
fn files(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(&project.path(""));
    files.retain(|path, _| !path.starts_with(".git/"));
    files
}

fn init(project: &Project, args: &[&str]) -> Ran {
    project.run(&[&["init", "--yes"], args].concat())
}

/// A project whose `origin` is on a forge.
fn cloned(url: &str) -> Project {
    let project = Project::empty();
    project.git().remote("origin", url).unwrap();
    project
}

#[test]
fn a_new_registry_passes_check_and_builds_as_it_is() {
    for args in [&[][..], &["--public"], &["--host", "github-pages"], &["--forge", "gitlab"]] {
        let project = Project::empty();
        init(&project, &[&["--base-url", BASE_URL], args].concat())
            .expect(0)
            .says("next: git init");
        project.git();
        project.run(&["check"]).expect(0);
        project.commit(1_800_000_000);
        project.run(&["check", "-D", "settings-invalid"]).expect(0);
        let host = if args.contains(&"github-pages") { "github-pages" } else { "plain" };
        project.run(&["build", "--for", host]).expect(0).says("1 server with 1 version");
        project.run(&["check", "--site", "_site"]).expect(0);
        let list = project.json("_site/v0.1/servers/index.json");
        assert_eq!(list["servers"][0]["server"]["name"], "com.example/hello");
    }
}

#[test]
fn a_registry_whose_address_is_not_known_builds_too() {
    let project = Project::empty();
    init(&project, &[]).expect(0);
    project.git();
    project.commit(1_800_000_000);
    project.run(&["build"]).expect(0);
    let settings = project.read("registry-data/registry.toml");
    assert!(settings.contains("\nid = \"urn:uuid:"), "{settings}");
    assert!(settings.contains("\n# base_url = "), "{settings}");
}

#[test]
fn a_second_init_changes_nothing() {
    let project = Project::empty();
    init(&project, &[]).expect(0).says("wrote registry-data/registry.toml");
    let before = files(&project);
    for args in [&[][..], &["--force"], &["--public", "--name", "Other"]] {
        init(&project, args).expect(0).says("nothing to do");
        assert_eq!(files(&project), before, "{args:?}");
    }
}

#[test]
fn what_somebody_wrote_is_kept_and_said_so() {
    let project = Project::empty();
    project.file("README.md", "mine\n").file(".gitignore", "/x\n");
    project.entry("com.acme/tool", "1.0.0");
    init(&project, &["--force"]).expect(0).says("kept README.md (it is yours)");
    assert_eq!(project.read("README.md"), "mine\n");
    assert_eq!(project.read(".gitignore"), "/x\n");
    // A registry that has entries needs no example.
    assert!(!project.path("registry-data/servers/com.example").exists());
}

#[test]
fn force_renews_only_what_nobody_edited() {
    let project = Project::empty();
    init(&project, &[]).expect(0);
    let publish = project.read(".github/workflows/publish.yml");
    let edited = publish.replace("17 5", "30 4");
    project.file(".github/workflows/publish.yml", &edited);
    // The profile differs, so the other workflow's text does too.
    init(&project, &["--public"])
        .expect(0)
        .says("kept .github/workflows/registry.yml (--force renews it)");
    let ran = init(&project, &["--public", "--force"]).expect(0);
    let ran = ran.says("renewed .github/workflows/registry.yml");
    ran.says("kept .github/workflows/publish.yml (it was changed)");
    assert_eq!(project.read(".github/workflows/publish.yml"), edited);
    assert!(project.read(".github/workflows/registry.yml").contains("pull_request_target:"));
}

#[test]
fn a_registry_is_private_unless_public_is_said() {
    for (args, visibility, trust, trigger, host) in [
        (&[][..], "private", "review", "  pull_request:\n", "plain"),
        (&["--private"], "private", "review", "  pull_request:\n", "plain"),
        (&["--host", "github-pages"], "private", "review", "  pull_request:\n", "github-pages"),
        (&["--public"], "public", "proof", "  pull_request_target:", "github-pages"),
    ] {
        let project = Project::empty();
        init(&project, args).expect(0);
        let settings = project.read("registry-data/registry.toml");
        assert!(settings.contains(&format!("\nvisibility = \"{visibility}\"\n")), "{settings}");
        assert!(settings.contains(&format!("\ntrust = \"{trust}\"\n")), "{settings}");
        let workflow = project.read(".github/workflows/registry.yml");
        assert!(workflow.contains(trigger), "{workflow}");
        let publish = project.read(".github/workflows/publish.yml");
        assert!(publish.contains(&format!("      host: {host} ")), "{publish}");
    }
}

#[test]
fn the_remote_tells_forge_owner_and_likely_address() {
    let project = cloned("git@github.com:Acme/mcp.git");
    init(&project, &["--host", "github-pages"]).expect(0).says("next: git add");
    let readme = project.read("README.md");
    assert!(readme.contains("    https://acme.github.io/mcp\n"), "{readme}");
    assert!(
        project
            .read("registry-data/registry.toml")
            .contains("\nid = \"https://acme.github.io/mcp\"\n")
    );
    assert!(
        project.read(".github/CODEOWNERS").contains("/.github/                         @Acme\n")
    );

    let project = cloned("https://gitlab.acme.example/tools/mcp.git");
    init(&project, &["--maintainers", "@tools/registry"]).expect(0);
    assert!(project.read(".gitlab/CODEOWNERS").contains("@tools/registry"));
    assert!(!project.path(".github").exists());
    let settings = project.read("registry-data/registry.toml");
    assert!(settings.contains("\nid = \"https://gitlab.acme.example/tools/mcp\"\n"), "{settings}");
}

#[test]
fn hostile_names_stay_names() {
    let project = Project::empty();
    let name = "\"quoted\" \\ [registry] __URL__";
    project.git();
    init(&project, &["--name", name]).expect(0);
    project.run(&["check"]).expect(0);
    let settings: toml::Table = project.read("registry-data/registry.toml").parse().unwrap();
    assert_eq!(settings["registry"]["name"].as_str(), Some(name));
    for (args, what) in [
        (&["--name", "a\nb"][..], "is not a name"),
        (&["--maintainers", "alice"], "is not a code owner"),
        (&["--host", "moon"], "choose from"),
        (&["--data", "elsewhere"], "leave out --data"),
        (&["--base-url", "https://mcp.acme.example/"], "does not end in a slash"),
    ] {
        init(&Project::empty(), args).expect(2).says(what);
    }
}

#[test]
fn a_folder_is_made_when_it_is_missing() {
    let project = Project::empty();
    init(&project, &["new/registry"]).expect(0).says("next: cd new/registry && git init");
    assert!(project.read("new/registry/README.md").starts_with("# registry\n"));
}

#[test]
fn nothing_is_asked_where_nobody_can_answer() {
    // The test's standard input is no terminal, so even without --yes no question is asked.
    let project = Project::empty();
    project.run(&["init"]).expect(0).says("wrote README.md");
}

/// Every `uses:` of a workflow or action below `folder`, with its file.
fn uses(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, bytes) in tree(&home().join(folder)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = text
            .lines()
            .filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: "));
        found.extend(lines.map(|what| (path.clone(), what.to_owned())));
    }
    found
}

#[test]
fn every_action_is_pinned_by_a_full_commit_id() {
    let all: Vec<_> = [uses(".github"), uses("templates/scaffold")].concat();
    assert!(all.len() > 15, "the workflows were not found");
    for (file, what) in all {
        if what.starts_with("$/.github/actions/") {
            assert!(home().join(&what[2..]).join("action.yml").is_file(), "{file}: {what}");
            continue;
        }
        let id = what.split_once('@').map_or("", |(_, rest)| rest.split(' ').next().unwrap());
        let full = id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(full, "{file}: {what} is not pinned by a commit id");
    }
}

#[test]
fn no_script_of_a_workflow_holds_an_expression() {
    let mut scripts = 0;
    for folder in [".github", "templates/scaffold"] {
        for (path, bytes) in tree(&home().join(folder)) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for line in text.lines().filter(|line| line.trim_start().starts_with("run:")) {
                scripts += 1;
                assert!(!line.contains("${{"), "{folder}/{path}: {line}");
                assert!(
                    !line.ends_with('|') || path.ends_with("ci.yml"),
                    "{path}: put it into a file"
                );
            }
        }
    }
    assert!(scripts > 8, "the scripts were not found");
}

#[test]
fn an_action_has_at_most_six_inputs() {
    for (path, bytes) in tree(&home().join(".github/actions")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((_, rest)) = text.split_once("\ninputs:\n") else { continue };
        let own = rest.lines().take_while(|line| line.starts_with(' '));
        let inputs = own.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).count();
        assert!((1..=6).contains(&inputs), "{path} has {inputs} inputs");
    }
}

/// The lines of a block with this head in a workflow, without comments.
fn block<'a>(text: &'a str, head: &'a str) -> impl Iterator<Item = &'a str> {
    let indent = head.len() - head.trim_start().len();
    let deeper = move |line: &&str| line.len() - line.trim_start().len() > indent;
    let blocks = text.split(head).skip(1);
    let lines = blocks.flat_map(move |rest| rest.lines().skip(1).take_while(deeper));
    lines.map(|line| line.split('#').next().unwrap().trim())
}

#[test]
fn the_template_grants_what_the_jobs_of_the_called_workflow_ask_for() {
    // GitHub refuses to start a called workflow that asks for more than its caller has.
    for (called, caller) in [
        ("registry-publish.yml", "github/.github/workflows/publish.yml"),
        ("registry-change.yml", "github/public/.github/workflows/registry.yml"),
        ("registry-change.yml", "github/company/.github/workflows/registry.yml"),
    ] {
        let read = |path: String| std::fs::read_to_string(home().join(path)).unwrap();
        let called = read(format!(".github/workflows/{called}"));
        let caller_text = read(format!("templates/scaffold/{caller}"));
        let granted: Vec<&str> = block(&caller_text, "\n    permissions:").collect();
        let asked: Vec<&str> = block(&called, "\n    permissions:").collect();
        assert!(!asked.is_empty() && !granted.is_empty(), "{caller}");
        for right in asked {
            let more = right.replace(": read", ": write");
            assert!(granted.contains(&right) || granted.contains(&&*more), "{caller}: {right}");
        }
    }
}

#[test]
fn the_template_passes_on_that_a_site_may_shrink() {
    let project = Project::empty();
    init(&project, &["--host", "github-pages"]).expect(0);
    let publish = project.read(".github/workflows/publish.yml");
    assert!(
        publish.contains("      allow-shrink: ${{ inputs.allow-shrink || false }}"),
        "{publish}"
    );
    assert!(block(&publish, "\n  workflow_dispatch:").any(|line| line == "allow-shrink:"));
}
