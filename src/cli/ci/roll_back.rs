//! The step `roll-back`: says what became of a deployment that clients could not use, and what a person does next.
//!
//! The variables `RUN`, `COMMIT` and `MANIFEST` are the outputs of `last-good`; `FOUND` is `true` when that run's site
//! was there.

use crate::error::Result;
use crate::site::FileDigest;
use crate::text::is_lower_hex;

use super::super::args::Global;
use super::super::args::ci::RollBackArgs;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::deployment::Deployment;
use super::job::{Job, variable};
use super::last_good::is_run;
use super::live::{Answer, LiveSite};
use super::output::Output;

/// What follows after a site was put back, or after the host did not take it.
const NEXT: &str = "Next: the summary of the job that probed the site has the table, and the cause and the fix of each problem. Fix it in a pull request; until then every run of this workflow tries again and ends here.";

/// What a person can do when no site can be put back.
const BY_HAND: &str = "The site stays as it was deployed. What you can do: fix the cause and run this workflow again, or revert the merge that brought it. `mcp-static probe` on your machine shows the same table.";

/// Ends with [`Outcome::Fine`] only when the last good site is back.
pub(super) fn run(global: &Global, args: &RollBackArgs, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    let deployment = Deployment::passed(job)?;
    let run = variable("RUN").filter(|run| is_run(run));
    let commit = variable("COMMIT").filter(|commit| is_lower_hex(commit, 40)).unwrap_or_default();
    let tell = |title: &str, text: &str| out.summary(&format!("### {title}\n\n{text}"));
    let failed = "The last good site could not be put back; the summary says what you can do.";
    let Some(run) = run else {
        tell(
            "Nothing could be put back",
            &format!(
                "No earlier deployment was proven to work for clients, so there is none to return to. {BY_HAND}"
            ),
        )?;
        out.error(failed);
        return Ok(Outcome::Refused);
    };
    let good = format!("run {run} (commit {commit})");
    if variable("FOUND").as_deref() != Some("true") {
        tell(
            "Nothing could be put back",
            &format!(
                "The site of {good} is gone: artifacts are kept for 90 days, or as long as the repository allows. {BY_HAND} To have that site again, bring the data back to that commit in a pull request."
            ),
        )?;
    } else if args.page.is_empty() {
        tell(
            "The last good site could not be put back",
            &format!(
                "The host did not take the site of {good}; the log says why. Run this job again. {NEXT}"
            ),
        )?;
    } else {
        let url = if deployment.url.is_empty() { &args.page } else { &deployment.url };
        if !is_live(global, url, job)? {
            out.warning("The host took the last good site, and the live one does not show it yet.");
        }
        tell(
            "The last good site was put back",
            &format!(
                "The site of {good} is live again. This deployment is not remembered as one: `refs/mcp-static/deployed` stays where it was, so the next run judges the same changes again. {NEXT}"
            ),
        )?;
        out.warning("The last good site was put back; the summary says what to do next.");
        return Ok(Outcome::Fine);
    }
    out.error(failed);
    Ok(Outcome::Refused)
}

/// Whether the live site hands out the manifest of the last good run. Where that is not known, nobody waits for it.
fn is_live(global: &Global, url: &str, job: &Job) -> Result<bool> {
    let Some(manifest) = variable("MANIFEST").and_then(|text| FileDigest::parse(&text)) else {
        return Ok(true);
    };
    let live = LiveSite::new(global, url)?;
    Ok(live.wait_for(manifest, job.patience) == Answer::Expected)
}
