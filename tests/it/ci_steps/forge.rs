//! A registry's repository on a forge, a clone of it, and the jobs that run there.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::project::{Project, Ran};

/// The URL that clients are given.
pub(super) const URL: &str = "https://mcp.acme.example";

/// The first version that is published.
pub(super) const HELLO: &str = "com.example/hello";

/// A token that must not be seen anywhere.
pub(super) const TOKEN: &str = "s3cret-t0ken";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    GitHub,
    Forgejo,
    GitLab,
}

/// A clone with the registry, and the forge that it was cloned from.
pub(super) struct Registry {
    pub(super) project: Project,
    pub(super) clone: git2::Repository,
    /// The repository on the forge.
    pub(super) forge: git2::Repository,
    pub(super) kind: Kind,
}

/// The id of a commit as text.
pub(super) type Id = String;

impl Registry {
    /// A registry whose people review, with one server on the branch `main`.
    pub(super) fn new(kind: Kind) -> Self {
        let project = Project::empty();
        let mut options = git2::RepositoryInitOptions::new();
        let clone =
            git2::Repository::init_opts(project.path(""), options.initial_head("main")).unwrap();
        let forge = git2::Repository::init_bare(project.path("forge/acme/registry.git")).unwrap();
        for folder in ["temp", "builds"] {
            std::fs::create_dir(project.path(folder)).unwrap();
        }
        let registry = Self { project, clone, forge, kind };
        registry.settings("");
        registry.project.entry(HELLO, "1.0.0");
        registry.commit();
        registry.push("refs/heads/main:refs/heads/main");
        registry
    }

    /// Writes the settings, with more tables after the usual ones.
    pub(super) fn settings(&self, more: &str) {
        let text = format!(
            "[registry]\nid = \"{URL}\"\nbase_url = \"{URL}\"\n\n[ownership]\ntrust = \"review\"\n{more}"
        );
        self.project.file("registry-data/registry.toml", &text);
    }

    /// Commits everything to the branch that is checked out.
    pub(super) fn commit(&self) -> Id {
        let before = self.clone.head().ok().and_then(|head| head.peel_to_commit().ok());
        let time = before.map_or(1_790_000_000, |commit| commit.time().seconds() + 3600);
        self.project.commit(time).to_string()
    }

    pub(super) fn push(&self, spec: &str) {
        let mut remote = self.clone.remote_anonymous(self.forge.path().to_str().unwrap()).unwrap();
        remote.push(&[&format!("+{spec}")], None).unwrap();
    }

    /// Makes a branch of a change and pushes it as pull request 7.
    pub(super) fn propose(&self, change: impl FnOnce(&Project)) -> Id {
        let main = self.clone.head().unwrap().peel_to_commit().unwrap();
        change(&self.project);
        let head = self.commit();
        let name = match self.kind {
            Kind::GitLab => "refs/merge-requests/7/head",
            _ => "refs/pull/7/head",
        };
        self.push(&format!("refs/heads/main:{name}"));
        self.clone.reset(main.as_object(), git2::ResetType::Hard, None).unwrap();
        head
    }

    /// What the reference `refs/mcp-static/NAME` of the forge points to.
    pub(super) fn mark(&self, name: &str) -> Option<Id> {
        let found = self.forge.find_reference(&format!("refs/mcp-static/{name}")).ok()?;
        Some(found.target().unwrap().to_string())
    }

    pub(super) fn main(&self) -> Id {
        self.clone.head().unwrap().target().unwrap().to_string()
    }

