//! What the forge says in a case.
//!
//! `kind` (`pull_request`, `merge_group`, `push`, `gitlab`), `server`, `private`, `visibility`;
//! `author` and `owner` (of the branch's repository) as `login:id` with `author_kind` and
//! `owner_kind`, `none:0` for nobody; `own_branch`, `fork_gone`, `head`, `base`, `created`, and for
//! what was merged `merged_as` (a commit, or `head`).

use mcp_static::internals::proof::event::{Event, GitLabFacts, parse_event};
use serde_json::{Value, json};

/// `alice:1001` and a kind as the forge writes an account.
fn account(text: &str, kind: &str) -> Value {
    let (login, id) = text.split_once(':').unwrap();
    json!({ "login": login, "id": id.parse::<u64>().unwrap(), "type": kind })
}

/// The pull request of a case as the forge writes it.
pub fn pull(event: &Value, head: &str) -> Value {
    let text = |key: &str, default: &str| event[key].as_str().unwrap_or(default).to_owned();
    let author = text("author", "alice:1001");
    let owner = text("owner", &author);
    let own = event["own_branch"] == true;
    let repo = json!({
        "id": if own { 1 } else { 2 },
        "owner": account(&owner, &text("owner_kind", "User")),
    });
    json!({
        "number": 7,
        "user": if author == "none:0" { Value::Null } else { account(&author, &text("author_kind", "User")) },
        "head": { "sha": text("head", head), "ref": "change", "repo": if event["fork_gone"] == true { Value::Null } else { repo } },
        "base": { "sha": "", "ref": text("base", "main"), "repo": { "id": 1, "owner": account("registry:1", "Organization") } },
        "created_at": text("created", "2026-11-22T05:30:00Z"),
        "merged_at": event["merged_as"].as_str().map(|_| "2026-11-22T05:45:00Z"),
        "merge_commit_sha": event["merged_as"].as_str().map(|m| if m == "head" { head } else { m }),
    })
}

/// What GitLab says, all in variables.
fn gitlab(event: &Value, head: &str) -> Event {
    let text = |key: &str, default: &str| event[key].as_str().unwrap_or(default).to_owned();
    let own = event["own_branch"] == true;
    let facts = GitLabFacts {
        server: text("server", "https://gitlab.com"),
        visibility: text("visibility", "public"),
        project: "registry/data".to_owned(),
        default_branch: "main".to_owned(),
        number: "7".to_owned(),
        target_project: "1".to_owned(),
        source_project: if own { "1" } else { "2" }.to_owned(),
        target_branch: text("base", "main"),
        head: head.to_owned(),
    };
    facts.event()
}

/// The event of a case, if it has one.
pub fn event(event: &Value, head: &str) -> Option<Event> {
    if event["kind"] == "gitlab" {
        return Some(gitlab(event, head));
    }
    let private = event["private"] == true;
    let visibility = event["visibility"].as_str();
    let visibility = visibility.unwrap_or(if private { "private" } else { "public" });
    let mut payload = json!({
        "repository": { "id": 1, "full_name": "registry/data", "private": private,
                        "visibility": visibility, "default_branch": "main" },
        "sender": { "login": "mallory", "id": 666, "type": "User" },
    });
    match event["kind"].as_str().unwrap_or("pull_request") {
        "pull_request" => payload["pull_request"] = pull(event, head),
        "merge_group" => payload["merge_group"] = json!({ "head_sha": head }),
        _ => payload["after"] = json!(head),
    }
    let server = event["server"].as_str().unwrap_or("https://github.com");
    event.is_object().then(|| parse_event(payload.to_string().as_bytes(), server).unwrap())
}
