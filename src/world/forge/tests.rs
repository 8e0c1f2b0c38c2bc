//! The three dialects against scripted answers.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::api::Api;
use super::{Forge, ForgeKind, GitHubLike, GitLab, NewChange, Subject};
use crate::world::clock::Clock;
use crate::world::http::{Ask, Exchange, HttpError, Reply, Secret};

type Script = Arc<Mutex<Vec<Ask>>>;

/// Answers with what a function returns: a status and a body.
struct Fake<F>(Script, F);

impl<F: Fn(&str, &str) -> (u16, Value) + Send + Sync> Exchange for Fake<F> {
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError> {
        self.0.lock().unwrap().push(ask.clone());
        let path = ask.url.strip_prefix("https://api.example/").unwrap();
        let (status, body) = (self.1)(ask.verb.as_str(), path);
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = body.to_string().into_bytes();
        Ok(Reply { status, headers, body, whole: true, ..Reply::default() })
    }
}

fn secret() -> Secret {
    Secret::new("t0ken").unwrap()
}

/// Answers nothing, because nothing may be asked.
fn nothing(_: &str, path: &str) -> (u16, Value) {
    panic!("{path} is asked")
}

fn made(
    kind: ForgeKind,
    answer: impl Fn(&str, &str) -> (u16, Value) + Send + Sync + 'static,
) -> (Box<dyn Forge>, Script) {
    let script = Script::default();
    let fake = Box::new(Fake(Arc::clone(&script), answer));
    let api = "https://api.example/";
    let forge: Box<dyn Forge> = match kind {
        ForgeKind::GitLab => Box::new(GitLab::new(api, "group/sub/p", secret(), fake)),
        kind => Box::new(GitHubLike::new(kind, api, "o/r?x", secret(), fake)),
    };
    (forge, script)
}

/// What was sent: the verb, the path and the body.
fn sent(script: &Script) -> Vec<String> {
    let line = |ask: &Ask| {
        let path = ask.url.strip_prefix("https://api.example/").unwrap();
        let body = ask.body.clone().map(|b| format!(" {}", String::from_utf8(b).unwrap()));
        format!("{} {path}{}", ask.verb.as_str(), body.unwrap_or_default())
    };
    script.lock().unwrap().iter().map(line).collect()
}

#[test]
fn the_token_is_a_header_and_never_shown() {
    for (kind, header) in [
        (ForgeKind::GitHub, ("Authorization", "Bearer t0ken")),
        (ForgeKind::Forgejo, ("Authorization", "Bearer t0ken")),
        (ForgeKind::GitLab, ("PRIVATE-TOKEN", "t0ken")),
    ] {
        let (forge, script) = made(kind, |_, _| (403, json!({ "message": "no" })));
        let error = forge.add_comment(Subject::Change(7), "x").unwrap_err();
        assert!(matches!(&error, HttpError::Status { status: 403, detail, .. } if detail == "no"));
        assert!(!format!("{error} {error:?}").contains("t0ken"));
        let ask = script.lock().unwrap()[0].clone();
        assert!(ask.headers.contains(&(header.0.to_owned(), header.1.to_owned())));
        assert!(!ask.url.contains("t0ken"));
    }
    let fake = Box::new(Fake(Script::default(), nothing));
    let api = GitLab::new("https://x", "p", secret(), fake);
    assert!(!format!("{api:?}").contains("t0ken"));
}

#[test]
fn a_token_is_not_sent_without_encryption() {
    let fake = Fake(Script::default(), nothing);
    let forge = GitLab::new("http://gitlab.example", "p", secret(), Box::new(fake));
    let error = forge.labels(Subject::Change(1)).unwrap_err();
    assert!(matches!(error, HttpError::Refused { .. }), "{error}");
}

#[test]
fn a_repository_and_a_label_are_encoded() {
    let (forge, script) = made(ForgeKind::GitHub, |_, _| (200, json!([])));
    forge.change_labels(Subject::Issue(3), &["a b"], &["x/y?"]).unwrap();
    assert_eq!(
        sent(&script),
        [
            "DELETE repos/o/r%3Fx/issues/3/labels/x%2Fy%3F",
            "POST repos/o/r%3Fx/issues/3/labels {\"labels\":[\"a b\"]}",
        ]
    );
    let (forge, script) = made(ForgeKind::GitLab, |_, _| (200, json!({ "labels": ["a", 7] })));
    assert_eq!(forge.labels(Subject::Change(3)).unwrap(), ["a"]);
    forge.change_labels(Subject::Change(3), &["b", "c"], &["a"]).unwrap();
    assert_eq!(
        sent(&script),
        [
            "GET projects/group%2Fsub%2Fp/merge_requests/3",
            "PUT projects/group%2Fsub%2Fp/merge_requests/3 {\"add_labels\":\"b,c\",\"remove_labels\":\"a\"}",
        ]
    );
}

