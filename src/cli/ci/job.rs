//! What the environment of a CI job says.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::world::forge::ForgeKind;

use super::super::args::ci::CiArgs;

/// Variables that hold a token which may write, or may read a private repository.
pub(super) const TOKENS: &[&str] = &[
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "FORGEJO_TOKEN",
    "GITEA_TOKEN",
    "CI_JOB_TOKEN",
    "MCP_STATIC_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];

/// The job that a step runs in.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// Which forge runs it.
    pub(super) forge: ForgeKind,
    /// The forge, without a trailing slash: `https://github.com`.
    pub(super) server: String,
    /// Its API, without a trailing slash: `https://api.github.com`.
    pub(super) api: String,
    /// The repository, as `owner/name`; on GitLab the path of the project.
    pub(super) repository: String,
    /// Folder for what the steps of this job pass to each other.
    pub(super) work: PathBuf,
}

impl Job {
    /// Reads the environment.
    ///
    /// # Errors
    /// Outside of a job, with what to set to try a step by hand.
    pub(super) fn of_environment(args: &CiArgs) -> Result<Self> {
        let set = |name: &str| variable(name).is_some();
        let forge = match () {
            () if set("GITLAB_CI") => ForgeKind::GitLab,
            () if set("FORGEJO_ACTIONS") || set("GITEA_ACTIONS") => ForgeKind::Forgejo,
            () if set("GITHUB_ACTIONS") => ForgeKind::GitHub,
            () => {
                return Err(Error::new(ErrorKind::Usage, "this is not a job of a forge").help(
                    "`ci` runs in the workflows that `mcp-static init` writes; by hand use verify, build, probe",
                ));
            }
        };
        let names = match forge {
            ForgeKind::GitLab => ["CI_SERVER_URL", "CI_API_V4_URL", "CI_PROJECT_PATH"],
            _ => ["GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_REPOSITORY"],
        };
        let [server, api, repository] = names.map(required);
        let trim = |url: String| url.trim_end_matches('/').to_owned();
        let temporary = variable("RUNNER_TEMP")
            .or_else(|| variable("CI_PROJECT_DIR").map(|dir| format!("{dir}.tmp")))
            .map_or_else(std::env::temp_dir, PathBuf::from);
        let work = args.work.clone().unwrap_or_else(|| temporary.join("mcp-static"));
        Ok(Self { forge, server: trim(server?), api: trim(api?), repository: repository?, work })
    }

    /// Returns a file or folder of the work folder.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// Refuses to go on where a token can be seen.
    ///
    /// # Errors
    /// Naming the variable, never its value.
    pub(super) fn refuse_tokens(&self) -> Result<()> {
        match TOKENS.iter().find(|name| variable(name).is_some()) {
            None => Ok(()),
            Some(name) => Err(Error::new(
                ErrorKind::Usage,
                format!("{name} is set for a step that reads what strangers wrote"),
            )
            .help(format!("run this step without it: env -u {name} mcp-static ci …"))),
        }
    }
}

/// Returns a variable of the environment that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns a variable that the forge always sets.
pub(super) fn required(name: &str) -> Result<String> {
    variable(name).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{name} is not set"))
            .help("the forge sets it in every job; set it too when you try a step by hand")
    })
}

/// Returns the path that the forge gave for the outputs of a step, or for its summary.
pub(super) fn file_named(name: &str) -> Option<PathBuf> {
    variable(name).map(|path| Path::new(&path).to_path_buf())
}
