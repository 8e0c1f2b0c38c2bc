//! What the environment of a CI job says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diag::format::Format;
use crate::error::{Error, ErrorKind, Result};
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::forge::ForgeKind;
use crate::world::git::{Git, Remote};

use super::super::args::Global;
use super::super::args::ci::CiArgs;
use super::super::net;
use super::super::talk::Talk;

/// Variables of forges like GitHub that hold a token which may write, or may read a private repository. The runners of
/// Forgejo and Gitea show all but the second to every step; the runtime's token is the job's own on older servers.
pub(in crate::cli) const TOKENS: [&str; 6] = [
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "FORGEJO_TOKEN",
    "GITEA_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];

/// Such variables of GitLab. The registry's and the proxy's password are the job's token, and the URL has it in it.
pub(in crate::cli) const GITLAB_TOKENS: [&str; 6] = [
    "CI_JOB_TOKEN",
    "MCP_STATIC_TOKEN",
    "CI_REPOSITORY_URL",
    "CI_REGISTRY_PASSWORD",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_DEPLOY_PASSWORD",
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
    /// How long to wait for hosts.
    pub(super) patience: Patience,
}

/// How long a step waits for a host that does not answer as it should yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Longest single pause.
    longest: Duration,
}

impl Patience {
    /// Waits for so many seconds, but not for longer than the longest pause.
    pub(super) fn pause(&self, seconds: u64) {
        SystemClock::default().sleep(Duration::from_secs(seconds).min(self.longest));
    }
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
        let patience = Patience { longest: Duration::from_secs(args.longest_pause) };
        let (server, api, repository) = (trim(server?), trim(api?), repository?);
        Ok(Self { forge, server, api, repository, work, patience })
    }

    /// Returns what prints the findings of a judgement: as annotations, where the forge has them.
    pub(super) fn annotator(&self, global: &Global) -> Talk {
        let is_plain = global.format == Format::Human && self.is_like_github();
        let format = if is_plain { Format::Github } else { global.format };
        Talk::new(&Global { format, ..global.clone() })
    }

    /// Whether the forge reads workflow commands from the log, as GitHub does.
    pub(super) fn is_like_github(&self) -> bool {
        self.forge != ForgeKind::GitLab
    }

    /// Returns the repository as git reaches it, with the job's token if there is one; a token that may only read
    /// is enough unless the step `writes`.
    ///
    /// # Errors
    /// When what the variable holds cannot be a token.
    pub(super) fn remote(&self, writes: bool) -> Result<Remote> {
        let (suffix, tokens): (_, &[(&str, &str)]) = match (self.forge, writes) {
            (ForgeKind::GitLab, true) => {
                (".git", &[("oauth2", "MCP_STATIC_TOKEN"), ("gitlab-ci-token", "CI_JOB_TOKEN")])
            }
            (ForgeKind::GitLab, false) => (".git", &[("gitlab-ci-token", "CI_JOB_TOKEN")]),
            _ => ("", &[("x-access-token", "GITHUB_TOKEN")]),
        };
        let url = format!("{}/{}{suffix}", self.server, self.repository);
        let Some((user, name)) = tokens.iter().find(|(_, name)| variable(name).is_some()) else {
            return Ok(Remote::new(&url, None));
        };
        let token = net::token(Some(name))?;
        Ok(Remote::new(&url, token.as_ref().map(|token| (*user, token))))
    }

    /// Returns a file or folder of the work folder.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// Makes the work folder, without these files and folders: another run may have left them.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn clear(&self, names: &[&str]) -> Result<()> {
        let failed = |path: &Path, e| Error::io("the work folder cannot be prepared", path, e);
        std::fs::create_dir_all(&self.work).map_err(|e| failed(&self.work, e))?;
        for path in names.iter().map(|name| self.at(name)) {
            let removed = match std::fs::symlink_metadata(&path) {
                Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(&path),
                Ok(_) => std::fs::remove_file(&path),
                Err(_) => Ok(()),
            };
            removed.map_err(|e| failed(&path, e))?;
        }
        Ok(())
    }

    /// Refuses to go on where a token can be seen.
    ///
    /// # Errors
    /// Naming the variable, never its value.
    pub(super) fn refuse_tokens(&self) -> Result<()> {
        match TOKENS.iter().chain(&GITLAB_TOKENS).find(|name| variable(name).is_some()) {
            None => Ok(()),
            Some(name) => Err(Error::new(
                ErrorKind::Usage,
                format!("{name} is set for a step that reads what strangers wrote"),
            )
            .help(format!("run this step without it: env -u {name} mcp-static ci …"))),
        }
    }
}

/// Opens the repository that is checked out around the data folder.
///
/// # Errors
/// When there is none.
pub(super) fn repository(data: &Path) -> Result<Git> {
    Git::discover(data)?.ok_or_else(|| {
        Error::new(ErrorKind::Git, "the data is not in a git repository")
            .at(data)
            .help("check out the repository with its full history before this step")
    })
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
