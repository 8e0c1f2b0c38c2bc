//! The side table of the floor: what cannot be known from the data folder alone.
//!
//! Drawn from a finished site: the `_meta` text of every version, the order of versions and of the
//! list, what ends a file, and the files that belong to no server. On disk a folder:
//! `shape.json`, `index.tsv` (server, place in the list or `-`, offset, length), `meta.tsv`
//! (version, `L` or `-`, `_meta`; a block of lines for each server) and `globals/`. The floor reads
//! only the block of the server in hand, so that the table does not count as memory of the floor.

use crate::Res;
use crate::args::Args;
use crate::tree;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The list that gives the order.
const LIST: &str = "v0.1/servers/index.json";

/// What stands after the last brace: nothing, or an end of line.
#[derive(Serialize, Deserialize, Default)]
pub(super) struct Tails {
    pub(super) entry: String,
    pub(super) versions: String,
    pub(super) list: String,
}

/// What `shape.json` holds.
#[derive(Serialize, Deserialize)]
struct Shape {
    tails: Tails,
    lists: Vec<String>,
}

/// Where the block of a server lies, and its place in the list if it is listed.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    pub(super) place: Option<usize>,
    offset: u64,
    length: usize,
}

/// One line of a block.
pub(super) struct Row<'a> {
    pub(super) version: &'a str,
    pub(super) latest: bool,
    pub(super) meta: &'a str,
}

impl<'a> Row<'a> {
    /// Reads one line.
    pub(super) fn parse(line: &'a str) -> Res<Self> {
        let mut cells = line.splitn(3, '\t');
        match (cells.next(), cells.next(), cells.next()) {
            (Some(version), Some(flag), Some(meta)) => {
                Ok(Self { version, latest: flag == "L", meta })
            }
            _ => Err(format!("table: bad line `{line}`").into()),
        }
    }
}

/// An opened table.
pub(super) struct Table {
    root: PathBuf,
    meta: File,
    seats: HashMap<String, Seat>,
    pub(super) tails: Tails,
    /// Every file that holds the list.
    pub(super) lists: Vec<String>,
}

impl Table {
    /// Opens a table, or draws one from a site first (into a folder that lives as long as the guard).
    pub(super) fn open_or_draw(like: &Path) -> Res<(Option<tempfile::TempDir>, Self)> {
        if like.join("shape.json").is_file() && like.join("meta.tsv").is_file() {
            return Ok((None, Self::open(like)?));
        }
        let scratch = tempfile::tempdir()?;
        draw(like, scratch.path())?;
        let table = Self::open(scratch.path())?;
        Ok((Some(scratch), table))
    }

    /// Opens the folder of a table.
    fn open(root: &Path) -> Res<Self> {
        let shape: Shape = serde_json::from_slice(&fs::read(root.join("shape.json"))?)?;
        let mut seats = HashMap::new();
        for line in fs::read_to_string(root.join("index.tsv"))?.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let [name, place, offset, length] = cells[..] else {
                return Err("table: bad index".into());
            };
            let seat = Seat {
                place: place.parse().ok(),
                offset: offset.parse()?,
                length: length.parse()?,
            };
            seats.insert(name.to_string(), seat);
        }
        let meta = File::open(root.join("meta.tsv"))?;
        Ok(Self { root: root.into(), meta, seats, tails: shape.tails, lists: shape.lists })
    }

    /// The seat of a server; none if the site does not have it.
    pub(super) fn seat(&self, name: &str) -> Option<Seat> {
        self.seats.get(name).copied()
    }

    /// The lines of one server, newest version first.
    pub(super) fn block(&self, seat: Seat) -> Res<String> {
        let mut bytes = vec![0; seat.length];
        self.meta.read_exact_at(&mut bytes, seat.offset)?;
        Ok(String::from_utf8(bytes)?)
    }

    /// The folder of files to copy.
    pub(super) fn globals(&self) -> PathBuf {
        self.root.join("globals")
    }
}

/// A list or versions document.
#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    servers: Vec<Entry<'a>>,
}

/// One entry; both parts as they are written.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    server: &'a RawValue,
    #[serde(borrow, rename = "_meta")]
    meta: &'a RawValue,
}

/// What the table needs of a document.
#[derive(Deserialize)]
struct Head {
    name: String,
    version: String,
}

