//! The floor: the least work that turns the data folder into a given site.
//!
//! One server folder at a time, in parallel: read, parse to a JSON value, print it compactly, paste
//! the answers together, write them. No validation, no templates, no history: dates and orders come
//! from a [`table`] that was drawn from the site beforehand, and the few files that belong to no
//! server are copied. The result is the same tree, byte for byte (`bench same` proves it), so what a
//! real build takes more is the price of what it does more.

pub(crate) mod table;

use crate::Res;
use crate::args::Args;
use crate::tree;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use table::{Row, Table};

/// One floor build.
struct Floor<'a> {
    out: &'a Path,
    table: &'a Table,
    write: bool,
}

/// `bench floor …`.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let args = Args::parse(rest, &["data", "out", "like", "threads"], &["no-write"])?;
    if let Some(threads) = args.parsed("threads")? {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    }
    let (data, like) = (args.path("data")?, args.path("like")?);
    let write = !args.has("no-write");
    let out = if write { args.path("out")? } else { PathBuf::new() };
    let (_scratch, table) = Table::open_or_draw(&like)?;
    Floor { out: &out, table: &table, write }.build(&data)?;
    Ok(ExitCode::SUCCESS)
}

impl Floor<'_> {
    /// The whole build: servers in parallel, then what spans them.
    fn build(&self, data: &Path) -> Res<()> {
        let servers = data.join("servers");
        let folders: Vec<String> = tree::names(&servers)
            .into_par_iter()
            .flat_map_iter(|ns| {
                let names = tree::names(&servers.join(&ns)).into_iter();
                names.map(move |name| format!("{ns}/{name}"))
            })
            .collect();
        let mut latest: Vec<(usize, Vec<u8>)> = folders
            .par_iter()
            .map(|name| self.server(&servers, name))
            .filter_map(Result::transpose)
            .collect::<Res<_>>()?;
        latest.sort_unstable_by_key(|(place, _)| *place);
        let tail = self.table.tails.entry.len();
        let parts: Vec<&[u8]> = latest.iter().map(|(_, e)| &e[..e.len() - tail]).collect();
        let list = paste(&parts, &self.table.tails.list);
        for path in &self.table.lists {
            self.put(path, &list)?;
        }
        self.globals()
    }

    /// All files of one server; gives back what the list says about it, and where.
    fn server(&self, servers: &Path, name: &str) -> Res<Option<(usize, Vec<u8>)>> {
        let Some(seat) = self.table.seat(name) else { return Ok(None) };
        let compact = read(&servers.join(name))?;
        let block = self.table.block(seat)?;
        let rows: Vec<Row<'_>> = block.lines().map(Row::parse).collect::<Res<_>>()?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let body =
                compact.get(row.version).ok_or_else(|| format!("{name}: no {}", row.version))?;
            entries.push(entry(body, row.meta, &self.table.tails.entry));
        }
        self.put_server(name, &rows, &entries)?;
        let newest = rows.iter().zip(entries).find(|(row, _)| row.latest);
        Ok(newest.and_then(|(_, entry)| seat.place.map(|place| (place, entry))))
    }

    /// Writes versions, `latest` and the list of versions of one server.
    fn put_server(&self, name: &str, rows: &[Row<'_>], entries: &[Vec<u8>]) -> Res<()> {
        let base = format!("v0.1/servers/{name}/versions");
        for (row, entry) in rows.iter().zip(entries) {
            self.put(&format!("{base}/{}/index.json", row.version), entry)?;
            if row.latest {
                self.put(&format!("{base}/latest/index.json"), entry)?;
            }
        }
        let tail = self.table.tails.entry.len();
        let parts: Vec<&[u8]> = entries.iter().map(|e| &e[..e.len() - tail]).collect();
        self.put(&format!("{base}/index.json"), &paste(&parts, &self.table.tails.versions))
    }

    /// Writes one file of the output into a folder that may have to be made.
    fn put(&self, path: &str, bytes: &[u8]) -> Res<()> {
        if !self.write {
            return Ok(());
        }
        let path = self.out.join(path);
        let folder = path.parent().ok_or("no folder")?;
        match fs::create_dir(folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => fs::create_dir_all(folder)?,
            Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e.into()),
            _ => {}
        }
        Ok(fs::write(&path, bytes)?)
    }

    /// Copies what belongs to no server.
    fn globals(&self) -> Res<()> {
        if !self.write {
            return Ok(());
        }
        let from = self.table.globals();
        for path in tree::files(&from)? {
            let to = self.out.join(&path);
            fs::create_dir_all(to.parent().ok_or("no folder")?)?;
            fs::copy(from.join(&path), to)?;
        }
        Ok(())
    }
}

