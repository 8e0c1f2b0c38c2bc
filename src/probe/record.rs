//! A probe's result as a file: `probe.json`.
//!
//! An earlier or later version of this tool may have written it, or somebody else. Reading it requires
//! the members that are used here, ignores others, and trusts no text: printers have to escape it.

use crate::config::BaseUrl;
use crate::diag::format::quiet_json;
use crate::model::Timestamp;
use crate::model::probe::{ProbeResult, Trouble};

use super::clients::Client;

/// Beginning of `tool` in every result.
const TOOL: &str = "mcp-static ";

/// Reads what [`to_json`] wrote. Clients and causes that this version knows get its own texts.
///
/// # Errors
/// When it is not the result of a probe; the text says why, as the end of "this is not the result of a
/// probe: …".
pub fn from_json(bytes: &[u8]) -> Result<ProbeResult, String> {
    let mut result: ProbeResult = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    if !result.tool.starts_with(TOOL) {
        return Err("`tool` does not name mcp-static".to_owned());
    }
    BaseUrl::parse(&result.base_url).map_err(|why| format!("`baseUrl`: {why}"))?;
    if result.checked_at.as_deref().is_some_and(|at| Timestamp::parse(at).is_none()) {
        return Err("`checkedAt` is not an RFC 3339 date-time".to_owned());
    }
    if result.clients.is_empty() {
        return Err("`clients` is empty".to_owned());
    }
    for client in &mut result.clients {
        if let Some(known) = Client::parse(&client.id) {
            client.name = known.name.to_owned();
        }
        let cells = client.capabilities.values_mut();
        for problem in cells.flat_map(|cell| &mut cell.problems) {
            if let Some(known) = Trouble::parse(&problem.id) {
                problem.title = known.title().to_owned();
                problem.fix = known.fix().to_owned();
            }
        }
    }
    Ok(result)
}

/// Returns the result as indented JSON with a line break at its end. Invisible and control characters
/// are escaped, since hosts and logs show the text.
pub fn to_json(result: &ProbeResult) -> String {
    // Map keys are strings and numbers are integers, so nothing can fail.
    quiet_json(&serde_json::to_string_pretty(result).unwrap_or_default()) + "\n"
}
