//! The step `gate`: judges every commit since the last deployment, builds the site without what is held back,
//! compares it with the live one, and probes a preview of it.
//!
//! The last deployed commit is the reference `refs/mcp-static/deployed`. It moves only as far as nothing is held back
//! (step `remember`), so a held entry stays in the judged range until it is proven. Without the reference the live
//! site's manifest is asked, unless the first deployment already held something back; and without an answer nothing
//! counts as deployed: the branch's first commit founded the registry.

use std::path::PathBuf;

use crate::config::BaseUrl;
use crate::data::Held;
use crate::error::{Error, ErrorKind, Result};
use crate::judge::Judged;
use crate::site::{FileDigest, working_folder};
use crate::text::is_lower_hex;
use crate::world::git::{Git, Oid};

use super::super::args::Global;
use super::super::args::ci::GateArgs;
use super::super::build::host_of;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::super::verify::{self, Change};
use super::candidate::Candidate;
use super::deployment::{self, Deployment};
use super::guard;
use super::job::{Job, repository};
use super::live::LiveSite;
use super::output::Output;
use super::preview;

/// References that earlier runs left.
#[derive(Debug, Clone, Copy)]
struct Marks {
    /// The commit up to which everything is deployed.
    deployed: Option<Oid>,
    /// The commit of the last site, where something of it is held back.
    pending: Option<Oid>,
}

/// Runs the whole gate, and passes on the deployment.
pub(super) fn run(global: &Global, args: &GateArgs, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    job.clear(&["deployment.json", "site", "before"])?;
    let host = host_of(&args.host)?;
    let folder = site_folder(args, job)?;
    let live = args.live_url.as_deref().filter(|url| !url.is_empty());
    let live = live.map(|url| LiveSite::new(global, url)).transpose()?;
    let git = repository(&global.data)?;
    let marks = fetch_marks(&git, job)?;
    let head = git.head()?.ok_or_else(|| Error::new(ErrorKind::Git, "there is no commit yet"))?;
    let base = base(&git, marks, head, live.as_ref())?;
    if let Some(base) = base
        && !git.is_ancestor(base, head)?
    {
        out.error(&match git.is_ancestor(head, base)? {
            true => format!("This run is for an older commit than the deployed one, {base}: start the workflow anew instead of running an old run again."),
            false => format!("The deployed commit {base} is not in the history of this branch. If that is intended, delete refs/mcp-static/deployed: then everything is judged again."),
        });
        return Ok(Outcome::Failed);
    }
    let candidate = Candidate { global, args, out, host, folder, live, deployed: marks.deployed };
    let judged = match judge(&candidate, base, head, marks.pending)? {
        Ok(judged) => judged,
        Err(outcome) => return Ok(outcome),
    };
    let held: Vec<Held> = judged.held.iter().map(|back| back.held.clone()).collect();
    let (url, outcome) = make(&candidate, held)?;
    if outcome != Outcome::Fine {
        return Ok(outcome);
    }
    let manifest = candidate.folder.join("manifest.json");
    let manifest = FileDigest::of_file(&manifest)
        .map_err(|e| Error::io("the manifest cannot be read", &manifest, e))?;
    out.summary(&format!("manifest.json has SHA-256 {manifest}"))?;
    let deployment = Deployment {
        commit: head.to_string(),
        host: host.name().to_owned(),
        url: url.map(|url| url.to_string()).unwrap_or_default(),
        manifest,
        held: judged.held.len(),
        proven: judged.proven_up_to,
    };
    out.pass(deployment::NAME, &deployment)?;
    Ok(Outcome::Fine)
}

