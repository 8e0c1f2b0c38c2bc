//! The API of a forge: what `ci` writes to a change (a pull request, on GitLab a merge request) and its issues.
//!
//! One small trait with an implementation for each dialect. The token is sent to the API's own host only and is
//! never shown. A busy server is asked three times at most; a token that may not write is a status of 403 or 404.

mod api;
mod github;
mod gitlab;
#[cfg(test)]
mod tests;

pub use github::GitHubLike;
pub use gitlab::GitLab;

use super::http::HttpError;

/// Which software a forge runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeKind {
    /// GitHub, and GitHub Enterprise Server.
    GitHub,
    /// Forgejo and Gitea, whose API is like GitHub's.
    Forgejo,
    /// GitLab.
    GitLab,
}

/// Most items of one list that are read.
const MAX_ITEMS: usize = 1000;

/// A comment on a change or an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The forge's id of the comment.
    pub id: u64,
    /// Whether the account of the token wrote it; on GitHub, where a job's token cannot tell, whether a bot did.
    pub own: bool,
    /// The beginning of the text, in Markdown.
    pub body: String,
}

/// Something with comments and labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A pull request or merge request.
    Change(u64),
    /// An issue.
    Issue(u64),
}

/// A change that is to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// The branch that has the commits.
    pub branch: String,
    /// The branch that they are to be merged into.
    pub base: String,
    /// The title, one line.
    pub title: String,
    /// The description, in Markdown.
    pub body: String,
}

/// The forge that a job runs for, as seen by one repository of it.
pub trait Forge: Send + Sync {
    /// Returns the commit id of the change's newest commit.
    fn head(&self, change: u64) -> Result<String, HttpError>;

    /// Returns the comments, oldest first, at most a thousand.
    fn comments(&self, subject: Subject) -> Result<Vec<Comment>, HttpError>;

    /// Adds a comment.
    fn add_comment(&self, subject: Subject, body: &str) -> Result<(), HttpError>;

    /// Replaces the text of a comment.
    fn edit_comment(&self, subject: Subject, comment: u64, body: &str) -> Result<(), HttpError>;

    /// Returns the labels.
    fn labels(&self, subject: Subject) -> Result<Vec<String>, HttpError>;

    /// Adds and removes labels; others stay. A label that the repository does not have is made.
    fn change_labels(
        &self,
        subject: Subject,
        add: &[&str],
        remove: &[&str],
    ) -> Result<(), HttpError>;

    /// Opens a change and returns its address. When the branch has an open one already, that one gets the title and the
    /// description.
    fn open_change(&self, change: &NewChange) -> Result<String, HttpError>;
}
