//! The arguments of the commands that work on the data: `add`, `status`, `check` and `import`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::check::Profile;
use crate::model::Status;

use super::{complete, words};

#[derive(Debug, Args)]
pub(in crate::cli) struct AddArgs {
    /// A server.json file, or NAME[@VERSION] together with --from
    #[arg(value_name = "FILE|NAME[@VERSION]", value_hint = ValueHint::FilePath)]
    pub what: String,
    /// Fetch the entry from this registry: its base URL, or "official"
    #[arg(long, value_name = "URL|official")]
    pub from: Option<String>,
    /// Environment variable that holds a bearer token for the registry
    #[arg(long, value_name = "VAR", requires = "from")]
    pub token_env: Option<String>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArgs {
    /// The server, or one of its versions
    #[arg(value_name = "NAME[@VERSION]", add = complete::entries())]
    pub what: String,
    /// The new status
    #[arg(value_name = "STATUS", value_parser = words::statuses())]
    pub status: Status,
    /// Why, or what to use instead; at most 500 characters. Without it the text there stays, an empty one removes it
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// Files or folders of the data to report on, or server.json files anywhere ("-" is stdin)
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Rules to apply; "official" has exactly the rules of the official registry
    #[arg(long, value_name = "PROFILE", default_value = "strict", value_parser = words::profiles())]
    pub profile: Profile,
    /// Ask the registries of packages too: does each package exist, and does it name its server?
    #[arg(long, conflicts_with = "site")]
    pub online: bool,
    /// Write what they answered to packages.json beside each server.json
    #[arg(long, requires = "online")]
    pub record: bool,
    /// Channel of registry.toml, instead of the main registry
    #[arg(long, value_name = "NAME", conflicts_with = "site")]
    pub channel: Option<String>,
    /// Compare a built site with its manifest, instead of checking the data
    #[arg(long, value_name = "DIR", conflicts_with = "paths", value_hint = ValueHint::DirPath)]
    pub site: Option<PathBuf>,
    /// Manifest of the live site: fail if the new site has no servers, or lost more than 5 % of them
    #[arg(long, value_name = "FILE", requires = "site", value_hint = ValueHint::FilePath)]
    pub before: Option<PathBuf>,
    /// Accept a site with far fewer servers than the live one
    #[arg(long, requires = "before")]
    pub allow_shrink: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WhyArgs {
    /// Name of the server, or one version as NAME@VERSION
    #[arg(value_name = "NAME[@VERSION]", add = complete::servers())]
    pub what: String,
    /// Look at this channel of the settings
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// Base URL of a v0.1 registry, "official", or a file, folder or URL with servers: a dump, a list, an mcp.json, a Docker or AI catalog
    #[arg(value_name = "URL|FILE|FOLDER|official", value_hint = ValueHint::AnyPath)]
    pub source: String,
    /// Namespace for names that have none, such as com.example
    #[arg(long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Make own entries of the records of a registry, with their dates, instead of a mirror
    #[arg(long)]
    pub as_own: bool,
    /// Import only names that match this pattern (* and ?); may be given several times
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out names that match this pattern; wins over --include
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Exit with 1 if any record was skipped
    #[arg(long)]
    pub strict: bool,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Environment variable that holds a bearer token for the registry
    #[arg(long, value_name = "VAR")]
    pub token_env: Option<String>,
    /// Start over, without the pages that an interrupted import has fetched
    #[arg(long)]
    pub restart: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct OutdatedArgs {
    /// Servers to look at, or patterns of their names (* and ?); all when none is named
    #[arg(value_name = "NAME", add = complete::entries())]
    pub names: Vec<String>,
    /// Write each newer version as a new version folder, with the text of the newest server.json
    #[arg(long)]
    pub write: bool,
    /// Show what --write would write and write nothing
    #[arg(long, requires = "write")]
    pub dry_run: bool,
    /// Environment variable that holds a bearer token for the registries that entries were mirrored from
    #[arg(long, value_name = "VAR")]
    pub token_env: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct SyncArgs {
    /// Compare everything with the registries, not only what changed since the last run
    #[arg(long)]
    pub full: bool,
    /// Show what would change and write nothing
    #[arg(long)]
    pub dry_run: bool,
}
