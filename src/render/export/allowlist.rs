//! Managed settings: which servers an organisation's clients may start or connect to.
//!
//! GitHub Copilot, VS Code and Claude Code read the same two lists, `allowedMcpServers` and
//! `deniedMcpServers`. An entry is a URL, where `*` matches anything, a command word by word, or a name.
//! Everything that the installers of [`INSTALLERS`] write for a live version is allowed, and those of
//! deleted versions are denied. A denial wins over everything, so none is made that would stop what is
//! still shown. A URL whose host is left to the user altogether is not allowed: the entry would allow
//! the whole web.
//!
//! Copilot CLI 1.0.102 and Claude Code 2.1.332 ignore names for local servers as soon as the list has a
//! command, and expand `${NAME}` in entries as in configurations; so commands that need a value from the
//! user are allowed in that form. VS Code compares the command after it asked for the values, and takes
//! a name besides commands; so such servers are allowed by name in addition (seen in its source of 2026).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::install::identifier;
use super::super::install::recipe::{Action, Recipe, Source, recipes};
use super::super::install::variables::{Slots, Template};
use super::installers::INSTALLERS;
pub use super::row::AllowRow;
use super::row::pattern;
use super::{Document, LeftOut, Named};
use crate::config::{ExportSettings, Match};
use crate::model::{Input, Listing, Server};

/// What one server adds to the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowRows {
    /// From its live versions.
    pub allowed: BTreeSet<AllowRow>,
    /// From its live versions: commands that name no version.
    pub unpinned: BTreeSet<AllowRow>,
    /// From its deleted versions, unless a live one still uses it.
    pub denied: BTreeSet<AllowRow>,
    /// Whether it has a live version.
    pub live: bool,
    /// Whether a live version has a command.
    pub local: bool,
    /// Whether the user supplies a part of a command.
    pub asks: bool,
    /// How many URLs of live versions no entry can name.
    pub left_out: usize,
}

/// The entries of one server.
pub fn rows(listing: &Listing) -> AllowRows {
    let mut rows = AllowRows::default();
    for entry in listing.entries() {
        let made = entries(&entry.server);
        if entry.is_live() {
            rows.live = true;
            rows.local |= made.local;
            rows.asks |= made.asks;
            rows.left_out += made.left_out;
            rows.allowed.extend(made.allowed);
            rows.unpinned.extend(made.unpinned);
        } else {
            rows.denied.extend(made.allowed);
            rows.denied.extend(made.unpinned);
        }
    }
    let AllowRows { allowed, unpinned, denied, .. } = &mut rows;
    let used = |row: &AllowRow| {
        allowed.iter().chain(&*unpinned).any(|kept| row.covers(kept) || kept.covers(row))
    };
    denied.retain(|row| !used(row));
    rows
}

/// The entries of one version, as if it were live.
pub fn entries(server: &Server) -> AllowRows {
    let mut rows = AllowRows { live: true, ..AllowRows::default() };
    for recipe in recipes(server) {
        if let Source::Package(index) = recipe.source
            && let Some(package) = server.packages.get(index)
        {
            for installer in INSTALLERS {
                let written = installer.write(&recipe, package);
                let commands = written.commands.into_iter().map(AllowRow::Command);
                if installer.pins { &mut rows.allowed } else { &mut rows.unpinned }
                    .extend(commands);
                rows.asks |= written.asks;
            }
        }
        if let Some(url) = url(server, &recipe) {
            match pattern(&url) {
                Some(pattern) => rows.allowed.extend([AllowRow::Url(pattern)]),
                None => rows.left_out += 1,
            }
        }
    }
    rows.local = rows.allowed.iter().any(|row| matches!(row, AllowRow::Command(_)));
    rows
}

/// Where a recipe connects to, with everything open that a user may choose.
fn url(server: &Server, recipe: &Recipe) -> Option<Template> {
    let Ok(Action::Connect { url, .. }) = &recipe.action else { return None };
    match recipe.source {
        Source::Package(_) => Some(url.clone()),
        Source::Remote(index) => {
            let template = server.remotes.get(index)?.url.as_deref()?;
            let open = |slots: &mut Slots, name: &str| slots.slot(name, &Input::default());
            Some(Slots::default().replace(template, open))
        }
    }
}

