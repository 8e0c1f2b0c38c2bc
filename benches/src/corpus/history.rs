//! The corpus as a git repository, through `git fast-import`.

use super::{Corpus, Server};
use crate::Res;
use crate::git::{git, run};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

/// Makes the repository in `out`: a commit for every `step` versions in order of time, packed as a
/// clone would be, with everything checked out.
pub(super) fn write(corpus: &Corpus, out: &Path, step: usize) -> Res<()> {
    run(out, &["init", "-q", "-b", "main"])?;
    for (key, value) in [("gc.auto", "0"), ("core.autocrlf", "false"), ("maintenance.auto", "0")] {
        run(out, &["config", key, value])?;
    }
    let mut child = git(out)
        .args(["fast-import", "--quiet", "--done"])
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|e| format!("git fast-import: {e}"))?;
    let input = child.stdin.take().ok_or("git fast-import: no input")?;
    let sent = stream(corpus, BufWriter::with_capacity(1 << 20, input), step);
    let status = child.wait()?;
    sent?;
    if !status.success() {
        return Err(format!("git fast-import ended with {status}").into());
    }
    run(out, &["repack", "-adq"])?;
    run(out, &["reset", "-q", "--hard", "main"])
}

/// The whole history as a fast-import stream.
fn stream(corpus: &Corpus, mut to: impl Write, step: usize) -> Res<()> {
    let servers: Vec<Server> =
        (0..corpus.servers as u64).map(|i| Server::nth(i, corpus.versions)).collect();
    let mut order: Vec<(u64, usize, usize)> = servers
        .iter()
        .enumerate()
        .flat_map(|(i, s)| s.releases.iter().enumerate().map(move |(k, r)| (r.time, i, k)))
        .collect();
    order.sort_unstable();
    for (number, batch) in order.chunks(step).enumerate() {
        let &(time, i, k) = batch.last().ok_or("empty batch")?;
        let message = match step {
            1 => format!("publish {} {}", servers[i].full_name(), servers[i].releases[k].version),
            _ => format!("publish {} versions", batch.len()),
        };
        writeln!(to, "commit refs/heads/main\nmark :{}", number + 1)?;
        writeln!(to, "committer Corpus <corpus@example.com> {time} +0000")?;
        writeln!(to, "data {}\n{message}", message.len())?;
        for &(_, i, k) in batch {
            for (path, bytes) in corpus.files(&servers[i], k)? {
                writeln!(to, "M 100644 inline {path}\ndata {}", bytes.len())?;
                to.write_all(&bytes)?;
                to.write_all(b"\n")?;
            }
        }
    }
    writeln!(to, "done")?;
    Ok(to.flush()?)
}
