//! A registry repository from nothing, as `init` writes it.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;

use crate::project::{Project, Ran, tree};

mod workflows;

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
    let kinds: [(&[&str], &str); 5] = [
        (&["--example"], "plain"),
        (&["--public", "--example"], "github-pages"),
        (&["--host", "github-pages", "--example"], "github-pages"),
        (&["--forge", "gitlab", "--example"], "gitlab-pages"),
        (&["--forge", "forgejo", "--example"], "plain"),
    ];
    for (args, host) in kinds {
        let project = Project::empty();
        init(&project, &[&["--base-url", BASE_URL], args].concat()).expect(0).says("git init");
        project.git();
        project.run(&["check"]).expect(0);
        project.commit(1_800_000_000);
        project.run(&["check", "-D", "settings-invalid"]).expect(0);
        project.run(&["build", "--for", host]).expect(0).says("1 server with 1 version");
        project.run(&["check", "--site", "_site"]).expect(0);
    }
}

#[test]
fn hosts_of_packages_are_settings_of_the_new_registry() {
    let project = Project::empty();
    let hosts = "npm=artifacts.corp.example repository_hosts=git.corp.example";
    init(&project, &["--example", "--package-hosts", hosts]).expect(0);
    project.git();
    project.run(&["check"]).expect(0);
    let settings = project.read("registry-data/registry.toml");
    for line in [
        r#"npm = ["public", "artifacts.corp.example"]"#,
        r#"repository_hosts = ["public", "git.corp.example"]"#,
        r#"oci = ["*"]"#,
    ] {
        assert!(settings.lines().any(|it| it == line), "{line}: {settings}");
    }
    let again = init(&project, &["--package-hosts", hosts]).expect(0);
    assert!(!again.err.contains("not changed"), "{}", again.err);
    init(&project, &["--package-hosts", "oci=images.corp.example"])
        .expect(0)
        .says(r#"write oci = ["public", "images.corp.example"] below [packages]"#);
    init(&project, &["--package-hosts", "https://artifacts.corp.example/npm"])
        .expect(2)
        .says("without scheme, port and path");
}

#[test]
fn no_entry_is_written_unless_asked_for() {
    let project = Project::empty();
    let ran = init(&project, &[]).expect(0);
    assert!(!project.path("registry-data/servers").exists());
    assert!(!project.read("README.md").contains("com.example/"));
    let first = ran.err.lines().find(|line| line.starts_with("next: ")).unwrap().to_owned();
    assert!(first.starts_with("next: mcp-static add FILE"), "{first}");
    project.run(&["check"]).expect(1).says("registry-empty");
    init(&project, &["--example"]).expect(0).says("wrote registry-data/servers/com.example/hello");
    assert_eq!(
        project.read("registry-data/servers/com.example/hello/1.0.0/server.json").lines().next(),
        Some("{")
    );
}

#[test]
fn a_registry_whose_address_is_not_known_builds_too() {
    let project = Project::empty();
    init(&project, &["--example"]).expect(0);
    project.git();
    project.commit(1_800_000_000);
    project.run(&["build"]).expect(0);
    let settings = project.read("registry-data/registry.toml");
    assert!(settings.contains("\nid = \"urn:uuid:"), "{settings}");
    assert!(settings.contains("\n# e.g. base_url = "), "{settings}");
}

#[test]
fn a_second_init_changes_nothing_and_says_what() {
    let project = Project::empty();
    init(&project, &["--name", "Mine"]).expect(0).says("wrote registry-data/registry.toml");
    let before = files(&project);
    for args in [&[][..], &["--force"], &["--name", "Mine"]] {
        let ran = init(&project, args).expect(0).says("nothing to do");
        assert!(!ran.err.contains("kept"), "{args:?}: {}", ran.err);
        assert_eq!(files(&project), before, "{args:?}");
    }
    let url = "https://mcp.acme.example";
    init(&project, &["--public", "--name", "Other", "--base-url", url])
        .expect(0)
        .says("not changed: write name = \"Other\" into registry-data/registry.toml yourself")
        .says("not changed: write base_url = \"https://mcp.acme.example\" into")
        .says("not changed: write visibility = \"public\" into")
        .says("kept .github/workflows/registry.yml (--force renews it)")
        .says("nothing to do");
    assert_eq!(files(&project), before);
}

#[test]
fn a_repository_with_its_own_files_keeps_them() {
    let project = Project::empty();
    project
        .file("README.md", "mine\n")
        .file(".gitignore", "/x\n_site/")
        .file("public/index.html", "mine\n");
    project.file(".github/CODEOWNERS", "* @me\n").entry("com.acme/tool", "1.0.0");
    let ran = init(&project, &["--force"]).expect(0);
    assert!(
        !ran.err.contains("maintainers in") && !ran.err.contains("check .github"),
        "{}",
        ran.err
    );
    ran.says("wrote registry-data/README.md")
        .says("registry-data/README.md says how")
        .says("kept .github/CODEOWNERS (init never replaces it)")
        .says("added /.mcp-static to .gitignore")
        .says("next: git init");
    assert_eq!(project.read("README.md"), "mine\n");
    assert_eq!(project.read(".github/CODEOWNERS"), "* @me\n");
    // A folder `public` that is there already is not a build's.
    assert_eq!(project.read(".gitignore"), "/x\n_site/\n/.mcp-static\n");
    init(&project, &["--force"]).expect(0).says("nothing to do");
    assert_eq!(project.read(".gitignore"), "/x\n_site/\n/.mcp-static\n");

    let project = Project::empty();
    init(&project, &[]).expect(0).says("wrote .gitignore");
    assert_eq!(project.read(".gitignore"), "/_site\n/public\n/.mcp-static\n");
}

#[test]
fn a_later_run_remembers_the_options_of_the_first() {
    let project = cloned("https://git.acme.example/tools/mcp");
    let tool = ["--tool", "/opt/mcp-static", "--host", "nginx"];
    init(&project, &[&["--forge", "github", "--public"][..], &tool].concat()).expect(0);
    let before = files(&project);
    init(&project, &["--force"]).expect(0).says("nothing to do");
    assert_eq!(files(&project), before);
    init(&project, &["--force", "--tool", "cargo:1.2.3"])
        .expect(0)
        .says("updated .github/workflows/publish.yml");
    let publish = project.read(".github/workflows/publish.yml");
    assert!(publish.contains("mcp-static --version =1.2.3"), "{publish}");
    assert!(publish.contains("ci gate --for nginx "), "{publish}");
    assert!(publish.contains(
        "\n# Written by: mcp-static init --forge github --public --host nginx --tool cargo:1.2.3\n"
    ));
}

#[test]
fn force_renews_only_what_nobody_edited() {
    let project = Project::empty();
    init(&project, &[]).expect(0);
    let publish = project.read(".github/workflows/publish.yml");
    let edited = publish.replace("17 5", "30 4");
    assert_ne!(edited, publish);
    project.file(".github/workflows/publish.yml", &edited);
    // The profile differs, so the other workflow's text does too.
    init(&project, &["--public"])
        .expect(0)
        .says("kept .github/workflows/registry.yml (--force renews it)");
    let ran = init(&project, &["--public", "--force"]).expect(0);
    let ran = ran.says("updated .github/workflows/registry.yml");
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
        assert!(publish.contains(&format!("ci gate --for {host} ")), "{publish}");
    }
}

