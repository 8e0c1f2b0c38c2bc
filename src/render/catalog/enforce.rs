//! The files for clients that enforce what is approved, and the page for administrators about them.

use serde::Serialize;

use super::super::Emit;
use super::super::export::{EXPORTS, Exported, INSTALLERS, LeftOut, Named};
use super::text::{counted, shown};
use super::{Catalog, Summary};
use crate::config::{AllowlistSettings, Match};

/// Most servers that the page lists for each reason.
const LISTED: usize = 50;

/// The files, and what is special about them.
#[derive(Debug)]
pub struct Enforcement {
    /// Every file.
    pub files: Vec<Exported>,
    /// The servers that are allowed by name because users supply a part of their command.
    pub by_name: Vec<String>,
    /// The servers of which an installer writes commands without a version.
    pub unpinned: Vec<String>,
    /// The settings.
    pub settings: AllowlistSettings,
}

/// What the page is made of.
#[derive(Debug, Serialize)]
pub(super) struct EnforcementView {
    files: Vec<FileView>,
    /// `auto`, `command` or `name`.
    mode: &'static str,
    allows_unpinned: bool,
    /// The installers that name the exact version.
    pinned: String,
    /// The installers that name no version.
    unpinned: String,
    /// How many servers they are about, if any.
    unpinned_count: Option<String>,
    by_name: Names,
}

#[derive(Debug, Serialize)]
struct FileView {
    clients: &'static str,
    href: String,
    left_out: Vec<LeftOut>,
    more: usize,
}

/// A list that is cut.
#[derive(Debug, Serialize)]
struct Names {
    names: Vec<String>,
    more: usize,
}

impl Enforcement {
    /// Makes the files and gives each to `emit`, one at a time because they are large; `summaries` in the
    /// byte order of names.
    pub(in crate::render) fn new<E>(
        catalog: &Catalog,
        summaries: &[&Summary],
        emit: &Emit<'_, E>,
    ) -> Result<Self, E> {
        let servers: Vec<Named<'_>> = summaries
            .iter()
            .map(|summary| Named { name: &summary.name, rows: &summary.exports })
            .collect();
        let settings = catalog.exports.allowlist.clone();
        let mut files = Vec::new();
        // The last ones are the smallest, and what they free is room for the others.
        for export in EXPORTS.iter().rev() {
            let (file, artifact) = export.make(&servers, &catalog.exports);
            artifact.into_iter().try_for_each(emit)?;
            files.push(file);
        }
        files.reverse();
        let (mut by_name, mut unpinned) = (Vec::new(), Vec::new());
        for server in servers {
            let special = server.special();
            let named = match settings.mode {
                Match::Auto => special.asks,
                Match::Command => false,
                Match::Name => special.local,
            };
            by_name.extend(named.then(|| server.name.to_owned()));
            let free = special.unpinned && settings.mode != Match::Name;
            unpinned.extend(free.then(|| server.name.to_owned()));
        }
        Ok(Self { files, by_name, unpinned, settings })
    }

    /// The names of the installers that write no version.
    pub fn unpinned_installers() -> String {
        Self::installers(false)
    }

    fn installers(pin: bool) -> String {
        let names: Vec<_> =
            INSTALLERS.iter().filter(|it| it.pins == pin).map(|it| it.name).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }

    pub(super) fn view(&self) -> EnforcementView {
        let file = |file: &Exported| FileView {
            clients: file.export.clients,
            href: file.export.path.join("/"),
            more: file.left_out.len().saturating_sub(LISTED),
            left_out: (file.left_out.iter().take(LISTED))
                .map(|it| LeftOut { server: shown(&it.server), reason: shown(&it.reason) })
                .collect(),
        };
        EnforcementView {
            files: self.files.iter().map(file).collect(),
            mode: match self.settings.mode {
                Match::Auto => "auto",
                Match::Command => "command",
                Match::Name => "name",
            },
            allows_unpinned: self.settings.unpinned,
            pinned: Self::installers(true),
            unpinned: Self::unpinned_installers(),
            unpinned_count: (!self.unpinned.is_empty())
                .then(|| counted(self.unpinned.len(), "server")),
            by_name: Names {
                names: self.by_name.iter().take(LISTED).map(|name| shown(name)).collect(),
                more: self.by_name.len().saturating_sub(LISTED),
            },
        }
    }
}