/// Reads and parses every version of one server; gives back the compact text of each.
fn read(folder: &Path) -> Res<HashMap<String, Vec<u8>>> {
    let mut compact = HashMap::new();
    // A corpus pins all versions of a server or none, so one look tells.
    let mut pinned = true;
    for version in tree::names(folder) {
        let entry = folder.join(&version);
        let value: Value = serde_json::from_slice(&fs::read(entry.join("server.json"))?)?;
        if pinned {
            match fs::read(entry.join("origin.json")) {
                Err(e) if e.kind() == ErrorKind::NotFound => pinned = false,
                origin => drop(std::hint::black_box(origin?)),
            }
        }
        compact.insert(version, serde_json::to_vec(&value)?);
    }
    Ok(compact)
}

/// `{"server":…,"_meta":…}` and whatever ends a file of this kind.
fn entry(server: &[u8], meta: &str, tail: &str) -> Vec<u8> {
    [b"{\"server\":", server, b",\"_meta\":", meta.as_bytes(), b"}", tail.as_bytes()].concat()
}

/// `{"servers":[…],"metadata":{"count":N}}` and whatever ends a file of this kind.
fn paste(parts: &[&[u8]], tail: &str) -> Vec<u8> {
    let size: usize = parts.iter().map(|p| p.len() + 1).sum();
    let mut bytes = Vec::with_capacity(size + 64);
    bytes.extend_from_slice(b"{\"servers\":[");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(part);
    }
    let end = format!("],\"metadata\":{{\"count\":{}}}}}{tail}", parts.len());
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Corpus, History};

    /// A site in the tool's form, made without the floor's own functions.
    fn site(data: &Path, to: &Path, end: &str) -> Res<()> {
        let mut list = Vec::new();
        for ns in tree::names(&data.join("servers")) {
            for name in tree::names(&data.join("servers").join(&ns)) {
                let mut all = Vec::new();
                let versions = tree::names(&data.join("servers").join(&ns).join(&name));
                let base = to.join(format!("v0.1/servers/{ns}/{name}/versions"));
                for (i, version) in versions.iter().enumerate() {
                    let path = data.join(format!("servers/{ns}/{name}/{version}/server.json"));
                    let value: Value = serde_json::from_slice(&fs::read(path)?)?;
                    let text = format!(r#"{{"server":{value},"_meta":{{"n":{i}}}}}"#);
                    let folders: &[&str] = if i == 1 { &[version, "latest"] } else { &[version] };
                    for folder in folders {
                        fs::create_dir_all(base.join(folder))?;
                        fs::write(base.join(folder).join("index.json"), format!("{text}{end}"))?;
                    }
                    all.push(text);
                }
                fs::write(base.join("index.json"), document(&all, end))?;
                list.push(all.swap_remove(1));
            }
        }
        list.reverse();
        fs::create_dir_all(to.join("v0/servers"))?;
        fs::write(to.join("v0/servers/index.json"), document(&list, end))?;
        fs::write(to.join("v0.1/servers/index.json"), document(&list, end))?;
        Ok(fs::write(to.join("404.json"), "{}")?)
    }

    fn document(parts: &[String], end: &str) -> String {
        let (all, count) = (parts.join(","), parts.len());
        format!(r#"{{"servers":[{all}],"metadata":{{"count":{count}}}}}{end}"#)
    }

    #[test]
    fn the_floor_makes_the_tree_that_its_table_was_drawn_from() -> Res<()> {
        let scratch = tempfile::tempdir()?;
        let corpus = Corpus { servers: 7, versions: 3, history: History::None, pins: true };
        corpus.write(scratch.path())?;
        let data = scratch.path().join("registry-data");
        for end in ["", "\n"] {
            let like = scratch.path().join(format!("like{}", end.len()));
            let out = scratch.path().join(format!("out{}", end.len()));
            site(&data, &like, end)?;
            let (_guard, table) = Table::open_or_draw(&like)?;
            Floor { out: &out, table: &table, write: true }.build(&data)?;
            assert_eq!(tree::differences(&like, &out)?, Vec::<String>::new());
            fs::write(out.join("404.json"), "[]")?;
            assert_eq!(tree::differences(&like, &out)?.len(), 1);
        }
        Ok(())
    }
}
