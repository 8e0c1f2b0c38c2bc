//! The step `prove`: whether a deployed registry works for real clients.
//!
//! | result | meaning | exit |
//! |---|---|---|
//! | `works` | this deployment answers, and every required client can use it | 0 |
//! | `unproven` | the site wants a login, so nobody can tell from here | 0 |
//! | `fails` | a required client cannot use it, several times in a row | 1 |
//! | `stale` | clients can use what answers, but that is not this deployment | 1 |
//! | `silent` | nothing answered: nothing is known about clients, and an older site would not answer either | 3 |
//! | `wrong` | it could not be asked: wrong settings, or a URL that must not be asked | 2 |

use crate::error::{Error, ErrorKind, Result};
use crate::model::probe::{Grade, ProbeResult, Trouble};
use crate::probe::{self, Options};
use crate::text::visible;

use super::super::args::Global;
use super::super::args::ci::ProveArgs;
use super::super::outcome::Outcome;
use super::super::probe::{ask, failing, required, write};
use super::super::talk::Talk;
use super::deployment::Deployment;
use super::job::Job;
use super::live::{Answer, LiveSite};
use super::output::Output;

/// Seconds to wait before each probe: a host may take a minute until all of its machines have the new files.
const PAUSES: [u64; 4] = [0, 20, 40, 80];

/// Findings that are there because something else answers in the registry's place.
const HIDING: [Trouble; 4] =
    [Trouble::LoginRequired, Trouble::Forbidden, Trouble::WebPageInstead, Trouble::RedirectRefused];

/// What is known about the deployed site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    Works,
    Unproven,
    Fails,
    Stale,
    Silent,
    Wrong,
}

impl Proof {
    /// Returns the word in the step output `result`.
    fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Unproven => "unproven",
            Self::Fails => "fails",
            Self::Stale => "stale",
            Self::Silent => "silent",
            Self::Wrong => "wrong",
        }
    }

    /// Prints what it means for the job, and returns how the job ends.
    fn explain(self, out: Output<'_>) -> Outcome {
        match self {
            Self::Works => return Outcome::Fine,
            Self::Unproven => {
                out.warning("It is not proven that clients can use this deployment; the summary says why. Try it with a client.");
                return Outcome::Fine;
            }
            Self::Stale => out.error("An older site still answers in the place of this deployment: one that was put back, a cache before the host, or a URL that leads elsewhere."),
            Self::Fails => out.error("The deployed registry does not work for a client that has to work; the summary has the table and what to do."),
            Self::Silent => out.error("The deployed registry did not answer. Nothing is put back, because an older site would not answer either: check the host, then run this job again."),
            Self::Wrong => out.error("The deployed registry could not be probed; the log says why."),
        }
        match self {
            Self::Silent => Outcome::Indeterminate,
            Self::Wrong => Outcome::Failed,
            _ => Outcome::Refused,
        }
    }
}

/// Waits for the deployed site, probes it, and sets the output `result`.
pub(super) fn run(global: &Global, args: &ProveArgs, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    job.clear(&["probe"])?;
    let (proof, sentence) = match prove(global, args, job, out) {
        Ok(proven) => proven,
        Err(error) => {
            talk.error(&error);
            (Proof::Wrong, "The registry could not be probed; the log says why.".to_owned())
        }
    };
    out.set("result", proof.as_str())?;
    out.summary(&visible(&sentence))?;
    talk.say(&sentence);
    Ok(proof.explain(out))
}

/// Returns what is known about the site, and the sentence for people.
fn prove(global: &Global, args: &ProveArgs, job: &Job, out: Output<'_>) -> Result<(Proof, String)> {
    let deployment = Deployment::passed(job)?;
    let url = args.url.clone().unwrap_or(deployment.url);
    let url = url.trim_end_matches('/');
    if url.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no URL of the deployed site is known")
            .help("set base_url in [registry] of registry.toml, or give --url"));
    }
    let options = Options { required: required(global, &[], &[])?, ..Options::default() };
    let live = LiveSite::new(global, url)?;
    let answer = live.wait_for(deployment.manifest, job.patience);
    let manifest = live.manifest_url();
    out.talk.say(&match &answer {
        Answer::Expected => format!("{manifest} is that of this deployment"),
        Answer::Login => format!("{manifest} wants a login"),
        Answer::Other(what) => format!("{manifest} is not that of this deployment ({what})"),
    });
    let Some(mut result) = visit(global, args, url, &options, &answer, out)? else {
        return Ok((Proof::Silent, format!("{url} did not answer.")));
    };
    out.summary(&probe::markdown(&result))?;
    write(&job.at("probe"), &mut result, global)?;
    Ok(match (failing(&result).is_empty(), answer) {
        (true, Answer::Expected) => {
            (Proof::Works, format!("Every client that has to work can use {url}."))
        }
        (true, Answer::Login) => (
            Proof::Unproven,
            format!(
                "Clients can use {url}, but its manifest wants a login: nothing is proven about this deployment."
            ),
        ),
        (true, Answer::Other(_)) => (
            Proof::Stale,
            format!(
                "Clients can use {url}, but it does not hand out the manifest of this deployment: an older site answers."
            ),
        ),
        (false, Answer::Login) if is_hidden(&result) => (
            Proof::Unproven,
            format!(
                "{url} wants a login, so it could not be seen as clients see it: nothing is proven."
            ),
        ),
        (false, _) => (Proof::Fails, format!("{url} does not work for a client that has to work.")),
    })
}

/// Probes until every required client works or time is up; `None` when nothing answered.
fn visit(
    global: &Global,
    args: &ProveArgs,
    url: &str,
    options: &Options,
    answer: &Answer,
    out: Output<'_>,
) -> Result<Option<ProbeResult>> {
    let mut last = None;
    for seconds in PAUSES {
        out.job.patience.pause(seconds);
        last = match ask(global, url, options, args.allow_private, out.talk) {
            Ok(result) => Some(result),
            Err(error) if error.kind() == ErrorKind::Indeterminate => {
                out.talk.error(&error);
                None
            }
            Err(error) => return Err(error),
        };
        if let Some(result) = &last
            && (failing(result).is_empty() || (*answer == Answer::Login && is_hidden(result)))
        {
            break;
        }
    }
    Ok(last)
}

/// Whether everything that fails does so because something else answers in the registry's place.
fn is_hidden(result: &ProbeResult) -> bool {
    let mut failing = result.clients.iter().filter(|client| client.verdict == Grade::Fails);
    failing.all(|client| {
        client.problems().any(|(_, problem)| HIDING.iter().any(|trouble| problem.is(*trouble)))
    })
}