#[test]
fn the_remote_tells_forge_owner_and_likely_address() {
    let project = cloned("git@github.com:Acme/mcp.git");
    init(&project, &["--host", "github-pages"])
        .expect(0)
        .says("then: git add")
        .says("note: a site on GitHub Pages is public");
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

    for (url, folder, address) in [
        ("https://gitlab.com/Group/mcp.git", ".gitlab", "https://group.gitlab.io/mcp"),
        ("git@codeberg.org:acme/mcp.git", ".forgejo", "https://acme.codeberg.page/mcp"),
        ("https://gitea.acme.example/acme/mcp", ".gitea", "https://registry.example.com"),
        ("https://github.acme.example/acme/mcp", ".github", "https://registry.example.com"),
    ] {
        let project = cloned(url);
        init(&project, &[]).expect(0);
        assert!(project.path(folder).is_dir(), "{url}");
        assert!(project.read("README.md").starts_with("# mcp\n"), "{url}");
        assert!(project.read("README.md").contains(&format!("    {address}\n")), "{url}");
    }
    init(&cloned("https://git.acme.example/a/b"), &[])
        .expect(2)
        .says("git.acme.example does not show which forge runs there")
        .says("--forge github, --forge gitlab");
}

#[test]
fn hostile_names_stay_names() {
    let project = Project::empty();
    let name = "\"quoted\" \\ [registry] __URL__ ${{ secrets.X }} 'x' \u{202e}";
    project.git();
    init(&project, &["--name", name, "--example"]).expect(0);
    for (path, text) in files(&project).iter().filter(|(path, _)| path.ends_with(".yml")) {
        assert!(!String::from_utf8_lossy(text).contains("secrets.X"), "{path}");
    }
    project.run(&["check"]).expect(0);
    let settings: toml::Table = project.read("registry-data/registry.toml").parse().unwrap();
    assert_eq!(settings["registry"]["name"].as_str(), Some(name));
    for (args, what) in [
        (&["--name", "a\nb"][..], "is not a name"),
        (&["--maintainers", "alice"], "is not a code owner"),
        (&["--host", "moon"], "choose from"),
        (&["--data", "elsewhere"], "leave out --data"),
        (&["--base-url", "https://mcp.acme.example/"], "does not end in a slash"),
        (&["--tool", "https://a.example/\"x\""], "is not an https address"),
        (&["--tool", "https://a.example/${{ secrets.X }}"], "is not an https address"),
        (&["--tool", "https://a.example/mcp-static"], "needs --sha256"),
        (&["--tool", "https://a.example/x", "--sha256", "abc"], "is not a SHA-256"),
        (&["--tool", "/opt/'x'"], "cannot be written into a workflow"),
        (&["--tool", "cargo:^1"], "is not an exact version"),
        (&["--tool", "this"], "needs the program's source"),
        (&["--tool", "this", "--forge", "gitlab"], "works on GitHub only"),
        (&["--requests", "--forge", "gitlab"], "does not work on GitLab"),
        (&["--forge", "svn"], "invalid value"),
    ] {
        init(&Project::empty(), args).expect(2).says(what);
    }
}

#[test]
fn a_folder_is_made_when_it_is_missing() {
    let project = Project::empty();
    init(&project, &["new/registry"])
        .expect(0)
        .says("next: cd new/registry && mcp-static add FILE");
    assert!(project.read("new/registry/README.md").starts_with("# registry\n"));
}

#[test]
fn nothing_is_asked_where_nobody_can_answer() {
    // The test's standard input is no terminal, so even without --yes no question is asked.
    let project = Project::empty();
    project.run(&["init"]).expect(0).says("wrote README.md");
}
