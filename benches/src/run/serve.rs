//! Serving: one kept-alive connection, then 32, and nginx over the built site for comparison.

use super::report::Verdict;
use super::set::{Set, make_parent};
use super::{Run, bars, median};
use crate::Res;
use crate::load::{Load, Outcome, once};
use crate::nginx::{self, Nginx};
use serde_json::json;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A server must answer within this time of its start.
const START: Duration = Duration::from_secs(60);

/// No single load takes longer.
const LIMIT: Duration = Duration::from_secs(8);

/// A child that ends with this value.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The tool as a server, alone and beside nginx.
pub(super) fn scenario(run: &mut Run, set: &Set) -> Res<()> {
    let paths: Vec<String> = set
        .names()
        .iter()
        .map(|name| format!("/v0.1/servers/{}/versions/latest", name.replace('/', "%2F")))
        .collect();
    let addr = free_port()?;
    let log = run.work.join("serve.log");
    let call = run.tool(&set.data()).words(&["serve", "--addr", &addr.to_string(), "-q"]);
    let started = call.command().stderr(fs::File::create(&log)?).stdout(Stdio::null()).spawn();
    let mut tool = Guard(started.map_err(|e| format!("`{}`: {e}", call.line()))?);
    ready(addr, &paths[0], &mut tool.0, &log)?;
    let one = rounds(run.runs, || load(addr, &paths, 1, 20_000))?;
    report_one(run, &one);
    let peer = Peer::start(run, set, &paths[0])?;
    let (mut many, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..run.runs {
        many.push(load(addr, &paths, 32, 200_000)?);
        if let Some(peer) = &peer {
            theirs.push(load(peer.addr, &paths, 32, 200_000)?);
        }
    }
    report_many(run, &many, &theirs);
    Ok(())
}

/// The line about one connection.
fn report_one(run: &mut Run, all: &[Outcome]) {
    let [p50, p99, rate] = middle(all);
    run.report.line(
        Verdict::of(p50 < bars::ONE_CONNECTION),
        "serve, one kept-alive connection",
        &format!("p50 {p50:.3} ms, p99 {p99:.3} ms, {rate:.0}/s"),
        &format!("p50 < {} ms", bars::ONE_CONNECTION),
        json!({ "p50": p50, "p99": p99, "rate": rate }),
    );
}

/// The lines about 32 connections.
fn report_many(run: &mut Run, all: &[Outcome], nginx: &[Outcome]) {
    let [p50, p99, rate] = middle(all);
    run.report.line(
        Verdict::of(rate >= bars::RATE),
        "serve, 32 connections",
        &format!("{rate:.0}/s, p50 {p50:.3} ms, p99 {p99:.3} ms"),
        &format!(">= {}/s", bars::RATE),
        json!({ "p50": p50, "p99": p99, "rate": rate }),
    );
    let what = "serve, 32 connections, against nginx";
    if nginx.is_empty() {
        run.report.skip(what, "nginx is not installed");
        return;
    }
    let ratio = median(all.iter().zip(nginx).map(|(a, b)| a.rate / b.rate));
    let theirs = median(nginx.iter().map(|o| o.rate));
    run.report.line(
        Verdict::of(ratio >= bars::NGINX),
        what,
        &format!("{ratio:.2} x nginx ({theirs:.0}/s)"),
        &format!(">= {} x", bars::NGINX),
        json!({ "ratio": ratio, "nginxRate": theirs }),
    );
}

/// nginx over a site that the tool built.
struct Peer {
    addr: SocketAddr,
    _nginx: Nginx,
}

impl Peer {
    /// None if there is no nginx here.
    fn start(run: &Run, set: &Set, path: &str) -> Res<Option<Self>> {
        if !nginx::present(&run.nginx) {
            return Ok(None);
        }
        let site = run.work.join("served/site");
        make_parent(&site)?;
        run.build(&set.data(), &site).cost()?;
        let addr = free_port()?;
        let nginx = Nginx::start(&run.nginx, &site, &run.work.join("nginx"), addr)?;
        answers(addr, path, || Ok(())).map_err(|e| format!("nginx: {e}"))?;
        Ok(Some(Self { addr, _nginx: nginx }))
    }
}

/// Waits until the tool answers; an early end of the process is an error with its last words.
fn ready(addr: SocketAddr, path: &str, child: &mut Child, log: &Path) -> Res<()> {
    answers(addr, path, || match child.try_wait()? {
        None => Ok(()),
        Some(status) => Err(format!("the server ended with {status}").into()),
    })
    .map_err(|e| format!("serve: {e}\n{}", fs::read_to_string(log).unwrap_or_default()).into())
}

/// Asks for `path` until the answer is an entry, as long as `alive` says that it makes sense.
fn answers(addr: SocketAddr, path: &str, mut alive: impl FnMut() -> Res<()>) -> Res<()> {
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

/// One load on one server.
fn load(addr: SocketAddr, paths: &[String], connections: usize, requests: usize) -> Res<Outcome> {
    Load { addr, paths, connections, requests, limit: LIMIT }.run()
}

/// So many loads, one after the other.
fn rounds(count: usize, mut one: impl FnMut() -> Res<Outcome>) -> Res<Vec<Outcome>> {
    (0..count).map(|_| one()).collect()
}

/// Medians of p50, p99 and requests a second.
fn middle(all: &[Outcome]) -> [f64; 3] {
    let of = |figure: fn(&Outcome) -> f64| median(all.iter().map(figure));
    [of(|o| o.p50), of(|o| o.p99), of(|o| o.rate)]
}

/// A port on loopback that was free a moment ago.
fn free_port() -> Res<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
