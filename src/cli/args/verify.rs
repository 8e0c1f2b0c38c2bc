//! The arguments of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// Commit or branch that the change will be merged into, such as origin/main; "none" for a first publication
    #[arg(long, value_name = "REV|none")]
    pub base: Option<String>,
    /// Tip of the change
    #[arg(long, value_name = "REV", default_value = "HEAD", conflicts_with = "rev")]
    pub head: Option<String>,
    /// Event of the forge [default: the file that GITHUB_EVENT_PATH names]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub event: Option<PathBuf>,
    /// Check each commit of the published branch, as before a deployment, and write a list of the
    /// entries to hold back, for `build --without`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "all")]
    pub hold: Option<PathBuf>,
    /// With --hold: the commit of the last deployed site, if it is later than --base
    #[arg(long, value_name = "REV", requires = "hold")]
    pub published: Option<String>,
    /// Check every proof of the registry again, without a change
    #[arg(long, conflicts_with_all = ["base", "head"])]
    pub all: bool,
    /// Write the verdict as JSON, for other jobs
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
    /// Write the verdict as Markdown, for a comment on the pull request or a job summary
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub comment: Option<PathBuf>,
}