#[test]
fn forgejo_knows_labels_by_number_and_gets_those_that_it_lacks() {
    let (forge, script) = made(ForgeKind::Forgejo, |verb, path| match (verb, path) {
        ("GET", path) if path.starts_with("repos/o/r%3Fx/labels") => {
            (200, json!([{ "id": 5, "name": "status" }]))
        }
        ("GET", _) => (200, json!([{ "id": 1, "name": "old" }, { "id": 2, "name": "kept" }])),
        ("POST", "repos/o/r%3Fx/labels") => (201, json!({ "id": 9 })),
        ("DELETE", _) => (404, json!({})),
        _ => (200, json!([])),
    });
    forge.change_labels(Subject::Change(3), &["status", "new", "kept"], &["old", "no"]).unwrap();
    assert_eq!(
        sent(&script),
        [
            "GET repos/o/r%3Fx/issues/3/labels?limit=50&page=1",
            "DELETE repos/o/r%3Fx/issues/3/labels/1",
            "GET repos/o/r%3Fx/labels?limit=50&page=1",
            "POST repos/o/r%3Fx/labels {\"color\":\"#ededed\",\"name\":\"new\"}",
            "POST repos/o/r%3Fx/issues/3/labels {\"labels\":[5,9]}",
        ]
    );
}

#[test]
fn a_thousand_comments_are_read_and_no_more() {
    let (forge, script) = made(ForgeKind::GitHub, |_, path| {
        let page: u64 = path.rsplit_once('=').unwrap().1.parse().unwrap();
        let item = |i: u64| json!({ "id": page * 1000 + i, "body": "é".repeat(5000) });
        (200, (0..100).map(item).collect())
    });
    let comments = forge.comments(Subject::Change(1)).unwrap();
    assert_eq!((comments.len(), script.lock().unwrap().len()), (1000, 10));
    assert!(comments.iter().all(|comment| comment.body.chars().count() == 1000));
    // Forgejo hands out all of them at once, whatever page is asked for.
    let (forge, script) = made(ForgeKind::Forgejo, |_, path| match path {
        "user" => (403, json!({})),
        _ => (200, (0..120).map(|i| json!({ "id": i, "body": "x" })).collect()),
    });
    assert_eq!(forge.comments(Subject::Change(1)).unwrap().len(), 120);
    assert_eq!(script.lock().unwrap().len(), 3);
}

#[test]
fn own_comments_are_known_by_their_author() {
    let own = |kind, account: (u16, Value), comments: Value| {
        let (forge, _) = made(kind, move |_, path| match path {
            "user" => account.clone(),
            _ => (200, comments.clone()),
        });
        let comments = forge.comments(Subject::Change(1)).unwrap();
        comments.iter().map(|comment| comment.own).collect::<Vec<_>>()
    };
    let user = |user: Value| json!({ "id": 1, "body": "x", "user": user });
    let listed = json!([
        user(json!({ "type": "User", "id": 5 })),
        user(json!({ "type": "Bot", "id": -2 })),
        user(json!("Bot")),
        { "id": "1", "body": "x" },
        "x",
    ]);
    let none = (500, Value::Null);
    assert_eq!(own(ForgeKind::GitHub, none, listed.clone()), [false, true, false]);
    let five = (200, json!({ "id": 5 }));
    assert_eq!(own(ForgeKind::Forgejo, five.clone(), listed.clone()), [true, true, false]);
    let none = (403, Value::Null);
    assert_eq!(own(ForgeKind::Forgejo, none, listed), [false, true, false]);
    let note = |author: u64, system: bool| json!({ "id": 1, "body": "x", "author": { "id": author }, "system": system });
    let notes = json!([note(5, false), note(5, true), note(6, false), { "id": 4, "body": "x" }]);
    assert_eq!(own(ForgeKind::GitLab, five, notes), [true, false, false, false]);
}

#[test]
fn an_open_change_is_found_again() {
    let change = NewChange {
        branch: "mcp-static/request-1".to_owned(),
        base: "main".to_owned(),
        title: "t".to_owned(),
        body: "b".to_owned(),
    };
    let pull = |repository: &str, url: &str| {
        json!({
            "head": { "ref": "mcp-static/request-1", "repo": { "full_name": repository } },
            "base": { "ref": "main" }, "html_url": url, "number": 9,
        })
    };
    for (kind, status) in [(ForgeKind::GitHub, 422), (ForgeKind::Forgejo, 409)] {
        // A fork may have a branch of the same name.
        let open = json!([pull("fork/r", "https://wrong"), pull("o/r?x", "https://right")]);
        let (forge, script) = made(kind, move |verb, _| match verb {
            "GET" => (200, open.clone()),
            "PATCH" => (200, json!({})),
            _ => (status, json!({})),
        });
        assert_eq!(forge.open_change(&change).unwrap(), "https://right");
        let renewed = sent(&script).last().unwrap().clone();
        let text = "{\"body\":\"b\",\"title\":\"t\"}";
        assert_eq!(renewed, format!("PATCH repos/o/r%3Fx/pulls/9 {text}"));
        let (forge, _) = made(kind, move |verb, _| match verb {
            "GET" => (200, json!([pull("fork/r", "https://wrong")])),
            _ => (status, json!({ "message": "no" })),
        });
        let error = forge.open_change(&change).unwrap_err();
        assert!(matches!(error, HttpError::Status { status: s, .. } if s == status), "{error}");
        let (forge, _) = made(kind, |_, _| (201, json!({ "html_url": "https://new" })));
        assert_eq!(forge.open_change(&change).unwrap(), "https://new");
    }
    let (forge, script) = made(ForgeKind::GitLab, |verb, _| match verb {
        "GET" => {
            let of = |url: &str, number: u64, project: Value| {
                json!({
                    "web_url": url, "iid": number, "source_project_id": project, "target_project_id": 3,
                })
            };
            let (fork, gone) =
                (of("https://wrong", 8, json!(4)), of("https://gone", 7, Value::Null));
            (200, json!([fork, gone, of("https://right", 9, json!(3))]))
        }
        "PUT" => (200, json!({})),
        _ => (409, json!({ "message": ["Another open merge request already exists"] })),
    });
    assert_eq!(forge.open_change(&change).unwrap(), "https://right");
    assert_eq!(
        sent(&script)[1],
        "GET projects/group%2Fsub%2Fp/merge_requests?state=opened&source_branch=mcp-static%2Frequest-1&target_branch=main&per_page=100&page=1"
    );
    let text = "{\"description\":\"b\",\"title\":\"t\"}";
    assert_eq!(sent(&script)[2], format!("PUT projects/group%2Fsub%2Fp/merge_requests/9 {text}"));
}

