//! The journeys, spelled out: load, check, build.
//!
//! ```text
//! load ─▶ Tree, dates, settings ─▶ check ─▶ Report, Registry
//!                                └▶ build ─▶ render ─▶ lower ─▶ write
//! ```
//!
//! The corridor connects rooms and decides nothing that a room could. It refuses the terminal and the
//! environment: whatever comes from there is an option.

mod add;
mod build;
mod cache;
mod catalog;
mod digest;
mod load;
#[cfg(feature = "probe")]
mod probed;
mod settings;
#[cfg(feature = "proof")]
mod sign;
#[cfg(all(feature = "git", feature = "proof"))]
mod verify;
mod working;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::check::{CheckedServer, Checker, Profile, confusable_names, layout, shared_urls};
use crate::data::{Content, ServerFolder, VersionFiles};
use crate::diag::{Levels, Report};
use crate::error::Result;
use crate::model::Registry;

pub use add::{Added, add};
pub use build::{BuildOptions, Built, Target, build};
#[cfg(feature = "cli")]
pub use load::label;
pub use load::{LoadOptions, Loaded, load};
#[cfg(feature = "proof")]
pub use sign::{Signable, SigningTarget, ToSign, audience, to_sign};
#[cfg(all(feature = "git", feature = "proof"))]
pub use verify::{verify_all, verify_by_commit};

/// Hears how far a journey has come. Silent by default; the terminal draws.
pub trait Observer: Sync {
    /// A stage of `total` steps begins; 0 when the number is not known.
    fn stage(&self, name: &'static str, total: u64) {
        let _ = (name, total);
    }

    /// Steps of the stage that were done.
    fn step(&self, steps: u64) {
        let _ = steps;
    }

    /// The stage is over.
    fn done(&self) {}
}

/// An observer that hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}

/// Judges the whole registry in memory: every listing, and everything found.
///
/// The registry holds the entries that can be made sense of even when the report refuses them; whoever
/// publishes it must look at [`Report::has_errors`] first.
pub fn check(loaded: &Loaded, observer: &dyn Observer) -> Result<(Registry, Report)> {
    let servers = loaded.tree.servers();
    observer.stage("checking", servers.len() as u64);
    let checker = loaded.checker();
    let checked: Vec<CheckedServer> = servers
        .par_iter()
        .map(|server| {
            let checked = loaded.judged(&checker, server);
            observer.step(1);
            checked
        })
        .collect::<Result<_>>()?;
    observer.done();
    let mut report = Report::new();
    report.extend(loaded.findings.iter().cloned());
    report.extend(layout(&loaded.tree)?);
    let mut urls = Vec::new();
    let mut listings = Vec::new();
    for server in checked {
        report.extend(server.findings);
        urls.push(server.urls);
        listings.extend(server.listing);
    }
    if loaded.profile == Profile::Strict {
        report.extend(shared_urls(&loaded.tree, &urls)?);
        report.extend(confusable_names(&loaded.tree)?);
    }
    Ok((Registry::new(listings), report.finish(&loaded.levels())))
}

/// The proof files of a server by version, out of the files that were read.
fn take_proofs(server: &ServerFolder, files: &mut [VersionFiles]) -> BTreeMap<String, Content> {
    let taken = server.versions.iter().zip(files);
    taken.filter_map(|(v, files)| Some((v.version.to_string(), files.proof.take()?))).collect()
}

impl Loaded {
    /// A server, judged, with what is known about who stands behind it.
    fn judged(&self, checker: &Checker<'_>, server: &ServerFolder) -> Result<CheckedServer> {
        let read = |version| self.tree.read_version(server, version);
        let mut files = server.versions.iter().map(read).collect::<Result<Vec<_>>>()?;
        let proofs = take_proofs(server, &mut files);
        let mut checked = checker.server_of(server, files)?;
        if let Some(listing) = &mut checked.listing {
            self.evidence.add(listing, &proofs);
        }
        Ok(checked)
    }

    /// The judge of this registry's servers.
    fn checker(&self) -> Checker<'_> {
        Checker { tree: &self.tree, dates: &self.dates, rules: self.rules() }
    }

    /// Severities of the settings, then of the caller.
    fn levels(&self) -> Levels {
        let mut levels = self.config.levels.clone();
        levels.extend(&self.levels);
        levels
    }
}
