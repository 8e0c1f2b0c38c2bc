//! The CI files: every forge with every source of the program, and the scripts in them run for real.

use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

use super::{cloned, files, init};
use crate::project::{Project, home, tree};

const SUM: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const COMMIT: &str =
    "cargo:https://git.acme.example/a/mcp-static.git@0123456789abcdef0123456789abcdef01234567";

const FORGES: [&str; 5] =
    ["github.com", "github.acme.example", "gitlab.com", "codeberg.org", "gitea.acme.example"];

const SOURCES: [&[&str]; 7] = [
    &[],
    &["--tool", "https://files.acme.example/mcp-static", "--sha256", SUM],
    &["--tool", "github:acme/mcp-static@1.2.3", "--sha256", SUM],
    &["--tool", "/opt/mcp-static"],
    &["--tool", "cargo:1.2.3"],
    &["--tool", COMMIT],
    &["--tool", "this"],
];

/// Settings with a mirror that takes a token.
const MIRROR: &str = "[[mirror]]\nfrom = \"https://registry.acme.example\"\nservers = [\"com.acme/*\"]\ntoken_env = \"ACME_TOKEN\"\n";

/// The CI files of a new repository, by path.
fn workflows(forge: &str, args: &[&str]) -> Vec<(String, String)> {
    let project = cloned(&format!("https://{forge}/acme/mcp"));
    if args.contains(&"this") {
        project.file("Cargo.toml", "[package]\nname = \"mcp-static\"\n");
    }
    project.file("registry-data/registry.toml", MIRROR);
    init(&project, args).expect(0);
    let all = files(&project).into_iter().filter(|(path, _)| path.ends_with(".yml"));
    all.map(|(path, text)| (path, String::from_utf8(text).unwrap())).collect()
}

/// A workflow by the end of its path.
fn workflow(forge: &str, args: &[&str], name: &str) -> String {
    let all = workflows(forge, args);
    all.into_iter().find(|(path, _)| path.ends_with(name)).unwrap().1
}

fn parse(path: &str, text: &str) -> Yaml {
    let mut all = YamlLoader::load_from_str(text).unwrap_or_else(|e| panic!("{path}: {e}\n{text}"));
    assert_eq!(all.len(), 1, "{path}");
    all.remove(0)
}

/// Every combination that can be: forge, arguments.
fn combinations() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut all = Vec::new();
    for forge in FORGES {
        for source in SOURCES {
            if source.contains(&"this") && forge != "github.com" {
                continue;
            }
            for profile in
                [&["--private"][..], &["--public"], &["--private", "--host", "github-pages"]]
            {
                let requests: &[&str] = if forge == "gitlab.com" { &[] } else { &["--requests"] };
                all.push((forge, [source, profile, requests].concat()));
            }
        }
    }
    all
}

#[test]
fn every_file_is_complete_by_itself() {
    let mut count = 0;
    for (forge, args) in combinations() {
        for (path, text) in workflows(forge, &args) {
            let context = format!("{forge} {args:?} {path}");
            count += 1;
            let yaml = parse(&context, &text);
            assert!(!text.contains("#+") && !text.contains("#-"), "{context}:\n{text}");
            let word = text
                .split("__")
                .nth(1)
                .is_some_and(|w| w.starts_with(|c: char| c.is_ascii_uppercase()));
            assert!(!word, "{context}:\n{text}");
            assert!(!text.contains("mcp-static/mcp-static"), "{context}");
            assert!(text.lines().count() < 320, "{context} has {} lines", text.lines().count());
            for line in text.lines() {
                if let Some(action) = line.trim_start_matches([' ', '-']).strip_prefix("uses: ") {
                    let id = action.split(['@', ' ']).nth(1).unwrap();
                    let pinned = id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
                    assert!(pinned && action.starts_with("actions/"), "{context}: {line}");
                    assert!(action.contains(" # v"), "{context}: {line}");
                }
            }
            for (name, job) in yaml["jobs"].as_hash().into_iter().flatten() {
                let at = format!("{context}: {name:?}");
                assert!(job["timeout-minutes"].as_i64().is_some(), "{at}");
                assert!(job["permissions"].as_hash().is_some_and(|all| !all.is_empty()), "{at}");
                for step in job["steps"].as_vec().unwrap() {
                    let script = step["run"].as_str().unwrap_or_default();
                    assert!(!script.contains("${{"), "{at}: {script}");
                }
            }
        }
    }
    assert!(count > 150, "only {count} files were made");
}

