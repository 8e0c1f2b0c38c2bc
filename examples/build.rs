//! Builds the API and the catalog of a registry for one host.
//!
//! `cargo run --example build -- [DATA] [OUT] [HOST]`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;

use mcp_static::{LoadOptions, check, host_named, load, lower, render, write};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let data = args.next().unwrap_or_else(|| "registry-data".to_owned());
    let out = args.next().unwrap_or_else(|| "_site".to_owned());
    let host = args.next().unwrap_or_else(|| "github-pages".to_owned());

    let loaded = load(&LoadOptions::new(data))?;
    let (registry, report) = check(&loaded)?;
    print!("{report}");
    if report.has_errors() {
        return Err("the data has errors, so nothing is written".into());
    }
    let host = host_named(&host).ok_or("unknown host")?;
    let files = lower(host, &render(&registry, &loaded));
    for shortfall in files.shortfalls() {
        println!("{}\n  help: {}", shortfall.message, shortfall.help);
    }
    let counts = write(&files, Path::new(&out))?;
    println!("{out}: {} files, {} of them written", files.len(), counts.written);
    Ok(())
}
