//! The preview of the gate: serves the built site as its host would, and probes that as real clients do.
//!
//! Nothing is deployed that a required client could not use. The result names the URL that clients will be given.

use std::net::SocketAddr;

use crate::config::BaseUrl;
use crate::error::{Error, Result};
use crate::model::probe::ProbeResult;
use crate::probe::{self, Options as ProbeOptions};
use crate::serve::{Live, Options, Server};

use super::super::outcome::Outcome;
use super::super::probe::{ask, failing, required};
use super::candidate::Candidate;

/// Probes a preview of the site, and returns the result as a file; when a required client fails, how the step ends.
pub(super) fn probe(
    site: &Candidate<'_>,
    url: Option<&BaseUrl>,
) -> Result<Result<Vec<u8>, Outcome>> {
    let failed = |what: &str, e: Error| {
        site.out.error(what);
        e
    };
    let unserved = "The preview could not be served; the log says why. Nothing is deployed.";
    let server = Server::bind("127.0.0.1:0", Options::default());
    let server = server.map_err(|e| failed(unserved, e))?;
    let live = Live::of_folder(site.host, &site.folder).map_err(|e| failed(unserved, e))?;
    let (address, handle) = (server.local_addr(), server.handle());
    let result = std::thread::scope(|scope| {
        scope.spawn(|| server.run(live, None));
        let result = visit(site, address, url);
        handle.stop();
        result
    });
    let unprobed = "The preview could not be probed, so nothing is deployed; the log says why.";
    let result = result.map_err(|e| failed(unprobed, e))?;
    site.out.summary(&probe::markdown(&result))?;
    if failing(&result).is_empty() {
        return Ok(Ok(probe::to_json(&result).into_bytes()));
    }
    site.out.error(&format!("Nothing is deployed: on {} the site would not work for a client that has to work ([probe] require in registry.toml). The summary has the table and what to do.", site.host.name()));
    Ok(Err(Outcome::Refused))
}

/// Sends what clients send to the preview.
fn visit(site: &Candidate<'_>, address: SocketAddr, url: Option<&BaseUrl>) -> Result<ProbeResult> {
    let required = required(site.global, &[], &[])?;
    let stands_for = url.cloned();
    let options = ProbeOptions { required, stands_for, ..ProbeOptions::default() };
    ask(site.global, &format!("http://{address}"), &options, false, site.out.talk)
}
