//! The site that the gate builds, before anyone decides whether it is deployed.

use std::path::PathBuf;

use crate::config::BaseUrl;
use crate::data::Held;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{LoadOptions, load};
use crate::site::{Host, working_folder};
use crate::world::git::Oid;

use super::super::args::Global;
use super::super::args::ci::GateArgs;
use super::super::build::write_site;
use super::super::check::check_site;
use super::super::outcome::Outcome;
use super::live::LiveSite;
use super::output::Output;

/// A site, and what it is compared with.
pub(super) struct Candidate<'a> {
    pub(super) global: &'a Global,
    pub(super) args: &'a GateArgs,
    pub(super) out: Output<'a>,
    pub(super) host: &'static dyn Host,
    /// Its folder.
    pub(super) folder: PathBuf,
    /// The site at its present address, if one was named.
    pub(super) live: Option<LiveSite>,
    /// The last deployed commit, if its reference exists.
    pub(super) deployed: Option<Oid>,
}

impl Candidate<'_> {
    /// Returns how to load the data. The base URL is that of the arguments, else of the settings, else the address
    /// that the host gave to the site.
    pub(super) fn load_options(&self, held: Vec<Held>) -> Result<LoadOptions> {
        let mut options = self.global.load_options()?;
        options.base_url = self.args.base_url.clone();
        options.catalog = true;
        options.remember = working_folder(&self.folder);
        options.without = held;
        let live = self.args.live_url.as_deref().filter(|url| !url.is_empty());
        if let Some(live) = live
            && load(&options)?.facts.base_url.is_none()
        {
            let url = BaseUrl::parse(live.trim_end_matches('/')).map_err(|why| {
                Error::new(ErrorKind::Usage, format!("the live URL cannot be the base URL: {why}"))
                    .help("set base_url in [registry] of registry.toml")
            })?;
            options.base_url = Some(url);
        }
        Ok(options)
    }

    /// Builds the site, with the result of a probe if there is one, and compares every file with the manifest.
    pub(super) fn build(
        &self,
        options: &LoadOptions,
        probe: Option<Vec<u8>>,
    ) -> Result<(Option<BaseUrl>, Outcome)> {
        let talk = self.out.talk;
        let mut loaded = load(options)?;
        if let Some(probe) = probe {
            loaded.show_probe(probe)?;
        }
        let url = loaded.facts.base_url.clone();
        let targets = [(self.host, self.folder.clone())];
        let outcome = match write_site(&loaded, options, &targets, talk)? {
            Outcome::Fine => check_site(self.global, &self.folder, None, talk)?,
            refused => refused,
        };
        Ok((url, outcome))
    }
}
