//! What can be answered while the registry is still being read.
//!
//! For a document or page of one server its folder is read, for a page of a list the first folders that can be on
//! it. They are checked and rendered as for the whole registry, and a [`Live`] of them alone answers, so the bytes
//! are the same. Everything else waits, and so does whatever touches a server with an error: once all is read,
//! such a registry is refused. Nothing is answered early where the registry as a whole can be refused for more
//! than its single servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::data::ServerFolder;
use crate::error::Result;
use crate::model::ServerName;
use crate::model::query::ListQuery;
use crate::pipeline::Loaded;

use super::answer::Answer;
use super::live::Live;
use super::request::Request;
use super::routes::Needs;
use super::stored::Stored;

/// Most servers that are read for a page of a list.
const MOST: usize = 256;

/// A registry of which nothing is read but the names of its files, and its settings.
#[derive(Debug)]
pub(super) struct Early {
    loaded: Arc<Loaded>,
    /// Whether an answer is being made: one at a time, so that the memory for it is bounded.
    busy: AtomicBool,
}

impl Early {
    /// Prepares answers; `None` when the registry may be refused as a whole.
    pub(super) fn new(loaded: &Arc<Loaded>) -> Result<Option<Self>> {
        let sound = loaded.is_sound_ahead()?;
        Ok(sound.then(|| Self { loaded: loaded.clone(), busy: AtomicBool::new(false) }))
    }

    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Takes the right to make an answer; `None` while somebody else has it.
    pub(super) fn turn(&self) -> Option<Turn<'_>> {
        let free = self.busy.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire);
        free.is_ok().then_some(Turn(self))
    }
}

/// The right to make an answer.
pub(super) struct Turn<'a>(&'a Early);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

impl Turn<'_> {
    /// Returns the answer of the whole registry to `request`; `None` when only that knows it.
    pub(super) fn answer(&self, request: &Request<'_>) -> Option<Answer> {
        let early = self.0;
        match Needs::of(request) {
            Needs::Nothing => Some(Live::default().answer(request)),
            Needs::Entries(name) => Some(early.with(&name)?.answer(request)),
            Needs::Page(name) => {
                Some(early.with(&name)?.answer(request)).filter(|answer| answer.status() != 404)
            }
            Needs::List(query) => Some(early.listing(&query)?.answer(request)),
            Needs::Everything => None,
        }
    }
}

impl Early {
    /// Returns a registry with nothing but the server `name`, if there is one.
    fn with(&self, name: &str) -> Option<Live> {
        let folder = ServerName::parse(name).ok().and_then(|name| self.loaded.tree.server(&name));
        let stored = match folder {
            Some(folder) => self.stored(folder)?,
            None => None,
        };
        Some(self.live(stored.into_iter().collect()))
    }

    /// Returns a registry of servers that fill the page of `query`, or of all that can be on it.
    fn listing(&self, query: &ListQuery) -> Option<Live> {
        let folders = self.loaded.tree.servers().iter();
        let name = |folder: &ServerFolder| format!("{}/{}", folder.namespace, folder.name);
        let mut folders = folders.filter(|folder| query.can_list(&name(folder)));
        let (mut servers, mut read, mut most) = (Vec::new(), 0, query.limit);
        while most <= MOST {
            for folder in folders.by_ref().take(most - read) {
                servers.extend(self.stored(folder)?);
                read += 1;
            }
            let live = self.live(servers.clone());
            if read < most || live.fills_page(query) {
                return Some(live);
            }
            most *= 2;
        }
        None
    }

    /// Returns a server as it is held, or nothing when clients see nothing of it; `None` when it has an error.
    fn stored(&self, folder: &ServerFolder) -> Option<Option<Arc<Stored>>> {
        let (listing, report) = self.loaded.check_ahead(folder).ok()?;
        let stored = |listing| {
            Live::stored(None, listing, &self.loaded.facts, self.loaded.catalog.as_deref())
        };
        (!report.has_errors()).then(|| listing.map(stored))
    }

    fn live(&self, servers: Vec<Arc<Stored>>) -> Live {
        Live::of_some(servers, &self.loaded.facts, self.loaded.catalog.as_ref())
    }
}
