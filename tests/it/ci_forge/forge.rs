//! A forge on this computer: its API for one repository in memory, in three dialects.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::probe::host::{Asked, Said, serve};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    GitHub,
    Forgejo,
    GitLab,
}

/// Who wrote a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    Stranger,
    /// The account of the token.
    Own,
}

/// What the forge knows.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) head: String,
    pub(super) comments: Vec<(Author, String)>,
    pub(super) labels: Vec<String>,
    /// Labels of the repository; their numbers are their places.
    pub(super) known: Vec<String>,
    /// Branch and title of each pull request.
    pub(super) pulls: Vec<(String, String)>,
    /// Method and path of each request.
    pub(super) asked: Vec<String>,
    /// The answer to everything that writes.
    pub(super) refuse: Option<(u16, &'static str)>,
}

pub(super) struct FakeForge {
    pub(super) base: String,
    state: Arc<Mutex<State>>,
}

/// The token that every request must bring.
pub(super) const TOKEN: &str = "t0ken-t0ken";

impl FakeForge {
    pub(super) fn new(dialect: Dialect, head: &str) -> Self {
        let state = State { head: head.to_owned(), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let held = Arc::clone(&state);
        let base = serve(Arc::new(move |asked: &Asked| {
            let mut state = held.lock().unwrap();
            state.asked.push(format!("{} {}", asked.method, asked.target));
            let header = match dialect {
                Dialect::GitLab => asked.header("private-token").to_owned(),
                _ => asked.header("authorization").replace("Bearer ", ""),
            };
            let (status, body) = match state.refuse.filter(|_| asked.method != "GET") {
                _ if header != TOKEN => (401, json!({ "message": "no token" })),
                Some((status, message)) => (status, json!({ "message": message })),
                None => answer(dialect, &mut state, asked),
            };
            Said::new(status, "application/json", body.to_string())
        }));
        Self { base, state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn answer(dialect: Dialect, state: &mut State, asked: &Asked) -> (u16, Value) {
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let below = match dialect {
        Dialect::GitLab => asked.target.strip_prefix("/projects/group%2Fr/"),
        _ => asked.target.strip_prefix("/repos/o/r/"),
    };
    match below {
        None if asked.target == "/user" && dialect == Dialect::GitHub => (403, json!({})),
        None if asked.target == "/user" => (200, json!({ "id": 77 })),
        None => (404, json!({ "message": "not here" })),
        Some(below) if dialect == Dialect::GitLab => gitlab(state, &asked.method, below, &body),
        Some(below) => github(dialect, state, &asked.method, below, &body),
    }
}

/// One page of a list, as the query asks for it.
fn page(query: &str, size: &str, items: Vec<Value>) -> Value {
    let number = |name: &str| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.map_or(1, |value| value.parse::<usize>().unwrap())
    };
    let (size, page) = (number(size), number("page"));
    items.into_iter().skip((page - 1) * size).take(size).collect()
}

fn words(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

fn github(
    dialect: Dialect,
    state: &mut State,
    method: &str,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    let forgejo = dialect == Dialect::Forgejo;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let size = if forgejo { "limit" } else { "per_page" };
    let text = body["body"].as_str().unwrap_or_default().to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["pulls", "7"]) => (200, json!({ "head": { "sha": state.head } })),
        ("POST", ["pulls"]) => {
            let branch = body["head"].as_str().unwrap().to_owned();
            if state.pulls.iter().any(|(known, _)| *known == branch) {
                return (if forgejo { 409 } else { 422 }, json!({ "message": "it exists" }));
            }
            state.pulls.push((branch, body["title"].as_str().unwrap().to_owned()));
            state.comments.push((Author::Own, text));
            (201, json!({ "html_url": format!("https://forge/pulls/{}", state.pulls.len()) }))
        }
        ("GET", ["pulls"]) => {
            let open = state.pulls.iter().enumerate().map(|(i, (branch, _))| {
                json!({
                    "id": i, "number": i + 1, "html_url": format!("https://forge/pulls/{}", i + 1),
                    "head": { "ref": branch, "repo": { "full_name": "o/r" } },
                    "base": { "ref": "main" },
                })
            });
            (200, page(query, size, open.collect()))
        }
        ("PATCH", ["pulls", number]) => {
            let at = number.parse::<usize>().unwrap() - 1;
            state.pulls[at].1 = body["title"].as_str().unwrap().to_owned();
            (200, json!({}))
        }
        ("GET", ["issues", "7", "comments"]) => {
            let user = |author| match (author, forgejo) {
                (Author::Own, true) => json!({ "id": -2, "login": "forgejo-actions" }),
                (Author::Own, false) => json!({ "id": 41, "type": "Bot" }),
                (Author::Stranger, true) => json!({ "id": 5, "login": "forgejo-actions" }),
                (Author::Stranger, false) => json!({ "id": 5, "type": "User" }),
            };
            let items = state.comments.iter().enumerate().map(
                |(i, (author, body))| json!({ "id": i + 100, "body": body, "user": user(*author) }),
            );
            // Forgejo's comments come without pages.
            let items = items.collect();
            (200, if forgejo { Value::Array(items) } else { page(query, size, items) })
        }
        ("POST", ["issues", "7", "comments"]) => {
            state.comments.push((Author::Own, text));
            (201, json!({}))
        }
        ("PATCH", ["issues", "comments", id]) => {
            let at = id.parse::<usize>().unwrap() - 100;
            state.comments[at].1 = text;
            (200, json!({}))
        }
        ("GET", ["issues", "7", "labels"]) => {
            let id = |name: &String| state.known.iter().position(|known| known == name);
            let items = state.labels.iter().map(|name| json!({ "id": id(name), "name": name }));
            (200, page(query, size, items.collect()))
        }
        ("POST", ["issues", "7", "labels"]) if forgejo => {
            for id in body["labels"].as_array().unwrap() {
                let name = state.known[usize::try_from(id.as_u64().unwrap()).unwrap()].clone();
                state.labels.push(name);
            }
            (200, json!([]))
        }
        ("POST", ["issues", "7", "labels"]) => {
            state.labels.extend(words(&body["labels"]));
            (200, json!([]))
        }
        ("DELETE", ["issues", "7", "labels", label]) => {
            let label = match label.parse::<usize>() {
                Ok(id) if forgejo => state.known[id].clone(),
                _ => (*label).to_owned(),
            };
            state.labels.retain(|known| *known != label);
            (if forgejo { 204 } else { 200 }, Value::Null)
        }
        ("GET", ["labels"]) if forgejo => {
            let items = state.known.iter().enumerate();
            let items = items.map(|(id, name)| json!({ "id": id, "name": name }));
            (200, page(query, size, items.collect()))
        }
        ("POST", ["labels"]) if forgejo => {
            state.known.push(body["name"].as_str().unwrap().to_owned());
            (201, json!({ "id": state.known.len() - 1 }))
        }
        _ => (405, json!({ "message": format!("{method} {path} is not known") })),
    }
}

fn gitlab(state: &mut State, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let text = body["body"].as_str().unwrap_or_default().to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["merge_requests", "7"]) => {
            (200, json!({ "sha": state.head, "labels": state.labels }))
        }
        ("PUT", ["merge_requests", "7"]) => {
            let list = |key: &str| {
                let list = body[key].as_str().unwrap_or_default().to_owned();
                list.split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect::<Vec<_>>()
            };
            let remove = list("remove_labels");
            state.labels.retain(|label| !remove.contains(label));
            state.labels.extend(list("add_labels"));
            (200, json!({}))
        }
        ("POST", ["merge_requests"]) => {
            let branch = body["source_branch"].as_str().unwrap().to_owned();
            if state.pulls.iter().any(|(known, _)| *known == branch) {
                return (409, json!({ "message": ["it exists"] }));
            }
            state.pulls.push((branch, body["title"].as_str().unwrap().to_owned()));
            (201, json!({ "web_url": format!("https://forge/pulls/{}", state.pulls.len()) }))
        }
        ("GET", ["merge_requests"]) => {
            (200, json!([{ "iid": 1, "web_url": "https://forge/pulls/1" }]))
        }
        ("PUT", ["merge_requests", "1"]) => {
            state.pulls[0].1 = body["title"].as_str().unwrap().to_owned();
            (200, json!({}))
        }
        ("GET", ["merge_requests", "7", "notes"]) => {
            let id = |author| if author == Author::Own { 77 } else { 5 };
            let items = state.comments.iter().enumerate().map(|(i, (author, body))| {
                json!({ "id": i + 100, "body": body, "author": { "id": id(*author) }, "system": false })
            });
            (200, page(query, "per_page", items.collect()))
        }
        ("POST", ["merge_requests", "7", "notes"]) => {
            state.comments.push((Author::Own, text));
            (201, json!({}))
        }
        ("PUT", ["merge_requests", "7", "notes", id]) => {
            let at = id.parse::<usize>().unwrap() - 100;
            state.comments[at].1 = text;
            (200, json!({}))
        }
        _ => (405, json!({ "message": format!("{method} {path} is not known") })),
    }
}
