//! What the gate passes to the jobs after it: which site was built, and from which commit.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::site::FileDigest;
use crate::text::is_lower_hex;

use super::job::Job;
use super::output::passed;

/// Name of the step output, and of the file in the work folder.
pub(super) const NAME: &str = "deployment";

/// A site that passed the gate.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Deployment {
    /// Full id of the commit that it was built from.
    pub(super) commit: String,
    /// The host that its files are for.
    pub(super) host: String,
    /// The URL that clients are given; empty when nobody knows it.
    pub(super) url: String,
    /// SHA-256 of its `manifest.json`, as the live site hands it out.
    pub(super) manifest: FileDigest,
    /// Number of paths that are held back.
    pub(super) held: usize,
    /// The last commit up to which nothing is held back.
    pub(super) proven: Option<String>,
}

impl Deployment {
    /// Reads what the gate passed on.
    ///
    /// # Errors
    /// When there is nothing, or it names no commit.
    pub(super) fn passed(job: &Job) -> Result<Self> {
        let deployment: Self = passed(job, NAME, "gate")?;
        let ids = [Some(&deployment.commit), deployment.proven.as_ref()];
        if ids.into_iter().flatten().all(|id| is_lower_hex(id, 40)) {
            return Ok(deployment);
        }
        Err(Error::new(ErrorKind::Usage, "the deployment does not name a commit")
            .help("pass on the output `deployment` of `mcp-static ci gate` as it is"))
    }
}
