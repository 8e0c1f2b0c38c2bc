//! Adds an export: `exports/servers.csv`, a table of all live servers, beside the API and the catalog.
//!
//! `cargo run --example export -- [DATA] [OUT]`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;

use mcp_static::{
    Artifact, LoadOptions, Media, Registry, Shape, UrlPath, check, host_named, load, lower, render,
    write,
};

/// Returns one line per server: name, latest version, status, date of publication.
fn csv(registry: &Registry) -> String {
    let live = registry.listings().filter_map(|listing| Some((listing, listing.live_latest()?)));
    let lines = live.map(|(listing, entry)| {
        let published = &entry.dates.published;
        format!("{},{},{},{published}\n", listing.name(), entry.version, entry.status)
    });
    std::iter::once("name,version,status,published\n".to_owned()).chain(lines).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let data = args.next().unwrap_or_else(|| "registry-data".to_owned());
    let out = args.next().unwrap_or_else(|| "_site".to_owned());

    let loaded = load(&LoadOptions::new(data))?;
    let (registry, report) = check(&loaded)?;
    if report.has_errors() {
        return Err(report.to_string().into());
    }
    let mut parts = render(&registry, &loaded);
    let path = UrlPath::new(["exports", "servers.csv"]).ok_or("not a path")?;
    parts.spanning.push(Artifact::new(path, Shape::File, Media::Text, csv(&registry)));
    let host = host_named("plain").ok_or("unknown host")?;
    write(&lower(host, &parts), Path::new(&out))?;
    println!("{out}/exports/servers.csv: {} lines", csv(&registry).lines().count());
    Ok(())
}
