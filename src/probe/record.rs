//! Findings as they are kept: the one form that is both written and read again.
//!
//! A record is what `probe.json` holds. A later version of this tool, or an earlier one, may have
//! written it, and so may a stranger: reading it demands the members that are used here, ignores others,
//! and believes no text. Clients and causes that this version knows are named in its own words; what it
//! does not know keeps the file's words, which whoever prints them has to escape.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clients::Client;
use super::findings::{Cell, Findings, Grade, Row};
use super::trouble::Trouble;
use crate::config::BaseUrl;
use crate::diag::format::quiet_json;
use crate::model::Timestamp;

/// What `tool` begins with in every record.
const TOOL: &str = "mcp-static ";

/// The result of a probe, as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Name and version of the tool that wrote it.
    pub tool: String,
    /// The base URL that the result is about.
    pub base_url: String,
    /// Whether a preview of it was asked, before it was deployed.
    #[serde(default)]
    pub preview: bool,
    /// When it was asked (RFC 3339); absent where the result may depend on the answers alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<String>,
    /// Names in the list.
    pub servers: u64,
    /// Server and version of every lookup.
    #[serde(default)]
    pub looked_up: Vec<SubjectRecord>,
    /// Requests that were sent.
    pub requests: u64,
    /// A row for each client.
    pub clients: Vec<ClientRecord>,
    /// Remarks that no client fails over today.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A server and version that were looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRecord {
    /// Name of the server.
    pub name: String,
    /// The version; empty when the list has none.
    pub version: String,
}

/// What is known of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRecord {
    /// Its word in settings.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether the registry is meant to work for it.
    #[serde(default)]
    pub required: bool,
    /// The worst of its capabilities.
    pub verdict: Grade,
    /// Its capabilities by their words.
    pub capabilities: BTreeMap<String, CellRecord>,
}

/// What is known of a capability of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellRecord {
    /// How far it works; `None` when it is not used or could not be tried.
    pub grade: Option<Grade>,
    /// Why it does not work in full.
    #[serde(default)]
    pub problems: Vec<ProblemRecord>,
}

/// One thing that is wrong for one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRecord {
    /// The word of the cause.
    pub id: String,
    /// How badly it hurts.
    pub grade: Grade,
    /// What it is, as one clause.
    pub title: String,
    /// What was asked and what came.
    pub request: String,
    /// What exactly was seen; may be empty.
    #[serde(default)]
    pub detail: String,
    /// What to do about it.
    pub fix: String,
}

impl Record {
    /// Reads what [`Record::json`] wrote.
    ///
    /// # Errors
    /// When it is not the result of a probe; the text says why, as the end of "this is no result of a
    /// probe: …".
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let record: Self = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        if !record.tool.starts_with(TOOL) {
            return Err("`tool` does not name mcp-static".to_owned());
        }
        BaseUrl::parse(&record.base_url).map_err(|why| format!("`baseUrl`: {why}"))?;
        if record.checked_at.as_deref().is_some_and(|at| Timestamp::parse(at).is_none()) {
            return Err("`checkedAt` is no RFC 3339 date-time".to_owned());
        }
        if record.clients.is_empty() {
            return Err("`clients` is empty".to_owned());
        }
        Ok(record)
    }

    /// The record as indented JSON with a line break at its end. Characters that act instead of being seen
    /// are escaped, since hosts and logs show it.
    pub fn json(&self) -> String {
        // Maps have text for keys and numbers are whole, so nothing can fail.
        quiet_json(&serde_json::to_string_pretty(self).unwrap_or_default()) + "\n"
    }
}

impl ClientRecord {
    /// What people call it: by this version's table, else as the record says.
    pub fn name(&self) -> &str {
        Client::parse(&self.id).map_or(&self.name, |known| known.name)
    }
}

impl ProblemRecord {
    /// The cause, when this version knows it.
    pub fn trouble(&self) -> Option<Trouble> {
        Trouble::parse(&self.id)
    }

    /// What it is: in this version's words, else as the record says.
    pub fn title(&self) -> &str {
        self.trouble().map_or(self.title.as_str(), |known| known.title())
    }

    /// What to do about it, likewise.
    pub fn fix(&self) -> &str {
        self.trouble().map_or(self.fix.as_str(), |known| known.fix())
    }
}

impl Findings {
    /// The findings as a record. Without `checked_at` it depends on the registry's answers alone.
    pub fn record(&self, required: &[String], checked_at: Option<&str>) -> Record {
        let subject = |(name, version): &(String, String)| SubjectRecord {
            name: name.clone(),
            version: version.clone(),
        };
        Record {
            tool: concat!("mcp-static ", env!("CARGO_PKG_VERSION")).to_owned(),
            base_url: self.base.clone(),
            preview: self.preview,
            checked_at: checked_at.map(str::to_owned),
            servers: self.servers as u64,
            looked_up: self.subjects.iter().map(subject).collect(),
            requests: self.requests as u64,
            clients: self.rows.iter().map(|row| client(row, required)).collect(),
            notes: self.notes.clone(),
        }
    }
}

fn client(row: &Row, required: &[String]) -> ClientRecord {
    let cells =
        row.cells().map(|(capability, found)| (capability.as_str().to_owned(), cell(found)));
    ClientRecord {
        id: row.client.id.to_owned(),
        name: row.client.name.to_owned(),
        required: required.iter().any(|id| id == row.client.id),
        verdict: row.verdict(),
        capabilities: cells.collect(),
    }
}

fn cell(cell: &Cell) -> CellRecord {
    let problem = |problem: &super::findings::Problem| ProblemRecord {
        id: problem.trouble.id().to_owned(),
        grade: problem.grade,
        title: problem.trouble.title().to_owned(),
        request: problem.request.clone(),
        detail: problem.detail.clone(),
        fix: problem.trouble.fix().to_owned(),
    };
    CellRecord { grade: cell.grade, problems: cell.problems.iter().map(problem).collect() }
}
