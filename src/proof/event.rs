//! What the forge reports about a change: who opened it, from whose repository, into which branch.
//!
//! Only the parts of the payload that the forge itself writes are read. Accounts are identified by numeric id
//! and the host of their forge. A fact that the payload does not hold is absent.

use serde::Deserialize;

/// Largest payload that is read, in bytes.
pub const MAX_EVENT: usize = 1024 * 1024;

/// The only address of a forge that is trusted for `io.github.<login>`.
const GITHUB: &str = "https://github.com";

/// An account as the forge names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Numeric id, never used again on that forge.
    pub id: u64,
    /// Login, which may change hands after a rename.
    pub login: String,
    /// `User`, `Organization` or `Bot`; `User` where the forge does not report it.
    #[serde(rename = "type", default = "user")]
    pub kind: String,
}

fn user() -> String {
    "User".to_owned()
}

impl Account {
    /// Whether it is a person's: not a bot, and not the placeholder for removed accounts.
    pub fn is_person(&self) -> bool {
        self.kind == "User"
            && !self.login.ends_with("[bot]")
            && !self.login.eq_ignore_ascii_case("ghost")
    }
}

/// A pull request as the forge describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Who opened it; absent where the forge does not report it.
    pub author: Option<Account>,
    /// Owner of the repository of the branch; absent when that is gone.
    pub head_owner: Option<Account>,
    /// Id of that repository.
    pub head_repository: Option<u64>,
    /// Full id of the branch's last commit.
    pub head: String,
    /// Branch that it is to be merged into.
    pub base_branch: String,
    /// Id of the repository that it is to be merged into.
    pub base_repository: Option<u64>,
    /// When it was opened, as written by the forge.
    pub created: Option<String>,
    /// Whether it was merged already, and as which commit.
    pub merged_as: Option<String>,
}

impl PullRequest {
    /// Whether the branch is in the repository that it is to be merged into.
    pub fn is_own_branch(&self) -> bool {
        self.head_repository.is_some() && self.head_repository == self.base_repository
    }
}

/// Pull requests that a queue is about to merge together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MergeGroup {
    /// Full id of the commit that would be published.
    #[serde(rename = "head_sha")]
    pub head: String,
    /// Full reference of the temporary branch that has it.
    pub head_ref: String,
    /// Full id of the commit that it is to be merged onto.
    #[serde(rename = "base_sha")]
    pub base: String,
    /// Full reference of the branch that it is to be merged into.
    pub base_ref: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A pull request was opened or changed.
    PullRequest(Box<PullRequest>),
    /// A queue is about to merge pull requests that were judged before.
    MergeGroup(MergeGroup),
    /// Commits arrived on a branch.
    Push,
    /// Something else, such as a schedule.
    Other,
}

/// The event that a job runs for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Host of the forge, such as `github.com`.
    pub forge: String,
    /// Whether the forge is github.com itself, over https.
    pub is_github: bool,
    /// What happened.
    pub what: Happening,
    /// Whether only members may see the repository.
    pub private: Option<bool>,
    /// The repository's default branch.
    pub default_branch: Option<String>,
    /// The repository, as `owner/name`.
    pub repository: Option<String>,
}

