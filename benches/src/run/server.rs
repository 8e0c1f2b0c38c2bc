//! The tool as a running server.

use super::Run;
use crate::Res;
use crate::load::once;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A server must answer within this time of its start.
const START: Duration = Duration::from_secs(120);

/// A running `serve`; ends with this value.
pub(super) struct Server {
    child: Child,
    pub(super) addr: SocketAddr,
    /// Seconds from the start to the first answer.
    pub(super) first: f64,
    /// Its processor time until then, in seconds; None where the kernel does not tell.
    pub(super) spent: Option<f64>,
    /// Seconds from the start until everything is read.
    pub(super) whole: f64,
}

/// The list without a parameter, which nobody can answer before everything is read.
const WHOLE: &str = "/v0.1/servers";

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the tool on a free port, waits until it answers `path` with an entry, and then until everything is read.
    pub(super) fn start(run: &Run, data: &Path, path: &str) -> Res<Self> {
        let addr = free_port()?;
        let log = run.work.join("serve.log");
        let call = run.tool(data).words(&["serve", "--addr", &addr.to_string(), "-q"]);
        let start = Instant::now();
        let started = call.command().stderr(fs::File::create(&log)?).stdout(Stdio::null()).spawn();
        let child = started.map_err(|e| format!("`{}`: {e}", call.line()))?;
        let mut server = Self { child, addr, first: 0.0, spent: None, whole: 0.0 };
        let id = server.child.id();
        let mut wait = |path: &str| -> Res<f64> {
            answers(addr, path, || match server.child.try_wait()? {
                None => Ok(()),
                Some(status) => Err(format!("the server ended with {status}").into()),
            })
            .map_err(|e| format!("serve: {e}\n{}", fs::read_to_string(&log).unwrap_or_default()))?;
            Ok(start.elapsed().as_secs_f64())
        };
        let first = wait(path)?;
        let spent = spent(id);
        let whole = wait(WHOLE)?;
        (server.first, server.spent, server.whole) = (first, spent, whole);
        Ok(server)
    }

    /// Resident memory in MiB: now, and the most so far. None where the kernel does not tell.
    pub(super) fn memory(&self) -> Option<(f64, f64)> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let kib = |name: &str| -> Option<f64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().ok()
        };
        Some((kib("VmRSS")? / 1024.0, kib("VmHWM")? / 1024.0))
    }
}

/// The processor time of a process so far, in seconds; its threads included. The kernel counts in hundredths.
fn spent(id: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th field after it.
    let fields = text.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    Some(fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// Asks for `path` until the answer is an entry, as long as `alive` says that it makes sense.
pub(super) fn answers(addr: SocketAddr, path: &str, mut alive: impl FnMut() -> Res<()>) -> Res<()> {
    let start = Instant::now();
    loop {
        alive()?;
        let answer = once(addr, path).unwrap_or_else(|e| e.to_string());
        if answer.starts_with("HTTP/1.1 200") && answer.contains("{\"server\":") {
            return Ok(());
        }
        if start.elapsed() > START {
            let head: String = answer.chars().take(200).collect();
            return Err(format!("no entry at {path} after {} s: {head}", START.as_secs()).into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A port on loopback that was free a moment ago.
pub(super) fn free_port() -> Res<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
