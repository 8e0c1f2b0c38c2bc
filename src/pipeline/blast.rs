//! What a change does to clients that enforce what is approved: which commands and URLs they will stop, and
//! which they will newly allow, once it is merged and the files are rolled out again.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::ServerFolder;
use crate::diag::Severity;
use crate::error::Result;
use crate::model::Listing;
use crate::render::export::allowlist::{self, AllowRow};
use crate::world::git::{Git, Oid};

use super::{LoadOptions, Loaded, load};

/// Commands and URLs of each server that has some, in the order of names.
pub type Rows = Vec<(String, Vec<String>)>;

/// What a change does to clients that enforce.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlastRadius {
    /// What they will stop.
    pub stops: Rows,
    /// What they will newly allow.
    pub allows: Rows,
    /// Servers that will no longer be listed, which stops them in clients that go by name.
    pub gone: Vec<String>,
}

impl BlastRadius {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What clients are told about a server.
#[derive(Default)]
struct Allowed {
    rows: BTreeSet<AllowRow>,
    is_live: bool,
}

/// Compares the registry of `head` with that of the commit where it left `base`; both are revisions. Returns `None` when
/// the two have nothing in common, or when the settings or the policy of one of them cannot be applied.
///
/// Only servers whose files differ are looked at, unless the settings or the policy differ.
///
/// # Errors
/// When a revision cannot be read.
pub fn blast_radius(options: &LoadOptions, base: &str, head: &str) -> Result<Option<BlastRadius>> {
    let Some(git) = Git::discover(&options.data)? else { return Ok(None) };
    let (base, head) = (git.resolve(base)?, git.resolve(head)?);
    let gain = git.gain(&git.ancestry(base)?, head)?;
    let Some(left) = gain.bases.first() else { return Ok(None) };
    let at = |commit: &Oid| {
        let revision = Some(commit.to_string());
        load(&LoadOptions { revision, ..options.clone() })
    };
    let (before, after) = (at(left)?, at(&head)?);
    if [&before, &after]
        .iter()
        .any(|it| it.findings.iter().any(|it| it.severity == Severity::Error))
    {
        return Ok(None);
    }
    let all = before.config != after.config || before.policing.key() != after.policing.key();
    let folders = |loaded: &Loaded| -> BTreeMap<String, ServerFolder> {
        let named = |it: &ServerFolder| (format!("{}/{}", it.namespace, it.name), it.clone());
        loaded.tree.servers().iter().map(named).collect()
    };
    let (old, new) = (folders(&before), folders(&after));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut radius = BlastRadius::default();
    for name in names {
        let (was, is) = (old.get(name), new.get(name));
        if !all && was == is {
            continue;
        }
        let (was, is) = (before.allowed(was)?, after.allowed(is)?);
        let less = |one: &Allowed, other: &Allowed| -> Vec<String> {
            let gone = one.rows.iter().filter(|row| !other.rows.iter().any(|it| it.covers(row)));
            gone.map(AllowRow::shown).collect()
        };
        for (list, rows) in
            [(&mut radius.stops, less(&was, &is)), (&mut radius.allows, less(&is, &was))]
        {
            if !rows.is_empty() {
                list.push((name.clone(), rows));
            }
        }
        if was.is_live && !is.is_live {
            radius.gone.push(name.clone());
        }
    }
    Ok(Some(radius))
}

impl Loaded {
    /// Returns what clients are told about a server of this registry.
    fn allowed(&self, server: Option<&ServerFolder>) -> Result<Allowed> {
        let Some(server) = server else { return Ok(Allowed::default()) };
        let files = self.tree.read_server(server)?;
        let listing: Option<Listing> = self.checked(&self.checker(), server, files)?.listing;
        let Some(listing) = listing else { return Ok(Allowed::default()) };
        let made = allowlist::rows(&listing);
        let mut rows = made.allowed;
        if self.config.exports.allowlist.unpinned {
            rows.extend(made.unpinned);
        }
        Ok(Allowed { rows, is_live: made.live })
    }
}
