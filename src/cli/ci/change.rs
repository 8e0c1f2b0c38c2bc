//! What the steps `fetch`, `judge` and `report` pass to each other about a change.

use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::super::outcome::Outcome;
use super::super::verify::MARKER;
use super::job::Job;
use super::output::{Output, kept};

/// Most bytes of a comment; forges take a little more.
pub(super) const MAX_COMMENT: usize = 60_000;

/// What is at the end of a comment that was cut.
const CUT: &str =
    "\n\n…\n\nThis report is too long for a comment. The summary of the job has all of it.\n";

/// The verdict on a change, for the step that writes it to the forge.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ChangeReport {
    /// Number of the pull request; absent for a queue's merge group.
    pub(super) number: Option<u64>,
    /// Full id of the commit that was judged.
    pub(super) head: String,
    /// The comment, in Markdown; its first line is the marker.
    pub(super) comment: String,
    /// Labels that the pull request should have, among those that this program knows.
    pub(super) labels: Vec<String>,
}

/// What `fetch` found, in `fetched.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Fetched {
    /// Number of the pull request; absent for a queue's merge group.
    pub(super) number: Option<u64>,
    /// Full id of the commit to judge.
    pub(super) head: String,
    /// Full id of the commit that the change is to be merged into; absent when nothing was fetched.
    pub(super) base: Option<String>,
    /// Why there is nothing to judge.
    pub(super) verdict: Option<Verdict>,
}

/// The end of a change that is not judged.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    /// It is to be merged into another branch than the publishing one.
    OtherBranch,
    /// The forge did not hand out its commits.
    NotFetched,
    /// It has newer commits.
    Outdated,
}

/// Name of the file with [`Fetched`].
const FETCHED: &str = "fetched";

impl Verdict {
    /// Returns the sentence for people.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::OtherBranch => {
                "This registry is published from another branch: change the base of this pull request to it."
            }
            Self::NotFetched => "The forge did not hand out the commits; run this job again.",
            Self::Outdated => "The pull request has newer commits; their own run judges them.",
        }
    }

    /// Returns how the step ends.
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::OtherBranch => Outcome::Refused,
            Self::NotFetched | Self::Outdated => Outcome::Indeterminate,
        }
    }
}

impl Fetched {
    /// Reads what `fetch` wrote.
    pub(super) fn read(job: &Job) -> Result<Self> {
        kept(job, FETCHED, "fetch")
    }

    /// Writes it for `judge`.
    pub(super) fn write(&self, out: Output<'_>) -> Result<()> {
        out.keep(FETCHED, self).map(drop)
    }

    /// Passes on the comment for this change, cut to the size that forges take.
    pub(super) fn report(&self, out: Output<'_>, comment: &str, labels: &[&str]) -> Result<()> {
        let comment = cut(comment);
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        out.pass(
            "report",
            &ChangeReport { number: self.number, head: self.head.clone(), comment, labels },
        )
    }

    /// Ends a change that is not judged: its report is one sentence.
    pub(super) fn end(&self, out: Output<'_>, verdict: Verdict) -> Result<Outcome> {
        self.report(out, &format!("{MARKER}\n{}\n", verdict.sentence()), &[])?;
        Ok(verdict.outcome())
    }
}

/// Cuts a comment to the size that forges take.
fn cut(comment: &str) -> String {
    if comment.len() <= MAX_COMMENT {
        return comment.to_owned();
    }
    let mut ends = (0..=MAX_COMMENT - CUT.len()).rev();
    let end = ends.find(|at| comment.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{CUT}", &comment[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_comment_is_cut_between_characters() {
        let fits = "ü".repeat(MAX_COMMENT / 2);
        assert_eq!(cut(&fits), fits);
        for begin in ["", "x"] {
            let cut = cut(&format!("{begin}{}", fits.repeat(2)));
            assert!(cut.len() <= MAX_COMMENT && cut.len() > MAX_COMMENT - 4, "{}", cut.len());
            assert!(cut.ends_with(CUT), "{}", &cut[cut.len() - 200..]);
        }
    }
}