/// The file for GitHub Copilot and VS Code, which call a server by its name in the registry.
pub(super) fn copilot(servers: &[Named<'_>], settings: &ExportSettings) -> Document {
    let by_name = |rows: &AllowRows| match settings.allowlist.mode {
        Match::Auto => rows.asks,
        Match::Command => false,
        Match::Name => rows.local,
    };
    document(servers, settings, by_name, str::to_owned)
}

/// The file for Claude Code, which takes no dot and no slash in a name. Names next to commands would
/// have no effect there.
pub(super) fn claude_code(servers: &[Named<'_>], settings: &ExportSettings) -> Document {
    let by_name = |rows: &AllowRows| settings.allowlist.mode == Match::Name && rows.local;
    document(servers, settings, by_name, identifier::key)
}

/// The part of a server.
#[derive(Default, Deserialize)]
struct Part {
    allow: AllowRows,
}

/// The part of a server that is denied.
#[derive(Default, Deserialize)]
struct DeniedPart {
    allow: Denied,
}

#[derive(Default, Deserialize)]
struct Denied {
    denied: Vec<AllowRow>,
    live: bool,
}

fn document(
    servers: &[Named<'_>],
    settings: &ExportSettings,
    by_name: impl Fn(&AllowRows) -> bool,
    called: fn(&str) -> String,
) -> Document {
    let names_only = settings.allowlist.mode == Match::Name;
    // These are few. So the others can pass by, and all that is kept of them is what is allowed.
    let mut denied: BTreeSet<AllowRow> = BTreeSet::new();
    for server in servers {
        let DeniedPart { allow } = server.rows.read();
        if !allow.live && names_only {
            denied.insert(AllowRow::Name(called(server.name)));
        }
        denied.extend(allow.denied);
    }
    let (mut allowed, mut left_out) = (Vec::<Box<str>>::new(), Vec::new());
    for server in servers {
        let Part { allow: rows } = server.rows.read();
        let kept = |row: &&AllowRow| !(names_only && matches!(row, AllowRow::Command(_)));
        allowed.extend(rows.allowed.iter().filter(kept).map(AllowRow::key));
        if settings.allowlist.unpinned {
            allowed.extend(rows.unpinned.iter().filter(kept).map(AllowRow::key));
        }
        let used = rows.allowed.iter().chain(&rows.unpinned);
        used.for_each(|row| permit(&mut denied, row));
        let by_name = by_name(&rows);
        if rows.live && by_name {
            let name = AllowRow::Name(called(server.name));
            denied.remove(&name);
            allowed.push(name.key());
        }
        let nothing = rows.allowed.is_empty() && rows.unpinned.is_empty() && !by_name;
        if rows.left_out > 0 {
            left_out.push(LeftOut::new(server.name, "the user chooses the host of its URL"));
        } else if rows.live && nothing {
            left_out.push(LeftOut::new(server.name, "no command or URL of it can be allowed"));
        }
    }
    allowed.sort_unstable();
    allowed.dedup();
    // Each with its quotes, word separators and the name of its kind.
    let room = allowed.iter().map(|key| key.len() * 5 / 4 + 40).sum();
    let mut text = String::with_capacity(room);
    text.push_str("{\n  \"allowedMcpServers\": ");
    list(&mut text, allowed.into_iter().map(|key| AllowRow::of_key(&key)));
    text.push_str(",\n  \"deniedMcpServers\": ");
    list(&mut text, denied.into_iter());
    text.push_str("\n}\n");
    Document { text, left_out }
}

/// Takes what would stop a row that is used out of the denied ones.
fn permit(denied: &mut BTreeSet<AllowRow>, used: &AllowRow) {
    denied.remove(used);
    if matches!(used, AllowRow::Url(_)) {
        let wide = |row: &AllowRow| matches!(row, AllowRow::Url(url) if url.contains('*'));
        denied.retain(|row| !(wide(row) && row.covers(used)));
    }
}

fn list(text: &mut String, rows: impl Iterator<Item = AllowRow>) {
    let mut is_empty = true;
    for row in rows {
        text.push_str(if is_empty { "[\n    " } else { ",\n    " });
        text.push_str(&row.json());
        is_empty = false;
    }
    text.push_str(if is_empty { "[]" } else { "\n  ]" });
}
