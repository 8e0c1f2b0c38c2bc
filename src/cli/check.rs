//! `check`: validates the data, single documents, or a built site.

use std::path::{Path, PathBuf};

use crate::check::{DocumentRules, check_document};
use crate::data::{hold, read_json, was_interrupted};
use crate::diag::{Code, Diagnostic, Place, Report, Severity};
use crate::error::{Error, ErrorKind, Result};
use crate::import::PageStore;
use crate::pipeline::{CheckedSize, check_and_count, load};
use crate::site::{Manifest, SiteProblem, compare_site};
use crate::text::count;
use crate::world::file;

use super::args::{CheckArgs, Global};
use super::changes::{MAX_DOCUMENT, levels, lock, settings};
use super::online::{self, Online};
use super::outcome::Outcome;
use super::talk::Talk;

/// Checks a built site, single files, or the registry.
pub(super) fn run(global: &Global, args: &CheckArgs, talk: &Talk) -> Result<Outcome> {
    if let Some(site) = &args.site {
        let before = args.before.as_deref().filter(|_| !args.allow_shrink);
        let live = before.map(read_manifest).transpose()?;
        return check_site(global, site, live.as_ref(), talk);
    }
    let (alone, inside) = sort_paths(&global.data, &args.paths)?;
    let _held = lock(global, !args.record)?;
    let (mut report, mut lines, mut whole) = (Report::new(), Vec::new(), None);
    let mut online = Online::default();
    for path in &alone {
        let (name, bytes) = read_file(path)?;
        let (found, line) = check_file(global, &name, bytes.clone(), args)?;
        online.add_file(&name, bytes, &found);
        report.merge(found);
        lines.push(line);
    }
    if !inside.is_empty() || alone.is_empty() {
        let mut options = global.load_options()?;
        options.profile = args.profile;
        options.channel = args.channel.clone();
        options.catalog = true;
        let loaded = load(&options)?;
        let (size, found) = check_and_count(&loaded, talk.observer().as_ref())?;
        let shown = found
            .into_iter()
            .filter(|d| inside.is_empty() || inside.iter().any(|p| is_in(&d.place.file, p)));
        report.extend(shown);
        if args.online {
            let wanted = |file: &str| inside.is_empty() || inside.iter().any(|p| is_in(file, p));
            online.add_tree(&loaded.tree, &wanted, &report)?;
        }
        whole = Some(size);
    }
    let asked = match args.online {
        true => ask(global, &online, args, &mut report, talk)?,
        false => Vec::new(),
    };
    lines.extend(whole.map(|size| summary(&size, &report)));
    lines.extend(asked);
    talk.report(&report);
    talk.list(lines.into_iter());
    if !inside.is_empty() || alone.is_empty() {
        unfinished(&global.data, talk);
    }
    if !report.has_errors() {
        talk.next(&match alone.as_slice() {
            [file] if inside.is_empty() => {
                format!("`mcp-static add {}` adds it to a registry", file.display())
            }
            _ => "`mcp-static serve` shows the registry, `mcp-static build` writes it as files"
                .to_owned(),
        });
    }
    Ok(outcome(&report))
}

/// Returns the line about the whole registry.
fn summary(size: &CheckedSize, report: &Report) -> String {
    let (servers, versions) = (count(size.servers, "server"), count(size.versions, "version"));
    let verdict = if report.has_errors() { "there are errors" } else { "no errors" };
    let left_out = match size.left_out {
        0 => String::new(),
        some => format!("; the policy leaves out {}", count(some, "version")),
    };
    format!("checked {servers} with {versions}: {verdict}{left_out}")
}

/// Asks the registries of packages, and adds what they answered to the report. Returns lines about it.
fn ask(
    global: &Global,
    online: &Online,
    args: &CheckArgs,
    report: &mut Report,
    talk: &Talk,
) -> Result<Vec<String>> {
    let asked = online.ask(global, &settings(global).packages, args.record, talk)?;
    let mut found = Report::new();
    found.extend(asked.findings);
    report.merge(found.finish(&levels(global)?));
    if args.record {
        online::record(global, &asked.edits, talk)?;
    }
    Ok(asked.lines)
}

/// Returns how a run ends after this report: a missing answer is not the fault of the data.
fn outcome(report: &Report) -> Outcome {
    let mut errors = report.items().iter().filter(|d| d.severity == Severity::Error);
    match errors.all(|d| d.code == Code::PackageIndeterminate) {
        true if report.has_errors() => Outcome::Indeterminate,
        is_fine => Outcome::refused_if(!is_fine),
    }
}

/// Reports an import, or another change of the data folder, that was interrupted.
fn unfinished(data: &Path, talk: &Talk) {
    let (registries, interrupted) = (PageStore::unfinished(data), was_interrupted(data));
    if (registries.is_empty() && !interrupted) || hold(data).is_err() {
        return; // nothing is left, or it is still running
    }
    for registry in registries {
        let what = format!("run `mcp-static import {registry}` to continue where it stopped");
        talk.always(&format!("an import was interrupted: {what}"));
    }
    if interrupted {
        talk.always(&format!(
            "a change of {} was interrupted: run the same command again to complete it",
            data.display()
        ));
    }
}

