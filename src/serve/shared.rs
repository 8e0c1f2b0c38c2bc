//! What all threads of a server share: its limits, the registry as it is now, and the signal to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::hosts::Hosts;
use super::live::Live;

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
        }
    }
}

/// What all connections share.
pub(super) struct Shared {
    pub(super) live: RwLock<Arc<Live>>,
    pub(super) hosts: Hosts,
    pub(super) options: Options,
    pub(super) stop: Arc<Stop>,
}

impl Shared {
    /// Returns the registry as it is now.
    pub(super) fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the registry that requests are answered with.
    pub(super) fn swap(&self, live: Live) {
        let live = Arc::new(live);
        let mut place = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, live);
        drop(place);
        drop(old); // slow for a large registry, so not under the lock
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
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.wake.wait_timeout_while(lock, time, |()| !self.is_set()));
        self.is_set()
    }
}
