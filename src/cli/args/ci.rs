//! The arguments of `ci`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::config::BaseUrl;

#[derive(Debug, Args)]
pub(in crate::cli) struct CiArgs {
    /// Folder for what the steps of one job pass to each other [default: below the runner's temporary folder]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub work: Option<PathBuf>,
    /// Longest pause between two requests to a host, in seconds; tests make it short
    #[arg(long, global = true, hide = true, value_name = "SECONDS", default_value_t = 180)]
    pub longest_pause: u64,
    #[command(subcommand)]
    pub step: Step,
}

/// The steps, in the order of a workflow.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Step {
    /// Fetch the commits of the change into a bare repository; nothing is checked out
    Fetch(BranchArgs),
    /// Judge the change that was fetched, without any token
    Judge,
    /// Write the verdict to the pull request: one comment and labels
    Report,
    /// Judge what was merged since the last deployment, build the site, and probe a preview of it
    Gate(GateArgs),
    /// Wait for the deployed site and probe it as real clients do
    Prove(ProveArgs),
    /// Find the last run whose site was proven to work
    LastGood,
    /// Say what became of putting the last good site back
    RollBack(RollBackArgs),
    /// Remember which commit is deployed, and which run's site works
    Remember,
    /// Open or renew one pull request with what `sync` changed in the checkout
    Sync,
    /// Turn an issue that asks for a server into a pull request
    Request(RequestArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct BranchArgs {
    /// The publishing branch [default: the repository's default branch]
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GateArgs {
    /// Host that the files are for; `build --help` lists them
    #[arg(long = "for", value_name = "HOST", add = super::complete::hosts())]
    pub host: String,
    /// Folder for the site [default: "site" in the work folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Base URL that clients use, if it is not that of the settings
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
    /// Address that the host gave to the site, if no base URL is known
    #[arg(long, value_name = "URL")]
    pub live_url: Option<String>,
    /// Accept a site with far fewer servers than the live one
    #[arg(long)]
    pub allow_shrink: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ProveArgs {
    /// Base URL that clients use [default: that of the gate]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Allow hosts on private networks
    #[arg(long)]
    pub allow_private: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RollBackArgs {
    /// Address at which the host serves the site that was put back; empty when it did not take it
    #[arg(long, value_name = "URL", default_value = "")]
    pub page: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RequestArgs {
    /// "draft" makes the entry and checks it, without any token; "open" opens the pull request
    #[arg(value_name = "PART", value_parser = ["draft", "open"])]
    pub part: String,
}