/// The permissions of each job: "job: right, right".
fn permissions(text: &str) -> Vec<String> {
    let yaml = parse("", text);
    assert!(yaml["permissions"].as_hash().unwrap().is_empty(), "{text}");
    let rights = |job: &Yaml| -> String {
        let all = job["permissions"].as_hash().unwrap().iter();
        let mut all: Vec<String> =
            all.map(|(k, v)| format!("{}={}", k.as_str().unwrap(), v.as_str().unwrap())).collect();
        all.sort();
        all.join(" ")
    };
    let jobs = yaml["jobs"].as_hash().unwrap().iter();
    jobs.map(|(name, job)| format!("{}: {}", name.as_str().unwrap(), rights(job))).collect()
}

#[test]
fn a_job_has_the_rights_that_it_needs_and_no_more() {
    let judge = ["judge: contents=read", "report: pull-requests=write"];
    for profile in ["--private", "--public"] {
        assert_eq!(permissions(&workflow("github.com", &[profile], "registry.yml")), judge);
    }
    let deploy = "deploy: id-token=write pages=write";
    let prove = "prove: contents=read";
    let back = "roll-back: actions=read contents=read id-token=write pages=write";
    let attest = "attest: attestations=write id-token=write";
    let remember = "remember: contents=write";
    let build = "build: contents=read pages=read pull-requests=read";
    let pages = ["--host", "github-pages"];
    assert_eq!(
        permissions(&workflow("github.com", &pages, "publish.yml")),
        [build, deploy, prove, back, attest, remember]
    );
    // GitHub Enterprise Server has no attestations.
    assert_eq!(
        permissions(&workflow("github.acme.example", &pages, "publish.yml")),
        [build, deploy, prove, back, remember]
    );
    assert_eq!(
        permissions(&workflow("github.com", &[], "publish.yml")),
        ["build: contents=read pull-requests=read", remember]
    );
    assert_eq!(
        permissions(&workflow("github.com", &["--requests"], "/request.yml")),
        ["draft: contents=read", "open: contents=write issues=write pull-requests=write"]
    );
    for forge in ["github.com", "github.acme.example", "codeberg.org"] {
        let sync = workflow(forge, &[], "/sync.yml");
        assert_eq!(permissions(&sync), ["sync: contents=write pull-requests=write"]);
        assert!(sync.contains("          ACME_TOKEN: ${{ secrets.ACME_TOKEN }}\n"), "{sync}");
    }
    let sync = &parse("", &workflow("gitlab.com", &[], ".yml"))["sync"];
    assert_eq!(sync["script"][1].as_str(), Some("mcp-static ci sync"));
}

/// The steps that run a step of `ci`, or `sync`, each with the names of the variables that it gets.
fn ci_steps(text: &str) -> Vec<(String, String)> {
    let yaml = parse("", text);
    let jobs = yaml["jobs"].as_hash().unwrap().iter();
    let steps = jobs.flat_map(|(_, job)| job["steps"].as_vec().unwrap().clone());
    let steps = steps.filter_map(|step| {
        let run = step["run"].as_str()?.to_owned();
        let names = step["env"]
            .as_hash()
            .into_iter()
            .flatten()
            .map(|(k, _)| k.as_str().unwrap().to_owned());
        let is_ours = run.contains("mcp-static ci ") || run.contains("mcp-static sync");
        is_ours.then(|| (run, names.collect::<Vec<_>>().join(" ")))
    });
    steps.collect()
}

#[test]
fn no_token_reaches_a_step_that_reads_what_strangers_wrote() {
    for (forge, args) in combinations().into_iter().filter(|(forge, _)| *forge != "gitlab.com") {
        let mut seen = 0;
        for (path, text) in workflows(forge, &args) {
            if !path.contains("/workflows/") {
                continue;
            }
            for (run, env) in ci_steps(&text) {
                let steps = ["ci judge", "ci request draft", "static sync"];
                let quiet = steps.iter().any(|step| run.contains(step));
                seen += usize::from(quiet);
                let right = if run.contains("static sync") { "FULL ACME_TOKEN" } else { "" };
                assert!(!quiet || env == right, "{forge} {path}: {run} gets {env}");
                let drops = ["GITHUB", "FORGEJO", "GITEA", "ACTIONS_RUNTIME"];
                let drops = drops.iter().all(|name| run.contains(&format!(" -u {name}_TOKEN ")));
                let forgejo = !path.starts_with(".github/");
                assert!(!quiet || drops == forgejo, "{forge} {path}: {run}");
            }
            // Only a mirror has a token of its own, for the registry that it asks.
            assert!(!text.contains("${{ secrets") || path.ends_with("/sync.yml"), "{path}");
            // Whoever opens a pull request chooses what its branch holds: no job may check that out.
            assert!(
                !text.contains("pull_request.head") && !text.contains("github.head_ref"),
                "{path}"
            );
            // Without `ref` the event pull_request checks out its merge.
            let [uses, named] =
                ["uses: actions/checkout", "ref: ${{ github.event.repository.default"]
                    .map(|part| text.matches(part).count());
            assert!(!path.ends_with("registry.yml") || uses == named, "{path}");
        }
        assert_eq!(seen, 3, "{forge} {args:?}");
    }
    let gitlab = workflow("gitlab.com", &[], ".gitlab-ci.yml");
    for step in ["mcp-static ci judge", "mcp-static sync"] {
        let line = gitlab.lines().find(|line| line.contains(step)).unwrap();
        let names =
            ["CI_JOB_TOKEN", "MCP_STATIC_TOKEN", "CI_REPOSITORY_URL", "CI_REGISTRY_PASSWORD"];
        assert!(names.iter().all(|name| line.contains(&format!("-u {name} "))), "{line}");
    }
}

