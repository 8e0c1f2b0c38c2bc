//! How many clients at once: a bounded number of connections, and a thread for each.
//!
//! Idle threads are kept for a while for new connections. When the limit is reached, new connections get
//! 503; nothing is queued without a bound.

use std::collections::{HashMap, VecDeque};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::answer::{Answer, COMMON};

/// How long a thread without a connection is kept.
const IDLE: Duration = Duration::from_secs(5);

/// The open connections and the threads that wait for one.
pub(super) struct Crowd {
    most: usize,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    next: u64,
    open: HashMap<u64, Arc<TcpStream>>,
    waiting: VecDeque<(u64, Arc<TcpStream>)>,
    resting: usize,
    closed: bool,
}

impl Crowd {
    /// Room for `most` connections.
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default(), work: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection, or refuses it when the limit is reached. Returns whether it needs a new
    /// thread.
    pub(super) fn admit(&self, stream: TcpStream) -> bool {
        let mut state = self.state();
        if state.closed || state.open.len() >= self.most {
            drop(state);
            refuse(&stream);
            return false;
        }
        let (id, stream) = (state.next, Arc::new(stream));
        state.next += 1;
        state.open.insert(id, stream.clone());
        state.waiting.push_back((id, stream));
        let rested = state.resting >= state.waiting.len();
        if rested {
            self.work.notify_one();
        }
        !rested
    }

    /// Refuses the newest waiting connection, because no thread could be started for it.
    pub(super) fn give_up(&self) {
        let mut state = self.state();
        if let Some((id, stream)) = state.waiting.pop_back() {
            state.open.remove(&id);
            drop(state);
            refuse(&stream);
        }
    }

    /// Serves connections until there has been none for a while.
    pub(super) fn work(&self, serve: impl Fn(&TcpStream)) {
        while let Some((id, stream)) = self.next() {
            let _leave = Leave { crowd: self, id };
            serve(&stream);
        }
    }

    fn next(&self) -> Option<(u64, Arc<TcpStream>)> {
        let mut state = self.state();
        loop {
            if let Some(next) = state.waiting.pop_front() {
                return Some(next);
            }
            if state.closed {
                return None;
            }
            state.resting += 1;
            let (back, wait) =
                self.work.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = back;
            state.resting -= 1;
            if wait.timed_out() && state.waiting.is_empty() {
                return None;
            }
        }
    }

    /// Closes all connections and ends the threads.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        for stream in state.open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.work.notify_all();
    }
}

/// Frees a connection's slot when dropped.
struct Leave<'a> {
    crowd: &'a Crowd,
    id: u64,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.crowd.state().open.remove(&self.id);
    }
}

/// Answers 503. Nothing here may block: this is the thread that accepts.
fn refuse(mut stream: &TcpStream) {
    if stream.set_nonblocking(true).is_err() {
        return;
    }
    let answer = Answer::crowded();
    let mut text = format!("{}{COMMON}Connection: close\r\n\r\n", answer.head()).into_bytes();
    text.extend_from_slice(answer.body());
    let _ = stream.write_all(&text);
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read(&mut [0; 4096]); // what is left unread would turn the close into an abort
}
