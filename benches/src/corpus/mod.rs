//! A registry of any size, the same bytes for the same arguments on every machine.
//!
//! Documents are valid under schema 2025-12-11 and under the stricter rules of mcp-static, and look
//! like what publishers write: 3.5 KB indented, 2.4 KB compact in the mean. No clock, no hash order.

mod document;
mod history;
mod rng;
mod server;
mod words;

use crate::Res;
use crate::args::Args;
use rayon::prelude::*;
use serde_json::json;
use server::Server;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What history the data folder gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum History {
    /// One commit for each published version, in order of time.
    Linear,
    /// One commit for every 200 versions.
    Bulk,
    /// No repository.
    None,
}

impl std::str::FromStr for History {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "linear" => Ok(Self::Linear),
            "bulk" => Ok(Self::Bulk),
            "none" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

/// What to make.
#[derive(Clone, Copy)]
pub(crate) struct Corpus {
    /// Number of server names.
    pub(crate) servers: usize,
    /// Versions of each.
    pub(crate) versions: usize,
    /// Repository or none.
    pub(crate) history: History,
    /// Whether dates are written into `origin.json` beside each document.
    pub(crate) pins: bool,
}

/// What came out.
struct Made {
    indented: usize,
    compact: usize,
    digest: [u8; 32],
}

impl Corpus {
    /// Writes the corpus to `out/registry-data`; `out` becomes the repository, if one is wanted.
    pub(crate) fn write(&self, out: &Path) -> Res<()> {
        if out.join("registry-data").exists() || out.join(".git").exists() {
            return Err(format!("{} is in use already; name a new folder", out.display()).into());
        }
        fs::create_dir_all(out)?;
        match self.history {
            History::Linear => history::write(self, out, 1),
            History::Bulk => history::write(self, out, 200),
            History::None => self.write_files(out),
        }
    }

    /// All servers, in parallel.
    fn servers(&self) -> impl IndexedParallelIterator<Item = Server> + '_ {
        (0..self.servers).into_par_iter().map(|i| Server::nth(i as u64, self.versions))
    }

    /// The files of version `k`: path below the root of the repository, content.
    fn files(&self, server: &Server, k: usize) -> Res<Vec<(String, Vec<u8>)>> {
        let folder = server.folder(k);
        let mut files = vec![(format!("{folder}/server.json"), pretty(&server.document(k))?)];
        if self.pins {
            files.push((format!("{folder}/origin.json"), pretty(&pin(&server.published(k)))?));
        }
        Ok(files)
    }

    /// The plain files, without a repository.
    fn write_files(&self, out: &Path) -> Res<()> {
        self.servers().try_for_each(|server| {
            for k in 0..self.versions {
                fs::create_dir_all(out.join(server.folder(k)))?;
                for (path, bytes) in self.files(&server, k)? {
                    fs::write(out.join(path), bytes)?;
                }
            }
            Ok(())
        })
    }

    /// Sizes of all documents, and a digest over every path and content in order.
    fn sum(&self) -> Res<Made> {
        let parts: Vec<Made> = self
            .servers()
            .map(|server| -> Res<Made> {
                let (mut digest, mut indented, mut compact) = (Sha256::new(), 0, 0);
                for k in 0..self.versions {
                    compact += serde_json::to_vec(&server.document(k))?.len();
                    for (path, bytes) in self.files(&server, k)? {
                        indented += if path.ends_with("server.json") { bytes.len() } else { 0 };
                        digest.update(path.as_bytes());
                        digest.update([0]);
                        digest.update(&bytes);
                    }
                }
                Ok(Made { indented, compact, digest: digest.finalize().into() })
            })
            .collect::<Res<_>>()?;
        let mut whole = Sha256::new();
        for part in &parts {
            whole.update(part.digest);
        }
        Ok(Made {
            indented: parts.iter().map(|p| p.indented).sum(),
            compact: parts.iter().map(|p| p.compact).sum(),
            digest: whole.finalize().into(),
        })
    }
}

/// The `origin.json` that pins all dates of an own entry to `date`.
pub(crate) fn pin(date: &str) -> serde_json::Value {
    json!({ "publishedAt": date, "updatedAt": date, "statusChangedAt": date })
}

/// JSON as people keep it in a repository.
pub(crate) fn pretty(value: &serde_json::Value) -> Res<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// `bench corpus …`: writes, then prints one line of JSON about what was written.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let args = Args::parse(rest, &["servers", "versions", "out", "git"], &["pins"])?;
    let corpus = Corpus {
        servers: args.parsed("servers")?.ok_or("--servers is needed")?,
        versions: args.parsed("versions")?.ok_or("--versions is needed")?,
        history: args.parsed("git")?.unwrap_or(History::None),
        pins: args.has("pins"),
    };
    let out: PathBuf = args.path("out")?;
    corpus.write(&out)?;
    let made = corpus.sum()?;
    let entries = corpus.servers * corpus.versions;
    let digest: String = made.digest.iter().map(|b| format!("{b:02x}")).collect();
    let line = json!({
        "servers": corpus.servers, "versions": entries,
        "meanIndented": made.indented / entries.max(1), "meanCompact": made.compact / entries.max(1),
        "digest": digest,
    });
    println!("{line}");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_arguments_give_the_same_bytes() -> Res<()> {
        let corpus = Corpus { servers: 20, versions: 3, history: History::None, pins: true };
        let digest: String = corpus.sum()?.digest.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(digest, "4717aa98cee93ad70d40a0ffb78866ce35647f30b257ef2c806bf10153674d72");
        Ok(())
    }

    #[test]
    fn a_repository_holds_the_files_of_the_plain_corpus() -> Res<()> {
        let scratch = tempfile::tempdir()?;
        let corpus = Corpus { servers: 4, versions: 3, history: History::None, pins: false };
        corpus.write(&scratch.path().join("none"))?;
        for history in [History::Linear, History::Bulk] {
            let folder = scratch.path().join(format!("{history:?}"));
            Corpus { history, ..corpus }.write(&folder)?;
            let data = |root: &Path| root.join("registry-data");
            let plain = data(&scratch.path().join("none"));
            assert_eq!(crate::tree::differences(&plain, &data(&folder))?, Vec::<String>::new());
        }
        Ok(())
    }
}
