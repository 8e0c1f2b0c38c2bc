//! The `git` program, shut off from the settings of whoever runs the benchmark.

use crate::Res;
use std::path::Path;
use std::process::{Command, Stdio};

/// Variables that keep a user's and a system's configuration away.
pub(crate) const QUIET: [(&str, &str); 3] =
    [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_OPTIONAL_LOCKS", "0")];

/// `git -C dir …`, ready for arguments; quiet on stdout.
pub(crate) fn git(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).envs(QUIET).stdin(Stdio::null()).stdout(Stdio::null());
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command
}

/// Runs `git -C dir words…` and insists on success.
pub(crate) fn run(dir: &Path, words: &[&str]) -> Res<()> {
    let status = git(dir).args(words).status().map_err(|e| format!("git: {e}"))?;
    if !status.success() {
        return Err(format!("git {} ended with {status}", words.join(" ")).into());
    }
    Ok(())
}

/// Commits everything below `dir` with a fixed author and the given time.
pub(crate) fn commit_all(dir: &Path, message: &str, time: u64) -> Res<()> {
    run(dir, &["add", "-A"])?;
    let mut command = git(dir);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Corpus");
        command.env(format!("GIT_{who}_EMAIL"), "corpus@example.com");
        command.env(format!("GIT_{who}_DATE"), format!("{time} +0000"));
    }
    let status = command.args(["commit", "-q", "--no-verify", "-m", message]).status()?;
    if !status.success() {
        return Err(format!("git commit ended with {status}").into());
    }
    Ok(())
}
