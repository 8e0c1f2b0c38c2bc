//! The guard of the gate: refuses a site that has lost servers, which means none are left, or over 5 % fewer than the
//! live site has.
//!
//! The live site's manifest says what is there. Where it cannot be read (a login, an outage, a new address or none),
//! the commit that was deployed last is built once more for the comparison.

use crate::config::BaseUrl;
use crate::diag::Report;
use crate::error::Result;
use crate::pipeline::LoadOptions;
use crate::site::Manifest;

use super::super::build::write_api;
use super::super::check::shrunk;
use super::super::outcome::Outcome;
use super::candidate::Candidate;
use super::live::LiveSite;

/// Compares the number of servers with that of the live site; `url` is the base URL, if one is known.
pub(super) fn compare(site: &Candidate<'_>, url: Option<&BaseUrl>) -> Result<Outcome> {
    if site.args.allow_shrink {
        return Ok(Outcome::Fine);
    }
    let live = match (&site.live, url) {
        (Some(live), _) => live.manifest(),
        (None, Some(url)) => LiveSite::new(site.global, url.as_str())?.manifest(),
        (None, None) => None,
    };
    let live = match live {
        Some(live) => live,
        None => match deployed(site)? {
            Some(manifest) => manifest,
            None => return Ok(Outcome::Fine),
        },
    };
    let Some(finding) = shrunk(&site.folder, &live)? else { return Ok(Outcome::Fine) };
    let mut report = Report::new();
    report.push(finding);
    let report = report.finish(&site.global.levels()?);
    site.out.talk.report(&report);
    if !report.has_errors() {
        return Ok(Outcome::Fine);
    }
    site.out.error("Nothing is deployed: the new site has far fewer servers than the last one. Look for what is missing. If the loss is intended, run this workflow once by hand (Run workflow) with allow-shrink.");
    Ok(Outcome::Refused)
}

/// Returns the manifest of the commit that was deployed last, built once more; `None` when it is not known.
fn deployed(site: &Candidate<'_>) -> Result<Option<Manifest>> {
    let Some(commit) = site.deployed else {
        site.out.notice("No earlier deployment is known, so this is the first: the number of servers is not compared.");
        return Ok(None);
    };
    let out = site.out.job.at("before");
    let options = site.global.load_options()?;
    let options = LoadOptions { revision: Some(commit.to_string()), catalog: false, ..options };
    match write_api(&options, &out) {
        Ok(true) => Manifest::load(&out),
        _ => {
            site.out.warning("Neither the live site nor the last deployed commit tells how many servers there were: their number is not compared.");
            Ok(None)
        }
    }
}
