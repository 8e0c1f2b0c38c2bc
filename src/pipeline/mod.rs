//! The steps from a data folder to a result: load, check, build, verify, sign, add.
//!
//! ```text
//! load ─▶ Tree, dates, settings ─▶ check ─▶ Report, Registry
//!                                └▶ build ─▶ render ─▶ lower ─▶ write
//! ```
//!
//! This module connects the others. It uses neither the terminal nor the environment: everything from
//! there is passed as an option.

mod add;
mod ahead;
#[cfg(feature = "git")]
mod blast;
mod build;
mod cache;
mod catalog;
mod digest;
mod exports;
mod large;
mod load;
mod outgoing;
mod policy;
#[cfg(feature = "probe")]
mod probed;
#[cfg(feature = "proof")]
mod sign;
mod sink;
#[cfg(all(feature = "git", feature = "proof"))]
mod verify;
mod why;
mod working;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::check::{
    CheckedServer, Checker, PolicyOutcome, Profile, RemoteUrl, confusable_names, layout,
    shared_urls,
};
use crate::data::{Content, ServerFiles, ServerFolder, VersionFiles};
use crate::diag::{Diagnostic, Levels, Report};
use crate::error::Result;
use crate::model::{LeftOut, Listing, Registry};
use crate::render::Renderer;

pub use add::{Added, add};
#[cfg(feature = "git")]
pub use blast::{BlastRadius, Rows, blast_radius};
pub use build::{BuildOptions, build};
#[cfg(feature = "cli")]
pub use load::label;
pub use load::{LoadOptions, Loaded, load};
#[cfg(feature = "proof")]
pub use sign::{Signable, SigningTarget, ToSign, to_sign};
pub use sink::BuildTarget;
#[cfg(all(feature = "git", feature = "proof"))]
pub use verify::{verify_all, verify_by_commit};
pub use why::{State, VersionWhy, Why, why};

/// Receives progress reports. The default methods ignore them.
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

/// An observer that ignores all reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}

/// Checks the whole registry in memory. Returns every listing and all findings.
///
/// The registry contains all entries that can be read, even when the report has errors. Check
/// [`Report::has_errors`] before you publish it.
pub fn check(loaded: &Loaded, observer: &dyn Observer) -> Result<(Registry, Report)> {
    let Checked { kept, left_out, report } = check_each(loaded, observer, |listing| listing)?;
    Ok((Registry::new(kept).leaving_out(left_out), report))
}

/// How much was checked.
pub struct CheckedSize {
    /// Servers that have a version.
    pub servers: usize,
    /// Their versions.
    pub versions: usize,
    /// Those of them that the policy leaves out.
    pub left_out: usize,
}

/// Checks the whole registry. Returns how much that is, and all findings.
pub fn check_and_count(loaded: &Loaded, observer: &dyn Observer) -> Result<(CheckedSize, Report)> {
    let name = |listing: Listing| (listing.name().to_string(), listing.entries().len());
    let Checked { kept, left_out, report } = check_each(loaded, observer, name)?;
    let listed: usize = kept.iter().map(|(_, versions)| versions).sum();
    let names = kept.iter().map(|(name, _)| name).chain(left_out.iter().map(|it| &it.name));
    let servers = names.collect::<BTreeSet<_>>().len();
    let size = CheckedSize { servers, versions: listed + left_out.len(), left_out: left_out.len() };
    Ok((size, report))
}

/// A registry that was checked.
pub struct Checked<T> {
    /// What was kept of each listing.
    pub kept: Vec<T>,
    /// The versions that the policy leaves out, by name.
    pub left_out: Vec<LeftOut>,
    /// All findings.
    pub report: Report,
}

/// As [`check`], and of each listing only what `keep` makes of it stays in memory.
pub fn check_each<T: Send>(
    loaded: &Loaded,
    observer: &dyn Observer,
    keep: impl Fn(Listing) -> T + Sync,
) -> Result<Checked<T>> {
    let servers = loaded.tree.servers();
    observer.stage("checking", servers.len() as u64);
    let checker = loaded.checker();
    // Before the servers, so that what it takes for a moment is not on top of all they leave behind.
    let mut report = Report::new();
    report.extend(loaded.tree_findings()?);
    let checked: Vec<_> = servers
        .par_iter()
        .map(|server| {
            let CheckedServer { listing, findings, urls, policy, .. } =
                loaded.checked(&checker, server, loaded.tree.read_server(server)?)?;
            observer.step(1);
            Ok((listing.map(&keep), findings, urls, policy))
        })
        .collect::<Result<_>>()?;
    observer.done();
    let (mut urls, mut kept, mut policy) = (Vec::new(), Vec::new(), PolicyOutcome::default());
    for (listing, findings, of_server, outcome) in checked {
        report.extend(findings);
        urls.push(of_server);
        kept.extend(listing);
        policy.add(outcome);
    }
    report.extend(loaded.url_findings(&urls)?);
    report.extend(loaded.policing.findings(&policy.exceptions));
    Ok(Checked { kept, left_out: policy.left_out, report: report.finish(&loaded.levels()) })
}

/// Takes the proof files of a server, by version, out of the files that were read.
fn take_proofs(server: &ServerFolder, files: &mut [VersionFiles]) -> BTreeMap<String, Content> {
    let taken = server.versions.iter().zip(files);
    taken.filter_map(|(v, files)| Some((v.version.to_string(), files.proof.take()?))).collect()
}

impl Loaded {
    /// Checks a server, adds what is known about who is behind it, and leaves out what the policy denies.
    fn checked(
        &self,
        checker: &Checker<'_>,
        server: &ServerFolder,
        mut files: ServerFiles,
    ) -> Result<CheckedServer> {
        let proofs = take_proofs(server, &mut files.versions);
        let mut checked = checker.server_of(server, files)?;
        if let Some(listing) = &mut checked.listing {
            self.evidence.add(listing, &proofs);
        }
        self.policing.apply(&self.tree, &self.dates, server, &mut checked)?;
        Ok(checked)
    }

    /// Returns everything that is wrong with the data besides what is in the documents of servers.
    fn tree_findings(&self) -> Result<Vec<Diagnostic>> {
        let mut found = self.findings.clone();
        found.extend(layout(&self.tree)?);
        if self.profile == Profile::Strict {
            found.extend(confusable_names(&self.tree)?);
        }
        Ok(found)
    }

    /// Returns what servers have in common and should not; `urls` are the remote URLs of each.
    fn url_findings(&self, urls: &[Vec<RemoteUrl>]) -> Result<Vec<Diagnostic>> {
        match self.profile {
            Profile::Strict => shared_urls(&self.tree, urls),
            _ => Ok(Vec::new()),
        }
    }

    fn checker(&self) -> Checker<'_> {
        Checker {
            tree: &self.tree,
            dates: &self.dates,
            rules: self.rules(),
            today: self.policing.now(),
        }
    }

    /// Returns what renders this registry.
    pub fn renderer(&self) -> Renderer<'_> {
        Renderer { facts: &self.facts, catalog: self.catalog.as_deref() }
    }

    /// Severities of the settings, then of the caller.
    fn levels(&self) -> Levels {
        let mut levels = self.config.levels.clone();
        levels.extend(&self.levels);
        levels
    }
}