#[test]
fn the_public_profile_takes_its_workflow_from_the_base() {
    for forge in ["github.com", "github.acme.example", "codeberg.org"] {
        for (profile, trigger) in
            [("--public", "pull_request_target"), ("--private", "pull_request")]
        {
            let yaml = parse(forge, &workflow(forge, &[profile], "registry.yml"));
            // YAML 1.1 reads `on` as a truth value; this parser does not.
            let on: Vec<&str> =
                yaml["on"].as_hash().unwrap().keys().filter_map(Yaml::as_str).collect();
            assert!(on.contains(&trigger), "{forge}: {on:?}");
            assert_eq!(on.contains(&"merge_group"), forge.starts_with("github"), "{forge}: {on:?}");
        }
    }
}

#[test]
fn a_source_that_is_not_known_is_said_at_the_end() {
    for (forge, place) in [
        ("github.com", "Settings > Secrets and variables > Actions > Variables"),
        ("gitlab.com", "Settings > CI/CD > Variables"),
        ("codeberg.org", "Settings > Actions > Variables"),
    ] {
        let project = cloned(&format!("https://{forge}/acme/mcp"));
        let ran = init(&project, &[]).expect(0);
        let last = ran.err.lines().last().unwrap().to_owned();
        for what in ["MCP_STATIC_URL", "MCP_STATIC_SHA256", "`sha256sum mcp-static`", place] {
            assert!(last.contains(what), "{what}: {last}");
        }
        let project = cloned(&format!("https://{forge}/acme/mcp"));
        let ran = init(&project, &["--tool", "/opt/mcp-static"]).expect(0);
        assert!(!ran.err.contains("MCP_STATIC_URL"), "{}", ran.err);
    }
}

#[test]
fn this_repository_has_the_workflows_that_init_writes_for_a_copy() {
    let project = cloned("https://github.com/acme/mcp");
    project.file("Cargo.toml", &std::fs::read_to_string(home().join("Cargo.toml")).unwrap());
    init(&project, &["--public", "--host", "github-pages", "--tool", "this"]).expect(0);
    for name in [".github/workflows/registry.yml", ".github/workflows/publish.yml"] {
        let path = home().join(name);
        let wanted = project.read(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, wanted, "{name}: BLESS=1 cargo test --test it init:: writes it");
    }
}

#[test]
fn every_action_of_this_repository_is_pinned_by_a_full_commit_id() {
    let mut count = 0;
    for (path, bytes) in tree(&home().join(".github/workflows")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for line in text.lines() {
            let Some(what) = line.trim_start_matches([' ', '-']).strip_prefix("uses: ") else {
                continue;
            };
            let id = what.split(['@', ' ']).nth(1).unwrap_or_default();
            let pinned = id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(pinned || what.starts_with("$/"), "{path}: {what}");
            count += 1;
        }
    }
    assert!(count > 10, "only {count} were found");
}

/// The script of a step whose text contains `part`.
fn script(text: &str, part: &str) -> String {
    let yaml = parse("", text);
    let jobs = yaml["jobs"].as_hash().unwrap().iter();
    let steps = jobs.flat_map(|(_, job)| job["steps"].as_vec().unwrap().clone());
    let mut scripts = steps.filter_map(|step| step["run"].as_str().map(str::to_owned));
    scripts.find(|script| script.contains(part)).unwrap_or_else(|| panic!("{part}: {text}"))
}

