//! Finds the cause of a failure.
//!
//! Only after a failure, a few more requests are sent that no client sends: other spellings, and places
//! where faulty builds put files. The result is a cause with its evidence.

use std::rc::Rc;

use super::body::{BodyKind, media};
use super::clients::Client;
use super::session::{Response, Session};
use super::subjects::Subject;
use crate::model::probe::{Grade, Trouble};
use crate::text::percent_encode;

/// Files beside `/v0.1/servers` in which builds leave the list.
const LIST_FILES: [&str; 4] = [
    "/v0.1/servers/index.json",
    "/v0.1/servers.json",
    "/v0.1/servers/index.html",
    "/v0.1/servers.html",
];

/// Returns why `/v0.1/servers` has no list, and what was seen.
pub(super) fn no_list(session: &Session<'_>) -> Option<(Trouble, String)> {
    let base = &session.base.trimmed;
    if let Some((mistake, meant)) = &session.base.mistake {
        let there = session.peek(format!("{meant}/v0.1/servers"));
        let there = there.is_some_and(|answer| (200..400).contains(&answer.reply.status));
        let words = if there { "a registry answers at" } else { "was this meant?" };
        return Some((*mistake, format!("{words} {meant}")));
    }
    let direct = session.peek(format!("{base}/v0.1/servers"))?;
    if direct.body.servers().is_some() {
        return None; // It is there, and this client in particular does not get it.
    }
    if session.finds("/v0.1/servers/") {
        return Some((Trouble::ListNeedsSlash, format!("{base}/v0.1/servers/ is there")));
    }
    let [index, ..] = LIST_FILES;
    let folder = session.peek(format!("{base}/v0.1/servers/"));
    let is_page =
        |answer: Rc<Response>| answer.reply.status == 200 && answer.body.form == BodyKind::Page;
    if folder.is_some_and(is_page) && session.finds(index) {
        return Some((Trouble::FolderListed, format!("{base}{index} is there")));
    }
    if let Some(file) = LIST_FILES.iter().find(|file| session.finds(file)) {
        return Some((Trouble::IndexNotServed, format!("{base}{file} is there")));
    }
    if direct.reply.status == 404 && session.finds("/v0/servers") {
        return Some((Trouble::OnlyV0, format!("{base}/v0/servers is there")));
    }
    let home = session.peek(format!("{base}/"))?;
    let page = home.reply.status == 200 && home.body.form == BodyKind::Page;
    page.then(|| (Trouble::BaseIsWebPage, format!("{base}/ is a page")))
}

/// Returns why a listed server answers 404 to `client`, which wrote the slash as `asked` and requested
/// `tail` below `versions`: empty, or a slash and a version as it was spelled.
pub(super) fn no_server(
    session: &Session<'_>,
    client: &Client,
    subject: &Subject,
    tail: &str,
    asked: &str,
) -> (Trouble, Grade, String) {
    let found_in = |api: &str, slash: &str, tail: &str| {
        let name = spell(&subject.name, slash);
        session.answers(&format!("{api}/servers/{name}/versions{tail}"))
    };
    let api = client.lookups.api;
    let found = |slash: &str, tail: &str| found_in(api, slash, tail);
    if api != "/v0.1" && found_in("/v0.1", asked, tail) {
        let why = "it is found below /v0.1".to_owned();
        return (Trouble::V0LookupMissing, Grade::Fails, why);
    }
    if found(asked, tail) {
        let why = "others find it: the host treats this client's request in another way";
        return (Trouble::ServerNotFound, Grade::Fails, why.to_owned());
    }
    let spellings =
        ["%2B", "+", "%2b"].map(|plus| format!("/{}", subject.version.replace('+', plus)));
    if subject.version.contains('+') && spellings.iter().any(|spelling| spelling == tail) {
        let works = spellings.iter().find(|other| *other != tail && found(asked, other));
        if let Some(works) = works {
            let why = format!("it is found as {}", works.trim_start_matches('/'));
            return (Trouble::PlusLost, Grade::Partly, why);
        }
    }
    let several = client.lookups.slash.len() > 1;
    let grade = if several && asked != "%2F" { Grade::Partly } else { Grade::Fails };
    if found("%252F", tail) {
        return (Trouble::LiteralSlash, grade, "it is found as %252F".to_owned());
    }
    for other in ["%2F", "/", "%2f"].into_iter().filter(|other| *other != asked) {
        if found(other, tail) {
            let encoded = asked == "%2F" && other == "/";
            let trouble = if encoded { Trouble::EncodedSlash } else { Trouble::SlashSpelling };
            return (trouble, grade, format!("it is found with {other} instead of {asked}"));
        }
    }
    match list_is_a_file(session) {
        Some(why) => (Trouble::FileBlocks, Grade::Fails, why),
        None => (Trouble::ServerNotFound, Grade::Fails, String::new()),
    }
}

/// Returns the evidence that the list is a plain file, below which there can be no files.
fn list_is_a_file(session: &Session<'_>) -> Option<String> {
    let list = session.peek(format!("{}/v0.1/servers", session.base.trimmed))?;
    let folder = session.peek(format!("{}/v0.1/servers/", session.base.trimmed))?;
    let media = media(&list.reply);
    let untyped = matches!(media.as_str(), "" | "application/octet-stream" | "text/plain");
    let direct = list.reply.status == 200 && folder.reply.status != 200;
    let named = if media.is_empty() { "without a type" } else { media.as_str() };
    (direct && untyped).then(|| format!("the list comes as a file {named}"))
}

/// Returns a server's name as a path, with its slash written as `slash`.
pub(super) fn spell(name: &str, slash: &str) -> String {
    percent_encode(name).replace("%2F", slash)
}
