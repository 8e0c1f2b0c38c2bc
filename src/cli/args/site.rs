//! The arguments of the commands that work on a site: `serve`, `build` and `probe`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::config::BaseUrl;

use super::{complete, words};

#[derive(Debug, Args)]
pub(in crate::cli) struct ServeArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub addr: String,
    /// Base URL that clients use: https, no trailing slash, no /v0.1
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
    /// Channel of registry.toml, instead of the main registry
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
    /// Accept requests for this Host too; may be given several times ("*" accepts any)
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Do not watch the data for changes
    #[arg(long)]
    pub no_reload: bool,
    /// Imitate this host: its paths, redirects, types and headers, for `probe`
    #[arg(long = "as", value_name = "HOST", value_parser = words::hosts())]
    pub host: Option<String>,
    /// Serve this built site instead of the data; it is read once
    #[arg(long, value_name = "DIR", requires = "host", conflicts_with_all = ["base_url", "channel"], value_hint = ValueHint::DirPath)]
    pub site: Option<PathBuf>,
    /// Be an MCP server on stdin and stdout instead, for agents: search, show, how to install
    #[arg(long, conflicts_with_all = ["addr", "allow_host", "host"])]
    pub mcp: bool,
    /// Send no CORS headers, as a host whose operator has not set them (s3, plain)
    #[arg(long, requires = "host")]
    pub without_cors: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct BuildArgs {
    /// Host that the files are for; may be given several times
    #[arg(long = "for", value_name = "HOST", default_value = "plain", value_parser = words::hosts())]
    pub hosts: Vec<String>,
    /// Output folder; with several --for, each host gets a folder inside it [default: _site]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Base URL that clients use: https, no trailing slash, no /v0.1
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
    /// Channel of registry.toml, instead of the main registry
    #[arg(long, value_name = "NAME", requires = "out")]
    pub channel: Option<String>,
    /// Leave out the entries that this file lists: the file that `verify --hold` wrote
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub without: Option<PathBuf>,
    /// Show this result of a probe on the site: the probe.json that `probe --write` wrote
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub probe: Option<PathBuf>,
    /// Build only this part of the site
    #[arg(long, value_name = "PART", value_parser = ["api"])]
    pub only: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ProbeArgs {
    /// Base URL that clients use: https, no trailing slash, no /v0.1
    #[arg(value_name = "URL")]
    pub url: String,
    /// Imitate only this client; may be given several times
    #[arg(long, value_name = "CLIENT", value_parser = words::clients())]
    pub client: Vec<String>,
    /// Exit with 1 if this client fails; may be given several times [default: from the settings]
    #[arg(long, value_name = "CLIENT", value_parser = words::clients(), hide_possible_values = true)]
    pub require: Vec<String>,
    /// Look up this server, instead of a few servers of the list
    #[arg(long, value_name = "NAME", add = complete::servers())]
    pub server: Option<String>,
    /// Allow hosts on private networks, and plain http there
    #[arg(long)]
    pub allow_private: bool,
    /// Report under this URL: the probed registry is a preview of the one that will be there
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub stands_for: Option<BaseUrl>,
    /// Write probe.json and badge.svg into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub write: Option<PathBuf>,
}
