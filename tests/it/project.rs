//! A registry in a temporary folder: files, commits, the binary run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository that these tests belong to.
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with its bytes, by path with forward slashes.
pub fn tree(root: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A folder that holds a registry, removed when dropped.
pub struct Project {
    dir: tempfile::TempDir,
}

/// What a run of the binary said.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Fails with everything that was said unless the run ended with `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Fails unless stdout or stderr holds `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "{text:?} was not said\nstdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }
}

impl Project {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A copy of the sample registry.
    pub fn sample() -> Self {
        let project = Self::empty();
        for (path, bytes) in tree(&home().join("registry-data")) {
            project.bytes(&format!("registry-data/{path}"), &bytes);
        }
        project
    }

    /// A registry with one small server, not pinned and not committed.
    pub fn small() -> Self {
        let project = Self::empty();
        project.entry("com.example/weather", "1.0.0");
        project
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let full = self.path(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, bytes).unwrap();
        self
    }

    pub fn file(&self, path: &str, text: &str) -> &Self {
        self.bytes(path, text.as_bytes())
    }

    /// Adds the smallest valid entry.
    pub fn entry(&self, name: &str, version: &str) -> &Self {
        self.entry_with(name, version, "")
    }

    /// Adds an entry with more members, each ending in a comma.
    pub fn entry_with(&self, name: &str, version: &str, more: &str) -> &Self {
        let text = format!(
            "{{\n  \"$schema\": \"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\n  \
             \"name\": \"{name}\",\n  {more}\n  \"description\": \"A server\",\n  \"version\": \"{version}\"\n}}\n"
        );
        self.file(&format!("registry-data/servers/{name}/{version}/server.json"), &text)
    }

    /// Pins an entry's dates.
    pub fn pin(&self, name: &str, version: &str, published: &str) -> &Self {
        self.file(
            &format!("registry-data/servers/{name}/{version}/origin.json"),
            &format!("{{\"publishedAt\":\"{published}\"}}\n"),
        )
    }

    pub fn remove(&self, path: &str) -> &Self {
        let full = self.path(path);
        if full.is_dir() { std::fs::remove_dir_all(full) } else { std::fs::remove_file(full) }
            .unwrap();
        self
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    /// Makes the folder a git repository.
    pub fn git(&self) -> git2::Repository {
        git2::Repository::init(self.dir.path()).unwrap()
    }

    /// Commits everything at `time`.
    pub fn commit(&self, time: i64) -> git2::Oid {
        let repo = git2::Repository::open(self.dir.path()).unwrap();
        let mut index = repo.index().unwrap();
        index.add_all(["registry-data"], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.update_all(["registry-data"], None).unwrap();
        index.write().unwrap();
        let tree = repo.find_tree(index.write_tree().unwrap()).unwrap();
        let who = git2::Signature::new("A", "a@example.com", &git2::Time::new(time, 0)).unwrap();
        let parents: Vec<git2::Commit<'_>> =
            repo.head().ok().map(|head| head.peel_to_commit().unwrap()).into_iter().collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        repo.commit(Some("HEAD"), &who, &who, "change", &tree, &parents).unwrap()
    }

    /// Runs the binary in the folder.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// Runs the binary in the folder with further environment.
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
        command.current_dir(self.dir.path()).args(args).env_remove("SOURCE_DATE_EPOCH");
        // A repository around the temporary folder is none of ours.
        command.env("GIT_CEILING_DIRECTORIES", self.dir.path().parent().unwrap());
        // Nor is the pull request of a job that runs these tests.
        for name in ["GITHUB_EVENT_PATH", "GITHUB_SERVER_URL", "GITLAB_CI"] {
            command.env_remove(name);
        }
        command.envs(env.iter().copied());
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Builds the API into `_site`.
    pub fn build_api(&self) -> Ran {
        self.run(&["build", "--only", "api", "--base-url", "https://registry.example.com"])
    }
}
