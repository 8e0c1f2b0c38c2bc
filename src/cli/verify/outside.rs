//! Network access of `verify`, and the facts that the environment of a CI job provides.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Ownership, PackageSettings};
use crate::error::{Error, ErrorKind, Result};
use crate::judge::Network;
use crate::package::Doors;
use crate::proof::event::{Event, GitLabFacts, MAX_EVENT, PullRequest, parse_event, parse_pulls};
use crate::text::shorten;
use crate::world::clock::{Clock, SystemClock};
use crate::world::dns::{Dns, DnsClient, DnsOptions, Resolvers};
use crate::world::file;
use crate::world::http::{Http, HttpClient, Request, Secret};
use crate::world::wellknown::{WellKnown, WellKnownClient, WellKnownOptions};

use super::super::args::Global;
use super::super::net::{self, PackageDoors};

/// What to do when the event cannot be read.
const EVENT_HELP: &str =
    "name the file that the forge wrote for this job: --event \"$GITHUB_EVENT_PATH\"";

/// Largest answer of a forge's API, in bytes.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// Returns a variable of the environment that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads the forge's event from the named file, or from the one that the job's environment names; for
/// GitLab from its variables.
pub(in crate::cli) fn event(named: Option<&Path>) -> Result<Option<Event>> {
    let server = variable("GITHUB_SERVER_URL").unwrap_or_default();
    let of_job = variable("GITHUB_EVENT_PATH").map(std::path::PathBuf::from);
    let Some(path) = named.map(Path::to_path_buf).or(of_job) else {
        return Ok(variable("GITLAB_CI").map(|_| gitlab().event()));
    };
    let payload = file::read(&path, MAX_EVENT as u64).map_err(|e| {
        Error::io("the event of the forge cannot be read", &path, e).help(EVENT_HELP)
    })?;
    parse_event(&payload, &server).map(Some).map_err(|why| {
        Error::new(ErrorKind::Usage, format!("the event {}", shorten(&why)))
            .at(&path)
            .help(EVENT_HELP)
    })
}

fn gitlab() -> GitLabFacts {
    let text = |name: &str| variable(name).unwrap_or_default();
    GitLabFacts {
        server: text("CI_SERVER_URL"),
        visibility: text("CI_PROJECT_VISIBILITY"),
        project: text("CI_PROJECT_PATH"),
        default_branch: text("CI_DEFAULT_BRANCH"),
        number: text("CI_MERGE_REQUEST_IID"),
        target_project: text("CI_MERGE_REQUEST_PROJECT_ID"),
        source_project: text("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
        target_branch: text("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        head: variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
            .unwrap_or_else(|| text("CI_COMMIT_SHA")),
    }
}

/// The network; with `--offline` nothing is asked.
pub(super) struct Outside {
    http: Option<HttpClient>,
    packages: Option<PackageDoors>,
    clock: SystemClock,
}

impl Outside {
    /// Returns access to the network, unless `--offline` is given.
    pub(super) fn new(global: &Global) -> Result<Self> {
        let http = if global.offline { None } else { Some(net::client(global)?) };
        let packages = if global.offline { None } else { Some(PackageDoors::new(global)?) };
        Ok(Self { http, packages, clock: SystemClock::default() })
    }
}

/// Returns the resolvers of the settings; `system` means those of this computer.
fn resolvers(settings: &Ownership) -> Resolvers {
    let at: Vec<SocketAddr> = settings
        .dns
        .resolvers
        .iter()
        .filter_map(|text| {
            let address = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
            address.or_else(|_| text.parse()).ok()
        })
        .collect();
    if at.is_empty() { Resolvers::System } else { Resolvers::At(at) }
}

impl Network for Outside {
    fn dns(&self, settings: &Ownership) -> Result<Option<Arc<dyn Dns>>> {
        if self.http.is_none() {
            return Ok(None);
        }
        let options = DnsOptions {
            resolvers: resolvers(settings),
            attempt: Duration::from_millis(settings.dns.try_ms),
            total: Duration::from_millis(settings.dns.total_ms),
            ..DnsOptions::default()
        };
        let client = DnsClient::new(&options).map_err(|why| {
            Error::new(ErrorKind::Usage, why)
                .help("set `resolvers` in [ownership] of registry.toml on the base branch")
        })?;
        Ok(Some(Arc::new(client)))
    }

    fn well_known(&self, settings: &Ownership) -> Result<Option<Arc<dyn WellKnown>>> {
        let Some(dns) = self.dns(settings)? else { return Ok(None) };
        let options = WellKnownOptions {
            total: Duration::from_millis(settings.http.total_ms),
            allow_private: settings.http.allow_private,
        };
        Ok(Some(Arc::new(WellKnownClient::new(dns, options))))
    }

    fn http(&self) -> Option<&dyn Http> {
        self.http.as_ref().map(|client| client as &dyn Http)
    }

    fn packages(&self, settings: &PackageSettings) -> Result<Option<Doors<'_>>> {
        Ok(self.packages.as_ref().map(|doors| doors.doors(settings)))
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn pulls_of(&self, commit: &str) -> std::result::Result<Vec<PullRequest>, String> {
        let http = self.http().ok_or("the network is not used")?;
        let token = variable("GITHUB_TOKEN").as_deref().and_then(Secret::new).ok_or(
            "GITHUB_TOKEN is not set, so the forge cannot be asked who opened the pull request",
        )?;
        let (api, repository) = match (variable("GITHUB_API_URL"), variable("GITHUB_REPOSITORY")) {
            (Some(api), Some(repository)) => (api, repository),
            _ => return Err("GITHUB_API_URL and GITHUB_REPOSITORY are not set".to_owned()),
        };
        let url = format!("{api}/repos/{repository}/commits/{commit}/pulls");
        let request = Request {
            accept: "application/vnd.github+json",
            bearer: Some(token),
            limit: MAX_ANSWER,
            fresh: false,
        };
        let answer = http.get(&url, &request).map_err(|e| e.to_string())?;
        parse_pulls(&answer.body).map_err(|why| format!("the answer of {api} {why}"))
    }
}
