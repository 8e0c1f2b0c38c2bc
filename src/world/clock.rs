//! The clock: what time it is, and waiting.
//!
//! Only what a person does now uses it (a change of status, a wait before a request is repeated), never a build.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock.
pub trait Clock: Send + Sync {
    /// Returns whole seconds since 1970 began.
    fn now(&self) -> i64;

    /// Waits.
    fn sleep(&self, time: Duration);
}

/// The computer's clock, or a fixed time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SystemClock {
    /// Seconds since 1970 that count as now, as `SOURCE_DATE_EPOCH` asks for.
    pub pinned: Option<i64>,
}

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        self.pinned.unwrap_or_else(|| match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        })
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
