//! A world that was recorded: answers and a clock for tests.
//!
//! It refuses whatever was not recorded, so that a test never reaches a network by accident.

mod exchange;
mod names;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mcp_static::internals::world::clock::Clock;
use mcp_static::internals::world::http::{Http, HttpError, Request, Response};

pub use exchange::FakeExchange;
pub use names::{FakeDns, FakeWellKnown};

/// What is given for one URL, in turn.
type Answers = VecDeque<Result<Vec<u8>, HttpError>>;

/// What was asked, and with which token.
pub type Asked = (String, Option<String>);

/// Recorded answers by URL. An URL's answers are given in turn, the last of them again and again.
#[derive(Debug, Default)]
pub struct FakeHttp {
    answers: Mutex<HashMap<String, Answers>>,
    asked: Mutex<Vec<Asked>>,
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeHttp {
    /// A world in which nobody answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a body.
    #[must_use]
    pub fn body(self, url: &str, body: impl Into<Vec<u8>>) -> Self {
        self.answer(url, Ok(body.into()))
    }

    /// Records a status that is no success, perhaps with a `Retry-After`.
    #[must_use]
    pub fn status(self, url: &str, status: u16, retry_after: Option<&str>) -> Self {
        let error = HttpError::Status {
            url: url.to_owned(),
            status,
            retry_after: retry_after.map(str::to_owned),
            detail: String::new(),
        };
        self.answer(url, Err(error))
    }

    /// Records that nobody answers.
    #[must_use]
    pub fn silence(self, url: &str) -> Self {
        let why = "connection failed".to_owned();
        self.answer(url, Err(HttpError::NoAnswer { url: url.to_owned(), why }))
    }

    fn answer(self, url: &str, answer: Result<Vec<u8>, HttpError>) -> Self {
        open(&self.answers).entry(url.to_owned()).or_default().push_back(answer);
        self
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        open(&self.asked).clone()
    }
}

impl Http for FakeHttp {
    fn get(&self, url: &str, request: &Request) -> Result<Response, HttpError> {
        let token = request.bearer.as_ref().map(|secret| secret.expose().to_owned());
        open(&self.asked).push((url.to_owned(), token));
        let mut answers = open(&self.answers);
        let turn = answers.get_mut(url).and_then(|queue| {
            if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
        });
        let url = url.to_owned();
        match turn {
            None => Err(HttpError::Refused { url, why: "this was not recorded".to_owned() }),
            Some(Ok(body)) if body.len() as u64 > request.limit => {
                Err(HttpError::TooLarge { url, limit: request.limit })
            }
            Some(Ok(body)) => {
                Ok(Response { url, content_type: "application/json".to_owned(), body })
            }
            Some(Err(e)) => Err(e),
        }
    }
}

/// A clock on which only waiting takes time.
#[derive(Debug, Default)]
pub struct FakeClock {
    now: Mutex<i64>,
    waits: Mutex<Vec<Duration>>,
}

impl FakeClock {
    /// A clock that shows `now`.
    pub fn at(now: i64) -> Self {
        Self { now: Mutex::new(now), waits: Mutex::default() }
    }

    /// Every wait so far.
    pub fn waits(&self) -> Vec<Duration> {
        open(&self.waits).clone()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> i64 {
        *open(&self.now)
    }

    fn sleep(&self, time: Duration) {
        open(&self.waits).push(time);
        *open(&self.now) += i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    }
}
