//! What the entries of a catalog name: server cards, `server.json` files and more catalogs.
//!
//! A catalog is written by strangers, so it cannot make an import request what it likes: only https, no redirects,
//! no private addresses except on the host that the user named, each URL once, four levels, and limits on number
//! and size. The token goes to the host that the user named and to no other.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result as Outcome};
use crate::world::http::{Ask, Exchange, Http, Request, Secret, Url, shown};

use super::found::Found;
use super::record::{Reason, Unreadable};
use super::shape::{Link, Linked, Shaped, Source, locate, read_linked, twice};

/// Deepest catalog that is read; the one that the user named has depth 1.
const MAX_DEPTH: usize = 4;

/// Most documents of one import.
const MAX_DOCUMENTS: usize = 2000;

/// Largest document, in bytes.
pub const MAX_LINKED: u64 = 5 << 20;

/// Most bytes of all documents together.
const MAX_TOTAL: usize = 256 << 20;

/// Most entries that wait for their turn.
const MAX_WAITING: usize = 100_000;

/// Most hosts and requests that may fail before the rest is given up.
const MAX_FAILURES: usize = 20;

/// Follows the links of catalogs.
pub struct Crawler<'a> {
    /// Sends requests to the host of the catalog that the user named.
    pub inside: &'a dyn Exchange,
    /// Sends requests to other hosts; refuses private addresses.
    pub outside: &'a dyn Exchange,
    /// Where the catalog that the user named came from; a file has no URL.
    pub root: Option<Url>,
    /// Bearer token for that host.
    pub token: Option<Secret>,
    /// Called for every document.
    pub on_document: &'a dyn Fn(),
}

/// Largest document that the user names by its URL, in bytes.
const MAX_NAMED: u64 = 32 << 20;

/// Fetches the document that the user names by its URL. Returns its name in messages, and its bytes.
///
/// # Errors
/// When there is no document to be had.
pub fn fetch_document(
    http: &dyn Http,
    url: &Url,
    bearer: Option<Secret>,
) -> Outcome<(String, Vec<u8>)> {
    let accept = "application/json, application/yaml, */*;q=0.5";
    let request = Request { accept, bearer, limit: MAX_NAMED, fresh: false };
    match http.get(&url.to_string(), &request) {
        // The name of the file says whether it is YAML, so it is kept whole.
        Ok(answer) => {
            Ok((shown(url.to_string().split('?').next().unwrap_or_default()), answer.body))
        }
        Err(e) => {
            let kind = match &e {
                crate::world::http::HttpError::NoAnswer { .. } => ErrorKind::Indeterminate,
                _ => ErrorKind::Remote,
            };
            let help = "open the URL in a browser to see what is there; a registry is named by its base URL";
            Err(Error::new(kind, e.to_string()).help(help))
        }
    }
}

/// A link with the catalog that holds it.
struct Next {
    link: Link,
    depth: usize,
    base: Option<Url>,
}

