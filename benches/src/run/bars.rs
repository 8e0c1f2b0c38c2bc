//! The bars, in one place. Each leaves room for noise above what was shown to be possible.

/// Cold build against the floor, wall time.
pub(super) const COLD: f64 = 1.5;
/// Cold build against the floor, peak memory.
pub(super) const COLD_PEAK: f64 = 2.5;
/// Nothing changed, against the tool's own cold build.
pub(super) const AGAIN: f64 = 0.35;
/// One server changed, against the tool's own cold build.
pub(super) const ONE: f64 = 0.4;
/// Files written beyond the versions of the one server that changed.
pub(super) const ONE_FILES: usize = 6;
/// Full rebuild over equal output on a disk, against a fresh one there.
pub(super) const OVER: f64 = 1.3;
/// Time for each version in the largest registry, against the main size.
pub(super) const GROWTH: f64 = 1.2;
/// Dates from history, against `git log --name-only`.
pub(super) const DATES: f64 = 3.0;
/// Half of the answers on one connection, milliseconds.
pub(super) const ONE_CONNECTION: f64 = 1.0;
/// Requests a second over 32 connections.
pub(super) const RATE: f64 = 20_000.0;
/// Requests a second over 32 connections, against nginx.
pub(super) const NGINX: f64 = 0.3;
