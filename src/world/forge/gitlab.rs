//! The API of GitLab.

use serde_json::{Value, json};

use crate::text::percent_encode;
use crate::world::http::{Exchange, HttpError, Secret, Verb};

use super::api::Api;
use super::{Comment, Forge, NewChange, Subject};

/// Size of a page, the largest that GitLab takes.
const SIZE: (&str, usize) = ("per_page", 100);

/// One project on GitLab.
#[derive(Debug)]
pub struct GitLab {
    project: String,
    api: Api,
}

impl GitLab {
    /// Makes the API at `api` (`https://gitlab.com/api/v4`) for `project`, by its path.
    pub fn new(api: &str, project: &str, token: Secret, exchange: Box<dyn Exchange>) -> Self {
        let header = ("PRIVATE-TOKEN", token.expose().to_owned());
        Self {
            project: project.to_owned(),
            api: Api::new(api.trim_end_matches('/').to_owned(), header, exchange),
        }
    }

    /// Returns a path below the project's.
    fn at(&self, rest: &str) -> String {
        format!("/projects/{}/{rest}", percent_encode(&self.project))
    }

    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Change(number) => self.at(&format!("merge_requests/{number}")),
            Subject::Issue(number) => self.at(&format!("issues/{number}")),
        }
    }
}

/// Returns a text in which no line is a command: GitLab obeys those that begin with a slash, with the token's rights.
fn without_commands(text: &str) -> String {
    let line = |line: &str| match line.trim_start().strip_prefix('/') {
        Some(rest) => format!("&#47;{rest}"),
        None => line.to_owned(),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

impl Forge for GitLab {
    fn head(&self, change: u64) -> Result<String, HttpError> {
        self.api.commit(&self.subject(Subject::Change(change)), "/sha")
    }

    fn comments(&self, subject: Subject) -> Result<Vec<Comment>, HttpError> {
        let account = self.api.get("/user")?.get("id").and_then(Value::as_u64);
        let is_own = |note: &Value| {
            let author = note.pointer("/author/id").and_then(Value::as_u64);
            let is_system = note.get("system").and_then(Value::as_bool) == Some(true);
            author.is_some() && author == account && !is_system
        };
        let path = format!("{}/notes?sort=asc&order_by=created_at", self.subject(subject));
        self.api.comments(&path, SIZE, is_own)
    }

    fn add_comment(&self, subject: Subject, body: &str) -> Result<(), HttpError> {
        let path = format!("{}/notes", self.subject(subject));
        self.api.write(Verb::Post, &path, &json!({ "body": without_commands(body) })).map(drop)
    }

    fn edit_comment(&self, subject: Subject, comment: u64, body: &str) -> Result<(), HttpError> {
        let path = format!("{}/notes/{comment}", self.subject(subject));
        self.api.write(Verb::Put, &path, &json!({ "body": without_commands(body) })).map(drop)
    }

    fn labels(&self, subject: Subject) -> Result<Vec<String>, HttpError> {
        let path = self.subject(subject);
        let answer = self.api.get(&path)?;
        let Some(labels) = answer.get("labels").and_then(Value::as_array) else {
            return Err(self.api.unexpected(&path, "/labels is missing"));
        };
        Ok(labels.iter().filter_map(|label| label.as_str().map(str::to_owned)).collect())
    }

    fn change_labels(
        &self,
        subject: Subject,
        add: &[&str],
        remove: &[&str],
    ) -> Result<(), HttpError> {
        if add.is_empty() && remove.is_empty() {
            return Ok(());
        }
        let body = json!({ "add_labels": add.join(","), "remove_labels": remove.join(",") });
        self.api.write(Verb::Put, &self.subject(subject), &body).map(drop)
    }

    fn open_change(&self, change: &NewChange) -> Result<String, HttpError> {
        let NewChange { branch, base, title, body: text } = change;
        let new = json!({
            "source_branch": branch, "target_branch": base, "title": title,
            "description": without_commands(text),
        });
        let refused = match self.api.write(Verb::Post, &self.at("merge_requests"), &new) {
            Ok(request) => return self.api.text(&request, "/web_url"),
            Err(e @ HttpError::Status { status: 409, .. }) => e,
            Err(e) => return Err(e),
        };
        let (branch, base) = (percent_encode(branch), percent_encode(base));
        let open = self.api.get(&self.at(&format!(
            "merge_requests?state=opened&source_branch={branch}&target_branch={base}"
        )))?;
        let address = self.api.text(&open, "/0/web_url").map_err(|_| refused)?;
        if let Some(number) = open.pointer("/0/iid").and_then(Value::as_u64) {
            let text = json!({ "title": title, "description": without_commands(text) });
            self.api.write(Verb::Put, &self.at(&format!("merge_requests/{number}")), &text)?;
        }
        Ok(address)
    }
}
