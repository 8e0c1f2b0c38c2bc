//! Progress bars, on a terminal only.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Observer;

/// Draws one bar at a time on stderr, or nothing.
pub(super) struct Bars {
    draw: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Bars {
    pub(super) fn new(draw: bool) -> Self {
        Self { draw, bar: Mutex::new(None) }
    }

    fn with(&self, change: impl FnOnce(&mut Option<ProgressBar>)) {
        if self.draw {
            change(&mut self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        }
    }
}

impl Observer for Bars {
    fn stage(&self, name: &'static str, total: u64) {
        self.with(|bar| {
            let template = if total == 0 {
                "{msg} {spinner} {pos}"
            } else {
                "{msg} [{bar:30}] {pos}/{len} {eta}"
            };
            let style = ProgressStyle::with_template(template);
            let style =
                style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
            let new =
                ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            new.set_style(style);
            new.set_message(name);
            new.enable_steady_tick(Duration::from_millis(200));
            *bar = Some(new);
        });
    }

    fn step(&self, steps: u64) {
        self.with(|bar| {
            if let Some(bar) = bar {
                bar.inc(steps);
            }
        });
    }

    fn done(&self) {
        self.with(|bar| {
            if let Some(bar) = bar.take() {
                bar.finish_and_clear();
            }
        });
    }
}
