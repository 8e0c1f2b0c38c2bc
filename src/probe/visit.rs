//! One request of one client, with its redirects followed as that client follows them.
//!
//! A visit continues after a fault and collects every fault: a web view stops at a hop without CORS, but
//! what follows is reported too. A redirect from https to plain http is noted, and https is used instead.

use std::rc::Rc;

use super::body::BodyKind;
use super::clients::Client;
use super::session::{Response, Session};
use crate::model::probe::{Grade, Problem, Trouble};
use crate::world::http::{Ask, HttpError, Reply, Url};

/// The result of a request.
#[derive(Debug)]
pub(super) struct Visit {
    /// The request, with the status of every hop.
    request: String,
    /// The last answer; `None` when there was none.
    pub(super) end: Option<Rc<Response>>,
    /// Faults of the hops, not of the last answer.
    pub(super) problems: Vec<Problem>,
    client: &'static Client,
    hops: usize,
}

/// Troubles that also count for the CORS column.
pub(super) const CORS: [Trouble; 3] =
    [Trouble::Cors, Trouble::CorsOnRedirect, Trouble::CorsOnMissing];

impl Visit {
    /// Sends what `client` sends for `target`, a path and query below the base URL.
    pub(super) fn new(session: &Session<'_>, client: &'static Client, target: &str) -> Self {
        let request = format!("GET {target}");
        let mut visit = Self { request, end: None, problems: Vec::new(), client, hops: 0 };
        // Xcode's plugin joins without looking for a slash (code).
        let joint = if client.id == "xcode" && session.base.slash { "/" } else { "" };
        let start = format!("{}{joint}{target}", session.base.trimmed);
        visit.walk(session, start);
        // VS Code took the public registry instead (issue vscode#283525).
        if session.base.given.contains('\\') {
            visit.say(Trouble::BaseIsOdd, Grade::Fails, session.base.given.clone());
        }
        if !session.base.is_safe() {
            let grade = if client.https_only { Grade::Fails } else { Grade::Partly };
            visit.say(Trouble::PlainHttp, grade, session.base.trimmed.clone());
        }
        visit
    }

