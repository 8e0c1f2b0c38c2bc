//! The arguments of the command line.

pub(super) mod ci;
mod complete;
mod entries;
mod help;
pub(super) mod sign;
mod site;
mod verify;
mod words;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueHint};

use crate::config::BaseUrl;
use crate::diag::format::Format;
use crate::diag::{Code, Levels};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::LoadOptions;

pub(super) use complete::{SHELL_NAMES, answer, script};
pub(super) use entries::{
    AddArgs, CheckArgs, ImportArgs, OutdatedArgs, StatusArgs, SyncArgs, WhyArgs,
};
pub(super) use help::{command, parse};
pub(super) use site::{BuildArgs, ProbeArgs, ServeArgs};
pub(super) use verify::VerifyArgs;

/// Name of the data folder, unless `--data` names another.
const DATA: &str = "registry-data";

/// Turns a git repository of server.json files into a complete MCP registry of static files.
#[derive(Debug, Parser)]
#[command(name = "mcp-static", version, max_term_width = 100, propagate_version = true)]
pub(super) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub verb: Verb,
}

/// Flags that every command takes, before or after its name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Folder that holds the registry's data; the default is also looked for in the folders above
    #[arg(long, global = true, value_name = "DIR", default_value = DATA, value_hint = ValueHint::DirPath)]
    pub data: PathBuf,
    /// The way up to the folder that holds the data, when `--data` is not given; else empty.
    #[arg(skip)]
    pub top: PathBuf,
    /// Read the data of this git revision instead of the folder on disk
    #[arg(long, global = true, value_name = "REV")]
    pub rev: Option<String>,
    /// Format of the report
    #[arg(long, global = true, value_name = "FORM", default_value = "human", value_parser = words::formats())]
    pub format: Format,
    /// Never use the network
    #[arg(long, global = true)]
    pub offline: bool,
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Print findings and errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print every finding in full, and notes too
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Do not draw progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Do not report this diagnostic code; `mcp-static explain` lists the codes
    #[arg(short = 'A', long, global = true, value_name = "CODE", value_parser = words::code, add = complete::codes())]
    pub allow: Vec<Code>,
    /// Report this diagnostic code as a warning (overrides --allow)
    #[arg(short = 'W', long, global = true, value_name = "CODE", value_parser = words::code, add = complete::codes())]
    pub warn: Vec<Code>,
    /// Report this diagnostic code as an error (overrides --warn)
    #[arg(short = 'D', long, global = true, value_name = "CODE", value_parser = words::code, add = complete::codes())]
    pub deny: Vec<Code>,
}

/// The commands, in the order of work.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Set up a registry repository: data folder, settings, CI, code owners, README
    Init(InitArgs),
    /// Add a server.json after checking it, or fetch an entry of another registry
    Add(AddArgs),
    /// Set the status of a version or of a whole server
    Status(StatusArgs),
    /// Validate entries and the registry as a whole, or single server.json files
    Check(CheckArgs),
    /// Explain why a server is listed, or why it is not
    Why(WhyArgs),
    /// Serve the registry live, with every query parameter, and reload when the data changes
    Serve(ServeArgs),
    /// Check the data, render the registry and write it as files
    Build(BuildArgs),
    /// Test a deployed registry with the requests that real clients send
    Probe(ProbeArgs),
    /// Check a change: who may publish, and what may change
    Verify(VerifyArgs),
    /// Make keys, and sign entries to prove that their domain approves them
    Sign(sign::SignArgs),
    /// Mirror another registry, or bring in a dump, list, catalog or client settings
    Import(ImportArgs),
    /// Bring in what the registries of every [[mirror]] of the settings have changed
    Sync(SyncArgs),
    /// List entries whose packages, or whose copies in another registry, have a newer version
    Outdated(OutdatedArgs),
    /// Run a step of a forge's workflow: what `init` wrote calls these
    Ci(ci::CiArgs),
    /// Explain a diagnostic code, or list all of them
    Explain {
        /// Code as in a report; without it all codes are listed
        #[arg(add = complete::explained())]
        code: Option<String>,
    },
    /// Print a completion script for a shell
    Completions {
        /// Shell that the script is for
        #[arg(value_parser = SHELL_NAMES)]
        shell: String,
    },
    /// Read the entries' dates from history and print how many there are
    #[command(hide = true)]
    Dates,
    /// Write the man pages of every command into a folder
    #[command(hide = true)]
    Man {
        /// Folder that gets the pages; it must exist
        dir: PathBuf,
    },
}

