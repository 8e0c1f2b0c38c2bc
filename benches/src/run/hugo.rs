//! Hugo on the same servers, for comparison: pages only, where the tool also checks and makes the API.
//!
//! One page for each server with its facts, install texts for six clients and the document; a paged list
//! of all servers and of each namespace, package type, transport and status.

use super::Run;
use super::api::thrown_away;
use super::pair::{Ratio, pairs};
use super::report::Row;
use super::set::Set;
use crate::measure::Call;
use crate::tree::Snapshot;
use crate::{Res, tree};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The site without its content.
const FILES: [(&str, &str); 6] = [
    ("hugo.toml", include_str!("hugo/hugo.toml")),
    ("layouts/_default/baseof.html", include_str!("hugo/baseof.html")),
    ("layouts/_default/list.html", include_str!("hugo/list.html")),
    ("layouts/_default/single.html", include_str!("hugo/single.html")),
    ("layouts/_default/terms.html", include_str!("hugo/terms.html")),
    ("content/servers/_index.md", "{ \"title\": \"All servers\" }\n"),
];

/// The whole site of the tool against the pages of Hugo, processor time.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let shape = run.scale.pages;
    let what = format!("whole site against pages by Hugo, {shape}");
    let Some(version) = version(&run.hugo) else {
        run.report.skip(&what, "no Hugo: name one with --hugo");
        return Ok(());
    };
    let set = run.set(shape)?;
    let source = run.work.join("hugo-source");
    write(&set, &source)?;
    let folder = run.work.join("hugo");
    let out = folder.join("site");
    let hugo = Call::new(&run.hugo).path("--source", &source).path("--destination", &out);
    let hugo = hugo.words(&["--quiet", "--noBuildLock"]);
    fs::create_dir_all(&folder)?;
    hugo.cost()?;
    let pages = Snapshot::take(&out)?.lengths(|_| true);
    fs::remove_dir_all(&folder)?;
    let both = pairs(
        run.runs,
        || thrown_away(&run.whole(&set.data(), &out), &folder),
        || thrown_away(&hugo, &folder),
    )?;
    let ratio = Ratio::of(&both);
    run.report.add(
        Row::new(what)
            .most(ratio.cpu, "× CPU", run.scale.hugo)
            .most(ratio.wall, "× on the clock", None)
            .most(ratio.peak, "× its peak", None)
            .note(format!(
                "Hugo {version}: {} files, {:.0} MB",
                pages.len(),
                pages.iter().sum::<u64>() as f64 / 1e6
            ))
            .raw("pairs", json!(both)),
    );
    Ok(fs::remove_dir_all(source)?)
}

/// The version of a Hugo that can be started.
fn version(hugo: &Path) -> Option<String> {
    let out = Command::new(hugo).arg("version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    let word = text.split_whitespace().find(|w| w.starts_with('v') && w.contains('.'))?;
    Some(word[1..].split(['-', '+']).next()?.to_string())
}

/// Writes the site that Hugo builds: a page for the newest version of each server.
fn write(set: &Set, source: &Path) -> Res<()> {
    for (path, text) in FILES {
        let path = source.join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, text)?;
    }
    let servers = set.data().join("servers");
    set.names().par_iter().try_for_each(|name| {
        let folder = servers.join(name);
        let versions = tree::names(&folder);
        let version = versions.last().ok_or("a server without versions")?;
        let text = fs::read(folder.join(version).join("server.json"))?;
        let page = page(name, serde_json::from_slice(&text)?)?;
        let file = format!("content/servers/{}.md", name.replace('/', "_"));
        Ok(fs::write(source.join(file), page)?)
    })
}

/// A page without a text of its own: all is in what stands before it.
fn page(name: &str, server: Value) -> Res<String> {
    let namespace = name.split('/').next().unwrap_or_default();
    let texts = |pointer: &str, of: &str| {
        let all = server[of].as_array().into_iter().flatten();
        let some = all.filter_map(|item| item.pointer(pointer)?.as_str().map(str::to_string));
        some.collect::<BTreeSet<_>>()
    };
    let mut transports = texts("/transport/type", "packages");
    transports.extend(texts("/type", "remotes"));
    let front = json!({
        "title": server["title"], "description": server["description"], "url": format!("/servers/{name}/"),
        "date": server.pointer("/_meta/io.modelcontextprotocol.registry~1publisher-provided/buildInfo/timestamp"),
        "namespace": [namespace], "package": texts("/registryType", "packages"),
        "transport": transports, "status": ["active"], "server": server,
    });
    Ok(serde_json::to_string(&front)? + "\n")
}
