//! The API of GitHub, GitHub Enterprise Server, Forgejo and Gitea.
//!
//! Forgejo's API is GitHub's with exceptions: labels are named by their numbers (older versions know nothing else) and
//! must exist before they are set, pages have at most 50 items, comments come without pages, and no field says that a
//! program wrote one.

use serde_json::{Value, json};

use crate::text::percent_encode;
use crate::world::http::{Exchange, HttpError, Secret, Verb};

use super::api::Api;
use super::{Comment, Forge, ForgeKind, NewChange, Subject};

/// The account of a job's own token on Forgejo and Gitea. No person can have a negative number.
const ACTIONS_USER: i64 = -2;

/// The colour of a label that is made, on Forgejo; GitHub chooses one.
const COLOR: &str = "#ededed";

/// One repository on such a forge.
#[derive(Debug)]
pub struct GitHubLike {
    kind: ForgeKind,
    /// The owner's name.
    owner: String,
    /// `owner/name`.
    repository: String,
    api: Api,
}

impl GitHubLike {
    /// Makes the API at `api` (`https://api.github.com`) for `repository` (`owner/name`).
    pub fn new(
        kind: ForgeKind,
        api: &str,
        repository: &str,
        token: Secret,
        exchange: Box<dyn Exchange>,
    ) -> Self {
        let header = ("Authorization", format!("Bearer {}", token.expose()));
        Self {
            kind,
            owner: repository.split('/').next().unwrap_or_default().to_owned(),
            repository: repository.to_owned(),
            api: Api::new(api.trim_end_matches('/').to_owned(), header, exchange),
        }
    }

    /// Returns a path below the repository's.
    fn at(&self, rest: &str) -> String {
        let names: Vec<String> = self.repository.split('/').map(percent_encode).collect();
        format!("/repos/{}/{rest}", names.join("/"))
    }

    fn subject(&self, subject: Subject, rest: &str) -> String {
        // A pull request is an issue too.
        let (Subject::Change(number) | Subject::Issue(number)) = subject;
        self.at(&format!("issues/{number}/{rest}"))
    }

    fn is_forgejo(&self) -> bool {
        self.kind == ForgeKind::Forgejo
    }

    /// Returns the parameter for the size of a page, and the largest size.
    fn size(&self) -> (&'static str, usize) {
        if self.is_forgejo() { ("limit", 50) } else { ("per_page", 100) }
    }

