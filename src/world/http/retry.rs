//! The wait that a busy host asks for.

use std::time::Duration;

/// Returns the wait that a `Retry-After` asks for: seconds, or an HTTP date.
pub fn retry_after_wait(text: &str, now: i64) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(text, now),
    }
}

#[cfg(feature = "http")]
fn until(date: &str, now: i64) -> Option<Duration> {
    let date = httpdate::parse_http_date(date).ok()?;
    let date = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(date.saturating_sub(Duration::from_secs(now.try_into().unwrap_or(0))))
}

#[cfg(not(feature = "http"))]
fn until(_: &str, _: i64) -> Option<Duration> {
    None
}
