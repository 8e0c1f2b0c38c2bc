//! Checks every proof of the registry again: its signature, and whether the domain still lists the key.
//!
//! This is a report for maintainers. A key that is gone means that something changed hands, not that earlier
//! versions were wrong, so nothing is unpublished.

use std::collections::BTreeMap;

use crate::config::{Config, Method};
use crate::data::{EntryFile, ServerFolder, Tree, VersionFolder};
use crate::diag::{Code, Diagnostic, Levels, Place, Report, Severity};
use crate::error::Result;
use crate::proof::change::{EntryChange, EntryKind, Sides};
use crate::proof::{
    Attempt, Claim, Commits, Ending, Identity, Lookup, Owners, Scene, Signed, Touched, judge,
    policy,
};

use super::signatures::audiences;
use super::types::Network;

/// How many proofs there are, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rechecked {
    /// Versions of own entries.
    pub versions: usize,
    /// Versions with a proof file.
    pub proofs: usize,
    /// Proofs that hold, and whose key the domain lists.
    pub live: usize,
    /// Proofs without an answer.
    pub open: usize,
}

/// A registry to check.
#[derive(Debug, Clone, Copy)]
pub struct Registry<'a> {
    /// Its files.
    pub tree: &'a Tree,
    /// Its settings.
    pub config: &'a Config,
    /// Its owners files, by namespace in lower case.
    pub owners: &'a BTreeMap<String, Owners>,
    /// What was found when they were read.
    pub findings: &'a [Diagnostic],
}

/// Stands in for the commits of a change, as only files are checked.
struct NoCommits;

impl Commits for NoCommits {
    fn signed(&self, _: &str) -> Result<Vec<Signed>> {
        Ok(Vec::new())
    }

    fn authors(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// Checks every proof file of the registry again. A signature that does not hold is an error; a key
/// that is not listed any more, or a domain that does not answer, is a warning.
///
/// # Errors
/// When the data cannot be read, or there is no resolver to ask.
pub fn recheck(
    registry: &Registry<'_>,
    network: &dyn Network,
    levels: &Levels,
) -> Result<(Report, Rechecked)> {
    let settings = &registry.config.ownership;
    let (dns, well_known) = (network.dns(settings)?, network.well_known(settings)?);
    let lookup = Lookup::new(settings, dns.as_deref(), well_known.as_deref());
    let audiences = audiences(registry.config);
    let scene = Scene {
        settings,
        audiences: &audiences,
        owners: registry.owners,
        identity: &Identity::Nobody(String::new()),
        lookup: &lookup,
        commits: &NoCommits,
        now: network.clock().now(),
    };
    let (mut report, mut counts) = (Report::new(), Rechecked::default());
    report.extend(registry.findings.iter().cloned());
    for server in registry.tree.servers() {
        for version in &server.versions {
            if version.files().any(|file| file == EntryFile::Origin) {
                continue; // pinned or copied, so not proven here
            }
            counts.versions += 1;
            let Some(touched) = touched(registry.tree, server, version)? else { continue };
            counts.proofs += 1;
            let mut policy = policy(settings, &server.namespace);
            policy.methods = vec![Method::ProofFile];
            let claim = Claim {
                namespace: server.namespace.to_string(),
                entries: vec![touched],
                owners: None,
            };
            let (tried, _) = judge(&claim, &policy, &scene)?;
            for attempt in &tried {
                let path = registry.tree.display(&claim.path());
                report.extend(report_attempt(attempt, &path, &mut counts));
            }
        }
    }
    Ok((report.finish(levels), counts))
}

/// A version as if its proofs had just arrived; `None` when it has none.
fn touched(tree: &Tree, server: &ServerFolder, version: &VersionFolder) -> Result<Option<Touched>> {
    let mut files = BTreeMap::new();
    let mut arrived = BTreeMap::new();
    for kind in version.files() {
        let content = tree.read_entry(server, version, kind)?;
        files.extend(content.map(|content| (kind, content.bytes)));
        if matches!(kind, EntryFile::Proof | EntryFile::StatusProof) {
            arrived.insert(kind, Sides::default());
        }
    }
    if arrived.is_empty() {
        return Ok(None);
    }
    let change = EntryChange {
        namespace: server.namespace.to_string(),
        name: server.name.to_string(),
        version: version.version.to_string(),
        kind: EntryKind::Proof,
        files: arrived,
    };
    Ok(Some(Touched { change, files, status_since: None }))
}

fn report_attempt(attempt: &Attempt, path: &str, counts: &mut Rechecked) -> Option<Diagnostic> {
    let (code, help) = match &attempt.ending {
        Ending::Proven { .. } => {
            counts.live += 1;
            return None;
        }
        Ending::Absent { .. } => return None,
        Ending::Unknown => {
            counts.open += 1;
            (Code::OwnershipUnknown, "run the check again".to_owned())
        }
        Ending::Refuted { code, help, .. } => (*code, help.clone()),
    };
    let mut diagnostic = Diagnostic::new(code, Place::file(path), attempt.saw.clone()).help(help);
    if !matches!(code, Code::OwnershipBadSignature | Code::ProofInvalid) {
        diagnostic.severity = Severity::Warning;
    }
    Some(diagnostic)
}