    /// Returns the number of the token's account, if the token may ask for it.
    fn account(&self) -> Result<Option<i64>, HttpError> {
        match self.api.get("/user") {
            Ok(user) => Ok(user.get("id").and_then(Value::as_i64)),
            Err(HttpError::Status { status: 401 | 403 | 404, .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Returns the labels of a list: number and name.
    fn labels_at(&self, path: &str) -> Result<Vec<(u64, String)>, HttpError> {
        let mut found = Vec::new();
        self.api.list(path, self.size(), |item| {
            let id = item.get("id").and_then(Value::as_u64).unwrap_or_default();
            let name = item.get("name").and_then(Value::as_str);
            found.extend(name.map(|name| (id, name.to_owned())));
            true
        })?;
        Ok(found)
    }

    fn remove_label(&self, subject: Subject, label: &str) -> Result<(), HttpError> {
        self.api.delete(&self.subject(subject, &format!("labels/{label}")))
    }

    /// Adds and removes labels by their numbers.
    fn change_numbered(
        &self,
        subject: Subject,
        add: &[&str],
        remove: &[&str],
    ) -> Result<(), HttpError> {
        let present = self.labels_at(&self.subject(subject, "labels"))?;
        for (id, _) in present.iter().filter(|(_, name)| remove.contains(&name.as_str())) {
            self.remove_label(subject, &id.to_string())?;
        }
        let is_present = |label: &str| present.iter().any(|(_, name)| name == label);
        let add: Vec<&str> = add.iter().copied().filter(|label| !is_present(label)).collect();
        if add.is_empty() {
            return Ok(());
        }
        let known = self.labels_at(&self.at("labels"))?;
        let mut ids = Vec::new();
        for label in add {
            ids.push(match known.iter().find(|(_, name)| name == label) {
                Some((id, _)) => *id,
                None => self.make_label(label)?,
            });
        }
        let path = self.subject(subject, "labels");
        self.api.write(Verb::Post, &path, &json!({ "labels": ids })).map(drop)
    }

    fn make_label(&self, name: &str) -> Result<u64, HttpError> {
        let path = self.at("labels");
        let body = json!({ "name": name, "color": COLOR });
        let label = self.api.write(Verb::Post, &path, &body)?;
        let id = label.get("id").and_then(Value::as_u64);
        id.ok_or_else(|| self.api.unexpected(&path, "the new label has no id"))
    }

    /// Returns the open pull request of a branch of this repository.
    fn open_one(&self, change: &NewChange) -> Result<Option<Value>, HttpError> {
        let mut found = None;
        let head = percent_encode(&format!("{}:{}", self.owner, change.branch));
        // Forgejo ignores the parameters that it does not know.
        let path = self.at(&format!("pulls?state=open&head={head}"));
        self.api.list(&path, self.size(), |item| {
            let is = |pointer: &str, text: &str| {
                item.pointer(pointer).and_then(Value::as_str) == Some(text)
            };
            if is("/head/ref", &change.branch)
                && is("/base/ref", &change.base)
                && is("/head/repo/full_name", &self.repository)
            {
                found = Some(item.clone());
            }
            found.is_none()
        })?;
        Ok(found)
    }
}

impl Forge for GitHubLike {
    fn head(&self, change: u64) -> Result<String, HttpError> {
        self.api.commit(&self.at(&format!("pulls/{change}")), "/head/sha")
    }

    fn comments(&self, subject: Subject) -> Result<Vec<Comment>, HttpError> {
        let account = if self.is_forgejo() { self.account()? } else { None };
        let is_own = |comment: &Value| {
            let id = comment.pointer("/user/id").and_then(Value::as_i64);
            match self.kind {
                ForgeKind::Forgejo => {
                    id == Some(ACTIONS_USER) || id.is_some_and(|id| Some(id) == account)
                }
                _ => comment.pointer("/user/type").and_then(Value::as_str) == Some("Bot"),
            }
        };
        self.api.comments(&self.subject(subject, "comments"), self.size(), is_own)
    }

    fn add_comment(&self, subject: Subject, body: &str) -> Result<(), HttpError> {
        let path = self.subject(subject, "comments");
        self.api.write(Verb::Post, &path, &json!({ "body": body })).map(drop)
    }

    fn edit_comment(&self, _: Subject, comment: u64, body: &str) -> Result<(), HttpError> {
        let path = self.at(&format!("issues/comments/{comment}"));
        self.api.write(Verb::Patch, &path, &json!({ "body": body })).map(drop)
    }

    fn labels(&self, subject: Subject) -> Result<Vec<String>, HttpError> {
        let labels = self.labels_at(&self.subject(subject, "labels"))?;
        Ok(labels.into_iter().map(|(_, name)| name).collect())
    }

    fn change_labels(
        &self,
        subject: Subject,
        add: &[&str],
        remove: &[&str],
    ) -> Result<(), HttpError> {
        if self.is_forgejo() {
            return self.change_numbered(subject, add, remove);
        }
        for label in remove {
            self.remove_label(subject, &percent_encode(label))?;
        }
        if add.is_empty() {
            return Ok(());
        }
        let path = self.subject(subject, "labels");
        self.api.write(Verb::Post, &path, &json!({ "labels": add })).map(drop)
    }

    fn open_change(&self, change: &NewChange) -> Result<String, HttpError> {
        let NewChange { branch, base, title, body } = change;
        let new = json!({ "head": branch, "base": base, "title": title, "body": body });
        let refused = match self.api.write(Verb::Post, &self.at("pulls"), &new) {
            Ok(pull) => return self.api.text(&pull, "/html_url"),
            Err(e @ HttpError::Status { status: 409 | 422, .. }) => e,
            Err(e) => return Err(e),
        };
        let pull = self.open_one(change)?.ok_or(refused)?;
        if let Some(number) = pull.get("number").and_then(Value::as_u64) {
            let text = json!({ "title": title, "body": body });
            self.api.write(Verb::Patch, &self.at(&format!("pulls/{number}")), &text)?;
        }
        self.api.text(&pull, "/html_url")
    }
}
