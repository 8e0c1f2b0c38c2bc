//! One repository for many threads.
//!
//! A libgit2 handle may move between threads but not be shared, so each thread that needs one takes a
//! spare or opens its own, and leaves it behind for the next.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::Git;
use crate::error::Result;

/// Handles on one repository.
pub struct Pool {
    spare: Mutex<Vec<Git>>,
    /// The handle that others are opened from; used only for that.
    first: Mutex<Git>,
}

impl Pool {
    /// Makes a pool that opens its handles where `git` was opened.
    pub fn new(git: Git) -> Self {
        Self { spare: Mutex::default(), first: Mutex::new(git) }
    }

    /// Runs `work` with a handle that is not shared.
    ///
    /// # Errors
    /// When the repository cannot be opened again, or as `work` fails.
    pub fn with<T>(&self, work: impl FnOnce(&Git) -> Result<T>) -> Result<T> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let git = match spare {
            Some(git) => git,
            None => self.first.lock().unwrap_or_else(PoisonError::into_inner).reopen()?,
        };
        let result = work(&git);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(git);
        result
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}