    /// Follows redirects until there are no more, or the client stops.
    fn walk(&mut self, session: &Session<'_>, mut at: String) {
        loop {
            let headers = self.client.headers.iter().copied();
            let origin = self.client.origin.map(|origin| ("Origin", origin));
            let headers = headers.chain(origin).map(|(n, v)| (n.to_owned(), v.to_owned()));
            let ask = Ask { url: at.clone(), headers: headers.collect(), ..Ask::default() };
            let answer = match session.send(ask) {
                Ok(answer) => answer,
                Err(e) => return self.no_answer(&e),
            };
            self.request.push_str(&format!(" → {}", answer.reply.status));
            self.check_cors(&answer.reply);
            let location = answer.reply.location().map(str::to_owned);
            self.end = Some(answer);
            let Some(location) = location else { return };
            match self.next(session, &at, &location) {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    /// Returns the URL that this client follows a redirect to; `None` when it stops.
    fn next(&mut self, session: &Session<'_>, at: &str, location: &str) -> Option<String> {
        let stop = |visit: &mut Self, trouble, detail: String| {
            visit.say(trouble, Grade::Fails, detail);
            None
        };
        if self.client.redirects == 0 {
            return stop(self, Trouble::RedirectRefused, format!("Location: {location}"));
        }
        self.hops += 1;
        if self.hops > self.client.redirects {
            return stop(self, Trouble::RedirectLoop, format!("Location: {location}"));
        }
        let from = Url::parse(at).ok()?;
        let Ok(mut next) = from.join(location) else {
            return stop(self, Trouble::RedirectBroken, format!("Location: {location}"));
        };
        if from.redirect_objection(&next).is_some() {
            let grade = if self.client.https_only { Grade::Fails } else { Grade::Partly };
            self.say(Trouble::RedirectToHttp, grade, format!("Location: {location}"));
            next = Url::parse(&next.to_string().replacen("http:", "https:", 1)).ok()?;
        }
        if next.is_loopback() && !session.base.is_loopback() {
            return stop(self, Trouble::RedirectInside, format!("Location: {location}"));
        }
        let next = next.to_string();
        if at.contains('?') && !next.contains('?') {
            self.say(Trouble::RedirectDropsQuery, Grade::Partly, format!("Location: {location}"));
        }
        Some(next)
    }

    fn no_answer(&mut self, e: &HttpError) {
        self.request.push_str(" → no answer");
        let trouble = match e {
            HttpError::Refused { .. } if self.hops > 0 => Trouble::RedirectInside,
            _ => Trouble::NoAnswer,
        };
        self.end = None;
        self.say(trouble, Grade::Fails, e.to_string());
    }

    /// Checks a hop as a web view does: it requires its own origin or `*`, sent once.
    fn check_cors(&mut self, reply: &Reply) {
        let Some(origin) = self.client.origin else { return };
        let name = "access-control-allow-origin";
        let sent: Vec<&str> =
            reply.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect();
        let detail = match sent.as_slice() {
            [one] if *one == "*" || *one == origin => return,
            [] => String::new(),
            [one] => format!("Access-Control-Allow-Origin: {one}"),
            many => format!("Access-Control-Allow-Origin is sent {} times", many.len()),
        };
        let trouble = match reply.status {
            300..=399 => Trouble::CorsOnRedirect,
            400..=599 => Trouble::CorsOnMissing,
            _ => Trouble::Cors,
        };
        self.say(trouble, Grade::Fails, detail);
    }

    /// Notes a fault of a hop, once.
    fn say(&mut self, trouble: Trouble, grade: Grade, detail: String) {
        if !self.problems.iter().any(|known| known.is(trouble)) {
            self.problems.push(self.problem(trouble, grade, detail));
        }
    }

    /// Returns a fault of this visit.
    pub(super) fn problem(&self, trouble: Trouble, grade: Grade, detail: String) -> Problem {
        Problem::new(trouble, grade, self.request.clone(), detail)
    }

    /// Returns the status of the last answer; 0 when there is none.
    pub(super) fn status(&self) -> u16 {
        self.end.as_ref().map_or(0, |end| end.reply.status)
    }

    /// Whether the requested path begins with `path`.
    pub(super) fn asks(&self, path: &str) -> bool {
        self.request.strip_prefix("GET ").is_some_and(|target| target.starts_with(path))
    }

    /// Returns the requested path if a query follows it.
    pub(super) fn query_of_list(&self) -> Option<&str> {
        Some(self.request.strip_prefix("GET ")?.split_once('?')?.0)
    }

    /// Whether the last answer has a 2xx status.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// Returns what is wrong with the status of the last answer; a 404 is `missing`.
    pub(super) fn status_problem(&self, missing: Trouble) -> Option<Problem> {
        let end = self.end.as_ref()?;
        let trouble = match end.reply.status {
            200..=299 => return None,
            300..=399 if self.client.redirects == 0 => return None, // said already
            404 => missing,
            401 => Trouble::LoginRequired,
            403 if is_object_store(end) => Trouble::S3Forbidden,
            403 => Trouble::Forbidden,
            429 => Trouble::RateLimited,
            500..=599 => Trouble::ServerError,
            _ => Trouble::OddStatus,
        };
        Some(self.problem(trouble, Grade::Fails, kind(end)))
    }

    /// Returns what is wrong with the body of the last answer if JSON is expected. A byte order mark is
    /// left to the reader.
    pub(super) fn body_problem(&self) -> Option<Problem> {
        let end = self.end.as_ref().filter(|_| self.is_success())?;
        if !end.body.whole {
            let detail = format!("more than {} MiB", end.body.bytes.len() >> 20);
            return Some(self.problem(Trouble::TooLarge, Grade::Fails, detail));
        }
        let encoding = end.reply.header("content-encoding").filter(|e| *e != "identity");
        let (trouble, detail) = match &end.body.form {
            BodyKind::Json(_) => return None,
            BodyKind::Other(_) if encoding.is_some() => (Trouble::UnaskedEncoding, kind(end)),
            BodyKind::Page => (Trouble::WebPageInstead, kind(end)),
            BodyKind::Xml => (Trouble::XmlInstead, kind(end)),
            BodyKind::Empty => (Trouble::EmptyBody, kind(end)),
            BodyKind::Other(why) => (Trouble::NotJson, why.clone()),
        };
        Some(self.problem(trouble, Grade::Fails, detail))
    }
}

fn is_object_store(answer: &Response) -> bool {
    let server = answer.reply.header("server").unwrap_or_default();
    server.eq_ignore_ascii_case("AmazonS3") || answer.body.is_store_error()
}

/// Returns the content type for messages.
fn kind(answer: &Response) -> String {
    match answer.reply.header("content-type") {
        Some(kind) => format!("Content-Type: {kind}"),
        None => "no Content-Type".to_owned(),
    }
}
