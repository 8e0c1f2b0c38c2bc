//! All output of the program.

use std::io::{IsTerminal as _, Write as _};

use clap::ColorChoice;

use crate::diag::Report;
use crate::diag::Severity;
use crate::diag::format::{Format, Style, render};
use crate::error::Error;
use crate::pipeline::Observer;
use crate::probe::Look;
use crate::text::{count, visible};

use super::args::Global;
use super::progress::Bars;

/// Most lines of a list, unless verbose.
const MAX_LINES: usize = 20;

/// The output settings of this run.
pub(super) struct Talk {
    format: Format,
    color: ColorChoice,
    quiet: bool,
    verbose: bool,
    progress: bool,
    /// Whether stdout belongs to a protocol, so that reports go to stderr.
    spares_stdout: bool,
}

impl Talk {
    pub(super) fn new(global: &Global) -> Self {
        Self {
            format: global.format,
            color: global.color,
            quiet: global.quiet,
            verbose: global.verbose,
            progress: !global.no_progress && !global.quiet && std::io::stderr().is_terminal(),
            spares_stdout: false,
        }
    }

    /// The same settings, but nothing is printed on stdout.
    pub(super) fn sparing_stdout(&self) -> Self {
        Self { spares_stdout: true, ..*self }
    }

    fn colored(&self, terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            }
        }
    }

    /// Returns what stdout supports: colours, and Unicode unless the locale has none.
    pub(super) fn look(&self) -> Look {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf = |locale: String| locale.to_ascii_lowercase().replace('-', "").contains("utf8");
        Look {
            ascii: !locale.is_none_or(utf),
            color: self.colored(std::io::stdout().is_terminal()),
        }
    }

    /// Prints a report to stdout. In the human form notes are counted, and so are the findings of a code
    /// after the first few; `--verbose` shows all.
    pub(super) fn report(&self, report: &Report) {
        let color = self.colored(std::io::stdout().is_terminal());
        let style = Style::new(color).brief(!self.verbose);
        if self.format != Format::Human || self.verbose {
            self.data(&render(report, self.format, &style));
            return;
        }
        let notes = report.counts().notes;
        let mut shown = Report::new();
        shown.extend(report.items().iter().filter(|d| d.severity != Severity::Note).cloned());
        if !shown.is_empty() {
            self.data(&render(&shown, self.format, &style));
        }
        if notes > 0 {
            self.say(&format!("{} hidden; use --verbose to see more", count(notes, "note")));
        }
    }

    /// Writes text to stdout; a closed pipe is not an error.
    pub(super) fn data(&self, text: &str) {
        if self.spares_stdout {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
            return;
        }
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Prints a line on stderr, unless quiet.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// Prints the next step for the user, unless quiet.
    pub(super) fn next(&self, step: &str) {
        self.say(&format!("next: {step}"));
    }

    /// Prints lines on stderr, unless quiet: a few of many, unless verbose.
    pub(super) fn list(&self, lines: impl ExactSizeIterator<Item = String>) {
        let total = lines.len();
        let shown = if self.verbose { total } else { MAX_LINES };
        lines.take(shown).for_each(|line| self.say(&line));
        if total > shown {
            self.say(&format!("… and {} more; --verbose shows all", total - shown));
        }
    }

    /// Prints a line on stderr.
    pub(super) fn always(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", visible(text));
    }

    /// Prints an error.
    pub(super) fn error(&self, error: &Error) {
        let color = self.colored(std::io::stderr().is_terminal());
        let (on, off) = if color { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let text = format!("{error:#}");
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "{on}error{off}: {}", visible(&text));
        if let Some(help) = error.advice() {
            let _ = writeln!(err, "  = help: {}", visible(help));
        }
    }

    /// Returns the progress bars of this run.
    pub(super) fn observer(&self) -> Box<dyn Observer> {
        Box::new(Bars::new(self.progress))
    }
}
