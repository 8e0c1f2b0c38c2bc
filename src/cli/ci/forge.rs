//! The API of the job's forge, with the token that may write.

use crate::error::{Error, ErrorKind, Result};
use crate::world::forge::{Forge, ForgeKind, GitHubLike, GitLab};
use crate::world::http::{HttpError, Reach};

use super::super::args::Global;
use super::super::net;
use super::job::{Job, variable};

/// Opens the API; `None` on GitLab without a token that may write comments, which the job's own token may not.
///
/// # Errors
/// Without a token on other forges, and with `--offline`.
pub(super) fn open(global: &Global, job: &Job) -> Result<Option<Box<dyn Forge>>> {
    let name = match job.forge {
        ForgeKind::GitLab if variable("MCP_STATIC_TOKEN").is_none() => return Ok(None),
        ForgeKind::GitLab => "MCP_STATIC_TOKEN",
        _ => "GITHUB_TOKEN",
    };
    let Some(token) = net::token(Some(name))? else { return Ok(None) };
    // A company's forge may be in a private network. The API refuses plain http itself.
    let reach = Reach { private: true, ..Reach::default() };
    let exchange = Box::new(net::exchanger(global, reach)?);
    Ok(Some(match job.forge {
        ForgeKind::GitLab => Box::new(GitLab::new(&job.api, &job.repository, token, exchange)),
        kind => Box::new(GitHubLike::new(kind, &job.api, &job.repository, token, exchange)),
    }))
}

/// Whether the forge answered that this token may not do it. It answers 404 for what the token may not know of.
pub(super) fn is_refused(e: &HttpError) -> bool {
    matches!(e, HttpError::Status { status: 403 | 404, .. })
}

/// Returns the error for a request to the forge that failed.
pub(super) fn failed(doing: &str, e: HttpError) -> Error {
    let kind = match e {
        HttpError::NoAnswer { .. } => ErrorKind::Indeterminate,
        _ => ErrorKind::Remote,
    };
    Error::new(kind, doing).because(e)
}

/// Returns the error for a pull request that could not be opened; `permissions` says what the job needs.
pub(super) fn unopened(e: HttpError, job: &Job, permissions: &str) -> Error {
    let is_forbidden = matches!(e, HttpError::Status { status: 403, .. });
    let error = failed("could not open the pull request", e);
    match job.forge {
        ForgeKind::GitHub if is_forbidden => error.help(
            "allow it: Settings, Actions, General, \"Allow GitHub Actions to create and approve pull requests\"",
        ),
        _ => error.help(permissions),
    }
}
