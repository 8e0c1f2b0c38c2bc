//! `build`: writes the registry as files.

use std::path::{Path, PathBuf};

use crate::data::Held;
use crate::diag::suggest;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{BuildOptions, BuildTarget, LoadOptions, Loaded, Silent, build, load};
use crate::site::{HOSTS, Host, WriteCounts, host_named, left_over, working_folder};
use crate::text::count;
use crate::world::file;

use super::args::{BuildArgs, Global};
use super::outcome::Outcome;
use super::talk::Talk;

/// Largest result of a probe that is read, in bytes.
const MAX_PROBE: u64 = 1024 * 1024;

/// Largest list of held entries that is read, in bytes.
const MAX_HELD: u64 = 64 * 1024 * 1024;

/// Builds the site for every named host.
pub(super) fn run(global: &Global, args: &BuildArgs, talk: &Talk) -> Result<Outcome> {
    let out = args.out.clone().unwrap_or_else(|| global.top.join("_site"));
    let targets = targets(args, &out)?;
    let mut options = global.load_options()?;
    options.base_url = args.base_url.clone();
    options.channel = args.channel.clone();
    options.catalog = args.only.is_none();
    options.remember = working_folder(&out);
    options.without = held(args)?;
    let mut loaded = load(&options)?;
    if let Some(path) = &args.probe {
        let result = file::read(path, MAX_PROBE).map_err(|e| {
            Error::io("the result of a probe cannot be read", path, e)
                .help("give the probe.json that `mcp-static probe URL --write DIR` made")
        })?;
        loaded.show_probe(result).map_err(|e| e.at(path))?;
    }
    let outcome = write_site(&loaded, &options, &targets, talk)?;
    if let (Outcome::Fine, Some((host, out))) = (outcome, targets.first()) {
        let (host, out) = (host.name(), out.display());
        talk.next(&format!(
            "`mcp-static serve --as {host} --site {out}` shows the site as this host will; then publish {out}"
        ));
    }
    Ok(outcome)
}

/// Writes the site of `loaded`, which came from these options, for each host into its folder.
pub(super) fn write_site(
    loaded: &Loaded,
    options: &LoadOptions,
    targets: &[(&'static dyn Host, PathBuf)],
    talk: &Talk,
) -> Result<Outcome> {
    let targets: Vec<BuildTarget<'_>> =
        targets.iter().map(|(host, out)| BuildTarget { host: *host, out }).collect();
    let folder = targets.first().map_or(Path::new(""), |target| target.out);
    let left_over = match targets.len() {
        1 => left_over(folder, false),
        _ => left_over(folder.parent().unwrap_or(folder), true),
    };
    let how = BuildOptions { left_over, ..limits(options) };
    let built = build(loaded, &targets, &how, talk.observer().as_ref())?;
    talk.report(&built.report);
    if built.report.has_errors() {
        talk.say("nothing was written");
        return Ok(Outcome::Refused);
    }
    let held = options.without.iter().map(|Held { path, from }| match from {
        None => format!("left out: {path}"),
        Some(commit) => format!("as in commit {}: {path}", &commit[..12]),
    });
    talk.list(held);
    if built.retired > 0 {
        let files = count(built.retired, "file");
        talk.say(&format!("removed {files} of the site that was there before"));
    }
    for (target, written) in targets.iter().zip(&built.written) {
        talk.say(&summary(target, written, built.size));
    }
    Ok(Outcome::Fine)
}

/// Builds only the API of the data that `options` name, and returns whether it could be built. Nothing is printed.
pub(super) fn write_api(options: &LoadOptions, out: &Path) -> Result<bool> {
    let loaded = load(options)?;
    let target = BuildTarget { host: host_of("plain")?, out };
    let built = build(&loaded, &[target], &limits(options), &Silent)?;
    Ok(!built.report.has_errors())
}

/// Returns the folders that a build must not write to.
fn limits(options: &LoadOptions) -> BuildOptions {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    BuildOptions { home, data: Some(options.data.clone()), ..BuildOptions::default() }
}

/// Returns the host of this name.
pub(super) fn host_of(name: &str) -> Result<&'static dyn Host> {
    host_named(name).ok_or_else(|| {
        let known: Vec<&str> = HOSTS.iter().map(|host| host.name()).collect();
        Error::new(ErrorKind::Usage, format!("unknown host {name:?}")).help(suggest(name, &known))
    })
}

fn targets(args: &BuildArgs, out: &Path) -> Result<Vec<(&'static dyn Host, PathBuf)>> {
    let mut targets: Vec<(&'static dyn Host, PathBuf)> = Vec::new();
    for name in &args.hosts {
        let host = host_of(name)?;
        if targets.iter().any(|(other, _)| other.name() == host.name()) {
            continue;
        }
        targets.push((host, out.join(host.name())));
    }
    if let [(_, only)] = targets.as_mut_slice() {
        *only = out.to_path_buf();
    }
    Ok(targets)
}

/// Reads the entries that are held back. Empty lines are ignored.
fn held(args: &BuildArgs) -> Result<Vec<Held>> {
    let Some(path) = &args.without else { return Ok(Vec::new()) };
    let text = file::read_text(path, MAX_HELD).map_err(|e| {
        Error::io("the list of held entries cannot be read", path, e)
            .help("give the file that `verify --hold` wrote")
    })?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.parse().map_err(|e: Error| e.at(path))).collect()
}

fn summary(
    target: &BuildTarget<'_>,
    written: &WriteCounts,
    (servers, versions): (usize, usize),
) -> String {
    format!(
        "{} with {} for {} in {}: {} written, {} removed, {} unchanged, {}",
        count(servers, "server"),
        count(versions, "version"),
        target.host.name(),
        target.out.display(),
        count(written.written, "file"),
        written.removed,
        written.unchanged,
        size(written.bytes),
    )
}

/// Formats a size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => count(bytes, "byte"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
