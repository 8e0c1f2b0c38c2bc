//! The files that a host has been given.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::serve::document::etag;
use crate::site::{
    Artifact, Body, Freshness, Host, HostFile, Media, Shape, SiteParts, UrlPath, WORK, Whole,
    explicit_types, immutable, lower, served,
};

/// Where an object store's files are listed, with keys and headers.
const UPLOAD: &str = "upload.tsv";

/// A file.
#[derive(Debug)]
pub(super) struct Stored {
    /// Its bytes.
    pub(super) body: Body,
    /// Its validator.
    pub(super) etag: String,
    /// The type that it was stored with, where files have one.
    pub(super) kind: Option<String>,
    /// The cache class that it was stored with, likewise.
    pub(super) cache: Option<String>,
}

/// All files by path, and what rules say of single ones.
#[derive(Debug, Default)]
pub(super) struct Store {
    files: HashMap<String, Stored>,
    folders: HashSet<String>,
    /// Types that rules give to addresses.
    pub(super) types: HashMap<String, &'static str>,
    /// Whether the program that answers queries there is among the files.
    pub(super) program: bool,
    /// Addresses that rules call immutable.
    pub(super) fixed: HashSet<String>,
}

impl Store {
    /// Returns the files that a build for `host` writes.
    pub(super) fn of_parts(host: &dyn Host, parts: &SiteParts) -> Self {
        Self::new(host, lower(host, parts).into_host_files(), &parts.spanning)
    }

    /// Returns the files of a folder: a build's output, or only what the host sends of it.
    pub(super) fn of_folder(host: &dyn Host, folder: &Path) -> Result<Self> {
        let mut files = Vec::new();
        let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.file_name() != WORK) {
            let entry = entry.map_err(|e| {
                let path = e.path().unwrap_or(folder).to_owned();
                let why =
                    e.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links"));
                unreadable(&path, why)
            })?;
            if entry.file_type().is_file() {
                let path = entry.path();
                let body = std::fs::read(path).map_err(|e| unreadable(path, e))?;
                let path = path.strip_prefix(folder).unwrap_or(path).to_string_lossy();
                files.push(HostFile { path: path.replace('\\', "/"), body: body.into() });
            }
        }
        if files.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "there are no files to serve")
                .at(folder)
                .help("name the output folder of a build"));
        }
        if !files.iter().any(|file| served(host, &file.path).is_some()) {
            files = files.into_iter().map(|file| below(host.root(), file)).collect();
        }
        let spanning = files.iter().filter_map(|file| artifact(served(host, &file.path)?, file));
        let spanning: Vec<Artifact> = spanning.collect();
        Ok(Self::new(host, files, &spanning))
    }

    fn new(host: &dyn Host, files: Vec<HostFile>, spanning: &[Artifact]) -> Self {
        let whole = &Whole { spanning, ..Whole::default() };
        let can = host.capabilities();
        let there = |path| files.iter().any(|file| file.path == path);
        let program = host.program().is_some_and(there);
        let mut store = Self { program, ..Self::default() };
        if can.resolution.indexes.is_empty() {
            store.upload(&files);
        } else {
            // Settings at the root are read by the host and sent to nobody.
            let own = host.extras(&Whole::default());
            let own: HashSet<&str> = own.iter().map(|file| &*file.path).collect();
            for file in files {
                let Some(path) = served(host, &file.path) else { continue };
                if path.contains('/') || !own.contains(&*file.path) {
                    store.add(path.to_owned(), file.body, None, None);
                }
            }
        }
        if can.headers {
            store.fixed = immutable(whole).into_iter().collect();
        }
        if can.resolution.manner.api_type || can.resolution.manner.own {
            store.types = explicit_types(whole).into_iter().collect();
        }
        store
    }

    /// Stores files as the upload manifest among them says, or, without one, under their paths.
    fn upload(&mut self, files: &[HostFile]) {
        let by_path: HashMap<&str, &Body> =
            files.iter().map(|file| (&*file.path, &file.body)).collect();
        let Some(manifest) = by_path.get(UPLOAD) else {
            for file in files {
                self.add(file.path.clone(), file.body.clone(), None, None);
            }
            return;
        };
        for line in String::from_utf8_lossy(manifest).lines().filter(|line| !line.starts_with('#'))
        {
            let mut fields = line.split('\t').map(str::to_owned);
            let (Some(key), Some(file)) = (fields.next(), fields.next()) else { continue };
            if let Some(body) = by_path.get(&*file) {
                self.add(key, Body::clone(body), fields.next(), fields.next());
            }
        }
    }

    fn add(&mut self, path: String, body: Body, kind: Option<String>, cache: Option<String>) {
        for (at, _) in path.match_indices('/') {
            if !self.folders.contains(&path[..at]) {
                self.folders.insert(path[..at].to_owned());
            }
        }
        let etag = etag(&body);
        self.files.insert(path, Stored { body, etag, kind, cache });
    }

    /// Returns the file at a path.
    pub(super) fn get(&self, path: &str) -> Option<&Stored> {
        self.files.get(path)
    }

    /// Whether a path is a folder; the empty one is the root.
    pub(super) fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// Returns the number of files.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }
}

/// Returns the same file inside of a folder.
fn below(folder: &str, file: HostFile) -> HostFile {
    HostFile { path: format!("{folder}/{}", file.path), ..file }
}

/// Returns what a file outside the API was made of, as far as rules need to know.
fn artifact(key: &str, file: &HostFile) -> Option<Artifact> {
    let path = UrlPath::new(key.split('/'))?;
    let media = match media_of(key)? {
        Media::Json if key == "404.json" => Media::Problem,
        Media::Xml if has_atom(&file.body) => Media::Atom,
        media => media,
    };
    // The name of what never changes holds a digest: name, digest, extension.
    let named = key.strip_prefix("assets/").is_some_and(|n| n.matches('.').count() == 2);
    let freshness = if named { Freshness::Immutable } else { Freshness::Revalidate };
    (!super::asked::is_api(key)).then(|| Artifact {
        path,
        shape: Shape::File,
        media,
        freshness,
        body: file.body.clone(),
    })
}

fn has_atom(body: &[u8]) -> bool {
    let start = &body[..body.len().min(400)];
    start.windows(5).any(|part| part == b"<feed")
}

/// Returns the type that an extension tells.
pub(super) fn media_of(path: &str) -> Option<Media> {
    let name = path.rsplit('/').next()?;
    Some(match name.rsplit_once('.')?.1 {
        "json" => Media::Json,
        "html" => Media::Html,
        "yaml" | "yml" => Media::Yaml,
        "css" => Media::Css,
        "js" => Media::Script,
        "svg" => Media::Svg,
        "xml" => Media::Xml,
        "txt" => Media::Text,
        "gz" => Media::Gzip,
        _ => return None,
    })
}

fn unreadable(path: &Path, e: std::io::Error) -> Error {
    Error::new(ErrorKind::Usage, "the site cannot be read")
        .at(path)
        .because(e)
        .help("name the output folder of a build")
}
