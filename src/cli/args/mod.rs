//! The arguments of the command line.

pub(super) mod ci;
pub(super) mod sign;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueHint};

use crate::check::Profile;
use crate::config::BaseUrl;
use crate::diag::format::Format;
use crate::diag::{Code, Levels};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::LoadOptions;

/// Turns a git repository of server.json files into a complete MCP registry of static files.
#[derive(Debug, Parser)]
#[command(name = "mcp-static", version, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit status: 0 fine, 1 findings, 2 wrong use or failure, 3 no answer from outside, 4 needs a maintainer."
)]
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
    /// Folder that holds the registry's data
    #[arg(long, global = true, value_name = "DIR", default_value = "registry-data", value_hint = ValueHint::DirPath)]
    pub data: PathBuf,
    /// Read the data of this git revision instead of the folder on disk
    #[arg(long, global = true, value_name = "REV")]
    pub rev: Option<String>,
    /// Format of the report: human, json, github, sarif or markdown
    #[arg(long, global = true, value_name = "FORM", default_value = "human", value_parser = parse_format)]
    pub format: Format,
    /// Never use the network
    #[arg(long, global = true)]
    pub offline: bool,
    /// Colours: auto, always or never (NO_COLOR is honoured)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Print only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print notes too
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Do not draw progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Do not report this diagnostic code
    #[arg(short = 'A', long, global = true, value_name = "CODE", value_parser = parse_code)]
    pub allow: Vec<Code>,
    /// Report this diagnostic code as a warning (overrides --allow)
    #[arg(short = 'W', long, global = true, value_name = "CODE", value_parser = parse_code)]
    pub warn: Vec<Code>,
    /// Report this diagnostic code as an error (overrides --warn)
    #[arg(short = 'D', long, global = true, value_name = "CODE", value_parser = parse_code)]
    pub deny: Vec<Code>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Add a server.json after checking it, or fetch an entry of another registry
    Add(AddArgs),
    /// Check the data, render the registry and write it as files
    Build(BuildArgs),
    /// Validate entries and the registry as a whole, or single server.json files
    Check(CheckArgs),
    /// Run a step of a forge's workflow: what `init` wrote calls these
    Ci(ci::CiArgs),
    /// Print a completion script for a shell
    Completions {
        /// Shell that the script is for
        shell: clap_complete::Shell,
    },
    /// Read the entries' dates from history and print how many there are
    #[command(hide = true)]
    Dates,
    /// Explain a diagnostic code, or list all of them
    Explain {
        /// Code as in a report; without it all codes are listed
        code: Option<String>,
    },
    /// Mirror another registry: a base URL, or a dump file
    Import(ImportArgs),
    /// Set up a registry repository: data folder, settings, CI, code owners, README
    Init(InitArgs),
    /// Write the man pages of every command into a folder
    #[command(hide = true)]
    Man {
        /// Folder that gets the pages; it must exist
        dir: PathBuf,
    },
    /// Test a deployed registry with the requests that real clients send
    Probe(ProbeArgs),
    /// Serve the registry live, with every query parameter, and reload when the data changes
    Serve(ServeArgs),
    /// Make keys, and sign entries to prove that their domain approves them
    Sign(sign::SignArgs),
    /// Set the status of a version or of a whole server
    Status(StatusArgs),
    /// Check a change: who may publish, and what may change
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// A server.json file, or NAME[@VERSION] together with --from
    #[arg(value_name = "FILE|NAME[@VERSION]")]
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
pub(super) struct BuildArgs {
    /// Host that the files are for, such as github-pages; may be given several times
    #[arg(long = "for", value_name = "HOST", default_value = "plain")]
    pub hosts: Vec<String>,
    /// Output folder; with several --for, each host gets a folder inside it
    #[arg(long, value_name = "DIR", default_value = "_site", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Base URL that clients use: https, no trailing slash, no /v0.1
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
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
pub(super) struct CheckArgs {
    /// Files or folders of the data to report on, or server.json files anywhere ("-" is stdin)
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Rules to apply: strict, or official for exactly the rules of the official registry
    #[arg(long, value_name = "PROFILE", default_value = "strict", value_parser = parse_profile)]
    pub profile: Profile,
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
pub(super) struct ImportArgs {
    /// Base URL of a v0.1 registry, "official", or a dump file (.json or .json.gz)
    #[arg(value_name = "URL|FILE|official", value_hint = ValueHint::AnyPath)]
    pub source: String,
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
pub(super) struct InitArgs {
    /// Folder of the repository; created when missing
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Display name [default: the name of the folder]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Base URL that clients will use: https, no trailing slash, no /v0.1
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
    /// Host of the site, such as github-pages for a site that may be public
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Forge of the repository: github or gitlab [default: from the remote]
    #[arg(long, value_name = "FORGE", value_parser = ["github", "gitlab"])]
    pub forge: Option<String>,
    /// Code owners of settings and CI: @account or @organisation/team, separated by spaces
    #[arg(long, value_name = "WHO")]
    pub maintainers: Option<String>,
    /// A public registry: anyone may publish and prove a namespace, search engines may index it
    #[arg(long)]
    pub public: bool,
    /// A company's registry: colleagues publish, people review (the default)
    #[arg(long, conflicts_with = "public")]
    pub private: bool,
    /// Ask nothing and take the defaults
    #[arg(short, long)]
    pub yes: bool,
    /// Update CI files of an older version that nobody has edited
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub(super) struct ProbeArgs {
    /// Base URL that clients use: https, no trailing slash, no /v0.1
    #[arg(value_name = "URL")]
    pub url: String,
    /// Imitate only this client; may be given several times (docs/probe.md lists them)
    #[arg(long, value_name = "CLIENT")]
    pub client: Vec<String>,
    /// Exit with 1 if this client fails; may be given several times [default: from the settings]
    #[arg(long, value_name = "CLIENT")]
    pub require: Vec<String>,
    /// Look up this server, instead of a few servers of the list
    #[arg(long, value_name = "NAME")]
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

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub addr: String,
    /// Base URL that clients use: https, no trailing slash, no /v0.1
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub base_url: Option<BaseUrl>,
    /// Accept requests for this Host too; may be given several times ("*" accepts any)
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Do not watch the data for changes
    #[arg(long)]
    pub no_reload: bool,
    /// Imitate this host: its paths, redirects, types and headers, for `probe`
    #[arg(long = "as", value_name = "HOST")]
    pub host: Option<String>,
    /// Serve this built site instead of the data; it is read once
    #[arg(long, value_name = "DIR", requires = "host", conflicts_with = "base_url", value_hint = ValueHint::DirPath)]
    pub site: Option<PathBuf>,
    /// Send no CORS headers, as a host whose operator has not set them (s3, plain)
    #[arg(long, requires = "host")]
    pub without_cors: bool,
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The server, or one of its versions
    #[arg(value_name = "NAME[@VERSION]")]
    pub what: String,
    /// active, deprecated or deleted
    #[arg(value_name = "STATUS")]
    pub status: String,
    /// Why, or what to use instead; at most 500 characters
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
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

fn parse_format(word: &str) -> Result<Format, String> {
    Format::parse(word).map_err(|near| match near {
        Some(near) => format!("did you mean {near}?"),
        None => "choose from human, json, github, sarif, markdown".to_owned(),
    })
}

fn parse_profile(word: &str) -> Result<Profile, String> {
    match word {
        "strict" => Ok(Profile::Strict),
        "official" => Ok(Profile::Official),
        _ => Err("choose from strict, official".to_owned()),
    }
}

fn parse_code(word: &str) -> Result<Code, String> {
    Code::parse(word).map_err(|near| match near {
        Some(near) => format!("there is no such code; did you mean {near}?"),
        None => "there is no such code; `mcp-static explain` lists them".to_owned(),
    })
}

impl Global {
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