#[derive(Debug, Clone, Default, Args)]
pub(super) struct InitArgs {
    /// Folder of the repository; created when missing
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Display name [default: the name of the repository or folder]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Base URL that clients will use: https, no trailing slash, no /v0.1
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
    /// Host of the site, such as github-pages for a site that may be public; `build --help` lists them
    #[arg(long, value_name = "HOST", add = complete::hosts())]
    pub host: Option<String>,
    /// Forge that holds the repository [default: by the host of the remote "origin"]
    #[arg(long, value_name = "FORGE", value_parser = ["github", "gitlab", "forgejo", "gitea"])]
    pub forge: Option<String>,
    /// Code owners of settings and CI: @account or @organisation/team, separated by spaces
    #[arg(long, value_name = "WHO")]
    pub maintainers: Option<String>,
    /// Hosts that packages may come from besides the public ones: HOST, or TYPE=HOST such as
    /// npm=artifacts.corp.example, separated by spaces
    #[arg(long, value_name = "HOSTS")]
    pub package_hosts: Option<String>,
    /// A public registry: anyone may publish and prove a namespace, search engines may index it
    #[arg(long)]
    pub public: bool,
    /// A company's registry: colleagues publish, people review (the default)
    #[arg(long, conflicts_with = "public")]
    pub private: bool,
    /// Where the workflows get this program from: https://…, /path/on/the/runner, github:OWNER/REPO@VERSION,
    /// cargo:VERSION, cargo:https://….git@COMMIT, or "this" in a copy of the program's own repository
    #[arg(long, value_name = "SOURCE")]
    pub tool: Option<String>,
    /// SHA-256 of the file that --tool names
    #[arg(long, value_name = "HEX", requires = "tool")]
    pub sha256: Option<String>,
    /// Let people without git ask for a server: an issue form, and a workflow that makes a pull request of it
    #[arg(long)]
    pub requests: bool,
    /// Write an example entry
    #[arg(long)]
    pub example: bool,
    /// Ask nothing and take the defaults
    #[arg(short, long)]
    pub yes: bool,
    /// Update CI files of an older version, or of other options, that nobody has edited
    #[arg(long)]
    pub force: bool,
}

impl Global {
    /// Looks for the data in the folders above; for when `--data` is not given.
    fn find_data(&mut self) {
        if let Some(way) = way_up() {
            self.data = way.join(DATA);
            self.top = way;
        }
    }

    /// Returns the severities given on the command line.
    pub(super) fn levels(&self) -> Result<Levels> {
        let mut levels = Levels::default();
        for code in self.allow.iter().chain(&self.warn) {
            if code.is_fixed() {
                return Err(Error::new(ErrorKind::Usage, format!("{code} cannot be lowered"))
                    .help("fix the data; an entry with this problem would be dropped silently"));
            }
        }
        self.allow.iter().for_each(|code| levels.allow(*code));
        self.warn.iter().for_each(|code| levels.warn(*code));
        self.deny.iter().for_each(|code| levels.deny(*code));
        Ok(levels)
    }

    /// Returns how to load the data.
    pub(super) fn load_options(&self) -> Result<LoadOptions> {
        let epoch = match std::env::var("SOURCE_DATE_EPOCH") {
            Ok(text) if !text.is_empty() => Some(text.parse().map_err(|_| {
                Error::new(ErrorKind::Usage, format!("SOURCE_DATE_EPOCH is {text:?}, not a number"))
                    .help("give seconds since 1970, or unset it")
            })?),
            _ => None,
        };
        Ok(LoadOptions {
            data: self.data.clone(),
            revision: self.rev.clone(),
            levels: self.levels()?,
            epoch,
            ..LoadOptions::default()
        })
    }
}

/// Returns the way up from the current folder to the nearest one that holds the data folder, but not beyond
/// the top of a git repository. It is empty for the current folder.
fn way_up() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut way = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(DATA).is_dir() {
            return Some(way);
        }
        if folder.join(".git").exists() {
            return None;
        }
        way.push("..");
    }
    None
}