/// Returns the folder of the site, which holds nothing yet: what another run or a commit left there is not trusted.
fn site_folder(args: &GateArgs, job: &Job) -> Result<PathBuf> {
    let Some(out) = args.out.clone() else {
        let site = job.at("site");
        if let Some(folder) = working_folder(&site).filter(|folder| folder.is_dir()) {
            std::fs::remove_dir_all(&folder)
                .map_err(|e| Error::io("an old working folder cannot be removed", &folder, e))?;
        }
        return Ok(site);
    };
    let is_empty = match std::fs::read_dir(&out) {
        Ok(mut files) => files.next().is_none(),
        Err(e) => e.kind() == std::io::ErrorKind::NotFound,
    };
    if is_empty {
        return Ok(out);
    }
    Err(Error::new(ErrorKind::Usage, "the folder for the site is not empty")
        .at(&out)
        .help("remove it first, or choose another one with --out"))
}

/// Fetches the references that earlier runs left.
fn fetch_marks(git: &Git, job: &Job) -> Result<Marks> {
    job.remote(false)?.fetch(git.root(), &["+refs/mcp-static/*:refs/mcp-static/*"])?;
    let commit = |name: &str| git.resolve(&format!("refs/mcp-static/{name}")).ok();
    Ok(Marks { deployed: commit("deployed"), pending: commit("pending") })
}

/// Returns the commit after which everything is judged; `None` judges from the beginning.
fn base(git: &Git, marks: Marks, head: Oid, live: Option<&LiveSite>) -> Result<Option<Oid>> {
    if marks.deployed.is_some() {
        return Ok(marks.deployed);
    }
    if marks.pending.is_some() {
        // What the first deployment held back is judged from the start, and the rest is published by now.
        return Ok(git.first_parents(head)?.last().copied());
    }
    let commit = live.and_then(LiveSite::manifest).and_then(|manifest| manifest.commit);
    let commit = commit.filter(|commit| is_lower_hex(commit, 40));
    Ok(commit.and_then(|commit| git.resolve(&commit).ok()))
}

/// Judges each commit after `base`; without a usable judgement returns how the step ends.
fn judge(
    site: &Candidate<'_>,
    base: Option<Oid>,
    head: Oid,
    published: Option<Oid>,
) -> Result<Result<Judged, Outcome>> {
    let unknown =
        "What was merged could not be judged. Nothing is published; the summary says what to do.";
    let text = |oid: Oid| oid.to_string();
    let change = Change {
        base: base.map(text),
        head: Some(text(head)),
        published: published.map(text),
        event: verify::event(None)?,
        by_commit: true,
    };
    let annotator = site.out.job.annotator(site.global);
    let judged = verify::judge(site.global, &change, &annotator).inspect_err(|e| {
        if e.kind() == ErrorKind::Indeterminate {
            site.out.error(unknown);
        }
    })?;
    site.out.summary(&verify::verdict(&judged))?;
    match verify::outcome(&judged) {
        Outcome::Fine => {} // what is refused is in the list of what is held back
        Outcome::NeedsMaintainer => return Ok(Err(Outcome::Failed)),
        outcome => {
            site.out.error(unknown);
            return Ok(Err(outcome));
        }
    }
    if !judged.held.is_empty() {
        site.out.warning(&format!("Some files are held back and stay as they were deployed ({}); the summary says why, and what releases them. The rest is published.", judged.held.len()));
    }
    Ok(Ok(judged))
}

/// Builds the site, compares it with the live one, and probes a preview. Returns the URL of clients, if known.
fn make(site: &Candidate<'_>, held: Vec<Held>) -> Result<(Option<BaseUrl>, Outcome)> {
    let options = site.load_options(held)?;
    let (url, outcome) = site.build(&options, None)?;
    if outcome != Outcome::Fine {
        return Ok((url, outcome));
    }
    let outcome = guard::compare(site, url.as_ref())?;
    if outcome != Outcome::Fine {
        return Ok((url, outcome));
    }
    let result = match preview::probe(site, url.as_ref())? {
        Ok(result) => result,
        Err(outcome) => return Ok((url, outcome)),
    };
    if url.is_none() {
        site.out.summary("No base URL is known, so this result is not part of the site.")?;
        return Ok((url, Outcome::Fine));
    }
    // Everything else stays as the first build made it.
    site.build(&options, Some(result))
}
