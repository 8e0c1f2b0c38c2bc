//! What verbs that use the network share: the proxy and token of the environment, and progress.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::PackageSettings;
use crate::error::{Error, ErrorKind, Result};
use crate::import::Progress;
use crate::package::Doors;
use crate::pipeline::Observer;
use crate::text::count;
use crate::world::clock::SystemClock;
use crate::world::http::{Exchanger, HttpClient, HttpOptions, ProxyChoice, Reach, Secret};

use super::args::Global;
use super::talk::Talk;

/// Returns an HTTP client that uses the proxy of the environment.
///
/// The trusted roots come from the system.
///
/// # Errors
/// With `--offline`, and when the proxy is invalid.
pub(super) fn client(global: &Global) -> Result<HttpClient> {
    HttpClient::new(options(
        global,
        "leave out --offline; `mcp-static import FILE` reads a dump without the network",
    )?)
    .map_err(invalid_proxy)
}

/// Returns an exchanger of single requests that uses the proxy of the environment.
pub(super) fn exchanger(global: &Global, reach: Reach) -> Result<Exchanger> {
    Exchanger::new(options(global, "leave out --offline")?, reach).map_err(invalid_proxy)
}

/// Largest answer of a package registry, in bytes.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// Access to package registries.
pub(super) struct PackageDoors {
    public: Exchanger,
    named: Exchanger,
    clock: SystemClock,
}

impl PackageDoors {
    /// Returns access that uses the proxy of the environment.
    ///
    /// # Errors
    /// With `--offline`, and when the proxy is invalid.
    pub(super) fn new(global: &Global) -> Result<Self> {
        let make = |private| {
            let waits = HttpOptions {
                patience: Duration::from_secs(10),
                total: Duration::from_secs(60),
                ..options(global, "leave out --offline")?
            };
            Exchanger::new(waits, Reach { private, body: MAX_ANSWER }).map_err(invalid_proxy)
        };
        Ok(Self { public: make(false)?, named: make(true)?, clock: SystemClock::default() })
    }

    /// Returns them with the tokens whose variables the settings name. One that is not set is left out: the registry's
    /// answer tells whether it is needed.
    pub(super) fn doors(&self, settings: &PackageSettings) -> Doors<'_> {
        let token = |(host, name): (&String, &String)| {
            let text = std::env::var(name).ok()?;
            Some((host.clone(), Secret::new(&text)?))
        };
        let tokens: BTreeMap<String, Secret> = settings.tokens.iter().filter_map(token).collect();
        Doors { public: &self.public, named: &self.named, clock: &self.clock, tokens }
    }
}

/// Returns the options for the network; with `--offline` the error suggests `instead`.
fn options(global: &Global, instead: &str) -> Result<HttpOptions> {
    if global.offline {
        return Err(Error::new(
            ErrorKind::Usage,
            "this needs the network, and --offline forbids it",
        )
        .help(instead));
    }
    Ok(HttpOptions { proxy: proxy(), ..HttpOptions::default() })
}

fn invalid_proxy(why: &str) -> Error {
    Error::new(ErrorKind::Usage, why)
        .help("set HTTPS_PROXY to a URL such as http://proxy.example.com:8080, or unset it")
}

/// Returns the first of the usual variables that is set and not empty, in either spelling.
fn variable(name: &str) -> Option<String> {
    [name.to_owned(), name.to_lowercase()]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
}

/// Returns the proxy that the environment names, and the hosts that `NO_PROXY` excepts. Requests go to https
/// hosts, so `HTTPS_PROXY` counts before the others.
fn proxy() -> ProxyChoice {
    let url = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"].into_iter().find_map(variable);
    let except = variable("NO_PROXY").unwrap_or_default();
    ProxyChoice { url, except: except.split(',').map(|host| host.trim().to_owned()).collect() }
}

/// Returns the token that the variable holds.
///
/// It is named and not given, since arguments can be read by every process of the machine.
pub(super) fn token(variable: Option<&str>) -> Result<Option<Secret>> {
    let Some(name) = variable else { return Ok(None) };
    let wrong = |why: &str| {
        Error::new(ErrorKind::Usage, format!("the environment variable {name} {why}"))
            .help(format!("put the token into {name}"))
    };
    let text = std::env::var(name).map_err(|_| wrong("is not set"))?;
    match Secret::new(&text) {
        Some(secret) => Ok(Some(secret)),
        None => Err(wrong("does not hold a token")),
    }
}

/// Reports what happens while a registry is fetched.
pub(super) fn report_progress(talk: &Talk, observer: &dyn Observer, progress: Progress) {
    match progress {
        Progress::Page { .. } => observer.step(1),
        Progress::Waiting { why, wait } => {
            talk.say(&format!("{why}; trying again in {}", count(wait.as_secs(), "second")));
        }
    }
}
