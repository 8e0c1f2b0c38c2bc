//! The step `remember`: moves the references that say what is deployed.
//!
//! With entries that are held back, `refs/mcp-static/deployed` moves only to the last commit before them, so that the
//! next run judges them again, and `refs/mcp-static/pending` names the commit of the site. When the site was proven to
//! work, `refs/mcp-static/good` becomes an annotated tag that names this run, which keeps that site as an artifact.

use crate::error::{Error, ErrorKind, Result};
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::forge::ForgeKind;
use crate::world::git::{Git, Oid, Remote};

use super::super::args::Global;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::deployment::Deployment;
use super::job::{Job, repository, required, variable};
use super::last_good::{GOOD, is_run};
use super::output::Output;

/// Moves the references.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    let deployment = Deployment::passed(job)?;
    let git = repository(&global.data)?;
    let remote = job.remote(true)?;
    if let Err(error) = mark(&git, &remote, &deployment, talk) {
        if job.forge != ForgeKind::GitLab || error.kind() != ErrorKind::Remote {
            return Err(error);
        }
        talk.error(&error);
        out.warning("The deployed commit could not be remembered, so the next pipeline judges everything again. Allow job tokens to push to this repository, or set MCP_STATIC_TOKEN.");
        return Ok(Outcome::Fine);
    }
    if variable("RESULT").as_deref() == Some("works") {
        let run = match job.forge {
            ForgeKind::GitLab => required("CI_PIPELINE_ID")?,
            _ => required("GITHUB_RUN_ID")?,
        };
        good(&git, &remote, &deployment, &run, talk)?;
    }
    Ok(Outcome::Fine)
}

/// Remembers the commit of the deployed site.
fn mark(git: &Git, remote: &Remote, deployment: &Deployment, talk: &Talk) -> Result<()> {
    let push = |specs: &[String]| {
        let specs: Vec<&str> = specs.iter().map(String::as_str).collect();
        remote.push(git.root(), &specs)
    };
    let Deployment { commit, proven, .. } = deployment;
    if deployment.held == 0 {
        push(&[format!("+{commit}:refs/mcp-static/deployed")])?;
        // As a rule there is none, and git says so.
        let _ = push(&[":refs/mcp-static/pending".to_owned()]);
        talk.say(&format!("{commit} is deployed"));
        return Ok(());
    }
    let mut specs = vec![format!("+{commit}:refs/mcp-static/pending")];
    specs.extend(proven.as_ref().map(|proven| format!("+{proven}:refs/mcp-static/deployed")));
    push(&specs)?;
    let base = proven.as_deref().unwrap_or("nothing");
    talk.say(&format!("entries are held back; {base} is the base of the next run"));
    Ok(())
}

/// Remembers that the site of this run works.
fn good(git: &Git, remote: &Remote, deployment: &Deployment, run: &str, talk: &Talk) -> Result<()> {
    if !is_run(run) {
        return Err(Error::new(ErrorKind::Usage, "this run has no number")
            .help("the forge sets GITHUB_RUN_ID, on GitLab CI_PIPELINE_ID, to digits"));
    }
    let commit: Oid = git.resolve(&deployment.commit)?;
    let manifest = deployment.manifest;
    let message =
        format!("The site of this run works for clients.\n\nrun: {run}\nmanifest: {manifest}");
    let tag = git.annotate(commit, "good", &message, SystemClock::default().now())?;
    remote.push(git.root(), &[&format!("+{tag}:{GOOD}")])?;
    talk.say(&format!("run {run} is the last good one"));
    Ok(())
}