impl Event {
    /// Returns the pull request, when the event is about one.
    pub fn pull_request(&self) -> Option<&PullRequest> {
        match &self.what {
            Happening::PullRequest(pull) => Some(pull),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Payload {
    pull_request: Option<PayloadPull>,
    merge_group: Option<MergeGroup>,
    after: Option<serde::de::IgnoredAny>,
    repository: Option<PayloadRepository>,
}

#[derive(Deserialize)]
struct PayloadRepository {
    private: Option<bool>,
    visibility: Option<String>,
    default_branch: Option<String>,
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct PayloadPull {
    number: u64,
    user: Option<Account>,
    head: PayloadBranch,
    base: PayloadBranch,
    created_at: Option<String>,
    merged_at: Option<String>,
    merge_commit_sha: Option<String>,
}

#[derive(Deserialize)]
struct PayloadBranch {
    #[serde(default)]
    sha: String,
    #[serde(rename = "ref", default)]
    branch: String,
    repo: Option<PayloadFork>,
}

#[derive(Deserialize)]
struct PayloadFork {
    id: u64,
    owner: Option<Account>,
}

impl From<PayloadPull> for PullRequest {
    fn from(pull: PayloadPull) -> Self {
        let (id, owner) = pull.head.repo.map(|repo| (repo.id, repo.owner)).unzip();
        Self {
            number: pull.number,
            author: pull.user,
            head_owner: owner.flatten(),
            head_repository: id,
            head: pull.head.sha,
            base_branch: pull.base.branch,
            base_repository: pull.base.repo.map(|repo| repo.id),
            created: pull.created_at,
            merged_as: pull.merged_at.and(pull.merge_commit_sha),
        }
    }
}

/// Reads the payload that GitHub, Forgejo and Gitea write for a job. `server` is the address of the
/// forge as its runner passes it.
///
/// # Errors
/// When the payload is too large or is not one; the text ends the sentence "the event …".
pub fn parse_event(payload: &[u8], server: &str) -> Result<Event, String> {
    if payload.len() > MAX_EVENT {
        return Err(format!("has {} bytes; at most {MAX_EVENT} are read", payload.len()));
    }
    let read: Payload =
        serde_json::from_slice(payload).map_err(|e| format!("cannot be read: {e}"))?;
    let repository = read.repository;
    let private = repository.as_ref().and_then(|r| match (r.visibility.as_deref(), r.private) {
        (Some("private" | "internal"), _) => Some(true),
        (Some(_), _) => Some(false),
        (None, private) => private,
    });
    let what = match (read.pull_request, read.merge_group, read.after) {
        (Some(pull), _, _) => Happening::PullRequest(Box::new(pull.into())),
        (None, Some(group), _) => Happening::MergeGroup(group),
        (None, None, Some(_)) => Happening::Push,
        (None, None, None) => Happening::Other,
    };
    Ok(Event {
        forge: host_of(server),
        is_github: server == GITHUB,
        what,
        private,
        default_branch: repository.as_ref().and_then(|r| r.default_branch.clone()),
        repository: repository.and_then(|r| r.full_name),
    })
}

/// Reads the answer of the forge's API to "which pull requests does this commit belong to".
///
/// # Errors
/// When it is not such an answer.
pub fn parse_pulls(answer: &[u8]) -> Result<Vec<PullRequest>, String> {
    let read: Vec<PayloadPull> =
        serde_json::from_slice(answer).map_err(|e| format!("cannot be read: {e}"))?;
    Ok(read.into_iter().map(PullRequest::from).collect())
}

/// What GitLab passes to a job of a merge request, all in environment variables. The author is not among
/// them, and the user who started the job proves nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitLabFacts {
    /// `CI_SERVER_URL`.
    pub server: String,
    /// `CI_PROJECT_VISIBILITY`.
    pub visibility: String,
    /// `CI_PROJECT_PATH`.
    pub project: String,
    /// `CI_DEFAULT_BRANCH`.
    pub default_branch: String,
    /// `CI_MERGE_REQUEST_IID`, empty outside merge requests.
    pub number: String,
    /// `CI_MERGE_REQUEST_PROJECT_ID`.
    pub target_project: String,
    /// `CI_MERGE_REQUEST_SOURCE_PROJECT_ID`.
    pub source_project: String,
    /// `CI_MERGE_REQUEST_TARGET_BRANCH_NAME`.
    pub target_branch: String,
    /// `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA`, or `CI_COMMIT_SHA` when that is empty.
    pub head: String,
}

impl GitLabFacts {
    /// Returns the event that these facts describe.
    pub fn event(&self) -> Event {
        let id = |text: &str| text.parse::<u64>().ok();
        let what = match id(&self.number) {
            Some(number) => Happening::PullRequest(Box::new(PullRequest {
                number,
                author: None,
                head_owner: None,
                head_repository: id(&self.source_project),
                head: self.head.clone(),
                base_branch: self.target_branch.clone(),
                base_repository: id(&self.target_project),
                created: None,
                merged_as: None,
            })),
            None => Happening::Push,
        };
        let text = |text: &String| (!text.is_empty()).then(|| text.clone());
        Event {
            forge: host_of(&self.server),
            is_github: false,
            what,
            private: text(&self.visibility).map(|word| word != "public"),
            default_branch: text(&self.default_branch),
            repository: text(&self.project),
        }
    }
}

/// Returns the host of a forge's accounts. An address that only resembles that of github.com keeps its whole
/// text, so that its accounts match those of no host.
fn host_of(server: &str) -> String {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
    if host == "github.com" && server != GITHUB { server.to_ascii_lowercase() } else { host }
}
