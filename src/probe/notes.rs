//! Remarks: facts that no client fails over today, but that the operator should know.

use super::session::Session;
use crate::world::http::{Ask, Verb};

/// Size of a list from which a remark is made, in bytes.
const LARGE: usize = 5 * 1024 * 1024;

/// Returns the remarks. The address of a preview is ignored when its public URL is `known`.
pub(super) fn notes(session: &Session<'_>, known: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let base = &session.base;
    if base.slash {
        notes.push(
            "the base URL ends in a slash: leave it out, because Copilot for Xcode requests //v0.1/servers"
                .to_owned(),
        );
    }
    if let Some((_, meant)) = base.mistake.as_ref().filter(|_| session.answers("/v0.1/servers")) {
        notes.push(format!("clients append /v0.1/servers to the base URL; was {meant} meant?"));
    }
    if base.is_loopback() && !known {
        notes.push(
            "this is a preview: clients require https, and Docker, ToolHive and mcp-gateway-registry \
             refuse addresses of a private network"
                .to_owned(),
        );
    }
    let Some(list) = session.peek(format!("{}/v0.1/servers", base.trimmed)) else { return notes };
    if list.body.bytes.len() > LARGE {
        let size = list.body.bytes.len() >> 20;
        notes.push(format!(
            "the list has {size} MiB; apm stops at 10 MiB, and all clients have to wait"
        ));
    }
    let count = list.body.json().and_then(|json| json.pointer("/metadata/count")?.as_u64());
    let rows = list.body.servers().map(Vec::len);
    if let (Some(count), Some(rows)) = (count, rows)
        && count != rows as u64
    {
        notes.push(format!("metadata.count is {count}, and the list has {rows} entries"));
    }
    notes.extend(preflight(session));
    notes
}

/// Checks the three headers and OPTIONS that GitHub's documentation asks for. Today's clients send only
/// simple requests, without a preflight.
fn preflight(session: &Session<'_>) -> Option<String> {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let ask = Ask {
        verb: Verb::Options,
        url: format!("{}/v0.1/servers", session.base.trimmed),
        headers: vec![
            header("Origin", "vscode-file://vscode-app"),
            header("Access-Control-Request-Method", "GET"),
            header("Access-Control-Request-Headers", "authorization"),
        ],
        body: None,
    };
    let answer = session.send(ask).ok()?;
    let names = ["access-control-allow-methods", "access-control-allow-headers"];
    let missing: Vec<&str> =
        names.into_iter().filter(|name| answer.reply.header(name).is_none()).collect();
    let refused = !(200..300).contains(&answer.reply.status);
    if missing.is_empty() && !refused {
        return None;
    }
    let mut said = Vec::new();
    if refused {
        said.push(format!("OPTIONS is answered with {}", answer.reply.status));
    }
    if !missing.is_empty() {
        said.push(format!("{} missing", missing.join(" and ")));
    }
    Some(format!(
        "{}: GitHub's documentation asks for it, no client needs it today",
        said.join(", ")
    ))
}
