//! What one child process costs: wall time, processor time, peak memory.
//!
//! The kernel adds up the memory of *all* children of a process and counts the parent's own size
//! until the child has replaced itself. So each measured program is started by a tiny copy of this
//! one (`bench measure -- PROGRAM …`), which has no other child and stays small.

use crate::Res;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// No measured program may take longer.
const LIMIT: Duration = Duration::from_secs(900);

/// The price of one run.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of processor time, all threads, user and system.
    pub(crate) cpu: f64,
    /// Largest resident size in bytes.
    pub(crate) peak: u64,
    /// Exit status; 256 stands for a signal.
    status: i32,
}

impl Cost {
    /// Largest resident size in MiB.
    pub(crate) fn mib(&self) -> f64 {
        self.peak as f64 / f64::from(1 << 20)
    }
}

/// A program with its arguments and the variables that it needs.
#[derive(Clone, Default)]
pub(crate) struct Call {
    words: Vec<OsString>,
    vars: Vec<(String, String)>,
}

impl Call {
    /// A call of `program`.
    pub(crate) fn new(program: impl AsRef<Path>) -> Self {
        Self { words: vec![program.as_ref().into()], vars: Vec::new() }
    }

    /// Adds plain words.
    pub(crate) fn words(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(OsString::from));
        self
    }

    /// Adds an option and the path that it takes.
    pub(crate) fn path(mut self, option: &str, path: &Path) -> Self {
        self.words.extend([option.into(), path.into()]);
        self
    }

    /// The same call of another program.
    pub(crate) fn program(mut self, program: &Path) -> Self {
        self.words[0] = program.into();
        self
    }

    /// Sets a variable.
    pub(crate) fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.into(), value.into()));
        self
    }

    /// The command, for those who start it without measuring.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).envs(self.vars.iter().map(|(k, v)| (k, v)));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// The line that a person would type.
    pub(crate) fn line(&self) -> String {
        let vars = self.vars.iter().map(|(k, v)| format!("{k}={v}"));
        let words = self.words.iter().map(|w| w.to_string_lossy().into_owned());
        vars.chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Runs it and says what it cost; anything but status 0 is an error.
    pub(crate) fn cost(&self) -> Res<Cost> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["measure", "--"]).args(&self.words);
        command.envs(self.vars.iter().map(|(k, v)| (k, v))).stdin(Stdio::null());
        let out = command.output()?;
        let stderr = String::from_utf8_lossy(&out.stderr);
        let failed = |why: String| format!("`{}` {why}\n{}", self.line(), tail(&stderr));
        if !out.status.success() {
            return Err(failed(format!("could not be measured ({})", out.status)).into());
        }
        let cost: Cost = serde_json::from_slice(&out.stdout)?;
        match cost.status {
            0 => Ok(cost),
            256 => Err(failed("was ended by a signal".into()).into()),
            n => Err(failed(format!("ended with status {n}")).into()),
        }
    }
}

/// The last lines of what a program complained about.
fn tail(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

/// `bench measure -- PROGRAM …`: the tiny parent; prints a [`Cost`] as JSON.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let words = rest.get(1..).filter(|w| !w.is_empty()).ok_or("measure: no program")?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().map_err(|e| format!("{}: {e}", words[0].to_string_lossy()))?;
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    std::thread::spawn(move || {
        std::thread::sleep(LIMIT);
        eprintln!("stopped after {} s", LIMIT.as_secs());
        // Either it is still our child, or this process has ended and nobody gets here.
        let _ = kill(pid, Signal::SIGKILL);
    });
    let status = child.wait()?;
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6;
    // Linux counts kilobytes, macOS bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let cost = Cost {
        wall,
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        peak: u64::try_from(usage.max_rss())? * unit,
        status: status.code().unwrap_or(256),
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(ExitCode::SUCCESS)
}
