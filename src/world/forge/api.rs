//! One JSON API: requests with the token, repeated where that helps, and lists of many pages.

use std::time::Duration;

use serde_json::Value;

use crate::text::is_hex;
use crate::world::clock::{Clock, SystemClock};
use crate::world::http::{Ask, Exchange, HttpError, Reply, Url, Verb, summary};

use super::{Comment, MAX_ITEMS};

/// How often a request is sent that a busy server refuses.
const ATTEMPTS: u32 = 3;

/// Longest wait before a request is repeated, in seconds.
const MAX_WAIT: u64 = 60;

/// Most characters that are kept of a comment: enough to recognise it by its first line.
const COMMENT_START: usize = 1000;

/// Most bytes of a failed answer that are read for the message.
const MAX_DETAIL: usize = 4096;

/// The API of one repository.
pub(super) struct Api {
    /// Without a slash at the end.
    base: String,
    /// Sent with each request; the token is among them.
    headers: Vec<(String, String)>,
    exchange: Box<dyn Exchange>,
    pub(super) clock: Box<dyn Clock>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Api {
    /// Makes the API at `base`; `token` is the header that holds the token.
    pub(super) fn new(base: String, token: (&str, String), exchange: Box<dyn Exchange>) -> Self {
        let headers = vec![
            ("Accept".to_owned(), "application/json".to_owned()),
            (token.0.to_owned(), token.1),
        ];
        Self { base, headers, exchange, clock: Box::new(SystemClock::default()) }
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, HttpError> {
        let reply = self.send(Verb::Get, path, None)?;
        serde_json::from_slice(&reply.body).map_err(|_| self.unexpected(path, "it is not JSON"))
    }

    /// Sends `body`, and returns the answer; null when that is not JSON.
    pub(super) fn write(&self, verb: Verb, path: &str, body: &Value) -> Result<Value, HttpError> {
        let reply = self.send(verb, path, Some(body))?;
        Ok(serde_json::from_slice(&reply.body).unwrap_or_default())
    }

    /// Deletes something; that it is gone already is a success.
    pub(super) fn delete(&self, path: &str) -> Result<(), HttpError> {
        match self.send(Verb::Delete, path, None) {
            Ok(_) | Err(HttpError::Status { status: 404, .. }) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Reads the items of a list, at most a thousand, until `keep` returns false. `size` is the parameter for the size
    /// of a page, and its value.
    pub(super) fn list(
        &self,
        path: &str,
        size: (&str, usize),
        mut keep: impl FnMut(&Value) -> bool,
    ) -> Result<(), HttpError> {
        let question = if path.contains('?') { '&' } else { '?' };
        let (mut seen, mut first) = (0, Value::Null);
        for page in 1..=MAX_ITEMS.div_ceil(size.1) {
            let path = format!("{path}{question}{}={}&page={page}", size.0, size.1);
            let Value::Array(items) = self.get(&path)? else {
                return Err(self.unexpected(&path, "it is not a list"));
            };
            // A list that does not come in pages is the same on each.
            let start = items.first().and_then(|item| item.get("id")).cloned().unwrap_or_default();
            if page > 1 && start == first {
                return Ok(());
            }
            first = start;
            for item in &items {
                seen += 1;
                if seen > MAX_ITEMS || !keep(item) {
                    return Ok(());
                }
            }
            if items.len() < size.1 {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Returns the comments of a list; `is_own` knows those of the token's account.
    pub(super) fn comments(
        &self,
        path: &str,
        size: (&str, usize),
        is_own: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Comment>, HttpError> {
        let mut found = Vec::new();
        self.list(path, size, |item| {
            let body = item.get("body").and_then(Value::as_str).unwrap_or_default();
            found.extend(item.get("id").and_then(Value::as_u64).map(|id| Comment {
                id,
                own: is_own(item),
                body: body.chars().take(COMMENT_START).collect(),
            }));
            true
        })?;
        Ok(found)
    }

    /// Returns the error for an answer that is not what the API documents.
    pub(super) fn unexpected(&self, path: &str, what: &str) -> HttpError {
        HttpError::Status {
            url: format!("{}{path}", self.base),
            status: 200,
            retry_after: None,
            detail: format!("the answer is not as this API documents it: {what}"),
        }
    }

    /// Returns a text of an answer.
    pub(super) fn text(&self, answer: &Value, pointer: &str) -> Result<String, HttpError> {
        let text = answer.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned).ok_or_else(|| self.unexpected("", &format!("{pointer} is missing")))
    }

    /// Returns the commit id at a place of an answer.
    pub(super) fn commit(&self, path: &str, pointer: &str) -> Result<String, HttpError> {
        let id = self.text(&self.get(path)?, pointer)?;
        let is_commit = is_hex(&id, 40) || is_hex(&id, 64);
        is_commit
            .then_some(id)
            .ok_or_else(|| self.unexpected(path, &format!("{pointer} is not a commit id")))
    }

    fn send(&self, verb: Verb, path: &str, body: Option<&Value>) -> Result<Reply, HttpError> {
        let url = format!("{}{path}", self.base);
        let refused = |why: &str| HttpError::Refused { url: url.clone(), why: why.to_owned() };
        // The token must not be read on its way, whatever the exchange allows.
        let parsed = Url::parse(&url).map_err(|why| refused(&format!("its URL {why}")))?;
        if let Some(why) = parsed.objection() {
            return Err(refused(why));
        }
        let mut headers = self.headers.clone();
        if body.is_some() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        let body = body.map(|body| body.to_string().into_bytes());
        let ask = Ask { verb, url: url.clone(), headers, body };
        let mut attempt = 1;
        loop {
            let reply = self.exchange.send(&ask)?;
            let limit = reply.body.len() as u64;
            match reply.status {
                200..=299 if reply.whole => return Ok(reply),
                200..=299 => return Err(HttpError::TooLarge { url, limit }),
                _ => {}
            }
            let retry_after = reply.header("retry-after").map(str::to_owned);
            if attempt == ATTEMPTS || !may_repeat(verb, reply.status, retry_after.is_some()) {
                return Err(failure(url, &reply, retry_after));
            }
            let wait = retry_after.and_then(|text| text.trim().parse::<u64>().ok());
            let wait = wait.unwrap_or(u64::from(attempt)).min(MAX_WAIT);
            self.clock.sleep(Duration::from_secs(wait));
            attempt += 1;
        }
    }
}

/// Whether a request is sent again after this answer. What a gateway lost on its way back may have been written, so it
/// is not written twice.
fn may_repeat(verb: Verb, status: u16, has_wait: bool) -> bool {
    match status {
        429 | 503 => true,
        502 => verb != Verb::Post,
        // GitHub's limit for many requests in a short time.
        403 => has_wait,
        _ => false,
    }
}

fn failure(url: String, reply: &Reply, retry_after: Option<String>) -> HttpError {
    let body = &reply.body[..reply.body.len().min(MAX_DETAIL)];
    let detail = summary(reply.header("content-type").unwrap_or_default(), body);
    HttpError::Status { url, status: reply.status, retry_after, detail }
}