impl Entry<'_> {
    /// Name and version of the entry.
    fn head(&self) -> Res<Head> {
        Ok(serde_json::from_str(self.server.get())?)
    }
}

/// `bench floor-prepare SITE --out TABLE`.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let args = Args::parse(rest, &["out"], &[])?;
    let [site] = args.words::<1>()?;
    let (copied, bytes) = draw(Path::new(site), &args.path("out")?)?;
    println!("{copied} files belong to no server and are copied as they are ({bytes} bytes)");
    Ok(ExitCode::SUCCESS)
}

/// Draws the table of `site` into the folder `table`; says how much is copied verbatim.
pub(crate) fn draw(site: &Path, table: &Path) -> Res<(usize, u64)> {
    fs::create_dir_all(table)?;
    let text = fs::read_to_string(site.join(LIST)).map_err(|e| format!("{LIST}: {e}"))?;
    let list: List<'_> = serde_json::from_str(&text)?;
    let mut places = HashMap::new();
    for (place, entry) in list.servers.iter().enumerate() {
        places.insert(entry.head()?.name, place);
    }
    let mut tails = Tails { list: tail(&text), ..Tails::default() };
    let (mut index, mut meta, mut known) = (String::new(), String::new(), HashSet::new());
    let root = site.join("v0.1/servers");
    for ns in tree::names(&root) {
        for short in tree::names(&root.join(&ns)) {
            let name = format!("{ns}/{short}");
            let start = meta.len();
            block(site, &name, &mut meta, &mut tails, &mut known)?;
            let place = places.get(&name).map_or("-".to_string(), usize::to_string);
            writeln!(index, "{name}\t{place}\t{start}\t{}", meta.len() - start)?;
        }
    }
    let (lists, copied) = globals(site, table, text.as_bytes(), &known)?;
    fs::write(table.join("index.tsv"), index)?;
    fs::write(table.join("meta.tsv"), meta)?;
    fs::write(table.join("shape.json"), serde_json::to_vec_pretty(&Shape { tails, lists })?)?;
    Ok(copied)
}

/// Adds the lines of one server and notes which files it explains.
fn block(
    site: &Path,
    name: &str,
    meta: &mut String,
    tails: &mut Tails,
    known: &mut HashSet<PathBuf>,
) -> Res<()> {
    let base = PathBuf::from(format!("v0.1/servers/{name}/versions"));
    let all = fs::read_to_string(site.join(&base).join("index.json"))?;
    let versions: List<'_> = serde_json::from_str(&all)?;
    let latest = base.join("latest/index.json");
    let newest = fs::read(site.join(&latest)).unwrap_or_default();
    let mut flagged = false;
    for entry in &versions.servers {
        let version = entry.head()?.version;
        let path = base.join(&version).join("index.json");
        let text = fs::read_to_string(site.join(&path))?;
        tails.entry = tail(&text);
        known.insert(path);
        let flag = if !flagged && text.as_bytes() == newest { "L" } else { "-" };
        flagged |= flag == "L";
        writeln!(meta, "{version}\t{flag}\t{}", entry.meta.get())?;
    }
    if flagged {
        known.insert(latest);
    }
    tails.versions = tail(&all);
    known.insert(base.join("index.json"));
    Ok(())
}

/// Copies every file that is not explained; gives back where the list stands, and how much it copied.
fn globals(
    site: &Path,
    table: &Path,
    list: &[u8],
    known: &HashSet<PathBuf>,
) -> Res<(Vec<String>, (usize, u64))> {
    let (mut lists, mut count, mut bytes) = (Vec::new(), 0, 0);
    for path in tree::files(site)?.into_iter().filter(|p| !known.contains(p)) {
        let from = site.join(&path);
        let length = fs::metadata(&from)?.len();
        if length == list.len() as u64 && fs::read(&from)? == list {
            lists.push(path.to_string_lossy().into_owned());
            continue;
        }
        let to = table.join("globals").join(&path);
        fs::create_dir_all(to.parent().ok_or("no folder")?)?;
        fs::copy(from, to)?;
        (count, bytes) = (count + 1, bytes + length);
    }
    fs::create_dir_all(table.join("globals"))?;
    Ok((lists, (count, bytes)))
}

/// What follows the last brace of a document.
fn tail(text: &str) -> String {
    text.rsplit_once('}').map_or_else(String::new, |(_, end)| end.to_string())
}
