//! What all threads of a server share: its limits, the registry as it is now, and the signal to stop.
//!
//! While the registry is read for the first time, a request is answered with what [`Early`] can tell, or waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::early::Early;
use super::hosts::Hosts;
use super::live::Live;
use super::request::Request;

/// The limits of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Hosts that are accepted besides loopback and the bound address: `NAME`, `NAME:PORT`, `*`.
    pub allow_hosts: Vec<String>,
    /// Maximum number of connections at a time.
    pub connections: usize,
    /// Maximum size of a request head, in bytes.
    pub head_size: usize,
    /// Read timeout from the first byte of a head to its last.
    pub head_timeout: Duration,
    /// Timeout between two requests of a connection.
    pub idle_timeout: Duration,
    /// Write timeout.
    pub write_timeout: Duration,
    /// Interval at which the data is checked for changes.
    pub look_every: Duration,
    /// Longest wait of a request for the registry to be read.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_hosts: Vec::new(),
            connections: 512,
            head_size: 16 * 1024,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            look_every: Duration::from_millis(500),
            patience: Duration::from_secs(20),
        }
    }
}

/// How much of the registry is read.
#[derive(Debug, Clone, Default)]
pub(super) enum Known {
    /// Nothing, or not enough for any answer.
    #[default]
    Nothing,
    /// Its layout and settings.
    Early(Arc<Early>),
    /// All of it.
    Whole(Arc<Live>),
}

/// What all connections share.
pub(super) struct Shared {
    known: RwLock<Known>,
    pub(super) hosts: Hosts,
    pub(super) options: Options,
    pub(super) stop: Arc<Stop>,
}

impl Shared {
    pub(super) fn new(live: Option<Live>, hosts: Hosts, options: Options, stop: Arc<Stop>) -> Self {
        let known = live.map_or(Known::Nothing, |live| Known::Whole(Arc::new(live)));
        Self { known: RwLock::new(known), hosts, options, stop }
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the registry as it is now; `None` while it is read for the first time.
    pub(super) fn live(&self) -> Option<Arc<Live>> {
        match self.known() {
            Known::Whole(live) => Some(live),
            Known::Nothing | Known::Early(_) => None,
        }
    }

    /// Answers with what is known until the registry is read.
    pub(super) fn begin(&self, early: Early) {
        self.learn(Known::Early(Arc::new(early)));
    }

    /// Replaces the registry that requests are answered with.
    pub(super) fn swap(&self, live: Live) {
        self.learn(Known::Whole(Arc::new(live)));
    }

    fn learn(&self, known: Known) {
        let mut place = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, known);
        drop(place);
        self.stop.wake_all();
        drop(old); // slow for a large registry, so not under the lock
    }

    /// Answers a request as soon as it can be: at once with the whole registry, and after
    /// [`Options::patience`] in any case.
    pub(super) fn answer(&self, request: &Request<'_>) -> Answer {
        let end = Instant::now() + self.options.patience;
        let mut tried = false;
        loop {
            let early = match self.known() {
                Known::Whole(live) => return live.answer(request),
                Known::Early(early) if !tried => Some(early),
                Known::Early(_) | Known::Nothing => None,
            };
            if let Some(turn) = early.as_deref().and_then(Early::turn) {
                tried = true;
                let answer = turn.answer(request);
                drop(turn);
                self.stop.wake_all();
                match answer {
                    Some(answer) => return answer,
                    None => continue,
                }
            }
            // News is the next stage, or the end of somebody else's turn.
            let is_news = || match (self.known(), &early) {
                (Known::Whole(_), _) => true,
                (Known::Early(_), None) => !tried,
                (_, Some(early)) => !early.is_busy(),
                (Known::Nothing, None) => false,
            };
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stop.wait_for(left, is_news) {
                return Answer::unread();
            }
        }
    }
}

/// The signal to stop a server.
#[derive(Debug, Default)]
pub(super) struct Stop {
    set: AtomicBool,
    lock: Mutex<()>,
    wake: Condvar,
}

impl Stop {
    pub(super) fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }

    pub(super) fn set(&self) {
        let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.set.store(true, Ordering::Release);
        self.wake.notify_all();
    }

    /// Waits for `time` or until the signal is set; returns whether it is set.
    pub(super) fn wait(&self, time: Duration) -> bool {
        self.wait_for(time, || false)
    }

    /// As [`Stop::wait`], or until there `is_news`, which [`Stop::wake_all`] has to tell.
    fn wait_for(&self, time: Duration, is_news: impl Fn() -> bool) -> bool {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.wake.wait_timeout_while(lock, time, |()| !self.is_set() && !is_news()));
        self.is_set()
    }

    /// Lets everybody who waits look for news.
    fn wake_all(&self) {
        let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.wake.notify_all();
    }
}
