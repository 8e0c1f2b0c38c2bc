//! Adds a check: every live server must name a source repository.
//!
//! `cargo run --example check -- [DATA]`; exit status 1 when a server fails.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::process::ExitCode;

use mcp_static::{Code, Diagnostic, LoadOptions, Place, Registry, Report, check, load};

/// Returns a finding for each server whose latest live version names no repository.
fn repositories(registry: &Registry) -> impl Iterator<Item = Diagnostic> {
    let live = registry.listings().filter_map(|listing| Some((listing, listing.live_latest()?)));
    let nameless = live.filter(|(_, entry)| entry.server.repository.is_none());
    nameless.map(|(listing, entry)| {
        let file = format!("servers/{}/{}/server.json", listing.name(), entry.version);
        let message = format!("{} does not name a repository", listing.name());
        // The codes are a closed list, so a check of yours reports with the one that is nearest.
        Diagnostic::new(Code::PropertyMissing, Place::file(file), message)
            .help("add \"repository\": {\"url\": \"https://…\", \"source\": \"github\"}")
    })
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let data = std::env::args().nth(1).unwrap_or_else(|| "registry-data".to_owned());
    let (registry, report) = check(&load(&LoadOptions::new(data))?)?;
    let mut all = Report::new();
    all.merge(report);
    all.extend(repositories(&registry));
    print!("{all}");
    Ok(if all.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
