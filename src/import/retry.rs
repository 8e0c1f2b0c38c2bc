//! When a request is sent again, and after what wait.
//!
//! A host that is busy, broken for the moment or silent is asked at most five times, with waits that
//! double, or as long as it says itself. What it refuses once it refuses always, so that is not
//! repeated.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::model::Timestamp;
use crate::world::http::HttpError;

/// Most times that one request is sent.
pub(super) const TRIES: u32 = 5;

/// Longest wait that a host may ask for.
const MAX_WAIT: Duration = Duration::from_secs(300);

/// What to do after a failure.
pub(super) enum Next {
    /// Send it again after this.
    Wait(Duration),
    /// Say this.
    GiveUp(Error),
}

/// Decides after the failure of try number `tries`, counted from 1.
pub(super) fn next(failed: &HttpError, tries: u32, now: i64) -> Next {
    let give_up =
        |kind, help: &str| Next::GiveUp(Error::new(kind, failed.to_string()).help(help.to_owned()));
    let silent = |help: &str| give_up(ErrorKind::Indeterminate, help);
    let wait = match failed {
        HttpError::NoAnswer { .. } => None,
        HttpError::Status { status: 429 | 500 | 502..=504 | 506..=599, retry_after, .. } => {
            retry_after.as_deref().and_then(|text| retry_after_wait(text, now))
        }
        HttpError::Status { status: 401 | 403, .. } => {
            return give_up(
                ErrorKind::Remote,
                "put a token into an environment variable and name that with --token-env",
            );
        }
        HttpError::Status { .. } => {
            return give_up(ErrorKind::Remote, "see whether the URL is that of a v0.1 registry");
        }
        HttpError::TooLarge { .. } => {
            return give_up(ErrorKind::Remote, "ask the operator for a dump, and import that");
        }
        HttpError::Refused { .. } => return give_up(ErrorKind::Usage, "give another URL"),
    };
    if tries >= TRIES {
        return silent("try again later");
    }
    let wait = wait.unwrap_or_else(|| Duration::from_secs(1 << (tries - 1)));
    if wait > MAX_WAIT {
        return silent(&format!(
            "the host asks to wait {} seconds; try again then",
            wait.as_secs()
        ));
    }
    Next::Wait(wait)
}

/// The wait that a `Retry-After` asks for: seconds, or an HTTP date.
fn retry_after_wait(text: &str, now: i64) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = http_date(text)?;
    Some(Duration::from_secs(u64::try_from(date - now).unwrap_or(0)))
}

/// Reads `Wed, 21 Oct 2026 07:28:00 GMT`.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let text = format!("{year}-{month:02}-{day:0>2}T{time}Z");
    Some(Timestamp::parse(&text)?.unix())
}