#[test]
fn answers_that_are_not_the_api_s_are_errors() {
    for kind in [ForgeKind::GitHub, ForgeKind::Forgejo, ForgeKind::GitLab] {
        for answer in [json!("x"), json!([]), json!({}), json!({ "head": 1, "sha": "--x" })] {
            let (forge, _) = made(kind, move |_, _| (200, answer.clone()));
            let error = forge.head(1).unwrap_err();
            assert!(error.to_string().contains("not as this API documents it"), "{error}");
        }
        let (forge, _) = made(kind, |_, _| (200, json!({ "id": 1 })));
        assert!(forge.comments(Subject::Issue(1)).is_err());
    }
}

/// A clock that keeps what was waited, in seconds.
#[derive(Default)]
struct Waits(Arc<Mutex<Vec<u64>>>);

impl Clock for Waits {
    fn now(&self) -> i64 {
        0
    }

    fn sleep(&self, time: Duration) {
        self.0.lock().unwrap().push(time.as_secs());
    }
}

struct Busy(Mutex<Vec<(u16, Option<&'static str>)>>);

impl Exchange for Busy {
    fn send(&self, _: &Ask) -> Result<Reply, HttpError> {
        let (status, wait) = self.0.lock().unwrap().remove(0);
        let headers =
            wait.iter().map(|wait| ("retry-after".to_owned(), (*wait).to_owned())).collect();
        Ok(Reply { status, headers, body: b"{}".to_vec(), whole: true, ..Reply::default() })
    }
}

#[test]
fn a_busy_server_is_asked_again_twice() {
    let run = |post: bool, answers: &[(u16, Option<&'static str>)]| {
        let waits = Arc::new(Mutex::new(Vec::new()));
        let exchange = Box::new(Busy(Mutex::new(answers.to_vec())));
        let mut api = Api::new("https://x".to_owned(), ("A", "b".to_owned()), exchange);
        api.clock = Box::new(Waits(Arc::clone(&waits)));
        let verb =
            if post { crate::world::http::Verb::Post } else { crate::world::http::Verb::Put };
        let status = match api.write(verb, "/y", &json!({})) {
            Ok(_) => 200,
            Err(HttpError::Status { status, .. }) => status,
            Err(e) => panic!("{e}"),
        };
        (status, waits.lock().unwrap().clone())
    };
    assert_eq!(
        run(true, &[(429, Some("7")), (503, Some("9999")), (200, None)]),
        (200, vec![7, 60])
    );
    assert_eq!(run(false, &[(502, None), (503, Some("soon")), (503, None)]), (503, vec![1, 2]));
    assert_eq!(run(true, &[(502, None)]), (502, vec![]));
    assert_eq!(run(true, &[(403, None)]), (403, vec![]));
    assert_eq!(run(true, &[(403, Some("1")), (200, None)]), (200, vec![1]));
    assert_eq!(run(true, &[(500, None)]), (500, vec![]));
}

#[test]
fn a_comment_is_no_command_to_gitlab() {
    let (forge, script) = made(ForgeKind::GitLab, |_, _| (201, json!({})));
    forge.add_comment(Subject::Change(3), "a / b\n/merge\r\n  /approve\n- /x").unwrap();
    forge.edit_comment(Subject::Change(3), 4, "/close").unwrap();
    assert_eq!(
        sent(&script),
        [
            "POST projects/group%2Fsub%2Fp/merge_requests/3/notes {\"body\":\"a / b\\n&#47;merge\\r\\n&#47;approve\\n- /x\"}",
            "PUT projects/group%2Fsub%2Fp/merge_requests/3/notes/4 {\"body\":\"&#47;close\"}",
        ]
    );
}