    /// Path of a file or folder of the registry.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.project.path(name)
    }

    /// A job of the forge, without a token.
    pub(super) fn job(&self) -> Job<'_> {
        let mut job = Job { registry: self, variables: Vec::new() };
        let server = format!("file://{}", self.path("forge").display());
        let path = |name: &str| self.path(name).to_str().unwrap().to_owned();
        match self.kind {
            Kind::GitLab => {
                job.set("GITLAB_CI", "true");
                job.set("CI_SERVER_URL", &server);
                job.set("CI_API_V4_URL", "http://127.0.0.1:9/api/v4");
                job.set("CI_PROJECT_PATH", "acme/registry");
                job.set("CI_PROJECT_DIR", &path("builds"));
                job.set("CI_PROJECT_VISIBILITY", "private");
                job.set("CI_DEFAULT_BRANCH", "main");
                job.set("CI_PIPELINE_ID", "4711");
            }
            kind => {
                job.set("GITHUB_ACTIONS", "true");
                if kind == Kind::Forgejo {
                    job.set("FORGEJO_ACTIONS", "true");
                }
                job.set("GITHUB_SERVER_URL", &server);
                job.set("GITHUB_API_URL", "http://127.0.0.1:9");
                job.set("GITHUB_REPOSITORY", "acme/registry");
                job.set("GITHUB_RUN_ID", "4711");
                job.set("RUNNER_TEMP", &path("temp"));
                job.set("GITHUB_OUTPUT", &path("output"));
                job.set("GITHUB_STEP_SUMMARY", &path("summary"));
            }
        }
        job
    }

    /// A job for pull request 7 with the commit `head`.
    pub(super) fn change(&self, head: &str) -> Job<'_> {
        let mut job = self.job();
        if self.kind == Kind::GitLab {
            job.set("CI_MERGE_REQUEST_IID", "7");
            job.set("CI_MERGE_REQUEST_PROJECT_ID", "10");
            job.set("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "10");
            job.set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
            job.set("CI_COMMIT_SHA", head);
            return job;
        }
        job.event("pull_request", &pull_request(head));
        job
    }
}

/// The payload of pull request 7, whose title wants to be a command.
pub(super) fn pull_request(head: &str) -> Value {
    let owner = json!({ "login": "acme", "id": 1, "type": "Organization" });
    let repo = json!({ "id": 10, "full_name": "acme/registry", "private": true,
        "visibility": "private", "default_branch": "main", "owner": owner });
    json!({ "number": 7, "repository": repo, "pull_request": {
        "number": 7, "title": "$(touch pwned)`touch pwned`\n::error::x",
        "user": { "login": "alice", "id": 1001, "type": "User" },
        "head": { "sha": head, "ref": "change", "repo": repo },
        "base": { "ref": "main", "repo": repo },
    } })
}

/// The environment of a job.
#[derive(Clone)]
pub(super) struct Job<'a> {
    registry: &'a Registry,
    variables: Vec<(&'static str, String)>,
}

impl Job<'_> {
    pub(super) fn set(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.unset(name);
        self.variables.push((name, value.to_owned()));
        self
    }

    pub(super) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(known, _)| *known != name);
        self
    }

    /// Sets the event of the job.
    pub(super) fn event(&mut self, name: &str, payload: &Value) -> &mut Self {
        self.registry.project.file("event.json", &payload.to_string());
        let path = self.registry.path("event.json");
        self.set("GITHUB_EVENT_NAME", name);
        self.set("GITHUB_EVENT_PATH", path.to_str().unwrap())
    }

    /// Gives the job its token.
    pub(super) fn token(&mut self) -> &mut Self {
        match self.registry.kind {
            Kind::GitLab => self.set("CI_JOB_TOKEN", TOKEN),
            _ => self.set("GITHUB_TOKEN", TOKEN),
        }
    }

    /// Runs a step with nothing in its outputs and its summary.
    pub(super) fn run(&self, args: &[&str]) -> Ran {
        let registry = self.registry;
        for name in ["output", "summary"] {
            registry.project.file(name, "");
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
        command.current_dir(registry.path("")).arg("ci").args(args).args(["--longest-pause", "0"]);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", registry.path("temp")).env("GIT_CONFIG_NOSYSTEM", "1");
        // Nothing but this computer is reached.
        command.env("HTTPS_PROXY", "http://127.0.0.1:9");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let ran = Ran { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) };
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains(TOKEN) && !said.contains("panicked"), "{said}");
        ran
    }

    /// The file that a step left in the work folder.
    pub(super) fn left(&self, name: &str) -> Option<Value> {
        let folder = match self.registry.kind {
            Kind::GitLab => "builds.tmp/mcp-static",
            _ => "temp/mcp-static",
        };
        let text = std::fs::read_to_string(self.registry.path(folder).join(name)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// An output of the last step.
    pub(super) fn output(&self, name: &str) -> Option<String> {
        let text = self.registry.project.read("output");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let (key, end) = line.split_once("<<").expect("an output begins with its name");
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
            if key == name {
                return Some(value.join("\n"));
            }
        }
        None
    }

    pub(super) fn summary(&self) -> String {
        self.registry.project.read("summary")
    }
}
