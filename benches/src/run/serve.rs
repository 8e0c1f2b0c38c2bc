//! Serving: one kept-alive connection, then 32, nginx beside it; a large registry and its searches.

use super::Run;
use super::pair::median;
use super::report::Row;
use super::server::{Server, answers, free_port};
use super::set::{Set, make_parent};
use crate::Res;
use crate::load::{Load, Outcome};
use crate::nginx::{self, Nginx};
use std::net::SocketAddr;
use std::time::Duration;

/// No single load takes longer.
const LIMIT: Duration = Duration::from_secs(8);

/// Connections that are open at the same time in most rows.
const CONNECTIONS: usize = 32;

/// Single entries at the main size, lists with a search at the large one.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    entries(run)?;
    searches(run)
}

/// The newest version of every server, in turn.
fn latest(set: &Set) -> Vec<String> {
    let path =
        |name: &String| format!("/v0.1/servers/{}/versions/latest", name.replace('/', "%2F"));
    set.names().iter().map(path).collect()
}

/// The tool as a server, alone and beside nginx.
fn entries(run: &mut Run) -> Res<()> {
    let set = run.set(run.scale.main)?;
    let paths = latest(&set);
    let server = Server::start(run, &set.data(), &paths[0])?;
    let rounds = (0..run.runs).map(|_| load(server.addr, &paths, 1, 20_000));
    let [p50, p99, rate] = middle(&rounds.collect::<Res<Vec<_>>>()?);
    run.report.add(
        Row::new(format!("`serve`, one kept-alive connection, {}", set.shape))
            .most(p50, "ms p50", run.scale.half)
            .most(p99, "ms p99", None)
            .most(rate, "a second", None),
    );
    let peer = Peer::start(run, &set, &paths[0])?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..run.runs {
        ours.push(load(server.addr, &paths, CONNECTIONS, 200_000)?);
        if let Some(peer) = &peer {
            theirs.push(load(peer.addr, &paths, CONNECTIONS, 200_000)?);
        }
    }
    let [p50, p99, rate] = middle(&ours);
    let row = Row::new(format!("`serve`, {CONNECTIONS} connections, {}", set.shape))
        .least(rate, "a second", run.scale.rate)
        .most(p50, "ms p50", None)
        .most(p99, "ms p99", None);
    run.report.add(if theirs.is_empty() {
        row.note("no nginx to compare with: name one with --nginx")
    } else {
        let ratio = median(ours.iter().zip(&theirs).map(|(a, b)| a.rate / b.rate));
        row.least(ratio, "× nginx", run.scale.nginx)
    });
    Ok(())
}

/// Start, memory, and lists with a search at the size of the official registry.
fn searches(run: &mut Run) -> Res<()> {
    let set = run.set(run.scale.large)?;
    let entry = latest(&set).swap_remove(0);
    let row = |what: &str| Row::new(format!("`serve`, {what}, {}", set.shape));
    let (mut first, mut spent, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let (mut peaks, mut loads) = (Vec::new(), Vec::new());
    for _ in 0..run.runs {
        let server = Server::start(run, &set.data(), &entry)?;
        first.push(server.first);
        spent.extend(server.spent);
        whole.push(server.whole);
        loads.push(load(server.addr, &lists(&set), CONNECTIONS, 20_000)?);
        peaks.extend(server.memory());
    }
    let start = row("start").most(median(first), "s to the first answer", run.scale.first);
    let start = match spent.is_empty() {
        true => start,
        false => start.most(median(spent), "s CPU for it", None),
    };
    run.report.add(start.most(median(whole), "s until all is read", None));
    let [p50, p99, rate] = middle(&loads);
    run.report.add(
        row("a list with a search, 32 connections")
            .most(p99, "ms p99", run.scale.search)
            .most(p50, "ms p50", None)
            .most(rate, "a second", None),
    );
    if peaks.is_empty() {
        run.report.skip("`serve`, memory", "this system does not tell");
        return Ok(());
    }
    run.report.add(
        row("memory after that load")
            .most(median(peaks.iter().map(|(_, peak)| *peak)), "MiB peak", run.scale.serve_peak)
            .most(median(peaks.iter().map(|(now, _)| *now)), "MiB then", None),
    );
    Ok(())
}

/// Lists that look for a word of a server's name: common ones, rare ones, parts.
fn lists(set: &Set) -> Vec<String> {
    let names = set.names();
    let some = names.iter().step_by((names.len() / 200).max(1)).enumerate();
    some.filter_map(|(i, name)| {
        let (_, short) = name.split_once('/')?;
        let word = match i % 3 {
            0 => short,
            1 => short.split('-').next()?,
            _ => short.get(..4)?,
        };
        Some(format!("/v0.1/servers?search={word}&limit=30"))
    })
    .collect()
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
        run.api(&set.data(), &site).cost()?;
        let addr = free_port()?;
        let nginx = Nginx::start(&run.nginx, &site, &run.work.join("nginx"), addr)?;
        answers(addr, path, || Ok(())).map_err(|e| format!("nginx: {e}"))?;
        Ok(Some(Self { addr, _nginx: nginx }))
    }
}

/// One load on one server.
fn load(addr: SocketAddr, paths: &[String], connections: usize, requests: usize) -> Res<Outcome> {
    Load { addr, paths, connections, requests, limit: LIMIT }.run()
}

/// Medians of p50, p99 and requests a second.
fn middle(all: &[Outcome]) -> [f64; 3] {
    let of = |figure: fn(&Outcome) -> f64| median(all.iter().map(figure));
    [of(|o| o.p50), of(|o| o.p99), of(|o| o.rate)]
}
