//! The data folder, and reloading when it changes.
//!
//! The folder is polled: names, sizes and times of its files, and the checked-out commit, because dates
//! come from history. Polling works on every file system, over networks and in containers. A change is
//! loaded once two looks in a row agree, so that a half-written edit is not checked. An edit with errors
//! is reported, and the registry in memory stays. Nothing is ever written.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use crate::data::look;
use crate::diag::Report;
use crate::error::{Error, Result};
use crate::pipeline::{LoadOptions, Observer, Silent, check, check_each, load};
use crate::site::Host;

use super::early::Early;
use super::live::Live;
use super::shared::Shared;

/// Polling takes at most one part in this many of the time.
const SHARE: u32 = 20;

/// Where the registry is read from.
#[derive(Clone)]
pub struct LiveSource {
    options: LoadOptions,
    host: Option<&'static dyn Host>,
    /// Whether the CORS headers that its operator sets are sent.
    cors: bool,
}

/// The result of one reading of the data.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading {
    /// Everything found.
    pub report: Report,
    /// The registry; `None` when the report refuses the data.
    pub live: Option<Live>,
    /// What the data looked like when it was listed, before it was read.
    pub seen: Seen,
}

/// What happened to the data while the server ran.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The data changed and is served now.
    Reloaded {
        /// Numbers of servers and versions.
        size: (usize, usize),
        /// Warnings and notes.
        report: &'a Report,
    },
    /// The data changed and is refused; what was served before stays.
    Refused(&'a Report),
    /// The data changed and cannot be read; what was served before stays.
    Failed(&'a Error),
}

/// What the data looked like: equal looks mean that nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    files: u64,
    commit: u64,
}

impl LiveSource {
    /// Data that is loaded with `options`.
    pub fn new(options: LoadOptions) -> Self {
        let options = LoadOptions { looking: true, ..options };
        Self { options, host: None, cors: true }
    }

    /// Answers as `host` would.
    #[must_use]
    pub fn imitating(self, host: &'static dyn Host) -> Self {
        Self { host: Some(host), ..self }
    }

    /// Answers as before the operator of that host has set CORS headers ([`Live::without_cors`]).
    #[must_use]
    pub fn without_cors(self) -> Self {
        Self { cors: false, ..self }
    }

    /// Reads, checks and renders the data.
    ///
    /// # Errors
    /// When the data cannot be read; what is wrong in the data is in the report instead.
    pub fn read(&self, observer: &dyn Observer) -> Result<Reading> {
        self.read_after(None, observer, None)
    }

    /// Reads the data for the first time, and gives `begin` what answers requests meanwhile.
    pub(super) fn read_first(
        &self,
        observer: &dyn Observer,
        begin: &dyn Fn(Early),
    ) -> Result<Reading> {
        self.read_after(None, observer, Some(begin))
    }

    /// Reads and checks the data; what did not change since `before` is shared with it. `begin` gets what is known
    /// before any entry is read.
    fn read_after(
        &self,
        before: Option<&Live>,
        observer: &dyn Observer,
        begin: Option<&dyn Fn(Early)>,
    ) -> Result<Reading> {
        let commit = self.commit();
        let loaded = Arc::new(load(&self.options)?);
        let seen = Seen { files: loaded.tree.looked(), commit };
        let (facts, catalog) = (&loaded.facts, loaded.catalog.as_ref());
        let (mut live, mut report);
        match self.host {
            Some(host) => {
                let registry;
                (registry, report) = check(&loaded, observer)?;
                live = (!report.has_errors())
                    .then(|| Live::imitating(host, &registry, facts, catalog))
                    .map(|live| if self.cors { live } else { live.without_cors() });
            }
            None => {
                if let Some(begin) = begin {
                    Early::new(&loaded)?.into_iter().for_each(begin);
                }
                let keep =
                    |listing| Live::stored(before, listing, facts, loaded.renderer().catalog);
                let checked = check_each(&loaded, observer, keep)?;
                report = checked.report;
                live = (!report.has_errors())
                    .then(|| Live::new(checked.kept, &checked.left_out, facts, catalog));
                live.iter().for_each(Live::try_templates);
            }
        }
        let problems = loaded.template_problems();
        if !problems.is_empty() {
            report.extend(problems);
            live = None;
        }
        Ok(Reading { report, live, seen })
    }