impl Crawler<'_> {
    /// Replaces the links of `found` with what they lead to.
    pub fn follow(&self, found: &mut Found) {
        let links = std::mem::take(&mut found.links).into_iter();
        let base = || self.root.clone();
        let mut queue: VecDeque<Next> =
            links.map(|link| Next { link, depth: 1, base: base() }).collect();
        let mut seen: HashSet<String> = self.root.iter().map(Url::to_string).collect();
        let (mut documents, mut total, mut failures) = (0, 0, 0);
        while let Some(Next { link, depth, base }) = queue.pop_front() {
            let mut refuse = |why: &str| found.refused.push(refusal(&link, why));
            let url = match self.target(&link, base.as_ref()) {
                Ok(url) => url,
                Err(why) => {
                    refuse(&why);
                    continue;
                }
            };
            if !seen.insert(url.to_string()) {
                continue;
            }
            if link.kind == Linked::Catalog && depth >= MAX_DEPTH {
                refuse("it is a catalog more than four levels deep");
                continue;
            }
            if documents == MAX_DOCUMENTS || total > MAX_TOTAL || failures == MAX_FAILURES {
                let why = match failures {
                    MAX_FAILURES => "too many requests failed",
                    _ => "the catalog names more documents than are read",
                };
                let rest = crate::text::count(queue.len(), "entry");
                refuse(&format!("{why}; {rest} after it were left out too"));
                return;
            }
            documents += 1;
            (self.on_document)();
            let body = match self.fetch(&url) {
                Ok(body) => body,
                Err(why) => {
                    failures += 1;
                    refuse(&why);
                    continue;
                }
            };
            total += body.len();
            let shaped = read(&shown(&url.to_string()), &link, &body);
            let mut shaped = shaped;
            let room = MAX_WAITING.saturating_sub(queue.len());
            let beyond = shaped.links.split_off(room.min(shaped.links.len())).len();
            if beyond > 0 {
                let entries = crate::text::count(beyond, "entry");
                refuse(&format!(
                    "{} names too many documents; {entries} were left out",
                    shown(&url.to_string())
                ));
            }
            let below = shaped.links.into_iter();
            queue.extend(below.map(|link| Next {
                link,
                depth: depth + 1,
                base: Some(url.clone()),
            }));
            found.take(Shaped { links: Vec::new(), ..shaped });
        }
    }

    /// Returns where a link leads, if it may be requested.
    fn target(&self, link: &Link, base: Option<&Url>) -> Result<Url, String> {
        let url = match base {
            Some(base) => base.join(&link.url),
            None => Url::parse(&link.url),
        };
        let url = url.map_err(|why| format!("its URL {why}"))?;
        if self.is_inside(&url) {
            return Ok(url);
        }
        if !url.is_https() {
            return Err(format!("{} is not https", shown(&url.to_string())));
        }
        if url.is_loopback() {
            return Err(format!("{} is in a private network", shown(&url.to_string())));
        }
        Ok(url)
    }

    /// Whether a URL is on the host that the user named.
    fn is_inside(&self, url: &Url) -> bool {
        self.root.as_ref().is_some_and(|root| root.same_origin(url))
    }

    fn fetch(&self, url: &Url) -> Result<Vec<u8>, String> {
        let inside = self.is_inside(url);
        let mut headers = vec![("Accept".to_owned(), "application/json, */*;q=0.5".to_owned())];
        if let Some(token) = self.token.as_ref().filter(|_| inside) {
            headers.push(("Authorization".to_owned(), format!("Bearer {}", token.expose())));
        }
        let ask = Ask { url: url.to_string(), headers, ..Ask::default() };
        let exchange = if inside { self.inside } else { self.outside };
        let reply = exchange.send(&ask).map_err(|e| e.to_string())?;
        let shown = shown(&url.to_string());
        if let Some(location) = reply.location() {
            let to = crate::text::shorten(location).into_owned();
            return Err(format!("{shown} redirects to {to}, and redirects are not followed"));
        }
        match (reply.status, reply.whole) {
            (200..=299, true) if reply.body.len() as u64 <= MAX_LINKED => Ok(reply.body),
            (200..=299, _) => Err(format!("{shown} has more than {} MiB", MAX_LINKED >> 20)),
            (status, _) => Err(format!("{shown} answers with status {status}")),
        }
    }
}

fn refusal(link: &Link, why: &str) -> Unreadable {
    let reason = Reason::new(why, "ask whoever publishes the catalog");
    Unreadable { place: link.place.clone(), name: link.label.clone(), reason }
}

/// Reads a document that was fetched.
fn read(name: &str, link: &Link, body: &[u8]) -> Shaped {
    let mut shaped = Shaped::default();
    let text = std::str::from_utf8(body).unwrap_or_default().trim_start_matches('\u{feff}');
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let source = Source { file: name, value: &value, json: Some(text) };
            read_linked(&source, link.kind, &link.label, &mut shaped);
            locate(name, text, &mut shaped);
            if let Some(wrong) = twice(name, text, &shaped) {
                let why = format!("in {name} {}", wrong.message);
                shaped = Shaped { refused: vec![refusal(link, &why)], ..Shaped::default() };
            }
        }
        Err(_) => {
            shaped.refused.push(refusal(link, &format!("{name} is not valid JSON")));
        }
    }
    shaped
}

#[cfg(test)]
mod tests;