/// Splits paths into documents that stand alone and places of the data folder, both as the reports
/// call them.
fn sort_paths(data: &Path, paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<String>)> {
    let (mut alone, mut inside) = (Vec::new(), Vec::new());
    let root = data.canonicalize().ok();
    for path in paths {
        if path.as_os_str() == "-" {
            alone.push(path.clone());
            continue;
        }
        let full = path.canonicalize().map_err(|e| {
            Error::io("there is nothing to check", path, e)
                .help("name a server.json, or a place in the data folder")
        })?;
        let below = root.as_ref().and_then(|root| full.strip_prefix(root).ok());
        match below {
            Some(below) => {
                let place = data.join(below);
                inside.push(
                    place.to_string_lossy().replace('\\', "/").trim_start_matches("./").to_owned(),
                );
            }
            None if !full.is_dir() => alone.push(path.clone()),
            None => {
                return Err(Error::new(ErrorKind::Usage, "this folder is not part of the data")
                    .at(path)
                    .help("name a server.json, a place in the data folder, or the folder itself with --data"));
            }
        }
    }
    Ok((alone, inside))
}

fn is_in(file: &str, place: &str) -> bool {
    let place = place.trim_end_matches('/');
    file == place || file.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

/// Checks a document that stands alone, with the settings of the data folder if there is one. Returns what
/// was found, and the verdict in a line.
fn check_file(
    global: &Global,
    name: &str,
    bytes: Vec<u8>,
    args: &CheckArgs,
) -> Result<(Report, String)> {
    let rules = DocumentRules::of(args.profile, &settings(global));
    let mut report = Report::new();
    report.extend(check_document(name, bytes.clone(), &rules));
    let report = report.finish(&levels(global)?);
    let line = match report.has_errors() {
        true => format!("{name} is not valid"),
        false => format!("{name} is valid: {}", title(name, bytes)),
    };
    Ok((report, line))
}

/// Reads a document that stands alone; returns its name in reports, too.
fn read_file(path: &Path) -> Result<(String, Vec<u8>)> {
    let (name, read) = if path.as_os_str() == "-" {
        ("<stdin>".to_owned(), file::read_from(std::io::stdin().lock(), MAX_DOCUMENT))
    } else {
        (path.to_string_lossy().replace('\\', "/"), file::read(path, MAX_DOCUMENT))
    };
    let bytes = read.map_err(|e| Error::io("the file cannot be read", path, e))?;
    Ok((name, bytes))
}

/// Returns the name and version that a valid document has.
fn title(file: &str, bytes: Vec<u8>) -> String {
    let document = read_json(file, bytes).map(|document| document.value).unwrap_or_default();
    let text = |key: &str| document.get(key).and_then(|value| value.as_str()).unwrap_or("?");
    format!("{} {}", text("name"), text("version"))
}

/// Largest manifest that is read, in bytes.
pub(super) const MAX_MANIFEST: u64 = 256 * 1024 * 1024;

/// Least part of the live servers that a new site keeps, in percent.
const KEPT: usize = 95;

/// Reads the manifest of the live site from a file.
fn read_manifest(path: &Path) -> Result<Manifest> {
    let text = file::read_text(path, MAX_MANIFEST)
        .map_err(|e| Error::io("the manifest of the live site cannot be read", path, e))?;
    Manifest::parse(&text).map_err(|e| {
        Error::new(ErrorKind::Usage, "this is not the manifest of a site")
            .at(path)
            .because(e)
            .help("give the manifest.json of the live site")
    })
}

/// Returns a finding when the site has so many servers fewer than the live one that a person should look first.
pub(super) fn shrunk(site: &Path, live: &Manifest) -> Result<Option<Diagnostic>> {
    let new = Manifest::load(site)?.map_or(0, |manifest| manifest.listings());
    let live = live.listings();
    if new > 0 && new * 100 >= live * KEPT {
        return Ok(None);
    }
    let place = Place::file(site.to_string_lossy().replace('\\', "/"));
    let message = format!("the site has {}, the live one has {live}", count(new, "server"));
    Ok(Some(
        Diagnostic::new(Code::SiteShrunk, place, message)
            .help("find out what is missing; if the loss is intended, add --allow-shrink"),
    ))
}

/// Compares a built site with its manifest; with `live` also the number of servers with that of the live site.
pub(super) fn check_site(
    global: &Global,
    site: &Path,
    live: Option<&Manifest>,
    talk: &Talk,
) -> Result<Outcome> {
    let (files, problems) = compare_site(site)?;
    let mut report = Report::new();
    if let Some(live) = live {
        report.extend(shrunk(site, live)?);
    }
    for problem in problems {
        let (code, path, why) = match problem {
            SiteProblem::Missing(path) => (
                Code::SiteFileMissing,
                path,
                "the manifest names this file, and it is not there".into(),
            ),
            SiteProblem::Changed(path, why) => {
                (Code::SiteFileChanged, path, format!("the file is not as it was built: {why}"))
            }
            SiteProblem::Surplus(path) => {
                (Code::SiteFileSurplus, path, "the manifest does not name this file".into())
            }
        };
        let place = Place::file(format!("{}/{path}", site.display()).replace('\\', "/"));
        let help = "build again, and keep your own files outside of the site folder";
        report.push(Diagnostic::new(code, place, why).help(help));
    }
    let report = report.finish(&global.levels()?);
    talk.report(&report);
    let verdict = if report.has_errors() { "they differ" } else { "no errors" };
    talk.say(&format!("compared {} with the manifest: {verdict}", count(files, "file")));
    if !report.has_errors() {
        talk.next(&format!("publish {}, then run `mcp-static probe URL`", site.display()));
    }
    Ok(Outcome::refused_if(report.has_errors()))
}
