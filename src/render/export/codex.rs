//! Codex: `requirements.toml`, which names the servers that may be enabled.
//!
//! An entry has a name and an identity: a URL, or the program alone (seen with 0.171.0). A server of this
//! name may start the program with any arguments, so the file is weaker than managed settings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::super::install::recipe::{Action, recipes};
use super::super::install::{identifier, quote};
use super::{Document, LeftOut, Named};
use crate::config::ExportSettings;
use crate::model::Server;

/// What Codex compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Identity {
    /// The program, without its arguments.
    #[serde(rename = "command")]
    Command(String),
    /// The URL.
    #[serde(rename = "url")]
    Url(String),
}

/// The identity of a server: that of the first way to install it that Codex has.
pub(super) fn identity(server: &Server) -> Result<Identity, String> {
    let mut reason = "Codex has no way to install it";
    for recipe in recipes(server) {
        match &recipe.action {
            Ok(Action::Start(start)) => {
                if let Some(program) = start.argv.first().and_then(|word| word.fixed()) {
                    return Ok(Identity::Command(program));
                }
            }
            Ok(Action::Connect { is_sse: false, url, .. }) => match url.fixed() {
                Some(url) => return Ok(Identity::Url(url)),
                None => reason = "its URL has a part that the user chooses",
            },
            _ => {}
        }
    }
    Err(reason.to_owned())
}

/// The part of a server.
#[derive(Deserialize)]
struct Part {
    codex: Result<Identity, String>,
}

impl Default for Part {
    fn default() -> Self {
        Self { codex: Err(String::new()) }
    }
}

/// The file.
pub(super) fn requirements(servers: &[Named<'_>], _: &ExportSettings) -> Document {
    let mut taken: BTreeMap<String, (&str, Identity)> = BTreeMap::new();
    let mut left_out = Vec::new();
    for server in servers.iter().filter(|server| server.is_live()) {
        let identity = match server.rows.read::<Part>().codex {
            Ok(identity) => identity,
            Err(reason) => {
                left_out.push(LeftOut::new(server.name, &reason));
                continue;
            }
        };
        let key = identifier::key(server.name);
        match taken.get(&key) {
            Some((other, known)) if *known != identity => {
                let reason = format!("Codex calls it {key}, like {other}, which runs otherwise");
                left_out.push(LeftOut::new(server.name, &reason));
            }
            Some(_) => {}
            None => {
                taken.insert(key, (server.name, identity));
            }
        }
    }
    let mut text = String::from("[mcp_servers]\n");
    for (key, (_, identity)) in &taken {
        let (word, value) = match identity {
            Identity::Command(program) => ("command", program),
            Identity::Url(url) => ("url", url),
        };
        let (key, value) = (quote::toml(key), quote::toml(value));
        let _ = writeln!(text, "\n[mcp_servers.{key}.identity]\n{word} = {value}");
    }
    Document { text, left_out }
}