/// Runs a script as a runner does, with `bin` before everything else on the path. Returns status and output.
#[cfg(unix)]
fn run(project: &Project, script: &str, env: &[(&str, &str)]) -> (i32, String) {
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
    let done = Command::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
        .current_dir(project.path(""))
        .env("RUNNER_TEMP", project.path("temp"))
        .env("GITHUB_PATH", project.path("path"))
        .env("PATH", path)
        .env_remove("MCP_STATIC_URL")
        .env_remove("MCP_STATIC_SHA256")
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let text = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

/// A program that prints its name, in place of the real one.
#[cfg(unix)]
fn program(project: &Project, path: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    project.file(path, text);
    std::fs::set_permissions(project.path(path), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn the_install_step_takes_the_file_of_the_known_sum_only() {
    for forge in ["github.com", "codeberg.org"] {
        let install = script(&workflow(forge, &[], "registry.yml"), "sha256sum");
        let project = Project::empty();
        program(&project, "x/mcp-static", "#!/bin/sh\necho it is me\n");
        // In place of the network: copies the file that the address ends in.
        let fetch =
            "#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\ncp \"${3##*/}\" \"$2\"\n";
        program(&project, "bin/curl", fetch);
        let prepare = "mkdir -p a/completions && cp x/mcp-static a/ && echo no > a/completions/_mcp-static && \
            tar -czf mcp-static-1.2.3.tar.gz a && cp x/mcp-static mcp-static";
        assert_eq!(run(&project, prepare, &[]).0, 0);

        let (status, said) = run(&project, &install, &[]);
        assert_eq!(status, 2, "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        for what in ["MCP_STATIC_URL", "MCP_STATIC_SHA256", "sha256sum mcp-static"] {
            assert!(said.contains(what), "{said}");
        }
        for file in ["mcp-static", "mcp-static-1.2.3.tar.gz"] {
            let url = format!("https://files.acme.example/{file}");
            let (_, sum) = run(&project, &format!("sha256sum {file} | cut -d' ' -f1"), &[]);
            let env = [("MCP_STATIC_URL", url.as_str()), ("MCP_STATIC_SHA256", sum.trim())];
            let (status, said) =
                run(&project, &format!("{install}\n$RUNNER_TEMP/mcp-static-tool/mcp-static"), &env);
            assert_eq!((status, said.as_str()), (0, "it is me\n"), "{file}");
            assert!(project.read("path").ends_with("/temp/mcp-static-tool\n"));
            project.remove("temp").remove("path");
            let (status, said) = run(&project, &install, &[env[0], ("MCP_STATIC_SHA256", SUM)]);
            assert_eq!(status, 1, "{said}");
            assert!(
                !project.path("path").exists()
                    && !project.path("temp/mcp-static-tool/mcp-static").exists()
            );
            project.remove("temp");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_install_step_takes_a_program_of_the_runner() {
    let project = Project::empty();
    program(&project, "tool", "#!/bin/sh\necho it is me\n");
    let path = project.path("tool").display().to_string();
    let install = script(&workflow("github.com", &["--tool", &path], "registry.yml"), "cp ");
    let (status, said) =
        run(&project, &format!("{install}\n$RUNNER_TEMP/mcp-static-tool/mcp-static"), &[]);
    assert_eq!((status, said.as_str()), (0, "it is me\n"));
    let sealed =
        script(&workflow("github.com", &["--tool", &path, "--sha256", SUM], "registry.yml"), "cp ");
    assert_eq!(run(&project, &sealed, &[]).0, 1);
    project.remove("tool");
    let (status, said) = run(&project, &install, &[]);
    assert_eq!(status, 2);
    assert!(said.contains(&format!("There is no file {path}")), "{said}");
}

#[cfg(unix)]
#[test]
fn forgejo_pushes_each_site_on_top_of_the_last_one() {
    let push = script(&workflow("codeberg.org", &[], "publish.yml"), "commit-tree");
    let project = Project::empty();
    let top = project.path("").display().to_string();
    let prepare = "git init --quiet --bare acme/mcp && git init --quiet -b main clone && cd clone && \
        git -c user.name=a -c user.email=a@b.c commit --quiet --allow-empty -m x";
    let (status, said) = run(&project, prepare, &[]);
    assert_eq!(status, 0, "{said}");
    let url = format!("file://{top}");
    let env = [
        ("GITHUB_SERVER_URL", url.trim_end_matches('/')),
        ("GITHUB_REPOSITORY", "acme/mcp"),
        ("GITHUB_SHA", SUM),
        ("TOKEN", "t0ken"),
    ];
    for (i, file) in ["one", "two"].into_iter().enumerate() {
        project.file(&format!("temp/site/{file}/index.html"), file);
        project.file("temp/site/.well-known/x", file).file("temp/site/.gitignore", "one\n");
        let (status, said) = run(&project, &format!("cd clone\n{push}"), &env);
        assert_eq!(status, 0, "{said}");
        assert!(!said.contains("t0ken"), "{said}");
        project.remove(&format!("temp/site/{file}"));
        let (_, there) = run(&project, "git -C acme/mcp ls-tree -r --name-only pages", &[]);
        assert_eq!(there, format!(".gitignore\n.well-known/x\n{file}/index.html\n"));
        let (_, count) = run(&project, "git -C acme/mcp rev-list --count pages", &[]);
        assert_eq!(count, format!("{}\n", i + 1));
    }
}
