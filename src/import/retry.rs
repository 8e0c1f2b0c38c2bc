//! When a request is sent again, and after what wait.
//!
//! A host that is busy, fails or does not answer is asked at most five times, with waits that double or
//! that it asks for. A refused request is not repeated.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::text::count;
use crate::world::http::{HttpError, retry_after_wait};

/// Most times that one request is sent.
pub(super) const TRIES: u32 = 5;

/// Longest wait that a host may ask for.
const MAX_WAIT: Duration = Duration::from_secs(300);

/// Returns the wait after the failure of try number `tries`, counted from 1; the error when the request
/// is not sent again.
pub(super) fn next(failed: &HttpError, tries: u32, now: i64) -> Result<Duration> {
    let give_up = |kind, help: &str| Err(Error::new(kind, failed.to_string()).help(help));
    let no_answer = |help: &str| give_up(ErrorKind::Indeterminate, help);
    let wait = match failed {
        HttpError::NoAnswer { .. } => None,
        HttpError::Status { status: 429 | 500 | 502..=504 | 506..=599, retry_after, .. } => {
            retry_after.as_deref().and_then(|text| retry_after_wait(text, now))
        }
        HttpError::Status { status: 401 | 403, .. } => {
            return give_up(
                ErrorKind::Remote,
                "put a token into an environment variable and name that with --token-env, or `token_env` of a [[mirror]]",
            );
        }
        HttpError::Status { .. } => {
            return give_up(ErrorKind::Remote, "check that the URL is that of a v0.1 registry");
        }
        HttpError::TooLarge { .. } => {
            return give_up(ErrorKind::Remote, "ask the operator for a dump, and import that");
        }
        HttpError::Refused { .. } => return give_up(ErrorKind::Usage, "give another URL"),
    };
    if tries >= TRIES {
        return no_answer(
            "check the URL, that the host is up, and HTTPS_PROXY; then run the same command again",
        );
    }
    let wait = wait.unwrap_or_else(|| Duration::from_secs(1 << (tries - 1)));
    if wait > MAX_WAIT {
        return no_answer(&format!(
            "the host asks to wait {}; try again then",
            count(wait.as_secs(), "second")
        ));
    }
    Ok(wait)
}
