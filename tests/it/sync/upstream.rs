//! A registry that lives in memory, changes as real ones do, and fails when it is told to.

use std::cell::Cell;
use std::sync::{Arc, Mutex};

use mcp_static::internals::model::Timestamp;
use mcp_static::internals::world::http::{Http, HttpError, Request, Response};
use serde_json::{Value, json};

use crate::probe::host::{Asked, Said, serve};

pub(crate) const BASE: &str = "https://upstream.example.com";

/// Most records of a page; small, so that there are many pages.
const PAGE: usize = 7;

/// One version.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) published: i64,
    pub(crate) updated: i64,
    pub(crate) status: &'static str,
    pub(crate) latest: bool,
}

impl Record {
    pub(crate) fn json(&self) -> Value {
        let date = |unix| Timestamp::from_unix(unix).to_string();
        json!({
            "server": {
                "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
                "name": self.name, "description": "A server", "version": self.version,
                "remotes": [{
                    "type": "streamable-http",
                    "url": format!("https://{}.example.com/mcp", self.name.replace(['/', '.'], "-")),
                }],
            },
            "_meta": { "io.modelcontextprotocol.registry/official": {
                "status": self.status, "isLatest": self.latest,
                "publishedAt": date(self.published), "updatedAt": date(self.updated),
                "statusChangedAt": date(self.updated),
            }},
        })
    }
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Silence,
    Status(u16),
    Garbage,
    Truncated,
    SameCursor,
}

/// The registry.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) records: Vec<Record>,
    /// What happens to the next requests, in turn.
    pub(crate) faults: Mutex<Vec<Option<Fault>>>,
    /// Whether it refuses `updated_since`, as static hosts that look at the query do.
    pub(crate) plain: bool,
    /// Whether it answers a question for versions with an empty list.
    pub(crate) hollow: bool,
    asked: Mutex<Vec<String>>,
}

impl World {
    /// Publishes a version, which becomes the latest. The one before loses that, and its date stays.
    pub(crate) fn publish(&mut self, name: &str, version: &str, now: i64) {
        for record in self.records.iter_mut().filter(|it| it.name == name) {
            record.latest = false;
        }
        let (name, version) = (name.to_owned(), version.to_owned());
        let (published, updated) = (now, now);
        self.records.push(Record {
            name,
            version,
            published,
            updated,
            status: "active",
            latest: true,
        });
    }

    /// Sets the status of a version. When it was the latest and is deleted, the one before becomes the latest.
    pub(crate) fn set(&mut self, name: &str, version: &str, status: &'static str, now: i64) {
        for record in &mut self.records {
            if record.name == name && record.version == version {
                (record.status, record.updated) = (status, now);
            }
        }
        let of = |record: &&mut Record| record.name == name;
        for record in self.records.iter_mut().filter(|it| it.name == name) {
            record.latest = false;
        }
        let newest = self
            .records
            .iter_mut()
            .filter(of)
            .max_by_key(|it| (it.status != "deleted", it.published));
        if let Some(record) = newest {
            record.latest = true;
        }
    }

    /// Requests since this was asked last.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn list(&self, query: &[(String, String)], fault: Option<Fault>) -> Result<Value, u16> {
        let get = |key: &str| query.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let since = match get("updated_since") {
            Some(_) if self.plain => return Err(422),
            Some(text) => Some(Timestamp::parse(text).ok_or(400_u16)?.unix()),
            None => None,
        };
        let deleted = since.is_some() || get("include_deleted") == Some("true");
        let mut found: Vec<&Record> = self.records.iter().collect();
        found.retain(|it| since.is_none_or(|since| it.updated > since));
        found.retain(|it| deleted || it.status != "deleted");
        let key = |it: &Record| format!("{}:{}", it.name, it.version);
        found.sort_by_key(|it| key(it));
        let after = get("cursor").unwrap_or_default();
        let rest: Vec<&&Record> = found.iter().filter(|it| key(it).as_str() > after).collect();
        let page: Vec<Value> = rest.iter().take(PAGE).map(|it| it.json()).collect();
        let mut metadata = json!({ "count": page.len() });
        if fault == Some(Fault::SameCursor) && !after.is_empty() {
            metadata["nextCursor"] = json!(after);
        } else if rest.len() > PAGE {
            metadata["nextCursor"] = json!(key(rest[PAGE - 1]));
        }
        Ok(json!({ "servers": page, "metadata": metadata }))
    }

    fn versions(&self, name: &str) -> Result<Value, u16> {
        let of: Vec<Value> =
            self.records.iter().filter(|it| it.name == name).map(Record::json).collect();
        if self.hollow {
            return Ok(json!({ "servers": [], "metadata": { "count": 0 } }));
        }
        if of.is_empty() {
            Err(404)
        } else {
            Ok(json!({ "servers": of, "metadata": { "count": of.len() } }))
        }
    }
}

impl Http for World {
    fn get(&self, url: &str, _: &Request) -> Result<Response, HttpError> {
        self.asked.lock().unwrap().push(url.to_owned());
        let turn = self.faults.lock().unwrap();
        let fault = { turn }.pop().flatten();
        let status = |status| HttpError::Status {
            url: url.to_owned(),
            status,
            retry_after: (status == 429).then(|| "2".to_owned()),
            detail: String::new(),
        };
        match fault {
            Some(Fault::Silence) => {
                return Err(HttpError::NoAnswer { url: url.to_owned(), why: "broken".to_owned() });
            }
            Some(Fault::Status(code)) => return Err(status(code)),
            _ => {}
        }
        let path = &url[url.find("/v0.1/").unwrap()..];
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let decode = |text: &str| percent(text);
        let query: Vec<(String, String)> = query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .map(|(key, value)| (key.to_owned(), decode(value)))
            .collect();
        let answer = match path.strip_prefix("/v0.1/servers").unwrap() {
            "" => self.list(&query, fault),
            rest => self.versions(&decode(rest[1..].strip_suffix("/versions").unwrap())),
        };
        let mut body = answer.map_err(status)?.to_string().into_bytes();
        match fault {
            Some(Fault::Garbage) => body = b"<html>busy</html>".to_vec(),
            Some(Fault::Truncated) => body.truncate(body.len() / 2),
            _ => {}
        }
        let content_type = "application/json".to_owned();
        Ok(Response { url: url.to_owned(), content_type, body })
    }
}

fn percent(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(b) = rest.next() {
        match b {
            b'%' => {
                let hex: String =
                    [rest.next(), rest.next()].into_iter().flatten().map(char::from).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            }
            b => bytes.push(b),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// A number below `sides`.
    pub(crate) fn roll(&self, sides: usize) -> usize {
        let next = self
            .0
            .get()
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.set(next);
        (next >> 33) as usize % sides
    }
}

/// Serves a world on this computer, and returns its base URL.
pub(crate) fn listen(world: Arc<Mutex<World>>) -> String {
    serve(Arc::new(move |asked: &Asked| {
        let request = Request { accept: "", bearer: None, limit: u64::MAX, fresh: false };
        let answer = world.lock().unwrap().get(&asked.target, &request);
        match answer {
            Ok(answer) => {
                Said::new(200, "application/json", String::from_utf8(answer.body).unwrap())
            }
            Err(HttpError::Status { status, .. }) => Said::new(status, "application/json", "{}"),
            Err(e) => Said::new(500, "text/plain", e.to_string()),
        }
    }))
}