    /// Looks at the data without opening a file of it.
    fn look(&self) -> Seen {
        // With a named revision the folder on disk is not read.
        let files = if self.options.revision.is_some() { 0 } else { self.files() };
        Seen { files, commit: self.commit() }
    }

    /// Returns a digest of all names, sizes and times, or of the words why there is none.
    fn files(&self) -> u64 {
        look(&self.options.data).unwrap_or_else(|error| {
            let mut hash = DefaultHasher::new();
            format!("{error:#}").hash(&mut hash);
            hash.finish()
        })
    }

    #[cfg(feature = "git")]
    fn commit(&self) -> u64 {
        use crate::world::git::Git;
        let git = Git::discover(&self.options.data).ok().flatten();
        let commit = git.and_then(|git| match &self.options.revision {
            Some(revision) => git.resolve(revision).ok(),
            None => git.head().ok().flatten(),
        });
        let mut hash = DefaultHasher::new();
        commit.hash(&mut hash);
        hash.finish()
    }

    #[cfg(not(feature = "git"))]
    fn commit(&self) -> u64 {
        0
    }
}

/// A source that is watched for changes.
pub struct Watch<'a> {
    /// The data.
    pub source: &'a LiveSource,
    /// What it looked like when the server's registry was read.
    pub seen: Seen,
    /// Called when something happens, from a thread of the server.
    pub on_event: &'a (dyn Fn(Event<'_>) + Sync),
}

impl Watch<'_> {
    /// Polls until the server stops.
    pub(super) fn run(mut self, shared: &Shared) {
        let (every, stop) = (shared.options.look_every, &*shared.stop);
        let (mut before, mut pause) = (self.seen, every);
        while !stop.wait(pause) {
            let start = Instant::now();
            let now = self.source.look();
            let slow = start.elapsed() * SHARE;
            if now == self.seen {
                pause = every.max(slow);
            } else if now == before {
                self.seen = self.reload(now, shared);
                pause = every.max(slow);
            } else {
                pause = (every / 4).max(slow / 4); // something is changing; look again soon
            }
            before = now;
        }
    }

    /// Reads the data again; returns what it looked like.
    fn reload(&self, now: Seen, shared: &Shared) -> Seen {
        let before = shared.live();
        let reading = self.source.read_after(before.as_deref(), &Silent, None);
        drop(before);
        match reading {
            Ok(reading) => {
                match reading.live {
                    Some(live) => {
                        let size = live.size();
                        shared.swap(live);
                        (self.on_event)(Event::Reloaded { size, report: &reading.report });
                    }
                    None => (self.on_event)(Event::Refused(&reading.report)),
                }
                reading.seen
            }
            Err(error) => {
                (self.on_event)(Event::Failed(&error));
                now
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_did_not_change_is_not_held_twice_while_data_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, description: &str| {
            let version = folder.path().join(format!("servers/com.example/{name}/1.0.0"));
            fs::create_dir_all(&version).unwrap();
            let document = format!(
                r#"{{"$schema":"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json","name":"com.example/{name}","description":"{description}","version":"1.0.0"}}"#
            );
            fs::write(version.join("server.json"), document).unwrap();
            let dates = r#"{"publishedAt":"2026-01-01T00:00:00Z"}"#;
            fs::write(version.join("origin.json"), dates).unwrap();
        };
        write("one", "The one");
        write("other", "The other");
        let source = LiveSource::new(LoadOptions::new(folder.path()));
        let read = |before: Option<&Live>| {
            let reading = source.read_after(before, &Silent, None).unwrap();
            reading.live.unwrap_or_else(|| panic!("{:?}", reading.report))
        };
        let before = read(None);
        write("other", "Another");
        let after = read(Some(&before));
        assert_eq!(before.shared_with(&after), ["com.example/one"]);
        assert!(before.shared_with(&read(None)).is_empty());
    }
}
